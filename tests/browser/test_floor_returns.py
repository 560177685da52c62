"""Returns on a handheld: triage by any code, inspection piece by piece, what nobody knows; by scans alone."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.browser.conftest import Screen, Windows
from tests.browser.floor import on_floor, refuses, survives_hostile_scans, wants
from tests.builders import a_bin, a_lot, a_shop, a_sku
from tests.conftest import Api
from tests.returns.world import World, a_world, shipped
from wms.db.tx import Database
from wms.events.documents import get_document
from wms.stock.ledger import Move, post


async def at_bench(windows: Windows, w: World, *, lang: str = "en") -> Screen:
    return await on_floor(windows, w.warehouse, ["inspector"], "/floor/returns", lang=lang)


async def wants_in_step(w: Screen, code: str, step: str) -> None:
    await wants(w, code)
    assert (await w.step()).split(":")[2] == step, (await w.step(), await w.said())


def a_photo(folder: Path) -> Path:
    """A picture as a phone takes it: larger than anybody needs, with a place in it."""
    picture = Image.effect_noise((2400, 1800), 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "Phone of Anna"
    path = folder / "photo.jpg"
    picture.save(path, "JPEG", quality=90, exif=exif)
    return path


async def take_photo(w: Screen, path: Path) -> None:
    async with w.page.expect_response("**/floor/returns/photo") as answer:
        await w.page.set_input_files("input[data-photo]", path)
    assert (await answer.value).ok
    await w.page.wait_for_timeout(200)


async def test_an_announced_return_as_new_goes_back_to_stock(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    world = await a_world(anonymous, db)
    cup, plate = await a_sku(db, shop=world.shop), await a_sku(db, shop=world.shop)
    order = await shipped(world, (cup, 2, "30.00"), (plate, 1, "20.00"))
    rma = await world.announce((cup, 2), (plate, 1), order_number=order.number)
    w = await at_bench(windows, world)
    await survives_hostile_scans_at_triage(w)
    await wants_in_step(w, rma["label"], "goods")
    assert cup.code in await w.text()
    assert await w.want() == cup.barcode
    await wants_in_step(w, cup.barcode, "grade")
    await wants_in_step(w, cup.barcode, "grade")  # the second one of two, at once
    assert "× 2" in await w.text()
    await refuses(w, plate.barcode, "bench-choose")
    await survives_hostile_scans(w)
    await wants_in_step(w, "WMS:1", "disposition")
    await wants_in_step(w, "WMS:1", "goods")
    assert f"2 × {cup.code} → RETURNS" in (await w.said())[1]
    await wants(w, plate.barcode, "WMS:2")
    await wants_in_step(w, "WMS:1", "goods")
    assert await w.want() == "WMS:DONE"
    await wants_in_step(w, "WMS:DONE", "advice")
    assert "80" in await w.text()
    assert await world.status_at(cup, "RETURNS") == {"sellable": 2}
    await world.ledger_is_clean()
    await wants_in_step(w, rma["label"], "choose")  # scanned once more: one more item lay at the bottom
    await w.scan("WMS:1")
    assert await w.code() == "return-again"
    assert (await w.step()).split(":")[2] == "goods"


async def test_the_piece_inspected_last_is_undone(windows: Windows, db: Database, anonymous: Api) -> None:
    world = await a_world(anonymous, db)
    cup, plate = await a_sku(db, shop=world.shop), await a_sku(db, shop=world.shop)
    order = await shipped(world, (cup, 2, "30.00"))
    rma = await world.announce((cup, 2), order_number=order.number)
    w = await at_bench(windows, world)
    await wants(w, rma["label"])
    await refuses(w, "WMS:UNDO", "nothing-inspected")
    await wants(w, cup.barcode, cup.barcode, "WMS:1")
    await wants_in_step(w, "WMS:1", "goods")
    assert await world.status_at(cup, "RETURNS") == {"sellable": 2}
    await w.page.click("button[data-scan='WMS:UNDO']")  # it stands beside what was inspected last
    await w.settled()
    assert (await w.step()).split(":")[2:] == ["disposition", "0"]
    assert await world.status_at(cup, "RETURNS") in ({}, {"sellable": 0, "quarantine": 0})
    await wants(w, "WMS:4")  # quarantine, and why
    await wants_in_step(w, "WMS:7", "goods")
    assert await world.status_at(cup, "QUARANTINE") == {"quarantine": 2}
    await wants(w, plate.barcode, "WMS:1")  # nobody announced it: its line comes and goes with it
    await w.scan("WMS:1")
    assert (await w.said())[0] == "warn"
    await w.scan("WMS:UNDO")
    assert (await w.said())[0] == "warn"
    await wants(w, "WMS:UNDO")
    await wants_in_step(w, "WMS:UNDO", "goods")
    assert plate.code not in await w.text()
    await refuses(w, "WMS:UNDO", "nothing-inspected")  # only the last one
    await wants_in_step(w, "WMS:DONE", "advice")
    kinds = await world.kinds_of_events(rma["id"])
    assert kinds.count("return.item_inspected") == 3
    assert kinds.count("return.inspection_undone") == 2
    await world.ledger_is_clean()


async def test_an_inspection_that_something_was_built_on_stays(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    world = await a_world(anonymous, db)
    cup = await a_sku(db, shop=world.shop)
    order = await shipped(world, (cup, 2, "30.00"))
    rma = await world.announce((cup, 2), order_number=order.number)
    w = await at_bench(windows, world, lang="pl")
    await wants(w, rma["label"], cup.barcode, "WMS:1", "WMS:1")
    shelf = await a_bin(db)
    async with db.begin() as tx:
        away = Move(
            shop_id=cup.shop_id, sku_id=cup.id, quantity=1, from_location=world.place("RETURNS"),
            to_location=shelf.id, reason="storing",
        )  # fmt: skip
        await post(tx, [away])
    assert "przeniesiono" in await refuses(w, "WMS:UNDO", "inspection-built-on")
    await wants(w, cup.barcode, "WMS:1", "WMS:1")
    colleague = await at_bench(windows, world)
    await wants(colleague, rma["label"])
    await wants(colleague, "WMS:DONE")
    assert "zakończone" in await refuses(w, "WMS:UNDO", "inspection-finished")


async def survives_hostile_scans_at_triage(w: Screen) -> None:
    """Any text may be on a parcel, so most of it is looked for, and found nowhere."""
    for scan in ("<img src=x onerror=alert(1)>", "'; drop table rma; --", '{"a": 1}', "X" * 10_000, "a\x0bb"):
        await w.page.keyboard.insert_text(scan)
        await w.page.keyboard.press("Enter")
        await w.settled()
        assert (await w.said())[0] in ("stop", "warn"), scan[:20]
        assert await w.page.locator("main img").count() == 0
    await w.scan("WMS:UNDO")
    assert (await w.step()).startswith("0:0:scan")


async def test_damaged_goods_with_a_reason_and_a_photo(
    windows: Windows, db: Database, anonymous: Api, tmp_path: Path
) -> None:
    world = await a_world(anonymous, db)
    cup = await a_sku(db, shop=world.shop)
    order = await shipped(world, (cup, 2, "30.00"))
    rma = await world.announce((cup, 2), order_number=order.number)
    w = await at_bench(windows, world, lang="pl")
    await wants(w, rma["label"], cup.barcode)
    await wants_in_step(w, "WMS:4", "disposition")
    await refuses(w, "WMS:9", "bench-choose")
    await wants_in_step(w, "WMS:UNDO", "grade")
    await wants(w, "WMS:4")
    await wants_in_step(w, "WMS:4", "reason")
    await take_photo(w, a_photo(tmp_path))
    assert "Zdjęcie" in (await w.said())[1]
    await wants_in_step(w, "WMS:2", "goods")
    await w.scan("WMS:DONE")
    assert (await w.step()).split(":")[2] == "finish"  # one is missing
    assert "zapowiedzian" in await w.text() or "zgłoszon" in await w.text()
    await wants_in_step(w, "WMS:OK", "advice")
    async with db.begin() as tx:
        row = await tx.row(
            "select grade, disposition, reason, document_id from inspection where shop_id = $1",
            world.shop.id,
        )
        assert row is not None
        content = (await get_document(tx, world.shop.id, row["document_id"])).content
    assert (row["grade"], row["disposition"], row["reason"]) == (
        "damaged",
        "quarantine",
        "damaged_in_transit",
    )
    with Image.open(BytesIO(content)) as kept:
        assert max(kept.size) == 1600
        assert not kept.getexif()
    await world.ledger_is_clean()


async def test_a_parcel_that_nobody_knows_is_kept(
    windows: Windows, db: Database, anonymous: Api, tmp_path: Path
) -> None:
    world = await a_world(anonymous, db)
    w = await at_bench(windows, world)
    await w.scan("UNKNOWN-4711")
    assert (await w.step()).split(":")[2] == "unknown"
    await refuses(w, "WMS:9", "bench-choose")
    await wants_in_step(w, "WMS:2", "stray_photo")
    await wants_in_step(w, "WMS:UNDO", "unknown")
    await wants_in_step(w, "WMS:1", "stray_photo")
    await take_photo(w, a_photo(tmp_path))
    assert await w.code() == "stray-kept"
    assert (await w.step()).startswith("0:0:scan")
    async with db.begin() as tx:
        row = await tx.row("select code, note, photo from stray_parcel where warehouse_id = $1 order by id desc",
                           world.warehouse.id)  # fmt: skip
    assert row is not None
    assert (row["code"], row["note"]) == ("UNKNOWN-4711", "The label means nothing to us")
    assert row["photo"]


async def test_an_undelivered_parcel_and_strange_goods_in_it(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    world = await a_world(anonymous, db)
    cup = await a_sku(db, shop=world.shop)
    theirs = await a_sku(db, shop=await a_shop(db))
    order = await shipped(world, (cup, 1, "30.00"), state="handed_over")
    w = await at_bench(windows, world)
    await wants_in_step(w, order.tracking, "choose")
    await refuses(w, "WMS:8", "bench-not-now")
    rows = await w.page.locator(".choices button").all_inner_texts()
    n = next(i for i, t in enumerate(rows, 1) if "undelivered" in t)
    await wants_in_step(w, f"WMS:{n}", "goods")
    await refuses(w, theirs.barcode, "goods-of-another-shop")
    await refuses(w, "4006381333931", "return-goods-unknown")
    await w.scan("WMS:DAMAGED")  # out of the box, kept as unknown
    assert (await w.step()).split(":")[2] == "stray"
    await wants(w, "WMS:3")
    await wants_in_step(w, "WMS:OK", "goods")
    assert await w.code() == "stray-kept"
    await wants(w, cup.barcode, "WMS:1")
    await wants_in_step(w, "WMS:1", "goods")
    await wants_in_step(w, "WMS:DONE", "advice")
    await world.ledger_is_clean()


async def test_candidates_are_numbered_and_none_of_them_is_an_answer(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    world = await a_world(anonymous, db)
    cup = await a_sku(db, shop=world.shop)
    one, two = await shipped(world, (cup, 1, "30.00")), await shipped(world, (cup, 1, "30.00"))
    w = await at_bench(windows, world)
    await wants_in_step(w, cup.barcode, "choose")  # the goods themselves: both orders are possible
    text = await w.text()
    assert one.number in text
    assert two.number in text
    await w.page.reload()
    assert one.number in await w.text()  # what was found is kept
    await w.scan("WMS:SKIP")
    assert (await w.step()).split(":")[2] == "unknown"
    await wants_in_step(w, two.email, "choose")  # and any other code may be tried
    await wants_in_step(w, "WMS:1", "goods")
    assert two.number in await w.text() or "Not announced" in await w.text()


async def test_a_serial_number_is_scanned_or_typed(windows: Windows, db: Database, anonymous: Api) -> None:
    world = await a_world(anonymous, db)
    drill = await a_sku(db, shop=world.shop, serial=True)
    lot = await a_lot(db, sku=drill, serial="SN-1")
    order = await shipped(world, (drill, 1, "300.00"), lots=[lot])
    rma = await world.announce((drill, 1), order_number=order.number)
    w = await at_bench(windows, world)
    await wants(w, rma["label"], drill.barcode)
    await refuses(w, drill.barcode, "bench-choose")  # one number, one piece
    await wants(w, "WMS:1")
    await w.scan("WMS:1")
    assert await w.code() == "return-lot-needed"
    field = w.page.locator("form[data-typed] input")
    await field.fill("SN-1")
    await field.press("Enter")
    await w.settled()
    assert (await w.step()).split(":")[2] == "goods", await w.said()
    await wants_in_step(w, "WMS:DONE", "advice")
    await world.ledger_is_clean()


async def test_two_inspectors_at_one_box_and_an_old_page(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    world = await a_world(anonymous, db)
    cup = await a_sku(db, shop=world.shop)
    order = await shipped(world, (cup, 2, "30.00"))
    rma = await world.announce((cup, 2), order_number=order.number)
    one, two = await at_bench(windows, world), await at_bench(windows, world)
    await wants(one, rma["label"])
    await wants(two, rma["label"])  # received already, so it is simply on the bench
    await wants(one, cup.barcode, "WMS:1", "WMS:1")
    await two.scan(cup.barcode)  # its screen is older than that look
    assert await two.code() == "already-done"
    await wants(two, cup.barcode, "WMS:1", "WMS:1")
    await wants(two, "WMS:DONE")
    await one.scan(cup.barcode)
    assert await one.code() == "already-done"
    async with db.begin() as tx:
        count = await tx.value("select count(*) from inspection where shop_id = $1", world.shop.id)
    assert count == 2
    await world.ledger_is_clean()
