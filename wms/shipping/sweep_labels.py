"""What the worker looks after: labels whose job was lost or whose wait is over, bookings that nobody wants any more."""

from wms.carriers.port import Cancels, CarrierError
from wms.db.tx import Database, Tx
from wms.events.log import Event, enqueue, record
from wms.shipping.adapters import Carriers
from wms.shipping.queries import label_intent
from wms.shipping.request_label import QUEUE, enqueue_label

MOST = 500
"""Labels taken up in one sweep; the next one is a minute away."""


async def sweep_labels(tx: Tx) -> int:
    """Puts what is due into the queue; jobs that wait already are not doubled. Returns how many were due."""
    due = await tx.rows(
        """select shop_id, id from label where state in ('requested', 'failed') and retry_at <= $1
           order by retry_at limit $2""",
        tx.now,
        MOST,
    )
    for row in due:
        await enqueue_label(tx, row["shop_id"], row["id"])
    unwanted = await tx.rows(
        """select shop_id, id from label where state = 'void' and carrier_ref is not null and cancelled_at is null
           order by voided_at limit $1""",
        MOST,
    )
    for row in unwanted:
        key = f"label-{row['shop_id']}-{row['id']}"
        await enqueue(
            tx,
            QUEUE,
            "shipping.cancel_booking",
            lock=key,
            once=f"{key}-cancel",
            shop_id=row["shop_id"],
            label_id=row["id"],
        )
    return len(due) + len(unwanted)


async def retry_labels_of(tx: Tx, carrier_id: int) -> int:
    """Failed labels of a carrier that works again go back into the queue at once; returns how many."""
    rows = await tx.rows(
        """update label set retry_at = $2 where carrier_id = $1 and state = 'failed' and error_code = 'numbers-used-up'
           returning shop_id, id""",
        carrier_id,
        tx.now,
    )
    for row in rows:
        await enqueue_label(tx, row["shop_id"], row["id"])
    return len(rows)


async def cancel_booking(database: Database, carriers: Carriers, shop_id: int, label_id: int) -> bool:
    """Tells the carrier that a void label's booking is off. True when there is nothing left to do."""
    async with database.begin() as tx:
        intent = await label_intent(tx, shop_id, label_id)
    if intent is None or intent.label_state != "void" or intent.carrier_ref is None:
        return True
    try:
        adapter = carriers.adapter(intent)
        cancelled, why = False, "the carrier knows no cancel"
        if isinstance(adapter, Cancels):
            outcome = await adapter.cancel(intent.carrier_ref)
            cancelled, why = outcome.cancelled, outcome.why
    except CarrierError:
        return False  # the sweep comes by again
    async with database.begin() as tx:
        await tx.run(
            "update label set cancelled_at = now() where shop_id = $1 and id = $2 and cancelled_at is null",
            shop_id,
            label_id,
        )
        event = Event(
            kind="label.cancelled" if cancelled else "label.not_cancelled", subject="parcel", subject_id=intent.parcel_id,
            shop_id=shop_id, ref=f"{intent.order_number}/{intent.parcel_no}", data={"why": why} if why else {},
        )  # fmt: skip
        await record(tx, event)
    return True
