"""The back office in a real browser: the map by keyboard, a delivery from a file, settings, a badge and its PIN."""

from pathlib import Path

from tests.browser.conftest import DESK, Windows
from tests.builders import a_bin, a_shop, a_sku, a_warehouse, stock_up, unique
from wms.db.tx import Database
from wms.locations.create_locations import create_locations
from wms.locations.expand_pattern import Rack, expand_pattern


async def test_the_map_leads_by_keyboard_to_a_place(windows: Windows, db: Database) -> None:
    house = await a_warehouse(db, shared=False)
    async with db.begin() as tx:
        await create_locations(
            tx, house.id, expand_pattern(Rack(pattern="M-{01..03}-{01..06}-{1..3}", aisle="M-{1}", walk=1))
        )
    screen = await windows.open(
        ["supervisor"], size=DESK, lang="en", cookies={"wms_warehouse": str(house.id)}
    )
    page = screen.page
    await screen.open("/desk/locations")
    await page.locator("svg.map a[aria-label^='Aisle M-02']").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/locations?aisle=M-02*")
    assert await page.locator("svg.map a").count() == 18
    await page.locator("svg.map a[aria-label^='M-02-04-3']").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/locations/*")
    assert await page.locator("h1").inner_text() == "M-02-04-3"
    await page.get_by_text("Lock it").click()
    await page.get_by_label("Reason").fill("krzywa belka")
    await page.get_by_role("button", name="Lock", exact=True).click()
    await page.get_by_text("The place is locked.").wait_for()
    await page.get_by_text("Coordinates, zone, walk, room").click()
    await page.get_by_label("Rank on the walk").fill("99")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("The place is changed.").wait_for()
    await screen.open("/desk/locations?aisle=M-02")
    assert await page.locator("svg.map path.locked").count() == 1
    assert not await screen.axe()


async def test_a_delivery_from_a_file_of_a_polish_spreadsheet(
    windows: Windows, db: Database, tmp_path: Path
) -> None:
    shop, house = await a_shop(db), await a_warehouse(db)
    sku = await a_sku(db, shop=shop)
    file = tmp_path / "dostawa.csv"
    file.write_bytes(f"kod;ilość\r\n{sku.code};12\r\nŻÓŁĆ;3\r\n".encode("windows-1250"))
    screen = await windows.open(
        ["supervisor"], size=DESK, lang="pl", cookies={"wms_warehouse": str(house.id)}
    )
    page = screen.page
    await screen.open("/desk/inbound/new")
    await page.set_input_files("#file", file)
    await page.wait_for_function("document.getElementById('lines').value.includes('ŻÓŁĆ')")
    await page.select_option("#shop_id", str(shop.id))
    await page.fill("#number", number := unique("ASN-"))
    await page.get_by_role("button", name="Sprawdź i zapowiedz").click()
    await page.get_by_text("Nic jeszcze nie zapowiedziano: 1 pozycja jest niepoprawna.").wait_for()
    assert not await screen.axe()
    await page.get_by_role("button", name="Zapowiedz bez nich 1 dobrą pozycję").click()
    await page.get_by_role("link", name=f"Zobacz dostawę {number}").click()
    await page.wait_for_url("**/desk/inbound/asns/**")
    assert sku.code in await page.locator("main").inner_text()


async def test_settings_of_a_shop_and_a_refusal_that_keeps_the_form(windows: Windows, db: Database) -> None:
    shop = await a_shop(db)
    screen = await windows.open(["admin"], size=DESK, lang="en")
    page = screen.page
    await screen.open(f"/desk/shops/{shop.id}")
    await page.fill("#return_checklist", "Tags are on\nNothing is missing")
    await page.fill("#timezone", "Mars/Base")
    await page.get_by_role("button", name="Save").click()
    await page.locator("#said [data-tone=stop]").wait_for()
    assert await page.input_value("#return_checklist") == "Tags are on\nNothing is missing"
    await page.fill("#timezone", "Europe/Warsaw")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("The settings are saved").wait_for()
    assert await page.input_value("#return_checklist") == "Tags are on\nNothing is missing"


async def test_somebody_new_gets_a_pin_and_a_badge(windows: Windows, db: Database) -> None:
    await a_warehouse(db)
    screen = await windows.open(["admin"], size=DESK, lang="en")
    page = screen.page
    await screen.open("/desk/people")
    await page.fill("#name", "Ewa Żak")
    await page.fill("#badge", unique("B-"))
    await page.get_by_label("packing").check()
    await page.get_by_role("button", name="Add").click()
    pin = await page.locator("[data-secret]").inner_text()
    assert pin.isdigit()
    assert not await screen.axe()
    await page.get_by_role("link", name="Done").click()
    assert pin not in await page.locator("main").inner_text()


async def test_stock_is_found_and_followed_to_its_place(windows: Windows, db: Database) -> None:
    shop = await a_shop(db)
    sku, shelf = await a_sku(db, shop=shop), await a_bin(db)
    await stock_up(db, sku=sku, bin=shelf, quantity=7)
    screen = await windows.open(["care"], size=DESK, lang="en")
    page = screen.page
    await screen.open("/desk/stock")
    await page.fill("#q", sku.barcode)
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name=sku.code).click()
    await page.get_by_role("link", name=shelf.code).click()
    assert await page.locator("h1").inner_text() == shelf.code
    assert "Lock it" not in await page.locator("main").inner_text()


async def test_a_refusal_is_seen_from_the_end_of_a_long_form(windows: Windows, db: Database) -> None:
    shop = await a_shop(db)
    screen = await windows.open(["supervisor"], size=DESK, lang="pl")
    page = screen.page
    await screen.open(f"/desk/shops/{shop.id}/rules")
    await page.get_by_label("Do czego służy").fill("Drogie")
    await page.locator("#services").fill("nikt")
    await page.locator("#value_from").fill("12,345")
    await page.get_by_role("button", name="Dodaj").click()
    said = page.get_by_text("Wartość od: kwota w postaci 129,90")
    await said.wait_for()
    assert await page.evaluate("scrollY") > 0, "the top of the page is out of sight"
    box = await said.bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 100
