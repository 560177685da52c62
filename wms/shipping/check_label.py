"""Is what a carrier sent as a label one that a printer can print and a scanner can read?

A carrier in trouble answers with a web page, an archive, half a file or an empty sheet, and says that all is well. What
it is not must be found out here, not by the driver at the dock. Pages are looked at where ``pypdfium2`` is installed, and
their bar codes read where ``zxing-cpp`` is too; without them the bytes are checked as far as bytes tell. The bar codes of
ZPL are read from its commands, and from its pictures.
"""

import io
import re
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from wms.carriers.port import CarrierError, LabelFile
from wms.shipping.zpl_codes import bar_codes
from wms.shipping.zpl_pictures import STORED, drawn

MOST_BYTES = 4_000_000
MOST_PAGES = 20
MOST_POINTS = 1300
"""The longest side of a page; an A4 has 842."""
SCALE = 203.2 / 72
"""Dots of a label printer for a point of a page."""
PRINTS = re.compile(rb"\^F[DV][^\^~]*[^\s\^~]|\^G[FB]|\^XG|~D[GY]")
"""Fields with something in them, boxes, pictures: without any of these a ZPL label is an empty sheet."""
ONE_AT_A_TIME = threading.Lock()
"""PDFium bears one thread only."""


class LabelUnfit(CarrierError):
    """It is booked, but what came is no label; asked for again."""

    code = "label-unfit"


def check_label(file: LabelFile, number: str) -> None:
    """``number``: what must be on it as a bar code. Raises ``LabelUnfit`` that says what came instead."""
    content, head = file.content, file.content[:512].lstrip().lower()
    if not content.strip():
        raise LabelUnfit("the carrier's label has no bytes")
    if len(content) > MOST_BYTES:
        raise LabelUnfit(f"the carrier's label has {len(content)} bytes; at most {MOST_BYTES}")
    if head.startswith(b"pk\x03\x04"):
        raise LabelUnfit("the carrier sent an archive (zip) instead of a label")
    if head.startswith((b"<!doctype html", b"<html")):
        raise LabelUnfit("the carrier sent a web page (HTML) instead of a label")
    if file.format == "zpl":
        _check_zpl(content, number)
    else:
        _check_pdf(content, number)


def _check_zpl(content: bytes, number: str) -> None:
    if b"^XA" not in content[:4096] or b"^XZ" not in content[-512:]:
        raise LabelUnfit("the carrier's label is no whole ZPL: ^XA or ^XZ is missing")
    if not PRINTS.search(content):
        raise LabelUnfit("the carrier's label is blank: there is nothing to print in it")
    said = bar_codes(content)
    if any(_plain(number) in _plain(text) for text in said):
        return
    picture, zxing = drawn(content), _installed("zxingcpp")
    if picture is not None and zxing is not None:
        said += [b.text for b in zxing.read_barcodes(picture)]
        if any(_plain(number) in _plain(text) for text in said):
            return
    if not said and (STORED.search(content) or (picture is not None and zxing is None)):
        return  # it may be in a picture that cannot be read here
    seen = ", ".join(said)[:120] or "none"
    raise LabelUnfit(f"{number} is in no bar code of the carrier's label; its bar codes: {seen}")


def _check_pdf(content: bytes, number: str) -> None:
    if not content[:1024].lstrip().startswith(b"%PDF-"):
        raise LabelUnfit("the carrier's label does not begin like a PDF")
    pdfium, zxing = _installed("pypdfium2"), _installed("zxingcpp")
    if pdfium is None:
        if b"%%EOF" not in content[-1024:]:
            raise LabelUnfit("the carrier's label is cut short")
        return
    with ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(content)
        except pdfium.PdfiumError as e:
            raise LabelUnfit(f"the carrier's label is no PDF that can be opened: {e}") from None
        try:
            _check_pages(document, number, zxing)
        except pdfium.PdfiumError as e:
            raise LabelUnfit(f"a page of the carrier's label cannot be drawn: {e}") from None
        finally:
            document.close()


def _check_pages(document: Any, number: str, zxing: Any) -> None:
    if not 1 <= len(document) <= MOST_PAGES:
        raise LabelUnfit(f"the carrier's label has {len(document)} pages; 1 to {MOST_PAGES} are a label")
    blank, read = True, []
    for page in document:
        if max(page.get_size()) > MOST_POINTS:
            raise LabelUnfit(f"a page of the carrier's label is {max(page.get_size()):.0f} points long")
        picture = page.render(scale=SCALE, grayscale=True).to_pil().convert("L")
        darkest, lightest = picture.getextrema()
        blank = blank and lightest - darkest < 32
        if zxing is not None:
            read += [b.text for b in zxing.read_barcodes(picture)]
    if blank:
        raise LabelUnfit("the carrier's label is blank: every page is one colour")
    if zxing is not None and not any(_plain(number) in _plain(text) for text in read):
        seen = ", ".join(read)[:120] or "none"
        raise LabelUnfit(f"{number} cannot be read from the carrier's label; its bar codes: {seen}")


def merge_pdfs(parts: Sequence[bytes]) -> bytes | None:
    """All pages in one file, for one print job; None where ``pypdfium2`` is not installed."""
    pdfium = _installed("pypdfium2")
    if pdfium is None:
        return None
    with ONE_AT_A_TIME:
        whole = pdfium.PdfDocument.new()
        try:
            for part in parts:
                document = pdfium.PdfDocument(part)
                whole.import_pages(document)
                document.close()
            out = io.BytesIO()
            whole.save(out)
            return out.getvalue()
        finally:
            whole.close()


def _plain(text: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def _installed(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None
