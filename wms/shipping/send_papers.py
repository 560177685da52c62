"""The papers of a closed manifest once more, because the carrier says that it has none."""

from wms.db.tx import Tx
from wms.shipping.errors import ManifestNotClosed, NoMailAddress, PapersNotReady
from wms.shipping.mail_papers import mail_papers
from wms.shipping.manifest_queries import manifest_documents, manifest_row

SENT = "select count(*) from mail where shop_id = 0 and about = 'manifest' and about_id = $1"


async def send_papers(tx: Tx, manifest_id: int) -> int:
    """The queued mail's id. Raises ``ManifestNotClosed``, ``PapersNotReady``, ``NoMailAddress``, ``NotFound``."""
    m = await manifest_row(tx, manifest_id)
    if m.state == "open":
        raise ManifestNotClosed
    await tx.row("select 1 from manifest where id = $1 for update", manifest_id)
    kinds = {d.kind for d in await manifest_documents(tx, manifest_id)}
    if not {"manifest", "manifest_csv"} <= kinds:
        raise PapersNotReady(number=m.number)
    sent = await tx.value(SENT, manifest_id)
    mail_id = await mail_papers(tx, manifest_id, copy=sent)
    if mail_id is None:
        raise NoMailAddress
    return mail_id
