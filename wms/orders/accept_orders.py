"""Take in orders, one or five hundred: each is stored whole, checked, and given its stock at once."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.promise import ship_by
from wms.kernel.refusals import NotFound, Refusal
from wms.kernel.text import Lang
from wms.orders.allocate_orders import Line, allocate_lines
from wms.orders.check_address import Fault, check_recipient
from wms.orders.check_address import Recipient as Checked
from wms.orders.errors import OrderExists, UnknownCarrier, UnknownSkus

Short = Annotated[str, Meta(max_length=100)]


class RecipientIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where the parcel goes. What is missing or wrong puts the order on hold; it is not refused."""

    name: Annotated[str, Meta(max_length=100, examples=["Łucja Świątek"])] = ""
    company: Short | None = None
    street: Annotated[str, Meta(max_length=200, examples=["ul. Źródlana 7/3"])] = ""
    postcode: Annotated[str, Meta(max_length=20, examples=["30-624"])] = ""
    city: Annotated[str, Meta(max_length=100, examples=["Kraków"])] = ""
    country: Annotated[str, Meta(max_length=2, examples=["PL"])] = "PL"
    phone: Annotated[str, Meta(max_length=40, examples=["+48 600 000 000"])] | None = None
    email: Annotated[str, Meta(max_length=200, examples=["lucja@example.com"])] | None = None


class OrderLineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    sku: Annotated[str, Meta(min_length=1, max_length=100, examples=["85123A"])]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000, examples=[6])]
    unit_price: Annotated[Decimal, Meta(examples=["12.50"])] | None = None


class OrderIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One order. ``number`` is the shop's own; the same number with the same content is the same order."""

    number: Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\s].*$", examples=["2026/11/1042"])]
    placed_at: datetime | None = None
    carrier: Annotated[str, Meta(min_length=1, max_length=40, examples=["kurier"])]
    service: Annotated[str, Meta(max_length=40, examples=["standard"])] = "standard"
    point: Short | None = None
    recipient: RecipientIn
    lines: Annotated[list[OrderLineIn], Meta(min_length=1, max_length=2000)]
    language: Literal["pl", "en"] = "pl"
    priority: Annotated[int, Meta(ge=-9, le=9)] = 0
    ship_partial: bool | None = None
    cod_amount: Annotated[Decimal, Meta(examples=["129.90"])] | None = None
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "PLN"
    note: Annotated[str, Meta(max_length=500)] | None = None
    synthetic: bool = False


class HoldOut(msgspec.Struct, frozen=True):
    code: str
    field: str | None
    detail: str


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an order. ``created`` is false when it was known already, with the same content."""

    id: int
    number: str
    state: str
    ship_by: datetime
    created: bool
    holds: list[HoldOut] = []


class _Carrier(msgspec.Struct, frozen=True):
    id: int
    services: list[str]
    pickups: list[tuple[int, str]]

    def calendar(self) -> dict[int, list[time]]:
        found: dict[int, list[time]] = {}
        for weekday, at in self.pickups:
            found.setdefault(weekday, []).append(time.fromisoformat(at))
        return found


class _Context(msgspec.Struct, frozen=True):
    """What every order of a request is judged by; one query for all of them."""

    warehouse_id: int | None
    cut_off: time
    handling_days: int
    partial_policy: str
    min_days_left: int
    timezone: str
    country: str
    carriers: dict[str, _Carrier]


class _Sku(msgspec.Struct, frozen=True):
    id: int
    code: str
    kit: bool
    parts: list[tuple[int, int]]


CONTEXT = """
select w.id as warehouse_id, s.cut_off, s.handling_days, s.partial_policy, s.min_days_left,
       coalesce(w.timezone, s.timezone) as timezone, coalesce(w.country, s.country) as country,
       (select coalesce(jsonb_object_agg(c.code, jsonb_build_object('id', c.id, 'services', c.services, 'pickups',
           (select coalesce(jsonb_agg(jsonb_build_array(p.weekday, p.at)), '[]') from carrier_pickup p
             where p.carrier_id = c.id))), '{}')
          from carrier c where c.active) as carriers
from shop s left join lateral (select * from warehouse order by id limit 1) w on true
where s.id = $1
"""
SKUS = """
select s.id, s.code, s.kit,
       coalesce((select jsonb_agg(jsonb_build_array(k.sku_id, k.quantity) order by k.sku_id) from kit_component k
                  where (k.shop_id, k.kit_sku_id) = (s.shop_id, s.id)), '[]') as parts
