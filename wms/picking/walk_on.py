"""More to fetch for a cart that is on its way."""

from collections.abc import Sequence

from wms.db.tx import Tx
from wms.picking.aisles import Point, Stop
from wms.picking.floor import load_floor
from wms.picking.screen import Cart
from wms.picking.walk import plan_walk
from wms.stock.ledger import Allocated

NEW = """insert into pick_task (shop_id, cluster_id, order_id, order_line_id, allocation_id, location_id, hu_id, sku_id,
  lot_id, seq, quantity)
select $1, $2, $3, $4, u.allocation, u.location, u.hu, $5, u.lot, $6, u.quantity
from unnest($7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::int[]) as u(allocation, location, hu, lot, quantity)"""
STILL = """select t.shop_id, t.id, t.sku_id, t.lot_id, t.location_id, l.x, l.y, l.z, l.aisle, l.walk
from pick_task t join location l on l.id = t.location_id where t.cluster_id = $1 and t.state = 'open'"""
RENUMBER = """
with done as (select coalesce(max(seq), 0) as seq from pick_task where cluster_id = $1 and state <> 'open' and seq <= $4),
renumbered as (
  update pick_task t set seq = done.seq + w.n
  from done, unnest($2::int[], $3::bigint[]) with ordinality as w(shop_id, id, n)
  where t.shop_id = w.shop_id and t.id = w.id
)
update cluster set tasks = done.seq + cardinality($3::bigint[]) from done where id = $1
"""


async def walk_on(tx: Tx, cart: Cart, found: Sequence[Allocated]) -> None:
    """New tasks for the bins found; what is left is walked anew from where the picker stands."""
    await tx.run(
        NEW,
        cart.shop_id,
        cart.cluster_id,
        cart.order_id,
        cart.order_line_id,
        cart.sku_id,
        cart.tasks + 1,
        [a.allocation_id for a in found],
        [a.location_id for a in found],
        [a.hu_id for a in found],
        [a.lot_id for a in found],
        [a.quantity for a in found],
    )
    rows = await tx.rows(STILL, cart.cluster_id)
    stops = {
        r["location_id"]: Stop(r["location_id"], r["x"], r["y"], r["z"], r["aisle"], r["walk"]) for r in rows
    }
    floor = await load_floor(tx, cart.warehouse_id)
    here = await tx.one(Point, "select x, y from location where id = $1", cart.location_id)
    walk = plan_walk(here or floor.gate, floor.gate, list(stops.values()), floor.aisles)
    rank = {stop.location_id: n for n, stop in enumerate(walk.stops)}
    rows.sort(key=lambda r: (rank[r["location_id"]], r["sku_id"], r["lot_id"], r["id"]))
    await tx.run(RENUMBER, cart.cluster_id, [r["shop_id"] for r in rows], [r["id"] for r in rows], cart.seq)
