from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.kernel.calendar import is_public_holiday, local_date, local_moment
from wms.kernel.clock import FixedClock
from wms.kernel.promise import REASONS, NoPickup, Promise, PromiseReason, next_pickup, ship_by

WARSAW = ZoneInfo("Europe/Warsaw")
WEEK = {day: [time(11), time(17, 30)] for day in range(5)}


def at(text: str) -> datetime:
    """Local Warsaw time."""
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW)


def promise(
    placed: datetime, *, pickups: dict[int, list[time]] = WEEK, cut_off: time = time(14), **more: int
) -> Promise:
    return ship_by(placed, cut_off=cut_off, timezone="Europe/Warsaw", pickups=pickups, country="PL", **more)


def test_before_the_cut_off_leaves_with_the_last_pickup_of_the_day() -> None:
    found = promise(at("2026-10-06T13:59:59"))
    assert found.pickup == at("2026-10-06T17:30")
    assert found.ship_by == datetime(2026, 10, 6, 15, 30, tzinfo=UTC)
    assert found.ship_by.tzinfo is UTC
    assert found.pickup.tzinfo == WARSAW
    assert found.reason is PromiseReason.SAME_DAY


@pytest.mark.parametrize("placed", ["2026-10-06T14:00", "2026-10-06T14:00:01", "2026-10-06T23:59:59"])
def test_at_the_cut_off_it_is_too_late(placed: str) -> None:
    found = promise(at(placed))
    assert found.pickup == at("2026-10-07T17:30")
    assert found.reason is PromiseReason.AFTER_CUT_OFF


def test_friday_afternoon_leaves_on_monday_and_a_weekend_order_too_even_late_at_night() -> None:
    monday = at("2026-10-12T17:30")
    assert promise(at("2026-10-09T15:00")).pickup == monday
    sunday = promise(at("2026-10-11T23:30"))
    assert sunday.pickup == monday
    assert sunday.reason is PromiseReason.NOT_WORKING


def test_a_weekday_with_pickups_is_worked_even_in_the_weekend() -> None:
    pickups = {**WEEK, 5: [time(15)]}
    assert promise(at("2026-10-09T15:00"), pickups=pickups).pickup == at("2026-10-10T15:00")
    assert promise(at("2026-10-10T10:00"), pickups=pickups).reason is PromiseReason.SAME_DAY


def test_public_holidays_have_no_pickup() -> None:
    assert promise(at("2026-12-23T15:00")).pickup == at("2026-12-28T17:30")
    assert promise(at("2026-11-11T09:00")).pickup == at("2026-11-12T17:30")  # Independence Day, a Wednesday
    # 15 August 2026 is a Saturday and a holiday: its Saturday pickup falls out.
    assert promise(at("2026-08-14T15:00"), pickups={**WEEK, 5: [time(15)]}).pickup == at("2026-08-17T17:30")


def test_pickups_only_before_the_cut_off_take_it_the_next_day() -> None:
    mornings = {day: [time(10)] for day in range(5)}
    found = promise(at("2026-10-06T09:00"), pickups=mornings)
    assert found.pickup == at("2026-10-07T10:00")
    assert found.reason is PromiseReason.NO_PICKUP_LEFT
    assert promise(at("2026-10-06T09:00"), pickups={1: [time(14)], 3: [time(14)]}).pickup == at(
        "2026-10-08T14:00"
    )


def test_a_carrier_that_comes_on_some_days() -> None:
    tuesdays = {1: [time(16)]}
    assert promise(at("2026-10-06T13:00"), pickups=tuesdays).pickup == at("2026-10-06T16:00")
    assert promise(at("2026-10-06T15:00"), pickups=tuesdays).pickup == at("2026-10-13T16:00")
    assert promise(at("2026-10-07T13:00"), pickups=tuesdays).reason is PromiseReason.NO_PICKUP_LEFT


def test_handling_days_are_worked_days() -> None:
    assert promise(at("2026-10-06T13:00"), handling_days=1).pickup == at("2026-10-07T17:30")
    assert promise(at("2026-10-06T15:00"), handling_days=1).pickup == at("2026-10-08T17:30")
    assert promise(at("2026-10-09T13:00"), handling_days=2).pickup == at("2026-10-13T17:30")
    assert promise(at("2026-12-23T13:00"), handling_days=1).pickup == at("2026-12-28T17:30")
    assert promise(at("2026-10-06T13:00"), handling_days=1).reason is PromiseReason.HANDLING


def test_the_night_when_clocks_go_forward() -> None:
    """29 March 2026: after 01:59:59 comes 03:00; a cut-off at 02:30 is at 03:30 of the new time."""
    sunday = {6: [time(5)], 0: [time(5)]}
    early = datetime(2026, 3, 29, 1, 29, 59, tzinfo=UTC)
    assert promise(early, pickups=sunday, cut_off=time(2, 30)).ship_by == datetime(2026, 3, 29, 3, tzinfo=UTC)
    late = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert promise(late, pickups=sunday, cut_off=time(2, 30)).ship_by == datetime(2026, 3, 30, 3, tzinfo=UTC)
    assert promise(at("2026-03-28T13:00"), pickups={0: [time(17)]}).ship_by == datetime(
        2026, 3, 30, 15, tzinfo=UTC
    )
    assert promise(at("2026-03-27T13:00"), pickups={4: [time(17)]}).ship_by == datetime(
        2026, 3, 27, 16, tzinfo=UTC
    )


