"""HTTP resources of places: warehouses, locations, handling units, number ranges."""

from typing import Annotated, Literal

import msgspec
from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, HeaderParameter, JSONBody, PathParameter, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.locations.change_location import change_location
from wms.locations.create_locations import (
    MAX_LOCATIONS,
    Kind,
    LocationChange,
    LocationIn,
    create_locations,
)
from wms.locations.create_warehouse import NewWarehouse, create_warehouse
from wms.locations.handling_units import UnitIn, UnitKind, create_handling_units
from wms.locations.lock_location import lock_location, unlock_location
from wms.locations.number_ranges import create_number_range, take_ssccs
from wms.locations.queries import (
    NumberRangeRow,
    Place,
    Unit,
    WarehouseRow,
    number_ranges,
    places,
    places_called,
    units,
    units_with,
    warehouses,
)
from wms.locations.resolve import need_handling_unit
from wms.web.access import ADMIN, ANY_STAFF, floor
from wms.web.etags import etag, wanted_version
from wms.web.pages import After, Id, Limit, Page, PathId, QueryId, after_id, page

Code = Annotated[str, Meta(min_length=1, max_length=40)]
PathCode = Annotated[str, PathParameter(min_length=1, max_length=40)]


class WarehouseIn(msgspec.Struct, forbid_unknown_fields=True):
    """Docks ``DOCK-1``.., pack stations ``PACK-1``.. and a cage per carrier code come with it."""

    code: Annotated[str, Meta(pattern="^[A-Z0-9][A-Z0-9-]{0,19}$", examples=["WAW1"])]
    name: Annotated[str, Meta(min_length=1, max_length=100, examples=["Magazyn Błonie"])]
    country: Annotated[str, Meta(pattern="^[A-Z]{2}$", examples=["PL"])] = "PL"
    timezone: Annotated[str, Meta(max_length=64, examples=["Europe/Warsaw"])] = "Europe/Warsaw"
    address: Annotated[dict[str, str], Meta(examples=[{"street": "ul. Magazynowa 7", "city": "Błonie"}])] = {}
    docks: Annotated[int, Meta(ge=1, le=200, examples=[2])] = 1
    stations: Annotated[int, Meta(ge=1, le=500, examples=[4])] = 2
    cages: Annotated[list[Code], Meta(max_length=100, examples=[["dpd", "inpost"]])] = []


class LocationsIn(msgspec.Struct, forbid_unknown_fields=True):
    warehouse_id: Id
    locations: Annotated[list[LocationIn], Meta(min_length=1, max_length=MAX_LOCATIONS)]


class Created(msgspec.Struct):
    """A new thing's id and code."""

    id: int
    code: str


class LocationsCreated(msgspec.Struct):
    created: list[Created]


class LockIn(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=200, examples=["Uszkodzony regał"])]


class HandlingUnitsIn(msgspec.Struct, forbid_unknown_fields=True):
    """Either ``codes`` of labels that are there already, or ``count`` new ones.

    New pallets and cartons get SSCCs from the number range ``sscc``; new totes get codes ``T-...``.
    """

    warehouse_id: Id
    kind: Annotated[Literal["pallet", "carton", "tote"], Meta(examples=["pallet"])]
    codes: Annotated[list[Code], Meta(max_length=1000, examples=[["T-001", "T-002"]])] = []
    count: Annotated[int, Meta(ge=0, le=1000, examples=[1])] = 0


class HandlingUnitsCreated(msgspec.Struct):
    created: list[Unit]


class NumberRangeIn(msgspec.Struct, forbid_unknown_fields=True):
    """Numbers from ``first`` to ``last``. The range ``sscc`` has the extension digit and company prefix as ``prefix``."""

    code: Annotated[str, Meta(min_length=1, max_length=40, examples=["sscc"])]
    kind: Annotated[Literal["sscc", "s10", "mod37_36", "plain"], Meta(examples=["sscc"])]
    first: Annotated[int, Meta(ge=0, lt=10**18, examples=[1])]
    last: Annotated[int, Meta(ge=0, lt=10**18, examples=[9999999])]
    prefix: Annotated[str, Meta(max_length=20, examples=["0590123456"])] = ""
    suffix: Annotated[str, Meta(max_length=20, examples=[""])] = ""
    carrier_id: Id | None = None
    low_water: Annotated[int, Meta(ge=0, lt=10**18, examples=[1000])] = 1000


@get("/warehouses", allow=ANY_STAFF, tags=["locations"])
async def get_warehouses(tx: NamedDependency[Tx]) -> list[WarehouseRow]:
    """All warehouses of the operator."""
    return await warehouses(tx)


@post("/warehouses", allow=ADMIN, tags=["locations"])
async def post_warehouse(tx: NamedDependency[Tx], data: JSONBody[WarehouseIn]) -> NewWarehouse:
    """A new warehouse, with the places that every warehouse works through."""
    return await create_warehouse(
        tx,
        data.code,
        data.name,
        country=data.country,
        timezone=data.timezone,
        address=data.address,
        docks=data.docks,
        stations=data.stations,
        cages=data.cages,
    )


