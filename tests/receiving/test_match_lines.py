"""Which announced line arrived pieces count for."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from wms.receiving.match_lines import OpenLine, Share, match_lines

DAY = date(2027, 5, 31)


def line(
    id: int, quantity: int, received: int = 0, lot: str | None = None, day: date | None = None
) -> OpenLine:
    return OpenLine(id=id, quantity=quantity, received=received, lot=lot, expires_on=day)


def test_the_line_with_the_same_lot_comes_before_the_one_that_names_none() -> None:
    shares = match_lines([line(1, 10), line(2, 5, lot="L1")], 8, "L1", None)
    assert shares == [Share(line_id=2, quantity=5, over=0), Share(line_id=1, quantity=3, over=0)]


def test_another_lot_is_short_and_this_one_is_over() -> None:
    assert match_lines([line(1, 10, lot="L1")], 4, "L2", None) == [Share(line_id=None, quantity=4, over=4)]


def test_the_announced_date_is_preferred_but_another_date_still_counts() -> None:
    lines = [line(1, 10, day=date(2028, 1, 1)), line(2, 10, day=DAY)]
    assert match_lines(lines, 15, "L1", DAY) == [
        Share(line_id=2, quantity=10, over=0),
        Share(line_id=1, quantity=5, over=0),
    ]


def test_more_than_announced_goes_to_the_last_line_that_could_take_it() -> None:
    assert match_lines([line(1, 5), line(2, 5)], 13, None, None) == [
        Share(line_id=1, quantity=5, over=0),
        Share(line_id=2, quantity=8, over=3),
    ]
    assert match_lines([line(1, 5, received=5)], 2, None, None) == [Share(line_id=1, quantity=2, over=2)]


@given(
    st.lists(
        st.tuples(st.integers(1, 50), st.integers(0, 60), st.sampled_from([None, "L1", "L2"])), max_size=6
    ),
    st.integers(1, 200),
    st.sampled_from([None, "L1"]),
)
def test_every_piece_is_counted_once_and_over_only_when_nothing_is_open(
    rows: list[tuple[int, int, str | None]], quantity: int, lot: str | None
) -> None:
    lines = [line(i, q, r, a) for i, (q, r, a) in enumerate(rows)]
    shares = match_lines(lines, quantity, lot, None)
    assert sum(s.quantity for s in shares) == quantity
    room = sum(max(n.quantity - n.received, 0) for n in lines if n.lot in (None, lot))
    assert sum(s.over for s in shares) == max(quantity - room, 0)
    taken = [s.line_id for s in shares]
    assert len(taken) == len(set(taken))
