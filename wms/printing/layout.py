"""From elements of a template to marks on the label: every place a whole dot of the print head, counted from the
top left corner.

An element is prepared once, when its template is loaded; drawing it takes the values of one label. Both renderers
get the same marks, so what shrinks, wraps or is cut is decided here and nowhere else.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from wms.printing import code128, fonts, matrix
from wms.printing.errors import TOO_WIDE, Unprintable
from wms.printing.schema import (
    Align,
    BoxElement,
    CodeElement,
    LinearElement,
    MatrixElement,
    RuleElement,
    TextElement,
)
from wms.printing.values import Label, Table, Value

BASELINE = 0.85
"""Where the letters stand, from the top of a line, in sizes."""
LINE_HEIGHT = 1.1
"""The height of one line with its descenders, in sizes."""
PITCH = 1.15
"""From line to line, in sizes."""
_LEAST = 0.55
"""How far a text may shrink where the template does not say."""
_LEAST_MM = 1.5
LONGEST = 1_000
"""Characters of a text that are looked at; no label has room for more."""


class Line(NamedTuple):
    """One line of text; ``width`` is the room it is aligned in, ``text`` has glyphs for every letter."""

    x: int
    baseline: int
    size: int
    bold: bool
    text: str
    align: Align
    width: int


class Bars(NamedTuple):
    """A linear code; the first bar begins at ``x``."""

    x: int
    y: int
    height: int
    module: int
    symbol: code128.Linear


class Grid(NamedTuple):
    """Squares of ``module`` dots."""

    x: int
    y: int
    module: int
    squares: matrix.Squares


class Rect(NamedTuple):
    """A filled rectangle."""

    x: int
    y: int
    width: int
    height: int


Mark = Line | Bars | Grid | Rect
Draw = Callable[[Label], Sequence[Mark]]


class Page(NamedTuple):
    """The label in dots."""

    width: int
    height: int
    dots_per_mm: int

    def dots(self, mm: float) -> int:
        """Millimetres as the nearest whole dot."""
        return round(mm * self.dots_per_mm)


def text_room(element: TextElement, page: Page) -> int:
    """The width that a text may take, in dots."""
    if element.max_width is not None:
        return page.dots(element.max_width)
    return page.width - page.dots(element.at[0])


@dataclass(frozen=True, slots=True)
class TextDraw:
    """How a text is drawn: what a label says there; where that fits in its full size, the one ``line`` that it is;
    else the lines that it becomes."""

    value: Value
    line: Line
    limit: int
    """`fonts.UNIT`s that fit in full size."""
    fit: Callable[[str, int], tuple[Sequence[str], int]]
    """Of a text and the room that it needs in one line: its lines, and their size in dots."""
    top: int
    wraps: bool

    def __call__(self, label: Label) -> Sequence[Line]:
        return self.marks(self.value.of(label))

    def marks(self, said: str) -> Sequence[Line]:
        """The lines of what a label says."""
        content = fonts.printable(said[:LONGEST]).strip()
        if self.wraps and "  " in content:
            content = " ".join(content.split())
        if not content:
            return ()
        needed = fonts.room(content, bold=self.line.bold)
        if needed <= self.limit:
            return (self.line._replace(text=content),)
        texts, size = self.fit(content, needed)
        return [self.place(text, size, number) for number, text in enumerate(texts)]

    def place(self, text: str, size: int, number: int) -> Line:
        """The line ``number``, from 0, of lines in this size."""
        baseline = round(self.top + size * BASELINE + number * size * PITCH)
        return self.line._replace(text=text, size=size, baseline=baseline)


def text(element: TextElement, value: Value, page: Page) -> TextDraw:
    """Lines that fit their room, as the element's ``fit`` says."""
    x, y = page.dots(element.at[0]), page.dots(element.at[1])
    room, bold, align = text_room(element, page), element.bold, element.align
    size = page.dots(element.size)
    wanted = element.min_size if element.min_size is not None else max(element.size * _LEAST, _LEAST_MM)
    least = min(page.dots(wanted), size)
    lines, fit = element.lines, element.fit
    space = size * (LINE_HEIGHT + PITCH * (lines - 1))
    blank = fonts.room(" ", bold=bold)
    steps = [
        (fitted, max(lines, int((space / fitted - LINE_HEIGHT) / PITCH) + 1), room * fonts.UNIT // fitted)
        for fitted in range(size, least - 1, -1)
    ]
    capacities = [limit * allowed + blank * (allowed - 1) for _, allowed, limit in steps]

    def one_line(content: str, needed: int) -> tuple[Sequence[str], int]:
        fitted = size
        if fit == "shrink":
            fitted = max(room * fonts.UNIT // needed, least)
        return (fonts.fit_one(content, room * fonts.UNIT // fitted, bold=bold),), fitted

    def wrapped(content: str, needed: int) -> tuple[Sequence[str], int]:
        # sizes at which not even full lines would hold it need no try; the last one gives the lines to cut
        start = min(bisect_left(capacities, needed), len(steps) - 1)
        if needed <= steps[start][2]:
            return (content,), steps[start][0]
        words = fonts.measured(content, bold=bold)
        for fitted, allowed, limit in steps[start:]:
            texts = fonts.fold(words, limit, bold=bold)
            if len(texts) <= allowed:
                return texts, fitted
        kept = texts[: allowed - 1]
        rest = " ".join(texts[allowed - 1 :])
        return (*kept, fonts.fit_one(rest, limit, bold=bold)), fitted

    line = Line(x, round(y + size * BASELINE), size, bold, "", align, room)
    lines_of = wrapped if fit == "wrap" else one_line
    return TextDraw(value, line, room * fonts.UNIT // size, lines_of, y, fit == "wrap")


def code_room(element: CodeElement, page: Page, quiet: int) -> int:
    """The width that a code may take without its quiet zone, in dots."""
    if element.max_width is not None:
        return page.dots(element.max_width)
    return page.width - page.dots(element.at[0]) - quiet * element.module


def _module(element: CodeElement, modules: int, room: int, value: str) -> int:
    least = element.min_module if element.min_module is not None else element.module
    for module in range(element.module, least - 1, -1):
        if modules * module <= room:
            return module
    raise Unprintable(TOO_WIDE, value=value)


def _shift(align: Align, room: int, width: int) -> int:
    return 0 if align == "left" else (room - width) // (2 if align == "center" else 1)


@dataclass(frozen=True, slots=True)
class LinearDraw:
    """How a linear code is drawn. ``read`` gives each label's data, checked and with separators; ``encode`` its
    symbol."""

    read: Callable[[Table], list[str]]
    encode: Callable[[str], code128.Linear]
    x: int
    y: int
    height: int
    room: int
    element: LinearElement

    def __call__(self, label: Label) -> Sequence[Bars]:
        return (self.bars(self.encode(self.read(Table([label]))[0])),)

    def bars(self, symbol: code128.Linear) -> Bars:
        """A symbol in its place; `Unprintable` where it is too wide."""
        module = _module(self.element, symbol.modules, self.room, symbol.text)
        shift = _shift(self.element.align, self.room, symbol.modules * module)
        return Bars(self.x + shift, self.y, self.height, module, symbol)


def linear(
    element: LinearElement,
    read: Callable[[Table], list[str]],
    encode: Callable[[str], code128.Linear],
    page: Page,
) -> LinearDraw:
    """The bars of what ``encode`` makes of what ``read`` finds on a label."""
    x, y, height = page.dots(element.at[0]), page.dots(element.at[1]), page.dots(element.height)
    room = code_room(element, page, code128.QUIET)
    return LinearDraw(read, encode, x, y, height, room, element)


def square(element: MatrixElement, kind: matrix.Kind, value: Value, page: Page) -> Draw:
    """The squares of a two-dimensional code."""
    x, y = page.dots(element.at[0]), page.dots(element.at[1])
    room = code_room(element, page, matrix.QUIET[kind])

    def draw(label: Label) -> Sequence[Mark]:
        content = value.of(label)
        squares = matrix.matrix(kind, content)
        module = _module(element, squares.width, room, content)
        return (Grid(x + _shift(element.align, room, squares.width * module), y, module, squares),)

    return draw


def rule(element: RuleElement, page: Page) -> tuple[Rect, ...]:
    """A line at least one dot thick."""
    long, thick = page.dots(element.length), max(1, page.dots(element.thickness))
    x, y = page.dots(element.at[0]), page.dots(element.at[1])
    return (Rect(x, y, thick, long) if element.vertical else Rect(x, y, long, thick),)


def box(element: BoxElement, page: Page) -> tuple[Rect, ...]:
    """The four sides of a rectangle."""
    x, y = page.dots(element.at[0]), page.dots(element.at[1])
    width, height = page.dots(element.size[0]), page.dots(element.size[1])
    thick = max(1, page.dots(element.thickness))
    return (
        Rect(x, y, width, thick),
        Rect(x, y + height - thick, width, thick),
        Rect(x, y, thick, height),
        Rect(x + width - thick, y, thick, height),
    )
