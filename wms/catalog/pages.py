"""The picture of a SKU, from our own address."""

from litestar import get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.web.access import ANY_STAFF
from wms.web.pages import PathId, PathShop

HEADERS = {
    "Cache-Control": "private, max-age=31536000, immutable",  # another picture has another address
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


@get("/floor/picture/{shop_id:int}/{sku_id:int}", allow=ANY_STAFF)
async def picture(tx: NamedDependency[Tx], shop_id: PathShop, sku_id: PathId) -> Response[bytes]:
    """A JPEG, as it was drawn anew when it was fetched."""
    content: bytes | None = await tx.value(
        "select content from sku_picture where shop_id = $1 and sku_id = $2", shop_id, sku_id
    )
    if content is None:
        raise NotFound(what="picture of SKU", ref=sku_id)
    return Response(content, media_type="image/jpeg", headers=HEADERS)


handlers: list[HTTPRouteHandler] = [picture]
