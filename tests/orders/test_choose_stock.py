"""FEFO, FIFO, few locations, a short way: in this order, and never more than there is."""

from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.orders.choose_stock import Policy, StockRow, age, choose, is_usable

TODAY = date(2026, 3, 2)


def day(number: int) -> date:
    return TODAY + timedelta(days=number)


def a_row(
    balance_id: int,
    available: int,
    *,
    expires: int | None = None,
    received: int = -10,
    location: int | None = None,
    walk: int | None = None,
) -> StockRow:
    return StockRow(
        balance_id=balance_id,
        location_id=balance_id if location is None else location,
        received_on=day(received),
        available=available,
        walk=balance_id if walk is None else walk,
        expires_on=None if expires is None else day(expires),
    )


def chosen(
    demand: int, *rows: StockRow, policy: Policy = "fefo", min_days_left: int = 0
) -> list[tuple[int, int]]:
    choices = choose(demand, rows, policy=policy, today=TODAY, min_days_left=min_days_left)
    return [(choice.balance_id, choice.quantity) for choice in choices]


def test_what_expires_first_goes_first_even_from_more_and_farther_locations() -> None:
    assert chosen(6, a_row(1, 50, expires=40), a_row(8, 2, expires=20), a_row(9, 2, expires=10)) == [
        (9, 2),
        (8, 2),
        (1, 2),
    ]


def test_goods_that_never_expire_come_last_and_the_oldest_of_them_first() -> None:
    rows = a_row(1, 5, received=-1), a_row(2, 5, received=-9), a_row(3, 5, expires=300)
    assert chosen(12, *rows) == [(3, 5), (2, 5), (1, 2)]


def test_fifo_looks_at_the_day_of_receipt_only() -> None:
    assert chosen(7, a_row(1, 5, expires=5, received=-1), a_row(2, 5, received=-9), policy="fifo") == [
        (2, 5),
        (1, 2),
    ]


def test_one_location_that_holds_everything_wins_over_a_nearer_one_that_does_not() -> None:
    assert chosen(5, a_row(1, 4, expires=9), a_row(2, 5, expires=9), a_row(3, 80, expires=9)) == [(2, 5)]


def test_without_such_a_location_the_fullest_goes_first() -> None:
    assert chosen(12, a_row(1, 2), a_row(2, 5), a_row(3, 10)) == [(3, 10), (2, 2)]


def test_two_totes_on_one_shelf_are_one_visit() -> None:
    assert chosen(9, a_row(1, 8), a_row(2, 5, location=7, walk=7), a_row(3, 5, location=7, walk=7)) == [
        (2, 5),
        (3, 4),
    ]


def test_a_location_covers_what_earlier_dates_left_open() -> None:
    assert chosen(10, a_row(1, 8, expires=3), a_row(2, 50, expires=9), a_row(3, 2, expires=9, walk=0)) == [
        (1, 8),
        (3, 2),
    ]


@pytest.mark.parametrize(
    ("expires", "min_days_left", "good"), [(-1, 0, 0), (0, 0, 3), (29, 30, 0), (30, 30, 3)]
)
@pytest.mark.parametrize("policy", ["fefo", "fifo"])
def test_expired_and_too_soon_expiring_goods_stay_where_they_are(
    expires: int, min_days_left: int, good: int, policy: Policy
) -> None:
    got = chosen(3, a_row(1, 5, expires=expires), policy=policy, min_days_left=min_days_left)
    assert sum(quantity for _, quantity in got) == good


def test_nothing_is_chosen_for_nothing_and_nonsense_is_refused() -> None:
    assert chosen(0, a_row(1, 5)) == []
    with pytest.raises(ValueError, match="negative"):
        chosen(-1)


rows = st.lists(
    st.builds(
        a_row,
        balance_id=st.integers(1, 99),
        available=st.integers(-1, 9),
        expires=st.none() | st.integers(-2, 4),
        received=st.integers(-3, 0),
        location=st.integers(1, 5),
    ).map(lambda row: msgspec.structs.replace(row, walk=row.location_id % 3)),
    max_size=12,
    unique_by=lambda row: row.balance_id,
)
policies: st.SearchStrategy[Policy] = st.sampled_from(["fefo", "fifo"])


@settings(deadline=None)
@given(st.integers(0, 40), rows, policies, st.integers(0, 3))
def test_as_much_as_there_is_and_never_a_later_class_while_an_earlier_one_has_stock_left(
    demand: int, candidates: list[StockRow], policy: Policy, min_days_left: int
) -> None:
    choices = choose(demand, candidates, policy=policy, today=TODAY, min_days_left=min_days_left)
    usable = {
        row.balance_id: row for row in candidates if is_usable(row, today=TODAY, min_days_left=min_days_left)
    }
    taken = {choice.balance_id: choice.quantity for choice in choices}
    assert len(taken) == len(choices)
    assert all(0 < quantity <= usable[balance].available for balance, quantity in taken.items())
    assert sum(taken.values()) == min(demand, sum(row.available for row in usable.values()))
    left = [age(row, policy) for row in usable.values() if taken.get(row.balance_id, 0) < row.available]
    used = [age(usable[balance], policy) for balance in taken]
    assert not left or not used or max(used) <= min(left)


@settings(deadline=None)
@given(st.integers(1, 40), rows, policies)
def test_no_set_of_fewer_locations_would_do_within_a_class(
    demand: int, candidates: list[StockRow], policy: Policy
) -> None:
    one_class = [
        row
        for row in candidates
        if is_usable(row, today=TODAY) and age(row, policy) == age(candidates[0], policy)
    ]
    choices = choose(demand, one_class, policy=policy, today=TODAY)
    place = {row.balance_id: row.location_id for row in one_class}
    visited = len({place[choice.balance_id] for choice in choices})
    held: dict[int, int] = {}
    for row in one_class:
        held[row.location_id] = held.get(row.location_id, 0) + row.available
    fullest = sorted(held.values(), reverse=True)
    wanted = min(demand, sum(fullest))
    fewest = next(n for n in range(len(fullest) + 1) if sum(fullest[:n]) >= wanted)
    assert visited == fewest


@settings(deadline=None)
@given(st.integers(0, 40), rows, policies)
def test_the_order_of_the_candidates_does_not_matter(
    demand: int, candidates: list[StockRow], policy: Policy
) -> None:
    one = choose(demand, candidates, policy=policy, today=TODAY)
    assert choose(demand, candidates[::-1], policy=policy, today=TODAY) == one
