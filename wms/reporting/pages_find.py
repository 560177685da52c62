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
from wms.web.menu import LEAD, OFFICE

Asked = Request[Any, Any, Any]
MOST_Q = 200

# A parcel has no page of its own: it is part of its order's.
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
        manifest = await tx.value("select id from manifest where number = $1", q.upper())
        if manifest is not None and tx.actor.roles & (LEAD | {"packer"}):
            return go(request, f"/desk/manifests/{manifest}")
        try:
            found = await look_up(tx, q, lang_of_page(request))
            things, more = found.things, found.more
        except Refusal:  # no code of ours: it may still be a buyer
            pass
    pages = await addresses(tx, things) if office else [""] * len(things)
    if len(things) == 1 and pages[0]:
        return go(request, pages[0])
    if q and not things and office:
        orders = await find_orders(tx, Filters(q=q, state="all", sort="new"), after=None, limit=2)
        if len(orders) == 1:
            return go(request, f"/desk/orders/{orders[0].shop_id}/{orders[0].id}")
        if orders:
            return go(request, f"/desk/orders?q={quote(q)}")
    return render(
        request, "reporting/desk_find.html", q=q, things=list(zip(things, pages, strict=True)), more=more,
        status=404 if q and not things else 200,
    )  # fmt: skip


async def addresses(tx: Tx, things: list[Thing]) -> list[str]:
    """The page of each thing, empty where there is none for whoever asks: then the look-up says what there is."""
    kinds, shops, ids = [t.kind for t in things], [t.shop_id or 0 for t in things], [t.id for t in things]
    rows = await tx.rows(ADDRESSES, kinds, shops, ids)
    return [page_of(t, r["id"], tx.actor.roles) for t, r in zip(things, rows, strict=True)]


def page_of(thing: Thing, page_id: int, roles: frozenset[str]) -> str:
    """The address of a thing's page for somebody of the office with these ``roles``."""
    shop = thing.shop_id
    pages = {
        "order": f"/desk/orders/{shop}/{page_id}",
        "parcel": f"/desk/orders/{shop}/{page_id}",
        "sku": f"/desk/stock/{shop}/{page_id}",
        "location": f"/desk/locations/{page_id}",
        "rma": f"/desk/returns/{shop}/{page_id}",
    }
    if roles & (LEAD | {"receiver"}):
        pages["asn"] = f"/desk/inbound/asns/{shop}/{page_id}"
        pages["receipt"] = f"/desk/inbound/receipts/{shop}/{page_id}"
    return pages.get(thing.kind, "")


handlers: list[HTTPRouteHandler] = [find]
