"""DPD Polska in small: refusals with status 200 on three levels, documents in base64, tracking by SOAP."""

import base64
import re
from datetime import datetime
from typing import Any

import msgspec

from wms.carriers.dpd_pl.requests import INFO_PATH, INFO_SPACE
from wms.carriers.shaping import WARSAW
from wms.carriers.simulators.papers import LabelText, label_pdf, label_zpl, protocol_pdf
from wms.carriers.simulators.server import Reply, Request, in_json
from wms.carriers.soap import Value, envelope, text, tree, xml

LOGIN, PASSWORD, FID = "simulated", "simulated-password", "1495"
ROUTES = {
    "/public/shipment/v1/generatePackagesNumbers": "create",
    "/public/shipment/v1/generateSpedLabels": "label",
    "/public/shipment/v1/generateProtocol": "protocol",
    "/public/courierorder/v1/packagesPickupCall": "pickup",
    INFO_PATH: "track",
}


class DpdPl:
    code = "dpd_pl"

    def __init__(self) -> None:
        self.bookings: list[dict[str, Any]] = []
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.protocols: list[list[str]] = []
        self.pickups: list[dict[str, Any]] = []

    def name_of(self, r: Request) -> str:
        return ROUTES.get(r.path, "") if r.method == "POST" else ""

    def answer(self, call: str, r: Request) -> Reply:
        if call == "track":
            return self._track(r)
        basic = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        if r.headers.get("authorization") != f"Basic {basic}" or r.headers.get("x-dpd-fid") != FID:
            return self.refuse("denied", call, r)
        reply: Reply = getattr(self, f"_{call}")(msgspec.json.decode(r.body))
        return reply

    def refuse(self, kind: str, call: str, r: Request) -> Reply:
        if call == "track":
            return _fault("Server", "Authentication failed: login or password")
        return in_json({"status": "MISSING_PERMISSION"}, 401)

    def _create(self, body: dict[str, Any]) -> Reply:
        packages = []
        for package in body["packages"]:
            wrong = _wrong(package)
            parcels = []
            for p in package["parcels"]:
                waybill = f"{75_077_000 + len(self.events):013d}U"
                if not wrong:
                    self.events[waybill] = []
                    self._step(waybill, "030103")
                parcels.append(
                    {"status": "NOT_PROCESSED" if wrong else "OK", "reference": p["reference"],
                     "waybill": None if wrong else waybill, "validationInfo": []}
                )  # fmt: skip
            status = "INCORRECT_DATA" if wrong else "OK"
            packages.append(
                {
                    "status": status,
                    "reference": package["reference"],
                    "validationInfo": wrong,
                    "parcels": parcels,
                }
            )
        whole = "OK" if all(p["status"] == "OK" for p in packages) else "INCORRECT_DATA"
        answer = {
            "status": whole,
            "sessionId": 1000 + len(self.bookings),
            "packages": packages,
            "traceId": "sim",
        }
        if whole == "OK":
            self.bookings.append(answer)
        return in_json(answer)

    def _waybills(self, session: dict[str, Any]) -> list[str]:
        return [p["waybill"] for package in session["packages"] for p in package["parcels"]]

    def _label(self, body: dict[str, Any]) -> Reply:
        waybills = self._waybills(body["labelSearchParams"]["session"])
        if any(w not in self.events for w in waybills):
            return in_json({"status": "INCORRECT_DATA", "documentData": None, "traceId": "sim"})
        labels = [LabelText("DPD", w, "DPD CLASSIC", self._reference(w), "PL-KRA") for w in waybills]
        content = label_zpl(labels) if body["outputDocFormat"] == "ZPL" else label_pdf(labels)
        return _document(content)

    def _reference(self, waybill: str) -> str:
        for b in self.bookings:
            for package in b["packages"]:
                if any(p["waybill"] == waybill for p in package["parcels"]):
                    return str(package["reference"])
        return ""

    def _protocol(self, body: dict[str, Any]) -> Reply:
        waybills = self._waybills(body["protocolSearchParams"]["session"])
        if any(w not in self.events for w in waybills):
            return in_json({"status": "INCORRECT_DATA", "documentData": None, "traceId": "sim"})
        self.protocols.append(waybills)
        return _document(protocol_pdf("DPD (simulated): protokol", waybills))

    def _pickup(self, body: dict[str, Any]) -> Reply:
        details = body["pickupCallSimplifiedDetails"]
        if details["packagesParams"]["parcelsCount"] < 1:
            return in_json({"statusInfo": {"status": "INCORRECT_PARCELS_COUNT"}})
        self.pickups.append(body)
        number = f"{20260000 + len(self.pickups)}"
        return in_json({"statusInfo": {"status": "OK"}, "orderNumber": number, "checkSum": "sim"})

    def _track(self, r: Request) -> Reply:
        call = tree(r.body).find("Body/getEventsForWaybillV1")
        if (text(call, "authDataV1/login"), text(call, "authDataV1/password")) != (LOGIN, PASSWORD):
            return self.refuse("denied", "track", r)
        events: list[tuple[str, Value]] = [
            ("eventsList", [
                ("businessCode", e["code"]), ("country", "PL"), ("depot", "1301"), ("depotName", "Kraków"),
                ("description", e["code"]), ("eventTime", e["at"]), ("waybill", text(call, "waybill")),
                *([("eventDataList", [("code", "1"), ("value", e["value"])])] if e["value"] else []),
            ])
            for e in self.events.get(text(call, "waybill"), [])
        ]  # fmt: skip
        inner = xml("ns2:getEventsForWaybillV1Response", [("return", events)])
        return Reply(200, envelope(inner, {"ns2": INFO_SPACE}), "text/xml")

    def _step(self, waybill: str, code: str, value: str = "") -> None:
        at = datetime.now(WARSAW).replace(tzinfo=None).isoformat(timespec="milliseconds")
        self.events[waybill].append({"code": code, "at": at, "value": value})

    def control(self, what: str, r: Request) -> Reply | None:
        """``advance`` {number, status: business code, new_number}; ``state``."""
        if what == "state":
            return in_json({"bookings": self.bookings, "protocols": self.protocols, "pickups": self.pickups})
        if what == "advance":
            body = msgspec.json.decode(r.body)
            if body["number"] not in self.events:
                return in_json({"error": "no such number"}, 404)
            new = str(body.get("new_number") or "")
            if new:
                self.events.setdefault(new, [])
            self._step(body["number"], body["status"], new)
            return Reply(204)
        return None


