"""Say which papers of its manifests a carrier gets, by which way, and within which time it should scan a parcel."""

from datetime import datetime

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from wms.carriers.credentials import DELIVERY
from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.printing.columns import Columns
from wms.shipping.papers import Papers, read_papers

NO_HOST_KEY = Text(
    en="no public key like ssh-ed25519 AAAA...; ask the server for it with ssh-keyscan",
    pl="to nie klucz publiczny w postaci ssh-ed25519 AAAA...; pobierz go z serwera poleceniem ssh-keyscan",
)


def check_host_key(text: str) -> None:
    """Raises ``ValueError`` for what is no public key in OpenSSH's form."""
    try:
        load_ssh_public_key(text.encode())
    except (ValueError, UnsupportedAlgorithm) as e:
        raise ValueError(f"no public key like 'ssh-ed25519 AAAA...': {e}") from None


class CarrierPapers(msgspec.Struct, frozen=True):
    """``secret_since``: since when there is a password or key for the server; what it is nobody is told."""

    carrier_id: int
    papers: Papers
    scan_within_h: int | None
    secret_since: datetime | None


GET = """
select c.papers, c.scan_within_h,
  (select k.changed_at from carrier_credential k where k.carrier_id = c.id and k.purpose = $2) as secret_since
from carrier c where c.id = $1
"""


async def carrier_papers(tx: Tx, carrier_id: int) -> CarrierPapers:
    """Raises ``NotFound``."""
    row = await tx.row(GET, carrier_id, DELIVERY)
    if row is None:
        raise NotFound(what="carrier", ref=carrier_id)
    return CarrierPapers(carrier_id, read_papers(row["papers"]), row["scan_within_h"], row["secret_since"])


async def set_papers(tx: Tx, carrier_id: int, papers: Papers, scan_within_h: int | None) -> CarrierPapers:
    """Replaces what was there. Which files there are counts for manifests that are closed from now on; by which way they
    go, for everything that is sent from now on.

    Raises ``LayoutWrong`` with the place in the column layout, ``Invalid`` for a host key that is none and for a NUL
    character, ``NotFound``.
    """
    if papers.columns is not None:
        Columns(papers.columns, "/columns")
    if papers.sftp is not None:
        try:
            check_host_key(papers.sftp.host_key)
        except ValueError:
            raise Invalid(field="host_key", why=NO_HOST_KEY, pointer="/sftp/host_key") from None
    stored = msgspec.json.encode(papers).decode()
    if "\\u0000" in stored:
        raise Invalid(
            field="papers",
            why=Text(en="a value holds a NUL character", pl="wartość zawiera znak NUL"),
            pointer="/",
        )
    code = await tx.value(
        "update carrier set papers = $2::jsonb, scan_within_h = $3 where id = $1 returning code",
        carrier_id,
        stored,
        scan_within_h,
    )
    if code is None:
        raise NotFound(what="carrier", ref=carrier_id)
    data = {
        "edifact": papers.edifact is not None,
        "columns": papers.columns is not None,
        "mail": papers.mail,
        "sftp": papers.sftp and papers.sftp.target,
        "scan_within_h": scan_within_h,
    }
    await record(
        tx, Event(kind="carrier.papers_set", subject="carrier", subject_id=carrier_id, ref=code, data=data)
    )
    return await carrier_papers(tx, carrier_id)
