"""When each carrier's car takes an order that comes in now, or a box that is packed now."""

from collections.abc import Callable
from datetime import date, datetime, time

from wms.kernel.promise import NoPickup, next_pickup, ship_by
from wms.kernel.promise import Promise as Pickup
from wms.orders.terms import Terms

WEEK = {day: [time(17, 0)] for day in range(5)}
"""Where no carrier has a pickup: an order that nobody carries yet is promised for a day all the same."""


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
        """The local day on which each carrier that comes at all takes an order of ``now``."""
        return self._days(lambda code: self.of(code).pickup)

    def packed_days(self) -> dict[str, date]:
        """The same of a box that stands ready at ``now``: it leaves with the next car, whatever the cut-off was."""
        t = self.terms
        return self._days(
            lambda code: next_pickup(
                self.now, timezone=t.timezone, pickups=t.carriers[code].calendar(), country=t.country
            )
        )

    def _days(self, pickup: Callable[[str], datetime]) -> dict[str, date]:
        found: dict[str, date] = {}
        for carrier in self.terms.carriers:
            try:
                found[carrier] = pickup(carrier).date()
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
