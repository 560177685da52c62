"""One statement of a list by id, for reading it from either end."""

from typing import Literal

Order = Literal["new", "old"]
"""What comes first."""


def both_ways(sql: str) -> dict[Order, str]:
    """``{beyond}`` stands for the comparison with the last id of the page before, ``{way}`` for the direction.

    >>> both_ways("where id {beyond} $1 order by id {way}")["old"]
    'where id > $1 order by id asc'
    """
    return {"new": sql.format(beyond="<", way="desc"), "old": sql.format(beyond=">", way="asc")}


def order_of(asked: str, usual: Order = "new") -> Order:
    """What somebody asked for, else what is usual."""
    return "old" if asked == "old" else "new" if asked == "new" else usual
