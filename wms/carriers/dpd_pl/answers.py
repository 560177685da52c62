"""What comes back from DPD. A refusal comes with status 200 too, and on any of three levels."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wms.carriers.dpd_pl.requests import Booking
from wms.carriers.dpd_pl.statuses import REDIRECTED, STATUSES
from wms.carriers.errors import AuthFailed, FieldError, RateLimited, Rejected, Unavailable, ours
from wms.carriers.port import Created, Document, LabelFile, LabelFormat, PickupOrder, TrackEvent
from wms.carriers.shaping import a_label, from_warsaw, oldest_first
from wms.carriers.soap import Fault, body_of, text
from wms.carriers.wire import Answer, checked, junk, object_of

ACCOUNT = frozenset(
    {"DISABLED_API", "ERROR_NO_FID_PERMISSION", "DISALLOWED_FID", "MISSING_PERMISSION", "INCORRECT_PAYER_FID"}
)
NO_WORD = frozenset({"UNKNOWN_ERROR", ""})
OUR_FIELDS = (
    (re.compile("RECEIVER_POSTAL_CODE|COD_IS_NOT_AVAILABLE_FOR_POSTAL"), "receiver.postcode"),
    (re.compile("SENDER_POSTAL_CODE"), "sender.postcode"),
    (re.compile("RECEIVER_PHONE|INCORRECT_PHONE"), "receiver.phone"),
    (re.compile("RECEIVER_EMAIL"), "receiver.email"),
    (re.compile("RECEIVER_COUNTRY"), "receiver.country"),
    (re.compile("COD_"), "cod_amount"),
    (re.compile("PUDO"), "point"),
    (re.compile("DUPLICATED"), "reference"),
)
PARCEL_FIELDS = {"WEIGHT": "weight_g", "SIZE_X": "length_mm", "SIZE_Y": "width_mm", "SIZE_Z": "height_mm"}
_PATHS = {
    "postalCode": "postcode", "countryCode": "country", "address": "street", "name": "name", "company": "company",
    "city": "city", "phone": "phone", "email": "email", "weight": "weight_g", "sizeX": "length_mm", "sizeY": "width_mm",
    "sizeZ": "height_mm",
}  # fmt: skip


def accepted(a: Answer) -> dict[str, Any]:
    """The body of a call that DPD took. Raises ``Rejected``, ``AuthFailed`` and what ``checked`` raises."""
    checked(a)
    said = object_of(a)
    if a.status < 400:
        return said
    if said.get("status") in ACCOUNT:
        raise AuthFailed(f"DPD refuses the account: {said['status']}")
    errors = [
        FieldError(
            of_path(str(e.get("field") or "")),
            str(e.get("subCode") or e.get("code")),
            str(e.get("userMessage") or ""),
        )
        for e in said.get("errors") or []
    ]
    raise Rejected(
        errors
        or [ours("", str(said.get("status") or "refused"), "DPD refuses the request", "DPD odrzuca żądanie")]
    )


def of_path(path: str) -> str:
    """``packages[0].receiver.postalCode`` as ``receiver.postcode``."""
    found = re.search(r"(receiver|sender)\.(\w+)$", path)
    if found:
        return f"{found[1]}.{_PATHS.get(found[2], found[2])}"
    parcel = re.search(r"parcels\[(\d+)\]\.(\w+)$", path)
    if parcel:
        return f"parcels.{parcel[1]}.{_PATHS.get(parcel[2], parcel[2])}"
    return path.rpartition(".")[2]


def of_code(code: str, parcel: int | None) -> str:
    for part, field in PARCEL_FIELDS.items():
        if part in code:
            return f"parcels.{parcel or 0}.{field}"
    return next((field for pattern, field in OUR_FIELDS if pattern.search(code)), "")


def _levels(said: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], int | None]]:
    """Every level that has a status: the whole, each package, each of its parcels with its index."""
    yield said, None
    for package in said.get("packages") or []:
        yield package, None
        for i, parcel in enumerate(package.get("parcels") or []):
            yield parcel, i


def refused(said: Mapping[str, Any]) -> list[FieldError]:
    """Nothing when all levels say OK. Raises ``AuthFailed`` when it is the account that is wrong."""
    errors, bad = [], []
    for level, parcel in _levels(said):
        status = str(level.get("status") or "")
        if status == "OK":
            continue
        bad.append(status)
        infos = level.get("validationInfo") or []
        for info in infos:
            code = str(info.get("errorCode") or status)
            if code in ACCOUNT:
                raise AuthFailed(f"DPD refuses the account: {code}")
            errors.append(FieldError(of_code(code, parcel), code, str(info.get("info") or code)))
    if wrong := ACCOUNT.intersection(bad):
        raise AuthFailed(f"DPD refuses the account: {sorted(wrong)[0]}")
    meant = [s for s in bad if s not in ("NOT_PROCESSED", "INCORRECT_DATA")]
    return errors or [FieldError(of_code(s, None), s, s.replace("_", " ").lower()) for s in meant or bad]


def created(a: Answer, reference: str, domestic: bool) -> Created:
    said = accepted(a)
    errors = refused(said)
    if any(e.code in NO_WORD for e in errors):
        raise junk(a, "DPD does not say what became of the booking")
    if errors:
        raise Rejected(errors)
    packages = said.get("packages") or []
    waybills = [
        str(p["waybill"]) for package in packages for p in package.get("parcels") or [] if p.get("waybill")
    ]
    if not waybills or len(waybills) != sum(len(p.get("parcels") or []) for p in packages):
        raise junk(a, "DPD's answer has no numbers in it")
    booking = Booking(domestic, tuple(waybills))
    return Created(id=booking.id, reference=reference, numbers=booking.waybills)


def _document(a: Answer) -> bytes:
    said = accepted(a)
    status = str(said.get("status") or (said.get("session") or {}).get("status") or "OK")
    if status in NO_WORD:
        raise junk(a, "DPD does not say what became of it")
    if status in ACCOUNT:
        raise AuthFailed(f"DPD refuses the account: {status}")
    if status != "OK":
        raise Rejected([FieldError("ids", status, status.replace("_", " ").lower())])
    try:
        return base64.b64decode(said["documentData"], validate=True)
    except (KeyError, TypeError, ValueError, binascii.Error):
        raise junk(a, "DPD's answer has no document in it") from None


def label(a: Answer, fmt: LabelFormat) -> LabelFile:
    try:
        return a_label(fmt, _document(a))
    except ValueError as e:
        raise junk(a, str(e)) from None


def protocol(a: Answer) -> Document:
    content = _document(a)
    if not content.startswith(b"%PDF-"):
        raise junk(a, "the protocol is no PDF")
    return Document("dpd-protokol.pdf", "application/pdf", content)


def pickup(a: Answer) -> PickupOrder:
    said = accepted(a)
    status = str((said.get("statusInfo") or {}).get("status") or said.get("status") or "")
    if status in ACCOUNT:
        raise AuthFailed(f"DPD refuses the account: {status}")
    if status in NO_WORD or (status == "OK" and not said.get("orderNumber")):
        raise junk(a, "DPD does not say what became of the pickup")
    if status != "OK":
        raise Rejected([FieldError("window", status, status.replace("_", " ").lower())])
    return PickupOrder(str(said["orderNumber"]), status)


def events(a: Answer) -> list[TrackEvent]:
    """Oldest first, in UTC. A fault comes with status 200 or 500."""
    if a.status in (401, 403, 429):
        checked(a)
    body = body_of(a)
    if isinstance(body, Fault):
        said = f"{body.code} {body.text}"
        if re.search(r"(?i)auth|login|password|access|uprawnie", said):
            raise AuthFailed("DPD refuses the account for tracking")
        if re.search(r"(?i)limit", said):
            raise RateLimited(60)
        raise Unavailable(f"DPD's tracking is in trouble: {body.code[:60]}")
    try:
        found = [_event(e) for e in body.iterfind("return/eventsList")]
    except ValueError:
        raise junk(a, "DPD's events cannot be read") from None
    return oldest_first(found)


def _event(e: Any) -> TrackEvent:
    raw = text(e, "businessCode")
    status, known = STATUSES.of(raw)
    values = [text(d, "value") for d in e.iterfind("eventDataList")]
    return TrackEvent(
        status=status, raw=raw, at=from_warsaw(text(e, "eventTime")), place=text(e, "depotName") or None, known=known,
        new_number=next((v for v in values if v), None) if raw == REDIRECTED else None,
    )  # fmt: skip
