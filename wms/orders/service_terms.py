"""What a choice of a service is made from: the shop's rules, the prices in force, what the goods weigh and measure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from wms.db.tx import Tx
from wms.orders.choose_service import by_service
from wms.orders.order_in import OrderIn
from wms.orders.service_values import OrderFacts, ServiceLines, ServicePrice, ServiceRule, Sides


class ServiceTerms(msgspec.Struct, frozen=True):
    """``services``: what is in force, sorted once for however many orders are chosen for."""

    rules: list[ServiceRule]
    services: list[ServiceLines]


class _InForce(msgspec.Struct, frozen=True):
    """``prices``: one line for each carrier, service, country and size."""

    rules: list[ServiceRule]
    prices: list[ServicePrice]


TERMS = """
select (select coalesce(jsonb_agg(r.rule order by r.position), '[]') from service_rule r where r.shop_id = $1) as rules,
  (select coalesce(jsonb_agg(jsonb_build_object('carrier', c.code, 'service', p.service, 'country', p.country,
      'max_weight_g', p.max_weight_g, 'max_length_mm', p.max_length_mm, 'max_girth_mm', p.max_girth_mm,
      'size', case when p.size_mm is not null
                then jsonb_build_object('a', p.size_mm[1], 'b', p.size_mm[2], 'c', p.size_mm[3]) end,
      'cod', p.cod_price::text, 'price', p.price::text, 'currency', p.currency, 'transit_days', p.transit_days)), '[]')
   from (select distinct on (carrier_id, service, country, max_weight_g, max_length_mm, max_girth_mm, size_mm) *
         from service_price
         where valid_from <= $2 and (valid_until is null or valid_until >= $2) and country = any($3::text[])
         order by carrier_id, service, country, max_weight_g, max_length_mm, max_girth_mm, size_mm, valid_from desc) p
   join carrier c on c.id = p.carrier_id and c.active and c.services ? p.service) as prices
"""


async def service_terms(tx: Tx, shop_id: int, day: date, countries: Iterable[str]) -> ServiceTerms:
    """The rules of a shop, and the prices for these countries that are in force on ``day``."""
    found = await tx.one(_InForce, TERMS, shop_id, day, sorted(set(countries)))
    assert found is not None
    return ServiceTerms(found.rules, by_service(found.prices))


PRICED = """
select exists(select from service_price p join carrier c on c.id = p.carrier_id and c.active and c.services ? p.service
              where p.carrier_id = $1 and p.service = $2 and p.valid_from <= $3
                and (p.valid_until is null or p.valid_until >= $3))
"""


async def has_prices(tx: Tx, carrier_id: int, service: str, day: date) -> bool:
    """Whether a carrier's service goes anywhere at all on ``day``."""
    return bool(await tx.value(PRICED, carrier_id, service, day))


class Piece(msgspec.Struct, frozen=True):
    """``quantity`` pieces of one kind; 0 where weight or sides are not known."""

    quantity: int
    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int


class SkuPiece(msgspec.Struct, frozen=True):
    sku: str
    price: Decimal | None
    currency: str
    piece: Piece


