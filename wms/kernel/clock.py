"""Time as a value that is handed in, so that a test, a replay or a drill can set it.

Every moment in the product is an aware ``datetime`` in UTC; local time appears only where people read it or
where a rule is written in it (cut-offs, pickups, days of the law), and there through ``wms.kernel.calendar``.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


def utcnow() -> datetime:
    """The present moment, aware, UTC."""
    return datetime.now(UTC)


def as_utc(moment: datetime) -> datetime:
    """``moment`` in UTC; ``ValueError`` when it has no zone, because a guess would be wrong twice a year."""
    if moment.utcoffset() is None:
        raise ValueError(f"{moment.isoformat()} has no time zone")
    return moment.astimezone(UTC)


class Clock(Protocol):
    """What use cases ask for the time."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return utcnow()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until it is moved."""

    at: datetime

    def __post_init__(self) -> None:
        self.at = as_utc(self.at)

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        """Moves the clock (backwards for a negative ``by``) and gives the new moment."""
        self.at += by
        return self.at
