"""The files of a closed manifest go to its carrier: by mail, and to its SFTP server.

Each file on its way is a row that says how far it is. A file is sent at least once: between the server's yes and our
record a worker may die, and then it is sent again, under the same name, which has the manifest's number in it.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import asyncpg
import msgspec
import structlog

from wms.carriers.credentials import read_delivery_secret
from wms.carriers.errors import AuthFailed
from wms.carriers.vault import VaultError, load_vault
from wms.db.tx import Database, Tx
from wms.events.log import Event, enqueue, record
from wms.kernel.backoff import backoff
from wms.printing.manifest_files import FORMATS, KINDS
from wms.shipping.mail_papers import mail_papers
from wms.shipping.papers import Papers, Way, read_papers
from wms.shipping.request_label import QUEUE
from wms.shipping.sftp import NEEDS_PERSON, DropFailed, open_drop

log = structlog.get_logger("wms.shipping")

LEASE = timedelta(minutes=10)
FIRST_WAIT_S, LONGEST_WAIT_S, TRIES = 30, 3600, 80
"""30 s, a minute, two ... an hour; given up after some three days."""
FOR_PERSON = timedelta(hours=1)
"""A refused login or a strange key is looked at again so seldom: trying would lock the account."""

MANIFEST = """
select m.id, m.state, m.number, m.carrier_id, c.email, c.papers, exists (
  select from document d where d.shop_id = 0 and d.subject = 'manifest' and d.subject_id = m.id and d.kind = $2) as drawn
from manifest m join carrier c on c.id = m.carrier_id where m.id = $1 for update of m
"""
# on_way: it was put on this way before, to wherever that led then
FILES = """
select d.id, d.name, d.kind, exists (
  select from manifest_delivery x where x.manifest_id = $1 and x.channel = $2 and x.document_id = d.id) as on_way
from document d where d.shop_id = 0 and d.subject = 'manifest' and d.subject_id = $1 and d.kind = any($3::text[])
order by d.kind, d.id
"""


class Sendable(msgspec.Struct, frozen=True):
    """A manifest whose papers may go, locked; ``email`` None where none go by mail."""

    id: int
    number: str
    carrier_id: int
    email: str | None
    papers: Papers


async def sendable(tx: Tx, manifest_id: int) -> Sendable | None:
    """None before the protocol is drawn and the carrier was asked for its own. Whoever sends waits for whoever is sending."""
    m = await tx.row(MANIFEST, manifest_id, KINDS["pdf"])
    if m is None or m["state"] in ("open", "closing") or not m["drawn"]:
        return None
    papers = read_papers(m["papers"])
    return Sendable(m["id"], m["number"], m["carrier_id"], m["email"] if papers.mail else None, papers)


async def files_for(tx: Tx, m: Sendable, way: Way) -> list[asyncpg.Record]:
    """The documents (id, name, kind, on_way) that go this way and are there."""
    return await tx.rows(FILES, m.id, way, m.papers.kinds(way))


async def papers_ready(tx: Tx, manifest_id: int) -> None:
    """Sends what the carrier gets, once the protocol is drawn and the carrier was asked for its own. A later call adds what
    has come since; each file goes once each way."""
    m = await sendable(tx, manifest_id)
    if m is None:
        return
    if m.email and (new := [f for f in await files_for(tx, m, "mail") if not f["on_way"]]):
        await mail_papers(tx, m.id, new)
    if m.papers.sftp and (new := [f for f in await files_for(tx, m, "sftp") if not f["on_way"]]):
        await put_down(tx, m, m.papers.sftp.target, new)


async def put_down(tx: Tx, m: Sendable, target: str, files: Sequence[asyncpg.Record]) -> None:
    """Files on their way to the server: those that were there already go once more."""
    await tx.run(
        """insert into manifest_delivery (manifest_id, carrier_id, channel, target, format, document_id, retry_at)
           select $1, $2, 'sftp', $3, u.format, u.id, $6 from unnest($4::text[], $5::bigint[]) as u(format, id)
           on conflict (manifest_id, channel, target, document_id)
           do update set status = 'waiting', tries = 0, retry_at = excluded.retry_at""",
        m.id,
        m.carrier_id,
        target,
        [FORMATS[f["kind"]] for f in files],
        [f["id"] for f in files],
        tx.now,
    )
    await enqueue_delivery(tx, m.id, m.carrier_id)


async def enqueue_delivery(tx: Tx, manifest_id: int, carrier_id: int) -> None:
    """One connection at a time to each carrier's server."""
    await enqueue(
        tx, QUEUE, "shipping.deliver", lock=f"sftp-{carrier_id}", once=f"sftp-{manifest_id}", manifest_id=manifest_id
    )  # fmt: skip


