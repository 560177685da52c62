"""Set stock aside for order lines, and let their orders go on or wait."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.orders.states import STEPS, OrderState
from wms.stock.ledger import Allocated, Want, allocate


class Line(msgspec.Struct, frozen=True):
    """A line that misses ``missing`` units; ``expires_after`` as in ``Want``."""

    shop_id: int
    order_id: int
    order_line_id: int
    sku_id: int
    missing: int
    min_days_left: int = 0


# Counters follow the allocations, and each order goes to `allocated` when nothing is missing (or the shop ships in
# parts and something is there), else to `backordered`. An order that is past that is left where it is. Materialized, so
# that a plan made while the tables were small never computes a part once per order.
COUNT = """
with add as materialized (
  select order_line_id, sum(q) as q from unnest((select $2::bigint[]), (select $3::int[]))
       as u(order_line_id, q) group by 1
), counted as (
  update order_line l set allocated = l.allocated + a.q from add a where l.shop_id = $1 and l.id = a.order_line_id
), totals as materialized (
  select l.order_id, sum(l.quantity - l.cancelled - l.allocated - l.picked - coalesce(a.q, 0))::bigint as missing,
         sum(l.allocated + coalesce(a.q, 0)) as allocated
  from order_line l left join add a on a.order_line_id = l.id
  where l.shop_id = $1 and l.order_id = any((select $4::bigint[])::bigint[]) and not l.kit group by 1
), decided as (
  select o.id, o.number, o.state as old, t.missing,
         case when t.missing = 0 or (o.partial_policy = 'partial' and t.allocated > 0)
              then 'allocated' else 'backordered' end as new
  from orders o join totals t on t.order_id = o.id where o.shop_id = $1
), changed as (
  update orders o set state = d.new, version = o.version + 1 from decided d
  where o.shop_id = $1 and o.id = d.id and d.old <> d.new
    and ((d.new = 'allocated' and d.old = any($5::text[])) or (d.new = 'backordered' and d.old = any($6::text[])))
    and (d.old <> 'handed_over' or d.new = 'allocated')
  returning o.id, d.number, d.old, d.new, d.missing
)
select * from changed order by id
"""
TO_ALLOCATED = [s.value for s in STEPS.before(OrderState.ALLOCATED)]
TO_BACKORDERED = [
    s.value for s in STEPS.before(OrderState.BACKORDERED) - {OrderState.RELEASED, OrderState.PICKING}
]


def too_soon(tx: Tx, min_days_left: int) -> date:
    """Lots that expire on this day or before do not serve; a lot is good on its last day, as in ``choose_stock``."""
    return tx.now.date() + timedelta(days=min_days_left - 1)


class Moved(msgspec.Struct, frozen=True):
    """An order whose state changed by the allocation; ``missing`` units have no stock."""

    id: int
    number: str
    old: str
    new: str
    missing: int


def moved_event(shop_id: int, m: Moved) -> Event:
    return Event(
        kind=f"order.{m.new}", subject="order", subject_id=m.id, shop_id=shop_id, ref=m.number,
        data={"old": m.old, "new": m.new, "missing": int(m.missing)},
    )  # fmt: skip


async def allocate_lines(
    tx: Tx,
    shop_id: int,
    lines: Sequence[Line],
    order_ids: Sequence[int] = (),
) -> tuple[list[Allocated], list[Moved]]:
    """Allocates what there is for lines of one shop, first line first, and moves their orders on.

    The caller has locked the orders. ``order_ids`` names further orders to judge, although none of their lines
    misses anything. Events are written for the orders that changed.
    """
    if not lines and not order_ids:
        return [], []
    made = await allocate(
        tx,
        [
            Want(
                shop_id=shop_id,
                order_id=n.order_id,
                order_line_id=n.order_line_id,
                sku_id=n.sku_id,
                quantity=n.missing,
                expires_after=too_soon(tx, n.min_days_left),
            )
            for n in lines
        ],
    )
    moved = await tx.sized(
        Moved,
        COUNT,
        len(lines),
        shop_id,
        [a.order_line_id for a in made],
        [a.quantity for a in made],
        sorted({n.order_id for n in lines} | set(order_ids)),
        TO_ALLOCATED,
        TO_BACKORDERED,
    )
    await record_all(tx, [moved_event(shop_id, m) for m in moved])
    return made, moved


MISSING = """
select l.shop_id, l.order_id, l.id as order_line_id, l.sku_id,
       l.quantity - l.cancelled - l.allocated - l.picked as missing, s.min_days_left
from order_line l join orders o on (o.shop_id, o.id) = (l.shop_id, l.order_id) join shop s on s.id = l.shop_id
where l.shop_id = $1 and l.order_id = any($2::bigint[]) and not l.kit
  and l.quantity - l.cancelled - l.allocated - l.picked > 0
order by o.priority desc, o.ship_by, o.id, l.line_no
"""


async def allocate_orders(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> list[Moved]:
    """Allocates all that these orders still miss. The caller has locked them."""
    lines = await tx.all(Line, MISSING, shop_id, list(order_ids))
    _, moved = await allocate_lines(tx, shop_id, lines, order_ids)
    return moved


async def reallocate_line(tx: Tx, shop_id: int, order_line_id: int, quantity: int) -> list[Allocated]:
    """After a short pick: the same goods from other places. The order keeps its state; the caller decides on it."""
    row = await tx.row(
        """select l.order_id, l.sku_id, s.min_days_left from order_line l join shop s on s.id = l.shop_id
           where l.shop_id = $1 and l.id = $2 for update of l""",
        shop_id,
        order_line_id,
    )
    assert row is not None
    want = Want(
        shop_id=shop_id,
        order_id=row["order_id"],
        order_line_id=order_line_id,
        sku_id=row["sku_id"],
        quantity=quantity,
        expires_after=too_soon(tx, row["min_days_left"]),
    )
    made = await allocate(tx, [want])
    if made:
        await tx.run(
            "update order_line set allocated = allocated + $3 where shop_id = $1 and id = $2",
            shop_id,
            order_line_id,
            sum(a.quantity for a in made),
        )
    return made
