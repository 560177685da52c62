"""Where goods may go: a ranked list with reasons, in one statement for one SKU or for a mixed pallet."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.locations.create_warehouse import CROSS_DOCK
from wms.putaway.queries import Waiting
from wms.stock.ledger import Status

Why = Literal["cross_dock", "same_lot", "same_sku", "empty", "shared", "reserve", "quarantine"]

FAST, MEDIUM = 20, 4
"""Picks in four weeks from which goods belong to the beginning, or the first half, of the walk."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """Goods that want a place. ``lot_id`` 0: none."""

    shop_id: int
    sku_id: int
    quantity: int
    lot_id: int = 0
    status: Status = "sellable"


class Place(msgspec.Struct, frozen=True):
    """A place and why. ``fits`` is how many pieces go in (null: sizes are not known), ``quantity`` how many to bring.

    ``orders`` and, as ``fits``, their units are told for ``cross_dock``. ``ask`` counts the question's goods from 0.
    """

    ask: int
    location_id: int
    location: str
    why: Why
    quantity: int
    fits: int | None
    orders: int
    walk: int


# Candidates are few although bins are many: bins that hold the SKU are found by the SKU's balances, empty ones by an
# anti-join on the balance's location. Fast movers aim at the beginning of the walk, slow ones at its last third; a
# bin near the SKU's other bins (same zone) comes first.
SUGGEST = f"""
select g.o::int - 1 as ask, x.id as location_id, x.code as location, x.why,
       least(g.quantity, coalesce(x.fits, g.quantity))::int as quantity, x.fits::int as fits, x.orders, x.walk
from unnest($1::int[], $2::bigint[], $3::int[], $4::bigint[], $5::text[])
     with ordinality as g(shop_id, sku_id, quantity, lot_id, status, o)
