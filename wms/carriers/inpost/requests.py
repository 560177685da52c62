"""What is sent to ShipX: pure functions from our values to a call."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from wms.carriers.account import Link
from wms.carriers.errors import FieldError, Rejected, ours
from wms.carriers.port import LabelFormat, ParcelIn, Party, PointQuery, ShipmentIn
from wms.carriers.shaping import (
    WARSAW,
    kg,
    needs_sizes,
    of_party,
    polish_phone,
    split_street,
    too_heavy,
    too_long,
)
from wms.carriers.wire import Call

PRODUCTION = "https://api-shipx-pl.easypack24.net"
TEST = "https://sandbox-api-shipx-pl.easypack24.net"

SERVICES = {
    "standard": "inpost_courier_standard",
    "courier": "inpost_courier_standard",
    "locker": "inpost_locker_standard",
}
LOCKER_MM = {"small": (80, 380, 640), "medium": (190, 380, 640), "large": (410, 380, 640)}
LOCKER_MOST_G = 25_000
MOST_IDS = 100
_JSON = msgspec.json.Encoder(decimal_format="number")
SIZED = ("inpost_locker", "inpost_courier_c2c")


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """A token belongs to one organization. ``webhook_secret``: what InPost signs its webhooks with."""

    token: str
    organization_id: str
    webhook_secret: str | None = None


class Settings(Link, frozen=True, kw_only=True):
    """``label_type`` of PDF labels; ``mpk``: the cost centre that splits the bill; ``sending_method`` as ShipX names them.

    ``webhooks`` says whether InPost signs them for this account; unsigned ones must be allowed in so many words.
    """

    label_type: Literal["normal", "A6"] = "A6"
    mpk: str | None = None
    sending_method: str | None = None
    webhooks: Literal["signed", "unsigned"] = "signed"


class Shipx:
    """The addresses of one account."""

    def __init__(self, settings: Settings, access: Access) -> None:
        self.root = settings.at(PRODUCTION, TEST)
        self.settings, self.access = settings, access
        self.org = f"/v1/organizations/{quote(access.organization_id, safe='')}"

    def call(
        self, name: str, method: str, path: str, *, reads: bool, query: Sequence[tuple[str, str]] = (), body: Any = None,
        secret: bool = True,
    ) -> Call:  # fmt: skip
        headers = {"Accept-Language": "keys", "X-User-Agent": "wms", "X-User-Agent-Version": "1"}
        if secret:
            headers["Authorization"] = f"Bearer {self.access.token}"
        content = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            content = _JSON.encode(body)
        return Call(
            name=name,
            method=method,
            url=self.root + path,
            reads=reads,
            headers=headers,
            query=query,
            body=content,
        )

    def create(self, s: ShipmentIn) -> Call:
        """Raises ``Rejected`` with every field that ShipX would refuse."""
        body = shipment(s, self.settings)
        return self.call("create", "POST", f"{self.org}/shipments", reads=False, body=body)

    def find(self, ref: str, page: int) -> Call:
        query = [("reference", ref), ("page", str(page)), ("per_page", "50")]
        return self.call("find", "GET", f"{self.org}/shipments", reads=True, query=query)

    def get(self, id: str) -> Call:
        return self.call("poll", "GET", f"/v1/shipments/{quote(id, safe='')}", reads=True)

    def cancel(self, id: str) -> Call:
        return self.call("cancel", "DELETE", f"/v1/shipments/{quote(id, safe='')}", reads=False)

    def label(self, id: str, fmt: LabelFormat) -> Call:
        path = f"/v1/shipments/{quote(id, safe='')}/label"
        return self.call("label", "GET", path, reads=True, query=self._look(fmt))

    def labels(self, ids: Sequence[str], fmt: LabelFormat) -> Call:
        query = [("shipment_ids[]", i) for i in ids] + self._look(fmt)
        return self.call("label_sheet", "GET", f"{self.org}/shipments/labels", reads=True, query=query)

    def _look(self, fmt: LabelFormat) -> list[tuple[str, str]]:
        if fmt == "zpl":
            return [("format", "Zpl"), ("type", "A6")]
        return [("format", "Pdf"), ("type", self.settings.label_type)]

    def pickup(self, ids: Sequence[str], window: tuple[datetime, datetime], address: Party) -> Call:
        first, last = (t.astimezone(WARSAW) for t in window)
        body: dict[str, Any] = {
            "shipments": list(ids), "name": address.company or address.name, "phone": polish_phone(address.phone),
            "email": address.email, "address": _address(address),
            "comment": f"{first:%Y-%m-%d %H:%M}-{last:%H:%M}", "office_hours": f"{first:%H:%M}-{last:%H:%M}",
        }  # fmt: skip
        return self.call("pickup", "POST", f"{self.org}/dispatch_orders", reads=False, body=_full(body))

    def printout(self, ids: Sequence[str]) -> Call:
        query = [("shipment_ids[]", i) for i in ids] + [("format", "Pdf")]
        return self.call("protocol", "GET", f"{self.org}/dispatch_orders/printouts", reads=True, query=query)

    def track(self, number: str) -> Call:
        return self.call("track", "GET", f"/v1/tracking/{quote(number, safe='')}", reads=True, secret=False)

    def points(self, q: PointQuery) -> Call:
        wanted = {
            "name": q.code, "city": q.city, "post_code": q.postcode,
            "relative_point": f"{q.near[0]:.6f},{q.near[1]:.6f}" if q.near else None, "per_page": str(q.limit),
        }  # fmt: skip
        query = [(k, v) for k, v in wanted.items() if v]
        return self.call("points", "GET", "/v1/points", reads=True, query=query, secret=False)


def shipment(s: ShipmentIn, settings: Settings) -> dict[str, Any]:
    """The body of a booking. A locker wants a size and the receiver's phone and e-mail, a courier the address."""
    service = (settings.services or SERVICES).get(s.service, s.service)
    locker = service.startswith("inpost_locker")
    if errors := _faults(s, service, locker):
        raise Rejected(errors)
    receiver = _party(s.receiver) | ({} if locker else {"address": _address(s.receiver)})
    custom = {"target_point": s.point if locker else None, "sending_method": settings.sending_method}
    insured = max([m for m in (s.insured, s.cod_amount) if m is not None], default=None)
    return _full({
        "receiver": receiver,
        "sender": _party(s.sender) | {"address": _address(s.sender)},
        "parcels": [_parcel(p, service, i) for i, p in enumerate(s.parcels)],
        "service": service,
        "custom_attributes": _full(custom),
        "cod": {"amount": s.cod_amount, "currency": s.cod_currency} if s.cod_amount is not None else None,
        "insurance": {"amount": insured, "currency": s.cod_currency} if insured is not None else None,
        "reference": s.reference,
        "mpk": settings.mpk,
        "comments": s.comment,
    })  # fmt: skip


