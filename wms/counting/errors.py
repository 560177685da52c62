"""What counting refuses, in order of precedence."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.state_words import COUNTS
from wms.kernel.text import Text
from wms.locations.words import KINDS


class NotCountable(Refusal):
    code = "not-countable"
    words: ClassVar = {"kind": KINDS}
    text = Text(
        en="{location} is not a place that is counted ({kind}). Scan a bin, a reserve place, a dock or the quarantine.",
        pl="Miejsca {location} się nie liczy ({kind}). Zeskanuj półkę, miejsce zapasu, rampę albo kwarantannę.",
    )


class CountTaken(Refusal):
    code = "count-taken"
    tone = "warn"
    text = Text(
        en="{person} is counting {location}. Take another count.",
        pl="{location} liczy już {person}. Weź inne liczenie.",
    )


class CountNotStarted(Refusal):
    code = "count-not-started"
    words: ClassVar = {"state": COUNTS}
    text = Text(
        en="The count of {location} is not running ({state}). Start it first.",
        pl="Liczenie {location} nie trwa ({state}). Najpierw je rozpocznij.",
    )


class CountWhich(Refusal):
    """``choices``: what the scan can be; the counter names shop, lot or serial number."""

    code = "count-which"
    status = 422
    tone = "warn"
    text = Text(
        en="{scanned} can be: {said}. Scan the GS1 code, or choose one.",
        pl="{scanned} może być: {said}. Zeskanuj kod GS1 albo wybierz jedno.",
    )


class CountLotNeeded(Refusal):
    code = "count-lot-needed"
    status = 422
    tone = "warn"
    text = Text(
        en="{sku} is kept by lot, date or serial number. Scan the GS1 code, or type what is printed on it.",
        pl="{sku} jest śledzone partią, datą albo numerem seryjnym. Zeskanuj kod GS1 albo wpisz to, co wydrukowano.",
    )


class CountOnePiece(Refusal):
    code = "count-one-piece"
    status = 422
    tone = "warn"
    text = Text(
        en="A serial number is one piece or none, not {quantity}. Count each piece by itself.",
        pl="Numer seryjny to jedna sztuka albo żadna, a nie {quantity}. Licz każdą sztukę osobno.",
    )


class CountAgain(Refusal):
    """``skus``: goods that moved while they were counted, or that came and were not counted."""

    code = "count-again"
    tone = "warn"
    text = Text(
        en="Goods moved while you counted. Count again: {said}.",
        pl="Podczas liczenia towar został przesunięty. Policz ponownie: {said}.",
    )


class PickersFirst(Refusal):
    """``orders``: promised goods that are missing and that a picker already has on a list."""

    code = "pickers-first"
    text = Text(
        en="Less is here than pickers are on their way to fetch, for: {said}. Have these picks reported short, then close the count.",
        pl="Jest tu mniej, niż mają pobrać kompletujący dla: {said}. Niech zgłoszą braki w tych pobraniach, a potem zamknij liczenie.",
    )


class NoCountHere(Refusal):
    code = "no-count-here"
    tone = "warn"
    text = Text(
        en="Nobody has asked for a count of {location}. Choose one of the list, or ask a supervisor.",
        pl="Nikt nie zlecił liczenia {location}. Wybierz coś z listy albo zapytaj kierownika.",
    )


class CountElsewhere(Refusal):
    code = "count-elsewhere"
    text = Text(
        en="This is {scanned}, not {location}. Go to {location} and scan the label on the shelf.",
        pl="To jest {scanned}, a nie {location}. Przejdź do {location} i zeskanuj etykietę na półce.",
    )


class CountFinishFirst(Refusal):
    code = "count-finish-first"
    tone = "warn"
    text = Text(
        en="You are counting {location}. Finish it, or put it aside, before you go to {scanned}.",
        pl="Liczysz {location}. Zakończ to albo odłóż na później, zanim przejdziesz do {scanned}.",
    )


class CountChoose(Refusal):
    code = "count-choose"
    tone = "warn"
    text = Text(
        en="{scanned} does not fit here. Follow the screen.",
        pl="{scanned} tu nie pasuje. Postępuj według ekranu.",
    )


class CountInTheBooks(Refusal):
    code = "count-in-the-books"
    tone = "info"
    text = Text(
        en="A closed count is in the books and cannot be undone. Count the place once more.",
        pl="Zamknięte liczenie jest już w księgach i nie można go cofnąć. Policz to miejsce jeszcze raz.",
    )
