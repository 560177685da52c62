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
from wms.orders.fill_backorders import fill_backorders
from wms.orders.give_up_promises import Leaving, WithPickers, give_up_promises, promise_anew, promises_on
from wms.stock.ledger import Move, Status, post


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
    await promise_anew(tx, losers)
    await fill_backorders(tx, sorted(goods))
    return await count_view(tx, task_id)


async def _give_up(tx: Tx, where: Place, lost: Sequence[Difference]) -> dict[int, list[int]]:
    """Gives up promises on goods that are not there; the orders, by shop, that want these goods from elsewhere."""
    leaving = [
        Leaving(shop_id=d.shop_id, sku_id=d.sku_id, lot_id=d.lot_id, status=d.status, quantity=-d.found)
        for d in lost
    ]
    try:
        return await give_up_promises(tx, await promises_on(tx, where.id, leaving))
    except WithPickers as e:
        raise PickersFirst(said=", ".join(e.orders), orders=e.orders) from e


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