def _wrong(package: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    if str(package["payerFID"]) != FID:
        found.append({"errorCode": "INCORRECT_PAYER_FID", "info": "Nieprawidłowy numer płatnika"})
    receiver = package.get("receiver")
    if receiver is None and not package["pudoReceiver"].get("pudoId"):
        found.append({"errorCode": "INCORRECT_PUDO", "info": "Nieprawidłowy punkt"})
    if (
        receiver is not None
        and receiver["countryCode"] == "PL"
        and not re.fullmatch(r"\d{5}", receiver["postalCode"])
    ):
        found.append(
            {"errorCode": "INCORRECT_RECEIVER_POSTAL_CODE", "info": "Nieprawidłowy kod pocztowy odbiorcy"}
        )
    if any(p["weight"] > 31.5 for p in package["parcels"]):
        found.append({"errorCode": "INCORRECT_WEIGHT", "info": "Nieprawidłowa waga"})
    return found


def _document(content: bytes) -> Reply:
    data = base64.b64encode(content).decode()
    return in_json({"status": "OK", "documentData": data, "documentId": "sim", "traceId": "sim"})


def _fault(code: str, said: str) -> Reply:
    inner = xml("soapenv:Fault", [("faultcode", code), ("faultstring", said)])
    return Reply(500, envelope(inner), "text/xml")
