"""What put-away refuses, in order of precedence."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text
from wms.locations.words import KINDS, UNITS
from wms.stock.words import STATUSES


class NotWaitingHere(Refusal):
    """The place is none that goods are put away from."""

    code = "not-waiting-here"
    text = Text(
        en="Goods are put away from a dock or from the returns bench, not from {location}. Scan where you took them.",
        pl="Towar rozkłada się z rampy albo ze stanowiska zwrotów, a nie z {location}. Zeskanuj miejsce, z którego go wziąłeś.",
    )


class NothingHere(Refusal):
    code = "nothing-here"
    text = Text(
        en="{scanned} does not wait at {place}. Scan the goods again, or look at the list of what waits.",
        pl="{scanned} nie czeka w miejscu {place}. Zeskanuj towar ponownie albo sprawdź listę oczekujących.",
    )


class WhichGoods(Refusal):
    """``choices``: what it can be; the worker names shop, lot, serial number or status."""

    code = "which-goods"
    status = 422
    tone = "warn"
    text = Text(
        en="{scanned} is here more than once: {said}. Scan the GS1 code, or choose one.",
        pl="{scanned} jest tu w kilku odmianach: {said}. Zeskanuj kod GS1 albo wybierz jedną.",
    )


class NotEnoughHere(Refusal):
    code = "not-enough-here"
    text = Text(
        en="Only {there} of {sku} wait at {place}, not {quantity}. Count again what you hold.",
        pl="W miejscu {place} czeka tylko {there} szt. {sku}, a nie {quantity}. Przelicz to, co masz w rękach.",
    )


class WrongPlace(Refusal):
    code = "wrong-place"
    words: ClassVar = {"kind": KINDS}
    text = Text(
        en="{location} is no place to store goods ({kind}). Scan the label of a bin or a reserve place.",
        pl="{location} nie służy do składowania ({kind}). Zeskanuj etykietę półki albo miejsca zapasu.",
    )


class QuarantineOnly(Refusal):
    code = "quarantine-only"
    words: ClassVar = {"status": STATUSES}
    text = Text(
        en="{sku} is {status} and must not be sold. Put it into the quarantine.",
        pl="{sku} ma status: {status}. Nie może być sprzedane. Odłóż je do kwarantanny.",
    )


class NotForQuarantine(Refusal):
    code = "not-for-quarantine"
    text = Text(
        en="{sku} is fit to be sold. Put it into a bin; the quarantine is for what is damaged, expired or blocked.",
        pl="{sku} nadaje się do sprzedaży. Odłóż je na półkę; kwarantanna jest dla towaru uszkodzonego, przeterminowanego lub zablokowanego.",
    )


class NobodyWaits(Refusal):
    code = "nobody-waits"
    text = Text(
        en="Orders wait for {waiting} of {sku}, so {quantity} do not belong into the cross-dock. Put the rest into a bin.",
        pl="Zamówienia czekają na {waiting} szt. {sku}, więc {quantity} szt. nie należy odkładać do przeładunku. Resztę odłóż na półkę.",
    )


class NotMovedFromHere(Refusal):
    """Places that the work flows through: what lies there belongs to a cart, a parcel or a truck."""

    code = "not-moved-from-here"
    words: ClassVar = {"kind": KINDS}
    text = Text(
        en="Goods at {location} belong to work under way ({kind}). Finish that work, or scan a shelf.",
        pl="Towar w miejscu {location} należy do pracy w toku ({kind}). Zakończ ją albo zeskanuj półkę.",
    )


class NotMovedHere(Refusal):
    code = "not-moved-here"
    words: ClassVar = {"kind": KINDS}
    text = Text(
        en="{location} takes no goods by a free move ({kind}). Scan a bin, a reserve place, a dock or the quarantine.",
        pl="Do {location} nie przenosi się towaru ({kind}). Zeskanuj półkę, miejsce zapasu, rampę albo kwarantannę.",
    )


class UnitNotMoved(Refusal):
    code = "unit-not-moved"
    words: ClassVar = {"kind": KINDS | UNITS}
    text = Text(
        en="{unit} is part of work under way ({kind}). Totes of a cart are parked, parcels are loaded or unloaded.",
        pl="{unit} to część pracy w toku ({kind}). Pojemniki z wózka się odstawia, a paczki ładuje lub rozładowuje.",
    )


class EmptySource(Refusal):
    code = "empty-source"
    tone = "warn"
    text = Text(
        en="{unit} is empty. Scan the place or the unit that you take the goods from.",
        pl="{unit} jest puste. Zeskanuj miejsce albo jednostkę, z której bierzesz towar.",
    )


class AnotherShopsShelf(Refusal):
    """A bin holds goods of one shop, so that the same EAN of two shops never lies side by side."""

    code = "another-shops-shelf"
    text = Text(
        en="{location} holds goods of the shop {others}. Choose an empty bin, or one of {shop}.",
        pl="Na {location} leży towar sklepu {others}. Wybierz pustą półkę albo półkę sklepu {shop}.",
    )


class PromisedGoods(Refusal):
    """``orders``: whose goods would go where no picker fetches them, or from under a picker. ``free``: what may go."""

    code = "promised-goods"
    text = Text(
        en="Only {free} of {sku} are free here; the rest is promised to: {said}. Move {free}, or wait until they are picked.",
        pl="Wolnych jest tu tylko {free} szt. {sku}; reszta jest obiecana: {said}. Przenieś {free} albo poczekaj na pobranie.",
    )


class NotYourMove(Refusal):
    code = "not-your-move"
    text = Text(
        en="{person} moved this. Ask them or a supervisor to undo it.",
        pl="To przeniesienie wykonał(a) {person}. Poproś tę osobę albo kierownika o cofnięcie.",
    )


class MoveUndone(Refusal):
    code = "move-undone"
    tone = "info"
    text = Text(
        en="This move is undone already, or its goods were carried on since. Go on.",
        pl="To przeniesienie jest już cofnięte albo towar przeniesiono dalej. Pracuj dalej.",
    )


class UndoHeld(Refusal):
    """``orders``: a picker is on the way to the goods that would go back."""

    code = "undo-held"
    text = Text(
        en="Pickers are on their way to these goods, for: {said}. Leave them where they are.",
        pl="Kompletujący idą już po ten towar, dla: {said}. Zostaw go na miejscu.",
    )


class HandsFull(Refusal):
    code = "hands-full"
    tone = "warn"
    text = Text(
        en="{scanned} is something else than what you hold. Put that down first: scan its place.",
        pl="{scanned} to coś innego niż to, co trzymasz. Najpierw to odłóż: zeskanuj jego miejsce.",
    )


class ChooseOne(Refusal):
    code = "choose-one"
    tone = "warn"
    text = Text(
        en="{scanned} is none of the choices. Scan or tap a number of the screen.",
        pl="{scanned} nie jest żadną z możliwości. Zeskanuj albo naciśnij numer z ekranu.",
    )


class GoodsFirst(Refusal):
    """A place was scanned with nothing in hand."""

    code = "goods-first"
    tone = "warn"
    text = Text(
        en="{scanned} is a place, and you hold nothing yet. Scan the pallet, the tote or the goods first.",
        pl="{scanned} to miejsce, a nic jeszcze nie trzymasz. Najpierw zeskanuj paletę, pojemnik albo towar.",
    )


class SourceFirst(Refusal):
    """Goods were scanned before the place that they are taken from."""

    code = "source-first"
    tone = "warn"
    text = Text(
        en="Where do you take {scanned} from? Scan that shelf, pallet or tote first.",
        pl="Skąd bierzesz {scanned}? Najpierw zeskanuj tę półkę, paletę albo pojemnik.",
    )


class NothingToUndoYet(Refusal):
    code = "nothing-to-undo-yet"
    tone = "info"
    text = Text(
        en="You have carried nothing yet that could be taken back.",
        pl="Nie ma jeszcze czego cofnąć: nic nie przeniesiono.",
    )
