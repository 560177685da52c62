"""One scan of whoever puts goods away: what is taken, then where it goes."""

import msgspec

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.locations.queries import Place, Unit
from wms.locations.queries import place as place_of
from wms.locations.resolve import find_handling_unit, find_location
from wms.putaway.confirm_putaway import (
    SOURCES,
    PutAway,
    UnitPutAway,
    confirm_unit_putaway,
    store_goods,
)
from wms.putaway.errors import (
    EmptySource,
    GoodsFirst,
    HandsFull,
    NotEnoughHere,
    NothingToUndoYet,
    NotWaitingHere,
)
from wms.putaway.held import Held, HeldUnit, choose, find_goods, take
from wms.putaway.queries import content, waiting_anywhere, waiting_one
from wms.putaway.undo_move import Undone, undo_move
from wms.web.scanned import Scanned

UNIT_LABELS = ("tote", "sscc")
Did = PutAway | UnitPutAway | Undone | None
"""What the scan has finished; None while goods are only being taken."""


async def scan_away(tx: Tx, warehouse_id: int, held: Held, said: Scanned, read: Scan) -> tuple[Held, Did]:
    """What is in hand after the scan, and what it did. Raises what the use cases raise, ``GoodsFirst``, ``HandsFull``."""
    if held.choices:
        if read.command is Command.UNDO:
            return msgspec.structs.replace(held, choices=[]), None
        return choose(held, read.command.choice if read.command else None, read.code[:60]), None
    if read.command is not None:
        return await _command(tx, held, read.command)
    target = await find_location(tx, warehouse_id, read)
    if target is not None and (read.kind == "location" or held.goods is not None or held.unit is not None):
        return await _put_down(tx, held, said, target)
    unit = await find_handling_unit(tx, read) if read.kind in UNIT_LABELS else None
    if unit is not None:
        return await _take_unit(tx, warehouse_id, held, unit), None
    found, pairs = await find_goods(tx, read)
    here = await waiting_anywhere(tx, warehouse_id, pairs, held.unit.id if held.unit else None)
    now = take(held, read, found, here, said.quantity)
    await _refuse_more(tx, now)
    return now, None


async def _command(tx: Tx, held: Held, command: Command) -> tuple[Held, Did]:
    if command is Command.UNDO:
        if held.goods is not None:
            return msgspec.structs.replace(held, goods=None), None
        if held.unit is not None:
            return msgspec.structs.replace(held, unit=None), None
        if held.undo is None:
            raise NothingToUndoYet
        return Held(), await undo_move(tx, held.undo)
    if command is Command.OK and held.goods is not None:  # all of it
        w = await waiting_one(tx, held.goods.shop_id, held.goods.balance_id)
        if w is not None:
            goods = msgspec.structs.replace(held.goods, pieces=w.quantity)
            return msgspec.structs.replace(held, goods=goods), None
    raise GoodsFirst(scanned=f"WMS:{command.value}")


async def _put_down(tx: Tx, held: Held, said: Scanned, target: Place) -> tuple[Held, Did]:
    if held.goods is not None:
        pieces = said.quantity or held.goods.pieces
        done = await store_goods(tx, held.goods.shop_id, held.goods.balance_id, pieces, target.code)
        unit = held.unit if held.unit and await content(tx, held.unit.id) else None
        return Held(unit=unit, undo=done.id), done
    if held.unit is not None:
        whole = await confirm_unit_putaway(tx, held.unit.id, target.code)
        return Held(undo=whole.id), whole
    raise GoodsFirst(scanned=target.code)


async def _take_unit(tx: Tx, warehouse_id: int, held: Held, unit: Unit) -> Held:
    """Raises ``HandsFull``, ``EmptySource``, ``NotWaitingHere`` for one that stands elsewhere than at a dock."""
    if held.goods is not None:
        raise HandsFull(scanned=unit.code)
    inside = await content(tx, unit.id)
    if not inside or inside[0].warehouse_id != warehouse_id:
        raise EmptySource(unit=unit.code)
    stands = await place_of(tx, inside[0].location_id)
    if stands.kind not in SOURCES:
        raise NotWaitingHere(location=stands.code)
    return msgspec.structs.replace(held, unit=HeldUnit(unit.id, unit.code))


async def _refuse_more(tx: Tx, held: Held) -> None:
    """Raises ``NotEnoughHere`` as soon as more is in hand than waits."""
    if held.goods is None:
        return
    w = await waiting_one(tx, held.goods.shop_id, held.goods.balance_id)
    if w is not None and held.goods.pieces > w.quantity:
        raise NotEnoughHere(there=w.quantity, sku=w.sku, place=w.location, quantity=held.goods.pieces)
