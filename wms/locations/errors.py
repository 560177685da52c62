"""What the places refuse."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text
from wms.locations.words import LOCKS


class UnknownLocation(Refusal):
    code = "unknown-location"
    status = 404
    text = Text(
        en="There is no location {scanned} in this warehouse. Scan the label on the shelf again.",
        pl="W tym magazynie nie ma lokalizacji {scanned}. Zeskanuj ponownie etykietę na regale.",
    )


class UnknownHandlingUnit(Refusal):
    code = "unknown-handling-unit"
    status = 404
    text = Text(
        en="There is no tote, carton or pallet {scanned}. Scan its label again, or have a new label printed.",
        pl="Nie ma pojemnika, kartonu ani palety {scanned}. Zeskanuj etykietę ponownie albo wydrukuj nową.",
    )


class CodeTaken(Refusal):
    """``codes`` lists every one of the request, so that one answer is enough to mend it."""

    code = "code-taken"
    text = Text(
        en="Already in use: {codes}. Choose other codes.",
        pl="Te kody są już zajęte: {codes}. Wybierz inne.",
    )


class LocationLocked(Refusal):
    code = "location-locked"
    words: ClassVar = {"reason": LOCKS}
    text = Text(
        en="Location {location} is locked: {reason}. Use another one, or ask a supervisor.",
        pl="Lokalizacja {location} jest zablokowana: {reason}. Użyj innej albo zapytaj kierownika.",
    )


class NotLockable(Refusal):
    code = "not-lockable"
    text = Text(
        en="Location {location} is one that the warehouse works through; only bins, reserve places and docks can be locked.",
        pl="Lokalizacja {location} jest potrzebna do bieżącej pracy; zablokować można tylko półki, miejsca zapasu i rampy.",
    )


class OutOfUse(Refusal):
    code = "location-out-of-use"
    text = Text(
        en="Location {location} is out of use. Take it into use first (PATCH with active: true).",
        pl="Lokalizacja {location} jest wyłączona z użytku. Najpierw ją włącz (PATCH z active: true).",
    )


class LocationNotEmpty(Refusal):
    code = "location-not-empty"
    text = Text(
        en="Location {location} still holds {units} units. Move them elsewhere, then take it out of use.",
        pl="W lokalizacji {location} jest jeszcze {units} szt. Przenieś towar, a potem wyłącz ją z użytku.",
    )


class NumbersMissing(Refusal):
    code = "numbers-missing"
    text = Text(
        en="The number range {range} is not set up. An administrator must enter it first.",
        pl="Zakres numerów {range} nie jest wprowadzony. Musi go najpierw wprowadzić administrator.",
    )


class NumbersUsedUp(Refusal):
    code = "numbers-used-up"
    text = Text(
        en="The number range {range} has {left} numbers left and {wanted} are needed. Ask for a new range.",
        pl="W zakresie numerów {range} zostało {left}, a potrzeba {wanted}. Poproś o nowy zakres.",
    )


class NumbersInTwoRanges(Refusal):
    """A number would come out twice, on two parcels."""

    code = "numbers-in-two-ranges"
    text = Text(
        en="The numbers {first} to {last} are in range {range} already ({others}). Enter only numbers that no range has.",
        pl="Numery od {first} do {last} są już w zakresie {range} ({others}). Wprowadź tylko numery, których nie ma żaden zakres.",
    )
