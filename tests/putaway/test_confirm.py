"""From the dock to the shelf: each success and each refusal."""

from typing import Any

import httpx

from tests.builders import ASku, a_bin, a_shop, a_sku, a_tote, on_hand, opened
from tests.conftest import Api
from tests.orders.world import a_world
from tests.receiving.dock import Dock, a_dock
from wms.db.tx import Database
from wms.locations.lock_location import lock_location
from wms.stock.verify import verify_stock

FAR = "2099-12-31"


async def put(dock: Dock, code: str, quantity: int, to: str, **more: Any) -> httpx.Response:
    body = {"from_location_id": dock.id, "code": code, "quantity": quantity, "to": to} | more
    return await dock.api.post("/putaway", json=body, headers=dock.staff)


async def refused(dock: Dock, code: str, quantity: int, to: str, **more: Any) -> tuple[int, str]:
    r = await put(dock, code, quantity, to, **more)
    return r.status_code, r.json().get("code", r.text)


async def sound(db: Database, dock: Dock) -> None:
    async with opened(db) as tx:
        assert await verify_stock(tx, dock.shop.id) == []


async def in_a_tote(dock: Dock, goods: list[tuple[ASku, int, dict[str, Any]]]) -> int:
    """A tote at the dock with these goods in it."""
    tote = await a_tote(dock.db, warehouse=dock.warehouse)
    receipt_id = await dock.opened()
    body = {"shop_id": dock.shop.id, "label": tote.code}
    r = await dock.api.post(f"/receipts/{receipt_id}/handling-units", json=body, headers=dock.staff)
    assert r.status_code == 201, r.text
    for sku, quantity, more in goods:
        await dock.scanned(receipt_id, sku.barcode, quantity=quantity, handling_unit_id=tote.id, **more)
    return tote.id


