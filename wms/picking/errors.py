"""What picking refuses, in order of precedence: whose cart, which order, which step, then the scan itself."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class NothingToPick(Refusal):
    code = "nothing-to-pick"
    tone = "info"
    text = Text(
        en="No cart waits for a picker ({held} are being picked). Ask a supervisor to release a wave.",
        pl="Żaden wózek nie czeka na kompletację (w toku: {held}). Poproś kierownika o wypuszczenie fali.",
    )


class NoCartInHand(NothingToPick):
    """A scan that only means something on a cart."""

    text = Text(
        en="You have no cart, so nothing was done. Scan OK for the next one, or the number of one on the list.",
        pl="Nie masz wózka, więc nic się nie stało. Zeskanuj OK, aby wziąć następny, albo numer z listy.",
    )


class NotYourCluster(Refusal):
    code = "not-your-cluster"
    text = Text(
        en="Cart {cluster} is picked by {holder} until {until}. Claim another one.",
        pl="Wózek {cluster} kompletuje {holder} do {until}. Weź inny.",
    )


class LeaseLost(Refusal):
    """``holder`` is empty when nobody took the cart over."""

    code = "lease-lost"
    text = Text(
        en="Cart {cluster} is no longer yours: the time ran out or it was released. Claim your work again.",
        pl="Wózek {cluster} nie jest już Twój: minął czas albo został zwolniony. Pobierz pracę ponownie.",
    )


class TakenOver(LeaseLost):
    """Somebody else goes on with the cart."""

    text = Text(
        en="{holder} has taken over cart {cluster}: it had waited too long. Leave the totes to them and take another.",
        pl="Wózek {cluster} przejmuje {holder}, bo czekał zbyt długo. Zostaw pojemniki i weź inny wózek.",
    )


class ClusterDone(Refusal):
    code = "cluster-done"
    tone = "info"
    text = Text(
        en="Cart {cluster} is finished. Claim the next one.",
        pl="Wózek {cluster} jest skończony. Weź następny.",
    )


class TotesFirst(Refusal):
    code = "totes-first"
    tone = "warn"
    text = Text(
        en="Place {slot} of the cart has no tote. Scan an empty tote for it first.",
        pl="Miejsce {slot} na wózku nie ma pojemnika. Najpierw zeskanuj dla niego pusty pojemnik.",
    )


class TaskDone(Refusal):
    """An act on a task that is finished; a repeated scan is not refused but answered "already done"."""

    code = "task-done"
    tone = "info"
    text = Text(
        en="This pick is already finished. Go on with the one on the screen.",
        pl="To pobranie jest już zakończone. Wykonaj to, które jest na ekranie.",
    )


class OutOfOrder(Refusal):
    """``expected`` is the step that the server waits for: location, item or tote; ``location`` where."""

    code = "out-of-order"
    tone = "warn"
    text = Text(
        en="Not yet: this pick waits for its {expected} scan at {location}. Follow the screen.",
        pl="Jeszcze nie: to pobranie przy {location} czeka na {expected}. Postępuj według ekranu.",
    )
    words: ClassVar = {
        "expected": {
            "location": Text(en="shelf", pl="skan półki"),
            "item": Text(en="item", pl="skan towaru"),
            "tote": Text(en="tote", pl="skan pojemnika"),
        }
    }


class WrongLocation(Refusal):
    code = "wrong-location"
    text = Text(
        en="This is {scanned}, not {expected}. Go to {expected} and scan the label on the shelf.",
        pl="To jest {scanned}, a nie {expected}. Przejdź do {expected} i zeskanuj etykietę na półce.",
    )


class SomeoneElsesGoods(Refusal):
    code = "someone-elses-goods"
    text = Text(
        en="{scanned} belongs to the shop {others}, not to {shop}. Put it back and take {expected}.",
        pl="{scanned} należy do sklepu {others}, a nie {shop}. Odłóż to i weź {expected}.",
    )


class WrongItem(Refusal):
    """``found`` names what was scanned, as far as it is known."""

    code = "wrong-item"
    text = Text(
        en="This is {found}, not {expected}. Put it back and take {expected}.",
        pl="To jest {found}, a nie {expected}. Odłóż to i weź {expected}.",
    )


class AmbiguousScan(Refusal):
    """``choices`` lists the readings; sending the same scan again with ``lot`` or ``serial`` decides."""

    code = "ambiguous-scan"
    tone = "warn"
    status = 422
    text = Text(
        en="The code can be read in several ways: {said}. Scan another code on the item, or enter the lot.",
        pl="Kod można odczytać na kilka sposobów: {said}. Zeskanuj inny kod z towaru albo podaj partię.",
    )


class LotNeeded(Refusal):
    """Several lots of the SKU lie in the bin; the same scan with ``lot`` says which."""

    code = "lot-needed"
    tone = "warn"
    status = 422
    text = Text(
        en="Several lots of {sku} lie here. Scan the GS1 code, or enter the lot; {expected} is wanted.",
        pl="Leży tu kilka partii {sku}. Zeskanuj kod GS1 albo podaj partię; potrzebna jest {expected}.",
    )


class SerialNeeded(Refusal):
    code = "serial-needed"
    tone = "warn"
    status = 422
    text = Text(
        en="{sku} is kept by serial number. Scan or enter the number of this piece; {expected} is wanted.",
        pl="{sku} jest śledzone numerami seryjnymi. Zeskanuj lub podaj numer tej sztuki; potrzebna jest {expected}.",
    )


class ExpiredLot(Refusal):
    code = "expired-lot"
    text = Text(
        en="This piece expired on {expired}. Put it aside for quarantine; if there is no other, report it missing.",
        pl="Ta sztuka straciła ważność {expired}. Odłóż ją do kwarantanny, a jeśli nie ma innej, zgłoś brak.",
    )


class WrongLot(Refusal):
    code = "wrong-lot"
    text = Text(
        en="This is lot {found}; take lot {expected}. It expires first or is promised to this order.",
        pl="To partia {found}; weź partię {expected}. Ma krótszą ważność albo jest obiecana temu zamówieniu.",
    )


class WrongSerial(Refusal):
    code = "wrong-serial"
    text = Text(
        en="This is number {found}; take the piece with number {expected}. It is promised to this order.",
        pl="To numer {found}; weź sztukę o numerze {expected}. Jest obiecana temu zamówieniu.",
    )


class TooMany(Refusal):
    code = "more-than-wanted"
    text = Text(
        en="That makes {sum}, and {wanted} are wanted. Put {over} back.",
        pl="To daje {sum}, a potrzeba {wanted}. Odłóż nadmiar: {over}.",
    )


class NotAll(Refusal):
    """One call confirms a pick whole; less is a short pick and says so."""

    code = "not-all"
    text = Text(
        en="{wanted} are wanted and {said} were confirmed. Take the rest, or report it missing.",
        pl="Potrzeba {wanted}, a potwierdzono {said}. Dobierz resztę albo zgłoś brak.",
    )


class WrongTote(Refusal):
    code = "wrong-tote"
    text = Text(
        en="{scanned} is not the tote of this order. Put the goods into {expected} and scan it.",
        pl="{scanned} to nie pojemnik tego zamówienia. Włóż towar do {expected} i zeskanuj go.",
    )


class NotATote(Refusal):
    code = "not-a-tote"
    text = Text(
        en="{scanned} is not a tote of this warehouse. Scan the label on an empty tote.",
        pl="{scanned} to nie pojemnik tego magazynu. Zeskanuj etykietę na pustym pojemniku.",
    )


class ToteInUse(Refusal):
    """``cart`` names the cluster that holds it."""

    code = "tote-in-use"
    text = Text(
        en="Tote {tote} is already on cart {cart}. Take another empty tote.",
        pl="Pojemnik {tote} jest już na wózku {cart}. Weź inny pusty pojemnik.",
    )


class ToteNotEmpty(Refusal):
    code = "tote-not-empty"
    text = Text(
        en="Tote {tote} still holds {units} pieces. Take an empty one, or have this one cleared.",
        pl="W pojemniku {tote} jest jeszcze towar (szt.: {units}). Weź pusty albo zgłoś ten do opróżnienia.",
    )


class SlotTaken(Refusal):
    """More totes than the cart has free places, or a place that it does not have."""

    code = "no-such-slot"
    text = Text(
        en="Cart {cluster} has no free place for this tote. Begin to pick, or name the place whose tote is full.",
        pl="Wózek {cluster} nie ma wolnego miejsca na ten pojemnik. Zacznij kompletację albo wskaż miejsce z pełnym pojemnikiem.",
    )


class NothingToUndo(Refusal):
    code = "nothing-to-undo"
    tone = "info"
    text = Text(
        en="Nothing was picked on this cart yet, so there is nothing to undo.",
        pl="Na tym wózku nic jeszcze nie pobrano, więc nie ma czego cofnąć.",
    )


class NotAPlaceForTotes(Refusal):
    code = "not-a-place-for-totes"
    text = Text(
        en="{location} is no place for totes. Scan the label of a pack station or a lane.",
        pl="{location} to nie miejsce na pojemniki. Zeskanuj etykietę stanowiska pakowania albo toru.",
    )


class OrderWaits(Refusal):
    """Another line of the order is missing, so the whole order went back to wait."""

    code = "order-waits"
    tone = "warn"
    text = Text(
        en="Order {number} waits for goods that are missing. Leave it and go on with the next pick.",
        pl="Zamówienie {number} czeka na brakujący towar. Zostaw je i przejdź do następnego pobrania.",
    )


class NotABin(Refusal):
    """Goods that come back go to a shelf."""

    code = "not-a-bin"
    text = Text(
        en="{location} is not a shelf. Scan the label of the shelf where the goods go.",
        pl="{location} to nie półka. Zeskanuj etykietę półki, na którą odkładasz towar.",
    )


class NothingFrom(Refusal):
    """On the list of goods to carry back."""

    code = "nothing-to-put-back-from"
    tone = "warn"
    text = Text(
        en="Nothing in {scanned} is to be put back. Scan a tote from the list, or its number.",
        pl="Z {scanned} nie ma nic do odłożenia. Zeskanuj pojemnik z listy albo jego numer.",
    )


class NothingPutBack(Refusal):
    code = "nothing-put-back"
    tone = "info"
    text = Text(
        en="Nothing was put back here that could be undone. Only the last scan can be.",
        pl="Nie ma czego cofnąć. Cofnąć można tylko ostatnie odłożenie.",
    )


class PutBackHeld(Refusal):
    """``orders``: a picker is on the way to the pieces that would go back."""

    code = "put-back-held"
    text = Text(
        en="Pickers are on their way to these pieces, for: {said}. Leave them on the shelf.",
        pl="Kompletujący idą już po te sztuki, dla: {said}. Zostaw je na półce.",
    )


class PutBackToteTaken(Refusal):
    """The tote that the goods came from serves another cart, or holds another order's goods."""

    code = "put-back-tote-taken"
    text = Text(
        en="Tote {tote} serves another cart or order by now. Leave the goods on the shelf.",
        pl="Pojemnik {tote} służy już do innego wózka lub zamówienia. Zostaw towar na półce.",
    )


class PutBackGone(Refusal):
    code = "put-back-gone"
    text = Text(
        en="{sku} is no longer on {location}: somebody has taken it since. Have the place counted.",
        pl="{sku} nie leży już na {location}: ktoś zabrał towar. Zleć liczenie tego miejsca.",
    )
