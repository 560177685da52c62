"""A pallet arrives: some over, some short, some broken, some that nobody knows; it is put away and the shop reads."""

from typing import Any

from tests.builders import a_bin, a_sku, on_hand, opened, unique
from tests.conftest import Api
from tests.receiving.dock import a_dock
from tests.receiving.test_receipt import FAR, gs1, have_ssccs
from wms.db.tx import Database
from wms.stock.chain import verify_chain
from wms.stock.verify import verify_stock


async def test_a_pallet_from_the_truck_to_the_shelf(anonymous: Api, db: Database) -> None:
    await have_ssccs(db)
    dock = await a_dock(anonymous, db, shared=False)
    mug = await a_sku(db, shop=dock.shop, name="Kubek z żabą")
    jam = await a_sku(db, shop=dock.shop, name="Dżem śliwkowy", lot_policy="expiry")
    phone = await a_sku(db, shop=dock.shop, name="Telefon", serial=True)
    bins = {s.id: await a_bin(db, warehouse=dock.warehouse) for s in (mug, jam, phone)}

    # The shop announces a delivery.
    asn = (
        await dock.announce(
            [
                {"sku": mug.code, "quantity": 50},
                {"sku": jam.code, "quantity": 24, "lot": "L1", "expires_on": FAR},
                {"sku": phone.code, "quantity": 2},
            ]
        )
    ).json()

    # The truck comes; the receiver opens the receipt at the dock and a pallet to stack onto.
    receipt_id = await dock.opened(asn["id"])
    body = {"shop_id": dock.shop.id, "kind": "pallet"}
    r = await anonymous.post(f"/receipts/{receipt_id}/handling-units", json=body, headers=dock.staff)
    pallet: dict[str, Any] = r.json()

    # 52 mugs instead of 50, two of them broken; the broken ones stay beside the pallet.
    await dock.scanned(receipt_id, mug.barcode, quantity=50, handling_unit_id=pallet["id"])
    broken = await dock.scanned(receipt_id, mug.barcode, quantity=2, damaged=True, note="potłuczone")
    assert broken["discrepancies"] == ["over", "damaged"]
    # 20 jars instead of 24.
    await dock.scanned(receipt_id, gs1(jam.barcode, FAR, "L1"), quantity=20, handling_unit_id=pallet["id"])
    # Both phones, each by its serial number.
    for serial in ("S1", "S2"):
        await dock.scanned(receipt_id, gs1(phone.barcode, serial=serial), handling_unit_id=pallet["id"])
    # And a box with a code that nobody knows.
    stray = unique("BOX-")
    assert (await dock.scanned(receipt_id, stray))["outcome"] == "unknown"
    await dock.close(receipt_id)

    # What waits at the dock is what was counted.
    params = {"warehouse_id": dock.warehouse.id}
    waiting = (await anonymous.get("/putaway/waiting", params=params, headers=dock.staff)).json()["items"]
    assert sum(w["quantity"] for w in waiting) == 52 + 20 + 2

    # It is put away where the system says: sound goods into bins, broken ones into the quarantine.
    for w in waiting:
        question = params | {k: w[k] for k in ("shop_id", "sku_id", "quantity", "lot_id", "status")}
        best = (await anonymous.get("/putaway/suggestions", params=question, headers=dock.staff)).json()[0]
        to = bins[w["sku_id"]] if best["why"] == "empty" else None
        body = {
            "from_location_id": w["location_id"],
            "from_handling_unit_id": w["hu_id"],
            "code": w["sku"],
            "quantity": w["quantity"],
            "to": to.label if to else f"L-{best['location']}",
            "lot": w["lot"],
            "serial": w["serial"],
        }
        r = await anonymous.post("/putaway", json=body, headers=dock.staff)
        assert r.status_code == 201, r.text
    assert await on_hand(db, sku=mug, location_id=bins[mug.id].id) == 50
    assert await on_hand(db, sku=mug, location_id=dock.warehouse.locations["QUARANTINE"]) == 2
    assert await on_hand(db, sku=jam, location_id=bins[jam.id].id) == 20
    assert await on_hand(db, sku=phone, location_id=bins[phone.id].id) == 2
    left = (await anonymous.get("/putaway/waiting", params=params, headers=dock.staff)).json()["items"]
    assert left == []

    # The shop reads the receipt line by line, differences included.
    page = await anonymous.get("/receipts", params={"asn_id": asn["id"]}, headers=dock.shop_key)
    (head,) = page.json()["items"]
    view = (await anonymous.get(f"/receipts/{head['id']}", headers=dock.shop_key)).json()
    assert (view["state"], view["asn"]) == ("closed", asn["number"])
    figures = [
        (n["sku"], n["announced"], n["received"], n["over"], n["short"], n["damaged"]) for n in view["lines"]
    ]
    assert figures == [
        (mug.code, 50, 52, 2, 0, 2),
        (jam.code, 24, 20, 0, 4, 0),
        (phone.code, 2, 2, 0, 0, 0),
    ]
    assert sorted(g["serial"] for g in view["lines"][2]["goods"]) == ["S1", "S2"]
    assert [(d["kind"], d["sku"] or d["code"], d["quantity"]) for d in view["discrepancies"]] == [
        ("over", mug.code, 2),
        ("damaged", mug.code, 2),
        ("unknown", stray, 1),
        ("short", jam.code, 4),
    ]

    # And the ledger is whole.
    async with opened(db) as tx:
        assert await verify_stock(tx, dock.shop.id) == []
        assert await verify_chain(tx, dock.shop.id) == []
