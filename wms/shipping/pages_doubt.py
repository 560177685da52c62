"""What only a person can say of a label: whether a lost booking exists, and the number of a parcel that was booked by hand."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.carriers.fault_words import technical, tell_label_fault
from wms.db.tx import Tx
from wms.shipping.desk_queries import label_screen
from wms.shipping.page_errors import NotLookedYet, NumberUnfit
from wms.shipping.settle_label import declare_booked, declare_unbooked, give_number
from wms.web.access import SUPERVISOR, floor
from wms.web.forms import Fields, fields
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.menu import LEAD
from wms.web.pages import PathId, PathShop

Asked = Request[Any, Any, Any]


@get("/desk/labels/{shop_id:int}/{parcel_id:int}/decide", allow=floor("packer", "care"))
async def doubt(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Html:
    """The parcel, what is known of its booking, and the two or three things that may be true."""
    s = await label_screen(tx, shop_id, parcel_id)
    what = {"unknown-outcome": "doubt", "number-wanted": "number"}.get(s.error_code or "", "")
    why = tell_label_fault(s.error_code, s.error, s.fields, language(request)) if what else ""
    lead = bool(tx.actor.roles & LEAD)
    detail = technical(s.error_code, s.error) if what else None
    return render(request, "shipping/desk_doubt.html", s=s, what=what, why=why, detail=detail, lead=lead)


@post("/desk/labels/{shop_id:int}/{parcel_id:int}/number", allow=floor("packer"), status_code=200)
async def number(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId
) -> Response[Any]:
    """The number of a parcel that was booked by hand; the label follows."""
    form = await fields(request)
    await give_number(tx, shop_id, parcel_id, _number(form))
    return go(request, f"/desk/pack/label/{shop_id}/{parcel_id}")


@post("/desk/labels/{shop_id:int}/{parcel_id:int}/booked", allow=SUPERVISOR, status_code=200)
async def booked(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId
) -> Response[Any]:
    """It is booked, and this is its number; nothing is booked again."""
    form = await fields(request)
    ref = form.word("carrier_ref", 200, needed=False) or None
    await declare_booked(tx, shop_id, parcel_id, _number(form), carrier_ref=ref)
    return go(request, f"/desk/pack/label/{shop_id}/{parcel_id}")


@post("/desk/labels/{shop_id:int}/{parcel_id:int}/not-booked", allow=SUPERVISOR, status_code=200)
async def not_booked(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId
) -> Response[Any]:
    """Somebody has looked at the carrier's own page: it is not booked, and is bought again."""
    if (await fields(request)).get("looked") != "yes":
        raise NotLookedYet
    await declare_unbooked(tx, shop_id, parcel_id)
    return go(request, f"/desk/pack/label/{shop_id}/{parcel_id}")


def _number(form: Fields) -> str:
    """Raises ``NumberUnfit`` for what can be no tracking number."""
    text = " ".join(form.get("number", "").replace("\x00", "").split())
    if not 4 <= len(text) <= 60:
        raise NumberUnfit
    return text


handlers: list[HTTPRouteHandler] = [doubt, number, booked, not_booked]
