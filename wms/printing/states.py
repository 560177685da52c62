"""How printers and print jobs are, and what a person does about it."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from wms.kernel.states import StateTable
from wms.kernel.text import Text


class JobState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    PRINTED = "printed"
    FAILED = "failed"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


_S = JobState

JOB_STEPS: StateTable[JobState] = StateTable(
    "print job",
    {
        _S.QUEUED: {_S.SENDING, _S.FAILED, _S.CANCELLED},
        # back into the queue only when nothing of it has left
        _S.SENDING: {_S.PRINTED, _S.QUEUED, _S.FAILED, _S.UNKNOWN},
        _S.UNKNOWN: {_S.PRINTED, _S.QUEUED, _S.CANCELLED},
        _S.PRINTED: set(),
        _S.FAILED: set(),
        _S.CANCELLED: set(),
    },
)
TOLD: dict[tuple[JobState, JobState], str] = {
    (_S.QUEUED, _S.FAILED): "print.failed",
    (_S.SENDING, _S.FAILED): "print.failed",
    (_S.SENDING, _S.UNKNOWN): "print.unknown",
    (_S.UNKNOWN, _S.PRINTED): "print.settled",
    (_S.UNKNOWN, _S.QUEUED): "print.again",
    (_S.QUEUED, _S.CANCELLED): "print.cancelled",
    (_S.UNKNOWN, _S.CANCELLED): "print.cancelled",
}
"""The event of a step. That a paper is sent and comes out as it should is none: nobody reads it."""

JOB_WORDS: dict[str, Text] = {
    "queued": Text(en="Waits", pl="Czeka"),
    "sending": Text(en="Is being printed", pl="Drukuje się"),
    "printed": Text(en="Printed", pl="Wydrukowano"),
    "failed": Text(en="Cannot be printed", pl="Nie do wydruku"),
    "unknown": Text(en="Nobody knows: look at the printer", pl="Nie wiadomo: sprawdź przy drukarce"),
    "cancelled": Text(en="Cancelled", pl="Anulowano"),
}

JOB_OVER: dict[str, Text] = {
    "queued": Text(en="waiting", pl="czeka"),
    "sending": Text(en="being printed", pl="drukuje się"),
    "printed": Text(en="printed", pl="wydrukowano"),
    "failed": Text(en="given up", pl="niewydrukowane"),
    "unknown": Text(en="unknown", pl="nie wiadomo"),
    "cancelled": Text(en="cancelled", pl="anulowano"),
}
"""The same within a sentence."""

STATE_WORDS: dict[str, Text] = {
    "unseen": Text(en="Not asked yet", pl="Jeszcze nie sprawdzono"),
    "ready": Text(en="Ready", pl="Gotowa"),
    "off": Text(en="Does not answer", pl="Nie odpowiada"),
    "silent": Text(en="Says nothing of itself", pl="Nie podaje swojego stanu"),
    "paper_out": Text(en="Out of paper", pl="Brak papieru"),
    "ribbon_out": Text(en="Out of ribbon", pl="Brak taśmy"),
    "head_open": Text(en="Open", pl="Otwarta"),
    "paused": Text(en="Paused", pl="Wstrzymana"),
    "buffer_full": Text(en="Busy", pl="Zajęta"),
    "too_hot": Text(en="Too hot or too cold", pl="Za gorąca lub za zimna"),
    "stopped": Text(en="Stopped", pl="Zatrzymana"),
    "jammed": Text(en="Paper jam", pl="Zacięty papier"),
    "not_accepting": Text(en="Takes no jobs", pl="Nie przyjmuje zadań"),
    "no_pdf": Text(en="Does not print PDF", pl="Nie drukuje PDF"),
    "odd": Text(en="Answers what nobody understands", pl="Odpowiada niezrozumiale"),
}
"""The state of a printer in a word or two."""

TROUBLES: dict[str, Text] = {
    "off": Text(
        en="The printer {printer} does not answer. Switch it on and look at its cable; what waits comes by itself.",
        pl="Drukarka {printer} nie odpowiada. Włącz ją i sprawdź kabel; to, co czeka, wydrukuje się samo.",
    ),
    "silent": Text(
        en="The printer {printer} takes the call but says nothing of itself. Switch it off and on; it must speak ZPL.",
        pl="Drukarka {printer} odbiera połączenie, ale nie podaje swojego stanu. Wyłącz ją i włącz; musi obsługiwać ZPL.",
    ),
    "paper_out": Text(
        en="The printer {printer} is out of paper. Put in new paper and press its button; the rest comes by itself.",
        pl="W drukarce {printer} skończył się papier. Załóż nowy i naciśnij przycisk; reszta wydrukuje się sama.",
    ),
    "ribbon_out": Text(
        en="The printer {printer} is out of ribbon or toner. Put in a new one; the rest comes by itself.",
        pl="W drukarce {printer} skończyła się taśma lub toner. Załóż nowe; reszta wydrukuje się sama.",
    ),
    "head_open": Text(
        en="The printer {printer} is open. Close it until it clicks.",
        pl="Drukarka {printer} jest otwarta. Zamknij ją, aż kliknie.",
    ),
    "paused": Text(
        en="The printer {printer} is paused. Press its pause button once.",
        pl="Drukarka {printer} jest wstrzymana. Naciśnij raz przycisk pauzy.",
    ),
    "buffer_full": Text(
        en="The printer {printer} still has work of others. Wait a moment.",
        pl="Drukarka {printer} ma jeszcze inną pracę. Poczekaj chwilę.",
    ),
    "too_hot": Text(
        en="The head of printer {printer} is too hot or too cold. Let it stand for some minutes.",
        pl="Głowica drukarki {printer} jest za gorąca lub za zimna. Odczekaj kilka minut.",
    ),
    "stopped": Text(
        en="The printer {printer} has stopped. Look at its display and set it going.",
        pl="Drukarka {printer} zatrzymała się. Sprawdź jej wyświetlacz i uruchom ją.",
    ),
    "jammed": Text(
        en="Paper is stuck in printer {printer}. Take it out and close the printer.",
        pl="W drukarce {printer} zaciął się papier. Wyjmij go i zamknij drukarkę.",
    ),
    "not_accepting": Text(
        en="The printer {printer} takes no jobs. Allow them in its settings.",
        pl="Drukarka {printer} nie przyjmuje zadań. Włącz ich przyjmowanie w jej ustawieniach.",
    ),
    "no_pdf": Text(
        en="The printer {printer} does not print PDF. Use one that does, or a print server before it.",
        pl="Drukarka {printer} nie drukuje PDF. Użyj takiej, która drukuje, albo serwera druku przed nią.",
    ),
    "odd": Text(
        en="What printer {printer} answers cannot be read. Check its address: is it the right machine?",
        pl="Odpowiedzi drukarki {printer} nie da się odczytać. Sprawdź adres: czy to właściwe urządzenie?",
    ),
}
"""What is wrong with a printer, and what to do."""

FAULTS: dict[str, Text] = {
    "no-zpl": Text(
        en="The carrier's label came as PDF only, and {printer} prints ZPL. Print it in the browser, and have the carrier's "
        "labels fetched as ZPL too.",
        pl="Etykieta przewoźnika jest tylko w PDF, a {printer} drukuje ZPL. Wydrukuj ją w przeglądarce i włącz u tego "
        "przewoźnika pobieranie etykiet także w ZPL.",
    ),
    "foreign-zpl": Text(
        en="The carrier's label holds a command that a label must not hold: {why}. It was not sent. Print it in the browser.",
        pl="Etykieta przewoźnika zawiera polecenie, którego etykieta mieć nie może: {why}. Nie została wysłana. Wydrukuj ją "
        "w przeglądarce.",
    ),
    "density": Text(
        en="The label is drawn for {why}, and {printer} has another head. Print it anew, on a printer that fits, or in the "
        "browser.",
        pl="Etykieta jest narysowana dla głowicy {why}, a {printer} ma inną. Wydrukuj ją od nowa na właściwej drukarce albo "
        "w przeglądarce.",
    ),
    "cannot-draw": Text(
        en="The label was not drawn. {why}",
        pl="Etykiety nie narysowano. {why}",
    ),
    "refused": Text(
        en="The printer {printer} refused it: {why}. Print it on another one.",
        pl="Drukarka {printer} odrzuciła zadanie: {why}. Wydrukuj na innej.",
    ),
    "cut-off": Text(
        en="The connection to {printer} broke while it was printing. Look whether it came out.",
        pl="Połączenie z {printer} zerwało się podczas drukowania. Sprawdź, czy wydruk wyszedł.",
    ),
    "worker-gone": Text(
        en="The print worker stopped while {printer} was printing. Look whether it came out.",
        pl="Proces drukujący zatrzymał się podczas pracy {printer}. Sprawdź, czy wydruk wyszedł.",
    ),
    "no-end": Text(
        en="The printer {printer} has it and has not said that it is done. Look whether it came out.",
        pl="Drukarka {printer} dostała zadanie, ale nie potwierdziła końca. Sprawdź, czy wydruk wyszedł.",
    ),
} | TROUBLES  # fmt: skip
"""What became of a job: the text to its ``error_code``. ``why`` is its ``error``."""


def fault(code: str | None) -> Text:
    """The sentence to a job's ``error_code``."""
    return FAULTS.get(code or "", FAULTS["refused"])


