"""HTTP resource of what went wrong and waits for somebody."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.whys import CHOOSE_FROM, NOT_A_CURSOR
from wms.reporting.exceptions import BY_CODE, ExceptionRow, list_exceptions
from wms.web.access import floor
from wms.web.pages import After, Limit, Page, QueryId, decode_cursor, page
from wms.web.problems import lang_of

KINDS = ", ".join(BY_CODE)


def key_of(row: ExceptionRow) -> list[int | str]:
    return [row.since.isoformat(), row.shop_id, row.id]


def behind(after: str) -> tuple[datetime, int, int] | None:
    """The last row of the page before. Raises ``Invalid``."""
    if not after:
        return None
    try:
        since, shop_id, last = decode_cursor(after, list[int | str])
        return datetime.fromisoformat(str(since)), int(shop_id), int(last)
    except ValueError:
        raise Invalid(field="after", why=NOT_A_CURSOR, pointer="/after") from None


@get("/exceptions", allow=floor("care"), tags=["operations"])
async def get_exceptions(
    tx: NamedDependency[Tx],
    request: Request[Any, Any, Any],
    warehouse_id: QueryId,
    kind: Annotated[str, QueryParameter(max_length=40, description=f"One of: {KINDS}")] = "unseen",
    shop_id: Annotated[int, QueryParameter(ge=0, le=2**31 - 1, description="Of one shop; 0: of all")] = 0,
    after: After = "",
    limit: Limit = 100,
) -> Page[ExceptionRow]:
    """Exceptions of one kind in a warehouse, the oldest first.

    ``unseen``: on a manifest that has left and not scanned by the carrier in its time; ``unlisted``: scanned by the carrier
    and on no manifest; ``delivery``: files that the carrier's server did not take; ``car``: cars that a person must decide
    about, ``id`` is of ``/pickup-orders``.
    """
    chosen = BY_CODE.get(kind)
    if chosen is None:
        raise Invalid(field="kind", why=CHOOSE_FROM, choices=KINDS, pointer="/kind")
    rows = await list_exceptions(
        tx,
        warehouse_id,
        chosen,
        lang_of(request),
        shop_id=shop_id,
        after=behind(after),
        limit=limit + 1,
    )
    return page(rows, limit, key_of)


handlers: list[HTTPRouteHandler] = [get_exceptions]
