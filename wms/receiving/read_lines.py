"""Lines of an announcement out of a spreadsheet: pasted, or a CSV file. Good ones are read, bad ones named."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import date

import msgspec

from wms.kernel.text import Lang, Text
from wms.receiving.create_asn import LineIn

MOST_LINES = 2000
MOST_QUANTITY = 1_000_000

HEADS = {
    "sku": {"sku", "code", "kod", "towar", "indeks", "symbol"},
    "quantity": {"quantity", "qty", "pieces", "ilość", "ilosc", "szt", "szt.", "sztuk"},
    "lot": {"lot", "batch", "partia", "seria"},
    "expires_on": {"expires", "expires_on", "expiry", "use by", "best before", "ważność", "data ważności", "ważne do"},
}  # fmt: skip
"""Headings by which a column is known; without headings the columns are in this order."""

NO_SKU = Text(en="no SKU", pl="brak SKU")
NO_QUANTITY = Text(
    en="the quantity “{text}” is not a whole number from 1 to 1,000,000",
    pl="ilość „{text}” nie jest liczbą całkowitą od 1 do 1 000 000",
)
NO_DATE = Text(en="“{text}” is not a day like 2028-05-31", pl="„{text}” nie jest datą taką jak 2028-05-31")
TOO_LONG = Text(
    en="the SKU or the lot is longer than it can be", pl="SKU lub partia jest dłuższa, niż może być"
)
TOO_MANY = Text(
    en="an announcement has at most {most} lines; this one is left over",
    pl="awizo ma najwyżej {most} pozycji; ta się już nie mieści",
)
NO_LINES = Text(en="there is no line in it", pl="nie ma w tym żadnej pozycji")


class BadLine(msgspec.Struct, frozen=True):
    """``row`` counts from 1 as a spreadsheet does; ``text`` is the row as it came."""

    row: int
    text: str
    why: str


class GoodLine(msgspec.Struct, frozen=True):
    row: int
    text: str
    line: LineIn


def read_lines(text: str, lang: Lang) -> tuple[list[GoodLine], list[BadLine]]:
    """Every line that says something, in order. Separators are ``;``, tab or ``,``, whichever the first row has."""
    text = text.replace("\x00", "").removeprefix("\ufeff")
    first = next((row for row in text.splitlines() if row.strip()), "")
    separator = next((s for s in (";", "\t", ",") if s in first), ";")
    good: list[GoodLine] = []
    bad: list[BadLine] = []
    order = list(HEADS)
    begun = False
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    try:
        for cells in reader:
            row = [c.strip() for c in cells]
            if not any(row):
                continue
            if not begun:
                begun = True
                if found := _headings(row):
                    order = found
                    continue
            shown = separator.join(row)[:300]
            line = _line(dict(zip(order, row, strict=False)), lang)
            if len(good) >= MOST_LINES:
                line = TOO_MANY.in_(lang, most=MOST_LINES)
            if isinstance(line, str):
                bad.append(BadLine(reader.line_num, shown, line))
            else:
                good.append(GoodLine(reader.line_num, shown, line))
    except csv.Error as e:
        bad.append(BadLine(reader.line_num, "", str(e)))
    return good, bad


def _headings(row: Sequence[str]) -> list[str] | None:
    """Which column is what, where the first row says so: SKU and quantity must be among them."""
    known = {word: field for field, words in HEADS.items() for word in words}
    found = [known.get(cell.lower().strip('"'), f"unknown {i}") for i, cell in enumerate(row)]
    return found if {"sku", "quantity"} <= set(found) else None


def _line(cells: dict[str, str], lang: Lang) -> LineIn | str:
    """One line, or what is wrong with it."""
    sku, lot = cells.get("sku", ""), cells.get("lot", "")
    if not sku:
        return NO_SKU.in_(lang)
    if len(sku) > 80 or len(lot) > 40:
        return TOO_LONG.in_(lang)
    said = cells.get("quantity", "")
    # thousands as a spreadsheet writes them, and whole numbers that it made decimals of
    digits = re.sub(r"[\s\u00a0\u202f]", "", said)
    digits = re.sub(r"[.,]0{1,2}$", "", digits)
    if not (digits.isascii() and digits.isdigit() and len(digits) < 9 and 1 <= int(digits) <= MOST_QUANTITY):
        return NO_QUANTITY.in_(lang, text=said[:40])
    expires = None
    if day := cells.get("expires_on", ""):
        expires = _day(day)
        if expires is None:
            return NO_DATE.in_(lang, text=day[:40])
    return LineIn(sku=sku, quantity=int(digits), lot=lot or None, expires_on=expires)


def _day(text: str) -> date | None:
    """2028-05-31 or 31.05.2028."""
    if turned := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text):
        text = f"{turned[3]}-{int(turned[2]):02}-{int(turned[1]):02}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
