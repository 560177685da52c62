"""HTTP resources of replenishment: pick faces, planning, tasks and their scans."""

from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.scan import MAX_SCAN
from wms.replenishment.claim_replenishment import claim_replenishment, release_replenishment
from wms.replenishment.confirm_replenishment import confirm_replenishment, report_short, scan_replenishment
from wms.replenishment.pick_faces import drop_pick_face, set_pick_face
from wms.replenishment.plan_replenishments import Planned, plan_replenishments
from wms.replenishment.queries import FaceRow, RefillRow, faces, refills
from wms.replenishment.screen import RefillScreen
from wms.replenishment.undo_replenishment import undo_replenishment
from wms.web.access import SUPERVISOR, floor
from wms.web.pages import After, Id, Limit, Page, PathId, QueryId, ShopId, after_id, page

FILLER = floor("receiver", "picker")

ScanText = Annotated[str, Meta(max_length=MAX_SCAN * 2, examples=["L-R-01-01-1"])]
Said = Annotated[str, Meta(min_length=1, max_length=90, examples=["L123"])]
Pieces = Annotated[int, Meta(ge=1, le=1_000_000, examples=[24])]
Shop = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]
QueryShop = Annotated[int, QueryParameter(ge=1, le=2**31 - 1, description="The shop of the pick face")]


class FaceIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Keep at least ``min`` free pieces of the SKU in the bin; ``max`` fit in. ``location`` is the scanned label."""

    shop_id: Shop
    warehouse_id: Id
    sku: Annotated[str, Meta(min_length=1, max_length=80, examples=["KUBEK-350"])]
    location: Annotated[str, Meta(min_length=1, max_length=80, examples=["L-A-01-02-3"])]
    min: Annotated[int, Meta(ge=0, le=1_000_000, examples=[12])]
    max: Annotated[int, Meta(ge=1, le=1_000_000, examples=[60])]


class PlanIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    warehouse_id: Id


class RefillClaimIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``replenishment_id`` with its ``shop_id`` asks for a certain task."""

    warehouse_id: Id
    shop_id: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    replenishment_id: Annotated[int, Meta(ge=1, le=10**15)] | None = None


