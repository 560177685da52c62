"""What is sent to DHL24: pure functions from our values to a call."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from wms.carriers.account import Link
from wms.carriers.errors import FieldError, Rejected, ours
from wms.carriers.port import LabelFormat, Party, ShipmentIn
from wms.carriers.shaping import (
    WARSAW,
    collects_no,
    needs_sizes,
    of_party,
    plain_postcode,
    polish_phone,
    split_street,
    too_heavy,
    too_long,
    whole_cm,
    whole_kg,
)
from wms.carriers.soap import Value, envelope, xml
from wms.carriers.wire import Call

PRODUCTION, TEST = "https://dhl24.com.pl", "https://sandbox.dhl24.com.pl"
PATH, QUERY = "/webapi2/provider/service.html", "ws=1"
SPACE = f"{PRODUCTION}{PATH}?{QUERY}"

MOST_G = 31_500
MOST_LABELS = 3
PAGE = 100
SERVICES = {
    "standard": "AH",
    "courier": "AH",
    "09:00": "09",
    "12:00": "12",
    "evening": "DW",
    "point": "SP",
    "locker": "SP",
}
POINT = "SP"


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """The WebAPI's own login; ``account_number`` is DHL's number of the payer."""

    username: str
    password: str
    account_number: str


class Settings(Link, frozen=True, kw_only=True):
    """``content`` stands on every booking; ``costs_center`` splits the bill; ``dpi`` of ZPL labels."""

    content: str = "towar"
    costs_center: str | None = None
    dpi: Literal[203, 300] = 203


class Dhl24:
    def __init__(self, settings: Settings, access: Access) -> None:
        self.settings, self.access = settings, access
        self.url = settings.at(PRODUCTION, TEST) + PATH

    def _call(self, name: str, operation: str, fields: Sequence[tuple[str, Value]], *, reads: bool) -> Call:
        body = envelope(xml(f"web:{operation}", [("authData", self._login()), *fields]), {"web": SPACE})
        return self._post(name, operation, body, reads=reads)

    def _login(self) -> list[tuple[str, Value]]:
        return [("username", self.access.username), ("password", self.access.password)]

    def _post(self, name: str, operation: str, body: bytes, *, reads: bool) -> Call:
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SPACE}#{operation}"'}
        return Call(
            name=name,
            method="POST",
            url=self.url,
            reads=reads,
            headers=headers,
            query=[("ws", "1")],
            body=body,
        )

    def create(self, s: ShipmentIn) -> Call:
        """Raises ``Rejected`` with every field that DHL would refuse."""
        fields = [("shipments", [("item", self._shipment(s))])]
        return self._call("create", "createShipments", fields, reads=False)

    def _shipment(self, s: ShipmentIn) -> list[tuple[str, Value]]:
        product = (self.settings.services or SERVICES).get(s.service, s.service)
        if errors := faults(s, product):
            raise Rejected(errors)
        (p,) = s.parcels
        piece: list[tuple[str, Value]] = [
            ("type", "PACKAGE"), ("width", whole_cm(p.width_mm or 0)), ("height", whole_cm(p.height_mm or 0)),
            ("length", whole_cm(p.length_mm or 0)), ("weight", whole_kg(p.weight_g)), ("quantity", 1), ("nonStandard", False),
        ]  # fmt: skip
        payment: list[tuple[str, Value]] = [
            ("paymentMethod", "BANK_TRANSFER"), ("payerType", "SHIPPER"), ("accountNumber", self.access.account_number),
            ("costsCenter", self.settings.costs_center),
        ]  # fmt: skip
        receiver = [
            ("country", s.receiver.country),
            ("addressType", "B" if s.receiver.company else "C"),
            *_party(s.receiver),
        ]
        if product == POINT:
            receiver.append(("isPackstation", True))
        return [
            ("shipper", _party(s.sender, contact=s.reference)), ("receiver", receiver),
            ("pieceList", [("item", piece)]), ("payment", payment), ("service", _service(s, product)),
            ("shipmentDate", (s.ship_on or _today()).isoformat()), ("skipRestrictionCheck", False),
            ("comment", s.comment), ("content", self.settings.content[:30]), ("reference", s.reference),
            *([("servicePointAccountNumber", s.point)] if product == POINT else []),
        ]  # fmt: skip

    def listed(self, since: date, until: date, offset: int) -> Call:
        fields: list[tuple[str, Value]] = [
            ("createdFrom", since.isoformat()), ("createdTo", until.isoformat()), ("offset", offset)
        ]  # fmt: skip
        return self._call("find", "getMyShipments", fields, reads=True)

    def labels(self, ids: Sequence[str], fmt: LabelFormat) -> Call:
        kind = "BLP" if fmt == "pdf" else "ZBLP300" if self.settings.dpi == 300 else "ZBLP"
        items: list[tuple[str, Value]] = [("item", [("labelType", kind), ("shipmentId", i)]) for i in ids]
        return self._call("label", "getLabels", [("itemsToPrint", items)], reads=True)

    def cancel(self, id: str) -> Call:
        return self._call("cancel", "deleteShipments", [("shipments", [("item", id)])], reads=False)

    def track(self, number: str) -> Call:
        return self._call("track", "getTrackAndTraceInfo", [("shipmentId", number)], reads=True)

    def pickup(self, ids: Sequence[str], window: tuple[datetime, datetime], comment: str) -> Call:
        first, last = (t.astimezone(WARSAW) for t in window)
        fields: list[tuple[str, Value]] = [
            ("pickupDate", f"{first:%Y-%m-%d}"), ("pickupTimeFrom", f"{first:%H:%M}"), ("pickupTimeTo", f"{last:%H:%M}"),
            ("additionalInfo", comment[:50]), ("shipmentIdList", [("item", i) for i in ids]),
        ]  # fmt: skip
        return self._call("pickup", "bookCourier", fields, reads=False)

    def protocol(self, day: date) -> Call:
        """Of a whole day, not of a list: DHL24 has no other."""
        asked: list[tuple[str, Value]] = [
            ("authData", self._login()),
            ("date", day.isoformat()),
            ("type", "ALL"),
        ]
        body = envelope(xml("web:getPnp", [("pnpRequest", asked)]), {"web": SPACE})
        return self._post("protocol", "getPnp", body, reads=True)


def _today() -> date:
    return datetime.now(WARSAW).date()


def _service(s: ShipmentIn, product: str) -> list[tuple[str, Value]]:
    """Cash on delivery must be insured for at least as much."""
    insured: Decimal | None = max((m for m in (s.insured, s.cod_amount) if m is not None), default=None)
    found: list[tuple[str, Value]] = [("product", product)]
    if s.cod_amount is not None:
        found += [
            ("collectOnDelivery", True), ("collectOnDeliveryValue", f"{s.cod_amount:.2f}"),
            ("collectOnDeliveryForm", "BANK_TRANSFER"), ("collectOnDeliveryReference", s.reference),
        ]  # fmt: skip
    if insured is not None:
        found += [("insurance", True), ("insuranceValue", f"{insured:.2f}")]
    return found


def _party(p: Party, contact: str | None = None) -> list[tuple[str, Value]]:
    street, number = split_street(p.street)
    house, _, flat = number.partition("/")
    return [
        ("name", p.company or p.name), ("postalCode", plain_postcode(p.postcode)), ("city", p.city), ("street", street),
        ("houseNumber", house), ("apartmentNumber", flat or None), ("contactPerson", contact or p.name),
        ("contactPhone", polish_phone(p.phone)), ("contactEmail", p.email),
    ]  # fmt: skip


def faults(s: ShipmentIn, product: str) -> list[FieldError]:
    found = too_long([
        *of_party("receiver", s.receiver, name=60, street=45, city=30), ("reference", s.reference, 50),
        ("comment", s.comment, 100),
    ])  # fmt: skip
    if not split_street(s.receiver.street)[1]:
        found.append(
            ours(
                "receiver.street",
                "number-missing",
                "DHL needs the number of the house",
                "DHL wymaga numeru domu",
            )
        )
    if len(s.parcels) != 1:
        found.append(
            ours(
                "parcels",
                "too-many",
                "a DHL booking has one parcel, so that each has its own number",
                "nadanie w DHL ma jedną paczkę, aby każda miała swój numer",
            )
        )
    if product == POINT and not s.point:
        found.append(
            ours(
                "point",
                "missing",
                "delivery to a DHL point needs its number",
                "doręczenie do punktu DHL wymaga jego numeru",
            )
        )
    if s.cod_amount is not None and s.cod_currency != "PLN":
        found.append(collects_no("DHL24", s))
    return found + too_heavy(s, MOST_G) + needs_sizes(s)


def by_three(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[i : i + MOST_LABELS] for i in range(0, len(ids), MOST_LABELS))
