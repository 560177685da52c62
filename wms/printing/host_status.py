"""The answer of a label printer to ``~HS``: three lines of numbers, each between STX and ETX."""

import msgspec

STX, ETX = b"\x02", b"\x03"


class HostStatus(msgspec.Struct, frozen=True):
    """``formats`` wait in the receive buffer, ``labels`` are still to come out of the one that is being printed."""

    paper_out: bool
    paused: bool
    formats: int
    buffer_full: bool
    partial: bool
    too_cold: bool
    too_hot: bool
    head_open: bool
    ribbon_out: bool
    labels: int

    @property
    def trouble(self) -> str:
        """A state of ``states.STATE_WORDS``; *ready* when it can print. What a person must mend first comes first."""
        if self.head_open:
            return "head_open"
        if self.paper_out:
            return "paper_out"
        if self.ribbon_out:
            return "ribbon_out"
        if self.too_hot or self.too_cold:
            return "too_hot"
        if self.paused:
            return "paused"
        return "buffer_full" if self.buffer_full else "ready"

    @property
    def idle(self) -> bool:
        """Nothing of what it was sent is still to come."""
        return not (self.formats or self.labels or self.partial)


def read_status(answer: bytes) -> HostStatus:
    """Raises ``ValueError`` for anything but three lines as the printer's manual lists them."""
    lines = [part.partition(ETX)[0] for part in answer.split(STX)[1:]]
    if len(lines) != 3:
        raise ValueError(f"{len(lines)} lines in {answer[:80]!r}")
    first, second = (line.decode("ascii").split(",") for line in lines[:2])
    if len(first) < 12 or len(second) < 9:
        raise ValueError(f"too few fields in {answer[:80]!r}")
    return HostStatus(
        paper_out=_flag(first[1]),
        paused=_flag(first[2]),
        formats=int(first[4]),
        buffer_full=_flag(first[5]),
        partial=_flag(first[7]),
        too_cold=_flag(first[10]),
        too_hot=_flag(first[11]),
        head_open=_flag(second[2]),
        ribbon_out=_flag(second[3]),
        labels=int(second[8]),
    )


def complete(answer: bytes) -> bool:
    return answer.count(ETX) >= 3


def write_status(s: HostStatus) -> bytes:
    """What a printer in this state answers."""
    first = f"030,{s.paper_out:d},{s.paused:d},1245,{s.formats:03},{s.buffer_full:d},0,{s.partial:d},000,0,{s.too_cold:d},{s.too_hot:d}"
    second = f"000,0,{s.head_open:d},{s.ribbon_out:d},0,2,6,0,{s.labels:08},1,000"
    return b"".join(STX + line.encode() + ETX + b"\r\n" for line in (first, second, "1234,0"))


def _flag(text: str) -> bool:
    return int(text) != 0
