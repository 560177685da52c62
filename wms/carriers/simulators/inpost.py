"""ShipX in small: bookings that confirm themselves after a while, labels, printouts, tracking, points, webhooks."""

import base64
import hashlib
import hmac
import io
import re
import time
import zipfile
from datetime import UTC, datetime
from typing import Any

import msgspec

from wms.carriers.inpost.statuses import STATUSES, UNCONFIRMED
from wms.carriers.simulators.papers import LabelText, label_pdf, label_zpl, protocol_pdf
from wms.carriers.simulators.server import Reply, Request, in_json

TOKEN, ORGANIZATION = "simulated-token", "7"
POINTS = {
    "KRA010": ("Pawia", "9", "31-154", "Kraków", 50.0679, 19.9473, "Operating"),
    "KRA012": ("Źródlana", "1", "30-624", "Kraków", 50.0181, 19.9862, "Operating"),
    "WAW321": ("Prosta", "67", "00-838", "Warszawa", 52.2306, 20.9853, "Operating"),
    "POP-LOD5": ("Piotrkowska", "100", "90-004", "Łódź", 51.7687, 19.4570, "NonOperating"),
}
ROUTES = (
    ("create", "POST", r"/v1/organizations/(\w+)/shipments"),
    ("find", "GET", r"/v1/organizations/(\w+)/shipments"),
    ("label_sheet", "GET", r"/v1/organizations/(\w+)/shipments/labels"),
    ("pickup", "POST", r"/v1/organizations/(\w+)/dispatch_orders"),
    ("protocol", "GET", r"/v1/organizations/(\w+)/dispatch_orders/printouts"),
    ("poll", "GET", r"/v1/shipments/(\d+)"),
    ("cancel", "DELETE", r"/v1/shipments/(\d+)"),
    ("label", "GET", r"/v1/shipments/(\d+)/label"),
    ("track", "GET", r"/v1/tracking/(\w+)"),
    ("points", "GET", r"/v1/points"),
)
OPEN = ("track", "points")


