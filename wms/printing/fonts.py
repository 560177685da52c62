"""The two faces that everything is set in, their metrics, and what becomes of letters that they lack.

DejaVu Sans Condensed covers the alphabets of the European Union and Ukrainian; the subset is committed (see
``fonts/``), so the output is the same on every machine. A letter without a glyph becomes `MISSING`: it is seen
that something is missing, and the label still prints.
"""

import math
import re
import unicodedata
from codecs import charmap_build, charmap_encode
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR = "WmsSans"
BOLD = "WmsSans-Bold"
MISSING = "?"
ELLIPSIS = "…"

_FOLDER = Path(__file__).parent / "fonts"
_FILES = {REGULAR: "DejaVuSansCondensed.subset.ttf", BOLD: "DejaVuSansCondensed-Bold.subset.ttf"}
_LOADED: dict[str, TTFont] = {}
_LOADING = Lock()
_FONT_0 = {"-": 0.8, "—": 1.0, "…": 1.0, "–": 0.5, "J": 0.445, "*": 0.5, "_": 0.5, "„": 0.5, "”": 0.5}
"""Widths in em of Zebra's font 0 where it is clearly wider than ours; all its letters are narrower."""
UNIT = 200
"""Parts of an em in which the room of a letter is counted, rounded up: whole numbers, and those of all common letters
fit an octet, so that a text is summed up without looking at each letter in Python."""
_LETTERS = (
    "ĄĆĘŁŃÓŚŹŻąćęłńóśźż„”–—…•€ÄÖÜßäöüÀÂÇÉÈÊËÎÏÔÙÛàâçéèêëîïôùûÁÍÚÝáíúýČĎĚŇŘŠŤŮŽčďěňřšťůž"
    "ÅÆØåæøŐŰőűÑñÃÕãõĂăŢţ°§×½"
)
_SPACES = {"Zs", "Zl", "Zp", "Cc"}
"""All spaces are one space: printers' own fonts have no other. Control characters end words, not fields."""
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
"""They choose between shapes of the character before and have none of their own, as joiners and direction marks."""


def _font(name: str) -> TTFont:
    if (loaded := _LOADED.get(name)) is not None:
        return loaded
    with _LOADING:
        if name not in _LOADED:
            font = TTFont(name, str(_FOLDER / _FILES[name]), asciiReadable=False)
            font.face.makeSubset = _alone(font.face.makeSubset)  # type: ignore[method-assign,assignment]
            pdfmetrics.registerFont(font)
            _LOADED[name] = font
        return _LOADED[name]


def _alone(make_subset: Callable[[Sequence[int]], bytes]) -> Callable[[Sequence[int]], bytes]:
    """reportlab reads glyphs through one position kept in the shared font, so two threads that embed it at once
    mix up each other's letters. Everything else that it shares is kept by document."""
    lock = Lock()

    def locked(subset: Sequence[int]) -> bytes:
        with lock:
            return make_subset(subset)

    return locked


def face(bold: bool) -> TTFont:
    """The face itself, for whoever writes its letters."""
    return _font(BOLD if bold else REGULAR)


def file(bold: bool) -> Path:
    """The face as a file, for whoever draws letters in dots."""
    return _FOLDER / _FILES[BOLD if bold else REGULAR]


@cache
def _widths(name: str) -> dict[int, float]:
    face = _font(name).face
    return {code: width / 1000 for code, width in face.charWidths.items()}


@cache
def _own_by_char(bold: bool) -> dict[str, float]:
    return {chr(code): wide for code, wide in _widths(BOLD if bold else REGULAR).items()}


@cache
def _rooms(bold: bool) -> dict[str, int]:
    return {
        char: math.ceil(UNIT * max(own, _FONT_0.get(char, 0))) for char, own in _own_by_char(bold).items()
    }


def register() -> None:
    """Make both faces known to reportlab; repeats cost nothing."""
    _font(REGULAR)
    _font(BOLD)


