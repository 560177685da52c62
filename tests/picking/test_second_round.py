"""Orders that go over the floor twice: in parts, or because something was missing the first time."""

from typing import Any

from tests.builders import ASku, SignedInPerson, bearer, on_hand, signed_in_person, stock_up
from tests.conftest import Api, Server
from tests.picking.scene import Scene
from tests.shipping.flow import Bench, a_carton, labelled, ok, refused
from wms.orders.accept_orders import Accepted
from wms.orders.fill_backorders import fill_backorders
from wms.orders.verify import verify_orders
from wms.stock.verify import verify_stock


class Floor:
    """A picker's cart and a packer at a station, in the scene's warehouse."""

    def __init__(self, scene: Scene, bench: Bench) -> None:
        self.scene, self.bench = scene, bench

    async def goods_come(self, *wanted: tuple[ASku, int]) -> None:
        for sku, n in wanted:
            await stock_up(self.scene.db, sku=sku, bin=await self.scene.bin(), quantity=n)
        async with self.scene.db.begin() as tx:
            await fill_backorders(tx, [(sku.shop_id, sku.id) for sku, _ in wanted])

    async def pick_all(self, screen: dict[str, Any], *skus: ASku) -> None:
        """Every task of the cart; then the totes are parked at the station."""
        codes = {s.code: s.barcode for s in skus}
        while screen["step"] != "park":
            screen = await self.scene.pick(screen, codes[screen["sku"]])
        await self.scene.scan(screen, "L-PACK-1")

    async def totes_of(self, order: Accepted) -> list[str]:
        """Where the order's goods lie, first tote first."""
        async with self.scene.db.begin() as tx:
            rows = await tx.rows(
                """select h.code from handling_unit h join (
                     select to_hu_id as id, min(id) as o from move where shop_id = $1 and order_id = $2 and reason = 'picking'
                     group by 1) t using (id) order by t.o""",
                self.scene.shop.id,
                order.id,
            )
        return [r["code"] for r in rows]

    async def close(self, station: dict[str, Any], units: int) -> dict[str, Any]:
        weight = 140 + 250 * units
        closed: dict[str, Any] = ok(await self.bench.close(self.scene.shop.id, station["parcel_id"], weight))
        return closed

    async def send_off(self, parcel: int) -> None:
        """Label, manifest, truck."""
        api = self.bench.api
        await labelled(self.scene.db, api, self.scene.shop.id, parcel)
        body = {"warehouse_id": self.scene.warehouse.id, "carrier_id": self.scene.carrier.id}
        manifest = ok(await api.post("/loading/all", json=body))["manifest_id"]
        ok(await api.post(f"/manifests/{manifest}/close"))
        ok(await api.post(f"/manifests/{manifest}/handover", json={"driver": "Jan", "vehicle": "W1"}))

    async def counters(self, order: Accepted, sku: ASku) -> tuple[int, int, int, int]:
        """Quantity, picked, packed, shipped."""
        async with self.scene.db.begin() as tx:
            r = await tx.row(
                "select quantity, picked, packed, shipped from order_line where shop_id = $1 and order_id = $2 and sku_id = $3",
                self.scene.shop.id,
                order.id,
                sku.id,
            )
            assert r is not None
            return r["quantity"], r["picked"], r["packed"], r["shipped"]

    async def books_are_right(self) -> None:
        async with self.scene.db.begin() as tx:
            assert not await verify_stock(tx, self.scene.shop.id)
            assert not [d for d in await verify_orders(tx) if d.shop_id == self.scene.shop.id]


async def a_floor(scene: Scene, server: Server) -> Floor:
    boss: SignedInPerson = await signed_in_person(scene.db, roles=["supervisor"])
    api = Api(base_url=f"{server.url}/api/v1", headers=bearer(boss.token), timeout=60)
    return Floor(scene, Bench(api, scene.warehouse, await a_carton(scene.db)))


