"""The two statements of a look-up: what has this code, and what is in it and going on with it."""

MOST_THINGS = 6
MOST_LINES = 50
MOST_GOING_ON = 20

# Each branch finds by one index. The parameters are read through sub-selects, so that one plan serves all calls: to plan
# takes longer than to find. $1: the code's spellings, $2: GTINs, $3: SSCC, $4: the warehouse (null: any).
FIND = f"""
with hit as (
  select 1 as rank, 'location' as kind, 0 as shop_id, l.id from location l cross join (select $4::bigint as warehouse_id offset 0) q
  where l.code = any((select $1::text[])::text[]) and (q.warehouse_id is null or l.warehouse_id = q.warehouse_id)
  union
  select 2, 'unit', 0, h.id from handling_unit h where h.kind <> 'parcel' and (h.code = any((select $1::text[])::text[]) or h.sscc = (select $3::text))
  union
  select 3, 'parcel', p.shop_id, p.id from parcel p where p.tracking_number = any((select $1::text[])::text[])
  union
  select 3, 'parcel', p.shop_id, p.id from parcel p where p.sscc = (select $3::text)
  union
  select 3, 'parcel', p.shop_id, p.id from handling_unit h join parcel p on p.hu_id = h.id
  where h.kind = 'parcel' and (h.code = any((select $1::text[])::text[]) or h.sscc = (select $3::text))
  union
  select 4, 'order', o.shop_id, o.id from orders o where o.number = any((select $1::text[])::text[])
  union
  select 5, 'sku', b.shop_id, b.sku_id from barcode b where b.gtin = any((select $2::text[])::text[])
  union
  select 5, 'sku', b.shop_id, b.sku_id from barcode b where b.code = any((select $1::text[])::text[])
  union
  select 5, 'sku', s.shop_id, s.id from sku s where s.code = any((select $1::text[])::text[])
  union
  select 6, 'rma', r.shop_id, r.id from rma r where r.number = any((select $1::text[])::text[]) or r.tracking_number = any((select $1::text[])::text[])
  union
  select 7, 'asn', a.shop_id, a.id from asn a where a.number = any((select $1::text[])::text[])
  union
  select 8, 'receipt', r.shop_id, r.id from receipt r where r.number = any((select $1::text[])::text[])
  union
  select 9, 'lot', t.shop_id, t.id from lot t where t.serial = any((select $1::text[])::text[])
  union
  select 9, 'lot', t.shop_id, t.id from lot t where t.code = any((select $1::text[])::text[])
), few as materialized (
  select * from hit order by rank, shop_id, id desc limit {MOST_THINGS + 1}
)
select f.kind, f.shop_id, f.id, sh.code as shop, x.ref, x.facts
from few f left join shop sh on sh.id = f.shop_id
cross join lateral (
  select l.code as ref, jsonb_build_object('warehouse', w.code, 'kind', l.kind, 'zone', z.code, 'aisle', l.aisle,
           'pickable', l.pickable, 'capacity_ml', l.capacity_ml, 'locked', l.lock_reason) as facts
  from location l join warehouse w on w.id = l.warehouse_id left join zone z on z.id = l.zone_id
  where f.kind = 'location' and l.id = f.id
  union all
  select h.code, jsonb_build_object('kind', h.kind, 'sscc', h.sscc, 'warehouse', w.code, 'stands_at', l.code)
  from handling_unit h join warehouse w on w.id = h.warehouse_id left join location l on l.id = h.location_id
  where f.kind = 'unit' and h.id = f.id
  union all
  select coalesce(p.tracking_number, h.code), jsonb_build_object('order', o.number, 'no', p.no, 'state', p.state,
           'carrier', c.name, 'service', p.service, 'tracking_number', p.tracking_number, 'sscc', p.sscc,
           'carton', p.carton_code, 'weight_g', p.weight_g, 'stands_at', l.code)
  from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join carrier c on c.id = p.carrier_id
  join handling_unit h on h.id = p.hu_id left join location l on l.id = h.location_id
  where f.kind = 'parcel' and (p.shop_id, p.id) = (f.shop_id, f.id)
  union all
  select o.number, jsonb_build_object('state', o.state, 'kind', o.kind, 'ship_by', o.ship_by, 'carrier', coalesce(c.name, '–'),
           'service', o.service, 'priority', o.priority, 'city', o.city, 'warehouse', w.code)
  from orders o left join carrier c on c.id = o.carrier_id join warehouse w on w.id = o.warehouse_id
  where f.kind = 'order' and (o.shop_id, o.id) = (f.shop_id, f.id)
  union all
  select s.code, jsonb_build_object('name', s.name, 'lot_policy', s.lot_policy, 'serial_tracked', s.serial_tracked,
           'weight_g', s.weight_g, 'size_mm', s.length_mm || ' × ' || s.width_mm || ' × ' || s.height_mm,
           'picture_url', s.picture_url, 'active', s.active,
           'barcodes', (select string_agg(b.code || case when b.quantity > 1 then ' (× ' || b.quantity || ')' else '' end, ', ')
                        from (select code, quantity from barcode b where (b.shop_id, b.sku_id) = (s.shop_id, s.id)
                              order by quantity, id limit 5) b))
  from sku s where f.kind = 'sku' and (s.shop_id, s.id) = (f.shop_id, f.id)
  union all
  select r.number, jsonb_build_object('kind', r.kind, 'state', r.state, 'order', coalesce(o.number, r.order_number),
           'tracking_number', r.tracking_number, 'announced_at', r.created_at, 'received_at', r.received_at, 'note', r.note)
  from rma r left join orders o on (o.shop_id, o.id) = (r.shop_id, r.order_id)
  where f.kind = 'rma' and (r.shop_id, r.id) = (f.shop_id, f.id)
  union all
  select a.number, jsonb_build_object('state', a.state, 'warehouse', w.code, 'expected_on', a.expected_on,
           'carrier', a.carrier, 'note', a.note)
  from asn a join warehouse w on w.id = a.warehouse_id where f.kind = 'asn' and (a.shop_id, a.id) = (f.shop_id, f.id)
  union all
  select r.number, jsonb_build_object('state', r.state, 'asn', a.number, 'stands_at', l.code, 'opened_at', r.opened_at,
           'closed_at', r.closed_at)
  from receipt r join location l on l.id = r.location_id left join asn a on (a.shop_id, a.id) = (r.shop_id, r.asn_id)
  where f.kind = 'receipt' and (r.shop_id, r.id) = (f.shop_id, f.id)
  union all
  select coalesce(t.serial, t.code), jsonb_build_object('name', s.name, 'sku', s.code, 'lot', nullif(t.code, ''), 'serial', t.serial,
           'expires_on', t.expires_on)
  from lot t join sku s on (s.shop_id, s.id) = (t.shop_id, t.sku_id)
  where f.kind = 'lot' and (t.shop_id, t.id) = (f.shop_id, f.id)
) x
order by f.rank, f.shop_id, f.id desc
"""

