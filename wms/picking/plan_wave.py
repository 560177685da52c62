"""Release allocated orders to the floor: waves by cut-off and kind, carts, walks, tasks.

Everything is read and written in sets: one statement for the orders, one for what is promised to them, one per table
written. The planning between them is plain Python on plain values and runs beside the event loop, so that scans of
other people go on meanwhile. Measured, 10,000 orders of 3 lines over 1,000 bins in 20 aisles: 24 statements for 1,250
carts and 30,000 tasks, 5 s of Python (4 s of it planning), and about as much of PostgreSQL, most of it foreign keys.
"""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

import asyncpg
import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record_all
from wms.orders.advance import advance
from wms.orders.states import OrderState
from wms.picking.aisles import Stop
from wms.picking.clusters import Kind, OrderToPick, form_clusters
from wms.picking.floor import Floor, load_floor
from wms.picking.walk import plan_walk, s_shape

TOTES_PER_CART = 8
TOTE_ML = 45_000
"""What a tote of 60 x 40 x 32 cm takes when nobody plays Tetris."""
UNITS_PER_TOTE = 40
MOST_ORDERS = 10_000


class WaveOut(msgspec.Struct, frozen=True, kw_only=True):
    """A wave as released. ``walk_mm`` is the length of all its walks, ``s_shape_mm`` that of the walks people would take."""

    id: int
    kind: str
    ship_by: datetime
    orders: int
    clusters: int
    tasks: int
    walk_mm: int
    s_shape_mm: int


# Only what may go: allocated, not half of an order that must go whole. Orders that somebody else holds are left for
# the next wave. The lock is the order's gate: no cancel or hold comes between here and the tasks.
READY = """
select o.shop_id, o.id, o.ship_by, o.priority
from orders o
where o.warehouse_id = $1 and o.state = 'allocated' and ($2::bigint is null or o.carrier_id = $2)
  and ($3::timestamptz is null or o.ship_by <= $3)
  and exists (select from allocation a where a.shop_id = o.shop_id and a.order_id = o.id and a.open > 0)
  and (o.partial_policy = 'partial' or not exists (
    select from order_line l where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit
      and l.quantity - l.cancelled - l.allocated - l.picked > 0))
  and ($4::text is distinct from 'single' or 1 = (
    select count(distinct a.order_line_id) from allocation a
     where a.shop_id = o.shop_id and a.order_id = o.id and a.open > 0))
order by o.ship_by, o.priority desc, o.id limit $5 for update of o skip locked
"""
PROMISED = """
select a.shop_id, a.id as allocation_id, a.order_id, a.order_line_id, a.location_id, a.hu_id, a.sku_id, a.lot_id,
       a.open as quantity, l.x, l.y, l.z, l.aisle, l.walk,
       (s.length_mm::bigint * s.width_mm * s.height_mm * a.open / 1000)::bigint as volume_ml
from unnest($1::int[], $2::bigint[]) as w(shop_id, order_id)
join allocation a on a.shop_id = w.shop_id and a.order_id = w.order_id and a.open > 0
join location l on l.id = a.location_id
join sku s on s.shop_id = a.shop_id and s.id = a.sku_id
order by a.shop_id, a.id
"""


class Promise(msgspec.Struct, frozen=True):
    """One allocation to fetch; ``volume_ml`` is None for a SKU that was never measured."""

    shop_id: int
    allocation_id: int
    order_id: int
    order_line_id: int
    location_id: int
    hu_id: int
    sku_id: int
    lot_id: int
    quantity: int
    x: int
    y: int
    z: int
    aisle: str | None
    walk: int
    volume_ml: int | None

    @property
    def stop(self) -> Stop:
        return Stop(self.location_id, self.x, self.y, self.z, self.aisle, self.walk)


class Planned(msgspec.Struct, frozen=True):
    """One cart: the orders of each tote, and what to fetch, in the order of the walk."""

    kind: Kind
    ship_by: datetime
    totes: tuple[tuple[int, ...], ...]
    promises: tuple[Promise, ...]
    walk_mm: int
    s_shape_mm: int


