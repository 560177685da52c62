"""A test label or a test sheet: who is it, and is its paper where it should be."""

import asyncio
import io

from reportlab.pdfgen.canvas import Canvas

from wms.db.tx import Tx
from wms.printing import fonts
from wms.printing.paper import MM
from wms.printing.queries import one_printer
from wms.printing.queue_errors import PrinterOutOfUse
from wms.printing.queue_print import Paper, Target, queue_print
from wms.printing.zpl import escape


async def print_test(tx: Tx, printer_id: int) -> int:
    """The job's id. Raises ``NotFound``, ``PrinterOutOfUse``."""
    p = await one_printer(tx, printer_id)
    if not p.active:
        raise PrinterOutOfUse(printer=p.code)
    lines = [p.code, p.name, p.address, tx.now.strftime("%Y-%m-%d %H:%M:%S UTC"), "ąćęłńóśźż ĄĆĘŁŃÓŚŹŻ"]
    if p.kind == "zpl":
        content = _label(lines, p.width_mm * p.dots_per_mm, p.height_mm * p.dots_per_mm, p.dots_per_mm)
    else:
        content = await asyncio.to_thread(_sheet, lines)
    paper = Paper(document="test", subject="printer", subject_id=p.id, ref=p.code, content=content)
    return await queue_print(tx, Target(p.id, p.code, p.kind, p.dots_per_mm), paper)


def _label(lines: list[str], width: int, height: int, dots: int) -> bytes:
    """A frame at the edge of the media, so that one sees whether the paper lies where the printer believes."""
    frame = f"^FO{dots},{dots}^GB{width - 2 * dots},{height - 2 * dots},{dots // 2}^FS"
    texts = "".join(
        f"^FT{4 * dots},{(10 + 8 * i) * dots}^A0N,{4 * dots},{4 * dots}^FH_^FD{escape(line)}^FS"
        for i, line in enumerate(lines)
    )
    return f"^XA^CI28^LH0,0^PW{width}^LL{height}{frame}{texts}^XZ\n".encode()


def _sheet(lines: list[str]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(210 * MM, 297 * MM), invariant=1)
    fonts.register()
    canvas.rect(10 * MM, 10 * MM, 190 * MM, 277 * MM)
    canvas.setFont(fonts.REGULAR, 16)
    for i, line in enumerate(lines):
        canvas.drawString(20 * MM, (270 - 12 * i) * MM, line)
    canvas.showPage()
    canvas.save()
    return out.getvalue()
