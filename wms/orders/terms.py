"""What the orders of a shop are judged by; one query for a request of any size."""

from collections.abc import Iterable
from datetime import time

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.orders.errors import UnknownCarrier


class CarrierTerms(msgspec.Struct, frozen=True):
    id: int
    services: list[str]
    pickups: list[tuple[int, str]]

    def calendar(self) -> dict[int, list[time]]:
        found: dict[int, list[time]] = {}
        for weekday, at in self.pickups:
            found.setdefault(weekday, []).append(time.fromisoformat(at))
        return found


class Sold(msgspec.Struct, frozen=True):
    """``parts`` are the SKUs that a kit is made of, each with its quantity; anything else has none."""

    id: int
    parts: list[tuple[int, int]]


class Terms(msgspec.Struct, frozen=True):
    """What every order of a request is judged by; one query for all of them. ``known``: numbers that the shop has sent before."""

    warehouse_id: int | None
    cut_off: time
    handling_days: int
    partial_policy: str
    min_days_left: int
    timezone: str
    country: str
    carriers: dict[str, CarrierTerms]
    skus: dict[str, Sold]
    known: frozenset[str]

    def carrier(self, code: str, service: str) -> CarrierTerms:
        """Raises ``UnknownCarrier``, which names every service that there is."""
        found = self.carriers.get(code)
        if found is None or service not in found.services:
            known = "; ".join(f"{c}: {', '.join(v.services)}" for c, v in sorted(self.carriers.items()))
            raise UnknownCarrier(carrier=code, service=service, known=known or "-", pointer="/carrier")
        return found


CONTEXT = """
select w.id as warehouse_id, s.cut_off, s.handling_days, s.partial_policy, s.min_days_left,
       coalesce(w.timezone, s.timezone) as timezone, coalesce(w.country, s.country) as country,
       (select coalesce(jsonb_object_agg(c.code, jsonb_build_object('id', c.id, 'services', c.services, 'pickups',
           (select coalesce(jsonb_agg(jsonb_build_array(p.weekday, p.at)), '[]') from carrier_pickup p
             where p.carrier_id = c.id))), '{}')
          from carrier c where c.active) as carriers,
       (select coalesce(jsonb_object_agg(k.code, jsonb_build_object('id', k.id, 'parts',
           (select coalesce(jsonb_agg(jsonb_build_array(p.sku_id, p.quantity) order by p.sku_id), '[]')
              from kit_component p where (p.shop_id, p.kit_sku_id) = (k.shop_id, k.id)))), '{}')
          from sku k where k.shop_id = $1 and k.code = any($2::text[]) and k.active) as skus,
       array(select o.number from orders o where o.shop_id = $1 and o.number = any($3::text[])) as known
from shop s left join lateral (select * from warehouse order by id limit 1) w on true
where s.id = $1
"""


async def terms_of(tx: Tx, shop_id: int, sku_codes: Iterable[str], numbers: Iterable[str] = ()) -> Terms:
    """Raises ``NotFound`` for a shop that is not there, or while there is no warehouse."""
    terms = await tx.one(Terms, CONTEXT, shop_id, list(sku_codes), list(numbers))
    if terms is None or terms.warehouse_id is None:
        raise NotFound(what="shop", ref=shop_id)
    return terms
