"""What a simulated carrier prints: labels that scan, as PDF and ZPL, and plain protocols. No names on them, only numbers."""

import io
from collections.abc import Sequence

import msgspec
from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

DOTS = 8
"""Printer dots in a millimetre."""


class LabelText(msgspec.Struct, frozen=True):
    carrier: str
    number: str
    service: str
    reference: str
    route: str


def label_pdf(labels: Sequence[LabelText], width_mm: int = 100, height_mm: int = 150) -> bytes:
    """One page for each, its number as Code 128 with whole dots for a module."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width_mm * mm, height_mm * mm), pageCompression=1, invariant=1)
    for text in labels:
        top = height_mm * mm
        canvas.setFont("Helvetica-Bold", 20)
        canvas.drawString(5 * mm, top - 12 * mm, text.carrier)
        canvas.setFont("Helvetica", 10)
        canvas.drawString(5 * mm, top - 19 * mm, f"{text.service}  {text.route}")
        canvas.drawString(5 * mm, top - 25 * mm, f"ref {text.reference}")
        bars = Code128(
            text.number, barWidth=_module(text.number, width_mm) / DOTS * mm, barHeight=28 * mm, quiet=False
        )
        bars.drawOn(canvas, (width_mm * mm - bars.width) / 2, top - 70 * mm)
        canvas.setFont("Helvetica", 12)
        canvas.drawCentredString(width_mm * mm / 2, top - 77 * mm, text.number)
        canvas.setFont("Helvetica", 8)
        canvas.drawString(5 * mm, 5 * mm, "SIMULATED - NOT FOR SHIPPING")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _module(number: str, width_mm: int) -> int:
    """Dots for a module: three where they fit with a quiet zone, else two."""
    characters = len(number) / 2 + 1 if number.isdigit() else len(number)
    modules = 11 * (characters + 3) + 2 + 20
    return 3 if modules * 3 <= width_mm * DOTS else 2


def label_zpl(labels: Sequence[LabelText]) -> bytes:
    pages = []
    for t in labels:
        dots = _module(t.number, 100)
        pages.append(
            f"^XA^CI28^PW800^LL1200^FO40,40^A0N,60,60^FD{t.carrier}^FS^FO40,120^A0N,30,30^FD{t.service} {t.route}^FS"
            f"^FO40,160^A0N,30,30^FDref {t.reference}^FS^FO60,300^BY{dots}^BCN,220,Y,N,N,A^FD{t.number}^FS"
            "^FO40,1150^A0N,24,24^FDSIMULATED - NOT FOR SHIPPING^FS^XZ\n"
        )
    return "".join(pages).encode()


def protocol_pdf(title: str, numbers: Sequence[str]) -> bytes:
    """An A4 list of numbers, 50 to a page."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(210 * mm, 297 * mm), pageCompression=1, invariant=1)
    for first in range(0, max(len(numbers), 1), 50):
        canvas.setFont("Helvetica-Bold", 14)
        canvas.drawString(20 * mm, 275 * mm, title)
        canvas.setFont("Helvetica", 10)
        for row, number in enumerate(numbers[first : first + 50]):
            canvas.drawString(20 * mm, (265 - 5 * row) * mm, f"{first + row + 1}.  {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()
