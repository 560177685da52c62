"""What the catalog refuses."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class UnknownGoods(Refusal):
    code = "unknown-goods"
    status = 404
    text = Text(
        en="Nobody knows the bar code {scanned}. Scan another code on the goods, or put them aside and call a supervisor.",
        pl="Nikt nie zna kodu {scanned}. Zeskanuj inny kod na towarze albo odłóż towar i wezwij kierownika.",
    )


class UnknownComponent(Refusal):
    code = "unknown-component"
    status = 422
    text = Text(
        en="Kit {sku} names the SKU {component}, which this shop does not have. Create it first.",
        pl="Zestaw {sku} zawiera SKU {component}, którego ten sklep nie ma. Najpierw je utwórz.",
    )


class KitOfKit(Refusal):
    code = "kit-of-kit"
    status = 422
    text = Text(
        en="{component} in kit {sku} is a kit itself. List what is inside it instead.",
        pl="{component} w zestawie {sku} sam jest zestawem. Wymień zamiast niego jego zawartość.",
    )


class UsedInKit(Refusal):
    code = "used-in-kit"
    text = Text(
        en="{sku} is part of a kit, so it cannot become a kit. Take it out of that kit first.",
        pl="{sku} jest częścią zestawu, więc samo nie może stać się zestawem. Najpierw usuń je z tamtego zestawu.",
    )


class KitTracked(Refusal):
    code = "kit-tracked"
    status = 422
    text = Text(
        en="Kit {sku} has no lots and serial numbers of its own. Set them on the SKUs inside it.",
        pl="Zestaw {sku} nie ma własnych partii ani numerów seryjnych. Ustaw je dla SKU, z których się składa.",
    )


class BarcodeTaken(Refusal):
    code = "barcode-taken"
    text = Text(
        en="Bar code {barcode} already belongs to {sku}. Remove it there first, or use another code.",
        pl="Kod kreskowy {barcode} należy już do {sku}. Najpierw usuń go tam albo użyj innego kodu.",
    )


class BadCheckDigit(Refusal):
    code = "bad-check-digit"
    status = 422
    text = Text(
        en="{barcode} has the length of a GTIN, but its check digit is wrong (it should be {digit}). Read the code again.",
        pl="{barcode} ma długość numeru GTIN, ale błędną cyfrę kontrolną (powinna być {digit}). Odczytaj kod ponownie.",
    )


class Unscannable(Refusal):
    code = "unscannable-barcode"
    status = 422
    text = Text(
        en="{barcode} cannot be a bar code: a scanner reads it as something else ({why}). Use another code.",
        pl="{barcode} nie może być kodem kreskowym: skaner odczyta go inaczej ({why}). Użyj innego kodu.",
    )


class SkuTwice(Refusal):
    code = "sku-twice"
    status = 422
    text = Text(
        en="SKU {sku} is in this request twice; the first line counts. Send one line per SKU.",
        pl="SKU {sku} występuje w żądaniu dwa razy; liczy się pierwszy wiersz. Wyślij jeden wiersz na SKU.",
    )


class PolicyFixed(Refusal):
    code = "policy-fixed"
    text = Text(
        en="{sku} is in stock, so how its lots and serial numbers are kept (and whether it is a kit) cannot change. Clear its stock first.",
        pl="{sku} jest w magazynie, więc nie można zmienić sposobu śledzenia partii i numerów seryjnych ani tego, czy jest zestawem. Najpierw opróżnij zapas.",
    )
