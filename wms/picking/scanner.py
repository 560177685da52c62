"""Handheld pages of picking: take a cart and walk it scan by scan.

One address takes every scan. What only counts together with the next scan (missing goods that must be confirmed, a
piece whose lot is still to be named) is kept on the server for this sign-in, so that a device may be reloaded.
"""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.notice import ALREADY_DONE, Notice
from wms.kernel.refusals import Refusal
from wms.kernel.scan import Command, Scan
from wms.kernel.text import Text
from wms.picking.claim_cluster import claim, release_cluster
from wms.picking.confirm_pick import PickStep, scan
from wms.picking.errors import (
    AmbiguousScan,
    LeaseLost,
    LotNeeded,
    NoCartInHand,
    NotYourCluster,
    SerialNeeded,
    TakenOver,
)  # fmt: skip
from wms.picking.hold_cart import check_holder
from wms.picking.queries import carts_in_hand, code_at_hand, list_carts, totes_on_cart
from wms.picking.screen import PickScreen, Step, draw, load_cart
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import drop_hand, keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.i18n import language
from wms.web.leave import leave
from wms.web.scanned import Scanned, scanned
from wms.web.virtual_scanner import teaches

PICKER = floor("picker")
Asked = Request[Any, Any, Any]
WALK: tuple[PickStep, ...] = ("location", "item", "tote")
STEPS: tuple[Step, ...] = ("totes", "location", "item", "tote", "park", "done")
ASKS = ("missing", "lot", "serial", "cart")
"""What a screen may ask between two steps of a pick."""
MOST_CARTS = 6
"""So many carts fit on a handheld's screen above the button."""

ONE_CART = Notice(
    "one-cart",
    Text(
        en="You have a cart already. Finish it, or give it back first.",
        pl="Masz już wózek. Skończ go albo najpierw oddaj.",
    ),
    "warn",
)
PARKED = Notice(
    "parked",
    Text(en="The totes stand at {location}. Take the next cart.", pl="Pojemniki stoją na {location}. Weź następny wózek."),
    "info",
)  # fmt: skip
GIVEN_BACK = Notice("given-back", Text(en="The cart waits for others.", pl="Wózek czeka na innych."))
GO_ON = Notice("go-on", Text(en="Go on where you were.", pl="Kontynuuj tam, gdzie jesteś."))
Said = Notice | Refusal | None


