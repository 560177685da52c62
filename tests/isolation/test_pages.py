"""Pages are for staff alone: every one of them, by every kind of stranger, and no form from elsewhere."""

import re

import httpx
import pytest

from tests.builders import a_carrier, a_courier_key, a_key, a_shop, bearer, signed_in_person
from tests.conftest import Server, new_key
from wms.app import create_app
from wms.config import Settings
from wms.db.tx import Database
from wms.web.access import ANY_STAFF, SCOPES, STAFF_ROLES
from wms.web.html import csrf_of, is_page

PUBLIC = {
    "GET /", "GET /floor/sign-in", "POST /floor/sign-in", "GET /desk/sign-in", "POST /desk/sign-in",
    "GET /courier/1/1", "GET /courier/1/1/files/1", "POST /courier/1/1", "POST /courier/1/1/list",  # the link is the key
    "POST /floor/preferences", "POST /desk/preferences", "GET /desk/live",
}  # fmt: skip
"""Open to everybody, or with a check of its own (the stream, which outlives a transaction)."""


def pages(settings: Settings) -> list[tuple[str, str, frozenset[str] | None]]:
    """Method, path with numbers filled in, mark."""
    found = []
    for route in create_app(settings).routes:
        if not is_page(route.path):
            continue
        path = re.sub(r"\{\w+:\w+\}", "1", route.path)
        for handler in getattr(route, "route_handlers", []):
            for method in sorted(handler.http_methods - {"OPTIONS", "HEAD"}):
                public = handler.opt.get("public")
                found.append((str(method), path, None if public else frozenset(handler.opt["allow"])))
    return found


@pytest.fixture(scope="module")
def routes(settings: Settings) -> list[tuple[str, str, frozenset[str]]]:
    """Every page that is not public."""
    return [(m, p, allow) for m, p, allow in pages(settings) if allow is not None]


def test_public_pages_are_these_and_no_others(settings: Settings) -> None:
    assert {f"{m} {p}" for m, p, allow in pages(settings) if allow is None} <= PUBLIC


def test_no_page_is_for_a_key(routes: list[tuple[str, str, frozenset[str]]]) -> None:
    assert routes
    for method, path, allow in routes:
        assert allow <= ANY_STAFF, (method, path, allow)


async def test_strangers_are_led_to_the_door(
    server: Server, routes: list[tuple[str, str, frozenset[str]]]
) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        for method, path, _ in routes:
            for headers in ({}, {"Cookie": "wms_session=wms_se_nonsense"}):
                r = await http.request(method, path, headers=headers)
                assert (r.status_code, "/sign-in" in r.headers.get("location", "")) == (303, True), (
                    method,
                    path,
                )
                r = await http.request(method, path, headers=headers | {"X-Fragment": "1"})
                assert (r.status_code, 'data-code="sign-in-needed"' in r.text) == (401, True), (method, path)


async def test_keys_and_wrong_roles_are_refused(
    server: Server, db: Database, routes: list[tuple[str, str, frozenset[str]]]
) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    who: dict[str, dict[str, str]] = {
        "shop": bearer(await a_key(db, shop=shop, scopes=list(SCOPES))),
        "courier": bearer(await a_courier_key(db, carrier_id=carrier.id)),
    }
    for role in STAFF_ROLES:
        person = await signed_in_person(db, roles=[role])
        who[role] = {"Cookie": f"wms_session={person.token}", "X-CSRF": csrf_of(person.token)}
    async with httpx.AsyncClient(base_url=server.url) as http:
        for method, path, allow in routes:
            for mark, headers in who.items():
                if mark in allow or mark == "admin":
                    continue
                r = await http.request(method, path, headers=headers | {"Idempotency-Key": new_key()})
                assert r.status_code == 403, (method, path, mark, r.status_code)


async def test_a_form_from_elsewhere_does_nothing(
    server: Server, db: Database, routes: list[tuple[str, str, frozenset[str]]]
) -> None:
    """The cookie alone, as another site's form would send it; and with the mark of another sign-in."""
    person, other = [await signed_in_person(db, roles=["admin"]) for _ in range(2)]
    async with httpx.AsyncClient(base_url=server.url, cookies={"wms_session": person.token}) as http:
        for method, path, _ in routes:
            if method == "GET":
                continue
            for form in ({}, {"_csrf": csrf_of(other.token)}):
                r = await http.request(
                    method, path, data={"_key": new_key(), **form}, headers={"X-Fragment": "1"}
                )
                assert (r.status_code, "foreign-form" in r.text) == (403, True), (method, path)


async def test_every_page_says_what_a_browser_may_do(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        for path in ("/", "/floor/sign-in", "/desk/sign-in", "/floor/nowhere"):
            r = await http.get(path, follow_redirects=True)
            policy = r.headers["content-security-policy"]
            assert "unsafe" not in policy, path
            assert "script-src 'self'" in policy, path
            assert r.headers["x-content-type-options"] == "nosniff"
            assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", r.text), path


async def test_sign_in_leads_nowhere_else(server: Server) -> None:
    async with httpx.AsyncClient(base_url=server.url) as http:
        for address in (
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "/floor\r\nX: y",
            "/floor/../../x",
        ):
            r = await http.get("/floor/sign-in", params={"next": address})
            assert "evil" not in r.text, address
        r = await http.post(
            "/floor/sign-in", data={"badge": "B-1", "pin": "1"}, headers={"Sec-Fetch-Site": "cross-site"}
        )
        assert (r.status_code, "wms_session" in r.headers.get("set-cookie", "")) == (403, False)
