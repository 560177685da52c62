"""Goods that waited in quarantine: what becomes of them after the shop has decided."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import record
from wms.kernel.calendar import local_date
from wms.kernel.refusals import NotFound, WrongState
from wms.locations.queries import system_location
from wms.returns.disposition import Goods, Places, check_disposition, decision, goods_target
from wms.returns.errors import LotNeeded
from wms.returns.states import lock_return, return_event
from wms.returns.words import Disposition, Grade
from wms.stock.ledger import post

HELD = frozenset({"repack", "repair", "quarantine", "to_shop"})


class Decided(msgspec.Struct, frozen=True):
    inspection_id: int
    disposition: Disposition
    put_into: str


async def decide_goods(
    tx: Tx,
    shop_id: int,
    rma_id: int,
    inspection_id: int,
    disposition: Disposition,
    grade: Grade | None = None,
) -> Decided:
    """Moves the goods of one inspection on: back to stock, to scrap, or they stay with another purpose.

    ``grade`` where they were mended or repacked. Raises ``WrongState`` when they do not lie in quarantine any more,
    ``NotForSale``, ``LotExpired``, ``LotNeeded``, ``NotOurs``, ``NotFound``.
    """
    rma = await lock_return(tx, shop_id, rma_id)
    row = await tx.row(
        """select i.sku_id, coalesce(i.lot_id, 0) as lot_id, i.quantity, i.grade, i.disposition, n.order_line_id, t.expires_on,
             w.timezone, k.code as sku, k.lot_policy <> 'none' or k.serial_tracked as kept
           from inspection i join sku k on (k.shop_id, k.id) = (i.shop_id, i.sku_id)
           join warehouse w on w.id = $4
           left join rma_line n on (n.shop_id, n.id) = (i.shop_id, i.rma_line_id)
           left join lot t on (t.shop_id, t.id) = (i.shop_id, i.lot_id)
           where i.shop_id = $1 and i.rma_id = $2 and i.id = $3 for update of i""",
        shop_id,
        rma_id,
        inspection_id,
        rma.warehouse_id,
    )
    if row is None:
        raise NotFound(what="inspection", ref=inspection_id)
    if row["disposition"] not in HELD or row["grade"] == "not_ours":
        raise WrongState(what="inspection", ref=inspection_id, state=row["disposition"], wanted=disposition)
    if disposition == "restock" and row["kept"] and not row["lot_id"]:
        raise LotNeeded(sku=row["sku"], needs=["lot", "serial number"])
    now: Grade = grade or row["grade"]
    check_disposition(now, disposition, row["expires_on"], local_date(tx.now, row["timezone"]))
    places = Places(
        customer=0,
        bench=rma.location_id or await system_location(tx, rma.warehouse_id, "returns"),
        quarantine=await system_location(tx, rma.warehouse_id, "quarantine"),
        scrap=await system_location(tx, rma.warehouse_id, "scrap"),
    )
    target = goods_target(disposition, places)
    if target != places.quarantine:
        goods = Goods(
            shop_id=shop_id, sku_id=row["sku_id"], quantity=row["quantity"], lot_id=row["lot_id"], order_id=rma.order_id,
            order_line_id=row["order_line_id"], doc=rma.number,
        )  # fmt: skip
        await post(tx, [decision(goods, places.quarantine, disposition, places)])
    await tx.run(
        "update inspection set disposition = $3, grade = $4 where shop_id = $1 and id = $2",
        shop_id,
        inspection_id,
        disposition,
        now,
    )
    data = {
        "sku": row["sku"], "quantity": row["quantity"], "old": row["disposition"], "new": disposition, "grade": now,
        "inspection_id": inspection_id,
    }  # fmt: skip
    await record(tx, return_event(rma, "goods_decided", data))
    put_into: str = await tx.value("select code from location where id = $1", target)
    return Decided(inspection_id, disposition, put_into)
