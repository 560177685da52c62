"""What is said about a file of orders: why it cannot be used, what was left out, which rows are bad."""

from wms.kernel.refusals import Refusal
from wms.kernel.text import Text


class NoFile(Refusal):
    code = "demo-no-file"
    status = 404
    text = Text(
        en="There is no file {file}. Check the path given with --orders, or leave it out to use the shipped days.",
        pl="Nie ma pliku {file}. Sprawdź ścieżkę podaną w --orders albo pomiń ją, by użyć dołączonych dni.",
    )


class BrokenFile(Refusal):
    code = "demo-broken-file"
    status = 422
    text = Text(
        en="{file} cannot be read to its end ({error}). Fetch it again, whole.",
        pl="Pliku {file} nie da się odczytać do końca ({error}). Pobierz go jeszcze raz, w całości.",
    )


class WrongShape(Refusal):
    code = "demo-wrong-shape"
    status = 422
    text = Text(
        en="{file} is not a file of orders: its first line lacks {missing}. It must be CSV in UTF-8, plain or .xz,"
        " whose first line is {columns}.",
        pl="{file} nie jest plikiem zamówień: w pierwszym wierszu brakuje {missing}. Potrzebny jest CSV w UTF-8,"
        " zwykły albo .xz, z pierwszym wierszem {columns}.",
    )


class NoOrders(Refusal):
    code = "demo-no-orders"
    status = 422
    text = Text(
        en="There is not one readable order in {file}. Choose another file.",
        pl="W pliku {file} nie ma ani jednego czytelnego zamówienia. Wybierz inny plik.",
    )


class NoSuchDay(Refusal):
    code = "demo-no-such-day"
    status = 404
    text = Text(
        en="{file} has no orders on {day}. It has these days: {days}. Name one of them with --day.",
        pl="W pliku {file} nie ma zamówień z dnia {day}. Są w nim dni: {days}. Podaj jeden z nich w --day.",
    )


SKIPPED: dict[str, Text] = {
    "charge": Text(
        en="{count} rows are charges, not goods ({examples})",
        pl="wiersze z opłatami, nie z towarem: {count} ({examples})",
    ),
    "voucher": Text(
        en="{count} rows are gift vouchers, not goods ({examples})",
        pl="wiersze z bonami, nie z towarem: {count} ({examples})",
    ),
    "order_without_goods": Text(
        en="{count} invoices have no goods on them ({examples})",
        pl="faktury bez żadnego towaru: {count} ({examples})",
    ),
    "return_without_goods": Text(
        en="{count} credit notes bring no goods back ({examples})",
        pl="korekty, z którymi nie wraca towar: {count} ({examples})",
    ),
}

BAD_ROW: dict[str, Text] = {
    "columns": Text(
        en="line {line}: not the number of columns that the header has: {value}",
        pl="wiersz {line}: inna liczba kolumn niż w nagłówku: {value}",
    ),
    "date": Text(
        en="line {line}: InvoiceDate {value!r} is no date like 2010-12-09 08:34:00",
        pl="wiersz {line}: InvoiceDate {value!r} nie jest datą w postaci 2010-12-09 08:34:00",
    ),
    "number": Text(
        en="line {line}: InvoiceNo {value!r} is no invoice number",
        pl="wiersz {line}: InvoiceNo {value!r} nie jest numerem faktury",
    ),
    "code": Text(
        en="line {line}: StockCode {value!r} is no code of goods",
        pl="wiersz {line}: StockCode {value!r} nie jest kodem towaru",
    ),
    "quantity": Text(
        en="line {line}: Quantity {value!r} is not a whole number other than 0 within ten million",
        pl="wiersz {line}: Quantity {value!r} nie jest liczbą całkowitą różną od zera w granicach dziesięciu milionów",
    ),
    "return_quantity": Text(
        en="line {line}: a return (C...) with Quantity {value!r}; it must be below 0",
        pl="wiersz {line}: zwrot (C...) z Quantity {value!r}; liczba musi być ujemna",
    ),
    "price": Text(
        en="line {line}: UnitPrice {value!r} is no price",
        pl="wiersz {line}: UnitPrice {value!r} nie jest ceną",
    ),
}
