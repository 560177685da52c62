"""The worker stands at the shelf: scan the goods, scan the location, and they are there."""

from collections.abc import Sequence

import msgspec

from wms.catalog.resolve import need_goods
from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.refusals import NotFound
from wms.kernel.scan import parse_scan
from wms.locations.create_warehouse import CROSS_DOCK
from wms.locations.queries import Place, place
from wms.locations.resolve import need_location, refuse_locked
from wms.orders.fill_backorders import fill_backorders
from wms.putaway.errors import (
    NobodyWaits,
    NotEnoughHere,
    NotForQuarantine,
    NothingHere,
    NotWaitingHere,
    QuarantineOnly,
    WrongPlace,
)
from wms.putaway.note_move import note_move
from wms.putaway.pick_one import Which, pick_one
from wms.putaway.queries import Waiting, content, units_waited_for, waiting_at, waiting_one
from wms.stock.ledger import Move, Status, post

SOURCES = frozenset({"dock", "returns"})
STORES = frozenset({"bin", "reserve", "quarantine"})


class PutAway(msgspec.Struct, frozen=True):
    """What is in ``location`` now, and how many units waiting orders got of it. ``id``: what it is undone by."""

    id: int
    location: str
    sku: str
    lot: str | None
    status: Status
    quantity: int
    left: int
    for_orders: int


class UnitPutAway(msgspec.Struct, frozen=True):
    """A whole unit, unpacked into one place. ``id``: what it is undone by."""

    id: int
    unit: str
    location: str
    lines: int
    quantity: int
    for_orders: int


async def confirm_putaway(
    tx: Tx,
    from_location_id: int,
    code: str,
    quantity: int,
    to: str,
    *,
    hu_id: int = 0,
    which: Which = Which(),  # noqa: B008  frozen
) -> PutAway:
    """Moves ``quantity`` scanned things from a dock (loose, or out of a unit) to the scanned location.

    ``code`` and ``to`` are raw scans. Raises ``NotWaitingHere``, ``UnknownGoods``, ``UnknownLocation``,
    ``NothingHere``, ``WhichGoods``, ``NotEnoughHere``, ``WrongPlace``, ``LocationLocked``, ``QuarantineOnly``,
    ``NotForQuarantine``, ``NobodyWaits``.
    """
    source = await place(tx, from_location_id)
    if source.kind not in SOURCES:
        raise NotWaitingHere(location=source.code)
    scan = parse_scan(code)
    found = await need_goods(tx, scan, which.shop_id)
    target = await need_location(tx, source.warehouse_id, parse_scan(to))
    refuse_unfit(target)
    here = await waiting_at(tx, source.id, hu_id, list({(g.shop_id, g.sku_id) for g in found}))
    w, each = pick_one(here, found, which, target, scan.code, source.code)
    pieces = quantity * each // (scan.count or 1)
    return await _store(tx, w, pieces, target)


async def store_goods(tx: Tx, shop_id: int, balance_id: int, pieces: int, to: str) -> PutAway:
    """The same for goods that are in hand already: ``pieces`` of the balance that they were taken from.

    Raises ``NothingHere`` where somebody else has put them away, and like ``confirm_putaway``.
    """
    w = await waiting_one(tx, shop_id, balance_id)
    if w is None:
        raise NothingHere(scanned=parse_scan(to).code[:60], place="–")
    source = await place(tx, w.location_id)
    if source.kind not in SOURCES:
        raise NotWaitingHere(location=source.code)
    target = await need_location(tx, source.warehouse_id, parse_scan(to))
    refuse_unfit(target)
    return await _store(tx, w, pieces, target)


