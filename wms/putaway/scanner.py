"""Handheld pages of put-away: a unit or goods in hand, a suggested place, and the scan of where they went."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.putaway.held import Held, read_held
from wms.putaway.queries import Waiting, content, heaps, waiting_one
from wms.putaway.scan_away import Did, scan_away
from wms.putaway.suggest import Ask, Place, suggest
from wms.stock.words import STATUSES
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.leave import leave
from wms.web.scanned import scanned

RECEIVER = floor("receiver")
Asked = Request[Any, Any, Any]
FLOW = "putaway"
LISTED = 8
"""Heaps on the list, and kinds of goods of a unit that are shown."""
PLACES = 3


@get("/floor/putaway", allow=RECEIVER)
async def putaway(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """What is in hand, else what waits at the docks."""
    held = read_held(await load_hand(tx, FLOW))
    return await putaway_page(request, tx, await warehouse_of(request, tx), held)


@post("/floor/putaway", allow=RECEIVER, status_code=200)
async def putaway_scanned(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """One scan: a unit or goods, more of them, or the place where they are now.

    A scan that was made for a screen before this one (``step`` is the number of the move that is due) does nothing.
    """
    said = await scanned(request)
    read = said.scan
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    warehouse_id = await warehouse_of(request, tx)
    held = read_held(await load_hand(tx, FLOW))
    if said.step and said.step != step_of(held) and read.kind == "location":
        return await putaway_page(request, tx, warehouse_id, held, passed=True)
    now, done = await scan_away(tx, warehouse_id, held, said, read)
    await keep_hand(tx, FLOW, msgspec.to_builtins(now))
    return await putaway_page(request, tx, warehouse_id, now, done=done, fresh=True)


def step_of(held: Held) -> str:
    """Which screen it is: where goods are to be put down, the goods and the move before tell it from any other."""
    if held.choices:
        return "which"
    what = (
        f"{held.goods.shop_id}.{held.goods.balance_id}"
        if held.goods
        else f"u{held.unit.id}"
        if held.unit
        else ""
    )
    return f"{'to' if what else 'take'}:{what}:{held.undo or 0}"


async def putaway_page(
    request: Asked,
    tx: Tx,
    warehouse_id: int,
    held: Held,
    *,
    done: Did = None,
    fresh: bool = False,
    passed: bool = False,
) -> Html:
    said: dict[str, Any] = {
        "done": done,
        "what": type(done).__name__,
        "fresh": fresh,
        "passed": passed,
        "h": held,
        "step": step_of(held),
    }
    if held.choices:
        return render(request, "putaway/which.html", post="/floor/putaway", **said)
    if held.goods is not None:
        w = await waiting_one(tx, held.goods.shop_id, held.goods.balance_id)
        if w is not None:
            places = await suggest(tx, warehouse_id, [ask_for(w, held.goods.pieces)], limit=PLACES)
            return render(request, "putaway/to.html", w=w, places=places, **said)
        held = msgspec.structs.replace(held, goods=None)  # somebody else has put them away
        await keep_hand(tx, FLOW, msgspec.to_builtins(held))
        said |= {"h": held, "step": step_of(held)}
    if held.unit is not None:
        inside = await content(tx, held.unit.id)
        if inside:
            found = await suggest(
                tx, warehouse_id, [ask_for(w, w.quantity) for w in inside[:LISTED]], limit=1
            )
            by_line: dict[int, Place] = {p.ask: p for p in reversed(found)}
            return render(
                request,
                "putaway/unit.html",
                inside=inside,
                places=by_line,
                listed=LISTED,
                statuses=STATUSES,
                **said,
            )
        held = msgspec.structs.replace(held, unit=None)
        await keep_hand(tx, FLOW, msgspec.to_builtins(held))
        said |= {"h": held, "step": step_of(held)}
    return render(request, "putaway/take.html", rows=await heaps(tx, warehouse_id, LISTED), **said)


def ask_for(w: Waiting, pieces: int) -> Ask:
    return Ask(
        shop_id=w.shop_id,
        sku_id=w.sku_id,
        quantity=max(1, min(pieces, w.quantity)),
        lot_id=w.lot_id,
        status=w.status,
    )


handlers: list[HTTPRouteHandler] = [putaway, putaway_scanned]
