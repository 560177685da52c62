"""What shipping's pages refuse before any use case sees it: a form that is not filled in as it must be."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class NothingTicked(Refusal):
    code = "nothing-ticked"
    status = 422
    tone = "warn"
    text = Text(
        en="No parcel is ticked. Tick at least one, then send it again.",
        pl="Nie zaznaczono żadnej paczki. Zaznacz co najmniej jedną i wyślij ponownie.",
    )


class CollectedWhat(Refusal):
    code = "collected-what"
    status = 422
    tone = "warn"
    text = Text(
        en="No parcel is ticked. Tick at least one, or confirm all of them.",
        pl="Nie zaznaczono żadnej paczki. Zaznacz co najmniej jedną albo potwierdź wszystkie.",
    )


class ReasonMissing(Refusal):
    code = "reason-missing"
    status = 422
    tone = "warn"
    text = Text(
        en="Write down what became of the parcels: at least three letters.",
        pl="Napisz, co stało się z paczkami: co najmniej trzy litery.",
    )


class NotLookedYet(Refusal):
    code = "not-looked-yet"
    status = 422
    tone = "warn"
    text = Text(
        en="Look at the carrier's own page first, then tick that you have.",
        pl="Najpierw sprawdź w panelu przewoźnika, potem zaznacz, że sprawdzono.",
    )


class NumberUnfit(Refusal):
    code = "number-unfit"
    status = 422
    tone = "warn"
    text = Text(
        en="That can be no parcel's number: it has 4 to 60 characters. Type it in or scan it again.",
        pl="To nie może być numer paczki: ma on od 4 do 60 znaków. Wpisz go albo zeskanuj ponownie.",
    )


class ReferenceMissing(Refusal):
    code = "reference-missing"
    status = 422
    tone = "warn"
    text = Text(
        en="Write down the carrier's number of the order: with it the driver finds the pickup.",
        pl="Wpisz numer zlecenia nadany przez przewoźnika: po nim kierowca znajdzie odbiór.",
    )


class CarrierMissing(Refusal):
    code = "carrier-missing"
    status = 422
    tone = "warn"
    text = Text(
        en="No carrier was named. Load the page again and choose one.",
        pl="Nie wskazano przewoźnika. Odśwież stronę i wybierz przewoźnika.",
    )


class CountUnfit(Refusal):
    code = "count-unfit"
    status = 422
    tone = "warn"
    text = Text(
        en="That is no number of parcels. Type in a whole number, like 42.",
        pl="To nie jest liczba paczek. Wpisz liczbę całkowitą, na przykład 42.",
    )


class DriverMissing(Refusal):
    code = "driver-missing"
    status = 422
    tone = "warn"
    text = Text(
        en="The courier's name and the vehicle are needed. Write down both.",
        pl="Potrzebne są nazwisko kuriera i numer pojazdu. Wpisz jedno i drugie.",
    )
