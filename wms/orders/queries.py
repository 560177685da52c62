"""Every SELECT over orders that somebody looks at."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.text import Lang
from wms.orders.check_address import Recipient
from wms.orders.hold_words import HoldFacts, hold_in
from wms.orders.service_values import Option


class LineOut(msgspec.Struct, frozen=True):
    """``missing`` is what still waits for stock. A kit's components have ``kit_line_no``."""

    id: int
    line_no: int
    sku: str
    name: str
    quantity: int
    allocated: int
    picked: int
    packed: int
    shipped: int
    cancelled: int
    missing: int
    kit: bool
    kit_line_no: int | None = None
    unit_price: Decimal | None = None


class ParcelOut(msgspec.Struct, frozen=True):
    id: int
    no: int
    state: str
    tracking_number: str | None
    sscc: str | None
    weight_g: int | None


class HoldRow(msgspec.Struct, frozen=True):
    """Why an order waits, or waited: ``code`` is for programs, ``detail`` says it to a person."""

    code: str
    field: str | None
    detail: str
    at: datetime
    released_at: datetime | None


class ChoiceOut(msgspec.Struct, frozen=True):
    """Why this service: what was chosen by the shop's rules, and by what. No ``carrier``: nothing takes the order.

    ``parcel_id``: of this parcel alone, which turned out to be too much for the order's service, or whose carrier was down.
    """

    carrier: str | None
    service: str
    reason: Literal["cheapest", "only", "fixed", "quickest", "fallback", "by-hand", "nothing"]
    rule: str
    arrives_on: date | None
    parcel_id: int | None
    at: datetime


class StoredChoice(ChoiceOut, frozen=True):
    """A choice with all that could have been chosen, prices included: for staff. ``parcel_no`` as ``parcel_id``."""

    parcel_no: int | None
    price: Decimal | None
    currency: str | None
    options: list[Option]


class OrderOut(msgspec.Struct, frozen=True):
    """An order with all that belongs to it. ``ship_by`` is the promise; ``version`` the ETag.

    ``choices``: why its carrier carries it, the last first; none where the shop named the carrier. Without ``carrier`` no
    service takes it, and its hold says why.
    """

    id: int
    shop_id: int
    number: str
    state: str
    kind: str
    placed_at: datetime
    received_at: datetime
    ship_by: datetime
    priority: int
    partial_policy: str
    carrier: str | None
    service: str
    deliver_by: date | None
    point: str | None
    language: str
    name: str
    company: str | None
    street: str
    postcode: str
    city: str
    country: str
    phone: str | None
    email: str | None
    currency: str
    cod_amount: Decimal | None
    note: str | None
    synthetic: bool
    version: int
    lines: list[LineOut]
    parcels: list[ParcelOut]
    holds: list[HoldRow]
    choices: list[ChoiceOut]


ORDER = """
select o.id, o.shop_id, o.number, o.state, o.kind, o.placed_at, o.received_at, o.ship_by, o.priority, o.partial_policy,
       c.code as carrier, o.service, o.deliver_by, o.point, o.language, o.name, o.company, o.street, o.postcode, o.city, o.country,
       o.phone, o.email, o.currency, o.cod_amount, o.note, o.synthetic, o.version,
  (select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'line_no', l.line_no, 'sku', s.code, 'name', s.name,
      'quantity', l.quantity, 'allocated', l.allocated, 'picked', l.picked, 'packed', l.packed, 'shipped', l.shipped,
      'cancelled', l.cancelled, 'kit', l.kit, 'unit_price', l.unit_price::text,
      'missing', case when l.kit then 0 else l.quantity - l.cancelled - l.allocated - l.picked end,
      'kit_line_no', (select k.line_no from order_line k where (k.shop_id, k.id) = (l.shop_id, l.kit_line_id)))
      order by l.line_no), '[]')
    from order_line l join sku s on (s.shop_id, s.id) = (l.shop_id, l.sku_id)
    where l.shop_id = o.shop_id and l.order_id = o.id) as lines,
  (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'no', p.no, 'state', p.state, 'tracking_number',
      p.tracking_number, 'sscc', p.sscc, 'weight_g', p.weight_g) order by p.no), '[]')
    from parcel p where p.shop_id = o.shop_id and p.order_id = o.id) as parcels,
  (select coalesce(jsonb_agg(jsonb_build_object('code', h.code, 'field', h.field, 'facts', h.facts, 'at', h.at,
      'released_at', h.released_at) order by h.id), '[]')
    from order_hold h where h.shop_id = o.shop_id and h.order_id = o.id) as holds,
  (select coalesce(jsonb_agg(jsonb_build_object('carrier', (select code from carrier where id = s.carrier_id),
      'service', s.service, 'reason', s.reason, 'rule', s.rule, 'arrives_on', s.arrives_on, 'parcel_id', s.parcel_id,
      'at', s.at) order by s.id desc), '[]')
    from service_choice s where s.shop_id = o.shop_id and s.order_id = o.id) as choices
from orders o left join carrier c on c.id = o.carrier_id
where o.shop_id = $1 and o.id = $2
"""


