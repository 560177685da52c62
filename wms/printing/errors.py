"""What printing refuses, and why: a template that cannot be right, values that a label cannot carry."""

from typing import Any

from wms.kernel.refusals import Refusal
from wms.kernel.text import Lang, Text

NOT_TOML = Text(en="this is not TOML: {detail}", pl="to nie jest poprawny TOML: {detail}")
BAD_VALUE = Text(en="wrong value: {detail}", pl="nieprawidłowa wartość: {detail}")
TOO_BIG = Text(
    en="the file is larger than {limit} bytes; a label needs less",
    pl="plik ma więcej niż {limit} bajtów; etykieta potrzebuje mniej",
)
ONE_LINE = Text(en="a value must stand on one line", pl="wartość musi zmieścić się w jednym wierszu")
UNKNOWN_KIND = Text(
    en="there is no template kind {value!r}; use one of: {known}",
    pl="nie ma rodzaju szablonu {value!r}; użyj jednego z: {known}",
)
UNKNOWN_FIELD = Text(
    en="a {kind} template has no field {value!r}; use one of: {known}",
    pl="szablon typu {kind} nie ma pola {value!r}; użyj jednego z: {known}",
)
UNKNOWN_FILTER = Text(
    en="there is no filter {value!r}; use one of: {known}",
    pl="nie ma filtra {value!r}; użyj jednego z: {known}",
)
FILTER_MISFIT = Text(
    en="the filter {value!r} does not suit this field: {detail}",
    pl="filtr {value!r} nie pasuje do tego pola: {detail}",
)
STRAY_BRACE = Text(
    en="a curly bracket that is not part of a {{field}}",
    pl="nawias klamrowy, który nie należy do żadnego {{pola}}",
)
BAD_AI = Text(
    en="write application identifiers in parentheses, as in (00){{sscc}}",
    pl="identyfikatory zastosowania zapisz w nawiasach, na przykład (00){{sscc}}",
)
OUTSIDE = Text(
    en="the element reaches outside the label of {width:g} x {height:g} mm",
    pl="element wystaje poza etykietę {width:g} x {height:g} mm",
)
NOT_QUIET = Text(
    en="{other} (line {line}) lies in the bar code or in its quiet zone; keep {quiet:g} mm free beside it",
    pl="{other} (wiersz {line}) leży na kodzie lub w jego strefie ciszy; zostaw obok {quiet:g} mm wolnego miejsca",
)
MODULE_TOO_SMALL = Text(
    en="{value} dots are too small for this code on this label; at least {least}",
    pl="{value} punktów to za mało dla tego kodu na tej etykiecie; co najmniej {least}",
)
TOO_LOW = Text(
    en="{value:g} mm is too low for this code on this label; at least {least:g} mm",
    pl="{value:g} mm to za mała wysokość dla tego kodu na tej etykiecie; co najmniej {least:g} mm",
)
NEEDS_WIDTH = Text(
    en="centred or right-aligned elements need max_width",
    pl="element wyśrodkowany lub wyrównany do prawej potrzebuje max_width",
)
BAD_IMAGE = Text(
    en="the picture {value!r} cannot be used: {detail}",
    pl="nie można użyć obrazka {value!r}: {detail}",
)
TEXT_CUT = Text(
    en="{value!r} does not fit {width:g} mm even in its smallest size; shorten it, widen max_width, lower min_size, "
    'or write fit = "cut"',
    pl="{value!r} nie mieści się w {width:g} mm nawet w najmniejszym rozmiarze; skróć tekst, zwiększ max_width, "
    'zmniejsz min_size albo wpisz fit = "cut"',
)
NOT_READ = Text(
    en="a scanner does not read {value!r} from the sample label; give the code larger modules or more room",
    pl="skaner nie odczytuje {value!r} z etykiety przykładowej; daj kodowi większe moduły lub więcej miejsca",
)
EMPTY_CODE = Text(en="there is nothing to encode", pl="nie ma czego zakodować")
NOT_ASCII = Text(
    en="{value!r} has characters that this bar code cannot carry",
    pl="{value!r} zawiera znaki, których ten kod nie może przenieść",
)
TOO_WIDE = Text(
    en="the bar code of {value!r} is wider than its place; use a shorter number or a wider place",
    pl="kod kreskowy {value!r} jest szerszy niż jego miejsce; użyj krótszego numeru lub szerszego miejsca",
)
BAD_GS1 = Text(
    en="{value!r} is not a valid value for AI ({ai}): {detail}",
    pl="{value!r} nie jest poprawną wartością dla AI ({ai}): {detail}",
)
BAD_FIELD_VALUE = Text(
    en="{value!r} does not suit the filter {filter!r}", pl="{value!r} nie pasuje do filtra {filter!r}"
)


