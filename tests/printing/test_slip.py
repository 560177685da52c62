"""The packing slip in the buyer's language, of any length."""

from datetime import date

import msgspec
import pytest

from tests.printing.reading import pages, scan, texts
from wms.kernel.text import Lang
from wms.printing.documents import Address, PackingSlip, SlipLine
from wms.printing.slip import packing_slip

SLIP = PackingSlip(
    lang="pl",
    shop_name="Źródło Zdrowia",
    order_number="ZZ-2026-118-00472",
    ordered_on=date(2026, 11, 20),
    receiver=Address(name="Łucja Żółć", street="ul. Świętokrzyska 18A", postcode="31-864", city="Kraków"),
    lines=(SlipLine(code="MIOD-1200", name="Miód gryczany 1,2 kg", quantity=2, detail="partia L26"),),
    parcel_number=2,
    parcel_count=3,
    note="Dziękujemy!\nSmacznego.",
    return_url="https://zwroty.example.pl/r/4fK9dQ2mXw7Lr0aB",
    return_address=Address(
        name="Magazyn Północ", street="ul. Logistyczna 7", postcode="05-850", city="Ożarów"
    ),
)


def change(**values: object) -> PackingSlip:
    return msgspec.structs.replace(SLIP, **values)


def test_it_says_what_is_in_the_parcel_in_polish() -> None:
    [text] = texts(packing_slip(SLIP))
    for part in (
        "Źródło Zdrowia", "Specyfikacja przesyłki", "Zamówienie ZZ-2026-118-00472", "Data zamówienia: 20.11.2026",
        "Paczka 2 z 3", "Łucja Żółć", "31-864 Kraków", "MIOD-1200", "Miód gryczany 1,2 kg", "partia L26",
        "Dziękujemy!", "Smacznego.", "Jak zwrócić towar", "Adres do zwrotów: Magazyn Północ", "Strona 1 z 1",
    ):  # fmt: skip
        assert part in text


def test_and_in_english() -> None:
    [text] = texts(packing_slip(change(lang="en", parcel_count=1)))
    for part in ("Packing slip", "Order ZZ-2026-118-00472", "Item", "Qty", "How to return", "Page 1 of 1"):
        assert part in text
    assert "Parcel 2" not in text


@pytest.mark.parametrize("paper", ["A5", "A4"])
@pytest.mark.parametrize("lang", ["pl", "en"])
def test_the_order_and_the_return_page_can_be_scanned(paper: str, lang: Lang) -> None:
    [page] = pages(packing_slip(change(paper=paper, lang=lang)), dpi=300)
    assert scan(page) == {("]C0", SLIP.order_number), ("]Q1", SLIP.return_url)}


def test_a_long_order_runs_over_pages_and_loses_no_line() -> None:
    lines = tuple(
        SlipLine(
            code=f"KOD-{number:04d}",
            name=f"Świeca zapachowa {number} " + "i opis " * (number % 9),
            quantity=number,
        )
        for number in range(1, 201)
    )
    found = texts(packing_slip(change(lines=lines)))
    assert len(found) > 5
    assert all(f"KOD-{number:04d}" in "".join(found) for number in range(1, 201))
    for number, text in enumerate(found, start=1):
        assert f"Strona {number} z {len(found)}" in text
        assert SLIP.order_number in text
    assert all("Nazwa" in text for text in found if "KOD-" in text)
    assert "Jak zwrócić" in found[-1]


def test_long_instructions_and_notes_flow_on() -> None:
    words = " ".join(f"słowo{number}" for number in range(900))
    found = texts(packing_slip(change(how_to_return=words, note=words)))
    assert len(found) > 2
    assert "słowo899" in found[-1]
    assert " ".join(found).count("słowo450") == 2


def test_with_no_return_page_the_shop_is_named_as_contact() -> None:
    [text] = texts(packing_slip(change(return_url="", return_address=None, note="", lines=())))
    assert "Skontaktuj się ze sklepem" in text


def test_hostile_texts_and_lacking_letters_do_no_harm() -> None:
    worst = "🎁\x00\n" + "W" * 400
    slip = change(
        shop_name=worst, order_number="№ żółw", note=worst, return_url="https://x/" + "y" * 5000,
        receiver=Address(name=worst, company=worst, street=worst, postcode=worst, city=worst, country=worst),
        lines=(SlipLine(code=worst, name=worst, quantity=1, detail=worst),),
    )  # fmt: skip
    assert "?" in texts(packing_slip(slip))[0]


def test_the_same_values_make_the_same_bytes() -> None:
    assert packing_slip(SLIP) == packing_slip(SLIP)
