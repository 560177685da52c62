"""Reading a day of "Online Retail", or of any file of its shape, with all that real data holds.

The shape (see ``rows.py``): UTF-8, comma, a header with the columns of ``COLUMNS`` in any order, one row per line of an invoice,
sorted by time; ``.csv`` or ``.csv.xz`` (known by its first bytes, not by its name).

How a row is read:

- A number that begins with ``C`` is a return; its quantities are negative in the file and positive here.
- A code with no digit in it names a charge (``POST``, ``D``, ``M``, ``BANK CHARGES``, ``DOT``, ``AMAZONFEE`` ...), and
  so do the codes of ``CHARGES``; gift vouchers are not goods either. They are skipped and counted. ``PADS`` (the
  pads for cushions) is the one code without a digit that is goods.
- Codes are upper-cased: ``85123a`` and ``85123A`` are the same goods.
- A negative quantity on an invoice is a stock adjustment. An invoice without customer on which everything costs
  nothing is one too: goods that were found. A free line of any other invoice is an ordinary line.
- The same code twice on an invoice is one line: quantities added, the price their weighted mean, to the cent.
- What cannot be read is a bad row, reported with its line number, and stops nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from wms.demo.data_texts import BAD_ROW, SKIPPED, NoOrders, NoSuchDay
from wms.demo.rows import BadCell, Row, rows
from wms.kernel.text import Lang

SLICE = Path(__file__).with_name("online_retail_slice.csv.xz")
"""The four days that are shipped."""

CHARGES = frozenset({"C2", "C3", "ADJUST2", "TEST001", "TEST002"})
GOODS_WITHOUT_DIGIT = frozenset({"PADS"})
CENT = Decimal("0.01")


class Line(msgspec.Struct, frozen=True):
    """``quantity`` >= 1; ``unit_price`` >= 0 in the currency of the file."""

    code: str
    quantity: int
    unit_price: Decimal


class Order(msgspec.Struct, frozen=True):
    """``placed_at`` is the wall clock of the file, read as UTC."""

    number: str
    customer: str | None
    country: str
    placed_at: datetime
    lines: tuple[Line, ...]


class ReturnLine(msgspec.Struct, frozen=True):
    """``sale``: the buyer's latest earlier invoice with this code in the file, or None."""

    code: str
    quantity: int
    unit_price: Decimal
    sale: str | None


class Return(msgspec.Struct, frozen=True):
    number: str
    customer: str | None
    country: str
    placed_at: datetime
    lines: tuple[ReturnLine, ...]


class Adjustment(msgspec.Struct, frozen=True):
    """``quantity`` is below 0 for goods that were lost, above for goods that were found; ``note`` may be empty."""

    number: str
    code: str
    quantity: int
    note: str
    at: datetime


class Goods(msgspec.Struct, frozen=True):
    """``description`` is empty where the file never gives one."""

    code: str
    description: str


class Skipped(msgspec.Struct, frozen=True):
    """Rows or invoices of the day that are no work for a warehouse; ``kind`` is a key of ``SKIPPED``."""

    kind: str
    count: int
    examples: tuple[str, ...]

    def say(self, lang: Lang) -> str:
        return SKIPPED[self.kind].in_(lang, count=self.count, examples=", ".join(self.examples))


class BadRow(msgspec.Struct, frozen=True):
    """``line`` counts from 1, the header; ``reason`` is a key of ``BAD_ROW``; ``value`` is what stood there."""

    line: int
    reason: str
    value: str

    def say(self, lang: Lang) -> str:
        return BAD_ROW[self.reason].in_(lang, line=self.line, value=self.value)


class DayOfData(msgspec.Struct, frozen=True):
    """One day, in the order of the file; ``skus`` by code, with all goods that the day touches.

    ``bad_rows`` holds the day's and those whose day cannot be read.
    """

    day: date
    orders: tuple[Order, ...]
    returns: tuple[Return, ...]
    adjustments: tuple[Adjustment, ...]
    skus: tuple[Goods, ...]
    skipped: tuple[Skipped, ...]
    bad_rows: tuple[BadRow, ...]


