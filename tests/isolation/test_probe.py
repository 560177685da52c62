"""The cross-shop probe: every route, every method, every kind of stranger.

Shop A's world is full of marked texts. Nobody who is not allowed gets an answer, no answer to shop B holds a mark of
A, and no row of A changes.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import psycopg
import pytest

from tests.builders import SignedInPerson, a_courier_key, a_key, a_person, a_shop, bearer, signed_in_person
from tests.conftest import Api, Cluster, Server
from tests.isolation.probes import GONE, LIST, PROBES, PUBLIC, Probe
from tests.isolation.shop_world import ShopWorld, build_world
from wms.app import create_app
from wms.config import Settings
from wms.db.tx import Database
from wms.kernel.ids import hash_token
from wms.tables import metadata
from wms.web.access import SCOPES, STAFF_ROLES
from wms.web.html import is_page
from wms.web.openapi import describe_api

BASE = "/api/v1"
CALLS = (
    "GET",
    "POST",
    "PATCH",
    "DELETE",
    "PUT",
)  # B may come to have a SKU of the same code by PUT, so that is last
NOT_COMPARED = {"idempotent_request", "rate_window"}
COUNTS: dict[str, int] = {}


@dataclass(frozen=True)
class Route:
    """One method of one path. ``operation`` is its description in OpenAPI."""

    method: str
    path: str
    allow: frozenset[str] | None
    operation: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path.removeprefix(BASE)}"

    @property
    def probe(self) -> Probe:
        return PROBES[self.name]

    def for_(self, kind: str) -> bool:
        return bool(self.allow) and any(m.startswith(kind) for m in self.allow or ())


@dataclass(frozen=True)
class Question:
    """A request about the things of one shop."""

    method: str
    path: str
    query: dict[str, Any]
    body: Any

    def text(self) -> str:
        return f"{self.path} {json.dumps(self.query)} {json.dumps(self.body, ensure_ascii=False)}"


@pytest.fixture(scope="module")
def document(settings: Settings) -> dict[str, Any]:
    return describe_api(create_app(settings))


def all_routes(settings: Settings, document: dict[str, Any]) -> list[Route]:
    found = []
    for route in create_app(settings).routes:
        if is_page(route.path):  # they have a test module of their own
            continue
        path = re.sub(r"\{(\w+):\w+\}", r"{\1}", route.path)
        for handler in getattr(route, "route_handlers", []):
            for method in sorted(handler.http_methods):
                operation = document["paths"].get(path, {}).get(method.lower(), {})
                public = handler.opt.get("public") or not handler.fn.__module__.startswith("wms.")
                allow = None if public or method == "OPTIONS" else frozenset(handler.opt["allow"])
                found.append(Route(str(method), path, allow, operation))
    return found


@pytest.fixture(scope="module")
def routes(settings: Settings, document: dict[str, Any]) -> list[Route]:
    """Every route that is not public, readers first."""
    found = [r for r in all_routes(settings, document) if r.method in CALLS and r.allow is not None]
    assert len(found) > 100
    return sorted(found, key=lambda r: (CALLS.index(r.method), r.path))


def test_every_route_is_public_by_name_or_has_a_probe(
    settings: Settings, document: dict[str, Any], routes: list[Route]
) -> None:
    every = all_routes(settings, document)
    assert {r.method for r in every} <= {*CALLS, "OPTIONS"}
    public = {f"{r.method} {r.path}" for r in every if r.allow is None and r.method != "OPTIONS"}
    assert public == PUBLIC
    names = [r.name for r in routes]
    assert len(names) == len(set(names))
    missing = [n for n in names if n not in PROBES]
    assert not missing, f"declare in tests/isolation/probes.py how to probe {missing}"
    stale = [n for n in PROBES if n not in names]
    assert not stale, f"no such routes any more: {stale}"


_worlds: list[ShopWorld] = []
_boss: list[SignedInPerson] = []


@pytest.fixture
async def worlds(db: Database, server: Server, anonymous: Api) -> tuple[ShopWorld, ShopWorld]:
    """A, which is attacked, and B, which attacks with every scope that there is."""
    if not _worlds:
        _worlds.extend([await build_world(db, server, anonymous, tag) for tag in ("PRBA", "PRBB")])
        _boss.append(await signed_in_person(db, roles=["supervisor", "admin"]))
    return _worlds[0], _worlds[1]


@pytest.fixture(scope="module")
def admin(cluster: Cluster, settings: Settings) -> "Iterator[psycopg.Connection[tuple[Any, ...]]]":
    with cluster.admin(str(settings.app_url.database)) as connection:
        yield connection


@pytest.fixture
async def http(server: Server) -> AsyncIterator[Api]:
    async with Api(base_url=server.url, timeout=60) as client:
        yield client


# -- making requests ----------------------------------------------------------------------------------------------


def resolved(value: Any, ids: dict[str, Any]) -> Any:
    """``$name`` replaced by the id of that name, at any depth."""
    if isinstance(value, str) and value.startswith("$"):
        return ids[value[1:]]
    if isinstance(value, dict):
        return {k: resolved(v, ids) for k, v in value.items()}
    return [resolved(v, ids) for v in value] if isinstance(value, list) else value


def with_ids(value: Any, ids: dict[str, Any]) -> Any:
    """An example with every field that is named like an id of the world replaced by it."""
    if isinstance(value, dict):
        return {k: ids[k] if k in ids and k != "barcode" else with_ids(v, ids) for k, v in value.items()}
    return [with_ids(v, ids) for v in value] if isinstance(value, list) else value


def ask(route: Route, w: ShopWorld, *, named_shop: int | None = None) -> Question:
    """The request about ``w``'s things; with ``named_shop`` it says that they are that shop's."""
    ids = w.ids | {"location_label": f"L-{w.ids['location_code']}"}
    probe = route.probe
    names = re.findall(r"\{(\w+)\}", route.path)
    path_ids = ids | resolved(probe.path, ids)
    if named_shop is not None:
        path_ids = path_ids | {"shop_id": named_shop}
    path = route.path.format(**{n: path_ids[n] for n in names})
    query = {}
    for parameter in route.operation.get("parameters", []):
        if parameter.get("in") == "query" and parameter["name"] in ids and parameter.get("required"):
            query[parameter["name"]] = ids[parameter["name"]]
    query |= resolved(probe.query, ids)
    body = None
    if "requestBody" in route.operation:
        example = route.operation["requestBody"]["content"]["application/json"]["example"]
        body = with_ids(example, ids) | resolved(probe.body, ids)
        if named_shop is not None and "shop_id" in body:
            body["shop_id"] = named_shop
    if named_shop is not None and takes_shop(route):
        query["shop_id"] = named_shop
    return Question(route.method, path, query, body)


def takes_shop(route: Route) -> bool:
    return any(
        p.get("name") == "shop_id" and p["in"] == "query" for p in route.operation.get("parameters", [])
    )


async def send(http: Api, question: Question, who: dict[str, str] | None, group: str) -> httpx.Response:
    headers = dict(who or {})
    if question.method == "PATCH":
        headers["If-Match"] = "*"
    body = {} if question.body is None else {"json": question.body}
    COUNTS[group] = COUNTS.get(group, 0) + 1
    return await http.request(question.method, question.path, params=question.query, headers=headers, **body)


# -- what must not happen -----------------------------------------------------------------------------------------


def fingerprint(admin: "psycopg.Connection[tuple[Any, ...]]", shop_id: int | None) -> dict[str, Any]:
    """A hash of the rows of every table: of one shop, or of all (but for when a session was seen)."""
    found: dict[str, Any] = {}
    for name, table in metadata.tables.items():
        if name in NOT_COMPARED:
            continue
        column = "id" if name == "shop" else "shop_id" if "shop_id" in table.columns else None
        if shop_id is not None and column is None:
            continue
        where = f"where {column} = {shop_id}" if shop_id is not None else ""
        row = "to_jsonb(t) - 'seen_at'" if name == "session" else "to_jsonb(t)"
        found[name] = admin.execute(
            f"select count(*), md5(string_agg(md5(({row})::text), '' order by md5(({row})::text))) from {name} t {where}"
        ).fetchone()
    if shop_id is None:
        found["jobs"] = admin.execute("select count(*), max(id) from procrastinate_jobs").fetchone()
    return found


def marks(admin: "psycopg.Connection[tuple[Any, ...]]", w: ShopWorld) -> set[str]:
    """Texts that are A's alone: everything with its tag, its numbers and bar codes."""
    found = {w.tag, w.tag.lower(), w.shop.code}
    for sql in (
        "select tracking_number from parcel where shop_id = %s and tracking_number is not null",
        "select sscc from parcel where shop_id = %s and sscc is not null",
        "select code from barcode where shop_id = %s",
        "select number from rma where shop_id = %s",
    ):
        found |= {str(r[0]) for r in admin.execute(sql, (w.shop.id,)).fetchall()}
    return found


