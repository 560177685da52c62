"""What is in each box, and the counters of the order's lines that follow it.

The goods themselves move in the ledger; whoever moves them calls these functions in the same transaction.
"""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.orders.parcels import Keys


class Put(msgspec.Struct, frozen=True):
    """``quantity`` of a line's goods into, or out of, a parcel; ``lot_id`` 0 means no lot."""

    order_line_id: int
    sku_id: int
    lot_id: int
    quantity: int


# One statement for one scan or for a whole tote, so that content, counters and line never disagree.
PUT = """
with u as materialized (
  select * from unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::int[]) as u(line_id, sku_id, lot_id, q)
), box as (
  update parcel p set units = p.units + t.q, ledger_units = p.ledger_units + t.q
  from (select sum(q)::int as q from u) t where p.shop_id = $1 and p.id = $2 and p.state = 'open'
  returning p.id
), items as (
  insert into parcel_item (shop_id, parcel_id, order_id, order_line_id, sku_id, lot_id, quantity)
  select $1, $2, $3, line_id, sku_id, lot_id, sum(q) from u, box group by 4, 5, 6
  on conflict (shop_id, parcel_id, order_line_id, lot_id) do update set quantity = parcel_item.quantity + excluded.quantity
), lines as (
  update order_line l set packed = l.packed + t.q
  from (select line_id, sum(q)::int as q from u, box group by 1) t where l.shop_id = $1 and l.id = t.line_id
)
select count(*) from box
"""
TAKE = """
with u as materialized (
  select * from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::int[]) as u(line_id, sku_id, lot_id, q)
), box as (
  update parcel p set units = p.units - t.q, ledger_units = p.ledger_units - t.q
  from (select sum(q)::int as q from u) t where p.shop_id = $1 and p.id = $2 and p.state = 'open'
  returning p.id
), left_over as (
  select i.id, i.quantity - u.q as q from parcel_item i, u, box
  where i.shop_id = $1 and i.parcel_id = $2 and i.order_line_id = u.line_id and i.lot_id = u.lot_id
), fewer as (
  update parcel_item i set quantity = r.q from left_over r where i.shop_id = $1 and i.id = r.id and r.q <> 0
), gone as (
  delete from parcel_item i using left_over r where i.shop_id = $1 and i.id = r.id and r.q = 0
), lines as (
  update order_line l set packed = l.packed - t.q
  from (select line_id, sum(q)::int as q from u, box group by 1) t where l.shop_id = $1 and l.id = t.line_id
)
select count(*) from box
"""


async def put_in_parcel(tx: Tx, shop_id: int, order_id: int, parcel_id: int, puts: Sequence[Put]) -> bool:
    """Goods went into an open parcel. False, and nothing written, when it is not open."""
    columns = [[getattr(p, f) for p in puts] for f in Put.__struct_fields__]
    return bool(await tx.value(PUT, shop_id, parcel_id, order_id, *columns))


async def take_from_parcel(tx: Tx, shop_id: int, parcel_id: int, puts: Sequence[Put]) -> bool:
    """Goods came out of an open parcel again; at most one entry for a line and lot. False when it is not open."""
    columns = [[getattr(p, f) for p in puts] for f in Put.__struct_fields__]
    return bool(await tx.value(TAKE, shop_id, parcel_id, *columns))


async def ship_lines(tx: Tx, parcels: Keys) -> None:
    """What is in these parcels has left the house: the lines' ``shipped``."""
    await tx.run(
        """update order_line l set shipped = l.shipped + t.q
           from (select i.shop_id, i.order_line_id, sum(i.quantity)::int as q
                 from parcel_item i join unnest($1::int[], $2::bigint[]) as u(shop_id, id)
                   on (i.shop_id, i.parcel_id) = (u.shop_id, u.id) group by 1, 2) t
           where l.shop_id = t.shop_id and l.id = t.order_line_id""",
        [s for s, _ in parcels],
        [i for _, i in parcels],
    )
