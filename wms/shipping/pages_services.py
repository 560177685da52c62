"""Who carries what, at the desk: price lists, alarms of parcels on their way, and each shop's rules in their order."""

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.text import Text
from wms.kernel.whys import AN_AMOUNT, CHOOSE_FROM, CHOOSE_ONE
from wms.orders.service_values import Action, ServiceRef, ServiceRule
from wms.shipping.load_prices import PRICES_BY, Loaded, PriceOut, list_prices, load_prices, remove_price
from wms.shipping.read_prices import COLUMNS, CURRENCY, REQUIRED
from wms.shipping.set_rules import LONGEST_WAIT, lock_rules, rules_of, set_rules
from wms.shipping.watch_parcels import set_watch
from wms.shipping.watch_rules import LONGEST_H, THRESHOLDS, hours_of
from wms.web.access import SUPERVISOR
from wms.web.forms import Fields, asked, fields, query
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.pages import After, PathId, PathShop, behind, page
from wms.web.sheet import MOST_ROWS, sheet

Asked = Request[Any, Any, Any]
LIMIT = 50
ACTIONS: dict[Action, Text] = {
    "only": Text(
        en="only these may go, the cheapest of them goes", pl="wchodzą w grę tylko te, pojedzie najtańsza"
    ),
    "fixed": Text(en="exactly this one goes", pl="pojedzie dokładnie ta"),
    "forbid": Text(en="these may not go", pl="te nie mogą jechać"),
    "fallback": Text(en="these go when a carrier is down", pl="te jadą, gdy przewoźnik nie działa"),
}
DONE = {
    "removed": Text(en="The line is out of the list.", pl="Usunięto wiersz z cennika."),
    "watch": Text(en="The hours are stored.", pl="Zapisano godziny."),
    "rules": Text(
        en="The rules are stored. They count for orders that come in from now on, and for those that no service took.",
        pl="Zapisano reguły. Obowiązują dla nowych zamówień i dla tych, których żadna usługa nie przyjęła.",
    ),
}


class OfCarrier(msgspec.Struct, frozen=True):
    id: int
    code: str
    name: str
    services: list[str]
    watch: dict[str, int]
    lines: int


async def carriers_of(tx: Tx) -> list[OfCarrier]:
    return await tx.all(
        OfCarrier,
        """select c.id, c.code, c.name, c.services, c.watch,
             (select count(*) from service_price p where p.carrier_id = c.id)::int as lines
           from carrier c where c.active order by c.name""",
    )


async def draw_prices(
    request: Asked,
    tx: Tx,
    *,
    carrier: str = "",
    sort: str = PRICES_BY.usual,
    after: str = "",
    done: str = "",
    loaded: Loaded | None = None,
) -> Html:
    """The list; with ``loaded`` what became of the lines that were just sent, the bad ones left in the box."""
    every = await carriers_of(tx)
    chosen = next((c for c in every if c.code == carrier), None)
    rows = await list_prices(
        tx, chosen.code if chosen else "", sort=sort, behind=behind(PRICES_BY, sort, after), limit=LIMIT + 1
    )
    return render(
        request, "shipping/desk_prices.html", found=page(rows, LIMIT, lambda p: PRICES_BY.key(sort, p, p.id)),
        carriers=every, chosen=chosen, after=after, sort=sort,
        base=query({"carrier": chosen.code if chosen else "", "sort": sort}), done=DONE.get(done), loaded=loaded, heads=COLUMNS,
        required=REQUIRED, thresholds=THRESHOLDS, hours=hours_of(chosen.watch) if chosen else {}, longest=LONGEST_H,
        left="\n".join(b.text for b in loaded.bad if b.text) if loaded else "",
    )  # fmt: skip


