"""What shipping refuses, and what it says about a label that could not be bought."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
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
    text = Text(
        en="Parcel {parcel} is {state}; its label cannot be voided. Take it off the manifest first.",
        pl="Paczka {parcel} ma stan {state}; nie można unieważnić jej etykiety. Najpierw zdejmij ją z listy.",
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
    text = Text(
        en="The label of parcel {parcel} is {state}: there is nothing to decide about it.",
        pl="Etykieta paczki {parcel} ma stan {state}: nie ma tu czego rozstrzygać.",
    )


class NumberNotTaken(Refusal):
    """``why`` in the adapter's own words."""

    code = "number-not-taken"
    status = 422
    text = Text(
        en="This is no number of {carrier}: {why}. Scan it from the carrier's label, or type it again.",
        pl="To nie jest numer przewoźnika {carrier}: {why}. Zeskanuj go z etykiety przewoźnika albo wpisz ponownie.",
    )


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


class UnknownParcel(Refusal):
    code = "unknown-parcel"
    status = 404
    text = Text(
        en="Nobody knows the parcel {scanned} here. Scan the label again, or put it aside for a supervisor.",
        pl="Nikt tu nie zna paczki {scanned}. Zeskanuj etykietę ponownie albo odłóż ją dla kierownika.",
    )


class WrongCarrier(Refusal):
    code = "wrong-carrier"
    text = Text(
        en="Parcel {parcel} goes with {right}, not with {carrier}. Put it into the cage of {right}.",
        pl="Paczka {parcel} jedzie z {right}, a nie z {carrier}. Odłóż ją do klatki {right}.",
    )


class NotLabelled(Refusal):
    code = "not-labelled"
    text = Text(
        en="Parcel {parcel} has no label ({state}). Take it back to the pack station.",
        pl="Paczka {parcel} nie ma etykiety ({state}). Odnieś ją na stanowisko pakowania.",
    )
    STATES: ClassVar[dict[str, Text]] = {
        "open": Text(en="still open", pl="jeszcze otwarta"),
        "closed": Text(en="closed", pl="zamknięta"),
        "void": Text(en="void", pl="anulowana"),
    }

    def say(self, lang: Lang) -> str:
        state = self.values["state"]
        said = self.STATES[state].in_(lang) if state in self.STATES else state
        return self.text.in_(lang, **self.values | {"state": said})


class OnAnotherManifest(Refusal):
    code = "on-another-manifest"
    text = Text(
        en="Parcel {parcel} is on manifest {manifest}, which is closed. Bring it to that pickup.",
        pl="Paczka {parcel} jest na zamkniętej liście {manifest}. Przekaż ją z tamtym odbiorem.",
    )


class AlreadyGone(Refusal):
    code = "already-gone"
    text = Text(
        en="Parcel {parcel} was handed over already. Call a supervisor: it should not be here.",
        pl="Paczka {parcel} została już przekazana. Wezwij kierownika: nie powinno jej tu być.",
    )


class NotLoaded(Refusal):
    code = "not-loaded"
    tone = "warn"
    text = Text(
        en="Parcel {parcel} is not on this open manifest, so there is nothing to unload.",
        pl="Paczki {parcel} nie ma na tej otwartej liście, więc nie ma czego zdejmować.",
    )


class EmptyManifest(Refusal):
    code = "empty-manifest"
    text = Text(
        en="There is no parcel on this manifest. Load parcels first.",
        pl="Na tej liście nie ma żadnej paczki. Najpierw załaduj paczki.",
    )


class ManifestNotClosed(Refusal):
    code = "manifest-open"
    text = Text(
        en="This manifest is still open. Close it first, then hand it over.",
        pl="Ta lista jest jeszcze otwarta. Najpierw ją zamknij, potem przekaż.",
    )


class CancelledOnBoard(Refusal):
    """``parcels``: those of orders that were cancelled after the manifest was closed."""

    code = "cancelled-on-board"
    text = Text(
        en="Cancelled since closing: {parcels}. Take them off the truck and name them as left behind.",
        pl="Anulowane po zamknięciu listy: {parcels}. Zdejmij je z samochodu i podaj jako pozostawione.",
    )


class NotOnManifest(Refusal):
    code = "not-on-manifest"
    text = Text(
        en="Not on this manifest: {parcels}. Check the numbers.",
        pl="Tych paczek nie ma na liście: {parcels}. Sprawdź numery.",
    )


