"""Who carries the orders of a request that name no carrier."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from wms.db.tx import Tx
from wms.kernel.calendar import local_date
from wms.orders.choose_service import choose_service
from wms.orders.errors import CarrierNotNamed
from wms.orders.order_in import OrderIn
from wms.orders.pickups import Pickups
from wms.orders.service_terms import facts_of_order, service_terms, sku_pieces
from wms.orders.service_values import Choice, NothingFits, Promise
from wms.orders.terms import CarrierTerms

Chosen = Choice | NothingFits | CarrierNotNamed


async def choose_for_new(
    tx: Tx, shop_id: int, pickups: Pickups, orders: Sequence[OrderIn]
) -> Mapping[int, Chosen]:
    """By place in the request, for the orders that leave the carrier to us; two statements for all of them.

    The refusal is for a shop that has no rules: it has never said that we may choose.
    """
    open_ones = {i: o for i, o in enumerate(orders) if o.carrier is None}
    if not open_ones:
        return {}
    today = local_date(tx.now, pickups.terms.timezone)
    countries = {o.recipient.country.strip() for o in open_ones.values()}
    found = await service_terms(tx, shop_id, today, countries)
    if not found.rules:
        return {i: CarrierNotNamed(number=o.number, pointer="/carrier") for i, o in open_ones.items()}
    skus = await sku_pieces(tx, shop_id, {n.sku for o in open_ones.values() for n in o.lines})
    leaves = pickups.days()
    return {
        i: choose_service(
            facts_of_order(o, skus),
            found.rules,
            found.services,
            Promise(leaves=leaves, country=pickups.terms.country, deliver_by=o.deliver_by),
        )
        for i, o in open_ones.items()
    }


def carried_by(
    pickups: Pickups, order: OrderIn, chosen: Chosen | None
) -> tuple[CarrierTerms | None, str, datetime]:
    """Who carries it, with which service, and when it leaves. Raises ``UnknownCarrier``, ``CarrierNotNamed``."""
    if isinstance(chosen, CarrierNotNamed):
        raise chosen
    if isinstance(chosen, NothingFits):
        return None, order.service or "", pickups.of_nobody()
    code, service = (
        (chosen.carrier, chosen.service) if chosen else (order.carrier or "", order.service or "standard")
    )
    return pickups.terms.carrier(code, service), service, pickups.of(code).ship_by
