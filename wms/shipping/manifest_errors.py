"""What is refused about loading, manifests, their papers and cars."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.state_words import PARCELS
from wms.kernel.text import Text


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
    words: ClassVar = {"state": PARCELS}
    text = Text(
        en="Parcel {parcel} has no label ({state}). Take it back to the pack station.",
        pl="Paczka {parcel} nie ma etykiety ({state}). Odnieś ją na stanowisko pakowania.",
    )


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
