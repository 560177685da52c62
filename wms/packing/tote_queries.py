"""What lies in a tote, and for which orders: picking's moves name them."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx

MOST_PICKS = 1000
"""The newest moves into a tote that are looked at; no tote holds as many picks."""


class WaitingOrder(msgspec.Struct, frozen=True):
    """An order with goods in a tote; ``units`` are those of it that are in there, ``lines`` all that it consists of."""

    shop_id: int
    id: int
    number: str
    state: str
    ship_by: datetime
    units: int
    lines: int


# Which order the goods in a tote were picked for: the moves say so. What left the tote again is taken off.
IN_TOTE = """
with came as (
  select distinct shop_id, order_id from (
    select shop_id, order_id from move where to_hu_id = $1 order by id desc limit $2) m where order_id is not null
)
select o.shop_id, o.id, o.number, o.state, o.ship_by, t.units::int as units,
  (select count(*) from order_line l where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit
   and l.picked > 0)::int as lines
from came c join orders o on (o.shop_id, o.id) = (c.shop_id, c.order_id)
cross join lateral (
  select sum(case when m.to_hu_id = $1 then m.quantity else 0 end)
       - sum(case when m.from_hu_id = $1 then m.quantity else 0 end) as units
  from move m where m.shop_id = o.shop_id and m.order_id = o.id and (m.to_hu_id = $1 or m.from_hu_id = $1)
) t
where t.units > 0 order by o.ship_by, o.shop_id, o.id
"""


async def orders_in_tote(tx: Tx, hu_id: int) -> list[WaitingOrder]:
    """Orders that have goods in the tote, oldest promise first."""
    return await tx.all(WaitingOrder, IN_TOTE, hu_id, MOST_PICKS)


class TotePiece(msgspec.Struct, frozen=True):
    """Goods of one order in a tote, by lot; oldest promise first."""

    shop_id: int
    order_id: int
    number: str
    state: str
    sku_id: int
    lot: str | None
    serial: str | None

    @property
    def named(self) -> str:
        return self.serial or self.lot or ""


PIECES_IN_TOTE = """
with came as (
  select distinct shop_id, order_id from (
    select shop_id, order_id from move where to_hu_id = $1 order by id desc limit $3) m where order_id is not null
)
select o.shop_id, o.id as order_id, o.number, o.state, t.sku_id, nullif(lot.code, '') as lot, lot.serial
from came c join orders o on (o.shop_id, o.id) = (c.shop_id, c.order_id)
cross join lateral (
  select m.sku_id, coalesce(m.lot_id, 0) as lot_id, sum(case when m.to_hu_id = $1 then m.quantity else 0 end)
       - sum(case when m.from_hu_id = $1 then m.quantity else 0 end) as units
  from move m where m.shop_id = o.shop_id and m.order_id = o.id and (m.to_hu_id = $1 or m.from_hu_id = $1)
    and m.sku_id = any($2) group by 1, 2
) t
left join lot on lot.shop_id = o.shop_id and lot.id = t.lot_id
where t.units > 0 order by o.ship_by, o.priority desc, o.shop_id, o.id
"""


async def find_in_tote(tx: Tx, hu_id: int, sku_ids: list[int]) -> list[TotePiece]:
    """Who waits for these SKUs out of the tote, and with which lot or serial number they were picked."""
    return await tx.all(TotePiece, PIECES_IN_TOTE, hu_id, sku_ids, MOST_PICKS)


async def tote_by_code(tx: Tx, warehouse_id: int, codes: list[str]) -> int | None:
    found: int | None = await tx.value(
        "select id from handling_unit where kind = 'tote' and code = any((select $1::text[])::text[]) and warehouse_id = $2",
        codes,
        warehouse_id,
    )
    return found


class SinglesTote(msgspec.Struct, frozen=True):
    """A tote of picked orders of one piece."""

    tote: str
    orders: int
    ship_by: datetime


MOST_SINGLES = 500
"""Picked orders, oldest promise first, among which the totes are looked for."""
PICKED = """(
  select shop_id, id, ship_by, priority from orders
  where warehouse_id = $1 and state in ('picked', 'packing') and kind = 'single'
  order by ship_by, priority desc, shop_id, id limit $3
) o
cross join lateral (
  select h.code as tote from move m join handling_unit h on h.id = m.to_hu_id and h.kind = 'tote'
  where m.shop_id = o.shop_id and m.order_id = o.id order by m.id desc limit 1) t
"""
SINGLES = f"""
select t.tote, count(*)::int as orders, min(o.ship_by) as ship_by from {PICKED}
where ($2::text is null or t.tote = $2) and exists (
  select from order_line l where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit and l.picked > l.packed)
group by t.tote order by 3, 1 limit $4
"""


async def singles_that_wait(tx: Tx, warehouse_id: int, tote: str | None, limit: int) -> list[SinglesTote]:
    """Totes of singles, the earliest promise first; only ``tote`` where it is given."""
    return await tx.all(SinglesTote, SINGLES, warehouse_id, tote, MOST_SINGLES, limit)


NEXT_PIECE = f"""
select coalesce((select b.code from barcode b where b.shop_id = l.shop_id and b.sku_id = l.sku_id order by b.id limit 1), k.code)
from {PICKED} join order_line l on (l.shop_id, l.order_id) = (o.shop_id, o.id) and not l.kit and l.picked > l.packed
join sku k on (k.shop_id, k.id) = (l.shop_id, l.sku_id)
where t.tote = $2 order by o.ship_by, o.priority desc, o.shop_id, o.id limit 1
"""


async def next_piece(tx: Tx, warehouse_id: int, tote: str) -> str | None:
    """A bar code of the piece in the tote that is promised first. Nobody who has the tote before him needs it."""
    found: str | None = await tx.value(NEXT_PIECE, warehouse_id, tote, MOST_SINGLES)
    return found
