"""What a person reads about a label that did not come."""

from collections.abc import Sequence
from typing import NamedTuple

from wms.kernel.field_names import field_name
from wms.kernel.text import Lang, Text


class Untaken(NamedTuple):
    """A field that a carrier did not take, as a ``FieldError`` is kept: with the carrier's own words, or ours in English
    and Polish."""

    field: str
    code: str
    why: str
    pl: str = ""

    def said(self, lang: Lang) -> str:
        return self.pl if lang == "pl" and self.pl else self.why

    def name(self, lang: Lang) -> str:
        return field_name(self.field, lang)


LABEL_FAULTS = {
    "rejected": Text(
        en="The carrier refuses the parcel: {why}. Mend it, then ask again.",
        pl="Przewoźnik odrzuca paczkę: {why}. Popraw dane i poproś ponownie.",
    ),
    "auth-failed": Text(
        en="The carrier does not accept our account. A supervisor must check it.",
        pl="Przewoźnik nie akceptuje naszego konta. Musi to sprawdzić kierownik.",
    ),
    "numbers-used-up": Text(
        en="The carrier's number range is used up. It goes on by itself once the range is extended.",
        pl="Skończył się zakres numerów przewoźnika. Praca ruszy sama po jego rozszerzeniu.",
    ),
    "carrier-broken": Text(
        en="The carrier's adapter does not work. An administrator must see to it.",
        pl="Adapter przewoźnika nie działa. Musi się tym zająć administrator.",
    ),
    "number-used-twice": Text(
        en="The carrier gave a number that is in use already. It is tried again with the next one.",
        pl="Przewoźnik podał numer, który jest już używany. Nastąpi próba z kolejnym numerem.",
    ),
    "label-unfit": Text(
        en="It is booked, but the carrier's label cannot be used. It is fetched again by itself.",
        pl="Paczka jest nadana, ale etykieta przewoźnika jest nieprzydatna. Zostanie pobrana ponownie.",
    ),
    "number-wanted": Text(
        en="This carrier is booked by hand. Book the parcel there and type in its number.",
        pl="U tego przewoźnika nadaje się ręcznie. Nadaj paczkę i wpisz jej numer.",
    ),
    "unknown-outcome": Text(
        en="Nobody knows whether the carrier has booked it. A supervisor looks at the carrier's own page and decides.",
        pl="Nie wiadomo, czy przewoźnik ją przyjął. Kierownik sprawdza w panelu przewoźnika i decyduje.",
    ),
    "not-supported": Text(
        en="The carrier does not offer this. Choose another service or carrier.",
        pl="Przewoźnik tego nie oferuje. Wybierz inną usługę albo przewoźnika.",
    ),
}
WAITING = Text(
    en="The carrier does not answer at the moment. It is tried again by itself.",
    pl="Przewoźnik chwilowo nie odpowiada. Próba zostanie ponowiona automatycznie.",
)


def tell_label_fault(code: str | None, error: str | None, fields: Sequence[Untaken], lang: Lang) -> str:
    """What is wrong with a label, and what to do; ``error`` is what is kept of it, ``fields`` what the carrier refused last."""
    why = error or "?"
    if code == "rejected" and fields:
        why = "; ".join(": ".join(said for said in (f.name(lang), f.said(lang)) if said) for f in fields)
    return LABEL_FAULTS.get(code or "", WAITING).in_(lang, why=why)


def technical(code: str | None, error: str | None) -> str | None:
    """What went wrong in an engineer's words, in English, where it is not told already."""
    return None if code in ("rejected", "number-wanted") else error
