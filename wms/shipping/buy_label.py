"""The job that buys one label: read the intent, call the carrier with no transaction open, record what came of it.

It bears to run twice and to die anywhere. Before the call the attempt is counted, so a later run knows that an earlier
one may have booked, and asks the carrier by our reference first. A number that came too late, because the order was
cancelled meanwhile, is given back.
"""

from datetime import timedelta

import asyncpg
import msgspec
import structlog

from wms.carriers.port import (
    Ambiguous,
    AuthFailed,
    CarrierAdapter,
    CarrierError,
    Created,
    RateLimited,
    Rejected,
    Unavailable,
    finder,
)
from wms.db.tx import Database, Tx
from wms.events.documents import keep_document
from wms.events.log import Event, record
from wms.orders.errors import OrderCancelled
from wms.orders.gates import lock_orders
from wms.orders.parcel_progress import let_orders_on
from wms.orders.parcels import label_parcel
from wms.orders.states import OrderState
from wms.printing.templates import load_template
from wms.shipping.adapters import Carriers
from wms.shipping.label_data import Intent, label_of, shipment_of
from wms.shipping.queries import label_intent
from wms.shipping.request_label import UNANSWERED

log = structlog.get_logger("wms.shipping")

FIRST_WAIT, LONGEST_WAIT = 5, 900
PENDING_WAIT = timedelta(seconds=2)


def wait_after(attempts: int) -> timedelta:
    """Seconds until the next try: 5, 10, 20 ... at most 15 minutes."""
    return timedelta(seconds=min(FIRST_WAIT * 2 ** max(attempts - 1, 0), LONGEST_WAIT))


async def buy_label(database: Database, carriers: Carriers, shop_id: int, label_id: int) -> timedelta | None:
    """None when there is nothing left to do (bought, void, or for a person to mend), else how long to wait."""
    intent = await _begin(database, shop_id, label_id)
    if intent is None:
        return None
    try:
        adapter = carriers.adapter(intent)
        created = await _call(adapter, intent)
    except CarrierError as e:
        return await _fail(database, intent, e)
    except Exception as e:  # a plug-in's own fault must not take the worker with it
        log.error("carrier adapter failed", carrier=intent.carrier_code, label=intent.reference, exc_info=e)
        return await _fail(database, intent, Unavailable(f"{type(e).__name__}: {e}"))
    if not created.numbers:
        return await _pending(database, intent, created)
    try:
        await _record(database, intent, created)
    except asyncpg.UniqueViolationError:
        return await _fail(database, intent, NumberUsedTwice(created.numbers[0]))
    return None


class NumberUsedTwice(CarrierError):
    code = "number-used-twice"


async def _begin(database: Database, shop_id: int, label_id: int) -> Intent | None:
    """The gate, and one more attempt on record before anything leaves the house."""
    async with database.begin() as tx:
        found = await label_intent(tx, shop_id, label_id)
        if found is None or found.label_state not in ("requested", "failed"):
            return None
        (order,) = await lock_orders(tx, shop_id, [found.order_id])
        if order.state == OrderState.CANCELLED:
            await void_row(tx, found, "order cancelled")
            return None
        if not await tx.run(
            """update label set attempts = attempts + 1, retry_at = $3
               where shop_id = $1 and id = $2 and state in ('requested', 'failed')""",
            shop_id,
            label_id,
            tx.now + UNANSWERED,
        ):
            return None
    return found


async def _call(adapter: CarrierAdapter, i: Intent) -> Created:
    if i.carrier_ref is not None:
        known = await adapter.poll([i.carrier_ref])
        return known[0] if known else Created(id=i.carrier_ref, reference=i.reference)
    if i.attempts > 0:
        known = [
            c for c in await finder(adapter).find_by_reference(i.reference) if c.reference == i.reference
        ]
        if known:
            return known[0]
    return await adapter.create(shipment_of(i))


