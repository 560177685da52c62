"""Every template that we ship: it loads, both outputs of it can be scanned, bars are whole dots.

``WMS_PICTURES=FOLDER pytest tests/printing/test_shipped_templates.py`` writes each of them there, PDF beside ZPL.
"""

import io
import itertools
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.printing.reading import Pixels, pages, scan, texts
from tests.printing.zebra import zebra
from wms.paths import share
from wms.printing.fields import FIELDS, sample
from wms.printing.layout import Bars, Grid
from wms.printing.pdf import render_pdf
from wms.printing.picture import label_png
from wms.printing.templates import load_template
from wms.printing.zpl import render_zpl

SSCC = "359007730000000015"
EXPECTED = {
    "parcel": {("]C0", "520113012345678901234567"), ("]C1", "00" + SSCC)},
    "handling_unit": {("]C1", "00" + SSCC)},
    "location": {("]C0", "A-07-03-2")},
    "tote": {("]C0", "T-0417"), ("]Q1", "T-0417")},
    "badge": {("]C0", "P7F3K9QX2M")},
    "sku": {("]C0", "5901234123457")},
    "return": {("]C0", "RMA-2026-00317"), ("]C0", "520113012345678901234567")},
}


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS_HOME", str(tmp_path))


def test_each_shipped_file_and_each_kind_is_expected_here() -> None:
    assert {path.stem for path in share("label_templates").glob("*.toml")} == set(EXPECTED)
    assert set(FIELDS) == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_scanner_reads_the_pdf(name: str) -> None:
    template = load_template(name)
    [page] = pages(render_pdf(template, [sample(template.kind)]))
    assert page.shape == (template.page.height, template.page.width)
    assert scan(page) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_bars_and_squares_are_whole_dots_with_no_grey(name: str) -> None:
    template = load_template(name)
    label = sample(template.kind)
    [page] = pages(render_pdf(template, [label]))
    codes = 0
    for mark in template.marks(label):
        if isinstance(mark, Bars):
            area = page[mark.y : mark.y + mark.height, mark.x : mark.x + mark.symbol.modules * mark.module]
            wanted = [run * mark.module for run in mark.symbol.runs]
            for row in area:
                assert [len(list(run)) for _, run in itertools.groupby(row.tolist())] == wanted
        elif isinstance(mark, Grid):
            rows = [[255 * (bit == "0") for bit in row] for row in mark.squares.rows]
            wide = np.kron(
                np.array(rows, dtype=np.uint8), np.ones((mark.module, mark.module), dtype=np.uint8)
            )
            area = page[mark.y : mark.y + wide.shape[0], mark.x : mark.x + wide.shape[1]]
            assert np.array_equal(area, wide)
        else:
            continue
        codes += 1
        assert set(np.unique(area)) == {0, 255}
    assert codes == len(EXPECTED[name])


@pytest.mark.parametrize("name", EXPECTED)
def test_the_picture_of_a_label_is_what_the_printer_prints(name: str) -> None:
    template = load_template(name)
    label = sample(template.kind)
    with Image.open(io.BytesIO(label_png(template, label))) as image:
        pixels = np.array(image, dtype=np.uint8)
    [page] = pages(render_pdf(template, [label]))
    assert pixels.shape == page.shape
    assert scan(pixels) == EXPECTED[name]
    for mark in template.marks(label):
        if isinstance(mark, Bars):
            area = np.s_[mark.y : mark.y + mark.height, mark.x : mark.x + mark.symbol.modules * mark.module]
            assert np.array_equal(pixels[area], page[area])
    assert np.mean(np.abs(pixels.astype(int) - page)) < 10  # letters are smoothed by another hand


@pytest.mark.parametrize("name", EXPECTED)
def test_a_label_with_only_what_its_codes_need_prints(name: str) -> None:
    template = load_template(name)
    full = sample(template.kind)
    label = {key: value for key, value in full.items() if key in ("sscc", "tracking_number", "barcode")}
    [page] = pages(render_pdf(template, [label]))
    assert scan(page) == EXPECTED[name]
    assert render_zpl(template, [label]).startswith(b"^XA^CI28")


def test_threads_do_not_mix_up_each_others_letters() -> None:
    template = load_template("parcel")
    labels = [
        {**sample("parcel"), "note": f"Notatka ślusarza {number} " + "żółć" * number} for number in range(24)
    ]
    alone = [render_pdf(template, [label]) for label in labels]
    pause = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            for _ in range(8):
                assert list(pool.map(lambda label: render_pdf(template, [label]), labels)) == alone
    finally:
        sys.setswitchinterval(pause)


def test_one_file_holds_a_page_for_each_label() -> None:
    template = load_template("parcel")
    labels = [{**sample("parcel"), "tracking_number": f"5201130123456789{number:08d}"} for number in range(5)]
    shown = pages(render_pdf(template, labels))
    for number, page in enumerate(shown):
        assert ("]C0", f"5201130123456789{number:08d}") in scan(page)
    assert len(shown) == 5
    assert render_zpl(template, labels).count(b"^XA") == 5


def test_the_same_values_make_the_same_bytes() -> None:
    template = load_template("parcel")
    labels = [sample("parcel"), {**sample("parcel"), "cod": {}}]
    assert render_pdf(template, labels) == render_pdf(template, labels)
    assert render_zpl(template, labels) == render_zpl(template, labels)


def test_cash_on_delivery_shows_only_where_there_is_some() -> None:
    template = load_template("parcel")
    [with_cod, without] = texts(
        render_pdf(template, [sample("parcel"), {**sample("parcel"), "cod": {"amount": 0}}])
    )
    assert "POBRANIE" in with_cod
    assert "1 249,90 PLN" in with_cod
    assert "POBRANIE" not in without


def test_polish_letters_are_text_in_the_pdf() -> None:
    [text] = texts(render_pdf(load_template("parcel"), [sample("parcel")]))
    for part in (
        "Źródło Zdrowia",
        "Małgorzata Brzęczyszczykiewicz-Wiśniewska",
        "Świętokrzyska",
        "„Pod Żurawiem”",
    ):
        assert part in text


@pytest.mark.parametrize("name", EXPECTED)
def test_a_scanner_reads_the_zpl_and_finds_the_codes_where_the_pdf_has_them(name: str) -> None:
    template = load_template(name)
    label, page = sample(template.kind), template.page
    [pixels] = zebra([render_zpl(template, [label])], page.width, page.height)
    assert scan(pixels) == EXPECTED[name]
    [paper] = pages(render_pdf(template, [label]))
    write_picture(name, paper, pixels)
    for mark in template.marks(label):
        if isinstance(mark, Bars):
            wide, high = mark.symbol.modules * mark.module, mark.height
        elif isinstance(mark, Grid):
            wide, high = mark.squares.width * mark.module, mark.squares.height * mark.module
        else:
            continue
        area = np.s_[mark.y : mark.y + high, mark.x : mark.x + wide]
        assert np.array_equal(pixels[area], paper[area])


def write_picture(name: str, paper: Pixels, pixels: Pixels) -> None:
    """PDF and ZPL side by side as ``NAME.png``, in the folder that ``WMS_PICTURES`` names."""
    if folder := os.environ.get("WMS_PICTURES"):
        gap = np.full((paper.shape[0], 24), 160, dtype=np.uint8)
        Path(folder).mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.hstack([paper, gap, pixels])).save(Path(folder) / f"{name}.png")
