"""What is planned: levels, today's orders, oldest goods first, nothing twice."""

import asyncio
import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import a_bin, a_lot, a_shop, a_sku, a_warehouse, stock_up
from tests.replenishment.scene import Faces
from wms.db.tx import Database, Tx
from wms.locations.lock_location import lock_location
from wms.replenishment.pick_faces import set_pick_face
from wms.replenishment.plan_replenishments import plan_replenishments


async def test_a_face_below_its_minimum_is_filled_up_and_planned_once(faces: Faces) -> None:
    cup = await faces.stocked(50)
    shelf = await faces.face(cup, low=5, high=20, holding=2)
    assert await faces.plan() == (1, 18, 0)
    assert await faces.plan() == (0, 0, 0), "what is coming counts as there"
    params = {"warehouse_id": faces.scene.warehouse.id}
    r = await faces.scene.api.get("/replenishments", params=params, headers=faces.worker.headers)
    (row,) = r.json()["items"]
    assert (row["sku"], row["target"], row["quantity"], row["reason"]) == (cup.code, shelf.code, 18, "min")
    r = await faces.scene.api.get("/pick-faces", params=params, headers=faces.worker.headers)
    (face,) = r.json()["items"]
    assert (face["on_hand"], face["free"], face["coming"]) == (2, 2, 18)


async def test_a_face_at_its_minimum_wants_nothing(faces: Faces) -> None:
    cup = await faces.stocked(50)
    await faces.face(cup, low=5, high=20, holding=5)
    assert await faces.plan() == (0, 0, 0)


async def test_what_orders_of_today_wait_for_comes_beyond_the_maximum(faces: Faces) -> None:
    cup = await faces.stocked(50)
    await faces.face(cup, low=0, high=4)
    order = await faces.scene.order((cup, 9))
    assert order.state == "backordered", "nobody picks from this reserve"
    await faces.scene.value(
        "update orders set ship_by = now() where shop_id = $1 and id = $2 returning 1",
        faces.shop_id,
        order.id,
    )
    assert await faces.plan() == (1, 9, 0)
    screen = await faces.claim()
    assert (screen["reason"], screen["quantity"]) == ("demand", 9)
    assert screen["due_at"] is not None


async def test_orders_of_another_day_wait(faces: Faces) -> None:
    cup = await faces.stocked(50)
    await faces.face(cup, low=0, high=4)
    order = await faces.scene.order((cup, 9))
    await faces.scene.value(
        "update orders set ship_by = now() + interval '3 days' where shop_id = $1 and id = $2 returning 1",
        faces.shop_id,
        order.id,
    )
    assert await faces.plan() == (0, 0, 0)


async def test_the_lot_that_expires_first_comes_first_and_what_is_expired_never(
    faces: Faces, db: Database
) -> None:
    tea = await faces.scene.goods(lot_policy="expiry")
    rack, today = await faces.reserve(), datetime.now(UTC).date()
    for code, days, quantity in (("LATE", 90, 10), ("SOON", 30, 4), ("GONE", -2, 10)):
        lot = await a_lot(db, sku=tea, code=code, expires_on=today + timedelta(days=days))
        await stock_up(db, sku=tea, bin=rack, quantity=quantity, lot=lot)
    await faces.face(tea, low=1, high=6)
    assert await faces.plan() == (2, 6, 0)
    r = await faces.scene.api.get(
        "/replenishments", params={"warehouse_id": faces.scene.warehouse.id}, headers=faces.worker.headers
    )
    assert [(n["lot"], n["quantity"]) for n in r.json()["items"]] == [("SOON", 4), ("LATE", 2)]


async def test_tasks_whose_goods_or_face_are_gone_are_void_and_planned_anew(
    faces: Faces, db: Database
) -> None:
    near, far = await faces.reserve(), await faces.reserve()
    cup = await faces.stocked(10, at=near)
    await faces.face(cup, low=1, high=10)
    assert await faces.plan() == (1, 10, 0)
    await faces.stocked(30, at=far, sku=cup)
    async with db.begin() as tx:
        await lock_location(tx, near.id, "a broken beam")
    assert await faces.plan() == (1, 10, 1)
    r = await faces.scene.api.get(
        "/pick-faces", params={"warehouse_id": faces.scene.warehouse.id}, headers=faces.worker.headers
    )
    face_id = r.json()["items"][0]["id"]
    r = await faces.scene.api.delete(
        f"/pick-faces/{face_id}", params={"shop_id": faces.shop_id}, headers=faces.scene.boss.headers
    )
    assert r.status_code == 204
    assert await faces.plan() == (0, 0, 1)


