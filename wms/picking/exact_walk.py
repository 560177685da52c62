"""The shortest possible walk through one block of racks, found exactly and in time linear in the aisles.

The dynamic programme of Ratliff and Rosenthal ("Order-Picking in a Rectangular Warehouse", Operations Research 31,
1983), widened to walks that end elsewhere than they began. It builds the set of walked edges aisle by aisle from
left to right and keeps, for everything built so far, only what matters to the rest: whether the degree is odd at
the front and at the back end of the last aisle, and how these two ends hang together. A set of edges in which
every node has an even degree (odd at two different ends of the walk) and that is in one piece can be walked
without walking any of them twice.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from wms.picking.aisles import Place

# How the ends of the last aisle hang together: neither reached, one reached, both in one piece, both in two.
NONE, FRONT, BACK, ONE, TWO = range(5)

Node = tuple[int, int]
"""Aisle number and ``y``."""


class State(NamedTuple):
    odd_front: bool
    odd_back: bool
    joined: int


class Step(NamedTuple):
    """The cheapest way to a state: where from, which edges were added."""

    cost: int
    before: State | None
    across: tuple[int, int]
    inside: tuple[tuple[int, int, int], ...]  # y from, y to, times walked


class Column(NamedTuple):
    """One aisle with its stops, or (without stops) a place on a cross aisle where the walk starts or ends."""

    x: int
    ys: tuple[int, ...]
    gate_front: int  # how many ends of the walk are here: 0, 1, or 2 for a walk that ends where it starts
    gate_back: int


def exact_order(
    start: Place, end: Place, stops: Sequence[Place], front: int, back: int
) -> list[Place] | None:
    """The distinct ``stops`` in the order of a shortest walk; None where an end of the walk is between racks.

    ``front`` and ``back`` are the ``y`` of the only two cross aisles; stops lie on or between them.
    """
    if any(front < gate.y < back for gate in (start, end)):
        return None
    if not stops:
        return []
    columns = _columns(start, end, stops, front, back)
    layers = _solve(columns, front, back)
    final = [
        (step.cost, state)
        for state, step in layers[-1].items()
        if not state.odd_front and not state.odd_back and state.joined != TWO
    ]
    edges = _edges(columns, layers, min(final)[1], front, back)
    at_start = (_column_of(columns, start), front if start.y <= front else back)
    at_end = (_column_of(columns, end), front if end.y <= front else back)
    trail = _trail(edges, at_start, at_end)
    wanted = set(stops)
    order: dict[Place, None] = {}
    for column, y in trail:
        place = Place(columns[column].x, y)
        if place in wanted:
            order.setdefault(place)
    return list(order)


def _columns(start: Place, end: Place, stops: Sequence[Place], front: int, back: int) -> list[Column]:
    aisles: dict[int, set[int]] = {}
    for stop in stops:
        aisles.setdefault(stop.x, set()).add(stop.y)
    columns = [Column(x, tuple(sorted(ys)), 0, 0) for x, ys in aisles.items()]
    # The ends get columns of their own without racks, so that no walk goes through where no aisle is.
    gates: dict[int, tuple[int, int]] = {}
    for gate in (start, end):
        at_front, at_back = gates.get(gate.x, (0, 0))
        gates[gate.x] = (at_front + 1, at_back) if gate.y <= front else (at_front, at_back + 1)
    columns += [Column(x, (), at_front, at_back) for x, (at_front, at_back) in gates.items()]
    return sorted(columns)


def _column_of(columns: Sequence[Column], gate: Place) -> int:
    return next(i for i, column in enumerate(columns) if not column.ys and column.x == gate.x)


def _solve(columns: Sequence[Column], front: int, back: int) -> list[dict[State, Step]]:
    reached: dict[State, Step] = {State(False, False, NONE): Step(0, None, (0, 0), ())}
    layers: list[dict[State, Step]] = []
    last_x = columns[0].x
    for column in columns:
        layer: dict[State, Step] = {}
        arrivals = reached if not layers else _across(reached, column.x - last_x)
        inside = _inside(column, front, back)
        for state, step in arrivals.items():
            state_in = _gate(state, column)
            for cost, edges, odd, joined in inside:
                after = State(
                    state_in.odd_front ^ odd, state_in.odd_back ^ odd, _join(state_in.joined, joined)
                )
                total = step.cost + cost
                if after not in layer or total < layer[after].cost:
                    layer[after] = Step(total, step.before, step.across, edges)
        layers.append(layer)
        reached = layer
        last_x = column.x
    return layers


def _across(reached: dict[State, Step], dx: int) -> dict[State, Step]:
    """All ways over both cross aisles to the next column; the degrees left behind must come out even."""
    arrivals: dict[State, Step] = {}
    for state, step in reached.items():
        fronts = _times(state.odd_front, state.joined in (FRONT, ONE, TWO))
        backs = _times(state.odd_back, state.joined in (BACK, ONE, TWO))
        for at_front in fronts:
            for at_back in backs:
                joined = _carried(state.joined, at_front, at_back)
                if joined is None:
                    continue
                after = State(at_front % 2 == 1, at_back % 2 == 1, joined)
                total = step.cost + (at_front + at_back) * dx
                if after not in arrivals or total < arrivals[after].cost:
                    arrivals[after] = Step(total, state, (at_front, at_back), ())
    return arrivals


def _times(odd: bool, reached: bool) -> tuple[int, ...]:
    if not reached:
        return (0,)
    return (1,) if odd else (0, 2)


def _carried(joined: int, at_front: int, at_back: int) -> int | None:
    """What hangs together in the next column; None where a piece would be left behind for good."""
    if joined == TWO:
        return TWO if at_front and at_back else None
    if at_front and at_back:
        return ONE
    if at_front:
        return FRONT
    return BACK if at_back else None


def _gate(state: State, column: Column) -> State:
    joined = state.joined
    if column.gate_front:
        joined = _join(joined, FRONT)
    if column.gate_back:
        joined = _join(joined, BACK)
    return State(
        state.odd_front ^ (column.gate_front % 2 == 1), state.odd_back ^ (column.gate_back % 2 == 1), joined
    )


def _join(joined: int, by: int) -> int:
    """The pieces after adding edges that touch the ends as ``by`` says."""
    if by == NONE or joined == by:
        return joined
    if joined == NONE:
        return by
    if ONE in (joined, by):
        return ONE
    return TWO


Option = tuple[int, tuple[tuple[int, int, int], ...], bool, int]


def _inside(column: Column, front: int, back: int) -> list[Option]:
    """The ways to visit all stops of an aisle: cost, edges, whether both ends turn odd, the ends it touches."""
    if not column.ys:
        return [(0, (), False, NONE)]
    first, last = column.ys[0], column.ys[-1]
    span = back - front
    options: list[Option] = [
        (span, ((front, back, 1),), True, ONE),
        (2 * span, ((front, back, 2),), False, ONE),
        (2 * (last - front), ((front, last, 2),), False, FRONT),
        (2 * (back - first), ((first, back, 2),), False, BACK),
    ]
    if len(column.ys) > 1:
        gap, low, high = max((high - low, low, high) for low, high in pairwise(column.ys))
        options.append((2 * (span - gap), ((front, low, 2), (high, back, 2)), False, TWO))
    return options


def _edges(
    columns: Sequence[Column], layers: Sequence[dict[State, Step]], state: State, front: int, back: int
) -> dict[Node, list[Node]]:
    """The walked edges of the best solution, read back from the last column; cut at every stop."""
    near: dict[Node, list[Node]] = {}

    def add(one: Node, other: Node, times: int) -> None:
        for _ in range(times):
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)

    for at in range(len(columns) - 1, -1, -1):
        step = layers[at][state]
        for low, high, times in step.inside:
            cuts = sorted({low, high, *(y for y in columns[at].ys if low <= y <= high)})
            for one, other in pairwise(cuts):
                add((at, one), (at, other), times)
        for y, times in zip((front, back), step.across, strict=True):
            add((at - 1, y), (at, y), times)
        if step.before is None:
            break
        state = step.before
    return near


def _trail(near: dict[Node, list[Node]], start: Node, end: Node) -> list[Node]:
    """Walk every edge once (Hierholzer): from ``end`` backwards, so that the result runs from ``start``."""
    stack, trail = [end], []
    while stack:
        node = stack[-1]
        ways = near.get(node)
        if ways:
            other = ways.pop()
            near[other].remove(node)
            stack.append(other)
        else:
            trail.append(stack.pop())
    if trail[0] != start:
        raise AssertionError("the edges do not make one walk")
    return trail
