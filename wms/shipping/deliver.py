"""The files of a closed manifest go to its carrier: by mail, and to its SFTP server.

Each file on its way is a row that says how far it is. A file is sent at least once: between the server's yes and our
record a worker may die, and then it is sent again, under the same name, which has the manifest's number in it.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import structlog

from wms.carriers.credentials import read_delivery_secret
from wms.carriers.errors import AuthFailed
from wms.carriers.vault import VaultError, load_vault
from wms.db.tx import Database, Tx
from wms.events.log import Event, enqueue, record
from wms.printing.manifest_files import FORMATS, KINDS
from wms.shipping.mail_papers import mail_papers
from wms.shipping.papers import Sftp, read_papers
from wms.shipping.request_label import QUEUE
from wms.shipping.sftp import NEEDS_PERSON, Drop, DropFailed, open_drop

log = structlog.get_logger("wms.shipping")

LEASE = timedelta(minutes=10)
FIRST_WAIT_S, LONGEST_WAIT_S, TRIES = 30, 3600, 80
"""30 s, a minute, two ... an hour; given up after some three days."""
FOR_PERSON = timedelta(hours=1)
"""A refused login or a strange key is looked at again so seldom: trying would lock the account."""

READY = """
select m.state, m.number, m.carrier_id, c.papers,
  array(select d.kind from document d where d.shop_id = 0 and d.subject = 'manifest' and d.subject_id = m.id) as kinds
from manifest m join carrier c on c.id = m.carrier_id where m.id = $1
"""


async def papers_ready(tx: Tx, manifest_id: int) -> None:
    """Sends what the carrier gets, once the protocol is drawn and the carrier was asked for its own; later calls add what
    has come since."""
    m = await tx.row(READY, manifest_id)
    if m is None or m["state"] in ("open", "closing") or KINDS["pdf"] not in m["kinds"]:
        return
    papers = read_papers(m["papers"])
    await mail_papers(tx, manifest_id)
    if papers.sftp is not None:
        formats = [f for f in papers.sftp.formats if KINDS[f] in m["kinds"]]
        await put_down(tx, manifest_id, m["carrier_id"], papers.sftp, formats)


async def put_down(
    tx: Tx, manifest_id: int, carrier_id: int, server: Sftp, formats: Sequence[str], *, again: bool = False
) -> None:
    """Files for the server that are not on their way yet; ``again``: all of them, also those that were sent, and what was
    on its way to a server that the carrier has no more is forgotten."""
    if again:
        await tx.run(
            """delete from manifest_delivery
               where manifest_id = $1 and channel = 'sftp' and status <> 'sent' and target <> $2""",
            manifest_id,
            server.target,
        )
        await tx.run(
            """update manifest_delivery set status = 'waiting', tries = 0, retry_at = $3
               where manifest_id = $1 and channel = 'sftp' and target = $2""",
            manifest_id,
            server.target,
            tx.now,
        )
    added = await tx.run(
        """insert into manifest_delivery (manifest_id, carrier_id, channel, target, format, retry_at)
           select $1, $2, 'sftp', $3, f, $5 from unnest($4::text[]) f
           on conflict (manifest_id, channel, target, format) do nothing""",
        manifest_id,
        carrier_id,
        server.target,
        list(formats),
        tx.now,
    )
    if added or again:
        await enqueue_delivery(tx, manifest_id, carrier_id)


async def enqueue_delivery(tx: Tx, manifest_id: int, carrier_id: int) -> None:
    """One connection at a time to each carrier's server."""
    await enqueue(
        tx, QUEUE, "shipping.deliver", lock=f"sftp-{carrier_id}", once=f"sftp-{manifest_id}", manifest_id=manifest_id
    )  # fmt: skip


class Due(msgspec.Struct, frozen=True):
    id: int
    format: str
    target: str
    tries: int
    error_code: str | None


DUE = """
update manifest_delivery set tries = tries + 1, retry_at = $3 where id in (
  select id from manifest_delivery
  where manifest_id = $1 and channel = 'sftp' and status = 'waiting' and retry_at <= $2 order by id for update skip locked)
returning id, format, target, tries, error_code
"""
FILES = """
select kind, name, bytes from document
where shop_id = 0 and subject = 'manifest' and subject_id = $1 and kind = any($2::text[]) order by id
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
        files = await tx.rows(FILES, manifest_id, [KINDS[d.format] for d in due])
    by_format: dict[str, list[Any]] = {}
    for f in files:
        by_format.setdefault(FORMATS[f["kind"]], []).append(f)
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
                await _put(drop, by_format.get(d.format, []))
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


async def _put(drop: Drop, files: Sequence[Any]) -> None:
    for f in files:
        await drop.put(f["name"], f["bytes"])


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
    """What is left waits; the first of each trouble is an event, all of it stands on the exceptions page."""
    tries = max(d.tries for d in left)
    final = tries >= TRIES
    wait = timedelta(seconds=min(FIRST_WAIT_S * 2 ** min(tries - 1, 10), LONGEST_WAIT_S))
    log.warning("files not delivered", carrier=carrier, manifest=number, code=e.code, tries=tries)
    async with database.begin() as tx:
        await tx.run(
            """update manifest_delivery set status = $2, error_code = $3, last_error = $4, retry_at = $5
               where id = any($1::bigint[]) and status = 'waiting'""",
            [d.id for d in left],
            "failed" if final else "waiting",
            e.code,
            str(e)[:500],
            None if final else tx.now + (max(wait, FOR_PERSON) if e.code in NEEDS_PERSON else wait),
        )
        if final or any(d.error_code != e.code for d in left):
            event = Event(
                kind="manifest.delivery_failed", subject="manifest", subject_id=manifest_id, ref=number,
                data={"channel": "sftp", "carrier": carrier, "code": e.code, "why": str(e)[:500], "final": final},
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
