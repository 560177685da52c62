"""Take in orders, one or five hundred: each is stored whole, checked, and given its stock at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.refusals import Invalid, Refusal
from wms.kernel.text import Lang, Text
from wms.orders.allocate_orders import Moved, moved_event
from wms.orders.check_address import Fault, check_recipient, goes_to_point
from wms.orders.check_address import Recipient as Checked
from wms.orders.choose_for_new import Chosen, carried_by, choose_for_new
from wms.orders.errors import FormulaNumber, OrderExists, UnknownSkus
from wms.orders.hold_words import NO_FACTS, NO_SERVICE, HoldFacts, facts_of_nothing, hold_in
from wms.orders.order_in import OrderIn, request_hash, tidied
from wms.orders.pickups import Pickups
from wms.orders.service_values import Choice, NothingFits
from wms.orders.store_choice import Kept, chosen_event, store_choices
from wms.orders.store_orders import store_orders
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

    An entry is a refusal for: a number that a carrier's spreadsheet would run, an unknown SKU, an unknown carrier or
    service, no carrier where no rules choose one, a number that exists with other content, a number twice in the request.
    A bad recipient is not a refusal, nor is one that no service takes: the order is stored on hold. Stock is allocated
    first order first. Raises ``Clash`` where another transaction stores one of them at this moment.
    """
    numbers = {o.number for o in orders if not risky(o.number)}
    terms = await terms_of(tx, shop_id, {n.sku for o in orders for n in o.lines}, numbers)
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
        mine = row["request_hash"] if first[order.number] == i else request_hash(order).hex()
        if was != mine:
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
    """The order's lines, and behind them the components of its kits; ``kit_no`` names the kit's line."""
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
                {
                    "line_no": len(lines) + 1,
                    "sku_id": part,
                    "kit": False,
                    "quantity": quantity,
                    "kit_no": kit_no,
                }
            )
    return lines


async def _insert(
    tx: Tx, shop_id: int, terms: Terms, rows: dict[str, dict[str, Any]], chosen: Mapping[str, Chosen]
) -> dict[str, dict[str, Any]]:
    """Stores and allocates; returns what was new, by number, with the state that it got to."""
    rows = {number: row for number, row in rows.items() if number not in terms.known}
    if not rows:
        return {}
    stored = await store_orders(tx, shop_id, terms, rows)
    choices = [
        Kept(order_id=o.id, number=o.number, found=choice, service=rows[o.number]["service"])
        for o in stored
        if isinstance(choice := chosen.get(o.number), Choice | NothingFits)
    ]
    await store_choices(tx, shop_id, choices)
    await record_all(
        tx,
        [
            *(_came(shop_id, o, rows[o.number]) for o in stored),
            *(chosen_event(shop_id, k) for k in choices),
            *(moved_event(shop_id, o) for o in stored if o.new != o.old),
        ],
    )
    return {
        o.number: {
            "id": o.id,
            "state": o.new,
            "ship_by": datetime.fromisoformat(rows[o.number]["ship_by"]),
            "holds": rows[o.number]["holds"],
        }
        for o in stored
    }


def _came(shop_id: int, order: Moved, row: dict[str, Any]) -> Event:
    return Event(
        kind=f"order.{order.old}", subject="order", subject_id=order.id, shop_id=shop_id, ref=order.number,
        data={"new": order.old, "lines": sum("kit_no" not in n for n in row["lines"])}
        | ({"reason": row["holds"][0]["code"]} if row["holds"] else {}),
    )  # fmt: skip
