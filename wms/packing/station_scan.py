"""One scan, key or number at the pack station: what it means depends on what lies on the table.

A number of one digit is a choice where the screen has numbered ones; while goods are packed a number is the quantity of
the next scan, and at the scale it is grams. Cartons, totes and goods are known by their codes at any step.
"""

import re

import msgspec

from wms.catalog.resolve import resolve_goods
from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan, parse_scan
from wms.kernel.text import Text
from wms.orders.gates import LockedOrder
from wms.orders.states import OrderState
from wms.packing.close_parcel import close_parcel
from wms.packing.errors import CartonNeeded, LotNeeded, NothingToUndo, NotNow, WeightOff
from wms.packing.leave_packing import leave_packing
from wms.packing.pack_scan import pack_into_box
from wms.packing.queries import LiveSession, Station, cartons, station_screen
from wms.packing.sessions import enter_session
from wms.packing.station_begin import begin
from wms.packing.station_hand import MOST_LABELS, Hand, fitting, missing_inserts, step_of
from wms.packing.station_turn import Turn, choice_of, chosen_carton, lot_of
from wms.packing.tote_queries import orders_in_tote
from wms.packing.unpack import unpack

OVERRULES = (
    Text(
        en="Checked by hand: everything is in, nothing else",
        pl="Sprawdzono ręcznie: jest wszystko i nic więcej",
    ),
    Text(en="The weight in the catalogue is wrong", pl="Waga w katalogu jest błędna"),
    Text(en="More filling than usual", pl="Więcej wypełniacza niż zwykle"),
    Text(en="Another carton was needed", pl="Potrzebny był inny karton"),
)
"""Why a supervisor accepts a weight that is off."""
BOSSES = frozenset({"supervisor", "admin"})
"""Who may accept it."""
GRAMS = re.compile(r"([0-9]{2,6})\s*g?", re.IGNORECASE)
KILOGRAMS = re.compile(r"([0-9]{1,3})[.,]([0-9]{1,3})\s*(?:kg)?", re.IGNORECASE)
QUANTITY = re.compile(r"[0-9]{1,4}")
"""Longer numbers are bar codes."""


async def station_scan(
    tx: Tx, station_id: int, station: Station | None, hand: Hand, raw: str, quantity: int | None = None
) -> Turn:
    """Judges one scan by what is on the table of whoever asks (``my_table``). Raises the refusals of packing."""
    read = parse_scan(raw)
    if station is None:
        return await begin(tx, station_id, hand, read)
    hand = fitting(hand, station)
    match step_of(hand, station):
        case "lot":
            return await _lot(tx, hand, station, read)
        case "inserts":
            return await _inserts(tx, hand, station, read)
        case "over":
            return await _over(tx, hand, station, read)
        case "weight":
            return await _weight(tx, hand, station, read)
        case _:
            return await _items(tx, hand, station, read, quantity)


async def _items(tx: Tx, hand: Hand, station: Station, read: Scan, quantity: int | None) -> Turn:
    if read.command is not None:
        return await _command(tx, hand, station, read.command)
    if QUANTITY.fullmatch(read.code) and not await resolve_goods(tx, read, station.shop_id):
        return Turn(msgspec.structs.replace(hand, quantity=int(read.code)), station, "quantity")
    if (code := await carton_of(tx, read)) is not None:
        return Turn(msgspec.structs.replace(hand, carton=code), station, "carton")
    if read.kind == "tote":
        return Turn(hand, await pack_into_box(tx, *await _enter(tx, station), read.raw), "tote")
    return await _pack(tx, hand, station, read.raw, quantity or hand.quantity or 1, None)


async def _enter(tx: Tx, station: Station) -> tuple[LockedOrder, LiveSession]:
    return await enter_session(tx, station.shop_id, station.session_id)


async def _pack(tx: Tx, hand: Hand, station: Station, raw: str, quantity: int, lot: str | None) -> Turn:
    order, session = await _enter(tx, station)
    try:
        after = await pack_into_box(tx, order, session, raw, quantity, lot)
    except LotNeeded as e:  # nothing has moved; the question stays on the screen
        hand = msgspec.structs.replace(hand, lot_for=(raw, quantity), lots=e.values["lots"])
        return Turn(hand, station, refusal=e)
    hand = fitting(hand, after)
    hand = msgspec.structs.replace(hand, quantity=0, lot_for=None, lots=[], last=(raw, quantity, lot or ""))
    if not after.units_left:
        hand = await chosen_carton(tx, hand, after)
    return Turn(hand, after, "packed")


async def _command(tx: Tx, hand: Hand, station: Station, command: Command) -> Turn:
    """UNDO takes the last piece out, DONE closes the box with goods left for another one, SKIP puts the order aside."""
    if command is Command.UNDO:
        if hand.weight_g or hand.closing:
            return Turn(msgspec.structs.replace(hand, weight_g=0, closing=False), station, "back")
        if hand.last is None:
            raise NothingToUndo
        raw, quantity, lot = hand.last
        after = await unpack(tx, station.shop_id, station.session_id, raw, quantity, lot=lot or None)
        hand = msgspec.structs.replace(hand, last=None, quantity=0)
        if hand.tote and not after.contents:  # back to the pieces of the tote, whosever they are
            await leave_packing(tx, station.shop_id, station.session_id)
            return Turn(hand.cleared(), None, "undone")
        return Turn(hand, after, "undone")
    if command is Command.SKIP:
        await leave_packing(tx, station.shop_id, station.session_id)
        return Turn(hand.cleared(), None, "put-aside")
    if command in (Command.DONE, Command.OK) and station.contents and station.units_left:
        hand = await chosen_carton(tx, hand, station)
        return Turn(msgspec.structs.replace(hand, closing=True), station, "closing")
    raise NotNow


