"""A parcel's way out of the house, told once from the tote to the courier's own word."""

from decimal import Decimal

from tests.builders import a_carrier, a_courier_key, a_key, a_shop, a_sku, on_hand
from tests.conftest import Server
from tests.shipping.flow import (
    CARTON_G,
    Wanted,
    a_bench,
    a_picked_order,
    labelled,
    ok,
    order_state,
    person,
    refused,
    with_key,
)
from wms.db.tx import Database


async def test_one_order_two_parcels_one_truck(db: Database, server: Server) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, plate = await a_sku(db, shop=shop), await a_sku(db, shop=shop, name="Talerz", weight_g=700)
    order = await a_picked_order(
        db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2), Wanted(plate, 2)], cod=Decimal("129.90")
    )
    places = order.warehouse.locations

    # At the station: the mugs fill the first box, the plates go into a second one.
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        ok(await bench.scan(station, mug.barcode))
        ok(await bench.scan(station, mug.barcode))
        first = ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 500))
        assert not first["order_packed"]
        one = await labelled(db, bench.api, shop.id, first["parcel_id"])
        assert await order_state(db, order) == "packing"
        station = await bench.open(station)
        ok(await bench.scan(station, plate.barcode, quantity=2))
        second = ok(await bench.close(shop.id, station["parcel_id"], CARTON_G + 1400))
        assert second["order_packed"]
        two = await labelled(db, bench.api, shop.id, second["parcel_id"])
        assert await order_state(db, order) == "labelled"
        # The labels must not be swapped.
        path = f"/shops/{shop.id}/parcels/{first['parcel_id']}/label/confirm"
        refused(await bench.api.post(path, json={"scan": two}), "wrong-label")
        ok(await bench.api.post(path, json={"scan": one}))

    # At the dock: both boxes are scanned onto the carrier's list, and it is closed.
    async with person(db, server, "supervisor") as api:
        for n, number in enumerate((one, two), 1):
            body = {"warehouse_id": order.warehouse.id, "carrier_id": carrier.id, "scan": number}
            loaded = ok(await api.post("/loading", json=body))
            assert loaded["parcels"] == n
        assert await order_state(db, order) == "manifested"
        manifest = loaded["manifest_id"]
        ok(await api.post(f"/manifests/{manifest}/close"))
        assert await on_hand(db, sku=plate, location_id=places["PACKED"]) == 2
        gone = ok(
            await api.post(f"/manifests/{manifest}/handover", json={"driver": "Jan", "vehicle": "WGM 1"})
        )
        assert gone["handed_over"] == 2
    assert await order_state(db, order) == "handed_over"
    for sku in (mug, plate):
        assert await on_hand(db, sku=sku, location_id=places["PACKED"]) == 0
        assert await on_hand(db, sku=sku, location_id=places["CUSTOMER"]) == 2

    # The courier says what it has, and the shop sees its parcels with their numbers.
    async with with_key(server, await a_courier_key(db, carrier_id=carrier.id)) as courier:
        lines = ok(await courier.get(f"/courier/manifests/{manifest}/parcels"))["items"]
        assert {x["tracking_number"] for x in lines} == {one, two}
        assert ok(await courier.post(f"/courier/manifests/{manifest}/confirm", json={}))["missing"] == 0
    async with with_key(server, await a_key(db, shop=shop)) as api:
        parcels = ok(await api.get(f"/parcels?order_id={order.id}"))["items"]
        assert [(p["no"], p["state"], p["tracking_number"]) for p in parcels] == [
            (1, "handed_over", one), (2, "handed_over", two),
        ]  # fmt: skip
