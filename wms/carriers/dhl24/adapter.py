"""The adapter: requests, the wire, answers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar

import msgspec

from wms.carriers.account import Account, access
from wms.carriers.dhl24 import answers, requests
from wms.carriers.errors import NotSupported, Unavailable
from wms.carriers.port import (
    CancelOutcome,
    Cap,
    Created,
    Document,
    LabelFile,
    LabelFormat,
    Party,
    PickupOrder,
    ShipmentIn,
    TrackEvent,
)
from wms.carriers.shaping import WARSAW
from wms.carriers.wire import Wire, each

FIND_DAYS = 7
"""How far back a lost booking is looked for; the label job asks within minutes."""
MOST_PAGES = 50


def make(account: Account) -> "Dhl24":
    return Dhl24(account, msgspec.convert(dict(account.settings), requests.Settings))


class Dhl24:
    code: ClassVar[str] = "dhl24"
    capabilities: ClassVar[frozenset[Cap]] = frozenset(
        {Cap.CREATE, Cap.FIND, Cap.LABEL, Cap.CANCEL, Cap.TRACK, Cap.PICKUP, Cap.PROTOCOL}
    )

    def __init__(self, account: Account, settings: requests.Settings) -> None:
        self.account, self.settings = account, settings
        self.wire = Wire(account.carrier, account.http, settings)

    async def _dhl(self) -> requests.Dhl24:
        return requests.Dhl24(self.settings, await access(self.account, requests.Access))

    async def create(self, s: ShipmentIn) -> Created:
        return await self.wire.ask((await self._dhl()).create(s), answers.created, s.reference)

    async def find_by_reference(self, ref: str) -> list[Created]:
        """Looks through what was booked lately. Raises ``NotSupported`` when the list does not show what is needed."""
        dhl, found, contacts = await self._dhl(), [], False
        today = datetime.now(WARSAW).date()
        for page in range(MOST_PAGES):
            call = dhl.listed(
                today - timedelta(days=FIND_DAYS), today + timedelta(days=1), page * requests.PAGE
            )
            shown = await self.wire.ask(call, answers.listed, ref)
            found += shown.hits
            contacts |= shown.contacts
            if shown.size < requests.PAGE:
                if not contacts and page + shown.size > 0:
                    raise NotSupported(self.code, Cap.FIND)  # a list without contact persons proves nothing
                return found
        raise Unavailable(f"DHL24 lists more than {MOST_PAGES * requests.PAGE} bookings to look through")

    async def poll(self, ids: Sequence[str]) -> list[Created]:
        """The number is there from the beginning, and is the id."""
        return [Created(id=i, reference="", numbers=(i,)) for i in ids]

    async def labels(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
        dhl = await self._dhl()

        async def some(three: Sequence[str]) -> list[LabelFile]:
            return await self.wire.ask(dhl.labels(three, fmt), answers.labels, three, fmt)

        return [file for files in await each(some, list(requests.by_three(ids))) for file in files]

    async def cancel(self, id: str) -> CancelOutcome:
        return await self.wire.ask((await self._dhl()).cancel(id), answers.cancelled)

    async def track(self, numbers: Sequence[str]) -> dict[str, list[TrackEvent]]:
        dhl = await self._dhl()

        async def one(number: str) -> list[TrackEvent]:
            return await self.wire.ask(dhl.track(number), answers.events)

        return dict(zip(numbers, await each(one, numbers), strict=True))

    async def order_pickup(
        self, ids: Sequence[str], window: tuple[datetime, datetime], address: Party
    ) -> PickupOrder:
        """At the address that the bookings have as their sender's."""
        call = (await self._dhl()).pickup(ids, window, f"tel. {address.phone}" if address.phone else "")
        return await self.wire.ask(call, answers.ordered)

    async def protocol(self, ids: Sequence[str], day: date) -> Document:
        """Of everything booked for the day: DHL24 makes none of a list."""
        return await self.wire.ask((await self._dhl()).protocol(day), answers.protocol)
