"""What keeps an order from being sent: checks of the recipient, as plain rules.

A fault found here puts the order on hold with a reason that the shop can read and mend; it never drops the order.
"""

import re
from collections.abc import Iterator

import msgspec

from wms.kernel.countries import COUNTRIES
from wms.kernel.text import Text
from wms.printing.cells import risky

POSTCODES = {
    "PL": r"\d{2}-\d{3}", "DE": r"\d{5}", "CZ": r"\d{3} ?\d{2}", "SK": r"\d{3} ?\d{2}", "FR": r"\d{5}",
    "IT": r"\d{5}", "ES": r"\d{5}", "AT": r"\d{4}", "BE": r"\d{4}", "NL": r"\d{4} ?[A-Za-z]{2}", "LT": r"(LT-)?\d{5}",
    "SE": r"\d{3} ?\d{2}", "DK": r"\d{4}", "HU": r"\d{4}", "RO": r"\d{6}",
    "GB": r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}",
}  # fmt: skip
NO_POSTCODE = frozenset({"IE", "AE", "HK", "BH", "QA"})
PHONE = re.compile(r"\+?[0-9][0-9 ()-]{6,20}")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    company: str | None
    street: str
    postcode: str
    city: str
    country: str
    phone: str | None
    email: str | None
    point: str | None


class Fault(msgspec.Struct, frozen=True):
    """``field`` is the JSON pointer of what to mend."""

    code: str
    field: str
    text: Text


def _fault(code: str, field: str, en: str, pl: str) -> Fault:
    return Fault(code, f"/recipient/{field}", Text(en=en, pl=pl))


NAME = _fault("name-missing", "name", "Give the recipient's name.", "Podaj nazwę odbiorcy.")
STREET = _fault("street-missing", "street", "Give street and house number.", "Podaj ulicę i numer domu.")
CITY = _fault("city-missing", "city", "Give the town.", "Podaj miejscowość.")
COUNTRY_UNKNOWN = _fault(
    "country-unknown",
    "country",
    "Give the country as two letters (PL, DE ...).",
    "Podaj kraj dwuliterowo (PL, DE ...).",
)
POSTCODE = _fault(
    "postcode-wrong",
    "postcode",
    "The postcode is not one of this country.",
    "Kod pocztowy nie pasuje do kraju.",
)
PHONE_WRONG = _fault(
    "phone-wrong",
    "phone",
    "Give a telephone number that the courier can call.",
    "Podaj numer telefonu, pod który zadzwoni kurier.",
)
EMAIL_WRONG = _fault("email-wrong", "email", "The e-mail address is not one.", "To nie jest adres e-mail.")
POINT = Fault(
    "point-missing", "/point", Text(en="Name the parcel locker.", pl="Podaj paczkomat lub punkt odbioru.")
)

# What stands in the carrier's file beside our own numbers: see ``wms.printing.cells``. One code, because none of them may
# be released unmended: the manifest with that parcel on it could not be closed.
FORMULA = {
    field: _fault(
        "formula-cell",
        field,
        "A spreadsheet would run this as a formula, or break its line. Leave out the sign at its start.",
        "Arkusz kalkulacyjny uznałby to za formułę albo złamał wiersz. Usuń znak z początku.",
    )
    for field in ("name", "postcode", "city")
}

FAULTS = {
    f.code: f.text
    for f in (NAME, STREET, CITY, COUNTRY_UNKNOWN, POSTCODE, PHONE_WRONG, EMAIL_WRONG, POINT, FORMULA["name"])
}  # fmt: skip
NEVER_RELEASED = ("formula-cell", "no-service")
"""Holds that end only when what is wrong is mended."""


def to_point(service: str) -> bool:
    """Whether a service delivers to a locker or another pickup point, by its name."""
    return "locker" in service or "point" in service


def goes_to_point(service: str, point: str | None, *, carried: bool) -> bool:
    """The same of an order as it stands: one that nobody carries yet goes where its ``point`` says."""
    return to_point(service) if carried else bool((point or "").strip())


def check_recipient(r: Recipient, *, locker: bool) -> Iterator[Fault]:
    """Every fault of a recipient at once. ``locker``: the service delivers to a point."""
    for field, fault in FORMULA.items():
        if risky(getattr(r, field)):
            yield fault
    if len(r.name.strip()) < 2:
        yield NAME
    if not locker and not re.search(r"\w", r.street):
        yield STREET
    if not r.city.strip():
        yield CITY
    if r.country not in COUNTRIES:
        yield COUNTRY_UNKNOWN
    elif r.country not in NO_POSTCODE:
        pattern = POSTCODES.get(r.country, r"[A-Za-z0-9][A-Za-z0-9 -]{1,9}")
        if not re.fullmatch(pattern, r.postcode.strip()):
            yield POSTCODE
    if not PHONE.fullmatch((r.phone or "").strip()):
        yield PHONE_WRONG
    if r.email and not EMAIL.fullmatch(r.email):
        yield EMAIL_WRONG
    if locker and not (r.point or "").strip():
        yield POINT
