"""The SQL of the ledger's verbs, each one statement for one row or for a thousand.

A single move, as every scan makes one, has a statement of its own.
"""

# What the digest covers: every column of a move, in this order. The verifier uses the same text. Free texts are quoted,
# so that no text can pass for the columns beside it, and an empty one is not the same as none.
DIGEST = """sha256(convert_to(format('%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%s|%L|%s|%s|%s|%L|%s|%s|%s',
  {m}.shop_id, {m}.id, extract(epoch from {m}.at), {m}.sku_id, {m}.lot_id, {m}.quantity, {m}.from_location_id,
  {m}.from_hu_id, {m}.from_status, {m}.to_location_id, {m}.to_hu_id, {m}.to_status, {m}.reason, {m}.order_id,
  {m}.order_line_id, {m}.allocation_id, {m}.doc, {m}.person_id, {m}.device_id, {m}.scan_id), 'UTF8'))"""

WRITE = f"""insert into move (shop_id, id, at, sku_id, lot_id, quantity, from_location_id, from_hu_id, from_status,
                    to_location_id, to_hu_id, to_status, reason, order_id, order_line_id, allocation_id, doc,
                    person_id, device_id, scan_id, digest)
  select n.shop_id, n.id, n.at, n.sku_id, n.lot_id, n.quantity, n.from_location_id, n.from_hu_id, n.from_status,
         n.to_location_id, n.to_hu_id, n.to_status, n.reason, n.order_id, n.order_line_id, n.allocation_id, n.doc,
         n.person_id, n.device_id, n.scan_id, {DIGEST.format(m="n")}
  from numbered n
  returning id"""

