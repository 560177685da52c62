"""Long lists on small screens: the last choice can be seen whole and touched, and the buttons stay where they are."""

import os
from pathlib import Path

import pytest

from tests.browser.conftest import Screen, Windows
from tests.browser.floor import on_floor, wants
from tests.builders import a_sku
from tests.conftest import Api
from tests.picking.scene import a_scene
from tests.returns.world import a_world, shipped
from wms.db.tx import Database

SIZES = ((320, 480), (277, 492), (360, 640), (480, 800))
LAST = "#screen .choices > li:last-child button"
# What of the last choice lies in the window and is not under anything: its middle and all four corners.
COVERED = """(last) => {
  const b = document.querySelector(last), r = b.getBoundingClientRect();
  const at = (x, y) => { const e = document.elementFromPoint(x, y); return e === b || b.contains(e); };
  const points = [[.5, .5], [.06, .12], [.94, .12], [.06, .88], [.94, .88]].map(([x, y]) => [r.left + x * r.width, r.top + y * r.height]);
  return points.filter(([x, y]) => !at(x, y));
}"""
OUT = """() => [...document.querySelectorAll('#screen .acts > *')].filter((e) => {
  const r = e.getBoundingClientRect();
  return r.top < 0 || r.bottom > innerHeight + 1;
}).map((e) => e.outerHTML)"""


async def reachable(w: Screen, what: str, lang: str) -> None:
    for width, height in SIZES:
        await w.page.set_viewport_size({"width": width, "height": height})
        assert not await w.page.evaluate(OUT), (
            what,
            width,
            "the buttons are in sight before anybody scrolls",
        )
        if folder := os.environ.get("WMS_PICTURES"):
            await w.page.screenshot(path=Path(folder) / f"list-{what}-{lang}-{width}.png")
        await w.page.locator(LAST).scroll_into_view_if_needed()
        assert not await w.page.evaluate(COVERED, LAST), (what, width)
        assert not await w.overflows(), (what, width)
    assert not await w.axe(), what
    await w.page.set_viewport_size({"width": 320, "height": 480})


async def touch_last(w: Screen) -> str:
    """Touches the last choice as a finger does; the step that follows."""
    before = await w.step()
    await w.page.locator(LAST).tap()
    await w.settled()
    assert await w.step() != before
    return await w.step()


@pytest.mark.parametrize("lang", ["pl", "xa"])
async def test_the_last_choice_of_a_long_list_can_be_touched(
    windows: Windows, db: Database, anonymous: Api, lang: str
) -> None:
    world = await a_world(anonymous, db)
    cup = await a_sku(db, shop=world.shop, name="Kubek ceramiczny z motywem leśnym i uchem, 350 ml")
    order = await shipped(world, (cup, 2, "30.00"))
    rma = await world.announce((cup, 2), order_number=order.number)
    w = await on_floor(windows, world.warehouse, ["inspector"], "/floor/returns", lang=lang)
    await w.scan("NOBODY-KNOWS-IT")
    await reachable(w, "unknown", lang)
    assert (await touch_last(w)) != ""
    await wants(w, rma["label"], cup.barcode)
    await reachable(w, "grades", lang)
    await wants(w, "WMS:4")
    await reachable(w, "dispositions", lang)
    assert (await touch_last(w)).split(":")[2] == "reason"
    await reachable(w, "reasons", lang)
    assert (await touch_last(w)).split(":")[2] == "goods"


@pytest.mark.parametrize("lang", ["pl", "xa"])
async def test_the_last_cart_of_many_can_be_touched(
    windows: Windows, db: Database, anonymous: Api, lang: str
) -> None:
    scene = await a_scene(db, anonymous)
    cup = await scene.goods(50)
    for _ in range(7):
        await scene.order((cup, 1))
    assert await scene.wave(totes_per_cart=1, units_per_tote=1)
    w = await on_floor(windows, scene.warehouse, ["picker"], "/floor/pick", who=scene.picker, lang=lang)
    await reachable(w, "carts", lang)
    assert (await touch_last(w)).endswith(":totes")
