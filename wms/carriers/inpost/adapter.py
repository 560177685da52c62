"""The adapter: requests, the wire, answers."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar

import msgspec

from wms.carriers.account import Account, access
from wms.carriers.errors import Rejected, Unavailable, WebhookForged, ours
from wms.carriers.inpost import answers, requests
from wms.carriers.port import (
    CancelOutcome,
    Cap,
    Created,
    Document,
    LabelFile,
    LabelFormat,
    Party,
    PickupOrder,
    Point,
    PointQuery,
    ShipmentIn,
    TrackEvent,
    TrackNudge,
)
from wms.carriers.wire import Wire, each

MOST_PAGES = 20


def make(account: Account) -> "InPost":
    return InPost(account, msgspec.convert(dict(account.settings), requests.Settings))


class InPost:
    code: ClassVar[str] = "inpost"
    protocol_most: ClassVar[int] = requests.MOST_IDS
    capabilities: ClassVar[frozenset[Cap]] = frozenset({
        Cap.CREATE, Cap.FIND, Cap.LABEL, Cap.LABEL_SHEET, Cap.CANCEL, Cap.TRACK, Cap.WEBHOOK, Cap.PICKUP, Cap.PROTOCOL,
        Cap.POINTS, Cap.MULTI_PARCEL,
    })  # fmt: skip

    def __init__(self, account: Account, settings: requests.Settings) -> None:
        self.account, self.settings = account, settings
        self.wire = Wire(account.carrier, account.http, settings)

    async def _shipx(self) -> requests.Shipx:
        return requests.Shipx(self.settings, await access(self.account, requests.Access))

    def _open(self) -> requests.Shipx:
        """For calls that need no token."""
        return requests.Shipx(self.settings, requests.Access(token="", organization_id=""))

    async def create(self, s: ShipmentIn) -> Created:
        """Booked, but without numbers: ShipX confirms in the background."""
        return await self.wire.ask((await self._shipx()).create(s), answers.one)

    async def find_by_reference(self, ref: str) -> list[Created]:
        shipx, found = await self._shipx(), []
        for page in range(1, MOST_PAGES + 1):
            hits, more = await self.wire.ask(shipx.find(ref, page), answers.same_reference, ref)
            found += hits
            if not more:
                return found
        raise Unavailable(f"the carrier has more than {MOST_PAGES} pages of shipments for one reference")

    async def poll(self, ids: Sequence[str]) -> list[Created]:
        shipx = await self._shipx()

        async def one(id: str) -> Created | None:
            return await self.wire.ask(shipx.get(id), answers.one_or_none)

        return [c for c in await each(one, ids) if c is not None]

    async def labels(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
        shipx = await self._shipx()

        async def one(id: str) -> LabelFile:
            return await self.wire.ask(shipx.label(id, fmt), answers.label, fmt)

        return await each(one, ids)

    async def label_sheet(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
        shipx = await self._shipx()
        files = []
        for some in requests.at_most(ids):
            files += await self.wire.ask(shipx.labels(some, fmt), answers.sheet, fmt)
        return files

    async def cancel(self, id: str) -> CancelOutcome:
        return await self.wire.ask((await self._shipx()).cancel(id), answers.cancelled)

    async def track(self, numbers: Sequence[str]) -> dict[str, list[TrackEvent]]:
        shipx = self._open()

        async def one(number: str) -> list[TrackEvent]:
            return await self.wire.ask(shipx.track(number), answers.events)

        return dict(zip(numbers, await each(one, numbers), strict=True))

    async def order_pickup(
        self, ids: Sequence[str], window: tuple[datetime, datetime], address: Party
    ) -> PickupOrder:
        return await self.wire.ask((await self._shipx()).pickup(ids, window, address), answers.pickup)

    async def protocol(self, ids: Sequence[str], day: date) -> Document:
        """At most 100 bookings on one printout. Raises ``Rejected`` for more."""
        if not 0 < len(ids) <= requests.MOST_IDS:
            en = f"{len(ids)} shipments; a printout takes 1 to {requests.MOST_IDS}"
            pl = f"liczba przesyłek: {len(ids)}; wydruk obejmuje od 1 do {requests.MOST_IDS}"
            raise Rejected([ours("ids", "too-many", en, pl)])
        return await self.wire.ask((await self._shipx()).printout(ids), answers.printout)

    async def points(self, query: PointQuery) -> list[Point]:
        return await self.wire.ask(self._open().points(query), answers.points)

    def verify_webhook(self, headers: Mapping[str, str], raw_body: bytes, secret: str) -> None:
        """Classic ShipX signs nothing: then whoever asks reads the shipment again, and the nudge is only a hint."""
        if self.settings.webhooks == "signed":
            answers.verify_signature(headers, raw_body, secret)
        elif len(raw_body) > 65536:
            raise WebhookForged("a nudge is never so long")

    def parse_webhook(self, raw_body: bytes) -> list[TrackNudge]:
        return answers.nudges(raw_body)
