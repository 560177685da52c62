"""What returns refuse, in order of precedence."""

from typing import ClassVar

from wms.kernel.refusals import Refusal
from wms.kernel.state_words import STRAYS
from wms.kernel.text import Lang, Text
from wms.returns.words import GRADES


class ReturnExists(Refusal):
    code = "return-exists"
    text = Text(
        en="Return {number} exists with other contents. Use a new number, or leave the number out.",
        pl="Zwrot {number} już istnieje z inną treścią. Użyj nowego numeru albo pomiń numer.",
    )


class ReturnSkusUnknown(Refusal):
    """Every unknown SKU of the request at once."""

    code = "return-skus-unknown"
    status = 422
    text = Text(
        en="Unknown SKU: {codes}. Check the codes; goods that are not in the catalogue cannot be announced.",
        pl="Nieznany SKU: {codes}. Sprawdź kody; nie można zgłosić towaru spoza katalogu.",
    )


class MoreThanShipped(Refusal):
    """Every line at once: ``lines`` is a list of ``{pointer, sku, asked, left}``."""

    code = "more-than-shipped"
    status = 422
    text = Text(
        en="More than was shipped on order {order} and has not come back yet: {said}. Lower the quantities.",
        pl="Więcej, niż wysłano w zamówieniu {order} i jeszcze nie wróciło: {said}. Zmniejsz ilości.",
    )


class AlreadyReceived(Refusal):
    code = "return-already-received"
    tone = "info"
    text = Text(
        en="Return {number} was received already. Go on with the inspection, or scan the next parcel.",
        pl="Zwrot {number} jest już przyjęty. Przejdź do oględzin albo zeskanuj następną paczkę.",
    )


class ParcelUnknown(Refusal):
    code = "parcel-unknown"
    text = Text(
        en="No parcel of ours has the number {scanned}. Scan another code, or keep it as an unknown parcel.",
        pl="Żadna nasza paczka nie ma numeru {scanned}. Zeskanuj inny kod albo odłóż ją jako nieznaną paczkę.",
    )


class ParcelAmbiguous(Refusal):
    code = "parcel-ambiguous"
    tone = "warn"
    text = Text(
        en="{count} parcels have the number {scanned}. Choose one from the list of candidates.",
        pl="Liczba paczek z numerem {scanned}: {count}. Wybierz jedną z listy propozycji.",
    )


class ParcelNotSent(Refusal):
    code = "parcel-not-sent"
    text = Text(
        en="This parcel of order {number} has not left the warehouse. Take it to the supervisor.",
        pl="Ta paczka zamówienia {number} nie opuściła magazynu. Zanieś ją do kierownika.",
    )


class GoodsOfAnotherShop(Refusal):
    """Somebody else's goods in the box: the way out is the shelf of unknown parcels, with a note."""

    code = "goods-of-another-shop"
    text = Text(
        en="{sku} belongs to {shops}, not to this return's shop. Put it aside as an unknown parcel with a note.",
        pl="{sku} należy do {shops}, a nie do sklepu z tego zwrotu. Odłóż towar jako nieznaną paczkę z notatką.",
    )


class GoodsUnknown(Refusal):
    code = "return-goods-unknown"
    text = Text(
        en="No SKU of this shop has the code {scanned}. Scan another code on it, choose the SKU by hand, or put it aside as an unknown parcel.",
        pl="Żaden SKU tego sklepu nie ma kodu {scanned}. Zeskanuj inny kod, wybierz SKU ręcznie albo odłóż towar jako nieznaną paczkę.",
    )


class GoodsAmbiguous(Refusal):
    """``choices``: a list of ``{sku_id, sku, name, lot, expires_on, serial}``."""

    code = "return-goods-ambiguous"
    tone = "warn"
    text = Text(
        en="The code {scanned} can mean {said}. Choose the SKU, and type lot and date from the label.",
        pl="Kod {scanned} może oznaczać: {said}. Wybierz SKU i wpisz partię oraz datę z etykiety.",
    )


class KitInParts(Refusal):
    code = "return-kit"
    text = Text(
        en="{sku} is a kit. Inspect its parts one by one; each has its own code.",
        pl="{sku} to zestaw. Obejrzyj jego części po kolei; każda ma własny kod.",
    )


class NotForSale(Refusal):
    code = "grade-not-for-sale"
    words: ClassVar = {"grade": GRADES}
    text = Text(
        en='Goods graded "{grade}" do not go back to stock. Choose repack, repair, quarantine, to shop or dispose.',
        pl="Towar z oceną „{grade}” nie wraca do sprzedaży. Wybierz przepakowanie, naprawę, kwarantannę, odesłanie do sklepu albo utylizację.",
    )


