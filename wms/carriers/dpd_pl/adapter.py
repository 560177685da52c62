"""The adapter: requests, the wire, answers."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import ClassVar

import msgspec

from wms.carriers.account import Account, access
from wms.carriers.dpd_pl import answers, requests
from wms.carriers.dpd_pl.requests import Booking
from wms.carriers.errors import Rejected, ours
from wms.carriers.port import (
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
from wms.carriers.wire import Wire, each


def make(account: Account) -> "DpdPl":
    return DpdPl(account, msgspec.convert(dict(account.settings), requests.Settings))


class DpdPl:
    """Without ``find_by_reference`` and ``cancel``: DPD has neither."""

    code: ClassVar[str] = "dpd_pl"
    capabilities: ClassVar[frozenset[Cap]] = frozenset(
        {Cap.CREATE, Cap.LABEL, Cap.TRACK, Cap.PICKUP, Cap.PROTOCOL, Cap.TYPED, Cap.MULTI_PARCEL}
    )

    def __init__(self, account: Account, settings: requests.Settings) -> None:
        self.account, self.settings = account, settings
        self.wire = Wire(account.carrier, account.http, settings)

    async def _dpd(self) -> requests.Dpd:
        return requests.Dpd(self.settings, await access(self.account, requests.Access))

    async def create(self, s: ShipmentIn) -> Created:
        domestic = s.receiver.country == s.sender.country
        return await self.wire.ask((await self._dpd()).create(s), answers.created, s.reference, domestic)

    def typed(self, s: ShipmentIn, number: str) -> Created:
        """A booking whose answer was lost, by the waybill that DPD's own page shows. Raises ``Rejected``."""
        plain = re.sub(r"[\s-]", "", number).upper()
        if not re.fullmatch(r"[0-9]{13}[0-9A-Z]|[0-9]{14}", plain):
            en = f"{plain[:40]} is no waybill: 13 digits and a letter or a digit"
            pl = f"{plain[:40]} to nie numer listu: 13 cyfr i litera albo cyfra"
            raise Rejected([ours("number", "no-such-number", en, pl)])
        domestic = s.receiver.country == s.sender.country
        return Created(id=Booking(domestic, (plain,)).id, reference=s.reference, numbers=(plain,))

    async def poll(self, ids: Sequence[str]) -> list[Created]:
        """The numbers are there from the beginning, and are the id."""
        return [Created(id=i, reference="", numbers=Booking.of(i).waybills) for i in ids]

    async def labels(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
        dpd = await self._dpd()

        async def one(id: str) -> LabelFile:
            return await self.wire.ask(dpd.labels(Booking.of(id), fmt), answers.label, fmt)

        return await each(one, ids)

    async def track(self, numbers: Sequence[str]) -> dict[str, list[TrackEvent]]:
        dpd = await self._dpd()

        async def one(number: str) -> list[TrackEvent]:
            return await self.wire.ask(dpd.track(number), answers.events)

        return dict(zip(numbers, await each(one, numbers), strict=True))

    async def order_pickup(
        self, ids: Sequence[str], window: tuple[datetime, datetime], address: Party
    ) -> PickupOrder:
        bookings = [Booking.of(i) for i in ids]
        return await self.wire.ask((await self._dpd()).pickup(bookings, window, address), answers.pickup)

    async def protocol(self, ids: Sequence[str], day: date) -> Document:
        """Tells DPD that these parcels are coming."""
        bookings = [Booking.of(i) for i in ids]
        return await self.wire.ask((await self._dpd()).protocol(bookings), answers.protocol)
