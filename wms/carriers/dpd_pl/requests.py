"""What is sent to DPD: pure functions from our values to a call."""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from wms.carriers.account import Link
from wms.carriers.errors import FieldError, Rejected, ours
from wms.carriers.port import LabelFormat, ParcelIn, Party, ShipmentIn
from wms.carriers.shaping import (
    WARSAW,
    collects_no,
    kg,
    of_party,
    plain_postcode,
    polish_phone,
    too_heavy,
    too_long,
    whole_cm,
)
from wms.carriers.soap import envelope, xml
from wms.carriers.wire import Call

PRODUCTION, TEST = "https://dpdservices.dpd.com.pl", "https://dpdservicesdemo.dpd.com.pl"
INFO = "https://dpdinfoservices.dpd.com.pl"
"""Tracking only reads, and no test host of it is published."""
INFO_PATH = "/DPDInfoServicesObjEventsService/DPDInfoServicesObjEvents"
INFO_SPACE = "http://events.dpdinfoservices.dpd.com.pl/"

MOST_G = 31_500
SERVICES: dict[str, str] = {"standard": "", "courier": "", "locker": "DPD_PICKUP", "point": "DPD_PICKUP"}
"""The plain service has no code at all."""
PICKUP_POINT = "DPD_PICKUP"
_JSON = msgspec.json.Encoder(decimal_format="number")


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """``master_fid`` is DPD's number of the customer."""

    login: str
    password: str
    master_fid: str


class Settings(Link, frozen=True, kw_only=True):
    """``payer_fid``: who pays when it is not the master; ``page`` of PDF labels; ``channel`` for tracking."""

    payer_fid: int | None = None
    page: Literal["LBL_PRINTER", "A4"] = "LBL_PRINTER"
    channel: str = ""


class Booking(msgspec.Struct, frozen=True):
    """DPD knows a booking by its numbers, so these are its id; abroad it wants to be told so."""

    domestic: bool
    waybills: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"{'D' if self.domestic else 'I'}:{','.join(self.waybills)}"

    @classmethod
    def of(cls, id: str) -> "Booking":
        kind, _, waybills = id.partition(":")
        return cls(kind == "D", tuple(w for w in waybills.split(",") if w))


class Dpd:
    def __init__(self, settings: Settings, access: Access) -> None:
        self.settings, self.access = settings, access
        self.root = settings.at(PRODUCTION, TEST)

    def _post(self, name: str, path: str, body: Any, *, reads: bool) -> Call:
        basic = base64.b64encode(f"{self.access.login}:{self.access.password}".encode()).decode()
        headers = {
            "Authorization": f"Basic {basic}", "X-DPD-FID": self.access.master_fid, "Content-Type": "application/json",
            "Accept": "application/json",
        }  # fmt: skip
        return Call(
            name=name,
            method="POST",
            url=self.root + path,
            reads=reads,
            headers=headers,
            body=_JSON.encode(body),
        )

    @property
    def payer(self) -> int:
        try:
            return self.settings.payer_fid or int(self.access.master_fid)
        except ValueError:
            raise Rejected(
                [
                    ours(
                        "payer_fid",
                        "invalid",
                        "DPD's customer number is made of digits",
                        "numer klienta DPD składa się z cyfr",
                    )
                ]
            ) from None

    def create(self, s: ShipmentIn) -> Call:
        """Raises ``Rejected`` with every field that DPD would refuse."""
        body = {"generationPolicy": "ALL_OR_NOTHING", "packages": [self._package(s)]}
        return self._post("create", "/public/shipment/v1/generatePackagesNumbers", body, reads=False)

    def _package(self, s: ShipmentIn) -> dict[str, Any]:
        code = (self.settings.services or SERVICES).get(s.service, s.service)
        if errors := faults(s, code):
            raise Rejected(errors)
        services: list[dict[str, Any]] = []
        if code:
            services.append(_service(code, {}))
        if s.cod_amount is not None:
            services.append(_service("COD", {"AMOUNT": f"{s.cod_amount:.2f}", "CURRENCY": s.cod_currency}))
        if s.insured is not None:
            services.append(
                _service("DECLARED_VALUE", {"AMOUNT": f"{s.insured:.2f}", "CURRENCY": s.cod_currency})
            )
        return _full({
            "reference": s.reference, "ref1": s.reference, "ref2": s.comment, "payerFID": self.payer,
            "sender": _party(s.sender), **_to(s, code), "services": services,
            "parcels": [_parcel(s, p, i) for i, p in enumerate(s.parcels)],
        })  # fmt: skip

    def labels(self, b: Booking, fmt: LabelFormat) -> Call:
        body = {
            "labelSearchParams": {"policy": "STOP_ON_FIRST_ERROR", "session": _session(b)},
            "outputDocFormat": fmt.upper(), "format": self.settings.page if fmt == "pdf" else "LBL_PRINTER",
            "outputType": "BIC3",
        }  # fmt: skip
        return self._post("label", "/public/shipment/v1/generateSpedLabels", body, reads=True)

    def protocol(self, bookings: Sequence[Booking]) -> Call:
        """Advises DPD of the parcels, so that it is no mere reading."""
        every = Booking(all(b.domestic for b in bookings), tuple(w for b in bookings for w in b.waybills))
        body = {
            "protocolSearchParams": {"policy": "STOP_ON_FIRST_ERROR", "session": _session(every)},
            "outputDocFormat": "PDF", "format": "A4",
        }  # fmt: skip
        return self._post("protocol", "/public/shipment/v1/generateProtocol", body, reads=False)

    def pickup(self, bookings: Sequence[Booking], window: tuple[datetime, datetime], address: Party) -> Call:
        first, last = (t.astimezone(WARSAW) for t in window)
        name = address.company or address.name
        body = {
            "operationType": "INSERT", "orderType": "DOMESTIC", "waybillsReady": True,
            "pickupDate": f"{first:%Y-%m-%d}", "pickupTimeFrom": f"{first:%H:%M}", "pickupTimeTo": f"{last:%H:%M}",
            "pickupCallSimplifiedDetails": {
                "pickupPayer": {"payerNumber": self.payer, "payerName": name},
                "pickupCustomer": {"customerName": name, "customerPhone": polish_phone(address.phone)},
                "pickupSender": {
                    "senderName": name, "senderAddress": address.street, "senderCity": address.city,
                    "senderPostalCode": plain_postcode(address.postcode), "senderPhone": polish_phone(address.phone),
                },
                "packagesParams": {"standardParcel": True, "parcelsCount": sum(len(b.waybills) for b in bookings)},
            },
        }  # fmt: skip
        return self._post("pickup", "/public/courierorder/v1/packagesPickupCall", body, reads=False)

    def track(self, waybill: str) -> Call:
        root = self.settings.at(INFO, INFO)
        login = [
            ("channel", self.settings.channel),
            ("login", self.access.login),
            ("password", self.access.password),
        ]
        body = xml("even:getEventsForWaybillV1", [
            ("waybill", waybill), ("eventsSelectType", "ALL"), ("language", "PL"), ("authDataV1", login),
        ])  # fmt: skip
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        return Call(
            name="track", method="POST", url=root + INFO_PATH, reads=True, headers=headers,
            body=envelope(body, {"even": INFO_SPACE}),
        )  # fmt: skip


