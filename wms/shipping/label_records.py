"""What came of an attempt at a label, each in a short transaction of its own.

The label row is locked before it is changed. When nobody wants the label any more, the booking stays on the void row,
where the sweep finds it to cancel.
"""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256

import msgspec

from wms.carriers.port import (
    Ambiguous,
    AuthFailed,
    Cap,
    CarrierError,
    Created,
    LabelFile,
    NotSupported,
    RateLimited,
    Rejected,
    Unavailable,
)
from wms.db.tx import Database, Tx
from wms.events.documents import keep_document
from wms.events.log import Event, author, record, recording
from wms.kernel.backoff import backoff
from wms.orders.errors import OrderCancelled
from wms.orders.gates import lock_orders
from wms.orders.parcel_progress import let_orders_on
from wms.orders.parcels import NUMBERED
from wms.orders.states import OrderState
from wms.printing.queue_print import cancel_prints
from wms.printing.templates import load_template
from wms.shipping.label_data import UNANSWERED, Intent, label_of
from wms.shipping.print_label import print_ready_label
from wms.shipping.queries import label_intent

FIRST_WAIT, LONGEST_WAIT = 5, 900
FIRST_READ = timedelta(hours=1)
MEDIA = {"pdf": "application/pdf", "zpl": "application/zpl"}
OPEN = "('requested', 'accepted', 'failed')"
"""States in which the job still has something to do."""


class NumberUsedTwice(CarrierError):
    code = "number-used-twice"


def wait_after(attempts: int) -> timedelta:
    """Until the next try: 5 s, 10, 20 ... at most 15 minutes."""
    return backoff(attempts, FIRST_WAIT, LONGEST_WAIT)


async def begin_attempt(database: Database, shop_id: int, label_id: int) -> Intent | None:
    """The gate, and one more attempt on record before anything leaves the house; None: there is nothing to do.

    Where nothing is booked yet, the row is in doubt from here on. ``in_doubt`` of what is returned is how it was before.
    """
    async with database.begin() as tx:
        found = await label_intent(tx, shop_id, label_id)
        if found is None or found.label_state not in ("requested", "accepted", "failed"):
            return None
        (order,) = await lock_orders(tx, shop_id, [found.order_id])
        if order.state == OrderState.CANCELLED:
            await void_row(tx, found, "order cancelled")
            return None
        before = await tx.row(
            f"""select in_doubt_since, carrier_ref, tracking_number, attempts from label
                where shop_id = $1 and id = $2 and state in {OPEN} for update""",
            shop_id,
            label_id,
        )
        if before is None:
            return None
        await tx.run(
            """update label set attempts = attempts + 1, retry_at = $3,
                 in_doubt_since = case when carrier_ref is null then coalesce(in_doubt_since, $4) end
               where shop_id = $1 and id = $2""",
            shop_id,
            label_id,
            tx.now + UNANSWERED,
            tx.now,
        )
    return msgspec.structs.replace(
        found,
        in_doubt=before["in_doubt_since"] is not None,
        carrier_ref=before["carrier_ref"],
        tracking_number=before["tracking_number"],
        attempts=before["attempts"],
    )


async def accepted(database: Database, i: Intent, c: Created) -> bool:
    """The carrier has booked: whatever happens from here on, nothing is booked again. False: nobody wants it any more."""
    async with database.begin() as tx:
        if not await _still_wanted(tx, i, c):
            return False
        number, sscc = (c.numbers or (None,))[0], (c.ssccs or (None,))[0]
        await tx.run(
            f"""update label set state = 'accepted', carrier_ref = $3, tracking_number = coalesce($4, tracking_number),
                  sscc = coalesce($5, sscc), accepted_at = coalesce(accepted_at, $6), in_doubt_since = null, down_since = null,
                  error = null, error_code = null where shop_id = $1 and id = $2 and state in {OPEN}""",
            i.shop_id,
            i.label_id,
            c.id,
            number,
            sscc,
            tx.now,
        )
        return True


async def booked_more_than_once(database: Database, i: Intent, others: list[Created]) -> None:
    """A network that repeats has booked twice; both are paid for unless somebody cancels the others."""
    data = {"label_id": i.label_id, "carrier": i.carrier_code, "others": [c.id for c in others]}
    async with database.begin() as tx:
        await record(tx, of_parcel(i, "label.booked_twice", data))


async def ready(
    database: Database, i: Intent, c: Created, files: Mapping[str, LabelFile], *, tracked: bool
) -> None:
    """``make_ready`` in a transaction of its own, where the label is still wanted."""
    async with database.begin() as tx:
        if await _still_wanted(tx, i, c):
            await make_ready(tx, i, c, files, tracked=tracked)


_TOLD = recording(
    "select shop_id, 'label.ready', 'parcel', id, $14::text, $15::jsonb from numbered",
    *("$16", "$17", "$18", "$19"),
)
READY = f"""
with {NUMBERED}, done as (
  update label b set state = 'ready', tracking_number = $3, sscc = $4, data = $6::jsonb, template = $7,
    template_version = $8, files = $9::jsonb, carrier_ref = $10, ready_at = $11, accepted_at = coalesce(b.accepted_at, $11),
    fetched_at = $12, in_doubt_since = null, down_since = null, error = null, error_code = null, retry_at = null,
    track_at = $13
  from numbered n where b.shop_id = n.shop_id and b.id = $5
), told as ({_TOLD}
)
select count(*) from numbered
"""


