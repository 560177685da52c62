"""Take back the last confirmed pick: out of the tote, back into the bin, and promised anew."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.notice import Notice
from wms.kernel.text import Text
from wms.locations.queries import system_location
from wms.orders.allocate_orders import reallocate_line
from wms.orders.counters import line_picked, line_unallocated
from wms.orders.gates import lock_live_order
from wms.picking.errors import NothingToUndo
from wms.picking.hold_cart import gate
from wms.picking.pass_on import now_at
from wms.picking.screen import Cart, PickScreen, draw, load_cart
from wms.picking.walk_on import walk_on
from wms.stock.ledger import Move, post

UNDONE = Text(
    en="Undone: put {quantity} × {sku} from tote {tote} back to {location}.",
    pl="Cofnięto: odłóż {quantity} × {sku} z pojemnika {tote} z powrotem na {location}.",
)
LAST = """select t.shop_id, t.order_id, t.id from pick_task t
where t.cluster_id = $1 and t.state = 'picked' and t.done_at is not null order by t.done_at desc, t.seq desc limit 1"""


async def undo_pick(tx: Tx, cart: Cart) -> PickScreen:
    """The inverse of the cart's last pick, as a move of its own. The cart is locked and not finished.

    The goods are allocated again, by the rules of every allocation, so mostly from the same bin. Raises
    ``NothingToUndo`` before the first pick, ``OrderCancelled`` or ``OrderWaits`` where the order may not be touched.
    """
    last = await tx.row(LAST, cart.cluster_id)
    if last is None:
        raise NothingToUndo
    await lock_live_order(tx, last["shop_id"], last["order_id"])  # raises when it was cancelled
    done = await load_cart(tx, cart.cluster_id, last["id"], lock="cart")
    tote = await tx.row(
        """select h.id, h.code from pick_task t join handling_unit h on h.id = t.tote_hu_id
           where t.shop_id = $1 and t.id = $2""",
        last["shop_id"],
        last["id"],
    )
    assert done is not None
    assert tote is not None
    if (against := gate(done)) is not None:
        raise against
    quantity = done.counted
    await line_picked(tx, done.shop_id, done.order_line_id, -quantity)
    await line_unallocated(tx, done.shop_id, done.order_line_id, quantity)
    await tx.run(
        "update pick_task set state = 'void', picked = 0, counted = 0 where shop_id = $1 and id = $2",
        done.shop_id,
        done.task_id,
    )
    await post(
        tx,
        [
            Move(
                shop_id=done.shop_id, sku_id=done.sku_id, lot_id=done.lot_id, quantity=quantity,
                from_location=await system_location(tx, done.warehouse_id, "work"), from_hu=tote["id"],
                to_location=done.location_id, to_hu=done.hu_id, reason="storing", order_id=done.order_id,
                order_line_id=done.order_line_id,
            )
        ],
    )  # fmt: skip
    found = await reallocate_line(tx, done.shop_id, done.order_line_id, quantity)
    await walk_on(tx, msgspec.structs.replace(done, tasks=cart.tasks), found)
    await record(
        tx,
        Event(
            kind="order.pick_undone", subject="order", subject_id=done.order_id, shop_id=done.shop_id,
            ref=done.number, data={"sku": done.sku, "quantity": quantity, "location": done.location},
        ),
    )  # fmt: skip
    values = {"quantity": quantity, "sku": done.sku, "tote": tote["code"], "location": done.location}
    return draw(tx, await now_at(tx, cart.cluster_id), Notice("undone", UNDONE, "warn", values))