async def get_order(tx: Tx, shop_id: int, order_id: int, lang: Lang = "en") -> OrderOut | None:
    """``lang``: in which its holds are told."""
    row = await tx.row(ORDER, shop_id, order_id)
    if row is None:
        return None
    holds = [
        {**h, "detail": hold_in(h["code"], msgspec.convert(h["facts"], HoldFacts), lang)}
        for h in row["holds"]
    ]
    return msgspec.convert({**row, "holds": holds}, OrderOut, strict=False)


RECIPIENT = """
select name, company, street, postcode, city, country, phone, email, point from orders where shop_id = $1 and id = $2
"""


async def recipient_of(tx: Tx, shop_id: int, order_id: int) -> Recipient:
    """Of an order that is there."""
    found = await tx.one(Recipient, RECIPIENT, shop_id, order_id)
    assert found is not None
    return found


async def order_id_of(tx: Tx, shop_id: int, number: str) -> int | None:
    found: int | None = await tx.value(
        "select id from orders where shop_id = $1 and number = $2", shop_id, number
    )
    return found


class OrderRow(msgspec.Struct, frozen=True):
    """One line of a list of orders."""

    id: int
    shop_id: int
    number: str
    state: str
    kind: str
    ship_by: datetime
    received_at: datetime
    carrier: str | None
    city: str
    country: str
    units: int
    missing: int


LIST = """
select o.id, o.shop_id, o.number, o.state, o.kind, o.ship_by, o.received_at, c.code as carrier, o.city, o.country,
       coalesce(t.units, 0)::int as units, coalesce(t.missing, 0)::int as missing
from orders o left join carrier c on c.id = o.carrier_id
left join lateral (
  select sum(l.quantity) as units, sum(l.quantity - l.cancelled - l.allocated - l.picked) as missing
  from order_line l where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit) t on true
where o.shop_id = $1 and o.id > $2 and ($3::text is null or o.state = $3) and ($4::text is null or o.number = $4)
order by o.id limit $5
"""


async def list_orders(
    tx: Tx, shop_id: int, *, after: int, limit: int, state: str | None = None, number: str | None = None
) -> list[OrderRow]:
    """Orders of one shop by id, from ``after`` on."""
    return await tx.all(OrderRow, LIST, shop_id, after, state, number, limit)


CHOICES = """
select c.code as carrier, s.service, s.reason, s.rule, s.arrives_on, s.parcel_id, s.at, p.no as parcel_no, s.price, s.currency,
       s.options
from service_choice s left join carrier c on c.id = s.carrier_id
left join parcel p on (p.shop_id, p.id) = (s.shop_id, s.parcel_id)
where s.shop_id = $1 and s.order_id = $2 order by s.id desc limit 50
"""


async def choices_of(tx: Tx, shop_id: int, order_id: int) -> list[StoredChoice]:
    """The last first."""
    return await tx.all(StoredChoice, CHOICES, shop_id, order_id)
