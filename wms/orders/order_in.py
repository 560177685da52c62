"""Orders as shops send them."""

import hashlib
from datetime import UTC, date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Short = Annotated[str, Meta(max_length=100)]
Currency = Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["PLN"])]
Money = Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$", examples=["129.90"])]


class RecipientIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where the parcel goes. What is missing or wrong puts the order on hold; it is not refused."""

    name: Annotated[str, Meta(max_length=100, examples=["Łucja Świątek"])] = ""
    company: Short | None = None
    street: Annotated[str, Meta(max_length=200, examples=["ul. Źródlana 7/3"])] = ""
    postcode: Annotated[str, Meta(max_length=20, examples=["30-624"])] = ""
    city: Annotated[str, Meta(max_length=100, examples=["Kraków"])] = ""
    country: Annotated[str, Meta(max_length=2, examples=["PL"])] = "PL"
    phone: Annotated[str, Meta(max_length=40, examples=["+48 600 000 000"])] | None = None
    email: Annotated[str, Meta(max_length=200, examples=["lucja@example.com"])] | None = None


def tidied(r: RecipientIn) -> RecipientIn:
    """Without the blanks and line ends around a text, as copying leaves them."""
    return RecipientIn(
        **{k: v.strip() if isinstance(v, str) else v for k, v in msgspec.structs.asdict(r).items()}
    )


class OrderLineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    sku: Annotated[str, Meta(min_length=1, max_length=100, examples=["85123A"])]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000, examples=[6])]
    unit_price: Money | None = None


class OrderIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One order. ``number`` is the shop's own; the same number with the same content is the same order.

    Without ``carrier`` the shop's rules choose one; ``service`` is then what is asked for. With a carrier, no service means
    *standard*. ``deliver_by``: the day that the buyer was promised.
    """

    number: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\s].*$", examples=["2026/11/1042"])]
    placed_at: Annotated[datetime, Meta(tz=True, examples=["2026-11-20T10:00:00Z"])] | None = None
    carrier: Annotated[str, Meta(min_length=1, max_length=40, examples=["kurier"])] | None = None
    service: Annotated[str, Meta(min_length=1, max_length=40, examples=["standard"])] | None = None
    deliver_by: Annotated[date, Meta(examples=["2026-11-24"])] | None = None
    point: Short | None = None
    recipient: RecipientIn
    lines: Annotated[list[OrderLineIn], Meta(min_length=1, max_length=2000)]
    language: Literal["pl", "en"] = "pl"
    priority: Annotated[int, Meta(ge=-9, le=9)] = 0
    ship_partial: bool | None = None
    cod_amount: Money | None = None
    currency: Currency = "PLN"
    note: Annotated[str, Meta(max_length=500)] | None = None
    synthetic: bool = False

    def __post_init__(self) -> None:
        if self.placed_at is not None:
            if not 2000 <= self.placed_at.year < 2100:
                raise ValueError("placed_at: no such time in this warehouse's life")
            self.placed_at = self.placed_at.astimezone(UTC)


def request_hash(order: OrderIn) -> bytes:
    """The same content gives the same hash, whatever the order of fields in the request was."""
    return hashlib.sha256(msgspec.json.encode(order, order="deterministic")).digest()
