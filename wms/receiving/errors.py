"""What receiving refuses, in order of precedence."""

from collections.abc import Sequence
from typing import Any

from wms.kernel.refusals import Refusal
from wms.kernel.text import Lang, Text


class AsnExists(Refusal):
    code = "asn-exists"
    text = Text(
        en="ASN {number} exists with other contents. Announce this delivery under another number, and cancel the old one if it will not come.",
        pl="Awizo {number} już istnieje z inną treścią. Wyślij tę dostawę pod innym numerem, a stare awizo anuluj, jeśli nie przyjdzie.",
    )


LINE_FAULTS = {
    "unknown-sku": Text(
        en="SKU {sku} is not in your catalogue; create it first",
        pl="SKU {sku} nie ma w Twoim katalogu; najpierw je utwórz",
    ),
    "inactive-sku": Text(
        en="SKU {sku} is switched off; switch it on first", pl="SKU {sku} jest wyłączone; najpierw je włącz"
    ),
    "kit": Text(
        en="SKU {sku} is a kit and has no stock; announce its components",
        pl="SKU {sku} to zestaw, który nie ma stanu; awizuj jego składniki",
    ),
    "lot-not-kept": Text(
        en="SKU {sku} keeps no lots; leave lot and date out, or change its policy",
        pl="SKU {sku} nie śledzi partii; pomiń partię i datę albo zmień zasady tego SKU",
    ),
}
"""What can be wrong with a line of an ASN, by code."""


class AsnLinesWrong(Refusal):
    """Every bad line at once: ``errors`` is a list of ``{pointer, code, sku}``."""

    code = "asn-lines"
    status = 422
    text = Text(
        en="{count} lines cannot be taken: {said}.", pl="Tych pozycji nie można przyjąć ({count}): {said}."
    )

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__(pointer=errors[0]["pointer"], errors=list(errors))

    def say(self, lang: Lang) -> str:
        errors = self.values["errors"]
        said = [f"{e['pointer']}: {LINE_FAULTS[e['code']].in_(lang, sku=e['sku'])}" for e in errors[:20]]
        return self.text.in_(
            lang, count=len(errors), said="; ".join(said) + (" …" if len(errors) > 20 else "")
        )


class ReceiptElsewhere(Refusal):
    code = "receipt-elsewhere"
    text = Text(
        en="ASN {asn} is being received at {dock} (receipt {receipt}). Go there, or close that receipt first.",
        pl="Awizo {asn} jest już przyjmowane na {dock} (przyjęcie {receipt}). Idź tam albo najpierw zamknij tamto przyjęcie.",
    )


class NotADock(Refusal):
    code = "not-a-dock"
    text = Text(
        en="{location} is not a dock. Scan the label of a dock.",
        pl="{location} to nie rampa. Zeskanuj etykietę rampy.",
    )


class ReceiptClosed(Refusal):
    code = "receipt-closed"
    text = Text(
        en="Receipt {number} is closed. Open a new one for what is still there.",
        pl="Przyjęcie {number} jest zamknięte. Otwórz nowe dla tego, co jeszcze zostało.",
    )


class ScanTheGoods(Refusal):
    """One of our own labels, where goods were asked for."""

    code = "scan-the-goods"
    tone = "warn"
    status = 422
    text = Text(
        en="{scanned} is a label of the warehouse, not of goods. Scan the bar code on the goods.",
        pl="{scanned} to etykieta magazynu, a nie towaru. Zeskanuj kod na towarze.",
    )


class SomeoneElsesGoods(Refusal):
    code = "someone-elses-goods"
    text = Text(
        en="{scanned} is not {shop}'s goods: it is in the catalogue of {others}. Put it aside and open a receipt for that shop.",
        pl="{scanned} to nie towar sklepu {shop}: jest w katalogu sklepu {others}. Odłóż go i otwórz przyjęcie dla tamtego sklepu.",
    )


class ScanSeveral(Refusal):
    """``choices`` lists what it can mean; another code on the goods, or values typed in, decide."""

    code = "scan-several"
    tone = "warn"
    text = Text(
        en="{scanned} can mean: {said}. Scan another code on the goods, or type what is printed there.",
        pl="{scanned} może oznaczać: {said}. Zeskanuj inny kod z towaru albo wpisz to, co na nim wydrukowano.",
    )


