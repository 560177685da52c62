"""What the worker looks after: labels whose job was lost or whose wait is over, bookings that nobody wants any more."""

import structlog

from wms.carriers.port import (
    CancelOutcome,
    Cancels,
    Cap,
    CarrierAdapter,
    CarrierError,
    NotSupported,
    Rejected,
    finder,
)
from wms.db.tx import Database, Tx
from wms.events.log import enqueue, record
from wms.shipping.adapters import Carriers
from wms.shipping.label_data import Intent
from wms.shipping.label_records import of_parcel
from wms.shipping.queries import label_intent
from wms.shipping.request_label import QUEUE, enqueue_label, label_key

log = structlog.get_logger("wms.shipping")

MOST = 500
"""Labels taken up in one sweep; the next one is a minute away."""


async def sweep_labels(tx: Tx) -> int:
    """Puts what is due into the queue; jobs that wait already are not doubled. Returns how many were due."""
    due = await tx.rows(
        """select shop_id, id from label where state in ('requested', 'accepted', 'failed') and retry_at <= $1
           order by retry_at limit $2""",
        tx.now,
        MOST,
    )
    for row in due:
        await enqueue_label(tx, row["shop_id"], row["id"])
    unwanted = await tx.rows(
        """select shop_id, id from label where state = 'void' and cancelled_at is null
             and (carrier_ref is not null or in_doubt_since is not null) order by voided_at limit $1""",
        MOST,
    )
    for row in unwanted:
        key = label_key(row["shop_id"], row["id"])
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


async def retry_labels_of(tx: Tx, carrier_id: int, *, code: str = "numbers-used-up") -> int:
    """Labels that failed with ``code`` at a carrier that works again go back into the queue; returns how many."""
    rows = await tx.rows(
        """update label set retry_at = $2, state = case state when 'failed' then 'requested' else state end
           where carrier_id = $1 and state in ('failed', 'accepted') and error_code = $3 returning shop_id, id""",
        carrier_id,
        tx.now,
        code,
    )
    for row in rows:
        await enqueue_label(tx, row["shop_id"], row["id"])
    return len(rows)


async def cancel_booking(database: Database, carriers: Carriers, shop_id: int, label_id: int) -> bool:
    """Tells the carrier that a void label's booking is off. True when there is nothing left to do.

    A carrier that does not take it back is named in an event, with its words: the number is dead here all the same.
    """
    async with database.begin() as tx:
        intent = await label_intent(tx, shop_id, label_id)
    if intent is None or intent.label_state != "void" or not (intent.carrier_ref or intent.in_doubt):
        return True
    try:
        outcome = await _cancelled(carriers.adapter(intent), intent)
    except (Rejected, NotSupported) as e:
        outcome = CancelOutcome(False, str(e))
    except CarrierError:
        return False  # the sweep comes by again
    except Exception as e:
        log.error("carrier adapter failed", carrier=intent.carrier_code, label=intent.reference, exc_info=e)
        return False
    async with database.begin() as tx:
        told = await tx.run(
            """update label set cancelled_at = now(), error_code = case when $3 then null else 'not-cancelled' end,
                 error = case when $3 then null else $4 end
               where shop_id = $1 and id = $2 and cancelled_at is null""",
            shop_id,
            label_id,
            outcome.cancelled,
            outcome.why[:500],
        )
        if told:
            kind = "label.cancelled" if outcome.cancelled else "label.not_cancelled"
            data: dict[str, object] = {"carrier": intent.carrier_code, "label_id": label_id}
            await record(tx, of_parcel(intent, kind, data | ({"why": outcome.why} if outcome.why else {})))
    return True


async def _cancelled(adapter: CarrierAdapter, i: Intent) -> CancelOutcome:
    """Cancels the booking, or what the carrier has under our reference when nobody knows. Raises ``CarrierError``."""
    ids = [i.carrier_ref] if i.carrier_ref else []
    if not ids:
        found = await finder(adapter).find_by_reference(i.reference)
        ids = [c.id for c in found if c.reference == i.reference]
    if not ids:
        return CancelOutcome(True, "it was never booked")
    if not isinstance(adapter, Cancels):
        raise NotSupported(adapter.code, Cap.CANCEL)
    outcomes = [await adapter.cancel(id) for id in ids]
    return next((o for o in outcomes if not o.cancelled), outcomes[0])