class InPost:
    """``confirm_s`` seconds pass between a booking and its number."""

    code = "inpost"

    def __init__(self, confirm_s: float = 0.0) -> None:
        self.confirm_s = confirm_s
        self.shipments: dict[int, dict[str, Any]] = {}
        self.born: dict[int, float] = {}
        self.orders: list[dict[str, Any]] = []

    def name_of(self, r: Request) -> str:
        return next((n for n, method, p in ROUTES if method == r.method and re.fullmatch(p, r.path)), "")

    def answer(self, call: str, r: Request) -> Reply:
        if call not in OPEN and r.headers.get("authorization") != f"Bearer {TOKEN}":
            return self.refuse("denied", call, r)
        pattern = next(p for n, _, p in ROUTES if n == call)
        found = re.fullmatch(pattern, r.path)
        part = found[1] if found is not None and found.groups() else ""
        if "/organizations/" in r.path and part != ORGANIZATION:
            return _error(404, "resource_not_found", "Organization cannot be found.")
        self._confirm()
        reply: Reply = getattr(self, f"_{call}")(r, part)
        return reply

    def refuse(self, kind: str, call: str, r: Request) -> Reply:
        return _error(401, "token_invalid", "Token is missing or invalid.")

    def _confirm(self) -> None:
        now = time.monotonic()
        for id, s in self.shipments.items():
            if (
                s["status"] in UNCONFIRMED
                and s["status"] == "created"
                and now - self.born[id] >= self.confirm_s
            ):
                for i, p in enumerate(s["parcels"]):
                    p["tracking_number"] = f"6{id:012d}{i:04d}{(id * 7919 + i) % 10_000_000:07d}"
                s["tracking_number"] = s["parcels"][0]["tracking_number"]
                self._step(s, "confirmed")

    def _step(self, s: dict[str, Any], status: str) -> None:
        s["status"] = status
        s["history"].insert(
            0, {"status": status, "origin_status": status, "agency": "KRA", "datetime": _now()}
        )

    def _create(self, r: Request, org: str) -> Reply:
        body = msgspec.json.decode(r.body)
        if details := _faults(body):
            return _error(400, "validation_failed", "There are some validation errors.", details)
        id = 1_000_000 + len(self.shipments)
        s = body | {
            "id": id, "status": "created", "tracking_number": None, "created_at": _now(), "history": [], "transactions": [],
            "parcels": [p | {"id": i, "tracking_number": None} for i, p in enumerate(body["parcels"])],
        }  # fmt: skip
        self.shipments[id], self.born[id] = s, time.monotonic()
        self._step(s, "created")
        return in_json(_shown(s), 201)

    def _find(self, r: Request, org: str) -> Reply:
        wanted, page = r.first("reference"), int(r.first("page") or 1)
        per_page = int(r.first("per_page") or 30)
        hits = [
            _shown(s) for s in self.shipments.values() if wanted is None or wanted in s["reference"]
        ]  # a loose match
        items = hits[(page - 1) * per_page : page * per_page]
        return in_json(
            {"href": r.path, "count": len(hits), "page": page, "per_page": per_page, "items": items}
        )

    def _poll(self, r: Request, id: str) -> Reply:
        s = self.shipments.get(int(id))
        return _missing() if s is None else in_json(_shown(s))

    def _cancel(self, r: Request, id: str) -> Reply:
        s = self.shipments.get(int(id))
        if s is None:
            return _missing()
        if s["status"] not in UNCONFIRMED:
            why = f"Action (cancel) can not be taken on shipment with status ({s['status']})."
            return _error(400, "invalid_action", why, {"action": "cancel", "shipment_status": s["status"]})
        self._step(s, "canceled")
        return Reply(204)

    def _label(self, r: Request, id: str) -> Reply:
        s = self.shipments.get(int(id))
        if s is None:
            return _missing()
        if s["status"] in UNCONFIRMED:
            return _error(
                400,
                "invalid_action",
                f"Action (label) can not be taken on shipment with status ({s['status']}).",
            )
        return _file([s], r.first("format") or "Pdf")

    def _label_sheet(self, r: Request, org: str) -> Reply:
        """One file, or an archive when the services differ."""
        ids = [int(v) for k, v in r.query if k == "shipment_ids[]"]
        shipments = [self.shipments[i] for i in ids if i in self.shipments]
        if len(shipments) != len(ids) or len(ids) > 100:
            return _missing()
        fmt = r.first("format") or "Pdf"
        services = sorted({s["service"] for s in shipments})
        if len(services) == 1:
            return _file(shipments, fmt)
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for service in services:
                page = _file([s for s in shipments if s["service"] == service], fmt)
                archive.writestr(f"{service}.{fmt.lower()}", page.body)
        return Reply(200, out.getvalue(), "application/zip")

    def _pickup(self, r: Request, org: str) -> Reply:
        body = msgspec.json.decode(r.body)
        unknown = [i for i in body["shipments"] if int(i) not in self.shipments]
        if unknown:
            return _error(
                400, "validation_failed", "There are some validation errors.", {"shipments": ["not_found"]}
            )
        order = {"id": 5000 + len(self.orders), "status": "new", "shipments": body["shipments"]}
        self.orders.append(order)
        return in_json(order, 201)

    def _protocol(self, r: Request, org: str) -> Reply:
        shipments = [self.shipments.get(int(v)) for k, v in r.query if k == "shipment_ids[]"]
        if not shipments or any(s is None or s["status"] in UNCONFIRMED for s in shipments):
            return _missing()
        numbers = [s["tracking_number"] for s in shipments if s is not None]
        return Reply(200, protocol_pdf("InPost (simulated): protokol", numbers), "application/pdf")

    def _track(self, r: Request, number: str) -> Reply:
        for s in self.shipments.values():
            if any(p["tracking_number"] == number for p in s["parcels"]):
                return in_json({"tracking_number": number, "service": s["service"], "status": s["status"],
                                "tracking_details": s["history"]})  # fmt: skip
        return _missing()

    def _points(self, r: Request, _: str) -> Reply:
        name, city, code = r.first("name"), r.first("city"), r.first("post_code")
        hits = [
            {"name": n, "status": p[6], "location": {"latitude": p[4], "longitude": p[5]}, "location_description": "",
             "address_details": {"street": p[0], "building_number": p[1], "post_code": p[2], "city": p[3]}}
            for n, p in POINTS.items() if name in (None, n) and city in (None, p[3]) and code in (None, p[2])
        ]  # fmt: skip
        return in_json({"count": len(hits), "page": 1, "per_page": 25, "items": hits})

    def control(self, what: str, r: Request) -> Reply | None:
        """``advance`` {number, status} and gives the webhook that InPost would send; ``settings`` {confirm_s}; ``state``."""
        if what == "state":
            return in_json({"bookings": [_shown(s) for s in self.shipments.values()], "pickups": self.orders})
        if what == "settings":
            self.confirm_s = float(msgspec.json.decode(r.body)["confirm_s"])
            return Reply(204)
        if what == "advance":
            body = msgspec.json.decode(r.body)
            s = next((s for s in self.shipments.values() if s["tracking_number"] == body["number"]), None)
            if s is None or not (body["status"] in STATUSES.exact or body.get("unknown")):
                return _missing()
            self._step(s, body["status"])
            return in_json(webhook(s))
        return None


