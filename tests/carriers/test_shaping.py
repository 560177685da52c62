"""The order of a carrier's news."""

from datetime import UTC, datetime, timedelta
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from wms.carriers.port import TrackEvent, TrackStatus
from wms.carriers.shaping import JOURNEY, oldest_first

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def news(status: TrackStatus, minute: int = 0, raw: str = "") -> TrackEvent:
    return TrackEvent(status=status, raw=raw or status, at=NOON + timedelta(minutes=minute))


def test_every_status_has_its_place() -> None:
    assert set(JOURNEY) == set(get_args(TrackStatus))


@given(st.permutations([news("in_transit"), news("out_for_delivery"), news("delivered")]))
def test_within_one_moment_the_journey_decides(told: list[TrackEvent]) -> None:
    assert [e.status for e in oldest_first(told)] == ["in_transit", "out_for_delivery", "delivered"]


@given(st.lists(st.tuples(st.sampled_from(sorted(JOURNEY)), st.integers(0, 5))))
def test_time_comes_before_the_journey(told: list[tuple[TrackStatus, int]]) -> None:
    found = oldest_first([news(s, m) for s, m in told])
    assert [e.at for e in found] == sorted(e.at for e in found)
    assert len(found) == len(told)


def test_the_same_status_twice_stays_as_it_was_told() -> None:
    assert [e.raw for e in oldest_first([news("problem", raw="a"), news("problem", raw="b")])] == ["a", "b"]
