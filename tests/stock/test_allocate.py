"""allocate and void: who gets which goods, and giving them up."""

import random
from collections import Counter
from datetime import date

import pytest

from tests.builders import a_bin, a_carrier, a_lot, a_shop, a_sku, a_warehouse, stock_up
from tests.stock.world import FAR_BACK, allocated_for, an_order
from wms.db.tx import Database, Tx
from wms.orders.choose_stock import StockRow, choose
from wms.stock.ledger import Want, allocate, void


async def allocated_here(tx: Tx, shop_id: int) -> list[int]:
    return [
        r["allocated"]
        for r in await tx.rows(
            "select allocated from balance where shop_id = $1 and real order by id", shop_id
        )
    ]


async def test_first_expired_first_out_then_the_first_in_line(db: Database) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku = await a_sku(db, shop=shop, lot_policy="expiry")
    late = await a_lot(db, sku=sku, code="L", expires_on=date(2031, 1, 1))
    soon = await a_lot(db, sku=sku, code="S", expires_on=date(2030, 1, 1))
    gone = await a_lot(db, sku=sku, code="G", expires_on=date(2020, 1, 1))
    a, b = await a_bin(db), await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=5, lot=late)
    await stock_up(db, sku=sku, bin=b, quantity=3, lot=soon)
    await stock_up(db, sku=sku, bin=b, quantity=7, lot=gone)
    async with db.begin() as tx:
        order = await an_order(
            tx,
            shop_id=shop.id,
            warehouse_id=w.id,
            carrier_id=c.id,
            lines=[(sku.id, 2), (sku.id, 2), (sku.id, 9)],
        )
        made = await allocate(
            tx,
            [
                Want(shop_id=shop.id, order_id=order.id, order_line_id=line, sku_id=sku.id, quantity=q,
                     expires_after=date(2020, 1, 1))
                for line, q in zip(order.lines, (2, 2, 9), strict=True)
            ],
        )  # fmt: skip
    assert [(m.order_line_id, m.lot_id, m.quantity) for m in made] == [
        (order.lines[0], soon, 2),
        (order.lines[1], soon, 1),
        (order.lines[1], late, 1),
        (order.lines[2], late, 4),
    ]


async def test_goods_of_another_warehouse_do_not_serve(db: Database) -> None:
    shop, c = await a_shop(db), await a_carrier(db)
    sku = await a_sku(db, shop=shop)
    here, there = await a_warehouse(db, shared=False), await a_warehouse(db, shared=False)
    near, far = await a_bin(db, warehouse=here), await a_bin(db, warehouse=there)
    await stock_up(db, sku=sku, bin=far, quantity=10)
    await stock_up(db, sku=sku, bin=near, quantity=2)
    async with db.begin() as tx:
        orders = [
            await an_order(tx, shop_id=shop.id, warehouse_id=x.id, carrier_id=c.id, lines=[(sku.id, 5)])
            for x in (here, there)
        ]
        made = await allocate(
            tx,
            [
                Want(shop_id=shop.id, order_id=o.id, order_line_id=o.lines[0], sku_id=sku.id, quantity=5,
                     expires_after=FAR_BACK)
                for o in orders
            ],
        )  # fmt: skip
    assert {(m.order_id, m.location_id, m.quantity) for m in made} == {
        (orders[0].id, near.id, 2),
        (orders[1].id, far.id, 5),
    }


async def test_an_allocation_named_twice_is_given_up_once(db: Database) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku, a = await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=sku, bin=a, quantity=10)
    async with db.begin() as tx:
        order = await an_order(
            tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, 3), (sku.id, 4)]
        )
        (first,) = await allocated_for(tx, order, sku, 3)
        await allocated_for(tx, order, sku, 4, line=1)
        done = await void(tx, [(shop.id, first.allocation_id), (shop.id, first.allocation_id)])
        assert [(v.allocation_id, v.quantity) for v in done] == [(first.allocation_id, 3)]
        assert await allocated_here(tx, shop.id) == [4]
        assert await void(tx, [(shop.id, first.allocation_id)]) == []


@pytest.mark.parametrize("seed", range(12))
async def test_the_statement_chooses_as_the_rule_in_plain_python(db: Database, seed: int) -> None:
    """Same goods from the same places as ``choose_stock``, for one line after the other."""
    dice = random.Random(seed)
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku = await a_sku(db, shop=shop, lot_policy="expiry")
    bins = [await a_bin(db, walk=dice.randint(1, 3)) for _ in range(5)]
    async with db.begin() as tx:
        days = [date(2030, 1, 1), date(2030, 6, 1), None]
        lots = [await a_lot(tx, sku=sku, code=f"L{n}", expires_on=day) for n, day in enumerate(days)]
        for place in bins:
            for _ in range(dice.randint(0, 2)):
                await stock_up(tx, sku=sku, bin=place, quantity=dice.randint(1, 9), lot=dice.choice(lots))
        rows = await tx.rows(
            """select b.id, b.location_id, b.lot_id, b.on_hand, b.since, l.walk, t.expires_on
               from balance b join location l on l.id = b.location_id join lot t on t.id = b.lot_id
               where b.shop_id = $1 and b.real""",
            shop.id,
        )
        stock = [
            StockRow(balance_id=r["id"], location_id=r["location_id"], received_on=r["since"].date(), walk=r["walk"],
                     available=r["on_hand"], expires_on=r["expires_on"])
            for r in rows
        ]  # fmt: skip
        where = {r["id"]: (r["location_id"], r["lot_id"]) for r in rows}
        demand = dice.randint(1, max(1, sum(r.available for r in stock)))
        order = await an_order(
            tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, demand)]
        )
        made = await allocated_for(tx, order, sku, demand)
        chosen = choose(demand, stock, policy="fefo", today=FAR_BACK)
        assert Counter({(m.location_id, m.lot_id): m.quantity for m in made}) == Counter(
            {where[x.balance_id]: x.quantity for x in chosen}
        )


async def test_a_wave_of_orders_is_one_statement_and_leaves_the_plans_as_they_were(db: Database) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku, place = await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=sku, bin=place, quantity=70)
    async with db.begin() as tx:
        order = await an_order(
            tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, 1)] * 80
        )
        made = await allocate(
            tx,
            [
                Want(shop_id=shop.id, order_id=order.id, order_line_id=line, sku_id=sku.id, quantity=1,
                     expires_after=FAR_BACK)
                for line in order.lines
            ],
        )  # fmt: skip
        assert [m.order_line_id for m in made] == order.lines[:70]
        assert await tx.value("show plan_cache_mode") == "auto"
