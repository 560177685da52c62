"""Shops at the desk: their settings, one page each; couriers and their pickups to look at."""

from datetime import time
from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.shops.api import ShopChange, ShopIn, changes_of
from wms.shops.change_shop import change_shop
from wms.shops.create_shop import create_shop
from wms.shops.desk_queries import SHOPS_BY, list_carriers, list_shops
from wms.shops.queries import shop as load_shop
from wms.web.access import ADMIN, SUPERVISOR
from wms.web.forms import Fields, asked, checked, fields, like, query
from wms.web.html import Html, go, render, words_of
from wms.web.pages import After, PathShop, behind, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
LIMIT = 50
MOST_INSERTS, MOST_CHECKS = 20, 9
DONE = {
    "changed": Text(en="The settings are saved; new orders go by them.", pl="Ustawienia zapisane; obowiązują od nowych zamówień."),
    "created": Text(en="The shop is created. It needs a key before it can do anything.", pl="Sklep został dodany. Zanim zacznie działać, potrzebuje klucza."),
}  # fmt: skip
WEEKDAYS = (
    Text(en="Mon", pl="pn."),
    Text(en="Tue", pl="wt."),
    Text(en="Wed", pl="śr."),
    Text(en="Thu", pl="czw."),
    Text(en="Fri", pl="pt."),
    Text(en="Sat", pl="sob."),
    Text(en="Sun", pl="niedz."),
)
SENDER = ("name", "street", "postcode", "city", "country", "phone", "email")


@get("/desk/shops", allow=SUPERVISOR)
async def shops(
    request: Asked,
    tx: NamedDependency[Tx],
    q: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    after: After = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """The shops, by name unless asked otherwise, and the couriers with their pickups."""
    q, sort, csv = asked(q), SHOPS_BY.chosen(sort), format == "csv"
    rows = await list_shops(
        tx, pattern=like(q) if q else "", sort=sort, behind=behind(SHOPS_BY, sort, "" if csv else after),
        limit=MOST_ROWS if csv else LIMIT + 1,
    )  # fmt: skip
    if csv:
        _ = words_of(request).gettext
        heads = [_("Shop"), _("Code"), _("Language"), _("Cut-off"), _("Working days"), _("When stock lacks"), _("SKUs"),
                 _("Open orders"), _("In use")]  # fmt: skip
        lines = (
            (s.name, s.code, s.language, f"{s.cut_off:%H:%M}", s.handling_days,
             _("sends what is there") if s.partial_policy == "partial" else _("waits for all"), s.skus, s.open_orders,
             _("yes") if s.active else _("no"))
            for s in rows
        )  # fmt: skip
        return sheet("shops", heads, lines)
    return render(
        request, "shops/desk_shops.html", found=page(rows, LIMIT, lambda s: SHOPS_BY.key(sort, s, s.id)), q=q, sort=sort,
        base=query({"q": q, "sort": sort}), after=after, carriers=await list_carriers(tx), weekdays=WEEKDAYS, admin="admin" in tx.actor.roles,
    )  # fmt: skip


@post("/desk/shops", allow=ADMIN, status_code=200)
async def add_shop(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """A new shop with the usual policies; its page is where they are changed."""
    form = await fields(request)
    given = checked({"code": form.word("code", 32), "name": form.word("name", 100)}, ShopIn)
    shop_id = await create_shop(tx, given.code, given.name)
    return go(request, f"/desk/shops/{shop_id}?done=created")


@get("/desk/shops/{shop_id:int}", allow=SUPERVISOR)
async def one_shop(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, done: FromQuery[str] = ""
) -> Html:
    """A shop's settings."""
    found = await load_shop(tx, shop_id)
    inserts = "\n".join(
        f"{i['text']} | {i['sku']}" if i.get("sku") else str(i["text"]) for i in found.inserts
    )
    return render(
        request,
        "shops/desk_shop.html",
        s=found,
        inserts=inserts,
        done=DONE.get(done),
        admin="admin" in tx.actor.roles,
    )


@post("/desk/shops/{shop_id:int}", allow=ADMIN, status_code=200)
async def post_shop(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop) -> Response[Any]:
    """Saves the settings; refused when somebody else has changed them meanwhile."""
    form = await fields(request)
    change = checked(settings_of(form), ShopChange)
    await change_shop(tx, shop_id, changes_of(change), form.count("version", 1, 2**31 - 1))
    return go(request, f"/desk/shops/{shop_id}?done=changed")


def settings_of(form: Fields) -> dict[str, Any]:
    """What the form says, as the API would be told it."""
    inserts: list[dict[str, str]] = []
    for line in form.lines("inserts", MOST_INSERTS):
        text, _, sku = (part.strip() for part in line.partition("|"))
        inserts.append({"text": text, "sku": sku} if sku else {"text": text})
    at = form.word("cut_off", 8)
    try:
        time.fromisoformat(at)
    except ValueError:
        raise Invalid(
            field="cut_off",
            why=Text(en="a time like 14:00", pl="godzina w postaci 14:00"),
            pointer="/cut_off",
        ) from None
    return {
        "name": form.word("name", 100),
        "language": form.get("language", "pl"),
        "country": form.word("country", 2).upper(),
        "timezone": form.word("timezone", 64),
        "cut_off": at if at.count(":") == 2 else f"{at}:00",
        "handling_days": form.count("handling_days", 0, 60),
        "partial_policy": form.get("partial_policy", "complete"),
        "min_days_left": form.count("min_days_left", 0, 3650),
        "sender": {k: v for k in SENDER if (v := form.word(f"sender_{k}", 200, needed=False))},
        "contact_email": form.word("contact_email", 254, needed=False) or None,
        "inserts": inserts,
        "return_checklist": form.lines("return_checklist", MOST_CHECKS),
        "active": "active" in form,
    }


handlers: list[HTTPRouteHandler] = [shops, add_shop, one_shop, post_shop]
