"""What a printer is and has: paper, a lid, a buffer, and what came out of it."""

import asyncio
import re
import time
from pathlib import Path
from typing import Literal

import msgspec

from wms.printing.host_status import HostStatus

FaultKind = Literal[
    "reset_at_once", "reset_before", "reset_in_label", "reset_after", "silent", "slow",
    "busy", "job_error", "job_forgotten", "job_aborted",
]  # fmt: skip
_DRAWS = re.compile(rb"\^(FD|FV|GB|GC|GD|GE|GF|GS)")
_PRINTED = re.compile(rb"\^PQ\s*([0-9]+)")


class Came(msgspec.Struct, frozen=True):
    """One label or sheet; ``at`` is the monotonic clock when its last byte was here."""

    at: float
    content: bytes
    copies: int = 1
    name: str = ""


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What somebody does to it; what is left out stays. ``paper``: labels left on the roll, -1 for no end of it."""

    power: bool | None = None
    paper: int | None = None
    head_open: bool | None = None
    paused: bool | None = None
    buffer_full: bool | None = None
    print_s: float | None = None


class Fault(msgspec.Struct, forbid_unknown_fields=True):
    """What goes wrong the next ``times``; ``seconds`` for *slow*. Over IPP alone: *busy* takes no sheet, *job_error* answers
    HTTP 503 when it is asked about one, *job_forgotten* that it knows none, *job_aborted* that it has given it up."""

    kind: FaultKind
    times: int = 1
    seconds: float = 1.0


class VirtualPrinter:
    """``labels`` and ``sheets`` are what came out, ``waiting`` what it has been sent and has no paper for."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.power, self.paper = True, -1
        self.head_open = self.paused = self.buffer_full = False
        self.print_s = 0.0
        self.labels: list[Came] = []
        self.sheets: list[Came] = []
        self.waiting: list[tuple[Literal["zpl", "pdf"], Came, int]] = []
        self.done: set[int] = set()
        self.asked = 0
        self.faults: list[Fault] = []
        self.changed = asyncio.Event()
        self.numbers = 0

    def change(self, c: Change) -> None:
        for name in ("power", "paper", "head_open", "paused", "buffer_full", "print_s"):
            if (value := getattr(c, name)) is not None:
                setattr(self, name, value)
        self.changed.set()

    def take(self, *kinds: FaultKind) -> Fault | None:
        """The next fault of these kinds, used up once."""
        for fault in self.faults:
            if fault.kind in kinds and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    @property
    def blocked(self) -> bool:
        return self.head_open or self.paused or self.paper == 0

    def accept(self, kind: Literal["zpl", "pdf"], content: bytes, copies: int = 1, name: str = "") -> int:
        """A whole label or sheet has arrived; the number of its job. It comes out now, or when it can."""
        self.numbers += 1
        if kind == "zpl":
            if not _DRAWS.search(content):
                return self.numbers  # it only sets the printer up
            found = _PRINTED.search(content)
            copies = int(found[1]) if found else 1
        self.waiting.append((kind, Came(time.monotonic(), content, copies, name), self.numbers))
        if not self.print_s:
            self.move()
        self.changed.set()
        return self.numbers

    def move(self) -> bool:
        """One of what waits comes out; False when nothing can."""
        moved = False
        while self.waiting and not self.blocked:
            kind, came, number = self.waiting.pop(0)
            (self.labels if kind == "zpl" else self.sheets).append(came)
            self.done.add(number)
            if self.paper > 0:
                self.paper -= 1
            if self.folder is not None:
                n = len(self.labels) if kind == "zpl" else len(self.sheets)
                (self.folder / f"{n:05}.{kind}").write_bytes(came.content)
            moved = True
            if self.print_s:
                break
        return moved

    async def run(self) -> None:
        """The motor: takes its time for each label where it is told to."""
        while True:
            self.changed.clear()
            if not self.waiting or self.blocked:
                await self.changed.wait()
                continue
            if self.print_s:
                await asyncio.sleep(self.print_s)
            self.move()

    def status(self, partial: bool) -> HostStatus:
        return HostStatus(
            paper_out=self.paper == 0,
            paused=self.paused,
            formats=sum(1 for kind, *_ in self.waiting if kind == "zpl"),
            buffer_full=self.buffer_full,
            partial=partial,
            too_cold=False,
            too_hot=False,
            head_open=self.head_open,
            ribbon_out=False,
            labels=0,
        )
