"""Lists of stock for the desk: SKUs with what there is of them, where it is, what moved, and for whom it waits."""

from datetime import date, datetime

import msgspec

from wms.db.sorting import Column, Sorting
from wms.db.tx import Tx
from wms.stock.explain import LINES, TELL, Told


class StockRow(msgspec.Struct, frozen=True):
    """Units of one SKU in real places, as ``SkuStock``. ``expires_on``: the next date of what is there."""

    shop_id: int
    shop: str
    sku_id: int
    sku: str
    name: str
    active: bool
    on_hand: int
    allocated: int
    picked: int
    available: int
    quarantine: int
    damaged: int
    expired: int
    places: int
    expires_on: date | None


# What there is of each SKU that fits the search; a page that sorts by the code alone counts only its own SKUs.
# ``asked`` names every parameter, so that each filter may have the same ones.
STOCK = """
with asked as (select $4::int as least, $6::text as value, $7::bigint as last), s as (
  select s.shop_id, s.id, s.code, s.name, s.active from sku s
  where ($1 = 0 or s.shop_id = $1) and not s.kit
    and ($2 = '' or s.code ilike $2 or s.name ilike $2
         or exists (select from barcode c where c.shop_id = s.shop_id and c.sku_id = s.id and (c.code = $3 or c.gtin = lpad($3, 14, '0'))))
  {narrow}
), n as (
  select s.shop_id, h.name as shop, s.id as sku_id, s.code as sku, s.name, s.active, b.*
  from s join shop h on h.id = s.shop_id
  cross join lateral (
    select coalesce(sum(b.on_hand), 0)::bigint as on_hand, coalesce(sum(b.allocated), 0)::bigint as allocated,
           coalesce(sum(b.on_hand) filter (where l.kind in ('work', 'packed', 'station', 'cage')), 0)::bigint as picked,
           coalesce(sum(b.on_hand - b.allocated) filter (
             where b.status = 'sellable' and l.pickable and l.locked_at is null
               and (t.expires_on is null or t.expires_on >= current_date)), 0)::bigint as available,
           coalesce(sum(b.on_hand) filter (where b.status = 'quarantine'), 0)::bigint as quarantine,
           coalesce(sum(b.on_hand) filter (where b.status = 'damaged'), 0)::bigint as damaged,
           coalesce(sum(b.on_hand) filter (where b.status = 'expired' or t.expires_on < current_date), 0)::bigint as expired,
           count(distinct b.location_id)::int as places, min(t.expires_on) filter (where b.on_hand > 0) as expires_on
    from balance b join location l on l.id = b.location_id
    left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id)
    where b.shop_id = s.shop_id and b.sku_id = s.id and b.real) b
)
select * from n where {show} and {beyond} order by {order} limit $5
"""
SHOW = {
    "all": "true",
    "there": "on_hand > 0",
    "none": "on_hand = 0",
    "low": "available <= $4",
    "allocated": "allocated > 0",
    "quarantine": "quarantine > 0",
    "damaged": "damaged > 0",
    "expired": "expired > 0",
    "expiring": "expires_on between current_date and current_date + $4::int",
    "unreachable": "on_hand - picked - allocated > available",
}
"""What a filter asks; $4 is a number of units or of days."""
STOCK_BY = Sorting(
    "sku_id",
    "code",
    code=Column("sku", "sku"),
    on_hand=Column("on_hand", "on_hand", "bigint"),
    available=Column("available", "available", "bigint"),
)
NARROW_BY = Sorting("s.id", "code", code=Column("s.code", "sku"))


async def list_stock(
    tx: Tx,
    *,
    shop_id: int,
    pattern: str,
    q: str,
    show: str,
    least: int,
    sort: str,
    behind: tuple[str | None, int],
    limit: int,
) -> list[StockRow]:
    """One statement. ``least`` belongs to the filters ``low`` (units) and ``expiring`` (days)."""
    narrow = ""
    if show == "all" and sort.removeprefix("-") == "code":
        narrow = "and {beyond} order by {order} limit $5".format(**NARROW_BY.parts(sort, 6))
    sql = STOCK.format(narrow=narrow, show=SHOW[show], **STOCK_BY.parts(sort, 6))
    return await tx.all(StockRow, sql, shop_id, pattern, q[:64], least, limit, *behind)


class SkuHead(msgspec.Struct, frozen=True):
    shop_id: int
    shop: str
    id: int
    code: str
    name: str
    active: bool
    kit: bool
    lot_policy: str
    serial_tracked: bool
    weight_g: int | None
    picture_url: str | None
    barcodes: list[str]


