from datetime import UTC, datetime, timedelta, timezone

import pytest

from wms.kernel.clock import Clock, FixedClock, SystemClock, as_utc, utcnow


def test_system_clock_is_aware_and_utc() -> None:
    clock: Clock = SystemClock()
    before, now, after = utcnow(), clock.now(), utcnow()
    assert before <= now <= after
    assert now.tzinfo is UTC


def test_fixed_clock_stands_until_moved_either_way() -> None:
    clock = FixedClock(datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=2))))
    assert clock.now() == clock.now() == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC
    assert clock.advance(timedelta(hours=1)) == clock.now() == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    clock.advance(timedelta(days=-1))
    assert clock.now() == datetime(2026, 3, 28, 1, 30, tzinfo=UTC)


def test_a_moment_without_zone_is_refused() -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="no time zone"):
        FixedClock(naive)
    with pytest.raises(ValueError, match="no time zone"):
        as_utc(naive)
