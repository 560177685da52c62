"""What will miss its pickup, from what the floor did in the last hour and not from what was planned.

The floor works pickup by pickup, the earliest first. What it gets done until a pickup is its measured rate times the time
that is left, less what went into the pickups before. Orders that nobody can work on (held, without stock) are late as
long as they stay so, and are told apart.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

WINDOW = timedelta(hours=1)
LEAST = timedelta(minutes=10)
"""A rate is measured over at least this, so that the first order of a day is no storm."""


class Queue(msgspec.Struct, frozen=True):
    """One pickup as it stands, in orders: what is still to be picked, what is to be packed (also what must be picked
    first), and what is stuck."""

    at: datetime
    to_pick: int
    to_pack: int
    stuck: int = 0


class Rates(msgspec.Struct, frozen=True):
    """Orders per hour, measured; 0 where nothing happened in the window."""

    picked: float
    packed: float


class Outlook(msgspec.Struct, frozen=True):
    """``late`` orders will miss the pickup; None: nobody worked, so nothing can be said.

    ``why`` is ``gone`` (the pickup is over), ``picking`` or ``packing`` (what is too slow), ``stuck`` (all of them are
    held or lack stock), ``unmeasured`` or ``""``. ``needed`` is the rate in orders per hour that would do for the work
    named, with all that comes before it; ``rate`` the measured one.
    """

    late: int | None
    stuck: int
    why: str
    rate: float = 0
    needed: float = 0


def rate(count: int, first: datetime | None, now: datetime) -> float:
    """Orders per hour out of ``count`` in the window that ends now, of which the first was at ``first``."""
    if not count or first is None:
        return 0.0
    over = min(max(now - first, LEAST), WINDOW)
    return count / (over / timedelta(hours=1))


def outlook(queues: Sequence[Queue], rates: Rates, now: datetime) -> list[Outlook]:
    """For each pickup, earliest first, what will become of it. ``queues`` are sorted by ``at``."""
    picking = _left_behind([q.to_pick for q in queues], rates.picked, queues, now)
    packing = _left_behind([q.to_pack for q in queues], rates.packed, queues, now)
    return [_judge(q, rates, now, *pair) for q, *pair in zip(queues, picking, packing, strict=True)]


def _left_behind(
    work: Sequence[int], rate: float, queues: Sequence[Queue], now: datetime
) -> list[tuple[int, float]]:
    """For each pickup how many of its orders are not done in time, and the rate that would have done them all."""
    used = ahead = 0.0
    found = []
    for own, q in zip(work, queues, strict=True):
        hours = (q.at - now) / timedelta(hours=1)
        done = min(own, max(0.0, rate * max(hours, 0) - used))
        used += done
        ahead += own
        found.append((own - int(done + 1e-6), ahead / hours if hours > 0 else 0.0))
        if hours <= 0:  # its time is over; what is left of it is worked first all the same
            used += own
    return found


def _judge(
    q: Queue, rates: Rates, now: datetime, picking: tuple[int, float], packing: tuple[int, float]
) -> Outlook:
    if not q.to_pack and not q.stuck:
        return Outlook(0, 0, "")
    if q.at <= now:
        return Outlook(q.to_pack + q.stuck, q.stuck, "gone")
    if not q.to_pack:
        return Outlook(q.stuck, q.stuck, "stuck")
    slow_picking = bool(q.to_pick) and not rates.picked
    if slow_picking or not rates.packed:
        needed = picking[1] if slow_picking else packing[1]
        return Outlook(None, q.stuck, "unmeasured", 0, needed)
    late = max(picking[0], packing[0])
    if not late:
        return Outlook(q.stuck, q.stuck, "stuck" if q.stuck else "")
    if picking[0] >= packing[0]:
        return Outlook(late + q.stuck, q.stuck, "picking", rates.picked, picking[1])
    return Outlook(late + q.stuck, q.stuck, "packing", rates.packed, packing[1])
