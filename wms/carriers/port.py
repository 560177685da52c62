"""What the product asks of a carrier, what it may answer, and the six ways in which it can go wrong."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal, Protocol

import msgspec


class Cap(StrEnum):
    """What an adapter can do; whatever it does not list it refuses with ``NotSupported``."""

    CREATE = "create"
    LABEL = "label"
    LABEL_BATCH = "label_batch"
    CANCEL = "cancel"
    TRACK = "track"
    WEBHOOK = "webhook"
    PICKUP = "pickup"
    PROTOCOL = "protocol"
    POINTS = "points"
    RETURN_LABEL = "return_label"
    MULTI_PARCEL = "multi_parcel"
    COD_REPORT = "cod_report"


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
    """One booking. ``reference`` is ours and finds the booking again after an ambiguous failure."""

    reference: str
    service: str
    receiver: Party
    sender: Party
    parcels: tuple[ParcelIn, ...]
    point: str | None = None
    cod_amount: Decimal | None = None
    cod_currency: str = "PLN"
    comment: str | None = None


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


class TrackEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``status`` is one of ours (``tracking_event.status``), ``raw`` the carrier's word for it."""

    status: str
    raw: str
    at: datetime
    place: str | None = None


class TrackNudge(msgspec.Struct, frozen=True):
    """A hint to read a shipment again, never the truth: some carriers do not sign their webhooks."""

    id: str | None
    number: str | None


class PickupOrder(msgspec.Struct, frozen=True):
    id: str
    state: str


class Document(msgspec.Struct, frozen=True):
    name: str
    media_type: str
    content: bytes


class FieldError(msgspec.Struct, frozen=True):
    """``field`` is a path into ``ShipmentIn`` (``receiver.phone``), ``code`` stable, ``why`` a sentence."""

    field: str
    code: str
    why: str


class CarrierError(Exception):
    """What every failed call raises, one meaning to each kind. ``code`` is stable."""

    code: ClassVar[str] = "carrier-error"


class Rejected(CarrierError):
    """The carrier will never take it like this; somebody must mend the fields. Not retried."""

    code = "rejected"

    def __init__(self, field_errors: Sequence[FieldError]) -> None:
        self.field_errors = tuple(field_errors)
        super().__init__("; ".join(f"{e.field}: {e.why}" for e in field_errors))


class AuthFailed(CarrierError):
    """The account does not work. Stops this account and alarms; retrying would lock it."""

    code = "auth-failed"


class RateLimited(CarrierError):
    """Too many calls; ``retry_after`` in seconds."""

    code = "rate-limited"

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(f"retry after {retry_after:g} s")


class Unavailable(CarrierError):
    """Nothing was booked: refused, no such host, 5xx before anything was stored. Retried."""

    code = "unavailable"


class Ambiguous(CarrierError):
    """The request was sent and no answer came: it may be booked. Looked up by reference before any retry."""

    code = "ambiguous"


class NotSupported(CarrierError):
    """This carrier has no such thing."""

    code = "not-supported"

    def __init__(self, carrier: str, what: Cap) -> None:
        self.what = what
        super().__init__(f"{carrier} cannot {what}")


class NumbersUsedUp(CarrierError):
    """The carrier's own number range is empty; goes on by itself once the range has been extended."""

    code = "numbers-used-up"


class CarrierAdapter(Protocol):
    """One account at one carrier. No object of the database crosses this line."""

    code: ClassVar[str]
    capabilities: ClassVar[frozenset[Cap]]

    async def create(self, s: ShipmentIn) -> Created:
        """Books; the numbers may be empty: then ``poll`` has them later."""
        ...

    async def find_by_reference(self, ref: str) -> list[Created]:
        """Bookings that carry our reference, to settle an ambiguous failure."""
        ...

    async def poll(self, ids: Sequence[str]) -> list[Created]: ...

    async def labels(self, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]: ...

    async def cancel(self, id: str) -> CancelOutcome: ...

    async def track(self, numbers: Sequence[str]) -> dict[str, list[TrackEvent]]: ...

    async def order_pickup(
        self, ids: Sequence[str], window: tuple[datetime, datetime], address: Party
    ) -> PickupOrder: ...

    async def protocol(self, ids: Sequence[str]) -> Document: ...

    def verify_webhook(self, headers: Mapping[str, str], raw_body: bytes, secret: str) -> None: ...

    def parse_webhook(self, raw_body: bytes) -> list[TrackNudge]: ...