@get("/floor/pick", allow=PICKER)
async def pick(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """The cart in hand where the picker left it, else the carts that wait."""
    return await present(request, tx, await warehouse_of(request, tx))


@post("/floor/pick", allow=PICKER, status_code=200)
async def pick_scan(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Takes a cart, by OK (the next one) or its number on the screen; else one scan of the cart in hand.

    ``step`` is ``take:IDS`` on the list of carts, ``CART:TASK:STEP`` on a cart. DONE shows the cart itself, with its
    totes, and the way to give it back.
    """
    said = await scanned(request)
    if (gone := await leave(request, tx, said.scan)) is not None:
        return gone
    speak(request, tx)
    if (on := await walk_on(request, tx, said)) is not None:
        return on
    warehouse_id = await warehouse_of(request, tx)
    in_hand = await carts_in_hand(tx, warehouse_id)
    if said.part(0) == "take" or (in_hand is None and said.number(0) is None):
        if in_hand is not None:
            return await present(request, tx, warehouse_id, ONE_CART)
        taken = await claim(tx, warehouse_id, cluster_id=wanted_cart(said))
        return await pick_page(request, tx, taken)
    cluster_id = said.number(0) or in_hand
    assert cluster_id is not None
    try:
        cart = check_holder(tx, await load_cart(tx, cluster_id), cluster_id)
    except Refusal as lost:  # somebody took it over, or it was given back: the way on is the list of carts
        if in_hand is not None:
            raise
        return await present(request, tx, warehouse_id, lost)
    if cluster_id != in_hand and cart.cluster_state != "claimed":  # an old page of a cart that is finished
        return await present(request, tx, warehouse_id, ALREADY_DONE)
    return await judge(request, tx, warehouse_id, draw(tx, cart), said)


async def walk_on(request: Asked, tx: Tx, said: Scanned) -> Html | None:
    """The usual scan, of a place, a piece or a tote that the screen asked for: nobody needs to look where the picker
    is before the use case does. None, with nothing moved, for whatever is to be looked at first."""
    cluster_id, task_id = said.number(0), said.number(1)
    step = next((s for s in WALK if s == said.part(2)), None)
    if cluster_id is None or task_id is None or step is None or said.scan.command is not None:
        return None
    await drop_hand(tx, "pick")  # whatever was asked before this screen is answered by going on
    try:
        screen = await scan(
            tx, cluster_id, said.raw, task_id=task_id, step=step, quantity=said.quantity,
            lot=said.fields.get("lot"), serial=said.fields.get("serial"),
        )  # fmt: skip
    except (NotYourCluster, LeaseLost, TakenOver, LotNeeded, SerialNeeded, AmbiguousScan):
        return None
    return None if screen.code == ALREADY_DONE.code else await pick_page(request, tx, screen)


async def judge(request: Asked, tx: Tx, warehouse_id: int, now: PickScreen, said: Scanned) -> Html:
    """One scan of a cart that the picker holds; ``now`` is its screen at the moment."""
    hand = await load_hand(tx, "pick")
    asked = hand.get("ask") if hand.get("cluster") == now.cluster_id else None
    if asked not in (None, "cart") and hand.get("task") != now.task_id:
        asked = None
    named, read = said.part(2), said.scan
    if named in ASKS and named != asked:
        return await present(request, tx, warehouse_id, ALREADY_DONE)
    if asked is not None and named in (None, asked):
        answer = await answered(request, tx, warehouse_id, now, said, hand)
        if answer is not None:
            return answer
    if asked is not None:
        await drop_hand(tx, "pick")
    current = said.number(1) in (None, now.task_id) and named in (None, now.step, asked)
    if current and read.command is Command.DONE:
        return await ask(request, tx, warehouse_id, now, "cart")
    if current and read.command is Command.MISSING and now.step in ("location", "item") and not now.counted:
        return await ask(request, tx, warehouse_id, now, "missing")
    step = next((s for s in STEPS if s == named), None)
    task_id = said.number(1) if step or named in ASKS else None
    try:
        screen = await scan(
            tx, now.cluster_id, said.raw, task_id=task_id, step=step, quantity=said.quantity,
            lot=said.fields.get("lot"), serial=said.fields.get("serial"),
        )  # fmt: skip
    except (LotNeeded, SerialNeeded, AmbiguousScan) as needed:
        which = "serial" if now.serial else "lot"
        kept = {"scan": said.raw, "quantity": said.quantity}
        return await ask(request, tx, warehouse_id, now, which, needed, **kept)
    return await pick_page(request, tx, screen)


async def answered(
    request: Asked, tx: Tx, warehouse_id: int, now: PickScreen, said: Scanned, hand: dict[str, Any]
) -> Html | None:
    """What a scan means as the answer to what the screen asks; None when it is none, but the next scan of the walk."""
    read, asked = said.scan, hand["ask"]
    if read.command is Command.UNDO:
        await drop_hand(tx, "pick")
        return await present(request, tx, warehouse_id, GO_ON)
    if asked == "cart" and read.command is Command.OK:
        await drop_hand(tx, "pick")
        await release_cluster(tx, now.cluster_id)
        return await present(request, tx, warehouse_id, GIVEN_BACK)
    if asked == "missing" and read.command in (Command.OK, Command.MISSING):
        if read.command is Command.MISSING:  # a bounce of the same scan confirms nothing
            return await ask(request, tx, warehouse_id, now, "missing")
        await drop_hand(tx, "pick")
        screen = await scan(tx, now.cluster_id, f"WMS:{Command.MISSING}", task_id=now.task_id)
        return await pick_page(request, tx, screen)
    if asked not in ("lot", "serial") or not is_word(read):
        return None
    word = (read.serial if asked == "serial" else read.lot) or read.code
    if said.raw == hand["scan"]:
        return await ask(request, tx, warehouse_id, now, asked, scan=hand["scan"], quantity=hand["quantity"])
    screen = await scan(
        tx, now.cluster_id, hand["scan"], task_id=now.task_id, step="item", quantity=hand["quantity"],
        lot=word if asked == "lot" else None, serial=word if asked == "serial" else None,
    )  # fmt: skip
    await drop_hand(tx, "pick")
    return await pick_page(request, tx, screen)


def is_word(read: Scan) -> bool:
    """Whether a scan may be a lot or a serial number by itself."""
    return read.kind in ("text", "gs1", "gtin", "order", "parcel")


async def ask(
    request: Asked, tx: Tx, warehouse_id: int, now: PickScreen, what: str, why: Said = None, **kept: Any
) -> Html:
    """The screen that asks; what it asks is kept, so that the answer finds it."""
    await keep_hand(tx, "pick", {"cluster": now.cluster_id, "task": now.task_id, "ask": what, **kept})
    return await ask_page(request, tx, now, what, why or Notice(what, ASKING[what], "warn"))


ASKING = {
    "missing": Text(en="Is nothing left here?", pl="Nic tu nie zostało?"),
    "lot": Text(en="Which lot is it?", pl="Która to partia?"),
    "serial": Text(en="Which number is it?", pl="Który to numer?"),
    "cart": Text(en="This is your cart.", pl="To Twój wózek."),
}


async def ask_page(request: Asked, tx: Tx, now: PickScreen, what: str, why: Said = None) -> Html:
    template = f"picking/{'number' if what in ('lot', 'serial') else what}.html"
    totes = await totes_on_cart(tx, now.cluster_id) if what == "cart" else []
    return render(request, template, s=now, what=what, totes=totes, told=told(request, why))


def wanted_cart(said: Scanned) -> int | None:
    """Which cart of the list was chosen; None for the one that is due first. Raises ``NoCartInHand`` for any other
    scan, so that goods scanned with no cart in hand are not taken for a wish."""
    command = said.scan.command
    listed = [int(i) for i in (said.part(1) or "").split(",") if i.isdigit() and len(i) < 16]
    if command is Command.OK:
        return None
    n = command.choice if command is not None else None
    if n is None or n > len(listed):
        raise NoCartInHand
    return listed[n - 1]


async def present(request: Asked, tx: Tx, warehouse_id: int, why: Said = None) -> Html:
    """Where this picker is now: on a cart, asked something, or in front of the carts that wait."""
    speak(request, tx)
    cluster_id = await carts_in_hand(tx, warehouse_id)
    cart = await load_cart(tx, cluster_id) if cluster_id is not None else None
    if cart is None:
        carts = await list_carts(tx, warehouse_id, limit=MOST_CARTS)
        return render(request, "picking/carts.html", carts=carts, told=told(request, why))
    screen = draw(tx, cart, why)
    hand = await load_hand(tx, "pick")
    same = hand.get("cluster") == screen.cluster_id and hand.get("task") == screen.task_id
    if same and hand.get("ask") in ASKS:
        return await ask_page(request, tx, screen, hand["ask"], why)
    return await pick_page(request, tx, screen, fresh=why is not None)


async def pick_page(request: Asked, tx: Tx, screen: PickScreen, *, fresh: bool = True) -> Html:
    """``fresh``: a scan led here, so that its sound and sentence belong to the screen."""
    if screen.step == "done":
        values: dict[str, object] = {"location": screen.location or ""}
        why = msgspec.structs.replace(PARKED, values=values) if screen.location else ALREADY_DONE
        carts = await list_carts(tx, await warehouse_of(request, tx), limit=MOST_CARTS)
        return render(request, "picking/carts.html", carts=carts, told=told(request, why))
    at_hand = teaches() and screen.step in ("totes", "park")
    want = await code_at_hand(tx, await warehouse_of(request, tx), screen.step) if at_hand else None
    return render(request, "picking/pick.html", s=screen, fresh=fresh, want=want)


def told(request: Asked, why: Said) -> tuple[str, str, str] | None:
    """Tone, sentence and code for the bar above the screen."""
    return None if why is None else (why.tone, why.say(language(request)), why.code)


def speak(request: Asked, tx: Tx) -> None:
    """What a use case says is said in the page's language, which a device may have changed."""
    tx.actor = msgspec.structs.replace(tx.actor, language=language(request))


handlers: list[HTTPRouteHandler] = [pick, pick_scan]
