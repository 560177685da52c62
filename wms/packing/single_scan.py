"""Singles on a handheld: out of the tote that many orders share, one piece after the other, straight into its parcel.

The scan of the piece finds the order, the scan of the carton closes the parcel: what is in, the scan of the piece has
proved, so one piece of known weight needs no scale. Whatever else is said means what it means at the pack station.
"""

import msgspec

from wms.db.tx import Tx
from wms.kernel.scan import Command, Scan, parse_scan
from wms.packing.desk_queries import StationRow, my_session
from wms.packing.errors import CartonNeeded, NotSingles, WeightNeeded
from wms.packing.queries import Station, cartons, parcel_contents, station_screen
from wms.packing.station_hand import Hand, fitting, step_of
from wms.packing.station_scan import carton_of, station_scan, weigh
from wms.packing.station_turn import Turn, choice_of
from wms.packing.tote_queries import has_orders_of_several_lines, orders_in_tote, tote_by_code


async def single_scan(tx: Tx, here: StationRow, hand: Hand, raw: str, quantity: int | None = None) -> Turn:
    """Judges one scan. ``quantity`` from the number pad are grams while the parcel waits for its carton, else pieces.

    Raises ``NotSingles``, ``WeightNeeded`` and the refusals of packing.
    """
    read = parse_scan(raw)
    live = await my_session(tx, here.id)
    if live is None:
        await _refuse_several_lines(tx, here, hand, read)
        return await station_scan(tx, here.id, hand, raw, quantity)
    station = await station_screen(tx, live.shop_id, live.id)
    hand = fitting(hand, station)
    if step_of(hand, station) in ("weight", "over"):
        return await _box(tx, here, hand, station, read, quantity)
    return await station_scan(tx, here.id, hand, raw, quantity)


async def _refuse_several_lines(tx: Tx, here: StationRow, hand: Hand, read: Scan) -> None:
    if read.command is not None or (hand.tote and read.kind != "tote"):
        return
    hu_id = await tote_by_code(tx, here.warehouse_id, [read.code, read.ref or read.code])
    if hu_id is not None and await has_orders_of_several_lines(tx, await orders_in_tote(tx, hu_id)):
        raise NotSingles(tote=read.code)


async def _box(
    tx: Tx, here: StationRow, hand: Hand, station: Station, read: Scan, quantity: int | None
) -> Turn:
    """OK takes the proposed carton, or the grams of the number pad; a carton's code or number takes that one."""
    if read.command is Command.OK and quantity:
        return await weigh(tx, hand, station, quantity)
    if read.command is Command.OK:
        if not hand.carton:
            raise CartonNeeded
        return await _shut(tx, hand, station)
    code = await carton_of(tx, read)
    if code is None and not hand.weight_g and (n := choice_of(read)) is not None:
        shelf = await cartons(tx)
        code = shelf[n - 1].code if n <= len(shelf) else None
    if code is None:
        return await station_scan(tx, here.id, hand, read.raw, quantity)
    return await _shut(tx, msgspec.structs.replace(hand, carton=code, weight_g=0), station)


async def _shut(tx: Tx, hand: Hand, station: Station) -> Turn:
    """Closes the parcel where no scale is needed; else the carton is kept and the grams come next."""
    if not await wants_scale(tx, station):
        return await weigh(tx, hand, station, None)
    if hand.said_carton:
        raise WeightNeeded(parcel=station.parcel or "-")
    return Turn(msgspec.structs.replace(hand, said_carton=True), station, "carton")


async def wants_scale(tx: Tx, station: Station) -> bool:
    """Whether the open parcel must be weighed: more than one piece, or one whose weight nobody knows."""
    assert station.parcel_id is not None
    goods = await parcel_contents(tx, station.shop_id, station.parcel_id)
    return sum(w.quantity for w in goods) != 1 or not goods[0].weight_g
