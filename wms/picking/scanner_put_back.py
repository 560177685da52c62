"""Handheld pages of the way back: goods of cancelled orders, out of totes and parcels onto a shelf."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.notice import ALREADY_DONE, Notice
from wms.kernel.refusals import Refusal
from wms.kernel.scan import Command, Scan
from wms.kernel.text import Text
from wms.locations.resolve import need_location, refuse_locked
from wms.picking.errors import (
    AmbiguousScan,
    LotNeeded,
    NotABin,
    NothingFrom,
    NothingPutBack,
    SerialNeeded,
)
from wms.picking.put_back import SHELVES, PutBack, put_back
from wms.picking.queries import PutBackRow, list_put_back, one_put_back
from wms.picking.screen import TAIL, symbol
from wms.picking.undo_put_back import undo_put_back
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import drop_hand, keep_hand, load_hand
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.leave import leave
from wms.web.pages import PathId
from wms.web.scanned import scanned

PICKER = floor("picker")
Asked = Request[Any, Any, Any]
FLOW = "put-back"
MOST = 7
"""So many tasks are shown, with a number each; the others follow as these are done."""

ALL_BACK = Notice("put-back-done", Text(en="All of it is back.", pl="Wszystko odłożone."))
SOME_BACK = Notice(
    "put-back", Text(en="Put back. {left} still to carry.", pl="Odłożone. Zostało jeszcze: {left}.")
)
SHELF = Notice("put-back-shelf", Text(en="Right. Now the goods", pl="Dobrze. Teraz towar"))
ANEW = Notice("put-back-anew", Text(en="Begin with the shelf.", pl="Zacznij od półki."))
UNDONE = Notice(
    "put-back-undone",
    Text(
        en="Undone. Take {quantity} × {sku} off {location} again.",
        pl="Cofnięte. Zabierz {quantity} × {sku} z {location}.",
    ),
    "warn",
)
Said = Notice | Refusal | None


@get("/floor/put-back", allow=PICKER)
async def put_back_list(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """Goods that wait to be carried, the oldest first."""
    await keep_last(tx, (await load_hand(tx, FLOW)).get("last"))
    return await list_page(request, tx)


@post("/floor/put-back", allow=PICKER, status_code=200)
async def put_back_choose(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """A number of the list, or the tote or parcel that the goods lie in; UNDO takes the last pieces off their shelf again.

    ``step`` is ``list:IDS``.
    """
    said = await scanned(request)
    read = said.scan
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    if read.command is Command.UNDO:
        return await undo(request, tx, (await load_hand(tx, FLOW)).get("last"))
    rows = await list_put_back(tx, await warehouse_of(request, tx), after=0, limit=500)
    if read.command is not None:
        listed = [int(i) for i in (said.part(1) or "").split(",") if i.isdigit() and len(i) < 16]
        n = 1 if read.command is Command.OK else read.command.choice or 0
        chosen = [r for r in rows if 0 < n <= len(listed) and r.id == listed[n - 1]]
        if 0 < n <= len(listed) and not chosen:
            return await list_page(request, tx, ALREADY_DONE)
    else:
        chosen = [r for r in rows if r.unit in (read.code, read.code.upper(), read.sscc)]
    if not chosen:
        raise NothingFrom(scanned=read.code[:60])
    return go(request, f"/floor/put-back/{chosen[0].id}")


@get("/floor/put-back/{task_id:int}", allow=PICKER)
async def put_back_page(request: Asked, tx: NamedDependency[Tx], task_id: PathId) -> Response[Any]:
    task = await one_put_back(tx, task_id)
    if task is None:  # an old page after Back
        return go(request, "/floor/put-back")
    return task_page(request, task, await kept(tx, task_id))


@post("/floor/put-back/{task_id:int}", allow=PICKER, status_code=200)
async def put_back_scan(request: Asked, tx: NamedDependency[Tx], task_id: PathId) -> Response[Any]:
    """The shelf first, then the goods, piece by piece or with a number; a lot or serial number where it is asked for."""
    said = await scanned(request)
    read = said.scan
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    task = await one_put_back(tx, task_id)
    if task is None:
        return await list_page(request, tx, ALREADY_DONE)
    hand = await kept(tx, task_id)
    at: str | None = hand.get("location")
    last = hand.get("last")
    if read.command is Command.UNDO:
        if not hand.get("ask") and last and last["task"] == task_id:
            return await undo(request, tx, last)
        back = {"task": task_id, "last": last, **({"location": at} if hand.get("ask") else {})}
        await keep_hand(tx, FLOW, back)
        return task_page(request, task, back, ANEW)
    if at is None or is_place(read):
        place = await need_location(tx, await warehouse_of(request, tx), read)
        if place.kind not in SHELVES:
            raise NotABin(location=place.code)
        refuse_locked(place)
        hand = {"task": task_id, "location": place.code, "last": last}
        await keep_hand(tx, FLOW, hand)
        return task_page(request, task, hand, SHELF)
    item, quantity, lot, serial = said.raw, said.quantity or 1, None, None
    if hand.get("ask") and read.command is None and said.raw != hand["scan"]:
        item, quantity = hand["scan"], hand["quantity"]
        lot, serial = (read.lot or read.code, None) if task.lot else (None, read.serial or read.code)
    try:
        done = await put_back(tx, task.shop_id, task_id, at, item, quantity, lot=lot, serial=serial)
    except (LotNeeded, SerialNeeded, AmbiguousScan) as needed:
        hand = {
            "task": task_id,
            "location": at,
            "ask": True,
            "scan": item,
            "quantity": quantity,
            "last": last,
        }
        await keep_hand(tx, FLOW, hand)
        return task_page(request, task, hand, needed)
    last = last_of(task, done)
    if done.left:
        hand = {"task": task_id, "location": at, "last": last}
        await keep_hand(tx, FLOW, hand)
        some = Notice(SOME_BACK.code, SOME_BACK.text, "info", {"left": done.left})
        return task_page(request, await one_put_back(tx, task_id) or task, hand, some)
    await keep_last(tx, last)
    return await list_page(request, tx, ALL_BACK)


def last_of(task: PutBackRow, done: PutBack) -> dict[str, int]:
    """What UNDO takes back."""
    return {"shop": task.shop_id, "task": done.task_id, "at": done.location_id, "quantity": done.quantity}


async def keep_last(tx: Tx, last: dict[str, int] | None) -> None:
    """No task is in hand; the pieces that were put back last can still be taken back."""
    if last:
        await keep_hand(tx, FLOW, {"last": last})
    else:
        await drop_hand(tx, FLOW)


async def undo(request: Asked, tx: Tx, last: dict[str, int] | None) -> Html:
    """The pieces are in their tote again; the screen asks for their shelf anew. Raises ``NothingPutBack``."""
    if not last:
        raise NothingPutBack
    done = await undo_put_back(tx, last["shop"], last["task"], last["at"], last["quantity"])
    task = await one_put_back(tx, last["task"])
    assert task is not None
    await keep_hand(tx, FLOW, {"task": task.id})
    values: dict[str, object] = {"quantity": done.quantity, "sku": done.sku, "location": done.location}
    return task_page(request, task, {}, Notice(UNDONE.code, UNDONE.text, UNDONE.tone, values))


async def kept(tx: Tx, task_id: int) -> dict[str, Any]:
    """What was said of this task; what was put back last stays in hand whatever the task."""
    hand = await load_hand(tx, FLOW)
    return hand if hand.get("task") == task_id else {"last": hand.get("last")}


def is_place(read: Scan) -> bool:
    return read.kind == "location"


async def list_page(request: Asked, tx: Tx, why: Said = None) -> Html:
    rows = await list_put_back(tx, await warehouse_of(request, tx), after=0, limit=MOST + 1)
    return render(
        request,
        "picking/put_back_list.html",
        rows=rows[:MOST],
        undo=bool((await load_hand(tx, FLOW)).get("last")),
        more=len(rows) > MOST,
        told=told(request, why),
    )


def task_page(request: Asked, t: PutBackRow, hand: dict[str, Any], why: Said = None) -> Html:
    at = hand.get("location")
    goods = symbol(t.barcode or t.sku, t.gtin, t.lot, t.serial, t.expires_on)
    want = (
        (t.serial or t.lot or "")
        if hand.get("ask")
        else goods
        if at
        else f"L-{t.suggested}"
        if t.suggested
        else ""
    )
    return render(
        request, "picking/put_back.html", t=t, at=at, asks=bool(hand.get("ask")), want=want,
        tail=(t.barcode or "")[-TAIL:], told=told(request, why),
        undo=bool(hand.get("last")) and hand["last"]["task"] == t.id,
    )  # fmt: skip


def told(request: Asked, why: Said) -> tuple[str, str, str] | None:
    """Tone, sentence and code for the bar above the screen."""
    if why is None:
        return None
    done = isinstance(why, Notice) and why.code not in (ALREADY_DONE.code, UNDONE.code)
    return "ok" if done else why.tone, why.say(language(request)), why.code


handlers: list[HTTPRouteHandler] = [put_back_list, put_back_choose, put_back_page, put_back_scan]
