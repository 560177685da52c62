"""What goes to the carrier and what stands on the label: pure values from one row."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from wms.carriers.port import LabelFormat, ParcelIn, Party, ShipmentIn

UNANSWERED = timedelta(minutes=2)
"""A label that nobody has touched for so long is put into the queue again by the sweep."""


class Intent(msgspec.Struct, frozen=True, kw_only=True):
    """A label that is to be bought, with all that the carrier and the label need to know."""

    shop_id: int
    label_id: int
    label_state: str
    attempts: int
    carrier_ref: str | None
    in_doubt: bool
    tracking_number: str | None
    sscc: str | None
    parcel_id: int
    parcel_no: int
    parcel_hu: str
    parcel_count: int | None
    station_id: int | None
    weight_g: int
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    order_id: int
    order_number: str
    service: str
    point: str | None
    name: str
    company: str | None
    street: str
    postcode: str
    city: str
    country: str
    phone: str | None
    email: str | None
    cod_amount: Decimal | None
    currency: str
    note: str | None
    shop_code: str
    shop_name: str
    carrier_id: int
    carrier_code: str
    carrier_name: str
    adapter: str
    account: str
    max_weight_g: int
    settings: dict[str, Any]
    label_formats: list[LabelFormat]
    warehouse_name: str
    timezone: str
    address: dict[str, Any]

    @property
    def reference(self) -> str:
        """Ours, and the same for every attempt at this label."""
        return f"L{self.shop_id}-{self.label_id}"

    @property
    def ref(self) -> str:
        """The parcel as people say it."""
        return f"{self.order_number}/{self.parcel_no}"


def shipment_of(i: Intent) -> ShipmentIn:
    """One shipment of one parcel; cash on delivery is collected with the first parcel of the order."""
    parcel = ParcelIn(
        reference=i.parcel_hu,
        weight_g=i.weight_g,
        length_mm=i.length_mm,
        width_mm=i.width_mm,
        height_mm=i.height_mm,
    )
    receiver = Party(
        name=i.name, company=i.company, street=i.street, postcode=i.postcode, city=i.city, country=i.country,
        phone=i.phone, email=i.email,
    )  # fmt: skip
    a = {k: str(v) for k, v in i.address.items()}
    sender = Party(
        name=a.get("name") or i.warehouse_name, street=a.get("street", ""), postcode=a.get("postcode", ""),
        city=a.get("city", ""), country=a.get("country", "PL"), phone=a.get("phone"),
    )  # fmt: skip
    return ShipmentIn(
        reference=i.reference,
        service=i.service,
        point=i.point,
        receiver=receiver,
        sender=sender,
        parcels=(parcel,),
        cod_amount=i.cod_amount if i.parcel_no == 1 else None,
        cod_currency=i.currency,
        comment=i.note,
    )


def label_of(i: Intent, tracking_number: str, sscc: str | None, at: datetime) -> dict[str, Any]:
    """The published fields of a parcel label, as JSON: stored, so that the label can be made again."""
    a = {k: str(v) for k, v in i.address.items()}
    first = i.parcel_no == 1 and i.cod_amount is not None
    return {
        "operator": {
            "name": a.get("name") or i.warehouse_name, "street": a.get("street"), "postcode": a.get("postcode"),
            "city": a.get("city"), "phone": a.get("phone"),
        },
        "shop": {"name": i.shop_name},
        "receiver": {
            "name": i.name, "company": i.company, "street": i.street, "postcode": i.postcode, "city": i.city,
            "country": i.country, "phone": i.phone,
        },
        "carrier": {"name": i.carrier_name},
        "service": i.service,
        "point": i.point,
        "cod": {"amount": str(i.cod_amount), "currency": i.currency} if first else {},
        "order": {"reference": i.order_number},
        "parcel": {"number": i.parcel_no, "count": i.parcel_count, "weight": i.weight_g},
        "tracking_number": tracking_number,
        "sscc": sscc,
        "shipped_on": at.astimezone(ZoneInfo(i.timezone)).date().isoformat(),
        "note": i.note,
    }  # fmt: skip


def printable_label(data: Mapping[str, Any]) -> dict[str, Any]:
    """Stored label data with its date and money as such again."""
    found = dict(data)
    if found.get("shipped_on"):
        found["shipped_on"] = date.fromisoformat(str(found["shipped_on"]))
    cod = dict(found.get("cod") or {})
    if cod.get("amount") is not None:
        found["cod"] = cod | {"amount": Decimal(str(cod["amount"]))}
    return found
