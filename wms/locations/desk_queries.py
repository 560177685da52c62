"""Places for the desk: the map with its heat, one aisle, and a list."""

from datetime import datetime

import msgspec

from wms.db.sorting import Column, Sorting
from wms.db.tx import Tx
from wms.locations.queries import PLACE, Place

PICKS = """
picks as (
  select m.from_location_id as location_id, count(*)::int as n from move m
  where m.reason = 'picking' and m.at >= $2 group by 1
)
"""


class Stack(msgspec.Struct, frozen=True):
    """Places one above the other; outside the aisles each one alone. ``location_id``: the lowest; ``picks``: of all of them since the day that was asked."""

    aisle: str | None
    zone: str | None
    kind: str
    x: int
    y: int
    location_id: int
    code: str
    places: int
    locked: int
    filled: int
    picks: int


# A place with goods in it is found by the index on the places of balances.
STACKS = f"""
with {PICKS}
select l.aisle, z.code as zone, l.kind, l.x, l.y, (array_agg(l.id order by l.z, l.id))[1] as location_id,
       (array_agg(l.code order by l.z, l.id))[1] as code, count(*)::int as places,
       count(*) filter (where l.locked_at is not null)::int as locked, count(b.location_id)::int as filled,
       coalesce(sum(p.n), 0)::int as picks
from location l left join zone z on z.id = l.zone_id left join picks p on p.location_id = l.id
left join (select distinct location_id from balance where real and on_hand > 0) b on b.location_id = l.id
where l.warehouse_id = $1 and l.real group by 1, 2, 3, 4, 5, case when l.aisle is null then l.id end order by l.aisle nulls last, l.x, l.y limit 20000
"""


async def stacks(tx: Tx, warehouse_id: int, since: datetime) -> list[Stack]:
    """Every place of the warehouse where one can stand, seen from above."""
    return await tx.all(Stack, STACKS, warehouse_id, since)


class Bin(msgspec.Struct, frozen=True):
    id: int
    code: str
    kind: str
    zone: str | None
    x: int
    y: int
    z: int
    walk: int
    locked_at: datetime | None
    lock_reason: str | None
    active: bool
    units: int
    picks: int


BINS = f"""
with {PICKS}
select l.id, l.code, l.kind, z.code as zone, l.x, l.y, l.z, l.walk, l.locked_at, l.lock_reason, l.active,
       coalesce((select sum(b.on_hand) from balance b where b.location_id = l.id), 0)::int as units, coalesce(p.n, 0)::int as picks
from location l left join zone z on z.id = l.zone_id left join picks p on p.location_id = l.id
where l.warehouse_id = $1 and l.aisle = $3 and l.real order by l.walk, l.code limit 2000
"""


async def bins_of_aisle(tx: Tx, warehouse_id: int, aisle: str, since: datetime) -> list[Bin]:
    """The places along one aisle, in the order of the walk."""
    return await tx.all(Bin, BINS, warehouse_id, since, aisle)


LIST = f"""
{PLACE}
where l.warehouse_id = $1 and ($2 = '' or l.code ilike $2) and ($3 = '' or l.kind = $3) and ($4 = '' or z.code = $4)
  and ($5 = '' or ($5 = 'locked' and l.locked_at is not null and l.active) or ($5 = 'unused' and not l.active)
       or ($5 = 'empty' and l.real and not exists (select from balance b where b.location_id = l.id and b.on_hand > 0)))
  and {{beyond}} order by {{order}} limit $6
"""
PLACES_BY = Sorting(
    "l.id",
    "code",
    code=Column("l.code", "code"),
    walk=Column("l.walk", "walk", "bigint"),
    room=Column("l.capacity_ml", "capacity_ml", "bigint", lacking="-1"),
    locked=Column("l.locked_at", "locked_at", "timestamptz", lacking="1970-01-01T00:00:00+00:00"),
)


async def list_places(
    tx: Tx,
    warehouse_id: int,
    *,
    pattern: str,
    kind: str,
    zone: str,
    state: str,
    sort: str,
    behind: tuple[str | None, int],
    limit: int,
) -> list[Place]:
    """``state``: ``locked``, ``unused`` (out of use), ``empty``, or nothing."""
    sql = LIST.format(**PLACES_BY.parts(sort, 7))
    return await tx.all(Place, sql, warehouse_id, pattern, kind, zone, state, limit, *behind)


async def zones(tx: Tx, warehouse_id: int) -> list[tuple[str, str]]:
    """Code and name of each zone."""
    rows = await tx.rows(
        "select code, name from zone where warehouse_id = $1 order by code limit 500", warehouse_id
    )
    return [(r["code"], r["name"]) for r in rows]


async def taken_codes(tx: Tx, warehouse_id: int, codes: list[str]) -> list[str]:
    """Those of the codes that are in use already."""
    rows = await tx.rows(
        "select code from location where warehouse_id = $1 and code = any($2::text[]) order by code limit 50",
        warehouse_id,
        codes,
    )
    return [r["code"] for r in rows]


async def next_walk(tx: Tx, warehouse_id: int) -> int:
    """The first rank of the walk behind the last place on it."""
    found: int = await tx.value(
        "select coalesce(max(walk), 0) + 1 from location where warehouse_id = $1", warehouse_id
    )
    return found
