"""A courier of the outside world with a memory and moods: what it booked, and how it fails next."""

import asyncio
from collections.abc import Callable

from wms.carriers.port import (
    Ambiguous,
    AuthFailed,
    CancelOutcome,
    Cap,
    CarrierError,
    Created,
    FieldError,
    RateLimited,
    Rejected,
    ShipmentIn,
    Unavailable,
)
from wms.db.tx import Database
from wms.shipping.adapters import Carriers


class Courier:
    """``booked``: every booking that would be paid for. ``moods``: what the next calls of ``create`` do."""

    code = "courier"
    capabilities = frozenset({Cap.CREATE, Cap.CANCEL})

    def __init__(self, number: Callable[[], str]) -> None:
        self.number = number
        self.booked: dict[str, list[Created]] = {}
        self.cancelled: list[str] = []
        self.moods: list[object] = []
        self.meanwhile: Callable[[], object] | None = None

    async def create(self, s: ShipmentIn) -> Created:
        await asyncio.sleep(0)
        mood = self.moods.pop(0) if self.moods else None
        if mood in REFUSING:
            raise REFUSING[mood]
        number = self.number()
        made = Created(id=f"id-{number}", reference=s.reference, numbers=(number,))
        if mood == "pending":
            made = Created(id=f"id-{number}", reference=s.reference)
        self.booked.setdefault(s.reference, []).append(made)
        if self.meanwhile is not None:
            await self.meanwhile()  # type: ignore[misc]
        if mood == "timeout":
            raise Ambiguous("no answer after 30 s")
        if mood == "killed":
            raise KeyboardInterrupt  # the process dies after the carrier has booked
        return made

    async def find_by_reference(self, ref: str) -> list[Created]:
        return list(self.booked.get(ref, []))

    async def poll(self, ids: list[str]) -> list[Created]:
        every = [c for booked in self.booked.values() for c in booked]
        return [Created(id=c.id, reference=c.reference, numbers=(c.id[3:],)) for c in every if c.id in ids]

    async def cancel(self, id: str) -> CancelOutcome:
        self.cancelled.append(id)
        return CancelOutcome(cancelled=True)


REFUSING: dict[object, CarrierError] = {
    "down": Unavailable("connection refused"),
    "busy": RateLimited(7),
    "auth": AuthFailed("401"),
    "rejected": Rejected([FieldError("receiver.postcode", "unknown", "30-999 does not exist")]),
}


class OneCourier(Carriers):
    """Carriers of a process that knows one courier."""

    def __init__(self, database: Database, courier: Courier) -> None:
        super().__init__(database)
        self.courier = courier

    def adapter(self, i: object) -> Courier:  # type: ignore[override]
        return self.courier
