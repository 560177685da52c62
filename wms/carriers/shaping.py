"""Small things that several carriers want in their own way: addresses, lengths, times, labels."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import structlog

from wms.carriers.errors import FieldError, ours
from wms.carriers.port import LabelFile, LabelFormat, Party, ShipmentIn, TrackEvent, TrackStatus

log = structlog.get_logger("wms.carriers")
WARSAW = ZoneInfo("Europe/Warsaw")

_NUMBER = re.compile(r"^(?P<street>.*?\D)[\s,]+(?P<number>\d[\w/\-. ]*)$")


def split_street(line: str) -> tuple[str, str]:
    """``Źródlana 7/3`` as street and number; ``3 Maja 12a`` too. The number is empty where there is none."""
    found = _NUMBER.match(line.strip())
    return (found["street"].strip(" ,"), found["number"].strip()) if found else (line.strip(), "")


def plain_postcode(code: str) -> str:
    """Without dash and blanks, as two of the carriers take it."""
    return re.sub(r"[\s-]", "", code)


def polish_phone(phone: str | None) -> str | None:
    """Digits without the country's 48, as most forms want it; others keep their ``+``."""
    if phone is None:
        return None
    digits = re.sub(r"[^\d+]", "", phone)
    for prefix in ("+48", "0048"):
        if digits.startswith(prefix):
            return digits[len(prefix) :]
    return digits


def kg(grams: int) -> Decimal:
    """Kilograms with the grams behind the point, without zeros at the end; never less than 10 g."""
    return Decimal(f"{Decimal(max(grams, 10)) / 1000:.3f}".rstrip("0").rstrip("."))


def whole_kg(grams: int) -> int:
    """Kilograms rounded up, for carriers that know no less."""
    return max(1, -(-grams // 1000))


def whole_cm(mm: int) -> int:
    return max(1, -(-mm // 10))


def too_long(limits: Iterable[tuple[str, str | None, int]]) -> list[FieldError]:
    """A refusal for each (field, value, most characters): cut in silence, a street would lead nowhere."""
    return [
        ours(
            field,
            "too-long",
            f"{len(value)} characters; this carrier takes {most}",
            f"{len(value)} znaków; ten przewoźnik przyjmuje {most}",
        )
        for field, value, most in limits
        if value is not None and len(value) > most
    ]


def collects_no(carrier: str, s: ShipmentIn) -> FieldError:
    """Cash in a currency that the carrier does not collect."""
    currency = s.cod_currency
    return ours(
        "cod_currency",
        "not-served",
        f"{carrier} collects no {currency}",
        f"{carrier} nie pobiera kwot w {currency}",
    )


def of_party(field: str, p: Party, *, name: int, street: int, city: int) -> list[tuple[str, str | None, int]]:
    """The usual limits of an address, for ``too_long``."""
    return [
        (f"{field}.name", p.name, name),
        (f"{field}.company", p.company, name),
        (f"{field}.street", p.street, street),
        (f"{field}.city", p.city, city),
        (f"{field}.email", p.email, 60),
    ]


def too_heavy(s: ShipmentIn, most_g: int) -> list[FieldError]:
    return [
        ours(
            f"parcels.{i}.weight_g",
            "too-heavy",
            f"{p.weight_g} g; at most {most_g} g",
            f"{p.weight_g} g; najwyżej {most_g} g",
        )
        for i, p in enumerate(s.parcels)
        if p.weight_g > most_g
    ]


def needs_sizes(s: ShipmentIn) -> list[FieldError]:
    return [
        ours(
            f"parcels.{i}.{side}",
            "missing",
            "this carrier needs the size of the box",
            "ten przewoźnik wymaga wymiarów kartonu",
        )
        for i, p in enumerate(s.parcels)
        for side, mm in (("length_mm", p.length_mm), ("width_mm", p.width_mm), ("height_mm", p.height_mm))
        if not mm
    ]


def from_warsaw(text: str) -> datetime:
    """A local Polish time without offset as UTC; in the hour that comes twice, the first. Raises ``ValueError``."""
    found = datetime.fromisoformat(text.strip())
    return (found if found.tzinfo else found.replace(tzinfo=WARSAW)).astimezone(UTC)


class Statuses:
    """A carrier's words for what happens to a parcel, and ours. What nobody has mapped is told once per process."""

    def __init__(
        self, carrier: str, exact: dict[str, TrackStatus], prefixes: dict[str, TrackStatus] | None = None
    ) -> None:
        self.carrier, self.exact = carrier, exact
        self.prefixes = sorted((prefixes or {}).items(), key=lambda p: -len(p[0]))
        self.told: set[str] = set()

    def of(self, raw: str) -> tuple[TrackStatus, bool]:
        """Our status, and whether the word was known; an unknown parcel is somewhere on its way."""
        if raw in self.exact:
            return self.exact[raw], True
        for prefix, status in self.prefixes:
            if raw.startswith(prefix):
                return status, True
        if raw not in self.told:
            self.told.add(raw)
            log.warning("unknown carrier status", carrier=self.carrier, raw=raw[:60])
        return "in_transit", False


def a_label(fmt: LabelFormat, content: bytes) -> LabelFile:
    """The bytes as a label. Raises ``ValueError`` when they are a web page, an archive, cut short or nothing."""
    if fmt == "pdf":
        fits = content[:1024].lstrip().startswith(b"%PDF-") and b"%%EOF" in content[-1024:]
    else:
        fits = (
            b"^XA" in content[:4096] and content.rstrip().endswith(b"^XZ") and not content.startswith(b"PK")
        )
    if not fits:
        raise ValueError(f"what came is no whole {fmt} label ({len(content)} bytes)")
    return LabelFile(fmt, content)


JOURNEY: Sequence[TrackStatus] = (
    "registered", "ready", "handed_over", "in_transit", "problem", "out_for_delivery", "at_point", "delivered",
    "returned", "cancelled",
)  # fmt: skip


def oldest_first(events: Iterable[TrackEvent]) -> list[TrackEvent]:
    """By time, and within one moment by how far the parcel was: couriers tell times to the second or to the minute,
    some of them the newest first, and the last event decides whether more is to come."""
    return sorted(events, key=lambda e: (e.at, JOURNEY.index(e.status)))
