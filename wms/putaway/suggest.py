"""Where goods may go: a ranked list with reasons, in one statement for one SKU or for a mixed pallet.

Fast movers aim at the beginning of the walk, medium ones at 0.3 of it and slow ones at 0.7 (from the first place's
number to the last one's); among places that are as good, the nearest to that point comes first.
"""

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
MOVES = 100
"""The SKU's latest moves that picks are counted in."""
ZONES = 3
"""Of the zones that hold the SKU, how many are searched for an empty bin."""


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


LOOK = 60
"""Places that are looked at on one leg of the walk."""
LEGS = "'{0,1,2,4,8,16,32}'::bigint[], '{1,2,4,8,16,32,1000000}'::bigint[]"
"""From the target outward, in 64ths of the walk: close by first, then ever longer legs of which the beginning counts."""
ALL = "'{0}'::bigint[], '{1000000}'::bigint[]"
FAR = 1_500
"""Places that are looked at in each direction, one by one, before a warehouse counts as full."""

# `offset 0` and the sub-selects keep each a look into the index for one place, also where statistics are old or missing;
# as joins they may read all balances.
EMPTY = "not exists (select from balance b where b.location_id = l.id offset 0)"
OURS = "(select bool_and(b.shop_id = g.shop_id) from balance b where b.location_id = l.id and b.on_hand > 0)"
USED = """(select sum(b.on_hand * coalesce((select s.length_mm::bigint * s.width_mm * s.height_mm from sku s
  where (s.shop_id, s.id) = (b.shop_id, b.sku_id)), 0) / 1000.0) from balance b where b.location_id = l.id)"""
WHOLE = "l.capacity_ml is null or t.ml is null or l.capacity_ml >= g.quantity * t.ml"
ROOM = f"(l.capacity_ml is null or t.ml is null or l.capacity_ml >= coalesce({USED}, 0) + t.ml)"
PART = "l.capacity_ml >= t.ml and l.capacity_ml < g.quantity * t.ml"


def one_line(sql: str) -> str:
    """Without its indentation: the driver keeps no prepared statement that is longer than 15 KiB."""
    return " ".join(sql.split())


def _outward(test: str, *, zone: bool = False, legs: str = LEGS, look: int = LOOK) -> str:
    """SQL: from the target ``t``, the first places up the walk that pass the test, and the first down it."""

    def way(near: str, far: str, order: str) -> str:
        return f"""(
      select l.* from unnest({legs}) as leg(a, b) cross join lateral (
        select l.id, l.code, l.kind, l.walk, l.zone_id, l.capacity_ml from location l
        where l.warehouse_id = q.warehouse_id and l.kind = t.kind and l.locked_at is null
          and l.zone_id {"= h.zone_id" if zone else "is distinct from t.cross_dock"}
          and l.walk {near} and l.walk {far}
        order by l.walk {order}, l.id {order} limit {look}
      ) l where {test} limit q.places)"""

    up = way(">= t.at + leg.a * t.unit", "< t.at + leg.b * t.unit", "asc")
    down = way("< t.at - leg.a * t.unit", ">= t.at - leg.b * t.unit", "desc")
    return f"cross join lateral ({up} union all {down}) l"


