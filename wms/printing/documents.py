"""What a packing slip and a handover protocol say: plain values, no ids and no queries."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from wms.kernel.text import Lang


class Address(Struct, frozen=True, kw_only=True):
    """A place that post can be sent to; empty parts are left out."""

    name: str
    company: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    """ISO 3166-1 alpha-2."""

    def lines(self) -> Iterator[str]:
        """The address from top to bottom."""
        for line in (
            self.name,
            self.company,
            self.street,
            f"{self.postcode} {self.city}".strip(),
            self.country,
        ):
            if line:
                yield line


class SlipLine(Struct, frozen=True, kw_only=True):
    """One line of goods in the parcel; ``quantity`` in base units."""

    code: str
    name: str
    quantity: int
    detail: str = ""
    """Lot, serial numbers or size, where the buyer should see them."""


class PackingSlip(Struct, frozen=True, kw_only=True):
    """The paper in the parcel, in the buyer's language."""

    lang: Lang
    shop_name: str
    order_number: str
    lines: tuple[SlipLine, ...]
    receiver: Address
    ordered_on: date | None = None
    parcel_number: int = 1
    parcel_count: int = 1
    note: str = ""
    """What the shop wants to say, in its own words; line breaks are kept."""
    how_to_return: str = ""
    """The shop's own instructions; a short general text where it is empty."""
    return_url: str = ""
    """The return page of this order; printed as a QR code and in letters."""
    return_address: Address | None = None
    paper: Literal["A5", "A4"] = "A5"


class ManifestParcel(Struct, frozen=True, kw_only=True):
    """One closed box that is handed over. ``weight`` in grams, ``cod`` in ``cod_currency``."""

    tracking_number: str
    reference: str
    shop_name: str
    receiver_name: str
    postcode: str
    city: str
    country: str
    weight: int
    sscc: str = ""
    service: str = ""
    cod: Decimal | None = None
    cod_currency: str = ""
    number: int = 1
    """k of ``count`` parcels of the shipment."""
    count: int = 1
    company: str = ""
    street: str = ""
    point: str = ""
    """The locker or shop that it is sent to."""

    @property
    def receiver(self) -> Address:
        """Who gets it."""
        return Address(
            name=self.receiver_name, company=self.company, street=self.street, postcode=self.postcode, city=self.city,
            country=self.country,
        )  # fmt: skip


class ManifestDocument(Struct, frozen=True, kw_only=True):
    """A closed manifest; the parcels in the order of their numbers on paper."""

    lang: Lang
    number: str
    closed_at: datetime
    """In local time of the place of handover."""
    place: Address
    """Where the courier collects."""
    sender: Address
    """The operator who hands over."""
    carrier: str
    account: str
    """The customer number at the carrier."""
    parcels: tuple[ManifestParcel, ...]
    vehicle: str = ""
    driver: str = ""
    remarks: str = ""
    """Parcels refused or missing at the truck; left blank, there are lines to write on."""
    serial: int = 0
    """A number of its own, the same in every file of it."""
    carrier_code: str = ""
    sha256: str = ""
    """Of the list, in hexadecimal."""
