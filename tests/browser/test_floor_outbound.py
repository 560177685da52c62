"""Picking and putting back on a handheld, by scans alone, in Chromium at 360x640."""

from datetime import UTC, datetime, timedelta

from tests.browser.conftest import Screen, Windows
from tests.browser.floor import on_floor, refuses, survives_hostile_scans, wants
from tests.builders import a_lot, a_shop, on_hand, stock_up
from tests.conftest import Api
from tests.picking.scene import Scene, a_scene
from wms.db.tx import Database
from wms.orders.cancel_order import cancel_order
from wms.stock.ledger import Move, post

FAR = datetime.now(UTC).date() + timedelta(days=400)


async def scene_of(db: Database, anonymous: Api) -> Scene:
    return await a_scene(db, anonymous)


async def at_pick(windows: Windows, scene: Scene, *, lang: str = "en", fresh: bool = False) -> Screen:
    """The scene's picker in front of the carts; ``fresh``: somebody new."""
    who = None if fresh else scene.picker
    return await on_floor(windows, scene.warehouse, ["picker"], "/floor/pick", who=who, lang=lang)


async def put_on_totes(w: Screen, scene: Scene) -> None:
    """OK, then an empty tote onto each place of the cart."""
    await wants(w, "WMS:OK")
    while (await w.step()).endswith(":totes"):
        await wants(w, (await scene.tote()).code)


async def follow(w: Screen) -> None:
    """Does what the screen wants until the totes stand at a pack station."""
    for _ in range(60):
        if (await w.step()).startswith("take:"):
            return
        await wants(w, await w.want())
    raise AssertionError(await w.text())


