"""Reading events by a cursor that never skips one.

Ids are handed out when an event is written, and become visible when its transaction commits, so an event with a lower
id may appear after one with a higher id was read. Comparing the reading snapshot with the events' own transaction
numbers does not rule that out: the transaction that took the lower id may well have the higher number. What does:
look how far the ids have been handed out, and only then take a transaction number of one's own. Whoever holds an id up
to there has a lower number (``record`` sees to that), so when every lower number is done, nothing can be added up to
that id any more. The snapshot's own upper end would not do: it is behind the last number that is *done*, and those still
at work may lie beyond it. Nothing here depends on what a restored backup would have lost.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from wms.db.tx import Tx

PATIENCE = timedelta(milliseconds=400)
"""How long a reader waits for writers that were at work when it came; they take milliseconds."""
TRIES = 11
LONGEST = timedelta(minutes=5)
"""No transaction of ours lives as long, so that one that hangs cannot hold the feed up for longer."""

HANDED_OUT = """select case when is_called then last_value else 0 end as high, pg_current_xact_id_if_assigned() is null as fresh
from event_id_seq"""
NUMBER = "select pg_current_xact_id()::text"
OLDER_DONE = "select pg_snapshot_xmin(pg_current_snapshot()) >= $1::text::xid8"
LONG_AGO = """
select coalesce((select e.id from event e where e.shop_id = $1 and e.id > $2 and e.id <= $3 and e.at < now() - $4::interval
                 order by e.id desc limit 1), $2)
"""


async def settled_up_to(tx: Tx, *, shop_id: int, after: int = 0) -> int:
    """The highest event id up to which nothing of this shop can be added any more; ``after`` when that is not known.

    Waits up to ``PATIENCE`` for writers at work. Ask before the transaction writes (RuntimeError otherwise), and in READ
    COMMITTED, as every transaction here is.
    """
    row = await tx.row(HANDED_OUT)
    assert row is not None
    high: int = row["high"]
    if high <= after:
        return after
    if not row["fresh"]:
        raise RuntimeError("this transaction has written: its number is too low to tell who is still at work")
    number: str = await tx.value(NUMBER)
    for left in reversed(range(TRIES)):
        if await tx.value(OLDER_DONE, number):
            return high
        if left:
            await asyncio.sleep(PATIENCE.total_seconds() / (TRIES - 1))
    old: int = await tx.value(LONG_AGO, shop_id, after, high, LONGEST)
    return old


class EventOut(msgspec.Struct, frozen=True):
    """One thing that happened. ``ref`` is the number that people know the subject by; ``data`` depends on ``kind``.

    ``by`` is who did it: ``staff``, ``shop``, ``courier`` or ``system``. The name, the device and the request are shown
    to staff only.
    """

    id: int
    at: datetime
    kind: str
    subject: str
    subject_id: int
    ref: str | None
    data: dict[str, Any]
    by: str
    name: str | None = None
    device: str | None = None
    request_id: str | None = None


class EventPage(msgspec.Struct, frozen=True):
    """``next`` is the cursor for the next call, also when there was nothing new; ``more``: call again at once."""

    items: list[EventOut]
    next: int
    more: bool


FEED = """
select id, at, kind, subject, subject_id, ref, data, split_part(actor, ':', 1) as by
from event where shop_id = $1 and id > $2 and id <= $3 and ($4::text[] is null or kind = any($4))
order by id limit $5
"""


async def feed(tx: Tx, after: int, limit: int, kinds: Sequence[str] | None = None) -> EventPage:
    """The asking shop's events behind ``after``, oldest first; never one that an earlier one could still precede."""
    high = await settled_up_to(tx, shop_id=tx.shop_id, after=after)
    items = await tx.all(EventOut, FEED, tx.shop_id, after, high, list(kinds) if kinds else None, limit)
    more = len(items) == limit
    return EventPage(items=items, next=items[-1].id if more else high, more=more)


AUDIT = """
select e.id, e.at, e.kind, e.subject, e.subject_id, e.ref, e.data, split_part(e.actor, ':', 1) as by,
       case when $6 then substr(e.actor, strpos(e.actor, ':') + 1) end as name,
       case when $6 then d.code end as device, case when $6 then e.request_id end as request_id
from event e left join {device} d on d.id = e.device_id
where e.shop_id = $1 and e.subject = $2 and e.subject_id = $3 and e.id > $4 and ($7::text[] is null or e.kind = any($7))
order by e.id limit $5
"""
NO_DEVICE = "(select null::bigint as id, null::text as code)"  # a shop has no business with our devices


async def audit(
    tx: Tx,
    shop_id: int,
    subject: str,
    subject_id: int,
    *,
    after: int,
    limit: int,
    kinds: Sequence[str] | None = None,
) -> EventPage:
    """What happened to one thing, oldest first. For looking, not for following: it shows what is committed now."""
    staff = tx.actor.kind in ("staff", "system")
    items = await tx.all(
        EventOut,
        AUDIT.format(device="device" if staff else NO_DEVICE),
        shop_id,
        subject,
        subject_id,
        after,
        limit,
        staff,
        list(kinds) if kinds else None,
    )
    return EventPage(items=items, next=items[-1].id if items else after, more=len(items) == limit)
