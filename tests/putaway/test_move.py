"""Goods and whole units go elsewhere: each success, each refusal, and the way back."""

import asyncio
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import (
    ABin,
    ASku,
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
from tests.orders.world import a_world, faults
from tests.picking.scene import Scene, a_scene
from tests.stock.world import an_order
from wms.db.tx import SYSTEM, Database
from wms.kernel.refusals import Refusal
from wms.locations.lock_location import lock_location
from wms.orders.accept_orders import Accepted
from wms.orders.allocate_orders import allocate_orders
from wms.putaway.move_goods import move_goods
from wms.putaway.undo_move import undo_move
from wms.stock.verify import verify_stock


@pytest.fixture
async def scene(db: Database, anonymous: Api) -> Scene:
    return await a_scene(db, anonymous)


async def move(scene: Scene, source: str, sku: ASku, quantity: int, to: str, **more: Any) -> httpx.Response:
    by = more.pop("by", None)
    body = {
        "warehouse_id": scene.warehouse.id, "source": source, "code": sku.barcode, "quantity": quantity, "to": to,
    }  # fmt: skip
    return await scene.post("/goods-moves", body | more, by=by)


async def refused(
    scene: Scene, source: str, sku: ASku, quantity: int, to: str, **more: Any
) -> tuple[int, str]:
    r = await move(scene, source, sku, quantity, to, **more)
    return r.status_code, r.json().get("code", r.text)


async def move_unit(scene: Scene, unit: str, to: str, **more: Any) -> httpx.Response:
    body = {"warehouse_id": scene.warehouse.id, "unit": unit, "to": to}
    return await scene.post("/goods-moves/units", body | more)


async def undo(scene: Scene, move_id: int, **who: Any) -> httpx.Response:
    return await scene.post(f"/goods-moves/{move_id}/undo", {}, **who)


async def sound(scene: Scene) -> None:
    async with opened(scene.db) as tx:
        assert await verify_stock(tx, scene.shop.id) == []
    assert await faults(scene.db, scene.shop) == []


async def allocated_at(scene: Scene, order: Accepted) -> set[int]:
    async with opened(scene.db) as tx:
        rows = await tx.rows(
            "select location_id from allocation where shop_id = $1 and order_id = $2 and open > 0",
            scene.shop.id,
            order.id,
        )
        return {r["location_id"] for r in rows}


async def a_pair(scene: Scene, quantity: int, **how: Any) -> tuple[ASku, ABin, ABin]:
    start, end = await scene.bin(), await scene.bin(**how)
    return await scene.goods(quantity, at=start), start, end


async def test_goods_go_to_another_bin_and_back(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    r = await move(scene, start.label, cup, 4, end.label)
    assert r.status_code == 201, r.text
    answer = r.json()
    assert (answer["sku"], answer["quantity"], answer["left"], answer["location"]) == (
        cup.code,
        4,
        5,
        end.code,
    )
    assert await on_hand(scene.db, sku=cup, location_id=end.id) == 4
    r = await undo(scene, answer["id"])
    assert r.status_code == 200, r.text
    assert (r.json()["location"], r.json()["source"], r.json()["quantity"]) == (end.code, start.code, 4)
    assert await on_hand(scene.db, sku=cup, location_id=start.id) == 9
    r = await undo(scene, answer["id"])
    assert (r.status_code, r.json()["code"]) == (409, "move-undone")
    assert (await undo(scene, 10**9)).status_code == 404
    await sound(scene)


async def test_only_whoever_moved_it_or_a_supervisor_undoes_it_and_once(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    made = (await move(scene, start.label, cup, 4, end.label)).json()["id"]
    other = await signed_in_person(scene.db, roles=["receiver"])
    r = await undo(scene, made, by=other)
    assert (r.status_code, r.json()["code"]) == (409, "not-your-move")
    answers = await asyncio.gather(*(undo(scene, made, by=scene.boss) for _ in range(5)))
    assert sorted(r.status_code for r in answers) == [200, 409, 409, 409, 409]
    assert await on_hand(scene.db, sku=cup, location_id=start.id) == 9
    await sound(scene)


async def test_places_that_do_not_fit_are_refused(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    assert await refused(scene, "L-PACK-1", cup, 1, end.label) == (409, "not-moved-from-here")
    assert await refused(scene, "L-WORK", cup, 1, end.label) == (409, "not-moved-from-here")
    assert await refused(scene, "L-NOWHERE", cup, 1, end.label) == (404, "unknown-location")
    assert await refused(scene, start.label, cup, 1, "L-NOWHERE") == (404, "unknown-location")
    assert await refused(scene, start.label, cup, 1, "L-CUSTOMER") == (409, "not-moved-here")
    assert await refused(scene, start.label, cup, 1, start.label) == (409, "already-there")
    assert await refused(scene, start.label, cup, 10, end.label) == (409, "not-enough-here")
    assert await refused(scene, end.label, cup, 1, start.label) == (409, "nothing-here")
    assert await refused(scene, start.label, cup, 1, "x" * 900) == (422, "scan-too-long")
    assert await refused(scene, start.label, cup, 1, "L-XDOCK-1") == (409, "nobody-waits")
    stranger = await a_sku(scene.db, shop=scene.shop)
    assert await refused(scene, start.label, stranger, 1, end.label) == (409, "nothing-here")
    async with scene.db.begin() as tx:
        await lock_location(tx, end.id, "a broken beam")
    assert await refused(scene, start.label, cup, 1, end.label) == (409, "location-locked")
    assert await on_hand(scene.db, sku=cup, location_id=start.id) == 9


async def test_a_bin_is_one_shops(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    theirs = await a_sku(scene.db, shop=await a_shop(scene.db))
    await stock_up(scene.db, sku=theirs, bin=end, quantity=1)
    assert await refused(scene, start.label, cup, 1, end.label) == (409, "another-shops-shelf")
    rack = await scene.bin(kind="reserve")
    await stock_up(scene.db, sku=theirs, bin=rack, quantity=1)
    assert (await move(scene, start.label, cup, 1, rack.label)).status_code == 201, (
        "pallets stand side by side"
    )


async def test_two_lots_and_two_shops_ask_which(scene: Scene) -> None:
    start, end = await scene.bin(kind="reserve"), await scene.bin()
    tea = await scene.goods(lot_policy="lot")
    for code in ("L1", "L2"):
        lot = await a_lot(scene.db, sku=tea, code=code)
        await stock_up(scene.db, sku=tea, bin=start, quantity=3, lot=lot)
    r = await move(scene, start.label, tea, 2, end.label)
    assert (r.status_code, r.json()["code"]) == (422, "which-goods")
    r = await move(scene, start.label, tea, 2, end.label, lot="L2")
    assert (r.status_code, r.json()["lot"]) == (201, "L2")
    theirs = await a_sku(scene.db, shop=await a_shop(scene.db), barcodes=tea.barcodes)
    await stock_up(scene.db, sku=theirs, bin=start, quantity=1)
    assert (await move(scene, start.label, tea, 1, end.label)).json()["code"] == "which-goods"
    r = await move(scene, start.label, tea, 1, end.label, shop_id=scene.shop.id, lot="L1")
    assert r.status_code == 201, r.text
    await sound(scene)


async def test_the_quarantine_takes_what_is_not_for_sale_and_a_supervisor_lets_it_out(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    assert await refused(scene, start.label, cup, 1, "L-QUARANTINE") == (409, "not-for-quarantine")
    r = await move(scene, start.label, cup, 2, "L-QUARANTINE", becomes="damaged")
    assert (r.status_code, r.json()["status"]) == (201, "damaged"), r.text
    assert await refused(scene, start.label, cup, 1, end.label, becomes="damaged") == (409, "quarantine-only")
    assert await refused(scene, "L-QUARANTINE", cup, 1, end.label) == (409, "quarantine-only")
    assert await refused(scene, "L-QUARANTINE", cup, 1, end.label, becomes="sellable") == (403, "not-allowed")
    back = await move(scene, "L-QUARANTINE", cup, 1, end.label, becomes="sellable", by=scene.boss)
    assert (back.status_code, back.json()["status"]) == (201, "sellable"), back.text
    assert (await undo(scene, r.json()["id"])).json()["code"] == "not-enough-stock", "one of them went on"
    assert (await undo(scene, back.json()["id"], by=scene.boss)).status_code == 200
    assert (await undo(scene, r.json()["id"])).status_code == 200
    assert await on_hand(scene.db, sku=cup, location_id=start.id) == 9
    await sound(scene)


async def test_a_promise_goes_along(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    order = await scene.order((cup, 7))
    r = await move(scene, start.label, cup, 9, end.label)
    assert r.status_code == 201, r.text
    assert await allocated_at(scene, order) == {end.id}
    assert await scene.state(order) == "allocated"
    await sound(scene)
    assert (await undo(scene, r.json()["id"])).status_code == 200
    assert await allocated_at(scene, order) == {start.id}
    await sound(scene)


async def test_promised_goods_stay_where_a_picker_fetches_them(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    order = await scene.order((cup, 7))
    rack = await scene.bin(kind="reserve")
    r = await move(scene, start.label, cup, 3, rack.label)
    assert (r.status_code, r.json()["code"]) == (409, "promised-goods"), "nobody picks there"
    assert (r.json()["values"]["free"], r.json()["values"]["orders"]) == (2, [order.number])
    free = await move(scene, start.label, cup, 2, rack.label)
    assert free.status_code == 201
    assert await scene.wave()
    assert await refused(scene, start.label, cup, 1, end.label) == (409, "promised-goods")
    assert (await undo(scene, free.json()["id"])).status_code == 200
    assert await allocated_at(scene, order) == {start.id}
    await sound(scene)


async def test_undo_is_refused_when_a_picker_is_on_the_way(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    made = (await move(scene, start.label, cup, 9, end.label)).json()["id"]
    order = await scene.order((cup, 7))
    assert await scene.wave()
    r = await undo(scene, made)
    assert (r.status_code, r.json()["code"]) == (409, "undo-held")
    assert order.number in r.json()["detail"]


async def test_goods_out_of_the_reserve_serve_waiting_orders(scene: Scene) -> None:
    rack, end = await scene.bin(kind="reserve"), await scene.bin()
    cup = await scene.goods(9, at=rack)
    order = await scene.order((cup, 7))
    assert order.state == "backordered"
    r = await move(scene, rack.label, cup, 9, end.label)
    assert r.json()["for_orders"] == 7
    assert await scene.state(order) == "allocated"
    assert (await undo(scene, r.json()["id"])).status_code == 200
    assert await scene.state(order) == "backordered"
    await sound(scene)


async def test_a_whole_unit_is_carried_with_all_that_is_in_it(scene: Scene) -> None:
    rack, end = await scene.bin(kind="reserve"), await scene.bin(kind="reserve")
    cup, jug = await scene.goods(), await scene.goods()
    unit = await scene.tote()
    for sku in (cup, jug):
        await stock_up(scene.db, sku=sku, bin=rack, quantity=5, hu=unit.id)
    r = await move_unit(scene, unit.code, end.label)
    assert r.status_code == 201, r.text
    assert (r.json()["unit"], r.json()["lines"], r.json()["quantity"]) == (unit.code, 2, 10)
    assert await on_hand(scene.db, sku=jug, location_id=end.id, hu=unit.id) == 5
    stands = "select location_id from handling_unit where id = $1"
    assert await scene.value(stands, unit.id) == end.id
    out = await move(scene, unit.code, cup, 2, (await scene.bin()).label)
    assert out.status_code == 201, "goods come out of the unit that was scanned"
    assert await on_hand(scene.db, sku=cup, location_id=end.id, hu=unit.id) == 3
    assert (await undo(scene, out.json()["id"])).status_code == 200
    assert (await undo(scene, r.json()["id"])).status_code == 200
    assert await on_hand(scene.db, sku=cup, location_id=rack.id, hu=unit.id) == 5
    assert await scene.value(stands, unit.id) == rack.id
    await sound(scene)


async def test_a_unit_with_promised_goods_in_a_pickable_place_takes_them_along(scene: Scene) -> None:
    rack, end = await scene.bin(kind="reserve", pickable=True), await scene.bin(kind="reserve", pickable=True)
    cup, unit = await scene.goods(), await scene.tote()
    await stock_up(scene.db, sku=cup, bin=rack, quantity=5, hu=unit.id)
    order = await scene.order((cup, 3))
    assert order.state == "allocated"
    assert (await move_unit(scene, unit.code, end.label)).status_code == 201
    assert await allocated_at(scene, order) == {end.id}
    await sound(scene)


async def test_units_of_work_under_way_stay(scene: Scene) -> None:
    shelf, rack = await scene.bin(), await scene.bin(kind="reserve")
    cup = await scene.goods(9, at=shelf)
    screen = await scene.started(await scene.order((cup, 2)))
    tote = screen["tote"] or (await scene.scan(screen, shelf.label))["tote"]
    r = await move_unit(scene, tote, rack.label)
    assert (r.status_code, r.json()["code"]) == (409, "unit-not-moved")
    assert (await move_unit(scene, "T-NOWHERE", rack.label)).json()["code"] == "unknown-handling-unit"
    empty = await scene.tote()
    r = await move_unit(scene, empty.code, "L-PACK-1")
    assert (r.status_code, r.json()["lines"]) == (201, 0)
    assert (await undo(scene, r.json()["id"])).status_code == 200
    assert await refused(scene, empty.code, cup, 1, rack.label) == (409, "empty-source")
    full = await scene.tote()
    await stock_up(scene.db, sku=cup, bin=rack, quantity=1, hu=full.id)
    assert (await move_unit(scene, full.code, "L-PACK-1")).json()["code"] == "not-moved-here"
    r = await move_unit(scene, full.code, "L-DOCK-1")
    assert r.status_code == 201
    assert (await move_unit(scene, full.code, rack.label)).status_code == 201
    assert (await undo(scene, r.json()["id"])).json()["code"] == "move-undone", "it was carried on"


async def test_two_at_once_take_what_there_is_once(scene: Scene) -> None:
    cup, start, end = await a_pair(scene, 9)
    ends = [await scene.bin() for _ in range(4)]
    answers = await asyncio.gather(*(move(scene, start.label, cup, 4, e.label) for e in ends))
    assert sorted(r.status_code for r in answers) == [201, 201, 409, 409]
    assert await on_hand(scene.db, sku=cup, location_id=start.id) == 1
    assert await on_hand(scene.db, sku=cup, location_id=end.id) == 0
    await sound(scene)


class _Back(Exception):
    pass


STEPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 6)), min_size=1, max_size=8)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, wanted=st.integers(0, 12))
async def test_any_moves_keep_goods_and_promises_together_and_undone_leave_all_as_it_was(
    db: Database, anonymous: Api, steps: list[tuple[int, int, int]], wanted: int
) -> None:
    """Of 12 pieces in two bins, ``wanted`` are promised; goods go to and fro between bins and the reserve."""
    world = await a_world(db, anonymous)
    try:
        async with db.begin(SYSTEM) as tx:
            warehouse = await a_warehouse(tx, shared=False)
            cup = await a_sku(tx, shop=world.shop)
            places = [await a_bin(tx, warehouse=warehouse) for _ in range(3)]
            places.append(await a_bin(tx, warehouse=warehouse, kind="reserve"))
            for shelf in places[:2]:
                await stock_up(tx, sku=cup, bin=shelf, quantity=6)
            await _promised(tx, world.shop.id, warehouse.id, cup, wanted, world.carrier.id)
            made: list[int] = []
            for a, b, quantity in steps:
                await tx.run("savepoint step")
                try:
                    moved = await move_goods(
                        tx, warehouse.id, places[a].label, cup.barcode, quantity, places[b].label
                    )
                    made.append(moved.id)
                except Refusal:
                    await tx.run("rollback to step")
                await tx.run("release step")
                assert await verify_stock(tx, world.shop.id) == []
                assert await _allocated(tx, world.shop.id, cup) == wanted, "no move costs an order its goods"
            for move_id in reversed(made):
                await undo_move(tx, move_id)
            assert [await on_hand(tx, sku=cup, location_id=p.id) for p in places] == [6, 6, 0, 0]
            assert await verify_stock(tx, world.shop.id) == []
            assert await _allocated(tx, world.shop.id, cup) == wanted
            raise _Back
    except _Back:
        pass


async def _promised(
    tx: Any, shop_id: int, warehouse_id: int, cup: ASku, wanted: int, carrier_id: int
) -> None:
    """An order for so many pieces, allocated."""
    if wanted:
        order = await an_order(
            tx, shop_id=shop_id, warehouse_id=warehouse_id, carrier_id=carrier_id, lines=[(cup.id, wanted)]
        )
        await allocate_orders(tx, shop_id, [order.id])


async def _allocated(tx: Any, shop_id: int, cup: ASku) -> int:
    found = await tx.value(
        "select coalesce(sum(open), 0) from allocation where shop_id = $1 and sku_id = $2", shop_id, cup.id
    )
    return int(found)
