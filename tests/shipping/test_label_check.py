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
from wms.shipping.zpl_codes import bar_codes

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
        (
            "zpl",
            label_zpl([LabelText("DPD", "0000075077002U", "", "", "")]),
            f"{NUMBER} is in no bar code.*: 0000075077002U$",
        ),
        (
            "zpl",
            b"^XA^FO10,10^A0N,30,30^FD" + NUMBER.encode() + b"^FS^XZ",
            "in no bar code of .*; its bar codes: none",
        ),
        ("zpl", b"^XA^FO9,9^BY3^FD" + NUMBER.encode() + b"^FS^FO9,99^BCN,90^FDX^FS^XZ", "its bar codes: X"),
    ],
)
def test_what_is_no_label_is_refused_with_its_reason(name: str, content: bytes, why: str) -> None:
    with pytest.raises(LabelUnfit, match=why):
        check_label(LabelFile("zpl" if name == "zpl" else "pdf", content), NUMBER)


@pytest.mark.parametrize(
    "field",
    [
        b"^BY3^BCN,220,Y,N,N,A^FD0000075077001U",
        b"^BY3,2,100^BCN,220^FH^FD>:0000075077001_55",
        b"^BCN,220^FH\\^FD>:00000>5750770>6\\30\\31U",
        b"^BCN,220,N^FD%0031864>50000075077001U101616",
        b"^BQN,2,8^FDQA,0000075077001U",
        b"^BQN,2,8^FDMM,A0000075077001U",
        b"^BXN,8,200^FV[)>0000075077001u",
        b"^B7N,5,5^FD0000 0750 7700 1U",
        b"^GFA,8,8,1,FFFFFFFFFFFFFFFF",
    ],
)
def test_a_number_is_read_from_the_bar_codes_of_zpl(field: bytes) -> None:
    """However the data is written; a label that is one picture is taken as it is."""
    check_label(LabelFile("zpl", b"^XA^CI28^FO9,9^A0N,9,9^FDDPD^FS^FO60,300" + field + b"^FS^XZ"), NUMBER)


def test_bar_codes_are_told_from_texts() -> None:
    label = b"^XA^FO1,1^BY2^BCN,9^FH_^FD>;>80012_5E34^FS^FO1,9^A0N,9^FDtext^FS^FO1,9^BQN,2,5^FDLA,qr,1^FS^XZ"
    assert bar_codes(label) == ["0012^34", "qr,1"]
    assert bar_codes(b"") == bar_codes(b"^^~~^B^FD^FS") == []


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
