"""Column files: a carrier's own CSV or token file, described in data instead of code.

A layout has lines for the head, lines for each parcel and lines for the tail; a line is a list of cells, a cell literal
text with ``{field|filter}`` in it. Fields and filters are the published ones below and no others. The file is exact:
what a cell cannot carry (the delimiter, a line break, a letter that the encoding lacks, what a spreadsheet would run) is
refused with parcel and field, never altered. A filter that shortens (``cut``) does so because the layout says it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct

from wms.kernel.text import Text
from wms.printing.cells import carries, is_control, risky
from wms.printing.column_fields import (
    FIELDS,
    KNOWN,
    NO_PARCEL,
    OF_FILE,
    PLAIN,
    SIZED,
    At,
    Reader,
    Room,
    sized,
    written_as,
)
from wms.printing.documents import ManifestDocument
from wms.printing.errors import (
    CONTROL,
    CUT_BY_DELIMITER,
    FILTER_MISFIT,
    FORMULA,
    MISFIT,
    NOT_IN_CHARSET,
    STRAY_BRACE,
    TOO_LONG,
    UNKNOWN_FILTER,
    FileUnfit,
    LayoutWrong,
)

Encoding = Literal["utf-8", "iso8859-1", "iso8859-2", "cp1250", "cp1252", "cp852", "ascii"]
LINE_END = {"crlf": "\r\n", "lf": "\n"}
MOST_LINES, MOST_CELLS, MOST_TEXT = 50, 200, 400

UNKNOWN_FIELD = Text(
    en="there is no field {value!r} here; use one of: {known}",
    pl="nie ma tu pola {value!r}; użyj jednego z: {known}",
)
NO_RECORD = Text(
    en="a file needs at least one line for a parcel", pl="plik musi mieć co najmniej jeden wiersz na paczkę"
)
TOO_MUCH = Text(en="more than {most}", pl="więcej niż {most}")
BAD_DELIMITER = Text(
    en="a delimiter is one printable ASCII sign or a tab, neither a letter, a digit nor the quote; empty sets no sign between cells",
    pl="separator to jeden drukowalny znak ASCII albo tabulator, nie litera, cyfra ani cudzysłów; pusty nie wstawia znaku",
)
BAD_NAME = Text(
    en="a file's name is made of letters, digits, dots, hyphens and underscores and has {{manifest.number|dashes}} in it",
    pl="nazwa pliku składa się z liter, cyfr, kropek, łączników i podkreśleń i zawiera {{manifest.number|dashes}}",
)
BAD_LITERAL = Text(
    en="the text {value!r} cannot stand in this file", pl="tekst {value!r} nie może wystąpić w tym pliku"
)


Line = Annotated[list[Annotated[str, Meta(max_length=MOST_TEXT)]], Meta(max_length=MOST_CELLS)]
EXAMPLE = [["PARCEL", "{tracking_number}", "{receiver.name|max:40}", "{weight|kg}"]]


PUBLISHED = (
    f"The lines of a parcel. Fields: {', '.join(FIELDS)}; in header and trailer: {', '.join(OF_FILE)}. "
    f"Filters: {', '.join(KNOWN)}."
)


class ColumnLayout(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``quote`` set: a cell that needs it is quoted as CSV does, and may then hold the delimiter."""

    record: Annotated[list[Line], Meta(max_length=MOST_LINES, examples=[EXAMPLE], description=PUBLISHED)]
    header: Annotated[list[Line], Meta(max_length=MOST_LINES, examples=[[["#FILE"]]])] = []
    trailer: Annotated[list[Line], Meta(max_length=MOST_LINES, examples=[[]])] = []
    delimiter: Annotated[str, Meta(max_length=1, examples=[";"])] = ";"
    quote: Literal["", '"'] = ""
    encoding: Encoding = "utf-8"
    line_end: Literal["crlf", "lf"] = "crlf"
    file_name: Annotated[str, Meta(max_length=MOST_TEXT, examples=["LIST_{manifest.number|dashes}.txt"])] = (
        "{manifest.number|dashes}.txt"
    )


_PIECE = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}")


