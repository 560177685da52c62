"""Writing events, and leaving jobs, in the caller's transaction."""

from collections.abc import Sequence
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal

OPERATOR = 0
"""The shop number of events that belong to no shop."""


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """``kind`` is ``subject.what``, e.g. ``order.allocated``; ``ref`` is the number that people know it by."""

    kind: str
    subject: str
    subject_id: int
    shop_id: int = OPERATOR
    ref: str | None = None
    data: dict[str, Any] = {}


def refused(refusal: Refusal, path: str, key: str | None) -> Event:
    """A refused scan is a mis-pick caught: it counts in the statistics and helps whoever asks what happened."""
    data = {"path": path, "key": key, "status": refusal.status, "says": refusal.say("en")}
    return Event(kind="refusal", subject="request", subject_id=0, ref=refusal.code, data=data)


def recording(rows: str, person: str, device: str, actor: str, request: str) -> str:
    """An INSERT for the events that ``rows`` has, in the order of ``Event``'s fields in the table; the other arguments
    are places for what ``author`` gives. For who changes something and tells it in one statement."""
    # the transaction has its number before an event has its id: see feed.py
    return f"""
insert into event (shop_id, kind, subject, subject_id, ref, data, person_id, device_id, actor, request_id)
select e.*, {person}::bigint, {device}::bigint, {actor}::text, {request}::text
from ({rows}) e where pg_current_xact_id() is not null"""


def author(tx: Tx) -> tuple[int | None, int | None, str, str | None]:
    """Who changes something, from which device and in which request."""
    a = tx.actor
    return a.person_id, a.device_id, f"{a.kind}:{a.name}", tx.request_id or None


RECORD = recording(
    """select * from unnest((select $1::int[]), (select $2::text[]), (select $3::text[]), (select $4::bigint[]),
      (select $5::text[]), (select $6::jsonb[]))""",
    *("$7", "$8", "$9", "$10"),
)


async def record(tx: Tx, *events: Event) -> None:
    """Writes the events of one change; who, from which device and in which request come from the transaction."""
    await record_all(tx, events)


async def record_all(tx: Tx, events: Sequence[Event]) -> None:
    if not events:
        return
    await tx.run(
        RECORD,
        [e.shop_id for e in events],
        [e.kind for e in events],
        [e.subject for e in events],
        [e.subject_id for e in events],
        [e.ref for e in events],
        [msgspec.json.encode(e.data).decode() for e in events],
        *author(tx),
    )


async def enqueue(
    tx: Tx, queue: str, task: str, *, lock: str | None = None, once: str | None = None, **args: Any
) -> None:
    """Leaves a job in this transaction: gone with a rollback, seen by a worker after the commit.

    ``lock``: jobs with the same lock run one after the other. ``once``: no second one while the first still waits.
    Arguments are ids, never payloads; every task must bear to run twice.
    """
    await tx.run(
        "select enqueue($1, $2, $3, $4, $5::jsonb)",
        queue,
        task,
        lock,
        once,
        msgspec.json.encode(args).decode(),
    )
