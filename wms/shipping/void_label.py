"""Void a label before the parcel is on a manifest: the box gets another one, or is opened again."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.orders.advance import advance
from wms.orders.parcels import ParcelState, lock_parcel, unlabel_parcel
from wms.orders.states import OrderState
from wms.printing.queue_print import cancel_prints
from wms.shipping.errors import LabelInUse, LabelUndecided


async def void_label(tx: Tx, shop_id: int, parcel_id: int, *, reason: str) -> None:
    """The sweep tells the carrier. A second call does nothing.

    Raises ``LabelInUse``, ``NotFound``, and ``LabelUndecided``: voiding one that may be booked would hide it, and the next
    one would be paid for as well.
    """
    order, parcel = await lock_parcel(tx, shop_id, parcel_id)
    if parcel.state in (ParcelState.MANIFESTED, ParcelState.HANDED_OVER):
        raise LabelInUse(parcel=parcel.hu, state=parcel.state)
    live = "select state from label where shop_id = $1 and parcel_id = $2 and state <> 'void' for update"
    if await tx.value(live, shop_id, parcel_id) == "unknown":
        raise LabelUndecided(parcel=parcel.hu)
    voided = await tx.run(
        """update label set state = 'void', voided_at = now(), parcel_verified = null, retry_at = null
           where shop_id = $1 and parcel_id = $2 and state <> 'void'""",
        shop_id,
        parcel_id,
    )
    if not voided:
        if not await tx.value(
            "select 1 from label where shop_id = $1 and parcel_id = $2 limit 1", shop_id, parcel_id
        ):
            raise NotFound(what="label of parcel", ref=parcel_id)
        return
    await unlabel_parcel(tx, shop_id, parcel_id)
    await cancel_prints(tx, shop_id, "parcel", [parcel_id], "label", unknown=True)
    if order.state == OrderState.LABELLED:
        await advance(tx, shop_id, [order.id], OrderState.PACKED, reason=reason)
    await record(
        tx,
        Event(
            kind="label.voided", subject="parcel", subject_id=parcel_id, shop_id=shop_id,
            ref=f"{order.number}/{parcel.no}", data={"why": reason, "tracking_number": parcel.tracking_number},
        ),
    )  # fmt: skip