async def test_a_cart_from_the_list_to_the_pack_station(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    scene = await scene_of(db, anonymous)
    cup, plate = await scene.goods(20), await scene.goods(20)
    orders = [await scene.order((cup, 2), (plate, 1)), await scene.order((cup, 1), (plate, 3))]
    assert await scene.wave()
    w = await at_pick(windows, scene)
    assert await w.want() == "WMS:OK"
    await put_on_totes(w, scene)
    assert (await w.step()).endswith(":location")
    await follow(w)
    assert "PACK-1" in (await w.said())[1]
    assert [await scene.state(o) for o in orders] == ["picked", "picked"]
    assert await on_hand(db, sku=cup, location_id=scene.warehouse.locations["WORK"]) == 3


async def test_a_cart_is_chosen_by_its_number_and_the_next_single_one_follows(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    scene = await scene_of(db, anonymous)
    cup = await scene.goods(50)
    for _ in range(3):
        await scene.order((cup, 1))
    assert await scene.wave(totes_per_cart=1, units_per_tote=1)
    w = await at_pick(windows, scene)
    listed = (await w.step()).removeprefix("take:").split(",")
    assert len(listed) == 3
    await refuses(w, "WMS:7", "nothing-to-pick")
    await refuses(w, cup.barcode, "nothing-to-pick")
    await wants(w, "WMS:2")
    assert (await w.step()).startswith(f"{listed[1]}:")
    await wants(w, (await scene.tote()).code)
    await follow(w)  # and is in front of the carts again, with the next one a scan away
    assert (await w.step()).removeprefix("take:").split(",") == [listed[0], listed[2]]


async def test_wrong_scans_are_refused_in_one_sentence(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    scene = await scene_of(db, anonymous)
    cup, plate = await scene.goods(20), await scene.goods(20)
    theirs = await scene.goods(5, shop=await a_shop(db))
    wrong = await scene.bin()
    await scene.order((cup, 2))
    assert await scene.wave()
    w = await at_pick(windows, scene, lang="pl")
    await wants(w, "WMS:OK")
    await refuses(w, cup.barcode, "not-a-tote")
    await wants(w, (await scene.tote()).code)
    await survives_hostile_scans(w)
    assert "a nie" in await refuses(w, wrong.label, "wrong-location")
    assert "czeka na skan półki" in await refuses(w, cup.barcode, "out-of-order")
    place = await w.want()
    await wants(w, place)
    await survives_hostile_scans(w)
    assert plate.code in await refuses(w, plate.barcode, "wrong-item")
    await refuses(w, theirs.barcode, "someone-elses-goods")
    await refuses(w, "L-NOWHERE", "wrong-item")
    await wants(w, cup.barcode, cup.barcode)
    await refuses(w, cup.barcode, "more-than-wanted")
    other = await scene.tote()
    await refuses(w, other.code, "wrong-tote")
    await survives_hostile_scans(w)
    await follow(w)
    assert await on_hand(db, sku=cup, location_id=scene.warehouse.locations["WORK"]) == 2


async def test_the_number_pad_says_how_many(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    cup = await scene.goods(40)
    await scene.order((cup, 12))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    await wants(w, await w.want())
    await w.scan("WMS:QTY")  # the code of the keypad's button
    await w.page.click("[data-key='1']")
    await w.page.click("[data-key='2']")
    await wants(w, cup.barcode)
    assert (await w.step()).endswith(":tote")


async def test_missing_is_confirmed_and_undone(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    one, two = await scene.bin(), await scene.bin()
    cup = await scene.goods(3, at=one)
    await scene.order((cup, 3))
    await stock_up(db, sku=cup, bin=two, quantity=3)
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    await wants(w, one.label)
    await w.scan("WMS:MISSING")
    assert (await w.step()).endswith(":missing")
    await w.scan("WMS:MISSING")  # a bounce confirms nothing
    assert (await w.step()).endswith(":missing")
    await wants(w, "WMS:UNDO")
    assert (await w.step()).endswith(":item")
    await wants(w, cup.barcode)
    await w.scan("WMS:MISSING")  # one is in hand: its tote confirms
    assert (await w.step()).endswith(":tote")
    await w.scan(await w.want())
    assert await w.code() == "short-pick"
    assert two.code in await w.text()
    assert await scene.value("select lock_reason from location where id = $1", one.id) == "short_pick"
    await wants(w, two.label)
    await w.scan("WMS:MISSING")
    await w.page.reload()  # the question is kept by the server
    assert (await w.step()).endswith(":missing")
    await wants(w, cup.barcode)  # found some after all
    assert (await w.step()).endswith(":item")
    await wants(w, cup.barcode)
    await follow(w)


async def test_none_left_is_confirmed_by_ok(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    cup, plate = await scene.goods(2), await scene.goods(5)
    order = await scene.order((cup, 2), (plate, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    while cup.code not in await w.text():
        await w.scan("WMS:SKIP")
    await w.scan("WMS:MISSING")
    await w.scan("WMS:OK")
    assert await w.code() == "short-pick"
    assert await scene.state(order) == "backordered"


async def test_undo_skip_and_giving_the_cart_back(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    cup, plate = await scene.goods(9), await scene.goods(9)
    await scene.order((cup, 2), (plate, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    first = await w.want()
    await wants(w, "WMS:SKIP")
    second = await w.want()
    assert second != first
    await wants(w, second, await w.want())
    while not (await w.step()).endswith(":tote"):
        await wants(w, await w.want())
    await wants(w, await w.want())
    assert await w.want() == first
    await w.scan("WMS:UNDO")
    assert await w.code() == "undone"
    for sku in (cup, plate):
        assert await on_hand(db, sku=sku, location_id=scene.warehouse.locations["WORK"]) == 0
    await w.scan("WMS:DONE")
    assert "T-" in await w.text()
    await wants(w, "WMS:UNDO")
    assert (await w.step()).endswith(":location")
    await w.scan("WMS:DONE")
    await w.scan("WMS:OK")
    assert await w.code() == "given-back"
    other = await at_pick(windows, scene, fresh=True)
    await wants(other, "WMS:OK")
    await follow(other)


async def test_lots_and_serial_numbers_that_the_symbol_lacks(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    scene = await scene_of(db, anonymous)
    shelf = await scene.bin()
    milk = await scene.goods(lot_policy="expiry")
    for code, days in (("L1", 0), ("L2", 30)):
        lot = await a_lot(db, sku=milk, code=code, expires_on=FAR + timedelta(days=days))
        await stock_up(db, sku=milk, bin=shelf, quantity=5, lot=lot)
    drill = await scene.goods(serial=True)
    await stock_up(db, sku=drill, bin=shelf, quantity=1, lot=await a_lot(db, sku=drill, serial="SN-77"))
    await scene.order((milk, 1), (drill, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    await wants(w, shelf.label)
    for _ in range(2):
        lots = milk.code in await w.text()
        sku, right, wrong, why = (milk, "L1", "L2", "lot") if lots else (drill, "SN-77", "SN-78", "serial")
        await w.scan(sku.barcode)
        assert await w.code() == f"{why}-needed"
        assert (await w.step()).endswith(f":{why}")
        await refuses(w, wrong, f"wrong-{why}")
        field = w.page.locator("form[data-typed] input")
        await field.fill(right)
        await field.press("Enter")
        await w.settled()
        assert (await w.step()).endswith(":tote"), await w.said()
        await wants(w, await w.want())
    await follow(w)


async def test_gs1_symbols_need_no_typing(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    shelf = await scene.bin()
    drill = await scene.goods(serial=True)
    await stock_up(db, sku=drill, bin=shelf, quantity=1, lot=await a_lot(db, sku=drill, serial="SN-77"))
    await scene.order((drill, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    await wants(w, shelf.label)
    assert await w.want() == f"010{drill.barcode}21SN-77"
    await follow(w)


async def test_an_order_cancelled_while_its_goods_are_in_hand(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    scene = await scene_of(db, anonymous)
    cup, plate = await scene.goods(9), await scene.goods(9)
    gone = await scene.order((cup, 1), priority=9)
    await scene.order((plate, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    while cup.code not in await w.text():
        await w.scan("WMS:SKIP")
    shelf = await w.want()
    await wants(w, shelf, cup.barcode)
    async with db.begin() as tx:
        await cancel_order(tx, scene.shop.id, gone.id)
    await w.scan(await w.want())
    assert await w.code() == "order-cancelled"
    assert gone.number in (await w.said())[1]
    assert plate.code in await w.text()  # and the next pick is on the screen
    await follow(w)
    assert await on_hand(db, sku=cup, location_id=scene.warehouse.locations["WORK"]) == 0


async def test_a_cart_taken_over_after_its_lease(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    cup = await scene.goods(9)
    await scene.order((cup, 2))
    assert await scene.wave()
    slow = await at_pick(windows, scene)
    await put_on_totes(slow, scene)
    await wants(slow, await slow.want(), cup.barcode)
    quick = await at_pick(windows, scene, fresh=True)
    assert "Łucja Żak" in await quick.text()  # who has it is named
    async with db.begin() as tx:
        await tx.run("update cluster set lease_until = now() - interval '1 minute'")
    await quick.page.reload()
    await wants(quick, "WMS:1")
    await slow.scan(cup.barcode)
    assert await slow.code() == "lease-lost"
    assert "Łucja Żak" in (await slow.said())[1]
    assert (await slow.step()).startswith("take:")  # and the way on is there
    assert (await quick.step()).endswith(":location")  # what was only counted is counted anew
    await follow(quick)
    assert await on_hand(db, sku=cup, location_id=scene.warehouse.locations["WORK"]) == 2


async def test_a_second_device_and_an_old_page(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    cup, plate = await scene.goods(9), await scene.goods(9)
    await scene.order((cup, 1), (plate, 1))
    await scene.order((cup, 1))
    assert await scene.wave()
    one, two = await at_pick(windows, scene), await at_pick(windows, scene)
    await put_on_totes(one, scene)
    await two.scan("WMS:OK")  # the list is old: the same person has a cart already
    assert await two.code() == "one-cart"
    assert await two.step() == await one.step()
    await wants(one, await one.want())
    item = await one.want()
    await wants(one, item)
    await two.scan(await two.want())  # the shelf again, from the other device
    assert await two.code() == "already-done"
    assert await two.step() == await one.step()
    tote = await one.want()
    await wants(one, tote)
    await two.scan(tote)
    assert await two.code() == "already-done"
    assert (
        await on_hand(db, sku=cup, location_id=scene.warehouse.locations["WORK"])
        + await on_hand(db, sku=plate, location_id=scene.warehouse.locations["WORK"])
        == 1
    )
    await one.open("/floor")
    await one.page.go_back()
    await one.page.wait_for_load_state()
    assert (await one.step()) == (await two.step())  # Back shows what is, not what was
    await follow(one)
    await two.scan("WMS:OK")  # a page of a cart that is through
    assert await two.code() == "already-done" or (await two.step()).startswith("take:")


async def test_who_has_left_picks_nothing(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    cup = await scene.goods(9)
    await scene.order((cup, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    async with db.begin() as tx:
        await tx.run("update person set active = false where id = $1", scene.picker.id)
    await w.page.keyboard.type(await w.want())
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_url("**/floor/sign-in*")
    other = await at_pick(windows, scene, fresh=True)
    assert "Łucja Żak" in await other.text()


async def test_goods_of_a_cancelled_order_go_back_to_the_shelf(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    scene = await scene_of(db, anonymous)
    shelf = await scene.bin()
    cup, drill = await scene.goods(5, at=shelf), await scene.goods(serial=True)
    for serial in ("SN-1", "SN-2"):
        await stock_up(db, sku=drill, bin=shelf, quantity=1, lot=await a_lot(db, sku=drill, serial=serial))
    order = await scene.order((cup, 2), (drill, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    await follow(w)
    async with db.begin() as tx:
        await cancel_order(tx, scene.shop.id, order.id)
    work = scene.warehouse.locations["WORK"]
    await w.open("/floor/put-back")
    await survives_hostile_scans(w)
    await refuses(w, "T-0000", "nothing-to-put-back-from")
    for _ in range(2):
        await wants(w, await w.want())  # the tote that the goods lie in
        await w.page.wait_for_url("**/floor/put-back/*")
        page = w.page.url
        await refuses(w, "L-DOCK-1", "not-a-bin")
        await wants(w, shelf.label)
        await survives_hostile_scans(w)
        if drill.code in await w.text():
            await refuses(w, cup.barcode, "wrong-item")
            await w.scan(drill.barcode)
            assert await w.code() == "serial-needed"
            await refuses(w, "SN-9", "wrong-serial")
            await wants(w, "SN-1" if "SN-1" in await w.text() else "SN-2")
        else:
            await wants(w, cup.barcode)
            assert "1" in (await w.said())[1]
            await wants(w, cup.barcode)
        assert (await w.step()).startswith("list:"), await w.said()
    assert await on_hand(db, sku=cup, location_id=work) == 0
    assert await on_hand(db, sku=drill, location_id=work) == 0
    await w.open(page.removeprefix(w.base))  # Back to a task that is done
    await w.page.wait_for_url("**/floor/put-back")


async def test_what_was_put_back_last_is_undone(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await scene_of(db, anonymous)
    shelf = await scene.bin()
    cup = await scene.goods(2, at=shelf)
    order = await scene.order((cup, 2))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    await follow(w)
    async with db.begin() as tx:
        await cancel_order(tx, scene.shop.id, order.id)
    work = scene.warehouse.locations["WORK"]
    await w.open("/floor/put-back")
    await refuses(w, "WMS:UNDO", "nothing-put-back")
    await wants(w, "WMS:1")
    await w.page.wait_for_url("**/floor/put-back/*")
    await w.settled()
    await wants(w, shelf.label, cup.barcode)
    assert await on_hand(db, sku=cup, location_id=work) == 1
    await w.scan("WMS:UNDO")
    assert (await w.said())[0] == "warn"
    assert (await w.step()).endswith(":location")
    assert await on_hand(db, sku=cup, location_id=work) == 2
    await wants(w, shelf.label, cup.barcode, cup.barcode)
    assert (await w.step()).startswith("list:")
    assert not await w.overflows()
    await w.page.click("button[data-scan='WMS:UNDO']")  # the task was done, and is open again
    await w.settled()
    assert (await w.step()).endswith(":location")
    assert await on_hand(db, sku=cup, location_id=shelf.id) == 1
    await wants(w, shelf.label, cup.barcode)
    other = await scene.bin()
    async with db.begin() as tx:
        away = Move(
            shop_id=cup.shop_id, sku_id=cup.id, quantity=2, from_location=shelf.id, to_location=other.id, reason="storing"
        )  # fmt: skip
        await post(tx, [away])
    assert "no longer" in await refuses(w, "WMS:UNDO", "put-back-gone")
    await w.open("/floor/put-back")
    assert "Nothing to put back" in await w.text()


async def test_a_piece_that_a_picker_comes_for_stays_on_its_shelf(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    scene = await scene_of(db, anonymous)
    shelf = await scene.bin()
    cup = await scene.goods(1, at=shelf)
    order = await scene.order((cup, 1))
    assert await scene.wave()
    w = await at_pick(windows, scene)
    await put_on_totes(w, scene)
    await follow(w)
    async with db.begin() as tx:
        await cancel_order(tx, scene.shop.id, order.id)
    await w.open("/floor/put-back")
    await wants(w, "WMS:1")
    await w.page.wait_for_url("**/floor/put-back/*")
    await w.settled()
    await wants(w, shelf.label, cup.barcode)
    waiting = await scene.order((cup, 1))
    assert await scene.wave()
    assert waiting.number in await refuses(w, "WMS:UNDO", "put-back-held")
    assert await on_hand(db, sku=cup, location_id=shelf.id) == 1
