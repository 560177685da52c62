"""HTTP resources of the cars that are ordered from carriers."""

from typing import Annotated

import msgspec
from litestar import get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.db.tx import Tx
from wms.shipping.create_carrier import set_orders_pickup
from wms.shipping.settle_pickup import PickupRow, pickup_row, pickup_rows, settle_pickup
from wms.web.access import ADMIN, floor
from wms.web.pages import After, Limit, Page, PathId, QueryId, after_id, page


class OrderingIn(msgspec.Struct, forbid_unknown_fields=True):
    """``orders``: whether cars are ordered by themselves."""

    orders: bool


class CarDecisionIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``ordered`` false: there is none, order it again."""

    ordered: bool
    reference: Annotated[str, Meta(max_length=100, pattern="^[^\\x00-\\x1f]*$", examples=["20260001"])] = ""


@put("/carriers/{carrier_id:int}/pickup-orders", allow=ADMIN | {"supervisor"}, tags=["carriers"])
async def put_ordering(tx: NamedDependency[Tx], carrier_id: PathId, data: JSONBody[OrderingIn]) -> OrderingIn:
    """Say whether a car is ordered from the carrier for each pickup of its calendar that has parcels waiting.

    It is ordered once, four hours before, for the two hours from the calendar's hour on. Not every carrier takes orders.
    Switched off, those that the carrier was not asked for yet are *dropped*; switched on again in time, they are wanted again.
    """
    await set_orders_pickup(tx, carrier_id, data.orders)
    return data


@get("/pickup-orders", allow=floor("packer"), tags=["manifests"])
async def get_pickup_orders(
    tx: NamedDependency[Tx], warehouse_id: QueryId, after: After = "", limit: Limit = 100
) -> Page[PickupRow]:
    """Cars that were ordered, or are to be, newest first, and what the carrier said."""
    rows = await pickup_rows(tx, warehouse_id, after_id(after), limit + 1)
    return page(rows, limit, lambda r: r.id)


@get("/pickup-orders/{order_id:int}", allow=floor("packer", "care"), tags=["manifests"])
async def get_pickup_order(tx: NamedDependency[Tx], order_id: PathId) -> PickupRow:
    """One car: what became of the order, the carrier's number of it, and whether a person may decide."""
    return await pickup_row(tx, order_id)


@post("/pickup-orders/{order_id:int}/settle", allow=floor("supervisor"), tags=["manifests"], status_code=200)
async def post_settle_pickup(
    tx: NamedDependency[Tx], order_id: PathId, data: JSONBody[CarDecisionIn]
) -> PickupRow:
    """Decide about a car that nobody knows to have been ordered, or that could not be: it comes, or order it again."""
    return await settle_pickup(tx, order_id, ordered=data.ordered, reference=data.reference.strip())


handlers: list[HTTPRouteHandler] = [put_ordering, get_pickup_orders, get_pickup_order, post_settle_pickup]
