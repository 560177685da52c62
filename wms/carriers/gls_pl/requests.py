"""What is sent to GLS: pure functions from our values to a call."""

import base64
from collections.abc import Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

import msgspec

from wms.carriers.account import Link
from wms.carriers.errors import FieldError, Rejected, ours
from wms.carriers.port import LabelFormat, Party, ShipmentIn
from wms.carriers.shaping import (
    WARSAW,
    collects_no,
    kg,
    of_party,
    plain_postcode,
    polish_phone,
    too_heavy,
    too_long,
)
from wms.carriers.soap import Value, envelope, xml
from wms.carriers.wire import Call

PRODUCTION, TEST = "https://adeplus.gls-poland.com", "https://ade-test.gls-poland.com"
PATH = "/adeplus/pm1/ade_webapi2.php"
SPACE = PRODUCTION + PATH
TRACKING = "https://api.gls-group.eu"
TRACKING_PATH = "/public/v1/tracking/references/"

MOST_G = 31_500
PAGE = 100
SERVICES = {
    "standard": "",
    "courier": "",
    "10:00": "s10",
    "12:00": "s12",
    "saturday": "sat",
    "point": "sds",
    "locker": "sds",
}
"""Our words for the switches of ``srv_bool``; the plain service has none."""
POINT = "sds"
SWITCHES = frozenset(
    ["exw", "rod", "pod", "exc", "ident", "daw", "ps", "pr", "s10", "s12", "sat", "ow", "srs", "sds", "ado"]
)
"""Services that ADE switches on by name; it is an element of the message, so nothing else may stand there."""


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """The ADE account, and the GLS group's own login for tracking where there is one."""

    user: str
    password: str
    tracking_user: str = ""
    tracking_password: str = ""


class Settings(Link, frozen=True, kw_only=True):
    """``pdf_mode`` and ``zpl_mode`` as ADE names its kinds of labels, ``receipt`` its kinds of protocols."""

    pdf_mode: str = "roll_160x100_vertical_pdf"
    zpl_mode: Literal["roll_160x100_zebra", "roll_160x100_zebra_300"] = "roll_160x100_zebra"
    receipt: Literal["with_barcodes", "condensed", "condensed_description_of_pickup"] = "with_barcodes"


