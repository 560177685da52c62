"""The promise to the buyer: with which pickup an order must leave.

Times of the rules are local and the answer is a moment in UTC, so that a cut-off at 14:00 is at 14:00 in
summer, in winter and on both nights between. A weekday that has pickups is worked even if it is in the weekend
(a carrier that comes on Saturdays is why someone is there); a public holiday is not, whatever its weekday.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from wms.kernel.calendar import is_public_holiday, is_working_day, local_date, local_moment
from wms.kernel.clock import as_utc
from wms.kernel.refusals import Refusal
from wms.kernel.text import Text

_DAY = timedelta(days=1)
_SEARCH_DAYS = 366
"""How far ahead a pickup is looked for; a calendar with none in a year has none."""


class NoPickup(Refusal):
    """Raised when the pickup calendar has no day on which an order could leave."""

    code = "no-pickup"
    status = 422
    text = Text(
        en="The carrier has no pickup within a year. Enter its pickup days and hours.",
        pl="Przewoźnik nie ma żadnego odbioru w ciągu roku. Wpisz dni i godziny odbiorów.",
    )


class PromiseReason(StrEnum):
    """Why the promise is not for today, or that it is."""

    SAME_DAY = "same_day"
    AFTER_CUT_OFF = "after_cut_off"
    NOT_WORKING = "not_working"
    NO_PICKUP_LEFT = "no_pickup_left"
    HANDLING = "handling"


REASONS: dict[PromiseReason, Text] = {
    PromiseReason.SAME_DAY: Text(
        en="Placed before the cut-off: leaves the same day.",
        pl="Złożone przed godziną graniczną: wyjeżdża tego samego dnia.",
    ),
    PromiseReason.AFTER_CUT_OFF: Text(
        en="Placed at or after the cut-off: leaves on the next day with a pickup.",
        pl="Złożone o godzinie granicznej lub później: wyjeżdża w najbliższym dniu odbioru.",
    ),
    PromiseReason.NOT_WORKING: Text(
        en="Placed on a day off: leaves on the next day with a pickup.",
        pl="Złożone w dniu wolnym: wyjeżdża w najbliższym dniu odbioru.",
    ),
    PromiseReason.NO_PICKUP_LEFT: Text(
        en="No pickup comes after the cut-off that day: leaves on the next day with a pickup.",
        pl="Tego dnia po godzinie granicznej nie ma już odbioru: wyjeżdża w najbliższym dniu odbioru.",
    ),
    PromiseReason.HANDLING: Text(
        en="The shop plans working days for preparation: leaves with the first pickup day after them.",
        pl="Sklep przewiduje dni robocze na przygotowanie: wyjeżdża w pierwszym dniu odbioru po nich.",
    ),
}


class Promise(msgspec.Struct, frozen=True):
    """``ship_by`` is the moment of the pickup in UTC, ``pickup`` the same moment in the warehouse's zone."""

    ship_by: datetime
    pickup: datetime
    reason: PromiseReason


def ship_by(
    placed_at: datetime,
    *,
    cut_off: time,
    timezone: str,
    pickups: Mapping[int, Sequence[time]],
    country: str,
    handling_days: int = 0,
) -> Promise:
    """The pickup with which an order placed at ``placed_at`` must leave.

    Before ``cut_off`` on a day that is worked, the order goes with that day's last pickup after the cut-off; at
    the cut-off or later, or when no such pickup comes, with the last pickup of the next day that has one.
    ``handling_days`` counts worked days between the day that takes the order in and the earliest day of leaving.
    ``pickups`` has weekdays (0 is Monday) and their local times. The clock is not asked: equal arguments give
    equal promises. Raises ``NoPickup``, ``NoCalendar``; ``ValueError`` for a ``placed_at`` with no zone or
    negative ``handling_days``; ``ZoneInfoNotFoundError`` for an unknown zone.
    """
    if handling_days < 0:
        raise ValueError(f"handling_days is {handling_days}")
    placed_at = as_utc(placed_at)
    today = local_date(placed_at, timezone)

    reason = PromiseReason.SAME_DAY
    first = today
    if not _is_worked(today, pickups, country):
        reason, first = PromiseReason.NOT_WORKING, _next_worked(today, pickups, country)
    elif placed_at >= local_moment(today, cut_off, timezone):
        reason, first = PromiseReason.AFTER_CUT_OFF, _next_worked(today, pickups, country)
    if handling_days:
        reason = PromiseReason.HANDLING
        for _ in range(handling_days):
            first = _next_worked(first, pickups, country)

    for offset in range(_SEARCH_DAYS):
        day = first + offset * _DAY
        if is_public_holiday(day, country):
            continue
        times = [local_moment(day, at, timezone) for at in pickups.get(day.weekday(), ())]
        if day == today:
            cut_off_at = local_moment(today, cut_off, timezone)
            times = [at for at in times if at > cut_off_at]
        if times:
            leaves = max(times)
            return Promise(ship_by=leaves, pickup=leaves.astimezone(ZoneInfo(timezone)), reason=reason)
        if reason is PromiseReason.SAME_DAY:
            reason = PromiseReason.NO_PICKUP_LEFT
    raise NoPickup()


def next_pickup(
    now: datetime, *, timezone: str, pickups: Mapping[int, Sequence[time]], country: str
) -> datetime:
    """When a car next takes what stands ready at ``now``, in the zone's own time.

    The box is packed, so neither cut-off nor handling days count any more. ``pickups`` as for ``ship_by``; none comes on a
    public holiday. Raises ``NoPickup``, ``NoCalendar``.
    """
    now = as_utc(now)
    today = local_date(now, timezone)
    for offset in range(_SEARCH_DAYS):
        day = today + offset * _DAY
        times = pickups.get(day.weekday(), ())
        if not times or is_public_holiday(day, country):
            continue
        coming = [moment for at in times if (moment := local_moment(day, at, timezone)) > now]
        if coming:
            return min(coming).astimezone(ZoneInfo(timezone))
    raise NoPickup()


def _is_worked(day: date, pickups: Mapping[int, Sequence[time]], country: str) -> bool:
    return is_working_day(day, country) or (
        bool(pickups.get(day.weekday())) and not is_public_holiday(day, country)
    )


def _next_worked(day: date, pickups: Mapping[int, Sequence[time]], country: str) -> date:
    day += _DAY
    while not _is_worked(day, pickups, country):
        day += _DAY
    return day
