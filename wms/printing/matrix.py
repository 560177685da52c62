"""Two-dimensional codes and pictures as rows of squares; zint decides the squares of the codes."""

from pathlib import Path
from typing import Literal, NamedTuple

import zint
from PIL import Image, UnidentifiedImageError

from wms.printing.errors import BAD_IMAGE, EMPTY_CODE, NOT_ASCII, Unprintable

Kind = Literal["datamatrix", "qr"]
QUIET: dict[Kind, int] = {"datamatrix": 2, "qr": 4}
"""Modules that stay white on every side; DataMatrix asks for one, printers smear, so two."""

_UTF8 = 26
_QR_LEVEL_M = 2
_LARGEST_PICTURE = 1_600


class Squares(NamedTuple):
    """Rows from the top, one character a square: ``1`` is black; and what they say, empty for a picture."""

    rows: tuple[str, ...]
    text: str = ""

    @property
    def width(self) -> int:
        return len(self.rows[0])

    @property
    def height(self) -> int:
        return len(self.rows)


def matrix(kind: Kind, value: str) -> Squares:
    """The symbol of a text (UTF-8 where it is not ASCII); `Unprintable` when empty or too long."""
    if not value:
        raise Unprintable(EMPTY_CODE)
    symbol = zint.Symbol()
    symbol.input_mode = zint.InputMode.UNICODE
    if not value.isascii():
        symbol.eci = _UTF8
    if kind == "qr":
        symbol.symbology = zint.Symbology.QRCODE
        symbol.option_1 = _QR_LEVEL_M
    else:
        symbol.symbology = zint.Symbology.DATAMATRIX
        symbol.option_3 = zint.DataMatrixOptions.SQUARE
    try:
        symbol.encode(
            value.encode().decode()
        )  # half of a surrogate pair is a ValueError here, else a TypeError
    except (RuntimeError, ValueError) as refused:
        raise Unprintable(NOT_ASCII, value=value[:40]) from refused
    data = symbol.encoded_data
    stride = data.shape[1] if data.shape else 0
    octets, width = data.tobytes(), symbol.width
    rows = []
    for row in range(symbol.rows):
        bits = int.from_bytes(octets[row * stride : row * stride + (width + 7) // 8], "little")
        rows.append(f"{bits & ((1 << width) - 1):0{width}b}"[::-1])
    return Squares(tuple(rows), value)


def picture(path: Path) -> Squares:
    """A picture of black and white dots, one square a dot; `Unprintable` when it cannot be read or is too large."""
    try:
        with Image.open(path) as image:
            if max(image.size) > _LARGEST_PICTURE:
                raise Unprintable(BAD_IMAGE, value=path.name, detail=f"> {_LARGEST_PICTURE} px")
            flat = Image.new("L", image.size, 255)
            grey = image.convert("LA")
            flat.paste(grey.getchannel("L"), mask=grey.getchannel("A"))
            pixels = flat.tobytes()
            wide = flat.width
    except (OSError, UnidentifiedImageError) as unreadable:
        raise Unprintable(BAD_IMAGE, value=path.name, detail=str(unreadable)) from unreadable
    return Squares(
        tuple(
            "".join("1" if level < 128 else "0" for level in pixels[at : at + wide])
            for at in range(0, len(pixels), wide)
        )
    )
