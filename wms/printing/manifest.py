"""The handover protocol of a manifest on paper, and the same list for the carrier's machines."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

from wms.kernel.text import Lang, Text
from wms.printing import filters, pdf
from wms.printing.cells import risky
from wms.printing.documents import ManifestDocument, ManifestParcel
from wms.printing.errors import FormulaCell
from wms.printing.paper import MM, Paper, pages_of, paragraphs
from wms.printing.schema import Align

TITLE = Text(en="Handover protocol {number}", pl="Protokół przekazania przesyłek nr {number}")
FACTS = {
    "closed": Text(en="Closed", pl="Zamknięto"),
    "sender": Text(en="Sender", pl="Nadawca"),
    "place": Text(en="Place of handover", pl="Miejsce przekazania"),
    "carrier": Text(en="Carrier", pl="Przewoźnik"),
    "account": Text(en="Account", pl="Numer klienta"),
    "vehicle": Text(en="Vehicle", pl="Pojazd"),
    "driver": Text(en="Driver", pl="Kierowca"),
}
COLUMNS: tuple[tuple[Text, float], ...] = (
    (Text(en="No.", pl="Lp."), 27),
    (Text(en="Tracking number", pl="Numer przesyłki"), 192),
    (Text(en="SSCC", pl="SSCC"), 104),
    (Text(en="Reference, shop", pl="Referencja, sklep"), 124),
    (Text(en="Receiver", pl="Odbiorca"), 140),
    (Text(en="Service", pl="Usługa"), 60),
    (Text(en="kg", pl="kg"), 40),
    (Text(en="COD", pl="Pobranie"), 60),
    (Text(en="k/n", pl="k/n"), 42),
)
"""Headings and widths in points."""
TOTAL = Text(en="Total", pl="Razem")
PARCELS = Text(en="Parcels: {count}", pl="Liczba paczek: {count}")
WEIGHT = Text(en="Weight: {weight} kg", pl="Waga: {weight} kg")
COD = Text(en="Cash on delivery: {sums}", pl="Pobrania: {sums}")
NO_COD = Text(en="none", pl="brak")
REMARKS = Text(en="Remarks (parcels refused or missing)", pl="Uwagi (paczki nieprzyjęte lub brakujące)")
GIVES = Text(en="Handed over by (sender)", pl="Przekazujący (nadawca)")
TAKES = Text(en="Received by (carrier)", pl="Przyjmujący (przewoźnik)")
SIGN = Text(en="name, signature, date and time", pl="imię i nazwisko, podpis, data i godzina")

_MARGIN = 10 * MM
_ROW = 29.0
_TABLE_HEAD = 16.0
_FIRST_TOP, _LATER_TOP = _MARGIN + 92, _MARGIN + 20
_FOOT = 10.0
_END = 148.0
"""The height of totals, remarks and signatures, which stay together."""
_SMALL, _SIZE = 7.0, 8.5
_REMARK_LINES = 4


def manifest_pdf(data: ManifestDocument) -> bytes:
    """The protocol as PDF (A4 across), of any length; the same bytes for the same data.

    A tracking number that Code 128 cannot carry stands there in letters only.
    """
    paper = Paper("A4-landscape", TITLE.in_(data.lang, number=data.number))
    bottom = paper.height - _MARGIN - _FOOT
    first = int((bottom - _FIRST_TOP - _TABLE_HEAD) // _ROW)
    later = int((bottom - _LATER_TOP - _TABLE_HEAD) // _ROW)
    ranges = pages_of(len(data.parcels), first, later)
    top = _FIRST_TOP if len(ranges) == 1 else _LATER_TOP
    end_at = top + _TABLE_HEAD + len(ranges[-1]) * _ROW
    own_page = end_at + _END > bottom
    pages = len(ranges) + own_page
    for number, rows in enumerate(ranges, start=1):
        y = _head(paper, data) if number == 1 else _short_head(paper, data)
        y = _table_head(paper, data.lang, y)
        for row in rows:
            _row(paper, data.lang, row + 1, data.parcels[row], y)
            y += _ROW
        if number == len(ranges) and not own_page:
            _end(paper, data, y)
        paper.end_page(data.lang, number, pages, _foot(data), _MARGIN)
    if own_page:
        _end(paper, data, _short_head(paper, data))
        paper.end_page(data.lang, pages, pages, _foot(data), _MARGIN)
    return pdf.finish(paper.canvas)


CSV_COLUMNS = (
    "manifest", "closed_at", "carrier", "account", "no", "tracking_number", "sscc", "reference", "shop",
    "receiver_name", "postcode", "city", "country", "service", "weight_g", "cod_amount", "cod_currency",
    "parcel", "parcels",
)  # fmt: skip


def manifest_csv(data: ManifestDocument) -> bytes:
    """UTF-8 without a mark, ``;`` between cells, CRLF, a heading; weights in grams, money with a point.

    Values stand there byte for byte. Raises `FormulaCell` for the first that a spreadsheet might run as a formula
    or that holds control characters: see `cells`.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(CSV_COLUMNS)
    for number, parcel in enumerate(data.parcels, start=1):
        cells = _cells(data, number, parcel)
        for place, (column, cell) in enumerate(zip(CSV_COLUMNS, cells, strict=True)):
            if risky(cell):
                raise FormulaCell(
                    parcel=parcel.tracking_number or number, column=column, value=cell,
                    pointer=f"/parcels/{number - 1}/{CSV_COLUMNS[place]}",
                )  # fmt: skip
        writer.writerow(cells)
    return out.getvalue().encode()


