"""Every SELECT of packing."""

from datetime import datetime
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.orders.gates import COLUMNS, LockedOrder
from wms.orders.service_values import Reason
from wms.orders.store_choice import LAST_REASON
from wms.packing.weight import WeighedItem


class Piece(msgspec.Struct, frozen=True):
    """Goods of the order in one tote. ``needed``: what the line still lacks in parcels; ``named`` shows the lot."""

    order_line_id: int
    sku_id: int
    sku: str
    lot_id: int
    lot: str | None
    serial: str | None
    location_id: int
    hu_id: int
    hu: str
    quantity: int
    needed: int

    @property
    def named(self) -> str:
        return self.serial or self.lot or self.sku


PIECES = """
select t.order_line_id, t.sku_id, s.code as sku, t.lot_id, nullif(lot.code, '') as lot, lot.serial, t.location_id, t.hu_id,
       coalesce(h.code, l.code) as hu, t.quantity::int as quantity, (n.picked - n.packed) as needed
from (
  select order_line_id, sku_id, lot_id, location_id, hu_id, sum(q) as quantity from (
    select order_line_id, sku_id, coalesce(lot_id, 0), to_location_id, coalesce(to_hu_id, 0), quantity
    from move where shop_id = $1 and order_id = $2
    union all
    select order_line_id, sku_id, coalesce(lot_id, 0), from_location_id, coalesce(from_hu_id, 0), -quantity
    from move where shop_id = $1 and order_id = $2
  ) m(order_line_id, sku_id, lot_id, location_id, hu_id, q) group by 1, 2, 3, 4, 5 having sum(q) > 0
) t
join location l on l.id = t.location_id and l.kind = 'work'
join order_line n on n.shop_id = $1 and n.id = t.order_line_id
join sku s on s.shop_id = $1 and s.id = t.sku_id
left join lot on lot.shop_id = $1 and lot.id = t.lot_id
left join handling_unit h on h.id = t.hu_id
order by t.order_line_id, t.lot_id, t.hu_id
"""


async def pieces_in_totes(tx: Tx, shop_id: int, order_id: int) -> list[Piece]:
    """What of the order lies in totes, by line, lot and tote."""
    return await tx.all(Piece, PIECES, shop_id, order_id)


class LineLeft(msgspec.Struct, frozen=True):
    """What is still to be packed; ``ean_end`` are the last digits that a packer compares."""

    sku: str
    name: str
    quantity: int
    packed: int
    left: int
    picture: str | None
    ean_end: str | None


class ItemIn(msgspec.Struct, frozen=True):
    """What lies in the parcel; ``weight_g`` of one piece, None where nobody has weighed it."""

    sku: str
    weight_g: int | None
    lot: str | None
    serial: str | None
    quantity: int


class Station(msgspec.Struct, frozen=True):
    """The pack station's screen: the order, the open parcel and what is left.

    ``parcel_id`` None: open a parcel. ``inserts`` are what the shop wants in each parcel. ``lines``: of how many the
    order has goods, packed or not.
    """

    shop_id: int
    session_id: int
    order_id: int
    order_number: str
    order_state: str
    tote: str | None
    parcel_id: int | None
    parcel_no: int | None
    parcel: str | None
    contents: list[ItemIn]
    left: list[LineLeft]
    units_left: int
    lines: int
    inserts: list[dict[str, Any]]
    lease_until: datetime
    done: bool


