"""What passes for a label, and what a carrier in trouble sends instead."""

import io
import zipfile

import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.carriers.rig import scanned
from wms.carriers.port import LabelFile
from wms.carriers.simulators.papers import LabelText, label_pdf, label_zpl
from wms.carriers.simulators.server import PAGE
from wms.shipping import check_label as checking
from wms.shipping.check_label import MOST_BYTES, MOST_PAGES, LabelUnfit, check_label, merge_pdfs

NUMBER = "0000075077001U"
TEXT = LabelText("DPD", NUMBER, "DPD CLASSIC", "L7-1", "PL-KRA")
PDF, ZPL = label_pdf([TEXT]), label_zpl([TEXT])


def a_pdf(pages: int = 1, *, text: str = "", side: float = 283) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(side, side))
    for _ in range(pages):
        canvas.drawString(10, 10, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def a_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("label.pdf", PDF)
    return out.getvalue()


def test_labels_of_carriers_pass() -> None:
    check_label(LabelFile("pdf", PDF), NUMBER)
    check_label(LabelFile("pdf", label_pdf([LabelText("X", "1", "", "", ""), TEXT])), NUMBER)
    check_label(LabelFile("zpl", ZPL), NUMBER)
    check_label(LabelFile("zpl", b"CT~~CD,~CC^~CT~\n" + ZPL), NUMBER)


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("pdf", b"", "no bytes"),
        ("pdf", b" \n", "no bytes"),
        ("pdf", PAGE, "HTML"),
        ("zpl", PAGE, "HTML"),
        ("pdf", a_zip(), "zip"),
        ("zpl", a_zip(), "zip"),
        ("pdf", ZPL, "does not begin like a PDF"),
        ("pdf", b"%PDF-1.7\nnothing more", "no PDF that can be opened"),
        ("pdf", a_pdf(), "blank"),
        ("pdf", a_pdf(MOST_PAGES + 1, text="x"), "21 pages"),
        ("pdf", a_pdf(text="no bar code"), "cannot be read"),
        ("pdf", label_pdf([LabelText("DPD", "0000075077002U", "", "", "")]), "0000075077002U"),
        ("pdf", a_pdf(text="x", side=20_000), "points long"),
        ("pdf", PDF + b" " * MOST_BYTES, "at most"),
        ("zpl", PDF, "no whole ZPL"),
        ("zpl", ZPL[:-8], "no whole ZPL"),
        ("zpl", b"^XA^PW800^LL1200^XZ", "blank"),
        ("zpl", b"^XA^FO10,10^FD ^FS^XZ", "blank"),
    ],
)
def test_what_is_no_label_is_refused_with_its_reason(name: str, content: bytes, why: str) -> None:
    with pytest.raises(LabelUnfit, match=why):
        check_label(LabelFile("zpl" if name == "zpl" else "pdf", content), NUMBER)


def test_many_in_one_file(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = [f"00000750770{n:02d}U" for n in range(5)]
    whole = merge_pdfs([label_pdf([LabelText("DPD", n, "", "", "")]) for n in numbers])
    assert whole is not None
    assert scanned(whole) == numbers
    monkeypatch.setattr(checking, "_installed", lambda name: None)
    assert merge_pdfs([PDF, PDF]) is None


def test_without_the_libraries_the_bytes_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "_installed", lambda name: None)
    check_label(LabelFile("pdf", PDF), NUMBER)
    with pytest.raises(LabelUnfit, match="cut short"):
        check_label(LabelFile("pdf", PDF[:-200]), NUMBER)
