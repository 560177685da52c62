"""The wedge table: how the scanner types x the pause between scans x how long the server takes.

``WMS_SCANS=10000`` makes it a long one; ``-s`` shows it.
"""

import asyncio
import os

import pytest

from tests.browser.conftest import Screen, Windows
from tests.browser.wedge import arrived, codes, ready, settled, slow_server, type_scan
from wms.db.tx import Database

TOTAL = int(os.environ.get("WMS_SCANS", "2016"))
MODES = ("keys", "slow keys", "text")
CELLS = [(gap, delay) for gap in (0, 30, 100) for delay in (0, 150)]


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
