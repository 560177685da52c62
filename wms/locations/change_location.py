"""Change where a place is, its rank on the walk, what fits in; take it out of use, or into use again."""

from collections.abc import Mapping
from typing import Any

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import ChangedMeanwhile, Invalid
from wms.kernel.text import Text
from wms.locations.errors import LocationNotEmpty, NotLockable
from wms.locations.lock_location import LOCKABLE
from wms.locations.queries import Place, place

CHANGEABLE = frozenset({"x", "y", "z", "walk", "zone", "aisle", "capacity_ml", "active"})
OUT_OF_USE = "out of use"
"""The lock that a place out of use carries, so that everything that minds locks minds it too."""


async def change_location(tx: Tx, location_id: int, changes: Mapping[str, Any], version: int | None) -> Place:
    """The place with ``changes`` made. ``version`` is the one that was read; None does not ask. A new zone is created.

    What was planned keeps its walk; the next wave goes by the new one. Only an empty place can be taken out of use; it is
    locked then, and unlocked when it comes back. Raises ``NotFound``, ``ChangedMeanwhile``, ``NotLockable``,
    ``LocationNotEmpty``, ``Invalid`` for a virtual place, which is nowhere.
    """
    assert changes.keys() <= CHANGEABLE, changes.keys()
    await tx.row("select 1 from location where id = $1 for no key update", location_id)
    old = await place(tx, location_id)
    if version is not None and old.version != version:
        raise ChangedMeanwhile(what="location", ref=old.code)
    if not old.real:
        raise Invalid(
            field="code",
            why=Text(
                en="{code} is no place where one can walk",
                pl="{code} nie jest miejscem, do którego można podejść",
            ),
            code=old.code,
            pointer="/code",
        )
    made = {k: v for k, v in changes.items() if getattr(old, k) != v}
    if not made:
        return old
    sets = {k: v for k, v in made.items() if k != "zone"}
    if "zone" in made:
        sets["zone_id"] = None if made["zone"] is None else await _zone(tx, old.warehouse_id, made["zone"])
    if made.get("active") is False:
        await _check_empty(tx, old)
        sets |= {"locked_at": tx.now, "lock_reason": OUT_OF_USE}
    elif made.get("active") is True:
        sets |= {"locked_at": None, "lock_reason": None}
    words = ", ".join(f"{k} = ${i}" for i, k in enumerate(sets, start=2))
    await tx.run(
        f"update location set {words}, version = version + 1 where id = $1", location_id, *sets.values()
    )
    data = {k: {"old": getattr(old, k), "new": v} for k, v in sorted(made.items())}
    await record(
        tx,
        Event(kind="location.changed", subject="location", subject_id=location_id, ref=old.code, data=data),
    )
    return await place(tx, location_id)


async def _zone(tx: Tx, warehouse_id: int, code: str) -> int:
    zone_id: int = await tx.value(
        """insert into zone (warehouse_id, code, name) values ($1, $2, $2)
           on conflict (warehouse_id, code) do update set code = excluded.code returning id""",
        warehouse_id,
        code,
    )
    return zone_id


async def _check_empty(tx: Tx, old: Place) -> None:
    if old.kind not in LOCKABLE:
        raise NotLockable(location=old.code)
    units = await tx.value(
        "select coalesce(sum(on_hand), 0)::int from balance where location_id = $1 and on_hand > 0", old.id
    )
    if units:
        raise LocationNotEmpty(location=old.code, units=units)
