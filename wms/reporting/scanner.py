"""The handheld's home: the work that waits for this person, and where a scan that nobody asked for leads."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.scan import MAX_SCAN, Scan, parse_scan
from wms.kernel.scan_errors import ScanMisread
from wms.kernel.text import Text
from wms.reporting.lookup import look_up
from wms.reporting.thing_words import NOT_SHOWN, fact_text
from wms.reporting.waiting import Waiting, work_that_waits
from wms.stock.words import STATUSES
from wms.web.access import ANY_STAFF
from wms.web.entrance import warehouse_of
from wms.web.hand import keep_hand, load_hand
from wms.web.html import Html, go, render, words_of
from wms.web.i18n import language
from wms.web.leave import leave
from wms.web.scanned import scanned

Asked = Request[Any, Any, Any]
LOOK = "look"
SHOWN = 8
"""Lines of goods of one thing that are shown."""


class Flow(msgspec.Struct, frozen=True):
    """A kind of work on the floor: its page, what it is called, who does it, what waits for it."""

    address: str
    icon: str
    name: Text
    roles: frozenset[str]
    works: frozenset[str] = frozenset()


FLOWS = (
    Flow("/floor/receive", "receive", Text(en="Receive", pl="Przyjęcie"), frozenset({"receiver"}), frozenset({"asns", "receipts"})),
    Flow("/floor/putaway", "putaway", Text(en="Put away", pl="Rozkładanie"), frozenset({"receiver"}), frozenset({"putaway"})),
    Flow("/floor/pick", "pick", Text(en="Pick", pl="Kompletacja"), frozenset({"picker"}), frozenset({"carts"})),
    Flow("/floor/put-back", "putback", Text(en="Put back", pl="Zwrot na półkę"), frozenset({"picker"}), frozenset({"put_back"})),
    Flow("/floor/replenish", "replenish", Text(en="Replenish", pl="Uzupełnianie"), frozenset({"receiver", "picker"}), frozenset({"replenishments"})),
    Flow("/floor/pack-singles", "pack", Text(en="Pack singles", pl="Pakowanie pojedynczych"), frozenset({"packer"}), frozenset({"singles"})),
    Flow("/floor/load", "load", Text(en="Load", pl="Załadunek"), frozenset({"packer"}), frozenset({"loading"})),
    Flow("/floor/returns", "returns", Text(en="Returns", pl="Zwroty"), frozenset({"inspector"}), frozenset({"returns"})),
    Flow("/floor/count", "count", Text(en="Count", pl="Liczenie"), frozenset({"receiver", "picker"}), frozenset({"counts"})),
    Flow("/floor/move", "move", Text(en="Move", pl="Przesunięcie"), frozenset({"receiver", "picker"})),
    Flow("/floor/look", "look", Text(en="Look up", pl="Sprawdź"), ANY_STAFF),
)  # fmt: skip
NUMBERED = 9


class Queue(msgspec.Struct, frozen=True):
    """A flow with what waits for it: ``free`` of ``count`` in nobody's hands, the oldest ``since``, the first ``due``."""

    flow: Flow
    count: int
    free: int
    since: datetime | None
    due: datetime | None


def flows_of(roles: frozenset[str]) -> list[Flow]:
    """What somebody with ``roles`` may do; a supervisor or administrator everything."""
    if roles & {"supervisor", "admin"}:
        return list(FLOWS)
    return [f for f in FLOWS if f.roles & roles]


def queues(flows: Sequence[Flow], waiting: Sequence[Waiting]) -> list[Queue]:
    """What is promised first comes first, then the oldest work; flows for which nothing waits last, in the usual order."""
    found = []
    for flow in flows:
        mine = [w for w in waiting if w.work in flow.works]
        due = min((w.due_at for w in mine if w.due_at), default=None)
        since = min((w.oldest_at for w in mine if w.oldest_at), default=None)
        found.append(
            Queue(flow, sum(w.count for w in mine), sum(w.count - w.taken for w in mine), since, due)
        )
    far = datetime.max.replace(tzinfo=UTC)
    return sorted(found, key=lambda q: (not q.free, not q.count, q.due or far, q.since or far))


@get("/floor", allow=ANY_STAFF)
async def home(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """What waits, by role, the most urgent first; nine at most have a number."""
    waiting = await work_that_waits(tx, await warehouse_of(request, tx))
    return render(
        request, "reporting/home.html", queues=queues(flows_of(tx.actor.roles), waiting), numbered=NUMBERED
    )


@post("/floor/scans", allow=ANY_STAFF, status_code=200)
async def any_scan(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """A badge changes the user, a number opens that work, the log-off code ends; any other scan is looked up.

    ``step`` is ``home:ADDRESSES``: what the numbers meant on the screen that was looked at.
    """
    said = await scanned(request)
    read = loose(said.raw)
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    if read.command is not None:
        names = (said.part(1) or "").split(",")
        n = read.command.choice
        wanted = f"/floor/{names[n - 1]}" if n is not None and n <= len(names) else ""
        return go(
            request, next((f.address for f in flows_of(tx.actor.roles) if f.address == wanted), "/floor")
        )
    await keep_hand(tx, LOOK, {"scan": said.raw[:MAX_SCAN]})
    return go(request, "/floor/look")


def loose(raw: str) -> Scan:
    """The scan; a courier's code that begins like a GS1 element and is none is looked up by its plain text."""
    try:
        return parse_scan(raw)
    except ScanMisread:
        return Scan(raw=raw, code=raw.strip(), kind="text")


@get("/floor/look", allow=ANY_STAFF)
async def look(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """What was scanned last, as it is now."""
    kept = (await load_hand(tx, LOOK)).get("scan")
    return (
        await look_page(request, tx, kept)
        if kept
        else render(request, "reporting/look.html", found=None, refused=None)
    )


@post("/floor/look", allow=ANY_STAFF, status_code=200)
async def look_scanned(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Anything at all: the next scan is looked up in the same place."""
    said = await scanned(request)
    read = loose(said.raw)
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    await keep_hand(tx, LOOK, {"scan": said.raw[:MAX_SCAN]})
    return await look_page(request, tx, said.raw, fresh=True)


async def look_page(request: Asked, tx: Tx, raw: str, *, fresh: bool = False) -> Html:
    """``fresh``: a scan led here, and what it was refused with is the answer to it. Raises that refusal."""
    words = words_of(request)
    try:
        found = await look_up(tx, raw, words.text, await warehouse_of(request, tx))
    except Refusal as e:
        if fresh:
            raise
        return render(request, "reporting/look.html", found=None, refused=e.say(language(request)))
    facts = [
        [(f.label, fact_text(t.kind, f, words)) for f in t.facts if f.code not in NOT_SHOWN]
        for t in found.things
    ]
    names = [next((f.value for f in t.facts if f.code == "name"), "") for t in found.things]
    return render(
        request, "reporting/look.html", found=found, facts=facts, names=names, statuses=STATUSES, refused=None, shown=SHOWN, fresh=fresh
    )  # fmt: skip


handlers: list[HTTPRouteHandler] = [home, any_scan, look, look_scanned]
