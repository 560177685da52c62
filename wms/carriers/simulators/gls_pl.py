"""GLS Poland in small: sessions that end, a box without numbers until a label is drawn, pickups that cannot be undone."""

import base64
import re
import secrets
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from wms.carriers.gls_pl.requests import PAGE, PATH, SPACE, TRACKING_PATH
from wms.carriers.shaping import WARSAW
from wms.carriers.simulators.papers import LabelText, label_pdf, label_zpl, protocol_pdf
from wms.carriers.simulators.server import Reply, Request, in_json
from wms.carriers.soap import Value, envelope, text, tree, xml

USER, PASSWORD, TRACKING_USER, TRACKING_PASSWORD = (
    "simulated",
    "simulated-password",
    "sim-track",
    "sim-track-password",
)
NAMES = {
    "adeLogin": "login", "adePreparingBox_Insert": "create", "adePreparingBox_GetConsignIDs": "find",
    "adePreparingBox_GetConsign": "poll", "adePreparingBox_DeleteConsign": "cancel",
    "adePreparingBox_GetConsignLabels": "label", "adePickup_Create": "protocol", "adePickup_GetIDs": "find_pickup",
    "adePickup_Get": "read_pickup", "adePickup_GetReceipt": "receipt", "adeCourier_Order": "pickup",
}  # fmt: skip


class Refused(Exception):
    pass