cross join lateral (
  with asked as (
    select s.lot_policy <> 'none' as tracked,
           nullif(s.length_mm::bigint * s.width_mm * s.height_mm, 0) / 1000.0 as ml
    from sku s where (s.shop_id, s.id) = (g.shop_id, g.sku_id)
  ), pace as (
    select case when count(*) filter (where m.reason = 'picking' and m.at > $7) >= {FAST} then 0.0
                when count(*) filter (where m.reason = 'picking' and m.at > $7) >= {MEDIUM} then 0.3 else 0.7 end as aim
    from (select m.reason, m.at from move m where (m.shop_id, m.sku_id) = (g.shop_id, g.sku_id)
          order by m.id desc limit 500) m
  ), demand as (
    select count(distinct o.id)::int as orders, sum(n.quantity - n.cancelled - n.allocated - n.picked) as units
    from order_line n join orders o on (o.shop_id, o.id) = (n.shop_id, n.order_id)
    where (n.shop_id, n.sku_id) = (g.shop_id, g.sku_id) and not n.kit
      and n.quantity - n.cancelled - n.allocated - n.picked > 0 and g.status = 'sellable'
      and o.warehouse_id = $6 and o.state in ('received', 'backordered')
  ), place as (
    select l.id, l.code, l.kind, l.walk, l.zone_id, l.capacity_ml,
           percent_rank() over (partition by l.kind order by l.walk) as at
    from location l left join zone z on z.id = l.zone_id
    where l.warehouse_id = $6 and l.kind in ('bin', 'reserve') and l.locked_at is null
      and z.code is distinct from '{CROSS_DOCK}' and g.status = 'sellable'
  ), mine as (
    select b.location_id, bool_or(b.lot_id = g.lot_id) as same_lot
    from balance b where (b.shop_id, b.sku_id) = (g.shop_id, g.sku_id) and b.on_hand > 0 and b.real
    group by 1
  ), held as materialized (
    select p.*, m.same_lot, u.ml as used from mine m join place p on p.id = m.location_id
    cross join lateral (
      select sum(b.on_hand * coalesce(s.length_mm::bigint * s.width_mm * s.height_mm, 0) / 1000.0) as ml
      from balance b join sku s on (s.shop_id, s.id) = (b.shop_id, b.sku_id) where b.location_id = p.id
    ) u
  ), free as materialized (
    select p.* from place p
    where not exists (select from balance b where b.location_id = p.id and b.on_hand <> 0)
  ), shared as (
    select p.*, (select sum(b.on_hand * coalesce(s.length_mm::bigint * s.width_mm * s.height_mm, 0) / 1000.0)
                 from balance b join sku s on (s.shop_id, s.id) = (b.shop_id, b.sku_id)
                 where b.location_id = p.id) as used
    from place p
    where not exists (select from free where kind = 'bin') and p.kind = 'bin' and p.id not in (select id from held)
      and exists (select from balance b where b.location_id = p.id and b.on_hand > 0)
      and not exists (select from balance b where b.location_id = p.id and b.on_hand > 0 and b.shop_id <> g.shop_id)
    order by p.walk limit 50
  ), candidate as (
    select h.id, h.code, h.walk, h.zone_id, h.at, h.capacity_ml, coalesce(h.used, 0) as used,
           case when h.same_lot then 1 when asked.tracked then 4 else 2 end as class,
           case when h.same_lot then 'same_lot' else 'same_sku' end as why
    from held h, asked
    union all
    select id, code, walk, zone_id, at, capacity_ml, 0, case kind when 'bin' then 3 else 6 end,
           case kind when 'bin' then 'empty' else 'reserve' end from free
    union all
    select id, code, walk, zone_id, at, capacity_ml, coalesce(used, 0), 5, 'shared' from shared
  ), sized as (
    select c.*, case when asked.ml is not null and c.capacity_ml is not null
                     then floor(greatest(c.capacity_ml - c.used, 0) / asked.ml) end as fits
    from candidate c, asked
  ), ranked as (
    select s.*, row_number() over (
             order by coalesce(s.fits, g.quantity) < g.quantity, s.class,
                      not exists (select from held h where h.zone_id = s.zone_id), abs(s.at - pace.aim), s.walk, s.id
           ) as n
    from sized s, pace where s.fits is null or s.fits > 0
  )
  select l.id, l.code, l.walk, 'cross_dock' as why, least(d.units, g.quantity) as fits, d.orders, 0 as n
  from demand d, location l join zone z on z.id = l.zone_id
  where d.units > 0 and l.warehouse_id = $6 and l.kind = 'bin' and l.locked_at is null and z.code = '{CROSS_DOCK}'
  union all
  select l.id, l.code, l.walk, 'quarantine', null, 0, 0
  from location l where l.warehouse_id = $6 and l.kind = 'quarantine' and g.status <> 'sellable'
  union all
  select r.id, r.code, r.walk, r.why, r.fits, 0, r.n from ranked r where r.n <= $8
) x
order by g.o, x.n, x.id
"""


async def suggest(tx: Tx, warehouse_id: int, asks: Sequence[Ask], *, limit: int = 5) -> list[Place]:
    """Up to ``limit`` places for each of the goods, best first, and the cross-dock before them where orders wait.

    Order: places that take all of it before those that take a part; the SKU's own bins (same lot), an empty bin, a bin
    with another lot, a bin shared with other goods of the shop, the reserve. Never a locked place; goods that are not
    sellable have the quarantine.
    """
    if not asks:
        return []
    return await tx.all(
        Place,
        SUGGEST,
        [a.shop_id for a in asks],
        [a.sku_id for a in asks],
        [a.quantity for a in asks],
        [a.lot_id for a in asks],
        [a.status for a in asks],
        warehouse_id,
        tx.now - timedelta(days=28),
        limit,
    )


def asks_for(goods: Sequence[Waiting]) -> list[Ask]:
    """The question for goods that wait, e.g. the content of a pallet."""
    return [
        Ask(shop_id=w.shop_id, sku_id=w.sku_id, quantity=w.quantity, lot_id=w.lot_id, status=w.status)
        for w in goods
    ]
