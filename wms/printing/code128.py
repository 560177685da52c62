"""Code 128 and GS1-128: which bars, and whether a printer can be told to draw the very same ones.

The character sets are those that python-barcode chooses, which the tests compare; it works letter by letter, and its
own shortening of the start drops the first pair of a number that begins with 99 (the value 99 is read as "change to
set C").
"""

import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from operator import mul
from typing import NamedTuple

from barcode.charsets import code128 as tables
from barcode.codex import Gs1_128

from wms.kernel.numbers import gs1_check_digit, gs1_valid
from wms.printing.errors import BAD_GS1, EMPTY_CODE, NOT_ASCII, Unprintable

QUIET = 10
"""Modules that stay white on the left and on the right (GS1 General Specifications 5.4.4)."""
PAIRS, GS1_PAIRS = ">;", ">;>8"
"""What stands before pairs of digits in ZPL's ``^BC``: set C, and FNC1 for GS1-128."""
LONGEST = 48
"""Data characters in one GS1-128 symbol."""

_FNC1 = Gs1_128.FNC1_CHAR
_START_C, _START_B, _TO_C, _TO_B, _FNC1_VALUE = 105, 104, 99, 100, 102
_DELICATE = frozenset("^~_>\\")
_SELF_ENDING = {"00", "01", "02", "03", "04", "20", "41", *map(str, range(11, 20)), *map(str, range(31, 37))}
"""First two digits of the identifiers whose value has a fixed length: no separator follows them."""
_DIGITS = {**dict.fromkeys(map(str, range(11, 20)), 6), "20": 2}
_STRETCHES = re.compile(r"(^\d{2,}|\d{4,})|((?:(?!\d{4}).)+)")
_CHECKED = {"00": 18, "01": 14, "02": 14, "03": 14}


def _runs(pattern: str) -> tuple[int, ...]:
    widths = [1]
    for before, after in itertools.pairwise(pattern):
        if before == after:
            widths[-1] += 1
        else:
            widths.append(1)
    return tuple(widths)


_RUNS = [_runs(pattern) for pattern in tables.CODES]
_STOP = _runs(tables.STOP + "11")


class Linear(NamedTuple):
    """One symbol: its values with start and checksum, what it says (without identifiers' separators), and the field
    data for ZPL's ``^BC``, None where a printer might draw something else."""

    values: tuple[int, ...]
    text: str
    zpl: str | None

    @property
    def modules(self) -> int:
        """Its width without quiet zones."""
        return 11 * len(self.values) + 13

    @property
    def runs(self) -> tuple[int, ...]:
        """Run lengths in modules, bar first."""
        return tuple([run for value in self.values for run in _RUNS[value]]) + _STOP


@lru_cache(maxsize=8_192)
def bars_of(value: int, at: int) -> str:
    """One value's bars as rectangles of a PDF, one module high, when it begins at module ``at``."""
    return _rectangles(_RUNS[value], at)


@lru_cache(maxsize=2_048)
def dots_of(value: int, module: int) -> str:
    """One value's bars as dots, ``1`` is black."""
    return _dots(_RUNS[value], module)


@lru_cache(maxsize=64)
def stop_dots(module: int) -> str:
    """`dots_of` of what every symbol ends with."""
    return _dots(_STOP, module)


def _dots(runs: tuple[int, ...], module: int) -> str:
    return "".join(["10"[place % 2] * (run * module) for place, run in enumerate(runs)])


@lru_cache(maxsize=64)
def stop_bars(at: int) -> str:
    """The bars that every symbol ends with."""
    return _rectangles(_STOP, at)


def _rectangles(runs: tuple[int, ...], at: int) -> str:
    rects = []
    for place, run in enumerate(runs):
        if place % 2 == 0:
            rects.append(f"{at} 0 {run} 1 re")
        at += run
    return " ".join(rects)


def code128(value: str) -> Linear:
    """The symbol of printable ASCII; `Unprintable` for an empty value and for anything else."""
    if not value:
        raise Unprintable(EMPTY_CODE)
    if not (value.isascii() and value.isprintable()):
        raise Unprintable(NOT_ASCII, value=value)
    if pairs(value):
        return _digits(value, (_START_C,), PAIRS)
    return _symbol(_values(value), value)


