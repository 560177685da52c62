"""Lock a location, so that nothing is allocated from it and nothing is put there; and unlock it."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.locations.errors import NotLockable, OutOfUse
from wms.locations.queries import Place, place

LOCKABLE = frozenset({"bin", "reserve", "dock"})


async def lock_location(tx: Tx, location_id: int, reason: str) -> Place:
    """Locks it; a second lock keeps the first one's time and takes the new reason. Goods stay where they are.

    Raises ``NotFound``, ``OutOfUse``, ``NotLockable`` for places that the work flows through.
    """
    old = await _lock_row(tx, location_id)
    if old.kind not in LOCKABLE:
        raise NotLockable(location=old.code)
    await tx.run(
        "update location set locked_at = coalesce(locked_at, $2), lock_reason = $3 where id = $1",
        old.id,
        tx.now,
        reason,
    )
    event = Event(
        kind="location.locked", subject="location", subject_id=old.id, ref=old.code, data={"reason": reason}
    )
    await record(tx, event)
    return await place(tx, location_id)


async def unlock_location(tx: Tx, location_id: int) -> Place:
    """Unlocks it; one that is not locked stays as it is. Raises ``NotFound``, ``OutOfUse``."""
    old = await _lock_row(tx, location_id)
    if old.locked_at is None:
        return old
    await tx.run("update location set locked_at = null, lock_reason = null where id = $1", old.id)
    await record(tx, Event(kind="location.unlocked", subject="location", subject_id=old.id, ref=old.code))
    return await place(tx, location_id)


async def _lock_row(tx: Tx, location_id: int) -> Place:
    if await tx.value("select 1 from location where id = $1 for no key update", location_id) is None:
        raise NotFound(what="location", ref=location_id)
    found = await place(tx, location_id)
    if not found.active:
        raise OutOfUse(location=found.code)
    return found
