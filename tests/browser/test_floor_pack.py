"""Singles packed on a handheld: the piece finds its order, the carton closes the parcel, the label comes back from the box."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.browser.conftest import Screen, Windows
from tests.browser.floor import on_floor, refuses, survives_hostile_scans, wants
from tests.builders import a_carrier, a_lot, a_shop, a_sku, a_tote, a_warehouse
from tests.packing.test_pages import inserts, the_label
from tests.shipping.flow import Wanted, a_carton, a_picked_order, order_state
from wms.db.tx import Database

PAGE = "/floor/pack-singles"
SIZES = ((320, 480), (360, 640))


async def seen(w: Screen, what: str) -> None:
    """Nothing stands out of the window, nothing is unreadable; kept as a picture where somebody wants to look."""
    for width, height in SIZES:
        await w.page.set_viewport_size({"width": width, "height": height})
        assert not await w.overflows(), (what, width)
        if folder := os.environ.get("WMS_PICTURES"):
            await w.page.screenshot(path=Path(folder) / f"singles-{what}-{width}.png")
    assert not await w.axe(), what


async def to_label(w: Screen, code: str) -> int:
    """The scan that closes a parcel; the parcel's id."""
    await w.scan(code, wait=False)
    await w.page.wait_for_url(f"**{PAGE}/label/**")
    await w.settled()
    return int(w.page.url.rsplit("/", 1)[1])


async def back(w: Screen, code: str) -> None:
    """The scan that leads from the label to the tote."""
    await w.scan(code, wait=False)
    await w.page.wait_for_url(f"**{PAGE}")
    await w.settled()


async def to_station(w: Screen) -> None:
    """The scan that chooses the station; the page that follows has the same address."""
    await w.scan("L-PACK-1", wait=False)
    await w.page.wait_for_selector("#screen [data-step$=':tote']")
    await w.settled()


async def test_singles_from_the_shared_tote_to_their_labels(windows: Windows, db: Database) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db, adapter="dpd_pl"), await a_warehouse(db)
    mug, lamp = await a_sku(db, shop=shop), await a_sku(db, shop=shop, name="Lampka")
    tote, carton = await a_tote(db), await a_carton(db)
    soon = datetime.now(UTC) + timedelta(minutes=30)
    late, early, other = [
        await a_picked_order(
            db,
            shop=shop,
            carrier=carrier,
            lines=[Wanted(sku)],
            tote=tote,
            ship_by=soon + timedelta(minutes=m),
        )
        for sku, m in ((mug, 9), (mug, 1), (lamp, 5))
    ]
    several = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug), Wanted(lamp)])
    w = await on_floor(windows, warehouse, ["packer"], PAGE)
    assert await w.step() == "station"
    await survives_hostile_scans(w)
    await to_station(w)
    assert (await w.step()).endswith(":tote")
    await seen(w, "tote")
    await refuses(w, several.tote.code, "not-singles")
    await refuses(w, "T-NOWHERE", "nothing-to-pack")
    await wants(w, tote.code)
    assert (await w.step()).endswith(":piece")
    assert await w.want() == mug.barcode
    await seen(w, "piece")
    await survives_hostile_scans(w)
    await refuses(w, "5909999999995", "unknown-goods")
    await wants(w, mug.barcode)
    assert early.number in await w.text()  # the oldest promise
    assert (await w.step()).endswith(":weight")
    await seen(w, "carton")
    await refuses(w, mug.barcode, "wrong-item")
    await w.scan("WMS:UNDO")
    assert (await w.step()).endswith(":piece")
    await wants(w, mug.barcode)
    parcel_id = await to_label(w, carton)
    assert await order_state(db, early) == "packed"
    await refuses(w, "PX000000000099", "no-label-yet")
    await seen(w, "label-asked")
    number = await the_label(db, shop.id, parcel_id)
    await w.page.wait_for_selector(f"text={number}")  # found by itself
    await seen(w, "label")
    await refuses(w, "PX000000000099", "wrong-label")
    await back(w, number)
    assert (await w.step()).endswith(":piece")  # the tote is still in hand
    await wants(w, mug.barcode)
    assert late.number in await w.text()
    await to_label(w, carton)
    await back(w, "WMS:SKIP")
    await w.scan(
        "WMS:UNDO", wait=False
    )  # it has its label: that is void first, and then the parcel is open again
    await w.page.wait_for_url(f"**{PAGE}/label/**")
    await w.settled()
    await back(w, "WMS:UNDO")
    await w.scan("WMS:UNDO")
    assert late.number in await w.text()
    await w.scan("WMS:UNDO")
    assert (await w.step()).endswith(":piece")
    await wants(w, lamp.barcode)
    assert other.number in await w.text()
    await to_label(w, carton)
    await back(w, "WMS:SKIP")
    await wants(w, mug.barcode)
    await to_label(w, carton)
    await back(w, "WMS:SKIP")
    assert (await w.step()).endswith(":tote")  # it is empty
    await refuses(w, tote.code, "nothing-to-pack")
    assert [await order_state(db, o) for o in (late, early, other)] == ["labelled"] * 3
    async with db.begin() as tx:
        events = await tx.rows(
            "select data from event where shop_id = $1 and kind = 'parcel.closed' order by id", shop.id
        )
    assert all(e["data"]["reckoned"] and e["data"]["weight_g"] == 390 for e in events)


