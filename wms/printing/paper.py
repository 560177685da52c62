"""What paper documents share: a page in points from the top left corner, texts that fit, words in two languages."""

from collections.abc import Sequence
from datetime import date

from reportlab.lib.pagesizes import A4, A5, landscape

from wms.kernel.text import Lang
from wms.printing import code128, fonts, pdf
from wms.printing.errors import Unprintable
from wms.printing.schema import Align

MM = 72 / 25.4
SIZES = {"A4": A4, "A5": A5, "A4-landscape": landscape(A4)}
PAGE_OF = {"en": "Page {page} of {pages}", "pl": "Strona {page} z {pages}"}
_BASELINE = 0.85
_SMALLEST = 0.8


class Paper:
    """A canvas with the origin at the top left; all places in points."""

    def __init__(self, size: str, title: str) -> None:
        self.width, self.height = SIZES[size]
        self.canvas: pdf.Sheet = pdf.new_canvas(self.width, self.height, title)

    def text(
        self, x: float, y: float, text: str, size: float, *,
        bold: bool = False, room: float | None = None, align: Align = "left",
    ) -> None:  # fmt: skip
        """One line whose top left is at ``x, y``; what is wider than ``room`` is set up to a fifth smaller, then cut
        with an ellipsis."""
        shown, baseline = fonts.printable(text), y + size * _BASELINE
        if room is not None:
            needed = fonts.width(shown, bold=bold)
            if needed * size > room:
                size = max(size * _SMALLEST, room / needed)
                shown = fonts.fit_one(shown, fonts.UNIT * room / size, bold=bold)
        if align != "left" and room is not None:
            spare = room - fonts.width(shown, bold=bold) * size
            x += spare / (2 if align == "center" else 1)
        self.canvas.put(x, self.height - baseline, shown, size, bold=bold)

    def rule(self, x: float, y: float, length: float, thickness: float = 0.5) -> None:
        """A line to the right."""
        self.canvas.fill_rect(x, self.height - y - thickness, length, thickness)

    def band(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        """A shaded area; ``grey`` from 0 (black) to 1 (white)."""
        self.canvas.setFillGray(grey)
        self.canvas.fill_rect(x, self.height - y - height, width, height)
        self.canvas.setFillGray(0)

    def bars(
        self, x: float, y: float, value: str, height: float, *,
        room: float, module: float, align: Align = "left",
    ) -> bool:  # fmt: skip
        """Code 128 with its quiet zones inside ``room``, its module made smaller when that is too narrow.

        False, and nothing drawn, for a value that Code 128 cannot carry or that would need modules below 0.19 mm:
        the number stands in letters beside it.
        """
        try:
            symbol = code128.code128(value)
        except Unprintable:
            return False
        module = min(module, room / (symbol.modules + 2 * code128.QUIET))
        if module < 0.19 * MM:
            return False
        used = (symbol.modules + 2 * code128.QUIET) * module
        spare = 0.0 if align == "left" else (room - used) / (2 if align == "center" else 1)
        left = x + spare + code128.QUIET * module
        pdf.draw_bars(self.canvas, symbol, left, self.height - y - height, module, height)
        return True

    def end_page(self, lang: Lang, page: int, pages: int, left: str, margin: float) -> None:
        """The foot of a page: ``left`` and the count of pages; then the page is done."""
        foot = self.height - margin + 6
        counted = PAGE_OF[lang].format(page=page, pages=pages)
        self.text(margin, foot, left, 7.5, room=self.width - 2 * margin - 80)
        self.text(self.width - margin - 80, foot, counted, 7.5, room=80, align="right")
        self.canvas.showPage()


def paragraphs(text: str, size: float, room: float, *, bold: bool = False) -> list[str]:
    """Lines of a text that keeps its own line breaks."""
    lines: list[str] = []
    for part in text.splitlines():
        lines.extend(fonts.wrap(fonts.printable(part), fonts.UNIT * room / size, bold=bold) or [""])
    return lines


def day(value: date) -> str:
    """21.11.2026, as both languages of the product write it on paper."""
    return f"{value:%d.%m.%Y}"


def pages_of(count: int, first: int, later: int) -> Sequence[range]:
    """How ``count`` rows fall on pages with room for ``first`` rows, then ``later`` rows each."""
    ranges = [range(min(count, first))]
    while ranges[-1].stop < count:
        ranges.append(range(ranges[-1].stop, min(count, ranges[-1].stop + later)))
    return ranges
