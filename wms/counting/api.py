"""HTTP resources of counting."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
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

COUNTER = floor("receiver", "picker")


class CountIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``location`` is the scanned or typed label."""

    warehouse_id: Annotated[int, Meta(ge=1, examples=[1])]
    location: Annotated[str, Meta(min_length=1, max_length=80, examples=["L-A-01-02-3"])]
    reason: Literal["cycle", "manual", "zero_check"] = "manual"


class CountLineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` pieces of the scanned goods are there; 0 says that none is. A second number replaces the first."""

    code: Annotated[str, Meta(min_length=1, max_length=512, examples=["5901234123457"])]
    quantity: Annotated[int, Meta(ge=0, le=1_000_000, examples=[17])]
    shop_id: Annotated[int, Meta(ge=1)] | None = None
    lot: Annotated[str, Meta(min_length=1, max_length=40, examples=["L26-1104B"])] | None = None
    expires_on: Annotated[date, Meta(examples=["2028-05-31"])] | None = None
    serial: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    status: Status = "sellable"


class CountPage(msgspec.Struct):
    """``next`` is the ``after`` of the next page; null on the last one."""

    items: list[CountHead]
    next: int | None


@post("/counts", allow=SUPERVISOR, tags=["counting"])
async def post_count(tx: NamedDependency[Tx], data: JSONBody[CountIn]) -> CountView:
    """Ask for a location to be counted; one that already waits is joined."""
    where = await need_location(tx, data.warehouse_id, parse_scan(data.location))
    return await open_count(tx, where.id, data.reason)


@get("/counts", allow=COUNTER, tags=["counting"])
async def get_counts(
    tx: NamedDependency[Tx],
    warehouse_id: FromQuery[int],
    status: FromQuery[Literal["open", "counting", "closed"] | None] = None,
    after: FromQuery[Annotated[int, Meta(ge=0)]] = 0,
    limit: FromQuery[Annotated[int, Meta(ge=1, le=500)]] = 100,
) -> CountPage:
    """Counts that wait or are under way, oldest first; with ``status`` those in that state."""
    items = await counts(tx, warehouse_id, state=status, after=after, limit=limit)
    return CountPage(items=items, next=items[-1].id if len(items) == limit else None)


@get("/counts/{task_id:int}", allow=COUNTER, tags=["counting"])
async def get_count(tx: NamedDependency[Tx], task_id: FromPath[int]) -> CountView:
    """One count. What was expected and what was adjusted is told only when it is closed, to everybody."""
    return await count_view(tx, task_id)


@post("/counts/{task_id:int}/start", allow=COUNTER, tags=["counting"], status_code=200)
async def post_count_start(tx: NamedDependency[Tx], task_id: FromPath[int]) -> CountView:
    """Begin to count. Refused while somebody else is counting, unless a supervisor takes over."""
    return await start_count(tx, task_id)


@post("/counts/{task_id:int}/lines", allow=COUNTER, tags=["counting"])
async def post_count_line(
    tx: NamedDependency[Tx], task_id: FromPath[int], data: JSONBody[CountLineIn]
) -> Submitted:
    """What is there of one SKU. ``again`` in the answer: these goods moved meanwhile, count them once more."""
    counted_as = CountedAs(
        shop_id=data.shop_id, lot=data.lot, expires_on=data.expires_on, serial=data.serial, status=data.status
    )
    return await submit_line(tx, task_id, data.code, data.quantity, counted_as)


@post("/counts/{task_id:int}/close", allow=COUNTER, tags=["counting"], status_code=200)
async def post_count_close(tx: NamedDependency[Tx], task_id: FromPath[int]) -> CountView:
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
