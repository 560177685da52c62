"""One scan of whoever carries goods by their own will: where from, what, where to."""

import msgspec

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.locations.queries import Place, Unit
from wms.locations.resolve import find_handling_unit, find_location
from wms.putaway.carry import SOURCES, Moved
from wms.putaway.errors import (
    GoodsFirst,
    HandsFull,
    NotEnoughHere,
    NothingToUndoYet,
    NotMovedFromHere,
    SourceFirst,
    UnitNotMoved,
)
from wms.putaway.held import Held, HeldUnit, choose, find_goods, take
from wms.putaway.move_goods import move_held
from wms.putaway.move_unit import move_unit
from wms.putaway.queries import all_in_unit, goods_here, one_here
from wms.putaway.undo_move import Undone, undo_move
from wms.web.scanned import Scanned

UNIT_LABELS = ("tote", "sscc", "parcel")
Did = Moved | Undone | None
"""What the scan has finished; None while goods are only being taken."""


async def scan_move(tx: Tx, warehouse_id: int, held: Held, said: Scanned, read: Scan) -> tuple[Held, Did]:
    """What is in hand after the scan, and what it did. Raises what the use cases raise, ``SourceFirst``, ``HandsFull``."""
    if held.choices:
        if read.command is Command.UNDO:
            return msgspec.structs.replace(held, choices=[]), None
        return choose(held, read.command.choice if read.command else None, read.code[:60]), None
    if read.command is not None:
        return await _command(tx, held, read.command)
    found_place = await find_location(tx, warehouse_id, read)
    if found_place is not None:
        return await _place(tx, warehouse_id, held, said, found_place)
    unit = await find_handling_unit(tx, read) if read.kind in UNIT_LABELS else None
    if unit is not None:
        return _unit(warehouse_id, held, unit), None
    goods, pairs = await find_goods(tx, read)
    if held.place_id is None and held.unit is None:
        raise SourceFirst(scanned=read.code[:60])
    location_id, hu_id = held.place_id, None
    if held.unit is not None:
        inside = await all_in_unit(tx, held.unit.id)
        location_id, hu_id = (inside[0].location_id if inside else 0), held.unit.id
    now = take(held, read, goods, await goods_here(tx, location_id or 0, hu_id, pairs), said.quantity)
    if now.goods is not None:
        w = await one_here(tx, now.goods.shop_id, now.goods.balance_id)
        if w is not None and now.goods.pieces > w.quantity:
            raise NotEnoughHere(there=w.quantity, sku=w.sku, place=w.location, quantity=now.goods.pieces)
    return now, None


async def _command(tx: Tx, held: Held, command: Command) -> tuple[Held, Did]:
    if command is Command.UNDO:
        if held.goods is not None:
            return msgspec.structs.replace(held, goods=None, becomes=None), None
        if held.unit is not None or held.place_id is not None:
            return Held(undo=held.undo), None
        if held.undo is None:
            raise NothingToUndoYet
        return Held(), await undo_move(tx, held.undo)
    if command is Command.DAMAGED and (held.goods is not None or held.unit is not None):
        return msgspec.structs.replace(held, becomes=None if held.becomes else "damaged"), None
    if command is Command.OK and held.goods is not None:  # all of it
        w = await one_here(tx, held.goods.shop_id, held.goods.balance_id)
        if w is not None:
            goods = msgspec.structs.replace(held.goods, pieces=w.quantity)
            return msgspec.structs.replace(held, goods=goods), None
    raise GoodsFirst(scanned=f"WMS:{command.value}")


async def _place(tx: Tx, warehouse_id: int, held: Held, said: Scanned, found: Place) -> tuple[Held, Did]:
    if held.goods is not None:
        pieces = said.quantity or held.goods.pieces
        moved = await move_held(
            tx, warehouse_id, held.goods.shop_id, held.goods.balance_id, pieces, found.code, held.becomes
        )
        return Held(undo=moved.id), moved
    if held.unit is not None:
        whole = await move_unit(tx, warehouse_id, held.unit.code, found.code, becomes=held.becomes)
        return Held(undo=whole.id), whole
    if found.kind not in SOURCES:
        raise NotMovedFromHere(location=found.code, kind=found.kind)
    return Held(place_id=found.id, place=found.code, undo=held.undo), None


def _unit(warehouse_id: int, held: Held, unit: Unit) -> Held:
    if held.goods is not None:
        raise HandsFull(scanned=unit.code)
    if unit.kind == "parcel" or unit.warehouse_id != warehouse_id:
        raise UnitNotMoved(unit=unit.code, kind=unit.kind)
    return Held(unit=HeldUnit(unit.id, unit.code), place=unit.location, undo=held.undo)
