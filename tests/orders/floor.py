"""An order's way over the floor, step by step, as far as a test needs it: what the slices leave in the tables."""

from datetime import timedelta
from typing import Any

from tests.builders import unique
from tests.orders.world import World
from wms.db.tx import Tx
from wms.locations.handling_units import create_handling_unit
from wms.orders.advance import advance
from wms.orders.counters import line_picked
from wms.orders.states import OrderState as S
from wms.stock.ledger import Move, post


async def release(tx: Tx, world: World, order_id: int) -> None:
    """On a cart, with a task for each allocation."""
    shop = world.shop.id
    await advance(tx, shop, [order_id], S.RELEASED)
    wave = await tx.value(
        "insert into wave (warehouse_id, kind, ship_by, orders) values ($1, 'multi', now(), 1) returning id",
        world.warehouse.id,
    )
    cluster = await tx.value(
        """insert into cluster (wave_id, warehouse_id, kind, ship_by, orders, tasks)
           values ($1, $2, 'multi', now(), 1, 1) returning id""",
        wave,
        world.warehouse.id,
    )
    await tx.run(
        """insert into pick_task (shop_id, cluster_id, order_id, order_line_id, allocation_id, location_id, hu_id, sku_id,
             lot_id, seq, quantity)
           select shop_id, $3, order_id, order_line_id, id, location_id, hu_id, sku_id, lot_id, id, open
           from allocation where shop_id = $1 and order_id = $2 and open > 0""",
        shop,
        order_id,
        cluster,
    )


async def pick(tx: Tx, world: World, order_id: int, units: int | None = None) -> str:
    """``units`` (or all) go from the shelf into a tote; returns the tote's code."""
    shop = world.shop.id
    tote = unique("T-")
    hu = (await create_handling_unit(tx, world.warehouse.id, "tote", tote)).id
    await advance(tx, shop, [order_id], S.PICKING)
    rest = units if units is not None else 10**9
    open_ = await tx.rows(
        "select * from allocation where shop_id = $1 and order_id = $2 and open > 0 order by id",
        shop,
        order_id,
    )
    for a in open_:
        n = min(rest, a["open"])
        if not n:
            break
        rest -= n
        await post(
            tx,
            [
                Move(
                    shop_id=shop, sku_id=a["sku_id"], quantity=n, from_location=a["location_id"], from_hu=a["hu_id"],
                    lot_id=a["lot_id"], to_location=world.warehouse.locations["WORK"], to_hu=hu, reason="picking",
                    allocation_id=a["id"], order_id=order_id, order_line_id=a["order_line_id"],
                )
            ],
        )  # fmt: skip
        await line_picked(tx, shop, a["order_line_id"], n)
        await tx.run(
            "update pick_task set state = 'picked', picked = $3 where shop_id = $1 and allocation_id = $2 and quantity = $3",
            shop,
            a["id"],
            n,
        )
    if units is None:
        await advance(tx, shop, [order_id], S.PICKED)
    return tote


async def pick_all(tx: Tx, world: World, order_id: int) -> str:
    await release(tx, world, order_id)
    return await pick(tx, world, order_id)


async def pack(tx: Tx, world: World, order_id: int, *, close: bool = True) -> int:
    """Everything from the totes into one parcel; returns the parcel."""
    shop = world.shop.id
    await advance(tx, shop, [order_id], S.PACKING)
    hu = (await create_handling_unit(tx, world.warehouse.id, "parcel", unique("P-"))).id
    parcel: int = await tx.value(
        """insert into parcel (shop_id, order_id, no, hu_id, warehouse_id, carrier_id, service)
           select shop_id, id, 1 + (select count(*) from parcel where order_id = o.id), $3, warehouse_id, carrier_id, service
           from orders o where shop_id = $1 and id = $2 returning id""",
        shop,
        order_id,
        hu,
    )
    held = await tx.rows(
        """select m.sku_id, coalesce(m.lot_id, 0) as lot_id, m.to_hu_id, m.order_line_id, m.quantity from move m
           where shop_id = $1 and order_id = $2 and m.reason = 'picking'""",
        shop,
        order_id,
    )
    places = world.warehouse.locations
    for m in held:
        await post(
            tx,
            [
                Move(
                    shop_id=shop, sku_id=m["sku_id"], lot_id=m["lot_id"], quantity=m["quantity"],
                    from_location=places["WORK"], from_hu=m["to_hu_id"], to_location=places["PACKED"], to_hu=hu,
                    reason="packing", order_id=order_id, order_line_id=m["order_line_id"],
                )
            ],
        )  # fmt: skip
        await tx.run(
            """insert into parcel_item (shop_id, parcel_id, order_id, order_line_id, sku_id, lot_id, quantity)
               values ($1, $2, $3, $4, $5, $6, $7)
               on conflict (shop_id, parcel_id, order_line_id, lot_id)
               do update set quantity = parcel_item.quantity + excluded.quantity""",
            shop,
            parcel,
            order_id,
            m["order_line_id"],
            m["sku_id"],
            m["lot_id"],
            m["quantity"],
        )
    await tx.run("update order_line set packed = picked where shop_id = $1 and order_id = $2", shop, order_id)
    if close:
        units = sum(m["quantity"] for m in held)
        await tx.run(
            """update parcel set state = 'closed', closed_at = now(), weight_g = 500, units = $3, ledger_units = $3
               where shop_id = $1 and id = $2""",
            shop,
            parcel,
            units,
        )
        await advance(tx, shop, [order_id], S.PACKED)
    return parcel


