"""A picker's walk: every bin once, never longer than the S-shape, and the shortest where that can be computed."""

from itertools import pairwise, permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from wms.picking.aisles import AisleMap, Place, Point, Stop, map_aisles
from wms.picking.exact_walk import exact_order
from wms.picking.walk import improve, length, plan_walk, s_shape, search_order

RACK_Y = range(1000, 31_000, 1500)
AISLES = 6


def a_floor(*, aisles: int = AISLES, middle: tuple[int, ...] = ()) -> tuple[list[Stop], AisleMap]:
    """Bins on both sides of each aisle, aisles 3 m apart and 30 m long."""
    bins = [
        Stop(location_id=0, x=aisle * 3000 + side, y=y, aisle=f"{aisle:02}")
        for aisle in range(aisles)
        for side in (-700, 700)
        for y in RACK_Y
    ]
    bins = [Stop(number, b.x, b.y, b.z, b.aisle) for number, b in enumerate(bins)]
    return bins, map_aisles(bins, middle=middle)


BINS, FLOOR = a_floor()
_, TWO_BLOCKS = a_floor(middle=(16_000,))

some_bins = st.lists(st.sampled_from(BINS), min_size=1, max_size=40, unique=True)
few_bins = st.lists(st.sampled_from(BINS), min_size=1, max_size=6, unique=True)
gates = st.builds(Point, x=st.integers(-4000, 20_000), y=st.sampled_from([-3000, 0, 30_500, 34_000]))
anywhere = st.builds(Point, x=st.integers(-4000, 20_000), y=st.integers(-3000, 34_000))


def shortest(start: Place, end: Place, places: set[Place], aisles: AisleMap) -> int:
    """By trying every order."""
    return min(length(start, end, order, aisles) for order in permutations(places))


def test_the_walkway_of_an_aisle_is_between_its_bins_and_cross_aisles_lie_beyond_them() -> None:
    floor = map_aisles([Stop(1, 0, 500, aisle="A"), Stop(2, 2000, 900, aisle="A")], margin_mm=1200)
    assert floor.x_of == {"A": 1000}
    assert floor.cross == (-700, 2100)


def test_nobody_walks_through_a_rack() -> None:
    one, other = Place(0, 10_000), Place(3000, 10_000)
    assert FLOOR.cross == (0, 30_500)
    assert FLOOR.distance(one, other) == 3000 + 2 * 10_000
    assert TWO_BLOCKS.distance(one, other) == 3000 + 2 * 6000
    assert TWO_BLOCKS.distance(Place(0, 10_000), Place(3000, 20_000)) == 3000 + 10_000
    assert FLOOR.distance(Place(0, 1000), Place(0, 30_000)) == 29_000


@settings(deadline=None)
@given(st.sampled_from([FLOOR, TWO_BLOCKS]), st.lists(anywhere, min_size=3, max_size=3))
def test_distances_are_symmetric_and_no_detour_is_shorter(floor: AisleMap, points: list[Point]) -> None:
    a, b, c = (floor.entry(point) for point in points)
    assert floor.distance(a, b) == floor.distance(b, a)
    assert floor.distance(a, c) <= floor.distance(a, b) + floor.distance(b, c)


@settings(deadline=None)
@given(gates, gates, few_bins)
def test_one_block_of_racks_gets_the_shortest_walk(start: Point, end: Point, stops: list[Stop]) -> None:
    walk = plan_walk(start, end, stops, FLOOR)
    places = {FLOOR.place(stop) for stop in stops}
    assert walk.method == "exact"
    assert walk.length_mm == shortest(FLOOR.entry(start), FLOOR.entry(end), places, FLOOR)


@settings(max_examples=150, deadline=None)
@given(anywhere, anywhere, some_bins, st.sampled_from([FLOOR, TWO_BLOCKS]))
def test_every_bin_is_visited_once_and_the_s_shape_is_never_better(
    start: Point, end: Point, stops: list[Stop], floor: AisleMap
) -> None:
    walk = plan_walk(start, end, stops, floor)
    assert sorted(stop.location_id for stop in walk.stops) == sorted(stop.location_id for stop in stops)
    assert walk.length_mm <= s_shape(start, end, stops, floor).length_mm
    places = [floor.entry(start), *(floor.place(stop) for stop in walk.stops), floor.entry(end)]
    assert walk.length_mm == sum(floor.distance(one, other) for one, other in pairwise(places))
    assert plan_walk(start, end, stops[::-1], floor) == walk


@settings(max_examples=60, deadline=None)
@given(gates, gates, some_bins)
def test_local_search_is_never_below_the_optimum_and_within_a_quarter_of_it(
    start: Point, end: Point, stops: list[Stop]
) -> None:
    first, last = FLOOR.entry(start), FLOOR.entry(end)
    places = sorted({FLOOR.place(stop) for stop in stops})
    best = exact_order(first, last, places, FLOOR.front, FLOOR.back)
    assert best is not None
    optimum = length(first, last, best, FLOOR)
    searched = length(first, last, search_order(first, last, places, FLOOR), FLOOR)
    assert optimum <= searched <= 1.25 * optimum
    improved = length(first, last, improve(first, last, places, FLOOR), FLOOR)
    assert optimum <= improved <= length(first, last, places, FLOOR), (
        "from any beginning, never longer than it"
    )


def test_bins_above_one_another_follow_their_walk_number() -> None:
    stack = [
        Stop(9, 0, 5000, 1800, "00", walk=1),
        Stop(4, 0, 5000, 0, "00", walk=2),
        Stop(5, 0, 5000, 0, "00", walk=2),
    ]
    walk = plan_walk(Point(0, 0), Point(0, 0), stack, FLOOR)
    assert [stop.location_id for stop in walk.stops] == [9, 4, 5]
    assert walk.length_mm == 10_000


def test_without_coordinates_the_walk_number_decides() -> None:
    bins = [Stop(n, 0, 0, 0, aisle, walk=10 - n) for n, aisle in enumerate(["A", "B", None])]
    walk = plan_walk(Point(0, 0), Point(0, 0), bins, map_aisles(bins))
    assert [stop.location_id for stop in walk.stops] == [2, 1, 0]


def test_no_stops_is_the_way_from_start_to_end() -> None:
    assert plan_walk(Point(0, -1000), Point(9000, -1000), [], FLOOR).length_mm == 9000
    assert plan_walk(Point(0, 0), Point(0, 0), [], map_aisles([])).length_mm == 0
