"""The scan queue: nothing lost, nothing doubled, nothing garbled, in order, whatever happens on the way.

The wedge table: how the scanner types x the pause between scans x how long the server takes. ``WMS_SCANS=10000`` makes
it a long one; ``-s`` shows it.
"""

import asyncio
import contextlib
import json
import os
import random
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from playwright.async_api import CDPSession, Page, Route

from tests.browser.conftest import Screen, Windows
from tests.builders import a_warehouse, signed_in_person
from tests.conftest import Server
from wms.config import Settings
from wms.db.tx import Database

TOTAL = int(os.environ.get("WMS_SCANS", "2016"))
MODES = ("keys", "slow keys", "text")
CELLS = [(gap, delay) for gap in (0, 30, 100) for delay in (0, 150)]


async def arrived(db: Database, person_id: int) -> list[str]:
    """What the server has, in its order."""
    async with db.begin() as tx:
        data: dict[str, Any] | None = await tx.value(
            """select h.data from hand h join session s on s.id = h.session_id
               where s.person_id = $1 and h.flow = 'check'""",
            person_id,
        )
    return list((data or {}).get("scans", []))


async def ready(windows: Windows, db: Database, url: str = "") -> Screen:
    await a_warehouse(db)
    w = await windows.open(["picker"], url=url)
    await w.open("/floor/check")
    return w


def codes(n: int, seed: int) -> list[str]:
    """Different codes of 13 characters, some with letters, as on real shelves."""
    dice = random.Random(seed)
    return [f"K{i:05d}-{''.join(dice.choices('ABCDEFGHJKMN0123456789', k=6))}" for i in range(n)]


_wedges: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


async def burst(page: Page, code: str) -> None:
    """All keys of a code and Enter one right behind the other, as a fast wedge does: none waits for the one before."""
    if page not in _wedges:
        _wedges[page] = await page.context.new_cdp_session(page)
    keys: list[dict[str, Any]] = []
    for c in code:
        keys += [{"type": "keyDown", "key": c, "text": c}, {"type": "keyUp", "key": c}]
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    keys += [{"type": "keyDown", "text": "\r", **enter}, {"type": "keyUp", **enter}]
    await asyncio.gather(*(_wedges[page].send("Input.dispatchKeyEvent", key) for key in keys))


async def type_scan(page: Page, code: str, mode: str) -> None:
    if mode == "keys":
        await burst(page, code)
        return
    if mode == "text":
        await page.keyboard.insert_text(code)
    else:
        await page.keyboard.type(code, delay=2)
    await page.keyboard.press("Enter")


def slow_server(delay: int) -> Any:
    async def handle(route: Route) -> None:
        await asyncio.sleep(delay / 1000)
        await route.continue_()

    return handle


@pytest.mark.parametrize("mode", MODES)
async def test_wedge_table(windows: Windows, db: Database, mode: str) -> None:
    """One handheld for each pause and each server, all at work at once."""
    screens = [await ready(windows, db) for _ in CELLS]
    print("\n| scanner | ms between | server ms | scans |\n|---|---|---|---|")
    await asyncio.gather(*(wedge(w, db, mode, *cell) for w, cell in zip(screens, CELLS, strict=True)))


async def wedge(w: Screen, db: Database, mode: str, gap: int, delay: int) -> None:
    n = max(8, TOTAL // 9 * (6 if delay == 0 else 1) // 7)  # fewer where each takes its time
    wanted = codes(n, gap * 1000 + delay)
    if delay:
        await w.page.route("**/floor/check", slow_server(delay))
    for at in range(0, n, 240):  # the server keeps the last 300
        part = wanted[at : at + 240]
        for code in part:
            await type_scan(w.page, code, mode)
            if gap:
                await asyncio.sleep(gap / 1000)
        await settled(w)
        assert (await arrived(db, w.person_id))[-len(part) :] == part
    print(f"| {mode} | {gap} | {delay} | {n} whole, once, in order |")


async def settled(w: Screen) -> None:
    await w.page.wait_for_function("() => !document.body.classList.contains('waiting')", timeout=120_000)


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
