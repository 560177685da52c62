"""A closed parcel against its service, and in whose place another may go: now its real weight and size are known."""

from datetime import date

import msgspec

from wms.db.tx import Tx
from wms.events.log import record
from wms.kernel.calendar import local_date
from wms.kernel.text import Lang
from wms.orders.choose_service import breaks, choose_fallback, choose_service, fallback_of
from wms.orders.errors import CountryNotServed, NothingFitsParcel
from wms.orders.gates import LockedOrder
from wms.orders.parcels import Parcel
from wms.orders.pickups import Pickups
from wms.orders.service_terms import ServiceTerms, has_prices, service_terms, stored_facts
from wms.orders.service_values import Choice, NothingFits, OrderFacts, Promise, Sides, Why
from wms.orders.service_words import WHYS
from wms.orders.store_choice import Kept, chosen_event, store_choices
from wms.orders.terms import Terms, terms_of


class Moved(msgspec.Struct, frozen=True):
    """A parcel goes with another service than its order. ``why``: what of it was too much for the first, or *down*."""

    carrier: str
    service: str
    was_carrier: str
    was_service: str
    why: str


class ParcelTerms(msgspec.Struct, frozen=True):
    """What a choice for one closed parcel is made from. ``carrier``: the code of its own one; ``day``: of the prices."""

    carrier: str
    facts: OrderFacts
    terms: ServiceTerms
    promise: Promise
    day: date


DIVISIBLE: frozenset[Why] = frozenset({"length", "girth", "size", "weight"})
"""What another box may help against."""


async def recheck_parcel(
    tx: Tx, order: LockedOrder, parcel: Parcel, *, weight_g: int, sides: Sides, lang: Lang = "en"
) -> Moved | None:
    """For an order whose service was chosen by rules (``chosen_by_rules``): the parcel stays with it, or goes to the next one that takes it.

    Order and parcel are locked. Raises ``NothingFitsParcel``, and ``CountryNotServed`` where the address was changed to a
    country to which nobody takes it. Where the carrier or its prices are gone meanwhile there is nothing to compare with, and
    the parcel stays.
    """
    t = await parcel_terms(tx, order, parcel, weight_g=weight_g, sides=sides)
    own = next((s for s in t.terms.services if (s.carrier, s.service) == (t.carrier, parcel.service)), None)
    if own is None and not await has_prices(tx, parcel.carrier_id, parcel.service, t.day):
        return None
    if own is not None and any(breaks(t.facts, p) is None for p in own.by_country[t.facts.country][1]):
        return None
    found = choose_service(t.facts, t.terms.rules, t.terms.services, t.promise)
    if isinstance(found, NothingFits):
        if own is None and not any(o.why in DIVISIBLE for o in found.options):
            raise CountryNotServed(country=t.facts.country)
        why = "; ".join(f"{o.carrier} {o.service}: {WHYS[o.why].in_(lang)}" for o in found.options[:4])
        raise NothingFitsParcel(kg=f"{weight_g / 1000:g}", why=why)
    why = "country" if own is None else "weight"
    for o in found.options:
        if (o.carrier, o.service) == (t.carrier, parcel.service):
            why = o.why
    return await move_parcel_service(tx, order, parcel, t.carrier, found, why)


async def parcel_terms(
    tx: Tx, order: LockedOrder, parcel: Parcel, *, weight_g: int, sides: Sides
) -> ParcelTerms:
    """Of one closed box: it leaves with the next car. Cash is collected with the first parcel of an order."""
    terms: Terms = await terms_of(tx, order.shop_id, ())
    stored = (await stored_facts(tx, order.shop_id, [order.id]))[order.id]
    facts = msgspec.structs.replace(
        stored.facts, weight_g=weight_g, heaviest_g=weight_g, pieces=(sides,) if sides.volume else (),
        volume_mm3=sides.volume, cod=stored.cod and parcel.no == 1, closed=True,
    )  # fmt: skip
    day = local_date(tx.now, terms.timezone)
    found = await service_terms(tx, order.shop_id, day, [stored.country])
    carrier: str = await tx.value("select code from carrier where id = $1", parcel.carrier_id)
    leaves = Pickups(terms, tx.now).packed_days()
    promise = Promise(leaves=leaves, country=terms.country, deliver_by=stored.deliver_by)
    return ParcelTerms(carrier, facts, found, promise, day)


def falls_back_after(t: ParcelTerms) -> int | None:
    """Minutes after which the shop's rules give a parcel to another carrier; None: they never do."""
    rule = fallback_of(t.facts, t.terms.rules)
    return None if rule is None else rule.after_minutes


def next_service(t: ParcelTerms, down: frozenset[str]) -> Choice | None:
    """Who goes in the place of the carriers that are down."""
    return choose_fallback(t.facts, t.terms.rules, t.terms.services, t.promise, down=down)


async def move_parcel_service(
    tx: Tx, order: LockedOrder, parcel: Parcel, carrier: str, found: Choice, why: str
) -> Moved:
    """The locked, closed parcel without a live label goes with what was found; kept and told."""
    await tx.run(
        """update parcel p set carrier_id = c.id, service = $4 from carrier c
           where p.shop_id = $1 and p.id = $2 and c.code = $3 and p.state = 'closed'""",
        order.shop_id,
        parcel.id,
        found.carrier,
        found.service,
    )
    kept = Kept(order_id=order.id, number=f"{order.number}/{parcel.no}", found=found, parcel_id=parcel.id)
    await store_choices(tx, order.shop_id, [kept])
    more = {"was_carrier": carrier, "was_service": parcel.service, "why": why}
    await record(tx, chosen_event(order.shop_id, kept, more=more))
    return Moved(found.carrier, found.service, carrier, parcel.service, why)
