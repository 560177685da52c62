"""One box for everything: it goes to the page that is meant, or shows what it could be."""

from typing import Any
from urllib.parse import quote

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.reporting.find_orders import Filters, find_orders
from wms.reporting.lookup import Thing, look_up
from wms.web.access import ANY_STAFF
from wms.web.html import go, lang_of_page, render
from wms.web.menu import OFFICE

Asked = Request[Any, Any, Any]
MOST_Q = 200

ADDRESSES = """
select t.n::int as n, case t.kind when 'parcel' then (select p.order_id from parcel p where p.shop_id = t.shop_id and p.id = t.id)
  else t.id end as id
from unnest($1::text[], $2::int[], $3::bigint[]) with ordinality as t(kind, shop_id, id, n) order by t.n
"""


@get("/desk/find", allow=ANY_STAFF)
async def find(request: Asked, tx: NamedDependency[Tx], q: FromQuery[str] = "") -> Response[Any]:
    """A number, code or label first; what nobody knows as one is looked for as a buyer's name, e-mail or postcode."""
    q = " ".join(q.replace("\x00", "").split())[:MOST_Q]
    office = bool(tx.actor.roles & OFFICE)
    things: list[Thing] = []
    more = False
    if q:
        if (
            office
            and (manifest := await tx.value("select id from manifest where number = $1", q.upper()))
            is not None
        ):
            return go(request, f"/desk/manifests/{manifest}")
        try:
            found = await look_up(tx, q, lang_of_page(request))
            things, more = found.things, found.more
        except Refusal:  # no code of ours: it may still be a buyer
            pass
    pages = await addresses(tx, things) if office else []
    if len(things) == 1 and pages and pages[0]:
        return go(request, pages[0])
    if q and not things and office:
        orders = await find_orders(tx, Filters(q=q, state="all", sort="new"), after=None, limit=2)
        if len(orders) == 1:
            return go(request, f"/desk/orders/{orders[0].shop_id}/{orders[0].id}")
        if orders:
            return go(request, f"/desk/orders?q={quote(q)}")
    return render(
        request, "reporting/desk_find.html", q=q, things=list(zip(things, pages or [""] * len(things), strict=True)),
        more=more, status=404 if q and not things else 200,
    )  # fmt: skip


async def addresses(tx: Tx, things: list[Thing]) -> list[str]:
    """The page of each thing, empty where the look-up itself says all there is."""
    rows = await tx.rows(
        ADDRESSES, [t.kind for t in things], [t.shop_id or 0 for t in things], [t.id for t in things]
    )
    return [page_of(t, r["id"]) for t, r in zip(things, rows, strict=True)]


def page_of(thing: Thing, page_id: int) -> str:
    if thing.kind in ("order", "parcel"):
        return f"/desk/orders/{thing.shop_id}/{page_id}"
    return ""


handlers: list[HTTPRouteHandler] = [find]
