"""The burn-down of one pickup: orders still to be made ready, hour by hour, as it was, should be, and will be."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

WIDTH, HEIGHT = 760, 240
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 12, 26
LONGEST = timedelta(hours=24)


class Point(msgspec.Struct, frozen=True):
    """Orders left at a moment; None where there is nothing to say."""

    at: datetime
    plan: float
    actual: int | None
    forecast: float | None


class Tick(msgspec.Struct, frozen=True):
    at: datetime
    x: float


class BurnDown(msgspec.Struct, frozen=True):
    """Ready to draw: the points for the table, and the lines in the drawing's own measure (``WIDTH`` x ``HEIGHT``)."""

    points: list[Point]
    total: int
    left: int
    plan: str
    actual: str
    forecast: str
    hours: list[Tick]
    levels: list[tuple[int, float]]
    now_x: float | None
    pickup_x: float
    ends_at: datetime | None
    width: int = WIDTH
    height: int = HEIGHT


def burn_down(
    arrived: Sequence[datetime],
    done: Sequence[datetime],
    pickup: datetime,
    now: datetime,
    *,
    rate: float,
    ahead: int,
) -> BurnDown:
    """``arrived`` and ``done`` are when orders came in and became ready, both sorted; ``rate`` orders per hour, measured;
    ``ahead``: how many orders of earlier pickups are worked on before this one's.

    The plan is a straight way from all orders at the beginning to none at the pickup. The beginning is the hour in which
    the first order came in, at most a day before the end.
    """
    end = max(pickup, now)
    latest = now - timedelta(hours=1)
    start = max(_whole_hour(min(arrived[0] if arrived else latest, now)), min(end - LONGEST, latest))
    total = len(arrived)
    left = total - len(done)
    finish = now + timedelta(hours=(ahead + left) / rate) if rate and left else now if not left else None
    begins = now + timedelta(hours=ahead / rate) if rate else None

    def forecast(at: datetime) -> float | None:
        if at < now or begins is None:
            return None
        return max(0.0, left - rate * max(0.0, (at - begins) / timedelta(hours=1)))

    def planned(at: datetime) -> float:
        if at >= pickup:
            return 0.0
        return total * ((pickup - at) / (pickup - start)) if pickup > start else 0.0

    def actual(at: datetime) -> int | None:
        return None if at > now else bisect_right(arrived, at) - bisect_right(done, at)

    moments = _moments(start, end, now, pickup)
    points = [Point(at, planned(at), actual(at), forecast(at)) for at in moments]
    top = max([1.0, total, *(p.actual or 0 for p in points)])
    step = _step(top)
    top = math.ceil(top / step) * step

    def x(at: datetime) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * ((at - start) / (end - start)), 1)

    def y(value: float) -> float:
        return round(TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top), 1)

    bends = sorted({m for m in (now, begins, finish, end) if m is not None and now <= m <= end})
    return BurnDown(
        points=points,
        total=total,
        left=left,
        plan=" ".join(f"{x(at)},{y(planned(at))}" for at in sorted({start, min(pickup, end), end})),
        actual=_steps(arrived, done, start, now, x, y),
        forecast=" ".join(f"{x(at)},{y(value)}" for at in bends if (value := forecast(at)) is not None),
        hours=[Tick(at, x(at)) for at in _ticks(start, end)],
        levels=[(n, y(n)) for n in range(0, int(top) + 1, int(step))],
        now_x=x(now),
        pickup_x=x(pickup),
        ends_at=finish,
    )


def _steps(
    arrived: Sequence[datetime],
    done: Sequence[datetime],
    start: datetime,
    now: datetime,
    x: Callable[[datetime], float],
    y: Callable[[float], float],
) -> str:
    """What was left, as a line with a corner at each change; at most one for each pixel."""
    level = bisect_right(arrived, start) - bisect_right(done, start)
    changes = sorted(
        [*((a, 1) for a in arrived if start < a <= now), *((d, -1) for d in done if start < d <= now)]
    )
    line = [(x(start), y(level))]
    for at, by in changes:
        level += by
        here = x(at)
        if here - line[-1][0] >= 1:
            line.append((here, line[-1][1]))
        line.append((here, y(level)))
        if len(line) > 2 and line[-3][0] == here:
            line[-2:] = [line[-1]]
    line.append((x(now), y(level)))
    return " ".join(f"{a},{b}" for a, b in line)


def _whole_hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _ticks(start: datetime, end: datetime) -> list[datetime]:
    hours = max(1, math.ceil((end - start) / timedelta(hours=1) / 12))
    at = _whole_hour(start) + timedelta(hours=1)
    found = []
    while at < end:
        found.append(at)
        at += timedelta(hours=hours)
    return found


def _moments(start: datetime, end: datetime, now: datetime, pickup: datetime) -> list[datetime]:
    """Rows of the table: whole hours, now, and the pickup."""
    return sorted({start, *_ticks(start, end), now, pickup, end})


def _step(top: float) -> int:
    """A round distance of the lines across, so that there are about four."""
    size = 10 ** max(0, math.floor(math.log10(max(top, 1) / 4)) if top >= 4 else 0)
    return next(int(size * n) for n in (1, 2, 5, 10) if size * n * 5 >= top)
