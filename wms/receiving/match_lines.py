"""Which announced line do arrived pieces count for: the rule in plain Python."""

from collections.abc import Sequence
from datetime import date

import msgspec


class OpenLine(msgspec.Struct, frozen=True):
    """An ASN line of the SKU that is being received, in the order of the announcement."""

    id: int
    quantity: int
    received: int
    lot: str | None
    expires_on: date | None


class Share(msgspec.Struct, frozen=True):
    """``quantity`` pieces for a line (``None``: nobody announced them), ``over`` of which are more than announced."""

    line_id: int | None
    quantity: int
    over: int


def match_lines(
    lines: Sequence[OpenLine], quantity: int, lot: str | None, expires_on: date | None
) -> list[Share]:
    """Spreads the pieces over the lines: the same lot first, then lines that name none, the same date before others.

    A line that names another lot takes nothing: the shop must see that lot as short and this one as over. A line is
    filled up to what was announced; what is left over goes to the last line that could take it.
    """
    fit = [n for n in lines if n.lot is None or n.lot == lot]
    fit.sort(key=lambda n: (n.lot is None, n.expires_on is not None and n.expires_on != expires_on))
    shares: list[Share] = []
    left = quantity
    for n in fit:
        if take := min(left, max(n.quantity - n.received, 0)):
            shares.append(Share(line_id=n.id, quantity=take, over=0))
            left -= take
    if left and shares:
        last = shares.pop()
        return [*shares, Share(line_id=last.line_id, quantity=last.quantity + left, over=left)]
    if left:
        shares.append(Share(line_id=fit[-1].id if fit else None, quantity=left, over=left))
    return shares
