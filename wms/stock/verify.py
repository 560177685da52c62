"""The laws of stock, recomputed from the moves."""

from wms.db.tx import Tx
from wms.stock.deviation import Deviation

KEY = "shop_id, sku_id, location_id, hu_id, lot_id, status"
SHOW = """format('SKU %s at location %s, handling unit %s, lot %s, %s',
  {t}.sku_id, {t}.location_id, {t}.hu_id, {t}.lot_id, {t}.status)"""

# Both ends of the moves are summed on their own before they are joined: a million moves shrink to some ten thousand
# places in two parallel scans, and everything after that is small.
VERIFY = f"""
with moved as materialized (
  select {KEY}, sum(q)::bigint as on_hand from (
    select shop_id, sku_id, to_location_id as location_id, coalesce(to_hu_id, 0) as hu_id, coalesce(lot_id, 0) as lot_id,
           to_status as status, sum(quantity) as q
    from move where $1::int is null or shop_id = $1 group by 1, 2, 3, 4, 5, 6
    union all
    select shop_id, sku_id, from_location_id, coalesce(from_hu_id, 0), coalesce(lot_id, 0), from_status, -sum(quantity)
    from move where $1::int is null or shop_id = $1 group by 1, 2, 3, 4, 5, 6
  ) as ends group by {KEY}
), kept as materialized (
  select * from balance where $1::int is null or shop_id = $1
), promised as materialized (
  select {KEY}, sum(open)::bigint as open from allocation
  where open > 0 and ($1::int is null or shop_id = $1) group by {KEY}
), taken as materialized (
  select shop_id, allocation_id, sum(quantity)::bigint as quantity,
         count(distinct (sku_id, from_location_id, from_hu_id, lot_id, from_status, order_id, order_line_id)) as kinds,
         min(sku_id) as sku_id, min(from_location_id) as location_id, coalesce(min(from_hu_id), 0) as hu_id,
         coalesce(min(lot_id), 0) as lot_id, min(from_status) as status, min(order_id) as order_id,
         min(order_line_id) as order_line_id
  from move where allocation_id is not null and ($1::int is null or shop_id = $1) group by 1, 2
)
select 'balance' as law, coalesce(m.shop_id, b.shop_id) as shop_id,
       case when m.shop_id is null then {SHOW.format(t="b")} else {SHOW.format(t="m")} end as what,
       format('the moves make %s, the balance says %s', coalesce(m.on_hand, 0), coalesce(b.on_hand::text, 'nothing')) as detail
from moved m full join kept b using ({KEY})
where coalesce(m.on_hand, 0) <> coalesce(b.on_hand, 0)
union all
select 'allocated', coalesce(p.shop_id, b.shop_id),
       case when p.shop_id is null then {SHOW.format(t="b")} else {SHOW.format(t="p")} end,
       format('%s promised to orders, the balance says %s', coalesce(p.open, 0), coalesce(b.allocated, 0))
from promised p full join kept b using ({KEY})
where coalesce(p.open, 0) <> coalesce(b.allocated, 0)
union all
select 'not-promised-twice', b.shop_id, {SHOW.format(t="b")}, format('%s on hand, %s allocated', b.on_hand, b.allocated)
from kept b where b.allocated > b.on_hand and b.allocated > 0
union all
select 'sum-zero', shop_id, 'SKU ' || sku_id, format('all places together hold %s', sum(on_hand))
from kept group by shop_id, sku_id having sum(on_hand) <> 0
union all
select 'not-negative', m.shop_id, {SHOW.format(t="m")}, format('the moves make %s', m.on_hand)
from moved m join location l on l.id = m.location_id where l.real and m.on_hand < 0
union all
select 'balance-flags', b.shop_id, {SHOW.format(t="b")}, 'real or serialised is not what the location and the lot say'
from kept b left join location l on l.id = b.location_id left join lot t on (t.shop_id, t.id) = (b.shop_id, b.lot_id)
where b.real is distinct from l.real or b.serialised is distinct from (t.serial is not null)
union all
select 'lot-of-sku', m.shop_id, {SHOW.format(t="m")}, 'the lot is of another SKU'
from moved m left join lot t on (t.shop_id, t.id, t.sku_id) = (m.shop_id, m.lot_id, m.sku_id)
where m.lot_id <> 0 and t.id is null
union all
select 'serial-once', m.shop_id, 'lot ' || m.lot_id, format('serial %s is in stock %s times', min(t.serial), sum(m.on_hand))
from moved m join location l on l.id = m.location_id join lot t on (t.shop_id, t.id) = (m.shop_id, m.lot_id)
where l.real and t.serial is not null and m.on_hand > 0 group by m.shop_id, m.lot_id having sum(m.on_hand) > 1
union all
select 'allocation-settled', coalesce(a.shop_id, t.shop_id), 'allocation ' || coalesce(a.id, t.allocation_id),
       format('the moves took %s, the allocation says %s', coalesce(t.quantity, 0), coalesce(a.settled::text, 'nothing'))
from (select * from allocation where $1::int is null or shop_id = $1) a
full join taken t on (t.shop_id, t.allocation_id) = (a.shop_id, a.id)
where coalesce(a.settled, -1) <> coalesce(t.quantity, 0)
union all
select 'allocation-place', a.shop_id, 'allocation ' || a.id, 'a move settled it with other goods, or for another order'
from allocation a join taken t on (t.shop_id, t.allocation_id) = (a.shop_id, a.id)
where t.kinds > 1 or (t.sku_id, t.location_id, t.hu_id, t.lot_id, t.status, t.order_id, t.order_line_id)
   is distinct from (a.sku_id, a.location_id, a.hu_id, a.lot_id, a.status, a.order_id, a.order_line_id)
union all
select 'allocation-phases', a.shop_id, 'allocation ' || a.id, format('%s of %s settled, %s voided', settled, quantity, voided)
from allocation a where ($1::int is null or a.shop_id = $1) and (settled < 0 or voided < 0 or settled + voided > quantity)
order by 2, 1, 3 limit 1000
"""


async def verify_stock(tx: Tx, shop_id: int | None = None) -> list[Deviation]:
    """Checks every law of stock for one shop or for all; the first 1,000 deviations, none when all is well.

    One statement and so one moment: it may run while the warehouse works.
    """
    return await tx.all(Deviation, VERIFY, shop_id)
