"""The packing slip: what is in the parcel, a word from the shop, and how to send something back."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from wms.kernel.text import Lang, Text
from wms.printing import fonts, matrix, pdf
from wms.printing.documents import PackingSlip, SlipLine
from wms.printing.errors import Unprintable
from wms.printing.paper import MM, Paper, day, paragraphs

TITLE = Text(en="Packing slip", pl="Specyfikacja przesyłki")
ORDER = Text(en="Order {number}", pl="Zamówienie {number}")
ORDERED = Text(en="Ordered on {day}", pl="Data zamówienia: {day}")
PARCEL = Text(en="Parcel {number} of {count}", pl="Paczka {number} z {count}")
TO = Text(en="Delivered to", pl="Odbiorca")
CODE = Text(en="Code", pl="Kod")
NAME = Text(en="Item", pl="Nazwa")
QUANTITY = Text(en="Qty", pl="Ilość")
RETURNS = Text(en="How to return", pl="Jak zwrócić towar")
RETURN_PAGE = Text(
    en="Scan the code or open the page below, choose what you are sending back and follow the steps. "
    "Please put this slip into the parcel.",
    pl="Zeskanuj kod lub otwórz poniższą stronę, wybierz zwracane rzeczy i wykonaj kolejne kroki. "
    "Prosimy włożyć tę kartkę do paczki.",
)
RETURN_CONTACT = Text(
    en="Please contact the shop and quote the order number. Put this slip into the parcel.",
    pl="Skontaktuj się ze sklepem, podając numer zamówienia. Prosimy włożyć tę kartkę do paczki.",
)
RETURN_TO = Text(en="Return address: {address}", pl="Adres do zwrotów: {address}")

_MARGIN = 12 * MM
_SIZE = 9.0
_SMALL = 7.5
_LEADING = 1.25
_CODE_SHARE, _QUANTITY_ROOM, _GAP = 0.24, 12 * MM, 3 * MM
_QR = 22 * MM
_FOOT = 6 * MM
_MOST_LINES, _MOST_RECEIVER = 4, 7
_MOST_BESIDE = 10
"""Lines of instructions that stay in one piece beside the QR code."""


class Block(NamedTuple):
    """Something that stays together: its height in points, how it is drawn from a given top."""

    height: float
    draw: Callable[[Paper, float], None]
    in_table: bool = False


def packing_slip(data: PackingSlip) -> bytes:
    """The slip as PDF, over as many pages as it needs; the same bytes for the same data."""
    title = f"{TITLE.in_(data.lang)} {data.order_number}"
    paper = Paper(data.paper, title)
    pages = _pages(paper, data)
    for number, blocks in enumerate(pages, start=1):
        y = _head(paper, data) if number == 1 else _short_head(paper, data)
        if blocks and blocks[0].in_table:
            y = _table_head(paper, data.lang, y)
        for block in blocks:
            block.draw(paper, y)
            y += block.height
        paper.end_page(data.lang, number, len(pages), f"{data.shop_name} · {data.order_number}", _MARGIN)
    return pdf.finish(paper.canvas)


def _pages(paper: Paper, data: PackingSlip) -> list[list[Block]]:
    bottom = paper.height - _MARGIN - _FOOT
    pages: list[list[Block]] = [[]]
    y = _HEAD_HEIGHT + _TABLE_HEAD
    for block in _blocks(paper, data):
        if y + block.height > bottom and pages[-1]:
            pages.append([])
            y = _SHORT_HEAD_HEIGHT + (_TABLE_HEAD if block.in_table else 0)
        pages[-1].append(block)
        y += block.height
    return pages


_HEAD_HEIGHT = _MARGIN + 50 * MM
_SHORT_HEAD_HEIGHT = _MARGIN + 9 * MM
_TABLE_HEAD = 7 * MM


def _head(paper: Paper, data: PackingSlip) -> float:
    lang, left, inner = data.lang, _MARGIN, paper.width - 2 * _MARGIN
    half = inner / 2
    paper.text(left, _MARGIN, data.shop_name, 15, bold=True, room=half)
    paper.text(left, _MARGIN + 20, TITLE.in_(lang), 10, room=half)
    paper.bars(left + half, _MARGIN, data.order_number, 11 * MM, room=half, module=0.3 * MM, align="right")
    y = _MARGIN + 17 * MM
    paper.rule(left, y - 2 * MM, inner)
    paper.text(left, y, TO.in_(lang), _SMALL, room=half)
    y += 11
    receiver = [
        (part, bold)
        for bold, line in zip((True, *[False] * 9), data.receiver.lines(), strict=False)
        for part in fonts.wrap(fonts.printable(line), fonts.UNIT * (half - _GAP) / _SIZE, bold=bold)
    ]
    for number, (part, bold) in enumerate(receiver[:_MOST_RECEIVER]):
        paper.text(left, y + number * 12, part, _SIZE, bold=bold)
    right = [(ORDER.in_(lang, number=data.order_number), True)]
    if data.ordered_on is not None:
        right.append((ORDERED.in_(lang, day=day(data.ordered_on)), False))
    if data.parcel_count > 1:
        right.append((PARCEL.in_(lang, number=data.parcel_number, count=data.parcel_count), False))
    for number, (line, bold) in enumerate(right):
        paper.text(left + half, y + number * 12, line, _SIZE, bold=bold, room=half, align="right")
    return _HEAD_HEIGHT


def _short_head(paper: Paper, data: PackingSlip) -> float:
    inner = paper.width - 2 * _MARGIN
    paper.text(_MARGIN, _MARGIN, data.shop_name, _SIZE, bold=True, room=inner / 2)
    number = ORDER.in_(data.lang, number=data.order_number)
    paper.text(_MARGIN + inner / 2, _MARGIN, number, _SIZE, room=inner / 2, align="right")
    paper.rule(_MARGIN, _MARGIN + 5 * MM, inner)
    return _SHORT_HEAD_HEIGHT


def _columns(paper: Paper) -> tuple[float, float, float, float, float]:
    """Left edges of name and quantity, and the rooms of code, name and quantity."""
    inner = paper.width - 2 * _MARGIN
    code = inner * _CODE_SHARE
    name_at = _MARGIN + code + _GAP
    quantity_at = paper.width - _MARGIN - _QUANTITY_ROOM
    return name_at, quantity_at, code, quantity_at - _GAP - name_at, _QUANTITY_ROOM


def _table_head(paper: Paper, lang: Lang, y: float) -> float:
    name_at, quantity_at, code, name, quantity = _columns(paper)
    paper.band(_MARGIN, y, paper.width - 2 * _MARGIN, 5 * MM, 0.88)
    paper.text(_MARGIN + 2, y + 3, CODE.in_(lang), _SMALL, bold=True, room=code)
    paper.text(name_at, y + 3, NAME.in_(lang), _SMALL, bold=True, room=name)
    paper.text(quantity_at, y + 3, QUANTITY.in_(lang), _SMALL, bold=True, room=quantity - 2, align="right")
    return y + _TABLE_HEAD


def _blocks(paper: Paper, data: PackingSlip) -> Iterator[Block]:
    for line in data.lines:
        yield _row(paper, line)
    inner = paper.width - 2 * _MARGIN
    if data.note.strip():
        yield Block(4 * MM, lambda paper, y: None)
        for text in paragraphs(data.note, _SIZE, inner):
            yield _text_block(text, _SIZE)
    yield from _returns(paper, data)


def _row(paper: Paper, line: SlipLine) -> Block:
    name_at, quantity_at, code_room, name_room, quantity_room = _columns(paper)
    codes = _capped(fonts.wrap(fonts.printable(line.code), fonts.UNIT * code_room / _SIZE), code_room)
    texts = _capped(fonts.wrap(fonts.printable(line.name), fonts.UNIT * name_room / _SIZE), name_room)
    details = fonts.wrap(fonts.printable(line.detail), fonts.UNIT * name_room / _SMALL)[:_MOST_LINES]
    step, small_step = _SIZE * _LEADING, _SMALL * _LEADING
    height = max(len(codes) * step, len(texts) * step + len(details) * small_step, step) + 5

    def draw(paper: Paper, y: float) -> None:
        for number, text in enumerate(codes):
            paper.text(_MARGIN + 2, y + number * step, text, _SIZE)
        for number, text in enumerate(texts):
            paper.text(name_at, y + number * step, text, _SIZE)
        for number, text in enumerate(details):
            paper.text(name_at, y + len(texts) * step + number * small_step, text, _SMALL)
        quantity = str(line.quantity)
        paper.text(quantity_at, y, quantity, _SIZE, bold=True, room=quantity_room - 2, align="right")
        paper.rule(_MARGIN, y + height - 3, paper.width - 2 * _MARGIN, 0.25)

    return Block(height, draw, in_table=True)


def _capped(lines: list[str], room: float) -> list[str]:
    if len(lines) <= _MOST_LINES:
        return lines
    last = " ".join(lines[_MOST_LINES - 1 :])
    return [*lines[: _MOST_LINES - 1], fonts.fit_one(last, fonts.UNIT * room / _SIZE)]


def _text_block(text: str, size: float) -> Block:
    def draw(paper: Paper, y: float) -> None:
        paper.text(_MARGIN, y, text, size)

    return Block(size * _LEADING, draw)


def _returns(paper: Paper, data: PackingSlip) -> Iterator[Block]:
    """The heading with the QR code and the lines beside it stay together; longer instructions flow on."""
    squares = None
    if data.return_url:
        try:
            squares = matrix.matrix("qr", data.return_url)
        except Unprintable:
            squares = None
    inner = paper.width - 2 * _MARGIN
    room = inner - (_QR + 2 * _GAP if squares else 0)
    general = RETURN_PAGE if data.return_url else RETURN_CONTACT
    texts = paragraphs(data.how_to_return.strip() or general.in_(data.lang), _SIZE, room)
    if data.return_address is not None:
        address = RETURN_TO.in_(data.lang, address=", ".join(data.return_address.lines()))
        texts += paragraphs(address, _SIZE, room)
    texts += paragraphs(data.return_url, _SIZE, room)
    step = _SIZE * _LEADING
    top = 4 * MM + 2 * step
    draw = partial(_draw_returns, data.lang, texts[:_MOST_BESIDE], squares)
    tall = top + step * min(len(texts), _MOST_BESIDE)
    yield Block(max(tall, 4 * MM + _QR + _GAP) if squares else tall, draw)
    for text in texts[_MOST_BESIDE:]:
        yield _text_block(text, _SIZE)


def _draw_returns(
    lang: Lang, texts: list[str], squares: matrix.Squares | None, paper: Paper, y: float
) -> None:
    step = _SIZE * _LEADING
    paper.rule(_MARGIN, y + 2 * MM, paper.width - 2 * _MARGIN)
    y += 4 * MM
    paper.text(_MARGIN, y, RETURNS.in_(lang), 10.5, bold=True)
    for number, text in enumerate(texts):
        paper.text(_MARGIN, y + (number + 1.6) * step, text, _SIZE)
    if squares is not None:
        left = paper.width - _MARGIN - _QR
        pdf.draw_squares(paper.canvas, squares, left, paper.height - y, _QR / squares.width)
