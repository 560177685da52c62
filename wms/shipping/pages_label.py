"""The label of the parcel on the pack station's table: waits for it, prints it, takes it scanned back from the box."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.shipping.confirm_label import confirm_label
from wms.shipping.desk_queries import FieldError, LabelScreen, label_screen
from wms.shipping.errors import NoLabelYet, label_fault
from wms.shipping.label_files import Format, label_file
from wms.shipping.request_label import request_label
from wms.shipping.void_label import void_label
from wms.web.access import floor
from wms.web.html import Html, go, lang_of_page, render
from wms.web.pages import PathId, PathShop
from wms.web.scanned import scanned

PACKER = floor("packer")
MEDIA: dict[str, str] = {"pdf": "application/pdf", "zpl": "application/zpl"}
Asked = Request[Any, Any, Any]


@get("/desk/pack/label/{shop_id:int}/{parcel_id:int}", allow=PACKER)
async def label(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Html:
    """How the label stands. The screen looks again by itself until it is there."""
    return label_page(request, await label_screen(tx, shop_id, parcel_id))


@post("/desk/pack/label/{shop_id:int}/{parcel_id:int}", allow=PACKER, status_code=200)
async def label_scan(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId
) -> Response[Any]:
    """The label scanned on the box; OK or 1 asks again, 2 voids it, SKIP leaves it waiting. A wrong label is a stop."""
    said = await scanned(request)
    read = said.scan
    s = await label_screen(tx, shop_id, parcel_id)
    wish = wish_of(read)
    if wish == "leave":
        return go(request, "/desk/pack")
    if wish == "void" and s.state in ("failed", "ready"):
        await void_label(tx, shop_id, parcel_id, reason="voided at the pack station")
        return label_page(request, await label_screen(tx, shop_id, parcel_id), said="void")
    if wish == "ask" and s.state in ("none", "failed"):
        await request_label(tx, shop_id, parcel_id)
        return label_page(request, await label_screen(tx, shop_id, parcel_id), said="asked")
    if wish is not None:
        return label_page(request, s)
    if s.state not in ("ready", "printed"):
        raise NoLabelYet(parcel=s.parcel, state=s.state, why="")
    await confirm_label(tx, shop_id, parcel_id, said.raw)
    return go(request, "/desk/pack")


def wish_of(read: Scan) -> str | None:
    """What a command or a digit asks for; None for a scan that must be the label."""
    if read.command in (Command.SKIP, Command.DONE):
        return "leave"
    if read.command in (Command.OK, Command.CHOICE_1) or read.code == "1":
        return "ask"
    if read.command is Command.CHOICE_2 or read.code == "2":
        return "void"
    return None if read.command is None else "other"


def label_page(request: Asked, s: LabelScreen, said: str = "") -> Html:
    why = (
        label_fault(s.error_code).in_(lang_of_page(request), why=s.error or "?")
        if s.state == "failed"
        else ""
    )
    return render(request, "shipping/desk_label.html", s=s, why=why, said=said, fields=fields_of(s))


def fields_of(s: LabelScreen) -> list[FieldError]:
    """What the carrier said of single fields, the last time that it refused."""
    return s.fields if s.state == "failed" else []


@get("/desk/pack/label/{shop_id:int}/{parcel_id:int}/file", allow=PACKER)
async def label_paper(
    tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId, format: FromQuery[Format] = "pdf"
) -> Response[bytes]:
    """The label for this station's printer: PDF through the browser, or ZPL as a file."""
    headers = {"Content-Security-Policy": "frame-ancestors 'self'", "X-Content-Type-Options": "nosniff"}
    if format == "zpl":
        headers["Content-Disposition"] = f'attachment; filename="label-{shop_id}-{parcel_id}.zpl"'
    content = await label_file(tx, shop_id, parcel_id, format)
    return Response(content, media_type=MEDIA[format], headers=headers)


handlers: list[HTTPRouteHandler] = [label, label_scan, label_paper]
