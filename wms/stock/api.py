"""HTTP resources of stock: what is where now, what was, and every move."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import PathParameter, QueryParameter

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.shops.queries import the_shop
from wms.stock.queries import (
    MoveRow,
    PlaceStock,
    Promise,
    SkuStock,
    StockThen,
    codes_of,
    history,
    sku_id_of,
    stock_as_of,
    stock_at_location,
    stock_by_sku,
    stock_of_sku,
    why_allocated,
    why_allocated_at,
)
from wms.web.access import ANY_STAFF
from wms.web.access import shop as shop_scope
from wms.web.pages import After, Limit, Page, PathId, ShopId, after_id, encode_cursor, page

READ = ANY_STAFF | shop_scope("stock.read")
SkuCode = Annotated[str, PathParameter(min_length=1, max_length=64)]
SkuFilter = Annotated[str | None, QueryParameter(min_length=1, max_length=64, description="Only this SKU")]
Moment = Annotated[datetime, QueryParameter(description="RFC 3339, e.g. 2026-01-31T23:59:59Z")]


class SkuAnswer(msgspec.Struct):
    """``waiting``: the orders that its allocated units are set aside for, most urgent first."""

    stock: SkuStock
    waiting: list[Promise]


class LocationAnswer(msgspec.Struct):
    """What is in a place, and the orders that wait for some of it."""

    location: str
    stock: list[PlaceStock]
    waiting: list[Promise]


async def _sku_id(tx: Tx, shop_id: int, code: str) -> int:
    found = await sku_id_of(tx, shop_id, code)
    if found is None:
        raise NotFound(what="SKU", ref=code)
    return found


@get("/stock", allow=READ, tags=["stock"])
async def get_stock(
    tx: NamedDependency[Tx], shop_id: ShopId = 0, after: After = "", limit: Limit = 100
) -> Page[SkuStock]:
    """Stock of every SKU of the shop: on hand by status, allocated, available."""
    shop = await the_shop(tx, shop_id)
    rows = await stock_by_sku(tx, shop, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda r: r.sku_id)


@get("/stock/{sku_code:str}", allow=READ, tags=["stock"])
async def get_stock_of_sku(tx: NamedDependency[Tx], sku_code: SkuCode, shop_id: ShopId = 0) -> SkuAnswer:
    """Stock of one SKU, and why some of it is allocated."""
    shop = await the_shop(tx, shop_id)
    found = await stock_of_sku(tx, shop, sku_code)
    if found is None:
        raise NotFound(what="SKU", ref=sku_code)
    return SkuAnswer(stock=found, waiting=await why_allocated(tx, shop, found.sku_id))


@get("/stock-as-of", allow=READ, tags=["stock"])
async def get_stock_as_of(
    tx: NamedDependency[Tx],
    at: Moment,
    sku: SkuFilter = None,
    shop_id: ShopId = 0,
    after: After = "",
    limit: Limit = 100,
) -> Page[StockThen]:
    """What the shop had at a moment that has passed, summed from the moves; a row for each SKU and status; ``limit`` counts SKUs."""
    if at.tzinfo is None:
        raise Invalid(
            field="at",
            why=Text(
                en="say the time zone: 2026-01-31T23:59:59Z", pl="podaj strefę czasową: 2026-01-31T23:59:59Z"
            ),
            pointer="/at",
        )
    shop = await the_shop(tx, shop_id)
    sku_id = None if sku is None else await _sku_id(tx, shop, sku)
    rows = await stock_as_of(tx, shop, at, sku_id, after=after_id(after), limit=limit + 1)
    shown = sorted({r.sku_id for r in rows})[:limit]
    items = [r for r in rows if r.sku_id in shown]
    return Page(items=items, next=encode_cursor(shown[-1]) if len(items) < len(rows) else None)


@get("/moves", allow=READ, tags=["stock"])
async def get_moves(
    tx: NamedDependency[Tx], sku: SkuFilter = None, shop_id: ShopId = 0, after: After = "", limit: Limit = 100
) -> Page[MoveRow]:
    """The ledger: every move of the shop's goods, oldest first, of one SKU or of all."""
    shop = await the_shop(tx, shop_id)
    sku_id = None if sku is None else await _sku_id(tx, shop, sku)
    rows = await history(tx, shop, sku_id=sku_id, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda r: r.id)


@get("/locations/{location_id:int}/stock", allow=ANY_STAFF, tags=["stock"])
async def get_location_stock(tx: NamedDependency[Tx], location_id: PathId) -> LocationAnswer:
    """What is in a place now, of all shops, and the orders that wait for it."""
    code = (await codes_of(tx, [location_id])).get(location_id)
    if code is None:
        raise NotFound(what="location", ref=location_id)
    return LocationAnswer(
        location=code,
        stock=await stock_at_location(tx, location_id),
        waiting=await why_allocated_at(tx, location_id),
    )


handlers: list[HTTPRouteHandler] = [
    get_stock,
    get_stock_of_sku,
    get_stock_as_of,
    get_moves,
    get_location_stock,
]
