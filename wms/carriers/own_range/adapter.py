"""The adapter: checks what the carrier would refuse at the dock, then hands out the next number."""

from collections.abc import Sequence
from typing import ClassVar

import msgspec

from wms.carriers.account import Account
from wms.carriers.errors import ours
from wms.carriers.own_range.numbers import Numbers
from wms.carriers.port import CancelOutcome, Cap, Created, FieldError, Rejected, ShipmentIn
from wms.carriers.shaping import too_heavy


class Rules(msgspec.Struct, frozen=True):
    """``range``: the code of the number range. ``sscc_range``: parcels get an SSCC too. ``countries``: none means all.

    ``phone_services``: services whose receiver must have a phone; a locker cannot be opened without one.
    """

    range: str
    sscc_range: str | None = None
    countries: tuple[str, ...] = ("PL",)
    phone_services: tuple[str, ...] = ()


def make(account: Account) -> "OwnRange":
    rules = msgspec.convert(dict(account.settings), Rules)
    sscc = Numbers(account.take, rules.sscc_range) if rules.sscc_range else None
    return OwnRange(rules, account.max_weight_g, Numbers(account.take, rules.range), sscc)


class OwnRange:
    """No network: a number that was handed out and not used is a gap, so nothing ever needs to be looked up."""

    code: ClassVar[str] = "own_range"
    capabilities: ClassVar[frozenset[Cap]] = frozenset({Cap.CREATE, Cap.FIND, Cap.CANCEL, Cap.MULTI_PARCEL})

    def __init__(
        self, rules: Rules, max_weight_g: int, numbers: Numbers, ssccs: Numbers | None = None
    ) -> None:
        self.rules, self.max_weight_g, self.numbers, self.ssccs = rules, max_weight_g, numbers, ssccs

    async def create(self, s: ShipmentIn) -> Created:
        """A number for each parcel. Raises ``Rejected`` with every faulty field, ``NumbersUsedUp``."""
        if errors := self.faults(s):
            raise Rejected(errors)
        numbers = [await self.numbers.next() for _ in s.parcels]
        ssccs = [await self.ssccs.next() for _ in s.parcels] if self.ssccs else []
        return Created(id=numbers[0], reference=s.reference, numbers=tuple(numbers), ssccs=tuple(ssccs))

    def faults(self, s: ShipmentIn) -> list[FieldError]:
        found = too_heavy(s, self.max_weight_g)
        if self.rules.countries and s.receiver.country not in self.rules.countries:
            country, only = s.receiver.country, ", ".join(self.rules.countries)
            found.append(
                ours(
                    "receiver.country", "country-not-served", f"{country} is not served; only {only}",
                    f"kraj {country} nie jest obsługiwany, tylko {only}",
                )
            )  # fmt: skip
        if (s.service in self.rules.phone_services or "locker" in s.service) and not s.receiver.phone:
            found.append(
                ours(
                    "receiver.phone", "phone-missing", f"{s.service} needs a phone number",
                    f"{s.service} wymaga numeru telefonu",
                )
            )  # fmt: skip
        return found

    async def find_by_reference(self, ref: str) -> list[Created]:
        return []

    async def cancel(self, id: str) -> CancelOutcome:
        return CancelOutcome(cancelled=True)

    async def poll(self, ids: Sequence[str]) -> list[Created]:
        return [Created(id=i, reference="", numbers=(i,)) for i in ids]
