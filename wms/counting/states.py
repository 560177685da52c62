"""The life of a count."""

from enum import StrEnum

from wms.kernel.states import StateTable


class CountState(StrEnum):
    OPEN = "open"
    COUNTING = "counting"
    CLOSED = "closed"


COUNT: StateTable[CountState] = StateTable(
    "count",
    {
        CountState.OPEN: {CountState.COUNTING},
        CountState.COUNTING: {CountState.CLOSED},
        CountState.CLOSED: set(),
    },
)
