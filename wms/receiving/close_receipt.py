"""The dock is empty: what is short, and the result for the shop."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.receiving.queries import ReceiptView, receipt_view

CLOSE = """
with closed as (
  update receipt set state = 'closed', closed_at = $3 where shop_id = $1 and id = $2 returning asn_id
), short as (
  insert into discrepancy (shop_id, receipt_id, asn_line_id, sku_id, kind, quantity)
  select $1, $2, n.id, n.sku_id, 'short', n.quantity - n.received
  from closed c join asn_line n on n.shop_id = $1 and n.asn_id = c.asn_id
  where n.received < n.quantity and $4 order by n.line_no
)
update asn a set state = case when $4 then 'received' else 'announced' end
from closed c where a.shop_id = $1 and a.id = c.asn_id
"""


async def close_receipt(tx: Tx, shop_id: int, receipt_id: int) -> ReceiptView:
    """Closes; a second call changes nothing. The event carries the result line by line.

    A receipt on which nothing was counted was opened by mistake: nothing is short, and its ASN is announced again.
    Raises ``NotFound``.
    """
    row = await tx.row(
        "select number, state from receipt where shop_id = $1 and id = $2 for update", shop_id, receipt_id
    )
    if row is None:
        raise NotFound(what="receipt", ref=receipt_id)
    if row["state"] == "closed":
        return await receipt_view(tx, shop_id, receipt_id)
    anything: bool = await tx.value(
        """select exists (select from receipt_line where shop_id = $1 and receipt_id = $2)
               or exists (select from discrepancy where shop_id = $1 and receipt_id = $2)""",
        shop_id,
        receipt_id,
    )
    await tx.run(CLOSE, shop_id, receipt_id, tx.now, anything)
    view = await receipt_view(tx, shop_id, receipt_id)
    unknown = [d for d in view.discrepancies if d.kind == "unknown"]
    data = {
        "asn": view.asn,
        "units": sum(n.received for n in view.lines),
        "over": sum(n.over or 0 for n in view.lines),
        "short": sum(n.short or 0 for n in view.lines),
        "damaged": sum(n.damaged for n in view.lines),
        "expired": sum(n.expired for n in view.lines),
        "unknown": [{"code": d.code, "quantity": d.quantity} for d in unknown],
        "lines": [_line(n) for n in view.lines] if anything else [],
    }
    event = Event(
        kind="receipt.closed",
        subject="receipt",
        subject_id=receipt_id,
        shop_id=shop_id,
        ref=row["number"],
        data=data,
    )
    await record(tx, event)
    return view


def _line(n: msgspec.Struct) -> dict[str, object]:
    """Without the goods behind it, which the receipt itself shows: an event stays small."""
    return {k: v for k, v in msgspec.structs.asdict(n).items() if k not in ("goods", "name")}
