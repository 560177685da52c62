"""Many labels on one paper: a grid on A4 to cut, or a roll 100 mm wide."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from wms.printing import pdf
from wms.printing.paper import MM
from wms.printing.templates import LabelTemplate

PaperKind = Literal["a4", "roll"]
A4_WIDE, A4_HIGH, A4_MARGIN = 210.0, 297.0, 5.0
ROLL_WIDE = 100.0


class Layout(NamedTuple):
    """In millimetres: the page, where the grid begins from the top left, its columns and rows, and one label."""

    width: float
    height: float
    left: float
    top: float
    columns: int
    rows: int
    wide: float
    high: float

    def places(self) -> Iterator[tuple[float, float]]:
        """The top left corner of each label, row by row."""
        for row in range(self.rows):
            for column in range(self.columns):
                yield self.left + column * self.wide, self.top + row * self.high


def layout_of(template: LabelTemplate, paper: PaperKind) -> Layout:
    """How many labels stand on a page. A label wider than a roll keeps its own size."""
    wide = template.page.width / template.page.dots_per_mm
    high = template.page.height / template.page.dots_per_mm
    if paper == "roll":
        columns = max(1, int(ROLL_WIDE // wide))
        width = max(ROLL_WIDE, wide)
        return Layout(width, high, (width - columns * wide) / 2, 0.0, columns, 1, wide, high)
    columns = max(1, int((A4_WIDE - 2 * A4_MARGIN) // wide))
    rows = max(1, int((A4_HIGH - 2 * A4_MARGIN) // high))
    return Layout(
        A4_WIDE,
        A4_HIGH,
        (A4_WIDE - columns * wide) / 2,
        (A4_HIGH - rows * high) / 2,
        columns,
        rows,
        wide,
        high,
    )


def render_sheets(template: LabelTemplate, labels: Sequence[Mapping[str, object]], paper: PaperKind) -> bytes:
    """A PDF with the labels in order, on A4 with thin lines to cut along. Drawn in dots of the print head, as
    ``render_pdf`` draws one; raises as it does.
    """
    if not labels:
        raise ValueError("a sheet needs at least one label")
    layout = layout_of(template, paper)
    page = template.page
    dot = MM / page.dots_per_mm
    width, height = layout.width * MM, layout.height * MM
    canvas = pdf.new_canvas(width, height, template.name)
    if template.fixed:
        canvas.beginForm("fixed", 0, 0, page.width, page.height)
        pdf.draw_marks(canvas, page, template.fixed)
        canvas.endForm()
    places = list(layout.places())
    for start in range(0, len(labels), len(places)):
        for label, (x, y) in zip(labels[start : start + len(places)], places, strict=False):
            # whole dots, so that a bar stays a whole number of them
            left, top = round(x * page.dots_per_mm) * dot, round(y * page.dots_per_mm) * dot
            canvas.saveState()
            canvas.transform(dot, 0, 0, dot, left, height - top - page.height * dot)
            if template.fixed:
                canvas.doForm("fixed")
            pdf.draw_marks(canvas, page, template.marks(label))
            canvas.restoreState()
            if paper == "a4":
                canvas.setStrokeGray(0.75)
                canvas.setLineWidth(0.3)
                canvas.rect(left, height - top - page.height * dot, page.width * dot, page.height * dot)
        canvas.showPage()
    return pdf.finish(canvas)
