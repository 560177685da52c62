"""What the ledger refuses."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.text import Lang, Text

SHOWN = 20
"""Shortages that one refusal names."""


class NotEnoughStock(Refusal):
    """Raised with every shortage of the request at once: ``shortages`` is a list of dicts with the balance's key
    (shop, SKU, location, handling unit, lot, status), ``wanted`` and ``available`` units.

    The first ``SHOWN`` of them, because nobody reads a thousand; ``more`` is how many there are besides.
    """

    code = "not-enough-stock"
    text = Text(
        en="There is not enough here (free/asked for): {summary}. Count the location, or take it from another one.",
        pl="Tu jest za mało towaru (wolne/potrzebne): {summary}. Przelicz lokalizację albo weź towar z innej.",
    )
    besides: ClassVar[Text] = Text(en="{summary}; and {more} more", pl="{summary}; i jeszcze {more}")

    def say(self, lang: Lang) -> str:
        said = dict(self.values)
        if said.get("more"):
            said["summary"] = self.besides.in_(lang, **said)
        return self.text.in_(lang, **said)


class AlreadySettled(Refusal):
    code = "already-settled"
    tone = "info"
    text = Text(
        en="This was already taken. Go on with the next one.",
        pl="To zostało już pobrane. Przejdź do następnej pozycji.",
    )


class AllocatedElsewhere(Refusal):
    code = "allocated-elsewhere"
    text = Text(
        en="These goods are not the ones that are set aside for this order line. Scan the place and the item that the task names.",
        pl="To nie jest towar odłożony dla tej pozycji zamówienia. Zeskanuj miejsce i towar wskazane w zadaniu.",
    )


class AlreadyThere(Refusal):
    code = "already-there"
    tone = "info"
    text = Text(
        en="The goods are there already. Scan another place, or go on.",
        pl="Towar już tam jest. Zeskanuj inne miejsce albo przejdź dalej.",
    )


class SerialElsewhere(Refusal):
    code = "serial-elsewhere"
    text = Text(
        en="This serial number is already in stock at another place. Scan the label again; if it is right, call a supervisor.",
        pl="Ten numer seryjny jest już w innym miejscu magazynu. Zeskanuj etykietę ponownie; jeśli jest właściwa, wezwij kierownika.",
    )


class LotDiffers(Refusal):
    code = "lot-differs"
    text = Text(
        en="Lot {lot} is known with the date {known}, and this one says {read}. Read the label again; if it is right, call a supervisor.",
        pl="Partia {lot} ma w systemie datę {known}, a tu podano {read}. Sprawdź etykietę; jeśli jest właściwa, wezwij kierownika.",
    )
