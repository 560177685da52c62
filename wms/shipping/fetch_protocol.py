"""The job that fetches the carrier's own protocol of a manifest, with no transaction open while the carrier works.

The list is frozen before the carrier is asked, and *closed* after it was asked once, whatever it said: what is missing is
fetched later, shown, and stops neither the papers of ours nor the truck. Every call asks for the same bookings, so a
second one brings the same paper; a carrier that makes its protocol of a day is asked for the day of the closing.
"""

from datetime import date, timedelta
from typing import Any

import msgspec
import structlog

from wms.carriers.port import (
    Ambiguous,
    AuthFailed,
    Cap,
    CarrierError,
    Document,
    GivesProtocol,
    NotSupported,
    RateLimited,
    Rejected,
)
from wms.carriers.registry import CarrierBroken
from wms.db.tx import Database, Tx
from wms.events.documents import keep_document
from wms.events.log import Event, record
from wms.kernel.backoff import backoff
from wms.kernel.refusals import NotFound
from wms.printing.manifest_files import file_stem
from wms.shipping.adapters import Carriers
from wms.shipping.close_manifest import enqueue_fetching
from wms.shipping.manifest_errors import NoOwnProtocol
from wms.shipping.send_papers import papers_ready

log = structlog.get_logger("wms.shipping")

CLAIM = timedelta(minutes=10)
FIRST_WAIT_S, LONGEST_WAIT_S, TRIES = 15, 3600, 60
"""15 s, 30 s ... an hour; given up after some two days."""
AFTER_REFUSAL = timedelta(hours=1)
MOST_BYTES = 20_000_000
FINAL = (Rejected, NotSupported, CarrierBroken)


class Part(msgspec.Struct, frozen=True):
    """What is to be fetched: one account's bookings. ``day``: the warehouse's own, on which the list was closed."""

    manifest_id: int
    shop_id: int
    part: int
    bookings: list[str]
    tries: int
    number: str
    day: date
    carrier_id: int
    carrier_code: str
    adapter: str
    account: str
    max_weight_g: int
    settings: dict[str, Any]


DUE = """
with due as (
  select manifest_id, for_shop_id, part from manifest_protocol
  where manifest_id = $1 and state = 'waiting' and retry_at <= $2 order by for_shop_id, part for update skip locked
), claimed as (
  update manifest_protocol p set tries = p.tries + 1, retry_at = $3 from due
  where (p.manifest_id, p.for_shop_id, p.part) = (due.manifest_id, due.for_shop_id, due.part) returning p.*
)
select p.manifest_id, p.for_shop_id as shop_id, p.part, p.bookings, p.tries, m.number, (m.closed_at at time zone w.timezone)::date as day, c.id as carrier_id,
  c.code as carrier_code, c.adapter, c.account, c.max_weight_g, c.settings
from claimed p join manifest m on m.id = p.manifest_id join carrier c on c.id = m.carrier_id
join warehouse w on w.id = m.warehouse_id
order by p.for_shop_id, p.part
"""


async def fetch_protocol(database: Database, carriers: Carriers, manifest_id: int) -> int:
    """Asks for what is due; returns how many papers came."""
    async with database.begin() as tx:
        due = await tx.all(Part, DUE, manifest_id, tx.now, tx.now + CLAIM)
    fetched = 0
    for part in due:
        try:
            document = await _asked(carriers, part)
        except CarrierError as e:
            await _failed(database, part, e)
        else:
            await _fetched(database, part, document)
            fetched += 1
    async with database.begin() as tx:
        await tx.run("update manifest set state = 'closed' where id = $1 and state = 'closing'", manifest_id)
        await papers_ready(tx, manifest_id)
    return fetched


async def _asked(carriers: Carriers, p: Part) -> Document:
    """Raises a kind of ``CarrierError``, also for a paper that is none."""
    try:
        adapter = carriers.adapter(p)
        if not isinstance(adapter, GivesProtocol):
            raise NotSupported(p.carrier_code, Cap.PROTOCOL)
        found = await adapter.protocol(p.bookings, p.day)
    except CarrierError:
        raise
    except Exception as e:  # a plug-in's own fault is that carrier's trouble
        log.error("carrier adapter failed", carrier=p.carrier_code, manifest=p.number, exc_info=e)
        raise Ambiguous(f"{type(e).__name__}: {e}") from e
    pdf = found.media_type == "application/pdf"
    if not 0 < len(found.content) <= MOST_BYTES or (pdf and not found.content.startswith(b"%PDF-")):
        raise Ambiguous(f"what came is no protocol: {found.media_type}, {len(found.content)} bytes")
    return found


