"""What packing refuses, in order of precedence."""

from collections.abc import Iterable
from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.state_words import ORDERS, PARCELS
from wms.kernel.text import Text


class BeingPacked(Refusal):
    code = "being-packed"
    tone = "warn"
    text = Text(
        en="{person} is packing order {number} at {station}. Take another tote.",
        pl="{person} pakuje zamówienie {number} na stanowisku {station}. Weź inny pojemnik.",
    )


class NothingToPack(Refusal):
    code = "nothing-to-pack"
    text = Text(
        en="Nothing in {scanned} waits to be packed. Check the code; if goods are inside, call a supervisor.",
        pl="W {scanned} nic nie czeka na spakowanie. Sprawdź kod; jeśli w środku jest towar, wezwij kierownika.",
    )


class NotPickedYet(Refusal):
    code = "not-picked-yet"
    tone = "warn"
    words: ClassVar = {"state": ORDERS}
    text = Text(
        en="Order {number} is still being picked ({state}). Put the tote back into the queue.",
        pl="Zamówienie {number} nie jest jeszcze skompletowane ({state}). Odstaw pojemnik do kolejki.",
    )


class SeveralOrders(Refusal):
    code = "several-orders"
    tone = "warn"
    text = Text(
        en="Order number {number} exists in several shops: {shops}. Scan the tote instead.",
        pl="Zamówienie o numerze {number} jest w kilku sklepach: {shops}. Zeskanuj pojemnik.",
    )


class SessionOver(Refusal):
    code = "session-over"
    tone = "warn"
    text = Text(
        en="This packing has ended or somebody else has taken it over. Scan the tote again.",
        pl="To pakowanie zostało zakończone albo przejęła je inna osoba. Zeskanuj pojemnik ponownie.",
    )


class NoOpenParcel(Refusal):
    code = "no-open-parcel"
    tone = "warn"
    text = Text(
        en="There is no open parcel to take anything out of.",
        pl="Nie ma otwartej paczki, z której można coś wyjąć.",
    )


class ParcelNotOpen(Refusal):
    code = "parcel-not-open"
    words: ClassVar = {"state": PARCELS}
    text = Text(
        en="Parcel {parcel} is {state}. Reopen it first, if it has no label yet.",
        pl="Paczka {parcel} jest {state}. Najpierw otwórz ją ponownie, jeśli nie ma jeszcze etykiety.",
    )


class SomeoneElsesGoods(Refusal):
    code = "someone-elses-goods"
    text = Text(
        en="{sku} belongs to another shop. Take it out of the tote and call a supervisor.",
        pl="{sku} należy do innego sklepu. Wyjmij towar z pojemnika i wezwij kierownika.",
    )


class WrongItem(Refusal):
    code = "wrong-item"
    text = Text(
        en="{sku} is not in order {number}. Put it aside and scan the next piece.",
        pl="{sku} nie należy do zamówienia {number}. Odłóż na bok i zeskanuj następną sztukę.",
    )


class WrongLot(Refusal):
    code = "wrong-lot"
    text = Text(
        en="{sku} {scanned} is not what was picked for order {number}. Picked: {picked}. Look for that one.",
        pl="{sku} {scanned} to nie to, co pobrano do zamówienia {number}. Pobrano: {picked}. Znajdź właściwą sztukę.",
    )


class LotNeeded(Refusal):
    """``lots`` are all that it may be: a list beside the sentence."""

    code = "lot-needed"
    tone = "warn"
    text = Text(
        en="Which {sku} is it? Scan or type its lot or serial number.",
        pl="Która to sztuka {sku}? Zeskanuj lub wpisz jej partię albo numer seryjny.",
    )


def which_lot(sku: str, lots: Iterable[str]) -> LotNeeded:
    """The question, with each of ``lots`` once."""
    return LotNeeded(sku=sku, lots=list(dict.fromkeys(lots)))


MOST_NAMED = 9


def some_of(names: Iterable[str]) -> str:
    """The names as a sentence bears them: nine, and dots for the others."""
    every = list(dict.fromkeys(names))
    return ", ".join(every[:MOST_NAMED]) + (" …" if len(every) > MOST_NAMED else "")


class TooMany(Refusal):
    code = "too-many"
    text = Text(
        en="Order {number} needs only {wanted} more of {sku}. Put the rest back and call a supervisor.",
        pl="Do zamówienia {number} brakuje jeszcze tylko {wanted} szt. {sku}. Odłóż resztę i wezwij kierownika.",
    )


class ElsewhereInTote(Refusal):
    code = "pack-wrong-tote"
    text = Text(
        en="{sku} of order {number} was picked into {totes}, not into {tote}. Scan that tote first.",
        pl="{sku} z zamówienia {number} pobrano do {totes}, a nie do {tote}. Najpierw zeskanuj tamten pojemnik.",
    )


