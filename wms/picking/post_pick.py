"""From the bin into the tote: the one place where picking moves goods.

A pick has no event of its own: its move in the ledger says who, when, from which device and with which scan, and
the order's events frame it.
"""

from collections.abc import Sequence

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.lease import LEASE, RENEW_AFTER
from wms.locations.queries import system_location
from wms.orders.advance import advance
from wms.orders.counters import line_picking, lines_picking
from wms.orders.states import OrderState
from wms.picking.screen import ORDER, SELECT, TASK, Cart, cart_of
from wms.stock.ledger import Move, post

# The task is done, the line has got its pieces, the lease begins anew, and what comes next? A picker who stands at the right shelf already
# is not sent to scan its label again.
FINISH = f"""
with done as (
  update pick_task set state = $4, picked = $5, counted = $5, step = 'tote', tote_hu_id = $6, done_at = $7
  where shop_id = $2 and id = $3
), c as materialized (
  select id, warehouse_id, kind, state, person_id, lost_by_id, lease_until, coalesce(begun_at, $7) as begun_at, orders, tasks
  from cluster where id = $1
), line as (
  {line_picking("$2", "$11", "$5")}
), kept as (
  update cluster set lease_until = $8, begun_at = coalesce(begun_at, $7)
  where id = $1 and (begun_at is null or lease_until < $10)
), t as materialized (
  select {TASK}, case when t.location_id = $9 and t.step = 'location' then 'item' else t.step end as step
  from pick_task t where t.cluster_id = $1 and t.state = 'open' and not (t.shop_id = $2 and t.id = $3)
  order by t.seq limit 1
), ahead as (
  update pick_task p set step = t.step from t where p.shop_id = t.shop_id and p.id = t.id and p.step <> t.step
), o as materialized (
  select {ORDER} from orders x join t on x.shop_id = t.shop_id and x.id = t.order_id
)
{SELECT}"""


async def post_pick(tx: Tx, cart: Cart, quantity: int, *, state: str = "picked") -> Cart:
    """Moves ``quantity`` into the tote, settles that much of the allocation, and gives the cart at its next task.

    The cart is locked and the gate was passed. The first pick of a cart takes its orders to ``picking``.
    """
    if cart.begun_at is None:
        await _advance_all(tx, cart.cluster_id, OrderState.RELEASED, OrderState.PICKING)
    if quantity:
        await post(tx, [_move(cart, quantity, await system_location(tx, cart.warehouse_id, "work"))])
    row = await tx.row(
        FINISH,
        cart.cluster_id,
        cart.shop_id,
        cart.task_id,
        state,
        quantity,
        cart.tote_id if quantity else None,
        tx.now,
        tx.now + LEASE,
        cart.location_id,
        tx.now + LEASE - RENEW_AFTER,
        cart.order_line_id,
    )
    assert row is not None
    return cart_of(dict(row))


def _move(cart: Cart, quantity: int, work: int) -> Move:
    assert cart.tote_id is not None
    return Move(
        shop_id=cart.shop_id, sku_id=cart.sku_id, lot_id=cart.lot_id, quantity=quantity, from_location=cart.location_id,
        from_hu=cart.hu_id, to_location=work, to_hu=cart.tote_id, reason="picking", order_id=cart.order_id,
        order_line_id=cart.order_line_id, allocation_id=cart.allocation_id,
    )  # fmt: skip


FINISH_SEVERAL = f"""
with u as materialized (
  select * from unnest((select $2::int[]), (select $3::bigint[]), (select $4::bigint[]), (select $5::int[]), (select $6::bigint[]))
    as u(shop_id, id, line_id, q, tote_id)
), done as (
  update pick_task t set state = 'picked', picked = u.q, counted = u.q, step = 'tote', tote_hu_id = u.tote_id, done_at = $7
  from u where t.shop_id = u.shop_id and t.id = u.id
), lines as (
  {lines_picking("u")}
)
update cluster set lease_until = $8, begun_at = coalesce(begun_at, $7) where id = $1
"""


async def post_picks(tx: Tx, carts: Sequence[Cart]) -> None:
    """``post_pick`` for several tasks of one cart, each whole. All or none: raises what the ledger raises."""
    first = carts[0]
    work = await system_location(tx, first.warehouse_id, "work")
    await post(tx, [_move(c, c.quantity, work) for c in carts])
    if first.begun_at is None:
        await _advance_all(tx, first.cluster_id, OrderState.RELEASED, OrderState.PICKING)
    await tx.run(
        FINISH_SEVERAL,
        first.cluster_id,
        [c.shop_id for c in carts],
        [c.task_id for c in carts],
        [c.order_line_id for c in carts],
        [c.quantity for c in carts],
        [c.tote_id for c in carts],
        tx.now,
        tx.now + LEASE,
    )


async def finish_cluster(tx: Tx, cluster_id: int) -> bool:
    """Closes a cart on which nothing is left to fetch: its orders are picked. False when something is."""
    done = await tx.row(
        """update cluster c set state = 'done', done_at = $2 where c.id = $1 and c.state <> 'done' and not exists (
             select from pick_task t where t.cluster_id = c.id and t.state = 'open')
           returning c.wave_id""",
        cluster_id,
        tx.now,
    )
    if done is None:
        return False
    orders = await _advance_all(tx, cluster_id, OrderState.PICKING, OrderState.PICKED)
    await tx.run(
        """update wave w set state = 'done' where w.id = $1 and not exists (
             select from cluster c where c.wave_id = w.id and c.id <> $2 and c.state <> 'done')""",
        done["wave_id"],
        cluster_id,
    )
    await record(
        tx, Event(kind="cluster.done", subject="cluster", subject_id=cluster_id, data={"orders": orders})
    )
    return True


async def _advance_all(tx: Tx, cluster_id: int, old: OrderState, new: OrderState) -> int:
    """One call for each shop on the cart; carts mix few."""
    rows = await tx.rows(
        """select o.shop_id, array_agg(o.id order by o.id) as ids from cluster_order co
           join orders o on o.shop_id = co.shop_id and o.id = co.order_id
           where co.cluster_id = $1 and o.state = $2 group by 1 order by 1""",
        cluster_id,
        old.value,
    )
    for row in rows:
        await advance(tx, row["shop_id"], row["ids"], new)
    return sum(len(row["ids"]) for row in rows)