async def _record(database: Database, i: Intent, created: Created) -> None:
    """Label and parcel are ready, the order too when it was the last one.

    When nobody wants the label any more, the booking stays on the void row, where the sweep finds it to cancel.
    """
    async with database.begin() as tx:
        (order,) = await lock_orders(tx, i.shop_id, [i.order_id])
        number, sscc = created.numbers[0], (created.ssccs or (None,))[0]
        state = await tx.value(
            "select state from label where shop_id = $1 and id = $2 for update", i.shop_id, i.label_id
        )
        if state in ("ready", "printed"):
            return
        if state == "void" or order.state == OrderState.CANCELLED:
            await void_row(tx, i, OrderCancelled.code)
            await tx.run(
                "update label set carrier_ref = $3 where shop_id = $1 and id = $2",
                i.shop_id,
                i.label_id,
                created.id,
            )
            return
        template = None
        if created.label is None:
            template = load_template(str(i.settings.get("template", "parcel")), shop=i.shop_code)
        else:
            kind = "application/pdf" if created.label.format == "pdf" else "application/zpl"
            name = f"{number}.{created.label.format}"
            await keep_document(
                tx, i.shop_id, "label", "parcel", i.parcel_id, name, kind, created.label.content
            )
        await tx.run(
            """update label set state = 'ready', tracking_number = $3, data = $4::jsonb, template = $5,
                 template_version = $6, ready_at = now(), carrier_ref = $7, error = null, error_code = null,
                 retry_at = null where shop_id = $1 and id = $2""",
            i.shop_id,
            i.label_id,
            number,
            msgspec.json.encode(label_of(i, number, sscc, tx.now)).decode(),
            template.name if template else None,
            template.version if template else None,
            created.id,
        )
        if not await label_parcel(tx, i.shop_id, i.parcel_id, number, sscc):
            raise AssertionError("a parcel with a live label is closed")
        await record(
            tx,
            Event(
                kind="label.ready", subject="parcel", subject_id=i.parcel_id, shop_id=i.shop_id,
                ref=f"{i.order_number}/{i.parcel_no}",
                data={"order_id": i.order_id, "carrier": i.carrier_code, "tracking_number": number, "sscc": sscc},
            ),
        )  # fmt: skip
        await let_orders_on(tx, [(i.shop_id, i.order_id)], OrderState.LABELLED)


async def _pending(database: Database, i: Intent, created: Created) -> timedelta:
    """Booked, but the carrier makes its number later: the next run asks for it by the carrier's own id."""
    wait = max(PENDING_WAIT, wait_after(i.attempts))
    async with database.begin() as tx:
        await tx.run(
            "update label set carrier_ref = $3, retry_at = $4 where shop_id = $1 and id = $2 and state <> 'void'",
            i.shop_id,
            i.label_id,
            created.id,
            tx.now + wait + UNANSWERED,
        )
    return wait


async def _fail(database: Database, i: Intent, e: CarrierError) -> timedelta | None:
    """The label waits as *failed* with the carrier's words. What a person must mend is not tried again by itself."""
    wait: timedelta | None = wait_after(i.attempts + 1)
    if isinstance(e, Rejected | AuthFailed):
        wait = None
    elif isinstance(e, RateLimited):
        wait = timedelta(seconds=max(1.0, e.retry_after))
    async with database.begin() as tx:
        changed = await tx.run(
            """update label set state = 'failed', error_code = $3, error = $4, retry_at = $5
               where shop_id = $1 and id = $2 and state in ('requested', 'failed')""",
            i.shop_id,
            i.label_id,
            e.code,
            str(e)[:500],
            None if wait is None else tx.now + wait,
        )
        if not changed:
            return None
        data = {"code": e.code, "why": str(e)[:500], "carrier": i.carrier_code, "label_id": i.label_id}
        if isinstance(e, Rejected):
            data["fields"] = [[f.field, f.code, f.why] for f in e.field_errors]
        kind = "label.unknown" if isinstance(e, Ambiguous) else "label.failed"
        ref = f"{i.order_number}/{i.parcel_no}"
        await record(
            tx,
            Event(kind=kind, subject="parcel", subject_id=i.parcel_id, shop_id=i.shop_id, ref=ref, data=data),
        )
        if isinstance(e, AuthFailed):
            event = Event(
                kind="carrier.auth_failed", subject="carrier", subject_id=i.carrier_id, ref=i.carrier_code
            )
            await record(tx, event)
    return wait


async def void_row(tx: Tx, i: Intent, why: str) -> None:
    """The label row is void; its parcel is free to be voided or labelled anew."""
    await tx.run(
        """update label set state = 'void', voided_at = now(), parcel_verified = null, retry_at = null
           where shop_id = $1 and id = $2 and state <> 'void'""",
        i.shop_id,
        i.label_id,
    )
    ref = f"{i.order_number}/{i.parcel_no}"
    await record(
        tx,
        Event(
            kind="label.voided", subject="parcel", subject_id=i.parcel_id, shop_id=i.shop_id, ref=ref,
            data={"label_id": i.label_id, "why": why},
        ),
    )  # fmt: skip
