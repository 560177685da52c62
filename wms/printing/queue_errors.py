"""What printers and their queue refuse."""

from typing import Any, ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.text import Lang, Text
from wms.printing.states import JOB_OVER


class PrinterExists(Refusal):
    code = "printer-exists"
    text = Text(
        en="There is a printer {code} in this warehouse already. Choose another code.",
        pl="W tym magazynie jest już drukarka {code}. Wybierz inny kod.",
    )


class BadAddress(Refusal):
    """An address that no printer of this kind can have."""

    code = "printer-address"
    status = 422
    text = Text(
        en="{address} is no address of such a printer. Label printers: socket://host:9100; paper printers: ipp://host/path.",
        pl="{address} to nie jest adres takiej drukarki. Drukarki etykiet: socket://host:9100; drukarki papieru: ipp://host/ścieżka.",
    )


class PrinterChanged(Refusal):
    code = "printer-changed"
    text = Text(
        en="Somebody has changed printer {code} meanwhile. Load the page again.",
        pl="Ktoś zmienił w międzyczasie drukarkę {code}. Wczytaj stronę ponownie.",
    )


class PrinterElsewhere(Refusal):
    code = "printer-elsewhere"
    text = Text(
        en="Printer {printer} does not stand in the warehouse of {place}. Choose one that does.",
        pl="Drukarka {printer} nie stoi w magazynie, w którym jest {place}. Wybierz inną.",
    )


class NoPlaceForPrinter(Refusal):
    code = "printer-place"
    status = 422
    text = Text(
        en="{place} is neither a pack station nor a dock. Choose one of those.",
        pl="{place} nie jest ani stanowiskiem pakowania, ani rampą. Wybierz jedno z nich.",
    )


class PrinterOutOfUse(Refusal):
    code = "printer-out-of-use"
    text = Text(
        en="Printer {printer} is switched off in the settings. Take another one.",
        pl="Drukarka {printer} jest wyłączona w ustawieniach. Wybierz inną.",
    )


class NoPrinterHere(Refusal):
    """Nothing of this kind is bound to the place."""

    code = "no-printer"
    tone = "warn"
    text = Text(
        en="{place} has no printer for this. Print in the browser, or have one bound to it under Printers.",
        pl="{place} nie ma drukarki do tego celu. Wydrukuj w przeglądarce albo przypisz drukarkę na stronie Drukarki.",
    )


class ReasonNeeded(Refusal):
    """Printing something once more without saying why."""

    code = "print-reason"
    status = 422
    tone = "warn"
    text = Text(
        en="Say why it is printed once more: choose a reason.",
        pl="Podaj, dlaczego drukujesz jeszcze raz: wybierz powód.",
    )


class JobUnderWay(Refusal):
    code = "print-under-way"
    text = Text(
        en="{ref} is being printed right now. Wait until the printer is done.",
        pl="{ref} właśnie się drukuje. Poczekaj, aż drukarka skończy.",
    )


class JobOver(Refusal):
    """A decision about a job that no longer needs one; ``state`` is its state."""

    code = "print-over"
    words: ClassVar = {"state": JOB_OVER}
    text = Text(
        en="{ref} is {state} already; there is nothing to decide.",
        pl="{ref}: stan {state}; nie ma już o czym decydować.",
    )


class LabelVoid(Refusal):
    """A label that was voided, or whose order is cancelled: a box that travels with it is lost."""

    code = "print-label-void"
    text = Text(
        en="The label {ref} is void and is not printed again. Print the parcel's new label at the pack station.",
        pl="Etykieta {ref} jest unieważniona i nie można jej już drukować. Wydrukuj nową etykietę paczki na stanowisku "
        "pakowania.",
    )


class OtherHead(Refusal):
    """ZPL that was made for a head of another density."""

    code = "print-other-head"
    text = Text(
        en="{ref} was made for another head than that of printer {printer} and would have the wrong size. Print it anew "
        "where it belongs to.",
        pl="{ref} przygotowano dla innej głowicy niż ma drukarka {printer}, więc wydruk miałby zły rozmiar. Wydrukuj od nowa "
        "w odpowiednim miejscu.",
    )


class NothingKept(Refusal):
    """The bytes of an old job are gone."""

    code = "print-gone"
    text = Text(
        en="What was printed for {ref} is no longer kept. Print it anew where it belongs to.",
        pl="Wydruku {ref} już nie przechowujemy. Wydrukuj go od nowa w odpowiednim miejscu.",
    )


class ForeignZpl(Refusal):
    """A command that a carrier's label must not hold; ``why`` names it with its place."""

    code = "foreign-zpl"
    status = 422
    text = Text(
        en="This ZPL is not sent to a printer: {why}.", pl="Tego ZPL nie wysyłamy do drukarki: {why}."
    )

    def __init__(self, why: Text, /, *, pointer: str | None = None, **details: Any) -> None:
        self.why = Text(en=why.in_("en", **details), pl=why.in_("pl", **details))
        super().__init__(pointer=pointer, **details)

    def say(self, lang: Lang) -> str:
        return self.text.in_(lang, why=self.why.pl if lang == "pl" else self.why.en)
