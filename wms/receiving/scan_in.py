"""One scan of whoever receives: goods, the unit that they go on, or a command; and what it did."""

from datetime import datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.receiving.errors import ChooseOnScreen
from wms.receiving.in_hand import HeldUnit, InHand, answer_need, take_goods
from wms.receiving.open_handling_unit import open_handling_unit
from wms.receiving.undo_scan import undo_scan
from wms.web.scanned import Scanned

UNITS = ("tote", "sscc")
NEW_PALLET = 1
Did = tuple[str, str]
"""Tone, and a word for what the screen says: ``counted``, ``over``, ``damaged``, ``unknown``, ``expired``, ``need`` ..."""


async def scan_in(tx: Tx, hand: InHand, said: Scanned, read: Scan) -> tuple[InHand, Did]:
    """What is in hand after the scan. Raises what the use cases raise."""
    if read.command is not None:
        return await _command(tx, hand, read.command)
    if hand.need is not None:
        return _counted(await answer_need(tx, hand, hand.need, read), hand)
    if read.kind in UNITS and read.gtin is None:
        return await _unit(tx, hand, read)
    return _counted(await take_goods(tx, hand, read, said.quantity), hand)


async def _command(tx: Tx, hand: InHand, command: Command) -> tuple[InHand, Did]:
    if hand.need is not None and command is Command.UNDO:
        return msgspec.structs.replace(hand, need=None), ("info", "dropped")
    if command is Command.UNDO:
        return await _undo(tx, hand)
    if command is Command.DONE and hand.need is None:
        return msgspec.structs.replace(hand, closing=True, damaged=False), ("ok", "closing")
    if command is Command.DAMAGED and hand.need is None:
        return msgspec.structs.replace(hand, damaged=not hand.damaged, note=None, closing=False), (
            "warn",
            "next-damaged",
        )
    if command is Command.OK and hand.note is not None:
        return msgspec.structs.replace(hand, note=None), ("ok", "go-on")
    if command.choice == NEW_PALLET and hand.need is None:
        made = await open_handling_unit(tx, hand.shop_id, hand.receipt_id)
        word = "unit-new" if made.printer is None else "unit-printed"
        return msgspec.structs.replace(hand, unit=HeldUnit(made.id, made.code, made.kind)), ("ok", word)
    raise ChooseOnScreen(scanned=f"WMS:{command.value}")


async def _undo(tx: Tx, hand: InHand) -> tuple[InHand, Did]:
    """Steps back: out of the summary, of the damaged mode, else of the last scan that was counted."""
    if hand.closing:
        return msgspec.structs.replace(hand, closing=False), ("ok", "go-on")
    if hand.damaged:
        return msgspec.structs.replace(hand, damaged=False), ("ok", "go-on")
    if not hand.moments:
        return hand, ("info", "nothing-to-undo")
    await undo_scan(tx, hand.shop_id, hand.receipt_id, datetime.fromisoformat(hand.moments[0]))
    back = msgspec.structs.replace(
        hand, moments=hand.moments[1:], last=None, last_raw="", typed_lot=None, typed_day=None, note=None
    )
    return back, ("ok", "undone")


async def _unit(tx: Tx, hand: InHand, read: Scan) -> tuple[InHand, Did]:
    """The first scan of a label opens the unit, the second closes it; another label changes over to that one."""
    if hand.unit is not None and hand.unit.code in (read.code, read.code.upper(), read.sscc):
        return msgspec.structs.replace(hand, unit=None), ("ok", "unit-closed")
    made = await open_handling_unit(tx, hand.shop_id, hand.receipt_id, "pallet", read.raw)
    return msgspec.structs.replace(hand, unit=HeldUnit(made.id, made.code, made.kind), closing=False), (
        "ok",
        "unit-opened",
    )


def _counted(now: InHand, before: InHand) -> tuple[InHand, Did]:
    if now.need is not None:
        return now, ("warn", "need")
    if now.last is None or now.last is before.last:
        return now, ("info", "go-on")
    if now.last.outcome == "unknown":
        return now, ("warn", "unknown")
    for what in ("damaged", "over"):
        if what in now.last.discrepancies:
            return now, ("warn", what)
    return now, ("warn", "expired") if now.last.status == "expired" else ("ok", "counted")
