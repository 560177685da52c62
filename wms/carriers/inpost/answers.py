"""What comes back from ShipX: pure functions from an answer to our values or to a typed error."""

import base64
import hashlib
import hmac
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from wms.carriers.errors import FieldError, Rejected, WebhookForged
from wms.carriers.inpost.statuses import STATUSES, UNCONFIRMED
from wms.carriers.port import (
    CancelOutcome,
    Created,
    Document,
    LabelFile,
    LabelFormat,
    PickupOrder,
    Point,
    TrackEvent,
    TrackNudge,
)
from wms.carriers.shaping import a_label, oldest_first
from wms.carriers.wire import Answer, checked, junk, object_of

MOST_UNPACKED = 32 * 1024 * 1024
MOST_IN_ZIP = 100

OUR_FIELDS = {
    "custom_attributes.target_point": "point", "cod.amount": "cod_amount", "cod.currency": "cod_currency", "cod": "cod_amount",
    "insurance.amount": "insured", "insurance": "insured", "comments": "comment", "service": "service",
    "target_point": "point",
}  # fmt: skip
_ADDRESS = {
    "post_code": "postcode",
    "building_number": "street",
    "country_code": "country",
    "line1": "street",
}
_PARTY = {"company_name": "company", "first_name": "name", "last_name": "name"}
_PARCEL = {"dimensions.length": "length_mm", "dimensions.width": "width_mm", "dimensions.height": "height_mm",
           "weight.amount": "weight_g", "weight": "weight_g"}  # fmt: skip


def accepted(a: Answer) -> Answer:
    """Lets 2xx through. Raises ``Rejected`` with the carrier's field errors as ours, and what ``checked`` raises."""
    checked(a)
    if a.status < 400:
        return a
    said = object_of(a)
    raise Rejected(list(refusals(said)))


def refusals(said: Mapping[str, Any]) -> Iterator[FieldError]:
    """Both shapes of ``details``, flat and nested, as paths into ``ShipmentIn``."""
    details = said.get("details")
    flat = (
        list(_flat(details, ()))
        if isinstance(details, dict) and said.get("error") == "validation_failed"
        else []
    )
    for path, code in flat:
        yield FieldError(ours(path), code, code.replace("_", " "))
    if not flat:
        code = str(said.get("error") or "refused")
        yield FieldError("", code, str(said.get("message") or said.get("description") or code))


