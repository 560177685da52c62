"""Desks without a mouse: an order packed, a return inspected, a manifest signed; by scanner, keys and a finger."""

import io

from PIL import Image
from playwright.async_api import Browser, async_playwright

from tests.browser.conftest import CHROMIUM, DESK, Screen, Windows
from tests.builders import a_carrier, a_person, a_shop, a_sku, a_warehouse, signed_in_person
from tests.conftest import Api, Server
from tests.desk import at_desk
from tests.packing.test_pages import inserts, the_label
from tests.returns.test_pages import checklist
from tests.returns.world import a_world, shipped
from tests.shipping.flow import CARTON_G, Wanted, a_carton, a_picked_order, order_state
from tests.shipping.test_pages import closed
from wms.db.tx import Database

TABLET = (1024, 768)


async def clean(w: Screen, what: str) -> None:
    """Readable for everybody, and nothing stands out of the window."""
    assert not await w.overflows(), what
    assert not await w.axe(), what


async def test_an_order_is_packed_by_keyboard_alone(windows: Windows, db: Database) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db, adapter="dpd_pl"), await a_warehouse(db)
    mug, lamp = await a_sku(db, shop=shop), await a_sku(db, shop=shop, name="Lampka")
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2), Wanted(lamp)])
    other = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(lamp)])
    carton = await a_carton(db)
    await inserts(db, shop.id, "Kartka z podziękowaniem")
    boss = await a_person(db, roles=["supervisor"])
    w = await windows.open(["packer"], size=DESK, cookies={"wms_warehouse": str(warehouse.id)})
    # no printer here, and a browser without a head may crash when it is led on while it prints
    await w.page.add_init_script("window.print = () => { top.printed = (top.printed || 0) + 1; };")
    await w.open("/desk/pack")
    await clean(w, "the stations")
    await w.scan("1")
    await w.page.wait_for_function(
        "() => document.querySelector('#screen section')?.dataset.step === '0:0:tote'"
    )
    await clean(w, "the empty table")
    await w.scan(order.tote.code)
    assert (await w.said())[0] == "ok"
    await clean(w, "goods")
    await w.scan("5909999999995")
    assert (await w.said())[0] == "stop"
    await w.scan(other.tote.code)
    assert await w.code() == "tote-of-another-order"
    await w.scan("3")
    await w.scan(mug.barcode)
    assert await w.code() == "too-many"
    await w.scan("2")
    await w.scan(mug.barcode)
    await w.scan(lamp.barcode)
    assert (await w.step()).endswith(":inserts")
    await clean(w, "inserts")
    await w.page.wait_for_timeout(450)
    await w.page.keyboard.press("Enter")
    await w.settled()
    assert (await w.step()).endswith(":weight")
    await w.page.keyboard.press("F4")  # the last piece comes out again
    await w.settled()
    assert (await w.step()).endswith(":items")
    await w.scan(lamp.barcode)
    await w.scan(carton)
    await clean(w, "weight")
    await w.scan("999999")
    assert (await w.step()).endswith(":over")
    await clean(w, "a weight that is off")
    await w.scan(boss.badge)
    await w.page.keyboard.type("9999")
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_selector("#screen [data-step$=over]")
    await w.page.wait_for_load_state()
    await w.scan(str(CARTON_G + 750))
    await w.page.wait_for_url("**/desk/pack/label/**")
    assert await order_state(db, order) == "packed"
    await clean(w, "a label that is not there yet")
    parcel_id = int(w.page.url.rsplit("/", 1)[1])
    number = await the_label(db, shop.id, parcel_id)
    await w.page.wait_for_selector(f"text={number}")  # found by itself
    await clean(w, "a label to print")
    async with w.page.expect_response("**/desk/pack/label/**/file*") as paper:
        await w.page.keyboard.press("F9")
    assert (await (await paper.value).all_headers())["content-type"] == "application/pdf"
    await w.scan("PX000000000099")
    assert (await w.said())[0] == "stop"
    await w.scan(number)
    await w.page.wait_for_url("**/desk/pack")
    await w.page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    await clean(w, "the empty table on a small screen")


