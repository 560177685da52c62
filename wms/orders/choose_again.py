"""An order's service is chosen anew: its address changed, the rules or prices did, or a person says which."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import asyncpg
import msgspec

from wms.db.tx import Database, Tx
from wms.events.log import Event, enqueue, record_all
from wms.kernel.calendar import local_date
from wms.kernel.refusals import Invalid
from wms.kernel.text import Lang
from wms.orders.advance import advance
from wms.orders.check_address import POINT, to_point
from wms.orders.choose_service import Choice, NothingFits, Promise, choose_service
from wms.orders.errors import TooLateToChoose, UnknownCarrier
from wms.orders.gates import LockedOrder, lock_orders
from wms.orders.hold_words import NO_SERVICE, facts_of_nothing, stored
from wms.orders.holds import HOLDABLE, Mended, go_on
from wms.orders.pickups import Pickups
from wms.orders.service_terms import service_terms, stored_facts
from wms.orders.states import OrderState
from wms.orders.store_choice import Kept, chosen_event, store_choices
from wms.orders.terms import terms_of

MOST = 200
"""Orders that wait for a service which are looked at in one transaction."""
OPEN = HOLDABLE | {OrderState.ON_HOLD}


class Carried(msgspec.Struct, frozen=True):
    """Who carries an order now; ``carried`` false: nobody, and it is on hold for it."""

    order_id: int
    service: str
    carried: bool


# What the rules chose last: an order whose carrier the shop or a person named stays as it is.
LAST = """
select distinct on (s.order_id) s.order_id, c.code as carrier, s.service, s.reason
from service_choice s left join carrier c on c.id = s.carrier_id
where s.shop_id = $1 and s.order_id = any($2::bigint[]) and s.parcel_id is null order by s.order_id, s.id desc
"""
MOVE = """
update orders o set carrier_id = c.id, service = u.service, ship_by = u.ship_by, version = version + 1
from unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) as u(id, carrier, service, ship_by)
left join carrier c on c.code = u.carrier
where o.shop_id = $1 and o.id = u.id
"""
RELEASE = """
update order_hold set released_at = now()
where shop_id = $1 and order_id = any($2::bigint[]) and code = $3 and released_at is null
"""
# Of a hold that stands already only what has changed is written.
HOLD = """
with u as (
  select id, facts::jsonb as facts from unnest($2::bigint[], $3::text[]) as u(id, facts)
), told as (
  update order_hold h set facts = u.facts from u
  where h.shop_id = $1 and h.order_id = u.id and h.code = $4 and h.released_at is null and h.facts <> u.facts
)
insert into order_hold (shop_id, order_id, code, field, facts)
select $1, u.id, $4, '/carrier', u.facts from u
where not exists (select from order_hold h where h.shop_id = $1 and h.order_id = u.id and h.code = $4 and h.released_at is null)
"""


async def choose_again(tx: Tx, shop_id: int, orders: Sequence[LockedOrder]) -> list[Carried]:
    """Chooses for those of these locked orders that the rules have chosen for and that are not on the floor yet.

    Holds are put on and taken off; whether an order whose last hold is gone goes on is the caller's to see to.
    """
    ids = [o.id for o in orders if o.state in OPEN]
    last = {r["order_id"]: r for r in await tx.rows(LAST, shop_id, ids)} if ids else {}
    ours = {o.id: o for o in orders if o.id in last and last[o.id]["reason"] != "by-hand"}
    found = await _choices(tx, shop_id, list(ours)) if ours else {}
    held = {i: f for i, f in found.items() if isinstance(f.choice, NothingFits)}
    changed = {i: f for i, f in found.items() if _differs(f.choice, last[i])}
    await tx.run(RELEASE, shop_id, [i for i in found if i not in held], NO_SERVICE)
    if held:
        facts = [
            stored(facts_of_nothing(f.choice, f.country))
            for f in held.values()
            if isinstance(f.choice, NothingFits)
        ]
        await tx.run(HOLD, shop_id, list(held), facts, NO_SERVICE)
        waiting = [i for i in held if ours[i].state in HOLDABLE]
        await advance(tx, shop_id, waiting, OrderState.ON_HOLD, reason=NO_SERVICE)
    await _move(tx, shop_id, ours, changed)
    return [
        Carried(o.id, f.choice.service, True) if (f := found.get(o.id)) and isinstance(f.choice, Choice)
        else Carried(o.id, o.service, f is None and o.carrier_id is not None)
        for o in orders
    ]  # fmt: skip


class Found(msgspec.Struct, frozen=True):
    choice: Choice | NothingFits
    country: str
    pickups: Pickups

    @property
    def ship_by(self) -> datetime:
        return (
            self.pickups.of(self.choice.carrier).ship_by
            if isinstance(self.choice, Choice)
            else self.pickups.of_nobody()
        )


def _differs(choice: Choice | NothingFits, last: asyncpg.Record) -> bool:
    if isinstance(choice, NothingFits):
        return bool(last["reason"] != "nothing")
    return (choice.carrier, choice.service, choice.reason) != (
        last["carrier"],
        last["service"],
        last["reason"],
    )


async def _choices(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> dict[int, Found]:
    terms = await terms_of(tx, shop_id, ())
    pickups = Pickups(terms, tx.now)
    facts = await stored_facts(tx, shop_id, order_ids)
    day = local_date(tx.now, terms.timezone)
    prices = await service_terms(tx, shop_id, day, {f.country for f in facts.values()})
    leaves = pickups.days()
    return {
        i: Found(
            choose_service(
                f.facts,
                prices.rules,
                prices.prices,
                Promise(leaves=leaves, country=terms.country, deliver_by=f.deliver_by),
            ),
            f.country,
            pickups,
        )
        for i, f in facts.items()
    }


async def _move(
    tx: Tx, shop_id: int, orders: Mapping[int, LockedOrder], changed: Mapping[int, Found]
) -> None:
    """The orders go with what was found, which is kept and told."""
    kept = [
        Kept(order_id=i, number=orders[i].number, found=f.choice, service=orders[i].service)
        for i, f in changed.items()
    ]
    if not kept:
        return
    await tx.run(
        MOVE,
        shop_id,
        list(changed),
        [k.found.carrier if isinstance(k.found, Choice) else None for k in kept],
        [k.found.service if isinstance(k.found, Choice) else k.service for k in kept],
        [f.ship_by for f in changed.values()],
    )
    await store_choices(tx, shop_id, kept)
    await record_all(tx, [chosen_event(shop_id, k) for k in kept])


async def choose_for_order(tx: Tx, shop_id: int, order_id: int) -> Mended:
    """Looks again at one order, because somebody asks. Raises ``TooLateToChoose``, ``NotFound``."""
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state not in OPEN:
        raise TooLateToChoose(number=order.number, state=order.state)
    await choose_again(tx, shop_id, [order])
    return await go_on(tx, shop_id, order_id, order.number)


async def set_service(
    tx: Tx, shop_id: int, order_id: int, carrier: str, service: str, *, lang: Lang = "en"
) -> Mended:
    """A person says who carries an order; rules leave it alone from then on.

    Raises ``TooLateToChoose``, ``UnknownCarrier``, ``Invalid`` for a pickup point that is missing, ``NotFound``.
    """
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state not in OPEN:
        raise TooLateToChoose(number=order.number, state=order.state)
    terms = await terms_of(tx, shop_id, ())
    if carrier not in terms.carriers or service not in terms.carriers[carrier].services:
        known = "; ".join(f"{c}: {', '.join(v.services)}" for c, v in sorted(terms.carriers.items()))
        raise UnknownCarrier(carrier=carrier, service=service, known=known or "-", pointer="/carrier")
    facts = (await stored_facts(tx, shop_id, [order_id]))[order_id]
    if to_point(service) and not facts.point:
        raise Invalid(field="point", why=POINT.text.in_(lang), pointer="/service")
    promise = Pickups(terms, tx.now).of(carrier)
    await tx.run(MOVE, shop_id, [order_id], [carrier], [service], [promise.ship_by])
    await tx.run(RELEASE, shop_id, [order_id], NO_SERVICE)
    await tx.run(
        """insert into service_choice (shop_id, order_id, carrier_id, service, reason)
           select $1, $2, id, $4, 'by-hand' from carrier where code = $3""",
        shop_id,
        order_id,
        carrier,
        service,
    )
    data = {"carrier": carrier, "service": service, "reason_code": "by-hand", "rule": ""}
    await record_all(
        tx,
        [
            Event(
                kind="order.service_chosen",
                subject="order",
                subject_id=order_id,
                shop_id=shop_id,
                ref=order.number,
                data=data,
            )
        ],
    )
    return await go_on(tx, shop_id, order_id, order.number)


WAITING = """
select h.order_id from order_hold h join orders o on (o.shop_id, o.id) = (h.shop_id, h.order_id) and o.state = 'on_hold'
where h.shop_id = $1 and h.code = $2 and h.released_at is null and h.order_id > $3 order by h.order_id limit $4
"""


async def choose_for_waiting(database: Database, shop_id: int) -> int:
    """The job: looks again at every order of a shop that no service took; returns how many go on."""
    after, moved = 0, 0
    while True:
        async with database.begin() as tx:
            rows = await tx.rows(WAITING, shop_id, NO_SERVICE, after, MOST)
            ids = sorted({r["order_id"] for r in rows})
            if not ids:
                return moved
            orders = await lock_orders(tx, shop_id, ids)
            for order, now in zip(orders, await choose_again(tx, shop_id, orders), strict=True):
                if now.carried and order.state == OrderState.ON_HOLD:
                    moved += (await go_on(tx, shop_id, order.id, order.number)).state != OrderState.ON_HOLD
            after = ids[-1]


async def sweep_choices(tx: Tx) -> int:
    """A job for each shop with orders that no service took: prices come into force by the calendar, too."""
    rows = await tx.rows(
        "select distinct shop_id from order_hold where code = $1 and released_at is null order by 1",
        NO_SERVICE,
    )
    for row in rows:
        await enqueue_choosing(tx, row["shop_id"])
    return len(rows)


async def enqueue_choosing(tx: Tx, shop_id: int) -> None:
    key = f"choose-{shop_id}"
    await enqueue(tx, "labels", "orders.choose_again", lock=key, once=key, shop_id=shop_id)
