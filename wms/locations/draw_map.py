"""The map of a warehouse: from coordinates in millimetres to shapes of a picture, in plain Python."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from wms.locations.desk_queries import Bin, Stack

WIDE, LOW, HIGH = 1100.0, 320.0, 760.0
MARGIN_X, MARGIN_Y = 36.0, 44.0
FRONT_ROW, FRONT_HIGH = 12, 38.0
LEVELS = 5
ZONE_COLOURS = 8


class Spot(msgspec.Struct, frozen=True):
    """A place outside the aisles: a dock, a bench, a cage. Those that say the same spot stand in rows at the front."""

    stack: Stack
    x: float
    y: float
    width: float
    height: float
    zone: int
    level: int


class Aisle(msgspec.Struct, frozen=True):
    """``shapes``: for each level of heat one path of all its stacks; ``locked`` another one over it."""

    name: str
    zone: str
    colour: int
    places: int
    filled: int
    locked: int
    picks: int
    x: float
    y: float
    width: float
    height: float
    shapes: list[tuple[int, str]]
    locks: str


class Map(msgspec.Struct, frozen=True):
    """``heats``: for each level of heat the least and the most picks of a stack."""

    width: float
    height: float
    aisles: list[Aisle]
    spots: list[Spot]
    zones: list[tuple[str, int]]
    heats: list[tuple[int, int, int]]
    narrow: bool


def draw_map(stacks: Sequence[Stack]) -> Map | None:
    """The house from above, its front (the least y) at the bottom. None where there is nothing to draw."""
    if not stacks:
        return None
    in_aisles = [s for s in stacks if s.aisle]
    crowd = Counter((s.x, s.y) for s in stacks if not s.aisle)
    apart = [s for s in stacks if s.aisle or crowd[s.x, s.y] == 1]
    together = [s for s in stacks if not s.aisle and crowd[s.x, s.y] > 1]
    placed = apart or stacks
    left, right = min(s.x for s in placed), max(s.x for s in placed)
    front, back = min(s.y for s in placed), max(s.y for s in placed)
    cell_x, cell_y = _cell(s.x for s in in_aisles), _cell(s.y for s in in_aisles)
    span_x, span_y = right - left + cell_x, back - front + cell_y
    scale_x = (WIDE - 2 * MARGIN_X) / span_x
    inside = min(max(span_y * scale_x, LOW), HIGH) if apart else 0.0
    scale_y = inside / span_y
    height = inside + 2 * MARGIN_Y
    width_of, height_of = max(cell_x * scale_x * 0.86, 3.0), max(cell_y * scale_y * 0.86, 3.0)

    def at(s: Stack) -> tuple[float, float]:
        return MARGIN_X + (s.x - left) * scale_x, MARGIN_Y + (back - s.y) * scale_y

    heats = heat_levels([s.picks for s in stacks])
    zones = {z: i % ZONE_COLOURS for i, z in enumerate(sorted({s.zone or "" for s in stacks}))}
    aisles: dict[str, list[Stack]] = {}
    for s in in_aisles:
        aisles.setdefault(s.aisle or "", []).append(s)
    drawn = []
    for name, group in sorted(aisles.items()):
        points = [at(s) for s in group]
        x, y = min(p[0] for p in points), min(p[1] for p in points)
        zone = group[0].zone or ""
        drawn.append(
            Aisle(
                name=name, zone=zone, colour=zones[zone], places=sum(s.places for s in group),
                filled=sum(s.filled for s in group), locked=sum(s.locked for s in group), picks=sum(s.picks for s in group),
                x=round(x - 3, 1), y=round(y - 3, 1), width=round(max(p[0] for p in points) - x + width_of + 6, 1),
                height=round(max(p[1] for p in points) - y + height_of + 6, 1),
                shapes=[
                    (level, path)
                    for level in range(LEVELS + 1)
                    if (path := _path((p for s, p in zip(group, points, strict=True) if level_of(heats, s.picks) == level),
                                      width_of, height_of))
                ],
                locks=_path((p for s, p in zip(group, points, strict=True) if s.locked), width_of, height_of),
            )
        )  # fmt: skip
    spot = max(14.0, min(width_of, height_of))
    spots = [
        Spot(s, round(x, 1), round(y, 1), spot, spot, zones[s.zone or ""], level_of(heats, s.picks))
        for s in apart
        if not s.aisle
        for x, y in [at(s)]
    ]
    for n, s in enumerate(together):
        row, column = divmod(n, FRONT_ROW)
        x = MARGIN_X + column * (WIDE - 2 * MARGIN_X) / FRONT_ROW + 30
        spots.append(
            Spot(
                s,
                round(x, 1),
                round(height + row * FRONT_HIGH, 1),
                22.0,
                16.0,
                zones[s.zone or ""],
                level_of(heats, s.picks),
            )
        )
    height += -(-len(together) // FRONT_ROW) * FRONT_HIGH
    starts = sorted(a.x for a in drawn)
    gaps = [b - a for a, b in pairwise(starts) if b - a > 1]
    return Map(
        width=WIDE, height=round(height, 1), aisles=drawn, spots=spots,
        zones=[(z, c) for z, c in zones.items() if z], heats=heats, narrow=bool(gaps) and min(gaps) < 42,
    )  # fmt: skip


def _cell(values: Iterable[int]) -> int:
    """The usual distance between two neighbours: the least one that is more than a hand."""
    found = sorted(set(values))
    gaps = [b - a for a, b in pairwise(found) if b - a >= 200]
    return min(gaps, default=1000)


def _path(points: Iterable[tuple[float, float]], width: float, height: float) -> str:
    w, h = f"{width:.1f}", f"{height:.1f}"
    return "".join(f"M{x:.1f} {y:.1f}h{w}v{h}h-{w}z" for x, y in points)


def heat_levels(picks: Sequence[int]) -> list[tuple[int, int, int]]:
    """Up to five levels with as many stacks each: level, least, most. Nothing picked is no level."""
    some = sorted(n for n in picks if n > 0)
    levels: list[tuple[int, int, int]] = []
    for i in range(LEVELS):
        part = some[len(some) * i // LEVELS : len(some) * (i + 1) // LEVELS]
        part = [n for n in part if not levels or n > levels[-1][2]]
        if part:
            levels.append((i + 1, part[0], part[-1]))
    return levels


def level_of(levels: Sequence[tuple[int, int, int]], picks: int) -> int:
    """The level of heat; 0 where nothing was picked."""
    return next(
        (level for level, _, most in levels if 0 < picks <= most),
        levels[-1][0] if picks > 0 and levels else 0,
    )


class Face(msgspec.Struct, frozen=True):
    bin: Bin
    x: float
    y: float
    level: int


class Side(msgspec.Struct, frozen=True):
    """One side of an aisle, as one sees it who stands in it; the lowest level at the bottom."""

    faces: list[Face]
    height: float


class Elevation(msgspec.Struct, frozen=True):
    width: float
    cell: float
    row: float
    sides: list[Side]
    heats: list[tuple[int, int, int]]


ROW = 34.0


def draw_aisle(bins: Sequence[Bin]) -> Elevation | None:
    """The shelves of one aisle seen from it, side by side as they stand along it."""
    if not bins:
        return None
    xs, ys = [b.x for b in bins], [b.y for b in bins]
    along_y = max(ys) - min(ys) >= max(xs) - min(xs)

    def along(b: Bin) -> int:
        return b.y if along_y else b.x

    heats = heat_levels([b.picks for b in bins])
    bays = sorted({along(b) for b in bins})
    cell = min(110.0, (WIDE - 20) / len(bays))
    sides = []
    for side in sorted({b.x if along_y else b.y for b in bins}):
        mine = [b for b in bins if (b.x if along_y else b.y) == side]
        heights = sorted({b.z for b in mine}, reverse=True)
        level = {z: i for i, z in enumerate(heights)}
        crowd: dict[tuple[int, int], int] = {}
        faces = []
        for b in mine:
            spot = (along(b), b.z)
            nth = crowd[spot] = crowd.get(spot, 0) + 1
            # places with the same coordinates stand a little apart, so that each can be clicked
            faces.append(
                Face(
                    b,
                    round(10 + bays.index(along(b)) * cell + (nth - 1) * 4, 1),
                    level[b.z] * ROW,
                    level_of(heats, b.picks),
                )
            )
        sides.append(Side(faces, len(heights) * ROW))
    return Elevation(
        width=20 + len(bays) * cell, cell=round(cell - 3, 1), row=ROW - 3, sides=sides, heats=heats
    )
