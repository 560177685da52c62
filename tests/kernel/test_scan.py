"""The scan parser: each step of its order, real scanners' habits, and hostile input."""

from datetime import date

import pytest
from biip.gs1_messages import GS1Message
from hypothesis import example, given, settings

from tests.kernel.scans import element_lists, hostile, legal_codes, with_check
from wms.kernel.gs1 import GS
from wms.kernel.numbers import gtin14
from wms.kernel.refusals import REFUSALS
from wms.kernel.scan import MAX_SCAN, Command, Scan, parse_scan
from wms.kernel.scan_errors import (
    ScanDoubled,
    ScanEmpty,
    ScanMisread,
    ScanTooLong,
    ScanUnknownCommand,
    ScanUnreadable,
)

EAN = "5901234123457"
GTIN = "05901234123457"
SSCC = "159012341234567892"


def lookup(scan: Scan) -> tuple[str | None, str | None, date | None, str | None, int | None]:
    return scan.gtin, scan.lot, scan.expires_on, scan.serial, scan.count


@pytest.mark.parametrize(
    ("raw", "gtin"),
    [
        (EAN, GTIN),
        ("96385074", "00000096385074"),
        ("036000291452", "00036000291452"),
        ("15901234123454", "15901234123454"),
        ("]E0" + EAN, GTIN),
        ("]E496385074", "00000096385074"),
        ("]E3" + EAN + "12", GTIN),
        ("]C0" + EAN, GTIN),
        ("]I115901234123454", "15901234123454"),
        (" " + EAN + "\r\n", GTIN),
        ("\ufeff" + EAN, GTIN),
        ("01" + GTIN, GTIN),
        ("]C101" + GTIN, GTIN),
        ("]d201" + GTIN, GTIN),
        ("https://id.gs1.org/01/" + GTIN, GTIN),
    ],
)
def test_gtin(raw: str, gtin: str) -> None:
    scan = parse_scan(raw)
    assert (scan.kind, scan.gtin, scan.ambiguous) == ("gtin", gtin, False)
    assert scan.raw == raw


@pytest.mark.parametrize(
    ("raw", "kind", "ref"),
    [
        ("L-A-01-02", "location", "A-01-02"),
        ("B-7fQ", "badge", "7fQ"),
        ("T-07", "tote", "07"),
        ("P-123", "parcel", "123"),
        ("R-2026/15", "rma", "2026/15"),
        ("O-#1001", "order", "#1001"),
        ("O-ZAM/łąka 7", "order", "ZAM/łąka 7"),
        ("]C0T-07", "tote", "07"),
        ("\tT-07\n", "tote", "07"),
    ],
)
def test_our_labels(raw: str, kind: str, ref: str) -> None:
    scan = parse_scan(raw)
    assert (scan.kind, scan.ref) == (kind, ref)
    assert scan.code.endswith("-" + ref)


@pytest.mark.parametrize("command", list(Command))
def test_commands(command: Command) -> None:
    scan = parse_scan(f"WMS:{command}")
    assert (scan.kind, scan.command) == ("command", command)


def test_an_unknown_command_is_refused() -> None:
    for raw in ("WMS:", "WMS:ok", "WMS:DROP TABLE"):
        with pytest.raises(ScanUnknownCommand):
            parse_scan(raw)


@pytest.mark.parametrize("raw", [SSCC, "00" + SSCC, "]C100" + SSCC, GS + "00" + SSCC])
def test_sscc(raw: str) -> None:
    scan = parse_scan(raw)
    assert (scan.kind, scan.sscc, scan.gtin) == ("sscc", SSCC, None)


def test_an_sscc_with_a_wrong_check_digit_stays_text_because_polish_post_prints_some() -> None:
    for raw in ("00" + SSCC[:-1] + "1", "]C100" + SSCC[:-1] + "1"):
        scan = parse_scan(raw)
        assert (scan.kind, scan.sscc, scan.code) == ("text", None, "00" + SSCC[:-1] + "1")


