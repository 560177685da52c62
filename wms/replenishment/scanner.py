"""Handheld pages of replenishment: from the reserve to the pick face, three scans a task."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.scan import Command
from wms.replenishment.claim_replenishment import claim_replenishment
from wms.replenishment.confirm_replenishment import ScanStep, scan_replenishment
from wms.replenishment.errors import ReplenishChoose
from wms.replenishment.queries import RefillRow, in_my_hands, refills_by_urgency
from wms.replenishment.screen import RefillScreen, draw, lock_task
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import drop_hand, keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.leave import leave
from wms.web.scanned import Scanned, scanned

FILLER = floor("receiver", "picker")
Asked = Request[Any, Any, Any]
FLOW = "replenish"
SHOWN = 9
STEPS: tuple[ScanStep, ...] = ("location", "item", "target")


@get("/floor/replenish", allow=FILLER)
async def replenish(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The task in hand where it was left, else those that wait."""
    mine = await in_my_hands(tx, await warehouse_of(request, tx))
    if mine is not None:
        return task_page(request, draw(tx, await lock_task(tx, *mine)), fresh=False)
    return await list_page(request, tx)


@post("/floor/replenish", allow=FILLER, status_code=200)
async def replenish_scanned(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Takes a task, by OK (the most urgent) or its number; else one scan of the task in hand.

    ``step`` is ``take:SHOP.TASK,...`` on the list, ``SHOP:TASK:STEP`` on a task. UNDO on the list takes back the task that
    was finished last.
    """
    said = await scanned(request)
    read = said.scan
    if (gone := await leave(request, tx, read)) is not None:
        return gone
    warehouse_id = await warehouse_of(request, tx)
    mine = await in_my_hands(tx, warehouse_id)
    if mine is None and said.number(1) is None:
        last = await load_hand(tx, FLOW)
        if read.command is Command.UNDO and "task" in last:
            return await scan(request, tx, last["shop"], last["task"], said, None)
        wanted = await wanted_task(tx, warehouse_id, said)
        return task_page(request, await claim_replenishment(tx, warehouse_id, task=wanted), chosen=True)
    step = next((s for s in STEPS if s == said.part(2)), None)
    at = (said.number(0), said.number(1)) if step else (None, None)
    shop_id, task_id = (at[0], at[1]) if at[0] and at[1] else mine or (0, 0)
    return await scan(request, tx, shop_id, task_id, said, step)


async def scan(
    request: Asked, tx: Tx, shop_id: int, task_id: int, said: Scanned, step: ScanStep | None
) -> Html:
    screen = await scan_replenishment(
        tx, shop_id, task_id, said.raw, step=step, quantity=said.quantity, lot=said.fields.get("lot"),
        serial=said.fields.get("serial"),
    )  # fmt: skip
    if screen.step != "done":
        return task_page(request, screen)
    if screen.state in ("done", "short"):
        await keep_hand(tx, FLOW, {"shop": screen.shop_id, "task": screen.task_id})
    else:
        await drop_hand(tx, FLOW)
    return await list_page(request, tx, done=screen)


async def wanted_task(tx: Tx, warehouse_id: int, said: Scanned) -> tuple[int, int] | None:
    """Which task of the list; None for the most urgent one. Raises ``ReplenishChoose`` for any other scan."""
    command = said.scan.command
    listed = [tuple(k.split(".")) for k in (said.part(1) or "").split(",") if k]
    if command is Command.OK:
        return None
    n = command.choice if command is not None else None
    if (
        n is not None
        and n <= len(listed)
        and len(listed[n - 1]) == 2
        and all(p.isdigit() for p in listed[n - 1])
    ):
        return int(listed[n - 1][0]), int(listed[n - 1][1])
    if command is None:  # the place of a task, in the reserve or at the face
        code = said.scan.ref or said.scan.code
        rows = await refills_by_urgency(tx, warehouse_id, 500)
        found = [r for r in rows if code.upper() in (r.source, r.target, r.unit)]
        if found:
            return found[0].shop_id, found[0].id
    raise ReplenishChoose(scanned=said.scan.code[:60])


async def list_page(request: Asked, tx: Tx, *, done: RefillScreen | None = None) -> Html:
    rows: list[RefillRow] = await refills_by_urgency(tx, await warehouse_of(request, tx), SHOWN)
    last = await load_hand(tx, FLOW)
    return render(request, "replenishment/refill_list.html", rows=rows, done=done, undo="task" in last)


def task_page(request: Asked, screen: RefillScreen, *, fresh: bool = True, chosen: bool = False) -> Html:
    """``fresh``: a scan led here; ``chosen``: that of the task itself."""
    return render(request, "replenishment/refill.html", s=screen, fresh=fresh, chosen=chosen)


handlers: list[HTTPRouteHandler] = [replenish, replenish_scanned]
