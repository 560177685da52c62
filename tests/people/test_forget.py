"""What only grows is forgotten in its time, and nothing that still counts."""

from datetime import timedelta

import asyncpg
import pytest

from tests.builders import signed_in_person, unique
from tests.conftest import Api, Cluster, new_key
from tests.orders.world import World, a_world
from tests.web.reading import problem
from wms.db.tx import Actor, Database
from wms.people.forget import forget_answers, forget_sign_ins


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


def age(cluster: Cluster, db: Database, key: str, days: int) -> None:
    """As an administrator: nothing of the application may."""
    with cluster.admin(db.name) as c:
        c.execute(
            "update idempotent_request set at = at - make_interval(days => %s) where key = %s", (days, key)
        )


async def test_what_was_done_weeks_ago_is_not_done_again(world: World, cluster: Cluster) -> None:
    sku = await world.stocked(5)
    old, young = new_key(), new_key()
    first, second = world.body([(sku, 1)]), world.body([(sku, 1)])
    for key, body in ((old, first), (young, second)):
        assert (await world.send(body, key=key))[0] == 201
    age(cluster, world.db, old, 8)
    age(cluster, world.db, young, 6)
    async with world.db.begin() as tx:
        assert await forget_answers(tx) >= 1
    again = world.headers | {"Idempotency-Key": old}
    problem(await world.api.post("/orders", json=first, headers=again), 409, "answer-forgotten")
    problem(await world.api.post("/orders", json=second, headers=again), 409, "idempotency-key-reused")
    r = await world.api.post("/orders", json=second, headers=world.headers | {"Idempotency-Key": young})
    assert (r.status_code, r.headers["idempotent-replayed"]) == (201, "true")
    async with world.db.begin() as tx:
        assert await tx.value("select count(*) from orders where shop_id = $1", world.shop.id) == 2
        assert await tx.value("select sum(allocated) from balance where shop_id = $1", world.shop.id) == 2


async def test_nobody_empties_an_answer_that_counts(world: World, cluster: Cluster) -> None:
    sku = await world.stocked(5)
    old, young = new_key(), new_key()
    for key in (old, young):
        assert (await world.send(world.body([(sku, 1)]), key=key))[0] == 201
    age(cluster, world.db, old, 8)
    person = await signed_in_person(world.db, roles=["admin"])
    empty = "update idempotent_request set body = null where key = $1"
    async with world.db.begin() as tx:
        assert await tx.run(empty, young) == 0, "too young"
    async with world.db.begin(Actor(kind="staff", id=person.id, name="x")) as tx:
        assert await tx.run(empty, old) == 0, "not the worker"
    for sql in (
        "update idempotent_request set body = 'other' where key = $1",
        "update idempotent_request set status = 500 where key = $1",
        "delete from idempotent_request where key = $1",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with world.db.begin() as tx:
                await tx.run(sql, old)


async def test_sign_ins_that_ended_long_ago(db: Database) -> None:
    person = await signed_in_person(db, roles=["picker"])
    who = unique("who")
    async with db.begin() as tx:
        await tx.run(
            """insert into session (token_hash, person_id, floor, expires_at)
               select sha256(($1 || d)::bytea), $2, true, $3::timestamptz - make_interval(days => d) from unnest(array[89, 91]) d""",
            who, person.id, tx.now,
        )  # fmt: skip
        await tx.run(
            "insert into sign_in_failure (who, device, at) select $1, h::text, $2::timestamptz - make_interval(hours => h)"
            " from unnest(array[23, 25]) h",
            who, tx.now,
        )  # fmt: skip
    async with db.begin() as tx:
        assert await forget_sign_ins(tx) >= 2
        left = await tx.rows("select expires_at from session where person_id = $1", person.id)
        assert [r[0] > tx.now - timedelta(days=90) for r in left] == [True, True]
        assert await tx.value("select array_agg(device) from sign_in_failure where who = $1", who) == ["23"]
