"""What people decide about labels, over HTTP."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.db.tx import Tx
from wms.orders.labels import Asked
from wms.shipping.settle_label import declare_booked, declare_unbooked, give_number
from wms.web.access import SUPERVISOR, floor
from wms.web.pages import PathId, PathShop

Number = Annotated[str, Meta(min_length=4, max_length=60, examples=["0000075077001U"])]


class NumberIn(msgspec.Struct, forbid_unknown_fields=True):
    """As scanned from the carrier's own label, or typed."""

    number: Number


class BookedIn(msgspec.Struct, forbid_unknown_fields=True):
    """``carrier_ref``: the carrier's own id of the booking, where it is another than the number."""

    number: Number
    carrier_ref: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


@post(
    "/shops/{shop_id:int}/parcels/{parcel_id:int}/label/number",
    allow=floor("packer"),
    tags=["labels"],
    status_code=202,
)
async def post_number(
    tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId, data: JSONBody[NumberIn]
) -> Asked:
    """Type in the number of a parcel that was booked by hand; its label is made from ours."""
    return await give_number(tx, shop_id, parcel_id, data.number)


@post(
    "/shops/{shop_id:int}/parcels/{parcel_id:int}/label/booked",
    allow=SUPERVISOR,
    tags=["labels"],
    status_code=202,
)
async def post_booked(
    tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId, data: JSONBody[BookedIn]
) -> Asked:
    """An unknown outcome: it was booked, and this is its number. Its label is fetched; nothing is booked again."""
    return await declare_booked(tx, shop_id, parcel_id, data.number, carrier_ref=data.carrier_ref)


@post(
    "/shops/{shop_id:int}/parcels/{parcel_id:int}/label/not-booked",
    allow=SUPERVISOR,
    tags=["labels"],
    status_code=202,
)
async def post_not_booked(tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Asked:
    """An unknown outcome: somebody has looked, and it was not booked. It is bought again."""
    return await declare_unbooked(tx, shop_id, parcel_id)


handlers: list[HTTPRouteHandler] = [post_number, post_booked, post_not_booked]