# What the parts rely on:
# - `after` brings `delta` and `held` together by grouping, because a join of two sets of unknown size is planned as a
#   nested loop, which is quadratic for a thousand moves.
# - the arrays are looked at through sub-selects: else the planner sees how short they are, finds a plan for each call
#   cheaper than one for all, and plans for 4 ms what takes 1 ms to do.
# - `delta` waits for `settled`, so that allocations are locked before balances.
# - `numbered` comes after the locks: moves of one balance are numbered and dated in the order in which they happened.
# - `born` waits for `emptied`: a serial number leaves one place before it is at the next.
POST = f"""
with m as materialized (
  select u.ordinality as n, u.shop_id, u.sku_id, nullif(u.lot, 0) as lot_id, u.quantity,
         u.from_location as from_location_id, nullif(u.from_hu, 0) as from_hu_id, u.from_status,
         u.to_location as to_location_id, nullif(u.to_hu, 0) as to_hu_id, u.to_status, u.reason, u.order_id,
         u.order_line_id, u.allocation_id, u.doc
  from unnest((select $1::int[]), (select $2::bigint[]), (select $3::bigint[]), (select $4::int[]),
              (select $5::bigint[]), (select $6::bigint[]), (select $7::text[]), (select $8::bigint[]),
              (select $9::bigint[]), (select $10::text[]), (select $11::text[]), (select $12::bigint[]),
              (select $13::bigint[]), (select $14::bigint[]), (select $15::text[])) with ordinality
       as u(shop_id, sku_id, lot, quantity, from_location, from_hu, from_status, to_location, to_hu, to_status,
            reason, order_id, order_line_id, allocation_id, doc, ordinality)
), promised as materialized (
  select a.shop_id, a.id, a.open, a.sku_id, a.location_id, a.hu_id, a.lot_id, a.status, a.order_id, a.order_line_id
  from allocation a join (select distinct shop_id, allocation_id from m where allocation_id is not null) w
    on (a.shop_id, a.id) = (w.shop_id, w.allocation_id)
  order by a.shop_id, a.id for update of a
), settled as materialized (
  select m.shop_id, m.allocation_id, sum(m.quantity) as quantity, coalesce(min(p.open), 0) < sum(m.quantity) as late,
         bool_or((p.sku_id, p.location_id, p.hu_id, p.lot_id, p.status) is distinct from
                 (m.sku_id, m.from_location_id, coalesce(m.from_hu_id, 0), coalesce(m.lot_id, 0), m.from_status)
                 or p.order_id <> m.order_id or p.order_line_id <> m.order_line_id) as elsewhere
  from m left join promised p on (p.shop_id, p.id) = (m.shop_id, m.allocation_id)
  where m.allocation_id is not null group by 1, 2
), delta as materialized (
  select shop_id, sku_id, location_id, hu_id, lot_id, status, sum(q)::bigint as q, sum(a)::bigint as a
  from (
    select shop_id, sku_id, from_location_id, coalesce(from_hu_id, 0), coalesce(lot_id, 0), from_status, -quantity,
           case when allocation_id is null then 0 else -quantity end from m
    union all
    select shop_id, sku_id, to_location_id, coalesce(to_hu_id, 0), coalesce(lot_id, 0), to_status, quantity, 0 from m
  ) as s(shop_id, sku_id, location_id, hu_id, lot_id, status, q, a)
  where (select count(*) from settled) >= 0
  group by 1, 2, 3, 4, 5, 6
), held as materialized (
  select b.id, b.on_hand, b.allocated, b.shop_id, b.sku_id, b.location_id, b.hu_id, b.lot_id, b.status
  from balance b join delta d
    on (b.shop_id, b.sku_id, b.location_id, b.hu_id, b.lot_id, b.status)
     = (d.shop_id, d.sku_id, d.location_id, d.hu_id, d.lot_id, d.status)
  order by b.shop_id, b.id for update of b
), beside as (
  select shop_id, sku_id, location_id, hu_id, lot_id, status, q, a, null::bigint as balance_id,
         0::bigint as on_hand, 0::bigint as allocated from delta
  union all
  select shop_id, sku_id, location_id, hu_id, lot_id, status, 0, 0, id, on_hand, allocated from held
), after as materialized (
  select b.*, l.real, lot.serial is not null as serialised, b.lot_id <> 0 and lot.id is null as no_lot
  from (
    select shop_id, sku_id, location_id, hu_id, lot_id, status, sum(q)::bigint as q, max(balance_id) as balance_id,
           (sum(on_hand) + sum(q))::bigint as on_hand, (sum(allocated) + sum(a))::bigint as allocated
    from beside group by 1, 2, 3, 4, 5, 6
  ) b
  left join location l on l.id = b.location_id
  left join lot on (lot.shop_id, lot.id, lot.sku_id) = (b.shop_id, b.lot_id, b.sku_id)
), short as materialized (
  select shop_id, sku_id, location_id, hu_id, lot_id, status, -q as wanted,
         greatest(on_hand - q - greatest(allocated, 0), 0) as available
  from after where real and (on_hand < 0 or allocated < 0 or allocated > on_hand)
), fine as materialized (
  select not (late or elsewhere or short or unknown) as ok, late, elsewhere
  from (select exists (select from settled where late) as late, exists (select from settled where elsewhere) as elsewhere,
               exists (select from short) as short, exists (select from after where real is null or no_lot) as unknown) f
), changed as (
  update balance b set on_hand = a.on_hand, allocated = a.allocated
  from after a, fine
  where fine.ok and b.shop_id = a.shop_id and b.id = a.balance_id and not (a.on_hand = 0 and a.allocated = 0)
), emptied as (
  delete from balance b using after a, fine
  where fine.ok and b.shop_id = a.shop_id and b.id = a.balance_id and a.on_hand = 0 and a.allocated = 0
  returning b.id
), born as (
  insert into balance (shop_id, sku_id, location_id, hu_id, lot_id, status, real, serialised, on_hand)
  select shop_id, sku_id, location_id, hu_id, lot_id, status, real, serialised, q
  from after, fine where fine.ok and balance_id is null and q <> 0 and (select count(*) from emptied) >= 0
  order by shop_id, sku_id, location_id, hu_id, lot_id, status
  on conflict on constraint uq_balance_key do update set on_hand = balance.on_hand + excluded.on_hand
), done as (
  update allocation a set settled = a.settled + s.quantity
  from settled s, fine where fine.ok and (a.shop_id, a.id) = (s.shop_id, s.allocation_id)
), numbered as materialized (
  select nextval('move_id_seq') as id, clock_timestamp() as at, m.shop_id, m.sku_id, m.lot_id, m.quantity,
         m.from_location_id, m.from_hu_id, m.from_status, m.to_location_id, m.to_hu_id, m.to_status, m.reason,
         coalesce(m.order_id, p.order_id) as order_id, coalesce(m.order_line_id, p.order_line_id) as order_line_id,
         m.allocation_id, m.doc, $16::bigint as person_id, $17::bigint as device_id, $18::uuid as scan_id
  from fine join m on fine.ok left join promised p on (p.shop_id, p.id) = (m.shop_id, m.allocation_id)
  order by m.n
), written as (
  {WRITE}
)
select fine.ok, fine.late, fine.elsewhere, (select array_agg(id order by id) from written) as ids,
       (select jsonb_agg(to_jsonb(s) order by s.shop_id, s.sku_id, s.location_id, s.hu_id) from short s) as short
from fine
"""

