"""Which cartons an order needs, and how the goods lie in them.

The smallest carton that holds everything; where none does, the fullest possible one and again for the rest. The
search counts its steps and stops at a limit: then, and only then, the proposal goes by volume (``VOLUME_SHARE``
of a carton, as hands pack it). It always answers, and the same goods always get the same answer.

The libraries for this were either abandoned, too young to build on, or not made for the Python versions that we
support; the task here (a few dozen SKUs, many identical pieces) is smaller than what they solve.
"""

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Literal

import msgspec

from wms.packing.fill_carton import (
    CUTS,
    QUICK_CUTS,
    Block,
    Cut,
    Goods,
    OutOfSteps,
    Size,
    Steps,
    fill,
    ways_to_lay,
)

STEPS = 100_000
"""Pieces tried in places, for one proposal: below a tenth of a second."""

VOLUME_SHARE = 65
"""Percent of a carton's inside that goods of any shape can be expected to fill, for proposals by volume."""

Method = Literal["packed", "volume"]


class ItemToPack(msgspec.Struct, frozen=True):
    """``quantity`` pieces of a SKU. Lengths in mm, weight of one piece in grams; None (or 0) means not measured."""

    sku: str
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None
    weight_g: int | None
    quantity: int


class Carton(msgspec.Struct, frozen=True):
    """A kind of carton: inner lengths in mm, its own weight, and the most that it may weigh closed, in grams."""

    carton_id: int
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int
    max_weight_g: int

    @property
    def inner(self) -> Size:
        return (self.length_mm, self.width_mm, self.height_mm)

    @property
    def volume(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm

    @property
    def payload_g(self) -> int:
        return self.max_weight_g - self.tare_g


class ProposedParcel(msgspec.Struct, frozen=True):
    """One carton with its ``contents`` (SKU, pieces); ``blocks`` say where they lie, none when it goes by volume.

    ``weight_g`` counts the carton and the pieces of known weight.
    """

    carton_id: int
    contents: tuple[tuple[str, int], ...]
    blocks: tuple[Block, ...]
    fill_percent: int
    weight_g: int


class CartonProposal(msgspec.Struct, frozen=True):
    """``parcels`` for everything of known size; the packer decides about ``unknown`` and ``too_large``.

    ``unknown`` are SKUs without dimensions, ``too_large`` those that fit into no carton by size or weight (both
    SKU, pieces); ``unweighed`` are packed SKUs without a weight, which the weight limit could not count.
    """

    parcels: tuple[ProposedParcel, ...]
    method: Method
    unknown: tuple[tuple[str, int], ...] = ()
    too_large: tuple[tuple[str, int], ...] = ()
    unweighed: tuple[str, ...] = ()


def propose_cartons(
    items: Sequence[ItemToPack], cartons: Sequence[Carton], *, steps: int = STEPS
) -> CartonProposal:
    """Cartons for ``items``: every piece of known size that fits at all is in exactly one parcel.

    Raises ValueError for a negative quantity, or when one SKU is given with two sizes or weights.
    """
    merged = _merge(items)
    by_size = sorted(cartons, key=lambda carton: (carton.volume, carton.tare_g, carton.carton_id))
    goods: list[Goods] = []
    unknown, too_large, unweighed = [], [], []
    for item in merged:
        if not (item.length_mm and item.width_mm and item.height_mm):
            unknown.append((item.sku, item.quantity))
            continue
        short, middle, long = sorted((item.length_mm, item.width_mm, item.height_mm))
        sides, volume = (short, middle, long), short * middle * long
        one = Goods(item.sku, sides, ways_to_lay(sides), volume, item.weight_g or 0, item.quantity)
        if not any(_fits_alone(one, carton) for carton in by_size):
            too_large.append((item.sku, item.quantity))
            continue
        if not item.weight_g:
            unweighed.append(item.sku)
        goods.append(one)
    method: Method = "packed"
    try:
        parcels = _by_packing(goods, by_size, steps)
    except OutOfSteps:
        method, parcels = "volume", _by_volume(goods, by_size)
    return CartonProposal(tuple(parcels), method, tuple(unknown), tuple(too_large), tuple(unweighed))


def _merge(items: Iterable[ItemToPack]) -> list[ItemToPack]:
    """One item per SKU, sorted, so that the order of the lines makes no difference."""
    merged: dict[str, ItemToPack] = {}
    for item in items:
        if item.quantity < 0:
            raise ValueError(f"a quantity of {item.quantity} cannot be packed")
        known = merged.get(item.sku)
        if known and msgspec.structs.replace(known, quantity=item.quantity) != item:
            raise ValueError(f"SKU {item.sku} has two sizes or weights")
        total = item.quantity + (known.quantity if known else 0)
        merged[item.sku] = msgspec.structs.replace(item, quantity=total)
    return sorted((item for item in merged.values() if item.quantity), key=lambda item: item.sku)


def _fits_alone(item: Goods, carton: Carton) -> bool:
    inner = sorted(carton.inner)
    return item.weight_g <= carton.payload_g and all(a <= b for a, b in zip(item.sides, inner, strict=True))


def _by_packing(goods: list[Goods], by_size: Sequence[Carton], most: int) -> list[ProposedParcel]:
    """Half of the steps are for an answer, the other half for a smaller carton than the first one found."""
    steps, more_steps = Steps(most // 2), Steps(most - most // 2)
    parcels: list[ProposedParcel] = []
    while goods:
        fitting = _could_hold_all(goods, by_size)
        parcel = _smallest_parcel(goods, fitting, QUICK_CUTS, 1, steps)
        smaller = fitting if parcel is None else _before(parcel.carton_id, fitting)
        try:
            parcel = _smallest_parcel(goods, smaller, CUTS, 3, more_steps) or parcel
        except OutOfSteps:
            more_steps = Steps(0)
        goods = _take(parcel or _fullest_parcel(goods, by_size, steps), goods, parcels)
    return parcels


def _before(carton_id: int, cartons: Sequence[Carton]) -> list[Carton]:
    return list(takewhile(lambda carton: carton.carton_id != carton_id, cartons))


def _could_hold_all(goods: Sequence[Goods], by_size: Sequence[Carton]) -> list[Carton]:
    volume = sum(item.volume * item.quantity for item in goods)
    weight = sum(item.weight_g * item.quantity for item in goods)
    return [
        carton
        for carton in by_size
        if volume <= carton.volume
        and weight <= carton.payload_g
        and all(_fits_alone(item, carton) for item in goods)
    ]


def _smallest_parcel(
    goods: Sequence[Goods], cartons: Sequence[Carton], cuts: Sequence[Cut], orders: int, steps: Steps
) -> ProposedParcel | None:
    """The first carton in which one of the orders of the goods, cut in one of the ways, leaves nothing over."""
    pieces = sum(item.quantity for item in goods)
    for carton in cartons:
        for order in _orders(goods)[:orders]:
            for cut in cuts:
                blocks = fill(carton.inner, order, carton.payload_g, cut, steps)
                if sum(block.pieces for block in blocks) == pieces:
                    return _parcel(carton, goods, _count(blocks), tuple(blocks))
    return None


def _fullest_parcel(goods: Sequence[Goods], by_size: Sequence[Carton], steps: Steps) -> ProposedParcel:
    """The carton that takes the greatest volume of the goods; the smallest of those that take the same."""
    volumes = {item.sku: item.volume for item in goods}
    order = _orders(goods)[0]
    best: tuple[int, Carton, list[Block]] | None = None
    for carton in reversed(by_size):
        for cut in QUICK_CUTS:
            if best is not None and carton.volume < best[0]:
                break
            blocks = fill(carton.inner, order, carton.payload_g, cut, steps)
            packed = sum(volumes[block.sku] * block.pieces for block in blocks)
            if blocks and (best is None or packed > best[0] or (packed == best[0] and carton != best[1])):
                best = packed, carton, blocks
    if best is None:
        raise AssertionError("every piece fits into some carton")
    return _parcel(best[1], goods, _count(best[2]), tuple(best[2]))


def _orders(goods: Sequence[Goods]) -> list[list[Goods]]:
    """Large things first, by three meanings of large; orders that come out equal are tried once."""
    orders = [
        sorted(goods, key=lambda item: (-item.volume, item.sku)),
        sorted(goods, key=lambda item: (-item.sides[2], -item.volume, item.sku)),
        sorted(goods, key=lambda item: (-item.sides[1] * item.sides[2], -item.volume, item.sku)),
    ]
    return [order for at, order in enumerate(orders) if order not in orders[:at]]


def _by_volume(goods: list[Goods], by_size: Sequence[Carton]) -> list[ProposedParcel]:
    parcels: list[ProposedParcel] = []
    goods = _orders(goods)[0]
    while goods:
        goods = _take(_parcel_by_volume(goods, by_size), goods, parcels)
    return parcels


def _parcel_by_volume(goods: Sequence[Goods], by_size: Sequence[Carton]) -> ProposedParcel:
    """All goods in the smallest carton with room for them, else as much as the largest that takes the first piece."""
    everything = {item.sku: item.quantity for item in goods}
    fitting = [carton for carton in by_size if _fits_alone(goods[0], carton)]
    for carton in _could_hold_all(goods, fitting):
        if _room_by_volume(goods, carton) == everything:
            return _parcel(carton, goods, everything)
    return _parcel(fitting[-1], goods, _room_by_volume(goods, fitting[-1]))


def _room_by_volume(goods: Sequence[Goods], carton: Carton) -> dict[str, int]:
    """How many pieces of each SKU a carton takes; a single piece that fits may fill more than ``VOLUME_SHARE``."""
    volume, weight = carton.volume * VOLUME_SHARE // 100, carton.payload_g
    room: dict[str, int] = {}
    for item in goods:
        if not _fits_alone(item, carton):
            continue
        pieces = min(item.quantity, volume // item.volume)
        if item.weight_g:
            pieces = min(pieces, weight // item.weight_g)
        pieces = max(pieces, 0 if room else 1)
        if pieces:
            room[item.sku] = pieces
            volume, weight = max(volume - pieces * item.volume, 0), weight - pieces * item.weight_g
    return room


def _take(parcel: ProposedParcel, goods: Sequence[Goods], parcels: list[ProposedParcel]) -> list[Goods]:
    """Add the parcel, as often as the goods allow at once, and return what is left of them."""
    taken = dict(parcel.contents)
    times = min(item.quantity // taken[item.sku] for item in goods if item.sku in taken)
    parcels += [parcel] * times
    left = [item._replace(quantity=item.quantity - times * taken.get(item.sku, 0)) for item in goods]
    return [item for item in left if item.quantity]


def _count(blocks: Iterable[Block]) -> dict[str, int]:
    count: dict[str, int] = {}
    for block in blocks:
        count[block.sku] = count.get(block.sku, 0) + block.pieces
    return count


def _parcel(
    carton: Carton, goods: Iterable[Goods], contents: dict[str, int], blocks: tuple[Block, ...] = ()
) -> ProposedParcel:
    volume = sum(item.volume * contents.get(item.sku, 0) for item in goods)
    weight = sum(item.weight_g * contents.get(item.sku, 0) for item in goods)
    return ProposedParcel(
        carton_id=carton.carton_id,
        contents=tuple(sorted(contents.items())),
        blocks=blocks,
        fill_percent=100 * volume // carton.volume,
        weight_g=weight + carton.tare_g,
    )
