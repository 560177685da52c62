"""Handheld pages of counting: a place, then the goods on it, blind."""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.counting.close_count import close_count
from wms.counting.errors import CountChoose, CountElsewhere, CountFinishFirst, CountInTheBooks, NoCountHere
from wms.counting.in_hand import FLOW, Counting, answer, count_goods, read_counting, submit, take_back
from wms.counting.open_count import open_count
from wms.counting.start_count import start_count
from wms.counting.tasks import count_at, count_tasks, so_far
from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.locations.queries import Place
from wms.locations.resolve import find_location
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import drop_hand, keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.leave import leave
from wms.web.scanned import Scanned, scanned

COUNTER = floor("receiver", "picker")
Request_ = Request[Any, Any, Any]
LEAD = frozenset({"supervisor", "admin"})
SHOWN = 9


@get("/floor/count", allow=COUNTER)
async def count(request: Request_, tx: NamedDependency[Tx]) -> Html:
    """The count in hand, else those that wait."""
    hand = read_counting(await load_hand(tx, FLOW))
    if hand is not None and await is_open(tx, hand):
        return await count_page(request, tx, hand)
    return await list_page(request, tx)


@post("/floor/count", allow=COUNTER, status_code=200)
async def count_scanned(request: Request_, tx: NamedDependency[Tx]) -> Response[Any]:
    """One scan: a count of the list or its place, then goods piece by piece, then DONE.

    ``step`` is ``list:IDS`` on the list, ``TASK:location``, ``TASK:goods`` and so on in a count.
    """
    said = await scanned(request)
    read = said.scan
    hand = read_counting(await load_hand(tx, FLOW))
    typed = hand is not None and hand.need is not None and read.command is None  # a lot may look like a badge
    if not typed and (gone := await leave(request, tx, read)) is not None:
        return gone
    if hand is not None and not await is_open(tx, hand):
        hand = None
    if hand is None:
        return await on_list(request, tx, said, read)
    if said.step and said.number(0) != hand.task_id:
        return await count_page(request, tx, hand, told=("info", "passed"))
    if read.command is Command.SKIP:
        await drop_hand(tx, FLOW)
        return await list_page(request, tx)
    if not hand.started:
        return await on_place(request, tx, hand, read)
    return await on_goods(request, tx, hand, said, read)


async def is_open(tx: Tx, hand: Counting) -> bool:
    """False where the count was closed, or taken over by a supervisor, on another device."""
    found: bool = await tx.value(
        """select coalesce((select state = 'open' or (state = 'counting' and (person_id = $2 or not $3))
                            from count_task where id = $1), false)""",
        hand.task_id,
        tx.actor.person_id,
        hand.started,
    )
    if not found:
        await drop_hand(tx, FLOW)
    return found


# -- which place ----------------------------------------------------------------------------------------------------


async def list_page(request: Request_, tx: Tx, *, told: tuple[str, str] | None = None) -> Html:
    rows = await count_tasks(tx, await warehouse_of(request, tx), SHOWN)
    return render(request, "counting/count_list.html", rows=rows, told=told)


async def on_list(request: Request_, tx: Tx, said: Scanned, read: Scan) -> Html:
    warehouse_id = await warehouse_of(request, tx)
    if read.command is Command.UNDO:
        raise CountInTheBooks
    if read.command is not None:
        listed = [int(i) for i in (said.part(1) or "").split(",") if i.isdigit() and len(i) < 16]
        n = 1 if read.command is Command.OK else read.command.choice
        if n is None or n > len(listed):
            raise CountChoose(scanned=read.code)
        row = next((t for t in await count_tasks(tx, warehouse_id, 500) if t.id == listed[n - 1]), None)
        if row is None:
            return await list_page(request, tx, told=("info", "passed"))
        if row.person and not row.mine:
            await start_count(tx, row.id)  # says who has it, or takes it over
        return await keep(request, tx, Counting(task_id=row.id, place=row.location), ("ok", "go"))
    place = await find_location(tx, warehouse_id, read)
    if place is None:
        raise CountChoose(scanned=read.code[:60])
    return await begin(request, tx, place)


