"""The handover protocol: complete on paper, safe and exact in the file."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.printing.reading import pages, scan, texts
from wms.printing.cells import risky
from wms.printing.documents import Address, ManifestDocument, ManifestParcel
from wms.printing.errors import FormulaCell
from wms.printing.manifest import CSV_COLUMNS, cod_totals, manifest_csv, manifest_pdf

OPERATOR = Address(
    name="Magazyn Północ", street="ul. Logistyczna 7", postcode="05-850", city="Ożarów Mazowiecki"
)


def parcel(serial: int, /, **values: object) -> ManifestParcel:
    made = ManifestParcel(
        tracking_number=f"52011301234567{serial:010d}",
        sscc="359007730000000015",
        reference=f"ZZ-{serial:05d}",
        shop_name="Źródło Zdrowia",
        receiver_name="Łucja Żółć",
        postcode="31-864",
        city="Kraków",
        country="PL",
        weight=1_250,
        service="Standard",
    )
    return msgspec.structs.replace(made, **values)


def manifest(*parcels: ManifestParcel, **values: object) -> ManifestDocument:
    made = ManifestDocument(
        lang="pl",
        number="PZ/2026/11/21/01",
        closed_at=datetime(2026, 11, 21, 19, 30, tzinfo=ZoneInfo("Europe/Warsaw")),
        place=OPERATOR,
        sender=OPERATOR,
        carrier="Kurier Własny",
        account="K-123456",
        parcels=parcels,
    )
    return msgspec.structs.replace(made, **values)


COD = (
    parcel(1, cod=Decimal("124.90"), cod_currency="PLN", number=1, count=2),
    parcel(2, cod=Decimal("1000.10"), cod_currency="PLN", number=2, count=2),
    parcel(3, cod=Decimal("19.99"), cod_currency="EUR"),
)


def test_it_holds_all_that_a_courier_signs_for() -> None:
    [text] = texts(
        manifest_pdf(manifest(*COD, vehicle="WA 12345", driver="Łukasz Żak", remarks="Brak paczki 7"))
    )
    for part in (
        "Protokół przekazania przesyłek nr PZ/2026/11/21/01", "21.11.2026 19:30", "Magazyn Północ", "Ożarów Mazowiecki",
        "Kurier Własny", "K-123456", "WA 12345", "Łukasz Żak", "520113012345670000000002", "359007730000000015",
        "ZZ-00001", "Źródło Zdrowia", "Łucja Żółć", "31-864 Kraków", "1,250", "124,90", "1/2", "2/2",
        "Liczba paczek: 3", "Waga: 3,750 kg", "Pobrania: 19,99 EUR, 1 125,00 PLN", "Brak paczki 7",
        "Przekazujący", "Przyjmujący", "Strona 1 z 1",
    ):  # fmt: skip
        assert part in text


def test_and_in_english() -> None:
    [text] = texts(manifest_pdf(manifest(*COD, lang="en")))
    for part in (
        "Handover protocol",
        "Weight: 3.750 kg",
        "19.99 EUR, 1,125.00 PLN",
        "Received by",
        "Page 1 of 1",
    ):
        assert part in text


def test_each_tracking_number_can_be_scanned() -> None:
    parcels = [parcel(number) for number in range(1, 8)] + [parcel(8, tracking_number="0000075077195U")]
    [page] = pages(manifest_pdf(manifest(*parcels)), dpi=300)
    assert {text for _, text in scan(page)} == {made.tracking_number for made in parcels} | {
        "PZ/2026/11/21/01"
    }


def test_a_number_that_has_no_bar_code_stands_there_in_letters() -> None:
    [text] = texts(
        manifest_pdf(manifest(parcel(1, tracking_number="ŻÓŁW-1"), parcel(2, tracking_number="X" * 60)))
    )
    assert "ŻÓŁW-1" in text
    assert "XXXXX" in text


@pytest.mark.parametrize("count", [0, 1, 9, 10, 13, 14, 15, 30, 31, 32, 200])
def test_any_number_of_parcels_is_listed_once_and_the_pages_are_counted(count: int) -> None:
    found = texts(manifest_pdf(manifest(*(parcel(number) for number in range(1, count + 1)))))
    listed = [f"ZZ-{number:05d}" for number in range(1, count + 1)]
    assert [sum(reference in text for text in found) for reference in listed] == [1] * count
    for number, text in enumerate(found, start=1):
        assert f"Strona {number} z {len(found)}" in text
    assert f"Liczba paczek: {count}" in found[-1]
    assert sum("Przyjmujący" in text for text in found) == 1


def test_five_thousand_parcels_are_one_document() -> None:
    made = manifest_pdf(manifest(*(parcel(number) for number in range(1, 5_001))))
    found = texts(made)
    assert "ZZ-05000" in "".join(found[-2:])
    assert "Liczba paczek: 5000" in found[-1]


def test_the_same_values_make_the_same_bytes() -> None:
    assert manifest_pdf(manifest(*COD)) == manifest_pdf(manifest(*COD))


def test_cash_is_summed_by_currency_and_nothing_is_not_a_currency() -> None:
    assert cod_totals((*COD, parcel(4), parcel(5, cod=Decimal(0), cod_currency="CZK"))) == {
        "EUR": Decimal("19.99"),
        "PLN": Decimal("1125.00"),
    }


def test_the_file_is_utf_8_with_semicolons_and_a_heading() -> None:
    data = manifest_csv(manifest(*COD, parcel(4, receiver_name='Firma "A"; B')))
    assert data.startswith(b"manifest;closed_at;carrier;account;no;tracking_number;")
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=";"))
    assert rows[0]["closed_at"] == "2026-11-21T19:30:00+01:00"
    assert rows[1] == {
        "manifest": "PZ/2026/11/21/01", "closed_at": "2026-11-21T19:30:00+01:00", "carrier": "Kurier Własny",
        "account": "K-123456", "no": "2", "tracking_number": "520113012345670000000002",
        "sscc": "359007730000000015", "reference": "ZZ-00002", "shop": "Źródło Zdrowia",
        "receiver_name": "Łucja Żółć", "postcode": "31-864", "city": "Kraków", "country": "PL",
        "service": "Standard", "weight_g": "1250", "cod_amount": "1000.10", "cod_currency": "PLN",
        "parcel": "2", "parcels": "2",
    }  # fmt: skip
    assert rows[3]["receiver_name"] == 'Firma "A"; B'
    assert rows[3]["cod_amount"] == ""
    assert data.count(b"\r\n") == 5


@pytest.mark.parametrize(
    "value", ["=1+1", "+48 601", "-1", "@SUM(A1)", " =1", "\t=1", "＝1", "a\nb", "a\x00b", "a\u2028b"]
)
def test_a_cell_that_a_spreadsheet_would_run_is_refused_and_named(value: str) -> None:
    with pytest.raises(FormulaCell) as refused:
        manifest_csv(manifest(parcel(1), parcel(2, receiver_name=value)))
    assert refused.value.pointer == "/parcels/1/receiver_name"
    assert "520113012345670000000002" in refused.value.say("pl")


@given(st.text(max_size=30), st.text(max_size=30))
def test_what_is_written_is_read_back_byte_for_byte(name: str, city: str) -> None:
    if risky(name) or risky(city) or not (name + city).isprintable():
        return
    data = manifest_csv(manifest(parcel(1, receiver_name=name, city=city)))
    rows = list(csv.DictReader(io.StringIO(data.decode(), newline=""), delimiter=";"))
    assert (rows[0]["receiver_name"], rows[0]["city"]) == (name, city)
    assert list(rows[0]) == list(CSV_COLUMNS)
    for cell in rows[0].values():
        assert not cell.startswith(("=", "+", "-", "@"))
