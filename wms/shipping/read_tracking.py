"""The job that asks carriers where parcels are: often while something happens, seldom while nothing does.

Each account is asked at once for its parcels that are due, with no transaction open. What a carrier tells is its whole
story of a parcel, so a read that is missed, doubled or late changes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from wms.carriers.port import (
    Ambiguous,
    AuthFailed,
    CarrierError,
    RateLimited,
    TrackEvent,
    Tracks,
    TrackStatus,
)
from wms.db.tx import Database, Tx
from wms.events.log import Event, enqueue, record, record_all
from wms.shipping.adapters import Carriers
from wms.shipping.record_tracking import TrackingIn, record_tracking
from wms.shipping.request_label import QUEUE

log = structlog.get_logger("wms.shipping")

MOST = 100
"""Parcels asked for in one go."""
CLAIM = timedelta(minutes=10)
"""So long nobody else asks for a parcel that is being asked for."""
LEAST: Mapping[TrackStatus, timedelta] = {
    "registered": timedelta(hours=2), "ready": timedelta(hours=2), "handed_over": timedelta(hours=1),
    "in_transit": timedelta(hours=1), "out_for_delivery": timedelta(minutes=20), "at_point": timedelta(hours=2),
    "problem": timedelta(hours=2),
}  # fmt: skip
"""States in which more is to come, and how soon it may."""
LONGEST, GIVEN_UP = timedelta(hours=12), timedelta(days=45)
AFTER_FAILURE, AFTER_REFUSAL = timedelta(minutes=15), timedelta(hours=1)
RAW_MOST = 200


def next_read(status: TrackStatus, last: datetime, now: datetime) -> timedelta | None:
    """How long to wait after news from ``last``: the quieter a parcel is, the longer. None: nothing more is to come."""
    if status not in LEAST:
        return None
    quiet = now - last
    return None if quiet > GIVEN_UP else min(max(LEAST[status], quiet / 12), LONGEST)


async def enqueue_reading(tx: Tx, carrier_id: int, shop_id: int) -> None:
    key = f"track-{carrier_id}-{shop_id}"
    await enqueue(
        tx, QUEUE, "shipping.read_tracking", lock=key, once=key, carrier_id=carrier_id, shop_id=shop_id
    )


async def sweep_tracking(tx: Tx) -> int:
    """A job for each account that has parcels to be asked for; returns how many."""
    rows = await tx.rows(
        "select distinct carrier_id, shop_id from label where track_at <= $1 and state <> 'void' order by 1, 2",
        tx.now,
    )
    for row in rows:
        await enqueue_reading(tx, row["carrier_id"], row["shop_id"])
    return len(rows)


class Due(msgspec.Struct, frozen=True):
    """A parcel to be asked for, and the account that can. ``number``: the one to follow now."""

    shop_id: int
    label_id: int
    parcel_id: int
    number: str
    tracking_number: str
    ready_at: datetime
    carrier_id: int
    carrier_code: str
    adapter: str
    account: str
    max_weight_g: int
    settings: dict[str, Any]


DUE = """
with due as (
  select shop_id, id from label where carrier_id = $1 and shop_id = $2 and track_at <= $3 and state <> 'void'
  order by track_at limit $4 for update skip locked
), claimed as (
  update label b set track_at = $5 from due where (b.shop_id, b.id) = (due.shop_id, due.id) returning b.*
)
select b.shop_id, b.id as label_id, b.parcel_id, coalesce(b.follow_number, b.tracking_number) as number, b.tracking_number,
  coalesce(b.ready_at, b.requested_at) as ready_at, c.id as carrier_id, c.code as carrier_code, c.adapter, c.account,
  c.max_weight_g, c.settings
