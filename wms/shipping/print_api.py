"""The label on a station's printer, over HTTP."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.db.tx import Tx
from wms.printing.states import Reason
from wms.shipping.print_label import Printed, print_label
from wms.web.access import floor
from wms.web.pages import PathId, PathShop


class PrintIn(msgspec.Struct, forbid_unknown_fields=True):
    """``station_id``: where it is to come out; where left out, at the station that closed the parcel. ``reason``: why it
    is printed once more."""

    station_id: Annotated[int, Meta(ge=1, le=10**15, examples=[12])] | None = None
    reason: Reason | None = None


@post(
    "/shops/{shop_id:int}/parcels/{parcel_id:int}/label/print",
    allow=floor("packer"),
    tags=["labels"],
    status_code=202,
)
async def post_print(
    tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId, data: JSONBody[PrintIn]
) -> Printed:
    """Print the label on a pack station's label printer. It is done by itself when the label is ready; this is for
    printing once more, which needs a reason, or elsewhere."""
    return await print_label(tx, shop_id, parcel_id, station_id=data.station_id, reason=data.reason)


handlers: list[HTTPRouteHandler] = [post_print]