class _Field(NamedTuple):
    name: str
    read: Reader
    filters: tuple[tuple[str, Callable[[Any], Any]], ...]
    other: str
    """What stands where there is no value."""

    def write(self, at: At) -> str:
        """Raises ``_Misfit``."""
        value = self.read(at)
        if value is None or value == "":
            value = self.other
            if value == "" and not any(n.partition(":")[0] in ("left", "right") for n, _ in self.filters):
                return ""
            widths = [f for f in self.filters if f[0].partition(":")[0] in SIZED]
            return written_as(_through(widths, value, self.name))
        return written_as(_through(self.filters, value, self.name))


class _Misfit(ValueError):
    def __init__(self, field: str, value: str, why: Text, /, **details: Any) -> None:
        self.field, self.value, self.why, self.details = field, value, why, details
        super().__init__(field)


def _through(filters: Sequence[tuple[str, Callable[[Any], Any]]], value: Any, field: str) -> Any:
    for name, apply in filters:
        try:
            value = apply(value)
        except Room as e:
            raise _Misfit(field, written_as(value), TOO_LONG, length=e.length, room=e.room) from None
        except (TypeError, ValueError) as e:
            raise _Misfit(field, written_as(value), MISFIT, what=name) from e
    return value


_Cell = tuple[str | _Field, ...]
_Line = tuple[_Cell, ...]


class Columns:
    """A layout that was read. Raises ``LayoutWrong`` with the place of the first mistake."""

    def __init__(self, layout: ColumnLayout, pointer: str = "") -> None:
        self.layout, self.pointer = layout, pointer
        d = layout.delimiter
        if d and (
            len(d) != 1 or not (d == "\t" or (d.isascii() and d.isprintable())) or d.isalnum() or d in '"{}'
        ):
            raise LayoutWrong("delimiter", BAD_DELIMITER, pointer=f"{pointer}/delimiter")
        if not layout.record:
            raise LayoutWrong("record", NO_RECORD, pointer=f"{pointer}/record")
        self.header = self._lines("header", layout.header, OF_FILE)
        self.record = self._lines("record", layout.record, FIELDS)
        self.trailer = self._lines("trailer", layout.trailer, OF_FILE)
        self.name = self._cell("file_name", layout.file_name, OF_FILE, f"{pointer}/file_name")
        fixed = "".join(p for p in self.name if isinstance(p, str))
        numbered = any(isinstance(p, _Field) and p.name == "manifest.number" for p in self.name)
        if not numbered or not re.fullmatch(r"[A-Za-z0-9._-]*", fixed) or str(self.name[0]).startswith("."):
            raise LayoutWrong("file_name", BAD_NAME, pointer=f"{pointer}/file_name")

    def file_name(self, data: ManifestDocument) -> str:
        """Raises ``FileUnfit`` when the number or account makes a name that a server may not take."""
        try:
            name = "".join(p if isinstance(p, str) else p.write(At(data, 0, NO_PARCEL)) for p in self.name)
        except _Misfit as e:
            raise FileUnfit(
                e.why, details=e.details, file="-", parcel="-", field=e.field, value=e.value
            ) from None
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise FileUnfit(BAD_NAME, details={}, file=name, parcel="-", field="file_name", value=name)
        return name

    def write(self, data: ManifestDocument) -> bytes:
        """The file. Raises ``FileUnfit`` for the first value that it cannot carry."""
        file, end = self.file_name(data), LINE_END[self.layout.line_end]
        out = [self._line(line, At(data, 0, NO_PARCEL), file) for line in self.header]
        for no, parcel in enumerate(data.parcels, start=1):
            at = At(data, no, parcel)
            out += [self._line(line, at, file) for line in self.record]
        out += [self._line(line, At(data, 0, NO_PARCEL), file) for line in self.trailer]
        return "".join([line + end for line in out]).encode(self.layout.encoding)

    def _line(self, line: _Line, at: At, file: str) -> str:
        return self.layout.delimiter.join([self._written(cell, at, file) for cell in line])

    def _written(self, cell: _Cell, at: At, file: str) -> str:
        parts = []
        parcel = (at.parcel.tracking_number or str(at.no)) if at.no else "-"
        for piece in cell:
            if isinstance(piece, str):
                parts.append(piece)
                continue
            try:
                value = piece.write(at)
                self._check(piece.name, value)
            except _Misfit as e:
                raise FileUnfit(
                    e.why, details=e.details, file=file, parcel=parcel, field=e.field, value=e.value
                ) from None
            parts.append(value)
        written = "".join(parts)
        quote, delimiter = self.layout.quote, self.layout.delimiter
        if quote and (quote in written or (delimiter and delimiter in written)):
            return quote + written.replace(quote, quote * 2) + quote
        return written

    def _check(self, field: str, value: str) -> None:
        """Raises ``_Misfit`` for what the file cannot carry as it is."""
        if value.isascii() and value.isalnum():
            return
        if not value.isprintable() and any(is_control(c) for c in value):
            raise _Misfit(field, value, CONTROL)
        if self.layout.delimiter and self.layout.delimiter in value and not self.layout.quote:
            raise _Misfit(field, value, CUT_BY_DELIMITER, what=self.layout.delimiter)
        try:
            value.encode(self.layout.encoding)
        except UnicodeEncodeError as e:
            what = value[e.start : e.start + 1]
            raise _Misfit(field, value, NOT_IN_CHARSET, what=what, charset=self.layout.encoding) from None
        if risky(value):
            raise _Misfit(field, value, FORMULA)

    def _lines(
        self, part: str, lines: list[list[str]], known: dict[str, tuple[Any, Reader]]
    ) -> tuple[_Line, ...]:
        if len(lines) > MOST_LINES:
            raise LayoutWrong(part, TOO_MUCH, pointer=f"{self.pointer}/{part}", most=MOST_LINES)
        return tuple(self._cells(part, i, line, known) for i, line in enumerate(lines))

    def _cells(self, part: str, i: int, line: list[str], known: dict[str, tuple[Any, Reader]]) -> _Line:
        at = f"{self.pointer}/{part}/{i}"
        if len(line) > MOST_CELLS:
            raise LayoutWrong(f"{part}[{i}]", TOO_MUCH, pointer=at, most=MOST_CELLS)
        cells = tuple(self._cell(f"{part}[{i}][{j}]", c, known, f"{at}/{j}") for j, c in enumerate(line))
        for j, cell in enumerate(cells):
            fixed = "".join(p for p in cell if isinstance(p, str))
            apart = self.layout.delimiter and self.layout.delimiter in fixed and not self.layout.quote
            if apart or any(is_control(c) for c in fixed) or not carries(fixed, self.layout.encoding):
                raise LayoutWrong(f"{part}[{i}][{j}]", BAD_LITERAL, pointer=f"{at}/{j}", value=fixed)
        return cells

    def _cell(self, place: str, source: str, known: dict[str, tuple[Any, Reader]], pointer: str) -> _Cell:
        if len(source) > MOST_TEXT:
            raise LayoutWrong(place, TOO_MUCH, pointer=pointer, most=MOST_TEXT)
        pieces: list[str | _Field] = []
        for n, piece in enumerate(_PIECE.split(source)):
            if n % 2:
                pieces.append(_field(place, piece, known, pointer))
            elif "{" in piece or "}" in piece:
                raise LayoutWrong(place, STRAY_BRACE, pointer=pointer)
            elif piece:
                pieces.append(piece)
        return tuple(pieces)


