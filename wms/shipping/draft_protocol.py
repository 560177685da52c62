"""The protocol before it counts: what it would say if the manifest were closed now."""

from zoneinfo import ZoneInfo

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.printing.documents import ManifestDocument
from wms.shipping.manifest_document import HEAD, document
from wms.shipping.manifest_errors import EmptyManifest
from wms.shipping.manifest_queries import paper_lines

DRAFT = "––––"
"""Stands where the number will: a draft is no paper to sign."""


async def draft_protocol(tx: Tx, manifest_id: int) -> ManifestDocument:
    """What ``wms.printing.manifest.manifest_pdf`` draws. Raises ``EmptyManifest``, ``NotFound``."""
    head = await tx.row(HEAD, manifest_id)
    if head is None:
        raise NotFound(what="manifest", ref=manifest_id)
    lines = await paper_lines(tx, manifest_id)
    if not lines:
        raise EmptyManifest
    at = (head["closed_at"] or tx.now).astimezone(ZoneInfo(head["timezone"]))
    return document(head, head["number"] or DRAFT, at, lines)
