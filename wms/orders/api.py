"""HTTP resources of orders."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound, Refusal
from wms.orders.accept_orders import Accepted, accept_orders
from wms.orders.cancel_order import Cancelled, cancel_order
from wms.orders.holds import Mended
from wms.orders.mend_order import hold_order, mend_recipient, release_hold
from wms.orders.order_in import OrderIn, RecipientIn
from wms.orders.queries import OrderOut, OrderRow, get_order, list_orders
from wms.orders.story import StoryLine, tell_order
from wms.web.access import floor, shop, shop_in_question
from wms.web.pages import After, Limit, Page, PathId, after_id, page
from wms.web.problems import Problem, lang_of, of_refusal

READ = shop("orders.read") | floor("packer", "care")
WRITE = shop("orders.write") | floor("care")

State = Literal[
    "received", "on_hold", "backordered", "allocated", "released", "picking", "picked", "packing", "packed",
    "labelled", "manifested", "handed_over", "in_transit", "delivered", "returned_to_sender", "cancelled",
]  # fmt: skip
AskedShop = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="Staff say which shop; a shop's key need not")
]


class Orders(msgspec.Struct, forbid_unknown_fields=True):
    """Up to 500 orders; each is judged on its own."""

    orders: Annotated[list[OrderIn], Meta(min_length=1, max_length=500)]


class Result(msgspec.Struct, omit_defaults=True):
    """``created``, ``known`` (the same order was there already) or ``refused`` with the problem."""

    number: str
    result: Literal["created", "known", "refused"]
    order: Accepted | None = None
    problem: Problem | None = None


class Results(msgspec.Struct):
    created: int
    known: int
    refused: int
    results: list[Result]


class RecipientChange(msgspec.Struct, forbid_unknown_fields=True):
    """Without ``point`` the parcel locker stays as it is; null takes it away."""

    recipient: RecipientIn
    point: Annotated[str, Meta(max_length=100, examples=["KRA010"])] | UnsetType | None = UNSET


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=300, examples=["customer changed their mind"])]


@post("/orders", allow=shop("orders.write"), tags=["orders"], answers=[200, 201])
async def post_order(
    tx: NamedDependency[Tx], request: Request[Any, Any, Any], data: JSONBody[OrderIn]
) -> Response[Accepted]:
    """Send one order. 201 when it is new, 200 when the same order was there already."""
    (answer,) = await accept_orders(tx, tx.shop_id, [data], lang=lang_of(request))
    if isinstance(answer, Refusal):
        raise answer
    return Response(answer, status_code=201 if answer.created else 200)


@post("/orders/bulk", allow=shop("orders.write"), tags=["orders"], status_code=200)
async def post_orders(
    tx: NamedDependency[Tx], request: Request[Any, Any, Any], data: JSONBody[Orders]
) -> Results:
    """Send up to 500 orders. Good ones are kept, whatever is wrong with the others."""
    lang = lang_of(request)
    results = []
    for order, answer in zip(
        data.orders, await accept_orders(tx, tx.shop_id, data.orders, lang=lang), strict=True
    ):
        if isinstance(answer, Refusal):
            results.append(Result(number=order.number, result="refused", problem=of_refusal(answer, lang)))
        else:
            word: Literal["created", "known"] = "created" if answer.created else "known"
            results.append(Result(number=order.number, result=word, order=answer))
    counts = {w: sum(r.result == w for r in results) for w in ("created", "known", "refused")}
    return Results(results=results, **counts)


@get("/orders", allow=READ, tags=["orders"])
async def get_orders(
    tx: NamedDependency[Tx],
    shop_id: AskedShop = None,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    number: Annotated[str | None, QueryParameter(max_length=60)] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[OrderRow]:
    """Orders of one shop, oldest first; filter by state or number."""
    rows = await list_orders(
        tx,
        shop_in_question(tx, shop_id),
        after=after_id(after),
        limit=limit + 1,
        state=in_state,
        number=number,
    )
    return page(rows, limit, lambda row: row.id)


@get("/orders/{order_id:int}", allow=READ, tags=["orders"])
async def get_one_order(
    tx: NamedDependency[Tx], request: Request[Any, Any, Any], order_id: PathId, shop_id: AskedShop = None
) -> Response[OrderOut]:
    """One order with lines, parcels and holds; what a hold says is English unless ``Accept-Language`` asks for Polish.

    The ETag is its version.
    """
    order = await get_order(tx, shop_in_question(tx, shop_id), order_id, lang_of(request))
    if order is None:
        raise NotFound(what="order", ref=order_id)
    return Response(order, headers={"ETag": f'"{order.version}"'})


@get("/orders/{order_id:int}/story", allow=READ, tags=["orders"])
async def get_story(
    tx: NamedDependency[Tx],
    request: Request[Any, Any, Any],
    order_id: PathId,
    shop_id: AskedShop = None,
) -> list[StoryLine]:
    """What happened to the order and where its goods went, in plain words."""
    lines = await tell_order(tx, shop_in_question(tx, shop_id), order_id, lang_of(request))
    if not lines:
        raise NotFound(what="order", ref=order_id)
    return lines


@put("/orders/{order_id:int}/recipient", allow=WRITE, tags=["orders"])
async def put_recipient(
    tx: NamedDependency[Tx],
    order_id: PathId,
    data: JSONBody[RecipientChange],
    shop_id: AskedShop = None,
) -> Mended:
    """Mend the address, until the label. An order that was on hold for it goes on by itself."""
    shop_of = shop_in_question(tx, shop_id)
    return await mend_recipient(tx, shop_of, order_id, data.recipient, point=data.point)


@post("/orders/{order_id:int}/cancel", allow=WRITE, tags=["orders"], status_code=200)
async def post_cancel(
    tx: NamedDependency[Tx],
    order_id: PathId,
    data: JSONBody[Reason],
    shop_id: AskedShop = None,
) -> Cancelled:
    """Cancel, until handover. Goods that were already taken go back to the shelf."""
    return await cancel_order(tx, shop_in_question(tx, shop_id), order_id, reason=data.reason)


@post("/orders/{order_id:int}/hold", allow=WRITE, tags=["orders"], status_code=200)
async def post_hold(
    tx: NamedDependency[Tx],
    order_id: PathId,
    data: JSONBody[Reason],
    shop_id: AskedShop = None,
) -> Mended:
    """Put an order on hold, until it is released to the floor. Its stock stays set aside."""
    return await hold_order(tx, shop_in_question(tx, shop_id), order_id, data.reason)


@post("/orders/{order_id:int}/release", allow=WRITE, tags=["orders"], status_code=200)
async def post_release(tx: NamedDependency[Tx], order_id: PathId, shop_id: AskedShop = None) -> Mended:
    """Release an order that was put on hold by hand. A supervisor also overrules the checks."""
    overrule = bool(tx.actor.roles & {"supervisor", "admin"})
    return await release_hold(tx, shop_in_question(tx, shop_id), order_id, all_holds=overrule)


handlers: list[HTTPRouteHandler] = [
    post_order,
    post_orders,
    get_orders,
    get_one_order,
    get_story,
    put_recipient,
    post_cancel,
    post_hold,
    post_release,
]