def _field(place: str, source: str, known: dict[str, tuple[Any, Reader]], pointer: str) -> _Field:
    """One ``{field|filter}``, tried on the field's sample."""
    name, *chain = source.split("|")
    name = name.strip()
    if name not in known:
        raise LayoutWrong(place, UNKNOWN_FIELD, pointer=pointer, value=name, known=", ".join(known))
    value, read = known[name]
    filters, other = [], ""
    for word in chain:
        kind, colon, rest = word.partition(":")
        if kind.strip() == "or" and colon:
            other = rest
            continue
        apply = PLAIN.get(word.strip())
        if (
            apply is None
            and kind.strip() in SIZED
            and rest.isascii()
            and rest.isdigit()
            and 0 < int(rest) <= 500
        ):
            apply = sized(kind.strip(), int(rest))
        if apply is None:
            raise LayoutWrong(place, UNKNOWN_FILTER, pointer=pointer, value=word, known=", ".join(KNOWN))
        filters.append((word.strip(), apply))
        try:
            value = apply(value)
        except Room:
            value = "0"  # the sample is longer than this carrier's field; the values are looked at one by one
        except (TypeError, ValueError) as e:
            raise LayoutWrong(place, FILTER_MISFIT, pointer=pointer, value=word, detail=str(e)) from e
    return _Field(name, read, tuple(filters), other)
