"""Take back a confirmed replenishment: off the pick face, back into the reserve."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.lease import LEASE
from wms.kernel.notice import Notice
from wms.kernel.text import Text
from wms.orders.give_up_promises import Leaving, WithPickers, give_up_promises, promise_anew, promises_on
from wms.replenishment.errors import NothingToUndoHere, NotYourReplenishment, OnPickersList
from wms.replenishment.screen import RefillScreen, Task, draw, lock_task
from wms.replenishment.states import REFILL, RefillState
from wms.stock.ledger import Move, post

UNDONE = Text(
    en="Undone: bring {quantity} × {sku} from {target} back to {source}.",
    pl="Cofnięto: odnieś {quantity} × {sku} z {target} z powrotem do {source}.",
)
UNDO = """
update replenishment set state = 'claimed', step = 'location', counted = 0, moved = 0, missing = false, person_id = $3,
       device_id = $4, lease_until = $5, done_at = null where shop_id = $1 and id = $2
"""


async def undo_replenishment(tx: Tx, shop_id: int, task_id: int) -> RefillScreen:
    """The inverse move of a finished task, which is then in the hands of whoever undid it; see ``undo_task``."""
    return await undo_task(tx, await lock_task(tx, shop_id, task_id))


async def undo_task(tx: Tx, task: Task) -> RefillScreen:
    """By the person who did it, or a supervisor. Promises that orders got on the goods meanwhile are made anew.

    Raises ``NothingToUndoHere``, ``NotYourReplenishment``, ``OnPickersList`` where a picker is on the way to the
    goods, ``NotEnoughStock`` where they are gone. A source that was locked for a count stays locked.
    """
    me = tx.actor.person_id
    if task.state not in (RefillState.DONE, RefillState.SHORT) or not task.moved or me is None:
        raise NothingToUndoHere
    if task.person_id != me and not tx.actor.roles & {"supervisor", "admin"}:
        raise NotYourReplenishment(location=task.target, holder=task.holder or "?", until="–")
    REFILL.check(task.id, RefillState(task.state), RefillState.CLAIMED)
    leaving = Leaving(shop_id=task.shop_id, sku_id=task.sku_id, lot_id=task.lot_id, quantity=task.moved)
    try:
        losers = await give_up_promises(tx, await promises_on(tx, task.target_id, [leaving]))
    except WithPickers as e:
        raise OnPickersList(said=", ".join(e.orders), orders=e.orders) from e
    await post(
        tx,
        [
            Move(
                shop_id=task.shop_id, sku_id=task.sku_id, lot_id=task.lot_id, quantity=task.moved,
                from_location=task.target_id, to_location=task.source_id, to_hu=task.hu_id, reason="storing",
                doc=f"replenishment {task.id} undone",
            )
        ],
    )  # fmt: skip
    await tx.run(UNDO, task.shop_id, task.id, me, tx.actor.device_id, tx.now + LEASE)
    await record(
        tx,
        Event(
            kind="replenishment.undone", subject="replenishment", subject_id=task.id, shop_id=task.shop_id,
            ref=task.target, data={"sku": task.sku, "quantity": task.moved},
        ),
    )  # fmt: skip
    await promise_anew(tx, losers)
    values = {"quantity": task.moved, "sku": task.sku, "target": task.target, "source": task.source}
    fresh = msgspec.structs.replace(task, state="claimed", step="location", counted=0, moved=0, missing=False)
    return draw(tx, fresh, Notice("undone", UNDONE, "warn", values))