def _faults(s: ShipmentIn, service: str, locker: bool) -> list[FieldError]:
    found = too_long([
        *of_party("receiver", s.receiver, name=255, street=255, city=255), ("comment", s.comment, 100),
        ("reference", s.reference, 100),
    ])  # fmt: skip
    found += too_heavy(s, LOCKER_MOST_G if locker else 50_000)
    if locker:
        wanted = (
            ("receiver.phone", s.receiver.phone),
            ("receiver.email", s.receiver.email),
            ("point", s.point),
        )
        found += [
            ours(f, "missing", f"{service} needs it", f"{service} tego wymaga")
            for f, value in wanted
            if not value
        ]
        if len(s.parcels) > 1:
            found.append(
                ours(
                    "parcels",
                    "too-many",
                    "a locker booking has one parcel",
                    "nadanie do automatu ma jedną paczkę",
                )
            )
    elif not split_street(s.receiver.street)[1]:
        found.append(
            ours(
                "receiver.street",
                "number-missing",
                "a courier needs the number of the house",
                "kurier wymaga numeru domu",
            )
        )
    return found + needs_sizes(s)


def _parcel(p: ParcelIn, service: str, i: int) -> dict[str, Any]:
    sides = sorted((p.length_mm or 0, p.width_mm or 0, p.height_mm or 0))
    if service.startswith(SIZED):
        for template, room in LOCKER_MM.items():
            if all(side <= most for side, most in zip(sides, room, strict=True)):
                return {"template": template}
        raise Rejected(
            [
                ours(
                    f"parcels.{i}",
                    "too-large",
                    f"{'x'.join(map(str, sides))} mm fits into no locker",
                    f"{'x'.join(map(str, sides))} mm nie zmieści się w żadnej skrytce",
                )
            ]
        )
    return {
        "dimensions": {"length": p.length_mm, "width": p.width_mm, "height": p.height_mm, "unit": "mm"},
        "weight": {"amount": kg(p.weight_g), "unit": "kg"},
    }


def _party(p: Party) -> dict[str, Any]:
    first, _, last = p.name.partition(" ")
    return _full({
        "company_name": p.company, "first_name": first, "last_name": last or first, "email": p.email,
        "phone": polish_phone(p.phone),
    })  # fmt: skip


def _address(p: Party) -> dict[str, Any]:
    street, number = split_street(p.street)
    return {
        "street": street, "building_number": number, "city": p.city, "post_code": p.postcode, "country_code": p.country,
    }  # fmt: skip


def _full(values: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in values.items() if v not in (None, "", {})}


def at_most(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    """The ids in portions that one call takes."""
    return (ids[i : i + MOST_IDS] for i in range(0, len(ids), MOST_IDS))
