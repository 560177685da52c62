"""Reading stock: how much of what is where, what was where, and for whom it is set aside."""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from wms.db.tx import Tx


class SkuStock(msgspec.Struct, frozen=True):
    """Units of one SKU in real places. ``on_hand`` = ``sellable`` + ``quarantine`` + ``damaged`` + ``expired``.

    ``allocated`` is promised to orders and still on its shelf; ``picked`` has left the shelf for an order (it is in a
    tote or a parcel); ``available`` can be promised now: sellable, free, in a pickable location that is not locked.
    """

    sku_id: int
    sku: str
    name: str
    on_hand: int
    allocated: int
    picked: int
    available: int
    sellable: int
    quarantine: int
    damaged: int
    expired: int


BY_SKU = """
select s.id as sku_id, s.code as sku, s.name,
       coalesce(sum(b.on_hand), 0)::bigint as on_hand, coalesce(sum(b.allocated), 0)::bigint as allocated,
       coalesce(sum(b.on_hand) filter (where l.kind in ('work', 'packed', 'station', 'cage')), 0)::bigint as picked,
       coalesce(sum(b.on_hand - b.allocated) filter (
         where b.status = 'sellable' and l.pickable and l.locked_at is null
           and (t.expires_on is null or t.expires_on >= current_date)), 0)::bigint as available,
       coalesce(sum(b.on_hand) filter (where b.status = 'sellable'), 0)::bigint as sellable,
       coalesce(sum(b.on_hand) filter (where b.status = 'quarantine'), 0)::bigint as quarantine,
       coalesce(sum(b.on_hand) filter (where b.status = 'damaged'), 0)::bigint as damaged,
       coalesce(sum(b.on_hand) filter (where b.status = 'expired'), 0)::bigint as expired
from (
  select shop_id, id, code, name from sku
  where shop_id = $1 and id > $2 and ($4::text is null or code = $4) order by id limit $3
) s
left join balance b on (b.shop_id, b.sku_id) = (s.shop_id, s.id) and b.real
left join location l on l.id = b.location_id
left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id)
group by s.id, s.code, s.name order by s.id
"""


async def stock_by_sku(tx: Tx, shop_id: int, *, after: int = 0, limit: int = 100) -> list[SkuStock]:
    """Every SKU of the shop with an id above ``after``, also those without stock."""
    return await tx.all(SkuStock, BY_SKU, shop_id, after, limit, None)


async def stock_of_sku(tx: Tx, shop_id: int, code: str) -> SkuStock | None:
    return await tx.one(SkuStock, BY_SKU, shop_id, 0, 1, code)


class PlaceStock(msgspec.Struct, frozen=True):
    """One balance: units of one SKU, lot and status in one place. ``since``: when the first of them came there."""

    shop_id: int
    sku_id: int
    sku: str
    name: str
    location_id: int
    location: str
    handling_unit_id: int | None
    handling_unit: str | None
    lot_id: int | None
    lot: str | None
    serial: str | None
    expires_on: date | None
    status: str
    on_hand: int
    allocated: int
    since: datetime


PLACES = """
select b.shop_id, b.sku_id, s.code as sku, s.name, b.location_id, l.code as location,
       nullif(b.hu_id, 0) as handling_unit_id, h.code as handling_unit, nullif(b.lot_id, 0) as lot_id,
       nullif(t.code, '') as lot, t.serial, t.expires_on, b.status, b.on_hand, b.allocated, b.since
from balance b join sku s on (s.shop_id, s.id) = (b.shop_id, b.sku_id) join location l on l.id = b.location_id
left join handling_unit h on h.id = b.hu_id left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id)
where {where} order by l.walk, l.code, s.code, t.expires_on nulls last, b.id limit 5000
"""


async def stock_at_location(tx: Tx, location_id: int) -> list[PlaceStock]:
    """What is in a place now, of all shops, in and out of handling units."""
    return await tx.all(PlaceStock, PLACES.format(where="b.location_id = $1"), location_id)


async def stock_in_handling_unit(tx: Tx, handling_unit_id: int) -> list[PlaceStock]:
    """What a tote, pallet or parcel holds in real places."""
    return await tx.all(
        PlaceStock, PLACES.format(where="b.hu_id = $1 and b.hu_id <> 0 and b.real"), handling_unit_id
    )


async def places_of_sku(tx: Tx, shop_id: int, sku_id: int) -> list[PlaceStock]:
    """Every real place that holds the SKU, on the picker's path."""
    return await tx.all(
        PlaceStock, PLACES.format(where="b.shop_id = $1 and b.sku_id = $2 and b.real"), shop_id, sku_id
    )


class MoveRow(msgspec.Struct, frozen=True):
    """One move as it is written in the ledger, with the codes that people know."""

    id: int
    at: datetime
    shop_id: int
    sku_id: int
    sku: str
    name: str
    quantity: int
    from_location: str
    from_kind: str
    from_handling_unit: str | None
    from_status: str
    to_location: str
    to_kind: str
    to_handling_unit: str | None
    to_status: str
    lot: str | None
    serial: str | None
    expires_on: date | None
    reason: str
    order: str | None
    document: str | None


