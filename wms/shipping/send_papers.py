"""Which papers of a closed manifest go to its carrier, by mail and to its server, once each way."""

from collections.abc import Sequence

import asyncpg
import msgspec

from wms.db.tx import Tx
from wms.events.log import enqueue
from wms.printing.manifest_files import FORMATS, KINDS
from wms.shipping.mail_papers import mail_papers
from wms.shipping.papers import Papers, Way, read_papers
from wms.shipping.request_label import QUEUE

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
