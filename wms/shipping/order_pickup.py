"""Cars are ordered from the pickup calendar: for a carrier that wants to be called, once for each pickup with parcels waiting.

An order is *unknown* from the moment in which the carrier is asked, and stays so where its answer says nothing: a second
car costs money and comes in vain, so it is never asked for blindly. Only an error that means that nothing was ordered
lets the job try again. Until ``retry_at`` the carrier may still be answering, and nobody decides. Where the car could not
come any more, or none is to be ordered by now, the carrier is not asked, and the order says so.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from wms.carriers.port import (
    AuthFailed,
    Cap,
    CarrierError,
    NotSupported,
    OrdersPickup,
    Party,
    RateLimited,
    Rejected,
    Unavailable,
)
from wms.carriers.port import PickupOrder as Ordered
from wms.carriers.registry import CarrierBroken, capabilities
from wms.db.tx import Database, Tx
from wms.events.log import Event, enqueue, record
from wms.kernel.backoff import backoff
from wms.shipping.accounts import ACCOUNT
from wms.shipping.adapters import Carriers
from wms.shipping.car_words import OFF, OVER
from wms.shipping.load_parcel import first_pickup
from wms.shipping.request_label import QUEUE

log = structlog.get_logger("wms.shipping")

LEAD = timedelta(hours=4)
"""So long before the hour of the calendar the car is ordered; what is labelled later goes with it all the same."""
STAY = timedelta(hours=2)
"""The car may come from the hour of the calendar on, for so long."""
FIRST_WAIT_S, LONGEST_WAIT_S = 30, 900
ASKING = timedelta(minutes=5)
"""So long nobody decides about a car that the carrier is being asked for; after ``MOST_S`` the asking is given up."""
MOST_S = 240.0

# Who has parcels waiting: labelled ones, and those on an open list.
WAITING = """
select c.id as carrier_id, c.adapter, x.warehouse_id, w.timezone, w.country,
  array(select p.weekday from carrier_pickup p where p.carrier_id = c.id order by p.weekday, p.at) as weekdays,
  array(select p.at from carrier_pickup p where p.carrier_id = c.id order by p.weekday, p.at) as times
from carrier c
join (
  select carrier_id, warehouse_id from parcel where state = 'labelled' group by 1, 2
  union
  select m.carrier_id, m.warehouse_id from manifest m
  where m.state = 'open' and exists (select from manifest_parcel mp where mp.manifest_id = m.id)
) x on x.carrier_id = c.id
join warehouse w on w.id = x.warehouse_id
where c.orders_pickup and c.active
"""
# Each account calls its own car. One that was dropped is wanted again once cars are ordered again.
WANT = f"""
insert into pickup_order (carrier_id, warehouse_id, for_shop_id, pickup_at, bookings, retry_at)
select $1::bigint, $2::bigint, account, $3::timestamptz, array_agg(ref order by ref), $4::timestamptz
from (
  select distinct b.carrier_ref as ref, {ACCOUNT} as account
  from parcel p join label b on (b.shop_id, b.parcel_id) = (p.shop_id, p.id) and b.state <> 'void'
  left join manifest_parcel mp on (mp.shop_id, mp.parcel_id) = (p.shop_id, p.id) and mp.left_behind_at is null
  left join manifest m on m.id = mp.manifest_id
  where p.carrier_id = $1 and p.warehouse_id = $2 and b.carrier_ref is not null
    and (p.state = 'labelled' or (p.state = 'manifested' and m.state = 'open'))
) y group by account
on conflict (carrier_id, warehouse_id, pickup_at, for_shop_id) do update
  set state = 'wanted', bookings = excluded.bookings, retry_at = excluded.retry_at, error_code = null
  where pickup_order.state = 'dropped'
returning id
"""


async def sweep_pickups(tx: Tx) -> int:
    """Wants cars for the pickups that are near, and leaves jobs for what is due; returns how many orders are new."""
    new = 0
    for r in await tx.rows(WAITING):  # carriers with a calendar of their own: a handful
        at = first_pickup(tx.now, r)
        if at is None or at - tx.now > LEAD or not _orders(r["adapter"]):
            continue
        new += len(await tx.rows(WANT, r["carrier_id"], r["warehouse_id"], at, tx.now))
    due = await tx.rows(
        "select id from pickup_order where state = 'wanted' and retry_at <= $1 order by id limit 200", tx.now
    )
    for r in due:
        await enqueue_ordering(tx, r["id"])
    return new


def _orders(adapter: str) -> bool:
    try:
        return Cap.PICKUP in capabilities(adapter)
    except CarrierBroken:
        return False


async def enqueue_ordering(tx: Tx, order_id: int) -> None:
    key = f"pickup-{order_id}"
    await enqueue(tx, QUEUE, "shipping.order_pickup", lock=key, once=key, order_id=order_id)


class Wanted(msgspec.Struct, frozen=True):
    """A car to be ordered, and the account that orders it. ``why``: the carrier is not to be asked, and ``state`` says what
    has become of it."""

    state: str
    why: str | None
    id: int
    shop_id: int
    pickup_at: datetime
    bookings: list[str]
    tries: int
    carrier_id: int
    carrier_code: str
    adapter: str
    account: str
    max_weight_g: int
    settings: dict[str, Any]
    warehouse: str
    country: str
    address: dict[str, Any]


# What a person has ordered anew is asked for even where cars are not ordered by themselves.
CLAIM = """
with claimed as (
  update pickup_order o set tries = o.tries + (x.why is null)::int, retry_at = case when x.why is null then $3::timestamptz end,
    error_code = x.why, last_error = case when x.why is null then o.last_error end,
    state = case x.why when $5 then 'failed' when $6 then 'dropped' else 'unknown' end
  from (
    select q.id, case when q.pickup_at + $4::interval <= $2 then $5
      when not (c.active and c.orders_pickup) and q.decided_by is null then $6 end as why
    from pickup_order q join carrier c on c.id = q.carrier_id where q.id = $1
  ) x
  where o.id = x.id and o.state = 'wanted' and o.retry_at <= $2 returning o.*
)
select o.state, o.error_code as why, o.id, o.for_shop_id as shop_id, o.pickup_at, o.bookings, o.tries, c.id as carrier_id, c.code as carrier_code,
  c.adapter, c.account, c.max_weight_g, c.settings, w.name as warehouse, w.country, w.address
