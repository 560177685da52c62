"""Handheld pages of receiving: choose the delivery and the dock, then scan what comes off the truck."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.catalog.resolve import resolve_goods
from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.locations.resolve import find_location
from wms.receiving.attach_photos import attach_photos
from wms.receiving.close_receipt import close_receipt
from wms.receiving.deliveries import (
    Delivery,
    deliveries,
    deliveries_called,
    deliveries_with,
    docks,
    in_progress,
    shops_of,
)
from wms.receiving.errors import ChooseOnScreen, NoDeliveryFor, NothingToPhotograph
from wms.receiving.in_hand import FLOW, InHand, read_hand
from wms.receiving.open_receipt import open_receipt
from wms.receiving.queries import receipt_view
from wms.receiving.scan_in import scan_in
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import drop_hand, keep_hand, load_hand
from wms.web.html import Html, go, render
from wms.web.leave import leave
from wms.web.scanned import Scanned, scanned

RECEIVER = floor("receiver")
Asked = Request[Any, Any, Any]
SHOWN = 8
"""Deliveries on a screen; the ninth choice is a delivery that nobody announced."""
BLIND = 9


@get("/floor/receive", allow=RECEIVER)
async def receive(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The receipt in hand where it was left, else the deliveries that wait."""
    warehouse_id = await warehouse_of(request, tx)
    data = await load_hand(tx, FLOW)
    hand = read_hand(data)
    if hand is not None:
        return await receipt_page(request, tx, hand)
    if "dock_for" in data:
        return await dock_page(request, tx, warehouse_id)
    if "blind" in data:
        return await shop_page(request, tx, data["blind"])
    return await list_page(request, tx, warehouse_id)


