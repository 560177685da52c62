"""What was right and what was wrong is heard, felt, and seen by its sign, its colour and its words, without reading."""

from typing import Any

from tests.browser.conftest import Screen, Windows
from tests.browser.floor import on_floor
from tests.conftest import Api
from tests.picking.scene import a_scene
from wms.db.tx import Database

LISTEN = """() => {
  window.cues = {hertz: [], shakes: []};
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) { cues.hertz.push(this.frequency.value); return start.apply(this, at); };
  Object.defineProperty(navigator, 'vibrate', {value: (how) => cues.shakes.push(how)});
}"""
SEEN = """() => {
  const said = document.querySelector('#result .said'), cues = window.cues;
  window.cues = {hertz: [], shakes: []};
  return {...cues, sign: said.querySelector('svg').outerHTML, colour: getComputedStyle(said).backgroundColor,
          whole: getComputedStyle(document.getElementById('result')).backgroundColor};
}"""


async def cues_of(w: Screen, code: str) -> tuple[str, dict[str, Any]]:
    await w.page.evaluate("() => { window.cues = {hertz: [], shakes: []}; }")
    await w.scan(code)
    tone, words = await w.said()
    assert words
    return tone, await w.page.evaluate(SEEN)


async def test_right_and_wrong_differ_for_every_sense(windows: Windows, db: Database, anonymous: Api) -> None:
    scene = await a_scene(db, anonymous)
    cup, plate = await scene.goods(5), await scene.goods(5)
    await scene.order((cup, 1))
    assert await scene.wave()
    w = await on_floor(windows, scene.warehouse, ["picker"], "/floor/pick", who=scene.picker)
    await w.page.locator("main").tap()  # a page may shake a device only after somebody has touched it
    await w.page.evaluate(LISTEN)
    await w.scan("WMS:OK")
    await w.scan((await scene.tote()).code)
    good, right = await cues_of(w, await w.want())
    bad, wrong = await cues_of(w, plate.barcode)
    assert (good, bad) == ("ok", "stop")
    taken, *answer = right["hertz"]
    assert wrong["hertz"][0] == taken, "every scan ticks when it is taken, before anybody has judged it"
    assert min(answer) > 2 * max(wrong["hertz"][1:]), "high for right, low for wrong"
    assert len(right["shakes"]) == len(wrong["shakes"]) == 1
    assert sum(wrong["shakes"][0]) > 5 * right["shakes"][0]
    assert right["sign"] != wrong["sign"]
    assert (right["colour"], right["whole"]) != (wrong["colour"], wrong["whole"])
