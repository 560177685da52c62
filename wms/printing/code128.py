"""Code 128 and GS1-128: which bars, and how a printer is told to draw the very same ones.

python-barcode chooses the character sets. Its own shortening of the start drops the first pair of a number that
begins with 99 (the value 99 is read as "change to set C"), so that step is guarded here.
"""

import itertools
from typing import NamedTuple

from barcode.charsets import code128 as tables
from barcode.codex import Code128, Gs1_128

from wms.printing.errors import BAD_GS1, EMPTY_CODE, NOT_ASCII, Unprintable

QUIET = 10
"""Modules that stay white on the left and on the right (GS1 General Specifications 5.4.4)."""
LONGEST = 48
"""Data characters in one GS1-128 symbol."""

_FNC1 = Gs1_128.FNC1_CHAR
_START_C, _START_B, _TO_C, _TO_B, _FNC1_VALUE = 105, 104, 99, 100, 102
_ZPL_B = {">": ">0", "^": "><", "~": ">="}
_SELF_ENDING = {"00", "01", "02", "03", "04", "20", "41", *map(str, range(11, 20)), *map(str, range(31, 37))}
"""First two digits of the identifiers whose value has a fixed length: no separator follows them."""
_DIGITS = {**dict.fromkeys(map(str, range(11, 20)), 6), "20": 2}
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
    """One symbol: run lengths in modules (bar first), their sum, and the field data for ZPL's ``^BC``."""

    runs: tuple[int, ...]
    modules: int
    zpl: str


class _Plain(Code128):  # type: ignore[misc]
    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        return encoded if encoded[1] == _TO_C else list(super()._try_to_optimize(encoded))


def code128(value: str) -> Linear:
    """The symbol of printable ASCII; `Unprintable` for an empty value and for anything else."""
    if not value:
        raise Unprintable(EMPTY_CODE)
    if not (value.isascii() and value.isprintable()):
        raise Unprintable(NOT_ASCII, value=value)
    return _symbol(_Plain(value).encoded)


def gs1_128(elements: list[tuple[str, str]]) -> Linear:
    """The symbol of application identifiers and their values, in the order given.

    `Unprintable` for values of a wrong length, with a wrong check digit, or too long together.
    """
    data = ""
    for place, (ai, value) in enumerate(elements):
        _check(ai, value)
        data += ai + value
        if ai[:2] not in _SELF_ENDING and place + 1 < len(elements):
            data += _FNC1
    if len(data) > LONGEST:
        raise Unprintable(BAD_GS1, ai=elements[0][0], value=data, detail=f"> {LONGEST}")
    return _symbol(Gs1_128(data).encoded)


def check_digit(digits: str) -> str:
    """The GS1 check digit (modulo 10, weights 3 and 1 from the right) of the digits before it."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def _check(ai: str, value: str) -> None:
    if not value:
        raise Unprintable(EMPTY_CODE)
    if not (value.isascii() and value.isprintable()):
        raise Unprintable(NOT_ASCII, value=value)
    length = _CHECKED.get(ai)
    if length is not None:
        if len(value) != length or not value.isdigit():
            raise Unprintable(BAD_GS1, ai=ai, value=value, detail=f"{length} x 0-9")
        if check_digit(value[:-1]) != value[-1]:
            raise Unprintable(BAD_GS1, ai=ai, value=value, detail=f"{value[:-1]}[{check_digit(value[:-1])}]")
    elif ai in _DIGITS and (len(value) != _DIGITS[ai] or not value.isdigit()):
        raise Unprintable(BAD_GS1, ai=ai, value=value, detail=f"{_DIGITS[ai]} x 0-9")


def _symbol(values: list[int]) -> Linear:
    checksum = (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103
    runs: list[int] = []
    for value in (*values, checksum):
        runs.extend(_RUNS[value])
    runs.extend(_STOP)
    return Linear(tuple(runs), 11 * (len(values) + 1) + 13, _zpl(values))


def _zpl(values: list[int]) -> str:
    """The invocation codes of the Zebra manual, so that the printer repeats our choice of character sets."""
    in_c = values[0] == _START_C
    parts = [">;" if in_c else ">:"]
    for value in values[1:]:
        if value == _FNC1_VALUE:
            parts.append(">8")
        elif in_c and value == _TO_B:
            in_c = False
            parts.append(">6")
        elif not in_c and value == _TO_C:
            in_c = True
            parts.append(">5")
        elif in_c:
            parts.append(f"{value:02d}")
        else:
            char = chr(value + 32)
            parts.append(_ZPL_B.get(char, char))
    return "".join(parts)
