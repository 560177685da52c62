"""What replenishment refuses, in order of precedence: whose task, which step, then the scan itself."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text
from wms.locations.words import KINDS


class NotAPickFace(Refusal):
    code = "not-a-pick-face"
    words: ClassVar = {"kind": KINDS}
    text = Text(
        en="{location} is not a bin that goods are picked from ({kind}). Name a bin for the pick face.",
        pl="{location} to nie półka, z której się kompletuje ({kind}). Wskaż półkę jako miejsce kompletacji.",
    )


class NothingToReplenish(Refusal):
    code = "nothing-to-replenish"
    tone = "info"
    text = Text(
        en="No pick face waits for goods ({held} are being filled). Take other work.",
        pl="Żadne miejsce kompletacji nie czeka na uzupełnienie (w toku: {held}). Weź inną pracę.",
    )


class NotYourReplenishment(Refusal):
    code = "not-your-replenishment"
    text = Text(
        en="{holder} is filling {location} until {until}. Take another task.",
        pl="{location} uzupełnia {holder} do {until}. Weź inne zadanie.",
    )


class ReplenishmentLost(Refusal):
    """The lease ran out and somebody took over, or it was given back."""

    code = "replenishment-lost"
    text = Text(
        en="The refill of {location} is no longer yours: the time ran out or it was given back. Claim work again.",
        pl="Uzupełnienie {location} nie jest już Twoje: minął czas albo zostało oddane. Pobierz pracę ponownie.",
    )


class ReplenishmentVoid(Refusal):
    code = "replenishment-void"
    tone = "info"
    text = Text(
        en="The refill of {location} is no longer wanted: its goods went elsewhere. Put back what you hold and claim the next task.",
        pl="Uzupełnienie {location} jest już niepotrzebne: towar trafił gdzie indziej. Odłóż to, co masz, i pobierz następne zadanie.",
    )


class ReplenishOutOfOrder(Refusal):
    """``expected`` is the step that the server waits for: location, item or target; ``location`` where."""

    code = "replenish-out-of-order"
    tone = "warn"
    words: ClassVar = {
        "expected": {
            "location": Text(en="source", pl="miejsce pobrania"),
            "item": Text(en="item", pl="towar"),
            "target": Text(en="target", pl="miejsce docelowe"),
        }
    }
    text = Text(
        en="Not yet: this task waits for its {expected} scan at {location}. Follow the screen.",
        pl="Jeszcze nie: to zadanie czeka na inny skan ({expected}) przy {location}. Postępuj według ekranu.",
    )


class ReplenishWrongSource(Refusal):
    code = "replenish-wrong-source"
    text = Text(
        en="This is {scanned}, not {expected}. Go to {expected} and scan the label on the rack or the pallet.",
        pl="To jest {scanned}, a nie {expected}. Przejdź do {expected} i zeskanuj etykietę na regale albo palecie.",
    )


class ReplenishSomeoneElses(Refusal):
    code = "replenish-someone-elses"
    text = Text(
        en="{scanned} belongs to the shop {others}, not to {shop}. Put it back and take {expected}.",
        pl="{scanned} należy do sklepu {others}, a nie {shop}. Odłóż to i weź {expected}.",
    )


class ReplenishWrongItem(Refusal):
    code = "replenish-wrong-item"
    text = Text(
        en="This is {found}, not {expected}. Put it back and take {expected}.",
        pl="To jest {found}, a nie {expected}. Odłóż to i weź {expected}.",
    )


class ReplenishWhich(Refusal):
    """``choices``: how many pieces the code can stand for; the worker scans another code or types the number."""

    code = "replenish-which"
    status = 422
    tone = "warn"
    text = Text(
        en="{scanned} can stand for {said} pieces. Scan another code on the goods, or type the quantity.",
        pl="{scanned} może oznaczać {said} szt. Zeskanuj inny kod z towaru albo wpisz ilość.",
    )


class ReplenishLotNeeded(Refusal):
    code = "replenish-lot-needed"
    status = 422
    tone = "warn"
    text = Text(
        en="Several lots of {sku} stand here. Scan the GS1 code, or enter the lot or serial number; {expected} is wanted.",
        pl="Stoi tu kilka partii {sku}. Zeskanuj kod GS1 albo podaj partię lub numer seryjny; potrzebna jest {expected}.",
    )


class ReplenishWrongLot(Refusal):
    code = "replenish-wrong-lot"
    text = Text(
        en="This is {found}; take {expected}. What expires first goes to the pick face first.",
        pl="To jest {found}; weź {expected}. Najpierw uzupełnia się towarem o najkrótszej ważności.",
    )


class ReplenishExpired(Refusal):
    code = "replenish-expired"
    text = Text(
        en="{sku} expired on {expired}. Leave it, report it missing here, and tell a supervisor.",
        pl="{sku} straciło ważność {expired}. Zostaw ten towar, zgłoś brak i powiadom kierownika.",
    )


class ReplenishTooMany(Refusal):
    code = "replenish-too-many"
    text = Text(
        en="That makes {sum}, and {wanted} are wanted. Put {over} back.",
        pl="To daje {sum}, a potrzeba {wanted}. Odłóż nadmiar: {over}.",
    )


class ReplenishNotAll(Refusal):
    """Less than is wanted must be said: it locks the place and has it counted."""

    code = "replenish-not-all"
    tone = "warn"
    text = Text(
        en="{wanted} are wanted and {said} are in hand. Take the rest, or report it missing.",
        pl="Potrzeba {wanted}, a masz {said}. Dobierz resztę albo zgłoś brak.",
    )


class ReplenishWrongTarget(Refusal):
    code = "replenish-wrong-target"
    text = Text(
        en="This is {scanned}, not {expected}. Bring the goods to {expected} and scan the label on the shelf.",
        pl="To jest {scanned}, a nie {expected}. Zanieś towar do {expected} i zeskanuj etykietę na półce.",
    )


class NothingToUndoHere(Refusal):
    code = "replenish-nothing-to-undo"
    tone = "info"
    text = Text(
        en="This task has moved nothing yet, so there is nothing to undo.",
        pl="To zadanie niczego jeszcze nie przeniosło, więc nie ma czego cofnąć.",
    )


class OnPickersList(Refusal):
    """``orders``: a picker is on the way to the goods that would go back."""

    code = "replenish-on-pickers-list"
    text = Text(
        en="Pickers are on their way to these goods, for: {said}. Leave them where they are.",
        pl="Kompletujący idą już po ten towar, dla: {said}. Zostaw go na miejscu.",
    )


class ReplenishChoose(Refusal):
    code = "replenish-choose"
    tone = "warn"
    text = Text(
        en="{scanned} is none of the tasks. Choose one of the list, or scan OK for the most urgent one.",
        pl="{scanned} nie należy do żadnego z zadań. Wybierz z listy albo zeskanuj OK, aby wziąć najpilniejsze.",
    )