def leaked(r: httpx.Response, question: Question, texts: set[str]) -> set[str]:
    """Marks in the answer that were not in the question: what the asker did not know."""
    asked, answer = question.text(), r.text + " ".join(r.headers.values())
    return {t for t in texts if t in answer and t not in asked}


# -- the probe ----------------------------------------------------------------------------------------------------


async def test_nobody_gets_in_without_a_key(
    http: Api, routes: list[Route], worlds: tuple[ShopWorld, ShopWorld]
) -> None:
    wrong = []
    for route in routes:
        question = ask(route, worlds[0])
        for who in (None, {"Authorization": "Bearer wms_sk_nonsense"}, {"Authorization": "Basic YTpi"}):
            r = await send(http, question, who, "nobody")
            if r.status_code != 401 or r.headers["content-type"] != "application/problem+json":
                wrong.append((route.name, who, r.status_code))
    assert not wrong, "\n".join(str(w) for w in wrong)


async def test_options_tell_nothing(http: Api, settings: Settings, document: dict[str, Any]) -> None:
    for route in all_routes(settings, document):
        if route.method == "OPTIONS":
            r = await http.request("OPTIONS", re.sub(r"\{\w+\}", "1", route.path))
            assert (r.status_code, r.content) == (204, b""), route.path


async def test_the_wrong_role_or_scope_is_refused(
    http: Api, db: Database, routes: list[Route], worlds: tuple[ShopWorld, ShopWorld],
    admin: "psycopg.Connection[tuple[Any, ...]]",
) -> None:  # fmt: skip
    """A's own keys and people, each with one scope or role: what the route does not list is 403."""
    a, _ = worlds
    who: dict[str, dict[str, str]] = {"courier": a.courier}
    for role in STAFF_ROLES:
        who[role] = (await signed_in_person(db, roles=[role])).headers
    for scope in SCOPES:
        who[f"shop:{scope}"] = bearer(await a_key(db, shop=a.shop, scopes=[scope]))
    who["shop:"] = bearer(await a_key(db, shop=a.shop, scopes=[]))
    texts, before = marks(admin, a), fingerprint(admin, None)
    wrong = []
    for route in routes:
        question = ask(route, a)
        assert route.allow is not None
        staff_route = bool(route.allow & set(STAFF_ROLES))
        for mark, headers in who.items():
            if mark in route.allow or (mark == "admin" and staff_route):
                continue
            r = await send(http, question, headers, "wrong role")
            if r.status_code != 403 or leaked(r, question, texts):
                wrong.append((route.name, mark, r.status_code, r.text[:200]))
    assert not wrong, "\n".join(str(w) for w in wrong)
    assert fingerprint(admin, None) == before


