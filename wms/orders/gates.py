"""The four gates: allocate, pick, label and handover each lock the order and ask whether it may go on.

A cancelled order that gets a label all the same is the complaint that every such system hears; here whoever acts
holds the order's lock, so a cancel comes either before (and is seen) or after (and undoes what was done).
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.orders.errors import OrderCancelled, OrderOnHold
from wms.orders.states import OrderState


class LockedOrder(msgspec.Struct, frozen=True):
    """What a gate needs to know; ``state`` is current because the row is locked. No ``carrier_id``: nobody takes it yet."""

    shop_id: int
    id: int
    number: str
    state: str
    kind: str
    warehouse_id: int
    carrier_id: int | None
    service: str
    ship_by: datetime
    partial_policy: str


COLUMNS = ", ".join(f"o.{f}" for f in LockedOrder.__struct_fields__)
LOCK = f"""
select {COLUMNS} from orders o where shop_id = $1 and id = any((select $2::bigint[])::bigint[]) order by id for update of o
"""


FREE = f"{LOCK.rstrip()} skip locked"


async def lock_free_orders(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> list[LockedOrder]:
    """Locks those that nobody else has locked, in order of id: for work in the background, which can come again."""
    return await tx.sized(LockedOrder, FREE, len(order_ids), shop_id, list(order_ids))


async def lock_orders(tx: Tx, shop_id: int, order_ids: Sequence[int]) -> list[LockedOrder]:
    """Locks orders of one shop, in order of id. Raises ``NotFound``."""
    rows = await tx.sized(LockedOrder, LOCK, len(order_ids), shop_id, list(order_ids))
    if missing := set(order_ids) - {r.id for r in rows}:
        raise NotFound(what="order", ref=min(missing))
    return rows


def pass_gate(order: LockedOrder) -> None:
    """Raises ``OrderCancelled`` or ``OrderOnHold``; anything else may go on."""
    if order.state == OrderState.CANCELLED:
        raise OrderCancelled(number=order.number)
    if order.state == OrderState.ON_HOLD:
        raise OrderOnHold(number=order.number)


async def lock_live_order(tx: Tx, shop_id: int, order_id: int) -> LockedOrder:
    """The gate for one order."""
    (order,) = await lock_orders(tx, shop_id, [order_id])
    pass_gate(order)
    return order
