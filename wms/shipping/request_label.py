"""Ask for a parcel's label: the intent, and a job that buys it, unless it can be had at once."""

from wms.db.tx import Tx
from wms.events.log import author, enqueue, recording
from wms.orders.labels import Asked, Labels
from wms.orders.parcels import ParcelState, lock_live_parcel
from wms.shipping.adapters import Carriers
from wms.shipping.buy_at_once import buy_at_once
from wms.shipping.errors import LabelBeforePacking, LabelUndecided
from wms.shipping.label_data import UNANSWERED

QUEUE = "labels"

_TOLD = recording(
    """select m.shop_id, 'label.requested', 'parcel', m.parcel_id, b.ref, jsonb_build_object('label_id', m.id)
  from made m, box b""",
    *("$4", "$5", "$6", "$7"),
)
FIRST = f"""
with box as materialized (
  select p.shop_id, p.id, p.carrier_id, o.number || '/' || p.no as ref
  from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) where p.shop_id = $1 and p.id = $2
), made as (
  insert into label (shop_id, parcel_id, carrier_id, retry_at) select shop_id, id, carrier_id, $3 from box
  returning shop_id, id, parcel_id
), told as ({_TOLD}
)
select id from made
"""


async def request_label(tx: Tx, shop_id: int, parcel_id: int, carriers: Carriers | None = None) -> Asked:
    """A second call gives the same label; for one that failed, or waits for the carrier, it is a new try.

    With ``carriers`` a label whose number is kept here is ready at once; any other is for the job.
    Raises ``LabelUndecided``, ``LabelBeforePacking``, ``OrderCancelled``, ``OrderOnHold``, ``NotFound``.
    """
    _, parcel = await lock_live_parcel(tx, shop_id, parcel_id)
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
    return await first_label(tx, shop_id, parcel_id, carriers)


async def first_label(tx: Tx, shop_id: int, parcel_id: int, carriers: Carriers | None) -> Asked:
    """Of a locked, closed parcel that has none."""
    label_id: int = await tx.value(FIRST, shop_id, parcel_id, tx.now + UNANSWERED, *author(tx))
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


class LabelsOf(Labels):
    """Labels from these carriers: at once where the number is kept here, else by the job."""

    def __init__(self, carriers: Carriers) -> None:
        self.carriers = carriers

    async def ask(self, tx: Tx, shop_id: int, parcel_id: int) -> Asked:
        return await first_label(tx, shop_id, parcel_id, self.carriers)
