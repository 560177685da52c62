"""What to refund, and until when: plain rules.

Sources: Directive 2011/83/EU art. 13 and ustawa o prawach konsumenta art. 32 (refund within 14 days of the declaration;
the trader may withhold it until the goods or proof of sending arrive) and art. 34 (4) (the buyer answers for a loss of
value by use beyond trying the goods: how much is the shop's decision).
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from wms.kernel.calendar import add_days_strict

REFUND_DAYS = 14
Why = Literal["no-price", "part-of-kit", "not-ours"]


class RefundDue(msgspec.Struct, frozen=True):
    """``may_withhold``: neither goods nor proof of sending have arrived, so the shop may still wait."""

    due_on: date
    may_withhold: bool


def refund_due(declared_on: date, arrived_on: date | None) -> RefundDue:
    """The last day for the refund of a withdrawal: the trader's own duty, so never extended past a free day.

    Goods that arrive after that day end the right to withhold: then it is due on the day of arrival.
    """
    due = add_days_strict(declared_on, REFUND_DAYS)
    if arrived_on is None:
        return RefundDue(due, may_withhold=True)
    return RefundDue(max(due, arrived_on), may_withhold=False)


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Inspected goods of one SKU and grade. ``order_line_id`` 0: on no line of an order."""

    sku: str
    order_line_id: int
    grade: str
    quantity: int
    unit_price: Decimal | None


class KitSold(msgspec.Struct, frozen=True, kw_only=True):
    """A kit of the order: its price, and how many of which component line make one."""

    sku: str
    order_line_id: int
    unit_price: Decimal | None
    parts: dict[int, int]


class RefundLine(msgspec.Struct, frozen=True, kw_only=True):
    """``amount`` null: the shop decides, ``why`` says why. ``diminished``: used or damaged, the shop may pay less."""

    sku: str
    quantity: int
    grade: str
    order_line_id: int | None
    unit_price: Decimal | None
    amount: Decimal | None
    diminished: bool = False
    why: Why | None = None


def refund_lines(pieces: Sequence[Piece], kits: Sequence[KitSold]) -> list[RefundLine]:
    """What each piece is worth by the order's own prices. A kit is paid for whole where all its parts are back."""
    got: dict[int, int] = {}
    for p in pieces:
        if p.grade != "not_ours":
            got[p.order_line_id] = got.get(p.order_line_id, 0) + p.quantity
    in_kits: dict[int, int] = {}
    lines: list[RefundLine] = []
    for kit in kits:
        whole = min((got.get(line, 0) // each for line, each in kit.parts.items()), default=0)
        if whole:
            grades = {p.grade for p in pieces if p.order_line_id in kit.parts and p.grade != "not_ours"}
            worst = next((g for g in ("damaged", "used", "opened") if g in grades), "new")
            lines.append(_line(kit.sku, whole, worst, kit.order_line_id, kit.unit_price))
        in_kits |= {line: whole * each for line, each in kit.parts.items()}
    for p in pieces:
        if p.grade == "not_ours":
            zero = Decimal("0.00")
            lines.append(
                RefundLine(
                    sku=p.sku, quantity=p.quantity, grade=p.grade, order_line_id=p.order_line_id or None,
                    unit_price=p.unit_price, amount=zero, why="not-ours",
                )
            )  # fmt: skip
            continue
        covered = min(p.quantity, in_kits.get(p.order_line_id, 0))
        if p.order_line_id in in_kits:
            in_kits[p.order_line_id] -= covered
        if rest := p.quantity - covered:
            why: Why = "part-of-kit" if _in(kits, p.order_line_id) else "no-price"
            lines.append(_line(p.sku, rest, p.grade, p.order_line_id or None, p.unit_price, why))
    return lines


def _in(kits: Sequence[KitSold], order_line_id: int) -> bool:
    return any(order_line_id in k.parts for k in kits)


def _line(
    sku: str, quantity: int, grade: str, line: int | None, price: Decimal | None, why: Why = "no-price"
) -> RefundLine:
    return RefundLine(
        sku=sku, quantity=quantity, grade=grade, order_line_id=line, unit_price=price,
        amount=None if price is None else price * quantity, diminished=grade in ("used", "damaged"),
        why=why if price is None else None,
    )  # fmt: skip


def total(lines: Sequence[RefundLine]) -> Decimal:
    """The sum of what is known."""
    return sum((n.amount for n in lines if n.amount is not None), Decimal("0.00"))
