"""HTTP resources of free moves: goods, whole handling units, undo."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.scan import MAX_SCAN
from wms.putaway.carry import Becomes, Moved
from wms.putaway.move_goods import move_goods
from wms.putaway.move_unit import move_unit
from wms.putaway.pick_one import Which
from wms.putaway.undo_move import Undone, undo_move
from wms.stock.ledger import Status
from wms.web.access import floor
from wms.web.pages import Id, PathId

MOVER = floor("receiver", "picker")

ScanText = Annotated[str, Meta(max_length=MAX_SCAN * 2, examples=["L-A-01-02-3"])]


class GoodsMoveIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` of ``code`` (cases, where the code is a case's) go from ``source`` to ``to``; all are raw scans.

    ``source`` is a place, or the pallet or tote that the goods come out of. ``shop_id``, ``lot``, ``serial`` and
    ``status`` choose where a scan alone could mean several goods. ``becomes``: the status from now on.
    """

    warehouse_id: Id
    source: ScanText
    code: Annotated[ScanText, Meta(examples=["5901234123457"])]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000, examples=[6])]
    to: Annotated[ScanText, Meta(examples=["L-A-01-04-1"])]
    shop_id: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    lot: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    serial: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    status: Status | None = None
    becomes: Becomes | None = None


class UnitMoveIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``unit`` is the scan of the pallet's, carton's or tote's label (or its SSCC)."""

    warehouse_id: Id
    unit: Annotated[ScanText, Meta(examples=["T-001"])]
    to: Annotated[ScanText, Meta(examples=["L-R-01-01-1"])]
    becomes: Becomes | None = None


@post("/goods-moves", allow=MOVER, tags=["putaway"])
async def post_goods_move(tx: NamedDependency[Tx], data: JSONBody[GoodsMoveIn]) -> Moved:
    """Carry goods from one place to another.

    Promised goods go along with their promise; refused are those that a picker is on the way to, and those that would go
    where nobody picks. Refused are also another shop's bin, locked places, and goods for sale into the quarantine unless
    `becomes` says what they are now.
    """
    which = Which(shop_id=data.shop_id, lot=data.lot, serial=data.serial, status=data.status)
    return await move_goods(
        tx,
        data.warehouse_id,
        data.source,
        data.code,
        data.quantity,
        data.to,
        which=which,
        becomes=data.becomes,
    )


@post("/goods-moves/units", allow=MOVER, tags=["putaway"])
async def post_unit_move(tx: NamedDependency[Tx], data: JSONBody[UnitMoveIn]) -> Moved:
    """Carry a whole pallet, carton or tote with all that is in it. The goods stay in it."""
    return await move_unit(tx, data.warehouse_id, data.unit, data.to, becomes=data.becomes)


@post("/goods-moves/{move_id:int}/undo", allow=MOVER, tags=["putaway"], status_code=200)
async def post_move_undo(tx: NamedDependency[Tx], move_id: PathId) -> Undone:
    """Take a move back, by whoever did it or a supervisor."""
    return await undo_move(tx, move_id)


handlers: list[HTTPRouteHandler] = [post_goods_move, post_unit_move, post_move_undo]
