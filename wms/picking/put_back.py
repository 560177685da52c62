"""The way back: goods of a cancelled order, out of a tote or a parcel onto a shelf."""

from datetime import date

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.kernel.scan import parse_scan
from wms.locations.resolve import need_location, refuse_locked
from wms.orders.fill_backorders import fill_backorders
from wms.picking.errors import NotABin, TaskDone, TooMany
from wms.picking.judge_item import judge_item, other_goods
from wms.picking.match_item import Wanted
from wms.stock.ledger import Move, post

SHELVES = frozenset({"bin", "reserve"})


class PutBack(msgspec.Struct, frozen=True):
    """``left`` pieces of the task are still to be carried; ``for_orders`` were promised to waiting orders at once."""

    task_id: int
    sku: str
    location: str
    location_id: int
    quantity: int
    left: int
    for_orders: int


class _Task(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    shop_id: int
    shop: str
    order_id: int
    number: str
    sku_id: int
    sku: str
    name: str
    tracked: bool
    lot_id: int
    lot: str | None
    serial: str | None
    expires_on: date | None
    location_id: int
    warehouse_id: int
    hu_id: int
    state: str
    left: int
    barcodes: list[tuple[str, str | None, int]]
    lots_here: list[str]


TASK = """
with t as materialized (select * from putback_task where shop_id = $1 and id = $2 for update)
select t.id, t.shop_id, sh.code as shop, t.order_id, o.number, t.sku_id, s.code as sku, s.name,
       s.serial_tracked or s.lot_policy <> 'none' as tracked, t.lot_id, n.code as lot, n.serial, n.expires_on,
       t.location_id, l.warehouse_id, t.hu_id, t.state, t.quantity - t.done as left,
       (select coalesce(jsonb_agg(jsonb_build_array(b.code, b.gtin, b.quantity) order by b.id), '[]') from barcode b
         where b.shop_id = t.shop_id and b.sku_id = t.sku_id) as barcodes,
       (select coalesce(array_agg(distinct coalesce(x.serial, x.code)), '{}')
          from balance b join lot x on (x.shop_id, x.id) = (b.shop_id, b.lot_id)
         where b.shop_id = t.shop_id and b.sku_id = t.sku_id and b.location_id = t.location_id and b.hu_id = t.hu_id)
         as lots_here
from t join shop sh on sh.id = t.shop_id join orders o on o.shop_id = t.shop_id and o.id = t.order_id
join sku s on s.shop_id = t.shop_id and s.id = t.sku_id join location l on l.id = t.location_id
left join lot n on n.shop_id = t.shop_id and n.id = t.lot_id
"""


async def put_back(
    tx: Tx,
    shop_id: int,
    task_id: int,
    location: str,
    item: str,
    quantity: int,
    *,
    lot: str | None = None,
    serial: str | None = None,
) -> PutBack:
    """Moves ``quantity`` pieces of the task onto the scanned shelf; what waits for them is served at once.

    ``location`` and ``item`` are raw scans; the item is judged as in picking. Raises ``TaskDone``, ``UnknownLocation``,
    ``NotABin``, ``LocationLocked``, ``WrongItem``, ``SomeoneElsesGoods``, ``WrongLot``, ``TooMany``.
    """
    task = await tx.one(_Task, TASK, shop_id, task_id)
    if task is None:
        raise NotFound(what="put-back task", ref=task_id)
    if task.state != "open":
        raise TaskDone
    place = await need_location(tx, task.warehouse_id, parse_scan(location))
    if place.kind not in SHELVES:
        raise NotABin(location=place.code)
    refuse_locked(place)
    read = parse_scan(item)
    want = Wanted(
        sku=task.sku, barcodes=task.barcodes, tracked=task.tracked, lot=task.lot, serial=task.serial,
        known=task.lots_here,
    )  # fmt: skip
    if await judge_item(tx, want, shop_id, read, lot, serial) is None:
        expected = f"{task.sku} {task.name}"
        raise await other_goods(
            tx, read, shop_id=shop_id, shop=task.shop, expected=expected, location_id=task.location_id
        )
    if quantity > task.left:
        raise TooMany(sum=quantity, wanted=task.left, over=quantity - task.left)
    await tx.run(
        """update putback_task set done = done + $3, state = case when done + $3 = quantity then 'done' else state end,
             done_at = case when done + $3 = quantity then $4::timestamptz end where shop_id = $1 and id = $2""",
        shop_id,
        task_id,
        quantity,
        tx.now,
    )
    await post(
        tx,
        [
            Move(
                shop_id=shop_id, sku_id=task.sku_id, lot_id=task.lot_id, quantity=quantity,
                from_location=task.location_id, from_hu=task.hu_id, to_location=place.id, reason="storing",
                order_id=task.order_id,
            )
        ],
    )  # fmt: skip
    await record(
        tx,
        Event(
            kind="order.put_back", subject="order", subject_id=task.order_id, shop_id=shop_id, ref=task.number,
            data={"sku": task.sku, "quantity": quantity, "location": place.code, "left": task.left - quantity},
        ),
    )  # fmt: skip
    filled = await fill_backorders(tx, [(shop_id, task.sku_id)]) if place.pickable else 0
    return PutBack(
        task_id=task.id, sku=task.sku, location=place.code, location_id=place.id, quantity=quantity, left=task.left - quantity,
        for_orders=filled,
    )  # fmt: skip
