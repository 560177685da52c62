"""The scan: location, item, tote; every way to do it wrong; and never twice."""

from datetime import date, timedelta

from tests.builders import a_lot, a_shop, on_hand, signed_in_person, stock_up
from tests.conftest import new_key
from tests.picking.scene import Scene


async def test_a_pick_moves_goods_from_the_bin_into_the_tote(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup = await scene.goods(5, at=bin_)
    order = await scene.order((cup, 2))
    screen = await scene.started(order)
    assert (screen["step"], screen["location"], screen["sku"]) == ("location", bin_.code, cup.code)
    assert (screen["quantity"], screen["counted"]) == (2, 0)
    assert screen["ean_tail"] == cup.barcode[-5:]
    assert (screen["order"], screen["order_no"], screen["orders"]) == (order.number, 1, 1)
    screen = await scene.scan(screen, bin_.label)
    assert screen["step"] == "item"
    screen = await scene.scan(screen, cup.barcode)
    assert (screen["step"], screen["counted"]) == ("item", 1)
    assert await scene.state(order) == "released"
    screen = await scene.scan(screen, cup.barcode)
    assert screen["step"] == "tote"
    assert await on_hand(scene.db, sku=cup, location_id=bin_.id) == 5, "only the tote scan moves goods"
    tote = screen["tote"]
    screen = await scene.scan(screen, tote)
    assert screen["step"] == "park"
    assert await scene.state(order) == "picked"
    assert await on_hand(scene.db, sku=cup, location_id=bin_.id) == 3
    hu = await scene.value("select id from handling_unit where code = $1", tote)
    assert await on_hand(scene.db, sku=cup, location_id=scene.warehouse.locations["WORK"], hu=hu) == 2
    line = await scene.value(
        "select row(allocated, picked) from order_line where shop_id = $1 and order_id = $2",
        scene.shop.id,
        order.id,
    )
    assert tuple(line) == (0, 2)
    screen = await scene.scan(screen, "L-PACK-1")
    assert screen["step"] == "done"
    where = await scene.value("select location_id from handling_unit where id = $1", hu)
    assert where == scene.warehouse.locations["PACK-1"]


async def test_wrong_location_item_and_tote_are_refused_and_change_nothing(scene: Scene) -> None:
    bin_, other_bin = await scene.bin(), await scene.bin()
    cup, plate = await scene.goods(5, at=bin_), await scene.goods(5, at=other_bin)
    screen = await scene.started(await scene.order((cup, 1)))
    problem = await scene.refused(screen, other_bin.label, "wrong-location")
    assert bin_.code in problem["detail"]
    await scene.refused(screen, cup.barcode, "out-of-order")
    screen = await scene.scan(screen, bin_.label)
    problem = await scene.refused(screen, plate.barcode, "wrong-item")
    assert plate.code in problem["detail"]
    assert cup.code in problem["detail"]
    await scene.refused(screen, "5908000000004", "wrong-item")
    screen = await scene.scan(screen, cup.barcode)
    other_tote = await scene.tote()
    problem = await scene.refused(screen, other_tote.code, "wrong-tote")
    assert screen["tote"] in problem["detail"]
    await scene.refused(screen, cup.barcode, "more-than-wanted")
    assert await on_hand(scene.db, sku=cup, location_id=bin_.id) == 5
    assert (await scene.scan(screen, screen["tote"]))["step"] == "park"


async def test_goods_of_another_shop_are_named_as_such(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup = await scene.goods(5, at=bin_)
    neighbour = await a_shop(scene.db)
    theirs = await scene.goods(5, at=bin_, shop=neighbour)
    screen = await scene.scan(await scene.started(await scene.order((cup, 1))), bin_.label)
    problem = await scene.refused(screen, theirs.barcode, "someone-elses-goods")
    assert neighbour.code in problem["detail"]


async def test_what_two_shops_sell_is_the_neighbours_where_only_theirs_lies(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup = await scene.goods(5, at=bin_)
    neighbour = await a_shop(scene.db)
    theirs = await scene.goods(5, at=bin_, shop=neighbour)
    await scene.goods(barcodes=[theirs.barcode])  # this shop sells it too, and has none here
    screen = await scene.scan(await scene.started(await scene.order((cup, 1))), bin_.label)
    await scene.refused(screen, theirs.barcode, "someone-elses-goods")


async def test_the_same_ean_of_two_shops_is_no_obstacle(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup = await scene.goods(5, at=bin_)
    await scene.goods(5, at=bin_, shop=await a_shop(scene.db), barcodes=[cup.barcode])
    screen = await scene.started(await scene.order((cup, 1)))
    assert (await scene.pick(screen, cup.barcode))["step"] == "park"


async def test_a_case_counts_its_pieces_and_more_than_wanted_is_refused(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup = await scene.goods(20, at=bin_)
    case = f"CASE-{cup.code}"
    async with scene.db.begin() as tx:
        await tx.run(
            "insert into barcode (shop_id, sku_id, code, quantity) values ($1, $2, $3, 6)",
            cup.shop_id,
            cup.id,
            case,
        )
    screen = await scene.scan(await scene.started(await scene.order((cup, 8))), bin_.label)
    screen = await scene.scan(screen, case)
    assert screen["counted"] == 6
    problem = await scene.refused(screen, case, "more-than-wanted")
    assert problem["values"] == {"sum": 12, "wanted": 8, "over": 4}
    await scene.refused(screen, cup.barcode, "more-than-wanted", quantity=3)
    screen = await scene.scan(screen, cup.barcode, quantity=2)
    assert screen["step"] == "tote"


async def test_the_same_request_again_is_replayed_and_a_new_one_is_already_done(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup = await scene.goods(5, at=bin_)
    order = await scene.order((cup, 1), (await scene.goods(5), 1))
    screen = await scene.started(order)
    while screen["sku"] != cup.code:
        screen = await scene.scan(screen, "WMS:SKIP")
    at_location = screen
    screen = await scene.scan(screen, bin_.label)
    key = new_key()
    at_item = screen
    screen = await scene.scan(at_item, cup.barcode, key=key)
    again = await scene.send(at_item, cup.barcode, key=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert again.json() == screen
    late = await scene.scan(at_location, bin_.label)
    assert (late["code"], late["tone"], late["step"]) == ("already-done", "info", "tote")
    at_tote, key = screen, new_key()
    screen = await scene.scan(at_tote, at_tote["tote"], key=key)
    assert screen["step"] == "location"
    again = await scene.send(at_tote, at_tote["tote"], key=key)
    assert again.json() == screen
    late = await scene.scan(at_tote, at_tote["tote"])
    assert (late["code"], late["task_id"]) == ("already-done", screen["task_id"])
    assert await on_hand(scene.db, sku=cup, location_id=bin_.id) == 4
    other = await scene.send(at_tote, bin_.label, key=key)
    assert other.json()["code"] == "idempotency-key-reused"


async def test_a_lot_is_asked_for_where_several_lie_and_the_wrong_one_refused(scene: Scene) -> None:
    bin_ = await scene.bin()
    cream = await scene.goods(lot_policy="expiry")
    soon, later = date.today() + timedelta(days=90), date.today() + timedelta(days=400)  # noqa: DTZ011
    for code, day in (("L1", soon), ("L2", later)):
        lot = await a_lot(scene.db, sku=cream, code=code, expires_on=day)
        await stock_up(scene.db, sku=cream, bin=bin_, quantity=5, lot=lot)
    screen = await scene.started(await scene.order((cream, 2)))
    assert (screen["lot"], screen["expires_on"]) == ("L1", soon.isoformat())
    screen = await scene.scan(screen, bin_.label)
    gtin = f"01{cream.barcode:0>14}"
    await scene.refused(screen, cream.barcode, "lot-needed")
    problem = await scene.refused(screen, cream.barcode, "wrong-lot", lot="L2")
    assert "L1" in problem["detail"]
    await scene.refused(screen, f"]C1{gtin}17{later:%y%m%d}10L2", "wrong-lot")
    await scene.refused(screen, f"]C1{gtin}17{later:%y%m%d}10L1", "wrong-lot")
    await scene.refused(screen, f"]C1{gtin}1722010110L1", "expired-lot")
    screen = await scene.scan(screen, cream.barcode, lot="L1")
    assert screen["counted"] == 1
    screen = await scene.scan(screen, f"]C1{gtin}17{soon:%y%m%d}10L1")
    assert screen["step"] == "tote"
    assert (await scene.scan(screen, screen["tote"]))["step"] == "park"


async def test_a_code_without_its_separator_is_never_guessed(scene: Scene) -> None:
    bin_ = await scene.bin()
    cream = await scene.goods(lot_policy="lot")
    day = "281231"
    for code in ("AB", f"AB17{day}"):
        await stock_up(
            scene.db, sku=cream, bin=bin_, quantity=5, lot=await a_lot(scene.db, sku=cream, code=code)
        )
    screen = await scene.scan(await scene.started(await scene.order((cream, 1))), bin_.label)
    glued = f"01{cream.barcode:0>14}10AB17{day}"
    problem = await scene.refused(screen, glued, "ambiguous-scan")
    assert len(problem["values"]["choices"]) == 2


async def test_the_allocated_serial_number_and_no_other(scene: Scene) -> None:
    bin_ = await scene.bin()
    phone = await scene.goods(serial=True)
    for serial in ("SN1", "SN2"):
        lot = await a_lot(scene.db, sku=phone, serial=serial)
        await stock_up(scene.db, sku=phone, bin=bin_, quantity=1, lot=lot)
    screen = await scene.scan(await scene.started(await scene.order((phone, 1))), bin_.label)
    mine = screen["serial"]
    other = "SN2" if mine == "SN1" else "SN1"
    await scene.refused(screen, phone.barcode, "serial-needed")
    problem = await scene.refused(screen, phone.barcode, "wrong-serial", serial=other)
    assert mine in problem["detail"]
    screen = await scene.scan(screen, f"]C101{phone.barcode:0>14}21{mine}")
    assert (await scene.scan(screen, screen["tote"]))["step"] == "park"


async def test_an_order_cancelled_between_claim_and_pick_is_not_picked(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup, plate = await scene.goods(5, at=bin_), await scene.goods(5)
    stays = await scene.order((plate, 1), (await scene.goods(5), 1))
    goes = await scene.order((cup, 1), (await scene.goods(5), 1))
    screen = await scene.started(stays, goes)
    while screen["sku"] != cup.code:
        screen = await scene.scan(screen, "WMS:SKIP")
    screen = await scene.scan(screen, bin_.label)
    screen = await scene.scan(screen, cup.barcode)
    r = await scene.post(f"/orders/{goes.id}/cancel?shop_id={scene.shop.id}", {"reason": "x"}, by=scene.boss)
    assert r.status_code == 200, r.text
    then = await scene.scan(screen, screen["tote"])
    assert (then["code"], then["tone"]) == ("order-cancelled", "stop")
    assert goes.number in then["message"]
    assert then["order"] == stays.number
    assert await on_hand(scene.db, sku=cup, location_id=bin_.id) == 5


async def test_a_cart_whose_last_order_is_cancelled_is_closed_by_the_next_scan(scene: Scene) -> None:
    cup = await scene.goods(5)
    order = await scene.order((cup, 1))
    screen = await scene.started(order)
    r = await scene.post(f"/orders/{order.id}/cancel?shop_id={scene.shop.id}", {"reason": "x"}, by=scene.boss)
    assert r.status_code == 200, r.text
    then = await scene.scan(screen, f"L-{screen['location']}")
    assert (then["code"], then["step"]) == ("order-cancelled", "park")


async def test_only_the_holder_of_the_cart_scans(scene: Scene) -> None:
    screen = await scene.started(await scene.order((await scene.goods(5), 1)))
    other = await signed_in_person(scene.db, roles=["picker"])
    problem = await scene.refused(screen, f"L-{screen['location']}", "not-your-cluster", by=other)
    assert "Łucja Żak" in problem["detail"]


async def test_a_lost_lease_is_told_to_who_lost_it(scene: Scene) -> None:
    cup = await scene.goods(5)
    screen = await scene.started(await scene.order((cup, 2)))
    screen = await scene.scan(screen, f"L-{screen['location']}")
    screen = await scene.scan(screen, cup.barcode)
    async with scene.db.begin() as tx:
        await tx.run(
            "update cluster set lease_until = now() - interval '1 minute' where id = $1", screen["cluster_id"]
        )
    other = await signed_in_person(scene.db, roles=["picker"])
    taken = await scene.claim(by=other)
    assert taken["cluster_id"] == screen["cluster_id"]
    assert (taken["step"], taken["counted"]) == ("location", 0), "what was in the hand is counted anew"
    await scene.refused(screen, cup.barcode, "lease-lost")


async def test_an_expired_lease_that_nobody_took_goes_on(scene: Scene) -> None:
    screen = await scene.started(await scene.order((await scene.goods(5), 1)))
    async with scene.db.begin() as tx:
        await tx.run(
            "update cluster set lease_until = now() - interval '1 minute' where id = $1", screen["cluster_id"]
        )
    assert (await scene.scan(screen, f"L-{screen['location']}"))["step"] == "item"
    left = await scene.value("select lease_until > now() + interval '14 minutes' from cluster where id = $1",
                             screen["cluster_id"])  # fmt: skip
    assert left


async def test_a_step_ahead_of_the_pick_is_out_of_order(scene: Scene) -> None:
    cup = await scene.goods(5)
    screen = await scene.started(await scene.order((cup, 1)))
    await scene.refused(screen | {"step": "tote"}, screen["tote"], "out-of-order")
    await scene.refused(screen | {"step": "item"}, cup.barcode, "out-of-order")


async def test_undo_takes_back_the_count_and_then_the_last_pick(scene: Scene) -> None:
    bin_ = await scene.bin()
    cup, plate = await scene.goods(5, at=bin_), await scene.goods(5)
    order = await scene.order((cup, 2), (plate, 2))
    screen = await scene.started(order)
    await scene.refused(screen, "WMS:UNDO", "nothing-to-undo")
    while screen["sku"] != cup.code:
        screen = await scene.scan(screen, "WMS:SKIP")
    screen = await scene.pick(screen, cup.barcode)
    assert screen["sku"] == plate.code
    screen = await scene.scan(screen, f"L-{screen['location']}")
    screen = await scene.scan(screen, plate.barcode)
    screen = await scene.scan(screen, "WMS:UNDO")
    assert (screen["step"], screen["counted"]) == ("item", 0)
    screen = await scene.scan(screen, "WMS:UNDO")
    assert screen["code"] == "undone"
    assert bin_.code in screen["message"]
    assert await on_hand(scene.db, sku=cup, location_id=bin_.id) == 5
    line = await scene.value(
        "select row(allocated, picked) from order_line where shop_id = $1 and order_id = $2 and sku_id = $3",
        scene.shop.id, order.id, cup.id,
    )  # fmt: skip
    assert tuple(line) == (2, 0)
    for _ in range(2):
        screen = await scene.pick(screen, cup.barcode if screen["sku"] == cup.code else plate.barcode)
    assert screen["step"] == "park"
    assert await on_hand(scene.db, sku=cup, location_id=bin_.id) == 3
