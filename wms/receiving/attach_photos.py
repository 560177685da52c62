"""Photos of what was wrong with a delivery: what the shop shows its supplier."""

from collections.abc import Sequence

import msgspec

from wms.db.tx import Tx
from wms.events.documents import keep_document
from wms.events.log import Event, record
from wms.events.photos import clean_photo
from wms.kernel.refusals import NotFound
from wms.receiving.errors import TooManyPhotos

MOST = 4
"""Photos of one discrepancy."""


class Photographed(msgspec.Struct, frozen=True):
    """``photos``: all of the discrepancy, oldest first, at ``/documents/{id}``."""

    discrepancy_id: int
    photos: list[int]


async def attach_photos(
    tx: Tx, shop_id: int, receipt_id: int, discrepancy_id: int, photos: Sequence[bytes]
) -> Photographed:
    """Keeps them, made smaller and without what the camera wrote into them; also after the receipt was closed.

    Raises ``NotFound``, ``BadPhoto``, ``TooManyPhotos`` when there would be more than four.
    """
    clean = [await clean_photo(p) for p in photos]  # before anything is locked: it takes a while
    row = await tx.row(
        """select r.number, d.kind from discrepancy d join receipt r on (r.shop_id, r.id) = (d.shop_id, d.receipt_id)
           where d.shop_id = $1 and d.receipt_id = $2 and d.id = $3 for update of d""",
        shop_id,
        receipt_id,
        discrepancy_id,
    )
    if row is None:
        raise NotFound(what="discrepancy", ref=discrepancy_id)
    had = await tx.rows(
        """select id from document
           where shop_id = $1 and subject = 'discrepancy' and subject_id = $2 and kind = 'photo' order by id""",
        shop_id,
        discrepancy_id,
    )
    if len(had) + len(clean) > MOST:
        raise TooManyPhotos(most=MOST, have=len(had), pointer="/photos")
    new = [
        await keep_document(
            tx, shop_id, "photo", "discrepancy", discrepancy_id, f"{row['number']}-{discrepancy_id}-{n}.jpg",
            "image/jpeg", content,
        )
        for n, content in enumerate(clean, start=len(had) + 1)
    ]  # fmt: skip
    data = {"discrepancy_id": discrepancy_id, "kind": row["kind"], "document_ids": new}
    await record(
        tx,
        Event(
            kind="receipt.photographed", subject="receipt", subject_id=receipt_id, shop_id=shop_id, ref=row["number"],
            data=data,
        ),
    )  # fmt: skip
    return Photographed(discrepancy_id, [r["id"] for r in had] + new)
