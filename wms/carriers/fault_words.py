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
        en="The carrier does not accept our account: {why}. A supervisor must check it.",
        pl="Przewoźnik nie akceptuje naszego konta: {why}. Musi to sprawdzić kierownik.",
    ),
    "numbers-used-up": Text(
        en="The carrier's number range is used up ({why}). It goes on by itself once the range is extended.",
        pl="Skończył się zakres numerów przewoźnika ({why}). Praca ruszy sama po jego rozszerzeniu.",
    ),
    "carrier-broken": Text(
        en="The carrier's adapter does not work: {why}. An administrator must see to it.",
        pl="Adapter przewoźnika nie działa: {why}. Musi się tym zająć administrator.",
    ),
    "number-used-twice": Text(
        en="The carrier gave a number that is in use already ({why}). It is tried again with the next one.",
        pl="Przewoźnik podał numer, który jest już używany ({why}). Nastąpi próba z kolejnym numerem.",
    ),
    "label-unfit": Text(
        en="It is booked, but the carrier's label cannot be used: {why}. It is fetched again by itself.",
        pl="Paczka jest nadana, ale etykieta przewoźnika jest nieprzydatna: {why}. Zostanie pobrana ponownie.",
    ),
    "number-wanted": Text(
        en="This carrier is booked by hand. Book the parcel there and type in its number.",
        pl="U tego przewoźnika nadaje się ręcznie. Nadaj paczkę i wpisz jej numer.",
    ),
    "unknown-outcome": Text(
        en="Nobody knows whether the carrier has booked it ({why}). A supervisor looks at the carrier's own page and decides.",
        pl="Nie wiadomo, czy przewoźnik ją przyjął ({why}). Kierownik sprawdza w panelu przewoźnika i decyduje.",
    ),
    "not-supported": Text(
        en="The carrier does not offer this: {why}. Choose another service or carrier.",
        pl="Przewoźnik tego nie oferuje: {why}. Wybierz inną usługę albo przewoźnika.",
    ),
}
WAITING = Text(
    en="The carrier does not answer at the moment ({why}). It is tried again by itself.",
    pl="Przewoźnik chwilowo nie odpowiada ({why}). Próba zostanie ponowiona automatycznie.",
)


def label_fault(code: str | None) -> Text:
    """What a person reads about a failed label."""
    return LABEL_FAULTS.get(code or "", WAITING)


def tell_label_fault(code: str | None, error: str | None, fields: Sequence[Untaken], lang: Lang) -> str:
    """The whole sentence; ``error`` is what is kept of it, ``fields`` what the carrier refused last."""
    why = error or "?"
    if code == "rejected" and fields:
        why = "; ".join(": ".join(said for said in (f.name(lang), f.said(lang)) if said) for f in fields)
    return label_fault(code).in_(lang, why=why)