def head_of(dots_per_mm: int) -> Text:
    """The head that a label is made for."""
    return Text(en=f"{dots_per_mm} dots/mm", pl=f"{dots_per_mm} punktów/mm")


DOCUMENTS: dict[str, Text] = {
    "label": Text(en="Parcel label", pl="Etykieta paczki"),
    "handling_unit": Text(en="Pallet label", pl="Etykieta palety"),
    "slip": Text(en="Packing slip", pl="Specyfikacja paczki"),
    "protocol": Text(en="Handover protocol", pl="Protokół przekazania"),
    "sheet": Text(en="Bar code sheet", pl="Arkusz kodów"),
    "test": Text(en="Test", pl="Wydruk próbny"),
}

REASONS: dict[str, Text] = {
    "spoiled": Text(en="It came out damaged or unreadable", pl="Wyszła uszkodzona lub nieczytelna"),
    "not-out": Text(en="It did not come out", pl="Nie wyszła"),
    "lost": Text(en="It is lost", pl="Zginęła"),
    "wrong-printer": Text(en="It came out elsewhere", pl="Wyszła gdzie indziej"),
}
"""Why something is printed once more; one of these must be chosen."""
Reason = Annotated[str, Meta(max_length=20, examples=["spoiled"], description=f"one of {', '.join(REASONS)}")]