class ReceiveComponents(Refusal):
    code = "receive-components"
    text = Text(
        en="{sku} is a kit and has no stock of its own. Scan its components.",
        pl="{sku} to zestaw, który nie ma własnego stanu. Skanuj jego składniki.",
    )


class TooManyPhotos(Refusal):
    code = "too-many-photos"
    text = Text(
        en="A discrepancy has at most {most} photos; this one has {have}. Send fewer.",
        pl="Niezgodność może mieć najwyżej {most} zdjęcia; ta ma już {have}. Wyślij mniej.",
    )


class LotNeeded(Refusal):
    code = "lot-needed"
    tone = "warn"
    status = 422
    text = Text(
        en="{sku} is kept by lot. Scan the GS1 code, or type the lot that is printed on it.",
        pl="{sku} jest śledzone partiami. Zeskanuj kod GS1 albo wpisz partię wydrukowaną na towarze.",
    )


class ExpiryNeeded(Refusal):
    code = "expiry-needed"
    tone = "warn"
    status = 422
    text = Text(
        en="{sku} expires. Scan the GS1 code, or type the date that is printed on it.",
        pl="{sku} ma datę ważności. Zeskanuj kod GS1 albo wpisz datę wydrukowaną na towarze.",
    )


class SerialNeeded(Refusal):
    code = "serial-needed"
    tone = "warn"
    status = 422
    text = Text(
        en="{sku} is kept by serial number. Scan or type the serial number of this piece.",
        pl="{sku} jest śledzone numerami seryjnymi. Zeskanuj albo wpisz numer seryjny tej sztuki.",
    )


class OneSerialOnePiece(Refusal):
    code = "one-serial-one-piece"
    tone = "warn"
    status = 422
    text = Text(
        en="A serial number is one piece, not {quantity}. Scan each piece by itself.",
        pl="Numer seryjny to jedna sztuka, a nie {quantity}. Skanuj każdą sztukę osobno.",
    )


class TooMany(Refusal):
    code = "too-many"
    status = 422
    text = Text(
        en="{quantity} pieces at once cannot be right; {limit} is the most. Check the quantity.",
        pl="{quantity} sztuk naraz to pomyłka; najwięcej można podać {limit}. Sprawdź ilość.",
    )


class UnitNotHere(Refusal):
    code = "unit-not-here"
    text = Text(
        en="{unit} does not stand at {dock}. Take a unit of this dock, or open a new one.",
        pl="{unit} nie stoi na {dock}. Weź nośnik z tej rampy albo otwórz nowy.",
    )


class UnitInUse(Refusal):
    code = "unit-in-use"
    text = Text(
        en="{unit} holds goods at another place. Take an empty one.",
        pl="{unit} zawiera towar w innym miejscu. Weź pusty nośnik.",
    )


class NothingToTakeBack(Refusal):
    code = "nothing-to-take-back"
    tone = "info"
    text = Text(
        en="There is no scan of yours to take back here.",
        pl="Nie ma tu Twojego skanu do cofnięcia.",
    )


class NoDeliveryFor(Refusal):
    code = "no-delivery-for"
    tone = "warn"
    text = Text(
        en="No delivery that waits has {scanned}. Scan the number of the ASN, or receive without one.",
        pl="Żadna oczekująca dostawa nie zawiera {scanned}. Zeskanuj numer awiza albo przyjmij bez awiza.",
    )


class ChooseOnScreen(Refusal):
    code = "choose-on-screen"
    tone = "warn"
    text = Text(
        en="{scanned} is none of the choices. Scan or tap a number of the screen.",
        pl="{scanned} nie jest żadną z możliwości. Zeskanuj albo naciśnij numer z ekranu.",
    )


class NothingToPhotograph(Refusal):
    code = "nothing-to-photograph"
    tone = "warn"
    text = Text(
        en="Nothing was noted that the photo could belong to. Scan the damaged goods first, then take it.",
        pl="Nie ma niezgodności, do której można dodać zdjęcie. Najpierw zeskanuj uszkodzony towar.",
    )
