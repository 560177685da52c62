"""Goods have come: serve the orders that wait for them, oldest promise first."""

from collections.abc import Sequence
from itertools import groupby

from wms.db.tx import Tx
from wms.orders.allocate_orders import Line, allocate_lines

WAITS = "(o.state in ('received', 'backordered', 'allocated') or (o.state = 'handed_over' and o.partial_policy = 'partial'))"
MISSES = "not l.kit and l.quantity - l.cancelled - l.allocated - l.picked > 0"
FREE = """b.status = 'sellable' and b.on_hand > b.allocated and p.pickable and p.locked_at is null"""

# Only as many orders are locked as the goods may serve: a bin for ten does not stop the thousand behind them. The
# partial index on missing lines keeps this as cheap after years as on the first day.
LOCK = f"""
with goods as materialized (
  select g.shop_id, g.sku_id, p.warehouse_id, sum(b.on_hand - b.allocated) as free
  from (select distinct * from unnest((select $1::int[]), (select $2::bigint[]))) as g(shop_id, sku_id)
  join balance b on (b.shop_id, b.sku_id) = (g.shop_id, g.sku_id) join location p on p.id = b.location_id
  where {FREE} group by 1, 2, 3
), waiting as materialized (
  select o.shop_id, o.id, g.free,
         sum(l.quantity - l.cancelled - l.allocated - l.picked)
           over (partition by l.shop_id, l.sku_id, g.warehouse_id order by o.priority desc, o.ship_by, o.id, l.line_no
                 rows between unbounded preceding and 1 preceding) as before
  from goods g join order_line l on (l.shop_id, l.sku_id) = (g.shop_id, g.sku_id)
  join orders o on (o.shop_id, o.id) = (l.shop_id, l.order_id) and o.warehouse_id = g.warehouse_id
  where {MISSES} and {WAITS}
)
select o.shop_id, o.id from orders o
where (o.shop_id, o.id) in (select shop_id, id from waiting where coalesce(before, 0) < free) and {WAITS}
order by o.id for update
"""
# Read after the lock was got: somebody else may have served the same orders while this one waited for it.
WAITING = f"""
select l.shop_id, l.order_id, l.id as order_line_id, l.sku_id,
       l.quantity - l.cancelled - l.allocated - l.picked as missing, s.min_days_left
from (select distinct * from unnest((select $1::int[]), (select $2::bigint[]))) as g(shop_id, sku_id)
join order_line l on (l.shop_id, l.sku_id) = (g.shop_id, g.sku_id)
join orders o on (o.shop_id, o.id) = (l.shop_id, l.order_id) join shop s on s.id = l.shop_id
where {MISSES} and (o.shop_id, o.id) in (select * from unnest((select $3::int[]), (select $4::bigint[])))
order by l.shop_id, o.priority desc, o.ship_by, o.id, l.line_no
"""
HUNGRY = f"""
select distinct l.shop_id, l.sku_id from order_line l join orders o on (o.shop_id, o.id) = (l.shop_id, l.order_id)
where {MISSES} and {WAITS} and exists (
  select from balance b join location p on p.id = b.location_id and p.warehouse_id = o.warehouse_id
  where (b.shop_id, b.sku_id) = (l.shop_id, l.sku_id) and {FREE})
order by 1, 2 limit $1
"""


async def fill_backorders(tx: Tx, goods: Sequence[tuple[int, int]]) -> int:
    """Allocates newly available goods, each ``(shop_id, sku_id)``, to waiting lines; returns the units allocated."""
    if not goods:
        return 0
    shops, skus = [s for s, _ in goods], [k for _, k in goods]
    locked = await tx.rows(LOCK, shops, skus)
    if not locked:
        return 0
    orders = [r["shop_id"] for r in locked], [r["id"] for r in locked]
    lines = await tx.all(Line, WAITING, shops, skus, *orders)
    units = 0
    for shop_id, group in groupby(lines, key=lambda n: n.shop_id):
        made, _ = await allocate_lines(tx, shop_id, list(group))
        units += sum(a.quantity for a in made)
    return units


async def sweep_backorders(tx: Tx, limit: int = 200) -> int:
    """Serves what nobody served: goods that a cancelled order or a count set free, a lock that was lifted, and the
    order that came in while its goods did. For the worker, every minute; returns the units allocated."""
    hungry = await tx.rows(HUNGRY, limit)
    return await fill_backorders(tx, [(r["shop_id"], r["sku_id"]) for r in hungry])
