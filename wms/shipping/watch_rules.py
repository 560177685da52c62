"""How long a parcel may be silent, late or lie before somebody must look: the thresholds, and the clock they run on.

Hours run on working days of the warehouse's country only, around the clock: nothing is scanned on Sundays and holidays, and nothing is wrong with that.
A locker is open every day, so what lies there is counted by the plain clock.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from wms.kernel.calendar import is_working_day, local_date, local_moment
from wms.kernel.text import Text

LONGEST_H = 60 * 24


class Threshold(msgspec.Struct, frozen=True):
    """``hours`` unless a carrier has its own; ``name`` and ``why`` are for people."""

    hours: int
    name: Text
    why: Text


THRESHOLDS: dict[str, Threshold] = {
    "first_scan_h": Threshold(
        24,
        Text(en="Handed over, no scan yet", pl="Przekazana, bez skanu"),
        Text(
            en="The depot scans everything in the night of the pickup: after a day the parcel was left behind, or is lost.",
            pl="Sortownia skanuje wszystko w noc po odbiorze: po dobie paczka została albo zginęła.",
        ),
    ),
    "moving_h": Threshold(
        48,
        Text(en="On its way, no news", pl="W drodze, bez wieści"),
        Text(
            en="A moving parcel is scanned every night: two nights without one mean that it lies somewhere.",
            pl="Jadąca paczka jest skanowana co noc: dwie noce bez skanu znaczą, że gdzieś leży.",
        ),
    ),
    "out_h": Threshold(
        24,
        Text(en="With the courier, no news", pl="U kuriera, bez wieści"),
        Text(
            en="A courier's round ends the same evening, with a delivery or a reason.",
            pl="Kurs kuriera kończy się tego samego wieczoru: doręczeniem albo przyczyną.",
        ),
    ),
    "point_h": Threshold(
        36,
        Text(en="Lies at the point", pl="Leży w punkcie"),
        Text(
            en="Lockers keep a parcel for 48 hours: at 36 there is still time to remind the buyer.",
            pl="Automaty trzymają paczkę 48 godzin: po 36 można jeszcze przypomnieć kupującemu.",
        ),
    ),
    "late_h": Threshold(
        72,
        Text(en="No day promised, not there", pl="Bez obiecanego dnia, niedoręczona"),
        Text(
            en="Where neither the shop nor the price list names a day: domestic parcels take one or two, three are too many.",
            pl="Gdy dnia nie podał ani sklep, ani cennik: krajowa paczka idzie dzień lub dwa, trzy to za dużo.",
        ),
    ),
}


def hours_of(own: Mapping[str, int]) -> dict[str, int]:
    """Every threshold of a carrier: its own, or the default."""
    return {code: int(own.get(code, t.hours)) for code, t in THRESHOLDS.items()}


def working_hours_ago(now: datetime, hours: int, *, timezone: str, country: str) -> datetime:
    """The moment since which so many hours of working days have passed. Raises ``NoCalendar``."""
    left, at = timedelta(hours=hours), now
    while True:
        day = local_date(at - timedelta(microseconds=1), timezone)
        begins = local_moment(day, datetime.min.time(), timezone)
        if is_working_day(day, country):
            if at - begins >= left:
                return at - left
            left -= at - begins
        at = begins
