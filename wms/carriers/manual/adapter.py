"""The adapter: a booking waits without a number until a person gives it one that looks right."""

import re
from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

import msgspec

from wms.carriers.account import Account
from wms.carriers.errors import ours
from wms.carriers.port import CancelOutcome, Cap, Created, Rejected, ShipmentIn
from wms.carriers.shaping import too_heavy
from wms.kernel.numbers import mod37_36_valid, s10_valid, sscc_valid

LONGEST = 60
CHECKS: dict[str, Callable[[str], bool]] = {"s10": s10_valid, "mod37_36": mod37_36_valid, "sscc": sscc_valid}


class Rules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``pattern``: what a number looks like, for the whole of it; ``check`` its check digit; ``example`` for the screen."""

    pattern: str = r"[0-9A-Z]{4,40}"
    check: Literal["none", "s10", "mod37_36", "sscc"] = "none"
    example: str = ""
    template: str | None = None

    def __post_init__(self) -> None:
        try:
            re.compile(self.pattern)
        except re.error as e:
            raise ValueError(f"pattern: {e}") from None


def make(account: Account) -> "Manual":
    return Manual(msgspec.convert(dict(account.settings), Rules), account.max_weight_g)


class Manual:
    """Nothing is booked from here, so nothing ever needs to be looked up, and nothing can be cancelled from here."""

    code: ClassVar[str] = "manual"
    capabilities: ClassVar[frozenset[Cap]] = frozenset({Cap.CREATE, Cap.FIND, Cap.CANCEL, Cap.TYPED})

    def __init__(self, rules: Rules, max_weight_g: int) -> None:
        self.rules, self.max_weight_g = rules, max_weight_g

    async def create(self, s: ShipmentIn) -> Created:
        """Waits for a person. Raises ``Rejected`` for a parcel that the carrier does not take."""
        if heavy := too_heavy(s, self.max_weight_g):
            raise Rejected(heavy)
        return Created(id=f"manual:{s.reference}", reference=s.reference)

    async def find_by_reference(self, ref: str) -> list[Created]:
        return []

    async def poll(self, ids: Sequence[str]) -> list[Created]:
        return [Created(id=i, reference=i.removeprefix("manual:")) for i in ids]

    async def cancel(self, id: str) -> CancelOutcome:
        return CancelOutcome(False, "it was booked by hand; cancel it where it was booked")

    def typed(self, s: ShipmentIn, number: str) -> Created:
        """The number as scanned or typed: blanks and dashes do not count, letters are capitals. Raises ``Rejected``."""
        plain = re.sub(r"[\s-]", "", number).upper()
        if len(plain) > LONGEST or not re.fullmatch(self.rules.pattern, plain):
            example = self.rules.example
            en = f"{plain[:LONGEST]} is no number of this carrier" + (
                f"; one looks like {example}" if example else ""
            )
            pl = f"{plain[:LONGEST]} to nie numer tego przewoźnika" + (
                f"; przykład: {example}" if example else ""
            )
            raise Rejected([ours("number", "no-such-number", en, pl)])
        if self.rules.check != "none" and not CHECKS[self.rules.check](plain):
            en = f"the check digit of {plain} is wrong; scan it again"
            pl = f"cyfra kontrolna numeru {plain} jest błędna; zeskanuj go ponownie"
            raise Rejected([ours("number", "check-digit", en, pl)])
        return Created(id=f"manual:{s.reference}", reference=s.reference, numbers=(plain,))
