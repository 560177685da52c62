"""Which lines of the return the inspected pieces are: a plain rule, no database."""

from collections.abc import Sequence

import msgspec

from wms.returns.queries import OwnLine
from wms.returns.spread import Returnable
from wms.returns.words import Warn


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """``quantity`` pieces for one line of the return; ``line_id`` None: a new line that nobody announced."""

    line_id: int | None
    order_line_id: int | None
    quantity: int
    warnings: list[Warn]


def fill_lines(
    sku_id: int,
    quantity: int,
    own: Sequence[OwnLine],
    order: Sequence[Returnable],
    *,
    announced: bool,
    has_order: bool,
) -> list[Part]:
    """Every piece goes somewhere: first to what is still expected, then on top of it, then to a line of its own.

    ``announced``: somebody said what would come, so anything else is worth a warning. ``order``: what may still come back
    of the order, where the return has one.
    """
    lines = [n for n in own if n.sku_id == sku_id]
    parts: list[Part] = []
    rest = quantity
    for n in lines:
        take = min(rest, n.quantity - n.inspected) if n.announced else 0
        if take > 0:
            parts.append(Part(line_id=n.id, order_line_id=n.order_line_id, quantity=take, warnings=[]))
            rest -= take
    if not rest:
        return parts
    target = next((n for n in reversed(lines) if n.announced), lines[0] if lines else None)
    if target is not None:
        order_line_id = target.order_line_id
        warnings: list[Warn] = ["more-than-announced"] if target.announced else []
    else:
        found = sorted((n for n in order if n.sku_id == sku_id and not n.kit), key=lambda n: n.left <= 0)
        order_line_id = found[0].line_id if found else None
        warnings = []
    if announced and (target is None or not target.announced):
        warnings.append("not-announced")
    if has_order and order_line_id is None:
        warnings.append("not-on-order")
    left = next((n.left for n in order if n.line_id == order_line_id), None)
    if left is not None:
        already = sum(n.inspected for n in lines if n.order_line_id == order_line_id)
        if already + sum(p.quantity for p in parts if p.order_line_id == order_line_id) + rest > left:
            warnings.append("more-than-shipped")
    parts.append(
        Part(
            line_id=target.id if target else None,
            order_line_id=order_line_id,
            quantity=rest,
            warnings=warnings,
        )
    )
    return parts
