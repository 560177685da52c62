"""HTTP resources of the returns bench: whose box is it, take it in, inspect what is in it."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.returns.decide_goods import Decided, decide_goods
from wms.returns.finish_inspection import finish_inspection
from wms.returns.inspect_item import Inspected, Look, inspect_item
from wms.returns.queries import ReturnOut
from wms.returns.receive_return import Received, open_return, receive_return
from wms.returns.receive_undelivered import receive_undelivered
from wms.returns.triage import Triage, triage
from wms.returns.words import Disposition, Grade, Kind
from wms.web.access import floor, shop_in_question
from wms.web.pages import Id, PathId

BENCH = floor("inspector")
AskedShop = Annotated[
    int | None, QueryParameter(ge=1, le=2**31 - 1, description="The shop whose return it is")
]
Code = Annotated[
    str,
    Meta(min_length=1, max_length=600, description="What the scanner typed", examples=["R-RMA-0000123"]),
]
ShopNo = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]


class Scanned(msgspec.Struct, forbid_unknown_fields=True):
    code: Code


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


class NewDisposition(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``grade`` where the goods were mended or repacked."""

    disposition: Disposition
    grade: Grade | None = None


@post(
    "/returns/triage",
    allow=floor("inspector", "care"),
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


@post(
    "/returns/{rma_id:int}/inspections",
    allow=BENCH,
    tags=["returns bench"],
    request_max_body_size=12_000_000,  # a photo of 8 MB in base64
)
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


bench_handlers: list[HTTPRouteHandler] = [
    post_triage,
    post_receive,
    post_unannounced,
    post_undelivered,
    post_inspection,
    post_decision,
    post_finish,
]
