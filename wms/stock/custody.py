"""What of an order's goods is in our hands, between shelf and truck."""

import msgspec

from wms.db.tx import Tx


class Held(msgspec.Struct, frozen=True):
    """``quantity`` of the order's goods at one place: in a tote (kind ``work``) or a parcel (kind ``packed``)."""

    sku_id: int
    lot_id: int
    location_id: int
    hu_id: int
    kind: str
    quantity: int


CUSTODY = """
select t.sku_id, t.lot_id, t.location_id, t.hu_id, l.kind, sum(t.q)::int as quantity
from (
  select sku_id, coalesce(lot_id, 0), to_location_id, coalesce(to_hu_id, 0), quantity
  from move where shop_id = $1 and order_id = $2
  union all
  select sku_id, coalesce(lot_id, 0), from_location_id, coalesce(from_hu_id, 0), -quantity
  from move where shop_id = $1 and order_id = $2
) as t(sku_id, lot_id, location_id, hu_id, q)
join location l on l.id = t.location_id
where l.kind in ('work', 'packed')
group by 1, 2, 3, 4, 5 having sum(t.q) > 0
order by 1, 2, 3, 4
"""


async def order_custody(tx: Tx, shop_id: int, order_id: int) -> list[Held]:
    """From the moves that name the order: what came into totes and parcels less what left them."""
    return await tx.all(Held, CUSTODY, shop_id, order_id)
