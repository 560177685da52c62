"""What comes back from DHL24."""

import base64
import binascii
import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

import msgspec

from wms.carriers.dhl24.statuses import STATUSES
from wms.carriers.errors import AuthFailed, FieldError, RateLimited, Rejected
from wms.carriers.port import (
    CancelOutcome,
    Created,
    Document,
    LabelFile,
    LabelFormat,
    PickupOrder,
    TrackEvent,
)
from wms.carriers.shaping import a_label, from_warsaw, oldest_first
from wms.carriers.soap import Fault, body_of, text
from wms.carriers.wire import Answer, checked, junk

LOGIN = re.compile(r"(?i)autoryz|uwierzytel|logowani|użytkownik|hasł|uprawnie|authData")
UNKNOWN = re.compile(r"(?i)nie znaleziono|nie istnieje|brak przesyłki|nieznany numer")
LIMIT = re.compile(r"(?i)limit zapyta|zbyt wiele zapyta")
OUR_FIELDS = (
    (re.compile(r"(?i)kod.{0,20}pocztow|postalCode"), "postcode"),
    (re.compile(r"(?i)telefon|phone"), "phone"),
    (re.compile(r"(?i)e-?mail"), "email"),
    (re.compile(r"(?i)numer domu|houseNumber|ulic|street"), "street"),
    (re.compile(r"(?i)miast|miejscowo|city"), "city"),
    (re.compile(r"(?i)nazw|name"), "name"),
)
OTHER_FIELDS = (
    (re.compile(r"(?i)pobran|collectOnDelivery"), "cod_amount"),
    (re.compile(r"(?i)ubezpiecz|insurance"), "insured"),
    (re.compile(r"(?i)wag[aię]|weight"), "parcels.0.weight_g"),
    (re.compile(r"(?i)dat[aęy]|shipmentDate"), "ship_on"),
)


def accepted(a: Answer) -> Element:
    """The operation's result. Raises ``Rejected``, ``AuthFailed`` and what ``checked`` raises."""
    if a.status in (401, 403, 429):
        checked(a)
    body = body_of(a)
    if isinstance(body, Fault):
        raise meaning(a, body)
    if a.status >= 300 or len(body) == 0:
        raise junk(a, "the carrier's answer has nothing in it")
    return body[0]


def meaning(a: Answer, fault: Fault) -> Exception:
    """A number with a sentence is DHL's own word; any other code is its server in trouble."""
    code = fault.code.rpartition(":")[2]
    if LIMIT.search(fault.text):
        return RateLimited(60)
    if LOGIN.search(fault.text):
        return AuthFailed(f"DHL24 refuses the account (code {code})")
    if not code.isdigit():
        return junk(a, "the carrier's server is in trouble")
    return Rejected([FieldError(of_sentence(fault.text), code, fault.text or code)])


def of_sentence(said: str) -> str:
    """Which of our fields a Polish sentence speaks of; empty when it cannot be told."""
    if found := next((f for pattern, f in OTHER_FIELDS if pattern.search(said)), ""):
        return found
    party = "sender" if re.search(r"(?i)nadawc|shipper", said) else "receiver"
    found = next((f for pattern, f in OUR_FIELDS if pattern.search(said)), "")
    return f"{party}.{found}" if found else ""


def created(a: Answer, reference: str) -> Created:
    number = text(accepted(a), "item/shipmentId")
    if not number:
        raise junk(a, "DHL24's answer has no number in it")
    return Created(id=number, reference=reference, numbers=(number,))


class Page(msgspec.Struct, frozen=True):
    """``hits`` carry our reference; ``contacts``: the page shows contact persons at all."""

    hits: list[Created]
    size: int
    contacts: bool


def listed(a: Answer, ref: str) -> Page:
    """Bookings that carry our reference as the sender's contact person."""
    items = accepted(a).findall("item")
    numbers = [text(i, "shipmentId") for i in items if text(i, "shipper/contactPerson") == ref]
    hits = [Created(id=n, reference=ref, numbers=(n,)) for n in numbers]
    return Page(hits, len(items), any(text(i, "shipper/contactPerson") for i in items))


def labels(a: Answer, ids: Sequence[str], fmt: LabelFormat) -> list[LabelFile]:
    found = {text(i, "shipmentId"): text(i, "labelData") for i in accepted(a).findall("item")}
    try:
        return [a_label(fmt, base64.b64decode(found[i])) for i in ids]
    except (KeyError, ValueError, binascii.Error) as e:
        raise junk(a, f"a label is missing or none: {e}") from None


def cancelled(a: Answer) -> CancelOutcome:
    try:
        item = accepted(a).find("item")
    except Rejected as e:
        return CancelOutcome(False, e.field_errors[0].why)
    if item is None:
        raise junk(a, "the carrier does not say that it is cancelled")
    if text(item, "result") in ("true", "1"):
        return CancelOutcome(True)
    return CancelOutcome(False, text(item, "error") or "DHL24 does not take it back")


def ordered(a: Answer) -> PickupOrder:
    number = text(accepted(a), "item")
    if not number:
        raise junk(a, "DHL24's answer has no pickup in it")
    return PickupOrder(number, "booked")


def protocol(a: Answer) -> Document:
    try:
        content = base64.b64decode(text(accepted(a), "fileData"))
    except (ValueError, binascii.Error):
        content = b""
    if not content.startswith(b"%PDF-"):
        raise junk(a, "the protocol is no PDF")
    return Document("dhl24-pnp.pdf", "application/pdf", content)


def events(a: Answer) -> list[TrackEvent]:
    """Oldest first, in UTC; a number that DHL24 does not know yet has none."""
    try:
        found = accepted(a)
    except Rejected as e:
        if UNKNOWN.search(e.field_errors[0].why):
            return []
        raise
    try:
        return oldest_first(_event(i) for i in found.iterfind("events/item"))
    except ValueError:
        raise junk(a, "DHL24's events cannot be read") from None


def _event(e: Element) -> TrackEvent:
    raw = text(e, "status")
    status, known = STATUSES.of(raw)
    return TrackEvent(
        status=status,
        raw=raw,
        at=from_warsaw(text(e, "timestamp")),
        place=text(e, "terminal") or None,
        known=known,
    )
