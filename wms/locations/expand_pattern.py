"""From ``A-{01..04}-{01..12}-{1..4}`` to the places of a whole rack."""

import itertools
import re
from collections.abc import Sequence

import msgspec

from wms.kernel.refusals import Invalid
from wms.locations.create_locations import MAX_LOCATIONS, LocationIn

RANGE = re.compile(r"\{([0-9]{1,4}|[A-Z])\.\.([0-9]{1,4}|[A-Z])\}")
MOST_RANGES = 3


class Rack(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in a pattern. ``steps``: millimetres in x, y, z from one value of a range to the next.

    ``aisle`` may name a range: ``A-{1}``. ``walk`` is the rank of the first place on the pick path, 0: off it; with
    ``serpentine`` every second value of the first range is walked from its far end.
    """

    pattern: str
    kind: str = "bin"
    zone: str | None = None
    aisle: str = ""
    start: tuple[int, int, int] = (0, 0, 0)
    steps: Sequence[tuple[int, int, int]] = ((2800, 0, 0), (0, 1350, 0), (0, 0, 450))
    walk: int = 0
    serpentine: bool = True
    capacity_ml: int | None = None


def expand_pattern(rack: Rack) -> list[LocationIn]:
    """Every place of the rack, in the order of the walk. Raises ``Invalid`` for a pattern that gives none or too many."""
    ranges = [_values(a, b) for a, b in RANGE.findall(rack.pattern)]
    rest = RANGE.sub("", rack.pattern)
    if "{" in rest or "}" in rest:
        raise Invalid(field="pattern", why="write ranges like {01..12} or {A..D}", pointer="/pattern")
    if len(ranges) > MOST_RANGES:
        raise Invalid(field="pattern", why=f"at most {MOST_RANGES} ranges", pointer="/pattern")
    count = 1
    for r in ranges:
        count *= len(r)
    if count > MAX_LOCATIONS:
        raise Invalid(
            field="pattern",
            why=f"{count} places are too many at once; at most {MAX_LOCATIONS}",
            pointer="/pattern",
        )
    places = []
    for n, at in enumerate(_walk([len(r) for r in ranges], rack.serpentine)):
        values = [r[i] for r, i in zip(ranges, at, strict=True)]
        x, y, z = (
            rack.start[axis] + sum(i * step[axis] for i, step in zip(at, rack.steps, strict=False))
            for axis in range(3)
        )
        place = {
            "code": _filled(rack.pattern, values), "kind": rack.kind, "zone": rack.zone, "x": x, "y": y, "z": z,
            "aisle": _named(rack.aisle, values) or None, "walk": rack.walk + n if rack.walk else 0,
            "capacity_ml": rack.capacity_ml,
        }  # fmt: skip
        try:
            places.append(msgspec.convert(place, LocationIn))
        except msgspec.ValidationError as e:
            raise Invalid(field="pattern", why=f"{place['code']}: {e}", pointer="/pattern") from None
    return places


def _values(first: str, last: str) -> list[str]:
    """``01`` to ``12`` keep their width; letters run from one to the other."""
    if first.isdigit() != last.isdigit():
        raise Invalid(
            field="pattern", why=f"{{{first}..{last}}} mixes digits and letters", pointer="/pattern"
        )
    if first.isdigit():
        low, high, width = int(first), int(last), len(first)
        found = [str(n).zfill(width) for n in range(low, high + 1)]
    else:
        found = [chr(n) for n in range(ord(first), ord(last) + 1)]
    if not found:
        raise Invalid(field="pattern", why=f"{{{first}..{last}}} runs backwards", pointer="/pattern")
    return found


def _walk(lengths: Sequence[int], serpentine: bool) -> list[tuple[int, ...]]:
    """The indexes of each place, in the order of the walk."""
    if len(lengths) < 2:
        return list(itertools.product(*(range(n) for n in lengths)))
    order: list[tuple[int, ...]] = []
    for first in range(lengths[0]):
        second = range(lengths[1])
        turned = reversed(second) if serpentine and first % 2 else second
        for i in turned:
            order += [(first, i, *rest) for rest in itertools.product(*(range(n) for n in lengths[2:]))]
    return order


def _filled(pattern: str, values: Sequence[str]) -> str:
    left = iter(values)
    return RANGE.sub(lambda _: next(left), pattern)


def _named(aisle: str, values: Sequence[str]) -> str:
    for i, value in enumerate(values, start=1):
        aisle = aisle.replace(f"{{{i}}}", value)
    if "{" in aisle:
        raise Invalid(field="aisle", why="name a range of the pattern, like A-{1}", pointer="/aisle")
    return aisle