async def test_planning_at_the_same_moment_plans_once(faces: Faces) -> None:
    cup = await faces.stocked(500)
    for _ in range(5):
        await faces.face(cup, low=5, high=20)
    made = await asyncio.gather(*(faces.plan() for _ in range(6)))
    assert sorted(made, reverse=True) == [(5, 100, 0)] + [(0, 0, 0)] * 5


async def test_only_a_bin_is_a_pick_face_and_its_levels_make_sense(faces: Faces) -> None:
    cup = await faces.stocked(5)
    r = await faces.set(cup, await faces.reserve(), 1, 2)
    assert (r.status_code, r.json()["code"]) == (409, "not-a-pick-face")
    r = await faces.set(cup, await faces.scene.bin(), 3, 2)
    assert (r.status_code, r.json()["code"]) == (422, "invalid")
    body = {"warehouse_id": 10**9}
    r = await faces.scene.post("/replenishments/plan", body, by=faces.scene.boss)
    assert r.status_code == 404
    r = await faces.scene.post("/replenishments/plan", {"warehouse_id": 1}, by=faces.worker)
    assert r.status_code == 403


class _Undo(Exception):
    pass


STATE = """
select f.location_id, f.min, f.max, coalesce((select sum(on_hand) from balance b where b.location_id = f.location_id), 0) as units,
       coalesce((select sum(quantity) from replenishment r where r.to_location_id = f.location_id and r.state = 'waiting'), 0) as coming
from pick_face f where f.shop_id = $1 order by f.location_id
"""
SOURCES = """
select b.on_hand - b.allocated as free, coalesce((select sum(r.quantity) from replenishment r
         where (r.from_location_id, r.from_hu_id, r.lot_id) = (b.location_id, b.hu_id, b.lot_id) and r.state = 'waiting'), 0) as taken
from balance b join location l on l.id = b.location_id where b.shop_id = $1 and l.kind = 'reserve'
"""


async def _laws(tx: Tx, levels: list[tuple[int, int, int]], racks: list[int]) -> None:
    warehouse = await a_warehouse(tx, shared=False)
    shop = await a_shop(tx)
    cup = await a_sku(tx, shop=shop)
    for low, more, held in levels:
        shelf = await a_bin(tx, warehouse=warehouse)
        if held:
            await stock_up(tx, sku=cup, bin=shelf, quantity=held)
        await set_pick_face(tx, shop.id, warehouse.id, cup.code, shelf.label, low, low + more)
    for quantity in racks:
        rack = await a_bin(tx, warehouse=warehouse, kind="reserve")
        await stock_up(tx, sku=cup, bin=rack, quantity=quantity)
    planned = await plan_replenishments(tx, warehouse.id)
    rows: list[Any] = await tx.rows(STATE, shop.id)
    sources: list[Any] = await tx.rows(SOURCES, shop.id)
    assert planned.units == sum(r["coming"] for r in rows) == sum(s["taken"] for s in sources)
    assert all(s["taken"] <= s["free"] for s in sources), "no goods are promised to two faces"
    for r in rows:
        wants = max(r["max"] - r["units"], 0) if r["units"] < r["min"] else 0
        assert r["coming"] <= wants, "a face gets no more than fits"
    wanted = sum(max(r["max"] - r["units"], 0) for r in rows if r["units"] < r["min"])
    assert planned.units == min(wanted, sum(racks)), "what is wanted and there is planned"
    again = await plan_replenishments(tx, warehouse.id)
    assert again.voided == 0
    # a face that got a part and is at its minimum now wants nothing; else the reserve is empty
    assert again.made == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    levels=st.lists(
        st.tuples(st.integers(0, 30), st.integers(1, 30), st.integers(0, 40)), min_size=1, max_size=5
    ),
    racks=st.lists(st.integers(1, 40), max_size=5),
)
async def test_the_laws_of_planning(
    db: Database, levels: list[tuple[int, int, int]], racks: list[int]
) -> None:
    with contextlib.suppress(_Undo):
        async with db.begin() as tx:
            await _laws(tx, levels, racks)
            raise _Undo
