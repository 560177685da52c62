"""HTTP resources of counting."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.counting.close_count import close_count
from wms.counting.open_count import open_count
from wms.counting.queries import CountHead, CountView, count_view, counts
from wms.counting.start_count import start_count
from wms.counting.submit_line import CountedAs, Submitted, submit_line
from wms.db.tx import Tx
from wms.kernel.scan import parse_scan
from wms.locations.resolve import need_location
from wms.stock.ledger import Status
from wms.web.access import SUPERVISOR, floor
from wms.web.pages import After, Id, Limit, Page, PathId, QueryId, after_id, page

COUNTER = floor("receiver", "picker")


class CountIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``location`` is the scanned or typed label."""

    warehouse_id: Id
    location: Annotated[str, Meta(min_length=1, max_length=80, examples=["L-A-01-02-3"])]
    reason: Literal["cycle", "manual", "zero_check"] = "manual"


class CountLineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` pieces of the scanned goods are there; 0 says that none is. A second number replaces the first."""

    code: Annotated[str, Meta(min_length=1, max_length=512, examples=["5901234123457"])]
    quantity: Annotated[int, Meta(ge=0, le=1_000_000, examples=[17])]
    shop_id: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    lot: Annotated[str, Meta(min_length=1, max_length=40, examples=["L26-1104B"])] | None = None
    expires_on: Annotated[date, Meta(examples=["2028-05-31"])] | None = None
    serial: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    status: Status = "sellable"


@post("/counts", allow=SUPERVISOR, tags=["counting"])
async def post_count(tx: NamedDependency[Tx], data: JSONBody[CountIn]) -> CountView:
    """Ask for a location to be counted; one that already waits is joined."""
    where = await need_location(tx, data.warehouse_id, parse_scan(data.location))
    return await open_count(tx, where.id, data.reason)


@get("/counts", allow=COUNTER, tags=["counting"])
async def get_counts(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    in_state: Annotated[Literal["open", "counting", "closed"] | None, QueryParameter(name="state")] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[CountHead]:
    """Counts that wait or are under way, oldest first; with ``state`` those in that state."""
    rows = await counts(tx, warehouse_id, state=in_state, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda row: row.id)


@get("/counts/{task_id:int}", allow=COUNTER, tags=["counting"])
async def get_count(tx: NamedDependency[Tx], task_id: PathId) -> CountView:
    """One count. What was expected and what was adjusted is told only when it is closed, to everybody."""
    return await count_view(tx, task_id)


@post("/counts/{task_id:int}/start", allow=COUNTER, tags=["counting"], status_code=200)
async def post_count_start(tx: NamedDependency[Tx], task_id: PathId) -> CountView:
    """Begin to count. Refused while somebody else is counting, unless a supervisor takes over."""
    return await start_count(tx, task_id)


@post("/counts/{task_id:int}/lines", allow=COUNTER, tags=["counting"])
async def post_count_line(tx: NamedDependency[Tx], task_id: PathId, data: JSONBody[CountLineIn]) -> Submitted:
    """What is there of one SKU. ``again`` in the answer: these goods moved meanwhile, count them once more."""
    counted_as = CountedAs(
        shop_id=data.shop_id, lot=data.lot, expires_on=data.expires_on, serial=data.serial, status=data.status
    )
    return await submit_line(tx, task_id, data.code, data.quantity, counted_as)


@post("/counts/{task_id:int}/close", allow=COUNTER, tags=["counting"], status_code=200)
async def post_count_close(tx: NamedDependency[Tx], task_id: PathId) -> CountView:
    """Everything is counted: what was not counted was not there. Differences are posted and told to the shops.

    Refused while goods must be counted again, and while missing goods are on a picker's list.
    """
    return await close_count(tx, task_id)


handlers: list[HTTPRouteHandler] = [
    post_count,
    get_counts,
    get_count,
    post_count_start,
    post_count_line,
    post_count_close,
]
