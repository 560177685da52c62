"""Labels as ZPL II, in UTF-8, for printers of the Zebra kind.

Every text goes through ``^FH_``: the four characters that could end a field or begin a command are written as
hexadecimal, control characters never get here (`fonts.printable`). Bar codes that stay in one character set are
left to the printer, with that set named, so that it draws the symbol that was measured; all others, two-dimensional
codes and pictures are sent as dots.

A template is compiled once: bytes that are the same on every label, and for each other element a function from many
labels to the bytes of that element on each. It works down the column of one field, with as little Python for one
label as can be, and takes a short way for what nearly every value is: a text of common letters that fits in full size,
a number of pairs of digits. All else goes through the marks of `layout.py`. Both ways give the same bytes.
"""

import re
from codecs import charmap_encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain, repeat
from typing import Any

from wms.printing import code128, fonts
from wms.printing.errors import CannotPrint, Unprintable
from wms.printing.layout import LONGEST, Bars, Grid, Line, LinearDraw, Mark, TextDraw
from wms.printing.prepare import Prepared
from wms.printing.templates import LabelTemplate
from wms.printing.values import Table, check_table

_ESCAPES = str.maketrans({"^": "_5E", "~": "_7E", "_": "_5F", "\\": "_5C"})
_DELICATE = re.compile(r"[\^~_\\]")
_SPACED = re.compile(r"  |\0 | \0")
_REPEATED = re.compile(r"(.)\1{2,}")
_HUNDREDS = "ghijklmnopqrstuvwxyz"
_UNITS = "GHIJKLMNOPQRSTUVWXY"
_AT_ONCE = 500
"""Labels that are drawn together."""
_HERE = "\n"
"""Stands in a field's place while what is around it is made; no text that is printed holds it."""

_UNKNOWN = 10**9
"""More room than any label has."""

Column = Callable[[Table], Iterable[bytes]]
"""The bytes of one element on each label; what cannot be drawn is refused by the call, not by going through them."""


def render_zpl(template: LabelTemplate, labels: Sequence[Mapping[str, object]]) -> bytes:
    """One ``^XA ... ^XZ`` for each label. Raises as `pdf.render_pdf` does."""
    if not labels:
        raise ValueError("a print job needs at least one label")
    begin, columns = template.made("zpl", _compiled)
    parts = []
    for start in range(0, len(labels), _AT_ONCE):
        table = Table(labels[start : start + _AT_ONCE])
        check_table(template.kind, table)
        drawn: list[Iterable[bytes]] = []
        for item, column in columns:
            try:
                drawn.append(column(table))
            except Unprintable as refused:
                raise CannotPrint(
                    template.name, f"{item.array} {item.place + 1}", refused.why, **refused.details
                ) from refused
        ends = repeat(b"^XZ\n", len(table.labels))
        parts.append(b"".join(chain.from_iterable(zip(repeat(begin), *drawn, ends, strict=False))))
    return b"".join(parts)


def escape(text: str) -> str:
    """Text for ``^FD`` behind ``^FH_``."""
    return text.translate(_ESCAPES) if _DELICATE.search(text) else text


def _compiled(template: LabelTemplate) -> tuple[bytes, list[tuple[Prepared, Column]]]:
    """What every label begins with, and the other elements with their functions."""
    page = template.page
    begin = f"^XA^CI28^LH0,0^PW{page.width}^LL{page.height}\n".encode() + _fields(template, template.fixed)
    return begin, [
        (item, column if item.when is None else _shown_when(item.when, column))
        for item in template.elements
        for column in [_column(template, item)]
    ]


def _shown_when(path: tuple[str, ...], column: Column) -> Column:
    def shown(table: Table) -> Iterable[bytes]:
        wanted = table.values(path)
        if all(wanted):
            return column(table)
        on = [label for label, want in zip(table.labels, wanted, strict=True) if want]
        found = iter(column(Table(on)) if on else ())
        return [next(found) if want else b"" for want in wanted]

    return shown


def _column(template: LabelTemplate, item: Prepared) -> Column:
    draw = item.draw
    if not item.paths:
        same = _fields(template, draw({}))
        return lambda table: repeat(same, len(table.labels))
    if isinstance(draw, TextDraw):
        return _text_column(template, draw)
    if isinstance(draw, LinearDraw):
        return _bars_column(template, draw)
    return lambda table: [_fields(template, draw(label)) for label in table.labels]


def _text_column(template: LabelTemplate, draw: TextDraw) -> Column:
    letters, rooms = fonts.common(draw.line.bold)
    limit = draw.limit
    before, after = _framed(template, draw.line)
    frames: dict[tuple[int, int], tuple[bytes, bytes]] = {}

    def drawn(text: str, wide: int) -> bytes:
        if wide == _UNKNOWN or len(text) > LONGEST:
            return _fields(template, draw.marks(text))
        texts, size = draw.fit(text, wide)
        parts = []
        for number, part in enumerate(texts):
            if (frame := frames.get((size, number))) is None:
                frame = frames[size, number] = _framed(template, draw.place("", size, number))
            parts.append(frame[0] + part.encode() + frame[1])
        return b"".join(parts)

    def column(table: Table) -> Iterable[bytes]:
        texts = draw.value.column(table)
        first = texts[0]
        different = [first] if texts.count(first) == len(texts) else list(dict.fromkeys(texts))
        made = {
            text: before + octets + after if wide <= limit else drawn(text, wide)
            for text, wide, octets in zip(different, *_measured(different, letters, rooms), strict=True)
        }
        made[""] = b""
        return [made[text] for text in texts]

    return column