async def strangers(db: Database, a: ShopWorld) -> dict[str, dict[str, str]]:
    """Keys and sessions that were good once."""
    found: dict[str, dict[str, str]] = {}

    async def key(name: str, change: str) -> None:
        token = await a_key(db, shop=a.shop)
        async with db.begin() as tx:
            assert await tx.run(f"update api_key set {change} where token_hash = $1", hash_token(token)) == 1
        found[name] = bearer(token)

    async def session(name: str, change: str) -> None:
        person = await signed_in_person(db, roles=["admin", "supervisor"])
        async with db.begin() as tx:
            sql = f"update session set {change} where person_id = $1"
            assert await tx.run(sql, person.id) == 1
        found[name] = person.headers

    await key("expired key", "expires_at = now() - interval '1 second'")
    await key("revoked key", "revoked_at = now()")
    await session("expired session", "expires_at = now() - interval '1 second'")
    await session("signed-out session", "revoked_at = now()")
    await session("idle handheld", "seen_at = now() - interval '31 minutes'")
    dismissed = await signed_in_person(db, roles=["admin", "supervisor"])
    async with db.begin() as tx:
        await tx.run("update person set active = false where id = $1", dismissed.id)
    found["dismissed person"] = dismissed.headers
    courier = await a_courier_key(db, carrier_id=a.carrier.id)
    async with db.begin() as tx:
        await tx.run("update api_key set revoked_at = now() where token_hash = $1", hash_token(courier))
    found["revoked courier key"] = bearer(courier)
    return found


