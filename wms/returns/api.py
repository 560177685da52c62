"""HTTP resources of returns: announcing and following them (shops), arrival and inspection (bench), unknown parcels."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.returns.announce_return import Announced, ReturnIn, announce_return
from wms.returns.decide_goods import Decided, decide_goods
from wms.returns.finish_inspection import finish_inspection
from wms.returns.inspect_item import Inspected, Look, inspect_item
from wms.returns.queries import AdviceOut, ReturnOut, ReturnRow, get_return, list_returns
from wms.returns.receive_return import Received, open_return, receive_return
from wms.returns.receive_undelivered import receive_undelivered
from wms.returns.settle_return import close_return, mark_sent, reject_return, resolve_return
from wms.returns.states import LockedReturn
from wms.returns.stray_api import stray_handlers
from wms.returns.triage import Triage, triage
from wms.returns.words import REASONS, WARNINGS, Disposition, Grade, Kind
from wms.web.access import floor, shop, shop_in_question
from wms.web.pages import After, Id, Limit, Page, PathId, after_id, page
from wms.web.problems import lang_of

READ = shop("returns.read") | floor("inspector", "care")
WRITE = shop("returns.write") | floor("care")
BENCH = floor("inspector")

State = Literal[
    "announced", "in_transit", "received", "inspecting", "inspected", "awaiting_shop", "resolved", "closed", "rejected",
]  # fmt: skip
AskedShop = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="Staff say which shop; a shop's key need not")
]
Code = Annotated[
    str,
    Meta(min_length=1, max_length=600, description="What the scanner typed", examples=["R-RMA-0000123"]),
]
ShopNo = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]


class Word(msgspec.Struct):
    code: str
    text: str


class Words(msgspec.Struct):
    """The controlled lists, in the language of Accept-Language."""

    reasons: list[Word]
    warnings: list[Word]


class Changed(msgspec.Struct):
    """A return after a change of its state."""

    id: int
    number: str
    state: str


class Scanned(msgspec.Struct, forbid_unknown_fields=True):
    code: Code


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    tracking_number: Annotated[str, Meta(min_length=1, max_length=60, examples=["00340434161094042557"])]


class Arrived(msgspec.Struct, forbid_unknown_fields=True):
    warehouse_id: Id


class Unannounced(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A box that nobody announced, of a shop; with its order where triage found it."""

    shop_id: ShopNo
    warehouse_id: Id
    order_id: Id | None = None
    kind: Kind = "unknown"
    tracking_number: Annotated[str, Meta(max_length=60)] | None = None
    name: Annotated[str, Meta(max_length=100)] | None = None
    email: Annotated[str, Meta(max_length=200)] | None = None
    note: Annotated[str, Meta(max_length=500)] | None = None


class Undelivered(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``code``: tracking number, SSCC or parcel label. ``shop_id`` and ``parcel_id`` choose among several parcels."""

    warehouse_id: Id
    code: Code
    shop_id: ShopNo | None = None
    parcel_id: Id | None = None


class Resolution(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``refunded``: what the shop has paid to the buyer, in the order's currency."""

    note: Annotated[str, Meta(max_length=1000)] | None = None
    refunded: Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$", examples=["49.90"])] | None = None


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500, examples=["used for three months"])]