from sku s where s.shop_id = $1 and s.code = any($2::text[]) and s.active
"""
INSERT = """
with input as materialized (
  select * from jsonb_to_recordset($2::jsonb) as x(
    number text, state text, kind text, placed_at timestamptz, ship_by timestamptz, priority int, partial_policy text,
    carrier_id bigint, service text, point text, language text, name text, company text, street text, postcode text,
    city text, country text, phone text, email text, currency text, cod_amount numeric, note text, synthetic boolean,
    request_hash text, lines jsonb, holds jsonb)
), made as (
  insert into orders (shop_id, warehouse_id, number, state, kind, placed_at, ship_by, priority, partial_policy,
    carrier_id, service, point, language, name, company, street, postcode, city, country, phone, email, currency,
    cod_amount, note, synthetic, request_hash)
  select $1, $3, number, state, kind, placed_at, ship_by, priority, partial_policy, carrier_id, service, point,
    language, name, company, street, postcode, city, country, phone, email, currency, cod_amount, note, synthetic,
    decode(request_hash, 'hex')
  from input on conflict (shop_id, number) do nothing returning id, number, state
), lines as (
  insert into order_line (shop_id, order_id, line_no, sku_id, kit, quantity, unit_price)
  select $1, m.id, l.line_no, l.sku_id, l.kit, l.quantity, l.unit_price
  from made m join input i using (number)
  cross join lateral jsonb_to_recordset(i.lines) as l(line_no int, sku_id bigint, kit boolean, quantity int, unit_price numeric)
  order by m.id, l.line_no
  returning id, order_id, line_no, sku_id, kit, quantity
), held as (
  insert into order_hold (shop_id, order_id, code, field, detail)
  select $1, m.id, h.code, h.field, h.detail from made m join input i using (number)
  cross join lateral jsonb_to_recordset(i.holds) as h(code text, field text, detail text)
)
select (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from made m) as made,
       (select coalesce(jsonb_agg(jsonb_build_array(id, order_id, line_no, sku_id, kit, quantity) order by order_id, line_no), '[]')
          from lines) as lines
"""
KNOWN = "select id, number, state, ship_by, request_hash from orders where shop_id = $1 and number = any($2::text[])"


def request_hash(order: OrderIn) -> bytes:
    """The same content gives the same hash, whatever the order of fields in the request was."""
    return hashlib.sha256(msgspec.json.encode(order, order="deterministic")).digest()


async def accept_orders(
    tx: Tx, shop_id: int, orders: Sequence[OrderIn], *, lang: Lang = "en"
) -> list[Accepted | Refusal]:
    """Stores the orders that can be stored; the answer has one entry per order, in the order given.

    An entry is a refusal for: an unknown SKU, an unknown carrier or service, a number that exists with other
    content, a number twice in the request. A bad recipient is not a refusal: the order is stored on hold. Stock is
    allocated first order first.
    """
    context = await tx.one(_Context, CONTEXT, shop_id)
    if context is None or context.warehouse_id is None:
        raise NotFound(what="shop", ref=shop_id)
    codes = {n.sku for o in orders for n in o.lines}
    skus = {s.code: s for s in await tx.all(_Sku, SKUS, shop_id, list(codes))}

    answers: dict[int, Accepted | Refusal] = {}
    rows: list[dict[str, Any]] = []
    first: dict[str, int] = {}
    for i, order in enumerate(orders):
        if (twin := first.setdefault(order.number, i)) != i:
            if order != orders[twin]:
                answers[i] = OrderExists(number=order.number, pointer=f"/{i}/number")
            continue
        try:
            rows.append(_row(tx, context, skus, order, lang))
        except Refusal as refusal:
            answers[i] = refusal
            del first[order.number]
    created = await _insert(tx, shop_id, context, rows, {o.number: o for o in orders})
    known = {r["number"]: r for r in await tx.rows(KNOWN, shop_id, [r["number"] for r in rows])}
    by_row = {r["number"]: r for r in rows}
    for i, order in enumerate(orders):
        if i in answers:
            continue
        if (found := known.get(order.number)) is None:
            answers[i] = answers[first.get(order.number, i)]
        elif found["request_hash"] != request_hash(order):
            answers[i] = OrderExists(number=order.number, pointer="/number")
        else:
            holds = by_row[order.number]["holds"] if order.number in created else []
            answers[i] = Accepted(
                id=found["id"],
                number=order.number,
                state=found["state"],
                ship_by=found["ship_by"],
                created=order.number in created and first[order.number] == i,
                holds=[HoldOut(h["code"], h["field"], h["detail"]) for h in holds],
            )
    return [answers[i] for i in range(len(orders))]


def _row(tx: Tx, context: _Context, skus: dict[str, _Sku], order: OrderIn, lang: Lang) -> dict[str, Any]:
    """One order as the INSERT takes it. Raises the order's refusal."""
    if unknown := sorted({n.sku for n in order.lines} - skus.keys()):
        at = next(j for j, n in enumerate(order.lines) if n.sku in unknown)
        raise UnknownSkus(codes=", ".join(unknown), pointer=f"/lines/{at}/sku")
    carrier = context.carriers.get(order.carrier)
    if carrier is None or order.service not in carrier.services:
        known = "; ".join(f"{c}: {', '.join(v.services)}" for c, v in sorted(context.carriers.items()))
        raise UnknownCarrier(
            carrier=order.carrier, service=order.service, known=known or "-", pointer="/carrier"
        )
    promise = ship_by(
        tx.now,
        cut_off=context.cut_off,
        timezone=context.timezone,
        pickups=carrier.calendar(),
        country=context.country,
        handling_days=context.handling_days,
    )
    r = order.recipient
    faults: list[Fault] = list(
        check_recipient(
            Checked(
                name=r.name, company=r.company, street=r.street, postcode=r.postcode, city=r.city, country=r.country,
                phone=r.phone, email=r.email, point=order.point,
            ),
            locker="locker" in order.service,
        )
    )  # fmt: skip
    lines = _lines(order, skus)
    units = sum(n["quantity"] for n in lines if not n["kit"])
    policy = context.partial_policy
    if order.ship_partial is not None:
        policy = "partial" if order.ship_partial else "complete"
    return {
        "number": order.number,
        "state": "on_hold" if faults else "received",
        "kind": "single" if units == 1 else "multi",
        "placed_at": (order.placed_at or tx.now).isoformat(),
        "ship_by": promise.ship_by.isoformat(),
        "priority": order.priority,
        "partial_policy": policy,
        "carrier_id": carrier.id,
        "service": order.service,
        "point": order.point,
        "language": order.language,
        "name": r.name,
        "company": r.company,
        "street": r.street,
        "postcode": r.postcode,
        "city": r.city,
        "country": r.country,
        "phone": r.phone,
        "email": r.email,
        "currency": order.currency,
        "cod_amount": None if order.cod_amount is None else str(order.cod_amount),
        "note": order.note,
        "synthetic": order.synthetic,
        "request_hash": request_hash(order).hex(),
        "lines": lines,
        "holds": [{"code": f.code, "field": f.field, "detail": f.text.in_(lang)} for f in faults],
    }


