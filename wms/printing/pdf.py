"""Labels as PDF: one page a label, everything a vector, the same bytes every time."""

import io
import math
from collections.abc import Iterable, Mapping, Sequence

from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from wms.printing import code128, fonts
from wms.printing.code128 import Linear
from wms.printing.layout import Bars, Grid, Line, Mark, Page
from wms.printing.matrix import Squares
from wms.printing.templates import LabelTemplate

_POINTS_PER_MM = 72 / 25.4
_HAIR = 0.0003
"""Points to the right and down, a thousandth of a dot: renderers cut coordinates off after 1/256 of a pixel, and an
edge that lies one rounding error before its dot comes out grey."""

_KNOWN_TEXTS = 2_000

# Streams as they are, not once more in printable letters: a quarter smaller, and faster to write.
rl_config.useA85 = 0


def render_pdf(template: LabelTemplate, labels: Sequence[Mapping[str, object]]) -> bytes:
    """A PDF with one page for each label.

    Drawn in dots of the print head, so a bar is a whole number of dots in any viewer and on any driver that prints
    at 100 %. What is the same on every label is stored once, as a form. Raises `CannotPrint` where a bar code
    refuses its value, and ValueError for no labels or for fields that the template's kind does not publish.
    """
    if not labels:
        raise ValueError("a PDF needs at least one label")
    page = template.page
    dot = _POINTS_PER_MM / page.dots_per_mm
    height = _down(page.height * dot)
    canvas = new_canvas(_down(page.width * dot), height, template.name)
    scale = math.ceil(dot * 1e6) / 1e6
    if template.fixed:
        canvas.beginForm("fixed", 0, 0, page.width, page.height)
        draw_marks(canvas, page, template.fixed)
        canvas.endForm()
    for label in labels:
        marks = template.marks(label)
        canvas.transform(scale, 0, 0, scale, _HAIR, height - page.height * scale - _HAIR)
        if template.fixed:
            canvas.doForm("fixed")
        draw_marks(canvas, page, marks)
        canvas.showPage()
    return finish(canvas)


class Sheet(Canvas):
    """A canvas that writes texts and rectangles as they are: reportlab's own writing of numbers and letters, in
    Python, was two thirds of the time of a document."""

    def put(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> None:
        """One line of printable text with its baseline at ``y``."""
        shown = "".join([f"/{name} {size:.4f} Tf <{octets}> Tj " for name, octets in self._runs(text, bold)])
        self._code.append(f"BT 1 0 0 1 {x:.4f} {y:.4f} Tm {shown}ET")  # type: ignore[attr-defined]

    def fill_rect(self, x: float, y: float, width: float, height: float) -> None:
        """A rectangle without an outline."""
        self._code.append(f"{x:.4f} {y:.4f} {width:.4f} {height:.4f} re f")  # type: ignore[attr-defined]

    def _runs(self, text: str, bold: bool) -> list[tuple[str, str]]:
        """Name of the face and hexadecimal octets of each part of a text; most texts come more than once."""
        known: dict[tuple[str, bool], list[tuple[str, str]]] = self.__dict__.setdefault("known_texts", {})
        if (found := known.get((text, bold))) is None:
            font, doc = fonts.face(bold), self._doc  # type: ignore[attr-defined]
            found = [
                (font.getSubsetInternalName(subset, doc).lstrip("/"), octets.hex())
                for subset, octets in font.splitString(text, doc)
            ]
            if len(known) >= _KNOWN_TEXTS:
                known.clear()
            known[text, bold] = found
        return found


def new_canvas(width: float, height: float, title: str) -> Sheet:
    """A canvas in points that gives the same bytes for the same drawing; `finish` returns them."""
    fonts.register()
    canvas = Sheet(io.BytesIO(), pagesize=(width, height), pageCompression=1, invariant=1)
    canvas.setTitle(title)
    canvas.setAuthor("wms")
    canvas.setCreator("wms")
    return canvas


def finish(canvas: Canvas) -> bytes:
    """The bytes of a canvas from `new_canvas`; its last page must have been shown."""
    return bytes(canvas.getpdfdata())  # type: ignore[no-untyped-call]


def draw_bars(canvas: Canvas, symbol: Linear, x: float, bottom: float, module: float, height: float) -> None:
    """Bars from ``x`` to the right in one path: neighbours cannot be rounded apart by a viewer."""
    rects = [code128.bars_of(value, 11 * place) for place, value in enumerate(symbol.values)]
    _fill(canvas, [*rects, code128.stop_bars(11 * len(rects))], x, bottom, module, height)


def draw_squares(canvas: Canvas, squares: Squares, x: float, top: float, module: float) -> None:
    """Black squares in one path, those that touch in a row as one rectangle."""
    rects = [
        f"{begin} {-number} {end - begin} 1 re"
        for number, row in enumerate(squares.rows, start=1)
        for begin, end in runs_of_ones(row)
    ]
    _fill(canvas, rects, x, top, module, module)


def _fill(canvas: Canvas, rects: Sequence[str], x: float, y: float, wide: float, high: float) -> None:
    """Rectangles in whole modules, scaled by the viewer. reportlab would format each number anew, which took half
    of the time of a label."""
    canvas._code.append(  # type: ignore[attr-defined]
        f"q {wide:.6f} 0 0 {high:.6f} {x:.4f} {y:.4f} cm {' '.join(rects)} f Q"
    )


def runs_of_ones(row: str) -> Iterable[tuple[int, int]]:
    """Begin and end of each stretch of ``1``."""
    begin = row.find("1")
    while begin >= 0:
        end = row.find("0", begin)
        yield begin, end if end >= 0 else len(row)
        begin = row.find("1", end) if end >= 0 else -1


def _down(points: float) -> float:
    """Four decimals, never more than it was: a page that is a hair too large is rendered one pixel larger."""
    return math.floor(points * 10_000) / 10_000


def draw_marks(canvas: Sheet, page: Page, marks: Iterable[Mark]) -> None:
    """The marks of a label in dots, from the lower left corner of ``page``."""
    for mark in marks:
        if isinstance(mark, Line):
            x: float = mark.x
            if mark.align != "left":
                spare = mark.width - fonts.width(mark.text, bold=mark.bold) * mark.size
                x += spare / (2 if mark.align == "center" else 1)
            canvas.put(x, page.height - mark.baseline, mark.text, mark.size, bold=mark.bold)
        elif isinstance(mark, Bars):
            draw_bars(
                canvas, mark.symbol, mark.x, page.height - mark.y - mark.height, mark.module, mark.height
            )
        elif isinstance(mark, Grid):
            draw_squares(canvas, mark.squares, mark.x, page.height - mark.y, mark.module)
        else:
            canvas.fill_rect(mark.x, page.height - mark.y - mark.height, mark.width, mark.height)
