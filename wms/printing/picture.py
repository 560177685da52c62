"""A label as dots: what the print head puts on paper, for the eye of a person and for the check of a template.

Drawn from the same marks as the PDF and the ZPL, one pixel a dot, so a code that is read here is read there.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from wms.printing import fonts
from wms.printing.layout import Bars, Grid, Line, Mark, Page

if TYPE_CHECKING:
    from wms.printing.templates import LabelTemplate

_WHITE, _BLACK = 255, 0


def label_png(template: "LabelTemplate", label: Mapping[str, object]) -> bytes:
    """The label as PNG. Raises as `LabelTemplate.marks` does."""
    out = io.BytesIO()
    picture_of(template.page, [*template.fixed, *template.marks(label)]).save(out, "PNG", optimize=False)
    return out.getvalue()


def picture_of(page: Page, marks: Iterable[Mark]) -> Image.Image:
    """Marks in grey, white where nothing is."""
    picture = Image.new("L", (page.width, page.height), _WHITE)
    pen = ImageDraw.Draw(picture)
    for mark in marks:
        if isinstance(mark, Line):
            _write(pen, mark)
        elif isinstance(mark, Bars):
            row = "".join(["10"[place % 2] * run for place, run in enumerate(mark.symbol.runs)])
            _paste(picture, (row,), mark.x, mark.y, mark.module, mark.height)
        elif isinstance(mark, Grid):
            _paste(picture, mark.squares.rows, mark.x, mark.y, mark.module, mark.module)
        else:
            pen.rectangle((mark.x, mark.y, mark.x + mark.width - 1, mark.y + mark.height - 1), fill=_BLACK)
    return picture


def _write(pen: ImageDraw.ImageDraw, line: Line) -> None:
    """Letter by letter with the widths that the PDF has: at small sizes a line's own are rounded to whole dots."""
    spare = line.width - fonts.width(line.text, bold=line.bold) * line.size
    x = line.x + {"left": 0.0, "center": spare / 2, "right": spare}[line.align]
    for char in line.text:
        pen.text((x, line.baseline), char, _BLACK, _face(line.bold, line.size), anchor="ls")
        x += fonts.width(char, bold=line.bold) * line.size


def _paste(picture: Image.Image, rows: Sequence[str], x: int, y: int, wide: int, high: int) -> None:
    """Squares of ``wide`` by ``high`` dots, from the top left corner."""
    octets = "".join(rows).translate({ord("0"): _WHITE, ord("1"): _BLACK}).encode("latin-1")
    small = Image.frombytes("L", (len(rows[0]), len(rows)), octets)
    size = (small.width * wide, small.height * high)
    picture.paste(small.resize(size, Image.Resampling.NEAREST), (x, y))


@cache
def _face(bold: bool, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts.file(bold), size, layout_engine=ImageFont.Layout.BASIC)
