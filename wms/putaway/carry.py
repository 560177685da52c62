"""Goods go from one place to another because a worker says so: part of a shelf, or a whole handling unit.

Decision of weight: goods that are promised move along with their promise where that breaks nothing, because a shelf that
is being cleared should not wait for an order of next week. The promise is given up and made anew in the same transaction,
by the rules of every allocation. It breaks something, and is refused, where a picker has the goods on a list (the list
names the old shelf), and where nobody picks from the new place (the order would fall back to waiting).
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.refusals import NotAllowed
from wms.kernel.scan import parse_scan
from wms.locations.queries import Place
from wms.locations.resolve import (
    need_location,
    refuse_locked,
)
from wms.orders.fill_backorders import fill_backorders
from wms.orders.give_up_promises import Leaving, WithPickers, give_up_promises, promise_anew, promises_on
from wms.putaway.confirm_putaway import refuse_status
from wms.putaway.errors import (
    AnotherShopsShelf,
    NotMovedHere,
    PromisedGoods,
)
from wms.putaway.note_move import note_move
from wms.putaway.queries import Here, other_shops_there
from wms.stock.ledger import Move, Status, post

SOURCES = frozenset({"bin", "reserve", "quarantine", "dock", "returns"})
Becomes = Literal["sellable", "quarantine", "damaged", "expired"]


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A free move. ``id`` is what it is undone by; ``unit`` was carried whole.

    ``sku``, ``lot`` and ``status`` are told where one kind of goods was moved; ``left`` pieces of it are still at the
    source. ``for_orders`` pieces were promised to waiting orders at once.
    """

    id: int
    source: str | None
    location: str
    unit: str | None = None
    sku: str | None = None
    lot: str | None = None
    status: Status | None = None
    lines: int
    quantity: int
    left: int | None = None
    for_orders: int


class Carried(msgspec.Struct, frozen=True):
    id: int
    for_orders: int


async def carry(
    tx: Tx,
    start: Place,
    target: Place,
    goods: Sequence[Here],
    becomes: Becomes | None,
    *,
    unit_id: int | None = None,
) -> Carried:
    """The rules and the moves, for one kind of goods or for all that a unit holds."""
    after = [msgspec.structs.replace(w, status=becomes or w.status) for w in goods]
    await _refuse_status(tx, start, target, goods, after)
    if target.kind == "bin":
        shops = {w.shop_id for w in goods}
        others = await other_shops_there(tx, target.id, shops)
        if others or len(shops) > 1:
            mine = sorted({w.shop for w in goods})
            raise AnotherShopsShelf(location=target.code, others=others or mine[0], shop=mine[-1])
    losers = await _take_promises_along(tx, start, target, goods, after)
    ids = await post(
        tx,
        [
            Move(
                shop_id=w.shop_id, sku_id=w.sku_id, lot_id=w.lot_id, quantity=w.quantity, from_location=w.location_id,
                from_hu=w.hu_id, status=w.status, to_location=target.id, to_hu=unit_id or 0, to_status=now.status,
                reason="storing",
            )
            for w, now in zip(goods, after, strict=True)
        ],
    )  # fmt: skip
    made = await note_move(
        tx, start.warehouse_id, start.id, target.id, unit_id, [w.shop_id for w in goods], ids
    )
    await record_all(
        tx,
        [
            Event(
                kind="stock.moved", subject="sku", subject_id=w.sku_id, shop_id=w.shop_id, ref=w.sku,
                data={"from": start.code, "to": target.code, "quantity": w.quantity, "lot": w.lot, "status": now.status},
            )
            for w, now in zip(goods, after, strict=True)
        ],
    )  # fmt: skip
    await promise_anew(tx, losers)
    served = sorted({(w.shop_id, w.sku_id) for w in after if w.status == "sellable"})
    filled = await fill_backorders(tx, served) if target.pickable else 0
    return Carried(made, filled)


async def _take_promises_along(
    tx: Tx, start: Place, target: Place, goods: Sequence[Here], after: Sequence[Here]
) -> dict[int, list[int]]:
    """The orders, by shop, whose promises were given up for the move and are to be made anew behind it."""
    leaving = [
        Leaving(
            shop_id=w.shop_id, sku_id=w.sku_id, hu_id=w.hu_id, lot_id=w.lot_id, status=w.status, quantity=w.quantity
        )
        for w in goods if w.allocated
    ]  # fmt: skip
    promises = await promises_on(tx, start.id, leaving)
    if not promises:
        return {}
    if not target.pickable or any(w.status != "sellable" for w in after):
        raise await _promised(tx, goods, sorted({p.number for p in promises}))
    try:
        return await give_up_promises(tx, promises)
    except WithPickers as e:
        raise await _promised(tx, goods, e.orders) from e


async def _promised(tx: Tx, goods: Sequence[Here], orders: list[str]) -> PromisedGoods:
    w = max(goods, key=lambda g: g.allocated)
    free = await tx.value(
        "select on_hand - allocated from balance where shop_id = $1 and id = $2", w.shop_id, w.balance_id
    )
    return PromisedGoods(sku=w.sku, free=int(free or 0), said=", ".join(orders[:10]), orders=orders[:100])


async def _refuse_status(
    tx: Tx, start: Place, target: Place, goods: Sequence[Here], after: Sequence[Here]
) -> None:
    """As at put-away, by the status that the goods have afterwards; only a supervisor makes goods sellable."""
    frees = any(
        w.status != "sellable" and now.status == "sellable" for w, now in zip(goods, after, strict=True)
    )
    if frees and not tx.actor.roles & {"supervisor", "admin"}:
        raise NotAllowed
    if target.kind == "dock":
        return  # goods of any status may wait there, as they did when they came
    totals: dict[tuple[int, int], int] = {}
    for w in after:
        totals[w.shop_id, w.sku_id] = totals.get((w.shop_id, w.sku_id), 0) + w.quantity
    await refuse_status(tx, target, after, totals)


async def target_of(tx: Tx, warehouse_id: int, raw: str, kinds: frozenset[str]) -> Place:
    """The scanned place. Raises ``UnknownLocation``, ``NotMovedHere``, ``LocationLocked``."""
    target = await need_location(tx, warehouse_id, parse_scan(raw))
    if target.kind not in kinds:
        raise NotMovedHere(location=target.code, kind=target.kind)
    refuse_locked(target)
    return target


async def stand(tx: Tx, hu_id: int, location_id: int) -> None:
    """The unit stands there now."""
    await tx.run("update handling_unit set location_id = $2 where id = $1", hu_id, location_id)
