"""The values of a template: literal text with ``{field|filter}`` in it, read once, filled for every label."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, NamedTuple

from wms.kernel.text import Text
from wms.printing import filters
from wms.printing.errors import (
    BAD_AI,
    BAD_FIELD_VALUE,
    FILTER_MISFIT,
    STRAY_BRACE,
    UNKNOWN_FIELD,
    UNKNOWN_FILTER,
    Unprintable,
)
from wms.printing.fields import FIELDS, KNOWN, PLAIN, check_names

_PIECE = re.compile(r"\{([^{}]*)\}")
_AI = re.compile(r"\((\d{2,4})\)")


Label = Mapping[str, object]


class Table:
    """Many labels, read field by field: one field of all labels costs little more than that of one, because what
    interprets the template runs once."""

    def __init__(self, labels: Sequence[Label]) -> None:
        self.labels = labels
        self._found: dict[tuple[str, ...], Sequence[object]] = {(): labels}

    def values(self, path: tuple[str, ...]) -> Sequence[object]:
        """The value at a dotted name on each label, None where any part of it is missing."""
        found = self._found.get(path)
        if found is None:
            *above, last = path
            groups: Sequence[Any] = self.values(tuple(above))
            try:
                found = list(map(itemgetter(last), groups))
            except (KeyError, TypeError):
                found = [
                    group.get(last) if type(group) is dict or isinstance(group, Mapping) else None
                    for group in groups
                ]
            self._found[path] = found
        return found


class WrongValue(ValueError):
    """A value string that names an unknown field or filter; the loader adds file and line."""

    def __init__(self, why: Text, /, **details: object) -> None:
        self.why, self.details = why, details
        super().__init__(why.in_("en", **details))


def check_table(kind: str, table: Table) -> None:
    """`check_names` for many labels; those that are made as nearly all are do not go through it one by one."""
    groups = KNOWN[kind]
    for name in set().union(*table.labels):
        values: Sequence[Any] = table.values((name,))
        if name in groups:
            try:
                known = set(map(type, values)) == {dict} and all(map(groups[name].issuperset, values))
            except TypeError:
                known = False
        else:
            known = name in groups[""] and PLAIN.issuperset(map(type, values))
        if not known:
            for label in table.labels:
                check_names(kind, label)
            return


class Field(NamedTuple):
    """One ``{path|filter|filter}``."""

    path: tuple[str, ...]
    filters: tuple[tuple[str, filters.Filter], ...]

    def column(self, table: Table) -> list[str]:
        """The formatted value on each label, empty where it is left out; `Unprintable` where a filter refuses one."""
        values = table.values(self.path)
        if len(self.filters) == 1:
            [(_, apply)] = self.filters
            try:
                return [
                    "" if value is None or (type(value) is str and not value) else apply(value)
                    for value in values
                ]
            except (TypeError, ValueError):
                pass  # said below, with the value
        if self.filters:
            return [self._formatted(value) for value in values]
        first = values[0]
        if type(first) is str and values.count(first) == len(values):
            return [first] * len(values)
        return [value if type(value) is str else self._formatted(value) for value in values]

    def _formatted(self, value: object) -> str:
        if value is None or value == "":
            return ""
        for name, apply in self.filters:
            try:
                value = apply(value)
            except (TypeError, ValueError) as misfit:
                raise Unprintable(BAD_FIELD_VALUE, value=value, filter=name) from misfit
        if isinstance(value, str):
            return value
        return value.isoformat() if isinstance(value, date) else str(value)


class Value(NamedTuple):
    """A template's value string, in pieces."""

    pieces: tuple[str | Field, ...]

    @property
    def paths(self) -> tuple[tuple[str, ...], ...]:
        """The fields that it is made of."""
        return tuple([piece.path for piece in self.pieces if isinstance(piece, Field)])

    @property
    def fixed(self) -> bool:
        """Whether it is the same on every label."""
        return all(isinstance(piece, str) for piece in self.pieces)

    def column(self, table: Table) -> list[str]:
        """The value on each label; `Unprintable` where a filter refuses one."""
        found = [piece.column(table) for piece in self.pieces if isinstance(piece, Field)]
        form = "".join(
            [piece.replace("%", "%%") if isinstance(piece, str) else "%s" for piece in self.pieces]
        )
        if not found:
            return [form % ()] * len(table.labels)
        if form == "%s":
            return found[0]
        if len(found) == 1:
            return [form % value for value in found[0]]
        return [form % values for values in zip(*found, strict=True)]

    def of(self, label: Label) -> str:
        """The value on one label."""
        return self.column(Table([label]))[0]