async def test_a_return_is_inspected_by_keyboard_alone(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    world = await a_world(anonymous, db)
    mug, lamp = await a_sku(db, shop=world.shop), await a_sku(db, shop=world.shop, name="Lampka")
    order = await shipped(world, (mug, 1, "20.00"), (lamp, 1, "49.90"))
    rma = await world.announce((mug, 1), (lamp, 1), order_number=order.number)
    await checklist(db, world.shop.id, "Są metki", "Nic nie brakuje")
    w = await windows.open(["inspector"], size=DESK, cookies={"wms_warehouse": str(world.warehouse.id)})
    w.page.on(
        "filechooser", lambda _: None
    )  # asked for only at the key, the browser may hear of it behind the key
    await w.open("/desk/returns")
    await clean(w, "the bench")
    await w.scan("NIKTNIEZNA1")
    assert (await w.said())[0] == "warn"
    await w.scan(order.number)
    await clean(w, "candidates")
    await w.scan(rma["label"])
    assert (await w.step()).endswith(":goods")
    await clean(w, "goods")
    for code in (mug.barcode, "WMS:OK", "1", "1"):
        await w.scan(code)
    assert (await w.said())[0] == "ok"
    await w.scan(lamp.barcode)
    await w.scan("2")
    await clean(w, "the checklist")
    await w.page.wait_for_timeout(450)
    await w.page.keyboard.press("Enter")
    await w.settled()
    picture = io.BytesIO()
    Image.new("RGB", (3000, 2000), "#335577").save(picture, "JPEG")
    async with w.page.expect_file_chooser() as chooser:
        await w.page.keyboard.press("F8")
    await (await chooser.value).set_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}
    )
    await w.page.wait_for_selector(".photos img")
    await clean(w, "a photo")
    await w.scan("4")
    await clean(w, "what becomes of it")
    await w.scan("4")
    await clean(w, "why")
    await w.scan("2")
    await w.page.keyboard.press("F2")
    await w.settled()
    assert (await w.step()).endswith(":advice")
    assert "69,9" in await w.text()
    await clean(w, "the advice")
    async with db.begin() as tx:
        rows = await tx.rows(
            "select grade, disposition, photos from inspection where rma_id = $1 order by id", rma["id"]
        )
        kept = await tx.value(
            "select bytes from document where shop_id = $1 and kind = 'photo' and subject_id = $2",
            world.shop.id,
            rma["id"],
        )
    assert [(r["grade"], r["disposition"], len(r["photos"])) for r in rows] == [
        ("new", "restock", 0),
        ("damaged", "quarantine", 1),
    ]
    assert max(Image.open(io.BytesIO(kept)).size) == 1600
    boss = await windows.open(["supervisor"], size=DESK, theme="light")
    for path in ("list", "strays", "strays/new", f"{world.shop.id}/{rma['id']}"):
        await boss.open(f"/desk/returns/{path}")
        await clean(boss, path)


async def test_the_camera_takes_a_photo_by_key(
    windows: Windows, db: Database, anonymous: Api, server: Server
) -> None:
    world = await a_world(anonymous, db)
    mug = await a_sku(db, shop=world.shop)
    rma = await world.announce((mug, 1))
    person = await signed_in_person(db, roles=["inspector"])
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    async with async_playwright() as p:
        browser: Browser = await p.chromium.launch(executable_path=str(CHROMIUM), headless=True, args=flags)
        context = await browser.new_context(permissions=["camera"])
        cookies = {"wms_session": person.token, "wms_warehouse": str(world.warehouse.id)}
        await context.add_cookies([{"name": k, "value": v, "url": server.url} for k, v in cookies.items()])
        w = Screen(await context.new_page(), server.url, person.id)
        await w.open("/desk/returns")
        await w.scan(rma["label"])
        await w.scan(mug.barcode)
        await w.page.keyboard.press("F9")  # shows what the camera sees
        await w.page.wait_for_function("() => document.querySelector('.camera video')?.videoWidth > 0")
        await w.page.keyboard.press("F9")
        await w.page.wait_for_selector(".photos img")
        await browser.close()
        assert not w.faults, w.faults


async def test_a_manifest_is_signed_on_a_tablet(windows: Windows, db: Database, server: Server) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    here = {"wms_warehouse": str(warehouse.id)}
    async with at_desk(db, server, "supervisor", **here) as boss:
        one, parcels = await closed(db, server, boss, shop, carrier, 3)
    w = await windows.open(["supervisor"], size=TABLET, cookies=here)
    await w.open("/desk/manifests")
    await clean(w, "manifests")
    await w.open(one)
    await clean(w, "a manifest")
    await w.page.click("a.tall")
    await w.page.wait_for_url("**/handover")
    await clean(w, "the handover")
    await w.page.keyboard.type(parcels[0][2])
    await w.page.keyboard.press("Enter")
    assert await w.page.locator("#said .said").get_attribute("data-tone") == "ok"
    await w.page.keyboard.type("PX77777777")
    await w.page.keyboard.press("Enter")
    assert await w.page.locator("#said .said").get_attribute("data-tone") == "stop"
    await w.page.locator(".ticks li").nth(1).click()
    await w.page.reload()  # what was ticked stays ticked
    assert await w.page.locator("#got").inner_text() == "2"
    await w.page.fill("#driver", "Jan Kowalczyk")
    await w.page.fill("#vehicle", "WGM 4F210")
    await w.page.click("button.tall")
    await w.page.wait_for_selector("#said [data-code=signature-missing]")
    pen = await w.page.locator("#pen").bounding_box()
    assert pen is not None
    await w.page.mouse.move(pen["x"] + 30, pen["y"] + 60)
    await w.page.mouse.down()
    for x in range(40, 260, 12):
        await w.page.mouse.move(pen["x"] + x, pen["y"] + 30 + x % 70)
    await w.page.mouse.up()
    await w.page.click("button.tall")
    await w.page.wait_for_url(f"**{one}")
    await clean(w, "a manifest that is handed over")
    assert "Jan Kowalczyk" in await w.text()
    states = sorted([await order_state(db, o) for o, _, _ in parcels])
    assert states == ["handed_over", "handed_over", "labelled"]
