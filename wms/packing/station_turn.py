"""What comes of a scan at the pack station, and what every step of it needs to know."""

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.scan import Scan
from wms.packing.close_parcel import Closed
from wms.packing.propose import propose_for_table
from wms.packing.queries import Station
from wms.packing.station_hand import MOST_CHOICES, Hand


class Turn(msgspec.Struct, frozen=True):
    """What came of a scan. ``said`` names it; ``refusal`` is one that the screen shows and that changes its step.

    ``station`` None: the table is empty. ``closed``: the parcel that wants its label now.
    """

    hand: Hand
    station: Station | None
    said: str = ""
    refusal: Refusal | None = None
    closed: Closed | None = None
    label: tuple[int, int] | None = None
    """A parcel (shop, id) that cannot be opened again as long as it has its label: the screen leads there."""
    badge: str = ""
    """Of a supervisor who was called and still has to type the PIN."""
    several_lines: str = ""
    """Number of an order of several lines in the tote that came onto the table."""


async def proposed(tx: Tx, hand: Hand, station: Station, said: str) -> Turn:
    """With the cartons for all of the order: reckoned once, when it comes onto the table."""
    codes = await propose_for_table(tx, station, left=True)
    return Turn(msgspec.structs.replace(hand, proposed=codes), station, said)


async def chosen_carton(tx: Tx, hand: Hand, station: Station) -> Hand:
    """The carton for the parcel: what the packer took, else the one proposed for just this content."""
    if hand.carton:
        return hand
    if len(hand.proposed) == 1 and not station.units_left and (station.parcel_no or 1) == 1:
        return msgspec.structs.replace(hand, carton=hand.proposed[0])
    codes = await propose_for_table(tx, station, left=False)
    return msgspec.structs.replace(hand, carton=codes[0] if len(codes) == 1 else "")


def choice_of(read: Scan) -> int | None:
    """The number of a choice: its bar code, or its digit typed."""
    if read.command is not None:
        return read.command.choice
    return int(read.code) if len(read.code) == 1 and read.code in "123456789" else None


def lot_of(hand: Hand, read: Scan) -> str | None:
    """Which of the lots in question is meant: by its number on the list, or by its text, typed or scanned by itself."""
    n = choice_of(read)
    if n is not None and n <= len(hand.lots[:MOST_CHOICES]):
        return hand.lots[n - 1]
    alone = (
        (read.code,) if read.gtin else (read.code, read.serial, read.lot)
    )  # with a GTIN it names its goods too
    spelt = {lot.casefold(): lot for lot in reversed(hand.lots)}
    return next((spelt[x.casefold()] for x in alone if x and x.casefold() in spelt), None)
