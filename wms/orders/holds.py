"""Holds of orders: put on, and what happens when the last one is gone."""

import msgspec

from wms.db.tx import Tx
from wms.orders.allocate_orders import allocate_orders
from wms.orders.states import OrderState

# Before goods are taken an order can wait; later a hold would strand a tote on the floor.
HOLDABLE = frozenset({OrderState.RECEIVED, OrderState.BACKORDERED, OrderState.ALLOCATED})


class Mended(msgspec.Struct, frozen=True):
    number: str
    state: str
    open_holds: list[str]


async def add_hold(tx: Tx, shop_id: int, order_id: int, code: str, field: str | None, detail: str) -> None:
    await tx.run(
        "insert into order_hold (shop_id, order_id, code, field, detail) values ($1, $2, $3, $4, $5)",
        shop_id,
        order_id,
        code,
        field,
        detail,
    )


async def go_on(tx: Tx, shop_id: int, order_id: int, number: str) -> Mended:
    """Allocates and moves on a locked order whose last hold is gone."""
    row = await tx.row(
        """select o.state, array(select code from order_hold h where h.shop_id = o.shop_id and h.order_id = o.id
                                  and h.released_at is null order by h.id) as holds
           from orders o where o.shop_id = $1 and o.id = $2""",
        shop_id,
        order_id,
    )
    assert row is not None
    state = row["state"]
    if state == OrderState.ON_HOLD and not row["holds"]:
        await allocate_orders(tx, shop_id, [order_id])
        state = await tx.value("select state from orders where shop_id = $1 and id = $2", shop_id, order_id)
    return Mended(number=number, state=state, open_holds=list(row["holds"]))
