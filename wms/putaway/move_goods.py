"""Part of a shelf goes to another place because a worker says so."""

import msgspec

from wms.catalog.resolve import need_goods
from wms.db.tx import Tx
from wms.kernel.scan import Scan, parse_scan
from wms.locations.errors import UnknownLocation
from wms.locations.queries import Place, place
from wms.locations.resolve import find_handling_unit, find_location
from wms.putaway.carry import SOURCES, Becomes, Moved, carry, target_of
from wms.putaway.confirm_putaway import STORES
from wms.putaway.errors import EmptySource, NotEnoughHere, NothingHere, NotMovedFromHere
from wms.putaway.pick_one import Which, pick_one
from wms.putaway.queries import Here, all_in_unit, goods_here, one_here


async def move_goods(
    tx: Tx,
    warehouse_id: int,
    source: str,
    code: str,
    quantity: int,
    to: str,
    *,
    which: Which = Which(),  # noqa: B008  frozen
    becomes: Becomes | None = None,
) -> Moved:
    """Moves ``quantity`` scanned things (cases, where the code is a case's) from a place, or out of a unit, to a place.

    ``source``, ``code`` and ``to`` are raw scans. ``becomes`` is the status that the goods have from now on: into the
    quarantine go goods that are not, or are no longer, to be sold; to make them sellable again is a supervisor's word.
    Raises ``UnknownLocation``, ``NotMovedFromHere``, ``UnknownGoods``, ``NotMovedHere``, ``LocationLocked``,
    ``NothingHere``, ``WhichGoods``, ``NotEnoughHere``, ``NotAllowed``, ``QuarantineOnly``, ``NotForQuarantine``,
    ``NobodyWaits``, ``AnotherShopsShelf``, ``PromisedGoods``, ``AlreadyThere``, ``NotEnoughStock``.
    """
    start, hu_id = await _source(tx, warehouse_id, parse_scan(source))
    scan = parse_scan(code)
    found = await need_goods(tx, scan, which.shop_id)
    target = await target_of(tx, warehouse_id, to, STORES)
    if becomes not in (None, "sellable") and which.status is None:
        which = msgspec.structs.replace(which, status="sellable")
    here = await goods_here(tx, start.id, hu_id, list({(g.shop_id, g.sku_id) for g in found}))
    w, each = pick_one(here, found, which, target, scan.code, start.code)
    pieces = quantity * each // (scan.count or 1)
    return await _move(tx, start, target, w, pieces, becomes)


async def move_held(
    tx: Tx,
    warehouse_id: int,
    shop_id: int,
    balance_id: int,
    pieces: int,
    to: str,
    becomes: Becomes | None = None,
) -> Moved:
    """The same for goods that are in hand already: ``pieces`` of the balance that they were taken from.

    Raises ``NothingHere`` where somebody else has carried them away, and like ``move_goods``.
    """
    w = await one_here(tx, shop_id, balance_id)
    target = await target_of(tx, warehouse_id, to, STORES)
    if w is None or w.warehouse_id != warehouse_id:
        raise NothingHere(scanned=target.code, place="–")
    start = await place(tx, w.location_id)
    if start.kind not in SOURCES:
        raise NotMovedFromHere(location=start.code, kind=start.kind)
    return await _move(tx, start, target, w, pieces, becomes)


async def _move(tx: Tx, start: Place, target: Place, w: Here, pieces: int, becomes: Becomes | None) -> Moved:
    if pieces > w.quantity:
        raise NotEnoughHere(there=w.quantity, sku=w.sku, place=start.code, quantity=pieces)
    moved = await carry(tx, start, target, [msgspec.structs.replace(w, quantity=pieces)], becomes)
    return Moved(
        id=moved.id, source=start.code, location=target.code, sku=w.sku, lot=w.lot, status=becomes or w.status, lines=1,
        quantity=pieces, left=w.quantity - pieces, for_orders=moved.for_orders,
    )  # fmt: skip


async def _source(tx: Tx, warehouse_id: int, scan: Scan) -> tuple[Place, int | None]:
    """The place, or the unit that was scanned and where its goods are."""
    hu_id: int | None = None
    found = await find_location(tx, warehouse_id, scan)
    if found is None:
        unit = await find_handling_unit(tx, scan)
        if unit is None or unit.warehouse_id != warehouse_id:
            raise UnknownLocation(scanned=scan.code[:60])
        inside = await all_in_unit(tx, unit.id)
        if not inside:
            raise EmptySource(unit=unit.code)
        hu_id, found = unit.id, await place(tx, inside[0].location_id)
    if found.kind not in SOURCES:
        raise NotMovedFromHere(location=found.code, kind=found.kind)
    return found, hu_id
