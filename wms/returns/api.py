"""HTTP resources of returns: announcing, following and settling them. The bench has its own modules."""

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
from wms.returns.bench_api import bench_handlers
from wms.returns.queries import AdviceOut, ReturnOut, ReturnRow, get_return, list_returns
from wms.returns.settle_return import close_return, mark_sent, reject_return, resolve_return
from wms.returns.states import LockedReturn
from wms.returns.stray_api import stray_handlers
from wms.returns.words import REASONS, WARNINGS
from wms.web.access import floor, shop, shop_in_question
from wms.web.pages import After, Limit, Page, PathId, after_id, page
from wms.web.problems import lang_of

READ = shop("returns.read") | floor("inspector", "care")
WRITE = shop("returns.write") | floor("care")

State = Literal[
    "announced", "in_transit", "received", "inspecting", "inspected", "awaiting_shop", "resolved", "closed", "rejected",
]  # fmt: skip
AskedShop = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="Staff say which shop; a shop's key need not")
]


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


class Sent(msgspec.Struct, forbid_unknown_fields=True):
    tracking_number: Annotated[str, Meta(min_length=1, max_length=60, examples=["00340434161094042557"])]


class Resolution(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``refunded``: what the shop has paid to the buyer, in the order's currency."""

    note: Annotated[str, Meta(max_length=1000)] | None = None
    refunded: Annotated[str, Meta(pattern=r"^[0-9]{1,9}(\.[0-9]{1,2})?$", examples=["49.90"])] | None = None


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500, examples=["used for three months"])]


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
    *bench_handlers,
    *stray_handlers,
]
