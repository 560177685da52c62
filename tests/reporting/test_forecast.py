"""What will be late, and the burn-down: rules on plain values."""

from datetime import UTC, datetime, timedelta

import pytest

from wms.reporting.burn_down import burn_down
from wms.reporting.forecast import Queue, Rates, outlook, rate

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def test_a_rate_is_of_the_last_hour_and_of_ten_minutes_at_least() -> None:
    assert rate(0, None, NOW) == 0
    assert rate(30, at(-0.5), NOW) == 60
    assert rate(1, NOW, NOW) == pytest.approx(6)
    assert rate(120, at(-3), NOW) == 120


def test_enough_hands_are_in_time() -> None:
    (look,) = outlook([Queue(at(2), 10, 20)], Rates(picked=10, packed=10), NOW)
    assert (look.late, look.why) == (0, "")


def test_what_is_slow_is_named_with_the_rate_that_would_do() -> None:
    (look,) = outlook([Queue(at(2), 50, 60)], Rates(picked=10, packed=40), NOW)
    assert (look.late, look.why, look.rate, look.needed) == (30, "picking", 10, 25)
    (look,) = outlook([Queue(at(2), 0, 60)], Rates(picked=0, packed=10), NOW)
    assert (look.late, look.why, look.needed) == (40, "packing", 30)


def test_an_earlier_pickup_takes_the_hands_away() -> None:
    first, second = outlook([Queue(at(1), 0, 30), Queue(at(2), 0, 30)], Rates(picked=50, packed=20), NOW)
    assert (first.late, second.late) == (10, 10)
    assert second.needed == 30


def test_stuck_orders_are_late_whatever_the_rate() -> None:
    (look,) = outlook([Queue(at(2), 0, 5, stuck=3)], Rates(picked=50, packed=50), NOW)
    assert (look.late, look.stuck, look.why) == (3, 3, "stuck")
    (look,) = outlook([Queue(at(2), 0, 0, stuck=3)], Rates(picked=0, packed=0), NOW)
    assert (look.late, look.why) == (3, "stuck")


def test_without_a_measured_rate_nothing_is_claimed() -> None:
    (look,) = outlook([Queue(at(4), 8, 8)], Rates(picked=0, packed=5), NOW)
    assert (look.late, look.why, look.needed) == (None, "unmeasured", 2)
    (look,) = outlook([Queue(at(4), 0, 8)], Rates(picked=0, packed=0), NOW)
    assert look.late is None


def test_a_pickup_that_has_left_is_late_with_all_of_it() -> None:
    gone, coming = outlook(
        [Queue(at(-1), 2, 4, stuck=1), Queue(at(1), 0, 10)], Rates(picked=9, packed=12), NOW
    )
    assert (gone.late, gone.why) == (5, "gone")
    assert coming.late == 2, "what is left of the first is worked on before"


def test_nothing_to_do_is_no_question() -> None:
    assert outlook([Queue(at(1), 0, 0)], Rates(0, 0), NOW)[0].late == 0
    assert outlook([], Rates(0, 0), NOW) == []


def test_the_burn_down_tells_what_was_and_what_will_be() -> None:
    arrived = [at(-3)] * 20
    done = [at(-2 + i / 10) for i in range(10)]
    chart = burn_down(arrived, done, at(5), NOW, rate=10, ahead=5)
    assert (chart.total, chart.left) == (20, 10)
    now = next(p for p in chart.points if p.at == NOW)
    assert (now.actual, now.forecast) == (10, 10)
    assert chart.ends_at == at(1.5), "five of an earlier pickup first"
    assert [p.actual for p in chart.points if p.at > NOW] == [None] * sum(p.at > NOW for p in chart.points)
    assert chart.points[-1].plan == 0
    assert chart.points[-1].forecast == 0
    for line in (chart.plan, chart.actual, chart.forecast):
        for point in line.split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= chart.width
            assert 0 <= y <= chart.height


@pytest.mark.parametrize(
    ("arrived", "done", "pickup", "speed"),
    [
        ([], [], 2, 0),
        ([], [], -2, 5),
        ([0], [], 40, 0),
        ([-100], [-90], -50, 3),
        ([-0.01] * 5000, [-0.005] * 4000, 0.2, 9),
    ],
)
def test_any_day_can_be_drawn(arrived: list[float], done: list[float], pickup: float, speed: float) -> None:
    chart = burn_down([at(h) for h in arrived], [at(h) for h in done], at(pickup), NOW, rate=speed, ahead=0)
    assert chart.left == len(arrived) - len(done)
    assert len(chart.points) < 40
    assert len(chart.actual) < 40_000
    assert all(float(v) >= 0 for p in chart.actual.split() for v in p.split(","))
