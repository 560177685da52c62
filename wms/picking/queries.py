"""Every list of picking that somebody looks at."""

from datetime import date, datetime

import msgspec

from wms.db.tx import Tx


class WaveRow(msgspec.Struct, frozen=True):
    """A wave and how far it is. ``tasks_done`` of ``tasks`` picks are finished; lengths of walks in mm."""

    id: int
    warehouse_id: int
    kind: str
    ship_by: datetime
    carrier_id: int | None
    state: str
    orders: int
    clusters: int
    clusters_done: int
    tasks: int
    tasks_done: int
    walk_mm: int
    s_shape_mm: int
    released_at: datetime


WAVES = """
with w as materialized (
  select * from wave where warehouse_id = $1 and ($2::text is null or state = $2) and id > $3 order by id limit $4
)
select w.id, w.warehouse_id, w.kind, w.ship_by, w.carrier_id, w.state, w.orders, w.walk_mm, w.s_shape_mm, w.released_at,
       n.clusters, n.clusters_done, n.tasks, n.tasks_done
from w cross join lateral (
  select count(distinct c.id) as clusters, count(distinct c.id) filter (where c.state = 'done') as clusters_done,
         count(t.id) as tasks, count(t.id) filter (where t.state <> 'open') as tasks_done
  from cluster c left join pick_task t on t.cluster_id = c.id and t.state <> 'void' where c.wave_id = w.id) n
order by w.id
"""


async def list_waves(
    tx: Tx, warehouse_id: int, *, state: str | None, after: int, limit: int
) -> list[WaveRow]:
    """Waves of a warehouse by id, from behind ``after``."""
    return await tx.all(WaveRow, WAVES, warehouse_id, state, after, limit)


class TaskRow(msgspec.Struct, frozen=True):
    """One pick of a cart, in the order of the walk."""

    id: int
    seq: int
    state: str
    step: str
    shop: str
    order: str
    slot: int
    tote: str | None
    location: str
    sku: str
    name: str
    lot: str | None
    serial: str | None
    quantity: int
    counted: int
    picked: int


class ClusterRow(msgspec.Struct, frozen=True):
    """A cart: who holds it and until when, and its picks."""

    id: int
    wave_id: int
    warehouse_id: int
    kind: str
    state: str
    ship_by: datetime
    holder: str | None
    lease_until: datetime | None
    orders: int
    begun_at: datetime | None
    done_at: datetime | None
    tasks: list[TaskRow]


CLUSTER = """
select c.id, c.wave_id, c.warehouse_id, c.kind, c.state, c.ship_by, p.name as holder, c.lease_until, c.orders,
       c.begun_at, c.done_at
from cluster c left join person p on p.id = c.person_id where c.id = $1
"""
TASKS = """
select t.id, t.seq, t.state, t.step, sh.code as shop, o.number as order, co.slot, h.code as tote, l.code as location,
       s.code as sku, s.name, nullif(n.code, '') as lot, n.serial, t.quantity, t.counted, t.picked
from pick_task t join shop sh on sh.id = t.shop_id
join orders o on o.shop_id = t.shop_id and o.id = t.order_id
join cluster_order co on co.shop_id = t.shop_id and co.cluster_id = t.cluster_id and co.order_id = t.order_id
join location l on l.id = t.location_id join sku s on s.shop_id = t.shop_id and s.id = t.sku_id
left join handling_unit h on h.id = coalesce(t.tote_hu_id, co.tote_hu_id)
left join lot n on n.shop_id = t.shop_id and n.id = t.lot_id
where t.cluster_id = $1 order by t.seq, t.id
"""


async def get_cluster(tx: Tx, cluster_id: int) -> ClusterRow | None:
    """A cart with its picks."""
    row = await tx.row(CLUSTER, cluster_id)
    if row is None:
        return None
    return ClusterRow(**dict(row), tasks=await tx.all(TaskRow, TASKS, cluster_id))


class PutBackRow(msgspec.Struct, frozen=True):
    """Goods to carry back: ``left`` pieces from ``source`` (in ``unit``); ``suggested`` is the shelf they came from.

    ``barcode`` and ``gtin`` (14 digits) are the SKU's first.
    """

    id: int
    shop_id: int
    shop: str
    order: str
    sku: str
    name: str
    lot: str | None
    serial: str | None
    expires_on: date | None
    source: str
    unit: str | None
    suggested: str | None
    left: int
    at: datetime
    barcode: str | None
    gtin: str | None


