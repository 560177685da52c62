"""Which lines of the order the announced goods belong to: a plain rule, no database."""

from collections.abc import Mapping, Sequence

import msgspec


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an announcement; ``index`` is its place there."""

    index: int
    sku_id: int
    quantity: int
    reason: str | None = None
    note: str | None = None


class Returnable(msgspec.Struct, frozen=True, kw_only=True):
    """An order line. ``left``: shipped and on no other return; 0 for a kit's own line, whose components count."""

    line_id: int
    sku_id: int
    quantity: int
    left: int
    kit: bool = False
    kit_line_id: int | None = None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the return."""

    sku_id: int
    order_line_id: int | None
    quantity: int
    reason: str | None
    note: str | None


class TooMany(msgspec.Struct, frozen=True):
    """More of the announced line ``index`` than the order has ``left``."""

    index: int
    left: int


def spread(
    asked: Sequence[Asked], order: Sequence[Returnable], kits: Mapping[int, Sequence[tuple[int, int]]]
) -> tuple[list[Wanted], list[TooMany]]:
    """Lines of the return, and what is too much.

    A SKU of the order takes from its lines in their order, never more than is left on them. A SKU that the order does
    not have goes along without an order line. A kit is its components, since they are what lies in the box; ``kits``
    maps a kit's SKU to ``(sku_id, quantity)`` of each component.
    """
    left = {n.line_id: n.left for n in order}
    lines: list[Wanted] = []
    too_many: list[TooMany] = []
    for ask in asked:
        if ask.sku_id in kits:
            possible, taken = _kits(ask, order, left)
        else:
            possible, taken = _pieces(ask, order, left)
        if taken is None:
            parts = kits.get(ask.sku_id, [(ask.sku_id, 1)])
            taken = [(sku_id, None, each * ask.quantity) for sku_id, each in parts]
        elif possible < ask.quantity:
            too_many.append(TooMany(ask.index, possible))
            continue
        for sku_id, line_id, quantity in taken:
            lines.append(
                Wanted(
                    sku_id=sku_id, order_line_id=line_id, quantity=quantity, reason=ask.reason, note=ask.note
                )
            )
            if line_id is not None:
                left[line_id] -= quantity
    return lines, too_many


Taken = list[tuple[int, int | None, int]]


def _pieces(ask: Asked, order: Sequence[Returnable], left: Mapping[int, int]) -> tuple[int, Taken | None]:
    """How many there are, and from which lines; no list when the order does not have this SKU."""
    # pieces sold by themselves first, then those that came in a kit
    own = sorted(
        (n for n in order if n.sku_id == ask.sku_id and not n.kit), key=lambda n: n.kit_line_id is not None
    )
    if not own:
        return 0, None
    open_ = ask.quantity
    taken: Taken = []
    for n in own:
        if (take := min(open_, left[n.line_id])) > 0:
            taken.append((n.sku_id, n.line_id, take))
            open_ -= take
    return sum(max(left[n.line_id], 0) for n in own), taken


def _kits(ask: Asked, order: Sequence[Returnable], left: Mapping[int, int]) -> tuple[int, Taken | None]:
    """The same for kits: as many as every component is there for."""
    own = [n for n in order if n.sku_id == ask.sku_id and n.kit]
    if not own:
        return 0, None
    open_, possible = ask.quantity, 0
    taken: Taken = []
    for kit in own:
        parts = [(n, n.quantity // kit.quantity) for n in order if n.kit_line_id == kit.line_id]
        whole = min((left[n.line_id] // each for n, each in parts if each), default=0)
        possible += max(whole, 0)
        if (take := min(open_, whole)) > 0:
            taken += [(n.sku_id, n.line_id, take * each) for n, each in parts if each]
            open_ -= take
    return possible, taken