async def label(tx: Tx, world: World, order_id: int, *, state: str = "ready") -> None:
    """Every closed parcel has its label; with ``requested`` or ``failed`` it is still being bought."""
    number = unique("PX") if state == "ready" else None
    await tx.run(
        """insert into label (shop_id, parcel_id, carrier_id, state, tracking_number)
           select shop_id, id, carrier_id, $3, $4 from parcel where shop_id = $1 and order_id = $2 and state = 'closed'""",
        world.shop.id,
        order_id,
        state,
        number,
    )
    if number:
        await tx.run(
            """update parcel set state = 'labelled', tracking_number = $3
               where shop_id = $1 and order_id = $2 and state = 'closed'""",
            world.shop.id,
            order_id,
            number,
        )
        await advance(tx, world.shop.id, [order_id], S.LABELLED)


async def load(tx: Tx, world: World, order_id: int, *, closed: bool) -> int:
    """On the carrier's manifest; returns the manifest."""
    manifest: int = await tx.value(
        """insert into manifest (warehouse_id, carrier_id, pickup_at) values ($1, $2, $3) returning id""",
        world.warehouse.id,
        world.carrier.id,
        tx.now + timedelta(hours=1),
    )
    await tx.run(
        """insert into manifest_parcel (shop_id, manifest_id, parcel_id, carrier_id)
           select shop_id, $3, id, carrier_id from parcel where shop_id = $1 and order_id = $2 and state = 'labelled'""",
        world.shop.id,
        order_id,
        manifest,
    )
    await tx.run(
        "update parcel set state = 'manifested' where shop_id = $1 and order_id = $2 and state = 'labelled'",
        world.shop.id,
        order_id,
    )
    await advance(tx, world.shop.id, [order_id], S.MANIFESTED)
    if closed:
        await tx.run(
            "update manifest set state = 'closed', number = $2, sha256 = 'x', closed_at = now() where id = $1",
            manifest,
            unique("M-"),
        )
    return manifest


async def hand_over(tx: Tx, world: World, order_id: int, manifest: int) -> None:
    """The truck has left with it."""
    shop, places = world.shop.id, world.warehouse.locations
    rows: list[Any] = await tx.rows(
        """select i.order_line_id, i.sku_id, i.lot_id, i.quantity, p.hu_id from parcel_item i
           join parcel p on (p.shop_id, p.id) = (i.shop_id, i.parcel_id)
           where p.shop_id = $1 and p.order_id = $2 and p.state = 'manifested'""",
        shop,
        order_id,
    )
    await post(
        tx,
        [
            Move(
                shop_id=shop, sku_id=r["sku_id"], lot_id=r["lot_id"], quantity=r["quantity"], reason="shipping",
                from_location=places["PACKED"], from_hu=r["hu_id"], to_location=places["CUSTOMER"], order_id=order_id,
                order_line_id=r["order_line_id"],
            )
            for r in rows
        ],
    )  # fmt: skip
    await tx.run(
        "update order_line set shipped = packed where shop_id = $1 and order_id = $2", shop, order_id
    )
    await tx.run(
        "update parcel set state = 'handed_over' where shop_id = $1 and order_id = $2 and state = 'manifested'",
        shop,
        order_id,
    )
    await tx.run("update manifest set state = 'handed_over', handed_over_at = now() where id = $1", manifest)
    await advance(tx, shop, [order_id], S.HANDED_OVER)