PUT_BACK = """
select t.id, t.shop_id, sh.code as shop, o.number as order, s.code as sku, s.name, nullif(n.code, '') as lot, n.serial,
       n.expires_on, l.code as source, h.code as unit, t.quantity - t.done as left, t.at,
       n1.code as barcode, n1.gtin,
       (select b.code from allocation a join location b on b.id = a.location_id
         where a.shop_id = t.shop_id and a.order_id = t.order_id and a.sku_id = t.sku_id and a.lot_id = t.lot_id
           and b.locked_at is null order by a.settled desc, a.id limit 1) as suggested
from putback_task t join shop sh on sh.id = t.shop_id join orders o on o.shop_id = t.shop_id and o.id = t.order_id
join sku s on s.shop_id = t.shop_id and s.id = t.sku_id join location l on l.id = t.location_id
left join handling_unit h on h.id = nullif(t.hu_id, 0) left join lot n on n.shop_id = t.shop_id and n.id = t.lot_id
left join lateral (select b.code, b.gtin from barcode b where b.shop_id = t.shop_id and b.sku_id = t.sku_id
  order by b.quantity, b.id limit 1) n1 on true
where t.state = 'open' and l.warehouse_id = $1 and t.id > $2 order by t.id limit $3
"""
ONE_PUT_BACK = PUT_BACK.replace(
    "where t.state = 'open' and l.warehouse_id = $1 and t.id > $2 order by t.id limit $3",
    "where t.state = 'open' and t.id = $1",
)


async def one_put_back(tx: Tx, task_id: int) -> PutBackRow | None:
    """A task, as long as it is open."""
    return await tx.one(PutBackRow, ONE_PUT_BACK, task_id)


class CartRow(msgspec.Struct, frozen=True):
    """A cart that waits or is somebody's: ``picks`` are its open tasks, ``carrier`` whose pickup it is for.

    ``free``: it may be taken, also from a ``holder`` who has not scanned for as long as a lease lasts.
    """

    id: int
    kind: str
    state: str
    ship_by: datetime
    orders: int
    picks: int
    carrier: str | None
    holder: str | None
    free: bool


CARTS = """
select c.id, c.kind, c.state, c.ship_by, c.orders, p.name as holder, r.name as carrier,
       c.state = 'waiting' or c.lease_until < $3 as free,
       (select count(*) from pick_task t where t.cluster_id = c.id and t.state = 'open') as picks
from cluster c join wave w on w.id = c.wave_id left join carrier r on r.id = w.carrier_id
left join person p on p.id = c.person_id
where c.warehouse_id = $1 and c.state in ('waiting', 'claimed')
order by free desc, c.ship_by, c.begun_at nulls last, c.id limit $2
"""


async def list_carts(tx: Tx, warehouse_id: int, *, limit: int) -> list[CartRow]:
    """Carts that may be taken, in the order in which they are due, then those that somebody is picking."""
    return await tx.all(CartRow, CARTS, warehouse_id, limit, tx.now)


class ToteOnCart(msgspec.Struct, frozen=True):
    """A place on a cart: its tote, for how many orders, and how many of the ``wanted`` pieces are in it."""

    slot: int
    tote: str | None
    orders: int
    picked: int
    wanted: int


TOTES = """
select co.slot, max(h.code) as tote, count(distinct (co.shop_id, co.order_id))::int as orders,
       coalesce(sum(t.picked), 0)::int as picked, coalesce(sum(t.quantity), 0)::int as wanted
from cluster_order co left join handling_unit h on h.id = co.tote_hu_id
left join pick_task t on (t.shop_id, t.cluster_id, t.order_id) = (co.shop_id, co.cluster_id, co.order_id)
  and t.state <> 'void'
where co.cluster_id = $1 group by co.slot order by co.slot
"""


async def totes_on_cart(tx: Tx, cluster_id: int) -> list[ToteOnCart]:
    """The places of a cart, in their order."""
    return await tx.all(ToteOnCart, TOTES, cluster_id)


EMPTY_TOTE = """
select h.code from handling_unit h where h.warehouse_id = $1 and h.kind = 'tote'
  and not exists (select from balance b where b.hu_id = h.id and b.on_hand > 0)
  and not exists (select from cluster_order co join cluster c on c.id = co.cluster_id
                  where co.tote_hu_id = h.id and c.state in ('waiting', 'claimed'))
order by h.id limit 1
"""


async def code_at_hand(tx: Tx, warehouse_id: int, step: str) -> str:
    """What a picker would scan next where the cart does not say it: an empty tote, a pack station's label; else ""."""
    if step == "totes":
        return await tx.value(EMPTY_TOTE, warehouse_id) or ""
    if step == "park":
        station = "select 'L-' || code from location where warehouse_id = $1 and kind = 'station' order by id limit 1"
        return await tx.value(station, warehouse_id) or ""
    return ""


async def carts_in_hand(tx: Tx, warehouse_id: int) -> int | None:
    """The cart that this picker has, also with its lease run out, as long as nobody else took it."""
    found: int | None = await tx.value(
        """select id from cluster where warehouse_id = $1 and person_id = $2
           and (state = 'claimed' or (state = 'done' and parked_at is null)) order by ship_by, id limit 1""",
        warehouse_id,
        tx.actor.person_id,
    )
    return found


async def list_put_back(tx: Tx, warehouse_id: int, *, after: int, limit: int) -> list[PutBackRow]:
    """What waits to be carried back, oldest first."""
    return await tx.all(PutBackRow, PUT_BACK, warehouse_id, after, limit)
