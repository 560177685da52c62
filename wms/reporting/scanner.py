"""The handheld's home: the work that waits for this person, and where a scan that nobody asked for leads."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.scan import Command
from wms.kernel.text import Text
from wms.web.access import ANY_STAFF
from wms.web.entrance import end_session
from wms.web.hand import keep_hand
from wms.web.html import Html, go, render
from wms.web.scanned import scanned

Asked = Request[Any, Any, Any]


class Flow(msgspec.Struct, frozen=True):
    """A kind of work on the floor: its page, what it is called, who does it."""

    address: str
    icon: str
    name: Text
    roles: frozenset[str]


FLOWS = (
    Flow("/floor/pick", "pick", Text(en="Pick", pl="Kompletacja"), frozenset({"picker"})),
    Flow("/floor/put-back", "putback", Text(en="Put back", pl="Zwrot na półkę"), frozenset({"picker"})),
)  # fmt: skip


def flows_of(roles: frozenset[str]) -> list[Flow]:
    """What somebody with ``roles`` may do; a supervisor or administrator everything."""
    if roles & {"supervisor", "admin"}:
        return list(FLOWS)
    return [f for f in FLOWS if f.roles & roles]


@get("/floor", allow=ANY_STAFF)
async def home(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """What waits, by role; nine choices at most have a number."""
    return render(request, "reporting/home.html", flows=flows_of(tx.actor.roles))


@post("/floor/scans", allow=ANY_STAFF, status_code=200)
async def any_scan(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """A badge changes the user, a number opens that work, the log-off code ends; any other scan is looked up."""
    said = await scanned(request)
    read = said.scan
    if read.kind == "badge":
        await end_session(tx)
        return go(request, f"/floor/sign-in?badge={read.code}")
    if read.command is Command.LOGOFF:
        await end_session(tx)
        return go(request, "/floor/sign-in")
    flows = flows_of(tx.actor.roles)
    if read.command is not None:
        n = read.command.choice
        return go(request, flows[n - 1].address if n is not None and n <= len(flows) else "/floor")
    await keep_hand(tx, "look", {"scan": said.raw})
    return go(request, "/floor/look")


handlers: list[HTTPRouteHandler] = [home, any_scan]
