"""Which pick faces want goods, and from where: one statement for one warehouse or for all."""

from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.kernel.refusals import NotFound


class Planned(msgspec.Struct, frozen=True):
    """``made`` new tasks for ``units`` pieces; ``voided`` old ones whose goods or places are gone."""

    made: int
    units: int
    voided: int


# One planner of a warehouse at a time: the second waits here, and its statement then sees the first one's tasks.
ONE_AT_A_TIME = "select id from warehouse where $1::bigint is null or id = $1 order by id for no key update"

# Faces that want goods and reserve places that have them are laid beside each other as two rulers for each SKU: want i
# covers [d0, d1) of the demand, place j covers [s0, s1) of the supply in FEFO/FIFO order (the emptiest pallet first among
# equals); where they overlap, j fills i. What open tasks are to fetch or to bring counts as fetched and as brought.
PLAN = """
with live as materialized (
  select r.shop_id, r.id, r.sku_id, r.lot_id, r.from_location_id, r.from_hu_id, r.to_location_id, r.quantity,
         r.state = 'waiting' and (f.locked_at is not null or d.locked_at is not null
           or not exists (select from pick_face x where (x.shop_id, x.sku_id, x.location_id) = (r.shop_id, r.sku_id, r.to_location_id))
           or coalesce((select b.on_hand - b.allocated from balance b
                where (b.shop_id, b.sku_id, b.location_id, b.hu_id, b.lot_id, b.status)
                    = (r.shop_id, r.sku_id, r.from_location_id, r.from_hu_id, r.lot_id, 'sellable')), 0)
              < sum(r.quantity) over (partition by r.shop_id, r.sku_id, r.from_location_id, r.from_hu_id, r.lot_id
                                      order by r.state, r.due_at nulls last, r.id)) as stale
  from replenishment r join location f on f.id = r.from_location_id join location d on d.id = r.to_location_id
  where r.state in ('waiting', 'claimed') and ($1::bigint is null or r.warehouse_id = $1)
), voided as (
  update replenishment r set state = 'void', done_at = $2 from live
  where live.stale and (r.shop_id, r.id) = (live.shop_id, live.id) and r.state = 'waiting'
  returning r.id
), coming as materialized (
  select shop_id, sku_id, to_location_id as location_id, sum(quantity) as units from live where not stale group by 1, 2, 3
), fetched as materialized (
  select shop_id, sku_id, from_location_id as location_id, from_hu_id as hu_id, lot_id, sum(quantity) as units
  from live where not stale group by 1, 2, 3, 4, 5
), place as materialized (
  select f.shop_id, f.sku_id, f.location_id, f.min, f.max, l.warehouse_id, l.walk, s.min_days_left
  from pick_face f join location l on l.id = f.location_id join shop s on s.id = f.shop_id
  where l.pickable and l.locked_at is null and ($1::bigint is null or l.warehouse_id = $1)
), held as materialized (
  select p.shop_id, p.sku_id, p.location_id, sum(b.on_hand) as units,
         sum(b.on_hand - b.allocated) filter (where t.expires_on is null or t.expires_on >= $2::date + p.min_days_left) as free
  from place p join balance b on (b.shop_id, b.sku_id, b.location_id, b.status) = (p.shop_id, p.sku_id, p.location_id, 'sellable')
  left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id) group by 1, 2, 3
), face as materialized (
  select p.*, coalesce(h.units, 0) as units, coalesce(h.free, 0) as free, coalesce(c.units, 0) as coming
  from place p left join held h using (shop_id, sku_id, location_id) left join coming c using (shop_id, sku_id, location_id)
), covered as materialized (
  select shop_id, sku_id, warehouse_id, sum(free + coming) as units from face group by 1, 2, 3
), missing as materialized (
  select n.shop_id, n.sku_id, o.warehouse_id, min(o.ship_by) as due_at,
         sum(n.quantity - n.cancelled - n.allocated - n.picked) as units
  from order_line n join orders o on (o.shop_id, o.id) = (n.shop_id, n.order_id) join warehouse w on w.id = o.warehouse_id
  where not n.kit and n.quantity - n.cancelled - n.allocated - n.picked > 0
    and o.state in ('received', 'backordered', 'allocated') and ($1::bigint is null or o.warehouse_id = $1)
    and o.ship_by < (($2::timestamptz at time zone w.timezone)::date + 1)::timestamp at time zone w.timezone
  group by 1, 2, 3
), orders_wait as materialized (
  select m.shop_id, m.sku_id, m.warehouse_id, m.due_at, m.units - c.units as units
  from missing m join covered c using (shop_id, sku_id, warehouse_id) where m.units > c.units
), wanted as (
  select f.shop_id, f.sku_id, f.warehouse_id, f.min_days_left, f.location_id, f.walk,
         d.due_at, coalesce(d.units, 0) as demand,
         case when f.free + f.coming < f.min then greatest(f.max - f.units - f.coming, 0) else 0 end as refill
  from (select *, row_number() over (partition by shop_id, sku_id, warehouse_id order by walk, location_id) as n from face) f
  left join orders_wait d on f.n = 1 and (d.shop_id, d.sku_id, d.warehouse_id) = (f.shop_id, f.sku_id, f.warehouse_id)
), demand as materialized (
  select w.*, greatest(w.demand, w.refill) as q, sum(greatest(w.demand, w.refill)) over k as d1
  from wanted w where greatest(w.demand, w.refill) > 0
  window k as (partition by w.shop_id, w.sku_id, w.warehouse_id order by w.due_at nulls last, w.walk, w.location_id)
), supply as materialized (
  select z.*, sum(z.free) over k as s1
  from (
    select b.shop_id, b.id, b.sku_id, g.warehouse_id, b.location_id, b.hu_id, b.lot_id, l.walk, b.since, t.expires_on,
           b.on_hand - b.allocated - coalesce(v.units, 0) as free
    from (select distinct shop_id, sku_id, warehouse_id, min_days_left from demand) g
    join balance b on (b.shop_id, b.sku_id) = (g.shop_id, g.sku_id)
    join location l on (l.id, l.warehouse_id) = (b.location_id, g.warehouse_id)
    left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id)
    left join fetched v on (v.shop_id, v.sku_id, v.location_id, v.hu_id, v.lot_id)
                         = (b.shop_id, b.sku_id, b.location_id, b.hu_id, b.lot_id)
    where b.status = 'sellable' and b.on_hand > b.allocated and l.kind = 'reserve' and l.locked_at is null
      and (t.expires_on is null or t.expires_on >= $2::date + g.min_days_left)
  ) z where z.free > 0
  window k as (partition by z.shop_id, z.sku_id, z.warehouse_id
               order by z.expires_on nulls last, z.since::date, z.free, z.walk, z.location_id, z.id)
), made as (
  insert into replenishment (shop_id, warehouse_id, sku_id, lot_id, from_location_id, from_hu_id, to_location_id, quantity,
                             reason, due_at, planned_at)
  select d.shop_id, d.warehouse_id, d.sku_id, s.lot_id, s.location_id, s.hu_id, d.location_id,
         least(d.d1, s.s1) - greatest(d.d1 - d.q, s.s1 - s.free), case when d.demand > 0 then 'demand' else 'min' end,
         d.due_at, $2
  from demand d join supply s on (s.shop_id, s.sku_id, s.warehouse_id) = (d.shop_id, d.sku_id, d.warehouse_id)
    and s.s1 - s.free < d.d1 and d.d1 - d.q < s.s1
  order by d.due_at nulls last, s.walk, s.expires_on nulls last, s.id
  returning warehouse_id, quantity
)
select (select count(*) from voided)::int as voided,
       (select coalesce(jsonb_agg(to_jsonb(m)), '[]') from (
          select warehouse_id, count(*) as made, sum(quantity) as units from made group by 1 order by 1) m) as made
"""


async def plan_replenishments(tx: Tx, warehouse_id: int | None = None) -> Planned:
    """Makes the tasks that are missing, in one warehouse or in all; a second call finds nothing left to plan.

    Raises ``NotFound`` for an unknown warehouse.
    """
    if not await tx.rows(ONE_AT_A_TIME, warehouse_id) and warehouse_id is not None:
        raise NotFound(what="warehouse", ref=warehouse_id)
    row = await tx.row(PLAN, warehouse_id, tx.now)
    assert row is not None
    made: list[dict[str, Any]] = row["made"]
    await record_all(
        tx,
        [
            Event(
                kind="replenishment.planned",
                subject="warehouse",
                subject_id=m["warehouse_id"],
                data={"made": m["made"], "units": m["units"]},
            )
            for m in made
        ],
    )
    return Planned(
        made=sum(m["made"] for m in made), units=sum(m["units"] for m in made), voided=row["voided"]
    )