def _values(text: str) -> list[int]:
    """Start and characters: pairs in set C where the text begins with two digits or four stand together, all else in
    set B."""
    values, in_c = [_START_C], True
    for digits, others in _STRETCHES.findall(text):
        if digits:
            if not in_c:
                values.append(_TO_C)
            even = len(digits) & ~1
            values += [int(digits[at : at + 2]) for at in range(0, even, 2)]
            in_c = even == len(digits)
            others = digits[even:]
            if in_c:
                continue
            values.append(_TO_B)
        elif in_c:
            values.append(_TO_B)
            in_c = False
        values += [octet - 32 for octet in others.encode()]
    return [_START_B, *values[2:]] if values[1] == _TO_B else values


def gs1_128(elements: Sequence[tuple[str, str]]) -> Linear:
    """The symbol of application identifiers and their values, in the order given.

    `Unprintable` for values of a wrong length, with a wrong check digit, or too long together.
    """
    return gs1_symbol(gs1_data(elements))


def gs1_data(elements: Sequence[tuple[str, str]]) -> str:
    """Identifiers and values as one text, with separators; raises as `gs1_128` does."""
    if len(elements) == 1 and elements[0][0] == "00":
        [(ai, value)] = elements
        _check(ai, value)
        return ai + value
    data = ""
    for place, (ai, value) in enumerate(elements):
        _check(ai, value)
        data += ai + value
        if ai[:2] not in _SELF_ENDING and place + 1 < len(elements):
            data += _FNC1
    if len(data) > LONGEST:
        raise Unprintable(BAD_GS1, ai=elements[0][0], value=data, detail=f"> {LONGEST}")
    return data


def gs1_symbol(data: str) -> Linear:
    """The symbol of what `gs1_data` made."""
    if pairs(data):
        return _digits(data, (_START_C, _FNC1_VALUE), GS1_PAIRS)
    return _symbol(Gs1_128(data).encoded, data.replace(_FNC1, ""))


def pairs(data: str) -> bool:
    """Whether it is pairs of digits: then one character set holds all, and only the count decides the width."""
    return data.isdigit() and data.isascii() and len(data) % 2 == 0


def _check(ai: str, value: str) -> None:
    length = _CHECKED.get(ai)
    if length == len(value) and gs1_valid(value):
        return
    if not value:
        raise Unprintable(EMPTY_CODE)
    if not (value.isascii() and value.isprintable()):
        raise Unprintable(NOT_ASCII, value=value)
    if length is not None:
        if len(value) != length or not value.isdigit():
            raise Unprintable(BAD_GS1, ai=ai, value=value, detail=f"{length} x 0-9")
        body = value[:-1]
        raise Unprintable(BAD_GS1, ai=ai, value=value, detail=f"{body}[{gs1_check_digit(body)}]")
    if ai in _DIGITS and (len(value) != _DIGITS[ai] or not value.isdigit()):
        raise Unprintable(BAD_GS1, ai=ai, value=value, detail=f"{_DIGITS[ai]} x 0-9")


def _digits(text: str, start: tuple[int, ...], zpl: str) -> Linear:
    """Pairs of digits, which nearly all numbers of parcels are: what the library chooses for them, without it."""
    values = [*start, *[int(text[at : at + 2]) for at in range(0, len(text), 2)]]
    return Linear((*values, _checksum(values)), text, zpl + text)


def _symbol(values: list[int], text: str) -> Linear:
    return Linear((*values, _checksum(values)), text, _zpl(values, text))


def _checksum(values: list[int]) -> int:
    weighted: int = sum(map(mul, values, range(len(values))))
    return (values[0] + weighted) % 103


def _zpl(values: list[int], text: str) -> str | None:
    """Data with the start code and FNC1 of the Zebra manual, for symbols that stay in one character set.

    The manual also has codes for a change of set and for ``^``, ``~`` and ``>``, but not every emulation of ZPL
    reads them as the manual does, and a wrong bar code looks as good as a right one. Such symbols go as dots.
    """
    if values[0] == _START_C and _TO_B not in values[1:]:
        return ">;" + "".join([">8" if value == _FNC1_VALUE else f"{value:02d}" for value in values[1:]])
    if values[0] == _START_B and max(values[1:]) < _TO_C and not _DELICATE & set(text):
        return ">:" + text
    return None
