"""Who gets in: sessions and keys that are missing, wrong, old, taken back, or too weak."""

import pytest

from tests.builders import a_key, a_person, a_shop, bearer, signed_in, signed_in_person
from tests.conftest import Api
from tests.web.reading import problem
from wms.db.tx import Database

HOLD = "/orders/1/hold"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer wms_se_nobody"},
        {"Authorization": "Bearer wms_sk_nobody"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Cookie": "wms_session=wms_se_nobody"},
    ],
)
async def test_strangers(anonymous: Api, headers: dict[str, str]) -> None:
    raw = {k.encode(): v.encode("latin-1") for k, v in headers.items()}
    problem(await anonymous.get("/orders", headers=raw), 401, "sign-in-needed")
    problem(await anonymous.post(HOLD, json={"reason": "x"}, headers=raw), 401, "sign-in-needed")


@pytest.mark.parametrize(
    "end",
    [
        "update session set revoked_at = now() where person_id = $1",
        "update session set expires_at = now() - interval '1 second' where person_id = $1",
        "update session set seen_at = now() - interval '31 minutes' where person_id = $1",
        "update person set active = false where id = $1",
    ],
)
async def test_a_session_ends_at_once(anonymous: Api, db: Database, end: str) -> None:
    person = await signed_in_person(db, roles=["picker"])
    assert (await anonymous.get("/sessions/current", headers=person.headers)).status_code == 200
    async with db.begin() as tx:
        await tx.run(end, person.id)
    problem(await anonymous.get("/sessions/current", headers=person.headers), 401, "sign-in-needed")


async def test_the_dismissed_are_out(anonymous: Api, db: Database) -> None:
    person, admin = await signed_in_person(db, roles=["picker"]), bearer(await signed_in(db, roles=["admin"]))
    assert (await anonymous.delete(f"/people/{person.id}", headers=admin)).status_code == 204
    problem(await anonymous.get("/sessions/current", headers=person.headers), 401, "sign-in-needed")


async def test_a_session_in_use_stays_open(anonymous: Api, db: Database) -> None:
    person = await signed_in_person(db, roles=["picker"])
    async with db.begin() as tx:
        await tx.run(
            "update session set seen_at = now() - interval '20 minutes' where person_id = $1", person.id
        )
    assert (await anonymous.get("/sessions/current", headers=person.headers)).status_code == 200
    async with db.begin() as tx:
        assert await tx.value(
            "select seen_at > now() - interval '1 minute' from session where person_id = $1", person.id
        )


@pytest.mark.parametrize(
    "end",
    [
        "update api_key set revoked_at = now() where shop_id = $1",
        "update api_key set expires_at = now() - interval '1 second' where shop_id = $1",
        "update shop set active = false where id = $1",
    ],
)
async def test_a_key_ends_at_once(anonymous: Api, db: Database, end: str) -> None:
    shop = await a_shop(db)
    headers = bearer(await a_key(db, shop=shop))
    assert (await anonymous.get("/orders", headers=headers)).status_code == 200
    async with db.begin() as tx:
        await tx.run(end, shop.id)
    problem(await anonymous.get("/orders", headers=headers), 401, "sign-in-needed")


async def test_lower_roles_and_scopes(anonymous: Api, db: Database) -> None:
    shop = await a_shop(db)
    reader = bearer(await a_key(db, shop=shop, scopes=["orders.read"]))
    writer = bearer(await a_key(db, shop=shop, scopes=["orders.write"]))
    picker = bearer(await signed_in(db, roles=["picker"]))
    for headers in (reader, picker):
        said = problem(await anonymous.post(HOLD, json={"reason": "x"}, headers=headers), 403, "not-allowed")
        assert said["tone"] == "stop"
    problem(await anonymous.post(HOLD, json={"reason": "x"}, headers=writer), 404, "not-found")
    assert (await anonymous.get("/orders", headers=writer)).status_code == 200, "who may write may read"
    problem(await anonymous.get("/people", headers=writer), 403, "not-allowed")


async def test_a_cookie_serves_as_well_as_the_header(anonymous: Api, db: Database) -> None:
    token = await signed_in(db, roles=["picker"])
    r = await anonymous.get("/sessions/current", headers={"Cookie": f"wms_session={token}"})
    assert r.status_code == 200


async def test_badge_and_pin_are_enough(anonymous: Api, db: Database) -> None:
    person = await a_person(db)
    r = await anonymous.post("/sessions", json={"badge": person.badge, "pin": person.pin})
    assert r.status_code == 201
    assert (await anonymous.get("/sessions/current", headers=bearer(r.json()["token"]))).json()[
        "kind"
    ] == "staff"