def _lines(order: OrderIn, skus: dict[str, _Sku]) -> list[dict[str, Any]]:
    """The order's lines, and behind them the components of its kits; ``of`` names the kit's line."""
    lines: list[dict[str, Any]] = []
    for no, n in enumerate(order.lines, start=1):
        price = None if n.unit_price is None else str(n.unit_price)
        sku = skus[n.sku]
        lines.append(
            {"line_no": no, "sku_id": sku.id, "kit": sku.kit, "quantity": n.quantity, "unit_price": price}
        )
    for kit_no, n in enumerate(order.lines, start=1):
        for part, each in skus[n.sku].parts:
            quantity = n.quantity * each
            lines.append(
                {"line_no": len(lines) + 1, "sku_id": part, "kit": False, "quantity": quantity, "of": kit_no}
            )
    return lines


async def _insert(
    tx: Tx, shop_id: int, context: _Context, rows: list[dict[str, Any]], orders: dict[str, OrderIn]
) -> set[str]:
    """Inserts and allocates; returns the numbers that were new."""
    if not rows:
        return set()
    found = await tx.row(INSERT, shop_id, msgspec.json.encode(rows).decode(), context.warehouse_id)
    assert found is not None
    made = {m["id"]: m for m in found["made"]}
    if not made:
        return set()
    await record_all(
        tx,
        [
            Event(
                kind=f"order.{m['state']}", subject="order", subject_id=m["id"], shop_id=shop_id, ref=m["number"],
                data={"new": m["state"], "lines": len(orders[m["number"]].lines)},
            )
            for m in found["made"]
        ],
    )  # fmt: skip
    by_number = {r["number"]: r for r in rows}
    await _link_kits(
        tx, shop_id, found["lines"], {m["id"]: by_number[m["number"]]["lines"] for m in made.values()}
    )
    # first order of the request first, whatever ids the database gave
    rank = {r["number"]: i for i, r in enumerate(rows)}
    lines = [
        Line(shop_id, order_id, line_id, sku_id, quantity, context.min_days_left)
        for line_id, order_id, line_no, sku_id, kit, quantity in sorted(
            found["lines"], key=lambda n: (rank[made[n[1]]["number"]], n[2])
        )
        if not kit and made[order_id]["state"] == "received"
    ]
    if lines:
        await allocate_lines(tx, shop_id, lines)
    return {m["number"] for m in made.values()}


async def _link_kits(
    tx: Tx, shop_id: int, lines: list[list[Any]], wanted: dict[int, list[dict[str, Any]]]
) -> None:
    """Points component lines at their kit's line."""
    ids = {(order_id, line_no): line_id for line_id, order_id, line_no, *_ in lines}
    pairs = [
        (ids[order_id, n["line_no"]], ids[order_id, n["of"]])
        for order_id, rows in wanted.items()
        for n in rows
        if "of" in n
    ]
    if pairs:
        await tx.run(
            """update order_line l set kit_line_id = p.kit_line_id
               from unnest($2::bigint[], $3::bigint[]) as p(id, kit_line_id) where l.shop_id = $1 and l.id = p.id""",
            shop_id,
            [a for a, _ in pairs],
            [b for _, b in pairs],
        )


__all__ = ["Accepted", "HoldOut", "OrderIn", "OrderLineIn", "RecipientIn", "accept_orders"]