@get("/desk/shops/prices", allow=SUPERVISOR)
async def prices(
    request: Asked,
    tx: NamedDependency[Tx],
    carrier: FromQuery[str] = "",
    sort: FromQuery[str] = "",
    after: After = "",
    done: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """The operator's price lists; ``format=csv``: as a file that can be loaded again."""
    carrier, sort = asked(carrier, 40), PRICES_BY.chosen(sort)
    if format == "csv":
        return prices_csv(await list_prices(tx, carrier, sort=sort, limit=MOST_ROWS))
    return await draw_prices(request, tx, carrier=carrier, sort=sort, after=after, done=done)


def prices_csv(rows: list[PriceOut]) -> Response[Any]:
    lines = (
        (p.carrier, p.service, p.country, p.max_weight_g, p.price, p.currency, p.transit_days, p.valid_from.isoformat(),
         p.valid_until.isoformat() if p.valid_until else "", p.cod_price, p.max_length_mm, p.max_girth_mm,
         "x".join(map(str, p.size_mm or ())))
        for p in rows
    )  # fmt: skip
    return sheet("prices", list(COLUMNS), lines)


@post("/desk/shops/prices", allow=SUPERVISOR, status_code=200, request_max_body_size=2_000_000)
async def post_prices(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Good lines are stored; the bad ones stay in the box, each with what is wrong with it."""
    form = await fields(request)
    loaded = await load_prices(tx, form.get("lines", ""), language(request))
    return await draw_prices(request, tx, loaded=loaded)


@post("/desk/shops/prices/{price_id:int}/remove", allow=SUPERVISOR, status_code=200)
async def drop_price(request: Asked, tx: NamedDependency[Tx], price_id: PathId) -> Response[Any]:
    await remove_price(tx, price_id)
    return go(request, "/desk/shops/prices?done=removed")


@post("/desk/shops/watch/{carrier_id:int}", allow=SUPERVISOR, status_code=200)
async def post_watch(request: Asked, tx: NamedDependency[Tx], carrier_id: PathId) -> Response[Any]:
    """A carrier's own hours; an empty field goes by the default."""
    form = await fields(request)
    own = {code: n for code in THRESHOLDS if (n := form.number(code, 1, LONGEST_H)) is not None}
    await set_watch(tx, carrier_id, own)
    carrier = await tx.value("select code from carrier where id = $1", carrier_id)
    return go(request, f"/desk/shops/prices?carrier={carrier}&done=watch")


@get("/desk/shops/{shop_id:int}/rules", allow=SUPERVISOR)
async def rules(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, done: FromQuery[str] = ""
) -> Html:
    """The shop's rules in their order, and a form for one more."""
    found = await rules_of(tx, shop_id)
    shop = await tx.value("select name from shop where id = $1", shop_id)
    return render(
        request, "shipping/desk_rules.html", rules=found, shop=shop, shop_id=shop_id, actions=ACTIONS, done=DONE.get(done),
        carriers=await carriers_of(tx), longest=LONGEST_WAIT,
    )  # fmt: skip


@post("/desk/shops/{shop_id:int}/rules", allow=SUPERVISOR, status_code=200)
async def add_rule(request: Asked, tx: NamedDependency[Tx], shop_id: PathShop) -> Response[Any]:
    """One more rule, at the end."""
    rule = rule_in(await fields(request))
    await set_rules(tx, shop_id, [*await lock_rules(tx, shop_id), rule])
    return go(request, f"/desk/shops/{shop_id}/rules?done=rules")


@post("/desk/shops/{shop_id:int}/rules/{no:int}", allow=SUPERVISOR, status_code=200)
async def change_rule(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, no: PathId
) -> Response[Any]:
    """Rule ``no`` (from 1) goes up or down, or away; its name says that it is still the one that was meant."""
    form = await fields(request)
    found = await lock_rules(tx, shop_id)
    if no > len(found) or found[no - 1].name != form.get("name"):
        raise Invalid(
            field="rule",
            why=Text(
                en="somebody changed the rules meanwhile; load the page again",
                pl="ktoś w międzyczasie zmienił reguły; odśwież stronę",
            ),
            pointer="/name",
        )
    rule = found.pop(no - 1)
    act = form.get("act", "")
    if act in ("up", "down"):
        found.insert(max(0, no - 2) if act == "up" else no, rule)
    elif act != "remove":
        raise Invalid(field="act", why=CHOOSE_FROM, choices="up, down, remove", pointer="/act")
    await set_rules(tx, shop_id, found)
    return go(request, f"/desk/shops/{shop_id}/rules?done=rules")


def rule_in(form: Fields) -> ServiceRule:
    """The rule of the form. Raises ``Invalid``."""
    action = next((a for a in ACTIONS if a == form.get("action")), None)
    if action is None:
        raise Invalid(field="action", why=CHOOSE_ONE, pointer="/action")
    refs = [n.partition("/") for n in form.lines("services", 20)]
    return ServiceRule(
        name=form.word("name", 80), action=action,
        services=tuple(ServiceRef(c.strip(), s.strip() or None) for c, _, s in refs),
        countries=tuple(form.word("countries", 200, needed=False).upper().replace(",", " ").split()),
        weight_from_g=form.number("weight_from_g", 0, 2_000_000), weight_to_g=form.number("weight_to_g", 0, 2_000_000),
        longest_from_mm=form.number("longest_from_mm", 0, 20_000), longest_to_mm=form.number("longest_to_mm", 0, 20_000),
        value_from=money_in(form, "value_from"), value_to=money_in(form, "value_to"),
        currency=currency_in(form, "currency"),
        cod=yes_no(form, "cod"), point=yes_no(form, "point"),
        asked=tuple(form.word("asked", 200, needed=False).replace(",", " ").split()),
        after_minutes=form.number("after_minutes", 1, LONGEST_WAIT) or 60,
    )  # fmt: skip


def yes_no(form: Fields, name: str) -> bool | None:
    return {"yes": True, "no": False}.get(form.get(name, ""))


def currency_in(form: Fields, name: str) -> str:
    text = form.get(name, "").strip().upper() or "PLN"
    if not (len(text) == 3 and text.isascii() and text.isalpha()):
        raise Invalid(field=name, why=CURRENCY, pointer=f"/{name}")
    return text


def money_in(form: Fields, name: str) -> Decimal | None:
    text = form.get(name, "").strip().replace(",", ".").replace(" ", "")
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not found.is_finite() or not 0 <= found < 10**9 or found != round(found, 2):
        raise Invalid(field=name, why=AN_AMOUNT, pointer=f"/{name}")
    return found


handlers: list[HTTPRouteHandler] = [prices, post_prices, drop_price, post_watch, rules, add_rule, change_rule]
