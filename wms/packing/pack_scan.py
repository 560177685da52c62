"""One scan at the station: a piece goes from the tote into the parcel, or another tote is put on the table."""

from collections.abc import Sequence

from wms.catalog.resolve import Goods, need_goods
from wms.db.tx import Tx
from wms.kernel.scan import Scan, parse_scan
from wms.locations.queries import system_location
from wms.orders.gates import LockedOrder
from wms.orders.parcel_content import Put, put_in_parcel
from wms.packing.errors import (
    ElsewhereInTote,
    NothingInTote,
    ParcelNotOpen,
    SomeoneElsesGoods,
    TooMany,
    WrongItem,
    WrongLot,
    some_of,
    which_lot,
)
from wms.packing.open_parcel import take_box
from wms.packing.queries import LiveSession, Piece, Station, pieces_in_totes, station_screen
from wms.packing.sessions import enter_session
from wms.stock.ledger import Move, post


async def pack_scan(
    tx: Tx, shop_id: int, session_id: int, scan: str, quantity: int = 1, lot: str | None = None
) -> Station:
    """Packs ``quantity`` times what the scan stands for (a case of 12 is 12) into the open parcel, or the next one; a tote's
    code changes the tote.

    ``lot`` names the lot or serial number where the code does not. Raises ``WrongItem``, ``WrongLot``, ``LotNeeded``,
    ``TooMany``, ``SomeoneElsesGoods``, ``ElsewhereInTote``, ``NothingInTote``, ``LotNeeded``, and the gate's.
    """
    order, session = await enter_session(tx, shop_id, session_id)
    return await pack_into_box(tx, order, session, scan, quantity, lot)


async def pack_into_box(
    tx: Tx,
    order: LockedOrder,
    session: LiveSession,
    scan: str,
    quantity: int = 1,
    lot: str | None = None,
    goods: Sequence[Goods] = (),
) -> Station:
    """The same in a session that is entered.

    ``goods``: what the scan means, for who knows it already.
    """
    chosen = await _read(tx, order, session, parse_scan(scan), quantity, lot, goods)
    if chosen:
        await move_pieces(tx, order, await take_box(tx, order, session), chosen)
    return await station_screen(tx, order.shop_id, session.id)


async def _read(
    tx: Tx,
    order: LockedOrder,
    session: LiveSession,
    read: Scan,
    quantity: int,
    lot: str | None,
    goods: Sequence[Goods] = (),
) -> list[tuple[Piece, int]]:
    """The pieces that the scan takes; none where it has put another tote onto the table."""
    pieces = await pieces_in_totes(tx, order.shop_id, order.id)
    if read.kind == "tote" and (hu_id := await _tote(tx, read.code)) is not None:
        await _change_tote(tx, order, session, pieces, hu_id, read.code)
        return []
    return choose(order, session, pieces, goods or await need_goods(tx, read), quantity, lot)


async def _tote(tx: Tx, code: str) -> int | None:
    found: int | None = await tx.value("select id from handling_unit where kind = 'tote' and code = $1", code)
    return found


async def _change_tote(
    tx: Tx, order: LockedOrder, session: LiveSession, pieces: Sequence[Piece], hu_id: int, code: str
) -> None:
    if not any(p.hu_id == hu_id for p in pieces):
        totes = ", ".join(sorted({p.hu for p in pieces})) or "-"
        raise NothingInTote(tote=code, number=order.number, totes=totes)
    await tx.run(
        "update pack_session set tote_hu_id = $3 where shop_id = $1 and id = $2",
        order.shop_id,
        session.id,
        hu_id,
    )


def choose(
    order: LockedOrder,
    session: LiveSession,
    pieces: Sequence[Piece],
    goods: Sequence[Goods],
    quantity: int,
    lot: str | None,
) -> list[tuple[Piece, int]]:
    """Which pieces of the order the scan takes, and how many of each; or the refusal that fits best."""
    own = [g for g in goods if g.shop_id == order.shop_id]
    if not own:
        raise SomeoneElsesGoods(sku=goods[0].sku_code)
    mine = [g for g in own if any(p.sku_id == g.sku_id for p in pieces)]
    if not mine:
        raise WrongItem(sku=own[0].sku_code, number=order.number)
    fits = [(g, p) for g in mine for p in pieces if p.sku_id == g.sku_id and _same_lot(g, p, lot)]
    sku = mine[0].sku_code
    if not fits:
        said = lot or mine[0].serial or mine[0].lot_code or ""
        picked = some_of(sorted(p.named for p in pieces if p.sku_id == mine[0].sku_id))
        raise WrongLot(sku=sku, scanned=said, number=order.number, picked=picked)
    g = fits[0][0]
    units = quantity * g.quantity_per_scan
    at_hand = list(dict.fromkeys(p for _, p in fits))
    if session.tote_hu_id is not None:
        here = [p for p in at_hand if p.hu_id == session.tote_hu_id]
        if not here:
            totes = ", ".join(sorted({p.hu for p in at_hand}))
            tote = next((p.hu for p in pieces if p.hu_id == session.tote_hu_id), "-")
            raise ElsewhereInTote(sku=sku, number=order.number, totes=totes, tote=tote)
        at_hand = here
    there = sum(p.quantity for p in at_hand)
    needed = min(there, sum({p.order_line_id: p.needed for p in at_hand}.values()))
    if units > needed:
        raise TooMany(sku=sku, number=order.number, wanted=needed)
    told = lot is not None or g.serial is not None or (g.lot_code is not None and not g.serial_tracked)
    if not told and (g.serial_tracked or (len({p.lot_id for p in at_hand}) > 1 and units < there)):
        raise which_lot(sku, sorted(p.named for p in at_hand))
    return _share_out(at_hand, units)


def _same_lot(g: Goods, p: Piece, lot: str | None) -> bool:
    if lot is not None:
        return lot in (p.serial, p.lot)
    if g.serial is not None and p.serial != g.serial:
        return False
    return g.lot_code is None or p.lot is None or p.lot == g.lot_code


def _share_out(pieces: Sequence[Piece], units: int) -> list[tuple[Piece, int]]:
    room = {p.order_line_id: p.needed for p in pieces}
    taken: list[tuple[Piece, int]] = []
    for p in pieces:
        n = min(units, p.quantity, room[p.order_line_id])
        if n > 0:
            taken.append((p, n))
            units -= n
            room[p.order_line_id] -= n
    return taken


async def move_pieces(
    tx: Tx, order: LockedOrder, session: LiveSession, chosen: Sequence[tuple[Piece, int]]
) -> None:
    """Out of the totes, into the session's open parcel. Raises ``ParcelNotOpen`` and what the ledger raises."""
    assert session.parcel_id is not None
    assert session.parcel_hu_id is not None
    puts = [Put(p.order_line_id, p.sku_id, p.lot_id, n) for p, n in chosen]
    if not await put_in_parcel(tx, order.shop_id, order.id, session.parcel_id, puts):
        raise ParcelNotOpen(parcel=session.parcel_hu, state=session.parcel_state)
    packed = await system_location(tx, order.warehouse_id, "packed")
    await post(
        tx,
        [
            Move(
                shop_id=order.shop_id, sku_id=p.sku_id, quantity=n, lot_id=p.lot_id, reason="packing",
                from_location=p.location_id, from_hu=p.hu_id, to_location=packed, to_hu=session.parcel_hu_id,
                order_id=order.id, order_line_id=p.order_line_id, doc=session.parcel_hu,
            )
            for p, n in chosen
        ],
    )  # fmt: skip
