"""The pack station on a desk's screen: bound to its place, worked by scanner and keys alone."""

import asyncio
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.orders.labels import Labels
from wms.packing.at_station import ask_for_label, choose_station, keep, load, scanned_box, station_of
from wms.packing.desk_queries import (
    StationRow,
    desk_order,
    stations,
    unlabelled,
    waiting_orders,
)
from wms.packing.errors import WrongSupervisor
from wms.packing.queries import cartons, my_table
from wms.packing.slip import slip_of_parcel
from wms.packing.station_hand import MOST_CHOICES, fitting, missing_inserts, step_of
from wms.packing.station_scan import BOSSES, OVERRULES, station_scan, weigh
from wms.packing.station_turn import Turn
from wms.people.vouch import vouch
from wms.printing.slip import packing_slip
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.html import WITH_SERIAL, Html, go, render
from wms.web.i18n import language
from wms.web.pages import PathId, PathShop
from wms.web.scanned import scanned

PACKER = floor("packer")
SHOWN = 8
"""Orders that wait, on the empty table's screen."""
Asked = Request[Any, Any, Any]


@get("/desk/pack", allow=PACKER)
async def pack(request: Asked, tx: NamedDependency[Tx], elsewhere: FromQuery[bool] = False) -> Html:
    """What is on the table, as the packer left it; ``elsewhere`` chooses another station for this screen."""
    here = await station_of(request, tx)
    if here is None or elsewhere:
        return await choose_page(request, tx, here)
    return await table_page(request, tx, here, Turn(await load(tx), await my_table(tx, here.id)))


@post("/desk/pack", allow=PACKER, status_code=200)
async def pack_post(
    request: Asked, tx: NamedDependency[Tx], labels: NamedDependency[Labels]
) -> Response[Any]:
    """One scan. ``step`` is ``station`` on the list of stations, else ``SESSION:PARCEL:STEP``."""
    said = await scanned(request)
    here = await station_of(request, tx)
    if here is None or said.step == "station":
        return await choose_station(request, tx, said, "/desk/pack")
    hand = await load(tx)
    if (box := await scanned_box(tx, here, said)) is not None:
        return go(request, f"/desk/pack/label/{box.shop_id}/{box.parcel_id}")
    table = await my_table(tx, here.id)
    passed = said.number(0) if said.step.count(":") == 2 else None
    if passed is not None and passed != (table.session_id if table else 0):
        return await table_page(request, tx, here, Turn(hand, table, "passed"))
    turn = await station_scan(tx, here.id, table, hand, said.raw, said.quantity)
    return await turned(request, tx, labels, here, turn)


async def turned(request: Asked, tx: Tx, labels: Labels, here: StationRow, turn: Turn) -> Response[Any]:
    """Keeps what was said; a closed parcel leads to its label, which is asked for in the same transaction."""
    await keep(tx, turn.hand)
    if turn.closed is not None:
        shop_id, parcel_id = await ask_for_label(tx, labels, turn)
        return go(request, f"/desk/pack/label/{shop_id}/{parcel_id}")
    if turn.label is not None:
        return go(request, "/desk/pack/label/{}/{}".format(*turn.label))
    return await table_page(request, tx, here, turn)


async def choose_page(request: Asked, tx: Tx, here: StationRow | None) -> Html:
    listed = await stations(tx, await warehouse_of(request, tx))
    return render(request, "packing/station.html", stations=listed, here=here)


async def table_page(request: Asked, tx: Tx, here: StationRow, turn: Turn) -> Html:
    """The table with what is on it."""
    station = turn.station
    hand = turn.hand if station is None else fitting(turn.hand, station)
    step = step_of(hand, station)
    values: dict[str, Any] = {
        "here": here, "s": station, "hand": hand, "step": step, "turn": turn, "boss": bool(tx.actor.roles & BOSSES),
        "refusal": turn.refusal.say(language(request)) if turn.refusal else "",
        "labels": await unlabelled(tx, hand.labels), "reasons": OVERRULES, "most": MOST_CHOICES,
    }  # fmt: skip
    if station is None:
        waiting = await waiting_orders(tx, here.warehouse_id, SHOWN)
        return render(request, "packing/empty_table.html", waiting=waiting, headers=WITH_SERIAL, **values)
    values |= {
        "o": await desk_order(tx, station.shop_id, station.order_id),
        "missing": missing_inserts(hand, station),
        "cartons": (await cartons(tx))[:MOST_CHOICES] if step in ("weight", "over") else [],
    }
    return render(request, "packing/table.html", headers=WITH_SERIAL, **values)


@post("/desk/pack/overrule", allow=PACKER, status_code=200)
async def overrule(request: Asked, tx: NamedDependency[Tx], labels: NamedDependency[Labels]) -> Response[Any]:
    """A supervisor stands at the table: badge, PIN and the number of the reason."""
    form = await request.form()
    here = await station_of(request, tx)
    station = None if here is None else await my_table(tx, here.id)
    if here is None or station is None:
        return go(request, "/desk/pack")
    hand = fitting(await load(tx), station)
    reason = str(form.get("reason", ""))
    if step_of(hand, station) != "over" or reason not in ("1", "2", "3", "4"):
        return go(request, "/desk/pack")
    found = await vouch(tx, str(form.get("badge", "")), str(form.get("pin", "")), BOSSES)
    if found is None:  # committed, so that the try counts
        refusal: Refusal = WrongSupervisor()
        return await table_page(request, tx, here, Turn(hand, station, refusal=refusal))
    text = OVERRULES[int(reason) - 1].en
    turn = await weigh(tx, hand, station, hand.weight_g, overrule=text, by=found.id)
    return await turned(request, tx, labels, here, turn)


@get("/desk/pack/slip/{shop_id:int}/{parcel_id:int}", allow=PACKER)
async def slip(tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Response[bytes]:
    """The packing slip of the parcel as it is now, for the station's printer."""
    data = await slip_of_parcel(tx, shop_id, parcel_id)
    headers = {"Content-Security-Policy": "frame-ancestors 'self'", "X-Content-Type-Options": "nosniff"}
    return Response(
        await asyncio.to_thread(packing_slip, data), media_type="application/pdf", headers=headers
    )


handlers: list[HTTPRouteHandler] = [pack, pack_post, overrule, slip]
