"""Handheld pages of free moves: part of a shelf or a whole unit goes to another place."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.putaway.held import Held, read_held
from wms.putaway.queries import all_in_unit, one_here
from wms.putaway.scan_move import Did, scan_move
from wms.putaway.suggest import Ask, suggest
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.leave import leave
from wms.web.scanned import scanned

MOVER = floor("receiver", "picker")
Asked = Request[Any, Any, Any]
FLOW = "move"
PLACES = 3


@get("/floor/move", allow=MOVER)
async def move(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """What is in hand, where it was left."""
    held = read_held(await load_hand(tx, FLOW))
    return await move_page(request, tx, await warehouse_of(request, tx), held)


@post("/floor/move", allow=MOVER, status_code=200)
async def move_scanned(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """One scan: where from (a place or a unit), what, where to. ``step`` tells which screen it was made for."""
    said = await scanned(request)
    read = said.scan
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    warehouse_id = await warehouse_of(request, tx)
    held = read_held(await load_hand(tx, FLOW))
    if said.step and said.step != step_of(held) and read.command is None:
        return await move_page(request, tx, warehouse_id, held, passed=True)
    now, done = await scan_move(tx, warehouse_id, held, said, read)
    await keep_hand(tx, FLOW, msgspec.to_builtins(now))
    return await move_page(request, tx, warehouse_id, now, done=done, fresh=True)


def step_of(held: Held) -> str:
    """Which screen it is; what is in hand and the move before tell it from any other."""
    if held.choices:
        return "which"
    if held.goods is not None:
        return f"to:{held.goods.shop_id}.{held.goods.balance_id}:{held.undo or 0}"
    what = f"u{held.unit.id}" if held.unit else f"l{held.place_id}" if held.place_id else ""
    return f"{'what' if what else 'from'}:{what}:{held.undo or 0}"


async def move_page(
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
        "done": done, "what": type(done).__name__, "fresh": fresh, "passed": passed, "h": held, "step": step_of(held),
    }  # fmt: skip
    if held.choices:
        return render(request, "putaway/which.html", post="/floor/move", **said)
    if held.goods is not None:
        w = await one_here(tx, held.goods.shop_id, held.goods.balance_id)
        if w is not None:
            ask = Ask(
                shop_id=w.shop_id, sku_id=w.sku_id, quantity=max(1, min(held.goods.pieces, w.quantity)), lot_id=w.lot_id,
                status=held.becomes or w.status,
            )  # fmt: skip
            places = [
                p
                for p in await suggest(tx, warehouse_id, [ask], limit=PLACES)
                if p.location_id != w.location_id
            ]
            return render(request, "putaway/move_to.html", w=w, places=places, **said)
        held = msgspec.structs.replace(held, goods=None)  # somebody else has carried them away
        await keep_hand(tx, FLOW, msgspec.to_builtins(held))
        said |= {"h": held, "step": step_of(held)}
    inside = await all_in_unit(tx, held.unit.id) if held.unit else []
    return render(request, "putaway/move.html", inside=inside, **said)


handlers: list[HTTPRouteHandler] = [move, move_scanned]
