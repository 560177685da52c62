"""Take back what one scan counted at the dock."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.receiving.errors import NothingToTakeBack, ReceiptClosed
from wms.stock.ledger import Move, Status, post


class TakenBack(msgspec.Struct, frozen=True):
    """``quantity`` pieces of ``sku`` are with the supplier again; with no SKU it was a code that nobody knows."""

    sku: str | None
    name: str | None
    quantity: int


class _Line(msgspec.Struct, frozen=True):
    """What the scan counted, over all announced lines that it was shared out to."""

    sku_id: int
    sku: str
    name: str
    lot_id: int
    hu_id: int
    status: Status
    quantity: int


RECEIPT = """
select r.number, r.state, r.location_id, sup.id as supplier from receipt r join location l on l.id = r.location_id
join location sup on sup.warehouse_id = l.warehouse_id and sup.kind = 'supplier'
where r.shop_id = $1 and r.id = $2 for share of r
"""
# What is over follows from what came: it is told anew for the lines of this SKU.
TAKE_BACK = """
with gone as (
  delete from receipt_line where shop_id = $1 and receipt_id = $2 and at = $3 and person_id = $4
  returning asn_line_id, sku_id, lot_id, hu_id, status, quantity
), less as (
  update asn_line n set received = n.received - g.quantity from gone g
  where n.shop_id = $1 and n.id = g.asn_line_id returning n.id, greatest(n.received - n.quantity, 0) as over
), stray as (
  select greatest(coalesce((select sum(l.quantity) from receipt_line l
    where l.shop_id = $1 and l.receipt_id = $2 and l.sku_id = g.sku_id and l.asn_line_id is null), 0) - g.quantity, 0) as over
  from gone g where g.asn_line_id is null
), still as (
  select id, over from less union all select null, over from stray
), told as (
  update discrepancy d set quantity = s.over from still s, (select distinct sku_id from gone) g
  where d.shop_id = $1 and d.receipt_id = $2 and d.kind = 'over' and d.sku_id = g.sku_id
    and d.asn_line_id is not distinct from s.id and s.over > 0
), untold as (
  delete from discrepancy d using still s, (select distinct sku_id from gone) g
  where d.shop_id = $1 and d.receipt_id = $2 and d.kind = 'over' and d.sku_id = g.sku_id
    and d.asn_line_id is not distinct from s.id and s.over = 0
), noted as (
  delete from discrepancy where shop_id = $1 and receipt_id = $2 and at = $3 and kind = 'damaged'
    and exists (select from gone)
)
select g.sku_id, s.code as sku, s.name, coalesce(g.lot_id, 0) as lot_id, coalesce(g.hu_id, 0) as hu_id, g.status,
       sum(g.quantity)::int as quantity
from gone g join sku s on s.shop_id = $1 and s.id = g.sku_id group by 1, 2, 3, 4, 5, 6
"""
FORGET = """
delete from discrepancy where shop_id = $1 and receipt_id = $2 and at = $3 and kind = 'unknown' returning quantity
"""


async def moment(tx: Tx) -> datetime:
    """What a scan is taken back by: the moment that its transaction began, which its rows carry."""
    at: datetime = await tx.value("select now()")
    return at


async def undo_scan(tx: Tx, shop_id: int, receipt_id: int, at: datetime) -> TakenBack:
    """The inverse move of this person's scan of the moment ``at``; what it noted as over or damaged goes with it.

    Raises ``NotFound``, ``ReceiptClosed``, ``NothingToTakeBack``, and ``NotEnoughStock`` where the goods were carried
    away from the dock since.
    """
    receipt = await tx.row(RECEIPT, shop_id, receipt_id)
    if receipt is None:
        raise NotFound(what="receipt", ref=receipt_id)
    if receipt["state"] != "open":
        raise ReceiptClosed(number=receipt["number"])
    lines = await tx.all(_Line, TAKE_BACK, shop_id, receipt_id, at, tx.actor.person_id)
    if lines:
        back = TakenBack(lines[0].sku, lines[0].name, sum(n.quantity for n in lines))
    else:
        unknown = await tx.value(FORGET, shop_id, receipt_id, at)
        if unknown is None:
            raise NothingToTakeBack
        back = TakenBack(None, None, unknown)
    await post(
        tx,
        [
            Move(
                shop_id=shop_id, sku_id=n.sku_id, quantity=n.quantity, lot_id=n.lot_id, status=n.status,
                from_location=receipt["location_id"], from_hu=n.hu_id, to_location=receipt["supplier"],
                reason="receiving", doc=f"{receipt['number']} undone",
            )
            for n in lines
        ],
    )  # fmt: skip
    await record(
        tx,
        Event(
            kind="receipt.scan_undone", subject="receipt", subject_id=receipt_id, shop_id=shop_id, ref=receipt["number"],
            data={"sku": back.sku, "quantity": back.quantity},
        ),
    )  # fmt: skip
    return back