def _cells(data: ManifestDocument, number: int, parcel: ManifestParcel) -> tuple[str, ...]:
    return (
        data.number, data.closed_at.isoformat(timespec="seconds"), data.carrier, data.account, str(number),
        parcel.tracking_number, parcel.sscc, parcel.reference, parcel.shop_name, parcel.receiver_name,
        parcel.postcode, parcel.city, parcel.country, parcel.service, str(parcel.weight),
        "" if parcel.cod is None else f"{parcel.cod:.2f}", "" if parcel.cod is None else parcel.cod_currency,
        str(parcel.number), str(parcel.count),
    )  # fmt: skip


def cod_totals(parcels: tuple[ManifestParcel, ...]) -> dict[str, Decimal]:
    """What the courier collects, by currency in alphabetical order."""
    totals: dict[str, Decimal] = {}
    for parcel in parcels:
        if parcel.cod:
            totals[parcel.cod_currency] = totals.get(parcel.cod_currency, Decimal(0)) + parcel.cod
    return dict(sorted(totals.items()))


def _money(lang: Lang, amount: Decimal) -> str:
    return filters.money(amount) if lang == "pl" else f"{amount:,.2f}"


def _kilograms(lang: Lang, grams: int) -> str:
    return f"{grams // 1000}{',' if lang == 'pl' else '.'}{grams % 1000:03d}"


def _head(paper: Paper, data: ManifestDocument) -> float:
    lang, half = data.lang, (paper.width - 2 * _MARGIN) / 2
    paper.text(_MARGIN, _MARGIN, TITLE.in_(lang, number=data.number), 15, bold=True, room=1.45 * half)
    paper.bars(
        _MARGIN + 1.45 * half, _MARGIN, data.number, 9 * MM, room=0.55 * half, module=0.3 * MM, align="right"
    )
    left = [
        ("sender", ", ".join(data.sender.lines())),
        ("place", ", ".join(data.place.lines())),
        ("closed", f"{data.closed_at:%d.%m.%Y %H:%M}"),
        ("carrier", data.carrier),
    ]
    right = [("account", data.account), ("vehicle", data.vehicle), ("driver", data.driver)]
    y = _MARGIN + 29
    for number, (fact, value) in enumerate(left):
        _fact(paper, lang, _MARGIN, y + number * 14, fact, value, 1.3 * half)
    for number, (fact, value) in enumerate(right):
        _fact(paper, lang, _MARGIN + 1.35 * half, y + (number + 1) * 14, fact, value, 0.65 * half)
    return _FIRST_TOP


def _fact(paper: Paper, lang: Lang, x: float, y: float, fact: str, value: str, room: float) -> None:
    """A heading and its value; a dotted line to write on where the value is not known yet."""
    paper.text(x, y + 1, FACTS[fact].in_(lang), _SMALL, room=82)
    if value:
        paper.text(x + 84, y, value, _SIZE, bold=True, room=room - 84)
    else:
        paper.rule(x + 84, y + 9, room - 84, 0.3)


def _short_head(paper: Paper, data: ManifestDocument) -> float:
    room = paper.width - 2 * _MARGIN
    title = TITLE.in_(data.lang, number=data.number)
    paper.text(_MARGIN, _MARGIN, f"{title} · {data.carrier}", _SIZE, bold=True, room=room)
    return _LATER_TOP