def read_day(path: Path = SLICE, day: date | None = None) -> DayOfData:
    """The orders, returns and adjustments of ``day``, by default of the day with the most invoices.

    The file is streamed (twice to find the busiest day); only the day is kept. Raises ``NoFile``, ``BrokenFile``,
    ``WrongShape``, ``NoOrders`` or ``NoSuchDay``, whose sentences say what to do.
    """
    if day is None:
        per_day = days(path)
        day = max(per_day, key=lambda d: (per_day[d], -d.toordinal()))
    sales: dict[tuple[str, str], str] = {}
    invoices: dict[str, list[Row]] = defaultdict(list)
    credits: dict[str, list[tuple[Row, str | None]]] = defaultdict(list)
    names: dict[str, Counter[str]] = defaultdict(Counter)
    names_of_day: dict[str, Counter[str]] = defaultdict(Counter)
    bad: list[BadRow] = []
    for line, row in rows(path):
        if isinstance(row, BadCell):
            if row.day in (None, day):
                bad.append(BadRow(line, row.reason, row.value))
            continue
        today = row.at.date() == day
        # Free rows bear notes ("damaged", "?", "ebay"), not descriptions.
        if row.price > 0 and row.description:
            names[row.code][row.description] += 1
            if today:
                names_of_day[row.code][row.description] += 1
        if row.number[0] == "C":
            if today:
                credits[row.number].append((row, sales.get((row.customer or "", row.code))))
            continue
        if today:
            invoices[row.number].append(row)
        if row.quantity > 0 and row.customer:
            sales[row.customer, row.code] = row.number
    if not invoices:
        raise NoSuchDay(day=day.isoformat(), file=path.name, days=_list_days(days(path)))
    return _day(day, invoices, credits, names, names_of_day, bad)


def days(path: Path = SLICE) -> dict[date, int]:
    """How many invoices (returns left out) each day of the file has, by date. Raises like ``read_day``."""
    numbers: dict[date, set[str]] = defaultdict(set)
    for _, row in rows(path):
        if isinstance(row, Row) and row.number[0] != "C":
            numbers[row.at.date()].add(row.number)
    if not numbers:
        raise NoOrders(file=path.name)
    return {day: len(numbers[day]) for day in sorted(numbers)}


def _day(
    day: date,
    invoices: dict[str, list[Row]],
    credits: dict[str, list[tuple[Row, str | None]]],
    names: dict[str, Counter[str]],
    names_of_day: dict[str, Counter[str]],
    bad: list[BadRow],
) -> DayOfData:
    skipped: dict[str, list[str]] = defaultdict(list)
    orders: list[Order] = []
    adjustments: list[Adjustment] = []
    returns: list[Return] = []
    for number, bill in invoices.items():
        found = all(r.price == 0 and r.customer is None for r in bill)
        goods = [r for r in bill if _is_goods(r, skipped)]
        lost = [r for r in goods if r.quantity < 0 or found]
        adjustments += [Adjustment(number, r.code, r.quantity, r.description, r.at) for r in lost]
        sold = [r for r in goods if r.quantity > 0 and not found]
        if sold:
            first = sold[0]
            orders.append(Order(number, first.customer, first.country, first.at, tuple(_merged(sold))))
        elif not lost:
            skipped["order_without_goods"].append(number)
    for number, pairs in credits.items():
        back = [(r, sale) for r, sale in pairs if _is_goods(r, skipped)]
        if not back:
            skipped["return_without_goods"].append(number)
            continue
        sales = {r.code: sale for r, sale in back}
        lines = (
            ReturnLine(m.code, m.quantity, m.unit_price, sales[m.code]) for m in _merged(r for r, _ in back)
        )
        first = back[0][0]
        returns.append(Return(number, first.customer, first.country, first.at, tuple(lines)))
    codes = {line.code for o in orders for line in o.lines} | {line.code for r in returns for line in r.lines}
    codes |= {a.code for a in adjustments}
    return DayOfData(
        day,
        tuple(orders),
        tuple(returns),
        tuple(adjustments),
        tuple(Goods(code, _most(names_of_day.get(code) or names.get(code))) for code in sorted(codes)),
        tuple(
            Skipped(kind, len(skipped[kind]), tuple(dict.fromkeys(skipped[kind]))[:5])
            for kind in SKIPPED
            if kind in skipped
        ),
        tuple(bad),
    )


def _is_goods(row: Row, skipped: dict[str, list[str]]) -> bool:
    """Whether a shelf can hold it; if not, it is noted in ``skipped``."""
    if row.code.startswith("GIFT"):
        skipped["voucher"].append(row.code)
    elif row.code in CHARGES or not (row.code in GOODS_WITHOUT_DIGIT or any(c.isdigit() for c in row.code)):
        skipped["charge"].append(row.code)
    else:
        return True
    return False


def _merged(same_bill: Iterable[Row]) -> Iterator[Line]:
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in same_bill:
        by_code[row.code].append(row)
    for code, same in by_code.items():
        quantity = sum(abs(r.quantity) for r in same)
        price = sum((abs(r.quantity) * r.price for r in same), Decimal(0)) / quantity
        yield Line(code, quantity, price.quantize(CENT) if len(same) > 1 else same[0].price)


def _most(names: Counter[str] | None) -> str:
    return min(names, key=lambda name: (-names[name], name)) if names else ""


def _list_days(per_day: dict[date, int]) -> str:
    """Every day where they are few; else first, last, how many, and the five busiest."""
    if len(per_day) <= 12:
        return ", ".join(d.isoformat() for d in per_day)
    busiest = sorted(sorted(per_day, key=lambda d: -per_day[d])[:5])
    return f"{min(per_day)} .. {max(per_day)} ({len(per_day)}; " + ", ".join(map(str, busiest)) + ", ...)"
