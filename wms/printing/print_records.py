"""What the worker writes down about printers and their jobs, each in a short transaction of its own."""

from datetime import datetime, timedelta

import asyncpg
import msgspec

from wms.db.tx import Database, Tx
from wms.events.log import Event, record
from wms.printing.states import JobState

LEASE = timedelta(seconds=20)
SEEN_EVERY = timedelta(seconds=20)
"""An unchanged state is written down no oftener than that."""


class Machine(msgspec.Struct, frozen=True):
    """A printer as the worker takes it over."""

    id: int
    code: str
    kind: str
    address: str
    width_mm: int
    height_mm: int
    dots_per_mm: int
    profile: str
    state: str
    seen_at: datetime | None

    @property
    def prologue(self) -> bytes:
        """Undoes what the label before may have left set, then the printer's own profile. Prints nothing."""
        page = f"^PW{self.width_mm * self.dots_per_mm}^LL{self.height_mm * self.dots_per_mm}"
        return f"^XA^CI28^PON^PMN^LRN^FWN^LH0,0^LS0^LT0{page}{self.profile}^XZ\n".encode()


class Work(msgspec.Struct, frozen=True):
    """A job that is being sent."""

    shop_id: int
    id: int
    document: str
    ref: str | None
    copies: int
    content: bytes
    tries: int


CLAIM = """
update printer set busy_until = $3, busy_by = $2, asked_at = $4
where id = $1 and active and (busy_until is null or busy_until < $4)
returning id, code, kind, address, width_mm, height_mm, dots_per_mm, profile, state, seen_at
"""


async def claim_printer(database: Database, printer_id: int, by: str) -> Machine | None:
    """The printer for ``by`` alone, for the length of the lease; None while somebody else has it.

    A job that was being sent when the lease of another one ran out is nobody's any more: a person says what came out.
    """
    async with database.begin() as tx:
        found = await tx.one(Machine, CLAIM, printer_id, by, tx.now + LEASE, tx.now)
        if found is None:
            return None
        left = await tx.rows(
            """update print_job set state = 'unknown', error_code = 'worker-gone', ended_at = $2
               where printer_id = $1 and state = 'sending' returning shop_id, id, subject, subject_id, ref""",
            printer_id,
            tx.now,
        )
        for row in left:
            await record(tx, _event("print.unknown", row, found.code, "worker-gone", ""))
        return found


async def keep_printer(database: Database, printer_id: int, by: str) -> bool:
    """The lease is longer again. False: it was lost."""
    async with database.begin() as tx:
        return bool(
            await tx.run(
                "update printer set busy_until = $3 where id = $1 and busy_by = $2",
                printer_id,
                by,
                tx.now + LEASE,
            )
        )


async def let_go(database: Database, printer_id: int, by: str) -> None:
    async with database.begin() as tx:
        await tx.run(
            "update printer set busy_until = null, busy_by = null where id = $1 and busy_by = $2",
            printer_id,
            by,
        )


async def note_state(database: Database, m: Machine, state: str, *, answered: bool) -> Machine:
    """How the printer is; a change is told to whoever looks at a page. Returns it as it is now."""
    async with database.begin() as tx:
        fresh = m.seen_at is not None and tx.now - m.seen_at < SEEN_EVERY
        if state == m.state and (fresh or not answered):
            return m
        seen = tx.now if answered else m.seen_at
        await tx.run(
            """update printer set state = $2, seen_at = $3,
                 state_at = case when state = $2 then state_at else $4 end where id = $1""",
            m.id,
            state,
            seen,
            tx.now,
        )
        if state != m.state:
            data = {"state": state, "before": m.state}
            await record(
                tx, Event(kind="printer.state", subject="printer", subject_id=m.id, ref=m.code, data=data)
            )
    return msgspec.structs.replace(m, state=state, seen_at=seen)