class TemplateError(Refusal):
    """A template file is refused when it is loaded; names the file, the line (from 1) and the field."""

    code = "label-template"
    status = 422
    text = Text(
        en="{file}, line {line}, {field}: {why}. Correct the file and load it again.",
        pl="{file}, wiersz {line}, {field}: {why}. Popraw plik i wczytaj go ponownie.",
    )

    def __init__(self, file: str, line: int, field: str, why: Text, /, **details: Any) -> None:
        self.file, self.line, self.field, self.why, self.details = file, line, field, why, details
        super().__init__(file=file, line=line, field=field)

    def say(self, lang: Lang) -> str:
        return self.text.in_(lang, **self.values, why=self.why.in_(lang, **self.details))


class NoTemplate(Refusal):
    """No folder holds a template of that name."""

    code = "label-template-missing"
    status = 404
    text = Text(
        en="There is no label template {name}. Put {name}.toml into label_templates.",
        pl="Nie ma szablonu etykiety {name}. Umieść plik {name}.toml w katalogu label_templates.",
    )


class CannotPrint(Refusal):
    """The values of one label cannot be drawn: a bar code must never be left out in silence."""

    code = "label-cannot-print"
    status = 422
    text = Text(
        en="The label {template} cannot be printed, {field}: {why}. Correct the data and print it again.",
        pl="Nie można wydrukować etykiety {template}, {field}: {why}. Popraw dane i wydrukuj ją ponownie.",
    )

    def __init__(self, template: str, field: str, why: Text, /, **details: Any) -> None:
        self.why, self.details = why, details
        super().__init__(template=template, field=field)

    def say(self, lang: Lang) -> str:
        return self.text.in_(lang, **self.values, why=self.why.in_(lang, **self.details))


class FormulaCell(Refusal):
    """A cell of a carrier's file would be run as a formula by a spreadsheet, or breaks its line."""

    code = "csv-formula"
    status = 422
    text = Text(
        en="Parcel {parcel}: {column} is {value!r}; a value in a carrier's file must not begin with = + - @ "
        "or hold control characters. Correct it in the order and close the manifest again.",
        pl="Paczka {parcel}: {column} ma wartość {value!r}; wartość w pliku dla przewoźnika nie może zaczynać "
        "się od = + - @ ani zawierać znaków sterujących. Popraw ją w zamówieniu i zamknij manifest ponownie.",
    )


CUT_BY_DELIMITER = Text(
    en="it holds {what!r}, which separates the cells of this file",
    pl="zawiera {what!r}, czyli znak rozdzielający komórki tego pliku",
)
CONTROL = Text(
    en="it holds a line break or another control character",
    pl="zawiera koniec wiersza lub inny znak sterujący",
)
FORMULA = Text(
    en="a spreadsheet would run it as a formula", pl="arkusz kalkulacyjny uruchomiłby ją jako formułę"
)
NOT_IN_CHARSET = Text(
    en="{what!r} does not exist in the file's character set {charset}",
    pl="znak {what!r} nie istnieje w zestawie znaków pliku {charset}",
)
TOO_LONG = Text(
    en="it has {length} characters; the file has room for {room}",
    pl="ma znaków: {length}; w pliku jest miejsce na {room}",
)
MISFIT = Text(en="it does not suit the filter {what}", pl="nie pasuje do filtra {what}")


class FileUnfit(Refusal):
    """A value that a carrier's file cannot carry as it is; files are exact, so nothing is altered to make it fit.

    ``parcel`` "-": it is of the whole file.
    """

    code = "file-unfit"
    status = 422
    text = Text(
        en="The carrier's file {file}, parcel {parcel}: {field} is {value!r}: {why}. Correct it in the order, or take the "
        "parcel off the list, and close again.",
        pl="Plik przewoźnika {file}, paczka {parcel}: {field} ma wartość {value!r}: {why}. Popraw ją w zamówieniu albo "
        "zdejmij paczkę z listy i zamknij ponownie.",
    )

    def __init__(self, why: Text, /, *, details: dict[str, Any], **values: Any) -> None:
        self.why, self.details = why, details
        super().__init__(**values)

    def say(self, lang: Lang) -> str:
        return self.text.in_(lang, **self.values, why=self.why.in_(lang, **self.details))


class LayoutWrong(Refusal):
    """A column file's layout that cannot be right; ``place`` as in ``record[0][3]``."""

    code = "layout-wrong"
    status = 422
    text = Text(
        en="The layout of the column file is wrong at {place}: {why}. Correct it and store it again.",
        pl="Błąd w układzie pliku kolumnowego, {place}: {why}. Popraw układ i zapisz go ponownie.",
    )

    def __init__(self, place: str, why: Text, /, *, pointer: str, **details: Any) -> None:
        self.why, self.details = why, details
        super().__init__(place=place, pointer=pointer)

    def say(self, lang: Lang) -> str:
        return self.text.in_(lang, **self.values, why=self.why.in_(lang, **self.details))


class Unprintable(ValueError):
    """A value that a symbol cannot carry; caught inside the package and turned into a refusal with a place."""

    def __init__(self, why: Text, /, **details: Any) -> None:
        self.why, self.details = why, details
        super().__init__(why.in_("en", **details))
