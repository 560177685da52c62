"""Goods leave the place that they were promised from: give up those promises, so that they can be made anew."""

from collections.abc import Sequence
from itertools import groupby

import msgspec

from wms.db.tx import Tx
from wms.orders.allocate_orders import allocate_orders
from wms.orders.counters import lines_unallocated
from wms.orders.gates import lock_orders
from wms.stock.ledger import Status, void

WITH_PICKER = frozenset({"released", "picking"})


class Leaving(msgspec.Struct, frozen=True, kw_only=True):
    """``quantity`` units of these goods leave a place, or are not there. 0: no handling unit, no lot."""

    shop_id: int
    sku_id: int
    quantity: int
    hu_id: int = 0
    lot_id: int = 0
    status: Status = "sellable"


class Promise(msgspec.Struct, frozen=True):
    """An allocation that cannot be kept, and its order."""

    shop_id: int
    id: int
    order_id: int
    number: str
    state: str


# Promises on goods that leave, those that come last first, laid beside what is too little.
PROMISES = """
with lack as (
  select u.*, u.less - (b.on_hand - b.allocated) as need
  from unnest($2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::int[])
       as u(shop_id, sku_id, hu_id, lot_id, status, less)
  join balance b on (b.shop_id, b.sku_id, b.hu_id, b.lot_id, b.status) = (u.shop_id, u.sku_id, u.hu_id, u.lot_id, u.status)
   and b.location_id = $1
  where u.less > b.on_hand - b.allocated
), promise as (
  select a.shop_id, a.id, a.order_id, o.number, a.open, k.need, o.state,
         sum(a.open) over (partition by k.shop_id, k.sku_id, k.hu_id, k.lot_id, k.status
           order by o.state in ('released', 'picking'), o.priority, o.ship_by desc, o.id desc, a.id desc) - a.open
           as before
  from lack k join allocation a
    on (a.shop_id, a.sku_id, a.hu_id, a.lot_id, a.status) = (k.shop_id, k.sku_id, k.hu_id, k.lot_id, k.status)
   and a.location_id = $1 and a.open > 0
  join orders o on (o.shop_id, o.id) = (a.shop_id, a.order_id)
)
select shop_id, id, order_id, number, state from promise where before < need order by shop_id, order_id, id
"""


async def promises_on(tx: Tx, location_id: int, leaving: Sequence[Leaving]) -> list[Promise]:
    """The promises that stand in the way, those that come last (least urgent) first to go; none where enough is free."""
    if not leaving:
        return []
    return await tx.all(
        Promise,
        PROMISES,
        location_id,
        [n.shop_id for n in leaving],
        [n.sku_id for n in leaving],
        [n.hu_id for n in leaving],
        [n.lot_id for n in leaving],
        [n.status for n in leaving],
        [n.quantity for n in leaving],
    )


class WithPickers(Exception):
    """``orders``: their goods are on a picker's list; nothing was given up."""

    def __init__(self, orders: list[str]) -> None:
        self.orders = orders
        super().__init__(", ".join(orders))


async def give_up_promises(tx: Tx, promises: Sequence[Promise]) -> dict[int, list[int]]:
    """Voids them, their orders locked first; who moves the goods then calls ``promise_anew`` with the answer.

    Answers with the orders, by shop, that want these goods again. One on hold is not among them: it is served when its
    hold is released. Raises ``WithPickers``.
    """
    if held := sorted({p.number for p in promises if p.state in WITH_PICKER}):
        raise WithPickers(held)
    losers: dict[int, list[int]] = {}
    for shop_id, group in groupby(promises, key=lambda p: p.shop_id):
        locked = await lock_orders(tx, shop_id, sorted({p.order_id for p in group}))
        if gone := sorted(o.number for o in locked if o.state in WITH_PICKER):
            raise WithPickers(gone)  # released while we looked
        losers[shop_id] = [o.id for o in locked if o.state != "on_hold"]
    await lines_unallocated(tx, await void(tx, [(p.shop_id, p.id) for p in promises]))
    return {shop_id: orders for shop_id, orders in losers.items() if orders}


async def promise_anew(tx: Tx, losers: dict[int, list[int]]) -> None:
    """Serves the orders again from wherever there is something now; one that gets too little is backordered."""
    for shop_id, orders in losers.items():
        await allocate_orders(tx, shop_id, orders)
