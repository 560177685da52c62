"""The same request again: one effect, the same answer."""

import asyncio

import pytest

from tests.builders import a_key, bearer, signed_in_person
from tests.conftest import Api, new_key
from tests.orders.world import World, a_world, faults
from tests.web.reading import problem
from wms.db.tx import Database


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


async def test_two_hundred_at_once_are_one(world: World) -> None:
    sku = await world.stocked(200)
    body, key = world.body([(sku, 1)]), new_key()
    headers = world.headers | {"Idempotency-Key": key}
    answers = await asyncio.gather(
        *(world.api.post("/orders", json=body, headers=headers) for _ in range(200))
    )
    assert {r.status_code for r in answers} == {201}
    assert len({r.content for r in answers}) == 1
    assert sum("idempotent-replayed" in r.headers for r in answers) == 199
    async with world.db.begin() as tx:
        assert await tx.value("select count(*) from orders where shop_id = $1", world.shop.id) == 1
        assert await tx.value("select sum(allocated) from balance where shop_id = $1", world.shop.id) == 1
    assert await faults(world.db, world.shop) == []


async def test_a_replay_is_marked_and_equal(world: World) -> None:
    body = world.body([(await world.stocked(2), 1)])
    headers = world.headers | {"Idempotency-Key": new_key()}
    first = await world.api.post("/orders", json=body, headers=headers)
    assert "idempotent-replayed" not in first.headers
    await world.cancel(first.json()["id"])
    again = await world.api.post("/orders", json=body, headers=headers)
    assert again.headers["idempotent-replayed"] == "true"
    assert (again.status_code, again.content) == (201, first.content), "as it was then"
    assert again.headers["content-type"] == first.headers["content-type"]


async def test_another_request_under_the_same_key(world: World) -> None:
    sku = await world.stocked(5)
    body, key = world.body([(sku, 1)]), new_key()
    headers = world.headers | {"Idempotency-Key": key}
    made = (await world.api.post("/orders", json=body, headers=headers)).json()
    r = await world.api.post("/orders", json=body | {"priority": 1}, headers=headers)
    problem(r, 409, "idempotency-key-reused")
    r = await world.api.post(f"/orders/{made['id']}/cancel", json={"reason": "x"}, headers=headers)
    problem(r, 409, "idempotency-key-reused")
    r = await world.api.post("/orders?x=1", json=body, headers=headers)
    problem(r, 409, "idempotency-key-reused")
    assert await world.state(made["id"]) == "allocated"


@pytest.mark.parametrize("key", [None, b"", b"x" * 101, b"a b", "ł".encode()])
async def test_a_key_is_needed(world: World, key: bytes | None) -> None:
    headers = {k.encode(): v.encode() for k, v in world.headers.items()}
    if key is not None:
        headers[b"Idempotency-Key"] = key
    request = world.api.build_request("POST", "/orders", json=world.body([]), headers=headers)
    problem(await world.api.send(request), 400, "idempotency-key-needed")


async def test_keys_of_two_callers_have_nothing_to_do_with_each_other(world: World) -> None:
    key, sku = new_key(), await world.stocked(5)
    other = await a_world(world.db, world.api)
    theirs = other.body([(await other.stocked(5), 1)])
    assert (await world.send(world.body([(sku, 1)]), key=key))[0] == 201
    assert (await other.send(theirs, key=key))[0] == 201
    second = bearer(await a_key(world.db, shop=world.shop))
    r = await world.api.post(
        "/orders", json=world.body([(sku, 1)]), headers=second | {"Idempotency-Key": key}
    )
    assert r.status_code == 201


async def test_a_shop_mends_what_was_refused_and_keeps_its_key(world: World) -> None:
    sku, key = await world.stocked(5), new_key()
    body = world.body([(sku, 1)])
    assert (await world.send(body | {"carrier": "nobody"}, key=key))[0] == 422
    assert (await world.send(body, key=key))[0] == 201


async def refusals(db: Database, person_id: int) -> int:
    async with db.begin() as tx:
        return int(
            await tx.value("select count(*) from event where kind = 'refusal' and person_id = $1", person_id)
        )


async def test_a_refused_scan_is_remembered_once_and_said_again(world: World) -> None:
    person = await signed_in_person(world.db, roles=["care"])
    made = await world.order([(await world.stocked(1), 1)])
    async with world.db.begin() as tx:
        await tx.run("update orders set state = 'picking' where id = $1", made["id"])
    path = f"/orders/{made['id']}/hold?shop_id={world.shop.id}"
    headers = person.headers | {"Idempotency-Key": new_key(), "Accept-Language": "pl"}
    first = await world.api.post(path, json={"reason": "x"}, headers=headers)
    problem(first, 409, "wrong-state")
    answers = await asyncio.gather(
        *(world.api.post(path, json={"reason": "x"}, headers=headers) for _ in range(20))
    )
    assert {r.content for r in answers} == {first.content}
    assert all(r.headers["idempotent-replayed"] == "true" for r in answers)
    assert await refusals(world.db, person.id) == 1
    headers["Idempotency-Key"] = new_key()
    await asyncio.gather(*(world.api.post(path, json={"reason": "x"}, headers=headers) for _ in range(20)))
    assert await refusals(world.db, person.id) == 2, "a new scan is a new mistake"
    async with world.db.begin() as tx:
        event = await tx.row(
            "select * from event where kind = 'refusal' and person_id = $1 limit 1", person.id
        )
        assert event is not None
        assert (event["ref"], event["data"]["status"]) == ("wrong-state", 409)