def look_up(label: Mapping[str, object], path: tuple[str, ...]) -> object:
    """The value at a dotted name, None where any part of it is missing."""
    value: object = label
    for part in path:
        if type(value) is not dict and not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def getter(path: tuple[str, ...]) -> Callable[[Mapping[str, object]], object]:
    """`look_up` for one name, made for the labels that are plain dictionaries."""
    first, *rest = path
    if not rest:
        return lambda label: label.get(first)
    if len(rest) > 1:
        return lambda label: look_up(label, path)
    second = rest[0]

    def get(label: Mapping[str, object]) -> object:
        group = label.get(first)
        return group.get(second) if type(group) is dict else look_up(label, path)

    return get


def tracer(paths: Sequence[tuple[str, ...]]) -> Callable[[Mapping[str, object]], object]:
    """What makes a key of a label for the values at these names: equal keys look the same when they are printed.

    A number's type and spelling are in it, because 1, True and 1.00 are equal and are not printed alike.
    """

    def key(value: object) -> object:
        return value if type(value) is str or value is None else (type(value), repr(value))

    gets = [getter(path) for path in paths]
    if len(gets) > 1:
        return lambda label: tuple([key(get(label)) for get in gets])
    [only] = gets or [lambda _: None]
    return lambda label: value if type(value := only(label)) is str else key(value)


def parse_path(name: str, kind: str) -> tuple[str, ...]:
    """The parts of a published field's name; `WrongValue` for any other name."""
    if name not in FIELDS[kind]:
        raise WrongValue(UNKNOWN_FIELD, kind=kind, value=name, known=", ".join(FIELDS[kind]))
    return tuple(name.split("."))


def parse_value(source: str, kind: str) -> Value:
    """Read a value string for a kind of template; `WrongValue` for unknown names and stray brackets."""
    pieces: list[str | Field] = []
    for place, piece in enumerate(_PIECE.split(source)):
        if place % 2:
            pieces.append(_field(piece, kind))
        elif "{" in piece or "}" in piece:
            raise WrongValue(STRAY_BRACE)
        elif piece:
            pieces.append(piece)
    return Value(tuple(pieces))


def parse_gs1(source: str, kind: str) -> list[tuple[str, Value]]:
    """Application identifiers with their values, from ``(00){sscc}``.

    The identifiers are read from the template before any field is filled in, so a value that holds parentheses
    cannot add one.
    """
    before, *parts = _AI.split(source)
    if before or not parts:
        raise WrongValue(BAD_AI)
    return [(parts[at], parse_value(parts[at + 1], kind)) for at in range(0, len(parts), 2)]


def _field(piece: str, kind: str) -> Field:
    name, *chain = (part.strip() for part in piece.split("|"))
    path = parse_path(name, kind)
    value: str | int | Decimal | date = FIELDS[kind][name]
    found = []
    for filter_name in chain:
        apply = filters.named(filter_name)
        if apply is None:
            raise WrongValue(UNKNOWN_FILTER, value=filter_name, known=", ".join(filters.KNOWN))
        try:
            value = apply(value)
        except (TypeError, ValueError) as misfit:
            raise WrongValue(FILTER_MISFIT, value=filter_name, detail=str(misfit)) from misfit
        found.append((filter_name, apply))
    return Field(path, tuple(found))