class OfShop(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    shop_id: Shop


class RefillScanIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One scan, with ``step`` of the screen that it was made for. ``quantity`` is typed instead of scanning each piece."""

    shop_id: Shop
    scan: ScanText
    step: Annotated[Literal["location", "item", "target"], Meta(examples=["location"])] | None = None
    quantity: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    lot: Annotated[str, Meta(min_length=1, max_length=90)] | None = None
    serial: Annotated[str, Meta(min_length=1, max_length=90)] | None = None


class RefillConfirmIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A whole replenishment: the place (or pallet) in the reserve, the goods, the pieces, the pick face."""

    shop_id: Shop
    source: ScanText
    item: Annotated[ScanText, Meta(examples=["5901234123457"])]
    quantity: Pieces
    target: Annotated[ScanText, Meta(examples=["L-A-01-02-3"])]
    lot: Annotated[str, Meta(min_length=1, max_length=90)] | None = None
    serial: Annotated[str, Meta(min_length=1, max_length=90)] | None = None


class RefillShortIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` is all that was there (0 or more), with the scan of the pick face where it was put."""

    shop_id: Shop
    quantity: Annotated[int, Meta(ge=0, le=1_000_000, examples=[10])]
    target: Annotated[ScanText, Meta(examples=["L-A-01-02-3"])] | None = None


@put("/pick-faces", allow=SUPERVISOR, tags=["replenishment"])
async def put_pick_face(tx: NamedDependency[Tx], data: JSONBody[FaceIn]) -> FaceRow:
    """Make a bin the pick face of a SKU, or change how much it should hold."""
    return await set_pick_face(
        tx, data.shop_id, data.warehouse_id, data.sku, data.location, data.min, data.max
    )


@get("/pick-faces", allow=FILLER, tags=["replenishment"])
async def get_pick_faces(
    tx: NamedDependency[Tx], warehouse_id: QueryId, shop_id: ShopId = 0, after: After = "", limit: Limit = 100
) -> Page[FaceRow]:
    """The pick faces of a warehouse with what is there and what is coming; of one shop or of all."""
    rows = await faces(tx, warehouse_id, shop_id or None, after_id(after), limit + 1)
    return page(rows, limit, lambda f: f.id)


@delete("/pick-faces/{face_id:int}", allow=SUPERVISOR, tags=["replenishment"])
async def delete_pick_face(tx: NamedDependency[Tx], face_id: PathId, shop_id: QueryShop) -> None:
    """The bin is filled no more. Goods stay where they are."""
    await drop_pick_face(tx, shop_id, face_id)


@post("/replenishments/plan", allow=SUPERVISOR, tags=["replenishment"], status_code=200)
async def post_plan(tx: NamedDependency[Tx], data: JSONBody[PlanIn]) -> Planned:
    """Plan now what the worker plans every minute: what today's orders wait for, and faces below their minimum."""
    return await plan_replenishments(tx, data.warehouse_id)


@get("/replenishments", allow=FILLER, tags=["replenishment"])
async def get_replenishments(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    in_state: Annotated[
        Literal["waiting", "claimed", "done", "short", "void"] | None, QueryParameter(name="state")
    ] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[RefillRow]:
    """Replenishments that wait or are under way, with who has them; with ``state`` those in that state."""
    rows = await refills(tx, warehouse_id, state=in_state, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda r: r.id)


@post("/replenishments/claim", allow=FILLER, tags=["replenishment"], status_code=200)
async def post_claim(tx: NamedDependency[Tx], data: JSONBody[RefillClaimIn]) -> RefillScreen:
    """Take the next task: an unfinished one of your own first, else what an order waits for longest."""
    asked = (data.shop_id, data.replenishment_id)
    task = (asked[0], asked[1]) if asked[0] is not None and asked[1] is not None else None
    return await claim_replenishment(tx, data.warehouse_id, task=task)


@post("/replenishments/{replenishment_id:int}/scans", allow=FILLER, tags=["replenishment"], status_code=200)
async def post_scan(
    tx: NamedDependency[Tx], replenishment_id: PathId, data: JSONBody[RefillScanIn]
) -> RefillScreen:
    """One scan; the answer is the next screen. A repeated scan is "already done" and moves nothing twice.

    Also takes the commands WMS:MISSING, WMS:UNDO and WMS:SKIP.
    """
    return await scan_replenishment(
        tx,
        data.shop_id,
        replenishment_id,
        data.scan,
        step=data.step,
        quantity=data.quantity,
        lot=data.lot,
        serial=data.serial,
    )


@post("/replenishments/{replenishment_id:int}/confirm", allow=FILLER, tags=["replenishment"], status_code=200)
async def post_confirm(
    tx: NamedDependency[Tx], replenishment_id: PathId, data: JSONBody[RefillConfirmIn]
) -> RefillScreen:
    """A whole replenishment in one call, for devices that collect the scans themselves."""
    return await confirm_replenishment(
        tx,
        data.shop_id,
        replenishment_id,
        data.source,
        data.item,
        data.quantity,
        data.target,
        lot=data.lot,
        serial=data.serial,
    )


@post("/replenishments/{replenishment_id:int}/short", allow=FILLER, tags=["replenishment"], status_code=200)
async def post_short(
    tx: NamedDependency[Tx], replenishment_id: PathId, data: JSONBody[RefillShortIn]
) -> RefillScreen:
    """Report goods missing in the reserve: what was there is moved, the place is locked and queued for a count."""
    return await report_short(tx, data.shop_id, replenishment_id, data.quantity, data.target)


@post("/replenishments/{replenishment_id:int}/release", allow=FILLER, tags=["replenishment"], status_code=200)
async def post_release(
    tx: NamedDependency[Tx], replenishment_id: PathId, data: JSONBody[OfShop]
) -> RefillScreen:
    """Give a task back, so that somebody else can claim it. A supervisor may do it for anyone."""
    return await release_replenishment(tx, data.shop_id, replenishment_id)


@post("/replenishments/{replenishment_id:int}/undo", allow=FILLER, tags=["replenishment"], status_code=200)
async def post_undo(
    tx: NamedDependency[Tx], replenishment_id: PathId, data: JSONBody[OfShop]
) -> RefillScreen:
    """Move the goods of a finished task back. Refused while a picker is on the way to them."""
    return await undo_replenishment(tx, data.shop_id, replenishment_id)


handlers: list[HTTPRouteHandler] = [
    put_pick_face,
    get_pick_faces,
    delete_pick_face,
    post_plan,
    get_replenishments,
    post_claim,
    post_scan,
    post_confirm,
    post_short,
    post_release,
    post_undo,
]
