"""Working days, periods in days, and local times, for any country and zone.

A country is an ISO 3166 code, with its region where holidays differ by region (``PL``, ``DE-BY``); the
holidays and the days of the weekend are data of the ``holidays`` library. Sources of the two ways to count
days: Polish Civil Code art. 111 (the day of the event does not count) and 115 (a period that would end on a
Saturday or a public holiday ends on the next working day), and Regulation 1182/71 art. 3, which says the same
for the Union. A right of the consumer runs by the lenient count; what the trader owes is planned by the strict
one, so that neither is ever a day short.

The cached holidays cover the years 1925 to 2100 for Poland; outside what the library knows a year has none.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from wms.kernel.clock import as_utc
from wms.kernel.countries import COUNTRIES
from wms.kernel.refusals import Invalid, Refusal
from wms.kernel.text import Text

_DAY = timedelta(days=1)


class NoCalendar(Refusal):
    """Raised for a country or region of which the holidays are not known."""

    code = "no-calendar"
    status = 422
    text = Text(
        en="No public holidays are known for {country}. Use a code such as PL or DE-BY.",
        pl="Brak kalendarza świąt dla kodu {country}. Użyj kodu takiego jak PL albo DE-BY.",
    )


NO_ZONE = Text(
    en="{name} is not a time zone; write one like Europe/Warsaw",
    pl="{name} nie jest strefą czasową; wpisz np. Europe/Warsaw",
)
NO_COUNTRY = Text(
    en="there is no country {country}; write PL, DE ...", pl="nie ma kraju {country}; wpisz PL, DE ..."
)


def check_timezone(name: str) -> None:
    """Raises ``Invalid`` for a name that the time zone database does not know, or only this machine's copy of it."""
    try:
        if name != "UTC" and ("/" not in name or name.startswith(("posix/", "right/"))):
            raise KeyError(name)
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Invalid(field="timezone", why=NO_ZONE, name=name, pointer="/timezone") from None


def check_country(code: str) -> None:
    """Raises ``Invalid`` for a country that there is not; of each that there is, the holidays are known."""
    if code not in COUNTRIES:
        raise Invalid(field="country", why=NO_COUNTRY, country=code, pointer="/country")


@lru_cache(maxsize=1024)
def _year(country: str, year: int) -> tuple[frozenset[date], frozenset[int]]:
    """The public holidays of one year, and the weekdays (0 is Monday) that are weekend there."""
    name, _, region = country.partition("-")
    try:
        found = holidays.country_holidays(name, subdiv=region or None, years=year)
    except NotImplementedError as exc:
        raise NoCalendar(country=country) from exc
    return frozenset(day for day in found if day.year == year), frozenset(found.weekend)


def is_public_holiday(day: date, country: str) -> bool:
    """True on a public holiday; a plain Sunday is none. Raises ``NoCalendar``."""
    return day in _year(country, day.year)[0]


def is_working_day(day: date, country: str) -> bool:
    """True unless ``day`` is a public holiday or in the country's weekend. Raises ``NoCalendar``."""
    free, weekend = _year(country, day.year)
    return day.weekday() not in weekend and day not in free


def next_working_day(day: date, country: str) -> date:
    """The first working day after ``day``."""
    day += _DAY
    while not is_working_day(day, country):
        day += _DAY
    return day


def add_working_days(day: date, days: int, country: str) -> date:
    """``days`` (0 or more) working days after ``day``; 0 gives ``day`` itself, whatever day that is."""
    for _ in range(days):
        day = next_working_day(day, country)
    return day


def add_days_strict(day: date, days: int) -> date:
    """The last day of a period of ``days`` after the event on ``day``, never extended."""
    return day + timedelta(days=days)


def add_days_lenient(day: date, days: int, country: str) -> date:
    """The last day of a period of ``days`` after the event on ``day``, extended past free days at its end."""
    last = add_days_strict(day, days)
    return last if is_working_day(last, country) else next_working_day(last, country)


def local_date(moment: datetime, timezone: str) -> date:
    """The calendar day that people in ``timezone`` (e.g. ``Europe/Warsaw``) have at ``moment``."""
    return as_utc(moment).astimezone(ZoneInfo(timezone)).date()


def local_moment(day: date, at: time, timezone: str) -> datetime:
    """The UTC moment at which clocks in ``timezone`` show ``at`` on ``day``.

    On the night when clocks go back, the first of the two; on the night when they go forward, a time that is
    left out stands for the same stretch after midnight (02:30 becomes 03:30). Daylight saving never makes
    a deadline vanish or come twice.
    """
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), ZoneInfo(timezone)).astimezone(UTC)


def end_of_day(day: date, timezone: str) -> datetime:
    """The UTC moment at which ``day`` is over: the first moment of the next one."""
    return local_moment(day + _DAY, time(0), timezone)