# The same for one move, as every scan posts it: its two ends are known beforehand, so that nothing is to be grouped, and
# the statement is a third of the size. Starting a plan costs PostgreSQL more than running it here.
POST_ONE = f"""
with promised as materialized (
  select a.open, a.order_id, a.order_line_id,
         (a.sku_id, a.location_id, a.hu_id, a.lot_id, a.status) is distinct from
           ($2::bigint, $5::bigint, $6::bigint, $3::bigint, $7::text)
         or a.order_id <> $12::bigint or a.order_line_id <> $13::bigint as elsewhere
  from allocation a where a.shop_id = $1::int and a.id = $14::bigint for update
), held as materialized (
  select b.id, e.source, b.on_hand, b.allocated
  from (values (true, $5, $6, $7), (false, $8::bigint, $9::bigint, $10::text)) as e(source, location_id, hu_id, status)
  join balance b on (b.shop_id, b.sku_id, b.location_id, b.hu_id, b.lot_id, b.status)
    = ($1, $2, e.location_id, e.hu_id, $3, e.status)
  where (select count(*) from promised) >= 0
  order by b.id for update of b
), after as materialized (
  select e.*, h.id as balance_id, coalesce(h.on_hand, 0) + e.q as on_hand, coalesce(h.allocated, 0) + e.a as allocated,
         l.real, lot.serial is not null as serialised, $3 <> 0 and lot.id is null as no_lot
  from (values (true, $5, $6, $7, -$4::bigint, case when $14 is null then 0 else -$4 end), (false, $8, $9, $10, $4, 0))
       as e(source, location_id, hu_id, status, q, a)
  left join held h on h.source = e.source
  left join location l on l.id = e.location_id
  left join lot on (lot.shop_id, lot.id, lot.sku_id) = ($1, $3, $2)
), short as materialized (
  select $1 as shop_id, $2 as sku_id, location_id, hu_id, $3 as lot_id, status, -q as wanted,
         greatest(on_hand - q - greatest(allocated, 0), 0) as available
  from after where real and (on_hand < 0 or allocated < 0 or allocated > on_hand)
), fine as materialized (
  select not (late or elsewhere or unknown or short) as ok, late, elsewhere, order_id, order_line_id
  from (
    select $14 is not null and coalesce(max(p.open), 0) < $4 as late, coalesce(bool_or(p.elsewhere), false) as elsewhere,
           bool_or(a.real is null or a.no_lot) as unknown, exists (select from short) as short,
           coalesce($12, max(p.order_id)) as order_id, coalesce($13, max(p.order_line_id)) as order_line_id
    from after a left join promised p on true offset 0) f
), changed as (
  update balance b set on_hand = a.on_hand, allocated = a.allocated
  from after a, fine
  where fine.ok and b.shop_id = $1 and b.id = a.balance_id and not (a.on_hand = 0 and a.allocated = 0)
), emptied as (
  delete from balance b using after a, fine
  where fine.ok and b.shop_id = $1 and b.id = a.balance_id and a.on_hand = 0 and a.allocated = 0
  returning b.id
), born as (
  insert into balance (shop_id, sku_id, location_id, hu_id, lot_id, status, real, serialised, on_hand)
  select $1, $2, location_id, hu_id, $3, status, real, serialised, q
  from after, fine where fine.ok and balance_id is null and (select count(*) from emptied) >= 0
  order by location_id, hu_id, status
  on conflict on constraint uq_balance_key do update set on_hand = balance.on_hand + excluded.on_hand
), done as (
  update allocation a set settled = a.settled + $4 from fine where fine.ok and a.shop_id = $1 and a.id = $14
), numbered as materialized (
  select $1 as shop_id, nextval('move_id_seq') as id, clock_timestamp() as at, $2 as sku_id, nullif($3, 0) as lot_id,
         $4::int as quantity, $5 as from_location_id, nullif($6, 0) as from_hu_id, $7 as from_status,
         $8 as to_location_id, nullif($9, 0) as to_hu_id, $10 as to_status, $11::text as reason, order_id, order_line_id,
         $14 as allocation_id, $15::text as doc, $16::bigint as person_id, $17::bigint as device_id, $18::uuid as scan_id
  from fine where ok
), written as (
  {WRITE}
)
select fine.ok, fine.late, fine.elsewhere, (select array_agg(id) from written) as ids,
       (select jsonb_agg(to_jsonb(s) order by s.location_id, s.hu_id) from short s) as short
from fine
"""

