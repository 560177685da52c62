"""Take a piece out of the open parcel again, back into the tote."""

from wms.catalog.resolve import need_goods
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.scan import parse_scan
from wms.locations.queries import system_location
from wms.orders.parcel_content import Put, take_from_parcel
from wms.orders.parcels import find_parcel
from wms.packing.errors import NoOpenParcel, ParcelNotOpen, TooMany, WrongItem, which_lot
from wms.packing.queries import Station, station_screen
from wms.packing.sessions import enter_session
from wms.stock.ledger import Move, post

CONTENT = """
select i.order_line_id, i.sku_id, i.lot_id, i.quantity, coalesce(lot.serial, nullif(lot.code, ''), s.code) as named,
       lot.serial, nullif(lot.code, '') as lot
from parcel_item i join sku s on (s.shop_id, s.id) = (i.shop_id, i.sku_id)
left join lot on (lot.shop_id, lot.id) = (i.shop_id, i.lot_id)
where i.shop_id = $1 and i.parcel_id = $2 and i.sku_id = any($3::bigint[]) order by i.id desc
"""


async def unpack(
    tx: Tx,
    shop_id: int,
    session_id: int,
    scan: str,
    quantity: int = 1,
    *,
    tote: str | None = None,
    lot: str | None = None,
) -> Station:
    """PACKED(parcel) back to WORK(tote): into ``tote``, else the tote on the table.

    Raises ``WrongItem`` when it is not in the parcel, ``TooMany``, ``LotNeeded``, ``NoOpenParcel``, ``NotFound``.
    """
    order, session = await enter_session(tx, shop_id, session_id)
    if session.parcel_id is None:
        raise NoOpenParcel
    hu_id = session.tote_hu_id
    if tote is not None or hu_id is None:
        hu_id = await tx.value(
            "select id from handling_unit where kind = 'tote' and code = $1 and warehouse_id = $2",
            tote or "",
            order.warehouse_id,
        )
        if hu_id is None:
            raise NotFound(what="tote", ref=tote or "-")
    parcel = await find_parcel(tx, shop_id, session.parcel_id)
    goods = await need_goods(tx, parse_scan(scan), shop_id)
    rows = await tx.rows(CONTENT, shop_id, parcel.id, [g.sku_id for g in goods])
    serial = lot or next((g.serial for g in goods if g.serial), None)
    if serial is not None:
        rows = [r for r in rows if serial in (r["serial"], r["lot"])]
    if not rows:
        raise WrongItem(sku=goods[0].sku_code, number=f"{order.number}/{parcel.no}")
    units = quantity * goods[0].quantity_per_scan
    there = sum(r["quantity"] for r in rows)
    if units > there:
        raise TooMany(sku=goods[0].sku_code, number=f"{order.number}/{parcel.no}", wanted=there)
    if len({r["lot_id"] for r in rows}) > 1 and units < there:
        raise which_lot(goods[0].sku_code, [r["named"] for r in rows])
    puts = []
    for r in rows:
        if n := min(units, r["quantity"]):
            puts.append(Put(r["order_line_id"], r["sku_id"], r["lot_id"], n))
            units -= n
    if not await take_from_parcel(tx, shop_id, parcel.id, puts):
        raise ParcelNotOpen(parcel=parcel.hu, state=parcel.state)
    packed = await system_location(tx, order.warehouse_id, "packed")
    work = await system_location(tx, order.warehouse_id, "work")
    await post(
        tx,
        [
            Move(
                shop_id=shop_id, sku_id=p.sku_id, quantity=p.quantity, lot_id=p.lot_id, reason="unpacking",
                from_location=packed, from_hu=parcel.hu_id, to_location=work, to_hu=hu_id, order_id=order.id,
                order_line_id=p.order_line_id, doc=parcel.hu,
            )
            for p in puts
        ],
    )  # fmt: skip
    return await station_screen(tx, shop_id, session_id)
