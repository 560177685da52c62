"""Signing in: badge and PIN, failures slowed, sessions that end at once."""

import asyncio

from tests.conftest import Api, new_key
from wms.db.tx import Database
from wms.people.manage import create_person


async def a_person(db: Database, **kwargs: object) -> tuple[str, str]:
    badge = f"B-{new_key()[:8]}"
    async with db.begin() as tx:
        await create_person(tx, badge=badge, name="Anna Zając", roles=["picker"], pin="4711")
    return badge, "4711"


async def test_badge_and_pin_open_a_session(anonymous: Api, db: Database) -> None:
    badge, pin = await a_person(db)
    r = await anonymous.post("/sessions", json={"badge": badge, "pin": pin, "device": "H-1"})
    assert r.status_code == 201, r.text
    token = r.json()["token"]
    me = await anonymous.get("/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert me.status_code == 200, me.text
    assert me.json()["name"] == "Anna Zając"


async def test_a_session_ends_with_sign_out(anonymous: Api, db: Database) -> None:
    badge, pin = await a_person(db)
    token = (await anonymous.post("/sessions", json={"badge": badge, "pin": pin})).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert (await anonymous.delete("/sessions/current", headers=headers)).status_code == 204
    r = await anonymous.get("/sessions/current", headers=headers)
    assert r.status_code == 401
    assert r.headers["content-type"] == "application/problem+json"


async def test_five_failures_lock_name_and_device_also_for_the_right_pin(
    anonymous: Api, db: Database
) -> None:
    badge, pin = await a_person(db)
    for known in ("H-2", "H-3"):
        r = await anonymous.post("/sessions", json={"badge": badge, "pin": pin, "device": known})
        assert r.status_code == 201
    for _ in range(5):
        r = await anonymous.post("/sessions", json={"badge": badge, "pin": "0000", "device": "H-2"})
        assert r.status_code == 401
    r = await anonymous.post("/sessions", json={"badge": badge, "pin": pin, "device": "H-2"})
    assert r.status_code == 429
    assert r.json()["code"] == "too-many-failures"
    r = await anonymous.post("/sessions", json={"badge": badge, "pin": pin, "device": "H-3"})
    assert r.status_code == 201, "another device of the same person still works"


async def test_made_up_devices_are_no_way_around_the_limit(anonymous: Api, db: Database) -> None:
    badge, pin = await a_person(db)
    for i in range(5):
        body = {"badge": badge, "pin": "0000", "device": f"{badge}-{i}"}
        assert (await anonymous.post("/sessions", json=body)).status_code == 401
    r = await anonymous.post("/sessions", json={"badge": badge, "pin": pin, "device": f"{badge}-9"})
    assert r.status_code == 429


async def test_guesses_at_the_same_moment_are_counted_one_by_one(anonymous: Api, db: Database) -> None:
    badge, _ = await a_person(db)
    bodies = [{"badge": badge, "pin": f"{n:04}", "device": "H-4"} for n in range(20)]
    answers = await asyncio.gather(*(anonymous.post("/sessions", json=b) for b in bodies))
    statuses = sorted(r.status_code for r in answers)
    assert statuses == [401] * 5 + [429] * 15
