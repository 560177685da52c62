"""What may stand in a template file: the shape of the TOML, and nothing that computes.

Places and sizes are millimetres from the top left corner of the label. The modules of bar codes are dots of the
print head, so that a bar is always a whole number of dots.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Mm = Annotated[float, Meta(ge=0, le=1_000)]
Size = Annotated[float, Meta(gt=0, le=1_000)]
Dots = Annotated[int, Meta(ge=1, le=100)]
Value = Annotated[str, Meta(max_length=500)]
Align = Literal["left", "center", "right"]


class Element(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``when`` names a field: the element is drawn only on labels where that field is neither empty nor zero."""

    at: tuple[Mm, Mm]
    when: str | None = None


class TextElement(Element, frozen=True, kw_only=True):
    """Lines of text; ``at`` is the top left of the first line, ``size`` its height.

    ``fit`` says what becomes of a text that is wider than ``max_width`` (up to the edge of the label where it is
    left out): ``shrink`` makes it smaller, down to ``min_size``, ``cut`` ends it with an ellipsis, ``wrap`` breaks
    it into ``lines`` lines and shrinks when they are not enough (smaller letters give more lines in the same space).
    What still does not fit is cut.
    """

    value: Value
    size: Annotated[float, Meta(ge=1.5, le=200)]
    bold: bool = False
    max_width: Size | None = None
    fit: Literal["shrink", "cut", "wrap"] = "shrink"
    lines: Annotated[int, Meta(ge=1, le=20)] = 1
    min_size: Annotated[float, Meta(ge=1.5, le=200)] | None = None
    align: Align = "left"


class CodeElement(Element, frozen=True, kw_only=True):
    """A bar code; ``at`` is the top left corner of the bars, the quiet zone comes on top.

    ``module`` is the wanted width of the narrowest bar or square. With ``min_module`` a value that needs more than
    ``max_width`` is drawn with smaller modules, by whole dots.
    """

    value: Value
    module: Dots
    min_module: Dots | None = None
    max_width: Size | None = None
    align: Align = "left"


class LinearElement(CodeElement, frozen=True, kw_only=True):
    """Code 128 or GS1-128; ``height`` is the height of the bars."""

    height: Size


class MatrixElement(CodeElement, frozen=True, kw_only=True):
    """DataMatrix or QR; ``max_width`` bounds width and height."""


class RuleElement(Element, frozen=True, kw_only=True):
    """A straight line to the right, or downwards."""

    length: Size
    thickness: Annotated[float, Meta(gt=0, le=20)] = 0.25
    vertical: bool = False


class BoxElement(Element, frozen=True, kw_only=True):
    """The outline of a rectangle, width and height in ``size``."""

    size: tuple[Size, Size]
    thickness: Annotated[float, Meta(gt=0, le=20)] = 0.25


class ImageElement(Element, frozen=True, kw_only=True):
    """A picture beside the template file, printed black and white, one pixel a dot."""

    file: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+\.(png|bmp)$")]


class Zpl(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Fonts of the printer: ``0``, or a file such as ``E:TT0003M_.FNT``."""

    font: Annotated[str, Meta(pattern=r"^([A-Z0-9]|[A-Z]:[A-Z0-9_]{1,16}\.(FNT|TTF|TTE))$")] = "0"
    bold_font: Annotated[str, Meta(pattern=r"^([A-Z0-9]|[A-Z]:[A-Z0-9_]{1,16}\.(FNT|TTF|TTE))$")] | None = (
        None
    )


class TemplateFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole file. ``kind`` decides which fields there are."""

    schema: Literal[1]
    kind: str
    size: tuple[Annotated[float, Meta(ge=10, le=400)], Annotated[float, Meta(ge=10, le=400)]]
    dots_per_mm: Literal[8, 12, 24] = 8
    zpl: Zpl = Zpl()
    text: tuple[TextElement, ...] = ()
    code128: tuple[LinearElement, ...] = ()
    gs1_128: tuple[LinearElement, ...] = ()
    datamatrix: tuple[MatrixElement, ...] = ()
    qr: tuple[MatrixElement, ...] = ()
    rule: tuple[RuleElement, ...] = ()
    box: tuple[BoxElement, ...] = ()
    image: tuple[ImageElement, ...] = ()


ARRAYS = ("text", "code128", "gs1_128", "datamatrix", "qr", "rule", "box", "image")
