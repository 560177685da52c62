"""Which stock an order line gets: the rule in plain Python, and the model of the set-based SQL that allocates.

Rows are sorted by one total key and taken from the top until the demand is met:

1. **age**: FEFO: ``(expires_on is null, expires_on, received_on if expires_on is null)``; FIFO: ``received_on``.
   Rows with an equal age are one *class*: among them it does not matter to the goods which are used.
2. **covers**: locations that hold the whole *rest* (the demand less everything in earlier classes) come first.
3. **size**: among locations that do not cover, the fullest first, so that the fewest are visited.
4. **walk**, then ``location_id``: the nearer location of two equally good ones.
5. inside a location the fullest balance first, so that the fewest handling units are opened; then ``balance_id``.

What a location holds is the sum of its usable balances in the class, so two totes on one shelf are one visit.
The same order in SQL, over rows that are already usable (available > 0, not expired on ``today`` or before
``today + min_days_left``), for FEFO; ``dense_rank`` numbers the classes per order line::

    with aged as (
        select *, dense_rank() over (partition by line_id order by expires_on nulls last,
                                     case when expires_on is null then received_on end) as class
    ), sized as (
        select *, sum(available) over (partition by line_id, class, location_id) as held,
               demand - coalesce(sum(available) over (partition by line_id order by class
                                 range between unbounded preceding and 1 preceding), 0) as rest
        from aged
    )
    select ... sum(available) over (partition by line_id
                   order by class, held < rest, case when held < rest then -held else 0 end,
                            walk, location_id, available desc, balance_id
                   rows between unbounded preceding and 1 preceding) as before

and each row gives ``least(available, demand - before)`` where that is positive.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

import msgspec

Policy = Literal["fefo", "fifo"]


class StockRow(msgspec.Struct, frozen=True):
    """One balance that may be allocated. ``received_on`` is the day in the warehouse's time zone.

    ``available`` is what is on hand and promised to nobody; ``walk`` the walk number of the location;
    ``expires_on`` the last day on which the goods are good.
    """

    balance_id: int
    location_id: int
    received_on: date
    available: int
    walk: int
    expires_on: date | None = None
    lot_id: int | None = None
    handling_unit_id: int | None = None


class Choice(msgspec.Struct, frozen=True):
    balance_id: int
    quantity: int


def choose(
    demand: int,
    candidates: Iterable[StockRow],
    *,
    policy: Policy,
    today: date,
    min_days_left: int = 0,
) -> list[Choice]:
    """The balances to allocate for ``demand`` units, in the order of the key above; less where stock is short.

    Goods that expire sooner than ``min_days_left`` days after ``today`` are never chosen, whatever the policy;
    with 0 the last day itself is still good. Raises ValueError for a negative demand or number of days.
    """
    if demand < 0 or min_days_left < 0:
        raise ValueError("demand and min_days_left cannot be negative")
    chosen: list[Choice] = []
    rest = demand
    usable = sorted(
        (row for row in candidates if is_usable(row, today=today, min_days_left=min_days_left)),
        key=lambda row: age(row, policy),
    )
    for _, one_age in groupby(usable, key=lambda row: age(row, policy)):
        for row in _fewest_locations_first(list(one_age), rest):
            if rest == 0:
                return chosen
            quantity = min(rest, row.available)
            chosen.append(Choice(row.balance_id, quantity))
            rest -= quantity
    return chosen


def is_usable(row: StockRow, *, today: date, min_days_left: int = 0) -> bool:
    """Whether anything of the row may go to a buyer."""
    if row.available <= 0:
        return False
    return row.expires_on is None or row.expires_on >= today + timedelta(days=min_days_left)


def age(row: StockRow, policy: Policy) -> tuple[bool, date]:
    """What decides first; rows with an equal age are one class. Goods that never expire come last under FEFO."""
    if policy == "fifo" or row.expires_on is None:
        return (True, row.received_on)
    return (False, row.expires_on)


def _fewest_locations_first(rows: Sequence[StockRow], rest: int) -> list[StockRow]:
    held: Counter[int] = Counter()
    for row in rows:
        held[row.location_id] += row.available

    def key(row: StockRow) -> tuple[bool, int, int, int, int, int]:
        short = held[row.location_id] < rest
        size = -held[row.location_id] if short else 0
        return (short, size, row.walk, row.location_id, -row.available, row.balance_id)

    return sorted(rows, key=key)
