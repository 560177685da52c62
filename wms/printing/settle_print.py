"""What a person decides about a job: that it did come out, that it is printed once more, that nobody wants it."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.printing.change_jobs import change_jobs
from wms.printing.queries import JobRow, lock_job
from wms.printing.queue_errors import (
    JobOver,
    JobUnderWay,
    LabelVoid,
    NothingKept,
    OtherHead,
    PrinterOutOfUse,
    ReasonNeeded,
)
from wms.printing.queue_print import wake
from wms.printing.states import REASONS, JobState


async def it_came_out(tx: Tx, job_id: int) -> None:
    """Somebody has looked: the label is there. Raises ``JobOver`` for a job that is not unknown, ``NotFound``."""
    job = await lock_job(tx, job_id)
    if job.state != JobState.UNKNOWN:
        raise _over(job)
    await change_jobs(tx, [(job.shop_id, job.id)], JobState.UNKNOWN, JobState.PRINTED)


ANEW = """
insert into print_job (shop_id, printer_id, location_id, document, subject, subject_id, label_id, ref, format, content,
  document_id, dots_per_mm, copies, reason, person_id, device_id)
select shop_id, printer_id, location_id, document, subject, subject_id, label_id, ref, format, content, document_id,
  dots_per_mm, copies, $3, $4, $5 from print_job where shop_id = $1 and id = $2 returning id
"""


async def print_again(tx: Tx, job_id: int, reason: str | None) -> int:
    """The same bytes once more, in their old place of the queue when it is not known what came out; the job's id.

    Anything that was printed needs a ``reason`` of ``states.REASONS``; it becomes a job of its own, or is the one that
    somebody else has just made. Raises ``ReasonNeeded``, ``LabelVoid``, ``OtherHead``, ``NothingKept``,
    ``PrinterOutOfUse``, ``JobUnderWay``, ``JobOver``, ``NotFound``.
    """
    job = await lock_job(tx, job_id)
    if job.state == JobState.SENDING:
        raise JobUnderWay(ref=job.ref or job.id)
    if job.state == JobState.QUEUED:
        raise _over(job)
    if job.void:
        raise LabelVoid(ref=job.ref or job.id)
    if not job.kept:
        raise NothingKept(ref=job.ref or job.id)
    if not job.printer_active:
        raise PrinterOutOfUse(printer=job.printer)
    if not job.fits:
        raise OtherHead(ref=job.ref or job.id, printer=job.printer)
    if job.state == JobState.UNKNOWN:
        await change_jobs(tx, [(job.shop_id, job.id)], JobState.UNKNOWN, JobState.QUEUED, reason="not-out")
        await wake(tx, job.printer_id)
        return job.id
    if reason not in REASONS:
        raise ReasonNeeded(pointer="/reason")
    if (other := await _under_way(tx, job)) is not None:
        return other
    again: int = await tx.value(ANEW, job.shop_id, job.id, reason, tx.actor.person_id, tx.actor.device_id)
    await record(
        tx,
        Event(
            kind="print.again", subject=job.subject, subject_id=job.subject_id, shop_id=job.shop_id, ref=job.ref,
            data={"printer": job.printer, "job_id": again, "reason": reason},
        ),
    )  # fmt: skip
    await wake(tx, job.printer_id)
    return again


async def _under_way(tx: Tx, job: JobRow) -> int | None:
    """The same paper that waits for this printer already. Raises ``JobUnderWay`` where it is being printed.

    Whoever asks for the same paper at the same moment has waited for the lock of the job that it is made from.
    """
    found = await tx.row(
        """select id, state from print_job
           where shop_id = $1 and subject = $2 and subject_id = $3 and document = $4 and printer_id = $5
             and label_id is not distinct from $6 and id > $7 and state in ('queued', 'sending') order by id limit 1""",
        job.shop_id,
        job.subject,
        job.subject_id,
        job.document,
        job.printer_id,
        job.label_id,
        job.id,
    )
    if found is None:
        return None
    if found["state"] == JobState.SENDING:
        raise JobUnderWay(ref=job.ref or job.id)
    return int(found["id"])


async def cancel_print(tx: Tx, job_id: int) -> None:
    """It does not come out any more. Raises ``JobUnderWay``, ``JobOver``, ``NotFound``."""
    job = await lock_job(tx, job_id)
    if job.state == JobState.SENDING:
        raise JobUnderWay(ref=job.ref or job.id)
    if job.state not in (JobState.QUEUED, JobState.UNKNOWN):
        raise _over(job)
    await change_jobs(tx, [(job.shop_id, job.id)], JobState(job.state), JobState.CANCELLED)
    await wake(tx, job.printer_id)


async def ask_now(tx: Tx, printer_id: int) -> None:
    """The printer is asked at once how it is, and its queue goes on if it can."""
    await tx.run("update printer set asked_at = null where id = $1", printer_id)
    await tx.run(
        "update print_job set retry_at = null where printer_id = $1 and state = 'queued' and retry_at is not null",
        printer_id,
    )
    await wake(tx, printer_id)


def _over(job: JobRow) -> JobOver:
    return JobOver(ref=job.ref or job.id, state=job.state)
