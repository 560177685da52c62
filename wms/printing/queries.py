"""Every SELECT about printers and their queues but the worker's own."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Lang
from wms.printing.states import fault


class PrinterRow(msgspec.Struct, frozen=True):
    """A printer with its queue. ``places``: pack stations and docks that it serves. ``waiting`` papers are queued,
    ``unknown`` ones want a person. ``error_code`` is what keeps the first of the queue. ``seen_at``: when it answered last."""

    id: int
    warehouse_id: int
    warehouse: str
    code: str
    name: str
    kind: str
    address: str
    dots_per_mm: int
    width_mm: int
    height_mm: int
    profile: str
    active: bool
    state: str
    state_at: datetime | None
    seen_at: datetime | None
    version: int
    waiting: int
    unknown: int
    places: list[str]


PRINTERS = """
select p.id, p.warehouse_id, w.code as warehouse, p.code, p.name, p.kind, p.address, p.dots_per_mm, p.width_mm,
  p.height_mm, p.profile, p.active, p.state, p.state_at, p.seen_at, p.version,
  coalesce(q.waiting, 0)::int as waiting, coalesce(q.unknown, 0)::int as unknown, coalesce(a.places, '{}') as places
from printer p join warehouse w on w.id = p.warehouse_id
left join (
  select printer_id, count(*) filter (where state <> 'unknown') as waiting, count(*) filter (where state = 'unknown') as unknown
  from print_job where state in ('queued', 'sending', 'unknown') group by 1
) q on q.printer_id = p.id
left join (
  select a.printer_id, array_agg(l.code order by l.code) as places
  from printer_place a join location l on l.id = a.location_id group by 1
) a on a.printer_id = p.id
"""


async def printer_rows(
    tx: Tx, *, warehouse_id: int = 0, after: int = 0, limit: int = 500
) -> list[PrinterRow]:
    """Printers by id; of one warehouse, or of all (0)."""
    return await tx.all(
        PrinterRow,
        f"{PRINTERS} where ($1 = 0 or p.warehouse_id = $1) and p.id > $2 order by p.id limit $3",
        warehouse_id,
        after,
        limit,
    )


async def one_printer(tx: Tx, printer_id: int) -> PrinterRow:
    """Raises ``NotFound``."""
    found = await tx.one(PrinterRow, f"{PRINTERS} where p.id = $1", printer_id)
    if found is None:
        raise NotFound(what="printer", ref=printer_id)
    return found


class Locked(msgspec.Struct, frozen=True):
    """A locked printer's settings."""

    id: int
    warehouse_id: int
    code: str
    name: str
    kind: str
    address: str
    dots_per_mm: int
    width_mm: int
    height_mm: int
    profile: str
    active: bool
    version: int


async def lock_printer(tx: Tx, printer_id: int) -> Locked:
    """Raises ``NotFound``."""
    found = await tx.one(
        Locked,
        """select id, warehouse_id, code, name, kind, address, dots_per_mm, width_mm, height_mm, profile, active, version
           from printer where id = $1 for update""",
        printer_id,
    )
    if found is None:
        raise NotFound(what="printer", ref=printer_id)
    return found


class JobRow(msgspec.Struct, frozen=True):
    """A job of a queue. ``kept``: its bytes are still there. ``shop`` is empty for the operator's own papers.

    ``error_code`` names what keeps it or what became of it, ``error`` the details in each language; ``retry_at`` when the
    printer is asked again. ``reason``: why it is printed once more. ``void``: a label that must not be used any more;
    ``fits``: made for the head of its printer.
    """

    shop_id: int
    id: int
    printer_id: int
    printer: str
    printer_active: bool
    shop: str
    place: str | None
    document: str
    subject: str
    subject_id: int
    label_id: int | None
    ref: str | None
    format: str
    copies: int
    state: str
    reason: str | None
    tries: int
    error_code: str | None
    error: dict[Lang, str] | None
    retry_at: datetime | None
    person: str | None
    queued_at: datetime
    sent_at: datetime | None
    ended_at: datetime | None
    kept: bool
    void: bool
    fits: bool

    def trouble(self, lang: Lang) -> str:
        """What became of a job where a person must look, and what to do; empty where nobody must."""
        if self.state not in ("failed", "unknown") or not self.error_code:
            return ""
        why = (self.error or {}).get("pl" if lang == "pl" else "en", "?")
        return fault(self.error_code).in_(lang, printer=self.printer, why=why)