@pytest.mark.parametrize(
    "raw",
    [
        "5901234123458",  # wrong check digit: may be a shop's own number
        "90013251786",
        "600000000000000000000001",
        "%0012345053051101091681011616",
        "JJD000390007882823456",
        "1Z5R89390357567127",
        "RR473124829PL",
        "SKU 12/B",
        "koszulka-żółta",
        "L-",
        "l-A-01",
        "5050",
        "BOBO",
        "7777777777777777",
        "10ABC21S1",
        "01" + GTIN[:-1] + "8" + "10AB",
        "https://example.com/zwroty",
        "(01)" + GTIN,
    ],
)
def test_anything_else_is_text_as_it_came(raw: str) -> None:
    scan = parse_scan(raw)
    assert scan == Scan(raw=raw, code=raw, kind="text")


# --- GS1 elements -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("symbol", ["]C1", "]d2", "]Q3", "]e0", "]J1", "", GS, "]d2" + GS])
def test_lot_expiry_and_serial_of_one_symbol(symbol: str) -> None:
    scan = parse_scan(f"{symbol}01{GTIN}1728063010ŁOT".replace("Ł", "L") + f"{GS}21S-1/a")
    assert lookup(scan) == (GTIN, "LOT", date(2028, 6, 30), "S-1/a", None)
    assert (scan.kind, scan.ambiguous, scan.candidates) == ("gtin", False, ())


def test_a_pallet_label_with_content_and_count() -> None:
    scan = parse_scan(f"]C100{SSCC}02{GTIN}37144")
    assert (scan.sscc, scan.kind, scan.ambiguous) == (SSCC, "sscc", False)
    assert lookup(scan) == (GTIN, None, None, None, 144)
    assert parse_scan(f"]C101{GTIN}3012").count == 12


def test_which_date_is_the_expiry() -> None:
    assert parse_scan(f"]C101{GTIN}15280101").expires_on == date(2028, 1, 1)
    assert parse_scan(f"]C101{GTIN}1528010117280228").expires_on == date(2028, 2, 28)
    assert parse_scan(f"]C101{GTIN}17280200").expires_on == date(2028, 2, 29)  # day 00 is the last one
    assert parse_scan(f"]C101{GTIN}70032803011530").expires_on == date(2028, 3, 1)
    assert parse_scan(f"]C101{GTIN}11260101").expires_on is None


def test_a_digital_link() -> None:
    scan = parse_scan(f"https://shop.example/x/01/{GTIN}/10/A%2FB/21/S1?17=280630&utm=a")
    assert lookup(scan) == (GTIN, "A/B", date(2028, 6, 30), "S1", None)


def test_the_lone_lot_of_a_second_symbol() -> None:
    assert parse_scan("]C110ABC").lot == "ABC"


@pytest.mark.parametrize(
    "raw",
    [
        f"]C101{GTIN[:-1]}8",  # check digit
        f"]C101{GTIN}17281301",  # month 13
        f"]C101{GTIN}17280231",  # 31 February
        "]C1HELLO",
        "]C1" + GS,
        "]d2055",
        f"]C101{GTIN}02{GTIN}0",
        f"]C110A{GS}10B",  # two lots contradict each other
        "]E05901234123458",
        "]E0ABC",
        f"ABC{GS}DEF",
    ],
)
def test_a_symbol_that_says_what_it_is_and_is_not_is_a_misread(raw: str) -> None:
    with pytest.raises(ScanMisread):
        parse_scan(raw)


# --- missing separators -----------------------------------------------------------------------------------


def test_a_missing_separator_is_ambiguous_and_lists_both_readings() -> None:
    scan = parse_scan(f"]C101{GTIN}1728063010ABC21S1")
    assert (scan.ambiguous, scan.reason) == (True, "missing-separator")
    assert lookup(scan) == (GTIN, None, date(2028, 6, 30), None, None)
    assert [(c.lot, c.serial) for c in scan.candidates] == [("ABC21S1", None), ("ABC", "S1")]
    assert scan.candidates[1].shown == f"(01){GTIN}(17)280630(10)ABC(21)S1"


def test_the_same_lot_with_separators_is_clear() -> None:
    assert parse_scan(f"]C101{GTIN}10ABC21S1{GS}3712").lot == "ABC21S1"


