"""Sheets to print: every code on them is read by a scanner, and nothing stands over another thing."""

import pytest

from tests.printing.reading import pages, scan, texts
from wms.kernel.scan import Command, parse_scan
from wms.printing.fields import sample
from wms.printing.set_up import GS1, LETTERS, QR_TEXT, commands_pdf, set_up_pdf
from wms.printing.sheets import PaperKind, layout_of, render_sheets
from wms.printing.templates import load_template

CODES: dict[str, str] = {
    "location": "L-A-{n:02}-01-1",
    "tote": "T-{n:03}",
    "badge": "B-{n:04}",
    "sku": "590123412{n:04}",
}
ON_A4 = {"location": 10, "tote": 10, "badge": 10, "sku": 36}


@pytest.fixture(autouse=True)
def _own_home(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS_HOME", str(tmp_path))


@pytest.mark.parametrize("paper", ["a4", "roll"])
@pytest.mark.parametrize("kind", CODES)
def test_a_scanner_reads_each_label_of_a_sheet(kind: str, paper: PaperKind) -> None:
    template = load_template(kind)
    count = ON_A4[kind] + 1 if paper == "a4" else 3
    codes = [CODES[kind].format(n=n) for n in range(count)]
    pdf = render_sheets(template, [sample(kind) | {"barcode": c} for c in codes], paper)
    shown = pages(pdf, 300)
    layout = layout_of(template, paper)
    assert len(shown) == -(-count // (layout.columns * layout.rows))
    assert {text for page in shown for _, text in scan(page)} == set(codes)
    width_mm = shown[0].shape[1] / 300 * 25.4
    assert width_mm == pytest.approx(210 if paper == "a4" else 100, abs=0.2)


def test_a_sheet_needs_a_label() -> None:
    with pytest.raises(ValueError, match="at least one"):
        render_sheets(load_template("tote"), [], "a4")


def test_every_command_is_on_the_sheet_with_its_words() -> None:
    pdf = commands_pdf()
    [page] = pages(pdf, 300)
    found = {text for _, text in scan(page)}
    assert found == {f"WMS:{c.value}" for c in Command}
    assert {parse_scan(code).command for code in found} == set(Command)
    [text] = texts(pdf)
    for word in ("Cofnij ostatni skan", "Undo the last scan", "Uszkodzone", "Damaged", "Wybór 9", "Choice 9"):
        assert word in text, word


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_the_set_up_sheet_tries_what_it_asks_for(lang: str) -> None:
    pdf = set_up_pdf("pl" if lang == "pl" else "en")
    [page] = pages(pdf, 300)
    found = scan(page)
    assert ("]C0", LETTERS) in found
    assert ("]C0", "WMS:OK") in found
    assert ("]Q1", QR_TEXT) in found
    [gs1] = [text for symbol, text in found if symbol == "]C1"]
    read = parse_scan("]C1" + "\x1d".join(["01" + GS1[0][1] + "10" + GS1[1][1], "21" + GS1[2][1]]))
    assert (read.lot, read.serial, read.ambiguous) == ("LOT7", "SN42", False)
    assert gs1.replace("\x1d", "").replace("(", "").replace(")", "") == "".join(
        ai + value for ai, value in GS1
    )
    [text] = texts(pdf)
    assert all(value in text for _, value in GS1)
    assert "[GS]" in text
    assert ("Enter" in text, "GS (ASCII 29)" in text, "/floor/check" in text) == (True, True, True)
