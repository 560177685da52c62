"""Price lists, rules and choices of services, over HTTP. Prices are the operator's: no shop's key reads them."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Lang, pick_lang
from wms.orders.choose_again import choose_for_order
from wms.orders.holds import Mended
from wms.orders.order_in import Currency, Money
from wms.orders.queries import StoredChoice, choices_of
from wms.orders.service_values import ServiceRef, ServiceRule
from wms.orders.set_service import set_service
from wms.shipping.load_prices import PRICES_BY, Loaded, PriceOut, list_prices, load_prices, remove_price
from wms.shipping.set_rules import MOST, rules_of, set_rules
from wms.web.access import SUPERVISOR, floor
from wms.web.pages import After, Limit, Page, PathId, PathShop, behind, page

CARE = floor("care")
EXAMPLE = "carrier;service;country;max_weight_g;price;currency;transit_days;valid_from\nkurier;standard;PL;30000;14,90;PLN;1;2026-01-01"
Code = Annotated[str, Meta(min_length=1, max_length=40, examples=["kurier"])]
ServiceCode = Annotated[str, Meta(min_length=1, max_length=40, examples=["standard"])]
Country = Annotated[str, Meta(pattern="^[A-Z]{2}$", examples=["PL"])]
Grams = Annotated[int, Meta(ge=0, le=2_000_000)]
Millimetres = Annotated[int, Meta(ge=0, le=20_000)]
OfCarrier = Annotated[str, QueryParameter(max_length=40, description="Only this carrier's lines")]


class PricesIn(msgspec.Struct, forbid_unknown_fields=True):
    """``csv``: with the headings of the example; also ``valid_until``, ``cod_price``, ``max_length_mm``, ``max_girth_mm``,
    ``size_mm`` (640x380x190). Weights in grams."""

    csv: Annotated[str, Meta(min_length=1, max_length=1_000_000, examples=[EXAMPLE])]


class RefIn(msgspec.Struct, forbid_unknown_fields=True):
    carrier: Code
    service: ServiceCode | None = None


class RuleIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Every condition that is stated must be true. The first *only* or *fixed* that counts decides who may carry the order,
    *forbid* counts wherever it stands, *fallback* says who goes when a carrier has been down for ``after_minutes``.

    ``asked``: services as shops ask for them. Weights in grams, lengths in millimetres. Values are in
    ``currency``: a rule that states one counts for orders in this currency alone.
    """

    name: Annotated[str, Meta(min_length=1, max_length=80, examples=["Cash goes with the courier"])]
    action: Annotated[Literal["only", "fixed", "forbid", "fallback"], Meta(examples=["only"])]
    services: Annotated[
        list[RefIn],
        Meta(min_length=1, max_length=20, examples=[[{"carrier": "kurier", "service": "standard"}]]),
    ]
    countries: Annotated[list[Country], Meta(max_length=50)] = []
    weight_from_g: Grams | None = None
    weight_to_g: Grams | None = None
    longest_from_mm: Millimetres | None = None
    longest_to_mm: Millimetres | None = None
    value_from: Money | None = None
    value_to: Money | None = None
    currency: Currency = "PLN"
    cod: bool | None = None
    point: bool | None = None
    asked: Annotated[list[ServiceCode], Meta(max_length=20)] = []
    after_minutes: Annotated[int, Meta(ge=1, le=10_080)] = 60


class RulesIn(msgspec.Struct, forbid_unknown_fields=True):
    rules: Annotated[list[RuleIn], Meta(max_length=MOST)]


class Rules(msgspec.Struct, frozen=True):
    """In their order."""

    rules: list[ServiceRule]


class ServiceIn(msgspec.Struct, forbid_unknown_fields=True):
    carrier: Code
    service: ServiceCode


class Choices(msgspec.Struct, frozen=True):
    """The last first."""

    choices: list[StoredChoice]


def lang_of(tx: Tx) -> Lang:
    return pick_lang(tx.actor.language)


