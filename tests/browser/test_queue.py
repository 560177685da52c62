"""The scan queue: nothing lost, nothing doubled, nothing garbled, in order, whatever happens on the way."""

import asyncio
import contextlib
import json
import random

from playwright.async_api import Route

from tests.browser.conftest import Screen, Windows
from tests.browser.wedge import arrived, codes, ready, settled, slow_server, type_scan
from tests.builders import a_warehouse, signed_in_person
from tests.conftest import Server
from wms.config import Settings
from wms.db.tx import Database


async def test_offline_and_back(windows: Windows, db: Database) -> None:
    w = await ready(windows, db)
    wanted = codes(25, 1)
    await w.page.context.set_offline(True)
    for code in wanted:
        await type_scan(w.page, code, "keys")
    await w.page.wait_for_timeout(1500)
    assert await w.page.locator("#queue").inner_text() == "25"
    assert await w.page.locator("#net").get_attribute("data-state") == "off"
    assert await arrived(db, w.person_id) == []
    await w.page.context.set_offline(False)
    await settled(w)
    assert await arrived(db, w.person_id) == wanted


async def test_two_of_five_answers_lost_after_the_commit(windows: Windows, db: Database) -> None:
    w = await ready(windows, db)
    dice = random.Random(7)

    async def lose(route: Route) -> None:
        answer = await route.fetch()  # the server has done its work
        if dice.random() < 0.4:
            await route.abort()
        else:
            await route.fulfill(response=answer)

    await w.page.route("**/floor/check", lose)
    wanted = codes(30, 2)
    for code in wanted:
        await type_scan(w.page, code, "keys")
    await settled(w)
    assert await arrived(db, w.person_id) == wanted


async def test_a_tab_killed_while_offline_sends_when_it_is_back(windows: Windows, db: Database) -> None:
    w = await ready(windows, db)
    wanted = codes(20, 3)
    await w.page.context.set_offline(True)
    for code in wanted:
        await type_scan(w.page, code, "keys")
    await w.page.wait_for_timeout(200)
    context, old = w.page.context, w.page
    session = await context.new_cdp_session(old)
    with contextlib.suppress(Exception):  # a tab that is killed does not answer
        await asyncio.wait_for(session.send("Page.crash"), 5)
    await old.close()
    await context.set_offline(False)
    again = Screen(await context.new_page(), w.base, w.person_id)
    await again.open("/floor/check")
    await settled(again)
    assert await arrived(db, w.person_id) == wanted


async def test_a_server_killed_in_the_middle(windows: Windows, db: Database, settings: Settings) -> None:
    server = Server(settings)
    server.start()
    try:
        w = await ready(windows, db, server.url)
        wanted = codes(60, 4)
        for i, code in enumerate(wanted):
            await type_scan(w.page, code, "keys")
            if i in (15, 40):
                server.kill()
            if i in (25, 50):
                await asyncio.to_thread(server.start)
        await settled(w)
        assert await arrived(db, w.person_id) == wanted
    finally:
        server.stop()


async def test_a_colleagues_scans_are_not_sent_in_my_name(windows: Windows, db: Database) -> None:
    w = await ready(windows, db)
    other = await signed_in_person(db, roles=["picker"])
    await w.page.context.set_offline(True)
    wanted = codes(3, 5)
    for code in wanted:
        await type_scan(w.page, code, "keys")
    context = w.page.context
    mine = next(c for c in await context.cookies() if c["name"] == "wms_session")["value"]
    await context.add_cookies([{"name": "wms_session", "value": other.token, "url": w.base}])
    await context.set_offline(False)  # the page finds out with its first try, and is drawn for the other
    await w.page.wait_for_function("id => document.body.dataset.person === id", arg=str(other.id))
    await type_scan(w.page, "K99999-COLLEAGUE", "keys")
    await settled(w)
    assert await arrived(db, other.id) == ["K99999-COLLEAGUE"]
    assert await w.page.locator("#others").is_visible()
    await context.add_cookies([{"name": "wms_session", "value": mine, "url": w.base}])
    await w.open("/floor/check")
    await settled(w)
    assert await arrived(db, w.person_id) == wanted


async def test_what_is_scanned_behind_a_refused_scan_waits_for_a_word(windows: Windows, db: Database) -> None:
    warehouse = await a_warehouse(db)
    w = await windows.open(["picker"], cookies={"wms_warehouse": str(warehouse.id)})
    await w.open("/floor/pick")
    await w.page.route("**/floor/pick", slow_server(300))
    for code in ("4006381333931", "5901234123457", "5901234123457"):  # goods, with no cart in hand
        await type_scan(w.page, code, "keys")
    await w.page.wait_for_selector("#stopped:not([hidden])")
    assert await w.code() == "nothing-to-pick"
    assert await w.page.locator("#stopped-n").inner_text() == "2"
    await w.page.click("[data-queue=drop]")
    assert await w.page.locator("#stopped").is_hidden()
    await w.page.wait_for_timeout(500)
    async with db.begin() as tx:
        sent = await tx.value(
            "select count(*) from event where kind = 'refusal' and ref = 'nothing-to-pick' and person_id = $1",
            w.person_id,
        )
    assert sent == 1


async def test_gs_of_a_wedge_and_a_scan_of_ten_thousand(windows: Windows, db: Database) -> None:
    w = await ready(windows, db)
    await w.scan("010590123412345710L1\x1d17271231")
    await w.page.keyboard.insert_text("x" * 10_000)
    await w.page.keyboard.press("Enter")
    for hostile in (
        "<img src=x onerror=alert(1)>",
        "'; drop table person; --",
        json.dumps({"a": [1]}),
        "a\tb\x0bc\x1b[0m",
    ):
        await w.page.keyboard.insert_text(hostile)
        await w.page.keyboard.press("Enter")
    await settled(w)
    got = await arrived(db, w.person_id)
    assert got[0] == "010590123412345710L1\x1d17271231"
    assert len(got[1]) == 1024
    assert got[2] == "<img src=x onerror=alert(1)>"
    assert await w.page.locator("#screen img").count() == 0
    assert "GTIN 05901234123457" in await w.text()
