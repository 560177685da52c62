"""The stream that tells desk pages to draw their live parts again."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response, ServerSentEvent

from wms.db.tx import Database
from wms.reporting.live import Pulse, is_signed_in, listen

HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@get("/desk/live", public=True)
async def live(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[Any]:
    """``changed`` whenever something happened; 401 for whoever is not signed in.

    Public by its mark, because a stream outlives every transaction: it asks who it is by itself, in a short one.
    """
    if not await is_signed_in(database, request.cookies.get("wms_session", "")):
        return Response("", status_code=401, media_type="text/plain")
    pulse = request.app.state.get("pulse")
    if pulse is None:
        pulse = request.app.state["pulse"] = Pulse(database)
    return ServerSentEvent(listen(pulse), headers=HEADERS)


handlers: list[HTTPRouteHandler] = [live]
