"""What passes for a label, and what a carrier in trouble sends instead."""

import base64
import io
import zipfile
import zlib

import barcode
import pytest
from barcode.writer import ImageWriter
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from tests.carriers.rig import scanned
from wms.carriers.port import LabelFile
from wms.carriers.simulators.papers import LabelText, label_pdf, label_zpl
from wms.carriers.simulators.server import PAGE
from wms.printing.zpl import _graphic
from wms.shipping import check_label as checking
from wms.shipping.check_label import MOST_BYTES, MOST_PAGES, LabelUnfit, check_label, merge_pdfs
from wms.shipping.zpl_codes import bar_codes
from wms.shipping.zpl_pictures import MOST_DOTS, drawn

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
        b"^XGR:LABEL.GRF,1,1",
    ],
)
def test_a_number_is_read_from_the_bar_codes_of_zpl(field: bytes) -> None:
    """However the data is written; a picture that the printer has in store is taken as it is."""
    check_label(LabelFile("zpl", b"^XA^CI28^FO9,9^A0N,9,9^FDDPD^FS^FO60,300" + field + b"^FS^XZ"), NUMBER)


def a_picture(number: str) -> Image.Image:
    """Black on white, without a margin."""
    drawn: Image.Image = barcode.get("code128", number, writer=ImageWriter()).render(
        {"write_text": False, "quiet_zone": 0, "module_width": 0.25, "module_height": 12, "dpi": 203}
    )
    return drawn.convert("1")


def bits(picture: Image.Image) -> tuple[bytes, int]:
    """The dots as ZPL has them, 1 is black; with the bytes of a row."""
    inked = picture.convert("L").point(lambda level: 255 - level).convert("1")
    return inked.tobytes(), (picture.width + 7) // 8


def rows_of(picture: Image.Image) -> list[str]:
    inked = picture.convert("L").tobytes()
    return [
        "".join("1" if inked[y * picture.width + x] < 128 else "0" for x in range(picture.width))
        for y in range(picture.height)
    ]


def as_field(data: bytes, row: int, body: bytes) -> bytes:
    return b"^GFA,%d,%d,%d," % (len(body), len(data), row) + body


def fields_of(picture: Image.Image) -> dict[str, bytes]:
    data, row = bits(picture)
    half = picture.height // 2
    top, below = (
        picture.crop((0, 0, picture.width, half)),
        picture.crop((0, half, picture.width, picture.height)),
    )
    return {
        "hex": as_field(data, row, data.hex().upper().encode()),
        "hex in lines": as_field(
            data, row, b"\n".join(data[i : i + row].hex().encode() for i in range(0, len(data), row))
        ),
        "counted": _graphic(rows_of(picture), 1, 1).encode(),
        "base64": as_field(data, row, b":B64:" + base64.b64encode(data) + b":1A2B"),
        "deflated": as_field(data, row, b":Z64:" + base64.b64encode(zlib.compress(data)) + b":1A2B"),
        "binary": b"^GFB,%d,%d,%d," % (len(data), len(data), row) + data,
        "stripes": _graphic(rows_of(top), 1, 1).encode()
        + b"^FS^FO60,%d" % (300 + half)
        + _graphic(rows_of(below), 1, 1).encode(),
    }


@pytest.mark.parametrize("way", list(fields_of(a_picture("1"))))
def test_a_label_that_is_a_picture_is_read(way: str) -> None:
    def label(number: str) -> LabelFile:
        field = fields_of(a_picture(number))[way]
        return LabelFile("zpl", b"^XA^CI28^FO9,9^A0N,9,9^FDDPD^FS^FO60,300" + field + b"^FS^XZ")

    check_label(label(NUMBER), NUMBER)
    with pytest.raises(LabelUnfit, match="0000075077002U"):
        check_label(label("0000075077002U"), NUMBER)


def test_a_picture_without_a_code_is_no_label_unless_nobody_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    black = b"^GFA,8,8,1,FFFFFFFFFFFFFFFF"
    with pytest.raises(LabelUnfit, match="its bar codes: none"):
        check_label(LabelFile("zpl", b"^XA^FO9,9" + black + b"^FS^XZ"), NUMBER)
    check_label(LabelFile("zpl", b"^XA^FO9,9" + black + b"^FS^FO9,99^XGR:CODE.GRF^FS^XZ"), NUMBER)
    monkeypatch.setattr(checking, "_installed", lambda name: None)
    check_label(LabelFile("zpl", b"^XA^FO9,9" + black + b"^FS^XZ"), NUMBER)


@given(
    total=st.integers(0, 10**8), row=st.integers(0, 10**5), text=st.binary(max_size=200),
    head=st.sampled_from([b"", b":Z64:", b":B64:", b"zzzzZZZ!,:", b"^FO99999,99999"]), form=st.sampled_from([b"A", b"B", b"C"]),
)  # fmt: skip
def test_any_picture_is_read_or_left(total: int, row: int, text: bytes, head: bytes, form: bytes) -> None:
    picture = drawn(b"^XA^GF%s,9,%d,%d,%s%s^XZ" % (form, total, row, head, text))
    assert picture is None or max(picture.size) <= MOST_DOTS + 80


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
