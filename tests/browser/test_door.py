"""Sign-in on a handheld and at a desk, in a browser."""

from tests.browser.conftest import DESK, Windows
from tests.builders import a_person, a_warehouse
from wms.db.tx import Database


async def test_badge_and_pin_then_another_badge(windows: Windows, db: Database) -> None:
    await a_warehouse(db)
    one, two = await a_person(db, roles=["picker"]), await a_person(db, roles=["receiver"], name="Ola Żuk")
    w = await windows.open()
    await w.open("/floor")
    assert "/floor/sign-in" in w.page.url
    await w.page.locator("header").click()  # a badge scanned anywhere goes into its field
    await w.page.keyboard.type(one.badge)
    await w.page.keyboard.press("Enter")
    await w.page.keyboard.type("4712")
    async with w.page.expect_navigation():
        await w.page.keyboard.press("Enter")
    await w.page.wait_for_selector(".said[data-tone=stop]")
    await w.page.wait_for_selector("#pin:focus")
    await w.page.keyboard.type("4711")
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_url("**/floor")
    assert "Kompletacja" in await w.text()
    await w.scan(two.badge)  # a badge anywhere changes the user: it is in its field already
    await w.page.wait_for_url("**/floor/sign-in?badge=*")
    await w.page.keyboard.type("4711")
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_url("**/floor")
    assert "Ola Żuk" in await w.page.locator("header").inner_text()
    assert "Kompletacja" not in await w.text()


async def test_who_has_left_is_led_to_the_door(windows: Windows, db: Database) -> None:
    await a_warehouse(db)
    w = await windows.open(["picker"])
    await w.open("/floor/pick")
    async with db.begin() as tx:
        await tx.run("update person set active = false where id = $1", w.person_id)
    await w.page.keyboard.type("WMS:OK")
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_url("**/floor/sign-in*")


async def test_desk_door(windows: Windows, db: Database) -> None:
    await a_warehouse(db)
    person = await a_person(db, roles=["supervisor"])
    w = await windows.open(size=DESK)
    await w.open("/desk/sign-in?next=/floor/me")
    await w.page.fill("#email", person.badge)
    await w.page.fill("#password", "4711")
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_url("**/floor/me")
