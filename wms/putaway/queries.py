"""Every SELECT of put-away but the suggestion."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from wms.db.tx import Tx
from wms.stock.ledger import Status


class Waiting(msgspec.Struct, frozen=True):
    """Goods that wait at a place: ``quantity`` pieces alike in lot and status, loose or in a handling unit."""

    balance_id: int
    warehouse_id: int
    location_id: int
    location: str
    hu_id: int
    unit: str | None
    shop_id: int
    shop: str
    sku_id: int
    sku: str
    name: str
    lot_id: int
    lot: str | None
    serial: str | None
    expires_on: date | None
    status: Status
    quantity: int
    since: datetime


WAITING = """
select b.id as balance_id, l.warehouse_id, b.location_id, l.code as location, b.hu_id, h.code as unit, b.shop_id,
       sh.name as shop, b.sku_id, s.code as sku, s.name, b.lot_id, nullif(t.code, '') as lot, t.serial, t.expires_on,
       b.status, (b.on_hand - b.allocated)::int as quantity, b.since
from location l join balance b on b.location_id = l.id
join shop sh on sh.id = b.shop_id join sku s on (s.shop_id, s.id) = (b.shop_id, b.sku_id)
left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id) left join handling_unit h on h.id = b.hu_id
where b.on_hand > b.allocated
"""


async def waiting_in(
    tx: Tx, warehouse_id: int, *, location_id: int | None, hu_id: int | None, after: int, limit: int
) -> list[Waiting]:
    """What waits at the docks of a warehouse, at one of them or in one unit, by id from behind ``after``."""
    return await tx.all(
        Waiting,
        f"""{WAITING} and l.warehouse_id = $1 and l.kind = 'dock' and ($2::bigint is null or l.id = $2)
            and ($3::bigint is null or b.hu_id = $3) and b.id > $4 order by b.id limit $5""",
        warehouse_id,
        location_id,
        hu_id,
        after,
        limit,
    )


async def waiting_at(tx: Tx, location_id: int, hu_id: int, goods: list[tuple[int, int]]) -> list[Waiting]:
    """What of these goods, each ``(shop_id, sku_id)``, waits at a place, loose (0) or in a unit."""
    return await tx.all(
        Waiting,
        f"""{WAITING} and l.id = $1 and b.hu_id = $2
            and (b.shop_id, b.sku_id) in (select * from unnest($3::int[], $4::bigint[])) order by b.id""",
        location_id,
        hu_id,
        [s for s, _ in goods],
        [k for _, k in goods],
    )


async def waiting_one(tx: Tx, shop_id: int, balance_id: int) -> Waiting | None:
    """What is left of these goods where they wait; None where nothing is."""
    return await tx.one(Waiting, f"{WAITING} and b.shop_id = $1 and b.id = $2", shop_id, balance_id)


async def waiting_anywhere(
    tx: Tx, warehouse_id: int, goods: list[tuple[int, int]], hu_id: int | None
) -> list[Waiting]:
    """What of these goods, each ``(shop_id, sku_id)``, waits at the docks and the returns bench, oldest first; or in one unit."""
    return await tx.all(
        Waiting,
        f"""{WAITING} and l.warehouse_id = $1 and l.kind in ('dock', 'returns') and ($2::bigint is null or b.hu_id = $2)
            and (b.shop_id, b.sku_id) in (select * from unnest($3::int[], $4::bigint[])) order by b.since, b.id""",
        warehouse_id,
        hu_id,
        [s for s, _ in goods],
        [k for _, k in goods],
    )


class Heap(msgspec.Struct, frozen=True):
    """A unit that waits to be put away, or (``unit`` null) one kind of loose goods. ``code`` is what a scanner reads."""

    location: str
    unit: str | None
    name: str
    code: str
    lines: int
    quantity: int
    since: datetime


HEAPS = """
select x.location, h.code as unit, s.name, coalesce(h.code, bar.code, s.code) as code, x.lines, x.quantity, x.since
from (
  select l.code as location, b.hu_id, case when b.hu_id = 0 then b.sku_id else 0 end as loose, min(b.shop_id) as shop_id,
         min(b.sku_id) as sku_id, count(*)::int as lines, sum(b.on_hand - b.allocated)::int as quantity, min(b.since) as since
  from location l join balance b on b.location_id = l.id and b.on_hand > b.allocated
  where l.warehouse_id = $1 and l.kind in ('dock', 'returns') group by 1, 2, 3
) x
join sku s on (s.shop_id, s.id) = (x.shop_id, x.sku_id) left join handling_unit h on h.id = x.hu_id
left join lateral (select b.code from barcode b where (b.shop_id, b.sku_id) = (x.shop_id, x.sku_id)
                   order by b.quantity, b.id limit 1) bar on true
