"""Ask for a label once more, from wherever somebody sees that it is missing."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.orders.parcels import find_parcel
from wms.shipping.adapters import Carriers
from wms.shipping.request_label import request_label
from wms.web.access import floor
from wms.web.entrance import ours
from wms.web.html import go
from wms.web.pages import PathId, PathShop


@post("/desk/labels/{shop_id:int}/{parcel_id:int}/retry", allow=floor("packer", "care"), status_code=200)
async def retry_label(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    adapters: NamedDependency[Carriers],
    shop_id: PathShop,
    parcel_id: PathId,
) -> Response[Any]:
    """A label that was refused is asked for again; one that is on its way, or there, stays as it is."""
    order_id = (await find_parcel(tx, shop_id, parcel_id)).order_id
    await request_label(tx, shop_id, parcel_id, adapters)
    here = f"/desk/orders/{shop_id}/{order_id}?done=label"
    back = (await request.form()).get("back")
    return go(request, ours(back, here) if isinstance(back, str) and back.startswith("/desk") else here)


handlers: list[HTTPRouteHandler] = [retry_label]
