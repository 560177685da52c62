"""Our check digits against python-stdnum's, which is written by others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean
from stdnum.iso7064 import mod_37_36

from wms.kernel.numbers import (
    gs1_check_digit,
    gs1_valid,
    gtin14,
    mod37_36,
    mod37_36_valid,
    s10_make,
    s10_valid,
    sscc_make,
    sscc_valid,
)

digits = st.text("0123456789", min_size=1, max_size=30)


@given(digits)
def test_gs1_check_digit_is_that_of_stdnum(body: str) -> None:
    assert gs1_check_digit(body) == ean.calc_check_digit(body)


@given(digits, st.data())
def test_one_wrong_digit_is_always_found(body: str, data: st.DataObject) -> None:
    code = body + gs1_check_digit(body)
    place = data.draw(st.integers(0, len(code) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != code[place]]))
    assert gs1_valid(code)
    assert not gs1_valid(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("bad", ["", "12a", "١٢٣", "1²", " 1", "-1"])
def test_check_digit_wants_digits(bad: str) -> None:
    with pytest.raises(ValueError, match="not digits"):
        gs1_check_digit(bad)


@given(st.sampled_from([7, 11, 12, 13]).flatmap(lambda n: st.text("0123456789", min_size=n, max_size=n)))
def test_gtin14_of_every_length(body: str) -> None:
    code = body + gs1_check_digit(body)
    long = gtin14(code)
    if not code.strip("0"):
        assert long is None
        return
    assert long is not None
    assert (len(long), int(long)) == (14, int(code))
    assert ean.is_valid(code)
    assert gtin14(long) == long


@given(st.text(max_size=20))
def test_gtin14_answers_for_any_text(text: str) -> None:
    long = gtin14(text)
    assert long is None or ean.is_valid(text.strip())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        (" 5901234123457\n", "05901234123457"),
        ("15901234123454", "15901234123454"),
        ("5901234123458", None),
        ("٥٩٠١٢٣٤١٢٣٤٥٧", None),
        ("00000000", None),
        ("590123412345", None),
        ("", None),
    ],
)
def test_gtin14(code: str, expected: str | None) -> None:
    assert gtin14(code) == expected


@given(st.integers(0, 9), st.text("0123456789", min_size=4, max_size=12), st.data())
def test_sscc_made_is_valid_and_holds_its_parts(extension: int, prefix: str, data: st.DataObject) -> None:
    serial = data.draw(st.integers(0, 10 ** (16 - len(prefix)) - 1))
    code = sscc_make(extension, prefix, serial)
    assert sscc_valid(code)
    assert (code[0], code[1 : 1 + len(prefix)], int(code[1 + len(prefix) : 17])) == (
        str(extension),
        prefix,
        serial,
    )
    assert ean.calc_check_digit(code[:-1]) == code[-1]


def test_sscc_serial_that_does_not_fit_is_refused() -> None:
    assert sscc_make(0, "590123456", 9_999_999).startswith("05901234569999999")
    with pytest.raises(ValueError, match="does not fit 7 digits"):
        sscc_make(0, "590123456", 10_000_000)
    with pytest.raises(ValueError, match="does not fit"):
        sscc_make(0, "590123456", -1)
    with pytest.raises(ValueError, match="extension"):
        sscc_make(10, "590123456", 1)
    with pytest.raises(ValueError, match="company prefix"):
        sscc_make(0, "590", 1)
    with pytest.raises(ValueError, match="company prefix"):
        sscc_make(0, "59O123", 1)


def test_sscc_has_eighteen_digits() -> None:
    assert sscc_valid("159012341234567892")
    assert not sscc_valid("00159012341234567892")
    assert not sscc_valid("159012341234567891")


def test_s10_documented_numbers() -> None:
    assert s10_make("RR", 47312482, "PL") == "RR473124829PL"
    assert s10_valid("RR473124829PL")
    assert not s10_valid("RR473124828PL")
    assert not s10_valid("rr473124829pl")
    assert not s10_valid("RR473124829PL ")


@given(st.integers(0, 99_999_999))
def test_s10_made_is_valid_and_the_sum_fits_the_rule(serial: int) -> None:
    code = s10_make("EE", serial, "DE")
    assert s10_valid(code)
    total = sum(int(d) * w for d, w in zip(code[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    assert int(code[10]) == {0: 5, 1: 0}.get(total, 11 - total)


def test_s10_parts_that_do_not_fit() -> None:
    with pytest.raises(ValueError, match="8 digits"):
        s10_make("RR", 100_000_000, "PL")
    with pytest.raises(ValueError, match="capital letters"):
        s10_make("R", 1, "PL")
    with pytest.raises(ValueError, match="capital letters"):
        s10_make("RR", 1, "Pl")


def test_mod37_36_of_dpds_documented_number() -> None:
    assert mod37_36("05305110109168") == "8"


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=30))
def test_mod37_36_is_that_of_stdnum(text: str) -> None:
    assert mod37_36(text) == mod_37_36.calc_check_digit(text)
    assert mod37_36_valid(text + mod37_36(text))


@given(st.text(max_size=10))
def test_mod37_36_valid_answers_for_any_text(text: str) -> None:
    if mod37_36_valid(text):
        assert mod_37_36.is_valid(text)


@pytest.mark.parametrize("bad", ["", "a1", "Ł", "A-1"])
def test_mod37_36_wants_capitals_and_digits(bad: str) -> None:
    with pytest.raises(ValueError, match=r"nothing to check|not a capital"):
        mod37_36(bad)
