"""Create a warehouse with the places that every warehouse works through."""

from collections.abc import Mapping, Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.calendar import check_country, check_timezone
from wms.kernel.refusals import Invalid
from wms.kernel.whys import LETTER_OR_DIGIT
from wms.locations.create_locations import Kind, LocationIn, insert_locations
from wms.locations.errors import CodeTaken
from wms.printing.cells import risky

VIRTUAL: dict[str, Kind] = {
    "SUPPLIER": "supplier",
    "CUSTOMER": "customer",
    "SCRAP": "scrap",
    "LOST-FOUND": "lost_found",
}
"""Where goods come from and go to, so that the sum over all locations is always zero."""
SYSTEM: dict[str, Kind] = {
    "WORK": "work",
    "PACKED": "packed",
    "RETURNS": "returns",
    "QUARANTINE": "quarantine",
}

CROSS_DOCK = "XDOCK"
"""The zone near packing for goods that an order waits for: picked from like any bin, and first on the walk."""


class NewWarehouse(msgspec.Struct, frozen=True):
    """``locations``: the id of each place that came with it, by code."""

    id: int
    code: str
    locations: dict[str, int]


async def create_warehouse(
    tx: Tx,
    code: str,
    name: str,
    *,
    country: str = "PL",
    timezone: str = "Europe/Warsaw",
    address: Mapping[str, str] | None = None,
    docks: int = 1,
    stations: int = 2,
    cages: Sequence[str] = (),
) -> NewWarehouse:
    """A warehouse with its virtual places, docks ``DOCK-1``.., pack stations ``PACK-1``.., a cage per carrier code and
    ``XDOCK-1`` for cross-docking.

    Raises ``CodeTaken`` when the code is in use, ``Invalid`` for one that a spreadsheet would run as a formula: manifest
    numbers begin with it; and for a country or time zone that there is not, by which promises are made.
    """
    if risky(code):
        raise Invalid(field="code", why=LETTER_OR_DIGIT, pointer="/code")
    check_timezone(timezone)
    check_country(country)
    warehouse_id: int | None = await tx.value(
        """insert into warehouse (code, name, country, timezone, address) values ($1, $2, $3, $4, $5::jsonb)
           on conflict (code) do nothing returning id""",
        code,
        name,
        country,
        timezone,
        msgspec.json.encode(dict(address or {})).decode(),
    )
    if warehouse_id is None:
        raise CodeTaken(codes=code, pointer="/code")
    places = [LocationIn(code=c, kind=kind) for c, kind in (VIRTUAL | SYSTEM).items()]
    places += [LocationIn(code=f"DOCK-{i}", kind="dock") for i in range(1, docks + 1)]
    places += [LocationIn(code=f"PACK-{i}", kind="station") for i in range(1, stations + 1)]
    places += [LocationIn(code=f"CAGE-{carrier}", kind="cage") for carrier in cages]
    places += [LocationIn(code=f"{CROSS_DOCK}-1", kind="bin", zone=CROSS_DOCK, walk=1)]
    ids = await insert_locations(tx, warehouse_id, places)
    event = Event(kind="warehouse.created", subject="warehouse", subject_id=warehouse_id, ref=code)
    await record(tx, event)
    return NewWarehouse(id=warehouse_id, code=code, locations=ids)
