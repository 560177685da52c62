"""From the reserve to the pick face: where replenishment moves goods."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.notice import Notice
from wms.kernel.text import Text
from wms.locations.count_request import SHORT_PICK, request_count
from wms.locations.lock_location import lock_location
from wms.locations.queries import place
from wms.locations.resolve import refuse_locked
from wms.orders.fill_backorders import fill_backorders
from wms.replenishment.screen import RefillScreen, Task, draw
from wms.replenishment.states import REFILL, RefillState
from wms.stock.ledger import Move, post

FILLED = Text(
    en="{quantity} × {sku} are at {location}.",
    pl="{quantity} × {sku} jest na {location}.",
)
FILLED_FOR_ORDERS = Text(
    en="{quantity} × {sku} are at {location}; waiting orders got {for_orders} of them.",
    pl="{quantity} × {sku} jest na {location}; z tego dla czekających zamówień: {for_orders}.",
)
SHORT = Text(
    en="Missing at {location}: {missing}. The place is locked and will be counted.",
    pl="Brakuje w {location}: {missing} szt. Miejsce jest zablokowane i zostanie policzone.",
)


async def move_refill(tx: Tx, task: Task, quantity: int) -> RefillScreen:
    """Moves ``quantity`` pieces (more than 0) to the face and ends the task; the rest is missing.

    Raises ``LocationLocked`` for either end, ``NotEnoughStock`` where an order or a move took the goods meanwhile.
    """
    face = await place(tx, task.target_id)
    refuse_locked(face)
    refuse_locked(await place(tx, task.source_id))
    done = await _end(tx, task, quantity)
    await post(
        tx,
        [
            Move(
                shop_id=task.shop_id, sku_id=task.sku_id, lot_id=task.lot_id, quantity=quantity,
                from_location=task.source_id, from_hu=task.hu_id, to_location=task.target_id, reason="stocking",
                doc=f"replenishment {task.id}",
            )
        ],
    )  # fmt: skip
    if done.missing:
        await _count_source(tx, done)
    filled = await fill_backorders(tx, [(task.shop_id, task.sku_id)]) if face.pickable else 0
    if done.missing:
        return draw(tx, done, _short(done), for_orders=filled)
    values = {"quantity": quantity, "sku": task.sku, "location": task.target, "for_orders": filled}
    said = FILLED_FOR_ORDERS if filled else FILLED
    return draw(tx, done, Notice("filled", said, "info", values), for_orders=filled)


async def finish_short(tx: Tx, task: Task) -> RefillScreen:
    """Nothing is there: the task ends without a move."""
    done = await _end(tx, msgspec.structs.replace(task, missing=True), 0)
    await _count_source(tx, done)
    return draw(tx, done, _short(done))


async def _end(tx: Tx, task: Task, quantity: int) -> Task:
    state = RefillState.SHORT if quantity < task.quantity else RefillState.DONE
    REFILL.check(task.id, RefillState(task.state), state)
    await tx.run(
        """update replenishment set state = $3, moved = $4, counted = $4, missing = $3 = 'short', step = 'target',
             done_at = $5 where shop_id = $1 and id = $2""",
        task.shop_id,
        task.id,
        state.value,
        quantity,
        tx.now,
    )
    await record(
        tx,
        Event(
            kind=f"replenishment.{state.value}", subject="replenishment", subject_id=task.id, shop_id=task.shop_id,
            ref=task.target, data={"sku": task.sku, "from": task.source, "quantity": quantity, "wanted": task.quantity},
        ),
    )  # fmt: skip
    return msgspec.structs.replace(
        task, state=state.value, moved=quantity, counted=quantity, missing=state is RefillState.SHORT
    )


async def _count_source(tx: Tx, task: Task) -> None:
    """As after a short pick: nobody is sent there again until somebody has counted."""
    await lock_location(tx, task.source_id, SHORT_PICK)
    await request_count(tx, task.source_id, "short_pick")


def _short(task: Task) -> Notice:
    values = {"location": task.source, "missing": task.quantity - task.moved}
    return Notice("short", SHORT, "warn", values)
