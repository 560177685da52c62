"""What can go wrong on purpose, for the next calls of one name or of any."""

from typing import Literal

import msgspec

Kind = Literal[
    "hang_before",  # read, never carried out, never answered
    "hang_after",  # carried out, never answered
    "reset_before",  # read, then the connection is reset
    "reset_after",  # carried out, then the connection is reset without an answer
    "reset_in_body",  # carried out, then half of the answer and a reset
    "error_before",  # `status` without having done anything
    "error_after",  # carried out, then `status`
    "junk",  # carried out, then 200 with a web page
    "junk_before",  # 200 with a web page, nothing done
    "slow",  # carried out, answered after `seconds`
    "twice",  # carried out twice, as by a network that repeats
    "limited",  # 429 with `seconds` as Retry-After
    "expired",  # the account's session or token has run out
    "denied",  # the account is refused for good
]
NOT_CARRIED_OUT = frozenset(
    {"hang_before", "reset_before", "error_before", "junk_before", "limited", "expired", "denied"}
)


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """``call`` is the simulator's name of a call, ``*`` any; ``times`` how many calls it hits."""

    kind: Kind
    call: str = "*"
    times: int = 1
    status: int = 500
    seconds: float = 30.0


class Plan:
    """Faults to come, in the order in which they were asked for."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self.faults.append(fault)

    def take(self, call: str) -> Fault | None:
        for fault in self.faults:
            if fault.call in (call, "*"):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None
