"""The scale of a pack station, over Web Serial: the port is a stand-in of the test's, everything behind it is real."""

from typing import Any

from tests.browser.conftest import DESK, Screen, Windows
from tests.builders import AWarehouse, a_carrier, a_shop, a_sku, a_tote, a_warehouse
from tests.shipping.flow import CARTON_G, Wanted, a_carton, a_picked_order
from wms.db.tx import Database

PORT = """
(() => {
  let out = null;
  const port = {
    readable: null, writable: null, asked: [], opened: null,
    async open(options) {
      if (this.readable) throw new Error('open already');
      this.opened = options;
      this.readable = new ReadableStream({start: (c) => { out = c; }});
      this.writable = new WritableStream({write: (bytes) => { this.asked.push(new TextDecoder().decode(bytes)); }});
    },
    async close() { this.readable = this.writable = null; },
  };
  window.port = port;
  window.scaleSays = (text) => { out.enqueue(Uint8Array.from(text, (c) => c.charCodeAt(0))); };
  window.pullThePlug = () => { port.open = async () => { throw new Error('gone'); }; out.error(new Error('gone')); };
  const known = () => sessionStorage.getItem('granted') ? [port] : [];
  Object.defineProperty(navigator, 'serial', {value: {
    getPorts: async () => known(), addEventListener() {},
    requestPort: async () => { sessionStorage.setItem('granted', '1'); return port; },
  }});
})();
"""
TOLEDO = "\x02{a}{b}{c}{weight:>6}000000"
LINES: list[tuple[str, dict[str, Any] | None]] = [
    ("ST,GS,+  1.234kg", {"grams": 1234, "stable": True}),
    ("US,GS,+  1.180kg", {"grams": 1180, "stable": False}),
    ("ST,NT,-  0.012kg", {"grams": -12, "stable": True}),
    ("ST,+00390.0  g", {"grams": 390, "stable": True}),
    ("ST,GS,\x01\x30,   2,505,kg", {"grams": 2505, "stable": True}),
    ("OL,GS,+  9.999kg", None),
    ("S S     1.2345 kg", {"grams": 1235, "stable": True}),
    ("S D     0.87 kg", {"grams": 870, "stable": False}),
    ("S +", None),
    ("S I", None),
    ("SI ?     18.5 kg", {"grams": 18500, "stable": False}),
    ("SI       18.5 kg", {"grams": 18500, "stable": True}),
    ("SU      172 g", {"grams": 172, "stable": True}),
    ("  0.640 kg", {"grams": 640, "stable": None}),
    ("2 lb", {"grams": 907, "stable": None}),
    (TOLEDO.format(a="-", b="0", c=" ", weight="1234"), {"grams": 1234, "stable": True}),  # 0.001 kg, still
    (TOLEDO.format(a="-", b="8", c=" ", weight="1234"), {"grams": 1234, "stable": False}),  # moving
    (
        TOLEDO.format(a=",", b="2", c=" ", weight="150"),
        {"grams": -1500, "stable": True},
    ),  # 0.01 kg, below zero
    (TOLEDO.format(a="-", b="4", c=" ", weight="1234"), None),  # too much
    ("7f" + TOLEDO.format(a="+", b=" ", c=" ", weight="25"), {"grams": 1134, "stable": True}),  # 0.1 lb
    ("", None),
    ("READY", None),
    ("5901234123457", None),
    ("<b>1.2 kg", {"grams": 1200, "stable": None}),
]


async def at_weight(
    windows: Windows, db: Database, warehouse: AWarehouse, orders: int = 1
) -> tuple[Screen, str]:
    """A packer whose parcel waits for its weight, with further orders in the tote, and the bar code of their pieces."""
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug, tote = await a_sku(db, shop=shop), await a_tote(db)
    for _ in range(orders):
        await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)], tote=tote)
    w = await windows.open(
        ["packer"], size=DESK, lang="en",
        cookies={"wms_warehouse": str(warehouse.id), "wms_station": str(warehouse.locations["PACK-1"])},
    )  # fmt: skip
    await w.page.add_init_script(PORT)
    await w.open("/desk/pack")
    await w.scan(tote.code)
    await w.scan(mug.barcode)
    assert (await w.step()).endswith(":weight")
    return w, mug.barcode


async def in_box(w: Screen) -> str:
    return await w.page.input_value("#scan")


async def says(w: Screen, *lines: str) -> None:
    for line in lines:
        await w.page.evaluate("line => scaleSays(line + '\\r\\n')", line)
    await w.page.wait_for_timeout(50)


