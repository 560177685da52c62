"""The label of a parcel that was packed with a handheld: waits for it, takes it scanned back from the box."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.carriers.fault_words import tell_label_fault
from wms.db.tx import Tx
from wms.kernel.scan import Command
from wms.shipping.adapters import Carriers
from wms.shipping.confirm_label import confirm_label
from wms.shipping.desk_queries import LabelScreen, label_screen
from wms.shipping.errors import NoLabelYet
from wms.shipping.request_label import request_label
from wms.shipping.void_label import void_label
from wms.web.access import floor
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.leave import leave
from wms.web.pages import PathId, PathShop
from wms.web.scanned import scanned

PACKER = floor("packer")
BACK = "/floor/pack-singles"
Asked = Request[Any, Any, Any]


@get("/floor/pack-singles/label/{shop_id:int}/{parcel_id:int}", allow=PACKER)
async def floor_label(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Html:
    """How the label stands. The screen looks again by itself until it is there."""
    return label_page(request, await label_screen(tx, shop_id, parcel_id))


@post("/floor/pack-singles/label/{shop_id:int}/{parcel_id:int}", allow=PACKER, status_code=200)
async def floor_label_scan(
    request: Asked,
    tx: NamedDependency[Tx],
    adapters: NamedDependency[Carriers],
    shop_id: PathShop,
    parcel_id: PathId,
) -> Response[Any]:
    """The label scanned on the box. SKIP leaves it waiting, OK asks for it again, UNDO voids it, so that the parcel can
    be opened again. A wrong label is a stop."""
    said = await scanned(request)
    read = said.scan
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    s = await label_screen(tx, shop_id, parcel_id)
    if read.command in (Command.SKIP, Command.DONE):
        return go(request, BACK)
    if read.command is Command.UNDO and s.state in ("failed", "ready", "none"):
        if s.state != "none":
            await void_label(tx, shop_id, parcel_id, reason="voided by the packer")
        return go(request, BACK)
    if read.command is Command.OK and s.state in ("none", "failed"):
        await request_label(tx, shop_id, parcel_id, adapters)
        return label_page(request, await label_screen(tx, shop_id, parcel_id))
    if read.command is not None:
        return label_page(request, s)
    if s.state not in ("ready", "printed"):
        raise NoLabelYet(parcel=s.parcel, state=s.state, why="")
    await confirm_label(tx, shop_id, parcel_id, said.raw)
    return go(request, BACK)


def label_page(request: Asked, s: LabelScreen) -> Html:
    failed = s.state == "failed"
    why = tell_label_fault(s.error_code, s.error, s.fields, language(request)) if failed else ""
    return render(request, "shipping/floor_label.html", s=s, why=why)


handlers: list[HTTPRouteHandler] = [floor_label, floor_label_scan]
