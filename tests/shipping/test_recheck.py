"""A parcel that turns out to be too much for the service that was chosen goes with the next one, at the bench."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Api, Server
from tests.shipping.flow import CARTON_G, Bench, PickedOrder, Wanted, a_bench, a_picked_order, ok, refused
from tests.shipping.services import Market, a_line, a_market
from wms.config import Settings
from wms.db.tx import Database
from wms.kernel.clock import FixedClock
from wms.orders.gates import lock_orders
from wms.orders.parcels import Parcel
from wms.orders.recheck_parcel import parcel_terms
from wms.orders.service_values import Choice, NothingFits, Sides
from wms.orders.store_choice import Kept, store_choices


@pytest.fixture
async def market(db: Database, anonymous: Api) -> Market:
    return await a_market(db, anonymous)


async def a_chosen_order(market: Market) -> PickedOrder:
    """Picked, and the rules have chosen the cheap one for it."""
    order = await a_picked_order(
        market.db, shop=market.shop, carrier=market.cheap, lines=[Wanted(market.mug)]
    )
    async with market.db.begin() as tx:
        day = tx.now.date()
        choice: Choice | NothingFits = Choice(
            market.cheap.code, "standard", Decimal(10), "PLN", day, "cheapest", "", ()
        )
        await store_choices(tx, market.shop.id, [Kept(order_id=order.id, number=order.number, found=choice)])
    return order


async def filled(bench: Bench, order: PickedOrder, market: Market) -> dict[str, Any]:
    station = ok(await bench.start(order.tote.code))["station"]
    station = await bench.open(station)
    found: dict[str, Any] = ok(await bench.scan(station, market.mug.barcode, quantity=1))
    return found


async def limits(market: Market, cheap: int, dear: int) -> None:
    async with market.db.begin() as tx:
        for carrier, grams in ((market.cheap, cheap), (market.dear, dear)):
            await tx.run(
                "update service_price set max_weight_g = $2 where carrier_id = $1", carrier.id, grams
            )


async def test_within_the_limits_nothing_changes(market: Market, server: Server) -> None:
    order = await a_chosen_order(market)
    async with a_bench(market.db, server) as bench:
        station = await filled(bench, order, market)
        closed = ok(await bench.close(market.shop.id, station["parcel_id"], CARTON_G + 250))
    assert closed["moved"] is None


async def test_too_heavy_for_the_first_it_goes_with_the_next_and_says_so(
    market: Market, server: Server
) -> None:
    order = await a_chosen_order(market)
    await limits(market, 300, 30_000)
    async with a_bench(market.db, server) as bench:
        station = await filled(bench, order, market)
        closed = ok(await bench.close(market.shop.id, station["parcel_id"], CARTON_G + 250))
    assert closed["moved"] == {
        "carrier": market.dear.code, "service": "standard", "was_carrier": market.cheap.code, "was_service": "standard",
        "why": "weight",
    }  # fmt: skip
    parcel = ok(await market.api.get(f"/parcels/{station['parcel_id']}", headers=market.own))
    assert parcel["carrier"] == market.dear.code
    choice = (await market.choices(order.id))[0]
    assert (choice["parcel_id"], choice["carrier"], choice["price"]) == (
        parcel["id"],
        market.dear.code,
        "14.00",
    )


async def test_too_heavy_for_all_it_stays_open_and_is_to_be_divided(market: Market, server: Server) -> None:
    order = await a_chosen_order(market)
    await limits(market, 300, 300)
    async with a_bench(market.db, server) as bench:
        station = await filled(bench, order, market)
        r = await bench.close(market.shop.id, station["parcel_id"], CARTON_G + 250)
        assert "0.39 kg" in refused(r, "no-service-for-parcel")["detail"]
        await limits(market, 300, 400)
        assert ok(await bench.close(market.shop.id, station["parcel_id"], CARTON_G + 250))["moved"]


async def test_a_country_that_was_changed_meanwhile_is_seen_at_the_scale(
    market: Market, server: Server
) -> None:
    order = await a_chosen_order(market)
    async with market.db.begin() as tx:
        await tx.run("update orders set country = 'LU', postcode = '1009' where id = $1", order.id)
    async with a_bench(market.db, server) as bench:
        station = await filled(bench, order, market)
        r = await bench.close(market.shop.id, station["parcel_id"], CARTON_G + 250)
        assert "changed to LU" in refused(r, "country-not-served")["detail"]
        await market.prices(a_line(market.dear, "45", country="LU"))
        moved = ok(await bench.close(market.shop.id, station["parcel_id"], CARTON_G + 250))["moved"]
    assert (moved["carrier"], moved["why"]) == (market.dear.code, "country")


async def test_what_is_packed_leaves_with_the_next_car_whatever_the_shop_takes_to_prepare_it(
    market: Market, settings: Settings
) -> None:
    order = await a_chosen_order(market)
    async with market.db.begin() as tx:
        await tx.run("update shop set cut_off = '10:00', handling_days = 3 where id = $1", market.shop.id)
    clock = FixedClock(datetime(2026, 10, 7, 15, 0, tzinfo=ZoneInfo("Europe/Warsaw")))
    later = Database(settings.app_url, pool_size=1, clock=clock)
    try:
        async with later.begin() as tx:
            (locked,) = await lock_orders(tx, market.shop.id, [order.id])
            hu = await tx.value("select id from handling_unit limit 1")
            box = Parcel(
                shop_id=market.shop.id, id=0, no=1, order_id=order.id, hu_id=hu, hu="", station_id=None, warehouse_id=locked.warehouse_id,
                carrier_id=market.cheap.id, service="standard", state="closed", units=1, verified=True, weight_g=250,
                carton_code=None, tracking_number=None, sscc=None,
            )  # fmt: skip
            found = await parcel_terms(tx, locked, box, weight_g=250, sides=Sides(0, 0, 0))
            assert found.promise.leaves[market.cheap.code] == date(2026, 10, 7)
    finally:
        await later.close()


async def test_an_order_whose_carrier_the_shop_named_is_left_alone(market: Market, server: Server) -> None:
    order = await a_picked_order(
        market.db, shop=market.shop, carrier=market.cheap, lines=[Wanted(market.mug)]
    )
    await limits(market, 300, 30_000)
    async with a_bench(market.db, server) as bench:
        station = await filled(bench, order, market)
        closed = ok(await bench.close(market.shop.id, station["parcel_id"], CARTON_G + 250))
    assert closed["moved"] is None
