"""Manifests over HTTP: loading, closing, handing over, and what each of them refuses."""

import csv
import hashlib
import io
from datetime import UTC, datetime

import httpx
import pytest

from tests.builders import ACarrier, a_carrier, a_courier_key, a_key, a_shop, a_sku, a_warehouse, unique
from tests.conftest import Api, Server
from tests.shipping.flow import (
    PickedOrder,
    Wanted,
    a_bench,
    a_picked_order,
    labelled,
    ok,
    order_state,
    packed,
    person,
    refused,
    with_key,
)
from wms.config import Settings
from wms.db.tx import Database
from wms.kernel.clock import FixedClock
from wms.orders.cancel_order import cancel_order
from wms.shipping.load_parcel import coming_pickup

ON_THE_TRUCK = {"driver": "Jan Kowalczyk", "vehicle": "WGM 4F210"}


class Dock:
    """A carrier's labelled parcels and somebody at the dock."""

    def __init__(self, api: Api, carrier: ACarrier, warehouse_id: int) -> None:
        self.api, self.carrier, self.warehouse_id = api, carrier, warehouse_id

    async def load(self, scan: str, carrier: ACarrier | None = None) -> httpx.Response:
        body = {"warehouse_id": self.warehouse_id, "carrier_id": (carrier or self.carrier).id, "scan": scan}
        return await self.api.post("/loading", json=body)

    async def load_all(self) -> dict[str, int]:
        body = {"warehouse_id": self.warehouse_id, "carrier_id": self.carrier.id}
        found: dict[str, int] = ok(await self.api.post("/loading/all", json=body))
        return found


