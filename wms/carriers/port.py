"""What the product asks of a carrier, and what it may answer; ``wms.carriers.errors`` has how it can go wrong.

A capability is a type: a protocol with the calls that belong to it. An adapter has those of its carrier and no others;
``isinstance(adapter, Tracks)`` tells, and the functions at the end give the adapter as that type or raise
``NotSupported`` with the carrier's name.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, Literal, Protocol, runtime_checkable

import msgspec

from wms.carriers.errors import (
    Ambiguous,
    AuthFailed,
    Cap,
    CarrierError,
    FieldError,
    NotSupported,
    NumbersUsedUp,
    RateLimited,
    Rejected,
    Unavailable,
    WebhookForged,
)

__all__ = [
    "PROTOCOLS", "Ambiguous", "AuthFailed", "CancelOutcome", "Cancels", "Cap", "CarrierAdapter", "CarrierError", "Created",
    "Document", "FieldError", "Finds", "FindsPoints", "GivesLabels", "GivesProtocol", "GivesSheets", "Hears", "LabelFile",
    "LabelFormat", "NotSupported", "NumbersUsedUp", "OrdersPickup", "ParcelIn", "Party", "PickupOrder", "Point", "PointQuery",
    "RateLimited", "Rejected", "ShipmentIn", "TakesNumbers", "TrackEvent", "TrackNudge", "TrackStatus", "Tracks", "Unavailable",
    "WebhookForged", "capabilities_of", "finder",
]  # fmt: skip


class Party(msgspec.Struct, frozen=True, kw_only=True):
    """Who sends or receives. ``country``: ISO 3166-1 alpha-2."""

    name: str
    street: str
    postcode: str
    city: str
    country: str
    company: str | None = None
    phone: str | None = None
    email: str | None = None


class ParcelIn(msgspec.Struct, frozen=True, kw_only=True):
    """One closed box; grams and millimetres."""

    reference: str
    weight_g: int
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None


class ShipmentIn(msgspec.Struct, frozen=True, kw_only=True):
    """One booking. ``reference`` is ours and finds the booking again after an ambiguous failure.

    ``insured`` is the declared value in ``cod_currency``; ``ship_on`` the local day of the pickup, None for today.
    """

    reference: str
    service: str
    receiver: Party
    sender: Party
    parcels: tuple[ParcelIn, ...]
    point: str | None = None
    cod_amount: Decimal | None = None
    cod_currency: str = "PLN"
    insured: Decimal | None = None
    comment: str | None = None
    ship_on: date | None = None


LabelFormat = Literal["pdf", "zpl"]


class LabelFile(msgspec.Struct, frozen=True):
    """A carrier's own label: stored as it came, never drawn again."""

    format: LabelFormat
    content: bytes


class Created(msgspec.Struct, frozen=True, kw_only=True):
    """A booking. ``numbers`` has one tracking number for each parcel, or is empty while the carrier still works."""

    id: str
    reference: str
    numbers: tuple[str, ...] = ()
    ssccs: tuple[str, ...] = ()
    label: LabelFile | None = None


class CancelOutcome(msgspec.Struct, frozen=True):
    """``cancelled`` False: the carrier does not take it back, and ``why`` is what it said."""

    cancelled: bool
    why: str = ""


TrackStatus = Literal[
    "registered", "ready", "handed_over", "in_transit", "out_for_delivery", "at_point", "delivered", "problem", "returned",
    "cancelled",
]  # fmt: skip


class TrackEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``raw`` is the carrier's own word; ``known`` False: nobody has mapped it yet, so ``status`` is *in_transit*.

    ``at`` is in UTC. ``new_number``: the parcel goes on under this number, which must be followed from now on.
    """

    status: TrackStatus
    raw: str
    at: datetime
    place: str | None = None
    known: bool = True
    new_number: str | None = None


class TrackNudge(msgspec.Struct, frozen=True):
    """A hint to read a shipment again, never the truth: some carriers do not sign their webhooks."""

    id: str | None
    number: str | None


class PickupOrder(msgspec.Struct, frozen=True):
    """``state`` in the carrier's own word."""

    id: str
    state: str


class Document(msgspec.Struct, frozen=True):
    name: str
    media_type: str
    content: bytes


class PointQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Lockers and shops: one by its ``code``, those of a ``city`` or a ``postcode``, or near a place (WGS 84 degrees)."""

    code: str | None = None
    city: str | None = None
    postcode: str | None = None
    near: tuple[float, float] | None = None
    limit: int = 25


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """``open`` False: it exists, but takes no parcels now. ``where`` helps a person to find it."""

    code: str
    name: str
    street: str
    postcode: str
    city: str
    latitude: float
    longitude: float
    open: bool
    where: str = ""


class CarrierAdapter(Protocol):
    """One account at one carrier. No object of the database crosses this line."""

    code: ClassVar[str]
    capabilities: ClassVar[frozenset[Cap]]

    async def create(self, s: ShipmentIn) -> Created:
        """Books; the numbers may be empty: then ``poll`` has them later."""
        ...

    async def poll(self, ids: Sequence[str]) -> list[Created]:
        """What has become of bookings; one that the carrier does not know is left out."""
        ...


@runtime_checkable
class Finds(Protocol):
    async def find_by_reference(self, ref: str) -> list[Created]:
        """Every live booking that carries our reference, to settle an ambiguous failure. An empty list is a proof."""
        ...


@runtime_checkable
class GivesLabels(Protocol):
    async def labels(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
        """One file for each booking, in their order."""
        ...


@runtime_checkable
class GivesSheets(Protocol):
    async def label_sheet(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
        """All labels in as few files as the carrier makes of them, for one print job."""
        ...


@runtime_checkable
class Cancels(Protocol):
    async def cancel(self, id: str) -> CancelOutcome: ...


@runtime_checkable
class Tracks(Protocol):
    async def track(self, numbers: Sequence[str]) -> dict[str, list[TrackEvent]]:
        """The events of each number, oldest first (``shaping.oldest_first``); a number that the carrier does not know yet has none."""
        ...


@runtime_checkable
class OrdersPickup(Protocol):
    async def order_pickup(
        self, ids: Sequence[str], window: tuple[datetime, datetime], address: Party
    ) -> PickupOrder: ...


@runtime_checkable
class GivesProtocol(Protocol):
    async def protocol(self, ids: Sequence[str], day: date) -> Document:
        """The carrier's own handover document for these bookings; the same again for the same ones.

        ``day``: the local one on which the list was closed, for a carrier that makes no protocol of a list but of a day.
        An adapter whose carrier takes only so many at once says so as ``protocol_most``, an attribute of its class.
        """
        ...


@runtime_checkable
class FindsPoints(Protocol):
    async def points(self, query: PointQuery) -> list[Point]: ...


@runtime_checkable
class Hears(Protocol):
    def verify_webhook(self, headers: Mapping[str, str], raw_body: bytes, secret: str) -> None:
        """``headers`` in lower case. Raises ``WebhookForged``."""
        ...

    def parse_webhook(self, raw_body: bytes) -> list[TrackNudge]:
        """Raises ``WebhookForged`` for a body that is none of this carrier's."""
        ...


@runtime_checkable
class TakesNumbers(Protocol):
    def typed(self, s: ShipmentIn, number: str) -> Created:
        """The booking that a person made elsewhere, under the number on its label. Raises ``Rejected``."""
        ...


PROTOCOLS: dict[Cap, type] = {
    Cap.FIND: Finds, Cap.LABEL: GivesLabels, Cap.LABEL_SHEET: GivesSheets, Cap.CANCEL: Cancels, Cap.TRACK: Tracks,
    Cap.PICKUP: OrdersPickup, Cap.PROTOCOL: GivesProtocol, Cap.POINTS: FindsPoints, Cap.WEBHOOK: Hears,
    Cap.TYPED: TakesNumbers,
}  # fmt: skip


def capabilities_of(adapter: CarrierAdapter) -> frozenset[Cap]:
    """What the adapter has calls for; multi-parcel bookings have none of their own and are its word alone."""
    stated = adapter.capabilities & {Cap.CREATE, Cap.MULTI_PARCEL}
    return stated | {cap for cap, protocol in PROTOCOLS.items() if isinstance(adapter, protocol)}


def finder(adapter: CarrierAdapter) -> Finds:
    """The adapter as one that settles ambiguous failures. Raises ``NotSupported``: then a person has to."""
    if isinstance(adapter, Finds):
        return adapter
    raise NotSupported(adapter.code, Cap.FIND)
