"""The rules choose anew for orders that they have chosen for: an address changed, or the rules or prices did."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.events.log import record_all
from wms.kernel.calendar import local_date
from wms.orders.advance import advance
from wms.orders.choose_service import choose_service
from wms.orders.errors import TooLateToChoose
from wms.orders.gates import LockedOrder, lock_orders
from wms.orders.hold_words import NO_SERVICE, facts_of_nothing, stored
from wms.orders.holds import HOLDABLE, Mended, go_on
from wms.orders.pickups import Pickups
from wms.orders.service_terms import service_terms, stored_facts
from wms.orders.service_values import Choice, NothingFits, Promise
from wms.orders.states import OrderState
from wms.orders.store_choice import Kept, Last, chosen_event, last_choices, store_choices
from wms.orders.terms import terms_of

OPEN = HOLDABLE | {OrderState.ON_HOLD}
"""Until an order is on the floor its carrier may change."""


class Carried(msgspec.Struct, frozen=True):
    """Who carries an order now; ``carried`` false: nobody, and it is on hold for it."""

    order_id: int
    service: str
    carried: bool


# The promise belongs to the carrier's car: who stays with a carrier keeps it, whatever else of the choice is new.
MOVE = """
update orders o set carrier_id = c.id, service = u.service, version = version + 1,
  ship_by = case when o.carrier_id is not distinct from c.id then o.ship_by else u.ship_by end
from unnest($2::bigint[], $3::text[], $4::text[], $5::timestamptz[]) as u(id, carrier, service, ship_by)
left join carrier c on c.code = u.carrier
where o.shop_id = $1 and o.id = u.id
"""
RELEASE = """
update order_hold set released_at = now()
where shop_id = $1 and order_id = any($2::bigint[]) and code = any($3::text[]) and released_at is null
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
    last = await last_choices(tx, shop_id, ids)
    ours = {o.id: o for o in orders if (was := last.get(o.id)) is not None and was.by_rules}
    found = await _choices(tx, shop_id, list(ours)) if ours else {}
    held = {i: f for i, f in found.items() if isinstance(f.choice, NothingFits)}
    changed = {i: f for i, f in found.items() if _differs(f.choice, last[i])}
    await release_holds(tx, shop_id, [i for i in found if i not in held], [NO_SERVICE])
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


def _differs(choice: Choice | NothingFits, last: Last) -> bool:
    if isinstance(choice, NothingFits):
        return last.reason != "nothing"
    return (choice.carrier, choice.service, choice.reason) != (last.carrier, last.service, last.reason)


async def _choices(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> dict[int, Found]:
    terms = await terms_of(tx, shop_id, ())
    pickups = Pickups(terms, tx.now)
    facts = await stored_facts(tx, shop_id, order_ids)
    day = local_date(tx.now, terms.timezone)
    found = await service_terms(tx, shop_id, day, {f.country for f in facts.values()})
    leaves = pickups.days()
    return {
        i: Found(
            choose_service(
                f.facts,
                found.rules,
                found.services,
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
    kept = [
        Kept(order_id=i, number=orders[i].number, found=f.choice, service=orders[i].service)
        for i, f in changed.items()
    ]
    await carry(tx, shop_id, kept, [f.ship_by for f in changed.values()])


async def carry(tx: Tx, shop_id: int, kept: Sequence[Kept], ship_by: Sequence[datetime]) -> None:
    """Locked orders go with what was found, by these promises where the carrier is a new one; kept and told."""
    if not kept:
        return
    await tx.run(
        MOVE, shop_id, [k.order_id for k in kept], [k.carrier for k in kept], [k.goes_with for k in kept], list(ship_by)
    )  # fmt: skip
    await store_choices(tx, shop_id, kept)
    await record_all(tx, [chosen_event(shop_id, k) for k in kept])


async def release_holds(tx: Tx, shop_id: int, order_ids: Sequence[int], codes: Sequence[str]) -> None:
    await tx.run(RELEASE, shop_id, list(order_ids), list(codes))


async def goes_by_rules(tx: Tx, shop_id: int, order_id: int, state: str) -> bool:
    """Whether the rules choose anew when this order's address changes."""
    last = (await last_choices(tx, shop_id, [order_id])).get(order_id)
    return state in OPEN and last is not None and last.by_rules


async def choose_for_order(tx: Tx, shop_id: int, order_id: int) -> Mended:
    """Looks again at one order, because somebody asks. Raises ``TooLateToChoose``, ``NotFound``."""
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state not in OPEN:
        raise TooLateToChoose(number=order.number, state=order.state)
    await choose_again(tx, shop_id, [order])
    return await go_on(tx, shop_id, order_id)
