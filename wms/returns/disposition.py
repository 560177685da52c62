"""What may become of goods that came back: a plain rule, and the moves that follow from it."""

from datetime import date

import msgspec

from wms.returns.errors import LotExpired, NotForSale, NotOurs
from wms.returns.words import Disposition, Grade
from wms.stock.ledger import Move

FOR_SALE: frozenset[Grade] = frozenset({"new", "opened"})
NEVER_OURS: frozenset[Disposition] = frozenset({"quarantine", "to_shop", "dispose"})


def check_disposition(grade: Grade, disposition: Disposition, expires_on: date | None, today: date) -> None:
    """Raises ``NotOurs``, ``NotForSale`` or ``LotExpired`` for what must not happen to such goods.

    A lot that expires today is expired, as allocation sees it.
    """
    if grade == "not_ours" and disposition not in NEVER_OURS:
        raise NotOurs(disposition=disposition)
    if disposition != "restock":
        return
    if grade not in FOR_SALE:
        raise NotForSale(grade=grade)
    if expires_on is not None and expires_on <= today:
        raise LotExpired(expires_on=expires_on.isoformat())


class Places(msgspec.Struct, frozen=True):
    """The ids of the places that returned goods pass through."""

    customer: int
    bench: int
    quarantine: int
    scrap: int


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """Pieces of one line, on their way."""

    shop_id: int
    sku_id: int
    quantity: int
    lot_id: int
    order_id: int | None
    order_line_id: int | None
    doc: str


def goods_target(disposition: Disposition, places: Places) -> int:
    """Where the goods lie afterwards: the bench for what put-away takes to a shelf."""
    return {"restock": places.bench, "dispose": places.scrap}.get(disposition, places.quarantine)


def arrival(goods: Goods, places: Places) -> Move:
    """From the customer onto the bench, in quarantine until somebody has looked."""
    return Move(
        shop_id=goods.shop_id, sku_id=goods.sku_id, quantity=goods.quantity, lot_id=goods.lot_id,
        from_location=places.customer, status="sellable", to_location=places.bench, to_status="quarantine",
        reason="returning", order_id=goods.order_id, order_line_id=goods.order_line_id, doc=goods.doc,
    )  # fmt: skip


def decision(goods: Goods, source: int, disposition: Disposition, places: Places) -> Move:
    """From ``source``, where the goods lie in quarantine, to what was decided."""
    return Move(
        shop_id=goods.shop_id, sku_id=goods.sku_id, quantity=goods.quantity, lot_id=goods.lot_id,
        from_location=source, status="quarantine", to_location=goods_target(disposition, places),
        to_status="sellable" if disposition == "restock" else "quarantine",
        reason="destroying" if disposition == "dispose" else "inspecting",
        order_id=goods.order_id, order_line_id=goods.order_line_id, doc=goods.doc,
    )  # fmt: skip