def _framed(template: LabelTemplate, line: Line) -> tuple[bytes, bytes]:
    """What stands before and after a text without delicate characters, in this line's place and size."""
    before, _, after = _fields(template, [line._replace(text=_HERE)]).partition(_HERE.encode())
    return before, after


def _measured(texts: list[str], letters: Any, rooms: bytes) -> tuple[list[int], list[bytes]]:
    """The room of each text and its octets in UTF-8; `_UNKNOWN` for those that are not set just as they are."""
    together = "\0".join(texts)
    if not (_SPACED.search(together) or together[:1] == " " or together[-1:] == " "):
        try:
            octets = charmap_encode(together, "strict", letters)[0]
        except UnicodeEncodeError:
            octets = b""
        widths = octets.translate(rooms).split(b"\0")
        if octets and len(widths) == len(texts):
            return list(map(sum, widths)), together.encode().split(b"\0")
    if len(texts) == 1:
        return [_UNKNOWN], [b""]
    alone = [_measured([text], letters, rooms) for text in texts]
    return [wide for [wide], _ in alone], [text for _, [text] in alone]


def _bars_column(template: LabelTemplate, draw: LinearDraw) -> Column:
    """Where pairs of digits stand hangs on their count alone."""
    frames: dict[int, tuple[bytes, bytes]] = {}

    def framed(data: str) -> tuple[bytes, bytes]:
        if (frame := frames.get(len(data))) is None:
            made = _fields(template, (draw.bars(draw.encode(data)),))
            before, _, after = made.rpartition(data.encode())  # its place may be the same digits
            frame = frames[len(data)] = before, after
        return frame

    def drawn(data: str) -> bytes:
        if not code128.pairs(data):
            return _fields(template, (draw.bars(draw.encode(data)),))
        before, after = framed(data)
        return before + data.encode() + after

    def column(table: Table) -> Iterable[bytes]:
        found = draw.read(table)
        if code128.pairs(found[0]) and len(set(map(len, found))) == 1 and code128.pairs("".join(found)):
            before, after = framed(found[0])
            return [before + data.encode() + after for data in found]
        return [drawn(data) for data in found]

    return column


def _fields(template: LabelTemplate, marks: Iterable[Mark]) -> bytes:
    parts = []
    for mark in marks:
        if isinstance(mark, Line):
            parts.append(_text(mark, template.bold_font if mark.bold else template.font))
        elif isinstance(mark, Bars):
            parts.append(f"^FO{mark.x},{mark.y}{_bars(mark)}^FS\n")
        elif isinstance(mark, Grid):
            graphic = _graphic(mark.squares.rows, mark.module, mark.module)
            parts.append(f"^FO{mark.x},{mark.y}{graphic}^FS\n")
        else:
            # ^GB takes no side shorter than its line, so the line is as thick as the shorter side
            thick = min(mark.width, mark.height)
            parts.append(f"^FO{mark.x},{mark.y}^GB{mark.width},{mark.height},{thick}^FS\n")
    return "".join(parts).encode()


def _text(mark: Line, font: str) -> str:
    """``^FT`` places the baseline, as the PDF does.

    A centred or right-aligned line is aligned by the printer, with its own font's widths. There a backslash begins
    a command of ``^FB`` even when it was written as hexadecimal, so such a line is placed by our widths instead.
    """
    face = f"^A{font}N,{mark.size},{mark.size}" if len(font) == 1 else f"^A@N,{mark.size},{mark.size},{font}"
    x, block = mark.x, ""
    if mark.align != "left":
        if "\\" in mark.text:
            spare = mark.width - round(fonts.width(mark.text, bold=mark.bold) * mark.size)
            x += max(0, spare // (2 if mark.align == "center" else 1))
        else:
            block = f"^FB{mark.width},1,0,{'C' if mark.align == 'center' else 'R'}"
    return f"^FT{x},{mark.baseline}{face}{block}^FH_^FD{escape(mark.text)}^FS\n"


def _bars(mark: Bars) -> str:
    if mark.symbol.zpl is not None:
        return f"^BY{mark.module}^BCN,{mark.height},N,N,N,N^FH_^FD{escape(mark.symbol.zpl)}"
    row = [code128.dots_of(value, mark.module) for value in mark.symbol.values]
    return _graphic(["".join([*row, code128.stop_dots(mark.module)])], 1, mark.height)


def _graphic(rows: Sequence[str], wide: int, high: int) -> str:
    """Squares of ``wide`` by ``high`` dots as ``^GFA``.

    With Zebra's own packing: counted letters for repeats, a colon for a row equal to the one before.
    """
    octets = (len(rows[0]) * wide + 7) // 8
    packed = []
    for row in rows:
        bits = (row if wide == 1 else "".join([bit * wide for bit in row])).ljust(octets * 8, "0")
        packed.append(_packed(f"{int(bits, 2):0{octets * 2}X}") + ":" * (high - 1))
    total = octets * len(rows) * high
    return f"^GFA,{total},{total},{octets},{''.join(packed)}"


def _packed(digits: str) -> str:
    return _REPEATED.sub(lambda found: _count(len(found[0])) + found[1], digits)


def _count(times: int) -> str:
    """Repeats of the next digit: ``g`` to ``z`` are 20 to 400, ``G`` to ``Y`` 1 to 19."""
    letters = "z" * (times // 400)
    times %= 400
    if times >= 20:
        letters += _HUNDREDS[times // 20 - 1]
    if times % 20:
        letters += _UNITS[times % 20 - 1]
    return letters
