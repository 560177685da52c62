"""One scan of a picker, judged on its own: location, item by item, tote. Only the tote scan moves goods."""

from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.notice import ALREADY_DONE
from wms.kernel.refusals import Refusal
from wms.kernel.scan import Command, Scan, parse_scan
from wms.picking.assign_totes import fill_slots
from wms.picking.errors import OutOfOrder, TooMany, TotesFirst, WrongLocation, WrongTote
from wms.picking.hold_cart import check_holder, extend_lease, gate
from wms.picking.judge_item import is_location, is_tote, judge_item, other_goods, shown, wanted
from wms.picking.match_item import is_sku
from wms.picking.park_totes import park_totes
from wms.picking.pass_on import closed_when_empty, pass_on, void_task
from wms.picking.post_pick import post_pick
from wms.picking.screen import Cart, PickScreen, Step, draw, load_cart
from wms.picking.short_pick import fall_short
from wms.picking.skip_task import skip_task
from wms.picking.undo_pick import undo_pick

PickStep = Literal["location", "item", "tote"]
STEPS = ("location", "item", "tote")


async def scan(
    tx: Tx,
    cluster_id: int,
    raw: str,
    *,
    task_id: int | None = None,
    step: Step | None = None,
    quantity: int | None = None,
    lot: str | None = None,
    serial: str | None = None,
) -> PickScreen:
    """Takes one scan and answers with the next screen.

    ``task_id`` and ``step`` are those of the screen that the scan was made for; without them it is judged by the
    current one. A step that is passed answers "already done" and does nothing. ``quantity`` are the pieces in hand
    where they were entered instead of scanned one by one. ``lot`` and ``serial`` were entered beside the code.
    Commands: MISSING (no more pieces here), UNDO (count this pick anew; where nothing is counted yet, take back the
    one before), SKIP (this bin later).
    """
    read = parse_scan(raw)
    posting = step in (None, "totes", "tote") or read.command is not None
    found = await load_cart(tx, cluster_id, task_id, lock="cart" if posting else "task")
    cart = check_holder(tx, found, cluster_id)
    if cart.cluster_state == "done" and step in (None, "park"):
        return await park_totes(tx, cart, read)
    if cart.task_id is None or cart.state != "open" or step in ("park", "done"):
        return await pass_on(tx, cart)
    if step in (None, "totes") and cart.free_slot is not None:
        return await fill_slots(tx, cart, [read])
    if step == "totes" or (step is not None and STEPS.index(step) < STEPS.index(cart.step)):
        return await pass_on(tx, cart)
    if read.command is not None:
        return await _command(tx, cart, read.command)
    if step not in (None, cart.step):
        raise _out_of_order(cart)
    if cart.tote_id is None or cart.free_slot is not None:
        raise TotesFirst(slot=cart.free_slot or cart.slot)
    if cart.step == "location":
        return await _at_location(tx, cart, read)
    if cart.step == "item":
        return await _at_item(tx, cart, read, quantity, lot, serial)
    return await _at_tote(tx, cart, read)


async def _command(tx: Tx, cart: Cart, command: Command) -> PickScreen:
    if command is Command.MISSING:
        if not cart.counted:
            return await fall_short(tx, cart, 0)
        return await _go_on(tx, cart, step="tote", counted=cart.counted, missing=True)
    if command is Command.UNDO:
        if cart.counted:
            return await _go_on(tx, cart, step="item", counted=0)
        return await undo_pick(tx, cart)
    if command is Command.SKIP and not cart.counted:
        return await skip_task(tx, cart)
    raise _out_of_order(cart)


async def _at_location(tx: Tx, cart: Cart, read: Scan) -> PickScreen:
    if is_location(cart, read):
        return await _go_on(tx, cart, step="item", counted=0)
    if is_sku(wanted(cart), read) or is_tote(cart, read):
        raise _out_of_order(cart)
    raise WrongLocation(expected=cart.location, scanned=shown(read))


async def _at_item(
    tx: Tx, cart: Cart, read: Scan, quantity: int | None, lot: str | None, serial: str | None
) -> PickScreen:
    pieces = await judge_item(tx, wanted(cart), cart.shop_id, read, lot, serial)
    if pieces is None:
        if is_location(cart, read):
            return draw(tx, cart, ALREADY_DONE)
        if is_tote(cart, read):
            raise _out_of_order(cart)
        raise await beside(tx, cart, read)
    counted = cart.counted + (pieces if quantity is None else quantity)
    if counted > cart.quantity:
        raise too_many(cart, counted)
    return await _go_on(tx, cart, step="tote" if counted == cart.quantity else "item", counted=counted)


async def _at_tote(tx: Tx, cart: Cart, read: Scan) -> PickScreen:
    if not is_tote(cart, read):
        if is_sku(wanted(cart), read):
            raise too_many(cart, cart.counted + 1)
        raise WrongTote(scanned=shown(read), expected=cart.tote)
    if (against := gate(cart)) is not None:
        return await void_task(tx, cart, against)
    if cart.missing:
        return await fall_short(tx, cart, cart.counted)
    return draw(tx, await closed_when_empty(tx, await post_pick(tx, cart, cart.quantity)))


GO_ON = "update pick_task set step = $3, counted = $4, missing = $5 where shop_id = $1 and id = $2"


async def _go_on(tx: Tx, cart: Cart, *, step: PickStep, counted: int, missing: bool = False) -> PickScreen:
    await tx.run(GO_ON, cart.shop_id, cart.task_id, step, counted, missing)
    await extend_lease(tx, cart)
    return draw(tx, msgspec.structs.replace(cart, step=step, counted=counted, missing=missing))


async def beside(tx: Tx, cart: Cart, read: Scan) -> Refusal:
    """The refusal for a scan that is not the piece that the task asks for."""
    return await other_goods(
        tx, read, shop_id=cart.shop_id, shop=cart.shop, expected=f"{cart.sku} {cart.name}",
        location_id=cart.location_id,
    )  # fmt: skip


def too_many(cart: Cart, total: int) -> TooMany:
    """The refusal for more pieces than the task asks for."""
    return TooMany(sum=total, wanted=cart.quantity, over=total - cart.quantity)


def _out_of_order(cart: Cart) -> OutOfOrder:
    return OutOfOrder(expected=cart.step, location=cart.location)
