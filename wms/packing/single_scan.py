"""Singles on a handheld: out of the tote that many orders share, one piece after the other, straight into its parcel.

The scan of the piece finds the order, the scan of the carton closes the parcel: what is in, the scan of the piece has
proved, so one piece of known weight needs no scale. Whatever else is said means what it means at the pack station.
An order of several lines needs the table: it can be put aside here, and nothing else.
"""

import msgspec

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan, parse_scan
from wms.packing.desk_queries import StationRow
from wms.packing.errors import CartonNeeded, NotNow, NotSingles, WeightNeeded
from wms.packing.queries import Station, cartons
from wms.packing.station_hand import Hand, fitting, step_of
from wms.packing.station_scan import carton_of, station_scan, weigh
from wms.packing.station_turn import Turn, choice_of


async def single_scan(
    tx: Tx, here: StationRow, station: Station | None, hand: Hand, raw: str, quantity: int | None = None
) -> Turn:
    """Judges one scan by what is in hand (``my_table``). ``quantity`` from the number pad are grams while the parcel waits
    for its carton, else pieces.

    Raises ``NotSingles``, ``WeightNeeded`` and the refusals of packing.
    """
    read = parse_scan(raw)
    if station is None:
        turn = await station_scan(tx, here.id, None, hand, raw, quantity)
        several = is_for_table(turn.station) or turn.several_lines
        if several:  # what was begun goes with the refusal
            raise NotSingles(number=several, station=here.code)
        return turn
    if (number := is_for_table(station)) and read.command is not Command.SKIP:
        raise NotSingles(number=number, station=here.code)
    hand = fitting(hand, station)
    if step_of(hand, station) in ("weight", "over"):
        return await _box(tx, here, hand, station, read, quantity)
    return await station_scan(tx, here.id, station, hand, raw, quantity)


def is_for_table(station: Station | None) -> str:
    """The number of the order in hand where it has several lines; else nothing."""
    return station.order_number if station is not None and station.lines > 1 else ""


async def _box(
    tx: Tx, here: StationRow, hand: Hand, station: Station, read: Scan, quantity: int | None
) -> Turn:
    """OK takes the proposed carton, or the grams of the number pad; a carton's code or number takes that one.

    UNDO before the grams are said leads back to the cartons.
    """
    if read.command is Command.OK and quantity:
        return await weigh(tx, hand, station, quantity)
    if read.command is Command.OK:
        if not hand.carton:
            raise CartonNeeded
        if hand.said_carton:
            raise WeightNeeded(parcel=station.parcel or "-")
        return await _shut(tx, hand, station, hand.carton)
    if read.command is Command.UNDO and hand.said_carton and not hand.weight_g:
        return Turn(msgspec.structs.replace(hand, carton="", said_carton=False), station, "back")
    code = await carton_of(tx, read)
    if code is None and not hand.weight_g and (n := choice_of(read)) is not None:
        shelf = [] if hand.carton else await cartons(tx)  # numbered only while they are listed
        if n > len(shelf):
            raise NotNow
        code = shelf[n - 1].code
    if code is None:
        return await station_scan(tx, here.id, station, hand, read.raw, quantity)
    return await _shut(tx, hand, station, code)


async def _shut(tx: Tx, hand: Hand, station: Station, carton: str) -> Turn:
    """Closes the parcel where no scale is needed; else the carton is kept, until another one is scanned, and the grams come
    next."""
    boxed = msgspec.structs.replace(hand, carton=carton, said_carton=True, weight_g=0)
    if not wants_scale(station):
        return await weigh(tx, boxed, station, None)
    if boxed == hand:
        raise WeightNeeded(parcel=station.parcel or "-")
    return Turn(boxed, station, "carton")


def wants_scale(station: Station) -> bool:
    """Whether the open parcel must be weighed: more than one piece, or one whose weight nobody knows."""
    return sum(c.quantity for c in station.contents) != 1 or not station.contents[0].weight_g
