"""A scan on an empty table: which order comes onto it."""

import msgspec

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan
from wms.packing.errors import LotNeeded, NothingToUndo, NotNow, ParcelHasLabel
from wms.packing.reopen_parcel import reopen_parcel
from wms.packing.start_packing import start_packing
from wms.packing.station_hand import Hand
from wms.packing.station_turn import Turn, chosen_carton, lot_of, proposed


async def begin(tx: Tx, station_id: int, hand: Hand, read: Scan) -> Turn:
    """A tote, an order number, a piece out of a tote of several orders; UNDO opens the parcel closed last again."""
    if read.command is Command.UNDO and hand.lot_for is None:
        return await _reopen(tx, hand)
    if hand.lot_for is not None and lot_of(hand, read) is not None:  # whatever else it may look like
        return await _which(tx, station_id, hand, read)
    if hand.tote and read.kind not in ("tote", "order"):
        if hand.lot_for is not None and read.command is not Command.DONE:
            return await _which(tx, station_id, hand, read)
        if read.command in (Command.DONE, Command.SKIP):
            return Turn(hand.emptied(), None, "put-aside")
        return await _piece(tx, station_id, hand, read.raw, None)
    if read.command is not None:
        raise NotNow
    found = await start_packing(tx, station_id, read.raw)
    if found.station is None:
        fresh = msgspec.structs.replace(hand.emptied(), tote=found.tote or "")
        return Turn(fresh, None, "several", several_lines=found.several_lines or "")
    return await proposed(tx, hand.emptied(found.station.parcel_id or 0), found.station, "started")


async def _piece(tx: Tx, station_id: int, hand: Hand, raw: str, lot: str | None) -> Turn:
    """A piece out of the tote of several orders: it goes to the order that was promised first."""
    try:
        found = await start_packing(tx, station_id, hand.tote, raw, lot)
    except LotNeeded as e:  # nothing has moved; the question stays on the screen
        return Turn(msgspec.structs.replace(hand, lot_for=(raw, 1), lots=e.values["lots"]), None, refusal=e)
    assert found.station is not None
    fresh = msgspec.structs.replace(hand.cleared(found.station.parcel_id or 0), last=(raw, 1, lot or ""))
    turn = await proposed(tx, fresh, found.station, "packed")
    if found.station.units_left:
        return turn
    return msgspec.structs.replace(turn, hand=await chosen_carton(tx, turn.hand, found.station))


async def _which(tx: Tx, station_id: int, hand: Hand, read: Scan) -> Turn:
    """Which of the lots in the tote the piece has."""
    assert hand.lot_for is not None
    free = msgspec.structs.replace(hand, lot_for=None, lots=[])
    if read.command in (Command.UNDO, Command.SKIP):
        return Turn(free, None, "back")
    if (lot := lot_of(hand, read)) is not None:
        return await _piece(tx, station_id, free, hand.lot_for[0], lot)
    return await _piece(tx, station_id, free, read.raw, None)


async def _reopen(tx: Tx, hand: Hand) -> Turn:
    """The parcel closed last is on the table again, with the piece that came last in it; or its label, where it has one."""
    if hand.shut is None:
        raise NothingToUndo
    try:
        station = await reopen_parcel(tx, *hand.shut)
    except ParcelHasLabel:  # which is void first
        return Turn(hand, None, label=hand.shut)
    labels = [p for p in hand.labels if p != hand.shut]
    hand = msgspec.structs.replace(hand.cleared(station.parcel_id or 0), labels=labels, last=hand.last)
    return await proposed(tx, hand, station, "reopened")
