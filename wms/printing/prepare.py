"""The checks of a template beyond the shape of its file, and its elements made ready to draw.

Refused: unknown fields and filters, elements outside the label, anything in the quiet zone of a bar code, modules
and heights that a scanner would miss, a sample that cannot be drawn, has no room, or cannot be read back.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wms.kernel.text import Text
from wms.printing import code128, fonts, layout, matrix
from wms.printing.errors import (
    MODULE_TOO_SMALL,
    NEEDS_WIDTH,
    NOT_QUIET,
    NOT_READ,
    OUTSIDE,
    TEXT_CUT,
    TOO_LOW,
    Unprintable,
)
from wms.printing.fields import sample
from wms.printing.layout import Bars, Draw, Grid, Line, Mark, Page, Rect
from wms.printing.read_back import unread
from wms.printing.schema import (
    ARRAYS,
    BoxElement,
    CodeElement,
    Element,
    ImageElement,
    LinearElement,
    MatrixElement,
    RuleElement,
    TemplateFile,
    TextElement,
)
from wms.printing.values import Label, Table, Value, WrongValue, parse_gs1, parse_path, parse_value

LOGISTIC = ("parcel", "handling_unit")
"""Kinds whose GS1-128 is read in general distribution, from a distance: large modules, high bars."""
LOGISTIC_MODULE_MM, LOGISTIC_HEIGHT_MM = 0.495, 31.75
LINEAR_MODULE_MM, LINEAR_HEIGHT_MM = 0.25, 5.0
MATRIX_MODULE_MM = 0.33

Blame = Callable[[str, int, str, Text, dict[str, Any]], Exception]
"""Makes the error from array, index, key, reason and the reason's values; the loader knows file and line."""
LineOf = Callable[[str, int], int]


class Area(NamedTuple):
    """A rectangle in dots."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: "Area") -> bool:
        """Whether the two share a dot."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Prepared(NamedTuple):
    """One element: where it may put ink, what must stay white around it, and how it is drawn."""

    array: str
    place: int
    when: tuple[str, ...] | None
    fixed: tuple[Mark, ...] | None
    draw: Draw
    paths: tuple[tuple[str, ...], ...]
    """The fields that it shows."""
    ink: tuple[Area, ...]
    quiet: Area | None
    quiet_mm: float


def prepare(spec: TemplateFile, folder: Path, blame: Blame, line_of: LineOf) -> list[Prepared]:
    """All elements of a template; raises what ``blame`` makes for the first that cannot be right."""
    page = Page(
        round(spec.size[0] * spec.dots_per_mm), round(spec.size[1] * spec.dots_per_mm), spec.dots_per_mm
    )
    trial = sample(spec.kind)
    done = []
    for array in ARRAYS:
        for index, element in enumerate(getattr(spec, array)):
            try:
                done.append(_one(array, index, element, spec, page, folder, trial))
            except _Wrong as wrong:
                raise blame(array, index, wrong.key, wrong.why, wrong.details) from wrong
    for item in done:
        for area in (*item.ink, *((item.quiet,) if item.quiet else ())):
            if not (0 <= area.left < area.right <= page.width and 0 <= area.top < area.bottom <= page.height):
                raise blame(
                    item.array,
                    item.place,
                    "at",
                    OUTSIDE,
                    dict(zip(("width", "height"), spec.size, strict=True)),
                )
    for code in done:
        for other in done:
            if code.quiet and other is not code and any(code.quiet.meets(area) for area in other.ink):
                raise blame(
                    code.array, code.place, "at", NOT_QUIET,
                    {"other": other.array, "line": line_of(other.array, other.place), "quiet": code.quiet_mm},
                )  # fmt: skip
    drawn = [(item, item.draw(trial) if item.fixed is None else item.fixed) for item in done]
    for item, value in unread(page, drawn):
        raise blame(item.array, item.place, "value", NOT_READ, {"value": value})
    return done


class _Wrong(ValueError):
    def __init__(self, key: str, why: Text, details: dict[str, Any]) -> None:
        self.key, self.why, self.details = key, why, details
        super().__init__(key)


def _one(
    array: str, index: int, element: Element, spec: TemplateFile, page: Page, folder: Path, trial: Label
) -> Prepared:
    when = None
    if element.when is not None:
        try:
            when = parse_path(element.when, spec.kind)
        except WrongValue as wrong:
            raise _Wrong("when", wrong.why, wrong.details) from wrong
    fixed: tuple[Mark, ...] | None = None
    quiet, quiet_mm = None, 0.0
    paths: tuple[tuple[str, ...], ...] = ()
    ink: Sequence[Area]
    draw: Draw
    try:
        if isinstance(element, TextElement):
            value = parse_value(element.value, spec.kind)
            draw = layout.text(element, value, page)
            _refuse_cut(element, value, draw, trial, page)
            fixed = tuple(draw({})) if value.fixed else None
            ink, paths = [_text_area(element, value, page, fixed)], value.paths
        elif isinstance(element, CodeElement):
            draw, paths, quiet_modules = _code(array, element, spec, page)
            marks = tuple(draw(trial))
            fixed = None if paths else marks
            area = _code_area(element, marks[0], page, quiet_modules)
            ink, quiet_mm = [area], quiet_modules * element.module / page.dots_per_mm
            quiet = _around(area, quiet_modules * element.module, linear=isinstance(element, LinearElement))
        else:
            fixed = tuple(_drawing(element, page, folder))
            ink = [_area(mark) for mark in fixed]

            def draw(label: Label) -> Sequence[Mark]:
                return fixed or ()
    except WrongValue as wrong:
        raise _Wrong("value", wrong.why, wrong.details) from wrong
    except Unprintable as wrong:
        raise _Wrong("file" if array == "image" else "value", wrong.why, wrong.details) from wrong
    return Prepared(
        array, index, when, fixed if when is None else None, draw, paths, tuple(ink), quiet, quiet_mm
    )


