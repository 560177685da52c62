"""Lines of a price list out of a spreadsheet: pasted, or a CSV file. Good ones are read, bad ones named."""

import csv
import io
import re
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from wms.kernel.countries import COUNTRIES
from wms.kernel.text import Lang, Text
from wms.kernel.whys import AN_AMOUNT

MOST_LINES = 5000
REQUIRED = (
    "carrier",
    "service",
    "country",
    "max_weight_g",
    "price",
    "currency",
    "transit_days",
    "valid_from",
)
OPTIONAL = ("valid_until", "cod_price", "max_length_mm", "max_girth_mm", "size_mm")
COLUMNS = (*REQUIRED, *OPTIONAL)
"""The headings; without a first row of headings the columns are in this order."""

MISSING = Text(en="{column} is empty", pl="puste pole {column}")
NOT_THAT = Text(en="{column}: “{text}” is not {what}", pl="{column}: „{text}” to nie {what}")
WHOLE = Text(en="a whole number from {low} to {high}", pl="liczba całkowita od {low} do {high}")
DAY = Text(en="a day like 2026-11-23", pl="data taka jak 2026-11-23")
COUNTRY = Text(en="a country of two letters", pl="dwuliterowy kod kraju")
CURRENCY = Text(en="a currency of three letters", pl="trzyliterowy kod waluty")
SIZE = Text(en="three sides in mm like 640x380x190", pl="trzy boki w mm, np. 640x380x190")
ENDS_BEFORE = Text(
    en="it would end on {until}, before it begins on {since}",
    pl="kończyłaby się {until}, zanim zacznie się {since}",
)
TOO_MANY = Text(
    en="a list has at most {most} lines; this one is left over",
    pl="lista ma najwyżej {most} wierszy; ten już się nie mieści",
)
NO_LINES = Text(en="there is no line in it", pl="nie ma w niej żadnego wiersza")


class BadPrice(msgspec.Struct, frozen=True):
    """``row`` counts from 1 as a spreadsheet does; ``text`` is the row as it came."""

    row: int
    text: str
    why: str


class PriceLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line as it was read; whether there is such a carrier is not known yet."""

    row: int
    text: str
    carrier: str
    service: str
    country: str
    max_weight_g: int
    price: Decimal
    currency: str
    transit_days: int
    valid_from: date
    valid_until: date | None = None
    cod_price: Decimal | None = None
    max_length_mm: int | None = None
    max_girth_mm: int | None = None
    size_mm: list[int] | None = None


class _Wrong(Exception):
    def __init__(self, sentence: Text, /, **values: object) -> None:
        self.sentence, self.values = sentence, values
        super().__init__()


def read_prices(text: str, lang: Lang) -> tuple[list[PriceLine], list[BadPrice]]:
    """Every line that says something, in order. Separators are ``;``, tab or ``,``, whichever the first row has."""
    text = text.replace("\x00", "").removeprefix("\ufeff")
    first = next((row for row in text.splitlines() if row.strip()), "")
    separator = next((s for s in (";", "\t", ",") if s in first), ";")
    good: list[PriceLine] = []
    bad: list[BadPrice] = []
    order: tuple[str, ...] = COLUMNS
    begun = False
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        for cells in reader:
            row = [c.strip() for c in cells]
            if not any(row):
                continue
            heads = tuple(c.lower() for c in row)
            if not begun and {"carrier", "price"} <= set(heads):
                begun, order = True, heads
                continue
            begun = True
            shown = separator.join(row)[:300]
            try:
                if len(good) >= MOST_LINES:
                    raise _Wrong(TOO_MANY, most=MOST_LINES)
                good.append(_line(dict(zip(order, row, strict=False)), reader.line_num, shown, lang))
            except _Wrong as e:
                bad.append(BadPrice(reader.line_num, shown, e.sentence.in_(lang, **e.values)))
    except csv.Error as e:
        bad.append(BadPrice(reader.line_num, "", str(e)))
    if not good and not bad:
        bad.append(BadPrice(0, "", NO_LINES.in_(lang)))
    return good, bad


def _line(cells: dict[str, str], row: int, shown: str, lang: Lang) -> PriceLine:
    for column in REQUIRED:
        if not cells.get(column):
            raise _Wrong(MISSING, column=column)
    r = _Reader(cells, lang)
    since, until = r.day("valid_from"), r.day("valid_until")
    assert since is not None
    if until is not None and until < since:
        raise _Wrong(ENDS_BEFORE, until=until, since=since)
    values: dict[str, Any] = {
        "country": r.country("country"),
        "currency": r.letters("currency", 3, CURRENCY),
        "max_weight_g": r.whole("max_weight_g", 1, 2_000_000),
        "transit_days": r.whole("transit_days", 0, 60),
        "price": r.money("price"),
        "cod_price": r.money("cod_price"),
        "max_length_mm": r.whole("max_length_mm", 1, 20_000),
        "max_girth_mm": r.whole("max_girth_mm", 1, 60_000),
        "size_mm": r.size("size_mm"),
    }
    return PriceLine(
        row=row, text=shown, carrier=cells["carrier"][:40], service=cells["service"][:40], valid_from=since,
        valid_until=until, **values,
    )  # fmt: skip


class _Reader:
    """The cells of one line, by their column; an empty one is None."""

    def __init__(self, cells: dict[str, str], lang: Lang) -> None:
        self.cells, self.lang = cells, lang

    def _no(self, column: str, what: Text, **values: object) -> _Wrong:
        return _Wrong(
            NOT_THAT, column=column, text=self.cells[column][:40], what=what.in_(self.lang, **values)
        )

    def whole(self, column: str, low: int, high: int) -> int | None:
        text = re.sub(r"[\s\u00a0\u202f]", "", self.cells.get(column, ""))
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 9 and low <= int(text) <= high):
            raise self._no(column, WHOLE, low=low, high=high)
        return int(text)

    def money(self, column: str) -> Decimal | None:
        text = re.sub(r"[\s\u00a0\u202f]", "", self.cells.get(column, "")).replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", text):
            raise self._no(column, AN_AMOUNT)
        return Decimal(text)

    def day(self, column: str) -> date | None:
        text = self.cells.get(column, "")
        if not text:
            return None
        if turned := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text):
            text = f"{turned[3]}-{int(turned[2]):02}-{int(turned[1]):02}"
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self._no(column, DAY) from None

    def letters(self, column: str, n: int, what: Text) -> str:
        text = self.cells[column].upper()
        if not re.fullmatch(f"[A-Z]{{{n}}}", text):
            raise self._no(column, what)
        return text

    def country(self, column: str) -> str:
        text = self.cells[column].upper()
        if text not in COUNTRIES:
            raise self._no(column, COUNTRY)
        return text

    def size(self, column: str) -> list[int] | None:
        text = self.cells.get(column, "").lower().replace("×", "x").replace(" ", "")
        if not text:
            return None
        if not re.fullmatch(r"[1-9]\d{0,3}x[1-9]\d{0,3}x[1-9]\d{0,3}", text):
            raise self._no(column, SIZE)
        return sorted((int(s) for s in text.split("x")), reverse=True)