class Ade:
    """Calls of ADE; each but the login wants a session."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.url = settings.at(PRODUCTION, TEST) + PATH

    def call(
        self,
        name: str,
        operation: str,
        fields: Sequence[tuple[str, Value]],
        *,
        reads: bool,
        session: str = "",
    ) -> Call:
        first: list[tuple[str, Value]] = [("session", session)] if session else []
        body = envelope(xml(f"ade:{operation}", [*first, *fields]), {"ade": SPACE})
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{SPACE}/{operation}"'}
        return Call(name=name, method="POST", url=self.url, reads=reads, headers=headers, body=body)

    def login(self, access: Access) -> Call:
        fields: list[tuple[str, Value]] = [("user_name", access.user), ("user_password", access.password)]
        return self.call("login", "adeLogin", fields, reads=True)

    def create(self, s: ShipmentIn, session: str) -> Call:
        """Raises ``Rejected`` with every field that GLS would refuse."""
        fields = [("consign_prep_data", consignment(s, self.settings))]
        return self.call("create", "adePreparingBox_Insert", fields, reads=False, session=session)

    def ids(self, start: str, session: str) -> Call:
        return self.call(
            "find", "adePreparingBox_GetConsignIDs", [("id_start", start)], reads=True, session=session
        )

    def consignment(self, name: str, id: str, session: str) -> Call:
        return self.call(name, "adePreparingBox_GetConsign", [("id", id)], reads=True, session=session)

    def cancel(self, id: str, session: str) -> Call:
        return self.call(
            "cancel", "adePreparingBox_DeleteConsign", [("id", id)], reads=False, session=session
        )

    def label(self, id: str, fmt: LabelFormat, session: str) -> Call:
        mode = self.settings.pdf_mode if fmt == "pdf" else self.settings.zpl_mode
        fields: list[tuple[str, Value]] = [("id", id), ("mode", mode)]
        return self.call("label", "adePreparingBox_GetConsignLabels", fields, reads=True, session=session)

    def hand_over(self, ids: Sequence[str], session: str) -> Call:
        fields: list[tuple[str, Value]] = [("consigns_ids", [("items", i) for i in ids]), ("desc", mark(ids))]
        return self.call("protocol", "adePickup_Create", fields, reads=False, session=session)

    def pickups(self, session: str) -> Call:
        return self.call("find_pickup", "adePickup_GetIDs", [("id_start", "0")], reads=True, session=session)

    def pickup(self, id: str, session: str) -> Call:
        return self.call("find_pickup", "adePickup_Get", [("id", id)], reads=True, session=session)

    def receipt(self, id: str, session: str) -> Call:
        fields: list[tuple[str, Value]] = [("id", id), ("mode", self.settings.receipt)]
        return self.call("receipt", "adePickup_GetReceipt", fields, reads=True, session=session)

    def courier(self, parcels: int, window: tuple[datetime, datetime], address: Party, session: str) -> Call:
        day = window[0].astimezone(WARSAW).date().isoformat()
        fields: list[tuple[str, Value]] = [
            ("parcelamount", parcels), ("date", day), ("emailnotification", address.email or None)
        ]  # fmt: skip
        return self.call("pickup", "adeCourier_Order", fields, reads=False, session=session)

    def track(self, number: str, access: Access) -> Call:
        basic = base64.b64encode(f"{access.tracking_user}:{access.tracking_password}".encode()).decode()
        headers = {"Authorization": f"Basic {basic}", "Accept": "application/json", "Accept-Language": "en"}
        url = self.settings.at(TRACKING, TRACKING) + TRACKING_PATH + quote(number, safe="")
        return Call(name="track", method="GET", url=url, reads=True, headers=headers)


def mark(ids: Sequence[str]) -> str:
    """The description of a pickup: the same for the same bookings, so that a pickup is never closed twice."""
    return f"WMS {sha256(','.join(sorted(ids)).encode()).hexdigest()[:24]}"


def consignment(s: ShipmentIn, settings: Settings) -> list[tuple[str, Value]]:
    switch = (settings.services or SERVICES).get(s.service, s.service)
    if errors := faults(s, switch):
        raise Rejected(errors)
    r = s.receiver
    services: list[tuple[str, Value]] = [("cod", s.cod_amount is not None)]
    if s.cod_amount is not None:
        services.append(("cod_amount", f"{s.cod_amount:.2f}"))
    if switch:
        services.append((switch, True))
    sender: list[tuple[str, Value]] = [
        ("name1", s.sender.company or s.sender.name), ("country", s.sender.country),
        ("zipcode", plain_postcode(s.sender.postcode)), ("city", s.sender.city), ("street", s.sender.street),
    ]  # fmt: skip
    parcels: list[tuple[str, Value]] = [
        ("items", [("reference", p.reference), ("weight", f"{kg(p.weight_g):f}")]) for p in s.parcels
    ]
    return [
        ("rname1", r.company or r.name), ("rname2", r.name if r.company else ""), ("rname3", ""), ("rcountry", r.country),
        ("rzipcode", r.postcode), ("rcity", r.city), ("rstreet", r.street), ("rphone", polish_phone(r.phone)),
        ("rcontact", r.email), ("references", s.reference), ("notes", s.comment), ("quantity", len(s.parcels)),
        ("weight", f"{kg(sum(p.weight_g for p in s.parcels)):f}"),
        ("date", (s.ship_on or _today()).isoformat()), ("sendaddr", sender), ("srv_bool", services),
        ("srv_sds", [("id", s.point)] if switch == POINT else None), ("parcels", parcels),
    ]  # fmt: skip


def _today() -> date:
    return datetime.now(WARSAW).date()


def faults(s: ShipmentIn, switch: str) -> list[FieldError]:
    found = too_long([
        *of_party("receiver", s.receiver, name=40, street=50, city=30), ("reference", s.reference, 25),
        ("comment", s.comment, 80), *((f"parcels.{i}.reference", p.reference, 25) for i, p in enumerate(s.parcels)),
    ])  # fmt: skip
    found += too_heavy(s, MOST_G)
    if switch and switch not in SWITCHES:
        found.append(
            ours(
                "service",
                "not-served",
                f"GLS has no service {switch[:40]}",
                f"GLS nie ma usługi {switch[:40]}",
            )
        )
    if switch == POINT:
        wanted = (
            ("point", s.point),
            ("receiver.phone", s.receiver.phone),
            ("receiver.email", s.receiver.email),
        )
        found += [
            ours(f, "missing", "delivery to a GLS point needs it", "wymagane przy doręczeniu do punktu GLS")
            for f, value in wanted
            if not value
        ]
    if s.cod_amount is not None and s.cod_currency != "PLN":
        found.append(collects_no("GLS Poland", s))
    return found
