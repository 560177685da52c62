"""What the scan parser refuses, and what a worker is told to do about it."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class ScanTooLong(Refusal):
    code = "scan-too-long"
    status = 422
    text = Text(
        en="That code has {length} characters; {limit} is the most. Scan the right code on the label.",
        pl="Ten kod ma {length} znaków, a może mieć najwyżej {limit}. Zeskanuj właściwy kod z etykiety.",
    )


class ScanUnreadable(Refusal):
    """The base of what cannot be understood, and itself the answer to noise from the scanner."""

    code = "scan-unreadable"
    status = 422
    text = Text(
        en="The scanner sent characters that no code has. Scan again; if it repeats, check the scanner's set-up.",
        pl="Skaner przysłał znaki, których nie ma w kodach. Zeskanuj ponownie, a jeśli to się powtórzy, sprawdź ustawienia skanera.",
    )


class ScanEmpty(ScanUnreadable):
    code = "scan-empty"
    tone = "warn"
    text = Text(en="The scan is empty. Scan again.", pl="Skan jest pusty. Zeskanuj ponownie.")


class ScanMisread(ScanUnreadable):
    """The symbol says what it holds and its content is something else (a check digit, a date, an element)."""

    code = "scan-misread"
    text = Text(
        en="The code {scanned} does not check. Scan again, or scan another code on the item.",
        pl="Kod {scanned} ma błędną treść lub cyfrę kontrolną. Zeskanuj ponownie albo użyj innego kodu z towaru.",
    )


class ScanUnknownCommand(ScanUnreadable):
    code = "scan-unknown-command"
    text = Text(
        en="There is no command {scanned}. Print the sheet of commands again.",
        pl="Nie ma polecenia {scanned}. Wydrukuj ponownie arkusz poleceń.",
    )


class ScanDoubled(Refusal):
    code = "scan-doubled"
    status = 422
    tone = "warn"
    text = Text(
        en="The code {scanned} arrived more than once in one scan. Scan it once.",
        pl="Kod {scanned} przyszedł kilka razy w jednym skanie. Zeskanuj go raz.",
    )