@get("/locations", allow=ANY_STAFF, tags=["locations"])
async def get_locations(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    kind: FromQuery[Kind | None] = None,
    zone: Annotated[str | None, QueryParameter(max_length=40)] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[Place]:
    """The locations of a warehouse, of all kinds or one, in all zones or one."""
    rows = await places(tx, warehouse_id, kind=kind, zone=zone, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda p: p.id)


@post("/locations", allow=floor("supervisor"), tags=["locations"])
async def post_locations(tx: NamedDependency[Tx], data: JSONBody[LocationsIn]) -> LocationsCreated:
    """Create up to 5000 locations: all of them or, when one cannot be, none."""
    ids = await create_locations(tx, data.warehouse_id, data.locations)
    return LocationsCreated(created=[Created(id=i, code=c) for c, i in ids.items()])


@get("/locations/{code:str}", allow=ANY_STAFF, tags=["locations"])
async def get_location(
    tx: NamedDependency[Tx],
    code: PathCode,
    warehouse_id: Annotated[int | None, QueryParameter(ge=1, le=10**15)] = None,
) -> Response[Place]:
    """One location by its code; name the warehouse where several have one of this code. Its ETag is for a change."""
    found = await _one_called(tx, code, warehouse_id)
    return Response(found, headers=etag(found.version))


@patch("/locations/{code:str}", allow=floor("supervisor"), tags=["locations"])
async def patch_location(
    tx: NamedDependency[Tx],
    code: PathCode,
    data: JSONBody[LocationChange],
    warehouse_id: Annotated[int | None, QueryParameter(ge=1, le=10**15)] = None,
    if_match: Annotated[str | None, HeaderParameter(name="If-Match")] = None,
) -> Response[Place]:
    """Change coordinates, walk order, zone, aisle or capacity, or take an empty location out of use.

    Needs ``If-Match`` with the ETag that was read.
    """
    old = await _one_called(tx, code, warehouse_id)
    found = await change_location(tx, old.id, data.sent(), wanted_version(if_match))
    return Response(found, headers=etag(found.version))


async def _one_called(tx: Tx, code: str, warehouse_id: int | None) -> Place:
    found = await places_called(tx, code, warehouse_id)
    if not found:
        raise NotFound(what="location", ref=code)
    if len(found) > 1:
        raise Invalid(
            field="warehouse_id",
            why=Text(
                en="several warehouses have a location {code}; say which",
                pl="kilka magazynów ma lokalizację {code}; podaj, który",
            ),
            code=code,
            pointer="/warehouse_id",
        )
    return found[0]


@post("/locations/{location_id:int}/lock", allow=floor("supervisor"), tags=["locations"], status_code=200)
async def post_lock(tx: NamedDependency[Tx], location_id: PathId, data: JSONBody[LockIn]) -> Place:
    """Lock a location: nothing is allocated from it any more, and nothing put there. Its goods stay."""
    return await lock_location(tx, location_id, data.reason)


@post("/locations/{location_id:int}/unlock", allow=floor("supervisor"), tags=["locations"], status_code=200)
async def post_unlock(tx: NamedDependency[Tx], location_id: PathId) -> Place:
    """Unlock it again."""
    return await unlock_location(tx, location_id)


@get("/handling-units", allow=ANY_STAFF, tags=["locations"])
async def get_handling_units(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    kind: FromQuery[UnitKind | None] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[Unit]:
    """The pallets, cartons, totes and parcels of a warehouse."""
    rows = await units(tx, warehouse_id, kind=kind, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda u: u.id)


@get("/handling-units/{code:str}", allow=ANY_STAFF, tags=["locations"])
async def get_handling_unit(tx: NamedDependency[Tx], code: PathCode) -> Unit:
    """One handling unit by its code or SSCC."""
    return await need_handling_unit(tx, code)


@post(
    "/handling-units",
    allow=floor("receiver", "packer"),
    tags=["locations"],
    example={"warehouse_id": 1, "kind": "tote", "codes": ["T-001", "T-002"]},
)
async def post_handling_units(
    tx: NamedDependency[Tx], data: JSONBody[HandlingUnitsIn]
) -> HandlingUnitsCreated:
    """Create handling units: all of them or none."""
    if bool(data.codes) == bool(data.count):
        raise Invalid(
            field="count",
            why=Text(en="send codes, or a count of 1 to 1000", pl="podaj kody albo liczbę od 1 do 1000"),
            pointer="/count",
        )
    new = [UnitIn(kind=data.kind, code=code) for code in data.codes]
    if not data.codes and data.kind == "tote":
        new = [UnitIn(kind="tote")] * data.count
    elif not data.codes:
        new = [UnitIn(kind=data.kind, sscc=sscc) for sscc in await take_ssccs(tx, data.count)]
    made = await create_handling_units(tx, data.warehouse_id, new)
    created = await units_with(tx, [u.id for u in made])
    info = {"count": len(made), "kind": data.kind, "codes": [u.code for u in created[:100]]}
    event = Event(kind="warehouse.units_added", subject="warehouse", subject_id=data.warehouse_id, data=info)
    await record(tx, event)
    return HandlingUnitsCreated(created=created)


@get("/number-ranges", allow=floor("supervisor"), tags=["locations"])
async def get_number_ranges(tx: NamedDependency[Tx]) -> list[NumberRangeRow]:
    """Number ranges and how many numbers each has left."""
    return await number_ranges(tx)


@post("/number-ranges", allow=ADMIN, tags=["locations"])
async def post_number_range(tx: NamedDependency[Tx], data: JSONBody[NumberRangeIn]) -> Created:
    """Enter a range of numbers that a carrier, or GS1, has given to the operator."""
    range_id = await create_number_range(
        tx,
        data.code,
        data.kind,
        data.first,
        data.last,
        prefix=data.prefix,
        suffix=data.suffix,
        carrier_id=data.carrier_id,
        low_water=data.low_water,
    )
    return Created(id=range_id, code=data.code)


handlers: list[HTTPRouteHandler] = [
    get_warehouses,
    post_warehouse,
    get_locations,
    post_locations,
    get_location,
    patch_location,
    post_lock,
    post_unlock,
    get_handling_units,
    get_handling_unit,
    post_handling_units,
    get_number_ranges,
    post_number_range,
]
