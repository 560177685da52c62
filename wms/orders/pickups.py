"""When each carrier's car takes what comes in now."""

from datetime import date, datetime, time

from wms.kernel.promise import NoPickup, ship_by
from wms.kernel.promise import Promise as Pickup
from wms.orders.terms import Terms

WEEK = {day: [time(17, 0)] for day in range(5)}
"""Where no carrier has a calendar: the promise of an order that nobody carries yet must still be a day."""


class Pickups:
    """The promise of each carrier of ``terms`` for orders that come in at ``now``; each is worked out once."""

    def __init__(self, terms: Terms, now: datetime) -> None:
        self.terms, self.now = terms, now
        self.found: dict[str, Pickup] = {}

    def of(self, carrier: str) -> Pickup:
        """Raises ``NoPickup``, ``NoCalendar``."""
        if carrier not in self.found:
            self.found[carrier] = self._next(self.terms.carriers[carrier].calendar())
        return self.found[carrier]

    def days(self) -> dict[str, date]:
        """The local day of each carrier that comes at all."""
        found: dict[str, date] = {}
        for carrier in self.terms.carriers:
            try:
                found[carrier] = self.of(carrier).pickup.date()
            except NoPickup:
                continue
        return found

    def of_nobody(self) -> datetime:
        """The promise of an order that no carrier takes yet: by the first car of all."""
        merged: dict[int, list[time]] = {}
        for carrier in self.terms.carriers.values():
            for weekday, times in carrier.calendar().items():
                merged.setdefault(weekday, []).extend(times)
        return self._next(merged or WEEK).ship_by

    def _next(self, calendar: dict[int, list[time]]) -> Pickup:
        t = self.terms
        return ship_by(
            self.now, cut_off=t.cut_off, timezone=t.timezone, pickups=calendar, country=t.country,
            handling_days=t.handling_days,
        )  # fmt: skip
