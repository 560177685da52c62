"""Files that must stay as they were: written once, hashed, and given back byte by byte."""

import hashlib
from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


async def keep_document(
    tx: Tx, shop_id: int, kind: str, subject: str, subject_id: int, name: str, media_type: str, content: bytes
) -> int:
    """Keeps a file and returns its id. ``shop_id`` 0 is the operator; ``kind`` says what it is (``photo``, ``manifest``).

    A courier can read the kinds that begin with ``manifest`` of its own manifests.
    """
    document_id: int = await tx.value(
        """insert into document (shop_id, kind, subject, subject_id, name, media_type, sha256, size, bytes)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id""",
        shop_id,
        kind,
        subject,
        subject_id,
        name,
        media_type,
        hashlib.sha256(content).hexdigest(),
        len(content),
        content,
    )
    return document_id


class Document(msgspec.Struct, frozen=True):
    """A kept file with its content; ``sha256`` in hexadecimal, ``size`` in bytes."""

    id: int
    shop_id: int
    kind: str
    subject: str
    subject_id: int
    name: str
    media_type: str
    sha256: str
    size: int
    content: bytes


GET = """
select id, shop_id, kind, subject, subject_id, name, media_type, sha256, size, bytes as content
from document where shop_id = $1 and id = $2
"""


async def get_document(tx: Tx, shop_id: int, document_id: int) -> Document:
    """One file. Raises ``NotFound``, also when row-level security hides it from whoever asks."""
    row = await tx.row(GET, shop_id, document_id)
    if row is None:
        raise NotFound(what="document", ref=document_id)
    return Document(**dict(row))


class DocumentRow(msgspec.Struct, frozen=True):
    id: int
    kind: str
    name: str
    media_type: str
    sha256: str
    size: int
    at: datetime


LIST = """
select id, kind, name, media_type, sha256, size, at from document
where shop_id = $1 and subject = $2 and subject_id = $3 order by id limit 500
"""


async def list_documents(tx: Tx, shop_id: int, subject: str, subject_id: int) -> list[DocumentRow]:
    """The files of one thing, without their content."""
    return await tx.all(DocumentRow, LIST, shop_id, subject, subject_id)
