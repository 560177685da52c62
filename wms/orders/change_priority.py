"""Make an order more or less urgent within its pickup."""

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import Invalid
from wms.kernel.whys import BETWEEN
from wms.orders.errors import OrderGone
from wms.orders.gates import lock_orders
from wms.orders.states import BEFORE_HANDOVER

MOST = 9


async def change_priority(tx: Tx, shop_id: int, order_id: int, priority: int) -> int:
    """Sets it (-9 to 9, greater is more urgent) and returns what it was.

    Raises ``OrderGone`` after handover or cancel, ``Invalid``, ``NotFound``. Who picks is told by ``picking``.
    """
    if not -MOST <= priority <= MOST:
        raise Invalid(field="priority", why=BETWEEN, low=-MOST, high=MOST, pointer="/priority")
    (order,) = await lock_orders(tx, shop_id, [order_id])
    if order.state not in BEFORE_HANDOVER:
        raise OrderGone(number=order.number)
    was: int | None = await tx.value(
        """with old as (select priority from orders where shop_id = $1 and id = $2)
           update orders o set priority = $3, version = version + 1 from old
           where o.shop_id = $1 and o.id = $2 and old.priority <> $3 returning old.priority""",
        shop_id,
        order_id,
        priority,
    )
    if was is None:
        return priority
    event = Event(
        kind="order.priority_changed", subject="order", subject_id=order_id, shop_id=shop_id, ref=order.number,
        data={"old": was, "new": priority},
    )  # fmt: skip
    await record(tx, event)
    return was
