"""What printers and their queue refuse."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


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
    """A decision about a job that no longer needs one."""

    code = "print-over"
    text = Text(
        en="{ref} is {state} already; there is nothing to decide.",
        pl="{ref}: stan {state}; nie ma już o czym decydować.",
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