async def _store(tx: Tx, w: Waiting, pieces: int, target: Place) -> PutAway:
    if pieces > w.quantity:
        raise NotEnoughHere(there=w.quantity, sku=w.sku, place=w.location, quantity=pieces)
    await refuse_status(tx, target, [w], {(w.shop_id, w.sku_id): pieces})
    ids = await post(tx, [_move(w, pieces, target)])
    made = await note_move(tx, w.warehouse_id, w.location_id, target.id, None, [w.shop_id], ids)
    await record_all(tx, [_event(w, pieces, target)])
    filled = await fill_backorders(tx, [(w.shop_id, w.sku_id)]) if target.pickable else 0
    return PutAway(
        id=made,
        location=target.code,
        sku=w.sku,
        lot=w.lot,
        status=w.status,
        quantity=pieces,
        left=w.quantity - pieces,
        for_orders=filled,
    )


async def confirm_unit_putaway(tx: Tx, hu_id: int, to: str) -> UnitPutAway:
    """Unpacks everything in a pallet or tote that stands at a dock into the scanned location.

    Raises like ``confirm_putaway``; nothing moves unless all of it may.
    """
    unit = await tx.row("select id, code, location_id from handling_unit where id = $1 for update", hu_id)
    if unit is None:
        raise NotFound(what="handling unit", ref=hu_id)
    goods = await content(tx, hu_id)
    if not goods:
        raise NothingHere(scanned=unit["code"], place=unit["code"])
    source = await place(tx, goods[0].location_id)
    if source.kind not in SOURCES:
        raise NotWaitingHere(location=source.code)
    target = await need_location(tx, source.warehouse_id, parse_scan(to))
    refuse_unfit(target)
    totals: dict[tuple[int, int], int] = {}
    for w in goods:
        totals[w.shop_id, w.sku_id] = totals.get((w.shop_id, w.sku_id), 0) + w.quantity
    await refuse_status(tx, target, goods, totals)
    ids = await post(tx, [_move(w, w.quantity, target) for w in goods])
    made = await note_move(
        tx, source.warehouse_id, source.id, target.id, None, [w.shop_id for w in goods], ids
    )
    units = sum(w.quantity for w in goods)
    await record_all(tx, [_event(w, w.quantity, target) for w in goods])
    filled = await fill_backorders(tx, sorted(totals)) if target.pickable else 0
    return UnitPutAway(
        id=made, unit=unit["code"], location=target.code, lines=len(goods), quantity=units, for_orders=filled
    )


def refuse_unfit(target: Place) -> None:
    """Raises ``WrongPlace`` for a place where nothing is stored, ``LocationLocked``."""
    if target.kind not in STORES:
        raise WrongPlace(location=target.code, kind=target.kind)
    refuse_locked(target)


async def refuse_status(
    tx: Tx, target: Place, goods: Sequence[Waiting], pieces: dict[tuple[int, int], int]
) -> None:
    """What cannot be sold goes to quarantine and nothing else does; into the cross-dock only what is waited for."""
    for w in goods:
        if w.status != "sellable" and target.kind != "quarantine":
            raise QuarantineOnly(sku=w.sku, status=w.status)
        if w.status == "sellable" and target.kind == "quarantine":
            raise NotForQuarantine(sku=w.sku)
    if target.zone == CROSS_DOCK:
        skus = {(w.shop_id, w.sku_id): w.sku for w in goods}
        waiting = await units_waited_for(tx, target.warehouse_id, pieces)
        for key, quantity in pieces.items():
            if quantity > waiting.get(key, 0):
                raise NobodyWaits(waiting=waiting.get(key, 0), sku=skus[key], quantity=quantity)


def _move(w: Waiting, quantity: int, target: Place) -> Move:
    return Move(
        shop_id=w.shop_id,
        sku_id=w.sku_id,
        quantity=quantity,
        from_location=w.location_id,
        from_hu=w.hu_id,
        to_location=target.id,
        lot_id=w.lot_id,
        status=w.status,
        reason="storing",
    )


def _event(w: Waiting, quantity: int, target: Place) -> Event:
    return Event(
        kind="stock.put_away",
        subject="sku",
        subject_id=w.sku_id,
        shop_id=w.shop_id,
        ref=w.sku,
        data={"location": target.code, "quantity": quantity, "status": w.status, "lot": w.lot},
    )