async def test_goods_go_from_the_dock_into_a_bin(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, shelf = await a_sku(db, shop=dock.shop), await a_bin(db)
    await dock.stood(mug, 10)
    r = await put(dock, mug.barcode, 4, shelf.label)
    assert r.status_code == 201, r.text
    assert r.json() == {
        "id": r.json()["id"], "location": shelf.code, "sku": mug.code, "lot": None, "status": "sellable", "quantity": 4, "left": 6,
        "for_orders": 0,
    }  # fmt: skip
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 4
    assert await on_hand(db, sku=mug, location_id=dock.id) == 6
    await sound(db, dock)


async def test_goods_come_out_of_a_tote_and_are_loose_on_the_shelf(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, shelf = await a_sku(db, shop=dock.shop), await a_bin(db)
    tote_id = await in_a_tote(dock, [(mug, 5, {})])
    assert await refused(dock, mug.barcode, 1, shelf.label) == (409, "nothing-here"), "not loose on the dock"
    r = await put(dock, mug.barcode, 5, shelf.label, from_handling_unit_id=tote_id)
    assert r.status_code == 201, r.text
    assert await on_hand(db, sku=mug, location_id=shelf.id, hu=0) == 5
    assert await on_hand(db, sku=mug, location_id=dock.id, hu=tote_id) == 0


async def test_a_whole_unit_is_unpacked_or_nothing_of_it(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, jug = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    shelf = await a_bin(db, kind="reserve")
    broken = await in_a_tote(dock, [(mug, 5, {}), (jug, 1, {"damaged": True})])
    body = {"handling_unit_id": broken, "to": shelf.label}
    r = await anonymous.post("/putaway/units", json=body, headers=dock.staff)
    assert (r.status_code, r.json()["code"]) == (409, "quarantine-only")
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 0
    whole = await in_a_tote(dock, [(mug, 5, {}), (jug, 7, {})])
    r = await anonymous.post("/putaway/units", json=body | {"handling_unit_id": whole}, headers=dock.staff)
    assert r.status_code == 201, r.text
    assert (r.json()["lines"], r.json()["quantity"]) == (2, 12)
    assert await on_hand(db, sku=jug, location_id=shelf.id, hu=0) == 7
    r = await anonymous.post("/putaway/units", json=body | {"handling_unit_id": whole}, headers=dock.staff)
    assert r.json()["code"] == "nothing-here"
    r = await anonymous.post("/putaway/units", json=body | {"handling_unit_id": 10**9}, headers=dock.staff)
    assert r.status_code == 404


async def test_wrong_places_are_refused(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, shelf = await a_sku(db, shop=dock.shop), await a_bin(db)
    await dock.stood(mug, 10)
    assert await refused(dock, mug.barcode, 1, "L-PACK-1") == (409, "wrong-place")
    assert await refused(dock, mug.barcode, 1, "L-LOST-FOUND") == (409, "wrong-place")
    assert await refused(dock, mug.barcode, 1, "L-NOWHERE") == (404, "unknown-location")
    async with db.begin() as tx:
        await lock_location(tx, shelf.id, "a broken beam")
    r = await put(dock, mug.barcode, 1, shelf.label)
    assert (r.status_code, r.json()["code"]) == (409, "location-locked")
    assert "a broken beam" in r.json()["detail"]
    assert await on_hand(db, sku=mug, location_id=dock.id) == 10


async def test_what_is_not_there_is_not_put_away(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, jug, shelf = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop), await a_bin(db)
    await dock.stood(mug, 3)
    r = await put(dock, mug.barcode, 4, shelf.label)
    assert (r.status_code, r.json()["code"]) == (409, "not-enough-here")
    assert "3" in r.json()["detail"]
    assert await refused(dock, jug.barcode, 1, shelf.label) == (409, "nothing-here")
    assert await refused(dock, "4006381333931", 1, shelf.label) == (404, "unknown-goods")
    other = await a_bin(db)
    await put(dock, mug.barcode, 3, shelf.label)
    body = {"from_location_id": shelf.id, "code": mug.barcode, "quantity": 1, "to": other.label}
    r = await anonymous.post("/putaway", json=body, headers=dock.staff)
    assert (r.status_code, r.json()["code"]) == (409, "not-waiting-here"), "a bin is not a dock"


async def test_what_cannot_be_sold_goes_to_the_quarantine_and_nothing_else_does(
    anonymous: Api, db: Database
) -> None:
    dock = await a_dock(anonymous, db)
    mug, shelf = await a_sku(db, shop=dock.shop), await a_bin(db)
    await dock.stood(mug, 2, damaged=True)
    assert await refused(dock, mug.barcode, 1, shelf.label) == (409, "quarantine-only")
    await dock.stood(mug, 5)
    r = await put(dock, mug.barcode, 5, shelf.label)
    assert r.json()["status"] == "sellable", "the destination tells sound goods from broken ones"
    r = await put(dock, mug.barcode, 2, "L-QUARANTINE")
    assert (r.status_code, r.json()["status"]) == (201, "damaged"), r.text
    await dock.stood(mug, 1)
    assert await refused(dock, mug.barcode, 1, "L-QUARANTINE") == (409, "not-for-quarantine")
    await sound(db, dock)


async def test_two_lots_on_the_dock_ask_which(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    tea, shelf = await a_sku(db, shop=dock.shop, lot_policy="lot"), await a_bin(db)
    await dock.stood(tea, 5, lot="L1")
    await dock.stood(tea, 5, lot="L2")
    r = await put(dock, tea.barcode, 5, shelf.label)
    assert (r.status_code, r.json()["code"]) == (422, "which-goods")
    assert [c.split()[-1] for c in r.json()["values"]["choices"]] == ["L1", "L2"]
    r = await put(dock, tea.barcode, 5, shelf.label, lot="L2")
    assert r.json()["lot"] == "L2"
    r = await put(dock, f"01{tea.barcode.rjust(14, '0')}10L1", 5, shelf.label)
    assert r.json()["lot"] == "L1"


async def test_the_same_ean_of_two_shops_asks_whose(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    ours = await a_sku(db, shop=dock.shop)
    twin = await a_dock(anonymous, db, shop=await a_shop(db), warehouse=dock.warehouse)
    theirs = await a_sku(db, shop=twin.shop, barcodes=ours.barcodes)
    shelf = await a_bin(db)
    await dock.stood(ours, 1)
    r = await put(dock, ours.barcode, 1, shelf.label)
    assert r.status_code == 201, "only one of them waits here"
    await dock.stood(ours, 1)
    await twin.stood(theirs, 1)
    assert await refused(dock, ours.barcode, 1, shelf.label) == (422, "which-goods")
    r = await put(dock, ours.barcode, 1, shelf.label, shop_id=twin.shop.id)
    assert (r.status_code, r.json()["sku"]) == (201, theirs.code), r.text


async def test_the_list_of_what_waits(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    mug, jam = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop, lot_policy="expiry")
    await dock.stood(mug, 3)
    await dock.stood(jam, 4, lot="L1", expires_on=FAR)
    tote_id = await in_a_tote(dock, [(mug, 5, {})])
    params: dict[str, Any] = {"warehouse_id": dock.warehouse.id}
    r = await anonymous.get("/putaway/waiting", params=params, headers=dock.staff)
    rows = r.json()["items"]
    assert [(w["sku"], w["quantity"], w["lot"], w["hu_id"]) for w in rows] == [
        (mug.code, 3, None, 0),
        (jam.code, 4, "L1", 0),
        (mug.code, 5, None, tote_id),
    ]
    r = await anonymous.get(
        "/putaway/waiting", params=params | {"handling_unit_id": tote_id}, headers=dock.staff
    )
    assert [w["quantity"] for w in r.json()["items"]] == [5]
    r = await anonymous.get("/putaway/waiting", params=params | {"limit": 2}, headers=dock.staff)
    after = r.json()["next"]
    r = await anonymous.get("/putaway/waiting", params=params | {"after": after}, headers=dock.staff)
    assert [w["hu_id"] for w in r.json()["items"]] == [tote_id]


async def test_a_shops_key_may_not_put_away(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    params = {"warehouse_id": dock.warehouse.id}
    assert (await anonymous.get("/putaway/waiting", params=params, headers=dock.shop_key)).status_code == 403


async def test_waiting_orders_are_served_as_soon_as_goods_are_in_a_bin(anonymous: Api, db: Database) -> None:
    world = await a_world(db, anonymous)
    dock = await a_dock(anonymous, db, shop=world.shop, warehouse=world.warehouse)
    mug = await world.sku()
    order = await world.order([(mug, 3)])
    assert order["state"] == "backordered"
    await dock.stood(mug, 10)
    assert await world.state(order["id"]) == "backordered", "what is on the dock is not for picking"
    shelf = await world.bin()
    r = await put(dock, mug.barcode, 10, shelf.label)
    assert r.json()["for_orders"] == 3
    assert await world.state(order["id"]) == "allocated"
    await sound(db, dock)


async def test_the_cross_dock_takes_what_orders_wait_for_and_no_more(anonymous: Api, db: Database) -> None:
    world = await a_world(db, anonymous)
    dock = await a_dock(anonymous, db, shop=world.shop, warehouse=world.warehouse)
    mug = await world.sku()
    await dock.stood(mug, 10)
    assert await refused(dock, mug.barcode, 1, "L-XDOCK-1") == (409, "nobody-waits")
    first, second = await world.order([(mug, 3)]), await world.order([(mug, 1)])
    params: dict[str, Any] = {
        "warehouse_id": dock.warehouse.id, "shop_id": dock.shop.id, "sku_id": mug.id, "quantity": 10,
    }  # fmt: skip
    r = await anonymous.get("/putaway/suggestions", params=params, headers=dock.staff)
    best = r.json()[0]
    assert (best["why"], best["location"], best["quantity"], best["orders"]) == (
        "cross_dock",
        "XDOCK-1",
        4,
        2,
    )
    assert await refused(dock, mug.barcode, 5, "L-XDOCK-1") == (409, "nobody-waits")
    r = await put(dock, mug.barcode, 4, "L-XDOCK-1")
    assert r.json()["for_orders"] == 4, r.text
    for order in (first, second):
        assert await world.state(order["id"]) == "allocated"
    r = await anonymous.get("/putaway/suggestions", params=params | {"quantity": 6}, headers=dock.staff)
    assert "cross_dock" not in [p["why"] for p in r.json()]
    assert "XDOCK-1" not in [p["location"] for p in r.json()]
    await sound(db, dock)
