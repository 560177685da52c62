"""300 parcel labels of every kind of text and number: each is read back from the PDF and from the ZPL, dot by dot.

``WMS_LABELS=300 pytest -s tests/printing/test_random_labels.py`` draws all of them from ZPL too, which takes some minutes,
and prints how many were read; without it ZPL is drawn for the first 60.
"""

import itertools
import os
import random
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.printing.reading import Pixels, pages, scan
from tests.printing.zebra import zebra
from wms.kernel.numbers import gs1_check_digit, mod37_36, s10_make
from wms.printing.layout import Bars
from wms.printing.pdf import render_pdf
from wms.printing.templates import LabelTemplate, load_template
from wms.printing.zpl import render_zpl

COUNT = 300
ZEBRAS = int(os.environ.get("WMS_LABELS", "60"))
SEED = 20261122
FIRST = (
    "Małgorzata",
    "Łucja",
    "Świętosława",
    "Zdzisław",
    "Józef",
    "Żaneta",
    "Ćwirka",
    "Bogusława",
    "Jan",
    "O'Neil",
)
LAST = (
    "Brzęczyszczykiewicz", "Wąchocka-Źdźbło", "Gżegżółka", "Nowak", "Święcicki", "Śliwiński", "Żółć", "Łoś",
    "Krzyżanowska-Szczęsna de domo Wiśniewska", "von Müller", "Đorđević", "Иваненко", "Παπαδόπουλος",
)  # fmt: skip
ODD = (
    "🎁",
    "👩‍👧",
    "^XA",
    "~JR",
    "\\&",
    "_5E",
    "^FD^FS",
    "~",
    "\t",
    "\u00a0",
    "東京",
    "«»",
    "%s",
    "{x}",
    ">;>8",
    "​",
)
STREETS = ("ul. Świętokrzyska", "al. Księdza Prałata Żółkiewskiego", "pl. Źródlany", "os. Piastów", "Łąkowa")


class Dice(random.Random):
    """Random parts of labels; the same ones for the same seed."""

    def words(self, *pool: str, most: int = 4) -> str:
        """Some of the words, now and then with something odd among them."""
        said = [self.choice(pool) for _ in range(self.randint(1, most))]
        if self.random() < 0.4:
            said.insert(self.randrange(len(said) + 1), self.choice(ODD))
        return self.choice((" ", " ", "  ", ", ")).join(said)

    def digits(self, count: int) -> str:
        return "".join(self.choices("0123456789", k=count))

    def maybe(self, value: object) -> Any:
        return value if self.random() < 0.7 else self.choice((None, "", value))

    def tracking_number(self) -> str:
        """As the couriers of Poland and own ranges number their parcels."""
        kind = self.randrange(9)
        if kind == 0:
            return self.digits(13) + self.choice("UWXYZ")
        if kind == 1:
            return s10_make("RR", self.randrange(10**8), "PL")
        if kind == 2:
            return "JJD" + self.digits(self.randint(15, 18))
        if kind == 3:
            return (body := "0530511" + self.digits(7)) + mod37_36(body)
        if kind == 4:
            return "".join(self.choices("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", k=8))
        if kind == 5:
            return self.digits(11)
        if kind == 6:
            return f"PX-{self.randrange(10**6)}/{self.choice('ab^~_')}"
        return self.digits(self.choice((10, 12, 14, 20, 24, 24, 24)))

    def street(self) -> str:
        if self.random() < 0.1:
            return (self.words(*STREETS) + " ").ljust(200, self.choice("xŻ ż1")).strip()[:200]
        if self.random() < 0.1:
            return (" ".join(STREETS) + " ") * 4
        return f"{self.words(*STREETS, most=1)} {self.randint(1, 300)}{self.choice(('', 'A', ' m. 12', '/7 lok. 3'))}"

    def label(self) -> dict[str, Any]:
        count = self.choice((1, 1, 1, 2, 3, 12))
        body = "3590077" + self.digits(10)
        with_cod = self.random() < 0.3
        return {
            "operator": {"name": "Magazyn Północ sp. z o.o.", "street": self.street(), "city": "Ożarów"},
            "shop": {"name": self.words(*LAST, most=2)},
            "receiver": {
                "name": self.words(*FIRST, *LAST),
                "company": self.maybe(
                    self.words("Piekarnia", "„Pod Żurawiem”", "sp. z o.o.", "S.A.", most=6)
                ),
                "street": self.street(),
                "postcode": f"{self.digits(2)}-{self.digits(3)}",
                "city": self.choice(
                    ("Kraków", "Łódź", "Busko-Zdrój", "Świętochłowice", "Ó", "Kędzierzyn-Koźle " * 3)
                ),
                "country": self.choice(("PL", "PL", "DE", "UA", "GR", "")),
                "phone": self.maybe(f"+48 {self.digits(9)}"),
            },
            "carrier": {"name": self.choice(("Kurier Własny", "DPD", "InPost"))},
            "service": self.maybe(self.words("Dostawa", "do", "12:00")),
            "point": self.maybe("KRA01M"),
            "cod": {"amount": Decimal(self.randrange(1, 10**7)) / 100, "currency": "PLN"} if with_cod else {},
            "order": {"reference": self.maybe(f"ZZ-2026-{self.digits(self.randint(1, 30))}")},
            "parcel": {"number": self.randint(1, count), "count": count, "weight": self.randint(1, 31_500)},
            "tracking_number": self.tracking_number(),
            "sscc": self.maybe(body + gs1_check_digit(body)),
            "shipped_on": self.maybe(date(2026, 1, 1) + timedelta(days=self.randrange(365))),
            "note": self.maybe(self.words(*FIRST, *LAST, most=12)),
        }


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> LabelTemplate:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WMS_HOME", str(tmp_path_factory.mktemp("home")))
        return load_template("parcel")


