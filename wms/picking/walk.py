"""The order in which a picker visits bins, so that the walk is short.

Where the racks stand in one block (cross aisles at the front and at the back only) and the walk starts and ends
outside the aisles, the walk is the shortest possible one (``exact_walk``). Otherwise (more cross aisles, or a
worker who stands between racks) it is built by nearest insertion and improved by 2-opt and Or-opt for a bounded
number of rounds. Nothing depends on a clock or on chance: the same stops always give the same walk. It is never
longer than the S-shape, the way that people walk with a printed list.
"""

from collections.abc import Sequence
from itertools import groupby, pairwise

import msgspec

from wms.picking.aisles import AisleMap, Place, Point, Stop
from wms.picking.exact_walk import exact_order

ROUNDS = 30
"""Passes of the local search over all stops; it usually finds nothing better after five to ten."""

MOST_PLACES = 250
"""With more places than this (no cart holds so many) the S-shape is taken as it is: the search is quadratic."""


class Walk(msgspec.Struct, frozen=True):
    """``stops`` in the order to visit them, ``length_mm`` on foot from start to end, ``method`` that found it."""

    stops: tuple[Stop, ...]
    length_mm: int
    method: str


def plan_walk(start: Point, end: Point, stops: Sequence[Stop], aisles: AisleMap) -> Walk:
    """A short walk from ``start`` over all ``stops`` to ``end``; bins at the same place follow their walk number."""
    first, last, at = aisles.entry(start), aisles.entry(end), _by_place(stops, aisles)
    baseline = _s_shape_order(list(at), aisles)
    if len(aisles.cross) == 2:
        exact = exact_order(first, last, list(at), aisles.front, aisles.back)
        if exact is not None:
            return _walk(first, last, exact, at, aisles, "exact")
    if len(at) > MOST_PLACES:
        return _walk(first, last, baseline, at, aisles, "s-shape")
    searched = _walk(first, last, search_order(first, last, list(at), aisles), at, aisles, "local-search")
    plain = _walk(first, last, baseline, at, aisles, "s-shape")
    return min(searched, plain, key=lambda walk: walk.length_mm)


def s_shape(start: Point, end: Point, stops: Sequence[Stop], aisles: AisleMap) -> Walk:
    """The baseline: aisles from left to right, each walked through whole, one up and the next one down."""
    at = _by_place(stops, aisles)
    order = _s_shape_order(list(at), aisles)
    first, last = aisles.entry(start), aisles.entry(end)
    return _walk(first, last, order, at, aisles, "s-shape")


def length(start: Place, end: Place, order: Sequence[Place], aisles: AisleMap) -> int:
    """Length of a walk over ``order`` in mm."""
    return sum(aisles.distance(one, other) for one, other in pairwise((start, *order, end)))


def search_order(start: Place, end: Place, places: list[Place], aisles: AisleMap) -> list[Place]:
    """The shorter of two walks: nearest insertion improved, and the S-shape improved."""
    begun = (_nearest_insertion(start, end, places, aisles), _s_shape_order(places, aisles))
    improved = [improve(start, end, order, aisles) for order in begun]
    return min(improved, key=lambda order: length(start, end, order, aisles))


def improve(start: Place, end: Place, order: Sequence[Place], aisles: AisleMap) -> list[Place]:
    """``order`` after 2-opt (turn a stretch round) and Or-opt (move up to three stops elsewhere), first gain taken."""
    nodes = [start, *order, end]
    far = _table(nodes, aisles)
    tour = list(range(len(nodes)))
    for _ in range(ROUNDS):
        if not (_two_opt(tour, far) | _or_opt(tour, far)):
            break
    return [nodes[i] for i in tour[1:-1]]


def _by_place(stops: Sequence[Stop], aisles: AisleMap) -> dict[Place, list[Stop]]:
    at: dict[Place, list[Stop]] = {}
    for stop in sorted(stops, key=lambda stop: (stop.walk, stop.z, stop.location_id)):
        at.setdefault(aisles.place(stop), []).append(stop)
    return at


