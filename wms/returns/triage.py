"""Whose parcel is this? Any code on it gives ranked candidates, across shops; no candidate is still an answer."""

from datetime import datetime
from typing import Literal

import msgspec

from wms.catalog.resolve import resolve_goods
from wms.db.tx import Tx
from wms.kernel.scan import parse_scan
from wms.kernel.scan_errors import ScanMisread

Why = Literal[
    "return-number", "return-tracking", "parcel-number", "order-number", "order-of-parcel", "e-mail", "serial",
    "announced-goods", "shipped-goods",
]  # fmt: skip
Next = Literal["receive", "inspect", "look", "undelivered", "open"]


class Candidate(msgspec.Struct, frozen=True):
    """One possible answer; the highest ``score`` is first.

    ``next`` is what to do with it: ``receive`` an announced return, ``inspect`` one that was received, ``look`` at one
    that is over, take in a parcel of ours as ``undelivered``, or ``open`` a return on the order.
    """

    score: int
    why: Why
    next: Next
    shop_id: int
    shop: str
    rma_id: int | None
    rma_number: str | None
    rma_state: str | None
    order_id: int | None
    order_number: str | None
    order_state: str | None
    parcel_id: int | None
    tracking_number: str | None
    name: str | None
    city: str | None
    at: datetime


class Triage(msgspec.Struct, frozen=True):
    """What the code may belong to; ``stray`` when nothing was found: keep it with a note and a photo."""

    code: str
    candidates: list[Candidate]
    stray: bool


# Each branch finds by one index.
FIND = """
with direct as (
  select 100 as score, 'return-number' as why, r.shop_id, r.id as rma_id, r.order_id, null::bigint as parcel_id
  from rma r where r.number = any($1)
  union all
  select 95, 'return-tracking', r.shop_id, r.id, r.order_id, null from rma r where r.tracking_number = any($1)
  union all
  select 90, 'parcel-number', p.shop_id, null, p.order_id, p.id from parcel p
  where p.state <> 'void' and p.tracking_number = any($1)
  union all
  select 90, 'parcel-number', p.shop_id, null, p.order_id, p.id from parcel p where p.state <> 'void' and p.sscc = $2
  union all
  select 90, 'parcel-number', p.shop_id, null, p.order_id, p.id
  from handling_unit h join parcel p on p.hu_id = h.id
  where p.state <> 'void' and h.code = any($1)
  union all
  select 80, 'order-number', o.shop_id, null, o.id, null
  from orders o where o.number = any($1)
  union all
  select 70, 'e-mail', r.shop_id, r.id, r.order_id, null from rma r where lower(r.email) = $3
  union all
  (select 60, 'e-mail', o.shop_id, null, o.id, null from orders o where lower(o.email) = $3 order by o.id desc limit 20)
  union all
  select 75, 'serial', g.shop_id, null, m.order_id, null
  from unnest($4::int[], $5::bigint[], $6::text[]) as g(shop_id, sku_id, serial)
  join lot t on (t.shop_id, t.sku_id, t.serial) = (g.shop_id, g.sku_id, g.serial)
  join move m on (m.shop_id, m.sku_id, m.lot_id) = (t.shop_id, t.sku_id, t.id)
  join location l on l.id = m.to_location_id and l.kind = 'customer'
  where m.order_id is not null
  union all
  select 65, 'announced-goods', g.shop_id, n.rma_id, r.order_id, null
  from unnest($4::int[], $5::bigint[]) as g(shop_id, sku_id)
  join rma_line n on (n.shop_id, n.sku_id) = (g.shop_id, g.sku_id)
  join rma r on (r.shop_id, r.id) = (n.shop_id, n.rma_id)
  where r.state in ('announced', 'in_transit', 'received', 'inspecting') and n.inspected < n.quantity
  union all
  select 40, 'shipped-goods', g.shop_id, null, m.order_id, null
  from (select distinct shop_id, sku_id from unnest($4::int[], $5::bigint[]) as w(shop_id, sku_id)) g
  cross join lateral (
    select m.order_id from move m join location l on l.id = m.to_location_id
    where m.shop_id = g.shop_id and m.sku_id = g.sku_id and l.kind = 'customer' and m.order_id is not null
    order by m.id desc limit 10) m
), found as (
  select * from direct
  union all
  -- a return that waits for goods of the order is likelier than a new one
  select d.score + 5, d.why, r.shop_id, r.id, r.order_id, null
  from direct d join rma r on (r.shop_id, r.order_id) = (d.shop_id, d.order_id)
  where d.rma_id is null and r.state in ('announced', 'in_transit', 'received', 'inspecting')
), ranked as (
  select *, case when rma_state in ('resolved', 'closed', 'rejected') then score - 40 else score end as rank
  from (
    select distinct on (f.shop_id, f.rma_id, f.order_id, f.parcel_id) f.*, r.state as rma_state
    from found f left join rma r on (r.shop_id, r.id) = (f.shop_id, f.rma_id)
    order by f.shop_id, f.rma_id, f.order_id, f.parcel_id, f.score desc) d
)
select f.rank as score, f.why, f.shop_id, s.name as shop, f.rma_id, r.number as rma_number, f.rma_state, f.order_id,
       coalesce(o.number, r.order_number) as order_number, o.state as order_state, f.parcel_id, p.tracking_number,
       coalesce(r.name, o.name) as name, o.city, coalesce(r.created_at, p.closed_at, o.received_at) as at,
       case when f.rma_state in ('announced', 'in_transit') then 'receive'
            when f.rma_state in ('received', 'inspecting') then 'inspect'
            when f.rma_id is not null then 'look'
            when p.state = 'handed_over' and not exists (
              select from rma u where u.shop_id = p.shop_id and u.parcel_id = p.id and u.kind = 'undelivered') then 'undelivered'
            else 'open' end as next
from ranked f join shop s on s.id = f.shop_id
left join rma r on (r.shop_id, r.id) = (f.shop_id, f.rma_id)
left join orders o on (o.shop_id, o.id) = (f.shop_id, f.order_id)
left join parcel p on (p.shop_id, p.id) = (f.shop_id, f.parcel_id)
order by f.rank desc, at desc, f.shop_id limit 20
"""


async def triage(tx: Tx, raw: str) -> Triage:
    """Candidates for any scan: return, order, tracking number, SSCC, e-mail of the buyer, or the goods themselves.

    Raises only what the parser says of noise, an empty scan or one that came twice.
    """
    try:
        scan = parse_scan(raw)
        code, sscc, ref = scan.code, scan.sscc, scan.ref
        goods = await resolve_goods(tx, scan)
    except ScanMisread:
        # a courier's own code may begin like a GS1 element and be none: its plain text can still be a number of ours
        code, sscc, ref, goods = raw.strip(), None, None, []
    codes = [c for c in (code, ref) if c]
    email = code.lower() if "@" in code else None
    candidates = await tx.all(
        Candidate,
        FIND,
        codes,
        sscc,
        email,
        [g.shop_id for g in goods],
        [g.sku_id for g in goods],
        [g.serial for g in goods],
    )
    return Triage(code=code, candidates=candidates, stray=not candidates)
