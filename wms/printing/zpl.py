"""Labels as ZPL II, in UTF-8, for printers of the Zebra kind.

Every text goes through ``^FH_``: the four characters that could end a field or begin a command are written as
hexadecimal, control characters never get here (`fonts.printable`). Bar codes that stay in one character set are
left to the printer, with that set named, so that it draws the symbol that was measured; all others, two-dimensional
codes and pictures are sent as dots.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from wms.printing import fonts
from wms.printing.layout import Bars, Grid, Line, Mark, TextDraw
from wms.printing.prepare import Prepared
from wms.printing.templates import LabelTemplate

_ESCAPES = str.maketrans({"^": "_5E", "~": "_7E", "_": "_5F", "\\": "_5C"})
_DELICATE = re.compile(r"[\^~_\\]")
_REPEATED = re.compile(r"(.)\1{2,}")
_HUNDREDS = "ghijklmnopqrstuvwxyz"
_UNITS = "GHIJKLMNOPQRSTUVWXY"


def render_zpl(template: LabelTemplate, labels: Sequence[Mapping[str, object]]) -> bytes:
    """One ``^XA ... ^XZ`` for each label. Raises as `pdf.render_pdf` does."""
    if not labels:
        raise ValueError("a print job needs at least one label")
    page = template.page
    begin = f"^XA^CI28^LH0,0^PW{page.width}^LL{page.height}\n" + _fields(template, template.fixed)
    maker = _Fields(template)
    return "".join(
        [begin + "".join(template.each(label, maker, "zpl")) + "^XZ\n" for label in labels]
    ).encode()


def escape(text: str) -> str:
    """Text for ``^FD`` behind ``^FH_``."""
    return text.translate(_ESCAPES) if _DELICATE.search(text) else text


class _Fields:
    """One element as fields. A line in its full size is its text between two strings that never change."""

    def __init__(self, template: LabelTemplate) -> None:
        self.template = template
        self.frames: dict[int, tuple[str, str]] = {}

    def __call__(self, item: Prepared, label: Mapping[str, object]) -> str:
        draw = item.draw
        if not isinstance(draw, TextDraw):
            return _fields(self.template, draw(label))
        text = draw.content(label)
        if not text:
            return ""
        if "\\" in text or not draw.fits(text):
            return _fields(self.template, draw(label))
        if (frame := self.frames.get(id(draw))) is None:
            begin, _, end = _fields(self.template, [draw.whole("\n")]).partition("\n^FS")
            frame = self.frames[id(draw)] = begin, "^FS" + end
        return frame[0] + escape(text) + frame[1]


def _fields(template: LabelTemplate, marks: Iterable[Mark]) -> str:
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
    return "".join(parts)


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
    row = "".join(["10"[place % 2] * run for place, run in enumerate(mark.symbol.runs)])
    return _graphic((row,), mark.module, mark.height)


def _graphic(rows: Sequence[str], wide: int, high: int) -> str:
    """Squares of ``wide`` by ``high`` dots as ``^GFA``.

    With Zebra's own packing: counted letters for repeats, a colon for a row equal to the one before.
    """
    octets = (len(rows[0]) * wide + 7) // 8
    packed = []
    for row in rows:
        bits = "".join([bit * wide for bit in row]).ljust(octets * 8, "0")
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