_BALANCE = """select b.shop_id, b.sku_id, b.lot_id, b.location_id, b.hu_id, b.status, b.on_hand::int as quantity,
           b.allocated::int as allocated, null::int as done from balance b"""
_PLACE = "null::bigint, null::bigint, null::text"

# For each thing, found by its key: lines of content, at most fifty, and what is going on.
DETAIL = f"""
select t.n::int as n, coalesce(c.lines, '[]') as contents, coalesce(c.total, 0)::int as total, coalesce(c.units, 0)::bigint as units,
       coalesce(g.going_on, '[]') as going_on
from unnest((select $1::text[]), (select $2::int[]), (select $3::bigint[])) with ordinality as t(kind, shop_id, id, n)
left join lateral (
  select jsonb_agg(jsonb_build_object('shop', sh.code, 'sku', s.code, 'name', s.name, 'quantity', y.quantity,
           'allocated', y.allocated, 'done', y.done, 'location', l.code, 'unit', h.code, 'lot', nullif(o.code, ''),
           'serial', o.serial, 'expires_on', o.expires_on, 'status', y.status) order by y.no) as lines,
         max(y.total) as total, max(y.units) as units
  from (
    select u.*, count(*) over () as total, sum(u.quantity) over () as units,
           row_number() over (order by u.shop_id, u.sku_id, u.location_id, u.hu_id, u.lot_id, u.status) as no
    from (
      {_BALANCE} where t.kind = 'location' and b.location_id = t.id and b.on_hand <> 0
      union all
      {_BALANCE} where t.kind = 'unit' and b.hu_id = t.id and b.hu_id <> 0 and b.real and b.on_hand > 0
      union all
      {_BALANCE} where t.kind = 'sku' and (b.shop_id, b.sku_id) = (t.shop_id, t.id) and b.real and b.on_hand > 0
      union all
      {_BALANCE} join lot z on (z.shop_id, z.id) = (b.shop_id, b.lot_id) and z.sku_id = b.sku_id
      where t.kind = 'lot' and (z.shop_id, z.id) = (t.shop_id, t.id) and b.real and b.on_hand > 0
      union all
      select i.shop_id, i.sku_id, i.lot_id, {_PLACE}, i.quantity, 0, null from parcel_item i
      where t.kind = 'parcel' and (i.shop_id, i.parcel_id) = (t.shop_id, t.id)
      union all
      select n.shop_id, n.sku_id, 0, {_PLACE}, n.quantity - n.cancelled, n.allocated, n.picked from order_line n
      where t.kind = 'order' and not n.kit and (n.shop_id, n.order_id) = (t.shop_id, t.id)
      union all
      select n.shop_id, n.sku_id, 0, {_PLACE}, n.quantity, 0, n.inspected from rma_line n
      where t.kind = 'rma' and (n.shop_id, n.rma_id) = (t.shop_id, t.id)
      union all
      select n.shop_id, n.sku_id, 0, {_PLACE}, n.quantity, 0, n.received from asn_line n
      where t.kind = 'asn' and (n.shop_id, n.asn_id) = (t.shop_id, t.id)
      union all
      select n.shop_id, n.sku_id, coalesce(n.lot_id, 0), null, n.hu_id, n.status, n.quantity, 0, null from receipt_line n
      where t.kind = 'receipt' and (n.shop_id, n.receipt_id) = (t.shop_id, t.id)
    ) u order by no limit {MOST_LINES}
  ) y
  join shop sh on sh.id = y.shop_id join sku s on (s.shop_id, s.id) = (y.shop_id, y.sku_id)
  left join location l on l.id = y.location_id left join handling_unit h on h.id = y.hu_id
  left join lot o on (o.shop_id, o.id) = (y.shop_id, y.lot_id)
) c on true
left join lateral (
  select jsonb_agg(jsonb_build_object('kind', v.kind, 'ref', v.ref, 'state', v.state, 'person', v.person,
           'quantity', v.quantity, 'at', v.at) order by v.at, v.ref) as going_on
  from (
    select 'locked' as kind, l.lock_reason as ref, null::text as state, null::text as person, null::int as quantity,
           l.locked_at as at from location l where t.kind = 'location' and l.id = t.id and l.locked_at is not null
    union all
    select 'count', k.id::text, k.state, p.name, null, k.opened_at from count_task k left join person p on p.id = k.person_id
    where t.kind = 'location' and k.location_id = t.id and k.state in ('open', 'counting')
    union all
    select 'pick', c.id::text, c.state, min(p.name), sum(k.quantity)::int, min(c.ship_by)
    from allocation a join pick_task k on (k.shop_id, k.allocation_id) = (a.shop_id, a.id) and k.state = 'open'
    join cluster c on c.id = k.cluster_id left join person p on p.id = c.person_id
    where t.kind = 'location' and a.location_id = t.id and a.open > 0 group by c.id
    union all
    select 'promised', count(distinct a.order_id)::text, null, null, sum(a.open)::int, min(a.at) from allocation a
    where t.kind = 'sku' and (a.shop_id, a.sku_id) = (t.shop_id, t.id) and a.open > 0 having count(*) > 0
    union all
    select 'backorder', count(distinct n.order_id)::text, null, null,
           sum(n.quantity - n.cancelled - n.allocated - n.picked)::int, min(o.ship_by)
    from order_line n join orders o on (o.shop_id, o.id) = (n.shop_id, n.order_id)
    where ((t.kind = 'sku' and (n.shop_id, n.sku_id) = (t.shop_id, t.id))
           or (t.kind = 'order' and (n.shop_id, n.order_id) = (t.shop_id, t.id)))
      and not n.kit and n.quantity - n.cancelled - n.allocated - n.picked > 0
      and o.state in ('received', 'on_hold', 'backordered', 'allocated', 'released', 'picking') having count(*) > 0
    union all
    select 'replenishment', d.code, r.state, p.name, r.quantity, coalesce(r.due_at, r.planned_at)
    from replenishment r join location d on d.id = r.to_location_id left join person p on p.id = r.person_id
    where r.state in ('waiting', 'claimed')
      and ((t.kind = 'location' and (r.from_location_id = t.id or r.to_location_id = t.id))
           or (t.kind = 'unit' and r.from_hu_id = t.id) or (t.kind = 'sku' and (r.shop_id, r.sku_id) = (t.shop_id, t.id)))
    union all
    select 'coming', a.number, a.state, null, sum(n.quantity)::int, a.expected_on::timestamptz
    from asn a join asn_line n on (n.shop_id, n.asn_id) = (a.shop_id, a.id)
    where t.kind = 'sku' and a.state in ('announced', 'receiving') and (n.shop_id, n.sku_id) = (t.shop_id, t.id)
    group by a.shop_id, a.id
    union all
    select 'cart', c.id::text, c.state, p.name, null, c.ship_by
    from (select distinct co.cluster_id from cluster_order co
          where (t.kind = 'unit' and co.tote_hu_id = t.id)
             or (t.kind = 'order' and (co.shop_id, co.order_id) = (t.shop_id, t.id))) co
    join cluster c on c.id = co.cluster_id left join person p on p.id = c.person_id
    where c.state in ('waiting', 'claimed')
    union all
    select 'packing', l.code, null, p.name, null, k.started_at
    from pack_session k join location l on l.id = k.station_id left join person p on p.id = k.person_id
    where k.done_at is null and ((t.kind = 'unit' and k.tote_hu_id = t.id)
      or (t.kind = 'order' and (k.shop_id, k.order_id) = (t.shop_id, t.id))
      or (t.kind = 'parcel' and (k.shop_id, k.parcel_id) = (t.shop_id, t.id)))
    union all
    select 'put_back', o.number, b.state, null, (b.quantity - b.done)::int, b.at
    from putback_task b join orders o on (o.shop_id, o.id) = (b.shop_id, b.order_id)
    where b.state = 'open' and ((t.kind = 'unit' and b.hu_id = t.id)
      or (t.kind = 'order' and (b.shop_id, b.order_id) = (t.shop_id, t.id)))
    union all
    select 'label', coalesce(b.error_code, ''), b.state, null, null, b.requested_at from label b
    where t.kind = 'parcel' and (b.shop_id, b.parcel_id) = (t.shop_id, t.id)
      and b.state in ('requested', 'accepted', 'failed', 'unknown')
    union all
    select 'manifest', coalesce(m.number, m.id::text), m.state, null, null, mp.loaded_at
    from manifest_parcel mp join manifest m on m.id = mp.manifest_id
    where t.kind = 'parcel' and (mp.shop_id, mp.parcel_id) = (t.shop_id, t.id) and mp.left_behind_at is null
    union all
    select 'hold', k.code, null, null, null, k.at
    from (select p.shop_id, p.order_id as id from parcel p where t.kind = 'parcel' and (p.shop_id, p.id) = (t.shop_id, t.id)
          union all select t.shop_id, t.id where t.kind = 'order') o
    join order_hold k on (k.shop_id, k.order_id) = (o.shop_id, o.id) where k.released_at is null
    union all
    select 'parcel', coalesce(p.tracking_number, p.no::text), p.state, null, p.units, p.opened_at from parcel p
    where t.kind = 'order' and (p.shop_id, p.order_id) = (t.shop_id, t.id) and p.state <> 'void'
    union all
    select 'return', r.number, r.state, null, null, r.created_at from rma r
    where (t.kind = 'order' and (r.shop_id, r.order_id) = (t.shop_id, t.id))
       or (t.kind = 'parcel' and (r.shop_id, r.parcel_id) = (t.shop_id, t.id))
    union all
    select 'receipt', r.number, r.state, p.name, null, r.opened_at from receipt r left join person p on p.id = r.person_id
    where t.kind = 'asn' and r.state = 'open' and (r.shop_id, r.asn_id) = (t.shop_id, t.id)
    limit {MOST_GOING_ON}
  ) v
) g on true
order by t.n
"""
