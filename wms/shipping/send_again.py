"""The papers of a closed manifest once more, because the carrier says that it has none: every way that it has."""

from wms.db.tx import Tx
from wms.shipping.mail_papers import mail_papers
from wms.shipping.manifest_errors import ManifestNotClosed, NoWayToCarrier, PapersNotReady
from wms.shipping.manifest_queries import manifest_row
from wms.shipping.send_papers import files_for, put_down, sendable

UNSENT = """
select d.document_id from manifest_delivery d join mail a on a.shop_id = 0 and a.id = d.mail_id
where d.manifest_id = $1 and d.channel = 'mail' and d.target = $2 and a.state = 'queued'
"""


async def send_again(tx: Tx, manifest_id: int) -> int:
    """How many ways they go. What waits in a mail that has not left yet is not mailed twice; what was on its way to a server
    that the carrier has no more is forgotten.

    Raises ``ManifestNotClosed``, ``PapersNotReady``, ``NoWayToCarrier``, ``NotFound``.
    """
    row = await manifest_row(tx, manifest_id)
    if row.state == "open":
        raise ManifestNotClosed
    m = await sendable(tx, manifest_id)
    if m is None:
        raise PapersNotReady(number=row.number)
    if not m.email and not m.papers.sftp:
        raise NoWayToCarrier
    ways = 0
    if m.email and (files := await files_for(tx, m, "mail")):
        waiting = {r["document_id"] for r in await tx.rows(UNSENT, m.id, m.email)}
        if left := [f for f in files if f["id"] not in waiting]:
            await mail_papers(tx, m.id, left, again=True)
        ways += 1
    if m.papers.sftp and (files := await files_for(tx, m, "sftp")):
        target = m.papers.sftp.target
        await tx.run(
            """delete from manifest_delivery
               where manifest_id = $1 and channel = 'sftp' and status <> 'sent' and target <> $2""",
            m.id,
            target,
        )
        await put_down(tx, m, target, files)
        ways += 1
    if not ways:
        raise PapersNotReady(number=row.number)
    return ways
