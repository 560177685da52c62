"""Whether a scanner reads the codes of a label: the last check of a template, where ``zxing-cpp`` is installed."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any, TypeVar

from wms.printing.layout import Bars, Grid, Mark, Page
from wms.printing.picture import picture_of

T = TypeVar("T")


def unread(page: Page, drawn: Sequence[tuple[T, Sequence[Mark]]]) -> Iterator[tuple[T, str]]:
    """Elements, of all that are on a label with their marks, whose code cannot be read, and what it should say.

    None at all where there is no decoder: the other checks hold everywhere, this one needs a library.
    """
    codes = [(item, mark) for item, marks in drawn for mark in marks if _says(mark)]
    zxing = _installed() if codes else None
    if zxing is None:
        return
    formats = zxing.BarcodeFormats(
        [zxing.BarcodeFormat.Code128, zxing.BarcodeFormat.DataMatrix, zxing.BarcodeFormat.QRCode]
    )
    picture = picture_of(page, [mark for _, marks in drawn for mark in marks])
    found = zxing.read_barcodes(picture, formats=formats, text_mode=zxing.TextMode.Plain)
    read = {(code.symbology_identifier[:2] == "]C", code.text.replace("\x1d", "")) for code in found}
    for item, mark in codes:
        if (isinstance(mark, Bars), _says(mark)) not in read:
            yield item, _says(mark)


def _says(mark: Mark) -> str:
    """What a code says; empty for marks that are none."""
    if isinstance(mark, Bars):
        return mark.symbol.text
    return mark.squares.text if isinstance(mark, Grid) else ""


def _installed() -> Any:
    try:
        return import_module("zxingcpp")
    except ImportError:
        return None
