"""The life of a replenishment."""

from enum import StrEnum

from wms.kernel.states import StateTable


class RefillState(StrEnum):
    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    SHORT = "short"
    VOID = "void"


REFILL: StateTable[RefillState] = StateTable(
    "replenishment",
    {
        RefillState.WAITING: {RefillState.CLAIMED, RefillState.VOID},
        RefillState.CLAIMED: {RefillState.WAITING, RefillState.DONE, RefillState.SHORT},
        # undone, it is in the hands of whoever undid it
        RefillState.DONE: {RefillState.CLAIMED},
        RefillState.SHORT: {RefillState.CLAIMED},
        RefillState.VOID: set(),
    },
)