class GlsPl:
    code = "gls_pl"

    def __init__(self) -> None:
        self.sessions: set[str] = set()
        self.box: dict[str, dict[str, Any]] = {}
        self.gone: dict[str, dict[str, Any]] = {}
        self.pickups: dict[str, dict[str, Any]] = {}
        self.cars: list[dict[str, str]] = []
        self.made = 0
        self.events: dict[str, list[dict[str, str]]] = {}

    def name_of(self, r: Request) -> str:
        if r.method == "GET" and r.path.startswith(TRACKING_PATH):
            return "track"
        if r.method != "POST" or r.path != PATH:
            return ""
        try:
            return NAMES.get(_operation(r).tag, "")
        except (ValueError, AttributeError):
            return ""

    def answer(self, call: str, r: Request) -> Reply:
        if call == "track":
            return self._track(r)
        asked = _operation(r)
        try:
            if call != "login" and text(asked, "session") not in self.sessions:
                raise Refused("err_sess_not_found")
            found: list[tuple[str, Value]] = getattr(self, f"_{call}")(asked)
        except Refused as e:
            return _fault(str(e))
        return Reply(
            200, envelope(xml(f"ns1:{asked.tag}Response", [("return", found)]), {"ns1": SPACE}), "text/xml"
        )

    def refuse(self, kind: str, call: str, r: Request) -> Reply:
        if call == "track":
            return in_json({"errors": [{"exitCode": "E401"}]}, 401)
        if kind == "expired":
            self.sessions.clear()
            return _fault("err_sess_expired")
        return _fault("err_user_insufficient_permissions")

    def _login(self, e: Element) -> list[tuple[str, Value]]:
        if (text(e, "user_name"), text(e, "user_password")) != (USER, PASSWORD):
            raise Refused("err_user_incorrect_username_password")
        session = secrets.token_hex(32)
        self.sessions.add(session)
        return [("session", session)]

    def _create(self, e: Element) -> list[tuple[str, Value]]:
        data = e.find("consign_prep_data")
        assert data is not None
        country, code = text(data, "rcountry"), text(data, "rzipcode")
        if country == "PL" and not re.fullmatch(r"\d\d-\d{3}", code):
            raise Refused(f"err_cons_rzipcode_is_invalid|{code}")
        if float(text(data, "weight") or 0) <= 0:
            raise Refused("err_cons_weight_is_invalid")
        self.made += 1
        id = str(900_000 + self.made)
        parcels = [{"reference": text(p, "reference"), "number": ""} for p in data.findall("parcels/items")]
        self.box[id] = {
            "references": text(data, "references"),
            "parcels": parcels,
            "city": text(data, "rcity"),
        }
        return [("id", id)]

    def _held(self, e: Element) -> tuple[str, dict[str, Any]]:
        id = text(e, "id")
        if id not in self.box:
            raise Refused("err_cons_not_found")
        return id, self.box[id]

    def _find(self, e: Element) -> list[tuple[str, Value]]:
        start = text(e, "id_start") or "0"
        ids = [i for i in sorted(self.box) if int(i) > int(start)]
        return [("items", i) for i in ids[:PAGE]]

    def _poll(self, e: Element) -> list[tuple[str, Value]]:
        _, c = self._held(e)
        parcels: list[tuple[str, Value]] = [
            ("items", [("number", p["number"]), ("reference", p["reference"])]) for p in c["parcels"]
        ]
        return [("references", c["references"]), ("quantity", len(c["parcels"])), ("parcels", parcels)]

    def _cancel(self, e: Element) -> list[tuple[str, Value]]:
        id, _ = self._held(e)
        del self.box[id]
        return [("id", id)]

    def _number(self, id: str, c: dict[str, Any]) -> None:
        for i, p in enumerate(c["parcels"]):
            if not p["number"]:
                digits = f"{7_000_000_000 + int(id) * 10 + i:011d}"
                p["number"] = digits + str(-sum(int(d) * (3, 1)[k % 2] for k, d in enumerate(digits)) % 10)
                self._step(p["number"], "0.100")

    def _label(self, e: Element) -> list[tuple[str, Value]]:
        id, c = self._held(e)
        self._number(id, c)
        labels = [
            LabelText("GLS", p["number"], "Business Parcel", c["references"], "PL") for p in c["parcels"]
        ]
        zpl = "zebra" in text(e, "mode")
        content = label_zpl(labels) if zpl else label_pdf(labels, 100, 160)
        return [("labels", base64.b64encode(content).decode())]

    def _protocol(self, e: Element) -> list[tuple[str, Value]]:
        ids = [i.text or "" for i in e.findall("consigns_ids/items")]
        if not ids or any(i not in self.box for i in ids):
            raise Refused("err_cons_not_found")
        for id in ids:
            self._number(id, self.box[id])
            self.gone[id] = self.box.pop(id)
        pickup = str(50_000 + len(self.pickups))
        self.pickups[pickup] = {"desc": text(e, "desc"), "consigns": ids}
        return [("id", pickup)]

    def _find_pickup(self, e: Element) -> list[tuple[str, Value]]:
        return [("items", i) for i in sorted(self.pickups, reverse=True)]

    def _read_pickup(self, e: Element) -> list[tuple[str, Value]]:
        found = self.pickups.get(text(e, "id"))
        if found is None:
            raise Refused("err_pickup_not_found")
        return [("desc", found["desc"]), ("quantity", len(found["consigns"]))]

    def _receipt(self, e: Element) -> list[tuple[str, Value]]:
        found = self.pickups.get(text(e, "id"))
        if found is None:
            raise Refused("err_pickup_not_found")
        numbers = [p["number"] for i in found["consigns"] for p in self.gone[i]["parcels"]]
        paper = protocol_pdf("GLS (simulated): potwierdzenie nadania", numbers)
        return [("receipt", base64.b64encode(paper).decode())]

    def _pickup(self, e: Element) -> list[tuple[str, Value]]:
        if int(text(e, "parcelamount") or 0) < 1:
            raise Refused("err_courier_parcelamount_is_invalid")
        self.cars.append({"date": text(e, "date"), "parcels": text(e, "parcelamount")})
        return [("id", str(3000 + len(self.cars)))]

    def _track(self, r: Request) -> Reply:
        basic = base64.b64encode(f"{TRACKING_USER}:{TRACKING_PASSWORD}".encode()).decode()
        if r.headers.get("authorization") != f"Basic {basic}":
            return self.refuse("denied", "track", r)
        number = r.path.removeprefix(TRACKING_PATH)
        if number not in self.events:
            return in_json({"errors": [{"exitCode": "E404"}]}, 404)
        return in_json({"parcels": [{"trackid": number, "events": list(reversed(self.events[number]))}]})

    def _step(self, number: str, code: str) -> None:
        stamp = datetime.now(WARSAW).strftime("%Y-%m-%dT%H:%M:%S.%f%z")
        self.events.setdefault(number, []).append(
            {"timestamp": stamp, "code": code, "location": "Głuchowo", "country": "PL", "description": code}
        )

    def control(self, what: str, r: Request) -> Reply | None:
        """``advance`` {number, status: code}; ``expire`` ends all sessions; ``state``."""
        if what == "state":
            return in_json(
                {"bookings": self.box, "handed_over": self.gone, "pickups": self.pickups, "cars": self.cars}
            )
        if what == "expire":
            self.sessions.clear()
            return Reply(204)
        if what == "advance":
            body = msgspec.json.decode(r.body)
            if body["number"] not in self.events:
                return in_json({"error": "no such number"}, 404)
            self._step(body["number"], body["status"])
            return Reply(204)
        return None


def _operation(r: Request) -> Element:
    body = tree(r.body).find("Body")
    assert body is not None
    return body[0]


def _fault(said: str) -> Reply:
    code, _, values = said.partition("|")
    inner = xml("soapenv:Fault", [("faultcode", code), ("faultstring", values)])
    return Reply(500, envelope(inner), "text/xml")
