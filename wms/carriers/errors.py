"""The ways in which a call to a carrier can go wrong: one meaning each, so that nobody has to guess what to do next."""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar

import msgspec

from wms.kernel.text import Lang


class Cap(StrEnum):
    """What an adapter can do; each has a protocol in ``wms.carriers.port``."""

    CREATE = "create"
    FIND = "find"
    LABEL = "label"
    LABEL_SHEET = "label_sheet"
    CANCEL = "cancel"
    TRACK = "track"
    WEBHOOK = "webhook"
    PICKUP = "pickup"
    PROTOCOL = "protocol"
    POINTS = "points"
    TYPED = "typed"
    MULTI_PARCEL = "multi_parcel"


class FieldError(msgspec.Struct, frozen=True):
    """``field`` is a path into ``ShipmentIn`` (``receiver.phone``), ``code`` stable, ``why`` a sentence: the carrier's own,
    or ours (``ours``), which has its Polish in ``pl``."""

    field: str
    code: str
    why: str
    pl: str = ""

    def said(self, lang: Lang) -> str:
        return self.pl if lang == "pl" and self.pl else self.why


def ours(field: str, code: str, en: str, pl: str) -> FieldError:
    """What we know of a carrier without asking it."""
    return FieldError(field, code, en, pl)


class CarrierError(Exception):
    """What every failed call raises, one meaning to each kind. ``code`` is stable."""

    code: ClassVar[str] = "carrier-error"


class Rejected(CarrierError):
    """The carrier will never take it like this; somebody must mend the fields. Not retried."""

    code = "rejected"

    def __init__(self, field_errors: Sequence[FieldError]) -> None:
        self.field_errors = tuple(field_errors)
        super().__init__(self.said("en"))

    def said(self, lang: Lang) -> str:
        return "; ".join(f"{e.field}: {e.said(lang)}" for e in self.field_errors)


class AuthFailed(CarrierError):
    """The account does not work. Stops this account and alarms; retrying would lock it."""

    code = "auth-failed"


class RateLimited(CarrierError):
    """Too many calls; ``retry_after`` in seconds."""

    code = "rate-limited"

    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after
        super().__init__(f"retry after {retry_after:g} s")


class Unavailable(CarrierError):
    """Nothing was booked: the connection was refused, there is no such host, or the call only reads. Retried."""

    code = "unavailable"


class Ambiguous(CarrierError):
    """The request was sent and no answer came that can be read: it may be booked.

    Looked up by reference before any retry; where the carrier knows no such look-up, a person decides.
    """

    code = "ambiguous"


class NotSupported(CarrierError):
    """This carrier has no such thing."""

    code = "not-supported"

    def __init__(self, carrier: str, what: Cap) -> None:
        self.what = what
        super().__init__(f"{carrier} cannot {what}")


class NumbersUsedUp(CarrierError):
    """The carrier's own number range is empty; goes on by itself once the range has been extended."""

    code = "numbers-used-up"


class WebhookForged(CarrierError):
    """A webhook without the right signature. Answered with 401 and forgotten."""

    code = "webhook-forged"
