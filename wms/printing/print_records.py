"""What the worker writes down about printers and their jobs, each in a short transaction of its own."""

from datetime import datetime, timedelta

import msgspec

from wms.db.tx import Database, Tx
from wms.events.log import Event, record
from wms.kernel.backoff import backoff
from wms.kernel.text import Text
from wms.printing.change_jobs import as_json, change_jobs
from wms.printing.states import JobState, head_of

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
    version: int
    active: bool
    left_behind: bool

    @property
    def prologue(self) -> bytes:
        """Undoes what the label before may have left set, then the printer's own profile. Prints nothing."""
        page = f"^PW{self.width_mm * self.dots_per_mm}^LL{self.height_mm * self.dots_per_mm}"
        return f"^XA^CI28^PON^PMN^LRN^FWN^LH0,0^LS0^LT0{page}{self.profile}^XZ\n".encode()


class Work(msgspec.Struct, frozen=True):
    """A job that is being sent, for the ``tries``-th time."""

    shop_id: int
    id: int
    document: str
    ref: str | None
    copies: int
    content: bytes
    tries: int


LAZILY = "set_config('synchronous_commit', 'off', true)"
"""For leases: a server that crashes may forget one, and then nobody has it; so nobody need wait for the disk."""
CLAIM = f"""
update printer p set busy_until = case when active then $3::timestamptz end, busy_by = case when active then $2 end,
  asked_at = $4
where id = $1 and (busy_until is null or busy_until < $4 or busy_by = $2)
returning id, code, kind, address, width_mm, height_mm, dots_per_mm, profile, state, seen_at, version, active,
  exists (select from print_job j where j.printer_id = p.id and j.state = 'sending') as left_behind, {LAZILY}
"""


async def claim_printer(database: Database, printer_id: int, by: str) -> Machine | None:
    """The printer for ``by`` alone, for the length of the lease; None while somebody else has it, or it is out of use.

    A lease that ``by`` itself has left behind, because the database was away at the end of its turn, is taken up again.
    A job that was being sent in a turn that has ended like that is nobody's any more: a person says what came out.
    """
    async with database.begin() as tx:
        found = await tx.one(Machine, CLAIM, printer_id, by, tx.now + LEASE, tx.now)
        if found is None:
            return None
        if found.left_behind:
            left = await tx.rows(
                "select shop_id, id from print_job where printer_id = $1 and state = 'sending' for update",
                printer_id,
            )
            jobs = [(r["shop_id"], r["id"]) for r in left]
            await change_jobs(tx, jobs, JobState.SENDING, JobState.UNKNOWN, code="worker-gone")
        return found if found.active else None


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
        await tx.row(
            f"update printer set busy_until = null, busy_by = null where id = $1 and busy_by = $2 returning {LAZILY}",
            printer_id,
            by,
        )


async def note_state(database: Database, m: Machine, state: str, *, answered: bool) -> Machine:
    """How the printer is; a change is told to whoever looks at a page. Returns it as it is now."""
    now = database.clock.now()
    fresh = m.seen_at is not None and now - m.seen_at < SEEN_EVERY
    if state == m.state and (fresh or not answered):
        return m
    seen = now if answered else m.seen_at
    async with database.begin() as tx:
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
    return backoff(tries + 1, 0.5, longest)


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
            """update print_job set tries = tries + 1, error_code = $3, error = $4::jsonb, retry_at = $5
               where shop_id = $1 and id = $2""",
            head["shop_id"],
            head["id"],
            state,
            as_json(said(why)),
            tx.now + wait_after(head["tries"], state),
        )


HEAD = """
with mine as materialized (
  select id from printer where id = $1 and busy_by = $2 and active and version = $3 for share
)
select j.shop_id, j.id, j.document, j.ref, j.copies, j.tries + 1 as tries, j.dots_per_mm,
  coalesce(j.content, (select d.bytes from document d where (d.shop_id, d.id) = (j.shop_id, j.document_id))) as content,
  exists (select from label b where (b.shop_id, b.id) = (j.shop_id, j.label_id) and b.state = 'void') as void
from mine join print_job j on j.printer_id = mine.id
where j.state = 'queued' order by j.id limit 1 for update of j
"""
"""The printer is locked before the job, as by whoever changes its settings."""


async def take_job(database: Database, m: Machine, by: str) -> Work | None:
    """The first job of the queue, on record as on its way from here on. None: there is none, the lease is lost, or the
    printer has been changed since it was claimed.

    A label that was made void in the meantime leaves the queue here, and so does what is made for another head.
    """
    async with database.begin() as tx:
        while (row := await tx.row(HEAD, m.id, by, m.version)) is not None:
            job = [(row["shop_id"], row["id"])]
            if row["void"]:
                await change_jobs(tx, job, JobState.QUEUED, JobState.CANCELLED)
            elif row["dots_per_mm"] not in (None, m.dots_per_mm):
                why = head_of(row["dots_per_mm"])
                await change_jobs(tx, job, JobState.QUEUED, JobState.FAILED, code="density", why=why)
            elif await change_jobs(tx, job, JobState.QUEUED, JobState.SENDING):
                return Work(**{name: row[name] for name in Work.__struct_fields__})
        return None


async def put_back(database: Database, w: Work, state: str, why: str) -> None:
    """Nothing of it has left: it is the first of the queue again."""
    async with database.begin() as tx:
        await change_jobs(
            tx, [(w.shop_id, w.id)], JobState.SENDING, JobState.QUEUED, tries=w.tries, code=state, why=said(why),
            retry_at=tx.now + wait_after(w.tries, state),
        )  # fmt: skip


async def end_job(
    database: Database, w: Work, state: JobState, code: str | None = None, why: Text | None = None
) -> None:
    """What came of it. A job that somebody else has judged, or taken for another try, stays as it is."""
    async with database.begin() as tx:
        await change_jobs(tx, [(w.shop_id, w.id)], JobState.SENDING, state, tries=w.tries, code=code, why=why)


def said(words: str) -> Text | None:
    """A machine's own words, the same in each language."""
    return Text(en=words, pl=words) if words else None


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
