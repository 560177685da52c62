"""State machines as frozen tables: what may follow what, and a refusal for the rest."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from wms.kernel.refusals import WrongState

S = TypeVar("S", bound=StrEnum)


class StateTable(Generic[S]):
    """The steps of one kind of thing, e.g. ``StateTable("order", {OrderState.RECEIVED: {OrderState.ON_HOLD}})``."""

    def __init__(self, what: str, steps: Mapping[S, frozenset[S] | set[S]]) -> None:
        self.what = what
        self.steps: dict[S, frozenset[S]] = {old: frozenset(new) for old, new in steps.items()}

    def check(self, ref: object, old: S, new: S) -> None:
        """Raises ``WrongState`` unless ``new`` may follow ``old``."""
        if new not in self.steps.get(old, frozenset()):
            raise WrongState(what=self.what, ref=str(ref), state=old.value, wanted=new.value)

    def before(self, new: S) -> frozenset[S]:
        """Every state from which ``new`` can be reached in one step; what a set-based UPDATE filters by."""
        return frozenset(old for old, news in self.steps.items() if new in news)
