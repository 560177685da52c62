"""Orders grouped onto carts, so that one walk serves many of them.

Three kinds, because people pick them differently: `single` (one line: many orders share a tote, and packing
finds each again by its only SKU), `multi` (one tote per order), `large` (more than a tote holds: alone).

A pickup is a moment that does not wait, so a cart never mixes orders of different `ship_by`, and the carts of
an earlier one all come before those of a later one: no order is ever put behind a later pickup's orders.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, islice
from typing import Literal

import msgspec

from wms.picking.aisles import AisleMap, Stop

Kind = Literal["single", "multi", "large"]

WINDOW = 1000
"""Different ways through the aisles that are compared for the next order of a cart, the longest first. Measured:
10,000 orders of 3 lines in 40 aisles take a second, and comparing all of them shortens the walks by nothing."""


class OrderToPick(msgspec.Struct, frozen=True):
    """A released order: ``stops`` are the bins that its stock is allocated in, ``lines`` its order lines.

    ``volume_ml`` is None where a SKU was never measured. ``priority``: greater is more urgent within its pickup.
    """

    order_id: int
    ship_by: datetime
    stops: tuple[Stop, ...]
    lines: int
    units: int
    volume_ml: int | None = None
    priority: int = 0


class Cluster(msgspec.Struct, frozen=True):
    """One cart: for each tote the ids of the orders in it. A large order is a single 'tote' of its own."""

    kind: Kind
    ship_by: datetime
    totes: tuple[tuple[int, ...], ...]

    @property
    def order_ids(self) -> tuple[int, ...]:
        return tuple(order_id for tote in self.totes for order_id in tote)


class Way(msgspec.Struct, frozen=True):
    """The aisles that an order leads into: a bit for each, and the ``x`` of the outermost two."""

    aisles: int
    left: int
    right: int


def form_clusters(
    orders: Sequence[OrderToPick],
    aisles: AisleMap,
    *,
    totes_per_cart: int,
    tote_volume_ml: int,
    units_per_tote: int,
) -> list[Cluster]:
    """Carts for all orders, in the sequence in which they should go out: by ``ship_by``, then urgency.

    Every order is in exactly one cluster. Raises ValueError when a cart or a tote would hold nothing.
    """
    if min(totes_per_cart, tote_volume_ml, units_per_tote) < 1:
        raise ValueError("a cart needs at least one tote, and a tote room for something")
    clusters: list[Cluster] = []
    waiting = sorted(orders, key=lambda order: (order.ship_by, -order.priority, order.order_id))
    for _, one_pickup in groupby(waiting, key=lambda order: order.ship_by):
        of_kind: dict[Kind, list[OrderToPick]] = {"large": [], "multi": [], "single": []}
        for order in one_pickup:
            of_kind[kind_of(order, tote_volume_ml=tote_volume_ml, units_per_tote=units_per_tote)].append(
                order
            )
        shared = _fill_totes(_along_the_walk(of_kind["single"], aisles), tote_volume_ml, units_per_tote)
        carts: list[tuple[Kind, list[list[OrderToPick]]]] = [
            ("large", [[order]]) for order in of_kind["large"]
        ]
        carts += [
            ("multi", [[order] for order in cart])
            for cart in _near_orders(of_kind["multi"], aisles, totes_per_cart)
        ]
        carts += [("single", shared[i : i + totes_per_cart]) for i in range(0, len(shared), totes_per_cart)]
        # Stable: carts of equal urgency keep the sequence above, in which what takes longest to pack comes first.
        carts.sort(key=lambda cart: -max(order.priority for tote in cart[1] for order in tote))
        clusters += [_cluster(kind, totes) for kind, totes in carts]
    return clusters


def kind_of(order: OrderToPick, *, tote_volume_ml: int, units_per_tote: int) -> Kind:
    """How an order is picked; one of unknown volume is judged by its units."""
    if order.units > units_per_tote or (order.volume_ml or 0) > tote_volume_ml:
        return "large"
    return "single" if order.lines == 1 else "multi"


def _cluster(kind: Kind, totes: list[list[OrderToPick]]) -> Cluster:
    return Cluster(
        kind, totes[0][0].ship_by, tuple(tuple(order.order_id for order in tote) for tote in totes)
    )


def _along_the_walk(orders: Sequence[OrderToPick], aisles: AisleMap) -> list[OrderToPick]:
    """Urgent ones first, then in the sequence of an S-shape through the whole floor, which is cut into carts."""
    places = {order.order_id: aisles.place(order.stops[0]) for order in orders if order.stops}
    columns = {x: number for number, x in enumerate(sorted({place.x for place in places.values()}))}

    def key(order: OrderToPick) -> tuple[int, int, int, int]:
        place = places.get(order.order_id)
        if place is None:
            return (-order.priority, -1, 0, order.order_id)
        column = columns[place.x]
        return (-order.priority, column, place.y if column % 2 == 0 else -place.y, order.order_id)

    return sorted(orders, key=key)


def _fill_totes(
    orders: Sequence[OrderToPick], tote_volume_ml: int, units_per_tote: int
) -> list[list[OrderToPick]]:
    totes: list[list[OrderToPick]] = []
    units = volume = 0
    for order in orders:
        units, volume = units + order.units, volume + (order.volume_ml or 0)
        if not totes or units > units_per_tote or volume > tote_volume_ml:
            totes.append([])
            units, volume = order.units, order.volume_ml or 0
        totes[-1].append(order)
    return totes


def _near_orders(orders: Sequence[OrderToPick], aisles: AisleMap, size: int) -> list[list[OrderToPick]]:
    """Carts of ``size`` orders that share aisles.

    A cart begins with the most urgent order, among equals with the one that leads into the most aisles. It
    grows by the order that makes the walk least longer: whole aisles that are new to the cart, and the way there
    and back beyond the outermost ones. Orders that lead the same way are looked at once.
    """
    same_way = _group_by_way(orders, aisles)
    carts: list[list[OrderToPick]] = []
    while same_way:
        cart: list[OrderToPick] = []
        key = next(iter(same_way))
        so_far = key[1]
        while True:
            group = same_way[key]
            room = size - len(cart)
            cart += group[:room]
            del group[:room]
            if not group:
                del same_way[key]
            if len(cart) == size or not same_way:
                break
            so_far = _widened(so_far, key[1])
            key = _nearest(so_far, same_way, aisles.back - aisles.front)
        carts.append(cart)
    return carts


def _group_by_way(
    orders: Sequence[OrderToPick], aisles: AisleMap
) -> dict[tuple[int, Way], list[OrderToPick]]:
    """Orders by urgency and way, in the sequence in which they begin carts."""
    xs_of = {order.order_id: {aisles.place(stop).x for stop in order.stops} for order in orders}
    columns = {x: number for number, x in enumerate(sorted(set().union(*xs_of.values())))}
    groups: dict[tuple[int, Way], list[OrderToPick]] = {}
    for order in orders:
        xs = xs_of[order.order_id]
        bits = sum(1 << columns[x] for x in xs)
        way = Way(bits, min(xs, default=0), max(xs, default=0))
        groups.setdefault((-order.priority, way), []).append(order)

    def first(key: tuple[int, Way]) -> tuple[int, int, int, int]:
        urgency, way = key
        return (urgency, -way.aisles.bit_count(), way.left - way.right, way.aisles)

    return {key: groups[key] for key in sorted(groups, key=first)}


def _widened(way: Way, by: Way) -> Way:
    return Way(way.aisles | by.aisles, min(way.left, by.left), max(way.right, by.right))


def _nearest(
    so_far: Way, same_way: dict[tuple[int, Way], list[OrderToPick]], aisle_mm: int
) -> tuple[int, Way]:
    """The way among the first ``WINDOW`` that adds least; the earlier one of two that add the same."""
    outside, left, right = ~so_far.aisles, so_far.left, so_far.right
    best, nearest = -1, next(iter(same_way))
    for key in islice(same_way, WINDOW):
        way = key[1]
        new = way.aisles & outside
        if not new:
            return key
        cost = new.bit_count() * aisle_mm
        if best < 0 or cost < best:
            cost += 2 * (max(left - way.left, 0) + max(way.right - right, 0))
            if best < 0 or cost < best:
                best, nearest = cost, key
    return nearest
