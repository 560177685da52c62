"""What put-away refuses, in order of precedence."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


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
    text = Text(
        en="{location} is no place to store goods ({kind}). Scan the label of a bin or a reserve place.",
        pl="{location} nie służy do składowania ({kind}). Zeskanuj etykietę półki albo miejsca zapasu.",
    )


class QuarantineOnly(Refusal):
    code = "quarantine-only"
    text = Text(
        en="{sku} is {status} and must not be sold. Put it into the quarantine.",
        pl="{sku} ma status {status} i nie może być sprzedane. Odłóż je do kwarantanny.",
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
