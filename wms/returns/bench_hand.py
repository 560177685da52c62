"""What an inspector has said about the piece on the bench so far: the step that follows from it."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from wms.returns.triage import Next
from wms.returns.words import Disposition, Grade, Reason

Step = Literal[
    "scan", "choose", "unknown", "advice", "goods", "which", "check", "grade", "disposition", "detail", "reason", "finish"
]  # fmt: skip
GRADES: tuple[Grade, ...] = ("new", "opened", "used", "damaged", "not_ours")
DISPOSITIONS: tuple[Disposition, ...] = ("restock", "repack", "repair", "quarantine", "to_shop", "dispose")
REASONS_FOUND: tuple[Reason, ...] = (
    "defective", "damaged_in_transit", "not_as_described", "wrong_item", "missing_parts", "wrong_size", "changed_mind",
    "undelivered", "other",
)  # fmt: skip
"""Nine, because nine have a key."""
MOST_PHOTOS = 4


class Found(msgspec.Struct, frozen=True):
    """A candidate as its number on the screen calls it back."""

    next: Next
    shop_id: int
    rma_id: int | None
    order_id: int | None
    parcel_id: int | None


class Choice(msgspec.Struct, frozen=True):
    """One thing that an ambiguous code can mean."""

    sku_id: int
    sku: str
    name: str
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None


class Hand(msgspec.Struct, frozen=True, omit_defaults=True):
    """``code`` and ``found``: a box whose return is not chosen yet. ``shop_id`` and ``rma_id``: the return on the bench.

    ``goods`` is the piece's scan, ``sku_id`` what it is; ``failed`` are numbers of the checklist that it did not pass.
    ``needs`` is what a label must still tell (lot, expiry date, serial number). ``done``: finished, its advice is shown.
    ``undo`` is the piece inspected last, as it was before it was written down.
    """

    code: str = ""
    found: list[Found] = []
    shop_id: int = 0
    rma_id: int = 0
    done: bool = False
    finishing: bool = False
    choices: list[Choice] = []
    goods: str = ""
    sku_id: int = 0
    quantity: int = 0
    checked: bool = False
    failed: list[int] = []
    grade: Grade | None = None
    disposition: Disposition | None = None
    needs: list[str] = []
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    reasoned: bool = False
    reason: Reason | None = None
    note: str = ""
    photos: list[int] = []
    undo: "Undo | None" = None

    def next_piece(self) -> "Hand":
        """The return stays, the piece is gone."""
        return Hand(shop_id=self.shop_id, rma_id=self.rma_id, undo=self.undo)


class Undo(msgspec.Struct, frozen=True):
    """The looks (``ids`` of inspections) that UNDO takes back, and what the inspector had said until then."""

    ids: list[int]
    sku: str
    said: Hand


def wants_reason(hand: Hand) -> bool:
    """Whether the shop will ask why: anything but goods that simply go back to the shelf."""
    return hand.grade in ("used", "damaged", "not_ours") or hand.disposition in (
        "quarantine",
        "to_shop",
        "dispose",
    )


def step_of(hand: Hand, checklist: Sequence[str]) -> Step:
    """What the screen asks for; after *reason* there is nothing left to ask."""
    if not hand.rma_id:
        return "choose" if hand.found else "unknown" if hand.code else "scan"
    if hand.done:
        return "advice"
    if hand.finishing:
        return "finish"
    if hand.choices:
        return "which"
    if not hand.sku_id:
        return "goods"
    if checklist and not hand.checked:
        return "check"
    if hand.grade is None:
        return "grade"
    if hand.disposition is None:
        return "disposition"
    return "detail" if hand.needs else "reason"


def back(hand: Hand, checklist: Sequence[str]) -> Hand:
    """One answer less."""
    match step_of(hand, checklist):
        case "finish":
            return msgspec.structs.replace(hand, finishing=False)
        case "detail":
            return msgspec.structs.replace(
                hand, needs=[], disposition=None, lot=None, serial=None, expires_on=None
            )
        case "reason":
            return msgspec.structs.replace(hand, disposition=None)
        case "disposition":
            return msgspec.structs.replace(hand, grade=None)
        case "grade" if checklist:
            return msgspec.structs.replace(hand, checked=False, failed=[])
        case "grade" | "check" | "which":
            return hand.next_piece()
        case "goods":
            return hand
        case _:
            return Hand()
