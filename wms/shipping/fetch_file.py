"""The courier's system fetches a file of a manifest, and says that it has it."""

import msgspec

from wms.db.tx import Tx
from wms.events.documents import Document, get_document
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.printing.manifest_files import KINDS
from wms.shipping.manifest_errors import HashDiffers
from wms.shipping.manifest_queries import manifest_row

NEWEST = """
select id from document where shop_id = 0 and subject = 'manifest' and subject_id = $1 and kind = $2
  and ($3::bigint is null or id = $3) order by id desc limit 1
"""
# The hash is compared by the statement that writes it down. new: it was not said before.
ACKNOWLEDGED = """
with file as (
  select id, name, sha256 from document
  where shop_id = 0 and subject = 'manifest' and subject_id = $1 and kind = $2 and sha256 = $3 order by id desc limit 1
)
insert into manifest_delivery (manifest_id, carrier_id, channel, target, format, document_id, status, tries, sent_at,
  remote_ack, acked_at)
select $1, $4, 'pull', $5, $6, file.id, 'fetched', 1, $7, file.sha256, $7 from file
on conflict (manifest_id, channel, target, document_id) do update
  set status = 'fetched', tries = manifest_delivery.tries + 1, remote_ack = excluded.remote_ack
returning document_id, tries = 1 as new
"""


async def fetch_file(tx: Tx, manifest_id: int, fmt: str, document_id: int | None = None) -> Document:
    """The file in the format, byte by byte: the newest, or of several the one that is named. Reading changes nothing: that
    it arrived is what the courier says afterwards.

    Raises ``NotFound``, also for another carrier's.
    """
    await manifest_row(tx, manifest_id)
    found = await tx.value(NEWEST, manifest_id, KINDS[fmt], document_id)
    if found is None:
        raise NotFound(what="file", ref=document_id or fmt)
    return await get_document(tx, 0, found)


class Acknowledged(msgspec.Struct, frozen=True):
    manifest_id: int
    format: str
    sha256: str


async def acknowledge_file(tx: Tx, manifest_id: int, fmt: str, sha256: str) -> Acknowledged:
    """The courier has the file with this hash. Raises ``HashDiffers`` when no file in the format has it, ``NotFound``."""
    m = await manifest_row(tx, manifest_id)
    sha256 = sha256.lower()
    said = await tx.row(
        ACKNOWLEDGED, manifest_id, KINDS[fmt], sha256, m.carrier_id, tx.actor.name[:100], fmt, tx.now
    )
    if said is None:
        raise HashDiffers(file=(await fetch_file(tx, manifest_id, fmt)).name)
    if said["new"]:
        event = Event(
            kind="manifest.acknowledged", subject="manifest", subject_id=manifest_id, ref=m.number,
            data={"format": fmt, "sha256": sha256, "document_id": said["document_id"]},
        )  # fmt: skip
        await record(tx, event)
    return Acknowledged(manifest_id, fmt, sha256)