def test_a_lot_at_the_end_that_hides_nothing_is_clear() -> None:
    scan = parse_scan(f"]C101{GTIN}1728063010AB123")
    assert (scan.lot, scan.ambiguous) == ("AB123", False)


def test_an_element_that_runs_past_its_length_is_never_cut_in_silence() -> None:
    scan = parse_scan("]C110" + "A" * 20 + "21S1")
    assert (scan.ambiguous, scan.lot, scan.serial) == (True, None, None)
    assert [(c.lot, c.serial) for c in scan.candidates] == [("A" * 20, "S1")]
    with pytest.raises(ScanMisread):
        parse_scan("]C110" + "A" * 21)


def test_an_element_of_fixed_length_needs_no_separator_to_be_clear() -> None:
    scan = parse_scan(f"]C101{GTIN}7003280301153010AB")
    assert (scan.lot, scan.expires_on, scan.ambiguous) == ("AB", date(2028, 3, 1), False)


def test_too_many_readings_vouch_only_for_what_comes_before_them() -> None:
    scan = parse_scan(f"]C101{GTIN}17280630" + "10" + "9912" * 5)
    assert scan.ambiguous
    assert lookup(scan) == (GTIN, None, date(2028, 6, 30), None, None)
    assert 2 <= len(scan.candidates) <= 8


@given(element_lists())
def test_with_separators_every_element_is_read_and_biip_agrees(elements: list[tuple[str, str]]) -> None:
    text = GS.join(code + value for code, value in elements)
    scan = parse_scan("]C1" + text + GS)
    values = dict(elements)
    assert not scan.ambiguous
    assert scan.gtin == values.get("01")
    assert scan.lot == values.get("10")
    assert scan.serial == values.get("21")
    assert scan.count == (int(values["37"]) if "37" in values else None)
    theirs = GS1Message.parse(text).element_strings
    assert [(e.ai.ai, e.value) for e in theirs] == elements
    expiry = theirs.get(ai="17")
    assert scan.expires_on == (expiry.date if expiry else None)


@given(element_lists())
def test_without_separators_the_truth_is_read_or_the_scan_is_ambiguous_but_never_wrong(
    elements: list[tuple[str, str]],
) -> None:
    values = dict(elements)
    try:
        scan = parse_scan("]C1" + "".join(code + value for code, value in elements))
    except ScanMisread:
        return
    assert scan.gtin in (values.get("01"), None)
    if not scan.ambiguous:
        assert (scan.lot, scan.serial) == (values.get("10"), values.get("21"))
        assert scan.count == (int(values["37"]) if "37" in values else None)
    else:
        assert scan.candidates
        assert scan.lot in (values.get("10"), None)
        assert scan.serial in (values.get("21"), None)


# --- doubled scans ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        ("43542104354210", "4354210"),
        ("435421043542104354210", "4354210"),
        (EAN * 2, EAN),
        (EAN * 3, EAN),
        ("96385074" * 2, "96385074"),
        ("15901234123454" * 2, "15901234123454"),
        (SSCC * 2, SSCC),
        (("]E0" + EAN) * 2, "]E0" + EAN),
        ("]E0" + EAN * 2, EAN),
        (f"]C101{GTIN}10AB" * 2, f"]C101{GTIN}10AB"),
        (f"01{GTIN}10AB" * 2, f"01{GTIN}10AB"),
        ("T-7T-7", "T-7"),
        ("L-A1L-A1L-A1", "L-A1"),
        ("WMS:OKWMS:OK", "WMS:OK"),
        ("RR473124829PL" * 2, "RR473124829PL"),
    ],
)
def test_a_code_that_arrived_twice_is_refused(raw: str, unit: str) -> None:
    with pytest.raises(ScanDoubled) as refused:
        parse_scan(raw)
    assert refused.value.values["scanned"] == unit


@pytest.mark.parametrize("half", ["1234", "123456", "1234567", "4354210"])
def test_a_legal_gtin_of_equal_halves_passes(half: str) -> None:
    """Of the ten numbers of that beginning whose halves are equal, the one with a right check digit is a GTIN."""
    legal = [h for h in (half[:-1] + d for d in "0123456789") if gtin14(h * 2)]
    for found in legal:
        assert parse_scan(found * 2).kind == "gtin"
    assert legal or half == "4354210"