async def make_ready(tx: Tx, i: Intent, c: Created, files: Mapping[str, LabelFile], *, tracked: bool) -> None:
    """Label and parcel are ready, the order too when it was the last one; all three are locked. Without ``files`` the label
    is ours.

    Raises ``NumberUsedTwice`` when nothing is written but ``files``.
    """
    number, sscc = c.numbers[0], (c.ssccs or (i.sscc,))[0]
    template = None if files else load_template(str(i.settings.get("template") or "parcel"), shop=i.shop_code)
    kept = {fmt: await _keep(tx, i, number, file) for fmt, file in files.items()}
    data = {"order_id": i.order_id, "carrier": i.carrier_code, "tracking_number": number, "sscc": sscc}
    done = await tx.value(
        READY,
        i.shop_id,
        i.parcel_id,
        number,
        sscc,
        i.label_id,
        msgspec.json.encode(label_of(i, number, sscc, tx.now)).decode(),
        template.name if template else None,
        template.version if template else None,
        msgspec.json.encode(kept).decode(),
        c.id,
        tx.now,
        None if template else tx.now,
        tx.now + FIRST_READ if tracked else None,
        i.ref,
        msgspec.json.encode(data).decode(),
        *author(tx),
    )
    if not done:
        raise NumberUsedTwice(number)
    await print_ready_label(tx, i.shop_id, i.parcel_id, i.station_id, i.ref)
    await let_orders_on(tx, [(i.shop_id, i.order_id)], OrderState.LABELLED)


async def _keep(tx: Tx, i: Intent, number: str, file: LabelFile) -> int:
    """The carrier's bytes as they came; the same ones of this parcel are kept once."""
    same: int | None = await tx.value(
        """select id from document where shop_id = $1 and kind = 'label' and subject = 'parcel' and subject_id = $2
           and sha256 = $3 limit 1""",
        i.shop_id,
        i.parcel_id,
        sha256(file.content).hexdigest(),
    )
    return same or await keep_document(
        tx, i.shop_id, "label", "parcel", i.parcel_id, f"{number}.{file.format}", MEDIA[file.format], file.content
    )  # fmt: skip


async def _still_wanted(tx: Tx, i: Intent, c: Created) -> bool:
    """Locks order and label. False when the label is there already, or void: then the booking stays on the void row."""
    (order,) = await lock_orders(tx, i.shop_id, [i.order_id])
    key = (i.shop_id, i.label_id)
    state = await tx.value("select state from label where shop_id = $1 and id = $2 for update", *key)
    if state in ("ready", "printed"):
        return False
    if state == "void" or order.state == OrderState.CANCELLED:
        await void_row(tx, i, OrderCancelled.code)
        await tx.run("update label set carrier_ref = $3 where shop_id = $1 and id = $2", *key, c.id)
        return False
    return True


async def pending(database: Database, i: Intent, *, by_hand: bool) -> timedelta | None:
    """Booked, but the number is still to come: from the carrier in a while, or (None) from a person who types it."""
    wait = None if by_hand else wait_after(i.attempts + 1)
    async with database.begin() as tx:
        await tx.run(
            """update label set retry_at = $3, error_code = $4, error = null
               where shop_id = $1 and id = $2 and state = 'accepted'""",
            i.shop_id,
            i.label_id,
            None if wait is None else tx.now + wait + UNANSWERED,
            "number-wanted" if by_hand else None,
        )
    return wait


async def failed(
    database: Database,
    i: Intent,
    e: CarrierError,
    *,
    unbooked: bool = False,
    lost: bool = False,
    by_hand: bool = False,
) -> timedelta | None:
    """Keeps the carrier's words; how long to wait, None for what a person must mend.

    ``unbooked``: it is proven that nothing is booked. ``lost``: it may be booked and the carrier cannot tell. ``by_hand``:
    trying again would change nothing. A label that the carrier has accepted stays so, with its trouble beside it.
    """
    wait: timedelta | None = wait_after(i.attempts + 1)
    if (
        lost
        or by_hand
        or isinstance(e, Rejected | AuthFailed)
        or (isinstance(e, NotSupported) and e.what != Cap.FIND)
    ):
        wait = None
    elif isinstance(e, RateLimited):
        wait = timedelta(seconds=max(1.0, e.retry_after))
    async with database.begin() as tx:
        state = await tx.value(
            f"""update label set error_code = $3, error = $4, retry_at = $5,
                  state = case when $7 then 'unknown' when carrier_ref is null or $6 then 'failed' else state end,
                  carrier_ref = case when $6 then null else carrier_ref end,
                  down_since = case when $8 then coalesce(down_since, $9) end,
                  in_doubt_since = case when $6 then null else in_doubt_since end
                where shop_id = $1 and id = $2 and state in {OPEN} returning state""",
            i.shop_id,
            i.label_id,
            "unknown-outcome" if lost else e.code,
            str(e)[:500],
            None if wait is None else tx.now + wait,
            unbooked,
            lost,
            isinstance(e, Ambiguous | RateLimited | Unavailable),
            tx.now,
        )
        if state is None:
            return None
        data = {"code": e.code, "why": str(e)[:500], "carrier": i.carrier_code, "label_id": i.label_id}
        if isinstance(e, Rejected):
            data["fields"] = [[f.field, f.code, f.why, f.pl] for f in e.field_errors]
        await record(tx, of_parcel(i, "label.unknown" if lost else "label.failed", data))
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
    await cancel_prints(tx, i.shop_id, "parcel", [i.parcel_id], "label", unknown=True)
    await record(tx, of_parcel(i, "label.voided", {"label_id": i.label_id, "why": why}))


def of_parcel(i: Intent, kind: str, data: dict[str, object]) -> Event:
    return Event(kind=kind, subject="parcel", subject_id=i.parcel_id, shop_id=i.shop_id, ref=i.ref, data=data)
