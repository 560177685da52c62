"""The plain rules: lines, refunds, days, dispositions."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wms.kernel.refusals import Refusal, WrongState
from wms.returns.disposition import check_disposition
from wms.returns.fill_lines import fill_lines
from wms.returns.models import RMA_STATES
from wms.returns.queries import OwnLine
from wms.returns.refund import KitSold, Piece, refund_due, refund_lines, total
from wms.returns.spread import Asked, Returnable, spread
from wms.returns.states import STEPS, ReturnState
from wms.returns.words import Disposition, Grade

ordered = st.lists(
    st.builds(
        lambda sku, quantity, left: (sku, quantity, min(left, quantity)),
        st.integers(1, 3),
        st.integers(1, 5),
        st.integers(0, 5),
    ),
    max_size=5,
).map(
    lambda rows: [Returnable(line_id=i + 1, sku_id=s, quantity=q, left=n) for i, (s, q, n) in enumerate(rows)]
)
asked_for = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 6)), min_size=1, max_size=6).map(
    lambda rows: [Asked(index=i, sku_id=s, quantity=q) for i, (s, q) in enumerate(rows)]
)


@given(asked_for, ordered)
def test_no_line_of_an_order_takes_back_more_than_is_left_on_it(
    asked: list[Asked], order: list[Returnable]
) -> None:
    lines, too_many = spread(asked, order, {})
    refused = {t.index for t in too_many}
    for n in order:
        assert sum(x.quantity for x in lines if x.order_line_id == n.line_id) <= n.left
    # all of a line or nothing of it
    assert sum(x.quantity for x in lines) == sum(a.quantity for a in asked if a.index not in refused)
    known = {n.sku_id for n in order}
    for a in asked:
        if a.sku_id not in known:
            assert a.index not in refused, "what the order does not have goes along without a line"


@given(
    st.integers(1, 20), st.lists(st.tuples(st.integers(1, 5), st.integers(0, 7), st.booleans()), max_size=4)
)
def test_every_inspected_piece_goes_somewhere(quantity: int, rows: list[tuple[int, int, bool]]) -> None:
    own = [
        OwnLine(id=i + 1, line_no=i + 1, sku_id=1, order_line_id=None, quantity=q, inspected=n, announced=a)
        for i, (q, n, a) in enumerate(sorted(rows, key=lambda r: not r[2]))
    ]
    parts = fill_lines(1, quantity, own, [], announced=True, has_order=False)
    assert sum(p.quantity for p in parts) == quantity
    expected = sum(max(n.quantity - n.inspected, 0) for n in own if n.announced)
    surplus = [p for p in parts if p.warnings]
    assert sum(p.quantity for p in surplus) == max(quantity - expected, 0)


def piece(sku: str, line: int, quantity: int, price: str | None, grade: Grade = "new") -> Piece:
    amount = None if price is None else Decimal(price)
    return Piece(sku=sku, order_line_id=line, grade=grade, quantity=quantity, unit_price=amount)


def test_a_refund_is_exact_money() -> None:
    lines = refund_lines([piece("A", 1, 3, "0.10"), piece("B", 2, 1, "19.99", "used")], [])
    assert total(lines) == Decimal("20.29")
    assert [n.diminished for n in lines] == [False, True]


def test_what_is_not_ours_is_worth_nothing_and_what_has_no_price_is_the_shops_to_decide() -> None:
    lines = refund_lines([piece("A", 1, 1, "10.00", "not_ours"), piece("B", 0, 2, None)], [])
    assert [(n.amount, n.why) for n in lines] == [(Decimal("0.00"), "not-ours"), (None, "no-price")]
    assert total(lines) == Decimal("0.00")


def test_a_kit_is_paid_for_whole_and_a_part_of_it_is_the_shops_to_decide() -> None:
    kit = KitSold(sku="SET", order_line_id=9, unit_price=Decimal("30.00"), parts={1: 2, 2: 1})
    lines = refund_lines([piece("CUP", 1, 5, None), piece("TEA", 2, 2, None, "used")], [kit])
    assert [(n.sku, n.quantity, n.amount, n.why) for n in lines] == [
        ("SET", 2, Decimal("60.00"), None),
        ("CUP", 1, None, "part-of-kit"),
    ]
    assert lines[0].diminished


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.one_of(st.none(), st.integers(0, 60)))
def test_the_refund_is_due_14_days_after_the_declaration_or_when_late_goods_arrive(
    declared: date, arrived_after: int | None
) -> None:
    arrived = None if arrived_after is None else declared + timedelta(days=arrived_after)
    due = refund_due(declared, arrived)
    assert due.may_withhold == (arrived is None)
    assert due.due_on == declared + timedelta(days=max(14, arrived_after or 0))


def test_a_free_day_does_not_extend_what_the_trader_owes() -> None:
    assert refund_due(date(2026, 12, 11), date(2026, 12, 14)).due_on == date(2026, 12, 25)


TODAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("grade", "disposition", "expires_on", "code"),
    [
        ("used", "restock", None, "grade-not-for-sale"),
        ("damaged", "restock", None, "grade-not-for-sale"),
        ("not_ours", "restock", None, "grade-not-ours"),
        ("not_ours", "repack", None, "grade-not-ours"),
        ("not_ours", "repair", None, "grade-not-ours"),
        ("new", "restock", TODAY, "lot-expired"),
        ("opened", "restock", date(2026, 5, 1), "lot-expired"),
    ],
)
def test_what_must_not_go_back_to_stock(
    grade: Grade, disposition: Disposition, expires_on: date | None, code: str
) -> None:
    with pytest.raises(Refusal) as e:
        check_disposition(grade, disposition, expires_on, TODAY)
    assert e.value.code == code


@pytest.mark.parametrize("grade", ["new", "opened"])
def test_what_may(grade: Grade) -> None:
    check_disposition(grade, "restock", date(2026, 6, 2), TODAY)
    check_disposition("damaged", "dispose", date(2020, 1, 1), TODAY)


def test_every_state_is_in_the_table_and_can_be_left_but_the_last() -> None:
    assert tuple(s.value for s in ReturnState) == RMA_STATES
    assert set(STEPS.steps) == set(ReturnState)
    assert [s for s, after in STEPS.steps.items() if not after] == [ReturnState.CLOSED]
    with pytest.raises(WrongState):
        STEPS.check("R-1", ReturnState.CLOSED, ReturnState.INSPECTING)