from claimed o join carrier c on c.id = o.carrier_id join warehouse w on w.id = o.warehouse_id
"""


async def order_pickup(database: Database, carriers: Carriers, order_id: int) -> str | None:
    """The job: asks the carrier with no transaction open; the state that came of it, None when there was nothing to do."""
    async with database.begin() as tx:
        wanted = await tx.one(Wanted, CLAIM, order_id, tx.now, tx.now + ASKING, STAY, OVER, OFF)
        if wanted is not None and wanted.why is not None:
            data = {
                "carrier": wanted.carrier_code,
                "pickup_at": wanted.pickup_at.isoformat(),
                "why": wanted.why,
            }
            await record(
                tx,
                Event(
                    kind=f"pickup.not_ordered.{wanted.state}",
                    subject="pickup",
                    subject_id=wanted.id,
                    data=data,
                ),
            )
            return wanted.state
    if wanted is None:
        return None
    try:
        adapter = carriers.adapter(wanted)
        if not isinstance(adapter, OrdersPickup):
            raise NotSupported(wanted.carrier_code, Cap.PICKUP)
        window = (wanted.pickup_at, wanted.pickup_at + STAY)
        async with asyncio.timeout(MOST_S):
            ordered = await adapter.order_pickup(wanted.bookings, window, _sender(wanted))
    except Exception as e:  # a plug-in's own fault says nothing about what the carrier has done
        if not isinstance(e, CarrierError):
            log.error("carrier adapter failed", carrier=wanted.carrier_code, pickup=wanted.id, exc_info=e)
        return await _troubled(database, wanted, e)
    return await _ordered(database, wanted, ordered)


def _sender(w: Wanted) -> Party:
    a: Mapping[str, str] = {k: str(v) for k, v in w.address.items()}
    return Party(
        name=a.get("name") or w.warehouse, street=a.get("street", ""), postcode=a.get("postcode", ""),
        city=a.get("city", ""), country=w.country, phone=a.get("phone"), email=a.get("email"),
    )  # fmt: skip


# A person may have decided meanwhile, and has perhaps written another number: a car that comes is never forgotten.
ANSWERED = """
update pickup_order set state = 'ordered', carrier_word = $3, ordered_at = coalesce(ordered_at, $4), retry_at = null,
  error_code = null, last_error = null, carrier_ref = case when state = 'ordered' then carrier_ref || ', ' || $2 else $2 end
where id = $1 and (state <> 'ordered' or $2 <> all(string_to_array(carrier_ref, ', ')))
"""


async def _ordered(database: Database, w: Wanted, found: Ordered) -> str:
    async with database.begin() as tx:
        if not await tx.run(ANSWERED, w.id, found.id[:100], found.state[:100], tx.now):
            return "ordered"
        data = {"carrier": w.carrier_code, "pickup_at": w.pickup_at.isoformat(), "bookings": len(w.bookings)}
        await record(
            tx, Event(kind="pickup.ordered", subject="pickup", subject_id=w.id, ref=found.id[:100], data=data)
        )
    return "ordered"


async def _troubled(database: Database, w: Wanted, e: Exception) -> str:
    """*wanted* again after an error that means that nothing was ordered, while the car can still come; *failed* where
    asking again would not help; *unknown* after everything else."""
    code = e.code if isinstance(e, CarrierError) else "carrier-error"
    wait = backoff(w.tries, FIRST_WAIT_S, LONGEST_WAIT_S)
    if isinstance(e, RateLimited):
        wait = max(wait, timedelta(seconds=e.retry_after))
    async with database.begin() as tx:
        if isinstance(e, Unavailable | RateLimited) and tx.now + wait < w.pickup_at + STAY:
            state = "wanted"
        elif isinstance(e, Unavailable | RateLimited | AuthFailed | Rejected | NotSupported | CarrierBroken):
            state = "failed"
        else:
            state = "unknown"
        changed = await tx.run(
            """update pickup_order set state = $2, retry_at = $3, error_code = $4, last_error = $5
               where id = $1 and state = 'unknown'""",
            w.id,
            state,
            tx.now + wait if state == "wanted" else None,
            code,
            str(e)[:500],
        )
        if changed and (state != "wanted" or w.tries == 1):
            data = {"carrier": w.carrier_code, "pickup_at": w.pickup_at.isoformat(), "why": str(e)[:500]}
            await record(
                tx, Event(kind=f"pickup.not_ordered.{state}", subject="pickup", subject_id=w.id, data=data)
            )
    log.warning("no car was ordered", carrier=w.carrier_code, pickup=w.id, state=state, code=code)
    return state
