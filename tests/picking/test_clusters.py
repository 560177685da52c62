"""Carts of orders: everything once, nothing too full, no order behind a later pickup's, and short walks."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wms.picking.aisles import Point, Stop, map_aisles
from wms.picking.clusters import Cluster, Kind, OrderToPick, form_clusters, kind_of
from wms.picking.walk import plan_walk

TWO_PM = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
BINS = [
    Stop(aisle * 100 + n, aisle * 3000, 1000 + n * 1000, aisle=f"{aisle:02}")
    for aisle in range(8)
    for n in range(20)
]
FLOOR = map_aisles(BINS)


def a_bin(aisle: int, n: int = 0) -> Stop:
    return BINS[aisle * 20 + n]


def an_order(
    order_id: int,
    *stops: Stop,
    lines: int | None = None,
    units: int | None = None,
    volume_ml: int | None = 500,
    hours: int = 0,
    priority: int = 0,
) -> OrderToPick:
    return OrderToPick(
        order_id=order_id,
        ship_by=TWO_PM + timedelta(hours=hours),
        stops=stops,
        lines=len(stops) if lines is None else lines,
        units=len(stops) if units is None else units,
        volume_ml=volume_ml,
        priority=priority,
    )


def clusters(*orders: OrderToPick, totes: int = 4) -> list[Cluster]:
    return form_clusters(orders, FLOOR, totes_per_cart=totes, tote_volume_ml=10_000, units_per_tote=6)


@pytest.mark.parametrize(
    ("order", "kind"),
    [
        (an_order(1, a_bin(0)), "single"),
        (an_order(1, a_bin(0), units=6), "single"),
        (an_order(1, a_bin(0), a_bin(1), lines=1), "single"),
        (an_order(1, a_bin(0), a_bin(1)), "multi"),
        (an_order(1, a_bin(0), units=7), "large"),
        (an_order(1, a_bin(0), volume_ml=10_001), "large"),
        (an_order(1, a_bin(0), a_bin(1), volume_ml=None), "multi"),
    ],
)
def test_kinds(order: OrderToPick, kind: Kind) -> None:
    assert kind_of(order, tote_volume_ml=10_000, units_per_tote=6) == kind


def test_orders_of_the_same_aisles_share_a_cart() -> None:
    near, far = [a_bin(0, 3), a_bin(1, 4)], [a_bin(6, 3), a_bin(7, 4)]
    orders = [an_order(n, *(near if n % 2 else far)) for n in range(8)]
    assert [set(cluster.order_ids) for cluster in clusters(*orders)] == [{1, 3, 5, 7}, {0, 2, 4, 6}]


def test_a_cart_of_several_lines_has_one_tote_per_order() -> None:
    (cluster,) = clusters(*(an_order(n, a_bin(n), a_bin(0)) for n in range(1, 4)))
    assert (cluster.kind, sorted(cluster.totes)) == ("multi", [(1,), (2,), (3,)])


def test_single_lines_share_totes_in_the_sequence_of_the_walk() -> None:
    orders = [an_order(100 + n, a_bin(0, n), units=2) for n in (5, 1, 4, 2, 3)]
    (cluster,) = clusters(*orders)
    assert (cluster.kind, cluster.totes) == ("single", ((101, 102, 103), (104, 105)))


def test_a_large_order_goes_alone() -> None:
    assert [
        cluster.totes for cluster in clusters(an_order(1, a_bin(0), units=9), an_order(2, a_bin(0), units=9))
    ] == [
        ((1,),),
        ((2,),),
    ]


def test_the_earlier_pickup_goes_out_first_even_on_a_half_empty_cart() -> None:
    same = a_bin(2), a_bin(3)
    orders = [
        an_order(1, *same, hours=2),
        an_order(2, *same, hours=0),
        an_order(3, *same, hours=1, priority=9),
    ]
    assert [cluster.order_ids for cluster in clusters(*orders)] == [(2,), (3,), (1,)]


def test_urgent_orders_begin_the_first_carts_of_their_pickup() -> None:
    orders = [an_order(n, a_bin(n % 8), a_bin((n + 1) % 8), priority=int(n == 17)) for n in range(24)]
    assert 17 in clusters(*orders)[0].order_ids


def test_orders_without_coordinates_are_clustered_in_sequence() -> None:
    stops = [Stop(1, 0, 0), Stop(2, 0, 0)]
    orders = [an_order(n, *stops) for n in range(6)]
    carts = form_clusters(
        orders, map_aisles(stops), totes_per_cart=4, tote_volume_ml=10_000, units_per_tote=6
    )
    assert [cart.order_ids for cart in carts] == [(0, 1, 2, 3), (4, 5)]


def test_an_empty_cart_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one tote"):
        clusters(totes=0)


some_orders = st.lists(
    st.builds(
        an_order,
        st.integers(1, 500),
        st.sampled_from(BINS),
        st.sampled_from(BINS),
        lines=st.integers(1, 2),
        units=st.integers(1, 8),
        volume_ml=st.none() | st.integers(1, 12_000),
        hours=st.integers(0, 2),
        priority=st.integers(0, 2),
    ),
    max_size=40,
    unique_by=lambda order: order.order_id,
)


@settings(deadline=None)
@given(some_orders, st.integers(1, 5))
def test_every_order_is_on_one_cart_and_the_laws_of_the_cart_hold(
    orders: list[OrderToPick], totes: int
) -> None:
    carts = clusters(*orders, totes=totes)
    by_id = {order.order_id: order for order in orders}
    assert sorted(order_id for cart in carts for order_id in cart.order_ids) == sorted(by_id)
    for one, other in pairwise(carts):
        assert one.ship_by <= other.ship_by
    for cart in carts:
        on_cart = [by_id[order_id] for order_id in cart.order_ids]
        assert {order.ship_by for order in on_cart} == {cart.ship_by}
        assert {kind_of(order, tote_volume_ml=10_000, units_per_tote=6) for order in on_cart} == {cart.kind}
        assert len(cart.totes) <= (1 if cart.kind == "large" else totes)
        for tote in cart.totes:
            assert len(tote) == 1 or cart.kind == "single"
            if cart.kind != "large":
                assert sum(by_id[order_id].units for order_id in tote) <= 6
                assert sum(by_id[order_id].volume_ml or 0 for order_id in tote) <= 10_000
    assert clusters(*orders[::-1], totes=totes) == carts


def test_the_walks_are_much_shorter_than_first_come_first_served() -> None:
    door = Point(0, -2000)
    orders = [
        an_order(n, *(a_bin(n * step % 8, n * step % 19) for step in (3, 5, 11)), lines=3)
        for n in range(1, 201)
    ]
    by_id = {order.order_id: order for order in orders}

    def walked(carts: list[tuple[int, ...]]) -> int:
        return sum(
            plan_walk(
                door, door, [stop for order_id in cart for stop in by_id[order_id].stops], FLOOR
            ).length_mm
            for cart in carts
        )

    formed = [cart.order_ids for cart in clusters(*orders, totes=10)]
    as_they_came = [tuple(range(n, n + 10)) for n in range(1, 201, 10)]
    assert len(formed) == len(as_they_came)
    assert walked(formed) < 0.75 * walked(as_they_came)