async def release(
    tx: Tx,
    warehouse_id: int,
    *,
    kind: Kind | None = None,
    carrier_id: int | None = None,
    ship_by_until: datetime | None = None,
    max_orders: int = 2000,
    totes_per_cart: int = TOTES_PER_CART,
    tote_volume_ml: int = TOTE_ML,
    units_per_tote: int = UNITS_PER_TOTE,
) -> list[WaveOut]:
    """Takes up to ``max_orders`` allocated orders, the earliest ``ship_by`` first, and makes carts of them.

    One wave for each ``ship_by`` and kind. Cancelled and held orders, and orders that must ship complete and are
    not, stay where they are. Returns the waves, none when nothing is ready.
    """
    # Which orders are large shows only when their goods are read: then more are looked at than are taken.
    limit = MOST_ORDERS if kind in ("large", "multi") else max_orders
    ready = await tx.rows(READY, warehouse_id, carrier_id, ship_by_until, kind, limit)
    return await release_these(
        tx, warehouse_id, ready, kind=kind, carrier_id=carrier_id, max_orders=max_orders,
        totes_per_cart=totes_per_cart, tote_volume_ml=tote_volume_ml, units_per_tote=units_per_tote,
    )  # fmt: skip


async def release_these(
    tx: Tx,
    warehouse_id: int,
    ready: Sequence[asyncpg.Record],
    *,
    kind: Kind | None = None,
    carrier_id: int | None = None,
    max_orders: int = MOST_ORDERS,
    totes_per_cart: int = TOTES_PER_CART,
    tote_volume_ml: int = TOTE_ML,
    units_per_tote: int = UNITS_PER_TOTE,
) -> list[WaveOut]:
    """Makes carts of these orders, which the caller has locked and found allocated: ``shop_id``, ``id``, ``ship_by``,
    ``priority`` of each, the most urgent first."""
    if not ready:
        return []
    promises = await tx.all(Promise, PROMISED, [r["shop_id"] for r in ready], [r["id"] for r in ready])
    of_order: dict[int, list[Promise]] = defaultdict(list)
    for p in promises:
        of_order[p.order_id].append(p)
    orders = [_to_pick(r["id"], r["ship_by"], r["priority"], of_order[r["id"]]) for r in ready]
    floor = await load_floor(tx, warehouse_id)
    planned = await asyncio.to_thread(
        plan, orders, of_order, floor, kind, max_orders, totes_per_cart, tote_volume_ml, units_per_tote
    )
    return await _write(tx, warehouse_id, carrier_id, planned) if planned else []


def plan(
    orders: Sequence[OrderToPick],
    of_order: dict[int, list[Promise]],
    floor: Floor,
    kind: Kind | None,
    max_orders: int,
    totes_per_cart: int,
    tote_volume_ml: int,
    units_per_tote: int,
) -> list[Planned]:
    """Carts with their walks, in the sequence in which they should go out."""
    clusters = form_clusters(
        orders, floor.aisles, totes_per_cart=totes_per_cart, tote_volume_ml=tote_volume_ml,
        units_per_tote=units_per_tote,
    )  # fmt: skip
    planned: list[Planned] = []
    taken = 0
    for c in clusters:
        if (kind is not None and c.kind != kind) or taken >= max_orders:
            continue
        taken += len(c.order_ids)
        mine = [p for order_id in c.order_ids for p in of_order[order_id]]
        stops = list({p.location_id: p.stop for p in mine}.values())
        walk = plan_walk(floor.gate, floor.gate, stops, floor.aisles)
        baseline = s_shape(floor.gate, floor.gate, stops, floor.aisles)
        rank = {stop.location_id: n for n, stop in enumerate(walk.stops)}
        mine.sort(key=lambda p: (rank[p.location_id], p.sku_id, p.lot_id))
        planned.append(Planned(c.kind, c.ship_by, c.totes, tuple(mine), walk.length_mm, baseline.length_mm))
    return planned


def _to_pick(order_id: int, ship_by: datetime, priority: int, promises: Sequence[Promise]) -> OrderToPick:
    volumes = [p.volume_ml for p in promises]
    return OrderToPick(
        order_id=order_id,
        ship_by=ship_by,
        stops=tuple({p.location_id: p.stop for p in promises}.values()),
        lines=len({p.order_line_id for p in promises}),
        units=sum(p.quantity for p in promises),
        volume_ml=None if None in volumes else sum(v for v in volumes if v is not None),
        priority=priority,
    )