class NotOurs(Refusal):
    code = "grade-not-ours"
    text = Text(
        en="What is not the shop's product can only be kept in quarantine, sent to the shop or disposed of.",
        pl="To, co nie jest towarem sklepu, może tylko trafić do kwarantanny, do sklepu albo do utylizacji.",
    )


class LotExpired(Refusal):
    code = "lot-expired"
    text = Text(
        en="This lot expired on {expires_on}. Choose quarantine, to shop or dispose.",
        pl="Ta partia straciła ważność {expires_on}. Wybierz kwarantannę, odesłanie do sklepu albo utylizację.",
    )


NEEDS = {
    "lot": Text(en="a lot", pl="partia"),
    "expiry date": Text(en="an expiry date", pl="data ważności"),
    "serial number": Text(en="a serial number", pl="numer seryjny"),
}


class LotNeeded(Refusal):
    """``needs``: what a label must still tell, of ``NEEDS``."""

    code = "return-lot-needed"
    tone = "warn"
    text = Text(
        en="{sku} keeps {what}. Scan or type it; goods without it can only go to quarantine, to the shop or be disposed of.",
        pl="{sku} wymaga danych: {what}. Zeskanuj je albo wpisz; bez nich towar może tylko trafić do kwarantanny, do sklepu albo do utylizacji.",
    )

    def say(self, lang: Lang) -> str:
        what = ", ".join(NEEDS[need].in_(lang) for need in self.values["needs"])
        return self.text.in_(lang, what=what, **self.values)


class OnePieceOneSerial(Refusal):
    code = "one-piece-one-serial"
    status = 422
    tone = "warn"
    text = Text(
        en="A serial number is one piece. Inspect these {quantity} one by one.",
        pl="Numer seryjny to jedna sztuka. Obejrzyj te {quantity} szt. pojedynczo.",
    )


class StrayClosed(Refusal):
    code = "stray-closed"
    tone = "info"
    words: ClassVar = {"state": STRAYS}
    text = Text(
        en="Unknown parcel {stray} is settled already ({state}).",
        pl="Sprawa nieznanej paczki {stray} jest już zamknięta ({state}).",
    )


class BenchNotNow(Refusal):
    code = "bench-not-now"
    tone = "warn"
    text = Text(
        en="This does nothing on this screen. Do what it asks for.",
        pl="To nic nie robi na tym ekranie. Zrób to, o co prosi ekran.",
    )


class NothingSaid(Refusal):
    code = "bench-choose"
    tone = "warn"
    text = Text(
        en="Type one of the numbers on the screen, or take the piece back with Undo.",
        pl="Wpisz jeden z numerów na ekranie albo cofnij sztukę.",
    )


class DetailUnreadable(Refusal):
    code = "bench-date"
    tone = "warn"
    text = Text(
        en="{scanned} is not a date. Type it like 31.03.2027, or scan the code on the goods.",
        pl="{scanned} to nie jest data. Wpisz ją w postaci 31.03.2027 albo zeskanuj kod z towaru.",
    )


class EnoughPhotos(Refusal):
    code = "enough-photos"
    tone = "info"
    text = Text(
        en="There are {most} photos of this piece, which is enough.",
        pl="Ta sztuka ma już {most} zdjęcia, to wystarczy.",
    )


class ReturnUnknown(Refusal):
    code = "return-unknown"
    status = 404
    tone = "warn"
    text = Text(
        en="No return has the number {scanned}. Check it, or scan it off the box.",
        pl="Żaden zwrot nie ma numeru {scanned}. Sprawdź go albo zeskanuj z paczki.",
    )


class ReturnOver(Refusal):
    code = "return-over"
    tone = "info"
    text = Text(
        en="Return {number} is settled already. Put the box aside and call a supervisor.",
        pl="Zwrot {number} jest już rozliczony. Odłóż paczkę i wezwij kierownika.",
    )


class NothingInspected(Refusal):
    code = "nothing-inspected"
    tone = "info"
    text = Text(
        en="Nothing of this box can be undone. Only the piece inspected last can be.",
        pl="Nie ma czego cofnąć. Cofnąć można tylko ostatnio sprawdzoną sztukę.",
    )


class InspectionFinished(Refusal):
    code = "inspection-finished"
    tone = "warn"
    text = Text(
        en="The inspection of return {number} is finished, and the shop has its advice. Tell the shop what is different.",
        pl="Oględziny zwrotu {number} są zakończone, a sklep dostał wynik. Powiadom sklep o zmianie.",
    )


class InspectionBuiltOn(Refusal):
    code = "inspection-built-on"
    text = Text(
        en="{sku} was carried on since, or is promised to an order already. It cannot be undone; have it counted.",
        pl="{sku} przeniesiono już dalej albo jest obiecany zamówieniu. Nie można cofnąć; zleć liczenie.",
    )
