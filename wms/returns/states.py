"""The life of a return, and the one function that changes it."""

from enum import StrEnum
from typing import Any

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.refusals import NotFound
from wms.kernel.states import StateTable


class ReturnState(StrEnum):
    ANNOUNCED = "announced"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    INSPECTING = "inspecting"
    INSPECTED = "inspected"
    AWAITING_SHOP = "awaiting_shop"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REJECTED = "rejected"


_S = ReturnState

STEPS: StateTable[ReturnState] = StateTable(
    "return",
    {
        # closed at once: it never came
        _S.ANNOUNCED: {_S.IN_TRANSIT, _S.RECEIVED, _S.CLOSED, _S.REJECTED},
        _S.IN_TRANSIT: {_S.RECEIVED, _S.CLOSED, _S.REJECTED},
        # inspected at once: the box was empty
        _S.RECEIVED: {_S.INSPECTING, _S.INSPECTED, _S.REJECTED},
        _S.INSPECTING: {_S.INSPECTED},
        # inspecting again: one more item lay at the bottom of the box
        _S.INSPECTED: {_S.INSPECTING, _S.AWAITING_SHOP, _S.RESOLVED, _S.REJECTED},
        _S.AWAITING_SHOP: {_S.INSPECTING, _S.RESOLVED, _S.REJECTED},
        _S.RESOLVED: {_S.CLOSED},
        _S.REJECTED: {_S.CLOSED},
        _S.CLOSED: set(),
    },
)
OVER = frozenset({_S.RESOLVED, _S.CLOSED, _S.REJECTED})
EXPECTED = frozenset({_S.ANNOUNCED, _S.IN_TRANSIT})


class LockedReturn(msgspec.Struct, frozen=True):
    """A return under its lock, so ``state`` is current."""

    shop_id: int
    id: int
    number: str
    kind: str
    state: ReturnState
    announced: bool
    order_id: int | None
    order_number: str | None
    warehouse_id: int
    location_id: int | None


LOCK = """
select shop_id, id, number, kind, state, announced, order_id, order_number, warehouse_id, location_id
from rma where shop_id = $1 and id = $2 for update
"""


async def lock_return(tx: Tx, shop_id: int, rma_id: int) -> LockedReturn:
    """Locks one return; after the order's lock, before those of stock. Raises ``NotFound``."""
    found = await tx.one(LockedReturn, LOCK, shop_id, rma_id)
    if found is None:
        raise NotFound(what="return", ref=rma_id)
    return found


async def advance_return(tx: Tx, rma: LockedReturn, new: ReturnState, **data: Any) -> LockedReturn:
    """Takes a locked return to ``new`` and writes ``return.<new>`` for the shop. Raises ``WrongState``."""
    STEPS.check(rma.number, rma.state, new)
    await tx.run(
        """update rma set state = $3, closed_at = case when $3 = 'closed' then now() else closed_at end
           where shop_id = $1 and id = $2""",
        rma.shop_id,
        rma.id,
        new.value,
    )
    about = {"old": rma.state.value, "new": new.value, "kind": rma.kind, "order_number": rma.order_number}
    await record(tx, return_event(rma, new.value, about | data))
    return msgspec.structs.replace(rma, state=new)


def return_event(rma: LockedReturn, what: str, data: dict[str, Any]) -> Event:
    """An event of this return: its ``ref`` is the return's number."""
    return Event(
        kind=f"return.{what}",
        subject="return",
        subject_id=rma.id,
        shop_id=rma.shop_id,
        ref=rma.number,
        data=data,
    )
