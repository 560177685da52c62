"""What is refused about labels and carriers, and what is said about a label that could not be bought."""

from collections.abc import Sequence
from typing import ClassVar

from wms.carriers.errors import FieldError
from wms.kernel.refusals import Refusal
from wms.kernel.state_words import LABELS, PARCELS
from wms.kernel.text import Lang, Text


class LabelBeforePacking(Refusal):
    code = "label-before-packing"
    text = Text(
        en="Parcel {parcel} is not packed and closed yet. Close it with its weight, then ask for the label.",
        pl="Paczka {parcel} nie jest jeszcze spakowana i zamknięta. Zamknij ją z wagą, potem poproś o etykietę.",
    )


NO_LABEL = {
    "none": Text(en="nobody has asked for it", pl="nikt o nią nie poprosił"),
    "requested": Text(en="asked for", pl="zamówiona"),
    "accepted": Text(en="booked, still to come", pl="nadana, w przygotowaniu"),
    "failed": Text(en="refused", pl="odmowa"),
    "unknown": Text(en="perhaps booked", pl="nie wiadomo, czy nadana"),
}


class NoLabelYet(Refusal):
    """``state`` of the label, *none* where there is none; ``why`` what the carrier said."""

    code = "no-label-yet"
    tone = "warn"
    text = Text(
        en="Parcel {parcel} has no label yet ({state}). {why}",
        pl="Paczka {parcel} nie ma jeszcze etykiety ({state}). {why}",
    )

    def say(self, lang: Lang) -> str:
        word = NO_LABEL.get(self.values["state"], NO_LABEL["requested"]).in_(lang)
        return self.text.in_(lang, **self.values | {"state": word}).rstrip()


class LabelInUse(Refusal):
    code = "label-in-use"
    words: ClassVar = {"state": PARCELS}
    text = Text(
        en="Parcel {parcel} is {state}; its label cannot be voided. Take it off the manifest first.",
        pl="Paczka {parcel} jest {state}; nie można unieważnić jej etykiety. Najpierw zdejmij ją z listy.",
    )


class LabelsApart(Refusal):
    """Carriers' own labels that there are in another format only, or that nothing here can put together."""

    code = "labels-apart"
    tone = "warn"
    text = Text(
        en="These labels are the carrier's own and cannot be put into one {format} file: {parcels}. Print them one by one.",
        pl="Tych etykiet przewoźnika nie da się połączyć w jeden plik {format}: {parcels}. Wydrukuj je pojedynczo.",
    )


class LabelUndecided(Refusal):
    """The carrier may have booked it and cannot be asked: another label might be paid for twice."""

    code = "label-undecided"
    text = Text(
        en="Nobody knows whether the carrier has booked parcel {parcel}. Look at the carrier's own page; then say that it "
        "was booked, with its number, or that it was not.",
        pl="Nie wiadomo, czy przewoźnik przyjął paczkę {parcel}. Sprawdź w panelu przewoźnika, a potem podaj, że została "
        "nadana, razem z numerem, albo że nie została.",
    )


class NothingToDecide(Refusal):
    code = "nothing-to-decide"
    tone = "info"
    words: ClassVar = {"state": LABELS}
    text = Text(
        en="The label of parcel {parcel} is {state}: there is nothing to decide about it.",
        pl="Etykieta paczki {parcel}: {state}. Nie ma tu czego rozstrzygać.",
    )


class NumberNotTaken(Refusal):
    """With the adapter's own words."""

    code = "number-not-taken"
    status = 422
    text = Text(
        en="This is no number of {carrier}: {why}. Scan it from the carrier's label, or type it again.",
        pl="To nie jest numer przewoźnika {carrier}: {why}. Zeskanuj go z etykiety przewoźnika albo wpisz ponownie.",
    )

    def __init__(self, *, carrier: str, fields: Sequence[FieldError], pointer: str) -> None:
        self.fields = fields
        super().__init__(carrier=carrier, why=self._why("en"), pointer=pointer)

    def _why(self, lang: Lang) -> str:
        return "; ".join(f.said(lang) for f in self.fields)

    def say(self, lang: Lang) -> str:
        return self.text.in_(lang, **self.values | {"why": self._why(lang)})


class NumberOnAnotherParcel(Refusal):
    code = "number-on-another-parcel"
    text = Text(
        en="The number {number} is on another parcel already. Check which box it belongs to.",
        pl="Numer {number} ma już inna paczka. Sprawdź, do której należy.",
    )


class ForgedWebhook(Refusal):
    code = "webhook-forged"
    status = 401
    text = Text(
        en="This call does not carry the carrier's signature.",
        pl="To wywołanie nie ma podpisu przewoźnika.",
    )


class WebhooksNotTaken(Refusal):
    code = "webhooks-not-taken"
    status = 404
    text = Text(
        en="The carrier {carrier} sends no webhooks; its parcels are read by the clock.",
        pl="Przewoźnik {carrier} nie wysyła webhooków; jego paczki są odczytywane cyklicznie.",
    )


class WrongLabel(Refusal):
    """The complaint about multi-parcel orders: the right labels on the wrong boxes."""

    code = "wrong-label"
    text = Text(
        en="This label is not the one of parcel {parcel}: scanned {scanned}, expected {expected}. Take it off the box.",
        pl="To nie jest etykieta paczki {parcel}: zeskanowano {scanned}, oczekiwano {expected}. Zdejmij ją z paczki.",
    )


class CarrierExists(Refusal):
    code = "carrier-exists"
    text = Text(
        en="There is already a carrier {carrier}. Choose another code.",
        pl="Przewoźnik {carrier} już istnieje. Wybierz inny kod.",
    )


class AdapterUnusable(Refusal):
    code = "adapter-unusable"
    status = 422
    text = Text(
        en="This carrier's adapter cannot work like this: {why}. Mend the settings.",
        pl="Adapter tego przewoźnika nie zadziała z tymi ustawieniami: {why}. Popraw ustawienia.",
    )


class RangeCannotShrink(Refusal):
    code = "range-cannot-shrink"
    text = Text(
        en="Number range {range} already ends at {last}. Give a greater last number.",
        pl="Zakres numerów {range} kończy się już na {last}. Podaj większy ostatni numer.",
    )
