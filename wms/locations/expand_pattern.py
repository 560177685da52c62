"""From ``A-{01..04}-{01..12}-{1..4}`` to the places of a whole rack."""

import itertools
import re
from collections.abc import Sequence

import msgspec

from wms.kernel.refusals import Invalid
from wms.kernel.shape_words import wrong_shape
from wms.kernel.text import Text
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
        raise Invalid(
            field="pattern",
            why=Text(
                en="write ranges like {{01..12}} or {{A..D}}",
                pl="wpisz zakresy, np. {{01..12}} albo {{A..D}}",
            ),
            pointer="/pattern",
        )
    if len(ranges) > MOST_RANGES:
        raise Invalid(
            field="pattern",
            why=Text(en="at most {most} ranges", pl="najwyżej {most} zakresy"),
            most=MOST_RANGES,
            pointer="/pattern",
        )
    count = 1
    for r in ranges:
        count *= len(r)
    if count > MAX_LOCATIONS:
        raise Invalid(
            field="pattern",
            why=Text(
                en="{count} places are too many at once; at most {most}",
                pl="{count} miejsc to za dużo naraz; najwyżej {most}",
            ),
            count=count,
            most=MAX_LOCATIONS,
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
            wrong = wrong_shape(e)
            why = Text(en=f"{{code}}: {wrong.why.en}", pl=f"{{code}}: {wrong.why.pl}")
            filled = wrong.values | {"field": "pattern", "why": why, "code": place["code"]}
            raise Invalid(pointer="/pattern", **filled) from None
    return places


def _values(first: str, last: str) -> list[str]:
    """``01`` to ``12`` keep their width; letters run from one to the other."""
    if first.isdigit() != last.isdigit():
        raise Invalid(
            field="pattern",
            why=Text(
                en="{{{first}..{last}}} mixes digits and letters",
                pl="{{{first}..{last}}} miesza cyfry z literami",
            ),
            first=first,
            last=last,
            pointer="/pattern",
        )
    if first.isdigit():
        low, high, width = int(first), int(last), len(first)
        found = [str(n).zfill(width) for n in range(low, high + 1)]
    else:
        found = [chr(n) for n in range(ord(first), ord(last) + 1)]
    if not found:
        raise Invalid(
            field="pattern",
            why=Text(en="{{{first}..{last}}} runs backwards", pl="{{{first}..{last}}} biegnie wstecz"),
            first=first,
            last=last,
            pointer="/pattern",
        )
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
        raise Invalid(
            field="aisle",
            why=Text(en="name a range of the pattern, like A-{{1}}", pl="wskaż zakres wzorca, np. A-{{1}}"),
            pointer="/aisle",
        )
    return aisle
