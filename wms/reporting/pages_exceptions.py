"""The exceptions desk: every kind with its age, and the one act that solves it."""

from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, PathParameter, QueryParameter
from litestar.response import Response

from wms.db.both_ways import order_of
from wms.db.tx import Tx
from wms.events.mail import retry_mail
from wms.reporting.exceptions import BY_CODE, list_exceptions, tally
from wms.reporting.exceptions_api import behind, key_of
from wms.reporting.retry_job import drop_job, retry_job
from wms.reporting.way_kinds import PRINTER_WORDS
from wms.web.access import SUPERVISOR, floor
from wms.web.entrance import warehouse_of
from wms.web.html import go, render, words_of
from wms.web.i18n import language
from wms.web.menu import LEAD
from wms.web.pages import After, PathId, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
LIMIT = 50
ShopOrAll = Annotated[int, QueryParameter(ge=0, le=2**31 - 1)]
ShopOrOperator = Annotated[int, PathParameter(ge=0, le=2**31 - 1)]


@get("/desk/exceptions", allow=floor("care"))
async def exceptions(
    request: Asked,
    tx: NamedDependency[Tx],
    kind: FromQuery[str] = "",
    shop: ShopOrAll = 0,
    sort: FromQuery[str] = "",
    after: After = "",
    part: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """All kinds, and the list of the one asked for, else of the first that has any; as a file with ``format=csv``;
    of one shop, if wanted; the oldest first, unless asked otherwise."""
    first = order_of(sort, usual="old")
    warehouse_id = await warehouse_of(request, tx)
    lang = language(request)
    every = await tally(tx, warehouse_id, shop)
    chosen = BY_CODE.get(kind) or next((t.kind for t in every if t.count), every[0].kind)
    if format == "csv":
        _ = words_of(request).gettext
        rows = await list_exceptions(
            tx, warehouse_id, chosen, lang, shop_id=shop, after=None, limit=MOST_ROWS, first=first
        )
        heads = [_("Since"), _("What"), _("Shop"), _("Why")]
        return sheet(chosen.code, heads, [(r.since.isoformat(), r.ref, r.shop, r.detail) for r in rows])
    rows = await list_exceptions(
        tx, warehouse_id, chosen, lang, shop_id=shop, after=behind(after), limit=LIMIT + 1, first=first
    )
    kept = (f"&shop={shop}" if shop else "") + ("&sort=new" if first == "new" else "")
    return render(
        request, "reporting/desk_exceptions.html", block="list" if part == "list" else "", every=every, kind=chosen,
        found=page(rows, LIMIT, key_of), after=after, lead=bool(tx.actor.roles & LEAD),
        here=f"/desk/exceptions?kind={chosen.code}{kept}", kept=kept, shop=shop, sort=first,
        shops=await tx.rows("select id, name from shop order by name limit 2000"), printer_words=PRINTER_WORDS,
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
