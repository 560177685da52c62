"""What the edge itself refuses."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class SignInNeeded(Refusal):
    code = "sign-in-needed"
    status = 401
    text = Text(
        en="Sign in first: the key or session is missing, expired or revoked.",
        pl="Najpierw się zaloguj: brak klucza lub sesji, wygasły albo zostały cofnięte.",
    )


class ForeignForm(Refusal):
    code = "foreign-form"
    status = 403
    text = Text(
        en="This form was not drawn for your present sign-in. Load the page again and send it once more.",
        pl="Ten formularz nie pochodzi z bieżącego zalogowania. Odśwież stronę i wyślij go jeszcze raz.",
    )


class NoWarehouse(Refusal):
    code = "no-warehouse"
    text = Text(
        en="There is no warehouse yet. An administrator makes one with `wms init` or at the desk under Locations.",
        pl="Nie ma jeszcze magazynu. Administrator tworzy go poleceniem `wms init` albo przy biurku w Lokalizacjach.",
    )


class KeyNeeded(Refusal):
    code = "idempotency-key-needed"
    status = 400
    text = Text(
        en="Send an Idempotency-Key header (1 to 100 characters, new for each new thing), so that a retry is safe.",
        pl="Wyślij nagłówek Idempotency-Key (od 1 do 100 znaków, nowy dla każdej nowej operacji), aby ponowienie było bezpieczne.",
    )


class KeyReused(Refusal):
    code = "idempotency-key-reused"
    status = 409
    text = Text(
        en="This Idempotency-Key belongs to another request. Use a new key for a new request.",
        pl="Ten Idempotency-Key należy do innego żądania. Dla nowego żądania użyj nowego klucza.",
    )


class AnswerForgotten(Refusal):
    code = "answer-forgotten"
    status = 409
    text = Text(
        en="This was done more than a week ago and is not done again; its answer is no longer kept. Look up how things stand.",
        pl="To zostało wykonane ponad tydzień temu i nie wykona się drugi raz; odpowiedzi już nie przechowujemy. Sprawdź obecny stan.",
    )


class TooManyRequests(Refusal):
    code = "too-many-requests"
    status = 429
    tone = "warn"
    text = Text(
        en="This key may make {limit} requests a minute. Go on in {retry_after} seconds; bulk requests need fewer.",
        pl="Ten klucz może wykonać {limit} żądań na minutę. Ponów za {retry_after} s; żądania zbiorcze potrzebują ich mniej.",
    )


class DatabaseGone(Refusal):
    code = "try-again"
    status = 503
    text = Text(
        en="The database does not answer at the moment. Nothing was changed; send the same request again.",
        pl="Baza danych chwilowo nie odpowiada. Nic się nie zmieniło; wyślij to samo żądanie ponownie.",
    )


class Busy(Refusal):
    code = "busy"
    status = 503
    text = Text(
        en="Too many others are working on the same thing at this moment. Nothing was changed; send the same request again.",
        pl="Zbyt wiele osób pracuje teraz na tym samym. Nic się nie zmieniło; wyślij to samo żądanie ponownie.",
    )


class UnusableValue(Refusal):
    code = "unusable-value"
    status = 422
    text = Text(
        en="A value in the request cannot be stored: a number is out of range, or a text holds a NUL character. Correct it and send it again.",
        pl="Jednej z wartości nie da się zapisać: liczba spoza zakresu albo znak NUL w tekście. Popraw ją i wyślij ponownie.",
    )