WAVES = """
with u as materialized (
  select nextval(pg_get_serial_sequence('wave', 'id')) as id, w.*
  from unnest($2::text[], $3::timestamptz[], $4::int[], $5::bigint[], $6::bigint[])
       with ordinality as w(kind, ship_by, orders, walk_mm, s_shape_mm, n)
), born as (
  insert into wave (id, warehouse_id, carrier_id, kind, ship_by, orders, walk_mm, s_shape_mm)
  select id, $1, $7, kind, ship_by, orders, walk_mm, s_shape_mm from u
)
select id from u order by n
"""
CLUSTERS = """
with u as materialized (
  select nextval(pg_get_serial_sequence('cluster', 'id')) as id, w.*
  from unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::int[], $6::int[])
       with ordinality as w(wave_id, kind, ship_by, orders, tasks, n)
), born as (
  insert into cluster (id, wave_id, warehouse_id, kind, ship_by, orders, tasks)
  select id, wave_id, $1, kind, ship_by, orders, tasks from u order by n
)
select id from u order by n
"""
CLUSTER_ORDERS = """insert into cluster_order (shop_id, cluster_id, order_id, slot, no)
select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::int[], $5::int[])"""
TASKS = """insert into pick_task (shop_id, cluster_id, order_id, order_line_id, allocation_id, location_id, hu_id, sku_id,
  lot_id, seq, quantity)
select * from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
  $8::bigint[], $9::bigint[], $10::int[], $11::int[])"""


async def _write(
    tx: Tx, warehouse_id: int, carrier_id: int | None, planned: Sequence[Planned]
) -> list[WaveOut]:
    groups: dict[tuple[datetime, Kind], list[Planned]] = defaultdict(list)
    for p in planned:
        groups[p.ship_by, p.kind].append(p)
    sums = [
        (
            sum(sum(map(len, p.totes)) for p in carts),
            sum(p.walk_mm for p in carts),
            sum(p.s_shape_mm for p in carts),
        )
        for carts in groups.values()
    ]
    ids = await tx.rows(
        WAVES, warehouse_id, [k for _, k in groups], [s for s, _ in groups], *map(list, zip(*sums, strict=True)),
        carrier_id,
    )  # fmt: skip
    wave_of = {key: row["id"] for key, row in zip(groups, ids, strict=True)}
    cluster_ids = [
        row["id"]
        for row in await tx.rows(
            CLUSTERS,
            warehouse_id,
            [wave_of[p.ship_by, p.kind] for p in planned],
            [p.kind for p in planned],
            [p.ship_by for p in planned],
            [sum(map(len, p.totes)) for p in planned],
            [len(p.promises) for p in planned],
        )
    ]
    shop_of = {q.order_id: q.shop_id for p in planned for q in p.promises}
    slots = [
        (shop_of[order_id], cluster_id, order_id, slot, no)
        for cluster_id, p in zip(cluster_ids, planned, strict=True)
        for no, (slot, order_id) in enumerate(
            ((slot, order_id) for slot, tote in enumerate(p.totes, 1) for order_id in tote), 1
        )
    ]
    await tx.run(CLUSTER_ORDERS, *map(list, zip(*slots, strict=True)))
    tasks = [
        (q.shop_id, cluster_id, q.order_id, q.order_line_id, q.allocation_id, q.location_id, q.hu_id, q.sku_id,
         q.lot_id, seq, q.quantity)
        for cluster_id, p in zip(cluster_ids, planned, strict=True)
        for seq, q in enumerate(p.promises, 1)
    ]  # fmt: skip
    await tx.run(TASKS, *map(list, zip(*tasks, strict=True)))
    of_shop: dict[int, list[int]] = defaultdict(list)
    for order_id, shop_id in shop_of.items():
        of_shop[shop_id].append(order_id)
    for shop_id in sorted(of_shop):
        await advance(tx, shop_id, sorted(of_shop[shop_id]), OrderState.RELEASED)
    made = [
        WaveOut(
            id=wave_of[key], kind=key[1], ship_by=key[0], orders=orders, clusters=len(carts),
            tasks=sum(len(p.promises) for p in carts), walk_mm=walk, s_shape_mm=baseline,
        )
        for (key, carts), (orders, walk, baseline) in zip(groups.items(), sums, strict=True)
    ]  # fmt: skip
    await record_all(
        tx,
        [
            Event(
                kind="wave.released", subject="wave", subject_id=w.id,
                data={"kind": w.kind, "orders": w.orders, "clusters": w.clusters, "tasks": w.tasks},
            )
            for w in made
        ],
    )  # fmt: skip
    return made
