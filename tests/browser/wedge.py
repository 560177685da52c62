"""A scanner that types: codes, the ways in which they are typed, and what of them has arrived."""

import asyncio
import random
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import CDPSession, Page, Route

from tests.browser.conftest import Screen, Windows
from tests.builders import a_warehouse
from wms.db.tx import Database


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


async def settled(w: Screen) -> None:
    await w.page.wait_for_function("() => !document.body.classList.contains('waiting')", timeout=120_000)
