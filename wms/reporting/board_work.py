"""What the outbound board shows of work: people's rates today, waves, what a wave could take, the rule."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.reporting.board import House, day_begins


class PersonRate(msgspec.Struct, frozen=True):
    """What somebody has done today, and how fast, from the first to the last of it."""

    id: int
    name: str
    picks: int
    picks_h: float
    parcels: int
    parcels_h: float
    last_at: datetime


# Who had a cart when a pick of it was done: whoever claimed it last before. Carts of last night count as well.
PEOPLE = """
with claims as materialized (
  select e.subject_id as cluster_id, e.person_id, e.at,
         coalesce(lead(e.at) over (partition by e.subject_id order by e.at, e.id), 'infinity') as until
  from event e where e.kind = 'cluster.claimed' and e.at > $2::timestamptz - interval '12 hours'
), picks as (
  select c.person_id, count(*) as n, greatest(min(c.at), $2::timestamptz) as first, max(t.done_at) as last
  from claims c join cluster k on k.id = c.cluster_id and k.warehouse_id = $1
  join pick_task t on t.cluster_id = c.cluster_id and t.state in ('picked', 'short')
    and t.done_at >= greatest(c.at, $2) and t.done_at < c.until
  group by c.person_id
), parcels as (
  select e.person_id, count(*) as n, min(e.at) as first, max(e.at) as last
  from event e join parcel p on p.shop_id = e.shop_id and p.id = e.subject_id and p.warehouse_id = $1
  where e.kind = 'parcel.closed' and e.at >= $2 group by e.person_id
)
select p.id, p.name, coalesce(a.n, 0)::int as picks, coalesce(b.n, 0)::int as parcels,
       coalesce(a.n / greatest(extract(epoch from a.last - a.first) / 3600.0, 1 / 6.0), 0)::float as picks_h,
       coalesce(b.n / greatest(extract(epoch from b.last - b.first) / 3600.0, 1 / 6.0), 0)::float as parcels_h,
       greatest(a.last, b.last) as last_at
from picks a full join parcels b on b.person_id = a.person_id join person p on p.id = coalesce(a.person_id, b.person_id)
order by greatest(a.last, b.last) desc, p.id limit 200
"""


async def load_people(tx: Tx, house: House) -> list[PersonRate]:
    return await tx.all(PersonRate, PEOPLE, house.id, day_begins(house, tx.now))


class WaveRow(msgspec.Struct, frozen=True):
    """A wave on the board. ``carts`` of which ``in_hand`` somebody has and ``carts_done`` are finished."""

    id: int
    kind: str
    ship_by: datetime
    carrier: str | None
    orders: int
    carts: int
    in_hand: int
    carts_done: int
    picks: int
    picks_done: int
    released_at: datetime


WAVES = """
with w as materialized (select * from wave where warehouse_id = $1 order by id desc limit $2)
select w.id, w.kind, w.ship_by, c.name as carrier, w.orders, w.released_at, n.carts, n.in_hand, n.carts_done, n.picks,
       n.picks_done
from w left join carrier c on c.id = w.carrier_id cross join lateral (
  select count(distinct k.id) as carts, count(distinct k.id) filter (where k.state = 'claimed') as in_hand,
         count(distinct k.id) filter (where k.state = 'done') as carts_done,
         count(t.id) as picks, count(t.id) filter (where t.state <> 'open') as picks_done
  from cluster k left join pick_task t on t.cluster_id = k.id and t.state <> 'void'
  where k.wave_id = w.id and k.state <> 'void') n
where n.carts > 0 order by w.id desc
"""


async def load_waves(tx: Tx, warehouse_id: int, limit: int = 12) -> list[WaveRow]:
    """The newest waves; one whose carts were all planned anew is left out."""
    return await tx.all(WaveRow, WAVES, warehouse_id, limit)


class Ready(msgspec.Struct, frozen=True):
    """Orders that a wave could take now, of one pickup."""

    carrier_id: int
    carrier: str
    ship_by: datetime
    orders: int


READY = """
select o.carrier_id, c.name as carrier, o.ship_by, count(*) as orders
from orders o join carrier c on c.id = o.carrier_id
where o.warehouse_id = $1 and o.state = 'allocated' and o.state in ('received','on_hold','backordered','allocated',
  'released','picking','picked','packing','packed','labelled','manifested')
group by o.carrier_id, c.name, o.ship_by order by o.ship_by, c.name limit 200
"""


async def load_ready(tx: Tx, warehouse_id: int) -> list[Ready]:
    return await tx.all(Ready, READY, warehouse_id)


class Rule(msgspec.Struct, frozen=True):
    minutes_before: int | None
    orders_waiting: int | None


async def load_rule(tx: Tx, warehouse_id: int) -> Rule:
    found = await tx.one(
        Rule, "select minutes_before, orders_waiting from wave_rule where warehouse_id = $1", warehouse_id
    )
    return found or Rule(None, None)
