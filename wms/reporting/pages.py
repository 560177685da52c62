"""The outbound board: every pickup and what will miss it, people's rates, exceptions, waves. Where a desk begins."""

from datetime import datetime
from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.reporting.board import chosen, load_board, load_burn_down, the_house
from wms.reporting.board_work import load_people, load_ready, load_rule, load_waves
from wms.reporting.exceptions import tally
from wms.web.access import ANY_STAFF
from wms.web.entrance import warehouse_of
from wms.web.html import go, render
from wms.web.menu import LEAD, OFFICE, menu

Asked = Request[Any, Any, Any]


def moment(text: str) -> datetime | None:
    """A moment out of an address; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


@get("/desk", allow=ANY_STAFF)
async def board(
    request: Asked,
    tx: NamedDependency[Tx],
    part: FromQuery[str] = "",
    carrier: FromQuery[int] = 0,
    at: FromQuery[str] = "",
) -> Response[Any]:
    """The board for the office; whoever else comes here is led to their own work."""
    if not tx.actor.roles & OFFICE:
        mine = menu(tx.actor.roles)
        return go(request, mine[0].address if mine else "/floor")
    house = await the_house(tx, await warehouse_of(request, tx))
    values: dict[str, Any] = {"house": house, "lead": bool(tx.actor.roles & LEAD)}
    if part != "waves":
        values["board"] = found = await load_board(tx, house)
        values["one"] = one = chosen(found.rows, carrier, moment(at), tx.now)
        values["chart"] = (
            None
            if one is None
            else await load_burn_down(tx, house, found, one.pickup.carrier_id, one.pickup.at)
        )
        values["exceptions"] = await tally(tx, house.id)
        values["people"] = await load_people(tx, house)
        values["asked"] = (
            f"&carrier={one.pickup.carrier_id}&at={one.pickup.at:%Y-%m-%dT%H:%M:%S}Z" if one else ""
        )
    if part != "pickups":
        values["waves"] = await load_waves(tx, house.id)
    if part not in ("pickups", "waves"):
        values["ready"] = await load_ready(tx, house.id)
        values["rule"] = await load_rule(tx, house.id)
    return render(
        request, "reporting/desk_board.html", block=part if part in ("pickups", "waves") else "", **values
    )


handlers: list[HTTPRouteHandler] = [board]
