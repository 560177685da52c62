"""The papers of a closed manifest once more, because the carrier says that it has none: every way that it has."""

from wms.db.tx import Tx
from wms.printing.manifest_files import KINDS
from wms.shipping.deliver import READY, put_down
from wms.shipping.errors import ManifestNotClosed, NoWayToCarrier, PapersNotReady
from wms.shipping.mail_papers import mail_papers
from wms.shipping.manifest_queries import manifest_row
from wms.shipping.papers import read_papers

SENT = "select count(*) from mail where shop_id = 0 and about = 'manifest' and about_id = $1"


async def send_again(tx: Tx, manifest_id: int) -> int:
    """How many ways they go. Raises ``ManifestNotClosed``, ``PapersNotReady``, ``NoWayToCarrier``, ``NotFound``."""
    m = await manifest_row(tx, manifest_id)
    if m.state == "open":
        raise ManifestNotClosed
    await tx.row("select 1 from manifest where id = $1 for update", manifest_id)
    found = await tx.row(READY, manifest_id)
    assert found is not None
    if m.state == "closing" or KINDS["pdf"] not in found["kinds"]:
        raise PapersNotReady(number=m.number)
    ways = 0
    if await mail_papers(tx, manifest_id, copy=await tx.value(SENT, manifest_id)) is not None:
        ways += 1
    papers = read_papers(found["papers"])
    if papers.sftp is not None:
        formats = [f for f in papers.sftp.formats if KINDS[f] in found["kinds"]]
        await put_down(tx, manifest_id, m.carrier_id, papers.sftp, formats, again=True)
        ways += 1
    if not ways:
        raise NoWayToCarrier
    return ways
