"""Fill one carton with as much as goes in: blocks of identical pieces in disjoint free spaces.

Each step takes the lowest free space, the first SKU (in a given order) of which a piece fits, and puts the largest
whole block of pieces into the space's corner; what remains of the space is cut into three. Spaces never overlap,
so neither do blocks, and a thousand identical pieces cost as few steps as one. Lengths in mm, weights in grams.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from itertools import permutations
from typing import NamedTuple

import msgspec

Size = tuple[int, int, int]


class OutOfSteps(Exception):
    """The search has used up what it was given; the caller falls back to something simpler."""


class Steps:
    """A number of steps that several searches share. Not a clock: the same order gives the same proposal."""

    def __init__(self, most: int) -> None:
        self.left = most

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise OutOfSteps


class Block(msgspec.Struct, frozen=True):
    """A grid of ``nx`` x ``ny`` x ``nz`` pieces of ``sku`` with its corner at ``x, y, z`` inside the carton.

    ``length``, ``width``, ``height`` are those of one piece as it lies.
    """

    sku: str
    x: int
    y: int
    z: int
    length: int
    width: int
    height: int
    nx: int
    ny: int
    nz: int

    @property
    def pieces(self) -> int:
        return self.nx * self.ny * self.nz


class Goods(NamedTuple):
    """Pieces of one SKU that are still to pack; ``sides`` ascend, ``turned`` are the distinct ways to lay one."""

    sku: str
    sides: Size
    turned: tuple[Size, ...]
    volume: int
    weight_g: int
    quantity: int


class Space(NamedTuple):
    """A free cuboid; the lowest, then the hindmost one is filled first."""

    z: int
    y: int
    x: int
    length: int
    width: int
    height: int


Cut = Callable[[Space, int, int, int], tuple[Space, ...]]


def ways_to_lay(size: Size) -> tuple[Size, ...]:
    """The distinct rotations of a piece, the flattest first."""
    lays = {(a, b, c) for a, b, c in permutations(size)}
    return tuple(sorted(lays, key=lambda lay: (lay[2], -lay[0], lay)))


def fill(inner: Size, goods: Sequence[Goods], most_g: int, cut: Cut, steps: Steps) -> list[Block]:
    """Blocks inside a carton of ``inner`` size, weighing ``most_g`` at most; SKUs earlier in ``goods`` go first."""
    left = {item.sku: item.quantity for item in goods}
    waiting = list(goods)
    spaces = [Space(0, 0, 0, *inner)]
    blocks: list[Block] = []
    smallest = min((item.volume for item in goods), default=0)
    while spaces and waiting:
        space = heappop(spaces)
        if space.length * space.width * space.height < smallest:
            continue
        block = _best_block(space, waiting, left, most_g, steps)
        if block is None:
            continue
        item = next(item for item in waiting if item.sku == block.sku)
        blocks.append(block)
        most_g -= block.pieces * item.weight_g
        left[item.sku] -= block.pieces
        if left[item.sku] == 0:
            waiting.remove(item)
        used = (block.nx * block.length, block.ny * block.width, block.nz * block.height)
        for rest in cut(space, *used):
            if rest.length and rest.width and rest.height:
                heappush(spaces, rest)
    return blocks


def _best_block(
    space: Space, waiting: Sequence[Goods], left: dict[str, int], most_g: int, steps: Steps
) -> Block | None:
    """The first SKU that fits, laid so that its block is the largest; a narrow rest of the floor breaks ties."""
    short, middle, long = sorted(space[3:])
    for item in waiting:
        steps.spend(1)
        if item.sides[0] > short or item.sides[1] > middle or item.sides[2] > long:
            continue
        most = left[item.sku] if item.weight_g == 0 else min(left[item.sku], most_g // item.weight_g)
        if most <= 0:
            continue
        best: tuple[int, int, int] | None = None
        block: Block | None = None
        for length, width, height in item.turned:
            nx, ny, nz = space.length // length, space.width // width, space.height // height
            steps.spend(1)
            if not (nx and ny and nz):
                continue
            nx, ny, nz = _whole_grid(nx, ny, nz, most)
            waste = min(space.length - nx * length, space.width - ny * width)
            rank = (-nx * ny * nz, waste, height)
            if best is None or rank < best:
                best = rank
                block = Block(item.sku, space.x, space.y, space.z, length, width, height, nx, ny, nz)
        if block is not None:
            return block
    return None


def _whole_grid(nx: int, ny: int, nz: int, most: int) -> tuple[int, int, int]:
    """The grid of at most ``most`` pieces: whole layers, else whole rows of one layer, else a part of a row."""
    if nx * ny <= most:
        return nx, ny, min(nz, most // (nx * ny))
    if nx <= most:
        return nx, min(ny, most // nx), 1
    return most, 1, 1


def cut_above_block(space: Space, dx: int, dy: int, dz: int) -> tuple[Space, ...]:
    """What lies above stands on the block alone, so everything is supported; the floor is cut along its length."""
    z, y, x, length, width, height = space
    return (
        Space(z, y, x + dx, length - dx, width, height),
        Space(z, y + dy, x, dx, width - dy, height),
        Space(z + dz, y, x, dx, dy, height - dz),
    )


def cut_above_block_crosswise(space: Space, dx: int, dy: int, dz: int) -> tuple[Space, ...]:
    """As ``cut_above_block``, with the floor cut along its width."""
    z, y, x, length, width, height = space
    return (
        Space(z, y + dy, x, length, width - dy, height),
        Space(z, y, x + dx, length - dx, dy, height),
        Space(z + dz, y, x, dx, dy, height - dz),
    )


def cut_in_layers(space: Space, dx: int, dy: int, dz: int) -> tuple[Space, ...]:
    """The block's height becomes a layer; what lies above may use the whole floor (filling evens the layer out)."""
    z, y, x, length, width, height = space
    return (
        Space(z, y, x + dx, length - dx, width, dz),
        Space(z, y + dy, x, dx, width - dy, dz),
        Space(z + dz, y, x, length, width, height - dz),
    )


def cut_in_layers_crosswise(space: Space, dx: int, dy: int, dz: int) -> tuple[Space, ...]:
    """As ``cut_in_layers``, with the layer cut along its width."""
    z, y, x, length, width, height = space
    return (
        Space(z, y + dy, x, length, width - dy, dz),
        Space(z, y, x + dx, length - dx, dy, dz),
        Space(z + dz, y, x, length, width, height - dz),
    )


CUTS: tuple[Cut, ...] = (cut_above_block, cut_above_block_crosswise, cut_in_layers, cut_in_layers_crosswise)
QUICK_CUTS: tuple[Cut, ...] = (cut_above_block, cut_in_layers)
"""One of each kind, for a first answer."""