# Of a kit, what it is made of: that is what lies in the box.
SKU_PIECES = """
select k.code as sku, k.price, k.currency, jsonb_build_object('quantity', coalesce(p.quantity, 1), 'weight_g', coalesce(c.weight_g, 0),
  'length_mm', coalesce(c.length_mm, 0), 'width_mm', coalesce(c.width_mm, 0), 'height_mm', coalesce(c.height_mm, 0)) as piece
from sku k left join kit_component p on (p.shop_id, p.kit_sku_id) = (k.shop_id, k.id)
join sku c on (c.shop_id, c.id) = (k.shop_id, coalesce(p.sku_id, k.id))
where k.shop_id = $1 and k.code = any($2::text[]) and k.active
"""
ORDER_PIECES = """
select o.id, o.country, o.point is not null and o.point <> '' as point, o.cod_amount is not null as cod,
  coalesce(o.asked_service, '') as service, o.deliver_by, o.currency,
  (select case when bool_and(e.price is not null) then sum(e.price * (v.quantity - v.cancelled)) end
   from order_line v join sku k on (k.shop_id, k.id) = (v.shop_id, v.sku_id)
   cross join lateral (select coalesce(v.unit_price, case when k.currency = o.currency then k.price end) as price) e
   where v.shop_id = o.shop_id and v.order_id = o.id and v.kit_line_id is null)::text as value,
  (select coalesce(jsonb_agg(jsonb_build_object('quantity', l.quantity - l.cancelled, 'weight_g', coalesce(c.weight_g, 0),
      'length_mm', coalesce(c.length_mm, 0), 'width_mm', coalesce(c.width_mm, 0), 'height_mm', coalesce(c.height_mm, 0))), '[]')
   from order_line l join sku c on (c.shop_id, c.id) = (l.shop_id, l.sku_id)
   where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit and l.quantity > l.cancelled) as pieces
from orders o where o.shop_id = $1 and o.id = any($2::bigint[])
"""


def measured(facts: OrderFacts, pieces: Iterable[Piece]) -> OrderFacts:
    """The facts with what the goods weigh and measure."""
    known = [p for p in pieces if p.quantity > 0]
    sides = {
        Sides(p.length_mm, p.width_mm, p.height_mm)
        for p in known
        if p.length_mm and p.width_mm and p.height_mm
    }
    return msgspec.structs.replace(
        facts,
        weight_g=sum(p.quantity * p.weight_g for p in known),
        heaviest_g=max((p.weight_g for p in known), default=0),
        pieces=tuple(sorted(sides, key=lambda s: s.sorted)),
        volume_mm3=sum(p.quantity * p.length_mm * p.width_mm * p.height_mm for p in known),
    )


async def sku_pieces(tx: Tx, shop_id: int, codes: Iterable[str]) -> dict[str, list[SkuPiece]]:
    """By SKU, its pieces: one, or a kit's."""
    found: dict[str, list[SkuPiece]] = {}
    for p in await tx.all(SkuPiece, SKU_PIECES, shop_id, sorted(set(codes))):
        found.setdefault(p.sku, []).append(p)
    return found


def facts_of_order(order: OrderIn, skus: Mapping[str, Sequence[SkuPiece]]) -> OrderFacts:
    """Of an order as it comes in; a line without a price is worth what its SKU costs, in the order's currency."""
    value: Decimal | None = Decimal(0)
    pieces: list[Piece] = []
    for n in order.lines:
        parts = skus.get(n.sku, ())
        each = None if n.unit_price is None else Decimal(n.unit_price)
        if each is None and parts and parts[0].currency == order.currency:
            each = parts[0].price
        value = None if value is None or each is None else value + n.quantity * each
        pieces += [msgspec.structs.replace(p.piece, quantity=n.quantity * p.piece.quantity) for p in parts]
    plain = OrderFacts(
        country=order.recipient.country.strip(), weight_g=0, value=value, currency=order.currency,
        cod=order.cod_amount is not None, point=bool((order.point or "").strip()), service=order.service,
    )  # fmt: skip
    return measured(plain, pieces)


class StoredFacts(msgspec.Struct, frozen=True):
    """Of an order that is here already; ``value`` as in ``OrderFacts``."""

    id: int
    country: str
    point: bool
    cod: bool
    service: str
    deliver_by: date | None
    currency: str
    value: Decimal | None
    pieces: list[Piece]

    @property
    def facts(self) -> OrderFacts:
        plain = OrderFacts(
            country=self.country, weight_g=0, value=self.value, currency=self.currency, cod=self.cod,
            point=self.point, service=self.service or None,
        )  # fmt: skip
        return measured(plain, self.pieces)


async def stored_facts(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> dict[int, StoredFacts]:
    """By order."""
    return {f.id: f for f in await tx.all(StoredFacts, ORDER_PIECES, shop_id, list(order_ids))}
