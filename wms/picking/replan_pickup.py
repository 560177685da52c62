"""Plan the carts of a pickup anew, as far as nobody has touched them, so that an urgent order comes first."""

from collections import defaultdict
from datetime import datetime
from itertools import chain

import msgspec

from wms.db.tx import Tx
from wms.orders.advance import advance
from wms.orders.gates import lock_orders
from wms.orders.states import OrderState
from wms.picking.plan_wave import WaveOut, release_these


class Replanned(msgspec.Struct, frozen=True):
    """``where`` is the order itself: ``waiting`` (not on the floor yet), ``planned`` (its cart was planned anew),
    ``in_hand`` (somebody has its cart) or ``past`` (picked, or gone)."""

    where: str
    waves: list[WaveOut]


CART = """
select c.id, c.warehouse_id, c.ship_by, c.state, c.begun_at, w.carrier_id
from cluster_order co join cluster c on c.id = co.cluster_id join wave w on w.id = c.wave_id
where co.shop_id = $1 and co.order_id = $2 and c.state in ('waiting', 'claimed') order by c.id desc limit 1
"""
# A cart that nobody ever had in hand: no tote stands on it and nothing was picked for it.
UNTOUCHED = """
select c.id, c.wave_id, co.shop_id, co.order_id
from cluster c join wave w on w.id = c.wave_id join cluster_order co on co.cluster_id = c.id
where c.warehouse_id = $1 and c.state = 'waiting' and c.ship_by = $2 and c.begun_at is null
  and w.carrier_id is not distinct from $3::bigint
  and not exists (select from cluster_order t where t.cluster_id = c.id and t.tote_hu_id is not null)
"""
TAKE = """select id from cluster where id = any($1::bigint[]) and state = 'waiting' and begun_at is null
order by id for update skip locked"""
DISSOLVE = """
with tasks as (
  update pick_task set state = 'void', done_at = $3 where cluster_id = any($1::bigint[]) and state = 'open'
), carts as (
  update cluster set state = 'void', done_at = $3 where id = any($1::bigint[])
)
update wave w set state = 'done' where w.id = any($2::bigint[]) and not exists (
  select from cluster c where c.wave_id = w.id and c.state in ('waiting', 'claimed') and c.id <> all ($1::bigint[]))
"""
READY = """select o.shop_id, o.id, o.ship_by, o.priority
from unnest($1::int[], $2::bigint[]) as u(shop_id, id) join orders o on o.shop_id = u.shop_id and o.id = u.id
where o.state = 'allocated' order by o.ship_by, o.priority desc, o.id"""


async def replan_for(tx: Tx, shop_id: int, order_id: int) -> Replanned:
    """Puts an order where its priority wants it, among the carts of its pickup that nobody has touched.

    An order that was not released goes by its priority when it is; one whose cart is in somebody's hands is left there.
    """
    cart = await tx.row(CART, shop_id, order_id)
    if cart is None:
        state = await tx.value("select state from orders where shop_id = $1 and id = $2", shop_id, order_id)
        early = state in ("received", "on_hold", "backordered", "allocated")
        return Replanned("waiting" if early else "past", [])
    if cart["state"] != "waiting" or cart["begun_at"] is not None:
        return Replanned("in_hand", [])
    waves = await replan_pickup(tx, cart["warehouse_id"], cart["ship_by"], cart["carrier_id"])
    return Replanned("planned" if waves else "in_hand", waves)


async def replan_pickup(
    tx: Tx, warehouse_id: int, ship_by: datetime, carrier_id: int | None
) -> list[WaveOut]:
    """Dissolves the untouched carts of one pickup and makes new ones; returns the new waves.

    Orders are locked before carts, as everywhere; a cart that somebody takes in that moment stays as it is.
    """
    rows = await tx.rows(UNTOUCHED, warehouse_id, ship_by, carrier_id)
    of_shop: dict[int, list[int]] = defaultdict(list)
    for r in rows:
        of_shop[r["shop_id"]].append(r["order_id"])
    locked = chain.from_iterable(
        [await lock_orders(tx, shop_id, sorted(of_shop[shop_id])) for shop_id in sorted(of_shop)]
    )
    released = {(o.shop_id, o.id) for o in locked if o.state == OrderState.RELEASED}
    taken = {r["id"] for r in await tx.rows(TAKE, sorted({r["id"] for r in rows}))}
    mine = [r for r in rows if r["id"] in taken and (r["shop_id"], r["order_id"]) in released]
    if not mine:
        return []
    await tx.run(DISSOLVE, sorted(taken), sorted({r["wave_id"] for r in mine}), tx.now)
    back: dict[int, list[int]] = defaultdict(list)
    for r in mine:
        back[r["shop_id"]].append(r["order_id"])
    for shop_id in sorted(back):
        await advance(tx, shop_id, sorted(back[shop_id]), OrderState.ALLOCATED, reason="planned anew")
    ready = await tx.rows(READY, [r["shop_id"] for r in mine], [r["order_id"] for r in mine])
    return await release_these(tx, warehouse_id, ready, carrier_id=carrier_id)
