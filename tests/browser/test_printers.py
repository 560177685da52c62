"""The pack station with a printer of its own, by scanner and keys; and the printers' desk."""

import pytest

from tests.browser.conftest import DESK, Screen, Windows
from tests.builders import a_carrier, a_shop, a_sku, a_warehouse
from tests.packing.test_pages import the_label
from tests.printing.rig import a_printer, a_station, bound, job_is, printer_is, printing, texts
from tests.shipping.flow import CARTON_G, Wanted, a_carton, a_picked_order
from wms.db.tx import Database
from wms.printing.simulator.virtual_printer import Change, Fault
from wms.shipping.print_label import label_job


async def clean(w: Screen, what: str) -> None:
    """Readable for everybody, and nothing stands out of the window."""
    assert not await w.overflows(), what
    assert not await w.axe(), what


async def test_a_label_comes_out_and_every_trouble_is_said(windows: Windows, db: Database) -> None:
    shop, carrier, house = await a_shop(db), await a_carrier(db), await a_warehouse(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    carton, station = await a_carton(db), await a_station(db)
    async with a_printer(db, house) as p, printing(db):
        await bound(db, station, p)
        cookies = {"wms_warehouse": str(house.id), "wms_station": str(station)}
        w = await windows.open(["packer"], size=DESK, cookies=cookies)
        await w.page.add_init_script("window.print = () => { top.printed = (top.printed || 0) + 1; };")
        await w.open("/desk/pack")
        await w.page.wait_for_selector(f".head .tag:has-text('{p.code}')")
        await clean(w, "the station shows its printer")
        await w.scan(order.tote.code)
        for code in (mug.barcode, mug.barcode, carton):
            await w.scan(code)
        p.it.change(Change(paper=0))
        await w.scan(str(CARTON_G + 500))
        await w.page.wait_for_url("**/desk/pack/label/**")
        parcel = int(w.page.url.rsplit("/", 1)[1])
        number = await the_label(db, shop.id, parcel)
        await printer_is(db, p, "paper_out")
        await w.page.wait_for_selector("text=/skończył się papier/")
        await clean(w, "out of paper")
        async with w.page.expect_response("**/desk/pack/label/**/file*"):
            await w.page.keyboard.press("F6")  # the way out
        p.it.faults.append(Fault(kind="reset_after"))
        p.it.change(Change(paper=-1))
        await w.page.wait_for_selector("text=/Sprawdź, czy wydruk wyszedł/", timeout=20_000)
        await clean(w, "nobody knows")
        await w.scan("5")  # it did not come out
        async with db.begin() as tx:
            job = await label_job(tx, shop.id, parcel)
        assert job is not None
        await job_is(db, job.id, "printed")
        await w.page.wait_for_selector("text=/Weź etykietę/")
        await clean(w, "the label is out")
        await w.page.keyboard.press("F9")
        await w.page.wait_for_selector("[data-step^=again]")
        await clean(w, "why once more")
        await w.scan("1")
        await w.page.wait_for_selector("text=/Weź etykietę/")
        async with db.begin() as tx:
            job = await label_job(tx, shop.id, parcel)
        assert job is not None
        assert job.reason == "spoiled"
        assert len(texts(p)) == 3  # one that nobody saw, one instead, one because that was spoiled
        await w.scan(number)
        await w.page.wait_for_url("**/desk/pack")


@pytest.mark.parametrize(("lang", "theme"), [("pl", "dark"), ("en", "light"), ("xa", "light")])
async def test_the_printers_desk(windows: Windows, db: Database, lang: str, theme: str) -> None:
    house = await a_warehouse(db)
    station = await a_station(db)
    async with a_printer(db, house, on=False) as p, printing(db):
        await bound(db, station, p)
        w = await windows.open(
            ["admin"], size=DESK, cookies={"wms_warehouse": str(house.id)}, lang=lang, theme=theme
        )
        await w.open("/desk/printers")
        await clean(w, "the list")
        await w.page.click(f"a:has-text('{p.code}')")
        await w.page.wait_for_url(f"**/desk/printers/{p.id}")
        await w.page.click(f"form[action='/desk/printers/{p.id}/test'] button")
        await w.page.wait_for_url("**done=test")
        await w.page.wait_for_selector("form[action^='/desk/printers/jobs/']")
        await printer_is(db, p, "off")
        await w.page.wait_for_selector(".said[data-tone=warn]", timeout=15_000)
        await clean(w, "a test that waits")
        await p.raw.switch_on()
        await w.page.click(f"form[action='/desk/printers/{p.id}/ask'] button")
        await printer_is(db, p, "ready")
        await w.page.wait_for_selector("#h-queue .tag.ok", timeout=15_000)
        await w.open(f"/desk/printers/{p.id}")
        assert len(p.it.labels) == 1
        await w.page.select_option("select[name=reason]", "spoiled")
        await w.page.click("form:has(select[name=reason]) button")
        await w.page.wait_for_url("**done=again")
        await clean(w, "once more")
        await w.open(f"/desk/printers/{p.id}")
        await w.page.fill("#address", "ftp://x.example")
        await w.page.click("section[aria-labelledby=h-set] button.good")
        await w.page.wait_for_selector("#said [data-code=printer-address]")
