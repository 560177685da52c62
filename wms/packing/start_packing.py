"""Begin: a tote or an order number is scanned at a station."""

from collections.abc import Sequence

import msgspec

from wms.catalog.resolve import Goods, need_goods
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.scan import Scan, parse_scan
from wms.orders.advance import advance
from wms.orders.errors import OrderCancelled
from wms.orders.gates import COLUMNS, LockedOrder, lock_live_order
from wms.orders.states import OrderState
from wms.packing.errors import (
    NothingToPack,
    NotPickedYet,
    SeveralOrders,
    WrongItem,
    WrongLot,
    some_of,
    which_lot,
)
from wms.packing.pack_scan import pack_into_box
from wms.packing.queries import LiveSession, Station, station_screen
from wms.packing.sessions import claim_session
from wms.packing.tote_queries import TotePiece, find_in_tote, orders_in_tote, tote_by_code

PACKABLE = frozenset({OrderState.PICKED, OrderState.PACKING})


class Started(msgspec.Struct, frozen=True):
    """``station`` None: the tote holds several orders; scan any piece out of it next (the same call with ``item``).

    ``several_lines``: then, the number of one among them that consists of more than one item.
    """

    tote: str | None
    orders: int
    station: Station | None
    several_lines: str | None = None


class Taken(msgspec.Struct, frozen=True):
    """An order on the packer's table. ``tote``: the one that was scanned, which holds ``orders``; ``goods``: what the piece
    that led to the order is, where one did."""

    order: LockedOrder
    session: LiveSession
    tote: str | None = None
    orders: int = 1
    goods: Sequence[Goods] = ()


async def start_packing(
    tx: Tx, station_id: int, scan: str, item: str | None = None, lot: str | None = None
) -> Started:
    """Takes the order that a tote or order number stands for; with ``item``, the order in the tote that needs it most.

    With ``item`` a parcel is opened and the piece is packed at once, so that a single-piece order takes one call. ``lot``
    is its lot or serial number, where the code does not say it.
    Raises ``NothingToPack``, ``NotPickedYet``, ``BeingPacked``, ``OrderCancelled``, ``OrderOnHold``, ``WrongItem``, and
    ``LotNeeded``, ``WrongLot`` where several lots of the item lie in the tote.
    """
    found = await take_order(tx, station_id, scan, item, lot)
    if isinstance(found, Started):
        return found
    order, session = found.order, found.session
    if item is not None and found.goods:
        station = await pack_into_box(tx, order, session, item, lot=lot, goods=found.goods)
    else:
        station = await station_screen(tx, order.shop_id, session.id)
    return Started(tote=found.tote, orders=found.orders, station=station)


async def take_order(
    tx: Tx, station_id: int, scan: str, item: str | None = None, lot: str | None = None
) -> Taken | Started:
    """The same, and nothing is packed. ``Started`` without a station where the tote holds several orders and no ``item``
    tells which."""
    station = await tx.row("select warehouse_id, kind from location where id = $1", station_id)
    if station is None or station["kind"] != "station":
        raise NotFound(what="pack station", ref=station_id)
    read = parse_scan(scan)
    hu_id = await tote_by_code(tx, station["warehouse_id"], [read.code, read.ref or read.code])
    if hu_id is None:
        order = await _order_by_number(tx, station["warehouse_id"], read)
        return Taken(order, await _take(tx, order, station_id, None))
    found = await orders_in_tote(tx, hu_id)
    live = [o for o in found if o.state != OrderState.CANCELLED]
    if not live and found:
        raise OrderCancelled(number=", ".join(o.number for o in found[:5]))
    if not live:
        raise NothingToPack(scanned=read.code)
    goods: Sequence[Goods] = ()
    if item is not None:
        goods = await need_goods(tx, parse_scan(item))
        order = await _order_by_item(tx, hu_id, read.code, goods, lot)
    elif len(live) > 1:
        if not any(o.state in PACKABLE for o in live):
            raise NotPickedYet(number=live[0].number, state=live[0].state)
        several = next((o.number for o in live if o.lines > 1), None)
        return Started(tote=read.code, orders=len(live), station=None, several_lines=several)
    else:
        order = await lock_live_order(tx, live[0].shop_id, live[0].id)
    return Taken(order, await _take(tx, order, station_id, hu_id), read.code, len(live), goods)


