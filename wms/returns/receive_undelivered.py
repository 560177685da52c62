"""A parcel of ours that the courier brings back: one scan takes in all that is in it."""

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.scan import parse_scan
from wms.orders.advance import advance
from wms.orders.gates import lock_orders
from wms.orders.states import STEPS, OrderState
from wms.returns.errors import ParcelAmbiguous, ParcelNotSent, ParcelUnknown
from wms.returns.receive_return import Received, open_return

# Each branch by its own index; an OR over them would read every parcel.
FIND = """
with hit as (
  select shop_id, id from parcel where tracking_number = any($1)
  union select shop_id, id from parcel where sscc = $2
  union select p.shop_id, p.id from handling_unit h join parcel p on p.hu_id = h.id where h.code = any($1)
)
select p.shop_id, p.id, p.order_id, p.tracking_number from hit join parcel p using (shop_id, id)
where p.state <> 'void' and ($3::int is null or (p.shop_id, p.id) = ($3::int, $4::bigint)) limit 10
"""
LINES = """
insert into rma_line (shop_id, rma_id, line_no, sku_id, order_line_id, quantity, reason)
select $1, $2, row_number() over (order by order_line_id), sku_id, order_line_id, sum(quantity), 'undelivered'
from parcel_item where shop_id = $1 and parcel_id = $3 group by sku_id, order_line_id
"""
ALL_BACK = """
select not exists (select from parcel p where p.shop_id = $1 and p.order_id = $2 and p.state = 'handed_over'
  and not exists (select from rma r where r.shop_id = p.shop_id and r.parcel_id = p.id and r.kind = 'undelivered'))
"""


async def receive_undelivered(
    tx: Tx, warehouse_id: int, raw: str, *, parcel: tuple[int, int] | None = None
) -> Received:
    """A return with the parcel's content as its lines, received; the order is *returned to sender* once all came back.

    ``parcel`` is ``(shop_id, parcel_id)`` where the worker chose among several with one number. Raises ``ParcelUnknown``,
    ``ParcelAmbiguous``, ``ParcelNotSent``, ``AlreadyReceived``.
    """
    scan = parse_scan(raw)
    chosen = parcel or (None, None)
    rows = await tx.rows(FIND, [c for c in (scan.code, scan.ref) if c], scan.sscc, *chosen)
    if not rows:
        raise ParcelUnknown(scanned=scan.code[:60])
    if len(rows) > 1:
        raise ParcelAmbiguous(scanned=scan.code[:60], count=len(rows))
    shop_id, parcel_id, order_id = rows[0]["shop_id"], rows[0]["id"], rows[0]["order_id"]
    (order,) = await lock_orders(tx, shop_id, [order_id])
    state = await tx.value("select state from parcel where shop_id = $1 and id = $2", shop_id, parcel_id)
    if state is None:
        raise NotFound(what="parcel", ref=parcel_id)
    if state != "handed_over":
        raise ParcelNotSent(number=order.number)
    tracking: str | None = rows[0]["tracking_number"]
    rma = await open_return(
        tx,
        shop_id,
        warehouse_id,
        order_id=order_id,
        kind="undelivered",
        parcel_id=parcel_id,
        tracking_number=tracking,
    )
    await tx.run(LINES, shop_id, rma.id, parcel_id)
    # An order whose other goods are still being prepared stays where it is.
    if OrderState(order.state) in STEPS.before(OrderState.RETURNED_TO_SENDER) and await tx.value(
        ALL_BACK, shop_id, order_id
    ):
        await advance(
            tx, shop_id, [order_id], OrderState.RETURNED_TO_SENDER, reason=f"undelivered: {rma.number}"
        )
    return rma
