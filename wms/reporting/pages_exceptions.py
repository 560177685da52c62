"""The exceptions desk: every kind with its age, and the one act that solves it."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, PathParameter
from litestar.response import Response

from wms.db.tx import Tx
from wms.events.mail import retry_mail
from wms.kernel.refusals import Invalid
from wms.reporting.exceptions import BY_CODE, ExceptionRow, list_exceptions, tally
from wms.reporting.retry_job import drop_job, retry_job
from wms.web.access import SUPERVISOR, floor
from wms.web.entrance import warehouse_of
from wms.web.html import Html, go, render
from wms.web.menu import LEAD
from wms.web.pages import After, PathId, decode_cursor, page

Asked = Request[Any, Any, Any]
LIMIT = 50
ShopOrOperator = Annotated[int, PathParameter(ge=0, le=2**31 - 1)]


def key_of(row: ExceptionRow) -> list[int | str]:
    return [row.since.isoformat(), row.shop_id, row.id]


def behind(after: str) -> tuple[datetime, int, int] | None:
    """The last row of the page before. Raises ``Invalid``."""
    if not after:
        return None
    try:
        since, shop_id, last = decode_cursor(after, list[int | str])
        return datetime.fromisoformat(str(since)), int(shop_id), int(last)
    except ValueError:
        raise Invalid(field="after", why="not a cursor of this list", pointer="/after") from None


@get("/desk/exceptions", allow=floor("care"))
async def exceptions(
    request: Asked,
    tx: NamedDependency[Tx],
    kind: FromQuery[str] = "",
    after: After = "",
    part: FromQuery[str] = "",
) -> Html:
    """All kinds, and the list of the one asked for, else of the first that has any."""
    warehouse_id = await warehouse_of(request, tx)
    every = await tally(tx, warehouse_id)
    chosen = BY_CODE.get(kind) or next((t.kind for t in every if t.count), every[0].kind)
    rows = await list_exceptions(tx, warehouse_id, chosen, after=behind(after), limit=LIMIT + 1)
    return render(
        request, "reporting/desk_exceptions.html", block="list" if part == "list" else "", every=every, kind=chosen,
        found=page(rows, LIMIT, key_of), after=after, lead=bool(tx.actor.roles & LEAD),
        here=f"/desk/exceptions?kind={chosen.code}",
    )  # fmt: skip


@post("/desk/exceptions/jobs/{job_id:int}/retry", allow=SUPERVISOR, status_code=200)
async def job_again(request: Asked, tx: NamedDependency[Tx], job_id: PathId) -> Response[Any]:
    await retry_job(tx, job_id)
    return go(request, "/desk/exceptions?kind=job")


@post("/desk/exceptions/jobs/{job_id:int}/drop", allow=SUPERVISOR, status_code=200)
async def job_dropped(request: Asked, tx: NamedDependency[Tx], job_id: PathId) -> Response[Any]:
    await drop_job(tx, job_id)
    return go(request, "/desk/exceptions?kind=job")


@post("/desk/exceptions/mails/{shop_id:int}/{mail_id:int}/retry", allow=SUPERVISOR, status_code=200)
async def mail_again(
    request: Asked, tx: NamedDependency[Tx], shop_id: ShopOrOperator, mail_id: PathId
) -> Response[Any]:
    await retry_mail(tx, shop_id, mail_id)
    return go(request, "/desk/exceptions?kind=mail")


handlers: list[HTTPRouteHandler] = [exceptions, job_again, job_dropped, mail_again]
