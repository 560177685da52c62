"""The desk in a real browser: the board hears of changes, a wave goes out by the keyboard alone, one order is worked on."""

import pytest

from tests.browser.conftest import DESK, Screen, Windows
from tests.conftest import Api
from tests.picking.scene import Scene, a_scene
from wms.db.tx import Database


@pytest.fixture
async def scene(db: Database, anonymous: Api) -> Scene:
    return await a_scene(db, anonymous)


async def at_desk(
    windows: Windows, scene: Scene, *, theme: str = "light", size: tuple[int, int] = DESK
) -> Screen:
    cookies = {"wms_warehouse": str(scene.warehouse.id)}
    return await windows.open(["supervisor"], size=size, lang="en", theme=theme, cookies=cookies)


async def tab_to(screen: Screen, selector: str) -> None:
    """Goes there as somebody without a mouse does."""
    for _ in range(80):
        await screen.page.keyboard.press("Tab")
        if await screen.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the keyboard does not get to {selector}")


async def test_a_wave_goes_out_by_keyboard_and_the_board_hears_of_it(scene: Scene, windows: Windows) -> None:
    sku = await scene.goods(20)
    for _ in range(3):
        await scene.order((sku, 1))
    watching, working = await at_desk(windows, scene, theme="dark"), await at_desk(windows, scene)
    await watching.open("/desk")
    await working.open("/desk")
    assert "No wave yet" in await watching.text()
    await tab_to(working, "a.skip[href='#w-carrier']")  # past however many pickups there are
    await working.page.keyboard.press("Enter")
    await tab_to(working, "#w-kind")
    await working.page.keyboard.type("One")
    await tab_to(working, "form[action='/desk/waves'] button")
    await working.page.keyboard.press("Enter")
    await working.page.wait_for_function(
        "() => document.getElementById('said').innerText.includes('Released 3 orders')"
    )
    await watching.page.wait_for_function(
        "() => !document.body.innerText.includes('No wave yet')", timeout=20_000
    )
    assert "0 of 1 done" in await watching.text(), "the other window was told by the stream"
    for screen in (watching, working):
        assert await screen.axe() == []
        await screen.page.set_viewport_size({"width": 1024, "height": 768})
        assert await screen.overflows() == []


async def test_drawing_anew_leaves_the_keyboard_where_it_was(scene: Scene, windows: Windows) -> None:
    sku = await scene.goods(20)
    await scene.order((sku, 1))
    screen = await at_desk(windows, scene)
    await screen.open("/desk")
    link = screen.page.locator(f"a[id^='c-{scene.carrier.id}-']").first
    await link.focus()
    await screen.page.evaluate("document.querySelector('table').dataset.old = '1'")
    await screen.page.evaluate(
        "for (const e of document.querySelectorAll('[data-live]')) htmx.trigger(e, 'live')"
    )
    await screen.page.wait_for_function("() => !document.querySelector('[data-old]')")
    assert await screen.page.evaluate("document.activeElement.id") == await link.get_attribute("id")


async def test_an_order_is_found_mended_and_cancelled_without_a_mouse(scene: Scene, windows: Windows) -> None:
    order = await scene.order((await scene.goods(3), 1))
    screen = await at_desk(windows, scene)
    await screen.open("/desk")
    await tab_to(screen, "nav .find input")
    await screen.page.keyboard.type(order.number)
    await screen.page.keyboard.press("Enter")
    await screen.page.wait_for_url(f"**/desk/orders/{scene.shop.id}/{order.id}")
    assert await screen.axe() == []
    await tab_to(screen, "details:has(#a-name) summary")
    await screen.page.keyboard.press("Enter")
    await tab_to(screen, "#a-postcode")
    await screen.page.keyboard.press("Control+a")
    await screen.page.keyboard.type("1")
    await screen.page.keyboard.press("Enter")
    await screen.page.wait_for_selector("#e-postcode")
    assert await screen.page.evaluate("document.activeElement.id") == "a-postcode", (
        "the cursor is where the fault is"
    )
    assert await screen.axe() == []
    await screen.page.keyboard.press("Control+a")
    await screen.page.keyboard.type("00-950")
    await screen.page.keyboard.press("Enter")
    await screen.page.wait_for_url("**done=address")
    await tab_to(screen, "details:has(#cancel-why) summary")
    await screen.page.keyboard.press("Enter")
    await tab_to(screen, "#cancel-why")
    await screen.page.keyboard.type("the buyer changed their mind")
    await screen.page.keyboard.press("Enter")
    await screen.page.wait_for_url("**done=cancelled")
    assert await scene.state(order) == "cancelled"