def wait_after(tries: int, state: str) -> timedelta:
    """A printer that answers is asked every two seconds: somebody is changing its paper. One that is off, less and less."""
    longest = 30.0 if state in ("off", "silent", "odd") else 2.0
    return timedelta(seconds=min(0.5 * 2 ** min(tries, 10), longest))


async def put_off(database: Database, m: Machine, state: str, why: str) -> None:
    """The first job of the queue, and with it all behind it, waits for the printer."""
    async with database.begin() as tx:
        head = await tx.row(
            """select shop_id, id, tries from print_job where printer_id = $1 and state = 'queued'
               order by id limit 1 for update""",
            m.id,
        )
        if head is None:
            return
        await tx.run(
            """update print_job set tries = tries + 1, error_code = $3, error = $4, retry_at = $5
               where shop_id = $1 and id = $2""",
            head["shop_id"],
            head["id"],
            state,
            why[:500],
            tx.now + wait_after(head["tries"], state),
        )


TAKE = """
with head as (
  select shop_id, id from print_job where printer_id = $1 and state = 'queued' order by id limit 1 for update
)
update print_job j set state = 'sending', tries = j.tries + 1, sent_at = $2, retry_at = null from head h
where (j.shop_id, j.id) = (h.shop_id, h.id)
returning j.shop_id, j.id, j.document, j.ref, j.copies, j.tries,
  coalesce(j.content, (select d.bytes from document d where (d.shop_id, d.id) = (j.shop_id, j.document_id))) as content
"""


async def take_job(database: Database, m: Machine, by: str) -> Work | None:
    """The first job of the queue, on record as on its way from here on. None: there is none, or the lease is lost."""
    async with database.begin() as tx:
        mine = await tx.row(
            "select from printer where id = $1 and busy_by = $2 and active for share", m.id, by
        )
        if mine is None:
            return None
        row = await tx.row(TAKE, m.id, tx.now)
        return None if row is None else Work(**dict(row))


async def put_back(database: Database, m: Machine, w: Work, state: str, why: str) -> None:
    """Nothing of it has left: it is the first of the queue again."""
    async with database.begin() as tx:
        await tx.run(
            """update print_job set state = 'queued', sent_at = null, error_code = $3, error = $4, retry_at = $5
               where shop_id = $1 and id = $2 and state = 'sending'""",
            w.shop_id,
            w.id,
            state,
            why[:500],
            tx.now + wait_after(w.tries, state),
        )


async def end_job(
    database: Database, m: Machine, w: Work, state: JobState, code: str | None = None, why: str = ""
) -> None:
    """What came of it. A job that somebody else has judged meanwhile stays as it is."""
    async with database.begin() as tx:
        row = await tx.row(
            """update print_job set state = $3, error_code = $4, error = $5, ended_at = $6
               where shop_id = $1 and id = $2 and state = 'sending' returning shop_id, id, subject, subject_id, ref""",
            w.shop_id,
            w.id,
            state.value,
            code,
            why[:500] or None,
            tx.now,
        )
        if row is not None and state != JobState.PRINTED:
            await record(tx, _event(f"print.{state.value}", row, m.code, code or "", why))


def _event(kind: str, row: asyncpg.Record, printer: str, code: str, why: str) -> Event:
    return Event(
        kind=kind,
        subject=row["subject"],
        subject_id=row["subject_id"],
        shop_id=row["shop_id"],
        ref=row["ref"],
        data={"printer": printer, "job_id": row["id"], "code": code, "why": why[:500]},
    )


async def forget_prints(tx: Tx) -> int:
    """Names and addresses do not stay in the queue: bytes go after a week, jobs after ninety days."""
    gone = await tx.run(
        """update print_job set content = null where content is not null and ended_at < $1""",
        tx.now - timedelta(days=7),
    )
    return gone + await tx.run(
        "delete from print_job where ended_at < $1 and state not in ('queued', 'sending')",
        tx.now - timedelta(days=90),
    )
