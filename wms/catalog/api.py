"""HTTP resources of the catalog: SKUs, their bar codes, kits."""

from decimal import Decimal
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, HeaderParameter, JSONBody, PathParameter, QueryParameter
from msgspec import UNSET, Meta, UnsetType

from wms.catalog.change_sku import add_barcode, change_sku, put_one_sku, remove_barcode
from wms.catalog.check_skus import Failure
from wms.catalog.queries import BarcodeLine, ComponentLine, LotPolicy, SkuIn, SkuRow, sku, skus
from wms.catalog.read_lines import read_lines
from wms.catalog.upsert_skus import MAX_LINES, upsert_skus
from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Lang, Text
from wms.shops.queries import the_shop
from wms.web.access import ANY_STAFF, floor
from wms.web.access import shop as shop_scope
from wms.web.etags import etag, wanted_version
from wms.web.pages import After, Limit, Page, ShopId, after_id, page
from wms.web.problems import Problem, lang_of, of_refusal

READ = ANY_STAFF | shop_scope("catalog.read")
WRITE = floor("supervisor") | shop_scope("catalog.write")
SkuCode = Annotated[str, PathParameter(min_length=1, max_length=64)]


class SkusIn(msgspec.Struct, forbid_unknown_fields=True):
    """Each line has the fields of ``PUT /skus/{code}``, and its ``code``; a bad line does not spoil the others."""

    skus: Annotated[
        list[dict[str, Any]],
        Meta(
            min_length=1,
            max_length=MAX_LINES,
            examples=[[{"code": "MUG-RED", "name": "Kubek czerwony 300 ml", "weight_g": 310,
                        "barcodes": [{"code": "5901234123457"}]}]],
        ),
    ]  # fmt: skip


class FailedLine(msgspec.Struct):
    """``index`` counts lines from 0; the problem's ``pointer`` leads to the field."""

    index: int
    code: str
    problem: Problem


class SkusOut(msgspec.Struct):
    """SKU codes by what became of them."""

    created: list[str]
    updated: list[str]
    unchanged: list[str]
    failed: list[FailedLine]


