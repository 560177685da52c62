"""HTTP resources of putaway."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.putaway.confirm_putaway import PutAway, UnitPutAway, confirm_putaway, confirm_unit_putaway
from wms.putaway.move_api import handlers as move_handlers
from wms.putaway.pick_one import Which
from wms.putaway.queries import Waiting, content, waiting_in
from wms.putaway.suggest import Ask, Place, asks_for, suggest
from wms.stock.ledger import Status
from wms.web.access import floor
from wms.web.pages import After, Limit, Page, QueryId, QueryIdOrNone, ShopId, after_id, page

RECEIVER = floor("receiver")

RawScan = Annotated[str, Meta(min_length=1, max_length=512)]
Id = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class PutawayIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` of ``code`` (raw scan; cases, where the code is a case's) go to ``to`` (raw scan of the location).

    ``from_location_id`` is the dock (or returns bench), ``from_handling_unit_id`` the pallet or tote there that they come
    out of. ``shop_id``, ``lot``, ``serial`` and ``status`` choose where a scan alone could mean several goods.
    """

    from_location_id: Annotated[int, Meta(ge=1, le=10**15, examples=[6])]
    code: Annotated[RawScan, Meta(examples=["5901234123457"])]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000, examples=[24])]
    to: Annotated[RawScan, Meta(examples=["L-A-01-02-3"])]
    from_handling_unit_id: Annotated[int, Meta(ge=0, le=10**15)] = 0
    shop_id: Id | None = None
    lot: Annotated[str, Meta(max_length=40, examples=["L26-1104B"])] | None = None
    serial: Annotated[str, Meta(max_length=40)] | None = None
    status: Status | None = None


class UnitPutawayIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    handling_unit_id: Annotated[int, Meta(ge=1, le=10**15, examples=[381])]
    to: Annotated[RawScan, Meta(examples=["L-R-01-01-1"])]


@get("/putaway/waiting", allow=RECEIVER, tags=["putaway"])
async def get_waiting(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    location_id: QueryIdOrNone = None,
    handling_unit_id: QueryIdOrNone = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[Waiting]:
    """What waits at the docks, by SKU, lot and status, loose or in a handling unit."""
    rows = await waiting_in(
        tx,
        warehouse_id,
        location_id=location_id,
        hu_id=handling_unit_id,
        after=after_id(after),
        limit=limit + 1,
    )
    return page(rows, limit, lambda row: row.balance_id)


@get("/putaway/suggestions", allow=RECEIVER, tags=["putaway"])
async def get_suggestions(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    handling_unit_id: QueryIdOrNone = None,
    shop_id: ShopId = 0,
    sku_id: Annotated[int, QueryParameter(ge=0, le=10**15)] = 0,
    quantity: Annotated[int, QueryParameter(ge=1, le=1_000_000)] = 1,
    lot_id: Annotated[int, QueryParameter(ge=0, le=10**15)] = 0,
    status: Annotated[Status, QueryParameter(description="Of the goods")] = "sellable",
    limit: Annotated[int, QueryParameter(ge=1, le=20, description="Places for each of the goods")] = 5,
) -> list[Place]:
    """Where goods may go, best place first, each with its reason.

    Ask for a SKU (``shop_id``, ``sku_id``, ``quantity``, ``lot_id``, ``status``) or for the content of a handling unit.
    ``ask`` tells which of the unit's goods a place is for, counted from 0 in the order of ``GET /putaway/waiting``.
    """
    if handling_unit_id is not None:
        return await suggest(tx, warehouse_id, asks_for(await content(tx, handling_unit_id)), limit=limit)
    ask = Ask(shop_id=shop_id, sku_id=sku_id, quantity=quantity, lot_id=lot_id, status=status)
    return await suggest(tx, warehouse_id, [ask], limit=limit)


@post("/putaway", allow=RECEIVER, tags=["putaway"])
async def post_putaway(tx: NamedDependency[Tx], data: JSONBody[PutawayIn]) -> PutAway:
    """The goods are in the scanned location. Orders that wait for them are served at once.

    Refused are places where nothing is stored, locked ones, more than waits at the dock, goods that cannot be sold
    anywhere but in the quarantine, and more into the cross-dock than orders wait for.
    """
    which = Which(shop_id=data.shop_id, lot=data.lot, serial=data.serial, status=data.status)
    return await confirm_putaway(
        tx,
        data.from_location_id,
        data.code,
        data.quantity,
        data.to,
        hu_id=data.from_handling_unit_id,
        which=which,
    )


@post("/putaway/units", allow=RECEIVER, tags=["putaway"])
async def post_unit_putaway(tx: NamedDependency[Tx], data: JSONBody[UnitPutawayIn]) -> UnitPutAway:
    """Everything in a pallet or tote is unpacked into the scanned location; all of it or nothing."""
    return await confirm_unit_putaway(tx, data.handling_unit_id, data.to)


handlers: list[HTTPRouteHandler] = [
    get_waiting,
    get_suggestions,
    post_putaway,
    post_unit_putaway,
    *move_handlers,
]
