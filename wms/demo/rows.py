"""The rows of a file of orders, read one line at a time: cells checked, nothing decided.

``.csv`` or ``.csv.xz``, known by its first bytes. A row is one line: a quote left open spoils that line, no other.
"""

import csv
import io
import lzma
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, NamedTuple

from wms.demo.data_texts import BrokenFile, NoFile, WrongShape

COLUMNS = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country",
)  # fmt: skip
QUANTITY_LIMIT = 10_000_000

_CODE = re.compile(r"[A-Z0-9][A-Z0-9 ._/-]{0,39}")
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")
_QUANTITY = re.compile(r"([+-]?[0-9]{1,15})(\.0+)?")
_XZ = b"\xfd7zXZ\x00"


class Row(NamedTuple):
    """``number`` and ``code`` in upper case; ``quantity`` is never 0; ``price`` is below 0 only for charges."""

    number: str
    code: str
    description: str
    quantity: int
    at: datetime
    price: Decimal
    customer: str | None
    country: str


class BadCell(NamedTuple):
    """``day`` where it could be read."""

    reason: str
    value: str
    day: date | None


def rows(path: Path) -> Iterator[tuple[int, Row | BadCell]]:
    """Every row or its fault, with the line number (the header is 1). Raises ``NoFile``, ``BrokenFile``, ``WrongShape``."""
    try:
        with _opened(path) as file:
            header = next(csv.reader([file.readline(65_536).lstrip("\ufeff").rstrip("\r\n")]), [])
            try:
                at = [header.index(column) for column in COLUMNS]
            except ValueError:
                missing = ", ".join(c for c in COLUMNS if c not in header)
                raise WrongShape(file=path.name, missing=missing, columns=",".join(COLUMNS)) from None
            for number, line in enumerate(file, start=2):
                if text := line.rstrip("\r\n"):
                    yield number, _parsed(text, at, len(header))
    except FileNotFoundError:
        raise NoFile(file=str(path)) from None
    except (lzma.LZMAError, EOFError, OSError, csv.Error) as error:
        raise BrokenFile(file=path.name, error=str(error)) from error


def _opened(path: Path) -> IO[str]:
    with path.open("rb") as file:
        packed = file.read(len(_XZ)) == _XZ
    raw = lzma.open(path, "rb") if packed else path.open("rb")  # noqa: SIM115 (closed by the wrapper)
    return io.TextIOWrapper(raw, encoding="utf-8", errors="replace", newline="\n")


def _parsed(text: str, at: list[int], width: int) -> Row | BadCell:
    try:
        cells = next(csv.reader([text]), [])
    except csv.Error:
        cells = []
    if len(cells) != width:
        return BadCell("columns", text[:60], None)
    number, code, description, quantity, when, price, customer, country = (cells[i].strip() for i in at)
    try:
        placed = datetime.fromisoformat(when)
    except ValueError:
        return BadCell("date", when[:40], None)
    # One clock for all: the file's has no zone, and the warehouse's day must not depend on the machine's.
    placed = placed.replace(tzinfo=UTC) if placed.tzinfo is None else placed.astimezone(UTC)
    day = placed.date()
    number, code = number.upper(), code.upper()
    if not _NUMBER.fullmatch(number):
        return BadCell("number", number[:40], day)
    if not _CODE.fullmatch(code):
        return BadCell("code", code[:40], day)
    amount = _QUANTITY.fullmatch(quantity)
    pieces = int(amount[1]) if amount else 0
    if pieces == 0 or abs(pieces) > QUANTITY_LIMIT:
        return BadCell("quantity", quantity[:40], day)
    if number[0] == "C" and pieces > 0:
        return BadCell("return_quantity", quantity, day)
    try:
        unit = Decimal(price)
    except InvalidOperation:
        return BadCell("price", price[:40], day)
    if not unit.is_finite() or unit >= QUANTITY_LIMIT or (unit < 0 and any(c.isdigit() for c in code)):
        return BadCell("price", price[:40], day)
    return Row(number, code, description, pieces, placed, unit, customer.removesuffix(".0") or None, country)
