"""Shops and couriers for the desk."""

from datetime import time

import msgspec

from wms.db.sorting import Column, Sorting
from wms.db.tx import Tx


class ShopLine(msgspec.Struct, frozen=True):
    """``open_orders``: orders that still have to leave."""

    id: int
    code: str
    name: str
    language: str
    cut_off: time
    handling_days: int
    partial_policy: str
    active: bool
    skus: int
    open_orders: int


SHOPS = """
select s.id, s.code, s.name, s.language, s.cut_off, s.handling_days, s.partial_policy, s.active, k.skus, o.open_orders
from shop s
cross join lateral (select count(*)::int as skus from sku k where k.shop_id = s.id) k
cross join lateral (
  select count(*)::int as open_orders from orders o where o.shop_id = s.id and o.state in ('received','on_hold','backordered',
    'allocated','released','picking','picked','packing','packed','labelled','manifested')) o
where ($1 = '' or s.name ilike $1 or s.code ilike $1) and {beyond} order by {order} limit $2
"""
SHOPS_BY = Sorting(
    "s.id",
    "name",
    name=Column("s.name", "name"),
    code=Column("s.code", "code"),
    skus=Column("k.skus", "skus", "bigint"),
    open=Column("o.open_orders", "open_orders", "bigint"),
)


async def list_shops(
    tx: Tx, *, pattern: str, sort: str, behind: tuple[str | None, int], limit: int
) -> list[ShopLine]:
    return await tx.all(ShopLine, SHOPS.format(**SHOPS_BY.parts(sort, 3)), pattern, limit, *behind)


class CarrierLine(msgspec.Struct, frozen=True):
    """``pickups``: weekday (0 is Monday) and local times. ``credentials``: names of what is stored, never the values."""

    id: int
    code: str
    name: str
    adapter: str
    account: str
    email: str | None
    services: list[str]
    max_weight_g: int
    active: bool
    pickups: list[tuple[int, str]]
    credentials: bool


CARRIERS = """
select c.id, c.code, c.name, c.adapter, c.account, c.email, c.services, c.max_weight_g, c.active,
       coalesce((select jsonb_agg(jsonb_build_array(p.weekday, p.times) order by p.weekday) from (
          select weekday, string_agg(to_char(at, 'HH24:MI'), ', ' order by at) as times from carrier_pickup
          where carrier_id = c.id group by weekday) p), '[]') as pickups,
       exists (select from carrier_credential k where k.carrier_id = c.id) as credentials
from carrier c order by c.name limit 500
"""


async def list_carriers(tx: Tx) -> list[CarrierLine]:
    return await tx.all(CarrierLine, CARRIERS)
