"""A person decides about a car that nobody knows to have been ordered, and what pages show of cars."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.shipping.manifest_errors import PickupDecided, PickupOver
from wms.shipping.order_pickup import STAY, enqueue_ordering


class PickupRow(msgspec.Struct, frozen=True):
    """A car for one pickup; ``shop`` None: on the operator's account. ``carrier_ref``: the carrier's number of the order.

    ``error_code`` *pickup-over* and *pickup-off*: the carrier was not asked, because the car's time was over or because cars
    are not ordered from it any more. ``to_decide``: a person may say whether it is ordered; not while the carrier is still
    being asked. ``until``: when it is too late for it to come.
    """

    id: int
    carrier_id: int
    carrier: str
    warehouse_id: int
    shop: str | None
    pickup_at: datetime
    until: datetime
    state: str
    bookings: int
    carrier_ref: str | None
    tries: int
    error_code: str | None
    last_error: str | None
    retry_at: datetime | None
    ordered_at: datetime | None
    to_decide: bool


UNDECIDED = (
    "(o.state in ('failed', 'dropped') or o.state = 'unknown' and coalesce(o.retry_at <= now(), true))"
)
ROWS = f"""
select o.id, o.carrier_id, c.name as carrier, o.warehouse_id, s.name as shop, o.pickup_at,
  o.pickup_at + interval '{STAY.total_seconds():g} seconds' as until, o.state, cardinality(o.bookings) as bookings,
  o.carrier_ref, o.tries, o.error_code, o.last_error, o.retry_at, o.ordered_at, {UNDECIDED} as to_decide
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


async def pickup_row(tx: Tx, order_id: int) -> PickupRow:
    """Raises ``NotFound``."""
    found = await tx.one(PickupRow, f"{ROWS} where o.id = $1", order_id)
    if found is None:
        raise NotFound(what="pickup", ref=order_id)
    return found


class PickupScreen(msgspec.Struct, frozen=True):
    """What the page of a car shows besides: where it is to come, who decided last, and the list that it takes."""

    warehouse: str
    made_at: datetime
    bookings: list[str]
    decided_by: str | None
    manifest_id: int | None
    manifest: str | None


SCREEN = """
select w.name as warehouse, o.made_at, o.bookings[1:200] as bookings, p.name as decided_by, m.id as manifest_id,
  m.number as manifest
from pickup_order o join warehouse w on w.id = o.warehouse_id left join person p on p.id = o.decided_by
left join lateral (
  select n.id, n.number from manifest n
  where (n.carrier_id, n.warehouse_id, n.pickup_at) = (o.carrier_id, o.warehouse_id, o.pickup_at) order by n.id desc limit 1
) m on true
where o.id = $1
"""


async def pickup_screen(tx: Tx, order_id: int) -> PickupScreen:
    """Raises ``NotFound``."""
    found = await tx.one(PickupScreen, SCREEN, order_id)
    if found is None:
        raise NotFound(what="pickup", ref=order_id)
    return found


async def settle_pickup(tx: Tx, order_id: int, *, ordered: bool, reference: str = "") -> PickupRow:
    """``ordered``: the car comes, under the carrier's ``reference``; else there is none, and it is ordered again, also where
    cars are not ordered by themselves.

    Raises ``PickupDecided`` when there is nothing to decide, or not yet because the carrier is being asked; ``PickupOver``
    when a car that is ordered now could not come any more; ``Invalid`` without a reference, ``NotFound``.
    """
    row = await tx.row(
        f"select {UNDECIDED} as to_decide, o.pickup_at from pickup_order o where o.id = $1 for update",
        order_id,
    )
    if row is None:
        raise NotFound(what="pickup", ref=order_id)
    if not row["to_decide"]:
        raise PickupDecided
    if ordered and not reference:
        raise Invalid(
            field="reference",
            why=Text(
                en="write the carrier's number of the order",
                pl="wpisz numer zlecenia nadany przez przewoźnika",
            ),
            pointer="/reference",
        )
    if not ordered and tx.now >= row["pickup_at"] + STAY:
        raise PickupOver
    if ordered:
        await tx.run(
            """update pickup_order set state = 'ordered', carrier_ref = $2, ordered_at = $3, decided_by = $4, retry_at = null,
                 error_code = null, last_error = null where id = $1""",
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
    return await pickup_row(tx, order_id)
