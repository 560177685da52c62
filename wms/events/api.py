"""HTTP resources of events: the feed, the audit of one thing, kept documents."""

from typing import Annotated
from urllib.parse import quote

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from wms.db.tx import Tx
from wms.events.documents import DocumentRow, get_document, list_documents
from wms.events.feed import Page, audit, feed
from wms.events.log import OPERATOR
from wms.kernel.refusals import Invalid
from wms.web.access import COURIER, floor, shop, shop_in_question

READERS = shop("events.read") | floor("care", "inspector", "packer", "receiver")
KINDS = Meta(max_length=50, examples=[["order.handed_over"]])


@get("/events", allow=READERS, tags=["events"])
async def get_events(
    tx: NamedDependency[Tx],
    after: FromQuery[Annotated[int, Meta(ge=0, examples=[0])]] = 0,
    limit: FromQuery[Annotated[int, Meta(ge=1, le=500)]] = 100,
    kind: FromQuery[Annotated[list[str], KINDS] | None] = None,
    subject: FromQuery[Annotated[str, Meta(min_length=1, max_length=40, examples=["order"])] | None] = None,
    subject_id: FromQuery[Annotated[int, Meta(ge=0)] | None] = None,
    shop_id: FromQuery[Annotated[int, Meta(ge=0)] | None] = None,
) -> Page:
    """Everything that happened to a shop's goods, orders and returns, in order; poll with ``after`` = ``next``.

    No event is ever skipped or shown twice to a reader who follows ``next``. An event appears once everything before it
    is settled, as a rule within a second. Repeat ``kind`` to see only these kinds.

    With ``subject`` and ``subject_id`` it is the audit of one order, return, receipt ... Staff always name both, and the
    shop (0 for what belongs to the operator).
    """
    if subject is not None and subject_id is not None:
        shop_of = shop_in_question(tx, shop_id)
        return await audit(tx, shop_of, subject, subject_id, after=after, limit=limit, kinds=kind)
    if tx.actor.kind != "shop" or subject is not None or subject_id is not None:
        raise Invalid(field="subject", why="name subject and subject_id, both", pointer="/subject")
    shop_in_question(tx, shop_id)
    return await feed(tx, after, limit, kind)


@get("/documents", allow=READERS, tags=["documents"])
async def get_documents(
    tx: NamedDependency[Tx],
    subject: FromQuery[Annotated[str, Meta(min_length=1, max_length=40, examples=["return"])]],
    subject_id: FromQuery[Annotated[int, Meta(ge=0)]],
    shop_id: FromQuery[Annotated[int, Meta(ge=0)] | None] = None,
) -> list[DocumentRow]:
    """The files kept for one thing: photos, protocols, labels."""
    return await list_documents(tx, shop_in_question(tx, shop_id), subject, subject_id)


@get(
    "/documents/{document_id:int}",
    allow=READERS | COURIER,
    tags=["documents"],
    media_type="application/octet-stream",
)
async def get_one_document(
    tx: NamedDependency[Tx],
    document_id: FromPath[int],
    shop_id: FromQuery[Annotated[int, Meta(ge=0)] | None] = None,
) -> Response[bytes]:
    """A kept file, byte by byte; the ETag is its SHA-256.

    A shop sees its own files, a courier those of its manifests. Staff name the shop; without one it is the operator's.
    """
    shop_of = shop_in_question(tx, shop_id) if tx.actor.kind == "shop" else shop_id or OPERATOR
    found = await get_document(tx, shop_of, document_id)
    return Response(
        found.content,
        media_type=found.media_type,
        headers={
            "ETag": f'"{found.sha256}"',
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name, safe='')}",
            # whoever made the file, a browser must not run it
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=31536000, immutable",
        },
    )


handlers: list[HTTPRouteHandler] = [get_events, get_documents, get_one_document]
