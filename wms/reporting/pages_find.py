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
from wms.reporting.thing_words import fact_text
from wms.web.access import ANY_STAFF
from wms.web.entrance import warehouse_of
from wms.web.html import go, render, words_of
from wms.web.menu import LEAD, OFFICE

Asked = Request[Any, Any, Any]
MOST_Q = 200

# Each branch reads one unique index.
OWN = """
select 1 as n, 'manifest' as kind, id, number as code from manifest where number = any($1::text[])
union all select 2, 'person', id, badge from person where badge = any($1)
union all select 3, 'person', id, badge from person where email = $2
union all select 4, 'device', id, code from device where code = any($1)
union all select 5, 'printer', id, code from printer where warehouse_id = $3 and code = any($1)
order by n, id desc
"""
NAMED = "select exists (select from person where strpos(lower(name), $1) > 0)"
"""Of a few hundred people at the most."""
OWN_ROLES = {"manifest": LEAD | {"packer"}, "person": LEAD, "device": LEAD, "printer": LEAD}
OWN_PAGES = {
    "manifest": "/desk/manifests/{id}",
    "person": "/desk/people/{id}",
    "device": "/desk/people/devices?q={code}",
    "printer": "/desk/printers/{id}",
}

# A parcel has no page of its own: it is part of its order's, and a lot of its SKU's.
ADDRESSES = """
select t.n::int as n, case t.kind when 'parcel' then (select p.order_id from parcel p where p.shop_id = t.shop_id and p.id = t.id)
  when 'lot' then (select z.sku_id from lot z where z.shop_id = t.shop_id and z.id = t.id) else t.id end as id
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
        if (there := await house_page(tx, q, await warehouse_of(request, tx))) is not None:
            return go(request, there)
        try:
            found = await look_up(tx, q, words_of(request).text)
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
        if tx.actor.roles & LEAD and await tx.value(NAMED, q.lower()):
            return go(request, f"/desk/people?q={quote(q)}")
    words = words_of(request)
    facts = [
        [(f.label, fact_text(t.kind, f, words)) for f in t.facts if f.code != "picture_url"] for t in things
    ]
    return render(
        request, "reporting/desk_find.html", q=q, things=list(zip(things, pages, facts, strict=True)), more=more,
        status=404 if q and not things else 200,
    )  # fmt: skip


async def house_page(tx: Tx, q: str, warehouse_id: int) -> str | None:
    """The page of what is the house's own and no shop's: a manifest, a person, a device, a printer of this warehouse;
    where whoever asks may see it."""
    for r in await tx.rows(OWN, [q, q.upper()], q.lower(), warehouse_id):
        if tx.actor.roles & OWN_ROLES[r["kind"]]:
            return OWN_PAGES[r["kind"]].format(id=r["id"], code=quote(r["code"], safe=""))
    return None


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
        "lot": f"/desk/stock/{shop}/{page_id}",
        "location": f"/desk/locations/{page_id}",
        "rma": f"/desk/returns/{shop}/{page_id}",
    }
    if roles & (LEAD | {"receiver"}):
        pages["asn"] = f"/desk/inbound/asns/{shop}/{page_id}"
        pages["receipt"] = f"/desk/inbound/receipts/{shop}/{page_id}"
    return pages.get(thing.kind, "")


handlers: list[HTTPRouteHandler] = [find]