class NewDisposition(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``grade`` where the goods were mended or repacked."""

    disposition: Disposition
    grade: Grade | None = None


def changed(rma: LockedReturn) -> Changed:
    return Changed(id=rma.id, number=rma.number, state=rma.state.value)


@get("/return-words", allow=READ, tags=["returns"], sync_to_thread=False)
def get_words(request: Request[Any, Any, Any]) -> Words:
    """Reasons that a return may have, and warnings that an inspection may give."""
    lang = lang_of(request)
    return Words(
        reasons=[Word(code, text.in_(lang)) for code, text in REASONS.items()],
        warnings=[Word(code, text.in_(lang)) for code, text in WARNINGS.items()],
    )


@post("/returns", allow=WRITE, tags=["returns"], answers=[200, 201])
async def post_return(
    tx: NamedDependency[Tx], data: JSONBody[ReturnIn], shop_id: AskedShop = None
) -> Response[Announced]:
    """Announce a return. 201 when it is new, 200 when the same return was there already.

    Print ``label`` as a bar code for the box, or pass on the number; the tracking number of the way back helps too.
    """
    answer = await announce_return(tx, shop_in_question(tx, shop_id), data)
    return Response(answer, status_code=201 if answer.created else 200)


@get("/returns", allow=READ, tags=["returns"])
async def get_returns(
    tx: NamedDependency[Tx],
    shop_id: AskedShop = None,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    number: Annotated[str | None, QueryParameter(max_length=60)] = None,
    order_number: Annotated[str | None, QueryParameter(max_length=60)] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[ReturnRow]:
    """Returns of one shop, oldest first."""
    rows = await list_returns(
        tx, shop_in_question(tx, shop_id), after=after_id(after), limit=limit + 1, state=in_state, number=number,
        order_number=order_number,
    )  # fmt: skip
    return page(rows, limit, lambda row: row.id)


async def _return(tx: Tx, shop_id: int, rma_id: int) -> ReturnOut:
    found = await get_return(tx, shop_id, rma_id)
    if found is None:
        raise NotFound(what="return", ref=rma_id)
    return found


@get("/returns/{rma_id:int}", allow=READ, tags=["returns"])
async def get_one_return(tx: NamedDependency[Tx], rma_id: PathId, shop_id: AskedShop = None) -> ReturnOut:
    """One return with its goods, inspections and the newest refund advice."""
    return await _return(tx, shop_in_question(tx, shop_id), rma_id)


@get("/returns/{rma_id:int}/refund-advice", allow=READ, tags=["returns"])
async def get_advice(tx: NamedDependency[Tx], rma_id: PathId, shop_id: AskedShop = None) -> AdviceOut:
    """What to refund, and until when. 404 until the inspection is finished."""
    found = await _return(tx, shop_in_question(tx, shop_id), rma_id)
    if found.advice is None:
        raise NotFound(what="refund advice of return", ref=found.number)
    return found.advice


@post("/returns/{rma_id:int}/sent", allow=WRITE, tags=["returns"], status_code=200)
async def post_sent(
    tx: NamedDependency[Tx], rma_id: PathId, data: JSONBody[Sent], shop_id: AskedShop = None
) -> Changed:
    """The buyer has sent the box, with this tracking number."""
    return changed(await mark_sent(tx, shop_in_question(tx, shop_id), rma_id, data.tracking_number))


@post("/returns/{rma_id:int}/resolve", allow=WRITE, tags=["returns"], status_code=200)
async def post_resolve(
    tx: NamedDependency[Tx], rma_id: PathId, data: JSONBody[Resolution], shop_id: AskedShop = None
) -> Changed:
    """The shop has decided and, where it is due, paid."""
    refunded = None if data.refunded is None else Decimal(data.refunded)
    return changed(
        await resolve_return(tx, shop_in_question(tx, shop_id), rma_id, note=data.note, refunded=refunded)
    )


@post("/returns/{rma_id:int}/reject", allow=WRITE, tags=["returns"], status_code=200)
async def post_reject(
    tx: NamedDependency[Tx], rma_id: PathId, data: JSONBody[Reason], shop_id: AskedShop = None
) -> Changed:
    """The return is not accepted, and why."""
    return changed(await reject_return(tx, shop_in_question(tx, shop_id), rma_id, data.reason))


@post("/returns/{rma_id:int}/close", allow=WRITE, tags=["returns"], status_code=200)
async def post_close(tx: NamedDependency[Tx], rma_id: PathId, shop_id: AskedShop = None) -> Changed:
    """Nothing is left to do; also for a return that never came."""
    return changed(await close_return(tx, shop_in_question(tx, shop_id), rma_id))


@post(
    "/returns/triage",
    allow=READ - shop("returns.read"),
    tags=["returns bench"],
    status_code=200,
    idempotent=False,
)
async def post_triage(tx: NamedDependency[Tx], data: JSONBody[Scanned]) -> Triage:
    """Whose box is this? Scan or type any code: candidates of every shop, the likeliest first. Changes nothing."""
    return await triage(tx, data.code)


@post("/returns/{rma_id:int}/receive", allow=BENCH, tags=["returns bench"], status_code=200)
async def post_receive(
    tx: NamedDependency[Tx], rma_id: PathId, data: JSONBody[Arrived], shop_id: AskedShop = None
) -> Received:
    """The box of an announced return lies on the bench."""
    return await receive_return(tx, shop_in_question(tx, shop_id), rma_id, data.warehouse_id)


@post("/returns/unannounced", allow=BENCH, tags=["returns bench"])
async def post_unannounced(tx: NamedDependency[Tx], data: JSONBody[Unannounced]) -> Received:
    """Open a return for a box that nobody announced."""
    return await open_return(
        tx, data.shop_id, data.warehouse_id, order_id=data.order_id, kind=data.kind,
        tracking_number=data.tracking_number, name=data.name, email=data.email, note=data.note,
    )  # fmt: skip


@post("/returns/undelivered", allow=BENCH, tags=["returns bench"])
async def post_undelivered(tx: NamedDependency[Tx], data: JSONBody[Undelivered]) -> Received:
    """The courier brings a parcel of ours back: its whole content is expected for inspection."""
    chosen = (data.shop_id, data.parcel_id) if data.shop_id and data.parcel_id else None
    return await receive_undelivered(tx, data.warehouse_id, data.code, parcel=chosen)


@post("/returns/{rma_id:int}/inspections", allow=BENCH, tags=["returns bench"])
async def post_inspection(
    tx: NamedDependency[Tx], rma_id: PathId, data: JSONBody[Look], shop_id: AskedShop = None
) -> Inspected:
    """One look at some pieces of one SKU: condition, and what becomes of them. Their stock moves at once."""
    return await inspect_item(tx, shop_in_question(tx, shop_id), rma_id, data)


@post(
    "/returns/{rma_id:int}/inspections/{inspection_id:int}/decide",
    allow=BENCH,
    tags=["returns bench"],
    status_code=200,
)
async def post_decision(
    tx: NamedDependency[Tx],
    rma_id: PathId,
    inspection_id: PathId,
    data: JSONBody[NewDisposition],
    shop_id: AskedShop = None,
) -> Decided:
    """What becomes of goods that waited in quarantine, after the shop has decided or they were mended."""
    return await decide_goods(
        tx, shop_in_question(tx, shop_id), rma_id, inspection_id, data.disposition, data.grade
    )


@post("/returns/{rma_id:int}/finish", allow=BENCH, tags=["returns bench"], status_code=200)
async def post_finish(tx: NamedDependency[Tx], rma_id: PathId, shop_id: AskedShop = None) -> ReturnOut:
    """The box is empty. The shop gets the refund advice."""
    return await finish_inspection(tx, shop_in_question(tx, shop_id), rma_id)


handlers: list[HTTPRouteHandler] = [
    get_words,
    post_return,
    get_returns,
    get_one_return,
    get_advice,
    post_sent,
    post_resolve,
    post_reject,
    post_close,
    post_triage,
    post_receive,
    post_unannounced,
    post_undelivered,
    post_inspection,
    post_decision,
    post_finish,
    *stray_handlers,
]