async def test_the_second_part_of_an_order_follows_the_first(scene: Scene, server: Server) -> None:
    """Two of five leave today, three tomorrow: a second tote, a second parcel, a second truck."""
    cup, plate = await scene.goods(2), await scene.goods()
    order = await scene.order((cup, 2), (plate, 3), partial=True)
    assert order.state == "allocated"
    floor = await a_floor(scene, server)
    bench = floor.bench
    await floor.pick_all(await scene.started(order), cup)
    (first,) = await floor.totes_of(order)
    station = await bench.open(ok(await bench.start(first))["station"])
    station = ok(await bench.scan(station, cup.barcode, quantity=2))
    one = await floor.close(station, 2)
    assert one["order_packed"]
    await floor.send_off(one["parcel_id"])
    assert await scene.state(order) == "handed_over"
    assert await floor.counters(order, cup) == (2, 2, 2, 2)

    await floor.goods_come((plate, 3))
    assert await scene.state(order) == "allocated"
    await floor.pick_all(await scene.started_again(), plate)
    assert await scene.state(order) == "picked"
    _, second = await floor.totes_of(order)
    refused(await bench.start(first), "nothing-to-pack")
    station = await bench.open(ok(await bench.start(second))["station"])
    assert (station["parcel_no"], station["units_left"]) == (2, 3)
    refused(await bench.scan(station, cup.barcode), "wrong-item")
    station = ok(await bench.scan(station, plate.barcode, quantity=3))
    two = await floor.close(station, 3)
    assert (two["no"], two["order_packed"]) == (2, True)
    assert await scene.state(order) == "packed"
    await floor.send_off(two["parcel_id"])
    assert await scene.state(order) == "handed_over"
    assert await floor.counters(order, plate) == (3, 3, 3, 3)
    await floor.books_are_right()
    await bench.api.aclose()


async def test_what_waited_in_a_tote_is_packed_with_what_came_later(scene: Scene, server: Server) -> None:
    """A whole order stops half picked, its tote waits; the rest comes in another tote, and both go into one parcel."""
    bin = await scene.bin(walk=1, x=0)
    plate = await scene.goods(5, at=bin)
    cup = await scene.goods(2, at=await scene.bin(walk=9, x=9000))
    order = await scene.order((plate, 1), (cup, 2))
    floor = await a_floor(scene, server)
    bench = floor.bench
    screen = await scene.started(order)
    while screen["sku"] != plate.code:
        screen = await scene.scan(screen, "WMS:SKIP")
    screen = await scene.pick(screen, plate.barcode)
    assert screen["sku"] == cup.code
    await scene.scan(screen, "WMS:MISSING")
    assert await scene.state(order) == "backordered"
    (waits,) = await floor.totes_of(order)
    refused(await bench.start(waits), "not-picked-yet")
    work = scene.warehouse.locations["WORK"]
    assert await on_hand(scene.db, sku=plate, location_id=work) == 1

    await floor.goods_come((cup, 2))
    assert await scene.state(order) == "allocated"
    await floor.pick_all(await scene.started_again(), cup)
    assert await scene.state(order) == "picked"
    totes = await floor.totes_of(order)
    assert totes[0] == waits
    assert len(totes) == 2

    station = await bench.open(ok(await bench.start(totes[1]))["station"])
    assert station["units_left"] == 3, "the screen says that there is more than this tote"
    station = ok(await bench.scan(station, cup.barcode, quantity=2))
    problem = refused(await bench.scan(station, plate.barcode), "pack-wrong-tote")
    assert waits in problem["detail"]
    early = await floor.close(station, 2)
    assert not early["order_packed"], "a tote of it still waits"
    assert await scene.state(order) == "packing"
    station = await bench.open(ok(await bench.start(waits))["station"])
    station = ok(await bench.scan(station, plate.barcode))
    last = await floor.close(station, 1)
    assert (last["no"], last["order_packed"]) == (2, True)
    assert await scene.state(order) == "packed"
    for parcel in (early["parcel_id"], last["parcel_id"]):
        await labelled(scene.db, bench.api, scene.shop.id, parcel)
    assert await scene.state(order) == "labelled"
    assert await on_hand(scene.db, sku=plate, location_id=work) == 0
    await floor.books_are_right()
    await bench.api.aclose()


async def test_one_line_over_two_totes_goes_into_one_parcel(scene: Scene, server: Server) -> None:
    """One of two cups was there. The packer changes the tote with a scan."""
    cup = await scene.goods(2)
    order = await scene.order((cup, 2))
    floor = await a_floor(scene, server)
    bench = floor.bench
    screen = await scene.started(order)
    screen = await scene.scan(screen, f"L-{screen['location']}")
    screen = await scene.scan(screen, cup.barcode)
    body = {"cluster_id": screen["cluster_id"], "quantity": 1, "tote": screen["tote"]}
    ok(await scene.post(f"/picks/{screen['task_id']}/short", body))
    assert await scene.state(order) == "backordered"
    await floor.goods_come((cup, 1))
    await floor.pick_all(await scene.started_again(), cup)
    one, two = await floor.totes_of(order)
    station = await bench.open(ok(await bench.start(one))["station"])
    refused(await bench.scan(station, cup.barcode, quantity=2), "too-many")
    station = ok(await bench.scan(station, cup.barcode))
    station = ok(await bench.scan(station, two))
    station = ok(await bench.scan(station, cup.barcode))
    done = await floor.close(station, 2)
    assert done["order_packed"]
    assert await floor.counters(order, cup) == (2, 2, 2, 0)
    await floor.books_are_right()
    await bench.api.aclose()
