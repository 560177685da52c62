"""Handheld pages of packing: singles out of the tote that many orders share, at a station's shelf of cartons."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.orders.labels import Labels
from wms.packing.at_station import ask_for_label, choose_station, keep, load, scanned_box, station_of
from wms.packing.desk_queries import StationRow, desk_order, stations
from wms.packing.queries import Station, cartons, my_table
from wms.packing.single_scan import is_for_table, single_scan, wants_scale
from wms.packing.station_hand import MOST_CHOICES, fitting, missing_inserts, step_of
from wms.packing.station_scan import BOSSES, OVERRULES
from wms.packing.station_turn import Turn
from wms.packing.tote_queries import next_piece, singles_that_wait
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.leave import leave
from wms.web.scanned import scanned
from wms.web.virtual_scanner import teaches

PACKER = floor("packer")
PAGE = "/floor/pack-singles"
SHOWN = 5
"""Totes and cartons that fit on a handheld's screen above the buttons."""
Asked = Request[Any, Any, Any]


@get(PAGE, allow=PACKER)
async def pack_singles(request: Asked, tx: NamedDependency[Tx], elsewhere: FromQuery[bool] = False) -> Html:
    """The tote and the parcel in hand as the packer left them; ``elsewhere`` chooses another station."""
    here = await station_of(request, tx)
    if here is None or elsewhere:
        return await choose_page(request, tx, here)
    return await present(request, tx, here, await my_table(tx, here.id))


@post(PAGE, allow=PACKER, status_code=200)
async def pack_singles_scan(
    request: Asked, tx: NamedDependency[Tx], labels: NamedDependency[Labels]
) -> Response[Any]:
    """One scan. ``step`` is ``station`` on the list of stations, else ``SESSION:PARCEL:STEP``."""
    said = await scanned(request)
    if (gone := await leave(request, tx, said.scan)) is not None:
        return gone
    here = await station_of(request, tx)
    if here is None or said.step == "station":
        return await choose_station(request, tx, said, PAGE)
    if (box := await scanned_box(tx, here, said)) is not None:
        return go(request, f"{PAGE}/label/{box.shop_id}/{box.parcel_id}")
    table = await my_table(tx, here.id)
    passed = said.number(0) if said.step.count(":") == 2 else None
    if passed is not None and passed != (table.session_id if table else 0):
        return await present(request, tx, here, table, "passed")
    turn = await single_scan(tx, here, table, await load(tx), said.raw, said.quantity)
    await keep(tx, turn.hand)
    if turn.closed is not None:
        shop_id, parcel_id = await ask_for_label(tx, labels, turn)
        return go(request, f"{PAGE}/label/{shop_id}/{parcel_id}")
    if turn.label is not None:
        return go(request, "{}/label/{}/{}".format(PAGE, *turn.label))
    return await turn_page(request, tx, here, turn)


async def present(request: Asked, tx: Tx, here: StationRow, table: Station | None, said: str = "") -> Html:
    """What this packer has in hand now."""
    return await turn_page(request, tx, here, Turn(await load(tx), table, said))


async def choose_page(request: Asked, tx: Tx, here: StationRow | None) -> Html:
    listed = await stations(tx, await warehouse_of(request, tx))
    return render(request, "packing/singles_station.html", stations=listed, here=here)


async def turn_page(request: Asked, tx: Tx, here: StationRow, turn: Turn) -> Html:
    station = turn.station
    hand = turn.hand if station is None else fitting(turn.hand, station)
    step = step_of(hand, station)
    values: dict[str, Any] = {
        "here": here, "s": station, "hand": hand, "step": step, "turn": turn,
        "refusal": turn.refusal.say(language(request)) if turn.refusal else "", "most": MOST_CHOICES,
    }  # fmt: skip
    if station is None:
        totes = await singles_that_wait(tx, here.warehouse_id, hand.tote or None, SHOWN)
        learns = step == "piece" and teaches()
        piece = await next_piece(tx, here.warehouse_id, hand.tote) if learns else None
        return render(request, "packing/singles_tote.html", totes=totes, piece=piece, **values)
    if is_for_table(station):
        return render(request, "packing/singles_several.html", **values)
    boxing = step in ("weight", "over")
    values |= {
        "o": await desk_order(tx, station.shop_id, station.order_id),
        "missing": missing_inserts(hand, station),
        "shelf": (await cartons(tx))[:MOST_CHOICES] if boxing and not hand.carton else [],
        "scale": boxing and wants_scale(station),
        "reasons": OVERRULES if tx.actor.roles & BOSSES else (),
    }
    return render(request, "packing/singles.html", **values)


handlers: list[HTTPRouteHandler] = [pack_singles, pack_singles_scan]