# The cost follows the candidates, not the bins: those that hold the SKU are found by its balances, empty ones by walking
# from the target up and down the index until there are enough. What is seldom needed (a bin that takes a part, the
# reserve, shared bins, a search of thousands of bins) is only run when what comes before it did not give enough. The
# parameters are read through sub-selects, so that one plan serves all calls: to plan takes longer than to do.
SUGGEST = one_line(f"""
select g.o::int - 1 as ask, x.id as location_id, x.code as location, x.why,
       least(g.quantity, coalesce(x.fits, g.quantity))::int as quantity, x.fits::int as fits, x.orders, x.walk
from unnest((select $1::int[]), (select $2::bigint[]), (select $3::int[]), (select $4::bigint[]), (select $5::text[]))
     with ordinality as g(shop_id, sku_id, quantity, lot_id, status, o)
cross join (select $6::int as warehouse_id, $7::timestamptz as since, $8::int as places offset 0) q
cross join lateral (
  with asked as materialized (
    select s.lot_policy <> 'none' as tracked,
           nullif(s.length_mm::bigint * s.width_mm * s.height_mm, 0) / 1000.0 as ml,
           (select z.id from zone z where z.warehouse_id = q.warehouse_id and z.code = '{CROSS_DOCK}') as cross_dock
    from sku s where (s.shop_id, s.id) = (g.shop_id, g.sku_id)
  ), pace as (
    select case when count(*) filter (where m.reason = 'picking' and m.at > q.since) >= {FAST} then 0.0
                when count(*) filter (where m.reason = 'picking' and m.at > q.since) >= {MEDIUM} then 0.3 else 0.7 end as aim
    from (select m.id from move m where (m.shop_id, m.sku_id) = (g.shop_id, g.sku_id)
          order by m.id desc limit {MOVES}) late join move m on (m.shop_id, m.id) = (g.shop_id, late.id)
  ), demand as (
    select count(distinct o.id)::int as orders, sum(n.quantity - n.cancelled - n.allocated - n.picked) as units
    from order_line n join orders o on (o.shop_id, o.id) = (n.shop_id, n.order_id)
    where (n.shop_id, n.sku_id) = (g.shop_id, g.sku_id) and not n.kit
      and n.quantity - n.cancelled - n.allocated - n.picked > 0 and g.status = 'sellable'
      and o.warehouse_id = q.warehouse_id and o.state in ('received', 'backordered')
  ), target as materialized (
    select e.kind, asked.ml, asked.tracked, asked.cross_dock, greatest((e.last - e.first) / 64 + 1, 1)::bigint as unit,
           (e.first + round((e.last - e.first) * pace.aim))::bigint as at
    from asked, pace, lateral (
      select k.kind,
             (select l.walk from location l where l.warehouse_id = q.warehouse_id and l.kind = k.kind and l.locked_at is null
                and l.zone_id is distinct from asked.cross_dock order by l.walk, l.id limit 1) as first,
             (select l.walk from location l where l.warehouse_id = q.warehouse_id and l.kind = k.kind and l.locked_at is null
                and l.zone_id is distinct from asked.cross_dock order by l.walk desc, l.id desc limit 1) as last
      from (values ('bin'), ('reserve')) k(kind)
    ) e where g.status = 'sellable'
  ), mine as (
    select b.location_id, bool_or(b.lot_id = g.lot_id) as same_lot
    from balance b where (b.shop_id, b.sku_id) = (g.shop_id, g.sku_id) and b.on_hand > 0 and b.real
    group by 1
  ), held as materialized (
    select l.id, l.code, l.kind, l.walk, l.zone_id, l.capacity_ml, m.same_lot, t.tracked, {USED} as used
    from mine m cross join lateral (select * from location l where l.id = m.location_id offset 0) l
    join target t on t.kind = l.kind
    where l.warehouse_id = q.warehouse_id and l.locked_at is null and l.zone_id is distinct from t.cross_dock
  ), home as materialized (
    select zone_id from held where zone_id is not null group by 1 order by count(*) desc, 1 limit {ZONES}
  ), empty_bin as materialized (
    select l.* from target t {_outward(f"({WHOLE}) and {EMPTY}")} where t.kind = 'bin'
    union
    select l.* from target t cross join home h {_outward(f"({WHOLE}) and {EMPTY}", zone=True)} where t.kind = 'bin'
  ), other as materialized (
    select l.* from (values ('bin', false), ('reserve', true), ('reserve', false)) r(kind, whole)
    join target t on t.kind = r.kind {_outward(f"case when r.whole then {WHOLE} else {PART} end and {EMPTY}")}
    where (select count(*) from empty_bin) < q.places
  ), far as materialized (
    select l.* from target t {_outward(f"({WHOLE} or {PART}) and {EMPTY}", legs=ALL, look=FAR)}
    where t.kind = 'bin' and not exists (select from empty_bin) and not exists (select from other where kind = 'bin')
  ), free as materialized (
    select * from empty_bin union all select * from other union all select * from far
  ), shared as (
    select l.*, {USED} as used from target t {_outward(f"{OURS} and {ROOM}")}
    where t.kind = 'bin' and not exists (select from free where kind = 'bin') and l.id not in (select id from held)
  ), candidate as (
    select h.id, h.code, h.kind, h.walk, h.zone_id, h.capacity_ml, coalesce(h.used, 0) as used,
           case when h.same_lot then 1 when h.tracked then 4 else 2 end as class,
           case when h.same_lot then 'same_lot' else 'same_sku' end as why
    from held h
    union all
    select id, code, kind, walk, zone_id, capacity_ml, 0, case kind when 'bin' then 3 else 6 end,
           case kind when 'bin' then 'empty' else 'reserve' end from free
    union all
    select id, code, kind, walk, zone_id, capacity_ml, coalesce(used, 0), 5, 'shared' from shared
  ), ranked as (
    select s.*, row_number() over (
             order by coalesce(s.fits, g.quantity) < g.quantity, s.class,
                      not exists (select from held h where h.zone_id = s.zone_id), s.away, s.walk, s.id
           ) as n
    from (
      select c.*, abs(c.walk - t.at) as away, case when t.ml is not null and c.capacity_ml is not null
               then floor(greatest(c.capacity_ml - c.used, 0) / t.ml) end as fits
      from candidate c join target t on t.kind = c.kind
    ) s where s.fits is null or s.fits > 0
  )
  select l.id, l.code, l.walk, 'cross_dock' as why, least(d.units, g.quantity) as fits, d.orders, 0 as n
  from demand d, location l join zone z on z.id = l.zone_id
  where d.units > 0 and l.warehouse_id = q.warehouse_id and l.kind = 'bin' and l.locked_at is null
    and z.warehouse_id = q.warehouse_id and z.code = '{CROSS_DOCK}'
  union all
  select l.id, l.code, l.walk, 'quarantine', null, 0, 0
  from location l where l.warehouse_id = q.warehouse_id and l.kind = 'quarantine' and g.status <> 'sellable'
  union all
  select r.id, r.code, r.walk, r.why, r.fits, 0, r.n from ranked r where r.n <= q.places
) x
order by g.o, x.n, x.id
""")


async def suggest(tx: Tx, warehouse_id: int, asks: Sequence[Ask], *, limit: int = 5) -> list[Place]:
    """Up to ``limit`` places for each of the goods, best first, and the cross-dock before them where orders wait.

    Order: places that take all of it before those that take a part; the SKU's own bins (same lot), an empty bin (in a
    zone that holds the SKU first), a bin with another lot, a bin shared with other goods of the shop, the reserve.
    Bins are shared only where no empty one is found: in samples of the whole walk, then among the 1,500 bins on each
    side of the target. The reserve is looked at only where too few empty bins take all of it.
    Never a locked place; goods that are not sellable have the quarantine.
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
