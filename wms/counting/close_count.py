"""The count is done: differences become moves, and promises that cannot be kept are made anew."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from wms.counting.errors import CountAgain, CountNotStarted, PickersFirst
from wms.counting.queries import CountView, count_view
from wms.db.tx import Tx
from wms.events.log import Event, record, record_all
from wms.kernel.refusals import NotFound
from wms.locations.count_request import SHORT_PICK
from wms.locations.lock_location import unlock_location
from wms.locations.queries import Place, place, system_location
from wms.orders.allocate_orders import allocate_orders
from wms.orders.counters import lines_unallocated
from wms.orders.fill_backorders import fill_backorders
from wms.orders.gates import lock_orders
from wms.stock.ledger import Move, Status, post, void


class Difference(msgspec.Struct, frozen=True):
    """What was counted of one SKU, lot and status, and what the ledger held then; ``later``: goods moved meanwhile."""

    shop_id: int
    sku_id: int
    sku: str
    lot_id: int
    lot: str | None
    status: Status
    counted: int
    expected: int
    again: bool

    @property
    def found(self) -> int:
        return self.counted - self.expected


# What the system holds here and nobody counted was not there, unless it moved since the count began.
DIFFERENCES = """
with c as (
  select id, location_id, coalesce(move_id, 0) as move_id from count_task where id = $1
), missing as (
  insert into count_line (count_task_id, shop_id, sku_id, lot_id, status, counted, expected, moved, person_id)
  select c.id, b.shop_id, b.sku_id, b.lot_id, b.status, 0, b.on_hand, exists (
           select from move m
           where (m.from_location_id = c.location_id or m.to_location_id = c.location_id) and m.id > c.move_id
             and (m.shop_id, m.sku_id, coalesce(m.lot_id, 0)) = (b.shop_id, b.sku_id, b.lot_id)), $2
  from c join balance b on b.location_id = c.location_id and b.hu_id = 0 and b.on_hand > 0
  where not exists (select from count_line n where n.count_task_id = c.id
                      and (n.shop_id, n.sku_id, n.lot_id, n.status) = (b.shop_id, b.sku_id, b.lot_id, b.status))
  returning shop_id, sku_id, lot_id, status, counted, expected, moved
)
select d.shop_id, d.sku_id, s.code as sku, d.lot_id, nullif(t.code, '') as lot, d.status, d.counted, d.expected,
       d.moved as again
