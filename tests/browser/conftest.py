"""A real browser against the real server: Chromium as a handheld or a desk, driven by scans and keys."""

import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, async_playwright

from tests.builders import signed_in_person
from tests.conftest import Server
from wms.db.tx import Database

KNOWN = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""Debian's; the first is the same engine without the windows that nobody sees, for a third of the CPU."""
CHROMIUM = Path(os.environ.get("WMS_CHROMIUM") or next((p for p in KNOWN if Path(p).exists()), KNOWN[-1]))
THERE = CHROMIUM.exists()
HANDHELD, DESK = (360, 640), (1440, 900)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    if not THERE:
        pytest.skip(f"NO BROWSER at {CHROMIUM}: the pages are NOT tested. Install Debian's chromium.")
    async with async_playwright() as p:
        browser = await p.chromium.launch(executable_path=str(CHROMIUM), headless=True)
        yield browser
        await browser.close()


class Screen:
    """One browser window of one person. What a page throws or logs as an error fails the test at the end."""

    def __init__(self, page: Page, base: str, person_id: int) -> None:
        self.page = page
        self.base = base
        self.person_id = person_id
        self.faults: list[str] = []
        page.on("pageerror", lambda e: self.faults.append(str(e)))
        page.on("console", self._heard)

    def _heard(self, message: ConsoleMessage) -> None:
        # a refusal is an answer of 4xx, which Chromium logs as a resource that did not load, and htmx as an error
        refused = ("Failed to load resource", "Response Status Error Code 4")
        if message.type == "error" and not message.text.startswith(refused):
            self.faults.append(message.text)

    async def open(self, path: str) -> None:
        await self.page.goto(self.base + path)

    async def scan(self, code: str, *, wait: bool = True) -> None:
        """As a wedge types it: key by key, Enter at the end. Waits until the server has answered."""
        for i, part in enumerate(code.split("\x1d")):
            if i:
                await self.page.keyboard.press("Control+BracketRight")
            await self.page.keyboard.type(part)
        await self.page.keyboard.press("Enter")
        if wait:
            await self.settled()

    async def settled(self) -> None:
        """Nothing waits to be sent, or what waits was stopped by a refusal; a page that was left has loaded."""
        await self.page.wait_for_function(
            """() => document.readyState === 'complete' && (document.body.classList.contains('waiting') === false
                 || !document.getElementById('stopped').hidden)""",
            timeout=20_000,
        )
        await self.page.wait_for_timeout(60)
        await self.page.wait_for_load_state()

    async def said(self) -> tuple[str, str]:
        """Tone and sentence of the result bar; empty where it says nothing."""
        found = self.page.locator("#result .said")
        if not await found.count():
            return "", ""
        return await found.get_attribute("data-tone") or "", (await found.inner_text()).strip()

    async def code(self) -> str:
        """The stable code of the refusal in the result bar."""
        found = self.page.locator("#result .said")
        return (await found.get_attribute("data-code") or "") if await found.count() else ""

    async def text(self) -> str:
        return await self.page.locator("main").inner_text()

    async def step(self) -> str:
        """What the screen says it is waiting for."""
        return await self.page.locator("#screen > section").get_attribute("data-step") or ""

    async def want(self) -> str:
        """The code that would be right now, where the screen knows it."""
        return await self.page.locator("#screen > section").get_attribute("data-want") or ""

    async def axe(self) -> list[str]:
        """What axe finds wrong with the page as it is now."""
        await self.page.evaluate(AXE)
        found: list[str] = await self.page.evaluate(
            """async rules => {
                 const how = {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']};
                 const {violations} = await axe.run(document, how);
                 return violations.map(v => `${v.id}: ${v.nodes[0].html.slice(0, 160)} | ${v.help}`); }""",
            RULES,
        )
        return found

    async def overflows(self) -> list[str]:
        """Elements that stand out of the window to the right, the page itself where it scrolls sideways, and headings of
        tables that are broken within a word."""
        found: list[str] = await self.page.evaluate(
            """() => { const w = document.documentElement.clientWidth;
                 const out = document.documentElement.scrollWidth > w ? ['the page'] : [];
                 for (const e of document.querySelectorAll('main *, header *')) {
                   const r = e.getBoundingClientRect();
                   if (r.width && r.right > w + 1 && !e.closest('.scroll')) out.push(e.outerHTML.slice(0, 120));
                 }
                 for (const h of document.querySelectorAll('thead th:not(:has(> .skip))')) {
                   const words = h.innerText.trim().split(/[-\\s]+/).length, text = document.createRange();
                   text.selectNodeContents(h);
                   const tops = [...text.getClientRects()].filter(r => r.width).map(r => r.top).sort((a, b) => a - b);
                   const lines = tops.filter((top, i) => !i || top > tops[i - 1] + 10).length;
                   if (h.innerText.trim() && lines > words) out.push('broken heading: ' + h.innerText.trim());
                 }
                 return out; }"""
        )
        return found


class Windows:
    """Opens windows and closes them at the end of the test; a fault in any of them fails it."""

    def __init__(self, chromium: Browser, server: Server, db: Database) -> None:
        self.chromium, self.server, self.db = chromium, server, db
        self.contexts: list[BrowserContext] = []
        self.screens: list[Screen] = []

    async def open(
        self,
        roles: Sequence[str] = (),
        *,
        size: tuple[int, int] = HANDHELD,
        lang: str = "pl",
        theme: str = "dark",
        token: str = "",
        person_id: int = 0,
        cookies: dict[str, str] | None = None,
        url: str = "",
    ) -> Screen:
        """A window; with ``roles`` of a new person who is signed in, with ``token`` of a session that exists.

        ``url``: another server than the suite's. ``cookies``: further ones, such as ``wms_warehouse``.
        """
        phone = size[0] < 800
        base = url or self.server.url
        context = await self.chromium.new_context(
            viewport={"width": size[0], "height": size[1]}, is_mobile=phone, has_touch=phone, locale="pl-PL",
            timezone_id="Europe/Warsaw",
        )  # fmt: skip
        self.contexts.append(context)
        if roles and not token:
            person = await signed_in_person(self.db, roles=roles)
            token, person_id = person.token, person.id
        kept = {
            "wms_lang": lang,
            "wms_theme": theme,
            **({"wms_session": token} if token else {}),
            **(cookies or {}),
        }
        await context.add_cookies([{"name": k, "value": v, "url": base} for k, v in kept.items()])
        screen = Screen(await context.new_page(), base, person_id)
        self.screens.append(screen)
        return screen


@pytest.fixture
async def windows(chromium: Browser, server: Server, db: Database) -> AsyncIterator[Windows]:
    found = Windows(chromium, server, db)
    yield found
    faults = [f for s in found.screens for f in s.faults]
    for context in found.contexts:
        await context.close()
    assert not faults, faults
