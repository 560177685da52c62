"""Whole picks of a cart in one call, for devices that collect the scans themselves: voice, glasses, robots, a list on paper.

Each is judged on its own, by the rules of the scans; what is right is picked, whatever is wrong with the others.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wms.db.tx import Tx
from wms.events.log import record, refused
from wms.kernel.refusals import NotFound, Refusal
from wms.kernel.scan import parse_scan
from wms.picking.confirm_pick import beside, too_many
from wms.picking.errors import NotAll, TotesFirst, WrongLocation, WrongTote
from wms.picking.hold_cart import check_holder, check_open, gate
from wms.picking.judge_item import is_location, is_tote, judge_item, shown, wanted
from wms.picking.pass_on import make_void, now_at
from wms.picking.post_pick import post_picks
from wms.picking.screen import Cart, PickScreen, draw, load_several
from wms.stock.errors import SerialElsewhere


class WholePick(msgspec.Struct, frozen=True, kw_only=True):
    """The scans of one pick: bin, goods, tote, and how many pieces went over. ``lot`` and ``serial`` were said beside the
    code."""

    task_id: int
    location: str
    item: str
    quantity: int
    tote: str
    lot: str | None = None
    serial: str | None = None


class Confirmed(msgspec.Struct, frozen=True):
    """What became of a pick: ``known`` was done before, ``refused`` says why and changed nothing."""

    task_id: int
    result: Literal["picked", "known", "refused"]
    refusal: Refusal | None = None


async def confirm_picks(
    tx: Tx, cluster_id: int, picks: Sequence[WholePick]
) -> tuple[list[Confirmed], PickScreen]:
    """One answer for each pick, in the order given, and the cart as it is then. Raises like ``check_holder``.

    A pick of less than is wanted is refused (``NotAll``): that is a short pick, and must be said. One whose order may not go
    on is refused and nobody's any more: what was taken for it goes back to its bin.
    """
    carts = await load_several(tx, cluster_id, [p.task_id for p in picks])
    check_holder(tx, carts[0] if carts else None, cluster_id)
    by_task = {c.task_id: c for c in carts}
    answers: dict[int, Confirmed] = {}
    right: list[tuple[int, Cart]] = []
    gone: list[Cart] = []
    seen: set[int] = set()  # picks that are right and come again in the same call
    for n, pick in enumerate(picks):
        cart = by_task.get(pick.task_id)
        against = None if cart is None else gate(cart)
        if cart is not None and against is not None and cart.state in ("open", "void"):
            if cart.state == "open":
                gone.append(cart)
            answers[n] = Confirmed(pick.task_id, "refused", against)
        elif cart is not None and (cart.state != "open" or pick.task_id in seen):
            answers[n] = Confirmed(pick.task_id, "known")
        else:
            try:
                right.append((n, await _judge(tx, cart, pick)))
                seen.add(pick.task_id)
            except Refusal as e:
                answers[n] = Confirmed(pick.task_id, "refused", e)
    answers |= {n: Confirmed(picks[n].task_id, "picked") for n, _ in right}
    if right:
        answers |= await _post(tx, right)
    if gone:
        await make_void(tx, gone)
    path = f"/api/v1/clusters/{cluster_id}/picks"
    await record(tx, *(refused(a.refusal, path, tx.key) for a in answers.values() if a.refusal is not None))
    return [answers[n] for n in range(len(picks))], draw(tx, await now_at(tx, cluster_id))


async def _judge(tx: Tx, cart: Cart | None, pick: WholePick) -> Cart:
    if cart is None or cart.task_id is None:
        raise NotFound(what="pick task", ref=pick.task_id)
    check_open(cart)
    if cart.tote_id is None:
        raise TotesFirst(slot=cart.slot)
    there = parse_scan(pick.location)
    if not is_location(cart, there):
        raise WrongLocation(expected=cart.location, scanned=shown(there))
    read = parse_scan(pick.item)
    pieces = await judge_item(tx, wanted(cart), cart.shop_id, read, pick.lot, pick.serial)
    if pieces is None:
        raise await beside(tx, cart, read)
    if max(pick.quantity, pieces) > cart.quantity:
        raise too_many(cart, max(pick.quantity, pieces))
    if pick.quantity < cart.quantity:
        raise NotAll(wanted=cart.quantity, said=pick.quantity)
    tote = parse_scan(pick.tote)
    if not is_tote(cart, tote):
        raise WrongTote(scanned=shown(tote), expected=cart.tote)
    return cart


async def _post(tx: Tx, right: Sequence[tuple[int, Cart]]) -> dict[int, Confirmed]:
    """Moves the goods of all; one by one, where the ledger refuses them together. Returns those that it refused."""
    try:
        await post_picks(tx, [cart for _, cart in right])
    except SerialElsewhere:  # which ends the transaction
        raise
    except Refusal as e:
        if len(right) == 1:
            n, cart = right[0]
            assert cart.task_id is not None
            return {n: Confirmed(cart.task_id, "refused", e)}
        refused: dict[int, Confirmed] = {}
        for one in right:
            refused |= await _post(tx, [one])
        return refused
    return {}