HEAD = """
select s.shop_id, h.name as shop, s.id, s.code, s.name, s.active, s.kit, s.lot_policy, s.serial_tracked, s.weight_g,
       s.picture as picture_url, array(select b.code from barcode b where b.shop_id = s.shop_id and b.sku_id = s.id order by b.id limit 20)
         as barcodes
from sku s join shop h on h.id = s.shop_id where s.shop_id = $1 and s.id = $2
"""


async def sku_head(tx: Tx, shop_id: int, sku_id: int) -> SkuHead | None:
    return await tx.one(SkuHead, HEAD, shop_id, sku_id)


async def told_moves(
    tx: Tx, *, shop_id: int = 0, sku_id: int = 0, location_id: int = 0, before: int = 0, limit: int = 50
) -> list[Told]:
    """The last moves of a SKU, or of a place, below id ``before`` (0: the very last), newest first."""
    assert limit <= LINES, limit
    if location_id:
        ends = " union ".join(
            f"(select shop_id, id from move where {c} = $1 and ($2::bigint = 0 or id < $2) order by id desc limit {limit})"
            for c in ("from_location_id", "to_location_id")
        )
        moves = f"select m.* from move m join ({ends}) e on (e.shop_id, e.id) = (m.shop_id, m.id)"
        found = await tx.all(Told, TELL.format(moves=moves, limit=limit), location_id, before)
    else:
        moves = "select * from move where shop_id = $1 and sku_id = $2 and ($3::bigint = 0 or id < $3)"
        found = await tx.all(Told, TELL.format(moves=moves, limit=limit), shop_id, sku_id, before)
    return found[::-1]


class Then(msgspec.Struct, frozen=True):
    """Units of a SKU in one place at a moment that has passed."""

    location_id: int
    location: str
    status: str
    lot: str | None
    on_hand: int


THEN = """
with ends as (
  select to_location_id as location_id, lot_id, to_status as status, quantity as q from move
  where shop_id = $1 and sku_id = $2 and at <= $3
  union all
  select from_location_id, lot_id, from_status, -quantity from move where shop_id = $1 and sku_id = $2 and at <= $3
)
select l.id as location_id, l.code as location, e.status, coalesce(t.serial, nullif(t.code, '')) as lot, sum(e.q)::bigint as on_hand
from ends e join location l on l.id = e.location_id and l.real
left join lot t on t.shop_id = $1 and t.id = e.lot_id
group by l.id, l.code, e.status, t.serial, t.code having sum(e.q) <> 0 order by l.walk, l.code, e.status limit 2000
"""


async def places_then(tx: Tx, shop_id: int, sku_id: int, at: datetime) -> list[Then]:
    """Where the SKU was at that moment, summed from its moves."""
    return await tx.all(Then, THEN, shop_id, sku_id, at)


class Waiting(msgspec.Struct, frozen=True):
    """Units set aside for an order that are still in their place."""

    shop_id: int
    shop: str
    order_id: int
    order: str
    state: str
    ship_by: datetime
    sku_id: int
    sku: str
    location_id: int
    location: str
    lot: str | None
    quantity: int
    since: datetime


WAITING = """
select a.shop_id, h.name as shop, a.order_id, o.number as order, o.state, o.ship_by, a.sku_id, s.code as sku,
       a.location_id, l.code as location, coalesce(t.serial, nullif(t.code, '')) as lot, a.open as quantity, a.at as since
from allocation a join orders o on (o.shop_id, o.id) = (a.shop_id, a.order_id) join shop h on h.id = a.shop_id
join sku s on (s.shop_id, s.id) = (a.shop_id, a.sku_id) join location l on l.id = a.location_id
left join lot t on (t.shop_id, t.id) = (a.shop_id, a.lot_id)
where a.open > 0 and {where} order by o.ship_by, a.id limit 200
"""


async def waiting_for_sku(tx: Tx, shop_id: int, sku_id: int) -> list[Waiting]:
    """The orders behind the SKU's allocated units, most urgent first; 200 at most."""
    return await tx.all(Waiting, WAITING.format(where="a.shop_id = $1 and a.sku_id = $2"), shop_id, sku_id)


async def waiting_at(tx: Tx, location_id: int) -> list[Waiting]:
    """The orders of all shops that wait for goods in this place; 200 at most."""
    return await tx.all(Waiting, WAITING.format(where="a.location_id = $1"), location_id)


class ShopChoice(msgspec.Struct, frozen=True):
    id: int
    name: str


async def shop_choices(tx: Tx) -> list[ShopChoice]:
    return await tx.all(ShopChoice, "select id, name from shop order by name limit 2000")
