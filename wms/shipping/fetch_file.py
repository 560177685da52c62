"""The courier's system fetches a file of a manifest, and says that it has it."""

import msgspec

from wms.db.tx import Tx
from wms.events.documents import Document, get_document
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.printing.manifest_files import KINDS
from wms.shipping.errors import HashDiffers
from wms.shipping.manifest_queries import ManifestRow, manifest_row

NEWEST = """
select id from document where shop_id = 0 and subject = 'manifest' and subject_id = $1 and kind = $2 order by id desc limit 1
"""
FETCHED = """
insert into manifest_delivery (manifest_id, carrier_id, channel, target, format, status, tries, sent_at)
values ($1, $2, 'pull', $3, $4, 'fetched', 1, $5)
on conflict (manifest_id, channel, target, format)
do update set status = 'fetched', tries = manifest_delivery.tries + 1, sent_at = excluded.sent_at
"""


async def fetch_file(tx: Tx, manifest_id: int, fmt: str) -> Document:
    """The file in the format, byte by byte. Reading changes nothing: that it arrived is what the courier says afterwards.

    Raises ``NotFound``, also for another carrier's.
    """
    return (await _file(tx, manifest_id, fmt))[1]


class Acknowledged(msgspec.Struct, frozen=True):
    manifest_id: int
    format: str
    sha256: str


async def acknowledge_file(tx: Tx, manifest_id: int, fmt: str, sha256: str) -> Acknowledged:
    """The courier has the file with this hash. Raises ``HashDiffers`` when it is not ours, ``NotFound``."""
    m, document = await _file(tx, manifest_id, fmt)
    if document.sha256 != sha256.lower():
        raise HashDiffers(file=document.name)
    await tx.run(FETCHED, manifest_id, m.carrier_id, tx.actor.name[:100], fmt, tx.now)
    await tx.run(
        """update manifest_delivery set remote_ack = $4, acked_at = $5
           where manifest_id = $1 and channel = 'pull' and target = $2 and format = $3""",
        manifest_id,
        tx.actor.name[:100],
        fmt,
        document.sha256,
        tx.now,
    )
    event = Event(
        kind="manifest.acknowledged", subject="manifest", subject_id=manifest_id, ref=m.number,
        data={"format": fmt, "sha256": document.sha256},
    )  # fmt: skip
    await record(tx, event)
    return Acknowledged(manifest_id, fmt, document.sha256)


async def _file(tx: Tx, manifest_id: int, fmt: str) -> tuple[ManifestRow, Document]:
    m = await manifest_row(tx, manifest_id)
    document_id = await tx.value(NEWEST, manifest_id, KINDS[fmt])
    if document_id is None:
        raise NotFound(what="file", ref=fmt)
    return m, await get_document(tx, 0, document_id)