async def test_what_a_label_stops_and_a_void_lets_go(windows: Windows, db: Database) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    mug, tote = await a_sku(db, shop=shop), await a_tote(db)
    for _ in range(2):
        await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)], tote=tote)
    carton = await a_carton(db)
    w = await on_floor(windows, warehouse, ["packer"], PAGE, lang="pl")
    await to_station(w)
    await wants(w, tote.code, mug.barcode)
    parcel_id = await to_label(w, carton)
    await w.page.wait_for_selector(".figure")
    await back(w, "WMS:SKIP")
    await w.scan("WMS:UNDO", wait=False)  # so does the wish to open it again
    await w.page.wait_for_url(f"**{PAGE}/label/**")
    await w.settled()
    await back(w, "WMS:SKIP")
    async with db.begin() as tx:
        box = await tx.value(
            "select h.code from parcel p join handling_unit h on h.id = p.hu_id where p.shop_id = $1 and p.id = $2",
            shop.id,
            parcel_id,
        )
    await w.scan(box, wait=False)  # the box leads to its label
    await w.page.wait_for_url(f"**{PAGE}/label/**")
    await w.settled()
    await back(w, "WMS:UNDO")
    await w.scan("WMS:UNDO")
    assert (await w.step()).endswith(":weight")


async def test_lots_inserts_and_weights_that_nobody_knows(windows: Windows, db: Database) -> None:
    shop, carrier, warehouse = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    jam = await a_sku(db, shop=shop, lot_policy="lot", name="Konfitura")
    one, two = await a_lot(db, sku=jam, code="LOT-A"), await a_lot(db, sku=jam, code="LOT-B")
    tote, carton = await a_tote(db), await a_carton(db)
    soon = datetime.now(UTC) + timedelta(minutes=30)
    orders = [
        await a_picked_order(
            db,
            shop=shop,
            carrier=carrier,
            lines=[Wanted(jam, 1, lot)],
            tote=tote,
            ship_by=soon + timedelta(minutes=n),
        )
        for n, lot in enumerate((one, two))
    ]
    await inserts(db, shop.id, "Kartka z podziękowaniem")
    async with db.begin() as tx:
        await tx.run("update sku set weight_g = null where shop_id = $1 and id = $2", shop.id, jam.id)
    w = await on_floor(windows, warehouse, ["packer"], PAGE)
    await to_station(w)
    await wants(w, tote.code)
    await w.scan(jam.barcode)
    assert (await w.code(), (await w.step()).split(":")[2]) == ("lot-needed", "lot")
    await seen(w, "lot")
    await w.scan(
        "LOT-B"
    )  # the piece in hand goes to the order that was picked with its lot, though another is older
    assert orders[1].number in await w.text()
    assert (await w.step()).endswith(":inserts")
    await seen(w, "inserts")
    await wants(w, "WMS:OK")
    await wants(w, carton)
    assert "enter the grams" in await w.text()
    await seen(w, "grams")
    await refuses(w, "WMS:OK", "weight-needed")
    await w.page.click("[data-pad]")
    for key in "430":
        await w.page.click(f"[data-key='{key}']")
    await w.page.click("[data-key=ok]")
    await w.page.wait_for_url(f"**{PAGE}/label/**")
    await w.settled()
    await back(w, "WMS:SKIP")
    await wants(w, jam.barcode)  # only one lot is left: nothing to ask
    assert orders[0].number in await w.text()