def _flat(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flat(inner, (*path, str(name)))
    elif isinstance(value, list):
        numbered = len(value) > 1 or (path and path[-1] == "parcels")
        for i, inner in enumerate(value):
            deeper = isinstance(inner, dict) and numbered
            yield from _flat(inner, (*path, str(i)) if deeper else path)
    elif value is not None:
        yield path, str(value)


def ours(path: tuple[str, ...]) -> str:
    """ShipX's path of a field as a path into ``ShipmentIn``; its own where we have no such field."""
    whole = ".".join(path)
    if whole in OUR_FIELDS:
        return OUR_FIELDS[whole]
    if path[:1] in (("receiver",), ("sender",)):
        rest = [p for p in path[1:] if p != "address"]
        name = rest[-1] if rest else ""
        return ".".join(filter(None, (path[0], _ADDRESS.get(name) or _PARTY.get(name) or name)))
    if path[:1] == ("parcels",) and len(path) > 1:
        rest_of = ".".join(path[2:])
        return ".".join(filter(None, ("parcels", path[1], _PARCEL.get(rest_of, rest_of))))
    return whole


def created(shipment: Mapping[str, Any]) -> Created:
    """Numbers only once it is confirmed. Raises ``Rejected`` when the background job gave the booking up."""
    status = shipment.get("status")
    if status in UNCONFIRMED:
        failed = [t for t in shipment.get("transactions") or [] if t.get("status") == "failure"]
        if failed and not any(t.get("status") == "success" for t in shipment["transactions"]):
            said = failed[-1].get("details") or {}
            code = str(said.get("error") or "transaction_failed")
            raise Rejected([FieldError("", code, str(said.get("message") or code))])
    numbers = [p.get("tracking_number") for p in shipment.get("parcels") or []]
    if not numbers or not all(numbers):
        numbers = [shipment.get("tracking_number")]
    ready = status not in UNCONFIRMED and all(numbers)
    return Created(
        id=str(shipment["id"]),
        reference=str(shipment.get("reference") or ""),
        numbers=tuple(map(str, numbers)) if ready else (),
    )


def one(a: Answer) -> Created:
    found = object_of(accepted(a))
    if "id" not in found:
        raise junk(a, "the carrier's answer has no shipment in it")
    return created(found)


def one_or_none(a: Answer) -> Created | None:
    return None if a.status == 404 else one(a)


def same_reference(a: Answer, ref: str) -> tuple[list[Created], bool]:
    """Live bookings with exactly this reference, and whether there is another page."""
    found = object_of(accepted(a))
    items = found.get("items")
    if not isinstance(items, list):
        raise junk(a, "the carrier's answer has no list in it")
    hits = [created(i) for i in items if i.get("reference") == ref and i.get("status") != "canceled"]
    page, per_page = int(found.get("page") or 1), int(found.get("per_page") or len(items) or 1)
    return hits, page * per_page < int(found.get("count") or 0)


def cancelled(a: Answer) -> CancelOutcome:
    """A booking that is too far on, or that is not there, is an outcome, not an error."""
    if a.status == 400:
        return CancelOutcome(False, next(refusals(object_of(a))).why)
    if a.status == 404:
        return CancelOutcome(False, "the carrier has no such shipment")
    if accepted(a).status != 204:
        raise junk(a, "the carrier does not say that it is cancelled")
    return CancelOutcome(True)


def label(a: Answer, fmt: LabelFormat) -> LabelFile:
    accepted(a)
    try:
        return a_label(fmt, a.body)
    except ValueError as e:
        raise junk(a, str(e)) from None


def sheet(a: Answer, fmt: LabelFormat) -> list[LabelFile]:
    """One file, or those of the archive that comes when the services differ."""
    accepted(a)
    if not a.body.startswith(b"PK"):
        return [label(a, fmt)]
    try:
        with zipfile.ZipFile(io.BytesIO(a.body)) as archive:
            files = [f for f in archive.infolist() if not f.is_dir()]
            if len(files) > MOST_IN_ZIP or sum(f.file_size for f in files) > MOST_UNPACKED:
                raise ValueError("the archive of labels is far too large")
            return [a_label(fmt, archive.read(f)) for f in files]
    except (ValueError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as e:
        raise junk(a, f"the archive of labels cannot be read: {e}") from None


def pickup(a: Answer) -> PickupOrder:
    found = object_of(accepted(a))
    if "id" not in found:
        raise junk(a, "the carrier's answer has no dispatch order in it")
    return PickupOrder(str(found["id"]), str(found.get("status") or ""))


def printout(a: Answer) -> Document:
    accepted(a)
    if not a.body.startswith(b"%PDF-"):
        raise junk(a, "the printout is no PDF")
    return Document("inpost-protokol.pdf", "application/pdf", a.body)


def events(a: Answer) -> list[TrackEvent]:
    """Oldest first, in UTC; a number that ShipX does not know yet has none."""
    if a.status == 404:
        return []
    found = object_of(accepted(a))
    try:
        return oldest_first(_event(d) for d in found.get("tracking_details") or [])
    except (KeyError, TypeError, ValueError):
        raise junk(a, "the carrier's events cannot be read") from None


def _event(d: Mapping[str, Any]) -> TrackEvent:
    raw = str(d["status"])
    status, known = STATUSES.of(raw)
    return TrackEvent(
        status=status, raw=raw, at=datetime.fromisoformat(str(d["datetime"])).astimezone(UTC), place=d.get("agency"),
        known=known,
    )  # fmt: skip


def points(a: Answer) -> list[Point]:
    found = object_of(accepted(a))
    try:
        return [_point(i) for i in found["items"]]
    except (KeyError, TypeError, ValueError):
        raise junk(a, "the carrier's points cannot be read") from None


def _point(i: Mapping[str, Any]) -> Point:
    d = i.get("address_details") or {}
    street = " ".join(filter(None, (d.get("street"), d.get("building_number"))))
    return Point(
        code=i["name"], name=i["name"], street=street, postcode=d.get("post_code") or "", city=d.get("city") or "",
        latitude=float(i["location"]["latitude"]), longitude=float(i["location"]["longitude"]),
        open=i.get("status") == "Operating", where=i.get("location_description") or "",
    )  # fmt: skip


def verify_signature(headers: Mapping[str, str], raw_body: bytes, secret: str) -> None:
    """Base64 of HMAC-SHA256 over the body, or over time stamp, dot and body: which, InPost sets per client."""
    given = headers.get("x-inpost-signature", "")
    stamp = headers.get("x-inpost-timestamp", "")
    fits = False
    for signed in (raw_body, stamp.encode() + b"." + raw_body):
        right = base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest())
        fits |= hmac.compare_digest(right, given.encode())
    if not secret or not fits:
        raise WebhookForged("the signature does not fit the body")


def nudges(raw_body: bytes) -> list[TrackNudge]:
    try:
        payload = msgspec.json.decode(raw_body)["payload"]
        id, number = payload["shipment_id"], payload.get("tracking_number")
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        raise WebhookForged("the body is none of InPost's") from None
    if not isinstance(id, int | str) or not isinstance(number, str | None):
        raise WebhookForged("the body is none of InPost's")
    return [TrackNudge(str(id), number)]
