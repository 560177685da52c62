"""From the claim to the pick face: each success and each refusal."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.builders import a_lot, a_shop, a_sku, a_tote, on_hand, signed_in_person, stock_up
from tests.replenishment.scene import Faces
from wms.db.tx import Database
from wms.locations.lock_location import lock_location


async def test_three_scans_fill_a_face(faces: Faces) -> None:
    rack = await faces.reserve()
    cup = await faces.stocked(50, at=rack)
    shelf = await faces.face(cup, low=3, high=4, holding=1)
    await faces.plan()
    screen = await faces.claim()
    assert (screen["step"], screen["source"], screen["target"]) == ("location", rack.code, shelf.code)
    screen = await faces.scan(screen, rack.label)
    assert screen["step"] == "item"
    for n in (1, 2, 3):
        screen = await faces.scan(screen, cup.barcode)
        assert screen["counted"] == n
    assert screen["step"] == "target"
    assert await on_hand(faces.scene.db, sku=cup, location_id=rack.id) == 50, "only the last scan moves goods"
    done = await faces.scan(screen, shelf.label)
    assert (done["step"], done["state"], done["moved"], done["code"]) == ("done", "done", 3, "filled")
    assert await on_hand(faces.scene.db, sku=cup, location_id=rack.id) == 47
    assert await on_hand(faces.scene.db, sku=cup, location_id=shelf.id) == 4
    again = await faces.scan(screen, shelf.label)
    assert again["code"] == "already-done"
    assert await on_hand(faces.scene.db, sku=cup, location_id=shelf.id) == 4
    await faces.sound()


async def test_goods_come_out_of_a_pallet_by_its_label(faces: Faces, db: Database) -> None:
    rack, cup = await faces.reserve(), await faces.scene.goods()
    unit = await a_tote(db, warehouse=faces.scene.warehouse)
    await stock_up(db, sku=cup, bin=rack, quantity=12, hu=unit.id)
    shelf = await faces.face(cup, low=1, high=5)
    await faces.plan()
    screen = await faces.claim()
    assert screen["unit"] == unit.code
    screen = await faces.scan(screen, unit.code)
    screen = await faces.scan(screen, cup.barcode, quantity=5)
    await faces.scan(screen, shelf.label)
    assert await on_hand(db, sku=cup, location_id=rack.id, hu=unit.id) == 7
    assert await on_hand(db, sku=cup, location_id=shelf.id, hu=0) == 5
    await faces.sound()


async def test_waiting_orders_are_served_and_undo_makes_them_wait_again(faces: Faces) -> None:
    cup = await faces.stocked(50)
    shelf = await faces.face(cup, low=0, high=4)
    order = await faces.scene.order((cup, 9))
    await faces.scene.value("update orders set ship_by = now() where id = $1 returning 1", order.id)
    await faces.plan()
    screen = await faces.claim()
    done = await faces.fill(screen, cup)
    assert done["for_orders"] == 9
    assert await faces.scene.state(order) == "allocated"
    r = await faces.act(done, "undo")
    assert r.status_code == 200, r.text
    assert (r.json()["step"], r.json()["state"], r.json()["code"]) == ("location", "claimed", "undone")
    assert await faces.scene.state(order) == "backordered"
    assert await on_hand(faces.scene.db, sku=cup, location_id=shelf.id) == 0
    await faces.sound()
    r = await faces.act(done, "undo")
    assert r.json()["code"] == "replenish-nothing-to-undo"
    done = await faces.fill(r.json() | screen, cup)
    undone = await faces.act(done, "scans", scan="WMS:UNDO")
    assert undone.json()["code"] == "undone", "the command does the same"
    await faces.sound()


async def test_undo_is_refused_while_a_picker_is_on_the_way_and_to_others(faces: Faces) -> None:
    cup = await faces.stocked(50)
    await faces.face(cup, low=0, high=4)
    order = await faces.scene.order((cup, 9))
    await faces.scene.value("update orders set ship_by = now() where id = $1 returning 1", order.id)
    await faces.plan()
    done = await faces.fill(await faces.claim(), cup)
    r = await faces.act(done, "undo", by=await signed_in_person(faces.scene.db, roles=["picker"]))
    assert r.json()["code"] == "not-your-replenishment"
    assert await faces.scene.wave()
    r = await faces.act(done, "undo")
    assert (r.status_code, r.json()["code"]) == (409, "replenish-on-pickers-list")
    assert order.number in r.json()["detail"]
    assert await faces.scene.state(order) == "released"


async def test_what_is_wrong_is_refused_in_words(faces: Faces, db: Database) -> None:
    rack = await faces.reserve()
    cup = await faces.stocked(50, at=rack)
    jug = await faces.scene.goods(5)
    theirs = await a_sku(db, shop=await a_shop(db))
    shelf, other = await faces.face(cup, low=3, high=4), await faces.scene.bin()
    await faces.plan()
    screen = await faces.claim()
    await faces.refused(screen, other.label, "replenish-wrong-source")
    await faces.refused(screen, shelf.label, "replenish-out-of-order")
    await faces.refused(screen, cup.barcode, "replenish-out-of-order", step="item")
    await faces.refused(screen, "x" * 900, "scan-too-long")
    await faces.refused(screen, "\x00", "scan-unreadable")
    screen = await faces.scan(screen, rack.label)
    await faces.refused(screen, jug.barcode, "replenish-wrong-item")
    await faces.refused(screen, theirs.barcode, "replenish-someone-elses")
    await faces.refused(screen, "4006381333931", "unknown-goods")
    await faces.refused(screen, cup.barcode, "replenish-too-many", quantity=5)
    screen = await faces.scan(screen, cup.barcode)
    await faces.refused(screen, shelf.label, "replenish-not-all")
    await faces.refused(screen, "WMS:SKIP", "replenish-out-of-order")
    screen = await faces.scan(screen, cup.barcode, quantity=3)
    await faces.refused(screen, other.label, "replenish-wrong-target")
    async with db.begin() as tx:
        await lock_location(tx, shelf.id, "a broken beam")
    await faces.refused(screen, shelf.label, "location-locked")
    assert await on_hand(db, sku=cup, location_id=rack.id) == 50


async def test_the_same_ean_of_two_shops_fills_the_face_of_the_task(faces: Faces, db: Database) -> None:
    rack = await faces.reserve()
    cup = await faces.stocked(9, at=rack)
    twin = await a_sku(db, shop=await a_shop(db), barcodes=cup.barcodes)
    await stock_up(db, sku=twin, bin=rack, quantity=9)
    shelf = await faces.face(cup, low=1, high=2)
    await faces.plan()
    await faces.fill(await faces.claim(), cup)
    assert await on_hand(db, sku=cup, location_id=shelf.id) == 2
    assert await on_hand(db, sku=twin, location_id=rack.id) == 9


async def test_the_lot_must_be_the_one_that_is_wanted(faces: Faces, db: Database) -> None:
    tea, rack, today = (
        await faces.scene.goods(lot_policy="lot"),
        await faces.reserve(),
        datetime.now(UTC).date(),
    )
    for code, days in (("L1", 30), ("L2", 60)):
        lot = await a_lot(db, sku=tea, code=code, expires_on=today + timedelta(days=days))
        await stock_up(db, sku=tea, bin=rack, quantity=5, lot=lot)
    shelf = await faces.face(tea, low=1, high=2)
    await faces.plan()
    screen = await faces.scan(await faces.claim(), rack.label)
    assert screen["lot"] == "L1"
    await faces.refused(screen, tea.barcode, "replenish-lot-needed")
    await faces.refused(screen, tea.barcode, "replenish-wrong-lot", lot="L2")
    gs1 = f"01{tea.barcode.rjust(14, '0')}10"
    await faces.refused(screen, gs1 + "L2", "replenish-wrong-lot")
    screen = await faces.scan(screen, gs1 + "L1")
    screen = await faces.scan(screen, tea.barcode, lot="L1")
    done = await faces.scan(screen, shelf.label)
    assert done["moved"] == 2
    await faces.sound()


async def test_an_expired_lot_stays_where_it_is(faces: Faces, db: Database) -> None:
    tea, rack = await faces.scene.goods(lot_policy="expiry"), await faces.reserve()
    lot = await a_lot(db, sku=tea, code="L1", expires_on=datetime.now(UTC).date() + timedelta(days=5))
    await stock_up(db, sku=tea, bin=rack, quantity=5, lot=lot)
    await faces.face(tea, low=1, high=2)
    await faces.plan()
    screen = await faces.scan(await faces.claim(), rack.label)
    await faces.scene.value("update lot set expires_on = '2020-01-01' where id = $1 returning 1", lot)
    await faces.refused(screen, tea.barcode, "replenish-expired")


async def test_what_is_missing_is_brought_in_part_locked_and_counted(faces: Faces, db: Database) -> None:
    near, far = await faces.reserve(), await faces.reserve()
    cup = await faces.stocked(10, at=near)
    shelf = await faces.face(cup, low=1, high=10)
    await faces.plan()
    await faces.stocked(30, at=far, sku=cup)
    screen = await faces.scan(await faces.claim(), near.label)
    screen = await faces.scan(screen, cup.barcode, quantity=4)
    screen = await faces.scan(screen, "WMS:MISSING")
    assert (screen["step"], screen["missing"]) == ("target", True)
    done = await faces.scan(screen, shelf.label)
    assert (done["state"], done["moved"], done["code"]) == ("short", 4, "short")
    count = "select count(*) from count_task where location_id = $1 and state = 'open'"
    assert await faces.scene.value(count, near.id) == 1
    assert await faces.scene.value("select locked_at is not null from location where id = $1", near.id)
    await faces.scene.value("update pick_face set min = 5 where location_id = $1 returning 1", shelf.id)
    assert await faces.plan() == (1, 6, 0)
    screen = await faces.claim()
    assert screen["source"] == far.code
    screen = await faces.scan(screen, "WMS:MISSING")
    assert (screen["state"], screen["moved"]) == ("short", 0)
    assert await faces.scene.value(count, far.id) == 1
    await faces.sound()


async def test_one_call_confirms_or_reports_all(faces: Faces) -> None:
    rack = await faces.reserve()
    cup = await faces.stocked(50, at=rack)
    shelf = await faces.face(cup, low=3, high=4)
    await faces.plan()
    screen = await faces.claim()
    body: dict[str, Any] = {"source": rack.label, "item": cup.barcode, "quantity": 4, "target": shelf.label}
    for change, code in (
        ({"source": shelf.label}, "replenish-wrong-source"),
        ({"quantity": 3}, "replenish-not-all"),
        ({"quantity": 5}, "replenish-too-many"),
        ({"target": rack.label}, "replenish-wrong-target"),
    ):
        r = await faces.act(screen, "confirm", **(body | change))
        assert (r.status_code, r.json()["code"]) == (409, code)
    r = await faces.act(screen, "short", quantity=4, target=shelf.label)
    assert r.json()["code"] == "replenish-too-many"
    r = await faces.act(screen, "confirm", **body)
    assert (r.status_code, r.json()["moved"]) == (200, 4), r.text
    r = await faces.act(screen, "confirm", **body)
    assert r.json()["code"] == "already-done"
    assert await on_hand(faces.scene.db, sku=cup, location_id=shelf.id) == 4
    jug = await faces.stocked(50)
    bin_ = await faces.face(jug, low=3, high=4)
    await faces.plan()
    screen = await faces.claim()
    r = await faces.act(screen, "short", quantity=1, target=bin_.label)
    assert (r.json()["state"], r.json()["moved"]) == ("short", 1), r.text


async def test_goods_that_were_taken_meanwhile_are_not_moved(faces: Faces, db: Database) -> None:
    rack = await faces.reserve()
    cup = await faces.stocked(4, at=rack)
    shelf = await faces.face(cup, low=3, high=4)
    await faces.plan()
    screen = await faces.scan(await faces.claim(), rack.label)
    screen = await faces.scan(screen, cup.barcode, quantity=4)
    body = {
        "warehouse_id": faces.scene.warehouse.id, "source": rack.label, "code": cup.barcode, "quantity": 2,
        "to": (await faces.reserve()).label,
    }  # fmt: skip
    assert (await faces.scene.post("/goods-moves", body)).status_code == 201
    await faces.refused(screen, shelf.label, "not-enough-stock")
    await faces.sound()


async def test_a_claim_is_one_persons_and_comes_again_until_it_is_done(faces: Faces) -> None:
    cup = await faces.stocked(50)
    await faces.face(cup, low=3, high=4)
    await faces.plan()
    first = await faces.claim()
    assert (await faces.claim())["task_id"] == first["task_id"], "one's own comes first"
    other = await signed_in_person(faces.scene.db, roles=["picker"])
    r = await faces.try_claim(by=other)
    assert (r.status_code, r.json()["code"]) == (409, "nothing-to-replenish")
    asked = {"shop_id": first["shop_id"], "replenishment_id": first["task_id"]}
    r = await faces.try_claim(by=other, **asked)
    assert r.json()["code"] == "not-your-replenishment"
    assert "Łucja" in r.json()["detail"]
    r = await faces.act(first, "scans", by=other, scan=f"L-{first['source']}")
    assert r.json()["code"] == "not-your-replenishment"
    lapsed = "update replenishment set lease_until = now() - interval '1 s' where id = $1 returning 1"
    screen = await faces.scan(first, f"L-{first['source']}")
    screen = await faces.scan(screen, cup.barcode)
    await faces.scene.value(lapsed, first["task_id"])
    taken = await faces.claim(by=other)
    assert (taken["task_id"], taken["step"], taken["counted"]) == (first["task_id"], "location", 0)
    await faces.refused(screen, cup.barcode, "replenishment-lost")
    r = await faces.act(taken, "release", by=other)
    assert (r.status_code, r.json()["state"]) == (200, "waiting")
    await faces.refused(screen, cup.barcode, "replenishment-lost")
    await faces.claim()
    r = await faces.act(first, "release", by=faces.scene.boss)
    assert r.status_code == 200, "a supervisor may, for whoever went home"


async def test_what_is_given_back_comes_to_oneself_last(faces: Faces) -> None:
    cup = await faces.stocked(50)
    for _ in range(2):
        await faces.face(cup, low=3, high=4)
    await faces.plan()
    first = await faces.claim()
    await faces.scan(first, "WMS:SKIP")
    assert (await faces.claim())["task_id"] != first["task_id"]


async def test_many_at_once_get_a_task_each_and_nobody_two(faces: Faces) -> None:
    cup = await faces.stocked(500)
    for _ in range(3):
        await faces.face(cup, low=3, high=4)
    assert (await faces.plan())[0] == 3
    people = [await signed_in_person(faces.scene.db, roles=["picker"]) for _ in range(6)]
    answers = await asyncio.gather(*(faces.try_claim(by=p) for p in people))
    got = [r.json()["task_id"] for r in answers if r.status_code == 200]
    assert len(got) == len(set(got)) == 3
    assert {r.json()["code"] for r in answers if r.status_code != 200} == {"nothing-to-replenish"}


async def test_the_last_scan_many_times_at_once_moves_once(faces: Faces) -> None:
    cup = await faces.stocked(50)
    shelf = await faces.face(cup, low=3, high=4)
    await faces.plan()
    screen = await faces.claim()
    screen = await faces.scan(screen, f"L-{screen['source']}")
    screen = await faces.scan(screen, cup.barcode, quantity=4)
    answers = await asyncio.gather(*(faces.scan(screen, shelf.label) for _ in range(6)))
    assert sorted(a["code"] for a in answers) == ["already-done"] * 5 + ["filled"]
    assert await on_hand(faces.scene.db, sku=cup, location_id=shelf.id) == 4
    await faces.sound()


async def test_a_void_task_says_so(faces: Faces) -> None:
    cup = await faces.stocked(50)
    await faces.face(cup, low=3, high=4)
    await faces.plan()
    screen = await faces.claim()
    await faces.act(screen, "release")
    await faces.scene.value(
        "update replenishment set state = 'void' where id = $1 returning 1", screen["task_id"]
    )
    await faces.refused(screen, f"L-{screen['source']}", "replenishment-void")
