from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.kernel.calendar import (
    NoCalendar,
    add_days_lenient,
    add_days_strict,
    add_working_days,
    end_of_day,
    is_public_holiday,
    is_working_day,
    local_date,
    local_moment,
    next_working_day,
)
from wms.kernel.countries import COUNTRIES

WARSAW = "Europe/Warsaw"


def test_of_every_country_the_holidays_are_known() -> None:
    assert all(isinstance(is_working_day(date(2026, 11, 23), code), bool) for code in COUNTRIES)


days = st.dates(date(2000, 1, 1), date(2060, 12, 31))
countries = st.sampled_from(["PL", "DE", "DE-BY", "GB", "FR", "CZ", "US"])


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 1),
        date(2026, 1, 6),
        date(2026, 4, 6),
        date(2026, 6, 4),  # Corpus Christi moves with Easter
        date(2026, 11, 11),
        date(2026, 12, 24),  # free by law since 2025
        date(2025, 12, 24),
    ],
)
def test_polish_holidays(day: date) -> None:
    assert is_public_holiday(day, "PL")
    assert not is_working_day(day, "PL")


def test_christmas_eve_was_worked_before_2025() -> None:
    assert is_working_day(date(2024, 12, 24), "PL")


def test_a_region_has_holidays_of_its_own() -> None:
    assert is_public_holiday(date(2026, 1, 6), "DE-BY")
    assert not is_public_holiday(date(2026, 1, 6), "DE")


@pytest.mark.parametrize("code", ["XX", "", "PL-XX", "pl", "Polska"])
def test_unknown_country_is_refused_in_both_languages(code: str) -> None:
    with pytest.raises(NoCalendar) as refused:
        is_working_day(date(2026, 1, 5), code)
    assert "kalendarza" in refused.value.say("pl")
    assert "holidays" in refused.value.say("en")


def test_next_working_day_passes_the_weekend_and_the_holiday() -> None:
    assert next_working_day(date(2026, 4, 3), "PL") == date(2026, 4, 7)  # Good Friday -> Tuesday after Easter
    assert next_working_day(date(2026, 12, 23), "PL") == date(2026, 12, 28)
    assert next_working_day(date(2026, 12, 31), "PL") == date(2027, 1, 4)


@given(days, countries)
def test_next_working_day_is_the_first_one_after(day: date, country: str) -> None:
    found = next_working_day(day, country)
    assert found > day
    assert is_working_day(found, country)
    between = [day + timedelta(n) for n in range(1, (found - day).days)]
    assert not any(is_working_day(other, country) for other in between)


@given(days, st.integers(0, 400), countries)
def test_lenient_is_never_before_strict_and_always_worked(day: date, length: int, country: str) -> None:
    strict, lenient = add_days_strict(day, length), add_days_lenient(day, length, country)
    assert strict == day + timedelta(days=length)
    assert lenient >= strict
    assert is_working_day(lenient, country)
    assert (lenient == strict) == is_working_day(strict, country)


def test_withdrawal_of_fourteen_days() -> None:
    assert add_days_lenient(date(2026, 5, 11), 14, "PL") == date(2026, 5, 25)
    assert add_days_lenient(date(2026, 5, 9), 14, "PL") == date(
        2026, 5, 25
    )  # Saturday 23 May, Pentecost on 24
    assert add_days_strict(date(2026, 5, 9), 14) == date(2026, 5, 23)
    assert add_days_lenient(date(2026, 12, 10), 14, "PL") == date(2026, 12, 28)  # would end on Christmas Eve


@given(days, st.integers(0, 30), countries)
def test_working_days_add_up(day: date, count: int, country: str) -> None:
    end = add_working_days(day, count, country)
    passed = [day + timedelta(n) for n in range(1, (end - day).days + 1)]
    assert sum(is_working_day(other, country) for other in passed) == count


def test_local_moment_in_summer_winter_and_both_nights_between() -> None:
    assert local_moment(date(2026, 1, 15), time(14), WARSAW) == datetime(2026, 1, 15, 13, tzinfo=UTC)
    assert local_moment(date(2026, 7, 15), time(14), WARSAW) == datetime(2026, 7, 15, 12, tzinfo=UTC)
    # 29 March: 02:00 becomes 03:00, so 02:30 is left out and stands for 03:30 summer time.
    assert local_moment(date(2026, 3, 29), time(2, 30), WARSAW) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert local_moment(date(2026, 3, 29), time(3, 30), WARSAW) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    # 25 October: 03:00 becomes 02:00, so 02:30 comes twice and the first counts.
    assert local_moment(date(2026, 10, 25), time(2, 30), WARSAW) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert local_moment(date(2026, 10, 25), time(2, 30, fold=1), WARSAW) == local_moment(
        date(2026, 10, 25), time(2, 30), WARSAW
    )


def test_a_day_has_23_24_or_25_hours() -> None:
    def hours(day: date) -> float:
        return (end_of_day(day, WARSAW) - end_of_day(day - timedelta(days=1), WARSAW)).total_seconds() / 3600

    assert [hours(date(2026, 3, 29)), hours(date(2026, 3, 30)), hours(date(2026, 10, 25))] == [23, 24, 25]


@given(days, st.times(), st.sampled_from([WARSAW, "America/Sao_Paulo", "Asia/Tokyo", "Pacific/Chatham"]))
def test_a_local_moment_keeps_its_day_and_midnight_ends_it(day: date, at: time, zone: str) -> None:
    moment = local_moment(day, at, zone)
    assert moment.tzinfo is UTC
    assert local_date(moment, zone) == day
    assert moment < end_of_day(day, zone)
    assert local_date(end_of_day(day, zone), zone) == day + timedelta(days=1)