async def _take(tx: Tx, order: LockedOrder, station_id: int, hu_id: int | None) -> LiveSession:
    if order.state not in PACKABLE:
        raise NotPickedYet(number=order.number, state=order.state)
    session = await claim_session(tx, order, station_id, hu_id)
    await advance(tx, order.shop_id, [order.id], OrderState.PACKING)
    return session


async def _order_by_number(tx: Tx, warehouse_id: int, read: Scan) -> LockedOrder:
    rows = await tx.rows(
        """select o.shop_id, o.id, o.state, s.code from orders o join shop s on s.id = o.shop_id
           where o.number = any((select $1::text[])::text[]) and o.warehouse_id = $2 order by o.shop_id limit 20""",
        [read.code, read.ref or read.code],
        warehouse_id,
    )
    ready = [r for r in rows if r["state"] in PACKABLE]
    if len(ready) > 1:
        raise SeveralOrders(number=read.code, shops=", ".join(r["code"] for r in ready))
    if not rows:
        raise NothingToPack(scanned=read.code)
    chosen = (ready or rows)[0]
    return await lock_live_order(tx, chosen["shop_id"], chosen["id"])


# Skipping what others hold, so that two packers at one tote of singles never wait for each other.
OLDEST = f"""
select {COLUMNS} from orders o join unnest($1::int[], $2::bigint[]) as u(shop_id, id)
  on (o.shop_id, o.id) = (u.shop_id, u.id)
where o.state = any($3::text[]) and not exists (
  select from pack_session s where s.shop_id = o.shop_id and s.order_id = o.id and s.done_at is null
    and s.lease_until > $4 and s.person_id is distinct from $5)
  and exists (select from order_line l where l.shop_id = o.shop_id and l.order_id = o.id and l.picked > l.packed)
order by o.ship_by, o.priority desc, o.shop_id, o.id limit 1 for update of o skip locked
"""


async def _order_by_item(
    tx: Tx, hu_id: int, tote: str, goods: Sequence[Goods], lot: str | None
) -> LockedOrder:
    """The order in the tote that was promised first among those that lack such a piece."""
    need = await find_in_tote(tx, hu_id, sorted({g.sku_id for g in goods}))
    live = [p for p in need if p.state != OrderState.CANCELLED]
    if need and not live:
        raise OrderCancelled(number=need[0].number)
    if not live:
        raise WrongItem(sku=goods[0].sku_code, number=tote)
    fits = _of_lot(goods, live, lot, tote)
    order = await tx.one(
        LockedOrder,
        OLDEST,
        [p.shop_id for p in fits],
        [p.order_id for p in fits],
        list(PACKABLE),
        tx.now,
        tx.actor.person_id,
    )
    if order is None:
        if fits[0].state not in PACKABLE:
            raise NotPickedYet(number=fits[0].number, state=fits[0].state)
        raise WrongItem(sku=goods[0].sku_code, number=tote)
    return order


def _of_lot(
    goods: Sequence[Goods], pieces: Sequence[TotePiece], lot: str | None, tote: str
) -> list[TotePiece]:
    """Those that the piece in hand may be for: orders were picked by lot, and the oldest may wait for another one."""
    said = lot or next((g.serial or g.lot_code for g in goods if g.serial or g.lot_code), None)
    named = list(dict.fromkeys(p.named for p in pieces))
    if said is not None:
        fits = [p for p in pieces if said in (p.serial, p.lot) or not p.named]
        if not fits:
            raise WrongLot(sku=goods[0].sku_code, scanned=said, number=tote, picked=some_of(named))
        return fits
    if len(named) > 1 or (named[0] and goods[0].serial_tracked):
        raise which_lot(goods[0].sku_code, named)
    return list(pieces)