MOVE = """
select m.id, m.at, m.shop_id, m.sku_id, s.code as sku, s.name, m.quantity, f.code as from_location, f.kind as from_kind,
       fh.code as from_handling_unit, m.from_status, t.code as to_location, t.kind as to_kind,
       th.code as to_handling_unit, m.to_status, nullif(lot.code, '') as lot, lot.serial, lot.expires_on, m.reason,
       o.number as order, m.doc as document
"""
MOVE_FROM = """
from {moves} m
join sku s on (s.shop_id, s.id) = (m.shop_id, m.sku_id)
join location f on f.id = m.from_location_id join location t on t.id = m.to_location_id
left join lot on (lot.shop_id, lot.id) = (m.shop_id, m.lot_id)
left join orders o on (o.shop_id, o.id) = (m.shop_id, m.order_id)
"""
UNITS = """
left join handling_unit fh on fh.id = m.from_hu_id left join handling_unit th on th.id = m.to_hu_id
"""
# A shop may not read the operator's handling units: their labels are the operator's business.
NO_UNITS = "cross join (select null::text as code) fh cross join (select null::text as code) th"


async def history(
    tx: Tx, shop_id: int, *, sku_id: int | None = None, after: int = 0, limit: int = 100
) -> list[MoveRow]:
    """The shop's moves above id ``after``, oldest first; of one SKU or of all.

    A number may be visible before a lower one whose transaction is still open: a reader that must miss nothing waits
    for the seal (``roots``) and reads up to there.
    """
    moves = """(select * from move where shop_id = $1 and id > $2 and ($4::bigint is null or sku_id = $4)
               order by id limit $3)"""
    units = UNITS if tx.actor.kind in ("staff", "system") else NO_UNITS
    return await tx.all(
        MoveRow,
        f"{MOVE} {MOVE_FROM.format(moves=moves)} {units} order by m.id",
        shop_id,
        after,
        limit,
        sku_id,
    )


class StockThen(msgspec.Struct, frozen=True):
    """Units in real places at a moment that has passed."""

    sku_id: int
    sku: str
    status: str
    on_hand: int


AS_OF = """
with ends as (
  select sku_id, to_location_id as location_id, to_status as status, quantity as q from move
  where shop_id = $1 and at <= $2 and ($3::bigint is null or sku_id = $3)
  union all
  select sku_id, from_location_id, from_status, -quantity from move
  where shop_id = $1 and at <= $2 and ($3::bigint is null or sku_id = $3)
), summed as (
  select e.sku_id, e.status, sum(e.q)::bigint as on_hand from ends e join location l on l.id = e.location_id
  where l.real and e.sku_id > $4 group by 1, 2
), ranked as (select *, dense_rank() over (order by sku_id) as rank from summed where on_hand <> 0)
select r.sku_id, s.code as sku, r.status, r.on_hand
from ranked r join sku s on (s.shop_id, s.id) = ($1, r.sku_id) where r.rank <= $5 order by r.sku_id, r.status
"""


async def stock_as_of(
    tx: Tx, shop_id: int, at: datetime, sku_id: int | None = None, *, after: int = 0, limit: int = 100_000
) -> list[StockThen]:
    """What the shop had at that moment, summed from the moves up to it: ``limit`` SKUs with an id above ``after``."""
    return await tx.all(StockThen, AS_OF, shop_id, at, sku_id, after, limit)


class Promise(msgspec.Struct, frozen=True):
    """Units that are set aside for an order and not yet taken."""

    order_id: int
    order: str
    state: str
    order_line_id: int
    ship_by: datetime
    sku: str
    location: str
    lot: str | None
    quantity: int
    since: datetime


PROMISES = """
select a.order_id, o.number as order, o.state, a.order_line_id, o.ship_by, s.code as sku, l.code as location,
       coalesce(t.serial, nullif(t.code, '')) as lot, a.open as quantity, a.at as since
from allocation a join orders o on (o.shop_id, o.id) = (a.shop_id, a.order_id)
join sku s on (s.shop_id, s.id) = (a.shop_id, a.sku_id) join location l on l.id = a.location_id
left join lot t on (t.shop_id, t.id) = (a.shop_id, a.lot_id)
where a.open > 0 and {where} order by o.ship_by, a.id limit 1000
"""


async def why_allocated(tx: Tx, shop_id: int, sku_id: int) -> list[Promise]:
    """The orders that the SKU's allocated units wait for, most urgent first."""
    return await tx.all(Promise, PROMISES.format(where="a.shop_id = $1 and a.sku_id = $2"), shop_id, sku_id)


async def why_allocated_at(tx: Tx, location_id: int) -> list[Promise]:
    """The orders of all shops that wait for goods in this place."""
    return await tx.all(Promise, PROMISES.format(where="a.location_id = $1"), location_id)


async def sku_id_of(tx: Tx, shop_id: int, code: str) -> int | None:
    found: int | None = await tx.value("select id from sku where shop_id = $1 and code = $2", shop_id, code)
    return found


async def codes_of(tx: Tx, location_ids: Sequence[int]) -> dict[int, str]:
    """The codes of these locations; one that does not exist is not in it."""
    rows = await tx.rows("select id, code from location where id = any($1::bigint[])", list(location_ids))
    return {r["id"]: r["code"] for r in rows}
