"""One place at the desk: what is in it, for whom it waits, what came and went; its data, its lock."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.text import Text
from wms.locations.lock_location import LOCKABLE
from wms.locations.queries import place
from wms.locations.words import KINDS, LOCKS
from wms.stock.desk_queries import told_moves, waiting_at
from wms.stock.explain import sentence
from wms.stock.pages import MOVES, moves_csv, places_csv
from wms.stock.queries import stock_at_location
from wms.stock.words import STATUSES
from wms.web.access import floor
from wms.web.html import render
from wms.web.i18n import language
from wms.web.menu import LEAD
from wms.web.pages import After, PathId, after_id, encode_cursor

DONE = {
    "changed": Text(en="The place is changed.", pl="Zmieniono dane lokalizacji."),
    "locked": Text(en="The place is locked.", pl="Lokalizacja jest zablokowana."),
    "unlocked": Text(en="The place is unlocked.", pl="Lokalizacja jest odblokowana."),
}


@get("/desk/locations/{location_id:int}", allow=floor("care"))
async def one_location(
    request: Request[Any, Any, Any],
    tx: NamedDependency[Tx],
    location_id: PathId,
    after: After = "",
    done: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """What stands there now and what happened there; a lead may change it."""
    here = await place(tx, location_id)
    goods = await stock_at_location(tx, location_id)
    if format == "csv":
        return places_csv(request, goods)
    if format == "moves":
        return moves_csv(request, await told_moves(tx, location_id=location_id, limit=1000))
    moves = await told_moves(tx, location_id=location_id, before=after_id(after), limit=MOVES + 1)
    lang = language(request)
    return render(
        request, "stock/desk_location.html", p=here, goods=goods, statuses=STATUSES, kinds=KINDS, locks=LOCKS,
        waiting=await waiting_at(tx, location_id), moves=[(m, sentence(m, lang)) for m in moves[:MOVES]],
        next=encode_cursor(moves[MOVES - 1].id) if len(moves) > MOVES else None, after=after, done=DONE.get(done),
        lead=bool(tx.actor.roles & LEAD), lockable=here.kind in LOCKABLE,
    )  # fmt: skip


handlers: list[HTTPRouteHandler] = [one_location]