async def begin(request: Request_, tx: Tx, place: Place) -> Html:
    """At the shelf: its count begins. A supervisor needs nobody to ask for it."""
    task = await count_at(tx, place.warehouse_id, place.id)
    if task is None and not tx.actor.roles & LEAD:
        raise NoCountHere(location=place.code)
    task_id = task.id if task is not None else (await open_count(tx, place.id)).id
    await start_count(tx, task_id)
    return await keep(
        request, tx, Counting(task_id=task_id, place=place.code, started=True), ("ok", "started")
    )


async def on_place(request: Request_, tx: Tx, hand: Counting, read: Scan) -> Html:
    if read.command is Command.UNDO:
        await drop_hand(tx, FLOW)
        return await list_page(request, tx)
    place = None if read.command else await find_location(tx, await warehouse_of(request, tx), read)
    if place is None or place.code != hand.place:
        raise CountElsewhere(scanned=place.code if place else read.code[:60], location=hand.place)
    return await begin(request, tx, place)


# -- the goods ------------------------------------------------------------------------------------------------------


async def on_goods(request: Request_, tx: Tx, hand: Counting, said: Scanned, read: Scan) -> Html:
    if read.command is not None:
        return await on_command(request, tx, hand, read.command)
    if hand.choices:
        raise CountChoose(scanned=read.code[:60])
    if hand.need is not None:
        return await counted(request, tx, await answer(tx, hand, hand.need, read))
    if read.kind == "location":
        place = await find_location(tx, await warehouse_of(request, tx), read)
        if place is not None and place.code == hand.place:
            return await count_page(request, tx, hand, told=("info", "passed"))
        if place is not None:
            raise CountFinishFirst(location=hand.place, scanned=place.code)
    return await counted(request, tx, await count_goods(tx, hand, read, said.quantity))


async def on_command(request: Request_, tx: Tx, hand: Counting, command: Command) -> Html:
    if command is Command.UNDO:
        for asked in ("need", "choices", "empty", "damaged"):
            if getattr(hand, asked):
                back = msgspec.structs.replace(
                    hand, need=None, choices=[], which=None, empty=False, damaged=False
                )
                return await keep(request, tx, back, ("ok", "go-on"))
        if not hand.steps:
            return await count_page(request, tx, hand, told=("info", "nothing-to-undo"))
        return await keep(request, tx, await take_back(tx, hand), ("ok", "undone"))
    if (
        hand.choices
        and hand.which is not None
        and command.choice is not None
        and command.choice <= len(hand.choices)
    ):
        c = hand.choices[command.choice - 1]
        asked_for = msgspec.structs.replace(
            hand.which, shop_id=c.shop_id, lot=c.lot, expires_on=c.expires_on, serial=c.serial
        )
        return await counted(request, tx, await submit(tx, hand, asked_for))
    if hand.choices or hand.need:
        raise CountChoose(scanned=f"WMS:{command.value}")
    if command is Command.DAMAGED:
        return await keep(
            request, tx, msgspec.structs.replace(hand, damaged=not hand.damaged), ("warn", "damaged")
        )
    if command in (Command.DONE, Command.OK):
        if not hand.empty and not (await so_far(tx, hand.task_id)).pieces:
            return await keep(request, tx, msgspec.structs.replace(hand, empty=True), ("warn", "empty"))
        await close_count(tx, hand.task_id)
        await drop_hand(tx, FLOW)
        return await list_page(request, tx, told=("ok", hand.place))
    raise CountChoose(scanned=f"WMS:{command.value}")


async def counted(request: Request_, tx: Tx, hand: Counting) -> Html:
    if hand.need is not None:
        return await keep(request, tx, hand, ("warn", "need"))
    if hand.choices:
        return await keep(request, tx, hand, ("warn", "which"))
    again = hand.last is not None and hand.last.again
    return await keep(request, tx, hand, ("warn", "again") if again else ("ok", "counted"))


async def keep(request: Request_, tx: Tx, hand: Counting, told: tuple[str, str]) -> Html:
    await keep_hand(tx, FLOW, msgspec.to_builtins(hand))
    return await count_page(request, tx, hand, told=told)


async def count_page(
    request: Request_, tx: Tx, hand: Counting, *, told: tuple[str, str] | None = None
) -> Html:
    """``told``: tone and what there is to say about the scan that led here."""
    return render(request, "counting/count.html", h=hand, sum=await so_far(tx, hand.task_id), told=told)


handlers: list[HTTPRouteHandler] = [count, count_scanned]