async def test_what_was_good_once_is_good_no_more(
    http: Api, db: Database, routes: list[Route], worlds: tuple[ShopWorld, ShopWorld]
) -> None:
    who = await strangers(db, worlds[0])
    wrong = []
    for route in routes:
        question = ask(route, worlds[0])
        for name, headers in who.items():
            r = await send(http, question, headers, "no more")
            if r.status_code != 401:
                wrong.append((route.name, name, r.status_code))
    assert not wrong, "\n".join(str(w) for w in wrong)


async def test_sign_out_and_dismissal_end_sessions_at_once(http: Api, db: Database) -> None:
    """Not by the row, as above, but by the door."""
    boss = await signed_in_person(db, roles=["admin"])
    person = await a_person(db, roles=["admin"])
    login = {"badge": person.badge, "pin": person.pin, "device": "PROBE"}
    tokens = [(await http.post(f"{BASE}/sessions", json=login)).json()["token"] for _ in range(2)]
    assert (await http.get(f"{BASE}/people", headers=bearer(tokens[0]))).status_code == 200
    assert (await http.delete(f"{BASE}/sessions/current", headers=bearer(tokens[0]))).status_code == 204
    assert (await http.get(f"{BASE}/people", headers=bearer(tokens[0]))).status_code == 401
    assert (await http.get(f"{BASE}/people", headers=bearer(tokens[1]))).status_code == 200
    assert (await http.delete(f"{BASE}/people/{person.id}", headers=boss.headers)).status_code == 204
    assert (await http.get(f"{BASE}/people", headers=bearer(tokens[1]))).status_code == 401
    assert (await http.post(f"{BASE}/sessions", json=login)).status_code == 401


async def test_another_shop_gets_nothing_and_changes_nothing(
    http: Api,
    routes: list[Route],
    worlds: tuple[ShopWorld, ShopWorld],
    admin: "psycopg.Connection[tuple[Any, ...]]",
) -> None:
    """B's key has every scope; ids in path, query and body are A's; then it even says that it is A."""
    a, b = worlds
    texts, before = marks(admin, a), fingerprint(admin, a.shop.id)
    wrong = []
    for route in routes:
        if not route.for_("shop:"):
            continue
        tries = [(ask(route, a), route.probe.foreign)]
        if takes_shop(route):
            tries.append((ask(route, a, named_shop=a.shop.id), GONE))
        for question, expected in tries:
            r = await send(http, question, b.key, "other shop")
            if r.status_code not in expected or leaked(r, question, texts):
                wrong.append(
                    (route.name, question.query, r.status_code, leaked(r, question, texts), r.text[:300])
                )
    assert not wrong, "\n".join(str(w) for w in wrong)
    assert fingerprint(admin, a.shop.id) == before


async def test_another_carrier_gets_nothing_and_changes_nothing(
    http: Api,
    routes: list[Route],
    worlds: tuple[ShopWorld, ShopWorld],
    admin: "psycopg.Connection[tuple[Any, ...]]",
) -> None:
    a, b = worlds
    texts, before = marks(admin, a), fingerprint(admin, a.shop.id)
    wrong = []
    for route in routes:
        if not route.for_("courier"):
            continue
        question = ask(route, a)
        questions = [question]
        if "document_id" in route.path:
            path = question.path.replace(str(a.ids["document_id"]), str(a.ids["manifest_document_id"]))
            questions.append(replace(question, path=path))
        if "manifest_id" in route.path:  # also its own one, while it is open
            mine = question.path.replace(str(a.ids["manifest_id"]), str(b.ids["open_manifest_id"]))
            questions.append(replace(question, path=mine))
        for q in questions:
            r = await send(http, q, b.courier, "other carrier")
            if r.status_code not in route.probe.foreign or leaked(r, q, texts):
                wrong.append((route.name, q.path, r.status_code, leaked(r, q, texts), r.text[:300]))
    assert not wrong, "\n".join(str(w) for w in wrong)
    assert fingerprint(admin, a.shop.id) == before


