"""A person decides about a car that nobody knows to have been ordered, and what pages show of cars."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, NotFound
from wms.shipping.errors import PickupDecided
from wms.shipping.order_pickup import enqueue_ordering


class PickupRow(msgspec.Struct, frozen=True):
    """A car for one pickup; ``shop`` None: on the operator's account. ``carrier_ref``: the carrier's number of the order.

    ``to_decide``: a person must say whether it is ordered; not while the carrier is still being asked.
    """

    id: int
    carrier_id: int
    carrier: str
    warehouse_id: int
    shop: str | None
    pickup_at: datetime
    state: str
    bookings: int
    carrier_ref: str | None
    tries: int
    last_error: str | None
    retry_at: datetime | None
    ordered_at: datetime | None
    to_decide: bool


UNDECIDED = "(o.state = 'failed' or o.state = 'unknown' and coalesce(o.retry_at <= now(), true))"
ROWS = f"""
select o.id, o.carrier_id, c.name as carrier, o.warehouse_id, s.name as shop, o.pickup_at, o.state,
  cardinality(o.bookings) as bookings, o.carrier_ref, o.tries, o.last_error, o.retry_at, o.ordered_at, {UNDECIDED} as to_decide
from pickup_order o join carrier c on c.id = o.carrier_id left join shop s on s.id = o.for_shop_id
"""


async def pickups_of(tx: Tx, carrier_id: int, warehouse_id: int, pickup_at: datetime) -> list[PickupRow]:
    """The cars of one pickup, one for each account."""
    return await tx.all(
        PickupRow,
        f"{ROWS} where o.carrier_id = $1 and o.warehouse_id = $2 and o.pickup_at = $3 order by o.for_shop_id limit 200",
        carrier_id,
        warehouse_id,
        pickup_at,
    )


async def pickup_rows(tx: Tx, warehouse_id: int, after: int, limit: int) -> list[PickupRow]:
    """Newest first, from before ``after`` (0: from the newest)."""
    return await tx.all(
        PickupRow,
        f"{ROWS} where o.warehouse_id = $1 and ($2 = 0 or o.id < $2) order by o.id desc limit $3",
        warehouse_id,
        after,
        limit,
    )


async def settle_pickup(tx: Tx, order_id: int, *, ordered: bool, reference: str = "") -> PickupRow:
    """``ordered``: the car comes, under the carrier's ``reference``; else there is none, and it is ordered again.

    Raises ``PickupDecided`` when there is nothing to decide, or not yet because the carrier is being asked; ``Invalid``
    without a reference, ``NotFound``.
    """
    row = await tx.row(
        f"select {UNDECIDED} as to_decide from pickup_order o where o.id = $1 for update", order_id
    )
    if row is None:
        raise NotFound(what="pickup", ref=order_id)
    if not row["to_decide"]:
        raise PickupDecided
    if ordered and not reference:
        raise Invalid(field="reference", why="the carrier's number of the order", pointer="/reference")
    if ordered:
        await tx.run(
            """update pickup_order set state = 'ordered', carrier_ref = $2, ordered_at = $3, decided_by = $4, retry_at = null
               where id = $1""",
            order_id,
            reference,
            tx.now,
            tx.actor.person_id,
        )
    else:
        await tx.run(
            """update pickup_order set state = 'wanted', tries = 0, retry_at = $2, decided_by = $3, error_code = null
               where id = $1""",
            order_id,
            tx.now,
            tx.actor.person_id,
        )
        await enqueue_ordering(tx, order_id)
    event = Event(
        kind="pickup.settled",
        subject="pickup",
        subject_id=order_id,
        ref=reference or None,
        data={"ordered": ordered},
    )
    await record(tx, event)
    found = await tx.one(PickupRow, f"{ROWS} where o.id = $1", order_id)
    assert found is not None
    return found