STATION = """
select s.shop_id, s.id as session_id, o.id as order_id, o.number as order_number, o.state as order_state, t.code as tote,
  p.id as parcel_id, p.no as parcel_no, h.code as parcel, s.lease_until, s.done_at is not null as done,
  sh.inserts,
  (select coalesce(jsonb_agg(jsonb_build_object('sku', k.code, 'weight_g', k.weight_g, 'lot', nullif(lot.code, ''),
            'serial', lot.serial, 'quantity', i.quantity) order by i.id), '[]')
   from parcel_item i join sku k on (k.shop_id, k.id) = (i.shop_id, i.sku_id)
   left join lot on (lot.shop_id, lot.id) = (i.shop_id, i.lot_id)
   where i.shop_id = s.shop_id and i.parcel_id = p.id) as contents,
  coalesce(w.left, '[]') as left, coalesce(w.units, 0)::int as units_left, w.lines::int as lines
from pack_session s
join orders o on (o.shop_id, o.id) = (s.shop_id, s.order_id)
join shop sh on sh.id = s.shop_id
left join handling_unit t on t.id = s.tote_hu_id
left join parcel p on (p.shop_id, p.id) = (s.shop_id, s.parcel_id)
left join handling_unit h on h.id = p.hu_id
left join lateral (
  select sum(l.picked - l.packed) as units, count(*) as lines, jsonb_agg(jsonb_build_object('sku', k.code, 'name', k.name,
      'quantity', l.picked, 'packed', l.packed, 'left', l.picked - l.packed, 'picture', k.picture,
      'ean_end', (select right(b.code, 5) from barcode b where b.shop_id = k.shop_id and b.sku_id = k.id
                  order by b.id limit 1)) order by l.line_no) filter (where l.picked > l.packed) as left
  from order_line l join sku k on (k.shop_id, k.id) = (l.shop_id, l.sku_id)
  where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit and l.picked > 0
) w on true
"""


async def station_screen(tx: Tx, shop_id: int, session_id: int) -> Station:
    """Raises ``NotFound``."""
    found = await tx.one(Station, f"{STATION} where s.shop_id = $1 and s.id = $2", shop_id, session_id)
    if found is None:
        raise NotFound(what="pack session", ref=session_id)
    return found


MINE = """
where (s.shop_id, s.id) = (
  select shop_id, id from pack_session where station_id = $1 and person_id = $2 and done_at is null and lease_until > $3
  order by lease_until desc limit 1)
"""


async def my_table(tx: Tx, station_id: int) -> Station | None:
    """What whoever asks is packing at this station, as long as the lease runs."""
    return await tx.one(Station, f"{STATION} {MINE}", station_id, tx.actor.person_id, tx.now)


class LiveSession(msgspec.Struct, frozen=True):
    """A session with the parcel that is open in it."""

    id: int
    order_id: int
    station_id: int
    station: str
    person_id: int | None
    person: str | None
    tote_hu_id: int | None
    parcel_id: int | None
    lease_until: datetime
    done_at: datetime | None
    parcel_hu_id: int | None
    parcel_hu: str | None
    parcel_state: str | None


SESSION_IN = """
select s.id, s.order_id, s.station_id, l.code as station, s.person_id, p.name as person, s.tote_hu_id, s.parcel_id,
       s.lease_until, s.done_at, b.hu_id as parcel_hu_id, h.code as parcel_hu, b.state as parcel_state
from {table} s join location l on l.id = s.station_id left join person p on p.id = s.person_id
left join parcel b on (b.shop_id, b.id) = (s.shop_id, s.parcel_id) left join handling_unit h on h.id = b.hu_id
"""
SESSION = SESSION_IN.format(table="pack_session")


async def session_row(tx: Tx, shop_id: int, session_id: int) -> LiveSession:
    """Not locked: its order is what gets locked. Raises ``NotFound``."""
    found = await tx.one(LiveSession, f"{SESSION} where s.shop_id = $1 and s.id = $2", shop_id, session_id)
    if found is None:
        raise NotFound(what="pack session", ref=session_id)
    return found


PACKED_ORDER = f"""
select {COLUMNS} from orders o
where o.shop_id = $1 and o.id = (select s.order_id from pack_session s where s.shop_id = $1 and s.id = $2) for update
"""


async def lock_packed_order(tx: Tx, shop_id: int, session_id: int) -> LockedOrder:
    """The order of a session, locked, before anything of the session is read. Raises ``NotFound``."""
    found = await tx.one(LockedOrder, PACKED_ORDER, shop_id, session_id)
    if found is None:
        raise NotFound(what="pack session", ref=session_id)
    return found


async def lock_live_session(tx: Tx, shop_id: int, order_id: int) -> LiveSession | None:
    """The order's open session, locked; the order is locked before."""
    return await tx.one(
        LiveSession,
        f"{SESSION} where s.shop_id = $1 and s.order_id = $2 and s.done_at is null for update of s",
        shop_id,
        order_id,
    )


