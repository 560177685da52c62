"""The work that waits in a warehouse: what a handheld's home and the board begin with, in one statement."""

from datetime import datetime
from typing import Literal

import msgspec

from wms.db.tx import Tx

Work = Literal[
    "asns", "receipts", "putaway", "replenishments", "counts", "carts", "put_back", "packing", "loading", "returns",
    "inspections", "strays", "singles",
]  # fmt: skip


class Waiting(msgspec.Struct, frozen=True):
    """``count`` things of a kind wait, ``taken`` of them in somebody's hands; the oldest since ``oldest_at``.

    ``due_at`` is the earliest promise among them. ``carrier`` splits ``loading``; ``carts`` are split by pickup, which
    is their ``due_at``. ``singles`` are those totes of ``packing`` that many one-piece orders share. ``putaway`` counts handling units and loose goods at the docks and the returns bench.
    """

    work: Work
    count: int
    taken: int
    oldest_at: datetime | None
    due_at: datetime | None
    carrier: str | None = None


# Every branch reads a partial index over what is open, or the balances of a few docks; none reads history. The sub-select
# of the places keeps put-away to the docks of this warehouse, whatever the statistics say.
WAITING = """
select work, count::int, taken::int, oldest_at, due_at, carrier from (
  select 1 as n, 'asns' as work, count(*) as count, 0 as taken, min(a.created_at) as oldest_at,
         min(a.expected_on)::timestamptz as due_at, null::text as carrier
  from asn a where a.state = 'announced' and a.warehouse_id = $1
  union all
  select 2, 'receipts', count(*), count(r.person_id), min(r.opened_at), null, null
  from receipt r join location l on l.id = r.location_id where r.state = 'open' and l.warehouse_id = $1
  union all
  select 3, 'putaway', count(*), 0, min(s.since), null, null from (
    select case when b.hu_id = 0 then b.id else 0 end as loose, b.hu_id, min(b.since) as since
    from location l join balance b on b.location_id = l.id and b.on_hand > b.allocated
    where l.warehouse_id = $1 and l.kind in ('dock', 'returns') group by 1, 2) s
  union all
  select 4, 'replenishments', count(*), count(*) filter (where r.state = 'claimed' and r.lease_until >= $2), min(r.planned_at),
         min(r.due_at), null from replenishment r where r.state in ('waiting', 'claimed') and r.warehouse_id = $1
  union all
  select 5, 'counts', count(*), count(*) filter (where c.state = 'counting'), min(c.opened_at), null, null
  from count_task c join location l on l.id = c.location_id where c.state in ('open', 'counting') and l.warehouse_id = $1
  union all
  select 6, 'carts', count(*), count(*) filter (where c.state = 'claimed' and c.lease_until >= $2), min(w.released_at),
         c.ship_by, null
  from cluster c join wave w on w.id = c.wave_id
  where c.state in ('waiting', 'claimed') and c.warehouse_id = $1 group by c.ship_by
  union all
  select 7, 'put_back', count(*), 0, min(t.at), null, null
  from putback_task t join location l on l.id = t.location_id where t.state = 'open' and l.warehouse_id = $1
  union all
  select 8, 'packing', count(distinct o.tote), count(distinct o.tote) filter (where o.person_id is not null),
         min(o.done_at), min(o.ship_by), null
  from (
    select co.tote_hu_id as tote, c.done_at, o.ship_by, k.person_id
    from orders o join cluster_order co on (co.shop_id, co.order_id) = (o.shop_id, o.id)
    join cluster c on c.id = co.cluster_id and c.state = 'done'
    left join pack_session k on (k.shop_id, k.order_id) = (o.shop_id, o.id) and k.done_at is null and k.lease_until >= $2
    where o.state in ('picked', 'packing') and o.warehouse_id = $1 and co.tote_hu_id is not null
      and exists (select from balance b where b.hu_id = co.tote_hu_id and b.hu_id <> 0 and b.on_hand > 0 and b.real)) o
  union all
  select 9, 'loading', count(*), 0, min(p.closed_at), min(o.ship_by), c.name
  from parcel p join carrier c on c.id = p.carrier_id join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id)
  where p.state = 'labelled' and p.warehouse_id = $1 and o.state not in ('cancelled', 'on_hold') group by c.name
  union all
  select 10, 'returns', count(*), 0, min(r.created_at), null, null
  from rma r where r.state in ('announced', 'in_transit') and r.warehouse_id = $1
  union all
  select 11, 'inspections', count(*), count(*) filter (where r.state = 'inspecting'), min(r.received_at), null, null
  from rma r where r.state in ('received', 'inspecting') and r.warehouse_id = $1
  union all
  select 12, 'strays', count(*), 0, min(s.at), null, null
  from stray_parcel s where s.state = 'open' and s.warehouse_id = $1
  union all
  select 13, 'singles', count(distinct co.tote_hu_id), 0, min(c.done_at), min(o.ship_by), null
  from orders o join cluster_order co on (co.shop_id, co.order_id) = (o.shop_id, o.id)
  join cluster c on c.id = co.cluster_id and c.state = 'done' and c.kind = 'single'
  where o.state in ('picked', 'packing') and o.warehouse_id = $1 and co.tote_hu_id is not null
    and exists (select from balance b where b.hu_id = co.tote_hu_id and b.hu_id <> 0 and b.on_hand > 0 and b.real)
) w where count > 0 order by n, due_at nulls last, carrier
"""


async def work_that_waits(tx: Tx, warehouse_id: int) -> list[Waiting]:
    """What waits, by kind, in the order of the goods' way through the house; kinds with nothing are left out."""
    return await tx.all(Waiting, WAITING, warehouse_id, tx.now)
