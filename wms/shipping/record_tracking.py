"""What the courier tells about a parcel on its way, and what that means for the order.

Events come late, twice and in any order. So they are kept as they come, each once, and the order's state is read from
all of them together: the same set gives the same state, whatever came first.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, enqueue, record_all
from wms.kernel.clock import as_utc
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.orders.parcel_progress import advance_of_shops
from wms.orders.states import STEPS, OrderState
from wms.shipping.manifest_errors import UnknownParcel
from wms.shipping.reconcile import note_scans
from wms.shipping.request_label import QUEUE

Status = Literal[
    "registered", "ready", "handed_over", "in_transit", "out_for_delivery", "at_point", "delivered", "problem", "returned",
    "cancelled",
]  # fmt: skip


NO_ZONE = Text(
    en="say the time zone of each time: 2026-01-31T23:59:59Z",
    pl="podaj strefę każdej godziny: 2026-01-31T23:59:59Z",
)


class TrackingIn(msgspec.Struct, frozen=True, kw_only=True):
    """``raw`` is the carrier's own word; ``at`` when it happened there."""

    tracking_number: str
    status: Status
    at: datetime
    raw: str = ""
    place: str | None = None


class Recorded(msgspec.Struct, frozen=True):
    """``new``: events that were not known before."""

    received: int
    new: int


INSERT = """
insert into tracking_event (shop_id, parcel_id, status, raw, place, at)
select * from unnest($1::int[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
on conflict do nothing returning shop_id, parcel_id, status, raw, at
"""


async def record_tracking(tx: Tx, carrier_id: int, events: Sequence[TrackingIn]) -> Recorded:
    """Keeps the events of one carrier's parcels and lets the orders follow; a courier's own call leaves that to a job.

    Raises ``UnknownParcel`` with every number that is none of this carrier's, ``Invalid`` for a time without zone.
    """
    known = {
        r["tracking_number"]: (r["shop_id"], r["id"])
        for r in await tx.rows(
            "select shop_id, id, tracking_number from parcel where carrier_id = $1 and tracking_number = any($2::text[])",
            carrier_id,
            [e.tracking_number for e in events],
        )
    }
    if strangers := sorted({e.tracking_number for e in events} - known.keys()):
        raise UnknownParcel(scanned=", ".join(strangers[:20]))
    try:
        moments = [as_utc(e.at) for e in events]
    except ValueError as e:
        raise Invalid(field="at", why=NO_ZONE, pointer="/events") from e
    keys = [known[e.tracking_number] for e in events]
    new = {
        (r["shop_id"], r["parcel_id"], r["status"], r["raw"], r["at"])
        for r in await tx.rows(
            INSERT,
            [s for s, _ in keys],
            [p for _, p in keys],
            [e.status for e in events],
            [e.raw for e in events],
            [e.place for e in events],
            moments,
        )
    }
    told = {(s, p, e.status, e.raw, at): e for e, at, (s, p) in zip(events, moments, keys, strict=True)}
    await record_all(
        tx,
        [
            Event(
                kind=f"parcel.{e.status}", subject="parcel", subject_id=p, shop_id=s, ref=e.tracking_number,
                data={"at": at.isoformat(), "raw": e.raw, "place": e.place},
            )
            for (s, p, status, raw, at), e in told.items() if (s, p, status, raw, at) in new
        ],
    )  # fmt: skip
    if tx.actor.kind == "courier":
        for s, p in sorted(set(keys)):  # a job each: a courier's transaction may not touch an order
            await enqueue(tx, QUEUE, "shipping.follow", once=f"follow-{s}-{p}", shop_id=s, parcel_id=p)
    else:
        await follow(tx, await orders_of(tx, keys))
    return Recorded(len(events), len(new))


async def orders_of(tx: Tx, parcels: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    keys = sorted(set(parcels))
    rows = await tx.rows(
        """select distinct p.shop_id, p.order_id from parcel p join unnest($1::int[], $2::bigint[]) as u(shop_id, id)
             on (p.shop_id, p.id) = (u.shop_id, u.id) order by 1, 2""",
        [s for s, _ in keys],
        [p for _, p in keys],
    )
    return [(r["shop_id"], r["order_id"]) for r in rows]


# What each parcel has come to; an order is delivered when all of its parcels have arrived somewhere for good.
FATE = """
select o.shop_id, o.id, o.state,
  bool_and(coalesce(t.returned, false)) as all_returned,
  bool_and(coalesce(t.returned or t.delivered, false)) as all_there,
  bool_or(coalesce(t.moving, false)) as moving
from orders o join unnest($1::int[], $2::bigint[]) as u(shop_id, id) on (o.shop_id, o.id) = (u.shop_id, u.id)
join parcel p on p.shop_id = o.shop_id and p.order_id = o.id and p.state <> 'void'
left join lateral (
  select bool_or(e.status = 'returned') as returned, bool_or(e.status = 'delivered') as delivered,
         bool_or(e.status in ('handed_over', 'in_transit', 'out_for_delivery', 'at_point', 'problem', 'delivered', 'returned'))
           as moving
  from tracking_event e where e.shop_id = p.shop_id and e.parcel_id = p.id
) t on true
where o.state in ('handed_over', 'in_transit', 'delivered') group by 1, 2, 3
"""
LOCK = """
select 1 from orders o join unnest($1::int[], $2::bigint[]) as u(shop_id, id) on (o.shop_id, o.id) = (u.shop_id, u.id)
order by o.shop_id, o.id for update of o
"""


async def follow(tx: Tx, orders: Iterable[tuple[int, int]]) -> int:
    """Takes orders that have left the house to where their parcels are; returns how many changed."""
    keys = sorted(set(orders))
    if not keys:
        return 0
    columns = ([s for s, _ in keys], [i for _, i in keys])
    await tx.rows(LOCK, *columns)
    await note_scans(tx, keys)
    changes: dict[OrderState, list[tuple[int, int]]] = {}
    for r in await tx.rows(FATE, *columns):
        if r["all_returned"]:
            new = OrderState.RETURNED_TO_SENDER
        elif r["all_there"]:
            new = OrderState.DELIVERED
        elif r["moving"]:
            new = OrderState.IN_TRANSIT
        else:
            continue
        if new in STEPS.steps[OrderState(r["state"])]:
            changes.setdefault(new, []).append((r["shop_id"], r["id"]))
    for new, moved in changes.items():
        await advance_of_shops(tx, moved, new)
    return sum(len(m) for m in changes.values())


async def follow_parcel(tx: Tx, shop_id: int, parcel_id: int) -> int:
    """The job behind a courier's own events."""
    return await follow(tx, await orders_of(tx, [(shop_id, parcel_id)]))
