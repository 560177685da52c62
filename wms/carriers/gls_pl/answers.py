"""What comes back from GLS. A fault's code is a key, its text the offending values."""

import base64
import binascii
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element

from wms.carriers.errors import AuthFailed, FieldError, Rejected
from wms.carriers.gls_pl.statuses import STATUSES
from wms.carriers.port import Created, Document, LabelFile, LabelFormat, PickupOrder, TrackEvent
from wms.carriers.shaping import a_label, from_warsaw, oldest_first
from wms.carriers.soap import Fault, body_of, text
from wms.carriers.wire import Answer, checked, junk, object_of

OVER = ("err_sess_expired", "err_sess_not_found")
OUR_FIELDS = (
    ("sds_receiver_phone", "receiver.phone"), ("rphone", "receiver.phone"), ("rzipcode", "receiver.postcode"),
    ("zipcode", "receiver.postcode"), ("rcity", "receiver.city"), ("rstreet", "receiver.street"), ("rname", "receiver.name"),
    ("rcontact", "receiver.email"), ("rcountry", "receiver.country"), ("cod_amount", "cod_amount"), ("cod", "cod_amount"),
    ("weight", "parcels.0.weight_g"), ("references", "reference"), ("notes", "comment"), ("date", "ship_on"),
    ("sds", "point"),
)  # fmt: skip


class SessionOver(Exception):
    """Log in again and ask once more: nothing was carried out."""


class Missing(Exception):
    """GLS has nothing under this id in its box."""


def accepted(a: Answer) -> Element:
    """What is in ``return``. Raises ``Rejected``, ``AuthFailed``, ``SessionOver``, ``Missing`` and what ``checked`` raises."""
    if a.status in (401, 403, 429):
        checked(a)
    body = body_of(a)
    if isinstance(body, Fault):
        raise meaning(a, body)
    if a.status >= 300:
        raise junk(a, "the carrier's server is in trouble")
    found = body.find("return")
    if found is None:
        raise junk(a, "the carrier's answer has nothing in it")
    return found


def meaning(a: Answer, fault: Fault) -> Exception:
    code = fault.code.rpartition(":")[2]
    if code in OVER:
        return SessionOver()
    if code.startswith(("err_user", "err_sess", "err_login")):
        return AuthFailed(f"GLS refuses the account: {code}")
    if not code.startswith("err_"):
        return junk(a, "the carrier's server is in trouble")
    if code.endswith("_not_found"):
        return Missing(code)
    field = next((ours for part, ours in OUR_FIELDS if part in code), "")
    return Rejected([FieldError(field, code, fault.text or code)])


def session(a: Answer) -> str:
    try:
        found = text(accepted(a), "session")
    except (SessionOver, Missing) as e:
        raise AuthFailed("GLS gives no session") from e
    except Rejected as e:
        raise AuthFailed(f"GLS refuses the login: {e.field_errors[0].code}") from None
    if not found:
        raise junk(a, "GLS gives no session")
    return found


def id_of(a: Answer) -> str:
    found = text(accepted(a), "id")
    if not found:
        raise junk(a, "GLS does not say under which id")
    return found


def ids(a: Answer) -> list[str]:
    return [e.text.strip() for e in accepted(a).iter("items") if e.text and e.text.strip()]


def consignment(a: Answer, id: str) -> Created:
    """Without numbers until every parcel has one."""
    found = accepted(a)
    parcels = found.findall("parcels/items")
    numbers = [text(p, "number") for p in parcels]
    return Created(
        id=id, reference=text(found, "references"), numbers=tuple(numbers) if numbers and all(numbers) else ()
    )


def description(a: Answer) -> str:
    return text(accepted(a), "desc")


def _bytes(a: Answer, name: str) -> bytes:
    try:
        return base64.b64decode(text(accepted(a), name), validate=False)
    except (ValueError, binascii.Error):
        raise junk(a, "GLS's answer has no document in it") from None


def label(a: Answer, fmt: LabelFormat) -> LabelFile:
    content = _bytes(a, "labels")
    try:
        return a_label(fmt, content)
    except ValueError as e:
        raise junk(a, str(e)) from None


def receipt(a: Answer) -> Document:
    content = _bytes(a, "receipt")
    if not content.startswith(b"%PDF-"):
        raise junk(a, "the protocol is no PDF")
    return Document("gls-potwierdzenie.pdf", "application/pdf", content)


def ordered(a: Answer) -> PickupOrder:
    found = accepted(a)
    number = text(found, "id") or text(found, "order_id") or text(found, ".")
    if not number:
        raise junk(a, "GLS does not say under which id")
    return PickupOrder(number, "ordered")


def events(a: Answer) -> list[TrackEvent]:
    """Oldest first, in UTC; a number that GLS does not know yet has none."""
    if a.status == 404:
        return []
    checked(a)
    found = object_of(a)
    try:
        every = [_event(e) for p in found["parcels"] for e in p.get("events") or []]
    except (KeyError, TypeError, ValueError):
        raise junk(a, "GLS's events cannot be read") from None
    return oldest_first(every)


def _event(e: Any) -> TrackEvent:
    raw = str(e["code"])
    status, known = STATUSES.of(raw)
    stamp = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", str(e["timestamp"]))
    at = datetime.fromisoformat(stamp)
    return TrackEvent(
        status=status, raw=raw, at=at.astimezone(UTC) if at.tzinfo else from_warsaw(stamp),
        place=e.get("location") or None, known=known,
    )  # fmt: skip