def webhook(s: dict[str, Any]) -> dict[str, Any]:
    stamp = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S %z")
    payload = {"shipment_id": s["id"], "status": s["status"], "tracking_number": s["tracking_number"]}
    return {
        "event_ts": stamp,
        "event": "shipment_status_changed",
        "organization_id": int(ORGANIZATION),
        "payload": payload,
    }


def signed(body: bytes, secret: str, stamp: str | None = None) -> dict[str, str]:
    """The headers of a signed webhook, with or without its time stamp in the signature."""
    what = body if stamp is None else stamp.encode() + b"." + body
    mac = hmac.new(secret.encode(), what, hashlib.sha256).digest()
    return {"x-inpost-signature": base64.b64encode(mac).decode()} | (
        {"x-inpost-timestamp": stamp} if stamp else {}
    )


def _faults(body: dict[str, Any]) -> dict[str, Any]:
    """What ShipX refuses, in both shapes of its details."""
    found: dict[str, Any] = {}
    locker = str(body.get("service", "")).startswith("inpost_locker")
    receiver = body.get("receiver") or {}
    if wrong := {f: ["required"] for f in ("phone", "email") if locker and not receiver.get(f)}:
        found["receiver"] = [wrong]
    phone = receiver.get("phone")
    if phone and not re.fullmatch(r"\d{9}", phone):
        found["receiver"] = [{"phone": ["invalid"]}]
    if locker and (body.get("custom_attributes") or {}).get("target_point") not in POINTS:
        found["custom_attributes"] = [{"target_point": ["does_not_exist"]}]
    code = (receiver.get("address") or {}).get("post_code", "00-000")
    if not locker and not re.fullmatch(r"\d\d-\d{3}", code):
        found["receiver"] = [{"address": [{"post_code": ["invalid_format"]}]}]
    if not 3 <= len(str(body.get("reference") or "xxx")) <= 100:
        found["reference"] = ["too_short"]
    return found


def _shown(s: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in s.items() if k != "history"}


def _file(shipments: list[dict[str, Any]], fmt: str) -> Reply:
    labels = [
        LabelText("InPost", p["tracking_number"], s["service"], s["reference"],
                  (s.get("custom_attributes") or {}).get("target_point") or "KRA")
        for s in shipments for p in s["parcels"]
    ]  # fmt: skip
    if fmt == "Zpl":
        return Reply(200, label_zpl(labels), "application/octet-stream")
    return Reply(200, label_pdf(labels, 105, 148), "application/pdf")


def _error(status: int, error: str, message: str, details: dict[str, Any] | None = None) -> Reply:
    return in_json({"status": status, "error": error, "message": message, "details": details or {}}, status)


def _missing() -> Reply:
    return _error(404, "resource_not_found", "Resource cannot be found.")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