order by h.code is null, x.since, s.name limit $2
"""


async def heaps(tx: Tx, warehouse_id: int, limit: int) -> list[Heap]:
    """What waits at the docks and the returns bench as a worker sees it: units, then loose goods, oldest first."""
    return await tx.all(Heap, HEAPS, warehouse_id, limit)


async def content(tx: Tx, hu_id: int) -> list[Waiting]:
    """Everything in a handling unit, wherever it stands."""
    return await tx.all(Waiting, f"{WAITING} and b.hu_id = $1 order by b.shop_id, b.sku_id, b.id", hu_id)


DEMAND = """
select n.shop_id, n.sku_id, sum(n.quantity - n.cancelled - n.allocated - n.picked)::int as units
from unnest($1::int[], $2::bigint[]) as g(shop_id, sku_id)
join order_line n on (n.shop_id, n.sku_id) = (g.shop_id, g.sku_id)
join orders o on (o.shop_id, o.id) = (n.shop_id, n.order_id)
where not n.kit and n.quantity - n.cancelled - n.allocated - n.picked > 0
  and o.warehouse_id = $3 and o.state in ('received', 'backordered')
group by 1, 2
"""


async def units_waited_for(
    tx: Tx, warehouse_id: int, goods: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """How many units of each ``(shop_id, sku_id)`` open orders of this warehouse wait for."""
    pairs = list(goods)
    rows = await tx.rows(DEMAND, [s for s, _ in pairs], [k for _, k in pairs], warehouse_id)
    return {(r["shop_id"], r["sku_id"]): r["units"] for r in rows}


class Here(Waiting, frozen=True):
    """All goods of a kind at a place: ``quantity`` pieces, ``allocated`` of which are promised to orders."""

    allocated: int


HERE = """
select b.id as balance_id, l.warehouse_id, b.location_id, l.code as location, b.hu_id, h.code as unit, b.shop_id,
       sh.code as shop, b.sku_id, s.code as sku, s.name, b.lot_id, nullif(t.code, '') as lot, t.serial, t.expires_on,
       b.status, b.on_hand::int as quantity, b.allocated::int as allocated, b.since
from balance b join location l on l.id = b.location_id
join shop sh on sh.id = b.shop_id join sku s on (s.shop_id, s.id) = (b.shop_id, b.sku_id)
left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id) left join handling_unit h on h.id = b.hu_id
where b.on_hand > 0
"""


async def goods_here(tx: Tx, location_id: int, hu_id: int | None, goods: list[tuple[int, int]]) -> list[Here]:
    """What of these goods, each ``(shop_id, sku_id)``, is at a place: in one unit, or (None) loose and in any unit."""
    return await tx.all(
        Here,
        f"""{HERE} and b.location_id = $1 and ($2::bigint is null or b.hu_id = $2)
            and (b.shop_id, b.sku_id) in (select * from unnest($3::int[], $4::bigint[])) order by b.id""",
        location_id,
        hu_id,
        [s for s, _ in goods],
        [k for _, k in goods],
    )


async def one_here(tx: Tx, shop_id: int, balance_id: int) -> Here | None:
    """What is left of these goods where they are; None where nothing is."""
    return await tx.one(Here, f"{HERE} and b.shop_id = $1 and b.id = $2", shop_id, balance_id)


async def all_in_unit(tx: Tx, hu_id: int) -> list[Here]:
    """Everything in a handling unit, promised or not, wherever it stands in a real place."""
    return await tx.all(Here, f"{HERE} and b.hu_id = $1 and b.real order by b.shop_id, b.sku_id, b.id", hu_id)


async def other_shops_there(tx: Tx, location_id: int, shop_ids: Iterable[int]) -> str | None:
    """Codes of the shops, but for these, that have goods at a place."""
    found: str | None = await tx.value(
        """select string_agg(code, ', ' order by code) from shop where id in (
             select b.shop_id from balance b where b.location_id = $1 and b.on_hand > 0) and not id = any($2::int[])""",
        location_id,
        sorted(set(shop_ids)),
    )
    return found
