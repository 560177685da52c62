"""EDIFACT syntax: segments, the release character, and what becomes of letters that a character set lacks.

The rule for text: it is put into its composed form; a control character becomes a blank; a letter that the set has
stays; one that it lacks loses its accent or is spelled out (``SPELLED``); whatever is left becomes an underscore. Keys
(numbers, references) are never altered: what cannot be carried as it is raises ``NotCarried``.
"""

import unicodedata
from collections.abc import Sequence
from typing import Literal

from wms.printing.cells import carries, is_control

Charset = Literal["UNOD", "UNOY"]
ENCODING: dict[Charset, str] = {"UNOD": "iso8859-2", "UNOY": "utf-8"}
"""UNOD is ISO 8859-2, which has the Polish letters (UNOC, Latin-1, has not); UNOY is UTF-8, by agreement."""
SYNTAX: dict[Charset, str] = {"UNOD": "3", "UNOY": "4"}
"""UTF-8 came with version 4, which also writes the year with four digits."""

UNA = "UNA:+.? '"
SPELLED = {
    "ø": "o", "Ø": "O", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ı": "i",
    "ħ": "h", "–": "-", "—": "-", "‑": "-", "„": '"', "”": '"', "“": '"', "’": "'", "‘": "'", "‚": "'", "…": "...",
    "€": "EUR", "№": "No",
}  # fmt: skip
LEFT_OVER = "_"
_RELEASE = str.maketrans({"?": "??", "'": "?'", "+": "?+", ":": "?:"})


class NotCarried(ValueError):
    """A key with ``what`` in it, which the set lacks or a control character; ``what`` empty: it is too long."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)


def text(value: str, charset: Charset) -> str:
    """``value`` as the set can carry it, by the rule above; without blanks around it."""
    composed = unicodedata.normalize("NFC", value)
    if composed.isprintable() and carries(composed, ENCODING[charset]):
        return composed.strip()
    return "".join([_letter(c, charset) for c in composed]).strip()


def _letter(char: str, charset: Charset) -> str:
    if is_control(char):
        return " "
    if carries(char, ENCODING[charset]):
        return char
    if char in SPELLED:
        return SPELLED[char]
    if unicodedata.combining(char):
        return ""
    base = "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c))
    kept = "".join(SPELLED.get(c, c) for c in base)
    return (
        kept if kept and all(carries(c, ENCODING[charset]) and not is_control(c) for c in kept) else LEFT_OVER
    )


def key(value: str, charset: Charset, room: int = 35) -> str:
    """``value`` unaltered. Raises ``NotCarried``."""
    for char in value if not (value.isascii() and value.isprintable()) else "":
        if is_control(char) or not carries(char, ENCODING[charset]):
            raise NotCarried(char)
    if len(value) > room:
        raise NotCarried("")
    return value


def pieces(value: str, size: int, most: int) -> list[str]:
    """``value`` in at most ``most`` components of ``size`` characters, broken at blanks where there are any; the rest is cut."""
    found: list[str] = []
    rest = value
    while rest and len(found) < most:
        if len(rest) <= size:
            found.append(rest)
            break
        at = rest.rfind(" ", 1, size + 1)
        cut = at if at > 0 else size
        found.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return found


Element = str | Sequence[str]


def segment(tag: str, *elements: Element) -> str:
    """``TAG+element+component:component'``; empty ones at the end are left out, signs within values released."""
    written = []
    for element in elements:
        components = [element] if isinstance(element, str) else list(element)
        while components and not components[-1]:
            components.pop()
        written.append(":".join([c.translate(_RELEASE) for c in components]))
    while written and not written[-1]:
        written.pop()
    return "+".join([tag, *written]) + "'"
