"""HTTP resources of events: the feed, the audit of one thing, kept documents, mail on its way out."""

from typing import Annotated, Literal
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from wms.db.tx import Tx
from wms.events.documents import DocumentRow, get_document, list_documents
from wms.events.feed import EventPage, audit, feed
from wms.events.log import OPERATOR
from wms.events.mail import MailRow, mails, retry_mail
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.web.access import COURIER, SUPERVISOR, floor, shop, shop_in_question
from wms.web.pages import After, Limit, Page, PathId, after_id, page

READERS = shop("events.read") | floor("care", "inspector", "packer", "receiver")
Kinds = Annotated[
    list[str] | None,
    QueryParameter(name="kind", max_items=50, description="Only these kinds, e.g. order.handed_over"),
]
Subject = Annotated[
    str, QueryParameter(min_length=1, max_length=40, description="order, return, receipt, manifest ...")
]
SubjectId = Annotated[int, QueryParameter(ge=0, le=10**15)]
AskedShop = Annotated[
    int | None,
    QueryParameter(
        ge=0, le=2**31 - 1, description="Staff say which shop, 0 for the operator; a shop's key need not"
    ),
]


@get("/events", allow=READERS, tags=["events"])
async def get_events(
    tx: NamedDependency[Tx],
    after: Annotated[int, QueryParameter(ge=0, le=10**15, description="`next` of the call before")] = 0,
    limit: Limit = 100,
    kinds: Kinds = None,
    subject: Annotated[str | None, QueryParameter(min_length=1, max_length=40)] = None,
    subject_id: Annotated[int | None, QueryParameter(ge=0, le=10**15)] = None,
    shop_id: AskedShop = None,
) -> EventPage:
    """Everything that happened to a shop's goods, orders and returns, in order; poll with ``after`` = ``next``.

    No event is ever skipped or shown twice to a reader who follows ``next``. An event appears once everything before it
    is settled, as a rule within a second. Repeat ``kind`` to see only these kinds.

    With ``subject`` and ``subject_id`` it is the audit of one order, return, receipt ... Staff always name both, and the
    shop (0 for what belongs to the operator).
    """
    if subject is not None and subject_id is not None:
        shop_of = shop_in_question(tx, shop_id)
        return await audit(tx, shop_of, subject, subject_id, after=after, limit=limit, kinds=kinds)
    if tx.actor.kind != "shop" or subject is not None or subject_id is not None:
        raise Invalid(
            field="subject",
            why=Text(en="name subject and subject_id, both", pl="podaj subject i subject_id, oba"),
            pointer="/subject",
        )
    shop_in_question(tx, shop_id)
    return await feed(tx, after, limit, kinds)


@get("/documents", allow=READERS, tags=["documents"])
async def get_documents(
    tx: NamedDependency[Tx],
    subject: Subject,
    subject_id: SubjectId,
    shop_id: AskedShop = None,
) -> list[DocumentRow]:
    """The files kept for one thing: photos, protocols, labels."""
    return await list_documents(tx, shop_in_question(tx, shop_id), subject, subject_id)


@get(
    "/documents/{document_id:int}",
    allow=READERS | COURIER,
    tags=["documents"],
    media_type="application/octet-stream",
    produces=["*/*"],
)
async def get_one_document(
    tx: NamedDependency[Tx],
    document_id: PathId,
    shop_id: AskedShop = None,
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


@get("/mails", allow=SUPERVISOR, tags=["mails"])
async def get_mails(
    tx: NamedDependency[Tx],
    in_state: Annotated[
        Literal["queued", "sent", "failed"] | None, QueryParameter(name="state", description="Only these")
    ] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[MailRow]:
    """Mail to carriers and shops: what waits, what was sent, what the mail server refused and why."""
    return page(
        await mails(tx, state=in_state, after=after_id(after), limit=limit + 1), limit, lambda m: m.id
    )


@post("/mails/{mail_id:int}/retry", allow=SUPERVISOR, tags=["mails"])
async def post_retry(
    tx: NamedDependency[Tx],
    mail_id: PathId,
    shop_id: Annotated[int, QueryParameter(ge=0, le=2**31 - 1, description="0: the operator's")] = OPERATOR,
) -> MailRow:
    """Try a failed mail again, once what stopped it is mended. To another address it goes by hand."""
    return await retry_mail(tx, shop_id, mail_id)


handlers: list[HTTPRouteHandler] = [get_events, get_documents, get_one_document, get_mails, post_retry]