from (
  select shop_id, sku_id, lot_id, status, counted, expected, moved from missing
  union all
  select shop_id, sku_id, lot_id, status, counted, expected, moved from count_line where count_task_id = $1
) d
join sku s on (s.shop_id, s.id) = (d.shop_id, d.sku_id) left join lot t on (t.shop_id, t.id) = (d.shop_id, d.lot_id)
order by d.shop_id, s.code, d.lot_id, d.status
"""
# Promises on goods that are not there, those that come last first, laid beside what is missing.
PROMISES = """
with lack as (
  select u.*, u.less - (b.on_hand - b.allocated) as need
  from unnest($2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::int[]) as u(shop_id, sku_id, lot_id, status, less)
  join balance b on (b.shop_id, b.sku_id, b.lot_id, b.status) = (u.shop_id, u.sku_id, u.lot_id, u.status)
   and b.location_id = $1 and b.hu_id = 0
  where u.less > b.on_hand - b.allocated
), promise as (
  select a.shop_id, a.id, a.order_id, o.number, a.open, k.need,
         o.state,
         sum(a.open) over (partition by k.shop_id, k.sku_id, k.lot_id, k.status
           order by o.state in ('released', 'picking'), o.priority, o.ship_by desc, o.id desc, a.id desc) - a.open
           as before
  from lack k join allocation a on (a.shop_id, a.sku_id, a.lot_id, a.status) = (k.shop_id, k.sku_id, k.lot_id, k.status)
   and a.location_id = $1 and a.hu_id = 0 and a.open > 0
  join orders o on (o.shop_id, o.id) = (a.shop_id, a.order_id)
)
select shop_id, id, order_id, number, state from promise where before < need order by shop_id, order_id, id
"""


class Promise(msgspec.Struct, frozen=True):
    """An allocation that cannot be kept, and its order."""

    shop_id: int
    id: int
    order_id: int
    number: str
    state: str

    @property
    def with_picker(self) -> bool:
        return self.state in ("released", "picking")


async def close_count(tx: Tx, task_id: int) -> CountView:
    """Closes the count; a second call changes nothing.

    Raises ``CountNotStarted``; ``CountAgain`` with the goods that moved while they were counted; ``PickersFirst`` when
    what is missing is on a picker's list; ``NotFound``. Posts the differences against lost-and-found, gives up
    promises that cannot be kept, unlocks the location after a short pick, and serves waiting orders anew.
    """
    task = await tx.row("select state, location_id from count_task where id = $1 for update", task_id)
    if task is None:
        raise NotFound(what="count", ref=task_id)
    if task["state"] == "closed":
        return await count_view(tx, task_id)
    where = await place(tx, task["location_id"])
    if task["state"] != "counting":
        raise CountNotStarted(location=where.code, state=task["state"])
    found = await tx.all(Difference, DIFFERENCES, task_id, tx.actor.person_id)
    if again := sorted({" ".join(p for p in (d.sku, d.lot) if p) for d in found if d.again}):
        raise CountAgain(said=", ".join(again), skus=again)
    differences = [d for d in found if d.found]
    losers = await _give_up(tx, where, [d for d in differences if d.found < 0])
    await _adjust(tx, where, task_id, differences)
    await tx.run(
        "update count_line set adjusted = counted - expected where count_task_id = $1 and counted <> expected",
        task_id,
    )
    await tx.run("update count_task set state = 'closed', closed_at = $2 where id = $1", task_id, tx.now)
    await _tell(tx, where, task_id, found)
    goods = {(d.shop_id, d.sku_id) for d in differences}
    if where.lock_reason == SHORT_PICK:
        await unlock_location(tx, where.id)
        goods |= {(d.shop_id, d.sku_id) for d in found}
    for shop_id, orders in losers.items():
        await allocate_orders(tx, shop_id, orders)
    await fill_backorders(tx, sorted(goods))
    return await count_view(tx, task_id)


async def _give_up(tx: Tx, where: Place, lost: Sequence[Difference]) -> dict[int, list[int]]:
    """Voids promises on goods that are not there, the orders locked first.

    Returns the orders, by shop, that want these goods from elsewhere. One on hold is not among them: it is served when
    its hold is released.
    """
    if not lost:
        return {}
    promises = await tx.all(
        Promise,
        PROMISES,
        where.id,
        [d.shop_id for d in lost],
        [d.sku_id for d in lost],
        [d.lot_id for d in lost],
        [d.status for d in lost],
        [-d.found for d in lost],
    )
    if held := sorted({p.number for p in promises if p.with_picker}):
        raise PickersFirst(said=", ".join(held), orders=held)
    losers: dict[int, list[int]] = {}
    for shop_id, group in groupby(promises, key=lambda p: p.shop_id):
        locked = await lock_orders(tx, shop_id, sorted({p.order_id for p in group}))
        if gone := [o.number for o in locked if o.state in ("released", "picking")]:
            raise PickersFirst(said=", ".join(gone), orders=gone)  # released while we looked
        losers[shop_id] = [o.id for o in locked if o.state != "on_hold"]
    await lines_unallocated(tx, await void(tx, [(p.shop_id, p.id) for p in promises]))
    return {shop_id: orders for shop_id, orders in losers.items() if orders}


async def _adjust(tx: Tx, where: Place, task_id: int, differences: Sequence[Difference]) -> None:
    if not differences:
        return
    nowhere = await system_location(tx, where.warehouse_id, "lost_found")
    await post(
        tx,
        [
            Move(
                shop_id=d.shop_id,
                sku_id=d.sku_id,
                quantity=abs(d.found),
                from_location=nowhere if d.found > 0 else where.id,
                to_location=where.id if d.found > 0 else nowhere,
                lot_id=d.lot_id,
                status=d.status,
                reason="cycle_counting",
                doc=f"count {task_id}",
            )
            for d in differences
        ],
    )


async def _tell(tx: Tx, where: Place, task_id: int, found: Sequence[Difference]) -> None:
    """Each shop its own differences; the operator that the count is done."""
    wrong = [d for d in found if d.found]
    await record_all(
        tx,
        [
            Event(
                kind="stock.adjusted",
                subject="count_task",
                subject_id=task_id,
                shop_id=shop_id,
                ref=where.code,
                data={
                    "lines": [
                        {"sku": d.sku, "lot": d.lot, "status": d.status, "difference": d.found} for d in group
                    ]
                },
            )
            for shop_id, group in groupby(wrong, key=lambda d: d.shop_id)
        ],
    )
    data = {"lines": len(found), "differences": len(wrong)}
    await record(
        tx, Event(kind="count.closed", subject="count_task", subject_id=task_id, ref=where.code, data=data)
    )
