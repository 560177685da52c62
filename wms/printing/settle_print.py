"""What a person decides about a job: that it did come out, that it is printed once more, that nobody wants it."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.text import Text
from wms.printing.queries import JobRow, lock_job
from wms.printing.queue_errors import JobOver, JobUnderWay, NothingKept, PrinterOutOfUse, ReasonNeeded
from wms.printing.queue_print import wake
from wms.printing.states import REASONS

_STATES = {
    "queued": Text(en="waiting", pl="czeka"),
    "printed": Text(en="printed", pl="wydrukowane"),
    "failed": Text(en="given up", pl="niewydrukowane"),
    "cancelled": Text(en="cancelled", pl="anulowane"),
    "unknown": Text(en="unknown", pl="nieznany"),
}


async def it_came_out(tx: Tx, job_id: int) -> None:
    """Somebody has looked: the label is there. Raises ``JobOver`` for a job that is not unknown, ``NotFound``."""
    job = await lock_job(tx, job_id)
    if job.state != "unknown":
        raise _over(job)
    await tx.run(
        """update print_job set state = 'printed', error_code = null, error = null, ended_at = $3
           where shop_id = $1 and id = $2""",
        job.shop_id,
        job.id,
        tx.now,
    )
    await record(tx, _event("print.settled", job, {"came_out": True}))


async def print_again(tx: Tx, job_id: int, reason: str | None) -> int:
    """The same bytes once more, in their old place of the queue when it is not known what came out; the job's id.

    Anything that was printed needs a ``reason`` of ``states.REASONS``; it becomes a job of its own. Raises
    ``ReasonNeeded``, ``NothingKept``, ``PrinterOutOfUse``, ``JobUnderWay``, ``JobOver``, ``NotFound``.
    """
    job = await lock_job(tx, job_id)
    if job.state == "sending":
        raise JobUnderWay(ref=job.ref or job.id)
    if job.state == "queued":
        raise _over(job)
    if not job.kept:
        raise NothingKept(ref=job.ref or job.id)
    if not job.printer_active:
        raise PrinterOutOfUse(printer=job.printer)
    if job.state == "unknown":
        await tx.run(
            """update print_job set state = 'queued', reason = $3, error_code = null, error = null, ended_at = null,
                 retry_at = null where shop_id = $1 and id = $2""",
            job.shop_id,
            job.id,
            "not-out",
        )
        again = job.id
    else:
        if reason not in REASONS:
            raise ReasonNeeded(pointer="/reason")
        again = await tx.value(
            """insert into print_job (shop_id, printer_id, location_id, document, subject, subject_id, ref, format, content,
                 document_id, copies, reason, person_id, device_id)
               select shop_id, printer_id, location_id, document, subject, subject_id, ref, format, content, document_id,
                 copies, $3, $4, $5 from print_job where shop_id = $1 and id = $2 returning id""",
            job.shop_id,
            job.id,
            reason,
            tx.actor.person_id,
            tx.actor.device_id,
        )
    await record(tx, _event("print.again", job, {"reason": reason or "not-out", "job_id": again}))
    await wake(tx, job.printer_id)
    return again


async def cancel_print(tx: Tx, job_id: int) -> None:
    """It does not come out any more. Raises ``JobUnderWay``, ``JobOver``, ``NotFound``."""
    job = await lock_job(tx, job_id)
    if job.state == "sending":
        raise JobUnderWay(ref=job.ref or job.id)
    if job.state not in ("queued", "unknown"):
        raise _over(job)
    await tx.run(
        "update print_job set state = 'cancelled', ended_at = $3, content = null where shop_id = $1 and id = $2",
        job.shop_id,
        job.id,
        tx.now,
    )
    await record(tx, _event("print.cancelled", job, {}))
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
    return JobOver(ref=job.ref or job.id, state=_STATES.get(job.state, _STATES["printed"]).en)


def _event(kind: str, job: JobRow, data: dict[str, object]) -> Event:
    return Event(
        kind=kind,
        subject=job.subject,
        subject_id=job.subject_id,
        shop_id=job.shop_id,
        ref=job.ref,
        data={"printer": job.printer, "job_id": job.id} | data,
    )
