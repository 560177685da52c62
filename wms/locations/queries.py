"""Reading places, warehouses and handling units."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound

# These come with the warehouse and are never moved, so a process may remember them; docks and cages come and go.
_LASTING = frozenset(
    {"supplier", "customer", "scrap", "lost_found", "work", "packed", "returns", "quarantine"}
)
_known: dict[tuple[str, int, str], int] = {}


async def system_location(tx: Tx, warehouse_id: int, kind: str) -> int:
    """The first location of this kind in the warehouse. Raises ``NotFound`` when it has none."""
    key = (tx.database, warehouse_id, kind)
    if (found := _known.get(key)) is not None:
        return found
    location_id: int | None = await tx.value(
        "select id from location where warehouse_id = $1 and kind = $2 and active order by id limit 1",
        warehouse_id,
        kind,
    )
    if location_id is None:
        raise NotFound(what="location", ref=f"{kind}, #{warehouse_id}")
    if kind in _LASTING:
        _known[key] = location_id
    return location_id


class Place(msgspec.Struct, frozen=True):
    """A location. Coordinates in mm, capacity in ml; ``walk`` is its rank on the pick path.

    ``active`` false: out of use, empty and locked.
    """

    id: int
    warehouse_id: int
    code: str
    kind: str
    real: bool
    pickable: bool
    zone: str | None
    aisle: str | None
    x: int
    y: int
    z: int
    walk: int
    capacity_ml: int | None
    locked_at: datetime | None
    lock_reason: str | None
    active: bool
    version: int


PLACE = """select l.id, l.warehouse_id, l.code, l.kind, l.real, l.pickable, z.code as zone, l.aisle, l.x, l.y, l.z, l.walk,
  l.capacity_ml, l.locked_at, l.lock_reason, l.active, l.version
from location l left join zone z on z.id = l.zone_id"""


async def place(tx: Tx, location_id: int) -> Place:
    """One location. Raises ``NotFound``."""
    found = await tx.one(Place, f"{PLACE} where l.id = $1", location_id)
    if found is None:
        raise NotFound(what="location", ref=location_id)
    return found


async def places(
    tx: Tx, warehouse_id: int, *, kind: str | None, zone: str | None, after: int, limit: int
) -> list[Place]:
    """The locations of a warehouse by id, from behind ``after``."""
    return await tx.all(
        Place,
        f"""{PLACE} where l.warehouse_id = $1 and ($2::text is null or l.kind = $2)
            and ($3::text is null or z.code = $3) and l.id > $4 order by l.id limit $5""",
        warehouse_id,
        kind,
        zone,
        after,
        limit,
    )


class Unit(msgspec.Struct, frozen=True):
    """A handling unit; ``location`` is the code of the place where it stands."""

    id: int
    warehouse_id: int
    kind: str
    code: str
    sscc: str | None
    location_id: int | None
    location: str | None
    created_at: datetime


UNIT = """select h.id, h.warehouse_id, h.kind, h.code, h.sscc, h.location_id, l.code as location, h.created_at
from handling_unit h left join location l on l.id = h.location_id"""


async def units(tx: Tx, warehouse_id: int, *, kind: str | None, after: int, limit: int) -> list[Unit]:
    """The handling units of a warehouse by id, from behind ``after``."""
    return await tx.all(
        Unit,
        f"""{UNIT} where h.warehouse_id = $1 and ($2::text is null or h.kind = $2) and h.id > $3
            order by h.id limit $4""",
        warehouse_id,
        kind,
        after,
        limit,
    )


class WarehouseRow(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str
    country: str
    timezone: str
    address: dict[str, str]


WAREHOUSE = "select id, code, name, country, timezone, address from warehouse"


async def warehouses(tx: Tx) -> list[WarehouseRow]:
    return await tx.all(WarehouseRow, f"{WAREHOUSE} order by id")


async def places_called(tx: Tx, code: str, warehouse_id: int | None) -> list[Place]:
    """The locations of this code, one per warehouse, or the one of this warehouse."""
    return await tx.all(
        Place,
        f"{PLACE} where l.code = $1 and ($2::bigint is null or l.warehouse_id = $2) order by l.id limit 2",
        code,
        warehouse_id,
    )


async def units_with(tx: Tx, ids: list[int]) -> list[Unit]:
    return await tx.all(Unit, f"{UNIT} where h.id = any($1) order by h.id", ids)


class NumberRangeRow(msgspec.Struct, frozen=True):
    """``left``: how many numbers nobody has yet; ``low`` when they are fewer than its low-water mark."""

    id: int
    code: str
    kind: str
    prefix: str
    suffix: str
    carrier_id: int | None
    next: int
    last: int
    left: int
    low: bool


async def number_ranges(tx: Tx) -> list[NumberRangeRow]:
    return await tx.all(
        NumberRangeRow,
        """select id, code, kind, prefix, suffix, carrier_id, next, last, last - next + 1 as left,
             last - next + 1 < low_water as low from number_range order by code""",
    )