class Due(msgspec.Struct, frozen=True):
    id: int
    document_id: int
    format: str
    target: str
    tries: int
    error_code: str | None


DUE = """
update manifest_delivery set tries = tries + 1, retry_at = $3 where id in (
  select id from manifest_delivery
  where manifest_id = $1 and channel = 'sftp' and status = 'waiting' and retry_at <= $2 order by id for update skip locked)
returning id, document_id, format, target, tries, error_code
"""


async def deliver(database: Database, home: Path, manifest_id: int) -> int:
    """The job: lays down what is due, with no transaction open meanwhile; returns how many files."""
    async with database.begin() as tx:
        due = await tx.all(Due, DUE, manifest_id, tx.now, tx.now + LEASE)
        if not due:
            return 0
        m = await tx.row(
            """select m.number, m.carrier_id, c.code, c.papers from manifest m join carrier c on c.id = m.carrier_id
               where m.id = $1""",
            manifest_id,
        )
        assert m is not None
        rows = await tx.rows(
            "select id, name, bytes from document where shop_id = 0 and id = any($1::bigint[])",
            [d.document_id for d in due],
        )
    files = {r["id"]: r for r in rows}
    sent = 0
    server = read_papers(m["papers"]).sftp
    stale = [d for d in due if server is None or d.target != server.target]
    if stale:
        changed = DropFailed("sftp-settings", "the carrier's server was changed since: send the files again")
        await _failed(database, manifest_id, m["number"], m["code"], stale, changed)
    left = [d for d in due if d not in stale]
    if server is None or not left:
        return 0
    try:
        secret = await _secret(database, home, m["carrier_id"])
        async with open_drop(server, secret) as drop:
            for d in list(left):
                await drop.put(files[d.document_id]["name"], files[d.document_id]["bytes"])
                await _sent(database, manifest_id, m["number"], d)
                left.remove(d)
                sent += 1
    except DropFailed as e:
        await _failed(database, manifest_id, m["number"], m["code"], left, e)
    return sent


async def _secret(database: Database, home: Path, carrier_id: int) -> dict[str, str]:
    try:
        vault = load_vault(home)
        async with database.begin() as tx:
            return await read_delivery_secret(tx, vault, carrier_id)
    except (VaultError, AuthFailed) as e:
        raise DropFailed("sftp-auth", str(e)) from None


async def _sent(database: Database, manifest_id: int, number: str, d: Due) -> None:
    async with database.begin() as tx:
        await tx.run(
            """update manifest_delivery set status = 'sent', sent_at = $2, retry_at = null, last_error = null,
                 error_code = null where id = $1""",
            d.id,
            tx.now,
        )
        event = Event(
            kind="manifest.delivered", subject="manifest", subject_id=manifest_id, ref=number,
            data={"channel": "sftp", "target": d.target, "format": d.format},
        )  # fmt: skip
        await record(tx, event)


async def _failed(
    database: Database, manifest_id: int, number: str, carrier: str, left: Sequence[Due], e: DropFailed
) -> None:
    """What is left waits, each as long as its own tries say; the first of each trouble is an event, all of it stands on the
    exceptions page."""
    final = [d.tries >= TRIES for d in left]
    least = FOR_PERSON if e.code in NEEDS_PERSON else timedelta()
    log.warning("files not delivered", carrier=carrier, manifest=number, code=e.code, files=len(left))
    async with database.begin() as tx:
        await tx.run(
            """update manifest_delivery d set status = case when u.final then 'failed' else 'waiting' end,
                 retry_at = u.retry_at, error_code = $4, last_error = $5
               from unnest($1::bigint[], $2::boolean[], $3::timestamptz[]) as u(id, final, retry_at)
               where d.id = u.id and d.status = 'waiting'""",
            [d.id for d in left],
            final,
            [
                None if given_up else tx.now + max(least, backoff(d.tries, FIRST_WAIT_S, LONGEST_WAIT_S))
                for d, given_up in zip(left, final, strict=True)
            ],
            e.code,
            str(e)[:500],
        )
        if any(final) or any(d.error_code != e.code for d in left):
            event = Event(
                kind="manifest.delivery_failed", subject="manifest", subject_id=manifest_id, ref=number,
                data={"channel": "sftp", "carrier": carrier, "code": e.code, "why": str(e)[:500], "final": any(final)},
            )  # fmt: skip
            await record(tx, event)


async def sweep_deliveries(tx: Tx) -> int:
    """Jobs for what is due; returns for how many manifests."""
    rows = await tx.rows(
        """select distinct manifest_id, carrier_id from manifest_delivery
           where status = 'waiting' and channel = 'sftp' and retry_at <= $1 limit 500""",
        tx.now,
    )
    for row in rows:
        await enqueue_delivery(tx, row["manifest_id"], row["carrier_id"])
    return len(rows)