def _table_head(paper: Paper, lang: Lang, y: float) -> float:
    paper.band(_MARGIN, y, paper.width - 2 * _MARGIN, _TABLE_HEAD - 3, 0.88)
    x = _MARGIN
    for place, (heading, width) in enumerate(COLUMNS):
        align: Align = "right" if place in (6, 7, 8) else "left"
        paper.text(x + 2, y + 2.5, heading.in_(lang), _SMALL, bold=True, room=width - 6, align=align)
        x += width
    return y + _TABLE_HEAD


def _row(paper: Paper, lang: Lang, number: int, parcel: ManifestParcel, y: float) -> None:
    edges = list(_edges())
    small, size = _SMALL, _SIZE
    paper.text(edges[0][0], y + 9, str(number), size, room=edges[0][1])
    x, room = edges[1]
    if paper.bars(x, y, parcel.tracking_number, 15, room=room, module=0.3 * MM):
        paper.text(x + 10 * 0.3 * MM, y + 16, parcel.tracking_number, size, bold=True, room=room - 9)
    else:
        paper.text(x, y + 9, parcel.tracking_number, size, bold=True, room=room)
    paper.text(edges[2][0], y + 9, parcel.sscc, size, room=edges[2][1])
    x, room = edges[3]
    paper.text(x, y + 3, parcel.reference, size, room=room)
    paper.text(x, y + 14, parcel.shop_name, small, room=room)
    x, room = edges[4]
    paper.text(x, y + 3, parcel.receiver_name, size, room=room)
    place = f"{parcel.postcode} {parcel.city}, {parcel.country}"
    paper.text(x, y + 14, place, small, room=room)
    paper.text(edges[5][0], y + 9, parcel.service, small, room=edges[5][1])
    x, room = edges[6]
    paper.text(x, y + 9, _kilograms(lang, parcel.weight), size, room=room, align="right")
    x, room = edges[7]
    if parcel.cod:
        paper.text(x, y + 3, _money(lang, parcel.cod), size, bold=True, room=room, align="right")
        paper.text(x, y + 14, parcel.cod_currency, small, room=room, align="right")
    x, room = edges[8]
    paper.text(x, y + 9, f"{parcel.number}/{parcel.count}", size, room=room, align="right")
    paper.rule(_MARGIN, y + _ROW - 2.5, paper.width - 2 * _MARGIN, 0.25)


def _edges() -> Iterator[tuple[float, float]]:
    """Left edge and room of each column."""
    x = _MARGIN
    for _, width in COLUMNS:
        yield x + 2, width - 6
        x += width


def _end(paper: Paper, data: ManifestDocument, y: float) -> None:
    lang, inner = data.lang, paper.width - 2 * _MARGIN
    sums = ", ".join(
        f"{_money(lang, total)} {currency}" for currency, total in cod_totals(data.parcels).items()
    )
    total = [
        TOTAL.in_(lang),
        PARCELS.in_(lang, count=len(data.parcels)),
        WEIGHT.in_(lang, weight=_kilograms(lang, sum(parcel.weight for parcel in data.parcels))),
        COD.in_(lang, sums=sums or NO_COD.in_(lang)),
    ]
    paper.band(_MARGIN, y + 3, inner, 18, 0.88)
    paper.text(_MARGIN + 4, y + 7, "    ".join(total), 10, bold=True, room=inner - 8)
    y += 28
    paper.text(_MARGIN, y, REMARKS.in_(lang), _SMALL)
    if data.remarks.strip():
        lines = paragraphs(data.remarks, _SIZE, inner)
        for number, line in enumerate(lines[:_REMARK_LINES]):
            paper.text(_MARGIN, y + 11 + number * 11, line, _SIZE)
    else:
        for number in (1, 2, 3):
            paper.rule(_MARGIN, y + 5 + number * 16, inner, 0.3)
    y += 63
    half = inner / 2 - 10
    for x, heading in ((_MARGIN, GIVES), (_MARGIN + half + 20, TAKES)):
        paper.text(x, y, heading.in_(lang), _SIZE, bold=True, room=half)
        paper.rule(x, y + 42, half, 0.5)
        paper.text(x, y + 45, SIGN.in_(lang), _SMALL, room=half)


def _foot(data: ManifestDocument) -> str:
    return f"{data.number} · {data.carrier} · {data.sender.name}"
