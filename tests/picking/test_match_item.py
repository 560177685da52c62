"""The rule that tells the wanted piece from any other, on plain values."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.kernel.refusals import Refusal
from wms.kernel.scan import parse_scan
from wms.picking.errors import AmbiguousScan, ExpiredLot, LotNeeded, SerialNeeded, WrongLot, WrongSerial
from wms.picking.match_item import Wanted, is_sku, pieces_of

TODAY = date(2026, 3, 2)
EAN, GTIN = "5901234123457", "05901234123457"
CODES = ((EAN, GTIN, 1), ("CASE-12", None, 12))


def wanted(**how: object) -> Wanted:
    return Wanted(sku="CUP", barcodes=CODES, **how)  # type: ignore[arg-type]


def judged(raw: str, want: Wanted, **how: str) -> int | None:
    return pieces_of(want, parse_scan(raw), today=TODAY, **how)


@pytest.mark.parametrize(
    ("raw", "pieces"),
    [
        (EAN, 1),
        ("CUP", 1),
        ("CASE-12", 12),
        (GTIN, 1),
        (f"]C102{GTIN}3704", 4),
        ("4006381333931", None),
        ("L-A-01", None),
        ("SKU-OF-NOBODY", None),
    ],
)
def test_which_code_stands_for_how_many(raw: str, pieces: int | None) -> None:
    assert judged(raw, wanted()) == pieces
    assert is_sku(wanted(), parse_scan(raw)) == (pieces is not None)


LOT = wanted(tracked=True, lot="L1", expires_on=date(2026, 9, 1), known=["L1", "L2"])
ONE_LOT = wanted(tracked=True, lot="L1", expires_on=date(2026, 9, 1), known=["L1"])
SERIAL = wanted(tracked=True, lot="", serial="S1", known=["S1", "S2"])


@pytest.mark.parametrize(
    ("raw", "how", "want", "refusal"),
    [
        (EAN, {}, LOT, LotNeeded),
        (EAN, {"lot": "L2"}, LOT, WrongLot),
        (f"]C101{GTIN}10L2", {}, LOT, WrongLot),
        (f"]C101{GTIN}10L2", {"lot": "L1"}, LOT, WrongLot),
        (f"]C101{GTIN}1726090210L1", {}, LOT, WrongLot),
        (f"]C101{GTIN}1726030110L1", {}, LOT, ExpiredLot),
        (f"]C101{GTIN}17260301", {}, wanted(), ExpiredLot),
        (EAN, {}, wanted(tracked=True, lot="L1", expires_on=date(2026, 3, 1), known=["L1"]), ExpiredLot),
        (
            f"01{GTIN}10AB17281231",
            {},
            wanted(tracked=True, lot="AB", known=["AB", "AB17281231"]),
            AmbiguousScan,
        ),
        (EAN, {}, SERIAL, SerialNeeded),
        (EAN, {"serial": "S2"}, SERIAL, WrongSerial),
        (f"]C101{GTIN}21S2", {}, SERIAL, WrongSerial),
    ],
)
def test_the_wrong_piece_is_refused(
    raw: str, how: dict[str, str], want: Wanted, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        judged(raw, want, **how)


@pytest.mark.parametrize(
    ("raw", "how", "want"),
    [
        (EAN, {"lot": "L1"}, LOT),
        (EAN, {}, ONE_LOT),
        (f"]C101{GTIN}10L1", {}, LOT),
        (f"]C101{GTIN}1726090110L1", {}, LOT),
        (f"]C101{GTIN}17260901", {}, LOT),
        # without its separator the code reads in two ways, and only one of them lies in the bin
        (f"01{GTIN}10AB17281231", {}, wanted(tracked=True, lot="AB", known=["AB"])),
        (EAN, {"serial": "S1"}, SERIAL),
        (f"]C101{GTIN}21S1", {}, SERIAL),
    ],
)
def test_the_right_piece_is_taken(raw: str, how: dict[str, str], want: Wanted) -> None:
    assert judged(raw, want, **how) == 1


@given(st.text(max_size=60))
def test_any_text_is_judged_or_refused_and_nothing_else(raw: str) -> None:
    for want in (wanted(), LOT, SERIAL):
        try:
            pieces = judged(raw, want)
        except Refusal:
            continue
        assert pieces is None or pieces > 0
