"""One scan at the dock: from the supplier's hands into ours."""

from datetime import date
from typing import Literal

import msgspec

from wms.catalog.resolve import Goods
from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.kernel.scan import Scan, parse_scan
from wms.receiving.errors import (
    ExpiryNeeded,
    LotNeeded,
    OneSerialOnePiece,
    ReceiptClosed,
    SerialNeeded,
    UnitNotHere,
)
from wms.receiving.identify_goods import Told, identify_goods, pieces_of
from wms.receiving.match_lines import OpenLine, Share, match_lines
from wms.stock.ledger import Move, Status, post
from wms.stock.lots import TakenLot, find_lot, take_lot


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the scan. ``quantity`` in pieces.

    ``outcome`` is ``received`` or ``unknown`` (nobody knows the code; it is noted and the parcel goes to the
    supervisor). ``announced`` and ``received`` are the totals of the SKU on this ASN, null in a blind receipt.
    ``discrepancies`` names what this scan added: over, damaged, unknown.
    """

    outcome: Literal["received", "unknown"]
    quantity: int
    code: str
    sku: str | None = None
    name: str | None = None
    status: Status | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    announced: int | None = None
    received: int | None = None
    discrepancies: list[str] = []


class Receipt(msgspec.Struct, frozen=True):
    """The receipt, share-locked: it cannot be closed while goods are being counted on it."""

    id: int
    number: str
    state: str
    asn_id: int | None
    location_id: int
    dock: str
    shop: str
    supplier: int
    today: date


RECEIPT = """
select r.id, r.number, r.state, r.asn_id, r.location_id, l.code as dock, s.name as shop, sup.id as supplier,
       ($3::timestamptz at time zone w.timezone)::date as today