# Lines and balances of one SKU are laid on one ruler: line i covers (d0, d1] of the demand, balance j (s0, s1] of the
# supply, in FEFO/FIFO order. Every end of either is a mark; what lies between two marks is served to the line and from
# the balance whose ends come next, which a window finds by walking the ruler from its far end. Lines are not joined with
# balances, because a planner that takes both for one row compares each with each. One statement for one line or for a
# wave of orders, and the first in line gets the first to expire.
# An UPDATE tests its CHECKs on the row as the snapshot has it, and only then goes on to the newest version, which is the
# one that was locked. What is right for the newest may be too much for the older one: so that is left as it is.
#
# These CTEs stand behind one that is called `want`: a row for each line, `n` its turn and `d1` what is wanted of its SKU up to
# and with it. `match` says which line gets how much of which balance; `promised` are the allocations made of it.
SERVE = """goods as materialized (
  select shop_id, sku_id, warehouse_id, max(expires_after) as expires_after, max(d1) as units from want group by 1, 2, 3
), held as materialized (
  select b.shop_id, b.id, b.sku_id, l.warehouse_id, b.location_id, b.hu_id, b.lot_id, g.expires_after, g.units,
         b.on_hand, b.allocated, b.on_hand - b.allocated as free, b.since, l.walk,
         (select t.expires_on from lot t where (t.shop_id, t.id) = (b.shop_id, b.lot_id)) as expires_on
  from goods g
  join balance b on (b.shop_id, b.sku_id) = (g.shop_id, g.sku_id)
  join location l on (l.id, l.warehouse_id) = (b.location_id, g.warehouse_id)
  where b.status = 'sellable' and b.on_hand > b.allocated and l.pickable and l.locked_at is null
  order by b.shop_id, b.id for update of b
), aged as (
  select h.*, dense_rank() over (partition by h.shop_id, h.sku_id, h.warehouse_id
    order by h.expires_on nulls last, case when h.expires_on is null then h.since::date end) as age
  from held h where h.expires_on is null or h.expires_on > h.expires_after
), sized as (
  select a.*, sum(a.free) over (partition by a.shop_id, a.sku_id, a.warehouse_id, a.age, a.location_id) as here,
         a.units - coalesce(sum(a.free) over (partition by a.shop_id, a.sku_id, a.warehouse_id order by a.age
                              range between unbounded preceding and 1 preceding), 0) as rest
  from aged a
), supply as (
  select z.*, sum(z.free) over w as s1, row_number() over w as j
  from sized z
  window w as (partition by z.shop_id, z.sku_id, z.warehouse_id
               order by z.age, z.here < z.rest, case when z.here < z.rest then -z.here else 0 end, z.walk,
                        z.location_id, z.free desc, z.id)
), mark(shop_id, sku_id, warehouse_id, at, line, balance) as (
  select shop_id, sku_id, warehouse_id, d1, array[n, order_id, order_line_id], null from want
  union all
  select shop_id, sku_id, warehouse_id, s1, null, array[j, id, location_id, hu_id, lot_id, on_hand, allocated] from supply
), stretch as (
  select shop_id, sku_id, at - coalesce(lead(at) over w, 0) as quantity, min(line) over w as line,
         min(balance) over w as balance
  from mark
  window w as (partition by shop_id, sku_id, warehouse_id order by at desc rows between unbounded preceding and current row)
), match as materialized (
  select shop_id, sku_id, line[2] as order_id, line[3] as order_line_id, balance[1] as j, balance[2] as balance_id,
         balance[3] as location_id, balance[4] as hu_id, balance[5] as lot_id, balance[6] as on_hand,
         balance[7] as allocated, quantity::int as quantity
  from stretch where quantity > 0 and line is not null and balance is not null
), taken as (
  update balance b
  set allocated = case when (b.on_hand, b.allocated) = (t.on_hand, t.allocated) then t.allocated + t.q else b.allocated end
  from (select shop_id, balance_id, on_hand, allocated, sum(quantity) as q from match group by 1, 2, 3, 4) t
  where (b.shop_id, b.id) = (t.shop_id, t.balance_id)
), promised as (
  insert into allocation (shop_id, order_id, order_line_id, sku_id, location_id, hu_id, lot_id, status, quantity)
  select shop_id, order_id, order_line_id, sku_id, location_id, hu_id, lot_id, 'sellable', quantity
  from match order by shop_id, order_line_id, j
  returning shop_id, id, order_id, order_line_id, sku_id, location_id, hu_id, lot_id, quantity
)"""