@pytest.fixture(scope="module")
def labels() -> list[dict[str, Any]]:
    dice = Dice(SEED)
    made = [dice.label() for _ in range(COUNT)]
    assert max(len(label["receiver"]["street"]) for label in made) >= 200
    return made


@pytest.fixture(scope="module")
def paper(template: LabelTemplate, labels: list[dict[str, Any]]) -> list["Seen"]:
    return seen(template, labels, lambda some: pages(render_pdf(template, some)))


@pytest.fixture(scope="module")
def zebras(template: LabelTemplate, labels: list[dict[str, Any]]) -> list["Seen"]:
    page = template.page
    return seen(
        template,
        labels[:ZEBRAS],
        lambda some: zebra([render_zpl(template, [one]) for one in some], page.width, page.height),
    )


class Seen(NamedTuple):
    """What is on one printed label: codes as scanned, and for each linear code whether its dots are right."""

    codes: set[tuple[str, str]]
    exact: list[bool]


def seen(
    template: LabelTemplate,
    labels: list[dict[str, Any]],
    draw: Callable[[list[dict[str, Any]]], list[Pixels]],
) -> list[Seen]:
    """Some pictures at a time: one has a megabyte."""
    found = []
    for start in range(0, len(labels), 50):
        some = labels[start : start + 50]
        for label, page in zip(some, draw(some), strict=True):
            marks = [mark for mark in template.marks(label) if isinstance(mark, Bars)]
            found.append(Seen(scan(page), [exact(page, mark) for mark in marks]))
    return found


def exact(page: Pixels, mark: Bars) -> bool:
    """Whether every row has the runs of the symbol, each a whole multiple of the module, black or white, no grey."""
    wide = mark.symbol.modules * mark.module
    area = page[mark.y : mark.y + mark.height, mark.x - mark.module : mark.x + wide + mark.module]
    runs = [len(list(run)) for _, run in itertools.groupby(area[0].tolist())]
    right = [mark.module, *(run * mark.module for run in mark.symbol.runs), mark.module]
    return runs == right and bool((area == area[0]).all()) and set(np.unique(area)) <= {0, 255}


def all_read(what: str, labels: list[dict[str, Any]], found: list[Seen]) -> bool:
    right = 0
    for label, one in zip(labels, found, strict=True):
        sscc = {("]C1", "00" + label["sscc"])} if label["sscc"] else set()
        right += one.codes == {("]C0", label["tracking_number"]), *sscc}
    print(f"\n{what}: {right} of {len(labels)} labels decoded")
    return right == len(labels)


def all_exact(what: str, found: list[Seen]) -> bool:
    codes = [right for one in found for right in one.exact]
    print(
        f"\n{what}: {sum(codes)} of {len(codes)} bar codes are whole modules of black and white in every row"
    )
    return all(codes) and len(codes) > len(found)


def test_a_scanner_reads_each_label_of_the_pdf(labels: list[dict[str, Any]], paper: list[Seen]) -> None:
    assert all_read("PDF at 203 dpi", labels, paper)


def test_a_scanner_reads_each_label_of_the_zpl(labels: list[dict[str, Any]], zebras: list[Seen]) -> None:
    assert all_read("ZPL at 8 dots/mm", labels[:ZEBRAS], zebras)


def test_each_run_of_the_pdf_is_whole_modules(paper: list[Seen]) -> None:
    assert all_exact("PDF at 203 dpi", paper)


def test_each_run_of_the_zpl_is_whole_modules_at_the_same_dots(zebras: list[Seen]) -> None:
    assert all_exact("ZPL at 8 dots/mm", zebras)