from receipt r join location l on l.id = r.location_id join warehouse w on w.id = l.warehouse_id
join location sup on sup.warehouse_id = w.id and sup.kind = 'supplier' join shop s on s.id = r.shop_id
where r.shop_id = $1 and r.id = $2 for share of r
"""
LINES = """
select id, quantity, received, lot_code as lot, expires_on from asn_line
where shop_id = $1 and asn_id = $2 and sku_id = $3 order by line_no for update
"""
COUNT = """
with share as materialized (
  select * from unnest($6::bigint[], $7::int[]) as u(line_id, quantity)
), counted as (
  update asn_line n set received = n.received + s.quantity from share s where n.shop_id = $1 and n.id = s.line_id
)
insert into receipt_line (shop_id, receipt_id, asn_line_id, sku_id, lot_id, hu_id, status, quantity, person_id)
select $1, $2, line_id, $3, $4, $5, $8, quantity, $9 from share
"""
# pieces that are over add up in one row per line; what is damaged or unknown keeps a row with a note of its own
OVER = """
with more as (
  update discrepancy set quantity = quantity + $5, at = now()
  where shop_id = $1 and receipt_id = $2 and kind = 'over' and asn_line_id is not distinct from $3 and sku_id = $4
  returning 1
)
insert into discrepancy (shop_id, receipt_id, asn_line_id, sku_id, kind, quantity)
select $1, $2, $3, $4, 'over', $5 where not exists (select from more)
"""
NOTE = """
insert into discrepancy (shop_id, receipt_id, asn_line_id, sku_id, kind, quantity, code, note)
values ($1, $2, $3, $4, $5, $6, $7, $8) returning id
"""


async def receive_scan(tx: Tx, shop_id: int, receipt_id: int, raw: str, told: Told) -> Received:
    """Counts what was scanned and moves it from the supplier to the dock.

    Expired and damaged goods are received with that status; what is more than announced is received and noted; a
    code that nobody knows is noted. Raises ``ReceiptClosed``, ``UnitNotHere``, ``ScanTheGoods``,
    ``SomeoneElsesGoods``, ``ScanSeveral``, ``ReceiveComponents``, ``SerialNeeded``, ``OneSerialOnePiece``,
    ``LotNeeded``, ``ExpiryNeeded``, ``TooMany``, and from the ledger ``LotDiffers`` and ``SerialElsewhere``.
    """
    receipt = await tx.one(Receipt, RECEIPT, shop_id, receipt_id, tx.now)
    if receipt is None:
        raise NotFound(what="receipt", ref=receipt_id)
    if receipt.state != "open":
        raise ReceiptClosed(number=receipt.number)
    await _check_unit(tx, receipt, told.hu_id)
    scan = parse_scan(raw)
    goods = await identify_goods(tx, shop_id, receipt.shop, scan, told)
    if goods is None:
        return await _unknown(tx, shop_id, receipt, scan, told)
    quantity = pieces_of(goods, scan, told)
    lot = await _lot(tx, goods, quantity)
    status = _status(lot, told, receipt.today)
    shares, announced, before = await _shares(tx, shop_id, receipt, goods, lot, quantity)
    await tx.run(
        COUNT,
        shop_id,
        receipt.id,
        goods.sku_id,
        lot.id if lot else None,
        told.hu_id,
        [s.line_id for s in shares],
        [s.quantity for s in shares],
        status,
        tx.actor.person_id,
    )
    noted = await _note(tx, shop_id, receipt, goods, shares, told, quantity)
    await post(
        tx,
        [
            Move(
                shop_id=shop_id,
                sku_id=goods.sku_id,
                quantity=quantity,
                from_location=receipt.supplier,
                to_location=receipt.location_id,
                to_hu=told.hu_id or 0,
                lot_id=lot.id if lot else 0,
                status=status,
                reason="receiving",
                doc=receipt.number,
            )
        ],
    )
    return Received(
        outcome="received",
        quantity=quantity,
        code=scan.code,
        sku=goods.sku_code,
        name=goods.name,
        status=status,
        lot=(lot.code or None) if lot else None,
        expires_on=lot.expires_on if lot else None,
        serial=lot.serial if lot else None,
        announced=announced,
        received=None if before is None else before + quantity,
        discrepancies=noted,
    )


async def _check_unit(tx: Tx, receipt: Receipt, hu_id: int | None) -> None:
    if hu_id is None:
        return
    unit = await tx.row("select code, location_id from handling_unit where id = $1", hu_id)
    if unit is None:
        raise NotFound(what="handling unit", ref=hu_id)
    if unit["location_id"] != receipt.location_id:
        raise UnitNotHere(unit=unit["code"], dock=receipt.dock)


async def _unknown(tx: Tx, shop_id: int, receipt: Receipt, scan: Scan, told: Told) -> Received:
    quantity = told.quantity or 1
    code = scan.raw[:512]
    note_id = await tx.value(NOTE, shop_id, receipt.id, None, None, "unknown", quantity, code, told.note)
    event = Event(
        kind="receipt.unknown_goods",
        subject="receipt",
        subject_id=receipt.id,
        shop_id=shop_id,
        ref=receipt.number,
        data={"code": code, "quantity": quantity, "discrepancy_id": note_id},
    )
    await record(tx, event)
    return Received(outcome="unknown", quantity=quantity, code=scan.code, discrepancies=["unknown"])


async def _lot(tx: Tx, goods: Goods, quantity: int) -> TakenLot | None:
    """The lot or the piece, where the SKU keeps them; asks for what is missing."""
    policy, code, serial = goods.lot_policy, goods.lot_code, goods.serial
    if policy == "none" and not goods.serial_tracked:
        return None
    if goods.serial_tracked:
        if not serial:
            raise SerialNeeded(sku=goods.sku_code, pointer="/serial")
        if quantity != 1:
            raise OneSerialOnePiece(quantity=quantity, pointer="/quantity")
    if policy == "lot" and not code:
        raise LotNeeded(sku=goods.sku_code, pointer="/lot")
    expires_on = goods.expires_on
    if policy == "expiry" and expires_on is None:
        known = await find_lot(tx, goods.shop_id, goods.sku_id, code, serial) if code else None
        if known is None or known.expires_on is None:
            raise ExpiryNeeded(sku=goods.sku_code, pointer="/expires_on")
    if policy == "expiry" and not code and expires_on:
        code = expires_on.isoformat()  # goods with a date and no lot: each date is a lot
    return await take_lot(tx, goods.shop_id, goods.sku_id, code=code, serial=serial, expires_on=expires_on)


def _status(lot: TakenLot | None, told: Told, today: date) -> Status:
    if told.damaged:
        return "damaged"
    return "expired" if lot and lot.expires_on and lot.expires_on < today else "sellable"


async def _shares(
    tx: Tx, shop_id: int, receipt: Receipt, goods: Goods, lot: TakenLot | None, quantity: int
) -> tuple[list[Share], int | None, int | None]:
    """The pieces by ASN line, and what was announced and received of the SKU before this scan."""
    if receipt.asn_id is None:
        return [Share(line_id=None, quantity=quantity, over=0)], None, None
    lines = await tx.all(OpenLine, LINES, shop_id, receipt.asn_id, goods.sku_id)
    shares = match_lines(lines, quantity, lot.code if lot else None, lot.expires_on if lot else None)
    stray: int = await tx.value(
        """select coalesce(sum(quantity), 0)::int from receipt_line
           where shop_id = $1 and receipt_id = $2 and sku_id = $3 and asn_line_id is null""",
        shop_id,
        receipt.id,
        goods.sku_id,
    )
    return shares, sum(n.quantity for n in lines), sum(n.received for n in lines) + stray


async def _note(
    tx: Tx, shop_id: int, receipt: Receipt, goods: Goods, shares: list[Share], told: Told, quantity: int
) -> list[str]:
    noted: list[str] = []
    last = shares[-1]
    if last.over:
        await tx.run(OVER, shop_id, receipt.id, last.line_id, goods.sku_id, last.over)
        noted.append("over")
    if told.damaged:
        await tx.value(
            NOTE, shop_id, receipt.id, last.line_id, goods.sku_id, "damaged", quantity, None, told.note
        )
        noted.append("damaged")
    if noted:
        event = Event(
            kind="receipt.discrepancy",
            subject="receipt",
            subject_id=receipt.id,
            shop_id=shop_id,
            ref=receipt.number,
            data={"sku": goods.sku_code, "quantity": quantity, "over": last.over, "kinds": noted},
        )
        await record(tx, event)
    return noted
