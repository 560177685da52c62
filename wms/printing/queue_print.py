"""Puts papers into the queue of a printer, and wakes who works it off."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.text import Text
from wms.printing.addresses import Kind
from wms.printing.change_jobs import Changed, as_json, change_jobs, tell
from wms.printing.queue_errors import NoPrinterHere
from wms.printing.states import JobState, head_of

CHANNEL = "print"
"""What a worker listens to for printers with work; a notice is sent with the commit."""
Document = Literal["label", "handling_unit", "slip", "protocol", "sheet", "test"]


class Target(msgspec.Struct, frozen=True):
    """A printer that something may go to."""

    id: int
    code: str
    kind: str
    dots_per_mm: int
    location_id: int | None = None


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One paper. ``shop_id`` 0: the operator's own. ``content``, or ``document_id`` of a kept file of the same shop.

    ``label_id``: which label of a parcel it is. With ``fault`` (a key of ``states.FAULTS``, ``error`` its details) it is on
    record as what this printer cannot print.
    """

    document: Document
    subject: str
    subject_id: int
    shop_id: int = 0
    label_id: int | None = None
    ref: str | None = None
    content: bytes | None = None
    document_id: int | None = None
    copies: int = 1
    reason: str | None = None
    fault: str | None = None
    error: Text | None = None


AT = """
select p.id, p.code, p.kind, p.dots_per_mm, a.location_id
from printer_place a join printer p on p.id = a.printer_id
where a.location_id = $1 and a.kind = $2 and p.active
"""


async def printer_at(tx: Tx, location_id: int | None, kind: Kind) -> Target | None:
    """The printer in use of a pack station or a dock; None where there is none."""
    return None if location_id is None else await tx.one(Target, AT, location_id, kind)


async def printer_needed(tx: Tx, location_id: int, kind: Kind) -> Target:
    """The same. Raises ``NoPrinterHere``."""
    found = await printer_at(tx, location_id, kind)
    if found is None:
        place = await tx.value("select code from location where id = $1", location_id)
        raise NoPrinterHere(place=place or location_id)
    return found


async def queue_print(tx: Tx, to: Target, paper: Paper) -> int:
    """The job's id. It is printed after the commit."""
    failed = paper.fault is not None
    job_id: int = await tx.value(
        """insert into print_job (shop_id, printer_id, location_id, document, subject, subject_id, label_id, ref, format,
             content, document_id, dots_per_mm, copies, reason, person_id, device_id, state, error_code, error, ended_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::jsonb, $20)
           returning id""",
        paper.shop_id,
        to.id,
        to.location_id,
        paper.document,
        paper.subject,
        paper.subject_id,
        paper.label_id,
        paper.ref,
        "zpl" if to.kind == "zpl" else "pdf",
        None if failed else paper.content,
        None if failed else paper.document_id,
        to.dots_per_mm if to.kind == "zpl" else None,
        paper.copies,
        paper.reason,
        tx.actor.person_id,
        tx.actor.device_id,
        (JobState.FAILED if failed else JobState.QUEUED).value,
        paper.fault,
        as_json(paper.error),
        tx.now if failed else None,
    )
    if not failed:
        await wake(tx, to.id)
        return job_id
    born = Changed(paper.shop_id, job_id, paper.subject, paper.subject_id, paper.ref, to.code)
    await tell(tx, "print.failed", [born], code=paper.fault, why=paper.error)
    return job_id


async def wake(tx: Tx, printer_id: int) -> None:
    """Tells the workers, when this transaction commits, that this printer has something to do."""
    await tx.run("select pg_notify($1, $2)", CHANNEL, str(printer_id))


OF = """
select shop_id, id, state from print_job
where shop_id = $1 and subject = $2 and subject_id = any($3::bigint[]) and state = any($4::text[])
"""


async def cancel_prints(
    tx: Tx,
    shop_id: int,
    subject: str,
    subject_ids: Sequence[int],
    document: Document | None = None,
    *,
    unknown: bool = False,
) -> int:
    """What still waits of these things' papers (None: of any paper) does not come out any more; returns how many.

    ``unknown``: nor is anybody asked about what may have come out.
    """
    states = (JobState.QUEUED, JobState.UNKNOWN) if unknown else (JobState.QUEUED,)
    found = await tx.rows(
        f"{OF} and ($5::text is null or document = $5) order by id for update",
        shop_id,
        subject,
        subject_ids,
        states,
        document,
    )
    gone = 0
    for state in states:
        jobs = [(r["shop_id"], r["id"]) for r in found if r["state"] == state]
        gone += len(await change_jobs(tx, jobs, state, JobState.CANCELLED))
    return gone


async def outdate(tx: Tx, shop_id: int, subject: str, subject_id: int, document: Document) -> None:
    """What this paper says holds no longer: it does not come out any more, and cannot be printed again."""
    await cancel_prints(tx, shop_id, subject, [subject_id], document, unknown=True)
    await tx.run(
        """update print_job set content = null where shop_id = $1 and subject = $2 and subject_id = $3 and document = $4
             and state in ('printed', 'failed')""",
        shop_id,
        subject,
        subject_id,
        document,
    )


async def give_up_misfits(tx: Tx, printer_id: int) -> int:
    """What waits for this printer and was made for another head would have the wrong size; returns how many."""
    found = await tx.rows(
        """select j.shop_id, j.id, j.dots_per_mm from print_job j join printer p on p.id = j.printer_id
           where p.id = $1 and j.state = 'queued' and j.dots_per_mm <> p.dots_per_mm order by j.id for update of j""",
        printer_id,
    )
    for dots in {r["dots_per_mm"] for r in found}:
        jobs = [(r["shop_id"], r["id"]) for r in found if r["dots_per_mm"] == dots]
        await change_jobs(tx, jobs, JobState.QUEUED, JobState.FAILED, code="density", why=head_of(dots))
    return len(found)


async def label_seen(tx: Tx, shop_id: int, parcel_id: int, label_id: int) -> None:
    """Somebody holds this label: what was unknown did come out, what still waits is one too many."""
    found = await tx.rows(
        f"{OF} and label_id = $5 order by id for update",
        shop_id,
        "parcel",
        [parcel_id],
        (JobState.QUEUED, JobState.UNKNOWN),
        label_id,
    )
    for old, new in ((JobState.UNKNOWN, JobState.PRINTED), (JobState.QUEUED, JobState.CANCELLED)):
        await change_jobs(tx, [(r["shop_id"], r["id"]) for r in found if r["state"] == old], old, new)