async def _fetched(database: Database, p: Part, found: Document) -> None:
    several = f"-{p.shop_id or 0}-{p.part}" if p.shop_id or p.part > 1 else ""
    ending = "pdf" if found.media_type == "application/pdf" else "bin"
    name = f"{file_stem(p.number)}-{p.carrier_code}{several}.{ending}"
    async with database.begin() as tx:
        open_one = await tx.value(
            """select 1 from manifest_protocol where manifest_id = $1 and for_shop_id = $2 and part = $3
                 and state <> 'fetched' for update""",
            p.manifest_id,
            p.shop_id,
            p.part,
        )
        if not open_one:
            return
        document_id = await keep_document(
            tx, 0, "manifest_carrier", "manifest", p.manifest_id, name, found.media_type, found.content
        )
        await tx.run(
            """update manifest_protocol set state = 'fetched', document_id = $4, retry_at = null, error_code = null,
                 last_error = null where manifest_id = $1 and for_shop_id = $2 and part = $3""",
            p.manifest_id,
            p.shop_id,
            p.part,
            document_id,
        )
        event = Event(
            kind="manifest.protocol_fetched", subject="manifest", subject_id=p.manifest_id, ref=p.number,
            data={"carrier": p.carrier_code, "document_id": document_id},
        )  # fmt: skip
        await record(tx, event)


async def _failed(database: Database, p: Part, e: CarrierError) -> None:
    """Waits and tries again; what the carrier will never do waits for a person."""
    final = isinstance(e, FINAL) or p.tries >= TRIES
    wait = backoff(p.tries, FIRST_WAIT_S, LONGEST_WAIT_S)
    if isinstance(e, RateLimited):
        wait = max(wait, timedelta(seconds=e.retry_after))
    if isinstance(e, AuthFailed):
        wait = AFTER_REFUSAL
    error = type(e).__name__  # the carrier's own words stand beside the manifest
    log.warning("no protocol of the carrier's own", carrier=p.carrier_code, manifest=p.number, error=error)
    async with database.begin() as tx:
        await tx.run(
            """update manifest_protocol set state = $4, retry_at = $5, error_code = $6, last_error = $7
               where manifest_id = $1 and for_shop_id = $2 and part = $3 and state = 'waiting'""",
            p.manifest_id,
            p.shop_id,
            p.part,
            "failed" if final else "waiting",
            None if final else tx.now + wait,
            e.code,
            str(e)[:500],
        )
        if final or p.tries == 1:
            event = Event(
                kind="manifest.protocol_failed", subject="manifest", subject_id=p.manifest_id, ref=p.number,
                data={"carrier": p.carrier_code, "why": str(e)[:500], "final": final},
            )  # fmt: skip
            await record(tx, event)


async def ask_again(tx: Tx, manifest_id: int) -> int:
    """A person wants the carrier's protocol now; how many papers are asked for. Raises ``NotFound``, ``NoOwnProtocol``."""
    if not await tx.value("select 1 from manifest where id = $1", manifest_id):
        raise NotFound(what="manifest", ref=manifest_id)
    asked = await tx.run(
        """update manifest_protocol set state = 'waiting', tries = 0, retry_at = $2
           where manifest_id = $1 and state <> 'fetched'""",
        manifest_id,
        tx.now,
    )
    if not asked:
        raise NoOwnProtocol
    await enqueue_fetching(tx, manifest_id)
    return asked


async def sweep_protocols(tx: Tx) -> int:
    """Jobs for what is due; returns for how many manifests."""
    rows = await tx.rows(
        "select distinct manifest_id from manifest_protocol where state = 'waiting' and retry_at <= $1 limit 200",
        tx.now,
    )
    for row in rows:
        await enqueue_fetching(tx, row["manifest_id"])
    return len(rows)
