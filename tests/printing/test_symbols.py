"""What is encoded is what is read, for everything that a code can carry."""

import string

import pytest
from barcode.codex import Code128
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import ean

from tests.printing.reading import pages, scan, template
from wms.kernel.numbers import gs1_check_digit as check_digit
from wms.printing.code128 import Linear, code128, gs1_128
from wms.printing.errors import CannotPrint, Unprintable
from wms.printing.matrix import matrix
from wms.printing.pdf import render_pdf

CODES = template(
    """
schema = 1
kind = "parcel"
size = [170, 70]
[[code128]]
at = [5, 5]
module = 2
height = 10
value = "{tracking_number}"
[[qr]]
at = [5, 25]
module = 3
max_width = 40
value = "{note}"
when = "note"
[[datamatrix]]
at = [60, 25]
module = 3
max_width = 40
value = "{note}"
when = "note"
"""
)
GS1 = template(
    """
schema = 1
kind = "parcel"
size = [160, 50]
[[gs1_128]]
at = [7, 5]
module = 4
height = 32
value = "(00){sscc}"
"""
)
PRINTABLE = "".join(chr(code) for code in range(32, 127))
codes = st.one_of(
    st.text(PRINTABLE, min_size=1, max_size=40),
    st.text(string.digits, min_size=1, max_size=40),
    st.text(string.digits + "AZ-", min_size=1, max_size=40),
)


@settings(max_examples=80, deadline=None)
@given(codes)
def test_code128_is_read_back(value: str) -> None:
    [page] = pages(render_pdf(CODES, [{"tracking_number": value}]))
    assert scan(page) == {("]C0", value)}


class Library(Code128):  # type: ignore[misc]
    """python-barcode, kept from shortening what begins with the pair 99."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        return encoded if encoded[1] == 99 else list(super()._try_to_optimize(encoded))


@settings(max_examples=1_000)
@given(st.one_of(codes, st.text("0123456789A", min_size=1, max_size=24)))
def test_character_sets_are_those_of_python_barcode(value: str) -> None:
    assert list(code128(value).values[:-1]) == Library(value).encoded


@settings(max_examples=40, deadline=None)
@given(st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=30))
def test_two_dimensional_codes_are_read_back(value: str) -> None:
    [page] = pages(render_pdf(CODES, [{"tracking_number": "1", "note": value}]))
    assert {text for identifier, text in scan(page) if identifier != "]C0"} == {value}
    assert len(scan(page)) == 3


@settings(max_examples=40, deadline=None)
@given(st.text(string.digits, min_size=17, max_size=17))
def test_an_sscc_is_read_back_with_fnc1_in_front(body: str) -> None:
    sscc = body + check_digit(body)
    [page] = pages(render_pdf(GS1, [{"sscc": sscc}]))
    assert scan(page) == {("]C1", "00" + sscc)}


@given(st.text(string.digits, min_size=1, max_size=20))
def test_the_check_digit_agrees_with_stdnum(body: str) -> None:
    assert check_digit(body) == ean.calc_check_digit(body)


@pytest.mark.parametrize("value", ["99", "9912345678", "99A"])
def test_a_number_that_begins_with_99_keeps_it(value: str) -> None:
    """The library's own shortening reads the pair 99 as a change of character set."""
    [page] = pages(render_pdf(CODES, [{"tracking_number": value}]))
    assert scan(page) == {("]C0", value)}


def test_a_variable_value_is_ended_before_the_next_identifier() -> None:
    separated = gs1_128([("10", "AB12"), ("17", "280531")])
    last = gs1_128([("17", "280531"), ("10", "AB12")])
    assert separated.modules > last.modules
    assert separated.text == "10AB1217280531"


@pytest.mark.parametrize(
    "elements",
    [
        [("00", "359007730000000014")],
        [("00", "35900773000000001")],
        [("01", "5901234123457")],
        [("17", "2805")],
        [("10", "")],
        [("10", "Łódź")],
        [("10", "x" * 60)],
    ],
)
def test_gs1_refuses_what_a_scanner_would_refuse(elements: list[tuple[str, str]]) -> None:
    with pytest.raises(Unprintable):
        gs1_128(elements)


@pytest.mark.parametrize("value", ["", "zażółć", "tab\there", "gs\x1d", "new\nline", "²³"])
def test_code128_refuses_what_it_cannot_carry(value: str) -> None:
    with pytest.raises(Unprintable):
        code128(value)


@pytest.mark.parametrize("kind", ["qr", "datamatrix"])
def test_two_dimensional_codes_refuse_nothing_and_too_much(kind: str) -> None:
    for value in ("", "x" * 20_000, "\ud800"):
        with pytest.raises(Unprintable):
            matrix(kind, value)  # type: ignore[arg-type]


@given(codes)
def test_field_data_for_the_printer_stays_in_one_set_and_holds_no_command(value: str) -> None:
    symbol: Linear = code128(value)
    if symbol.zpl is not None:
        assert symbol.zpl in (">;" + value, ">:" + value)
        assert not set("^~_\\") & set(symbol.zpl)


def test_a_missing_number_is_refused_and_names_label_and_place() -> None:
    with pytest.raises(CannotPrint) as refused:
        render_pdf(CODES, [{"tracking_number": None}])
    assert refused.value.say("en") == (
        "The label trial cannot be printed, code128 1: there is nothing to encode. "
        "Correct the data and print it again."
    )
    assert "nie ma czego zakodować" in refused.value.say("pl")


def test_a_code_that_is_too_wide_is_refused_and_not_squeezed() -> None:
    with pytest.raises(CannotPrint, match="wider than its place"):
        render_pdf(CODES, [{"tracking_number": "W" * 70}])


def test_a_long_number_takes_smaller_modules_by_whole_dots() -> None:
    elastic = template(
        """
schema = 1
kind = "parcel"
size = [100, 40]
[[code128]]
at = [10, 5]
module = 4
min_module = 2
max_width = 80
align = "center"
height = 20
value = "{tracking_number}"
"""
    )
    for value, module in (("12345678", 4), ("0000075077195U-XYZ", 3), ("0000075077195U-ABCDEFGHI", 2)):
        [mark] = elastic.marks({"tracking_number": value})
        assert mark.module == module  # type: ignore[union-attr]
        [page] = pages(render_pdf(elastic, [{"tracking_number": value}]))
        assert scan(page) == {("]C0", value)}
