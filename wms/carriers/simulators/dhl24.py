"""DHL24 in small: three labels a call, faults as numbers with a Polish sentence, post codes without a dash."""

import base64
import re
from datetime import datetime
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from wms.carriers.dhl24.requests import MOST_LABELS, PAGE, PATH, SPACE
from wms.carriers.shaping import WARSAW
from wms.carriers.simulators.papers import LabelText, label_pdf, label_zpl, protocol_pdf
from wms.carriers.simulators.server import Reply, Request, in_json
from wms.carriers.soap import Value, envelope, text, tree, xml

USERNAME, PASSWORD, ACCOUNT = "SIMULATED", "simulated-password", "6000000"
NAMES = {
    "createShipments": "create", "getMyShipments": "find", "getLabels": "label", "deleteShipments": "cancel",
    "getTrackAndTraceInfo": "track", "bookCourier": "pickup", "getPnp": "protocol",
}  # fmt: skip


class Refused(Exception):
    def __init__(self, code: int, said: str) -> None:
        self.code, self.said = code, said
        super().__init__(said)


class Dhl24:
    """``shows_contacts`` False: the list of bookings leaves contact persons out."""

    code = "dhl24"

    def __init__(self, shows_contacts: bool = True) -> None:
        self.shows_contacts = shows_contacts
        self.bookings: dict[str, dict[str, Any]] = {}
        self.cars: list[dict[str, Any]] = []
        self.made = 0

    def name_of(self, r: Request) -> str:
        if r.method != "POST" or r.path != PATH:
            return ""
        try:
            return NAMES.get(_operation(r).tag, "")
        except (ValueError, AttributeError):
            return ""

    def answer(self, call: str, r: Request) -> Reply:
        asked = _operation(r)
        auth = asked.find("authData")
        auth = asked.find("pnpRequest/authData") if auth is None else auth
        if (text(auth, "username"), text(auth, "password")) != (USERNAME, PASSWORD):
            return self.refuse("denied", call, r)
        try:
            found: list[tuple[str, Value]] = getattr(self, f"_{call}")(asked)
        except Refused as e:
            return _fault(str(e.code), e.said)
        inner = xml(f"ns1:{asked.tag}Response", [(f"{asked.tag}Result", found)])
        return Reply(200, envelope(inner, {"ns1": SPACE}), "text/xml")

    def refuse(self, kind: str, call: str, r: Request) -> Reply:
        return _fault("100", "Błąd autoryzacji: nieprawidłowy użytkownik lub hasło")

    def _create(self, e: Element) -> list[tuple[str, Value]]:
        items = e.findall("shipments/item")
        if not 1 <= len(items) <= 3:
            raise Refused(300, "Dozwolone są od 1 do 3 przesyłek")
        found: list[tuple[str, Value]] = []
        for item in items:
            _refuse_faulty(item)
            self.made += 1
            id = str(90_013_250_000 + self.made)
            shipper = {c.tag: c.text or "" for c in item.find("shipper") or []}
            self.bookings[id] = {"reference": text(item, "reference"), "shipper": shipper, "events": [],
                                 "product": text(item, "service/product"), "date": text(item, "shipmentDate")}  # fmt: skip
            self._step(id, "EDWP")
            found.append(("item", [("shipmentId", id), ("created", _now()), ("orderStatus", "")]))
        return found

    def _find(self, e: Element) -> list[tuple[str, Value]]:
        offset = int(text(e, "offset") or 0)
        found: list[tuple[str, Value]] = []
        for id, b in list(self.bookings.items())[offset : offset + PAGE]:
            shipper = [(k, v) for k, v in b["shipper"].items() if self.shows_contacts or k != "contactPerson"]
            found.append(
                ("item", [("shipmentId", id), ("created", _now()), ("shipper", shipper), ("orderStatus", "")])
            )
        return found

    def _label(self, e: Element) -> list[tuple[str, Value]]:
        items = [(text(i, "labelType"), text(i, "shipmentId")) for i in e.findall("itemsToPrint/item")]
        if not 1 <= len(items) <= MOST_LABELS:
            raise Refused(301, f"Dozwolone są od 1 do {MOST_LABELS} etykiet")
        found: list[tuple[str, Value]] = []
        for kind, id in items:
            if id not in self.bookings:
                raise Refused(102, f"Nie znaleziono przesyłki o numerze {id}")
            labels = [
                LabelText("DHL", id, self.bookings[id]["product"], self.bookings[id]["reference"], "PL-WAW")
            ]
            content = label_zpl(labels) if kind.startswith("ZBLP") else label_pdf(labels)
            data = base64.b64encode(content).decode()
            found.append(("item", [("shipmentId", id), ("labelType", kind), ("labelData", data)]))
        return found

    def _cancel(self, e: Element) -> list[tuple[str, Value]]:
        id = text(e, "shipments/item")
        b = self.bookings.get(id)
        if b is None or b["events"][-1]["status"] != "EDWP":
            said = "Przesyłka nie istnieje" if b is None else "Przesyłka została już nadana"
            return [("item", [("id", id), ("result", False), ("error", said)])]
        del self.bookings[id]
        return [("item", [("id", id), ("result", True), ("error", "")])]

    def _track(self, e: Element) -> list[tuple[str, Value]]:
        id = text(e, "shipmentId")
        if id not in self.bookings:
            raise Refused(102, f"Nie znaleziono przesyłki o numerze {id}")
        events: list[tuple[str, Value]] = [("item", list(x.items())) for x in self.bookings[id]["events"]]
        return [("shipmentId", id), ("receivedBy", ""), ("events", events)]

    def _pickup(self, e: Element) -> list[tuple[str, Value]]:
        ids = [i.text or "" for i in e.findall("shipmentIdList/item")]
        if not ids or any(i not in self.bookings for i in ids):
            raise Refused(102, "Nie znaleziono przesyłki z listy")
        self.cars.append({"date": text(e, "pickupDate"), "from": text(e, "pickupTimeFrom"), "shipments": ids})
        return [("item", f"{48_490_320 + len(self.cars)}WWW")]

    def _protocol(self, e: Element) -> list[tuple[str, Value]]:
        booked = [id for id, b in self.bookings.items() if b["date"] == text(e, "pnpRequest/date")]
        if not booked:
            raise Refused(120, "Brak przesyłek nadanych w podanym dniu")
        paper = protocol_pdf("DHL (simulated): potwierdzenie nadania", booked)
        data = base64.b64encode(paper).decode()
        return [("fileName", "pnp.pdf"), ("fileMimeType", "application/pdf"), ("fileData", data)]

    def _step(self, id: str, status: str) -> None:
        self.bookings[id]["events"].append(
            {"status": status, "description": status, "terminal": "Warszawa", "timestamp": _now()}
        )

    def control(self, what: str, r: Request) -> Reply | None:
        """``advance`` {number, status}; ``state``."""
        if what == "state":
            return in_json({"bookings": self.bookings, "cars": self.cars})
        if what == "advance":
            body = msgspec.json.decode(r.body)
            if body["number"] not in self.bookings:
                return in_json({"error": "no such number"}, 404)
            self._step(body["number"], body["status"])
            return Reply(204)
        return None