JOBS = """
select j.shop_id, j.id, j.printer_id, p.code as printer, p.active as printer_active, coalesce(s.name, '') as shop,
  l.code as place, j.document, j.subject, j.subject_id, j.label_id, j.ref, j.format, j.copies, j.state, j.reason, j.tries,
  j.error_code, j.error, j.retry_at, n.name as person, j.queued_at, j.sent_at, j.ended_at,
  (j.content is not null or j.document_id is not null) as kept,
  exists (select from label b where (b.shop_id, b.id) = (j.shop_id, j.label_id) and b.state = 'void') as void,
  coalesce(j.dots_per_mm = p.dots_per_mm, true) as fits
from print_job j join printer p on p.id = j.printer_id
left join shop s on s.id = j.shop_id
left join location l on l.id = j.location_id
left join person n on n.id = j.person_id
"""
OPEN = "('queued', 'sending', 'unknown')"


async def queue_of(tx: Tx, printer_id: int, limit: int = 200) -> list[JobRow]:
    """What waits, is being printed, or wants a person, in the order of the queue."""
    return await tx.all(
        JobRow,
        f"{JOBS} where j.printer_id = $1 and j.state in {OPEN} order by j.id limit $2",
        printer_id,
        limit,
    )


async def past_jobs(tx: Tx, printer_id: int, limit: int = 50) -> list[JobRow]:
    """What is over, newest first."""
    return await tx.all(
        JobRow,
        f"{JOBS} where j.printer_id = $1 and j.state not in {OPEN} order by j.id desc limit $2",
        printer_id,
        limit,
    )


async def list_jobs(
    tx: Tx, *, printer_id: int, state: str, shop_id: int, before: int, limit: int
) -> list[JobRow]:
    """Jobs, newest first, from before ``before`` (0: the newest); of one printer, state, shop where these are given."""
    return await tx.all(
        JobRow,
        f"""{JOBS} where ($1 = 0 or j.printer_id = $1) and ($2 = '' or j.state = $2) and ($3 = 0 or j.shop_id = $3)
              and ($4 = 0 or j.id < $4) order by j.id desc limit $5""",
        printer_id,
        state,
        shop_id,
        before,
        limit,
    )


async def lock_job(tx: Tx, job_id: int) -> JobRow:
    """Raises ``NotFound``."""
    found = await tx.one(JobRow, f"{JOBS} where j.id = $1 for update of j", job_id)
    if found is None:
        raise NotFound(what="print job", ref=job_id)
    return found


class PlaceRow(msgspec.Struct, frozen=True):
    """A pack station or a dock and the printers that serve it; ids None where it has none."""

    id: int
    code: str
    kind: str
    zpl_id: int | None
    zpl: str | None
    zpl_state: str | None
    paper_id: int | None
    paper: str | None
    paper_state: str | None


async def places(tx: Tx, warehouse_id: int) -> list[PlaceRow]:
    """Every place of a warehouse that may have a printer, stations first."""
    return await tx.all(
        PlaceRow,
        """select l.id, l.code, l.kind, z.id as zpl_id, z.code as zpl, z.state as zpl_state, q.id as paper_id,
             q.code as paper, q.state as paper_state
           from location l
           left join printer_place a on a.location_id = l.id and a.kind = 'zpl'
           left join printer z on z.id = a.printer_id
           left join printer_place b on b.location_id = l.id and b.kind = 'paper'
           left join printer q on q.id = b.printer_id
           where l.warehouse_id = $1 and l.kind in ('station', 'dock') and l.active
           order by l.kind desc, l.code limit 500""",
        warehouse_id,
    )


class AtPlace(msgspec.Struct, frozen=True):
    """A place's printer as its screen shows it."""

    id: int
    code: str
    name: str
    kind: str
    state: str
    seen_at: datetime | None
    waiting: int
    unknown: int


async def printers_at(tx: Tx, location_id: int) -> list[AtPlace]:
    """The printers of a pack station or a dock, labels first."""
    return await tx.all(
        AtPlace,
        """select p.id, p.code, p.name, p.kind, p.state, p.seen_at, q.waiting, q.unknown
           from printer_place a join printer p on p.id = a.printer_id
           cross join lateral (
             select count(*) filter (where j.state <> 'unknown')::int as waiting,
                    count(*) filter (where j.state = 'unknown')::int as unknown
             from print_job j where j.printer_id = p.id and j.state in ('queued', 'sending', 'unknown')) q
           where a.location_id = $1 and p.active order by p.kind desc""",
        location_id,
    )


async def last_print(
    tx: Tx, shop_id: int, subject: str, subject_id: int, document: str, label_id: int | None = None
) -> JobRow | None:
    """The newest job of a paper; with ``label_id`` of this label alone and not of one that the parcel had before."""
    return await tx.one(
        JobRow,
        f"""{JOBS} where j.shop_id = $1 and j.subject = $2 and j.subject_id = $3 and j.document = $4
              and ($5::bigint is null or j.label_id = $5) order by j.id desc limit 1""",
        shop_id,
        subject,
        subject_id,
        document,
        label_id,
    )
