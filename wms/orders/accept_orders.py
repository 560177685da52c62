"""Take in orders, one or five hundred: each is stored whole, checked, and given its stock at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event
from wms.kernel.refusals import Invalid, Refusal
from wms.kernel.text import Lang, Text
from wms.orders.allocate_orders import Line, allocate_lines
from wms.orders.check_address import Fault, check_recipient, goes_to_point
from wms.orders.check_address import Recipient as Checked
from wms.orders.choose_for_new import Chosen, carried_by, choose_for_new
from wms.orders.errors import FormulaNumber, OrderExists, UnknownSkus
from wms.orders.hold_words import NO_FACTS, NO_SERVICE, HoldFacts, facts_of_nothing, hold_in
from wms.orders.order_in import OrderIn, request_hash, tidied
from wms.orders.pickups import Pickups
from wms.orders.service_values import Choice, NothingFits
from wms.orders.store_choice import Kept, chosen_event, store_choices
from wms.orders.terms import Sold, Terms, terms_of
from wms.printing.cells import risky
from wms.stock.ledger import MAX_QUANTITY


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


INSERT = """
with input as materialized (
  select * from jsonb_to_recordset($2::jsonb) as x(
    number text, state text, kind text, placed_at timestamptz, ship_by timestamptz, priority int, partial_policy text,
    carrier_id bigint, service text, asked_service text, deliver_by date, point text, language text, name text, company text, street text, postcode text,
    city text, country text, phone text, email text, currency text, cod_amount numeric, note text, synthetic boolean,
    request_hash text, lines jsonb, holds jsonb)
), made as (
  insert into orders (shop_id, warehouse_id, number, state, kind, placed_at, ship_by, priority, partial_policy,
    carrier_id, service, asked_service, deliver_by, point, language, name, company, street, postcode, city, country, phone,
    email, currency, cod_amount, note, synthetic, request_hash)
  select $1, $3, number, state, kind, placed_at, ship_by, priority, partial_policy, carrier_id, service, asked_service,
    deliver_by, point, language, name, company, street, postcode, city, country, phone, email, currency, cod_amount, note, synthetic,
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
  insert into order_hold (shop_id, order_id, code, field, facts)
  select $1, m.id, h.code, h.field, h.facts from made m join input i using (number)
  cross join lateral jsonb_to_recordset(i.holds) as h(code text, field text, facts jsonb)
)
select (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from made m) as made,
       (select coalesce(jsonb_agg(jsonb_build_array(id, order_id, line_no, sku_id, kit, quantity) order by order_id, line_no), '[]')
          from lines) as lines
"""
KNOWN = """
select o.id, o.number, o.state, o.ship_by, o.request_hash,
       (select coalesce(jsonb_agg(jsonb_build_object('code', h.code, 'field', h.field, 'facts', h.facts) order by h.id), '[]')
          from order_hold h where (h.shop_id, h.order_id) = (o.shop_id, o.id) and h.released_at is null) as holds
from orders o where o.shop_id = $1 and o.number = any($2::text[])
"""


TOO_MANY_PIECES = Text(
    en="{kits} kits are {pieces} pieces; send at most {most} in one line",
    pl="{kits} zestawów to {pieces} sztuk; w jednej linii wyślij najwyżej {most}",
)


async def accept_orders(
    tx: Tx, shop_id: int, orders: Sequence[OrderIn], *, lang: Lang = "en"
) -> list[Accepted | Refusal]:
    """Stores the orders that can be stored; the answer has one entry per order, in the order given.

    An entry is a refusal for: a number that a carrier's spreadsheet would run, an unknown SKU, an unknown carrier or service, no carrier where
    no rules choose one, a number that exists with other content, a number twice in the request. A bad recipient is not a
    refusal, nor is one that no service takes: the order is stored on hold. Stock is allocated first order first.
    """
    terms = await terms_of(tx, shop_id, {n.sku for o in orders for n in o.lines})
    answers: dict[int, Accepted | Refusal] = {}
    rows: dict[str, dict[str, Any]] = {}
    first: dict[str, int] = {}
    pickups = Pickups(terms, tx.now)
    chosen = await choose_for_new(tx, shop_id, pickups, orders)
    for i, order in enumerate(orders):
        if order.number in first:
            continue
        try:
            rows[order.number] = _row(tx, pickups, order, chosen.get(i))
            first[order.number] = i
        except Refusal as refusal:
            answers[i] = refusal
    kept = {o.number: c for i, o in enumerate(orders) if (c := chosen.get(i)) and first.get(o.number) == i}
    created = await _insert(tx, shop_id, terms, rows, kept)
    known: dict[str, Any] = {}
    if strange := rows.keys() - created.keys():
        known = {r["number"]: r for r in await tx.rows(KNOWN, shop_id, list(strange))}
    for i, order in enumerate(orders):
        if i in answers:
            continue
        row = rows[order.number]
        found = created.get(order.number) or known[order.number]
        was = row["request_hash"] if order.number in created else found["request_hash"].hex()
        if was != request_hash(order).hex():
            answers[i] = OrderExists(number=order.number, pointer="/number")
            continue
        answers[i] = Accepted(
            id=found["id"],
            number=order.number,
            state=found["state"],
            ship_by=found["ship_by"],
            created=order.number in created and first[order.number] == i,
            holds=[_told(h, lang) for h in found["holds"]],
        )
    return [answers[i] for i in range(len(orders))]


def _told(hold: dict[str, Any], lang: Lang) -> HoldOut:
    facts = msgspec.convert(hold["facts"], HoldFacts)
    return HoldOut(hold["code"], hold["field"], hold_in(hold["code"], facts, lang))


def _row(tx: Tx, pickups: Pickups, order: OrderIn, chosen: Chosen | None) -> dict[str, Any]:
    """One order as the INSERT takes it. Raises the order's refusal."""
    terms = pickups.terms
    if risky(order.number):
        raise FormulaNumber(number=order.number, pointer="/number")
    if unknown := sorted({n.sku for n in order.lines} - terms.skus.keys()):
        at = next(j for j, n in enumerate(order.lines) if n.sku in unknown)
        raise UnknownSkus(codes=", ".join(unknown), pointer=f"/lines/{at}/sku")
    carrier, service, promise = carried_by(pickups, order, chosen)
    r = tidied(order.recipient)
    faults: list[Fault] = list(
        check_recipient(
            Checked(
                name=r.name, company=r.company, street=r.street, postcode=r.postcode, city=r.city, country=r.country,
                phone=r.phone, email=r.email, point=order.point,
            ),
            locker=goes_to_point(service, order.point, carried=carrier is not None),
        )
    )  # fmt: skip
    holds = [{"code": f.code, "field": f.field, "facts": msgspec.to_builtins(NO_FACTS)} for f in faults]
    if isinstance(chosen, NothingFits):
        facts = msgspec.to_builtins(facts_of_nothing(chosen, r.country))
        holds.append({"code": NO_SERVICE, "field": "/carrier", "facts": facts})
    lines = _lines(order, terms.skus)
    units = sum(n["quantity"] for n in lines if not n["kit"])
    policy = terms.partial_policy
    if order.ship_partial is not None:
        policy = "partial" if order.ship_partial else "complete"
    return {
        "number": order.number,
        "state": "on_hold" if holds else "received",
        "kind": "single" if units == 1 else "multi",
        "placed_at": (order.placed_at or tx.now).isoformat(),
        "ship_by": promise.isoformat(),
        "priority": order.priority,
        "partial_policy": policy,
        "carrier_id": carrier.id if carrier else None,
        "service": service,
        "asked_service": None if order.carrier else order.service,
        "deliver_by": order.deliver_by,
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
        "cod_amount": order.cod_amount,
        "note": order.note,
        "synthetic": order.synthetic,
        "request_hash": request_hash(order).hex(),
        "lines": lines,
        "holds": holds,
    }


