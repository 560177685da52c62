"""What the pack station shows besides the session itself."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class StationRow(msgspec.Struct, frozen=True):
    """A place of kind *station*."""

    id: int
    code: str
    warehouse_id: int


STATIONS = "select id, code, warehouse_id from location where kind = 'station'"


async def stations(tx: Tx, warehouse_id: int) -> list[StationRow]:
    """The pack stations of a warehouse, nine at most: as many as have a number on the screen."""
    return await tx.all(StationRow, f"{STATIONS} and warehouse_id = $1 order by code limit 9", warehouse_id)


class DeskLine(msgspec.Struct, frozen=True):
    """A line of the order on the table. ``code`` is a bar code of the SKU, of which people compare the end."""

    sku: str
    name: str
    picture: str | None
    code: str | None
    picked: int
    packed: int

    @property
    def left(self) -> int:
        return self.picked - self.packed

    @property
    def tail(self) -> str:
        return (self.code or "")[-5:]


class DeskParcel(msgspec.Struct, frozen=True):
    """A parcel of the order; weight in grams. ``label`` is the state of its label, None where none was asked for."""

    id: int
    no: int
    hu: str
    state: str
    units: int
    carton: str | None
    weight_g: int | None
    label: str | None


class DeskOrder(msgspec.Struct, frozen=True):
    """The order on the table."""

    id: int
    number: str
    shop: str
    carrier: str
    service: str
    ship_by: datetime
    note: str | None
    lines: list[DeskLine]
    parcels: list[DeskParcel]


ORDER = """
select o.id, o.number, s.name as shop, c.name as carrier, o.service, o.ship_by, o.note,
  (select coalesce(jsonb_agg(jsonb_build_object('sku', k.code, 'name', k.name, 'picture', k.picture,
      'picked', l.picked, 'packed', l.packed,
      'code', (select b.code from barcode b where b.shop_id = k.shop_id and b.sku_id = k.id order by b.id limit 1))
      order by l.picked = l.packed, l.line_no), '[]')
   from order_line l join sku k on (k.shop_id, k.id) = (l.shop_id, l.sku_id)
   where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit and l.picked > 0) as lines,
  (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'no', p.no, 'hu', h.code, 'state', p.state, 'units', p.units,
      'carton', p.carton_code, 'weight_g', p.weight_g, 'label', (select case when b.state = 'unknown' or (b.state = 'accepted' and b.error_code is not null) then 'failed'
        when b.state = 'accepted' then 'requested' else b.state end
        from label b
        where b.shop_id = p.shop_id and b.parcel_id = p.id and b.state <> 'void' limit 1)) order by p.no), '[]')
   from parcel p join handling_unit h on h.id = p.hu_id
   where p.shop_id = o.shop_id and p.order_id = o.id and p.state <> 'void') as parcels
from orders o join shop s on s.id = o.shop_id join carrier c on c.id = o.carrier_id
where o.shop_id = $1 and o.id = $2
"""


async def desk_order(tx: Tx, shop_id: int, order_id: int) -> DeskOrder:
    """Raises ``NotFound``."""
    found = await tx.one(DeskOrder, ORDER, shop_id, order_id)
    if found is None:
        raise NotFound(what="order", ref=order_id)
    return found


class Waiting(msgspec.Struct, frozen=True):
    """A picked order that nobody packs yet, and the tote that its goods lie in."""

    number: str
    shop: str
    carrier: str
    ship_by: datetime
    tote: str | None
    units: int


WAITING = """
select o.number, s.name as shop, c.name as carrier, o.ship_by, t.tote,
  (select coalesce(sum(l.picked - l.packed), 0) from order_line l
   where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit)::int as units
from orders o join shop s on s.id = o.shop_id join carrier c on c.id = o.carrier_id
left join lateral (
  select h.code as tote from move m join handling_unit h on h.id = m.to_hu_id and h.kind = 'tote'
  where m.shop_id = o.shop_id and m.order_id = o.id order by m.id desc limit 1) t on true
where o.warehouse_id = $1 and o.state = 'picked' order by o.ship_by, o.priority desc, o.shop_id, o.id limit $2
"""


async def waiting_orders(tx: Tx, warehouse_id: int, limit: int) -> list[Waiting]:
    """What is to be packed next, oldest promise first."""
    return await tx.all(Waiting, WAITING, warehouse_id, limit)


class Unlabelled(msgspec.Struct, frozen=True):
    """A closed parcel whose label is not on its box yet. ``label`` None: it is being asked for."""

    shop_id: int
    parcel_id: int
    parcel: str
    order_number: str
    label: str | None


UNLABELLED = """
select p.shop_id, p.id as parcel_id, h.code as parcel, o.number as order_number,
  case when b.state = 'unknown' or (b.state = 'accepted' and b.error_code is not null) then 'failed'
    when b.state = 'accepted' then 'requested' else b.state end as label
from unnest($1::int[], $2::bigint[]) as u(shop_id, id) join parcel p on (p.shop_id, p.id) = (u.shop_id, u.id)
join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join handling_unit h on h.id = p.hu_id
left join label b on (b.shop_id, b.parcel_id) = (p.shop_id, p.id) and b.state <> 'void'
where p.state in ('closed', 'labelled') and coalesce(b.state, '') <> 'printed' order by p.closed_at
"""


async def unlabelled(tx: Tx, parcels: Sequence[tuple[int, int]]) -> list[Unlabelled]:
    """Of these parcels (``(shop_id, id)``), those that still wait for their label."""
    if not parcels:
        return []
    return await tx.all(Unlabelled, UNLABELLED, [s for s, _ in parcels], [i for _, i in parcels])


class Box(msgspec.Struct, frozen=True):
    shop_id: int
    parcel_id: int
    state: str


BOX = """
select p.shop_id, p.id as parcel_id, p.state from handling_unit h join parcel p on p.hu_id = h.id
where h.code = any($1::text[]) and p.warehouse_id = $2 limit 1
"""


async def box_by_code(tx: Tx, warehouse_id: int, codes: list[str]) -> Box | None:
    """The parcel whose box code was scanned."""
    return await tx.one(Box, BOX, codes, warehouse_id)