async def a_labelled_order(db: Database, server: Server, carrier: ACarrier) -> tuple[PickedOrder, int, str]:
    """Order, parcel, tracking number; two mugs of 250 g in one parcel."""
    shop = await a_shop(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        parcel = await packed(bench, order, [(mug, 2)])
        return order, parcel, await labelled(db, bench.api, shop.id, parcel)


async def test_load_close_hand_over(db: Database, server: Server) -> None:
    carrier = await a_carrier(db)
    orders = [await a_labelled_order(db, server, carrier) for _ in range(3)]
    async with person(db, server, "supervisor") as api:
        dock = Dock(api, carrier, orders[0][0].warehouse.id)
        first = ok(await dock.load(orders[0][2]))
        assert (first["status"], first["parcels"]) == ("loaded", 1)
        again = ok(await dock.load(orders[0][2]))
        assert (again["status"], again["parcels"]) == ("already", 1)
        assert await order_state(db, orders[0][0]) == "manifested"
        assert await dock.load_all() == {"manifest_id": first["manifest_id"], "loaded": 2, "parcels": 3}
        path = f"/manifests/{first['manifest_id']}"
        refused(await api.post(f"{path}/handover", json=ON_THE_TRUCK), "manifest-open")
        assert ok(await api.post(f"{path}/unload", json={"scan": orders[2][2]}))["parcels"] == 2
        assert await order_state(db, orders[2][0]) == "labelled"
        refused(await api.post(f"{path}/unload", json={"scan": orders[2][2]}), "not-loaded")
        ok(await dock.load(orders[2][2]))

        closed = ok(await api.post(f"{path}/close"))
        manifest, documents = closed["manifest"], {d["kind"]: d for d in closed["documents"]}
        assert (manifest["state"], manifest["parcels"], manifest["weight_g"]) == ("closed", 3, 3 * 640)
        assert ok(await api.post(f"{path}/close")) == closed
        pdf = await api.get(f"/documents/{documents['manifest']['id']}")
        assert pdf.content.startswith(b"%PDF")
        assert hashlib.sha256(pdf.content).hexdigest() == documents["manifest"]["sha256"]
        text = (await api.get(f"/documents/{documents['manifest_csv']['id']}")).text
        rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert sorted(r["tracking_number"] for r in rows) == sorted(o[2] for o in orders)
        assert {r["manifest"] for r in rows} == {manifest["number"]}
        refused(await api.post(f"{path}/unload", json={"scan": orders[2][2]}), "not-loaded")
        refused(await dock.load(orders[2][2]), "on-another-manifest")
        sku = orders[0][0]
        async with db.begin() as tx:
            before = await tx.value(
                "select count(*) from move where order_id = $1 and shop_id = $2", sku.id, sku.shop.id
            )

        gone = ok(await api.post(f"{path}/handover", json=ON_THE_TRUCK))
        assert (gone["handed_over"], gone["left_behind"], gone["manifest"]["state"]) == (3, [], "handed_over")
        assert ok(await api.post(f"{path}/handover", json=ON_THE_TRUCK)) == gone
        refused(await dock.load(orders[0][2]), "already-gone")
        async with db.begin() as tx:
            assert (
                await tx.value(
                    "select count(*) from move where order_id = $1 and shop_id = $2", sku.id, sku.shop.id
                )
                == before + 1
            )
            shipped = await tx.value(
                "select sum(shipped) from order_line where shop_id = $1 and order_id = $2",
                sku.shop.id,
                sku.id,
            )
            assert shipped == 2
    assert {await order_state(db, o) for o, _, _ in orders} == {"handed_over"}


async def test_what_must_not_be_loaded(db: Database, server: Server) -> None:
    carrier, other = await a_carrier(db), await a_carrier(db)
    order, _, number = await a_labelled_order(db, server, carrier)
    cancelled, _, cancelled_number = await a_labelled_order(db, server, carrier)
    async with db.begin() as tx:
        await cancel_order(tx, cancelled.shop.id, cancelled.id)
    shop = await a_shop(db)
    mug = await a_sku(db, shop=shop)
    bare = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with a_bench(db, server, "supervisor") as bench:
        unlabelled = await packed(bench, bare, [(mug, 1)])
        hu = ok(await bench.api.get(f"/parcels/{unlabelled}?shop_id={shop.id}"))
        assert hu["state"] == "closed"
        async with db.begin() as tx:
            code = await tx.value(
                "select h.code from parcel p join handling_unit h on h.id = p.hu_id where p.shop_id = $1 and p.id = $2",
                shop.id,
                unlabelled,
            )
        dock = Dock(bench.api, carrier, order.warehouse.id)
        problem = refused(await dock.load(number, other), "wrong-carrier")
        assert carrier.code in problem["detail"]
        refused(await dock.load(code), "not-labelled")
        refused(await dock.load(cancelled_number), "order-cancelled")
        refused(await dock.load("PX-NOBODY"), "unknown-parcel", 404)
        assert (await dock.load_all())["loaded"] == 1
        body = {"warehouse_id": order.warehouse.id, "carrier_id": other.id}
        assert ok(await bench.api.post("/loading/all", json=body)) == {
            "manifest_id": None,
            "loaded": 0,
            "parcels": 0,
        }


async def test_an_empty_manifest_is_not_closed(db: Database, server: Server) -> None:
    carrier = await a_carrier(db)
    order, _, number = await a_labelled_order(db, server, carrier)
    async with person(db, server, "supervisor") as api:
        dock = Dock(api, carrier, order.warehouse.id)
        manifest = ok(await dock.load(number))["manifest_id"]
        async with db.begin() as tx:
            await cancel_order(tx, order.shop.id, order.id)  # takes its parcel off the open manifest
        refused(await api.post(f"/manifests/{manifest}/close"), "empty-manifest")
        refused(await api.post("/manifests/999999999/close"), "not-found", 404)


async def test_no_car_comes_on_a_public_holiday(db: Database, settings: Settings) -> None:
    carrier = await a_carrier(db)
    warehouse = await a_warehouse(db)
    evening = datetime(2026, 12, 24, 17, 0, tzinfo=UTC)
    then = Database(settings.app_url, pool_size=1, clock=FixedClock(evening))
    try:
        async with then.begin() as tx:
            coming = await coming_pickup(tx, warehouse.id, carrier.id)
    finally:
        await then.close()
    assert coming == datetime(2026, 12, 27, 15, 0, tzinfo=UTC), "16:00 in Warsaw on the day after Christmas"


async def test_numbers_without_gaps(db: Database, server: Server) -> None:
    numbers = []
    async with person(db, server, "supervisor") as api:
        for _ in range(3):
            carrier = await a_carrier(db)
            order, _, number = await a_labelled_order(db, server, carrier)
            manifest = ok(await Dock(api, carrier, order.warehouse.id).load(number))["manifest_id"]
            numbers.append(ok(await api.post(f"/manifests/{manifest}/close"))["manifest"]["number"])
    serials = [int(n.rsplit("/", 1)[1]) for n in numbers]
    assert serials == list(range(serials[0], serials[0] + 3))


async def test_left_behind_at_the_truck_joins_the_next_one(db: Database, server: Server) -> None:
    carrier = await a_carrier(db)
    stays, goes = [await a_labelled_order(db, server, carrier) for _ in range(2)]
    async with person(db, server, "supervisor") as api:
        dock = Dock(api, carrier, stays[0].warehouse.id)
        manifest = (await dock.load_all())["manifest_id"]
        ok(await api.post(f"/manifests/{manifest}/close"))
        body = ON_THE_TRUCK | {"left_behind": ["PX-NOBODY"]}
        refused(await api.post(f"/manifests/{manifest}/handover", json=body), "not-on-manifest")
        body = ON_THE_TRUCK | {"left_behind": [stays[2]]}
        gone = ok(await api.post(f"/manifests/{manifest}/handover", json=body))
        assert (gone["handed_over"], len(gone["left_behind"])) == (1, 1)
        assert await order_state(db, stays[0]) == "labelled"
        assert await order_state(db, goes[0]) == "handed_over"
        rows = ok(await api.get(f"/manifests/{manifest}/parcels"))["items"]
        assert {r["tracking_number"]: r["left_behind_at"] is not None for r in rows} == {
            stays[2]: True,
            goes[2]: False,
        }
        again = ok(await dock.load(stays[2]))
        assert again["manifest_id"] != manifest
        ok(await api.post(f"/manifests/{again['manifest_id']}/close"))
        ok(await api.post(f"/manifests/{again['manifest_id']}/handover", json=ON_THE_TRUCK))
    assert await order_state(db, stays[0]) == "handed_over"


async def test_cancelled_after_closing_must_come_off_the_truck(db: Database, server: Server) -> None:
    carrier = await a_carrier(db)
    late, goes = [await a_labelled_order(db, server, carrier) for _ in range(2)]
    async with person(db, server, "supervisor") as api:
        manifest = (await Dock(api, carrier, late[0].warehouse.id).load_all())["manifest_id"]
        closed = ok(await api.post(f"/manifests/{manifest}/close"))
        async with db.begin() as tx:
            await cancel_order(tx, late[0].shop.id, late[0].id)
        problem = refused(
            await api.post(f"/manifests/{manifest}/handover", json=ON_THE_TRUCK), "cancelled-on-board"
        )
        assert late[2] in problem["detail"]
        gone = ok(
            await api.post(f"/manifests/{manifest}/handover", json=ON_THE_TRUCK | {"left_behind": [late[2]]})
        )
        assert gone["handed_over"] == 1
        assert gone["manifest"]["sha256"] == closed["manifest"]["sha256"]
    assert await order_state(db, late[0]) == "cancelled"
    assert await order_state(db, goes[0]) == "handed_over"


async def test_the_couriers_side(db: Database, server: Server) -> None:
    carrier, other = await a_carrier(db), await a_carrier(db)
    orders = [await a_labelled_order(db, server, carrier) for _ in range(2)]
    key, foreign = (
        await a_courier_key(db, carrier_id=carrier.id),
        await a_courier_key(db, carrier_id=other.id),
    )
    async with (
        person(db, server, "supervisor") as api,
        with_key(server, key) as courier,
        with_key(server, foreign) as stranger,
    ):
        manifest = (await Dock(api, carrier, orders[0][0].warehouse.id).load_all())["manifest_id"]
        path = f"/courier/manifests/{manifest}"
        refused(await courier.get(path), "not-found", 404)  # it is not closed yet
        ok(await api.post(f"/manifests/{manifest}/close"))
        assert [m["id"] for m in ok(await courier.get("/courier/manifests"))["items"]] == [manifest]
        assert ok(await stranger.get("/courier/manifests"))["items"] == []
        for answer in (
            await stranger.get(path),
            await stranger.get(f"{path}/parcels"),
            await stranger.post(f"{path}/confirm", json={}),
        ):
            refused(answer, "not-found", 404)
        found = ok(await courier.get(path))
        for d in found["documents"]:
            assert (await courier.get(f"/documents/{d['id']}")).status_code == 200
            assert (await stranger.get(f"/documents/{d['id']}")).status_code == 404
        lines = ok(await courier.get(f"{path}/parcels?limit=1"))
        assert len(lines["items"]) == 1
        assert len(ok(await courier.get(f"{path}/parcels?after={lines['next']}"))["items"]) == 1
        ok(await api.post(f"/manifests/{manifest}/handover", json=ON_THE_TRUCK))
        refused(
            await courier.post(f"{path}/confirm", json={"tracking_numbers": ["NOBODY"]}), "not-on-manifest"
        )
        one = ok(await courier.post(f"{path}/confirm", json={"tracking_numbers": [orders[0][2]]}))
        assert (one["confirmed"], one["missing"]) == (1, 1)
        rest = ok(await courier.post(f"{path}/confirm", json={}))
        assert (rest["confirmed"], rest["missing"]) == (1, 0)
        assert ok(await courier.post(f"{path}/confirm", json={}))["confirmed"] == 0
        assert (await courier.get("/manifests")).status_code == 403


@pytest.mark.parametrize("order_of_events", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [3, 3, 0, 2, 1, 0]])
async def test_tracking_ends_the_same_in_any_order(
    db: Database, server: Server, order_of_events: list[int]
) -> None:
    carrier = await a_carrier(db)
    order, parcel, number = await a_labelled_order(db, server, carrier)
    events = [
        {"tracking_number": number, "status": s, "at": f"2026-11-2{3 + i}T08:00:00Z", "raw": s.upper()}
        for i, s in enumerate(["handed_over", "in_transit", "out_for_delivery", "delivered"])
    ]
    async with (
        person(db, server, "supervisor") as api,
        with_key(server, await a_key(db, shop=order.shop)) as shop,
    ):
        early = {"carrier_id": carrier.id, "events": [events[0] | {"status": "registered"}]}
        ok(await api.post("/tracking", json=early))
        manifest = (await Dock(api, carrier, order.warehouse.id).load_all())["manifest_id"]
        ok(await api.post(f"/manifests/{manifest}/close"))
        ok(await api.post(f"/manifests/{manifest}/handover", json=ON_THE_TRUCK))
        assert await order_state(db, order) == "handed_over"
        for i in order_of_events:
            ok(await api.post("/tracking", json={"carrier_id": carrier.id, "events": [events[i]]}))
        again = ok(await api.post("/tracking", json={"carrier_id": carrier.id, "events": events}))
        assert again == {"received": 4, "new": 0}
        stranger = {"carrier_id": carrier.id, "events": [events[0] | {"tracking_number": unique("X")}]}
        refused(await api.post("/tracking", json=stranger), "unknown-parcel", 404)
        seen = ok(await shop.get(f"/parcels/{parcel}"))
        assert [t["status"] for t in seen["tracking"]][-1] == "delivered"
        assert len(seen["tracking"]) == 5
        assert [p["id"] for p in ok(await shop.get("/parcels"))["items"]] == [parcel]
    assert await order_state(db, order) == "delivered"


async def test_another_shop_sees_nothing(db: Database, server: Server) -> None:
    carrier = await a_carrier(db)
    order, parcel, _ = await a_labelled_order(db, server, carrier)
    other = await a_shop(db)
    async with with_key(server, await a_key(db, shop=other)) as stranger:
        refused(await stranger.get(f"/parcels/{parcel}"), "not-found", 404)
        refused(await stranger.get(f"/parcels/{parcel}?shop_id={order.shop.id}"), "not-found", 404)
        assert ok(await stranger.get("/parcels"))["items"] == []
        assert (await stranger.post(f"/shops/{order.shop.id}/parcels/{parcel}/label")).status_code == 403
