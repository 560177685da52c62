"""HTTP resources of unknown parcels at the returns bench."""

from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.returns.queries import StrayOut, get_stray, list_strays, stray_photo
from wms.returns.strays import dispose_stray, keep_stray, match_stray
from wms.web.access import floor
from wms.web.pages import After, Id, Limit, Page, PathId, QueryId, after_id, page

BENCH = floor("inspector", "care")
ShopNo = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]


class StrayIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``photo``: JPEG, PNG or WebP, base64, up to 8 MB; what the camera wrote into it is removed."""

    warehouse_id: Id
    note: Annotated[str, Meta(min_length=1, max_length=1000, examples=["white box, no papers, a blue mug"])]
    code: Annotated[str, Meta(min_length=1, max_length=600)] | None = None
    photo: Annotated[bytes, Meta(max_length=8_000_000)] | None = None


class Match(msgspec.Struct, forbid_unknown_fields=True):
    shop_id: ShopNo
    rma_id: Id


class Reason(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=500, examples=["nobody asked for it in a year"])]


@post(
    "/stray-parcels",
    allow=BENCH,
    tags=["returns bench"],
    request_max_body_size=12_000_000,  # a photo of 8 MB in base64
)
async def post_stray(tx: NamedDependency[Tx], data: JSONBody[StrayIn]) -> StrayOut:
    """Keep a parcel that nobody knows, or goods that belong to somebody else."""
    return await keep_stray(tx, data.warehouse_id, data.note, code=data.code, photo=data.photo)


@get("/stray-parcels", allow=BENCH, tags=["returns bench"])
async def get_strays(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    in_state: Annotated[Literal["open", "matched", "disposed"] | None, QueryParameter(name="state")] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[StrayOut]:
    """Unknown parcels of a warehouse, oldest first."""
    rows = await list_strays(tx, warehouse_id, state=in_state, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda row: row.id)


@get("/stray-parcels/{stray_id:int}", allow=BENCH, tags=["returns bench"])
async def get_one_stray(tx: NamedDependency[Tx], stray_id: PathId) -> StrayOut:
    """One unknown parcel."""
    found = await get_stray(tx, stray_id)
    if found is None:
        raise NotFound(what="stray parcel", ref=stray_id)
    return found


@get("/stray-parcels/{stray_id:int}/photo", allow=BENCH, tags=["returns bench"], media_type="image/jpeg")
async def get_stray_photo(tx: NamedDependency[Tx], stray_id: PathId) -> Response[bytes]:
    """Its photo."""
    content = await stray_photo(tx, stray_id)
    if content is None:
        raise NotFound(what="photo of stray parcel", ref=stray_id)
    return Response(content, media_type="image/jpeg", headers={"X-Content-Type-Options": "nosniff"})


@post("/stray-parcels/{stray_id:int}/match", allow=BENCH, tags=["returns bench"], status_code=200)
async def post_match(tx: NamedDependency[Tx], stray_id: PathId, data: JSONBody[Match]) -> StrayOut:
    """It belongs to this return; an expected return is received with it."""
    return await match_stray(tx, stray_id, data.shop_id, data.rma_id)


@post("/stray-parcels/{stray_id:int}/dispose", allow=floor(), tags=["returns bench"], status_code=200)
async def post_dispose(tx: NamedDependency[Tx], stray_id: PathId, data: JSONBody[Reason]) -> StrayOut:
    """Nobody claimed it: a supervisor gives it up."""
    return await dispose_stray(tx, stray_id, data.reason)


stray_handlers: list[HTTPRouteHandler] = [
    post_stray,
    get_strays,
    get_one_stray,
    get_stray_photo,
    post_match,
    post_dispose,
]