def rule_of(r: RuleIn) -> ServiceRule:
    return ServiceRule(
        name=r.name, action=r.action, services=tuple(ServiceRef(s.carrier, s.service) for s in r.services),
        countries=tuple(r.countries), weight_from_g=r.weight_from_g, weight_to_g=r.weight_to_g,
        longest_from_mm=r.longest_from_mm, longest_to_mm=r.longest_to_mm,
        value_from=None if r.value_from is None else Decimal(r.value_from),
        value_to=None if r.value_to is None else Decimal(r.value_to),
        currency=r.currency, cod=r.cod, point=r.point, asked=tuple(r.asked), after_minutes=r.after_minutes,
    )  # fmt: skip


@get("/service-prices", allow=SUPERVISOR, tags=["services"])
async def get_prices(
    tx: NamedDependency[Tx], carrier: OfCarrier = "", after: After = "", limit: Limit = 100
) -> Page[PriceOut]:
    """The operator's price lists, by carrier, service, country and weight."""
    sort = PRICES_BY.usual
    rows = await list_prices(tx, carrier, behind=behind(PRICES_BY, sort, after), limit=limit + 1)
    return page(rows, limit, lambda p: PRICES_BY.key(sort, p, p.id))


@post("/service-prices", allow=SUPERVISOR, tags=["services"], status_code=200)
async def post_prices(tx: NamedDependency[Tx], data: JSONBody[PricesIn]) -> Loaded:
    """Load a price list from CSV: good lines are stored, each bad one is named with its row and what is wrong."""
    return await load_prices(tx, data.csv, lang_of(tx))


@delete("/service-prices/{price_id:int}", allow=SUPERVISOR, tags=["services"], status_code=204)
async def delete_price(tx: NamedDependency[Tx], price_id: PathId) -> None:
    """Take one line out of the price lists."""
    await remove_price(tx, price_id)


@get("/shops/{shop_id:int}/service-rules", allow=CARE, tags=["services"])
async def get_rules(tx: NamedDependency[Tx], shop_id: PathShop) -> Rules:
    """The rules by which a shop's orders get their carrier, where the shop names none."""
    return Rules(await rules_of(tx, shop_id))


@put("/shops/{shop_id:int}/service-rules", allow=SUPERVISOR, tags=["services"])
async def put_rules(tx: NamedDependency[Tx], shop_id: PathShop, data: JSONBody[RulesIn]) -> Rules:
    """Set a shop's rules, in their order. Orders that no service took are looked at again."""
    return Rules(await set_rules(tx, shop_id, [rule_of(r) for r in data.rules]))


@get("/shops/{shop_id:int}/orders/{order_id:int}/service-choices", allow=CARE | {"packer"}, tags=["services"])
async def get_choices(tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId) -> Choices:
    """Why an order goes with its service: what was chosen, what else could have been, and at which prices."""
    if not await tx.value(
        "select exists(select from orders where shop_id = $1 and id = $2)", shop_id, order_id
    ):
        raise NotFound(what="order", ref=order_id)
    return Choices(await choices_of(tx, shop_id, order_id))


@post(
    "/shops/{shop_id:int}/orders/{order_id:int}/service/choose",
    allow=CARE,
    tags=["services"],
    status_code=200,
)
async def post_choose(tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId) -> Mended:
    """Choose again, by the rules and prices of now; for an order that the rules have chosen for and that is not picked yet."""
    return await choose_for_order(tx, shop_id, order_id)


@put("/shops/{shop_id:int}/orders/{order_id:int}/service", allow=CARE, tags=["services"])
async def put_service(
    tx: NamedDependency[Tx], shop_id: PathShop, order_id: PathId, data: JSONBody[ServiceIn]
) -> Mended:
    """Say who carries an order that is not picked yet; rules leave it alone from then on."""
    return await set_service(tx, shop_id, order_id, data.carrier, data.service)


handlers: list[HTTPRouteHandler] = [
    get_prices, post_prices, delete_price, get_rules, put_rules, get_choices, post_choose, put_service,
]  # fmt: skip
