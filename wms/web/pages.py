"""Lists in pages: an opaque cursor, and the answer ``{items, next}``."""

import base64
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

import msgspec
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta

from wms.db.sorting import Sorting
from wms.kernel.refusals import Invalid
from wms.kernel.whys import NOT_A_CURSOR

T = TypeVar("T")
K = TypeVar("K", int, str, list[int], list[str], list[int | str])

MAX_LIMIT = 500
Id = Annotated[int, Meta(ge=1, le=10**15, examples=[1])]
PathId = Annotated[int, PathParameter(ge=1, le=10**15)]
PathShop = Annotated[int, PathParameter(ge=1, le=2**31 - 1)]
QueryId = Annotated[int, QueryParameter(ge=1, le=10**15)]
QueryIdOrNone = Annotated[int | None, QueryParameter(ge=1, le=10**15)]
After = Annotated[
    str, QueryParameter(max_length=600, description="`next` of the page before; empty for the first")
]
Limit = Annotated[int, QueryParameter(ge=1, le=MAX_LIMIT, description="Rows per page")]
ShopId = Annotated[
    int, QueryParameter(ge=0, le=2**31 - 1, description="Staff say which shop; a shop's key need not")
]
"""0: not said."""


class Page(msgspec.Struct, Generic[T]):
    """``next`` goes into ``?after=`` for the page that follows; null on the last one."""

    items: list[T]
    next: str | None


def encode_cursor(key: object) -> str:
    """The sort key of a page's last row, as text that callers pass back and do not look into."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def decode_cursor(after: str, shape: type[K]) -> K:
    """The key behind a cursor. Raises ``Invalid`` for a text that is no cursor of a list like this."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)), type=shape)
    except (ValueError, msgspec.MsgspecError):
        raise Invalid(field="after", why=NOT_A_CURSOR, pointer="/after") from None


def after_id(after: str) -> int:
    """The id to go on behind; an empty cursor means from the start."""
    found = decode_cursor(after, int) if after else 0
    if not 0 <= found < 2**63:
        raise Invalid(field="after", why=NOT_A_CURSOR, pointer="/after")
    return found


def behind(sorting: Sorting, sort: str, after: str) -> tuple[str | None, int]:
    """Where a sorted list goes on; an empty cursor means from the start."""
    return sorting.behind(sort, decode_cursor(after, list[int | str]) if after else None)


def page(rows: Sequence[T], limit: int, key: Callable[[T], object]) -> Page[T]:
    """A page out of up to ``limit + 1`` rows: the one too many only tells that there is more."""
    items = list(rows[:limit])
    return Page(items=items, next=encode_cursor(key(items[-1])) if len(rows) > limit and items else None)
