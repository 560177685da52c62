"""What a scanner and a person read from our output: pages rendered at the print head's own resolution."""

from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import zxingcpp

from wms.printing.templates import LabelTemplate, parse_template

HEAD_DPI = 203.2
FORMATS = zxingcpp.BarcodeFormats(
    [zxingcpp.BarcodeFormat.Code128, zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.QRCode]
)
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


def pages(pdf: bytes, dpi: float = HEAD_DPI) -> list[Pixels]:
    """Each page as rows of grey pixels."""
    with pypdfium2.PdfDocument(pdf) as document:
        shown = []
        for page in document:
            bitmap = page.render(scale=dpi / 72, grayscale=True)
            pixels = np.array(bitmap.to_numpy(), dtype=np.uint8)
            shown.append(pixels.reshape(pixels.shape[0], pixels.shape[1]))
            bitmap.close()
            page.close()
        return shown


def texts(pdf: bytes) -> list[str]:
    """The text of each page, as copying it from a viewer gives it."""
    with pypdfium2.PdfDocument(pdf) as document:
        found = []
        for page in document:
            part = page.get_textpage()
            found.append(part.get_text_range())
            part.close()
            page.close()
        return found


def scan(pixels: Any) -> set[tuple[str, str]]:
    """Symbology identifier and content of every code on a page."""
    codes = zxingcpp.read_barcodes(pixels, formats=FORMATS, text_mode=zxingcpp.TextMode.Plain)
    return {(code.symbology_identifier, code.text) for code in codes}


def template(source: str, name: str = "trial") -> LabelTemplate:
    """A template from text."""
    return parse_template(source.encode(), name=name, file=Path(f"/nowhere/{name}.toml"))
