"""The floor as a picker walks it: aisles between racks, joined by cross aisles, and the distance between places.

Racks cannot be walked through, so the way from one aisle to another leads over a cross aisle. Lengths are whole
millimetres. ``x`` runs across the aisles, ``y`` along them, ``z`` is the height of the shelf and costs no steps.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

CROSS_AISLE_MARGIN_MM = 1000
"""From the last bin of an aisle to the middle of the cross aisle: half of a usual two-metre one."""


class Point(msgspec.Struct, frozen=True):
    """A place on the floor that is no bin: where the walk starts or ends. In mm."""

    x: int
    y: int


class Stop(msgspec.Struct, frozen=True):
    """A bin to visit; ``aisle`` is the location's aisle, None for a place that has none.

    ``walk`` is the location's own walk number. It orders bins that stand at the same place of the floor, and so
    all of them where coordinates were never entered.
    """

    location_id: int
    x: int
    y: int
    z: int = 0
    aisle: str | None = None
    walk: int = 0


class Place(msgspec.Struct, frozen=True, order=True):
    """Where a picker stands: ``x`` is the middle of the aisle, and equal ``x`` means the same aisle."""

    x: int
    y: int


class AisleMap(msgspec.Struct, frozen=True):
    """One warehouse's floor.

    ``x_of`` gives the middle of each aisle by its name; ``columns`` are the distinct middles, ascending;
    ``cross`` are the ``y`` of the cross aisles, ascending, at least two (front and back).
    """

    x_of: dict[str | None, int]
    columns: tuple[int, ...]
    cross: tuple[int, ...]

    @property
    def front(self) -> int:
        return self.cross[0]

    @property
    def back(self) -> int:
        return self.cross[-1]

    def place(self, stop: Stop) -> Place:
        """Where the picker stands for a stop; a stop of an unknown aisle belongs to the nearest one."""
        x = self.x_of[stop.aisle] if stop.aisle in self.x_of else self._nearest(stop.x)
        return Place(x, min(max(stop.y, self.front), self.back))

    def entry(self, point: Point) -> Place:
        """Where a start or an end joins the floor; a point between the cross aisles stands in the nearest aisle."""
        inside = self.front < point.y < self.back and point.y not in self.cross
        return Place(self._nearest(point.x) if inside else point.x, point.y)

    def distance(self, one: Place, other: Place) -> int:
        """Shortest way on foot between two places, in mm."""
        if one.x == other.x:
            return abs(one.y - other.y)
        low, high = (one.y, other.y) if one.y <= other.y else (other.y, one.y)
        way = abs(one.x - other.x) + high - low
        if high <= self.front or low >= self.back:
            return way  # open floor, no racks between
        at = bisect_left(self.cross, low)
        if self.cross[at] <= high:
            return way  # a cross aisle lies between both
        # Both in the same block of racks: a detour over the nearer of its two cross aisles.
        return way + 2 * min(low - self.cross[at - 1], self.cross[at] - high)

    def _nearest(self, x: int) -> int:
        if not self.columns:
            return x
        return min(self.columns, key=lambda column: (abs(column - x), column))


def map_aisles(
    locations: Iterable[Stop],
    *,
    margin_mm: int = CROSS_AISLE_MARGIN_MM,
    middle: Sequence[int] = (),
) -> AisleMap:
    """The floor read off the coordinates of all pickable locations of a warehouse.

    An aisle's walkway is in the middle between the bins on its left and on its right; the cross aisles in front
    and behind lie ``margin_mm`` beyond the outermost bins. ``middle`` are the ``y`` of cross aisles between
    blocks of racks, which no bin's coordinates show. Locations without an aisle stand in one per ``x``.
    """
    places = list(locations)
    sides: dict[str, list[int]] = {}
    columns: set[int] = set()
    for place in places:
        if place.aisle is None:
            columns.add(place.x)
        else:
            sides.setdefault(place.aisle, []).append(place.x)
    x_of: dict[str | None, int] = {aisle: (min(xs) + max(xs)) // 2 for aisle, xs in sides.items()}
    columns.update(x_of.values())
    front = min((place.y for place in places), default=0) - margin_mm
    back = max((place.y for place in places), default=0) + margin_mm
    return AisleMap(x_of, tuple(sorted(columns)), tuple(sorted({front, back, *middle})))