async def test_a_weight_that_stands_still_fills_the_box(windows: Windows, db: Database) -> None:
    warehouse, carton = await a_warehouse(db), await a_carton(db)
    w, mug = await at_weight(windows, db, warehouse, orders=2)
    for line, said in LINES:
        assert await w.page.evaluate("line => readScaleLine(line)", line) == said, line
    assert not await w.axe()
    await w.page.keyboard.press("F6")
    await w.page.wait_for_selector("text=says nothing yet")
    await says(w, "US,GS,+  0.250kg")
    assert await in_box(w) == ""
    assert "250 g" in await w.text()
    await says(w, "ST,GS,+  0.000kg")
    assert await in_box(w) == "", "an empty scale is no weight"
    await says(w, f"ST,GS,+  0.{CARTON_G + 250}kg")
    assert await in_box(w) == str(CARTON_G + 250)
    assert not await w.axe()
    await w.scan(carton)  # what is scanned takes the place of what the scale has filled in
    assert (await w.said())[0] == "ok"
    assert carton in await w.text()
    await says(w, "ST,GS,+  0.900kg")
    assert await in_box(w) == "900"
    await w.page.wait_for_timeout(450)
    await w.page.keyboard.press("Enter")
    await w.settled()
    assert (await w.step()).endswith(":over")
    await says(w, "ST,GS,+  0.900kg", "ST,GS,+  0.902kg")
    assert await in_box(w) == "", "it was weighed once"
    await w.scan(carton)
    await says(w, "ST,GS,+  0.900kg")
    assert await in_box(w) == "900", "another carton, the same parcel"
    await says(w, "US,GS,+  0.300kg")
    assert await in_box(w) == ""
    await says(w, *["0.390 kg"] * 4)  # a scale that does not tell: four times the same is still
    assert await in_box(w) == "390"
    await w.page.wait_for_timeout(450)
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_url("**/desk/pack/label/**")
    await w.settled()
    await w.scan("WMS:SKIP", wait=False)
    await w.page.wait_for_url("**/desk/pack")
    await w.page.wait_for_selector("text=says nothing yet")  # connected again by itself
    await says(w, "ST,GS,+  0.390kg")
    assert "390 g" in await w.text()
    assert await in_box(w) == "", "only a parcel that waits for its weight is filled in"
    assert (await w.step()).endswith(":piece")
    await w.scan(mug)
    await says(w, "ST,GS,+  0.390kg")
    assert ((await w.step()).split(":")[-1], await in_box(w)) == ("weight", ""), (
        "that box is still the last one"
    )
    await says(w, "ST,GS,+  0.000kg", "ST,GS,+  0.390kg")
    assert await in_box(w) == "390"
    await w.page.evaluate("pullThePlug()")
    await w.page.wait_for_selector("text=scale is gone")


async def test_what_is_typed_is_the_way_out(windows: Windows, db: Database) -> None:
    warehouse, carton = await a_warehouse(db), await a_carton(db)
    w, _ = await at_weight(windows, db, warehouse)
    await w.scan(carton)
    await w.page.keyboard.press("F6")
    await w.page.wait_for_selector("text=says nothing yet")
    await says(w, "ST,GS,+  1.000kg")
    assert await in_box(w) == "1000"
    await w.page.keyboard.type("39")
    await says(w, "ST,GS,+  1.000kg")
    assert await in_box(w) == "39", "nobody writes into what is being typed"
    await w.page.keyboard.type("0")
    await w.page.keyboard.press("Enter")
    await w.page.wait_for_url("**/desk/pack/label/**")


async def test_a_scale_that_waits_to_be_asked_and_one_of_another_speed(
    windows: Windows, db: Database
) -> None:
    warehouse = await a_warehouse(db)
    w, _ = await at_weight(windows, db, warehouse)
    await w.page.keyboard.press("F6")
    await w.page.wait_for_function("() => port.asked.includes('SI\\r\\n')")
    await w.page.wait_for_function(
        "() => port.opened.baudRate === 4800", timeout=10_000
    )  # nobody answered at 9600
    await says(w, "SI       0.390 kg")
    assert await in_box(w) == "390"


async def test_only_the_pack_station_may_use_a_port(windows: Windows, db: Database) -> None:
    warehouse = await a_warehouse(db)
    w = await windows.open(
        ["supervisor"], size=DESK, lang="en",
        cookies={"wms_warehouse": str(warehouse.id), "wms_station": str(warehouse.locations["PACK-1"])},
    )  # fmt: skip
    for path, may in (("/desk/pack", True), ("/desk", False), ("/floor", False), ("/desk/orders", False)):
        answer = await w.page.goto(w.base + path)
        assert answer is not None
        policy = (await answer.all_headers())["permissions-policy"]
        assert ("serial=(self)" in policy, "serial=()" in policy) == (may, not may), path