class NothingInTote(Refusal):
    code = "tote-of-another-order"
    text = Text(
        en="Tote {tote} holds nothing of order {number}. Its goods are in {totes}.",
        pl="W pojemniku {tote} nie ma nic z zamówienia {number}. Jego towar jest w {totes}.",
    )


class EmptyParcel(Refusal):
    code = "empty-parcel"
    text = Text(
        en="Parcel {parcel} is empty. Scan what goes into it first.",
        pl="Paczka {parcel} jest pusta. Najpierw zeskanuj jej zawartość.",
    )


class InsertsMissing(Refusal):
    code = "inserts-missing"
    tone = "warn"
    text = Text(
        en="The shop wants this in the parcel too: {inserts}. Put it in and confirm.",
        pl="Sklep prosi, aby dołożyć do paczki: {inserts}. Włóż i potwierdź.",
    )


class WeightOff(Refusal):
    """``suspects`` are the SKUs of which one piece more or less would explain it."""

    code = "weight-off"
    text = Text(
        en="The parcel weighs {measured_g} g and should weigh {expected_g} g ({tolerance_g} g more or less is fine)."
        " Check {suspects}; if all is right, a supervisor can overrule.",
        pl="Paczka waży {measured_g} g, a powinna {expected_g} g (dopuszczalnie ±{tolerance_g} g)."
        " Sprawdź {suspects}; jeśli wszystko się zgadza, kierownik może zatwierdzić.",
    )


class WeightNeeded(Refusal):
    """Only a parcel of one piece whose weight is in the catalogue closes without a scale."""

    code = "weight-needed"
    tone = "warn"
    text = Text(
        en="Parcel {parcel} must be weighed. Put it on the scale and enter the grams.",
        pl="Paczkę {parcel} trzeba zważyć. Połóż ją na wadze i wpisz gramy.",
    )


class NotSingles(Refusal):
    """A handheld packs orders of one kind of goods; the others need the table."""

    code = "not-singles"
    tone = "warn"
    text = Text(
        en="Order {number} has several items. Take its tote to the screen at {station} and scan it there.",
        pl="Zamówienie {number} ma kilka towarów. Zanieś pojemnik do ekranu na {station} i tam go zeskanuj.",
    )


class OverruleNeedsSupervisor(Refusal):
    code = "supervisor-needed"
    status = 403
    text = Text(
        en="Only a supervisor may overrule the scale. Call one to the station.",
        pl="Tylko kierownik może zatwierdzić inną wagę. Wezwij go do stanowiska.",
    )


class ParcelDiffers(Refusal):
    """The last fence before ``verified``: it should never be seen, and if it is, something was moved by hand."""

    code = "parcel-differs"
    text = Text(
        en="What is booked into parcel {parcel} is not what was scanned into it. Do not ship it; call a supervisor.",
        pl="To, co zaksięgowano w paczce {parcel}, różni się od tego, co zeskanowano. Nie wysyłaj; wezwij kierownika.",
    )


class ParcelHasLabel(Refusal):
    code = "parcel-has-label"
    text = Text(
        en="Parcel {parcel} has a label. Void the label first, then reopen the parcel.",
        pl="Paczka {parcel} ma etykietę. Najpierw ją unieważnij, potem otwórz paczkę.",
    )


class CartonExists(Refusal):
    code = "carton-exists"
    text = Text(
        en="There is already a carton {carton}. Choose another code.",
        pl="Karton {carton} już istnieje. Wybierz inny kod.",
    )


class CartonNeeded(Refusal):
    code = "carton-needed"
    tone = "warn"
    text = Text(
        en="Which carton is it? Scan its code or type its number on the list, then the weight.",
        pl="Jaki to karton? Zeskanuj jego kod albo wpisz numer z listy, potem wagę.",
    )


class NothingToUndo(Refusal):
    code = "pack-nothing-to-undo"
    tone = "info"
    text = Text(
        en="There is nothing to take back: only the piece scanned last can be undone.",
        pl="Nie ma czego cofnąć: cofnąć można tylko ostatnio zeskanowaną sztukę.",
    )


class NotNow(Refusal):
    code = "pack-not-now"
    tone = "warn"
    text = Text(
        en="This does nothing on this screen. Do what it asks for.",
        pl="To nic nie robi na tym ekranie. Zrób to, o co prosi ekran.",
    )


class WrongSupervisor(Refusal):
    code = "wrong-supervisor"
    status = 403
    text = Text(
        en="Badge and PIN do not belong to a supervisor. Try again.",
        pl="Identyfikator i PIN nie należą do kierownika. Spróbuj ponownie.",
    )
