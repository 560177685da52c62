"""What the tests of handheld flows share: a window in a warehouse, and scans that screens refuse whatever they wait for."""

from collections.abc import Sequence

from tests.browser.conftest import Screen, Windows
from tests.builders import AWarehouse, SignedInPerson

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "'; drop table pick_task; --",
    '{"scan": ["WMS:OK"], "step": null}',
    "../../etc/passwd",
    "a\tb\x0bc\x1b[0m",
    "WMS:EVERYTHING",
    "WMS:DAMAGED",
    "WMS:9",
    "]C10112345",
    "X" * 10_000,
)
"""Markup, SQL, JSON, a path, control characters, commands that are none or another role's, a misread, 10 kB."""


async def on_floor(
    windows: Windows,
    warehouse: AWarehouse,
    roles: Sequence[str],
    path: str,
    *,
    who: SignedInPerson | None = None,
    lang: str = "en",
) -> Screen:
    """A handheld of ``who`` (or of somebody new) in the warehouse, at ``path``."""
    w = await windows.open(
        roles, lang=lang, token=who.token if who else "", person_id=who.id if who else 0,
        cookies={"wms_warehouse": str(warehouse.id)},
    )  # fmt: skip
    await w.open(path)
    return w


async def wants(w: Screen, *codes: str) -> None:
    """Scans what the screen wants, one after the other; each must be accepted. ``codes`` stand for what it asks for."""
    for code in codes:
        await w.scan(code)
        tone, sentence = await w.said()
        assert tone in ("ok", "info", ""), (code, sentence)


async def refuses(w: Screen, scan: str, code: str, *, typed: bool = True) -> str:
    """The scan is refused with this code and moves the screen nowhere; returns the sentence."""
    step = await w.step()
    if typed:
        await w.scan(scan)
    else:  # at once, as an input method does
        await w.page.keyboard.insert_text(scan)
        await w.page.keyboard.press("Enter")
        await w.settled()
    tone, sentence = await w.said()
    assert (await w.code(), await w.step()) == (code, step), sentence
    assert tone in ("stop", "warn", "info")
    return sentence


async def survives_hostile_scans(w: Screen) -> None:
    """Every one is refused in a sentence; nothing of it becomes markup, and the screen stays where it is."""
    step = await w.step()
    for scan in HOSTILE:
        await w.page.keyboard.insert_text(scan)
        await w.page.keyboard.press("Enter")
        await w.settled()
        tone, sentence = await w.said()
        assert tone in ("stop", "warn"), (scan[:40], sentence)
        assert len(sentence) < 400
        assert await w.step() == step, scan[:40]
    assert await w.page.locator("main img").count() == await w.page.locator("main .item img").count()