@post("/floor/receive", allow=RECEIVER, status_code=200)
async def receive_scanned(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """One scan: of a delivery on the list, of a shop or a dock where those are asked for, else of goods."""
    said = await scanned(request)
    read = said.scan
    warehouse_id = await warehouse_of(request, tx)
    data = await load_hand(tx, FLOW)
    hand = read_hand(data)
    typed = hand is not None and hand.need is not None and read.command is None  # a lot may look like a badge
    if not typed and (gone := await leave(request, tx, read)) is not None:
        return gone
    if hand is not None:
        return await on_receipt(request, tx, hand, said, read)
    if read.command is Command.UNDO:
        await drop_hand(tx, FLOW)
        return await list_page(request, tx, warehouse_id)
    if "dock_for" in data:
        return await on_dock(request, tx, warehouse_id, data["dock_for"], read)
    if "blind" in data:
        return await on_shop(request, tx, warehouse_id, data["blind"], read)
    return await on_list(request, tx, warehouse_id, said, read)


@post("/floor/receive/photo", allow=RECEIVER, status_code=200, request_max_body_size=20_000_000)
async def receive_photo(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """A picture of what was noted last; the body is the file, the header ``X-Step`` the screen it was taken at."""
    hand = read_hand(await load_hand(tx, FLOW))
    at = request.headers.get("x-step", "").split(":")[0]
    if hand is None or hand.note is None or at != str(hand.receipt_id):
        raise NothingToPhotograph
    await attach_photos(tx, hand.shop_id, hand.receipt_id, hand.note, [await request.body()])
    return await receipt_page(request, tx, hand, told=("ok", "photographed"))


# -- which delivery -------------------------------------------------------------------------------------------------


async def list_page(
    request: Asked, tx: Tx, warehouse_id: int, *, offset: int = 0, found: list[Delivery] | None = None
) -> Html:
    rows = found if found is not None else await deliveries(tx, warehouse_id, offset=offset, limit=SHOWN + 1)
    return render(
        request, "receiving/receive_list.html", rows=rows[:SHOWN], more=len(rows) > SHOWN, offset=offset,
        chosen=found is not None, blind=BLIND,
    )  # fmt: skip


async def on_list(request: Asked, tx: Tx, warehouse_id: int, said: Scanned, read: Scan) -> Html:
    if read.command is Command.SKIP:
        offset = (said.number(1) or 0) + SHOWN
        rows = await deliveries(tx, warehouse_id, offset=offset, limit=SHOWN + 1)
        return await list_page(request, tx, warehouse_id, offset=offset if rows else 0)
    if read.command is not None and read.command.choice == BLIND:
        shops = [s.id for s in await shops_of(tx)]
        if len(shops) == 1:
            return await want_dock(request, tx, warehouse_id, {"shop_id": shops[0]})
        await keep_hand(tx, FLOW, {"blind": []})
        return await shop_page(request, tx, [])
    if read.command is not None:
        keys = (said.part(2) or "").split(",")
        shown = [d for d in await deliveries(tx, warehouse_id, offset=0, limit=500) if d.key in keys]
        n = 1 if read.command is Command.OK else read.command.choice or 0
        chosen = next((d for d in shown if 0 < n <= len(keys) and d.key == keys[n - 1]), None)
        if chosen is None:
            raise ChooseOnScreen(scanned=read.code)
        return await take(request, tx, warehouse_id, chosen)
    found = await deliveries_called(tx, warehouse_id, read.code)
    if not found:
        goods = await resolve_goods(tx, read)
        found = await deliveries_with(tx, warehouse_id, [(g.shop_id, g.sku_id) for g in goods])
    if not found:
        raise NoDeliveryFor(scanned=read.code[:60])
    if len(found) == 1:
        return await take(request, tx, warehouse_id, found[0])
    return await list_page(request, tx, warehouse_id, found=found)


async def take(request: Asked, tx: Tx, warehouse_id: int, chosen: Delivery) -> Html:
    """Goes on with a receipt that is open, whoever opened it; else asks where the truck stands."""
    if chosen.receipt_id is not None:
        return await begin(request, tx, chosen.shop_id, chosen.receipt_id)
    return await want_dock(request, tx, warehouse_id, {"shop_id": chosen.shop_id, "asn_id": chosen.asn_id})


# -- whose goods, and where -----------------------------------------------------------------------------------------


async def shop_page(request: Asked, tx: Tx, only: list[int]) -> Html:
    return render(request, "receiving/receive_shop.html", shops=await shops_of(tx, only))


async def on_shop(request: Asked, tx: Tx, warehouse_id: int, only: list[int], read: Scan) -> Html:
    """A number of the screen, or goods, which only one shop or some of them sell."""
    shops = [s.id for s in await shops_of(tx, only)]
    if read.command is not None:
        n = read.command.choice
        if n is None or n > len(shops):
            raise ChooseOnScreen(scanned=read.code)
        shops = [shops[n - 1]]
    else:
        shops = sorted({g.shop_id for g in await resolve_goods(tx, read)})
        if not shops:
            raise ChooseOnScreen(scanned=read.code[:60])
    if len(shops) > 1:
        await keep_hand(tx, FLOW, {"blind": shops})
        return await shop_page(request, tx, shops)
    return await want_dock(request, tx, warehouse_id, {"shop_id": shops[0]})


async def want_dock(request: Asked, tx: Tx, warehouse_id: int, what: dict[str, Any]) -> Html:
    """A house with one dock has no question."""
    found = await docks(tx, warehouse_id)
    if len(found) == 1:
        return await opened(request, tx, what, found[0].id)
    await keep_hand(tx, FLOW, {"dock_for": what})
    return await dock_page(request, tx, warehouse_id)


async def dock_page(request: Asked, tx: Tx, warehouse_id: int) -> Html:
    return render(request, "receiving/receive_dock.html", docks=await docks(tx, warehouse_id))


async def on_dock(request: Asked, tx: Tx, warehouse_id: int, what: dict[str, Any], read: Scan) -> Html:
    if read.command is not None:
        found, n = await docks(tx, warehouse_id), read.command.choice
        if n is None or n > len(found):
            raise ChooseOnScreen(scanned=read.code)
        return await opened(request, tx, what, found[n - 1].id)
    place = await find_location(tx, warehouse_id, read)
    if place is None:
        raise ChooseOnScreen(scanned=read.code[:60])
    return await opened(request, tx, what, place.id)


async def opened(request: Asked, tx: Tx, what: dict[str, Any], dock_id: int) -> Html:
    view = await open_receipt(tx, int(what["shop_id"]), dock_id, what.get("asn_id"))
    return await begin(request, tx, view.shop_id, view.id)


async def begin(request: Asked, tx: Tx, shop_id: int, receipt_id: int) -> Html:
    hand = InHand(shop_id=shop_id, receipt_id=receipt_id)
    await keep_hand(tx, FLOW, msgspec.to_builtins(hand))
    return await receipt_page(request, tx, hand, told=("ok", "opened"))


# -- the receipt ----------------------------------------------------------------------------------------------------


async def on_receipt(request: Asked, tx: Tx, hand: InHand, said: Scanned, read: Scan) -> Response[Any]:
    """One scan of the receipt in hand. A scan for another receipt's screen is told where things stand, no more."""
    receipt_id = said.number(0)
    if said.step and receipt_id != hand.receipt_id:
        return await receipt_page(request, tx, hand, told=("info", "passed"))
    if read.command is Command.SKIP:  # put down: the receipt stays open for whoever goes on with it
        await drop_hand(tx, FLOW)
        return go(request, "/floor/receive")
    if hand.closing and read.command in (Command.OK, Command.DONE):
        view = await close_receipt(tx, hand.shop_id, hand.receipt_id)
        await drop_hand(tx, FLOW)
        return render(request, "receiving/receive_closed.html", v=view)
    hand, told = await scan_in(tx, hand, said, read)
    await keep_hand(tx, FLOW, msgspec.to_builtins(hand))
    return await receipt_page(request, tx, hand, told=told)


async def receipt_page(request: Asked, tx: Tx, hand: InHand, *, told: tuple[str, str] | None = None) -> Html:
    """``told``: tone and what there is to say about the scan that led here."""
    now = await in_progress(tx, hand.shop_id, hand.receipt_id)
    if now.state != "open":  # closed by somebody else meanwhile
        await drop_hand(tx, FLOW)
        return render(
            request, "receiving/receive_closed.html", v=await close_receipt(tx, hand.shop_id, hand.receipt_id)
        )
    if hand.closing:
        view = await receipt_view(tx, hand.shop_id, hand.receipt_id)
        return render(request, "receiving/receive_close.html", v=view, told=told)
    return render(request, "receiving/receive.html", r=now, h=hand, told=told)


handlers: list[HTTPRouteHandler] = [receive, receive_scanned, receive_photo]
