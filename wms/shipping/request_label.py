"""Ask for a parcel's label: the intent, and a job that buys it, unless it can be had at once."""

import msgspec
import structlog

from wms.db.tx import Database, Tx
from wms.events.log import Event, enqueue, record
from wms.kernel.refusals import Refusal
from wms.orders.parcels import ParcelState, lock_live_parcel
from wms.shipping.adapters import Carriers
from wms.shipping.buy_at_once import buy_at_once
from wms.shipping.errors import LabelBeforePacking, LabelUndecided
from wms.shipping.label_data import UNANSWERED

log = structlog.get_logger("wms.shipping")

QUEUE = "labels"


class Asked(msgspec.Struct, frozen=True):
    """``state``: requested, or what has become of it when it was asked for before."""

    label_id: int
    parcel_id: int
    state: str


async def request_label(tx: Tx, shop_id: int, parcel_id: int, carriers: Carriers | None = None) -> Asked:
    """A second call gives the same label; for one that failed, or waits for the carrier, it is a new try.

    With ``carriers`` a label whose number is kept here is ready at once; any other is for the job.
    Raises ``LabelUndecided``, ``LabelBeforePacking``, ``OrderCancelled``, ``OrderOnHold``, ``NotFound``.
    """
    order, parcel = await lock_live_parcel(tx, shop_id, parcel_id)
    live = await tx.row(
        "select id, state from label where shop_id = $1 and parcel_id = $2 and state <> 'void' for update",
        shop_id,
        parcel_id,
    )
    if live is not None:
        if live["state"] == "unknown":
            raise LabelUndecided(parcel=parcel.hu)
        if live["state"] in ("failed", "accepted"):
            state: str = await tx.value(
                """update label set state = case when state = 'failed' then 'requested' else state end, retry_at = $3
                   where shop_id = $1 and id = $2 returning state""",
                shop_id,
                live["id"],
                tx.now + UNANSWERED,
            )
            await enqueue_label(tx, shop_id, live["id"])
            return Asked(live["id"], parcel_id, state)
        return Asked(live["id"], parcel_id, live["state"])
    if not parcel.verified or parcel.state != ParcelState.CLOSED:
        raise LabelBeforePacking(parcel=parcel.hu)
    label_id: int = await tx.value(
        "insert into label (shop_id, parcel_id, carrier_id, retry_at) values ($1, $2, $3, $4) returning id",
        shop_id,
        parcel_id,
        parcel.carrier_id,
        tx.now + UNANSWERED,
    )
    await record(
        tx,
        Event(
            kind="label.requested", subject="parcel", subject_id=parcel_id, shop_id=shop_id,
            ref=f"{order.number}/{parcel.no}", data={"label_id": label_id},
        ),
    )  # fmt: skip
    if carriers is not None and await buy_at_once(tx, carriers, shop_id, label_id):
        return Asked(label_id, parcel_id, "ready")
    await enqueue_label(tx, shop_id, label_id)
    return Asked(label_id, parcel_id, "requested")


def label_key(shop_id: int, label_id: int) -> str:
    """The lock under which every job of a label runs: one at a time."""
    return f"label-{shop_id}-{label_id}"


async def enqueue_label(tx: Tx, shop_id: int, label_id: int) -> None:
    key = label_key(shop_id, label_id)
    await enqueue(tx, QUEUE, "shipping.buy_label", lock=key, once=key, shop_id=shop_id, label_id=label_id)


async def ask_for_label(database: Database, carriers: Carriers, shop_id: int, parcel_id: int) -> None:
    """The job that a pack station leaves when it closes a parcel: asks for its label.

    An order that was cancelled or put on hold in between, or a parcel that was opened again, needs none.
    """
    try:
        async with database.begin() as tx:
            await request_label(tx, shop_id, parcel_id, carriers)
    except Refusal as e:
        log.info("no label was asked for", shop_id=shop_id, parcel_id=parcel_id, code=e.code)