class _Glyphs(dict[int, str]):
    """A table for ``str.translate``: each character is looked at once in the life of the process."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if category in _SPACES:
            shown = " "
        elif code in _widths(REGULAR):
            shown = char
        elif category == "Cf" or any(code in selectors for selectors in _SELECTORS):
            shown = ""
        else:
            shown = MISSING
        if len(self) < 20_000:
            self[code] = shown
        return shown


_GLYPHS = _Glyphs()


@cache
def _settable() -> re.Pattern[str]:
    """Characters that stay as they are in any company: they have a glyph, and none joins the one before it."""
    stay = [
        char
        for char in map(chr, _widths(REGULAR))
        if unicodedata.normalize("NFC", char) == char
        and not unicodedata.combining(char)
        and unicodedata.category(char)[0] in "LNPS"
    ]
    return re.compile(f"[ {re.escape(''.join(stay))}]*")


def printable(text: str) -> str:
    """``text`` as it can be set: composed letters, control characters as spaces, `MISSING` for lacking glyphs."""
    if "\0" not in text:
        try:
            charmap_encode(text, "strict", common(False)[0])
            return text
        except UnicodeEncodeError:
            if _settable().fullmatch(text):
                return text
    return unicodedata.normalize("NFC", text).translate(_GLYPHS)


def width(text: str, *, bold: bool = False) -> float:
    """The width of printable text in em (times the size gives the unit of the size)."""
    return sum(map(_own_by_char(bold).__getitem__, text))


def room(text: str, *, bold: bool = False) -> int:
    """The width in `UNIT`s that printable text needs on any printer: ours, or that of font 0 where that is wider."""
    letters, widths = common(bold)
    try:
        return sum(charmap_encode(text, "strict", letters)[0].translate(widths))
    except UnicodeEncodeError:
        return sum(map(_rooms(bold).__getitem__, text))


@cache
def common(bold: bool) -> tuple[Any, bytes]:
    """A charmap of letters that are set as they are and mean nothing to a printer, and a table from its octets to
    their room. The character zero stays zero."""
    chars = "".join(map(chr, range(32, 127))) + _LETTERS
    octets = "".join([char for char in chars if char not in "^~_\\" and _settable().fullmatch(char)])
    rooms = bytes([0, *[_rooms(bold)[char] for char in octets]])
    return charmap_build(("\0" + octets).ljust(256, "\ufffe")), rooms.ljust(256, b"\xff")


def fit_one(text: str, limit: float, *, bold: bool = False) -> str:
    """The longest beginning of ``text`` that fits ``limit`` `UNIT`s, with an ellipsis where something
    was cut."""
    if room(text, bold=bold) <= limit:
        return text
    table = _rooms(bold)
    left = limit - table[ELLIPSIS]
    kept = 0
    for char in text:
        left -= table[char]
        if left < 0:
            break
        kept += 1
    return text[:kept].rstrip() + ELLIPSIS


def wrap(text: str, limit: float, *, bold: bool = False) -> list[str]:
    """Lines of at most ``limit`` `UNIT`s, broken at spaces, and inside a word only where it is longer
    than a line.

    Never shortens: the caller decides what to do with too many lines.
    """
    return fold(measured(text, bold=bold), limit, bold=bold)


def measured(text: str, *, bold: bool = False) -> list[tuple[str, int]]:
    """The words of a text, each with its room."""
    return [(word, room(word, bold=bold)) for word in text.split()]


def fold(words: Sequence[tuple[str, int]], limit: float, *, bold: bool = False) -> list[str]:
    """`wrap` for measured words."""
    space = _rooms(bold)[" "]
    lines: list[str] = []
    line, used = "", 0
    for word, wide in words:
        if line and used + space + wide <= limit:
            line, used = f"{line} {word}", used + space + wide
            continue
        if line:
            lines.append(line)
        line, used = word, wide
        if wide > limit:
            *full, line = _pieces(word, limit, bold=bold)
            lines.extend(full)
            used = room(line, bold=bold)
    if line:
        lines.append(line)
    return lines


def _pieces(word: str, limit: float, *, bold: bool) -> list[str]:
    table = _rooms(bold)
    pieces, used = [""], 0
    for char in word:
        wide = table[char]
        if pieces[-1] and used + wide > limit:
            pieces.append("")
            used = 0
        pieces[-1] += char
        used += wide
    return pieces