def _walk(
    start: Place,
    end: Place,
    order: Sequence[Place],
    at: dict[Place, list[Stop]],
    aisles: AisleMap,
    method: str,
) -> Walk:
    stops = tuple(stop for place in order for stop in at[place])
    return Walk(stops, length(start, end, order, aisles), method)


def _s_shape_order(places: list[Place], aisles: AisleMap) -> list[Place]:
    """One block of racks after the other from the front; in each, the aisles up and down by turns."""
    order: list[Place] = []

    def block(place: Place) -> int:
        return sum(1 for cross in aisles.cross[1:-1] if place.y > cross)

    for _, in_block in groupby(sorted(places, key=block), key=block):
        columns = [list(column) for _, column in groupby(sorted(in_block), key=lambda place: place.x)]
        if order and abs(order[-1].x - columns[-1][0].x) < abs(order[-1].x - columns[0][0].x):
            columns.reverse()
        for turn, column in enumerate(columns):
            order += column if turn % 2 == 0 else column[::-1]
    return order


def _nearest_insertion(start: Place, end: Place, places: list[Place], aisles: AisleMap) -> list[Place]:
    """Grow the walk by the place that is nearest to it, put in where it costs least."""
    nodes = [start, *places, end]
    far = _table(nodes, aisles)
    last = len(nodes) - 1
    tour = [0, last]
    gap = {i: min(far[0][i], far[last][i]) for i in range(1, last)}
    while gap:
        new = min(gap, key=lambda i: (gap[i], i))
        del gap[new]
        row = far[new]
        _, at = min(
            (row[one] + row[other] - far[one][other], at) for at, (one, other) in enumerate(pairwise(tour), 1)
        )
        tour.insert(at, new)
        for i in gap:
            gap[i] = min(gap[i], row[i])
    return [nodes[i] for i in tour[1:-1]]


def _two_opt(tour: list[int], far: list[list[int]]) -> bool:
    better = False
    n = len(tour)
    for i in range(n - 3):
        for j in range(i + 2, n - 1):
            a, b, c, d = tour[i], tour[i + 1], tour[j], tour[j + 1]
            if far[a][c] + far[b][d] < far[a][b] + far[c][d]:
                tour[i + 1 : j + 1] = tour[j:i:-1]
                better = True
    return better


def _or_opt(tour: list[int], far: list[list[int]]) -> bool:
    better = False
    for size in (1, 2, 3):
        i = 1
        while i + size < len(tour):
            better |= _move_stretch(tour, far, i, size)
            i += 1
    return better


def _move_stretch(tour: list[int], far: list[list[int]], i: int, size: int) -> bool:
    """Move ``tour[i:i + size]`` to the best other place, turned round if that is shorter; True when it moved."""
    stretch = tour[i : i + size]
    head, tail = stretch[0], stretch[-1]
    before, after = tour[i - 1], tour[i + size]
    saved = far[before][head] + far[tail][after] - far[before][after]
    if saved == 0:
        return False
    from_head, from_tail = far[head], far[tail]
    rest = tour[:i] + tour[i + size :]
    best, at, turned = saved, -1, False
    for k, (one, other) in enumerate(pairwise(rest), 1):
        link = far[one][other]
        straight = from_head[one] + from_tail[other] - link
        if straight < best:
            best, at, turned = straight, k, False
        round_ = from_tail[one] + from_head[other] - link
        if round_ < best:
            best, at, turned = round_, k, True
    if at < 0:
        return False
    rest[at:at] = stretch[::-1] if turned else stretch
    tour[:] = rest
    return True


def _table(nodes: Sequence[Place], aisles: AisleMap) -> list[list[int]]:
    return [[aisles.distance(one, other) for other in nodes] for one in nodes]
