"""Looks at ZPL that others made before a printer of ours gets it.

A label draws. Whatever else ZPL can do (delete stored objects, change network, calibration or the prefix of its own
commands, print a thousand copies) a carrier's label has no business with, so only commands that draw are let through;
all others are named with their place. What sets up speed, darkness and media, which carriers like to send along, is left
out: that is decided by the printer's profile, which may hold such commands and nothing else.
"""

import re

from wms.kernel.text import Text
from wms.printing.queue_errors import ForeignZpl

MOST_BYTES = 512 * 1024
MOST_LABELS = 5
MOST_COPIES = 2
MOST_PROFILE = 500
"""Characters."""

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

TOO_LONG = Text(en="{size} bytes, more than {most}", pl="bajtów: {size}, a może być najwyżej {most}")
NO_LABEL = Text(en="no ^XA ... ^XZ", pl="brak ^XA ... ^XZ")
TOO_MANY = Text(en="{count} labels, more than {most}", pl="etykiet: {count}, a może być najwyżej {most}")
LONG_PROFILE = Text(en="longer than {most} characters", pl="więcej znaków niż {most}")
LEAVE_OUT = Text(en="leave out ^XA and ^XZ", pl="pomiń ^XA i ^XZ")
BEGIN = Text(en="begin with a command", pl="zacznij od polecenia")
OUTSIDE = Text(en="text outside ^XA ... ^XZ at byte {at}", pl="tekst poza ^XA ... ^XZ w bajcie {at}")
WITHIN = Text(en="^XA within a label at byte {at}", pl="^XA wewnątrz etykiety w bajcie {at}")
STRAY = Text(en="^{name} outside ^XA ... ^XZ at byte {at}", pl="^{name} poza ^XA ... ^XZ w bajcie {at}")
NO_END = Text(en="a label without ^XZ at its end", pl="etykieta bez ^XZ na końcu")
COPIES = Text(
    en="^PQ{copies} at byte {at}: more than {most} copies",
    pl="^PQ{copies} w bajcie {at}: więcej kopii niż {most}",
)
NO_SIZES = Text(en="^GF without its sizes at byte {at}", pl="^GF bez rozmiarów w bajcie {at}")
TOO_SHORT = Text(en="^GF at byte {at} is longer than the file", pl="^GF w bajcie {at} jest dłuższe niż plik")
OF_NETWORK = Text(
    en="{command} at byte {at}: changes the printer's network",
    pl="{command} w bajcie {at}: zmienia sieć drukarki",
)
OF_STORE = Text(
    en="{command} at byte {at}: reads or changes what is stored in the printer",
    pl="{command} w bajcie {at}: odczytuje lub zmienia to, co drukarka przechowuje",
)
OF_PREFIX = Text(
    en="{command} at byte {at}: changes the signs that commands begin with",
    pl="{command} w bajcie {at}: zmienia znaki, od których zaczynają się polecenia",
)
OF_PRINTER = Text(
    en="{command} at byte {at}: a command to the printer and not to the label",
    pl="{command} w bajcie {at}: polecenie dla drukarki, a nie dla etykiety",
)
NO_DRAWING = Text(
    en="{command} at byte {at}: no command that draws",
    pl="{command} w bajcie {at}: nie jest poleceniem rysowania",
)


def lint_zpl(zpl: bytes) -> bytes:
    """A carrier's label as the printer may get it. Raises ``ForeignZpl``."""
    if len(zpl) > MOST_BYTES:
        raise ForeignZpl(TOO_LONG, size=len(zpl), most=MOST_BYTES)
    labels, kept = _walk(zpl, DRAWING, LEFT_OUT)
    if not labels:
        raise ForeignZpl(NO_LABEL)
    if labels > MOST_LABELS:
        raise ForeignZpl(TOO_MANY, count=labels, most=MOST_LABELS)
    return kept


def lint_profile(commands: str) -> None:
    """Commands of a printer's profile, without ``^XA`` and ``^XZ``: they set up and draw nothing. Raises ``ForeignZpl``."""
    if len(commands) > MOST_PROFILE:
        raise ForeignZpl(LONG_PROFILE, most=MOST_PROFILE)
    labels, _ = _walk(f"^XA{commands}^XZ".encode(), SETTING_UP, frozenset())
    if labels != 1:
        raise ForeignZpl(LEAVE_OUT)
    if commands and not commands.startswith("^"):
        raise ForeignZpl(BEGIN)


def _walk(zpl: bytes, allowed: frozenset[str], left_out: frozenset[str]) -> tuple[int, bytes]:
    """The number of labels, and all of it but the commands that are left out."""
    labels, inside, at = 0, False, 0
    kept: list[bytes] = []
    begun = 0
    while (found := _SEAL.search(zpl, at)) is not None:
        start = found.start()
        if not inside and zpl[at:start].strip():
            raise ForeignZpl(OUTSIDE, at=at)
        name = zpl[start + 1 : start + 3].decode("ascii", "replace").upper()
        if zpl[start : start + 1] == b"~" or name not in allowed | left_out:
            raise _foreign(chr(zpl[start]), name, start)
        at = start + 3
        if name == "XA":
            if inside:
                raise ForeignZpl(WITHIN, at=start)
            inside, labels = True, labels + 1
        elif not inside:
            raise ForeignZpl(STRAY, name=name, at=start)
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
        raise ForeignZpl(NO_END)
    if zpl[at:].strip():
        raise ForeignZpl(OUTSIDE, at=at)
    return labels, b"".join([*kept, zpl[begun:]])


def _copies(zpl: bytes, at: int, start: int) -> None:
    digits = re.match(rb"\s*([0-9]*)", zpl[at : at + 20])
    assert digits is not None
    if digits[1] and int(digits[1]) > MOST_COPIES:
        raise ForeignZpl(COPIES, copies=digits[1].decode(), at=start, most=MOST_COPIES)


def _graphic(zpl: bytes, at: int, start: int) -> int:
    """A picture's data may be binary, with bytes that look like commands: it ends where its own count says."""
    head = re.match(
        rb"\s*([ABC])\s*,\s*([0-9]{1,7})\s*,\s*([0-9]{1,7})\s*,\s*([0-9]{1,5})\s*,", zpl[at : at + 60]
    )
    if head is None:
        raise ForeignZpl(NO_SIZES, at=start)
    if head[1] == b"A":
        return at + head.end()
    end = at + head.end() + int(head[2])
    if end > len(zpl):
        raise ForeignZpl(TOO_SHORT, at=start)
    return end


def _foreign(sign: str, name: str, at: int) -> ForeignZpl:
    shown = "".join(c if c.isascii() and c.isprintable() else "?" for c in name)
    if name in _NETWORK:
        why = OF_NETWORK
    elif name in _STORED:
        why = OF_STORE
    elif name in _PREFIX:
        why = OF_PREFIX
    else:
        why = OF_PRINTER if sign == "~" else NO_DRAWING
    return ForeignZpl(why, command=f"{sign}{shown}", at=at)
