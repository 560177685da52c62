"""Which goods an order gets, which it never gets, and who is served when goods come."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import ASku, a_bin, a_lot, a_warehouse, stock_up
from tests.conftest import Api
from tests.orders import floor
from tests.orders.world import GOOD, World, a_world, accept, faults
from wms.db.tx import Database
from wms.orders.choose_stock import StockRow, choose
from wms.orders.fill_backorders import fill_backorders, sweep_backorders
from wms.stock.ledger import Move, post


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


async def taken(world: World, order_id: int) -> list[tuple[int, int, int]]:
    """Location, lot and quantity of what the order got."""
    async with world.db.begin() as tx:
        rows = await tx.rows(
            "select location_id, lot_id, open from allocation where order_id = $1 and open > 0 order by id",
            order_id,
        )
    return [(r["location_id"], r["lot_id"], r["open"]) for r in rows]


async def test_the_first_to_expire_goes_first(world: World) -> None:
    sku = await world.sku(lot_policy="expiry")
    today = date.today()  # noqa: DTZ011
    late = await a_lot(world.db, sku=sku, code="L", expires_on=today + timedelta(days=90))
    soon = await a_lot(world.db, sku=sku, code="S", expires_on=today + timedelta(days=30))
    a, b = await world.bin(), await world.bin()
    await stock_up(world.db, sku=sku, bin=a, quantity=5, lot=late)
    await stock_up(world.db, sku=sku, bin=b, quantity=3, lot=soon)
    made = await world.order([(sku, 4)])
    assert await taken(world, made["id"]) == [(b.id, soon, 3), (a.id, late, 1)]


@pytest.mark.parametrize(("days", "state"), [(-1, "backordered"), (6, "backordered"), (7, "allocated")])
async def test_goods_must_last_as_long_as_the_shop_says(
    db: Database, anonymous: Api, days: int, state: str
) -> None:
    world = await a_world(db, anonymous, min_days_left=7)
    sku = await world.sku(lot_policy="expiry")
    lot = await a_lot(db, sku=sku, code="X", expires_on=date.today() + timedelta(days=days))  # noqa: DTZ011
    await stock_up(db, sku=sku, bin=await world.bin(), quantity=5, lot=lot)
    assert (await world.order([(sku, 1)]))["state"] == state


async def test_the_oldest_goes_first_then_one_bin_for_all_of_it(world: World) -> None:
    sku = await world.sku()
    old, small, large, larger = [await world.bin() for _ in range(4)]
    for place, n in ((old, 2), (small, 3), (large, 9), (larger, 20)):
        await stock_up(world.db, sku=sku, bin=place, quantity=n)
    async with world.db.begin() as tx:
        await tx.run("update balance set since = since - interval '2 days' where location_id = $1", old.id)
    assert await taken(world, (await world.order([(sku, 7)]))["id"]) == [(old.id, 0, 2), (large.id, 0, 5)]


async def unusable(world: World, sku: ASku, how: str) -> None:
    """Ten units that nobody may get."""
    db = world.db
    if how in ("quarantine", "damaged", "expired"):
        await stock_up(db, sku=sku, bin=await world.bin(), quantity=10, status=how)  # type: ignore[arg-type]
    elif how == "locked":
        bin = await world.bin()
        await stock_up(db, sku=sku, bin=bin, quantity=10)
        async with db.begin() as tx:
            await tx.run("update location set locked_at = now(), lock_reason = 'leak' where id = $1", bin.id)
    elif how == "on the dock":
        dock = world.warehouse.locations["DOCK-1"]
        async with db.begin() as tx:
            await post(tx, [Move(shop_id=sku.shop_id, sku_id=sku.id, quantity=10, reason="receiving",
                                 from_location=world.warehouse.locations["SUPPLIER"], to_location=dock)])  # fmt: skip
    elif how == "another shop's":
        other = await a_world(db, world.api)
        await stock_up(db, sku=await other.sku(code=sku.code), bin=await other.bin(), quantity=10)
    elif how == "another warehouse's":
        there = await a_bin(db, warehouse=await a_warehouse(db, shared=False))
        await stock_up(db, sku=sku, bin=there, quantity=10)
    else:
        assert how == "yesterday's"
        lot = await a_lot(db, sku=sku, code="Y", expires_on=date.today() - timedelta(days=1))  # noqa: DTZ011
        await stock_up(db, sku=sku, bin=await world.bin(), quantity=10, lot=lot)


HOWS = (
    "quarantine", "damaged", "expired", "locked", "on the dock", "another shop's", "another warehouse's", "yesterday's",
)  # fmt: skip


@pytest.mark.parametrize("how", HOWS)
async def test_what_no_order_gets(world: World, how: str) -> None:
    sku = await world.sku(lot_policy="expiry" if how == "yesterday's" else "none")
    await unusable(world, sku, how)
    made = await world.order([(sku, 1)])
    assert made["state"] == "backordered"
    async with world.db.begin() as tx:
        assert await fill_backorders(tx, [(sku.shop_id, sku.id)]) == 0
    assert await faults(world.db, world.shop) == []


async def test_complete_waits_for_all_partial_goes_with_what_there_is(world: World) -> None:
    a, b = await world.stocked(5), await world.sku()
    whole = await world.order([(a, 1), (b, 1)])
    part = await world.order([(a, 1), (b, 1)], ship_partial=True)
    none = await world.order([(b, 1)], ship_partial=True)
    assert [o["state"] for o in (whole, part, none)] == ["backordered", "allocated", "backordered"]
    assert [n["allocated"] for n in (await world.look(whole["id"]))["lines"]] == [1, 0], (
        "what is there is kept for it"
    )
    await stock_up(world.db, sku=b, bin=await world.bin(), quantity=3)
    async with world.db.begin() as tx:
        assert await fill_backorders(tx, [(b.shop_id, b.id)]) == 3
    for o in (whole, part, none):
        found = await world.look(o["id"])
        assert (found["state"], sum(n["missing"] for n in found["lines"])) == ("allocated", 0)
    assert await faults(world.db, world.shop) == []


async def test_the_shops_own_rule_holds_when_the_order_says_nothing(db: Database, anonymous: Api) -> None:
    world = await a_world(db, anonymous, partial_policy="partial")
    a, b = await world.stocked(5), await world.sku()
    assert (await world.order([(a, 1), (b, 1)]))["state"] == "allocated"
    assert (await world.order([(a, 1), (b, 1)], ship_partial=False))["state"] == "backordered"


async def test_new_goods_go_to_the_oldest_promise_and_the_urgent(world: World) -> None:
    sku = await world.sku()
    first, second, urgent = [await world.order([(sku, 2)], **extra) for extra in ({}, {}, {"priority": 5})]
    held = await world.order([(sku, 1)], recipient=GOOD | {"phone": ""})
    async with world.db.begin() as tx:
        await tx.run("update orders set ship_by = ship_by - interval '1 day' where id = $1", second["id"])
    got: list[str] = []
    for _ in range(6):
        await stock_up(world.db, sku=sku, bin=await world.bin(), quantity=1)
        async with world.db.begin() as tx:
            assert await fill_backorders(tx, [(sku.shop_id, sku.id), (sku.shop_id, sku.id)]) == 1
        for name, o in (("first", first), ("second", second), ("urgent", urgent)):
            if name not in got and await world.state(o["id"]) == "allocated":
                got.append(name)
    assert got == ["urgent", "second", "first"]
    assert await world.state(held["id"]) == "on_hold"
    assert await faults(world.db, world.shop) == []


async def test_goods_set_free_are_served_by_the_sweep(world: World) -> None:
    sku = await world.stocked(5)
    first = await world.order([(sku, 5)])
    second = await world.order([(sku, 3)])
    await world.cancel(first["id"])
    async with world.db.begin() as tx:
        await sweep_backorders(tx)
    assert await world.state(second["id"]) == "allocated"
    assert await faults(world.db, world.shop) == []


async def test_an_order_on_the_floor_waits_until_its_first_part_has_left(world: World) -> None:
    sku = await world.stocked(1)
    made = await world.order([(sku, 2)], ship_partial=True)
    async with world.db.begin() as tx:
        await floor.pick_all(tx, world, made["id"])
    await stock_up(world.db, sku=sku, bin=await world.bin(), quantity=5)
    async with world.db.begin() as tx:
        assert await fill_backorders(tx, [(sku.shop_id, sku.id)]) == 0
        await floor.pack(tx, world, made["id"])
        await floor.label(tx, world, made["id"])
        await floor.hand_over(tx, world, made["id"], await floor.load(tx, world, made["id"], closed=True))
        assert await fill_backorders(tx, [(sku.shop_id, sku.id)]) == 1
    found = await world.look(made["id"])
    assert (found["state"], found["lines"][0]["allocated"], found["lines"][0]["shipped"]) == (
        "allocated",
        1,
        1,
    )
    assert await faults(world.db, world.shop) == []


async def test_a_kit_and_its_component_compete_for_the_same_goods(world: World) -> None:
    cup, spoon = await world.stocked(4), await world.stocked(9)
    kit = await world.sku(components=[(cup, 2), (spoon, 1)])
    made = await world.order([(cup, 3), (kit, 1), (cup, 1)])
    lines = (await world.look(made["id"]))["lines"]
    assert [(n["sku"], n["allocated"], n["missing"]) for n in lines] == [
        (cup.code, 3, 0), (kit.code, 0, 0), (cup.code, 1, 0), (cup.code, 0, 2), (spoon.code, 1, 0),
    ]  # fmt: skip
    assert await faults(world.db, world.shop) == []


ROWS = st.lists(
    st.tuples(
        st.integers(1, 9),  # units
        st.integers(0, 3),  # which bin
        st.sampled_from([None, -1, 0, 3, 40]),  # days until it expires
        st.integers(0, 2),  # days since it came
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS, wanted=st.integers(1, 25), left=st.sampled_from([0, 3]))
async def test_one_line_gets_what_the_model_says(
    world: World, rows: list[tuple[int, int, int | None, int]], wanted: int, left: int
) -> None:
    """The set-based SQL against ``choose_stock``, for an order of one line."""
    sku = await world.sku(lot_policy="expiry")
    bins = [await world.bin(walk=n) for n in (3, 1, 2, 1)]
    lots: dict[int, int] = {}
    async with world.db.begin() as tx:
        today = tx.now.date()
        await tx.run("update shop set min_days_left = $2 where id = $1", world.shop.id, left)
        for n, place, days, since in rows:
            lot = 0
            if days is not None:
                expires = today + timedelta(days=days)
                lot = lots.setdefault(days, 0) or await a_lot(
                    tx, sku=sku, code=f"D{days}", expires_on=expires
                )
                lots[days] = lot
            await stock_up(tx, sku=sku, bin=bins[place], quantity=n, lot=lot)
            await tx.run(
                "update balance set since = now() - $3 * interval '1 day' where location_id = $1 and lot_id = $2",
                bins[place].id, lot, since,
            )  # fmt: skip
        stored = await tx.rows(
            """select b.id, b.location_id, b.since at time zone 'UTC' as since, b.on_hand, l.walk, t.expires_on
               from balance b join location l on l.id = b.location_id
               left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id)
               where b.shop_id = $1 and b.sku_id = $2 and b.real""",
            sku.shop_id, sku.id,
        )  # fmt: skip
        model = choose(
            wanted,
            [
                StockRow(
                    balance_id=r["id"], location_id=r["location_id"], received_on=r["since"].date(),
                    available=r["on_hand"], walk=r["walk"], expires_on=r["expires_on"],
                )
                for r in stored
            ],
            policy="fefo", today=today, min_days_left=left,
        )  # fmt: skip
        (made,) = await accept(tx, world, world.body([(sku, wanted)]))
        got = await tx.rows(
            """select b.id, a.quantity from allocation a
               join balance b using (shop_id, sku_id, location_id, hu_id, lot_id, status)
               where a.shop_id = $1 and a.order_id = $2 order by a.id""",
            sku.shop_id, made.id,
        )  # fmt: skip
    assert [(r["id"], r["quantity"]) for r in got] == [(c.balance_id, c.quantity) for c in model]
