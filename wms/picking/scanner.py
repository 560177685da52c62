"""Handheld pages of picking: take a cart, walk it scan by scan, carry goods back."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.picking.claim_cluster import claim, release_cluster
from wms.picking.confirm_pick import scan
from wms.picking.errors import NothingToPick
from wms.picking.put_back import put_back
from wms.picking.queries import PutBackRow, carts_in_hand, list_carts, list_put_back, one_put_back
from wms.picking.screen import PickScreen, Step, draw, load_cart
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import drop_hand, keep_hand, load_hand
from wms.web.html import Html, go, render
from wms.web.pages import PathId
from wms.web.scanned import Scanned, scanned

PICKER = floor("picker")
Asked = Request[Any, Any, Any]
STEPS: tuple[Step, ...] = ("totes", "location", "item", "tote", "park", "done")


@get("/floor/pick", allow=PICKER)
async def pick(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The cart in hand where the picker left it, else the carts that wait."""
    warehouse_id = await warehouse_of(request, tx)
    if (cluster_id := await carts_in_hand(tx, warehouse_id)) is not None:
        cart = await load_cart(tx, cluster_id)
        if cart is not None:
            return pick_page(request, draw(tx, cart), fresh=False)
    return render(request, "picking/carts.html", carts=await list_carts(tx, warehouse_id, limit=9))


@post("/floor/pick", allow=PICKER, status_code=200)
async def pick_scan(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Takes a cart, by OK (the next one) or its number on the screen; else one scan of the cart in hand.

    ``step`` is ``take:IDS`` on the list of carts, ``CART:TASK:STEP`` on a cart.
    """
    said = await scanned(request)
    warehouse_id = await warehouse_of(request, tx)
    in_hand = await carts_in_hand(tx, warehouse_id)
    if in_hand is None or said.part(0) == "take":
        return pick_page(request, await claim(tx, warehouse_id, cluster_id=wanted_cart(said)))
    named = said.part(2)
    step = next((s for s in STEPS if s == named), None)
    screen = await scan(
        tx, said.number(0) or in_hand, said.raw, task_id=said.number(1) if step else None, step=step,
        quantity=said.quantity, lot=said.fields.get("lot"), serial=said.fields.get("serial"),
    )  # fmt: skip
    if screen.step == "done":
        return go(request, "/floor/pick")
    return pick_page(request, screen)


def wanted_cart(said: Scanned) -> int | None:
    """Which cart of the list was chosen; None for the one that is due first. Raises ``NothingToPick`` for any other
    scan, so that goods scanned with no cart in hand are not taken for a wish."""
    command = said.scan.command
    if command is None or command not in (Command.OK, *[c for c in Command if c.choice]):
        raise NothingToPick
    listed = [int(i) for i in (said.part(1) or "").split(",") if i.isdigit() and len(i) < 16]
    n = command.choice
    return None if n is None or n > len(listed) else listed[n - 1]


def pick_page(request: Asked, screen: PickScreen, *, fresh: bool = True) -> Html:
    """``fresh``: a scan led here, so that its sound and sentence belong to the screen."""
    return render(request, "picking/pick.html", s=screen, fresh=fresh)


@post("/floor/pick/release", allow=PICKER, status_code=200)
async def give_back(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """The cart goes back to the others; what is in its totes stays there."""
    in_hand = await carts_in_hand(tx, await warehouse_of(request, tx))
    if in_hand is not None:
        await release_cluster(tx, in_hand)
    return go(request, "/floor")


@get("/floor/put-back", allow=PICKER)
async def put_back_list(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """Goods of cancelled orders that wait to be carried to a shelf."""
    await drop_hand(tx, "put-back")
    rows = await list_put_back(tx, await warehouse_of(request, tx), after=0, limit=50)
    return render(request, "picking/put_back_list.html", rows=rows)


@get("/floor/put-back/{task_id:int}", allow=PICKER)
async def put_back_page(request: Asked, tx: NamedDependency[Tx], task_id: PathId) -> Html:
    hand = await load_hand(tx, "put-back")
    at = hand.get("location") if hand.get("task") == task_id else None
    return put_back_screen(request, await one_put_back(tx, task_id), at)


@post("/floor/put-back/{task_id:int}", allow=PICKER, status_code=200)
async def put_back_scan(request: Asked, tx: NamedDependency[Tx], task_id: PathId) -> Response[Any]:
    """The shelf first, then the goods, piece by piece or with a number."""
    said = await scanned(request)
    task = await one_put_back(tx, task_id)
    hand = await load_hand(tx, "put-back")
    at: str | None = hand.get("location") if hand.get("task") == task_id else None
    read = said.scan
    if read.command is Command.UNDO or at is None or is_place(read):
        at = None if read.command is Command.UNDO else read.raw
        await keep_hand(tx, "put-back", {"task": task_id, "location": at} if at else {})
        return put_back_screen(request, task, at, fresh=True)
    done = await put_back(tx, task.shop_id, task_id, at, said.raw, said.quantity or 1)
    if not done.left:
        await drop_hand(tx, "put-back")
        return go(request, "/floor/put-back")
    return put_back_screen(request, await one_put_back(tx, task_id), at, fresh=True)


def is_place(read: Scan) -> bool:
    return read.kind == "location"


def put_back_screen(request: Asked, task: PutBackRow, at: str | None, *, fresh: bool = False) -> Html:
    return render(request, "picking/put_back.html", t=task, at=at, fresh=fresh)


handlers: list[HTTPRouteHandler] = [
    pick, pick_scan, give_back, put_back_list, put_back_page, put_back_scan,
]  # fmt: skip