async def _lot(tx: Tx, hand: Hand, station: Station, read: Scan) -> Turn:
    """Which lot or serial number the piece has; or another scan of goods instead."""
    assert hand.lot_for is not None
    raw, quantity = hand.lot_for
    if read.command in (Command.UNDO, Command.SKIP):
        return Turn(msgspec.structs.replace(hand, lot_for=None, lots=[]), station, "back")
    if (lot := lot_of(hand, read)) is not None:
        return await _pack(tx, hand, station, raw, quantity, lot)
    return await _pack(tx, msgspec.structs.replace(hand, lot_for=None), station, read.raw, quantity, None)


async def _inserts(tx: Tx, hand: Hand, station: Station, read: Scan) -> Turn:
    """OK: all of them are in. A number or the insert's own bar code ticks one off."""
    missing = missing_inserts(hand, station)
    if read.command is Command.OK:
        return Turn(msgspec.structs.replace(hand, inserts=[*hand.inserts, *missing]), station, "inserts")
    if (code := await carton_of(tx, read)) is not None:
        return Turn(msgspec.structs.replace(hand, carton=code), station, "carton")
    if (n := choice_of(read)) is not None and n <= len(missing):
        return Turn(msgspec.structs.replace(hand, inserts=[*hand.inserts, missing[n - 1]]), station, "insert")
    if read.command is not None:
        return await _command(tx, hand, station, read.command)
    skus = {g.sku_code for g in await resolve_goods(tx, read, station.shop_id)}
    found = [str(i["text"]) for i in station.inserts if i.get("sku") in skus and i["text"] in missing]
    if found:
        return Turn(msgspec.structs.replace(hand, inserts=[*hand.inserts, found[0]]), station, "insert")
    return await _pack(tx, hand, station, read.raw, 1, None)  # which says what is wrong with it


async def _weight(tx: Tx, hand: Hand, station: Station, read: Scan) -> Turn:
    """Grams close the parcel. A carton's code or number overrules the proposal; goods are one too many by now."""
    if read.command is not None and read.command.choice is None:
        return await _command(tx, hand, station, read.command)
    if (n := choice_of(read)) is not None:
        shelf = await cartons(tx)
        if n > len(shelf):
            raise NotNow
        return Turn(msgspec.structs.replace(hand, carton=shelf[n - 1].code), station, "carton")
    if (code := await carton_of(tx, read)) is not None:
        return Turn(msgspec.structs.replace(hand, carton=code), station, "carton")
    if (grams := grams_of(read.code)) is not None:
        return await weigh(tx, hand, station, grams)
    return await _pack(tx, hand, station, read.raw, 1, None)


async def weigh(
    tx: Tx,
    hand: Hand,
    station: Station,
    grams: int | None,
    *,
    overrule: str | None = None,
    by: int | None = None,
) -> Turn:
    """Closes the parcel on the table; a weight that is off is kept for a supervisor to judge.

    ``grams`` None: a parcel of one piece of known weight, which needs no scale.
    """
    if not hand.carton:
        raise CartonNeeded
    assert station.parcel_id is not None
    try:
        closed = await close_parcel(
            tx, station.shop_id, station.parcel_id, carton=hand.carton, weight_g=grams, inserts=hand.inserts,
            overrule=overrule, overruled_by=by,
        )  # fmt: skip
    except WeightOff as e:  # raised before anything is written
        return Turn(msgspec.structs.replace(hand, weight_g=grams or 0), station, refusal=e)
    labels = [*hand.labels, (station.shop_id, closed.parcel_id)][-MOST_LABELS:]
    rest = None if closed.order_packed else await station_screen(tx, station.shop_id, station.session_id)
    free = hand.cleared() if rest or await _waits_in(tx, station, hand.tote) else hand.emptied()
    shut = (station.shop_id, closed.parcel_id)
    return Turn(
        msgspec.structs.replace(free, labels=labels, shut=shut, last=hand.last), rest, "closed", closed=closed
    )


async def _waits_in(tx: Tx, station: Station, tote: str) -> bool:
    """Whether any order still waits for something in the tote."""
    if not tote:
        return False
    hu_id: int = await tx.value("select id from handling_unit where kind = 'tote' and code = $1", tote)
    return any(o.state != OrderState.CANCELLED for o in await orders_in_tote(tx, hu_id))


async def _over(tx: Tx, hand: Hand, station: Station, read: Scan) -> Turn:
    """A new weight, or a supervisor's reason by its number."""
    if read.kind == "badge":
        return Turn(hand, station, "badge", badge=read.code)
    n = choice_of(read)
    if n is not None and n <= len(OVERRULES):
        return await weigh(tx, hand, station, hand.weight_g, overrule=OVERRULES[n - 1].en)
    if n is not None:
        raise NotNow
    return await _weight(
        tx, msgspec.structs.replace(hand, weight_g=0) if read.command is None else hand, station, read
    )


def grams_of(text: str) -> int | None:
    """``1240``, ``1240 g``, ``1,24`` or ``1.240 kg``; None for what is no weight."""
    if m := GRAMS.fullmatch(text.strip()):
        return int(m[1])
    if m := KILOGRAMS.fullmatch(text.strip()):
        return int(m[1]) * 1000 + int(m[2].ljust(3, "0"))
    return None


async def carton_of(tx: Tx, read: Scan) -> str | None:
    """The code of the carton whose label was scanned."""
    if read.kind not in ("text", "location"):
        return None
    found: str | None = await tx.value(
        "select code from carton where active and lower(code) = lower($1)", read.code
    )
    return found
