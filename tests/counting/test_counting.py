"""Blind counts: what is found, what moves meanwhile, what becomes of promises."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.builders import (
    ABin,
    ASku,
    AWarehouse,
    a_bin,
    a_lot,
    a_shop,
    a_sku,
    a_warehouse,
    on_hand,
    opened,
    signed_in_person,
    stock_up,
)
from tests.conftest import Api
from tests.orders.floor import release
from tests.orders.world import World, a_world
from wms.db.tx import Database
from wms.locations.count_request import SHORT_PICK, request_count
from wms.locations.lock_location import lock_location
from wms.locations.queries import place, system_location
from wms.stock.ledger import Move, post
from wms.stock.verify import verify_stock


@dataclass
class Counter:
    """Somebody who counts, and a supervisor who asks for it."""

    api: Api
    db: Database
    warehouse: AWarehouse
    headers: dict[str, str]
    boss: dict[str, str]

    async def ask(self, where: ABin) -> int:
        body = {"warehouse_id": self.warehouse.id, "location": where.label}
        r = await self.api.post("/counts", json=body, headers=self.boss)
        assert r.status_code == 201, r.text
        return int(r.json()["id"])

    async def start(self, task_id: int) -> httpx.Response:
        return await self.api.post(f"/counts/{task_id}/start", headers=self.headers)

    async def asked_and_started(self, where: ABin) -> int:
        task_id = await self.ask(where)
        r = await self.start(task_id)
        assert (r.status_code, r.json()["state"]) == (200, "counting"), r.text
        return task_id

    async def line(self, task_id: int, code: str, quantity: int, **more: Any) -> httpx.Response:
        body = {"code": code, "quantity": quantity} | more
        return await self.api.post(f"/counts/{task_id}/lines", json=body, headers=self.headers)

    async def counted(self, task_id: int, code: str, quantity: int, **more: Any) -> dict[str, Any]:
        r = await self.line(task_id, code, quantity, **more)
        assert r.status_code == 201, r.text
        found: dict[str, Any] = r.json()
        return found

    async def close(self, task_id: int) -> httpx.Response:
        return await self.api.post(f"/counts/{task_id}/close", headers=self.headers)

    async def closed(self, task_id: int) -> dict[str, tuple[int, int, int]]:
        """Counted, expected and adjusted by SKU."""
        r = await self.close(task_id)
        assert (r.status_code, r.json()["state"]) == (200, "closed"), r.text
        return {n["sku"]: (n["counted"], n["expected"], n["adjusted"]) for n in r.json()["lines"]}

    async def take(self, sku: ASku, where: ABin, quantity: int) -> None:
        """Goods leave the bin while it is being counted."""
        async with self.db.begin() as tx:
            scrap = await system_location(tx, self.warehouse.id, "scrap")
            move = Move(
                shop_id=sku.shop_id, sku_id=sku.id, quantity=quantity, from_location=where.id, to_location=scrap,
                reason="destroying",
            )  # fmt: skip
            await post(tx, [move])


async def a_counter(api: Api, db: Database, warehouse: AWarehouse | None = None) -> Counter:
    person = await signed_in_person(db, roles=["picker"])
    boss = await signed_in_person(db, roles=["supervisor"])
    return Counter(api, db, warehouse or await a_warehouse(db), person.headers, boss.headers)


async def sound(db: Database, shop_id: int) -> None:
    async with opened(db) as tx:
        assert await verify_stock(tx, shop_id) == []


async def test_a_count_that_finds_what_is_there_changes_nothing(anonymous: Api, db: Database) -> None:
    counter, shop = await a_counter(anonymous, db), await a_shop(db)
    mug, shelf = await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=mug, bin=shelf, quantity=7)
    task_id = await counter.asked_and_started(shelf)
    assert (await counter.counted(task_id, mug.barcode, 7))["again"] is False
    assert await counter.closed(task_id) == {mug.code: (7, 7, 0)}
    r = await counter.close(task_id)
    assert r.status_code == 200, "closing twice changes nothing"
    await sound(db, shop.id)


async def test_less_and_more_and_nothing_become_moves(anonymous: Api, db: Database) -> None:
    counter, shop = await a_counter(anonymous, db), await a_shop(db)
    mug, jug, cup, pot = [await a_sku(db, shop=shop) for _ in range(4)]
    shelf = await a_bin(db)
    for sku in (mug, jug, cup):
        await stock_up(db, sku=sku, bin=shelf, quantity=7)
    task_id = await counter.asked_and_started(shelf)
    await counter.counted(task_id, mug.barcode, 5)
    await counter.counted(task_id, jug.barcode, 9)
    await counter.counted(task_id, pot.barcode, 2)
    # cup is not counted at all: it is not there
    assert await counter.closed(task_id) == {
        mug.code: (5, 7, -2),
        jug.code: (9, 7, 2),
        cup.code: (0, 7, -7),
        pot.code: (2, 0, 2),
    }
    assert [await on_hand(db, sku=s, location_id=shelf.id) for s in (mug, jug, cup, pot)] == [5, 9, 0, 2]
    async with opened(db) as tx:
        rows = await tx.rows(
            "select reason, quantity from move where shop_id = $1 and sku_id = $2 order by id",
            shop.id,
            cup.id,
        )
        told = await tx.value(
            "select data from event where shop_id = $1 and kind = 'stock.adjusted' and subject_id = $2",
            shop.id, task_id,
        )  # fmt: skip
    assert [tuple(r) for r in rows] == [("receiving", 7), ("cycle_counting", 7)]
    assert sorted(n["difference"] for n in told["lines"]) == [-7, -2, 2, 2]
    await sound(db, shop.id)


async def test_a_count_is_blind_for_everybody_until_it_is_closed(anonymous: Api, db: Database) -> None:
    counter, shop = await a_counter(anonymous, db), await a_shop(db)
    mug, shelf = await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=mug, bin=shelf, quantity=4321)
    task_id = await counter.ask(shelf)
    answers = [await counter.start(task_id), await counter.line(task_id, mug.barcode, 5)]
    answers += [await anonymous.get(f"/counts/{task_id}", headers=h) for h in (counter.headers, counter.boss)]
    for r in answers:
        assert "4321" not in r.text
    assert [n["expected"] for n in answers[-1].json()["lines"]] == [None]


async def test_moves_after_a_line_was_counted_make_no_difference(anonymous: Api, db: Database) -> None:
    counter, shop = await a_counter(anonymous, db), await a_shop(db)
    mug, jug, shelf = await a_sku(db, shop=shop), await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=mug, bin=shelf, quantity=10)
    task_id = await counter.asked_and_started(shelf)
    assert (await counter.counted(task_id, mug.barcode, 9))["again"] is False
    await counter.take(mug, shelf, 3)
    await stock_up(db, sku=mug, bin=shelf, quantity=1)
    assert await counter.closed(task_id) == {mug.code: (9, 10, -1)}
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 7
    assert await on_hand(db, sku=jug, location_id=shelf.id) == 0
    await sound(db, shop.id)


async def test_goods_that_move_before_they_are_counted_are_counted_again(
    anonymous: Api, db: Database
) -> None:
    counter, shop = await a_counter(anonymous, db), await a_shop(db)
    mug, shelf = await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=mug, bin=shelf, quantity=10)
    task_id = await counter.asked_and_started(shelf)
    await counter.take(mug, shelf, 3)
    assert (await counter.counted(task_id, mug.barcode, 10))["again"] is True, (
        "counted before or after? nobody knows"
    )
    r = await counter.close(task_id)
    assert (r.status_code, r.json()["code"]) == (409, "count-again")
    assert r.json()["values"]["skus"] == [mug.code]
    assert (await counter.counted(task_id, mug.barcode, 7))["again"] is False
    assert await counter.closed(task_id) == {mug.code: (7, 7, 0)}


async def test_goods_that_come_meanwhile_are_not_declared_missing(anonymous: Api, db: Database) -> None:
    counter, shop = await a_counter(anonymous, db), await a_shop(db)
    mug, shelf = await a_sku(db, shop=shop), await a_bin(db)
    task_id = await counter.asked_and_started(shelf)
    await stock_up(db, sku=mug, bin=shelf, quantity=10)
    r = await counter.close(task_id)
    assert (r.status_code, r.json()["values"]["skus"]) == (409, [mug.code])
    await counter.counted(task_id, mug.barcode, 10)
    await counter.counted(task_id, mug.barcode, 10)
    assert await counter.closed(task_id) == {mug.code: (10, 10, 0)}


async def test_lots_serials_and_conditions_are_counted_apart(anonymous: Api, db: Database) -> None:
    counter, shop = await a_counter(anonymous, db), await a_shop(db)
    tea = await a_sku(db, shop=shop, lot_policy="lot")
    phone = await a_sku(db, shop=shop, serial=True)
    mug = await a_sku(db, shop=shop)
    shelf = await a_bin(db)
    await stock_up(db, sku=tea, bin=shelf, quantity=5, lot=await a_lot(db, sku=tea, code="L1"))
    await stock_up(db, sku=phone, bin=shelf, quantity=1, lot=await a_lot(db, sku=phone, serial="S1"))
    await stock_up(db, sku=mug, bin=shelf, quantity=2, status="damaged")
    task_id = await counter.asked_and_started(shelf)
    for sku, quantity, code in ((tea, 5, "count-lot-needed"), (phone, 1, "count-lot-needed")):
        r = await counter.line(task_id, sku.barcode, quantity)
        assert (r.status_code, r.json()["code"]) == (422, code)
    r = await counter.line(task_id, phone.barcode, 2, serial="S1")
    assert (r.status_code, r.json()["code"]) == (422, "count-one-piece")
    await counter.counted(task_id, f"01{tea.barcode.rjust(14, '0')}10L1", 4)
    await counter.counted(task_id, tea.barcode, 1, lot="L2")
    await counter.counted(task_id, phone.barcode, 1, serial="S1")
    await counter.counted(task_id, mug.barcode, 2, status="damaged")
    r = await counter.close(task_id)
    assert r.status_code == 200, r.text
    found = {(n["lot"] or n["serial"] or n["status"]): n["adjusted"] for n in r.json()["lines"]}
    assert found == {"L1": -1, "L2": 1, "S1": 0, "damaged": 0}
    await sound(db, shop.id)


async def test_the_shop_of_an_ean_is_the_one_whose_goods_are_here_else_it_is_asked(
    anonymous: Api, db: Database
) -> None:
    counter, ours, other = await a_counter(anonymous, db), await a_shop(db), await a_shop(db)
    mug, shelf, empty = await a_sku(db, shop=ours), await a_bin(db), await a_bin(db)
    twin = await a_sku(db, shop=other, barcodes=mug.barcodes)
    await stock_up(db, sku=mug, bin=shelf, quantity=2)
    task_id = await counter.asked_and_started(shelf)
    assert (await counter.counted(task_id, mug.barcode, 2))["shop_id"] == ours.id
    task_id = await counter.asked_and_started(empty)
    r = await counter.line(task_id, mug.barcode, 1)
    assert (r.status_code, r.json()["code"]) == (422, "count-which")
    assert (await counter.counted(task_id, mug.barcode, 1, shop_id=other.id))["sku"] == twin.code
    r = await counter.line(task_id, "4006381333931", 1)
    assert (r.status_code, r.json()["code"]) == (404, "unknown-goods")


async def test_one_count_per_place_and_one_person_per_count(anonymous: Api, db: Database) -> None:
    counter, rival = await a_counter(anonymous, db), await a_counter(anonymous, db)
    mug, shelf = await a_sku(db, shop=await a_shop(db)), await a_bin(db)
    task_id = await counter.ask(shelf)
    assert await counter.ask(shelf) == task_id
    r = await counter.line(task_id, mug.barcode, 1)
    assert (r.status_code, r.json()["code"]) == (409, "count-not-started")
    r = await counter.close(task_id)
    assert (r.status_code, r.json()["code"]) == (409, "count-not-started")
    await counter.start(task_id)
    assert (await counter.start(task_id)).status_code == 200, "a restarted handheld goes on"
    r = await rival.start(task_id)
    assert (r.status_code, r.json()["code"]) == (409, "count-taken")
    assert "Łucja Żak" in r.json()["detail"]
    r = await anonymous.post(f"/counts/{task_id}/start", headers=rival.boss)
    assert r.status_code == 200, "a supervisor takes over"
    await counter.closed(task_id)
    assert (await counter.start(task_id)).json()["code"] == "wrong-state"
    assert await counter.ask(shelf) != task_id
    params: dict[str, Any] = {"warehouse_id": counter.warehouse.id, "state": "closed", "limit": 500}
    r = await anonymous.get("/counts", params=params, headers=counter.headers)
    assert task_id in [c["id"] for c in r.json()["items"]]


async def test_not_every_place_is_counted_and_not_everybody_asks(anonymous: Api, db: Database) -> None:
    counter = await a_counter(anonymous, db)
    body = {"warehouse_id": counter.warehouse.id, "location": "L-SUPPLIER"}
    r = await anonymous.post("/counts", json=body, headers=counter.boss)
    assert (r.status_code, r.json()["code"]) == (409, "not-countable")
    assert (await anonymous.post("/counts", json=body, headers=counter.headers)).status_code == 403
    for path in ("/counts/999999999/start", "/counts/999999999/close"):
        assert (await anonymous.post(path, headers=counter.headers)).status_code == 404
    assert (await counter.line(999999999, "4006381333931", 1)).status_code == 404
    assert (await anonymous.get("/counts/999999999", headers=counter.headers)).status_code == 404


async def test_a_short_pick_leaves_a_count_and_closing_it_takes_its_lock_off(
    anonymous: Api, db: Database
) -> None:
    world = await a_world(db, anonymous)
    counter = await a_counter(anonymous, db, world.warehouse)
    mug, shelf = await world.sku(), await world.bin()
    await stock_up(db, sku=mug, bin=shelf, quantity=5)
    async with db.begin() as tx:
        await lock_location(tx, shelf.id, SHORT_PICK)
        task_id = await request_count(tx, shelf.id, "short_pick")
    order = await world.order([(mug, 2)])
    assert order["state"] == "backordered", "nothing is promised from a locked bin"
    await counter.start(task_id)
    await counter.counted(task_id, mug.barcode, 5)
    await counter.closed(task_id)
    async with opened(db) as tx:
        assert (await place(tx, shelf.id)).locked_at is None
    assert await world.state(order["id"]) == "allocated", "what the lock held back is served"


async def test_a_supervisors_lock_stays(anonymous: Api, db: Database) -> None:
    counter, shelf = await a_counter(anonymous, db), await a_bin(db)
    async with db.begin() as tx:
        await lock_location(tx, shelf.id, "a broken beam")
    await counter.closed(await counter.asked_and_started(shelf))
    async with opened(db) as tx:
        assert (await place(tx, shelf.id)).lock_reason == "a broken beam"


async def promised(world: World, shelf: ABin, orders: list[int]) -> tuple[ASku, list[int]]:
    """A SKU with just enough in the bin for these orders, the earlier promised first."""
    mug = await world.sku()
    await stock_up(world.db, sku=mug, bin=shelf, quantity=sum(orders))
    made = [await world.order([(mug, n)], priority=9 - i) for i, n in enumerate(orders)]
    assert [o["state"] for o in made] == ["allocated"] * len(orders)
    return mug, [o["id"] for o in made]


async def test_promises_that_cannot_be_kept_are_made_anew_elsewhere(anonymous: Api, db: Database) -> None:
    world = await a_world(db, anonymous)
    counter = await a_counter(anonymous, db, world.warehouse)
    shelf = await world.bin()
    mug, (first, second) = await promised(world, shelf, [3, 2])
    spare = await world.bin()
    await stock_up(db, sku=mug, bin=spare, quantity=2)
    task_id = await counter.asked_and_started(shelf)
    await counter.counted(task_id, mug.barcode, 3)
    assert await counter.closed(task_id) == {mug.code: (3, 5, -2)}
    assert [await world.state(o) for o in (first, second)] == ["allocated", "allocated"]
    async with opened(db) as tx:
        rows = await tx.rows(
            """select order_id, location_id, open from allocation
               where shop_id = $1 and sku_id = $2 and open > 0 order by order_id""",
            world.shop.id, mug.id,
        )  # fmt: skip
    assert [tuple(r) for r in rows] == [(first, shelf.id, 3), (second, spare.id, 2)]
    await sound(db, world.shop.id)


async def test_the_promise_that_comes_last_waits_when_there_is_no_more(anonymous: Api, db: Database) -> None:
    world = await a_world(db, anonymous)
    counter = await a_counter(anonymous, db, world.warehouse)
    shelf = await world.bin()
    mug, (first, second) = await promised(world, shelf, [3, 2])
    task_id = await counter.asked_and_started(shelf)
    await counter.counted(task_id, mug.barcode, 4)
    await counter.closed(task_id)
    assert [await world.state(o) for o in (first, second)] == ["allocated", "backordered"]
    await sound(db, world.shop.id)


async def test_a_count_does_not_take_goods_from_under_a_picker(anonymous: Api, db: Database) -> None:
    world = await a_world(db, anonymous)
    counter = await a_counter(anonymous, db, world.warehouse)
    shelf = await world.bin()
    mug, (first, second) = await promised(world, shelf, [3, 2])
    async with db.begin() as tx:
        await release(tx, world, first)
    task_id = await counter.asked_and_started(shelf)
    await counter.counted(task_id, mug.barcode, 2)
    r = await counter.close(task_id)
    assert (r.status_code, r.json()["code"]) == (409, "pickers-first")
    assert r.json()["values"]["orders"] == [(await world.look(first))["number"]]
    assert await world.state(second) == "allocated", "a refusal changes nothing"
    await counter.counted(task_id, mug.barcode, 3)
    assert await counter.closed(task_id) == {mug.code: (3, 5, -2)}
    assert await world.state(second) == "backordered"
    await sound(db, world.shop.id)
