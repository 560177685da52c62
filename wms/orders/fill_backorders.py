"""Goods have come: serve the orders that wait for them, oldest promise first."""

from collections.abc import Sequence
from itertools import groupby

from wms.db.tx import Tx
from wms.orders.allocate_orders import Line, allocate_lines

# The partial index on missing lines keeps this as cheap after years as on the first day.
WAITING = """
with waiting as materialized (
  select l.shop_id, l.order_id, l.id as order_line_id, l.sku_id, l.line_no,
         l.quantity - l.cancelled - l.allocated - l.picked as missing
  from unnest($1::int[], $2::bigint[]) as g(shop_id, sku_id)
  join order_line l on l.shop_id = g.shop_id and l.sku_id = g.sku_id
  where not l.kit and l.quantity - l.cancelled - l.allocated - l.picked > 0
), held as materialized (
  select o.shop_id, o.id, o.priority, o.ship_by from orders o
  where (o.shop_id, o.id) in (select shop_id, order_id from waiting)
    and (o.state in ('received', 'backordered', 'allocated') or (o.state = 'handed_over' and o.partial_policy = 'partial'))
  order by o.id for update
)
select w.shop_id, w.order_id, w.order_line_id, w.sku_id, w.missing, s.min_days_left
from waiting w join held o on (o.shop_id, o.id) = (w.shop_id, w.order_id) join shop s on s.id = w.shop_id
order by w.shop_id, o.priority desc, o.ship_by, o.id, w.line_no
"""


async def fill_backorders(tx: Tx, goods: Sequence[tuple[int, int]]) -> int:
    """Allocates newly available goods, each ``(shop_id, sku_id)``, to waiting lines; returns the units allocated."""
    if not goods:
        return 0
    lines = await tx.all(Line, WAITING, [s for s, _ in goods], [k for _, k in goods])
    units = 0
    for shop_id, group in groupby(lines, key=lambda n: n.shop_id):
        made, _ = await allocate_lines(tx, shop_id, list(group))
        units += sum(a.quantity for a in made)
    return units