from claimed b join carrier c on c.id = b.carrier_id
join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id) and p.tracking_number = b.tracking_number
order by b.id
"""


async def read_tracking(
    database: Database, carriers: Carriers, carrier_id: int, shop_id: int
) -> timedelta | None:
    """Asks for what is due of one account; None, or zero when there is more than one go can take."""
    async with database.begin() as tx:
        due = await tx.all(Due, DUE, carrier_id, shop_id, tx.now, MOST, tx.now + CLAIM)
    if not due:
        return None
    try:
        adapter = carriers.adapter(due[0])
        if not isinstance(adapter, Tracks):
            await _later(database, due, None)
            return None
        told, failure = await _ask(adapter, due)
    except CarrierError as e:
        told, failure = {}, e
    if told:
        await _record(database, [d for d in due if d.label_id in told], told)
    if failure is not None:
        await _postpone(database, [d for d in due if d.label_id not in told], failure)
    return timedelta(0) if len(due) == MOST and failure is None else None


Told = dict[int, list[TrackEvent]]


async def _ask(adapter: Tracks, due: Sequence[Due]) -> tuple[Told, CarrierError | None]:
    """The events by label. One parcel that the carrier chokes on is asked for alone, so that it holds up no other."""
    try:
        found = await adapter.track([d.number for d in due])
        return {d.label_id: found.get(d.number, []) for d in due}, None
    except (AuthFailed, RateLimited) as e:
        return {}, e
    except Exception as e:
        first = _known(e, due[0])
    told: Told = {}
    failures = 0
    for d in due if len(due) > 1 else ():
        try:
            told[d.label_id] = (await adapter.track([d.number])).get(d.number, [])
        except (AuthFailed, RateLimited) as e:
            return told, e
        except Exception as e:
            first, failures = _known(e, d), failures + 1
            if failures == 3 and not told:
                break  # it is not the parcel: the carrier is down
    return told, first


def _known(e: Exception, d: Due) -> CarrierError:
    if isinstance(e, CarrierError):
        return e
    log.error("carrier adapter failed", carrier=d.carrier_code, parcel=d.number, exc_info=e)
    return Ambiguous(f"{type(e).__name__}: {e}")


async def _record(database: Database, due: Sequence[Due], told: Told) -> None:
    async with database.begin() as tx:
        events = [
            TrackingIn(
                tracking_number=d.tracking_number, status=e.status, at=e.at, raw=_word(e),
                place=e.place and e.place.replace("\0", "")[:RAW_MOST],
            )
            for d in due
            for e in told[d.label_id]
        ]  # fmt: skip
        if events:
            await record_tracking(tx, due[0].carrier_id, events)
        await _alarm(tx, due[0], {_word(e) for d in due for e in told[d.label_id] if not e.known})
        waits, numbers, ended = [], [], []
        for d in due:
            last = told[d.label_id][-1] if told[d.label_id] else None
            wait = next_read(last.status if last else "registered", last.at if last else d.ready_at, tx.now)
            waits.append(None if wait is None else tx.now + wait)
            numbers.append(next((e.new_number for e in reversed(told[d.label_id]) if e.new_number), None))
            if wait is None and (last is None or last.status in LEAST):
                ended.append(d)
        await tx.run(
            """update label b set tracked_at = $1, track_at = u.at, follow_number = coalesce(u.number, b.follow_number)
               from unnest($2::int[], $3::bigint[], $4::timestamptz[], $5::text[]) as u(shop_id, id, at, number)
               where (b.shop_id, b.id) = (u.shop_id, u.id)""",
            tx.now,
            [d.shop_id for d in due],
            [d.label_id for d in due],
            waits,
            numbers,
        )
        data = {"carrier": due[0].carrier_code, "days": GIVEN_UP.days}
        await record_all(
            tx,
            [
                Event(
                    kind="parcel.tracking_ended", subject="parcel", subject_id=d.parcel_id, shop_id=d.shop_id,
                    ref=d.tracking_number, data=data,
                )
                for d in ended
            ],
        )  # fmt: skip


def _word(e: TrackEvent) -> str:
    """The carrier's own word as it can be stored."""
    return e.raw.replace("\0", "")[:RAW_MOST]


async def _alarm(tx: Tx, d: Due, unknown: set[str]) -> None:
    """One event for each word of a carrier that nobody has mapped, however often and wherever it comes."""
    new = await tx.rows(
        """insert into carrier_status (carrier_id, raw) select $1::bigint, * from unnest($2::text[])
           on conflict do nothing returning raw""",
        d.carrier_id,
        sorted(unknown),
    )
    await record_all(
        tx,
        [
            Event(
                kind="carrier.unknown_status", subject="carrier", subject_id=d.carrier_id, ref=d.carrier_code,
                data={"raw": r["raw"], "taken_for": "in_transit"},
            )
            for r in new
        ],
    )  # fmt: skip


async def _later(database: Database, due: Sequence[Due], wait: timedelta | None) -> None:
    async with database.begin() as tx:
        await tx.run(
            """update label b set track_at = $3 from unnest($1::int[], $2::bigint[]) as u(shop_id, id)
               where (b.shop_id, b.id) = (u.shop_id, u.id)""",
            [d.shop_id for d in due],
            [d.label_id for d in due],
            None if wait is None else tx.now + wait,
        )


async def _postpone(database: Database, due: Sequence[Due], e: CarrierError) -> None:
    if not due:
        return
    wait = AFTER_FAILURE
    if isinstance(e, RateLimited):
        wait = max(wait, timedelta(seconds=e.retry_after))
    if isinstance(e, AuthFailed):
        wait = AFTER_REFUSAL
        async with database.begin() as tx:
            event = Event(
                kind="carrier.auth_failed", subject="carrier", subject_id=due[0].carrier_id,
                ref=due[0].carrier_code, data={"why": str(e)[:500], "call": "track"},
            )  # fmt: skip
            await record(tx, event)
    error = type(e).__name__  # a carrier's own words may quote a recipient
    log.warning("parcels could not be tracked", carrier=due[0].carrier_code, parcels=len(due), error=error)
    await _later(database, due, wait)