async def test_staff_who_name_the_wrong_shop_change_nothing(
    http: Api,
    db: Database,
    routes: list[Route],
    worlds: tuple[ShopWorld, ShopWorld],
    admin: "psycopg.Connection[tuple[Any, ...]]",
) -> None:
    """A supervisor says shop B with the id of a thing of A's: a slip, which must not fall through to A's thing."""
    a, _ = worlds
    before = fingerprint(admin, a.shop.id)
    other = await a_shop(db)
    wrong = []
    for route in routes:
        names_shop = (
            takes_shop(route)
            or "{shop_id}/" in route.path
            or "shop_id" in json.dumps(ask(route, a).body or {})
        )
        if (
            not names_shop
            or not route.for_("supervisor")
            or route.probe.foreign == LIST
            or route.name == "POST /keys"
        ):
            continue
        question = ask(route, a, named_shop=other.id)
        r = await send(http, question, _boss[0].headers, "wrong shop named")
        if r.status_code not in route.probe.foreign:
            wrong.append((route.name, question.text(), r.status_code, r.text[:300]))
    assert not wrong, "\n".join(str(w) for w in wrong)
    assert fingerprint(admin, a.shop.id) == before


async def test_an_idempotency_key_belongs_to_whoever_used_it(
    http: Api, worlds: tuple[ShopWorld, ShopWorld], admin: "psycopg.Connection[tuple[Any, ...]]"
) -> None:
    """B sends A's request under A's key and gets its own answer, not A's stored one."""
    a, b = worlds
    body = {
        "number": f"{a.tag}-AGAIN", "carrier": a.carrier.code, "recipient": {"name": f"{a.tag} recipient", "city": "Kraków"},
        "lines": [{"sku": a.ids["sku_code"], "quantity": 1}],
    }  # fmt: skip
    headers = a.key | {"Idempotency-Key": "the-same-key"}
    first = await http.post(f"{BASE}/orders", json=body, headers=headers)
    assert first.status_code == 201, first.text
    again = await http.post(f"{BASE}/orders", json=body, headers=headers)
    assert again.headers["Idempotent-Replayed"] == "true"
    other = await http.post(f"{BASE}/orders", json=body, headers=b.key | {"Idempotency-Key": "the-same-key"})
    assert "Idempotent-Replayed" not in other.headers
    assert other.status_code == 422 or other.json()["id"] != first.json()["id"]


def rightful(route: Route, w: ShopWorld) -> dict[str, str]:
    if route.for_("courier") and "documents" not in route.path:
        return w.courier
    return _boss[0].headers if not route.for_("shop:") else w.key


async def test_reading_changes_nothing(
    http: Api,
    routes: list[Route],
    worlds: tuple[ShopWorld, ShopWorld],
    admin: "psycopg.Connection[tuple[Any, ...]]",
) -> None:
    """Every GET, by whoever may: answered with what was asked for, and no row of any table is another."""
    a, _ = worlds
    before, texts, marked = fingerprint(admin, None), marks(admin, a), 0
    wrong = []
    for route in routes:
        if route.method != "GET":
            continue
        question = ask(route, a)
        r = await send(http, question, rightful(route, a), "reading")
        marked += bool(leaked(r, question, texts))
        if r.status_code != route.probe.reads:
            wrong.append((route.name, r.status_code, r.text[:300]))
    assert not wrong, "\n".join(str(w) for w in wrong)
    assert fingerprint(admin, None) == before
    assert marked > 30, "the marks are in the owner's answers: that strangers' have none says something"


async def test_the_same_requests_reach_the_things_of_their_owner(
    http: Api, routes: list[Route], worlds: tuple[ShopWorld, ShopWorld]
) -> None:
    """Otherwise a probe that asks for what is not there would prove nothing. It changes A, so it comes last."""
    a, _ = worlds
    wrong = []
    for route in routes:
        callable_ = route.for_("shop:") or route.for_("courier")
        names_shop = takes_shop(route) or "{shop_id}/" in route.path
        if route.method == "GET" or not (callable_ or names_shop):
            continue
        who = rightful(route, a)
        named = a.shop.id if who == _boss[0].headers else None
        r = await send(http, ask(route, a, named_shop=named), who, "owner")
        if r.status_code in (400, 401, 403, 404) or r.status_code >= 500:
            wrong.append((route.name, r.status_code, r.text[:300]))
    assert not wrong, "\n".join(str(w) for w in wrong)


def test_how_much_was_probed(routes: list[Route]) -> None:
    print(f"{len(routes)} routes: " + ", ".join(f"{n} {c}" for n, c in sorted(COUNTS.items())))
    assert sum(COUNTS.values()) > 20 * len(routes)
