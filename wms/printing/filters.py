"""The filters that a template may put behind a field: a fixed set of plain functions.

``upper`` capital letters; ``date`` 21.11.2026; ``money`` 1 249,90; ``kg`` grams as 2,350 kg; ``group4`` digits in
fours; ``sscc_hri`` the number with its identifier in parentheses; ``trim:30`` the first 30 characters.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

Filter = Callable[[Any], str]


def _upper(value: object) -> str:
    return str(value).upper()


@lru_cache(maxsize=256, typed=True)
def _date(value: object) -> str:
    if not isinstance(value, date):
        raise TypeError("a date")
    iso = value.isoformat()
    return f"{iso[8:10]}.{iso[5:7]}.{iso[:4]}"


def money(value: object) -> str:
    """Two decimals, a comma, thousands set apart: ``1 249,90``."""
    if type(value) is not Decimal and (isinstance(value, bool) or not isinstance(value, Decimal | int)):
        raise TypeError("a Decimal")
    return f"{value:,.2f}".replace(",", " ").replace(".", ",")


def kg(value: object) -> str:
    """Grams as kilograms with three decimals: ``2,350 kg``."""
    if type(value) is not int:
        raise TypeError("a whole number of grams")
    return f"{value // 1000},{value % 1000:03d} kg"


def _group4(value: object) -> str:
    text = str(value)
    return " ".join([text[at : at + 4] for at in range(0, len(text), 4)])


def _sscc_hri(value: object) -> str:
    text = str(value)
    if len(text) != 18 or not (text.isascii() and text.isdigit()):
        raise ValueError("18 digits")
    return f"(00) {text}"


_PLAIN: dict[str, Filter] = {
    "upper": _upper,
    "date": _date,
    "money": money,
    "kg": kg,
    "group4": _group4,
    "sscc_hri": _sscc_hri,
}
KNOWN = (*_PLAIN, "trim:N")


def named(name: str) -> Filter | None:
    """The filter of that name, None where there is none."""
    if name.startswith("trim:"):
        length = name.removeprefix("trim:")
        if not (length.isascii() and length.isdigit() and 0 < int(length) <= 500):
            return None
        keep = int(length)
        return lambda value: str(value)[:keep]
    return _PLAIN.get(name)
