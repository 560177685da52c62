"""The scale at the pack station finds the missing and the extra piece."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.packing.weight import (
    SENTENCES,
    ExpectedWeight,
    WeighedItem,
    expected_weight,
    judge_weight,
    tolerance,
)

MUG = WeighedItem("MUG", 2, 400)
CARD = WeighedItem("CARD", 3, 5)
LAMP = WeighedItem("LAMP", 1, 1500)


def test_items_carton_and_inserts_make_the_expected_weight() -> None:
    assert expected_weight([MUG, CARD], carton_g=180, inserts_g=25) == ExpectedWeight(1020)


def test_a_sku_that_was_never_weighed_is_named() -> None:
    items = [MUG, WeighedItem("NEW", 1, None), WeighedItem("NEW", 2, None), WeighedItem("ZERO", 1, 0)]
    assert expected_weight(items, carton_g=100) == ExpectedWeight(900, ("NEW", "ZERO"))


@pytest.mark.parametrize(("expected", "allowed"), [(0, 30), (999, 30), (1000, 30), (1034, 31), (20_000, 600)])
def test_the_tolerance_is_30_grams_or_3_percent(expected: int, allowed: int) -> None:
    assert tolerance(expected) == allowed


@pytest.mark.parametrize(
    ("measured", "outcome"), [(970, "ok"), (969, "light"), (1030, "ok"), (1031, "heavy"), (1000, "ok")]
)
def test_the_tolerance_counts_in_both_directions(measured: int, outcome: str) -> None:
    assert judge_weight(ExpectedWeight(1000), measured).outcome == outcome


def test_the_missing_piece_is_named() -> None:
    items = [MUG, CARD, LAMP]
    verdict = judge_weight(expected_weight(items, carton_g=200), 2515 - 400, items)
    assert verdict.outcome == "light"
    assert verdict.suspects == ("MUG",)
    assert (
        SENTENCES["light"].in_("pl", off=abs(verdict.difference_g)).startswith("Paczka jest za lekka o 400 g")
    )


def test_with_unknown_weights_only_too_light_is_certain() -> None:
    expected = ExpectedWeight(1000, ("NEW",))
    assert judge_weight(expected, 1400).outcome == "unknown"
    assert judge_weight(expected, 1000).outcome == "unknown"
    assert judge_weight(expected, 500).outcome == "light"


def test_an_empty_scale_is_no_measurement() -> None:
    with pytest.raises(ValueError, match="more than nothing"):
        judge_weight(ExpectedWeight(1000), 0)


@settings(deadline=None)
@given(st.integers(0, 70_000), st.integers(1, 70_000))
def test_ok_means_within_both_bounds(expected: int, measured: int) -> None:
    verdict = judge_weight(ExpectedWeight(expected), measured)
    off = abs(measured - expected)
    assert (verdict.outcome == "ok") == (off <= 30 or off * 100 <= expected * 3)
    assert verdict.difference_g == measured - expected
