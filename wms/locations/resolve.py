"""From a scan to the place or the handling unit that it means."""

from wms.db.tx import Tx
from wms.kernel.scan import LOCATION_PREFIX, Scan
from wms.locations.errors import LocationLocked, UnknownHandlingUnit, UnknownLocation
from wms.locations.queries import PLACE, UNIT, Place, Unit


async def find_location(tx: Tx, warehouse_id: int, scanned: str | Scan) -> Place | None:
    """The location of the warehouse by its code or its label ``L-<code>``, also typed in small letters; else None."""
    code = scanned if isinstance(scanned, str) else scanned.code
    spellings = [code, code.upper()]
    if code.upper().startswith(LOCATION_PREFIX):
        spellings += [code[len(LOCATION_PREFIX) :], code[len(LOCATION_PREFIX) :].upper()]
    return await tx.one(
        Place,
        f"{PLACE} where l.warehouse_id = $1 and l.code = any($2) order by array_position($2, l.code) limit 1",
        warehouse_id,
        spellings,
    )


async def need_location(tx: Tx, warehouse_id: int, scanned: str | Scan) -> Place:
    """The same; raises ``UnknownLocation``."""
    found = await find_location(tx, warehouse_id, scanned)
    if found is None:
        raise UnknownLocation(scanned=(scanned if isinstance(scanned, str) else scanned.code)[:60])
    return found


def refuse_locked(place: Place) -> None:
    """Raises ``LocationLocked`` for a location that a supervisor has locked."""
    if place.locked_at is not None:
        raise LocationLocked(location=place.code, reason=place.lock_reason or "?")


async def find_handling_unit(tx: Tx, scanned: str | Scan) -> Unit | None:
    """The handling unit by its code (``T-001``) or its SSCC, with or without the ``00`` in front; else None."""
    code = scanned if isinstance(scanned, str) else scanned.code
    sscc = code if isinstance(scanned, str) else scanned.sscc
    return await tx.one(
        Unit,
        f"{UNIT} where h.code = $1 or h.code = upper($1) or h.sscc = $2 or h.code = $2 order by h.code = $1 desc limit 1",
        code,
        sscc,
    )


async def need_handling_unit(tx: Tx, scanned: str | Scan) -> Unit:
    """The same; raises ``UnknownHandlingUnit``."""
    found = await find_handling_unit(tx, scanned)
    if found is None:
        raise UnknownHandlingUnit(scanned=(scanned if isinstance(scanned, str) else scanned.code)[:60])
    return found