def test_the_night_when_clocks_go_back() -> None:
    """25 October 2026: 02:00 to 03:00 comes twice; a cut-off at 02:30 is the first of the two."""
    sunday = {6: [time(5)], 0: [time(5)]}
    early = datetime(2026, 10, 25, 0, 29, 59, tzinfo=UTC)
    assert promise(early, pickups=sunday, cut_off=time(2, 30)).ship_by == datetime(
        2026, 10, 25, 4, tzinfo=UTC
    )
    for minutes in (30, 90):  # both half past two
        late = datetime(2026, 10, 25, 0, tzinfo=UTC) + timedelta(minutes=minutes)
        found = promise(late, pickups=sunday, cut_off=time(2, 30))
        assert found.ship_by == datetime(2026, 10, 26, 4, tzinfo=UTC)
    assert promise(at("2026-10-23T15:00")).ship_by == datetime(2026, 10, 26, 16, 30, tzinfo=UTC)


def test_a_device_a_day_off_and_a_server_an_hour_off_change_nothing_but_the_moment_that_is_handed_in() -> (
    None
):
    clock = FixedClock(at("2026-10-06T12:30"))
    right = promise(clock.now())
    for wrong in (timedelta(hours=1), timedelta(hours=-1)):
        assert promise(clock.now() + wrong) == right
    clock.advance(timedelta(days=1))
    assert promise(at("2026-10-06T12:30")) == right


def test_no_pickup_at_all_is_refused() -> None:
    empty: list[dict[int, list[time]]] = [{}, {0: []}]
    for pickups in empty:
        with pytest.raises(NoPickup) as refused:
            promise(at("2026-10-06T12:00"), pickups=pickups)
        assert "odbioru" in refused.value.say("pl")


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        promise(datetime(2026, 10, 6, 12))  # noqa: DTZ001
    with pytest.raises(ValueError, match="handling_days"):
        promise(at("2026-10-06T12:00"), handling_days=-1)


def test_every_reason_is_said_in_both_languages() -> None:
    assert set(REASONS) == set(PromiseReason)


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
weeks = st.dictionaries(st.integers(0, 6), st.lists(times, min_size=1, max_size=3), min_size=1)
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, times, weeks, st.integers(0, 4))
def test_the_promise_is_a_real_pickup_in_the_future_on_a_day_that_is_no_holiday(
    placed: datetime, cut_off: time, pickups: dict[int, list[time]], handling: int
) -> None:
    found = promise(placed, pickups=pickups, cut_off=cut_off, handling_days=handling)
    day = local_date(found.ship_by, "Europe/Warsaw")
    assert found.ship_by > placed
    assert found.ship_by == found.pickup
    assert not is_public_holiday(day, "PL")
    assert found.ship_by in [local_moment(day, pickup, "Europe/Warsaw") for pickup in pickups[day.weekday()]]
    if day == local_date(placed, "Europe/Warsaw"):
        assert placed < local_moment(day, cut_off, "Europe/Warsaw") < found.ship_by


@given(moments, st.timedeltas(timedelta(0), timedelta(days=10)), times, weeks)
def test_who_orders_earlier_is_never_promised_later(
    placed: datetime, wait: timedelta, cut_off: time, pickups: dict[int, list[time]]
) -> None:
    first = promise(placed, pickups=pickups, cut_off=cut_off)
    assert first.ship_by <= promise(placed + wait, pickups=pickups, cut_off=cut_off).ship_by


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), times)
def test_a_second_before_the_cut_off_is_never_later_than_the_cut_off_itself(day: date, cut_off: time) -> None:
    exactly = local_moment(day, cut_off, "Europe/Warsaw")
    before = promise(exactly - timedelta(seconds=1), cut_off=cut_off)
    assert before.ship_by <= promise(exactly, cut_off=cut_off).ship_by


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-10-06T10:59:59", "2026-10-06T11:00"),
        ("2026-10-06T11:00", "2026-10-06T17:30"),
        ("2026-10-06T17:30", "2026-10-07T11:00"),
        ("2026-10-09T18:00", "2026-10-12T11:00"),
        ("2026-11-10T18:00", "2026-11-12T11:00"),  # the 11th is Independence Day
    ],
)
def test_what_is_packed_leaves_with_the_next_car(now: str, leaves: str) -> None:
    found = next_pickup(at(now), timezone="Europe/Warsaw", pickups=WEEK, country="PL")
    assert found == at(leaves)
    with pytest.raises(NoPickup):
        next_pickup(at(now), timezone="Europe/Warsaw", pickups={}, country="PL")
