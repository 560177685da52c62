"""Looks at ZPL that others made before a printer of ours gets it.

A label draws. Whatever else ZPL can do (delete stored objects, change network, calibration or the prefix of its own
commands, print a thousand copies) a carrier's label has no business with, so only commands that draw are let through;
all others are named with their place. What sets up speed, darkness and media, which carriers like to send along, is left
out: that is decided by the printer's profile, which may hold such commands and nothing else.
"""

import re

from wms.printing.queue_errors import ForeignZpl

MOST_BYTES = 512 * 1024
MOST_LABELS = 5
MOST_COPIES = 2

_TEXT = ("A@", "AD", "CF", "CI", "FB", "FC", "FD", "FE", "FH", "FM", "FN", "FO", "FP", "FR", "FS", "FT", "FV", "FW",
         "FX", "PA", "SF", "SN", "TB")  # fmt: skip
_DRAW = ("BY", "GB", "GC", "GD", "GE", "GF", "GS")
_CODES = tuple("B" + c for c in "0123456789ABCDEFIJKLMOPQRSTUXZ")
_PAGE = ("LH", "LL", "LR", "PM", "PO", "PQ", "PW", "XA", "XZ")
_FONTS = tuple(f"A{c}" for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")

DRAWING = frozenset((*_TEXT, *_DRAW, *_CODES, *_FONTS, *_PAGE))
LEFT_OUT = frozenset(("LS", "LT", "MC", "MD", "MM", "MN", "MT", "PR"))
"""The station's own affair: taken out of what others send."""
SETTING_UP = frozenset(("LS", "LT", "MD", "MM", "MN", "MT", "PO", "PR", "XA", "XZ"))

_NETWORK = frozenset(("ND", "NB", "NC", "NI", "NN", "NP", "NR", "NS", "NT", "NW", "KC", "WA", "WE", "WI", "WL", "WR", "WS", "WX"))  # fmt: skip
_STORED = frozenset(("ID", "DF", "DG", "DB", "DE", "DN", "DS", "DT", "DU", "DY", "EF", "EG", "IS", "TO", "IM", "IL", "XG", "XF", "HG", "HF", "HY", "HZ", "LF", "CW", "CO"))  # fmt: skip
_PREFIX = frozenset(("CC", "CD", "CT", "CN"))
_SEAL = re.compile(rb"[\^~]")


def lint_zpl(zpl: bytes) -> bytes:
    """A carrier's label as the printer may get it. Raises ``ForeignZpl``."""
    if len(zpl) > MOST_BYTES:
        raise ForeignZpl(why=f"{len(zpl)} bytes, more than {MOST_BYTES}")
    labels, kept = _walk(zpl, DRAWING, LEFT_OUT)
    if not labels:
        raise ForeignZpl(why="no ^XA ... ^XZ")
    if labels > MOST_LABELS:
        raise ForeignZpl(why=f"{labels} labels, more than {MOST_LABELS}")
    return kept


def lint_profile(commands: str) -> None:
    """Commands of a printer's profile, without ``^XA`` and ``^XZ``: they set up and draw nothing. Raises ``ForeignZpl``."""
    if len(commands) > 500:
        raise ForeignZpl(why="longer than 500 characters")
    labels, _ = _walk(f"^XA{commands}^XZ".encode(), SETTING_UP, frozenset())
    if labels != 1:
        raise ForeignZpl(why="leave out ^XA and ^XZ")
    if commands and not commands.startswith("^"):
        raise ForeignZpl(why="begin with a command")


def _walk(zpl: bytes, allowed: frozenset[str], left_out: frozenset[str]) -> tuple[int, bytes]:
    """The number of labels, and all of it but the commands that are left out."""
    labels, inside, at = 0, False, 0
    kept: list[bytes] = []
    begun = 0
    while (found := _SEAL.search(zpl, at)) is not None:
        start = found.start()
        if not inside and zpl[at:start].strip():
            raise ForeignZpl(why=f"text outside ^XA ... ^XZ at byte {at}")
        name = zpl[start + 1 : start + 3].decode("ascii", "replace").upper()
        if zpl[start : start + 1] == b"~" or name not in allowed | left_out:
            raise ForeignZpl(why=_why(chr(zpl[start]), name, start))
        at = start + 3
        if name == "XA":
            if inside:
                raise ForeignZpl(why=f"^XA within a label at byte {start}")
            inside, labels = True, labels + 1
        elif not inside:
            raise ForeignZpl(why=f"^{name} outside ^XA ... ^XZ at byte {start}")
        elif name == "XZ":
            inside = False
        elif name == "PQ":
            _copies(zpl, at, start)
        elif name == "GF":
            at = _graphic(zpl, at, start)
        elif name in left_out:
            after = _SEAL.search(zpl, at)
            at = len(zpl) if after is None else after.start()
            kept.append(zpl[begun:start])
            begun = at
    if inside:
        raise ForeignZpl(why="a label without ^XZ at its end")
    if zpl[at:].strip():
        raise ForeignZpl(why=f"text outside ^XA ... ^XZ at byte {at}")
    return labels, b"".join([*kept, zpl[begun:]])


def _copies(zpl: bytes, at: int, start: int) -> None:
    digits = re.match(rb"\s*([0-9]*)", zpl[at : at + 20])
    assert digits is not None
    if digits[1] and int(digits[1]) > MOST_COPIES:
        raise ForeignZpl(why=f"^PQ{digits[1].decode()} at byte {start}: more than {MOST_COPIES} copies")


def _graphic(zpl: bytes, at: int, start: int) -> int:
    """A picture's data may be binary, with bytes that look like commands: it ends where its own count says."""
    head = re.match(
        rb"\s*([ABC])\s*,\s*([0-9]{1,7})\s*,\s*([0-9]{1,7})\s*,\s*([0-9]{1,5})\s*,", zpl[at : at + 60]
    )
    if head is None:
        raise ForeignZpl(why=f"^GF without its sizes at byte {start}")
    if head[1] == b"A":
        return at + head.end()
    end = at + head.end() + int(head[2])
    if end > len(zpl):
        raise ForeignZpl(why=f"^GF at byte {start} is longer than the file")
    return end


def _why(sign: str, name: str, at: int) -> str:
    shown = "".join(c if c.isascii() and c.isprintable() else "?" for c in name)
    if name in _NETWORK:
        kind = "changes the printer's network"
    elif name in _STORED:
        kind = "reads or changes what is stored in the printer"
    elif name in _PREFIX:
        kind = "changes the signs that commands begin with"
    elif sign == "~":
        kind = "a command to the printer and not to the label"
    else:
        kind = "no command that draws"
    return f"{sign}{shown} at byte {at}: {kind}"
