"""Receiving, put-away, moves, replenishment, counting and looking up on a handheld, by scans alone, at 360x640."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.browser.conftest import Screen, Windows
from tests.browser.floor import on_floor, refuses, survives_hostile_scans, wants
from tests.builders import (
    a_bin,
    a_lot,
    a_person,
    a_shop,
    a_sku,
    a_tote,
    on_hand,
    signed_in_person,
    stock_up,
    unique,
)
from tests.conftest import Api
from tests.receiving.dock import Dock, a_dock
from tests.replenishment.scene import some_faces
from wms.db.tx import Database
from wms.locations.count_request import request_count
from wms.stock.verify import verify_stock

FAR = datetime.now(UTC).date() + timedelta(days=400)


async def dock_of(db: Database, anonymous: Api) -> Dock:
    return await a_dock(anonymous, db, shared=False)


def symbol(ean: str, *, lot: str = "", day: str = "", serial: str = "") -> str:
    """A GS1 DataMatrix as a wedge types it."""
    parts = f"010{ean}" + (f"17{day}" if day else "")
    parts += f"10{lot}" if lot else ""
    return f"]d2{parts}" + (("\x1d" if lot else "") + f"21{serial}" if serial else "")


async def receipt_of(dock: Dock, shop_id: int) -> dict[str, Any]:
    r = await dock.api.get("/receipts", params={"shop_id": shop_id}, headers=dock.staff)
    newest = r.json()["items"][-1]["id"]
    r = await dock.api.get(f"/receipts/{newest}", params={"shop_id": shop_id}, headers=dock.staff)
    found: dict[str, Any] = r.json()
    return found


async def sound(db: Database, shop_id: int) -> None:
    async with db.begin() as tx:
        assert await verify_stock(tx, shop_id) == []


async def warned(w: Screen, code: str) -> str:
    """The scan is taken, and something is said about it."""
    await w.scan(code)
    tone, sentence = await w.said()
    assert (tone, await w.code()) == ("warn", ""), sentence
    return sentence


# -- receiving ------------------------------------------------------------------------------------------------------


async def test_an_announced_delivery_by_scans_only(windows: Windows, db: Database, anonymous: Api) -> None:
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop)
    jam = await a_sku(db, shop=dock.shop, lot_policy="expiry")
    phone = await a_sku(db, shop=dock.shop, serial=True)
    tote = await a_tote(db, warehouse=dock.warehouse)
    number = unique("ASN-")
    lines = [{"sku": s.code, "quantity": n} for s, n in ((mug, 3), (jam, 2), (phone, 2))]
    assert (await dock.announce(lines, number=number)).status_code == 201
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/receive")
    assert await w.want() == number
    await refuses(w, "NO-SUCH-DELIVERY", "no-delivery-for")
    await survives(w, "WMS:7")
    await wants(w, number.lower())  # the house has one dock, so there is nothing to ask
    assert (await w.step()).endswith(":goods")
    assert await w.want() == mug.barcode
    await wants(w, tote.code)
    assert tote.code in await w.text()
    await wants(w, mug.barcode, mug.barcode)
    assert (await w.said())[1] == "2 of 3 received"
    await wants(w, symbol(jam.barcode, lot="L1", day=f"{FAR:%y%m%d}"))
    assert "L1" in await w.text()
    await warned(w, phone.barcode)
    assert (await w.step()).endswith(":need")
    await wants(w, "SN-0001")  # the label on the piece, read by the scanner
    await wants(w, symbol(phone.barcode, serial="SN-0002"))
    await refuses(w, symbol(phone.barcode, serial="SN-0002"), "serial-elsewhere")
    await wants(w, tote.code)  # closed
    assert "DOCK-1" in await w.text()
    await w.scan("WMS:DONE")
    assert (await w.step()).endswith(":close")
    assert "In all: 2 missing" in await w.text()
    await wants(w, mug.barcode)  # one more was behind the door
    await w.scan("WMS:DONE")
    await wants(w, "WMS:OK")
    assert await w.step() == "closed"
    view = await receipt_of(dock, dock.shop.id)
    assert (view["state"], [(d["kind"], d["quantity"]) for d in view["discrepancies"]]) == (
        "closed",
        [("short", 1)],
    )
    assert await on_hand(db, sku=mug, location_id=dock.id, hu=tote.id) == 2
    assert await on_hand(db, sku=mug, location_id=dock.id) == 3
    await sound(db, dock.shop.id)


async def test_damaged_over_unknown_and_what_is_taken_back(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop)
    theirs = await a_sku(db, shop=await a_shop(db))
    await dock.announced([{"sku": mug.code, "quantity": 2}])
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/receive")
    await wants(w, mug.barcode)  # goods of one delivery alone open it
    assert await on_hand(db, sku=mug, location_id=dock.id) == 0, "the scan that opens counts nothing"
    await refuses(w, theirs.barcode, "someone-elses-goods")
    await refuses(w, "L-DOCK-1", "scan-the-goods")
    await survives(w, "WMS:9")
    await warned(w, "WMS:DAMAGED")
    assert "damaged" in await warned(w, mug.barcode)
    picture = BytesIO()
    Image.new("RGB", (2400, 1200), "red").save(picture, "PNG")
    field = w.page.locator("input[data-photo]")
    await field.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()})
    await w.page.wait_for_function("() => document.querySelector('#result').innerText.includes('kept')")
    await wants(w, mug.barcode)
    assert "Nobody knows" in await warned(w, "NOBODY-KNOWS-1")
    assert "3 instead of 2" in await warned(w, mug.barcode)
    await w.page.locator("[data-pad]").click()
    for key in "1", "0":
        await w.page.locator(f'#pad [data-key="{key}"]').click()
    assert "13 instead of 2" in await warned(w, mug.barcode)
    await wants(w, "WMS:UNDO")
    view = await receipt_of(dock, dock.shop.id)
    assert {(d["kind"], d["quantity"]) for d in view["discrepancies"]} == {
        ("damaged", 1),
        ("unknown", 1),
        ("over", 1),
    }
    (damaged,) = [d for d in view["discrepancies"] if d["kind"] == "damaged"]
    assert len(damaged["photos"]) == 1
    await wants(w, "WMS:UNDO", "WMS:UNDO", "WMS:UNDO", "WMS:UNDO")
    assert (await w.said())[0] == "ok"
    view = await receipt_of(dock, dock.shop.id)
    assert (view["discrepancies"], [n["received"] for n in view["lines"]]) == ([], [0])
    assert await on_hand(db, sku=mug, location_id=dock.id) == 0
    await w.scan("WMS:UNDO")
    assert "nothing to take back" in (await w.said())[1]
    await sound(db, dock.shop.id)


async def survives(w: Screen, choice: str) -> None:
    """Noise of every kind is refused and moves nothing; what a dock takes for an unknown code is left out."""
    step = await w.step()
    for scan in ("WMS:EVERYTHING", choice, "WMS:MISSING", "]C10112345", "X" * 10_000):
        await w.page.keyboard.insert_text(scan)
        await w.page.keyboard.press("Enter")
        await w.settled()
        assert (await w.said())[0] in ("stop", "warn"), scan[:40]
        assert await w.step() == step


async def test_what_a_symbol_lacks_is_typed_once_for_the_same_goods(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    dock = await dock_of(db, anonymous)
    jam, mug = await a_sku(db, shop=dock.shop, lot_policy="expiry"), await a_sku(db, shop=dock.shop)
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/receive", lang="pl")
    await wants(w, "WMS:9")  # nobody announced it
    assert await w.step() == "shop"
    await refuses(w, "NOBODY-KNOWS-1", "choose-on-screen")
    await wants(w, jam.barcode)  # whose goods: only one shop has these
    await warned(w, jam.barcode)
    await refuses(w, "SOON", "day-unreadable")
    field = w.page.locator("form[data-typed] input").first
    await field.click()
    await w.page.keyboard.type("31.05.2031")
    await w.page.keyboard.press("Enter")
    await w.settled()
    assert (await w.said())[0] == "ok"
    await wants(w, jam.barcode)  # the same again: nothing is asked
    await wants(w, mug.barcode)
    await warned(w, jam.barcode)  # but it is after other goods
    await w.scan("WMS:UNDO")
    assert (await w.said())[0] == "info"
    assert await on_hand(db, sku=jam, location_id=dock.id) == 2
    await sound(db, dock.shop.id)


async def test_scans_faster_than_answers_are_counted_each_once(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop)
    await dock.announced([{"sku": mug.code, "quantity": 30}])
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/receive")
    await wants(w, await w.want())
    for _ in range(30):
        await w.scan(mug.barcode, wait=False)
    await w.settled()
    assert (await w.said())[1] == "30 of 30 received"
    assert await on_hand(db, sku=mug, location_id=dock.id) == 30


async def test_a_second_receiver_joins_and_a_closed_receipt_says_so(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop)
    await dock.announced([{"sku": mug.code, "quantity": 2}])
    first = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/receive")
    await wants(first, "WMS:1", mug.barcode)
    second = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/receive")
    assert "Łucja Żak at DOCK-1" in await second.text()
    await wants(second, "WMS:OK", mug.barcode)
    await second.scan("WMS:UNDO")  # one's own scan, and no further
    await second.scan("WMS:UNDO")
    assert await on_hand(db, sku=mug, location_id=dock.id) == 1
    await second.scan("WMS:DONE")
    await wants(second, "WMS:OK")
    await refuses(first, mug.barcode, "receipt-closed")
    await first.open("/floor/receive")
    assert await first.step() == "closed"


# -- put-away -------------------------------------------------------------------------------------------------------


async def test_put_away_of_goods_and_of_a_tote(windows: Windows, db: Database, anonymous: Api) -> None:
    dock = await dock_of(db, anonymous)
    mug, cup = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    shelf, other = [await a_bin(db, warehouse=dock.warehouse) for _ in range(2)]
    tote = await a_tote(db, warehouse=dock.warehouse)
    receipt = await dock.opened()
    r = await anonymous.post(
        f"/receipts/{receipt}/handling-units",
        json={"shop_id": dock.shop.id, "label": tote.code}, headers=dock.staff,
    )  # fmt: skip
    assert r.status_code == 201, r.text
    await dock.scanned(receipt, mug.barcode, quantity=5)
    await dock.scanned(receipt, cup.barcode, quantity=4, handling_unit_id=tote.id)
    await dock.scanned(receipt, cup.barcode, quantity=1, damaged=True)
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/putaway")
    assert await w.want() == tote.code
    await refuses(w, shelf.label, "goods-first")
    await refuses(w, "WMS:UNDO", "nothing-to-undo-yet")
    await survives_hostile_scans(w)
    await wants(w, mug.barcode, mug.barcode)
    assert "2/5" in (await w.text()).replace("\n", "")
    assert await w.want() in (shelf.label, other.label)
    await refuses(w, "L-DOCK-1", "wrong-place")
    await refuses(w, "L-QUARANTINE", "not-for-quarantine")
    await refuses(w, cup.barcode, "hands-full")
    await wants(w, other.label)  # another place than the suggested one is as good
    assert await on_hand(db, sku=mug, location_id=other.id) == 2
    await wants(w, "WMS:UNDO")
    assert await on_hand(db, sku=mug, location_id=dock.id) == 5
    await wants(w, mug.barcode, "WMS:OK", shelf.label)
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 5
    await wants(w, tote.code)
    assert "4" in await w.text()
    await wants(w, await w.want())
    assert await on_hand(db, sku=cup, location_id=other.id) == 4
    await wants(w, cup.barcode)
    assert await w.want() == "L-QUARANTINE"
    await refuses(w, shelf.label, "quarantine-only")
    await wants(w, await w.want())
    assert "Nothing waits" in await w.text()
    await sound(db, dock.shop.id)


async def test_two_lots_under_one_code_are_asked_about(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    dock = await dock_of(db, anonymous)
    jam = await a_sku(db, shop=dock.shop, lot_policy="lot")
    shelf = await a_bin(db, warehouse=dock.warehouse)
    receipt = await dock.opened()
    for lot in ("A1", "B2"):
        await dock.scanned(receipt, jam.barcode, quantity=2, lot=lot)
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/putaway", lang="pl")
    await wants(w, jam.barcode)
    assert await w.step() == "which"
    await refuses(w, "WMS:7", "choose-one")
    await wants(w, "WMS:2")
    assert "B2" in await w.text()
    await wants(w, shelf.label)
    await wants(w, symbol(jam.barcode, lot="A1"))  # a symbol that names the lot asks nothing
    assert "A1" in await w.text()


async def test_a_stale_page_puts_nothing_away_twice(windows: Windows, db: Database, anonymous: Api) -> None:
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop)
    shelf = await a_bin(db, warehouse=dock.warehouse)
    await dock.stood(mug, 5)
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor/putaway")
    await wants(w, mug.barcode)
    stale = await w.page.context.new_page()
    await stale.goto(w.base + "/floor/putaway")
    await wants(w, shelf.label)
    await stale.keyboard.type(shelf.label)
    await stale.keyboard.press("Enter")
    await stale.wait_for_selector('#result .said[data-tone="info"]')
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 1


# -- free moves -----------------------------------------------------------------------------------------------------


async def test_free_moves_of_goods_and_of_a_tote(windows: Windows, db: Database, anonymous: Api) -> None:
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop)
    shelf, other = [await a_bin(db, warehouse=dock.warehouse) for _ in range(2)]
    reserve = await a_bin(db, warehouse=dock.warehouse, kind="reserve")
    tote = await a_tote(db, warehouse=dock.warehouse)
    await stock_up(db, sku=mug, bin=shelf, quantity=6)
    await stock_up(db, sku=mug, bin=reserve, quantity=3, hu=tote.id)
    w = await on_floor(windows, dock.warehouse, ["picker"], "/floor/move")
    await refuses(w, mug.barcode, "source-first")
    await refuses(w, "L-WORK", "not-moved-from-here")
    await survives_hostile_scans(w)
    await wants(w, shelf.label, mug.barcode, mug.barcode)
    await refuses(w, "L-WORK", "not-moved-here")
    await refuses(w, "L-QUARANTINE", "not-for-quarantine")
    await wants(w, other.label)
    assert await on_hand(db, sku=mug, location_id=other.id) == 2
    await wants(w, "WMS:UNDO")
    assert await on_hand(db, sku=mug, location_id=other.id) == 0
    await wants(w, shelf.label, mug.barcode, "WMS:DAMAGED", "L-QUARANTINE")
    assert await on_hand(db, sku=mug, location_id=dock.warehouse.locations["QUARANTINE"]) == 1
    await wants(w, tote.code, other.label)
    assert await on_hand(db, sku=mug, location_id=other.id, hu=tote.id) == 3
    await sound(db, dock.shop.id)


# -- replenishment --------------------------------------------------------------------------------------------------


async def test_replenishment_by_three_scans(windows: Windows, db: Database, anonymous: Api) -> None:
    faces = await some_faces(db, anonymous)
    mug = await faces.stocked(24)
    shelf = await faces.face(mug, low=2, high=3)
    await faces.plan()
    w = await on_floor(windows, faces.scene.warehouse, ["receiver"], "/floor/replenish")
    await refuses(w, "NOTHING", "replenish-choose")
    await wants(w, await w.want())
    assert (await w.step()).endswith(":location")
    await refuses(w, "L-DOCK-1", "replenish-wrong-source")
    await survives_hostile_scans(w)
    await wants(w, await w.want())
    await refuses(w, shelf.label, "replenish-not-all")
    await wants(w, mug.barcode, mug.barcode, mug.barcode)
    await refuses(w, "L-DOCK-1", "replenish-wrong-target")
    holder = await on_floor(windows, faces.scene.warehouse, ["picker"], "/floor/replenish")
    assert "Łucja Żak is filling" in await holder.text()
    await wants(w, await w.want())
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 3
    assert "No shelf waits" in await w.text()
    await w.scan("WMS:UNDO")
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 0
    assert (await w.step()).endswith(":location")
    await faces.sound()


# -- counting -------------------------------------------------------------------------------------------------------


async def test_a_blind_count_piece_by_piece(windows: Windows, db: Database, anonymous: Api) -> None:
    dock = await dock_of(db, anonymous)
    mug, cup = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    shelf, other, empty = [await a_bin(db, warehouse=dock.warehouse) for _ in range(3)]
    await stock_up(db, sku=mug, bin=shelf, quantity=7777)
    await stock_up(db, sku=cup, bin=shelf, quantity=8888)
    async with db.begin() as tx:
        for place in (shelf, empty):
            await request_count(tx, place.id, "manual")
    w = await on_floor(windows, dock.warehouse, ["picker"], "/floor/count")
    answers: list[str] = []

    async def heard(response: Any) -> None:
        if "/floor/count" in response.url:
            answers.append(await response.text())

    w.page.on("response", heard)
    await refuses(w, other.label, "no-count-here")
    await survives_hostile_scans(w)
    await wants(w, "WMS:1")
    await refuses(w, other.label, "count-elsewhere")
    await wants(w, await w.want(), mug.barcode, mug.barcode)
    assert (await w.said())[1] == "2 counted"
    colleague = await on_floor(windows, dock.warehouse, ["picker"], "/floor/count")
    assert "Łucja Żak is counting" in await colleague.text()
    await refuses(colleague, shelf.label, "count-taken")
    await w.page.locator("[data-pad]").click()
    await w.page.locator('#pad [data-key="9"]').click()
    await wants(w, mug.barcode)
    assert (await w.said())[1] == "11 counted"
    await wants(w, "WMS:UNDO")
    assert "2" in await w.text()
    await refuses(w, other.label, "count-finish-first")
    await wants(w, "WMS:DONE")
    assert await on_hand(db, sku=mug, location_id=shelf.id) == 2
    assert "once more" in await refuses(w, "WMS:UNDO", "count-in-the-books")
    assert await on_hand(db, sku=cup, location_id=shelf.id) == 0
    await wants(w, empty.label)
    await w.scan("WMS:DONE")
    assert "nothing at all" in await w.text()
    await wants(w, "WMS:OK")
    assert "Nothing has to be counted" in await w.text()
    assert answers
    assert not [a for a in answers if "7777" in a or "8888" in a or "7775" in a]
    await sound(db, dock.shop.id)


async def test_a_count_asks_for_the_lot_that_a_code_lacks(
    windows: Windows, db: Database, anonymous: Api
) -> None:
    dock = await dock_of(db, anonymous)
    jam = await a_sku(db, shop=dock.shop, lot_policy="expiry")
    shelf = await a_bin(db, warehouse=dock.warehouse)
    lot = await a_lot(db, sku=jam, code="L7", expires_on=FAR)
    await stock_up(db, sku=jam, bin=shelf, quantity=2, lot=lot)
    w = await on_floor(windows, dock.warehouse, ["supervisor"], "/floor/count", lang="pl")
    await wants(w, shelf.label)  # a supervisor needs nobody to ask for it
    await warned(w, jam.barcode)
    await wants(w, "L7", jam.barcode)
    await wants(w, symbol(jam.barcode, lot="L7"))
    await wants(w, "WMS:UNDO", "WMS:DONE")
    assert await on_hand(db, sku=jam, location_id=shelf.id) == 2


# -- home and looking up --------------------------------------------------------------------------------------------


async def test_home_tells_what_waits_and_leads_there(windows: Windows, db: Database, anonymous: Api) -> None:
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop)
    await dock.announced([{"sku": mug.code, "quantity": 2}])
    w = await on_floor(windows, dock.warehouse, ["receiver"], "/floor")
    assert (await w.step()).startswith("home:receive,")
    await w.scan("WMS:1")
    await w.page.wait_for_url("**/floor/receive")
    await w.scan("WMS:HOME")
    await w.page.wait_for_url("**/floor")
    await w.scan(mug.barcode)
    await w.page.wait_for_url("**/floor/look")
    assert mug.code in await w.text()
    await wants(w, "L-DOCK-1")
    assert "DOCK-1" in await w.text()
    await refuses(w, "NOBODY-KNOWS-1", "nothing-known")
    other = await a_person(db, roles=["picker"])
    await w.scan(other.badge)
    await w.page.wait_for_url(f"**/floor/sign-in?badge={other.badge}")


@pytest.mark.parametrize("lang", ["pl", "en", "xa"])
@pytest.mark.parametrize("size", [(320, 480), (360, 640), (412, 732), (480, 800)])
async def test_inbound_screens_fit(
    windows: Windows, db: Database, anonymous: Api, size: tuple[int, int], lang: str
) -> None:
    """Place, goods, quantity and what was said are in sight without scrolling; nothing stands out to the right."""
    dock = await dock_of(db, anonymous)
    mug = await a_sku(db, shop=dock.shop, name="Kubek ceramiczny z motywem leśnym i uchem, 350 ml")
    await a_bin(db, warehouse=dock.warehouse)
    await dock.announced([{"sku": mug.code, "quantity": 3}])
    person = await signed_in_person(db, roles=["receiver"])
    w = await windows.open(
        size=size, lang=lang, token=person.token, person_id=person.id,
        cookies={"wms_warehouse": str(dock.warehouse.id)},
    )  # fmt: skip
    await w.open("/floor/receive")
    for code in ("WMS:1", mug.barcode):
        await w.scan(code)
        assert await w.overflows() == [], code
    await in_sight(w)
    await w.scan("WMS:DAMAGED")
    await w.scan(mug.barcode)
    await in_sight(w)
    await w.open("/floor/putaway")
    await w.scan(mug.barcode)
    assert await w.overflows() == []
    await in_sight(w)
    await w.open("/floor/move")
    for code in ("L-DOCK-1", mug.barcode):
        await w.scan(code)
        assert await w.overflows() == [], code


async def in_sight(w: Screen) -> None:
    hidden = await w.page.evaluate(
        """() => [...document.querySelectorAll('#result .said, .place, .item, .amount, .acts')].filter(e => {
             const r = e.getBoundingClientRect(), f = document.querySelector('.acts').getBoundingClientRect();
             return r.top < 0 || r.bottom > innerHeight || (!e.matches('.acts') && r.bottom > f.top + 1); })
             .map(e => e.className + ' ' + e.getBoundingClientRect().bottom)"""
    )
    assert hidden == []