class SkuChange(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Only the fields that are sent change; ``barcodes`` and ``components`` are sent whole."""

    name: (
        Annotated[str, Meta(min_length=1, max_length=200, examples=["Kubek czerwony 330 ml"])] | UnsetType
    ) = UNSET
    weight_g: Annotated[int, Meta(ge=0, le=10_000_000, examples=[320])] | UnsetType | None = UNSET
    length_mm: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType | None = UNSET
    width_mm: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType | None = UNSET
    height_mm: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType | None = UNSET
    lot_policy: LotPolicy | UnsetType = UNSET
    serial_tracked: bool | UnsetType = UNSET
    price: Decimal | UnsetType | None = UNSET
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$", examples=["PLN"])] | UnsetType = UNSET
    picture_url: Annotated[str, Meta(max_length=1000, pattern="^https?://")] | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    barcodes: Annotated[list[BarcodeLine], Meta(max_length=50)] | UnsetType = UNSET
    components: Annotated[list[ComponentLine], Meta(max_length=50)] | UnsetType = UNSET


def _failed(failure: Failure, lang: Lang, request_id: str) -> FailedLine:
    return FailedLine(
        index=failure.index, code=failure.code, problem=of_refusal(failure.refusal, lang, request_id)
    )


@put("/skus", allow=WRITE, tags=["catalog"])
async def put_skus(
    tx: NamedDependency[Tx],
    request: Request[Any, Any, Any],
    data: JSONBody[SkusIn],
    shop_id: ShopId = 0,
) -> SkusOut:
    """Create and change up to 1000 SKUs. Good lines are kept; each bad one is among ``failed`` with its reason.

    A line states the whole SKU: what it leaves out goes back to its default, save ``barcodes`` and ``components``,
    which stay as they are. Sending the same lines again changes nothing.
    """
    shop = await the_shop(tx, shop_id)
    lines, bad = read_lines(data.skus)
    done = await upsert_skus(tx, shop, list(lines.values()))
    places = list(lines)
    found = [_failed(f, lang_of(request), tx.request_id) for f in bad]
    found += [_failed(f.at(places[f.index]), lang_of(request), tx.request_id) for f in done.failed]
    return SkusOut(
        created=done.created,
        updated=done.updated,
        unchanged=done.unchanged,
        failed=sorted(found, key=lambda f: f.index),
    )


@get("/skus", allow=READ, tags=["catalog"])
async def get_skus(
    tx: NamedDependency[Tx],
    shop_id: ShopId = 0,
    search: Annotated[str | None, QueryParameter(min_length=1, max_length=100)] = None,
    active: FromQuery[bool | None] = None,
    kit: FromQuery[bool | None] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[SkuRow]:
    """The shop's SKUs. ``search`` is part of a code or name, or a whole bar code. Staff say which shop."""
    rows = await skus(
        tx,
        await the_shop(tx, shop_id),
        search=search,
        active=active,
        kit=kit,
        after=after_id(after),
        limit=limit + 1,
    )
    return page(rows, limit, lambda s: s.id)


@get("/skus/{code:str}", allow=READ, tags=["catalog"])
async def get_sku(tx: NamedDependency[Tx], code: SkuCode, shop_id: ShopId = 0) -> Response[SkuRow]:
    """One SKU; its ETag goes into ``If-Match`` of a change."""
    return _answer(await sku(tx, await the_shop(tx, shop_id), code))


@put("/skus/{code:str}", allow=WRITE, tags=["catalog"])
async def put_sku(
    tx: NamedDependency[Tx], code: SkuCode, data: JSONBody[SkuIn], shop_id: ShopId = 0
) -> Response[SkuRow]:
    """Create a SKU, or bring it to what the body says, whatever it was; ``PATCH`` is for who has read it before."""
    if data.code != code:
        raise Invalid(
            field="code",
            why=Text(en="the path says {path}, the body {body}", pl="w adresie jest {path}, w treści {body}"),
            path=code,
            body=data.code,
            pointer="/code",
        )
    return _answer(await put_one_sku(tx, await the_shop(tx, shop_id), data))


@patch("/skus/{code:str}", allow=WRITE, tags=["catalog"])
async def patch_sku(
    tx: NamedDependency[Tx],
    code: SkuCode,
    data: JSONBody[SkuChange],
    shop_id: ShopId = 0,
    if_match: Annotated[str | None, HeaderParameter(name="If-Match")] = None,
) -> Response[SkuRow]:
    """Change some fields of a SKU; needs ``If-Match`` with the ETag that was read."""
    changes = {f: v for f in data.__struct_fields__ if (v := getattr(data, f)) is not UNSET}
    shop = await the_shop(tx, shop_id)
    return _answer(await change_sku(tx, shop, code, changes, wanted_version(if_match)))


@post("/skus/{code:str}/barcodes", allow=WRITE, tags=["catalog"])
async def post_barcode(
    tx: NamedDependency[Tx],
    code: SkuCode,
    data: JSONBody[BarcodeLine],
    shop_id: ShopId = 0,
) -> Response[SkuRow]:
    """One more bar code. A SKU may have several; a code belongs to one SKU of a shop, and other shops may use it too."""
    return _answer(await add_barcode(tx, await the_shop(tx, shop_id), code, data), 201)


@delete("/skus/{code:str}/barcodes/{barcode:str}", allow=WRITE, tags=["catalog"])
async def delete_barcode(
    tx: NamedDependency[Tx],
    code: SkuCode,
    barcode: Annotated[str, PathParameter(max_length=100)],
    shop_id: ShopId = 0,
) -> None:
    """The code no longer stands for this SKU."""
    await remove_barcode(tx, await the_shop(tx, shop_id), code, barcode)


def _answer(found: SkuRow, status: int = 200) -> Response[SkuRow]:
    return Response(found, status_code=status, headers=etag(found.version))


handlers: list[HTTPRouteHandler] = [
    put_skus,
    get_skus,
    get_sku,
    put_sku,
    patch_sku,
    post_barcode,
    delete_barcode,
]