def _refuse_cut(element: TextElement, value: Value, draw: layout.TextDraw, trial: Label, page: Page) -> None:
    """Text that even the sample has no room for; a value that is cut on purpose may be any length."""
    if element.fit == "cut" and not value.fixed:
        return
    lines = draw(trial)
    said = fonts.printable(value.of(trial)).strip()
    if lines and lines[-1].text.endswith(fonts.ELLIPSIS) and not said.endswith(fonts.ELLIPSIS):
        width = layout.text_room(element, page) / page.dots_per_mm
        raise _Wrong("value", TEXT_CUT, {"value": said, "width": width})


def _drawing(element: Element, page: Page, folder: Path) -> Sequence[Mark]:
    if isinstance(element, RuleElement):
        return layout.rule(element, page)
    if isinstance(element, BoxElement):
        return layout.box(element, page)
    assert isinstance(element, ImageElement)
    squares = matrix.picture(folder / element.file)
    return [Grid(page.dots(element.at[0]), page.dots(element.at[1]), 1, squares)]


def _code(
    array: str, element: CodeElement, spec: TemplateFile, page: Page
) -> tuple[Draw, tuple[tuple[str, ...], ...], int]:
    """How a code is drawn, the fields in it (none: it is the same on every label), and its quiet zone in modules."""
    if element.align != "left" and element.max_width is None:
        raise _Wrong("max_width", NEEDS_WIDTH, {})
    logistic = array == "gs1_128" and spec.kind in LOGISTIC
    if isinstance(element, LinearElement):
        least_mm = LOGISTIC_MODULE_MM if logistic else LINEAR_MODULE_MM
        low = LOGISTIC_HEIGHT_MM if logistic else LINEAR_HEIGHT_MM
        if element.height < low:
            raise _Wrong("height", TOO_LOW, {"value": element.height, "least": low})
    else:
        least_mm = MATRIX_MODULE_MM
    least = -int(-least_mm * page.dots_per_mm // 1)
    for key in ("min_module", "module"):
        dots = getattr(element, key)
        if dots is not None and dots < least:
            raise _Wrong(key, MODULE_TOO_SMALL, {"value": dots, "least": least})
    if isinstance(element, MatrixElement):
        kind: matrix.Kind = "qr" if array == "qr" else "datamatrix"
        value = parse_value(element.value, spec.kind)
        return layout.square(element, kind, value, page), value.paths, matrix.QUIET[kind]
    assert isinstance(element, LinearElement)
    if array == "gs1_128":
        parts = parse_gs1(element.value, spec.kind)
        paths = tuple([path for _, part in parts for path in part.paths])
        ais = [ai for ai, _ in parts]

        def data(table: Table) -> list[str]:
            if len(parts) == 1:
                return [code128.gs1_data(((ais[0], value),)) for value in parts[0][1].column(table)]
            rows = zip(*[part.column(table) for _, part in parts], strict=True)
            return [code128.gs1_data(list(zip(ais, row, strict=True))) for row in rows]

        return layout.linear(element, data, code128.gs1_symbol, page), paths, code128.QUIET
    plain = parse_value(element.value, spec.kind)
    return layout.linear(element, plain.column, code128.code128, page), plain.paths, code128.QUIET


def _text_area(element: TextElement, value: Value, page: Page, fixed: tuple[Mark, ...] | None) -> Area:
    if element.align != "left" and element.max_width is None:
        raise _Wrong("max_width", NEEDS_WIDTH, {})
    left, top = page.dots(element.at[0]), page.dots(element.at[1])
    width = layout.text_room(element, page)
    if fixed and element.align == "left":
        lines = [mark for mark in fixed if isinstance(mark, Line)]
        width = max(-(-fonts.room(line.text, bold=line.bold) * line.size // fonts.UNIT) for line in lines)
    height = page.dots(element.size * (layout.LINE_HEIGHT + layout.PITCH * (element.lines - 1)))
    return Area(left, top, left + max(width, 1), top + height)


def _code_area(element: CodeElement, mark: Mark, page: Page, quiet: int) -> Area:
    """The whole room of a code where it has one, else what the sample takes."""
    drawn = _area(mark)
    if element.max_width is None:
        return drawn
    left, width = page.dots(element.at[0]), page.dots(element.max_width)
    bottom = drawn.bottom if isinstance(element, LinearElement) else drawn.top + width
    return Area(left, drawn.top, left + width, bottom)


def _around(area: Area, quiet: int, *, linear: bool) -> Area:
    above = 0 if linear else quiet
    return Area(area.left - quiet, area.top - above, area.right + quiet, area.bottom + above)


def _area(mark: Mark) -> Area:
    if isinstance(mark, Bars):
        return Area(mark.x, mark.y, mark.x + mark.symbol.modules * mark.module, mark.y + mark.height)
    if isinstance(mark, Grid):
        wide, high = mark.squares.width * mark.module, mark.squares.height * mark.module
        return Area(mark.x, mark.y, mark.x + wide, mark.y + high)
    assert isinstance(mark, Rect)
    return Area(mark.x, mark.y, mark.x + mark.width, mark.y + mark.height)


def drawn(items: Sequence[Prepared]) -> Iterator[Prepared]:
    """The elements that change from label to label."""
    return (item for item in items if item.fixed is None)
