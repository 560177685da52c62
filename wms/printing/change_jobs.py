"""The one place where a print job's state changes; what a person should know of it becomes an event."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.text import Text
from wms.printing.states import JOB_STEPS, TOLD, JobState

SETS: dict[JobState, str] = {
    JobState.SENDING: "tries = j.tries + 1, sent_at = $6, retry_at = null",
    JobState.QUEUED: (
        "sent_at = null, ended_at = null, error_code = $6, error = $7::jsonb, retry_at = $8,"
        " reason = coalesce($9, j.reason)"
    ),
    JobState.PRINTED: "ended_at = $6, error_code = null, error = null",
    JobState.FAILED: "ended_at = $6, error_code = $7, error = $8::jsonb",
    JobState.UNKNOWN: "ended_at = $6, error_code = $7, error = $8::jsonb",
    JobState.CANCELLED: "ended_at = $6, content = null",  # names and addresses go with it
}
"""What a state sets besides itself. A shop that cancels an order may write no more columns than *cancelled* does."""
STAFF = ("staff", "system")


class Changed(msgspec.Struct, frozen=True):
    """A job that has got there."""

    shop_id: int
    id: int
    subject: str
    subject_id: int
    ref: str | None
    printer: str | None


def as_json(why: Text | None) -> str | None:
    """The details of a job in each language, as they are stored."""
    return None if why is None else msgspec.json.encode({"en": why.en[:500], "pl": why.pl[:500]}).decode()


async def change_jobs(
    tx: Tx,
    jobs: Iterable[tuple[int, int]],
    old: JobState,
    new: JobState,
    *,
    tries: int | None = None,
    code: str | None = None,
    why: Text | None = None,
    retry_at: datetime | None = None,
    reason: str | None = None,
) -> list[Changed]:
    """Takes jobs, as ``(shop_id, id)``, from ``old`` to ``new``; those that are no longer ``old`` stay as they are.

    ``tries``: only one that is being sent for that time, so that whoever lost it cannot judge a later attempt. ``code``
    and ``why``: what keeps it or what became of it. Raises ``WrongState`` for a step that the table does not list.
    """
    keys = list(jobs)
    JOB_STEPS.check(keys, old, new)
    if not keys:
        return []
    told = (code, as_json(why))
    values: tuple[Any, ...] = (tx.now, *told) if new in (JobState.FAILED, JobState.UNKNOWN) else (tx.now,)
    if new == JobState.QUEUED:
        values = (*told, retry_at, reason)
    # a shop sees no printers
    printer = "(select p.code from printer p where p.id = j.printer_id)" if tx.actor.kind in STAFF else "null"
    found = await tx.all(
        Changed,
        f"""update print_job j set state = $3, {SETS[new]} from unnest($1::int[], $2::bigint[]) as u(shop_id, id)
            where (j.shop_id, j.id) = (u.shop_id, u.id) and j.state = $4 and ($5::int is null or j.tries = $5)
            returning j.shop_id, j.id, j.subject, j.subject_id, j.ref, {printer} as printer""",
        [s for s, _ in keys],
        [i for _, i in keys],
        new.value,
        old.value,
        tries,
        *values,
    )
    if (kind := TOLD.get((old, new))) is not None:
        await tell(tx, kind, found, code=code, why=why, reason=reason)
    return found


async def tell(
    tx: Tx,
    kind: str,
    jobs: Sequence[Changed],
    *,
    code: str | None = None,
    why: Text | None = None,
    reason: str | None = None,
) -> None:
    """The events of jobs that have changed."""
    said = {"code": code, "why": why and why.en[:500], "reason": reason}
    more = {k: v for k, v in said.items() if v is not None}
    await record_all(
        tx,
        [
            Event(
                kind=kind, subject=j.subject, subject_id=j.subject_id, shop_id=j.shop_id, ref=j.ref,
                data={"printer": j.printer, "job_id": j.id} | more,
            )
            for j in jobs
        ],
    )  # fmt: skip
