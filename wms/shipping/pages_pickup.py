"""A car of a carrier's at a desk: what was ordered, what became of it, and what a person may decide about it."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.shipping.car_words import CARS, WHY
from wms.shipping.page_errors import NotLookedYet, ReferenceMissing
from wms.shipping.settle_pickup import pickup_row, pickup_screen, settle_pickup
from wms.web.access import floor
from wms.web.forms import fields
from wms.web.html import Html, go, render
from wms.web.menu import LEAD
from wms.web.pages import PathId

Asked = Request[Any, Any, Any]


@get("/desk/pickups/{order_id:int}", allow=floor("packer", "care"))
async def car(request: Asked, tx: NamedDependency[Tx], order_id: PathId) -> Html:
    """One car: when it is to come and for what, the carrier's number and words, and the two things that may be true."""
    c = await pickup_row(tx, order_id)
    return render(
        request, "shipping/desk_pickup.html", c=c, more=await pickup_screen(tx, order_id), states=CARS,
        why=WHY.get(c.error_code or ""), in_time=tx.now < c.until, lead=bool(tx.actor.roles & LEAD),
    )  # fmt: skip


@post("/desk/pickups/{order_id:int}/ordered", allow=floor(), status_code=200)
async def ordered(request: Asked, tx: NamedDependency[Tx], order_id: PathId) -> Response[Any]:
    """``reference``: the carrier's number of the order that is there."""
    reference = (await fields(request)).word("reference", 100, needed=False)
    if not reference:
        raise ReferenceMissing
    await settle_pickup(tx, order_id, ordered=True, reference=reference)
    return go(request, f"/desk/pickups/{order_id}")


@post("/desk/pickups/{order_id:int}/again", allow=floor(), status_code=200)
async def again(request: Asked, tx: NamedDependency[Tx], order_id: PathId) -> Response[Any]:
    """Somebody has looked: there is none, and it is ordered again."""
    if (await fields(request)).get("looked") != "yes":
        raise NotLookedYet
    await settle_pickup(tx, order_id, ordered=False)
    return go(request, f"/desk/pickups/{order_id}")


handlers: list[HTTPRouteHandler] = [car, ordered, again]