class CageFirst(Refusal):
    """A parcel was scanned before the cage that it goes into."""

    code = "cage-first"
    tone = "warn"
    text = Text(
        en="Which cage do you load? Scan the label on the cage first, or its number on the list.",
        pl="Którą klatkę ładujesz? Najpierw zeskanuj etykietę klatki albo jej numer z listy.",
    )


class NotACage(Refusal):
    code = "not-a-cage"
    text = Text(
        en="{location} is no carrier's cage. Scan the label on the cage that you load.",
        pl="{location} to nie klatka przewoźnika. Zeskanuj etykietę klatki, którą ładujesz.",
    )


class NothingLoaded(Refusal):
    code = "nothing-loaded"
    tone = "info"
    text = Text(
        en="You have loaded nothing here yet, so there is nothing to take off.",
        pl="Nic tu jeszcze nie załadowano, więc nie ma czego zdejmować.",
    )


class NotForLoading(Refusal):
    """A command code that means nothing here."""

    code = "not-for-loading"
    tone = "warn"
    text = Text(
        en="That code does nothing here. Scan a parcel, another cage, UNDO, or DONE when you are through.",
        pl="Ten kod nic tu nie robi. Zeskanuj paczkę, inną klatkę, COFNIJ albo GOTOWE na koniec.",
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


class ManifestAlreadyGone(Refusal):
    code = "manifest-gone"
    tone = "info"
    text = Text(
        en="Manifest {number} was handed over already; there is nothing left to count.",
        pl="Lista {number} została już przekazana; nie ma już czego liczyć.",
    )


class ManifestNotGone(Refusal):
    code = "manifest-not-gone"
    text = Text(
        en="This manifest was not handed over yet; what the carrier has is known afterwards.",
        pl="Ta lista nie została jeszcze przekazana; dopiero potem wiadomo, co ma przewoźnik.",
    )


class NothingToSettle(Refusal):
    code = "nothing-to-settle"
    tone = "info"
    text = Text(
        en="Every parcel named is scanned, settled or left behind already. Load the page again.",
        pl="Wszystkie wskazane paczki są już zeskanowane, wyjaśnione albo pozostawione. Odśwież stronę.",
    )


class NoWayToCarrier(Refusal):
    code = "no-way-to-carrier"
    tone = "warn"
    text = Text(
        en="Nothing goes to this carrier by itself: no papers are mailed to it, and it has no server for files. Download the "
        "papers and send them by hand.",
        pl="Nic nie trafia do tego przewoźnika automatycznie: dokumenty nie są wysyłane pocztą, a serwera plików nie ma. Pobierz "
        "dokumenty i wyślij je samodzielnie.",
    )


class PickupDecided(Refusal):
    code = "pickup-decided"
    tone = "info"
    text = Text(
        en="There is nothing to decide about this car: it is ordered, or being ordered.",
        pl="Nie ma tu czego rozstrzygać: odbiór jest zamówiony albo właśnie zamawiany.",
    )


class PickupOver(Refusal):
    code = "pickup-over"
    text = Text(
        en="It is too late for this car: a new order could not come in its time any more. Load the parcels for the next pickup.",
        pl="Na ten odbiór jest za późno: nowe zamówienie nie zdąży przyjechać. Załaduj paczki na następny odbiór.",
    )


class HashDiffers(Refusal):
    code = "hash-differs"
    text = Text(
        en="That is not the hash of {file}: what arrived is not what we have. Fetch the file again.",
        pl="To nie jest skrót pliku {file}: to, co dotarło, różni się od naszego pliku. Pobierz go ponownie.",
    )


class PapersNotReady(Refusal):
    code = "papers-not-ready"
    tone = "info"
    text = Text(
        en="The protocol of {number} is still being drawn. It is sent by itself once it is there.",
        pl="Protokół {number} jest jeszcze przygotowywany. Zostanie wysłany automatycznie.",
    )


class NoOwnProtocol(Refusal):
    code = "no-own-protocol"
    tone = "info"
    text = Text(
        en="There is no protocol of the carrier's own to be fetched for this list: it gives none, or it is here already.",
        pl="Nie ma tu protokołu przewoźnika do pobrania: przewoźnik go nie wystawia albo już tu jest.",
    )


class SignatureMissing(Refusal):
    code = "signature-missing"
    status = 422
    tone = "warn"
    text = Text(
        en="The courier has not signed yet. Sign in the field with a finger, then confirm.",
        pl="Kurier jeszcze nie podpisał. Podpisz palcem w polu, potem potwierdź.",
    )


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