class Weighed(msgspec.Struct, frozen=True):
    """``quantity`` pieces of a SKU; sizes in mm and g, None where not measured."""

    sku: str
    quantity: int
    weight_g: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None


async def parcel_contents(tx: Tx, shop_id: int, parcel_id: int) -> list[Weighed]:
    return await tx.all(
        Weighed,
        """select s.code as sku, sum(i.quantity)::int as quantity, s.weight_g, s.length_mm, s.width_mm, s.height_mm
           from parcel_item i join sku s on (s.shop_id, s.id) = (i.shop_id, i.sku_id)
           where i.shop_id = $1 and i.parcel_id = $2
           group by s.code, s.weight_g, s.length_mm, s.width_mm, s.height_mm order by 1""",
        shop_id,
        parcel_id,
    )


async def still_to_pack(tx: Tx, shop_id: int, order_id: int) -> list[Weighed]:
    return await tx.all(
        Weighed,
        """select s.code as sku, sum(l.picked - l.packed)::int as quantity, s.weight_g, s.length_mm, s.width_mm, s.height_mm
           from order_line l join sku s on (s.shop_id, s.id) = (l.shop_id, l.sku_id)
           where l.shop_id = $1 and l.order_id = $2 and not l.kit and l.picked > l.packed
           group by s.code, s.weight_g, s.length_mm, s.width_mm, s.height_mm order by 1""",
        shop_id,
        order_id,
    )


class CartonRow(msgspec.Struct, frozen=True):
    """A carton type; inner size in millimetres, its own weight and the most that may go in, in grams."""

    id: int
    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    max_load_g: int
    active: bool


CARTON = "select id, code, length_mm, width_mm, height_mm, weight_g, max_load_g, active from carton"


async def cartons(tx: Tx) -> list[CartonRow]:
    """Those in use, by size."""
    return await tx.all(CartonRow, f"{CARTON} where active order by length_mm * width_mm * height_mm, code")


async def carton_by_code(tx: Tx, code: str) -> CartonRow:
    """Raises ``NotFound``."""
    found = await tx.one(CartonRow, f"{CARTON} where active and code = $1", code)
    if found is None:
        raise NotFound(what="carton", ref=code)
    return found


class InsertIn(msgspec.Struct, frozen=True):
    """What the shop wants in each of its parcels; the weight where it is a SKU of known weight."""

    text: str
    weight_g: int


class ClosingTable(msgspec.Struct, frozen=True):
    """What closing a parcel needs to know. ``carton`` None: there is none of that code. ``station_id``: where the order is
    being packed; ``paper``: a paper printer stands there. ``chosen``: why the order goes with its service."""

    carton: CartonRow | None
    inserts: list[InsertIn]
    contents: list[WeighedItem]
    station_id: int | None
    paper: bool
    chosen: Reason | None


CLOSING = f"""
select (select to_jsonb(c) from ({CARTON} where active and code = $4) c) as carton,
  (select coalesce(jsonb_agg(jsonb_build_object('text', i ->> 'text', 'weight_g', coalesce(k.weight_g, 0)) order by no), '[]')
   from shop s cross join jsonb_array_elements(s.inserts) with ordinality as e(i, no)
   left join sku k on k.shop_id = s.id and k.code = i ->> 'sku' where s.id = $1) as inserts,
  (select coalesce(jsonb_agg(to_jsonb(w)), '[]') from (
     select k.code as sku, sum(i.quantity)::int as quantity, k.weight_g
     from parcel_item i join sku k on (k.shop_id, k.id) = (i.shop_id, i.sku_id)
     where i.shop_id = $1 and i.parcel_id = $3 group by k.code, k.weight_g order by 1) w) as contents,
  s.station_id, exists (select from printer_place a where a.location_id = s.station_id and a.kind = 'paper') as paper,
  ({LAST_REASON.format(shop="$1", order="$2")}) as chosen
from (select) one left join pack_session s on s.shop_id = $1 and s.order_id = $2 and s.done_at is null
"""


async def closing_table(tx: Tx, shop_id: int, order_id: int, parcel_id: int, carton: str) -> ClosingTable:
    """``carton``: the code of the one that was chosen."""
    found = await tx.one(ClosingTable, CLOSING, shop_id, order_id, parcel_id, carton)
    assert found is not None
    return found
