"""What a packer has said about the parcel on the table and the tables do not hold: the step that follows from it."""

from typing import Literal

import msgspec

from wms.packing.queries import Station

Step = Literal["tote", "piece", "items", "lot", "inserts", "weight", "over"]
MOST_LABELS = 20
MOST_CHOICES = 9
"""As many as have a number on the screen."""


class Hand(msgspec.Struct, frozen=True, omit_defaults=True):
    """``parcel``: the one that the rest belongs to. ``quantity`` is for the next scan; ``inserts`` are texts of those in.

    ``tote`` holds several orders and waits for a piece, until nothing in it waits any more. ``lot_for`` is a scan that
    left open which of ``lots`` it is; the first nine of them have a number. ``shut`` is the parcel (shop, id) that was closed last: UNDO opens it again.
    ``last`` is what UNDO takes out again: scan, quantity, lot. ``weight_g`` is one that the scale's check refused.
    ``said_carton``: the packer has confirmed the carton, and the weight comes next.
    ``proposed`` are cartons for the whole order; ``labels`` parcels (shop, id) that may still wait for theirs.
    """

    parcel: int = 0
    tote: str = ""
    quantity: int = 0
    last: tuple[str, int, str] | None = None
    lot_for: tuple[str, int] | None = None
    lots: list[str] = []
    closing: bool = False
    inserts: list[str] = []
    carton: str = ""
    said_carton: bool = False
    proposed: list[str] = []
    weight_g: int = 0
    labels: list[tuple[int, int]] = []
    shut: tuple[int, int] | None = None

    def cleared(self, parcel: int = 0) -> "Hand":
        """For another parcel: the labels go with the packer, and the tote of several orders stays on the table."""
        return Hand(parcel=parcel, labels=self.labels, tote=self.tote)

    def emptied(self, parcel: int = 0) -> "Hand":
        """For another tote."""
        return Hand(parcel=parcel, labels=self.labels)


def fitting(hand: Hand, station: Station) -> Hand:
    """The hand, or an empty one where it speaks of another parcel. One said before the parcel was opened goes over."""
    parcel = station.parcel_id or 0
    if hand.parcel == parcel:
        return hand
    if hand.parcel == 0:
        return msgspec.structs.replace(hand, parcel=parcel)
    return hand.cleared(parcel)


def missing_inserts(hand: Hand, station: Station) -> list[str]:
    """Texts of the inserts that the shop wants and nobody has put in yet."""
    return [str(i["text"]) for i in station.inserts if i["text"] not in hand.inserts]


def step_of(hand: Hand, station: Station | None) -> Step:
    """What the screen asks for."""
    if hand.lot_for is not None:
        return "lot"
    if station is None:
        return "piece" if hand.tote else "tote"
    if not station.contents or (station.units_left and not hand.closing):
        return "items"
    if missing_inserts(hand, station):
        return "inserts"
    return "over" if hand.weight_g else "weight"
