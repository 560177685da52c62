"""GS1 element strings, read in every way that they can be read.

The table of application identifiers and the reading of dates are biip's; what biip does not do is to notice that a
separator is missing (it lets an element of variable length swallow all that follows, and cuts it at its greatest
length), so the walk over the elements is our own. It is bounded: after ``_STEPS`` attempts or ``_MAX_READINGS``
readings it stops, and then vouches only for what comes before the first doubtful element.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec
from biip import ParseError
from biip.gs1_application_identifiers import GS1ApplicationIdentifier
from biip.gs1_digital_link_uris import GS1DigitalLinkURI
from biip.gs1_element_strings import GS1ElementString

from wms.kernel.numbers import gs1_valid, gtin14, sscc_valid

GS = "\x1d"
"""What scanners type for FNC1 between elements."""

_MAX_READINGS = 8
_STEPS = 300
_GTINS = frozenset({"01", "02", "03"})
_DATES = frozenset({"11", "12", "13", "15", "16", "17", "7003"})
_COUNTS = frozenset({"30", "37"})
_GLNS = frozenset({"410", "411", "412", "413", "414", "415", "416", "417"})


class Reading(msgspec.Struct, frozen=True):
    """One way to read a code; ``shown`` is for a worker who has to choose, e.g. ``(01)05901234123457(10)AB``."""

    shown: str
    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    count: int | None = None
    sscc: str | None = None


class Elements(NamedTuple):
    """``sure`` holds what is beyond doubt; ``candidates`` is empty unless a separator is ``missing``."""

    sure: Reading
    candidates: tuple[Reading, ...]
    missing: bool


class _Ai(NamedTuple):
    code: str
    pattern: re.Pattern[str]
    longest: int  # characters of identifier and value together
    variable: bool


_Pairs = tuple[tuple[str, str], ...]


def read_elements(text: str) -> Elements | None:
    """The elements of ``text`` (GS between them, also tolerated at both ends), or None if it cannot be read at all.

    A reading has known identifiers, values of their form, right check digits and real dates, and no identifier
    twice with different values.
    """
    body = text.strip(GS)
    if not body or not body.isascii():
        return None
    if GS in text:
        walk = _Walk(body, split=False)
        if walk.found:
            return Elements(_reading(walk.found[0]), (), missing=False)
    walk = _Walk(body, split=True)
    if not walk.found:
        return None
    readings = tuple(_reading(pairs) for pairs in walk.found)
    if len(readings) == 1 and not walk.cut and not walk.stopped:
        return Elements(readings[0], (), missing=False)
    if len(readings) == 1 or walk.stopped:
        return Elements(_reading(_fixed_start(walk.found[0])), readings, missing=True)
    return Elements(_agreed(readings), readings, missing=True)


def read_digital_link(uri: str) -> Reading | None:
    """The reading of a GS1 Digital Link (``https://example.com/01/05901234123457/10/AB``), or None if it is none."""
    try:
        found = GS1DigitalLinkURI.parse(uri).element_strings
    except (ParseError, ValueError, LookupError):
        return None
    pairs = tuple((element.ai.ai, element.value) for element in found)
    if not all(value.isascii() and value.isprintable() and _checks(code, value) for code, value in pairs):
        return None
    return _reading(pairs)


class _Walk:
    """A depth-first walk, longest values first, so that the first reading is the one without any cut."""

    def __init__(self, body: str, *, split: bool) -> None:
        self.body = body
        self.split = split
        self.found: list[_Pairs] = []
        self.cut = False  # some reading ends a variable element where there is no separator
        self.steps = 0
        self._from(0, (), cut=False)

    @property
    def stopped(self) -> bool:
        return self.steps >= _STEPS or len(self.found) >= _MAX_READINGS

    def _from(self, start: int, before: _Pairs, *, cut: bool) -> None:
        body = self.body
        while start < len(body) and body[start] == GS:
            start += 1
        if start == len(body):
            self.found.append(before)
            self.cut = self.cut or cut
            return
        ai = _ai_at(body, start)
        if ai is None:
            return
        stop = body.find(GS, start)
        stop = len(body) if stop < 0 else stop
        for end in self._ends(ai, start, stop):
            if self.stopped:
                return
            self.steps += 1
            if end < stop and _ai_at(body, end) is None:
                continue
            if not ai.pattern.fullmatch(body[start:end]):
                continue
            value = body[start + len(ai.code) : end]
            if not _checks(ai.code, value) or any(c == ai.code and v != value for c, v in before):
                continue
            self._from(end, (*before, (ai.code, value)), cut=cut or (ai.variable and end < stop))

    def _ends(self, ai: _Ai, start: int, stop: int) -> Iterable[int]:
        longest = min(start + ai.longest, stop)
        if not ai.variable:
            return (start + ai.longest,) if longest == start + ai.longest else ()
        if not self.split:
            return (stop,) if longest == stop else ()
        return range(longest, start + len(ai.code), -1)


def _ai_at(body: str, start: int) -> _Ai | None:
    key = body[start : start + 4]
    if not key.isdigit():
        key = key[:3] if key[:3].isdigit() else key[:2]
    return _ai(key)


@lru_cache(maxsize=16384)  # every text of four digits and fewer
def _ai(key: str) -> _Ai | None:
    if len(key) < 2 or not key.isdigit():
        return None
    try:
        found = GS1ApplicationIdentifier.extract(key)
    except ParseError:
        return None
    # Forms read like N2+X..20, N4+N3+N..15 or N4+N6[+N6]: the figures add up to the greatest length.
    return _Ai(
        code=found.ai,
        pattern=re.compile(found.pattern, re.ASCII),
        longest=sum(map(int, re.findall(r"\d+", found.format))),
        variable=".." in found.format or "[" in found.format,
    )


def _checks(code: str, value: str) -> bool:
    """Whether a value of the right form also makes sense."""
    if code in _GTINS:
        return gtin14(value) is not None
    if code == "00":
        return sscc_valid(value)
    if code in _DATES:
        return _date(code, value) is not None
    if code in _COUNTS:
        return value.isdigit()
    return code not in _GLNS or gs1_valid(value)


@lru_cache(maxsize=4096)
def _date(code: str, value: str) -> date | None:
    """The day of a GS1 date of two-digit year; day 00 is the last of the month."""
    try:
        return GS1ElementString.parse(code + value).date
    except (ParseError, ValueError):
        return None


def _reading(pairs: _Pairs) -> Reading:
    values = dict(pairs)
    expires = next(((code, values[code]) for code in ("17", "7003", "15") if code in values), None)
    count = values.get("37") or values.get("30")
    return Reading(
        shown="".join(f"({code}){value}" for code, value in pairs),
        gtin=values.get("01") or values.get("02"),
        lot=values.get("10"),
        expires_on=_date(*expires) if expires else None,
        serial=values.get("21"),
        count=int(count) if count else None,
        sscc=values.get("00"),
    )


def _fixed_start(pairs: _Pairs) -> _Pairs:
    """The elements before the first of variable length: the same in every reading."""
    for place, (code, _) in enumerate(pairs):
        ai = _ai_at(code, 0)
        if ai is None or ai.variable:
            return pairs[:place]
    return pairs


def _agreed(readings: tuple[Reading, ...]) -> Reading:
    """The fields on which all readings agree, the others empty."""
    first = readings[0]
    fields = [name for name in Reading.__struct_fields__ if name != "shown"]
    same = {
        name: getattr(first, name)
        for name in fields
        if all(getattr(other, name) == getattr(first, name) for other in readings[1:])
    }
    return Reading(shown="", **same)
