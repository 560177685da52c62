"""Lists that are read by one of several columns, from either end, page by page."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from wms.kernel.refusals import Invalid
from wms.kernel.whys import NOT_A_CURSOR

Kind = Literal["text", "bigint", "numeric", "date", "timestamptz"]
_NUMBERS = {"bigint": r"-?[0-9]{1,18}", "numeric": r"-?[0-9]{1,18}(\.[0-9]{1,9})?"}


class Column(NamedTuple):
    """What a list may be sorted by: the expression in SQL, and the field of a row that has its value.

    ``lacking`` stands for null, in both: without it the expression must never be null.
    """

    sql: str
    field: str
    kind: Kind = "text"
    lacking: str = ""

    @property
    def full(self) -> str:
        return f"coalesce({self.sql}, '{self.lacking}'::{self.kind})" if self.lacking else self.sql

    def text(self, value: object) -> str:
        """A row's value as a cursor keeps it."""
        if value is None:
            return self.lacking
        return value.isoformat() if isinstance(value, date) else str(value)

    def check(self, text: str) -> None:
        """Raises ``ValueError`` for what the database would not take as a value of this column."""
        if self.kind == "timestamptz":
            datetime.fromisoformat(text)
        elif self.kind == "date":
            date.fromisoformat(text)
        elif not re.fullmatch(_NUMBERS.get(self.kind, r"[^\x00]*"), text):
            raise ValueError


class Sorting:
    """The orders of one list; ``id`` decides between equal rows. A sort is the name of a column, with ``-`` from its far
    end; ``usual`` is the one for which nobody has to ask.

    >>> s = Sorting("p.id", "name", name=Column("p.name", "name"))
    >>> s.chosen("-name"), s.chosen("; drop table")
    ('-name', 'name')
    >>> s.parts("-name", 2)["order"]
    'p.name desc, p.id desc'
    >>> s.parts("name", 2)["beyond"]
    '($2::text is null or (p.name, p.id) > ($2::text::text, $3::bigint))'
    """

    def __init__(self, id: str, usual: str, **columns: Column) -> None:
        self.id, self.usual, self.columns = id, usual, columns

    def chosen(self, asked: str) -> str:
        """What somebody asked for, where there is such a column."""
        return asked if asked.removeprefix("-") in self.columns else self.usual

    def _column(self, sort: str) -> Column:
        return self.columns[sort.removeprefix("-")]

    def parts(self, sort: str, at: int) -> dict[str, str]:
        """For the statement: ``order``, and ``beyond`` the row that the parameters ``at`` and ``at + 1`` name."""
        c, down = self._column(sort), sort.startswith("-")
        way = "desc" if down else "asc"
        return {
            "order": f"{c.full} {way}, {self.id} {way}",
            "beyond": f"(${at}::text is null or ({c.full}, {self.id}) {'<' if down else '>'}"
            f" (${at}::text::{c.kind}, ${at + 1}::bigint))",
        }

    def key(self, sort: str, row: Any, id: int) -> list[int | str]:
        """What a cursor remembers of a page's last row."""
        c = self._column(sort)
        return [c.text(getattr(row, c.field)), id]

    def behind(self, sort: str, key: Sequence[int | str] | None) -> tuple[str | None, int]:
        """The two parameters of ``beyond``. Raises ``Invalid`` for the key of another list."""
        if key is None:
            return None, 0
        try:
            value, last = key
            if not (isinstance(value, str) and isinstance(last, int) and 0 <= last < 2**63):
                raise ValueError
            self._column(sort).check(value)
        except ValueError:
            raise Invalid(field="after", why=NOT_A_CURSOR, pointer="/after") from None
        return value, last