def faults(s: ShipmentIn, code: str) -> list[FieldError]:
    found = too_long([
        *of_party("receiver", s.receiver, name=100, street=100, city=50), ("reference", s.reference, 50),
        ("comment", s.comment, 100), *((f"parcels.{i}.reference", p.reference, 50) for i, p in enumerate(s.parcels)),
    ])  # fmt: skip
    found += too_heavy(s, MOST_G)
    if code == PICKUP_POINT and not s.point:
        found.append(
            ours(
                "point",
                "missing",
                "delivery to a DPD point needs its number",
                "doręczenie do punktu DPD wymaga jego numeru",
            )
        )
    if s.cod_amount is not None and s.cod_currency not in ("PLN", "EUR", "RON", "CZK"):
        found.append(collects_no("DPD", s))
    return found


def _party(p: Party) -> dict[str, Any]:
    return _full({
        "company": p.company, "name": p.name, "address": p.street, "city": p.city, "countryCode": p.country,
        "postalCode": plain_postcode(p.postcode), "phone": polish_phone(p.phone), "email": p.email,
    })  # fmt: skip


def _to(s: ShipmentIn, code: str) -> dict[str, Any]:
    """A point replaces the receiver's address; who may fetch the parcel stays."""
    if code != PICKUP_POINT:
        return {"receiver": _party(s.receiver)}
    who = {k: v for k, v in _party(s.receiver).items() if k in ("company", "name", "phone", "email")}
    return {"pudoReceiver": who | {"pudoId": s.point}}


def _parcel(s: ShipmentIn, p: ParcelIn, i: int) -> dict[str, Any]:
    sides = {"sizeX": p.length_mm, "sizeY": p.width_mm, "sizeZ": p.height_mm}
    return _full({
        "reference": f"{s.reference}/{i + 1}", "weight": kg(p.weight_g), "customerData1": p.reference,
        **{k: whole_cm(mm) for k, mm in sides.items() if mm},
    })  # fmt: skip


def _service(code: str, attributes: dict[str, str | None]) -> dict[str, Any]:
    return {"code": code, "attributes": [{"code": k, "value": v} for k, v in attributes.items()]}


def _session(b: Booking) -> dict[str, Any]:
    kind = "DOMESTIC" if b.domestic else "INTERNATIONAL"
    return {"type": kind, "packages": [{"parcels": [{"waybill": w} for w in b.waybills]}]}


def _full(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v is not None}
