"""A carrier that is down for longer than the shop's rules allow gives its parcel up to another one.

Only what is proven to be booked nowhere goes: a label in doubt waits for its carrier, or for a person, however long.
"""

from datetime import timedelta

from wms.db.tx import Tx
from wms.events.log import Event, enqueue, record
from wms.kernel.refusals import Refusal
from wms.orders.parcels import ParcelState, lock_live_parcel
from wms.orders.recheck_parcel import Moved, falls_back_after, move_parcel_service, next_service, parcel_terms
from wms.orders.service_values import Sides
from wms.shipping.request_label import QUEUE, label_key, request_label

LEAST = timedelta(minutes=1)
"""Sooner than this nobody's rules take effect."""
MOST = 500
PROVEN = "state = 'failed' and carrier_ref is null and in_doubt_since is null"
"""Of a label: nothing is booked at its carrier, and this is proven."""

# Those that nobody has looked at longest ago come first, so that what stays where it is keeps no other from its turn.
DUE = f"""
update label set fallback_at = $3 where (shop_id, id) in (
  select b.shop_id, b.id from label b
  where {PROVEN} and b.down_since <= $1
    and exists (select from service_rule r where r.shop_id = b.shop_id and r.rule ->> 'action' = 'fallback')
  order by b.fallback_at nulls first, b.down_since, b.shop_id, b.id limit $2 for update of b skip locked)
returning shop_id, id
"""


async def sweep_fallbacks(tx: Tx) -> int:
    """A job for each label whose carrier has been down and whose shop has a rule for that, in turns; returns how many."""
    due = await tx.rows(DUE, tx.now - LEAST, MOST, tx.now)
    for row in due:
        key = label_key(row["shop_id"], row["id"])
        await enqueue(
            tx, QUEUE, "shipping.fall_back", lock=key, once=f"{key}-back", shop_id=row["shop_id"], label_id=row["id"]
        )  # fmt: skip
    return len(due)


async def fall_back(tx: Tx, shop_id: int, label_id: int) -> Moved | None:
    """Voids the label and asks for another one at the rule's carrier, in one step. None: it is not time, or nobody may go.

    Carriers that have been tried for this parcel are not asked again.
    """
    parcel_id = await tx.value(
        "select parcel_id from label where shop_id = $1 and id = $2", shop_id, label_id
    )
    if parcel_id is None:
        return None
    try:
        order, parcel = await lock_live_parcel(tx, shop_id, parcel_id)
    except Refusal:
        return None  # cancelled, or on hold: nothing is to be sent
    label = await tx.row(
        f"select down_since, error from label where shop_id = $1 and id = $2 and {PROVEN} and down_since is not null for update",
        shop_id,
        label_id,
    )
    if label is None or parcel.state != ParcelState.CLOSED or parcel.weight_g is None:
        return None
    box = await tx.row(
        "select length_mm, width_mm, height_mm from carton where code = $1", parcel.carton_code or ""
    )
    sides = Sides(box["length_mm"], box["width_mm"], box["height_mm"]) if box else Sides(0, 0, 0)
    terms = await parcel_terms(tx, order, parcel, weight_g=parcel.weight_g, sides=sides)
    minutes = falls_back_after(terms)
    if minutes is None or tx.now - label["down_since"] < timedelta(minutes=minutes):
        return None
    tried = await tx.rows(
        "select distinct c.code from label b join carrier c on c.id = b.carrier_id where b.shop_id = $1 and b.parcel_id = $2",
        shop_id,
        parcel_id,
    )
    found = next_service(terms, frozenset(r["code"] for r in tried))
    if found is None:
        return None
    await tx.run(
        """update label set state = 'void', voided_at = $3, parcel_verified = null, retry_at = null
           where shop_id = $1 and id = $2""",
        shop_id,
        label_id,
        tx.now,
    )
    moved = await move_parcel_service(tx, order, parcel, terms.carrier, found, "down")
    await record(
        tx,
        Event(
            kind="label.fell_back", subject="parcel", subject_id=parcel_id, shop_id=shop_id,
            ref=f"{order.number}/{parcel.no}",
            data={
                "label_id": label_id, "carrier": moved.was_carrier, "to": moved.carrier,
                "down_since": label["down_since"].isoformat(), "why": label["error"],
            },
        ),
    )  # fmt: skip
    await request_label(tx, shop_id, parcel_id)
    return moved
