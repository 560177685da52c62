"""Files of a closed manifest are laid down on the carrier's SFTP server.

Each file on its way is a row that says how far it is. A file is sent at least once: between the server's yes and our
record a worker may die, and then it is sent again, under the same name, which has the manifest's number in it.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import structlog

from wms.carriers.credentials import read_delivery_secret
from wms.carriers.errors import AuthFailed
from wms.carriers.vault import VaultError, load_vault
from wms.db.tx import Database, Tx
from wms.events.log import Event, record
from wms.kernel.backoff import backoff
from wms.shipping.papers import read_papers
from wms.shipping.send_papers import enqueue_delivery
from wms.shipping.sftp import NEEDS_PERSON, DropFailed, open_drop

log = structlog.get_logger("wms.shipping")

LEASE = timedelta(minutes=10)
FIRST_WAIT_S, LONGEST_WAIT_S, TRIES = 30, 3600, 80
"""30 s, a minute, two ... an hour; given up after some three days."""
FOR_PERSON = timedelta(hours=1)
"""A refused login or a strange key is looked at again so seldom: trying would lock the account."""


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