ALLOCATE = f"""
with want as materialized (
  select u.shop_id, u.order_id, u.order_line_id, u.sku_id, o.warehouse_id, u.expires_after, u.n,
         sum(u.quantity) over w as d1
  from unnest((select $1::int[]), (select $2::bigint[]), (select $3::bigint[]), (select $4::bigint[]),
              (select $5::int[]), (select $6::date[]))
       with ordinality as u(shop_id, order_id, order_line_id, sku_id, quantity, expires_after, n)
  join orders o on (o.shop_id, o.id) = (u.shop_id, u.order_id)
  window w as (partition by u.shop_id, u.sku_id, o.warehouse_id order by u.n)
), {SERVE}
select shop_id, order_line_id, id as allocation_id, location_id, hu_id, lot_id, sku_id, order_id, quantity from promised
"""

VOID = """
with gone as materialized (
  select a.shop_id, a.id, a.order_line_id, a.sku_id, a.location_id, a.hu_id, a.lot_id, a.status, a.open
  from allocation a join (select distinct * from unnest($1::int[], $2::bigint[])) as w(shop_id, id) on (a.shop_id, a.id) = (w.shop_id, w.id)
  where a.open > 0 order by a.shop_id, a.id for update of a
), held as materialized (
  select b.shop_id, b.id, g.q
  from (select shop_id, sku_id, location_id, hu_id, lot_id, status, sum(open) as q from gone group by 1,2,3,4,5,6) g
  join balance b using (shop_id, sku_id, location_id, hu_id, lot_id, status)
  order by b.shop_id, b.id for update of b
), freed as (
  update balance b set allocated = b.allocated - h.q from held h where (b.shop_id, b.id) = (h.shop_id, h.id)
), done as (
  update allocation a set voided = a.voided + g.open from gone g where (a.shop_id, a.id) = (g.shop_id, g.id)
)
select shop_id, id as allocation_id, order_line_id, open as quantity from gone
"""
