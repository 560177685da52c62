"""Every page that can be opened, found by the routes: no fault, nothing axe objects to, nothing out of the window, small.

``WMS_PICTURES=FOLDER`` keeps a picture of each one; ``WMS_THOROUGH=1`` looks at every language with every light.
"""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Response

from tests.browser.conftest import DESK, HANDHELD, Screen, Windows
from tests.builders import signed_in_person
from tests.conftest import Api, Server
from tests.isolation.shop_world import ShopWorld, build_world
from wms.app import page_modules
from wms.config import Settings
from wms.db.tx import Database
from wms.web.entrance import handlers as entrance

SIZES = ((320, 480), (360, 640), (412, 732), (480, 800))
ZOOMED = (277, 492)
"""360x640 at 130 %: what is left of it in CSS pixels."""
LOOKS = [("pl", "dark"), ("en", "light")]
if os.environ.get("WMS_THOROUGH"):
    LOOKS = [(lang, theme) for lang in ("pl", "en") for theme in ("dark", "light")]
PICTURES = Path(os.environ["WMS_PICTURES"]) if os.environ.get("WMS_PICTURES") else None
NOT_PAGES = {
    "/courier/{manifest_id}/{mark}/files/{format}", "/desk/live", "/desk/try/code", "/desk/manifests/{manifest_id}/papers/{document_id}",
    "/desk/returns/photo/{shop_id}/{document_id}", "/desk/returns/strays/{stray_id}/photo",
    "/desk/labels/{name}/file", "/floor/picture/{shop_id}/{sku_id}", "/desk/printers/at/{location_id}",
}  # fmt: skip
"""A stream, files, and a part of a page."""
FIRST_LOAD, ANSWER = 60_000, 4_000
IDS = {
    "/desk/labels/{name}": {"name": "=parcel"},
    "/courier/{manifest_id}/{mark}": {"mark": "courier_mark"},
    "/desk/pickups/{order_id}": {"order_id": "pickup_id"},
    "/floor/put-back/{task_id}": {"task_id": "putback_id"},
}
"""Path -> whose id of the world a name in it means, where the name itself does not say; behind ``=`` the name itself."""


def page_paths() -> list[str]:
    found = set()
    for handler in [*entrance, *(h for m in page_modules() for h in m.handlers)]:
        if "GET" in handler.http_methods:
            found |= {re.sub(r":\w+\}", "}", p) for p in handler.paths}
    return sorted(found - NOT_PAGES)


_world: list[tuple[ShopWorld, str, int]] = []


@pytest.fixture
async def world(db: Database, server: Server, anonymous: Api) -> tuple[ShopWorld, str, int]:
    """A warehouse with something of everything, and an administrator in it."""
    if not _world:
        made = await build_world(db, server, anonymous, "LOOK")
        boss = await signed_in_person(db, roles=["admin", "supervisor"])
        _world.append((made, boss.token, boss.id))
    return _world[0]


def address(path: str, w: ShopWorld) -> str:
    """The page about the world's thing. A name that means nothing here fails: it is declared in ``IDS``."""
    names = IDS.get(path, {})
    return re.sub(r"\{(\w+)\}", lambda m: _named(w, names.get(m[1], m[1])), path)


def _named(w: ShopWorld, name: str) -> str:
    return name[1:] if name.startswith("=") else str(w.ids[name])


async def opened(
    windows: Windows, found: tuple[ShopWorld, str, int], path: str, lang: str, theme: str
) -> Screen:
    w, token, person = found
    size = HANDHELD if path.startswith("/floor") else DESK
    cookies = {"wms_warehouse": str(w.warehouse.id), "wms_device": "SCREEN-1"}
    return await windows.open(
        size=size, lang=lang, theme=theme, token=token, person_id=person, cookies=cookies
    )


async def goto(screen: Screen, where: str) -> Response | None:
    """None for what is no page but a file."""
    try:
        answer = await screen.page.goto(screen.base + where)
    except Exception as e:
        if "ERR_ABORTED" in str(e) or "Download" in str(e):
            return None
        raise
    assert answer is not None
    if not answer.headers.get("content-type", "").startswith("text/html"):
        return None
    assert answer.status == 200, f"{where}: {answer.status}"
    return answer


@pytest.mark.parametrize("path", page_paths())
async def test_a_page(windows: Windows, world: tuple[ShopWorld, str, int], path: str) -> None:
    where = address(path, world[0])
    wrong: list[str] = []
    for lang, theme in LOOKS:
        screen = await opened(windows, world, path, lang, theme)
        if await goto(screen, where) is None:
            return
        wrong += [f"{lang} {theme}: {v}" for v in [*await screen.axe(), *await screen.overflows()]]
        if PICTURES is not None:
            PICTURES.mkdir(parents=True, exist_ok=True)
            name = re.sub(r"\W+", "-", path).strip("-") or "front"
            await screen.page.screenshot(path=PICTURES / f"{name}.{lang}.{theme}.png")
    # the longest texts, in every window that there is
    screen = await opened(windows, world, path, "xa", "light")
    await goto(screen, where)
    for width, height in (*SIZES, ZOOMED) if path.startswith("/floor") else ((1440, 900), (1024, 768)):
        await screen.page.set_viewport_size({"width": width, "height": height})
        wrong += [f"{width}x{height}: {e}" for e in await screen.overflows()]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", [p for p in page_paths() if p.startswith("/floor")])
async def test_a_handheld_page_is_small(
    windows: Windows, world: tuple[ShopWorld, str, int], path: str
) -> None:
    """Everything that the first load brings, as it travels."""
    screen = await opened(windows, world, path, "pl", "dark")
    cdp = await screen.page.context.new_cdp_session(screen.page)
    await cdp.send("Network.enable")
    sizes: list[float] = []
    cdp.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
    if await goto(screen, address(path, world[0])) is None:
        return
    await screen.page.wait_for_load_state("networkidle")
    print(f"{path}: {sum(sizes):.0f} bytes")
    assert 0 < sum(sizes) <= FIRST_LOAD


async def test_the_handhelds_answer_to_a_scan_is_small(
    windows: Windows, world: tuple[ShopWorld, str, int], settings: Settings
) -> None:
    screen = await opened(windows, world, "/floor/check", "pl", "dark")
    await screen.open("/floor/check")
    async with screen.page.expect_response("**/floor/check") as waited:
        await screen.scan("5901234123457")
    answer = await waited.value
    sizes = await answer.request.sizes()
    assert 0 < sizes["responseBodySize"] <= ANSWER
    assert answer.headers["content-encoding"] == "gzip"
