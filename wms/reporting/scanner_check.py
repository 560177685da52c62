"""A page that shows what a scanner really sends: set-up of a new device, and proof that nothing is lost on its way."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.scan import MAX_SCAN, Command, parse_scan
from wms.web.access import ANY_STAFF
from wms.web.hand import keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.i18n import language
from wms.web.scanned import scanned

Asked = Request[Any, Any, Any]
KEPT = 300
"""Scans that are kept for looking at, the last ones."""
SHOWN = 8
NAMES = {"\x1d": "[GS]", "\x1e": "[RS]", "\x04": "[EOT]", "\t": "[TAB]", "\x1b": "[ESC]"}


def visible(raw: str) -> str:
    """The text with its control characters by name, which every font can show, cut where it is longer than any scan."""
    return "".join(NAMES.get(c, f"[{ord(c):02X}]") if ord(c) < 32 else c for c in raw[:MAX_SCAN])


def reading(request: Asked, raw: str) -> tuple[str, str]:
    """What the parser makes of it: its kind, or the sentence of its refusal."""
    try:
        found = parse_scan(raw)
    except Refusal as e:
        return "refused", e.say(language(request))
    parts = {"GTIN": found.gtin, "LOT": found.lot, "SERIAL": found.serial, "SSCC": found.sscc}
    said = [f"{k} {v}" for k, v in parts.items() if v]
    if found.expires_on:
        said.append(f"EXP {found.expires_on.isoformat()}")
    return found.kind, " · ".join(said)


def page(request: Asked, data: dict[str, Any], *, fresh: bool) -> Html:
    last = [(visible(raw), *reading(request, raw)) for raw in reversed(data.get("scans", [])[-SHOWN:])]
    return render(request, "reporting/check.html", count=data.get("count", 0), last=last, fresh=fresh)


@get("/floor/check", allow=ANY_STAFF)
async def check(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The last scans as they arrived."""
    return page(request, await load_hand(tx, "check"), fresh=False)


@post("/floor/check", allow=ANY_STAFF, status_code=200)
async def check_scan(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """Keeps one scan as it arrived; UNDO begins anew."""
    said = await scanned(request)
    data = await load_hand(tx, "check")
    if said.raw == f"WMS:{Command.UNDO.value}":
        data = {}
    else:
        kept = (
            said.raw.replace("\x00", "\u2400").encode("utf-8", "replace").decode()
        )  # what the database can keep
        data = {"count": data.get("count", 0) + 1, "scans": [*data.get("scans", []), kept][-KEPT:]}
    await keep_hand(tx, "check", data)
    return page(request, data, fresh=True)


handlers: list[HTTPRouteHandler] = [check, check_scan]