def _refuse_faulty(item: Element) -> None:
    for party, word in (("receiver", "odbiorcy"), ("shipper", "nadawcy")):
        if not re.fullmatch(r"\d{5}", text(item, f"{party}/postalCode")):
            raise Refused(210, f"Nieprawidłowy kod pocztowy {word}")
    if not re.fullmatch(r"\d{9}", text(item, "receiver/contactPhone") or "000000000"):
        raise Refused(211, "Nieprawidłowy telefon odbiorcy")
    collected = float(text(item, "service/collectOnDeliveryValue") or 0)
    if collected > float(text(item, "service/insuranceValue") or 0):
        raise Refused(220, "Wartość ubezpieczenia nie może być niższa od kwoty pobrania")
    if text(item, "payment/accountNumber") != ACCOUNT:
        raise Refused(103, "Brak uprawnień do numeru klienta")


def _operation(r: Request) -> Element:
    body = tree(r.body).find("Body")
    assert body is not None
    return body[0]


def _now() -> str:
    return datetime.now(WARSAW).strftime("%Y-%m-%d %H:%M:%S")


def _fault(code: str, said: str) -> Reply:
    inner = xml("soapenv:Fault", [("faultcode", code), ("faultstring", said)])
    return Reply(500, envelope(inner), "text/xml")