def test_a_legal_sscc_of_equal_halves_passes() -> None:
    halves = [f"{n:09d}" for n in range(123456780, 123456790)]
    legal = [h for h in halves if with_check((h * 2)[:-1]) == h * 2]
    assert legal
    assert parse_scan(legal[0] * 2).sscc == legal[0] * 2


@pytest.mark.parametrize("begin", ["01", "02"])
def test_an_ean_8_twice_is_never_an_element(begin: str) -> None:
    """The halves share their weights, so the check digit of the element could fit only if 1 or 2 were 0."""
    for n in range(0, 100_000, 7):
        half = with_check(f"{begin}{n:05d}")
        assert gtin14(half[2:] + half) is None
    with pytest.raises(ScanDoubled):
        parse_scan(half * 2)


def test_eight_digits_that_are_an_ean_8_and_a_upc_e() -> None:
    scan = parse_scan("01234565")
    assert (scan.ambiguous, scan.reason, scan.gtin) == (True, "upc-e-or-ean-8", None)
    assert [c.gtin for c in scan.candidates] == ["00000001234565", "00012345000065"]
    assert parse_scan("]E401234565").gtin == "00000001234565"


@given(legal_codes)
def test_a_legal_code_passes_once_and_is_refused_twice(code: str) -> None:
    assert parse_scan(code).code == code
    with pytest.raises(ScanDoubled):
        parse_scan(code * 2)


# --- hostile input ----------------------------------------------------------------------------------------


def test_length() -> None:
    assert parse_scan("a1" + "b" * (MAX_SCAN - 2)).kind == "text"
    for raw in ("a" * (MAX_SCAN + 1), "a" * 10_000_000):
        with pytest.raises(ScanTooLong) as refused:
            parse_scan(raw)
        assert len(str(refused.value)) < 200


@pytest.mark.parametrize("raw", ["", " ", "\r\n", GS, GS * 3, "\x02\x03"])
def test_nothing_is_refused(raw: str) -> None:
    with pytest.raises(ScanEmpty):
        parse_scan(raw)


@pytest.mark.parametrize(
    "raw",
    ["\0" + EAN, "A\0B", EAN + "\n" + EAN, "A\tB", "A\x1bB", "A\u202eB", "A\u200bB", "\ud800", "A\udfff"],
)
def test_noise_inside_is_refused(raw: str) -> None:
    with pytest.raises(ScanUnreadable):
        parse_scan(raw)


def test_each_refusal_has_its_code_and_both_sentences() -> None:
    for kind in (ScanTooLong, ScanUnreadable, ScanEmpty, ScanMisread, ScanUnknownCommand, ScanDoubled):
        assert REFUSALS[kind.code] is kind
        said = kind(scanned="{x}", length=1, limit=2)
        assert said.say("pl") != said.say("en")


@settings(max_examples=1500)
@given(hostile)
@example("]C1" + "10" * 254)
@example("]C1" + "1" * 509)
@example("https://a/01/" + GTIN + "?" + "&".join(f"{n}=1" for n in range(90, 99)))
@example("http://[")
@example("https://a/01/٥٩٠١٢٣٤١٢٣٤٥٧")
@example("]C13103")
@example("\u0344" * 512)
def test_whatever_comes_there_is_a_scan_or_a_refusal(raw: str) -> None:
    try:
        scan = parse_scan(raw)
    except (ScanTooLong, ScanUnreadable, ScanDoubled) as refused:
        refused.say("pl")
        return
    assert scan.raw == raw
    assert 0 < len(scan.code) <= MAX_SCAN
    for text in (scan.raw, scan.code, scan.lot or "", scan.serial or "", scan.ref or ""):
        assert "\0" not in text
        text.encode()
    assert scan.code.replace(GS, "").isprintable()
    assert scan.gtin is None or gtin14(scan.gtin) == scan.gtin
    assert scan.ambiguous == bool(scan.candidates) == (scan.reason is not None)
    assert (scan.command is not None) == (scan.kind == "command")
    assert parse_scan(raw) == scan
