"""The work that waits: each kind is counted, and nothing of another warehouse."""

from typing import Any

from tests.builders import SignedInPerson, a_tote, a_warehouse, signed_in_person, stock_up
from tests.conftest import Api, Server
from tests.isolation.shop_world import build_world
from tests.picking.scene import a_scene
from tests.receiving.dock import a_dock
from wms.db.tx import Database


async def waiting(api: Api, who: SignedInPerson, warehouse_id: int) -> dict[str, dict[str, Any]]:
    r = await api.get("/waiting", params={"warehouse_id": warehouse_id}, headers=who.headers)
    assert r.status_code == 200, r.text
    return {w["work"]: w for w in r.json()}


async def test_nothing_waits_in_a_new_warehouse(db: Database, anonymous: Api) -> None:
    warehouse = await a_warehouse(db, shared=False)
    assert await waiting(anonymous, await signed_in_person(db, roles=["packer"]), warehouse.id) == {}


async def test_inbound_and_stock_work(db: Database, anonymous: Api) -> None:
    scene = await a_scene(db, anonymous)
    dock = await a_dock(anonymous, db, shop=scene.shop, warehouse=scene.warehouse)
    cup, rack, shelf = await scene.goods(), await scene.bin(kind="reserve"), await scene.bin()
    await dock.announced([{"sku": cup.code, "quantity": 5}])
    await dock.opened(await dock.announced([{"sku": cup.code, "quantity": 5}]))
    unit = await a_tote(db, warehouse=scene.warehouse)
    for sku in (cup, await scene.goods()):
        async with db.begin() as tx:
            at = type(rack)(dock.id, "DOCK-1", scene.warehouse.id)
            await stock_up(tx, sku=sku, bin=at, quantity=3, hu=unit.id)
    async with db.begin() as tx:
        await stock_up(tx, sku=cup, bin=at, quantity=3)
    await stock_up(db, sku=cup, bin=rack, quantity=9)
    level = {
        "shop_id": scene.shop.id, "warehouse_id": scene.warehouse.id, "sku": cup.code, "location": shelf.label, "min": 1,
        "max": 2,
    }  # fmt: skip
    r = await anonymous.put("/pick-faces", json=level, headers=scene.boss.headers)
    assert r.status_code == 200, r.text
    await scene.post("/replenishments/plan", {"warehouse_id": scene.warehouse.id}, by=scene.boss)
    await scene.post("/replenishments/claim", {"warehouse_id": scene.warehouse.id})
    count = {"warehouse_id": scene.warehouse.id, "location": rack.label}
    await scene.post("/counts", count, by=scene.boss)
    stray = {"warehouse_id": scene.warehouse.id, "note": "a box"}
    assert (await scene.post("/stray-parcels", stray, by=scene.boss)).status_code == 201
    found = await waiting(anonymous, scene.picker, scene.warehouse.id)
    assert {k: (w["count"], w["taken"]) for k, w in found.items()} == {
        "asns": (1, 0), "receipts": (1, 1), "putaway": (2, 0), "replenishments": (1, 1), "counts": (1, 0),
        "strays": (1, 0),
    }  # fmt: skip
    assert all(w["oldest_at"] for w in found.values())


async def test_outbound_work(db: Database, anonymous: Api) -> None:
    scene = await a_scene(db, anonymous)
    shelf = await scene.bin()
    cup = await scene.goods(9, at=shelf)
    first, second = await scene.order((cup, 1)), await scene.order((cup, 2))
    assert await scene.wave()
    found = await waiting(anonymous, scene.picker, scene.warehouse.id)
    assert (found["carts"]["count"], found["carts"]["taken"]) == (1, 0)
    assert found["carts"]["due_at"]
    screen = await scene.claim()
    assert (await waiting(anonymous, scene.picker, scene.warehouse.id))["carts"]["taken"] == 1
    slots = await scene.value(
        "select max(slot) from cluster_order where cluster_id = $1", screen["cluster_id"]
    )
    screen = await scene.put_totes(screen, [await scene.tote() for _ in range(slots)])
    while screen["step"] != "park":
        screen = await scene.pick(screen, cup.barcode)
    found = await waiting(anonymous, scene.picker, scene.warehouse.id)
    assert set(found) == {"packing", "singles"}
    assert found["packing"]["count"] == slots
    cancel = f"/orders/{first.id}/cancel?shop_id={scene.shop.id}"
    assert (await scene.post(cancel, {"reason": "x"}, by=scene.boss)).status_code == 200
    assert second.id
    found = await waiting(anonymous, scene.picker, scene.warehouse.id)
    assert found["put_back"]["count"] == 1


async def test_loading_and_returns(db: Database, server: Server, anonymous: Api) -> None:
    world = await build_world(db, server, anonymous, "WAIT")
    who = await signed_in_person(db, roles=["picker"])
    r = await anonymous.get("/waiting", params={"warehouse_id": world.warehouse.id}, headers=who.headers)
    rows = r.json()
    loading = [w for w in rows if w["work"] == "loading"]
    assert all(w["carrier"] for w in loading)
    assert {"loading", "returns", "strays"} <= {w["work"] for w in rows}
    order = [w["work"] for w in rows]
    assert order.index("loading") < order.index("returns") < order.index("strays")