def _lines(order: OrderIn, skus: dict[str, Sold]) -> list[dict[str, Any]]:
    """The order's lines, and behind them the components of its kits; ``of`` names the kit's line."""
    lines: list[dict[str, Any]] = []
    for no, n in enumerate(order.lines, start=1):
        sku = skus[n.sku]
        lines.append(
            {
                "line_no": no,
                "sku_id": sku.id,
                "kit": bool(sku.parts),
                "quantity": n.quantity,
                "unit_price": n.unit_price,
            }
        )
    for kit_no, n in enumerate(order.lines, start=1):
        for part, each in skus[n.sku].parts:
            quantity = n.quantity * each
            if quantity > MAX_QUANTITY:
                raise Invalid(
                    field="quantity", why=TOO_MANY_PIECES, kits=n.quantity, pieces=quantity, most=MAX_QUANTITY,
                    pointer=f"/lines/{kit_no - 1}/quantity")  # fmt: skip
            lines.append(
                {"line_no": len(lines) + 1, "sku_id": part, "kit": False, "quantity": quantity, "of": kit_no}
            )
    return lines


async def _insert(
    tx: Tx, shop_id: int, terms: Terms, rows: dict[str, dict[str, Any]], chosen: Mapping[str, Chosen]
) -> dict[str, dict[str, Any]]:
    """Inserts and allocates; returns what was new, by number, with the state that it got to."""
    if not rows:
        return {}
    found = await tx.row(
        INSERT, shop_id, msgspec.json.encode(list(rows.values())).decode(), terms.warehouse_id
    )
    assert found is not None
    made = {m["id"]: rows[m["number"]] for m in found["made"]}
    if not made:
        return {}
    await _link_kits(tx, shop_id, found["lines"], {order_id: row["lines"] for order_id, row in made.items()})
    # first order of the request first, whatever ids the database gave
    rank = {number: i for i, number in enumerate(rows)}
    lines = [
        Line(shop_id, order_id, line_id, sku_id, quantity, terms.min_days_left)
        for line_id, order_id, line_no, sku_id, kit, quantity in sorted(
            found["lines"], key=lambda n: (rank[made[n[1]]["number"]], n[2])
        )
        if not kit and made[order_id]["state"] == "received"
    ]
    events = [
        Event(
            kind=f"order.{row['state']}", subject="order", subject_id=order_id, shop_id=shop_id, ref=row["number"],
            data={"new": row["state"], "lines": sum("of" not in n for n in row["lines"])}
            | ({"reason": row["holds"][0]["code"]} if row["holds"] else {}),
        )
        for order_id, row in made.items()
    ]  # fmt: skip
    choices = [
        Kept(order_id=order_id, number=row["number"], found=choice, service=row["service"])
        for order_id, row in made.items()
        if isinstance(choice := chosen.get(row["number"]), Choice | NothingFits)
    ]
    await store_choices(tx, shop_id, choices)
    events += [chosen_event(shop_id, k) for k in choices]
    _, moved = await allocate_lines(tx, shop_id, lines, before=events)
    now = {m.id: m.new for m in moved}
    promised = {r: datetime.fromisoformat(rows[r]["ship_by"]) for r in rows}
    return {
        row["number"]: {
            "id": order_id,
            "state": now.get(order_id, row["state"]),
            "ship_by": promised[row["number"]],
            "holds": row["holds"],
        }
        for order_id, row in made.items()
    }


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
