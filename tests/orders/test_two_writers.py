"""Many at once for the same goods: nothing is sold twice, nobody sees a deadlock."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from tests.builders import stock_up
from tests.conftest import Api, new_key
from tests.orders.world import World, a_world, accept, faults
from wms.config import Settings
from wms.db.tx import Database
from wms.orders.fill_backorders import fill_backorders


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


DEADLOCKS = "select deadlocks from pg_stat_database where datname = current_database()"


async def rush(world: World, bodies: Sequence[dict[str, Any]]) -> Counter[str]:
    """All at the same moment; how many came to which state. Anything but a 201 fails."""
    answers = await asyncio.gather(*(world.send(b) for b in bodies))
    assert {status for status, _ in answers} == {201}, [a for s, a in answers if s != 201][:3]
    return Counter(str(a["state"]) for _, a in answers)


async def test_a_hundred_claimants_for_the_last_unit(world: World) -> None:
    sku = await world.stocked(1)
    assert await rush(world, [world.body([(sku, 1)]) for _ in range(100)]) == {
        "allocated": 1,
        "backordered": 99,
    }
    assert await faults(world.db, world.shop) == []


async def test_twenty_for_ten_of_two_lines_each(world: World) -> None:
    sku = await world.stocked(20)
    got = await rush(world, [world.body([(sku, 1), (sku, 1)]) for _ in range(20)])
    assert got["allocated"] <= 10
    async with world.db.begin() as tx:
        assert await tx.value("select sum(allocated) from order_line where shop_id = $1", world.shop.id) == 20
    assert await faults(world.db, world.shop) == []


async def test_kits_and_their_components_at_once(world: World) -> None:
    cup, spoon = await world.stocked(30), await world.stocked(30)
    tea = await world.sku(components=[(cup, 1), (spoon, 1)])
    party = await world.sku(components=[(spoon, 2), (cup, 3)])
    lines = [[(tea, 1), (cup, 1)], [(party, 1), (spoon, 1)], [(spoon, 1), (tea, 1), (party, 1)]]
    await rush(world, [world.body(lines[i % 3]) for i in range(18)])
    assert await faults(world.db, world.shop) == []


async def test_sixteen_bulk_intakes_of_the_same_goods_backwards_and_forwards(world: World) -> None:
    skus = [await world.stocked(40) for _ in range(6)]
    async with world.db.begin() as tx:
        before = await tx.value(DEADLOCKS)

    async def one(n: int) -> dict[str, Any]:
        order = skus if n % 2 else skus[::-1]
        return await world.bulk([world.body([(s, 1 + (n + i) % 3) for s in order]) for i in range(8)])

    answers = await asyncio.gather(*(one(n) for n in range(16)))
    assert sum(a["created"] for a in answers) == 128
    async with world.db.begin() as tx:
        left = await tx.value(
            "select sum(on_hand - allocated) from balance where shop_id = $1 and real", world.shop.id
        )
        clashes = await tx.value(DEADLOCKS) - before
    assert left == 0, "everything there was is promised"
    assert clashes == 0
    assert await faults(world.db, world.shop) == []


async def test_the_same_numbers_from_two_sides_in_opposite_order(world: World) -> None:
    sku = await world.stocked(100)
    bodies = [world.body([(sku, 1)]) for _ in range(20)]
    answers = await asyncio.gather(*(world.bulk(bodies if n % 2 else bodies[::-1]) for n in range(2)))
    assert sum(a["created"] for a in answers) == 20
    assert sum(a["known"] for a in answers) == 20
    assert await faults(world.db, world.shop) == []


async def test_one_number_for_sixteen_different_orders_at_once(world: World) -> None:
    """They share no goods that one would wait for: the number alone stands between them."""
    skus = [await world.stocked(5) for _ in range(16)]
    first = world.body([(skus[0], 1)])
    bodies = [first | {"lines": world.body([(s, 1)])["lines"]} for s in skus]
    answers = await asyncio.gather(*(world.send(b) for b in bodies))
    assert Counter(status for status, _ in answers) == {201: 1, 409: 15}
    assert {a["code"] for status, a in answers if status == 409} == {"order-exists"}
    async with world.db.begin() as tx:
        assert await tx.value("select sum(allocated) from balance where shop_id = $1", world.shop.id) == 1
    assert await faults(world.db, world.shop) == []


async def test_two_receipts_serve_the_same_backorder_once(world: World) -> None:
    sku = await world.sku()
    made = [await world.order([(sku, 5)]) for _ in range(3)]
    await stock_up(world.db, sku=sku, bin=await world.bin(), quantity=20)

    async def fill() -> int:
        async with world.db.begin() as tx:
            return await fill_backorders(tx, [(sku.shop_id, sku.id)])

    assert sum(await asyncio.gather(*(fill() for _ in range(6)))) == 15
    assert [await world.state(o["id"]) for o in made] == ["allocated"] * 3
    assert await faults(world.db, world.shop) == []


async def test_cancel_against_goods_that_come(world: World) -> None:
    sku = await world.sku()
    made = [await world.order([(sku, 2)]) for _ in range(10)]

    async def receive() -> None:
        await stock_up(world.db, sku=sku, bin=await world.bin(), quantity=4)
        async with world.db.begin() as tx:
            await fill_backorders(tx, [(sku.shop_id, sku.id)])

    answers = await asyncio.gather(
        *(world.cancel(o["id"]) for o in made[::2]),
        *(receive() for _ in range(3)),
        *(world.cancel(o["id"]) for o in made[::2]),
    )
    assert {a[0] for a in answers if a is not None} == {200}
    assert [await world.state(o["id"]) for o in made[::2]] == ["cancelled"] * 5
    assert await faults(world.db, world.shop) == []


async def test_hold_release_and_cancel_of_one_order_at_once(world: World) -> None:
    made = await world.order([(await world.stocked(3), 3)])
    path, reason = f"/orders/{made['id']}", {"reason": new_key()}
    answers = await asyncio.gather(
        *(world.post(f"{path}/{verb}", reason if verb != "release" else None)
          for verb in ("hold", "release", "cancel") * 6)
    )  # fmt: skip
    assert {s for s, _ in answers} <= {200, 409}
    assert await world.state(made["id"]) == "cancelled"
    assert await faults(world.db, world.shop) == []


async def test_many_after_many_singles(settings: Settings) -> None:
    """The driver keeps its statements and the database their plans: one made for single orders in empty tables once
    took half a minute for five hundred, and met the statement timeout."""
    db = Database(settings.app_url, pool_size=1)
    async with Api() as nobody:
        world = await a_world(db, nobody)
    sku = await world.stocked(1_000)
    for _ in range(60):
        async with db.begin() as tx:
            await accept(tx, world, world.body([(sku, 1)]))
    async with db.begin() as tx:
        await tx.run("set local statement_timeout = '8s'")
        made = await accept(tx, world, *[world.body([(sku, 1)]) for _ in range(500)])
    assert {a.state for a in made} == {"allocated"}
    await db.close()
