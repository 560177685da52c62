"""HTTP resources of picking: waves, clusters, scans, put-back."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.scan import MAX_SCAN
from wms.kernel.text import pick_lang
from wms.picking.assign_totes import assign_totes
from wms.picking.claim_cluster import claim, release_cluster
from wms.picking.confirm_pick import scan
from wms.picking.confirm_picks import WholePick, confirm_picks
from wms.picking.park_totes import park_cluster
from wms.picking.plan_wave import (
    MOST_ORDERS,
    TOTE_ML,
    TOTES_PER_CART,
    UNITS_PER_TOTE,
    WaveOut,
    release,
)
from wms.picking.put_back import PutBack, put_back
from wms.picking.queries import (
    ClusterRow,
    PutBackRow,
    WaveRow,
    get_cluster,
    list_put_back,
    list_waves,
)
from wms.picking.screen import PickScreen
from wms.picking.short_pick import short_pick
from wms.web.access import SUPERVISOR, floor
from wms.web.pages import After, Id, Limit, Page, PathId, QueryId, after_id, page
from wms.web.problems import Problem, of_refusal

PICKER = floor("picker")

ScanText = Annotated[str, Meta(max_length=MAX_SCAN * 2, examples=["L-A-01-02"])]
Kind = Literal["single", "multi", "large"]
Said = Annotated[str, Meta(min_length=1, max_length=90, examples=["L123"])]
"""A lot or serial number that was entered beside a code that does not hold it."""
Pieces = Annotated[int, Meta(ge=1, le=1_000_000, examples=[3])]


class WaveIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """What to release: all kinds or one, of all carriers or one, promised until ``ship_by_until`` or all."""

    warehouse_id: Id
    kind: Annotated[Kind, Meta(examples=["multi"])] | None = None
    carrier_id: Id | None = None
    ship_by_until: Annotated[datetime, Meta(tz=True, examples=["2026-11-23T15:00:00Z"])] | None = None
    max_orders: Annotated[int, Meta(ge=1, le=MOST_ORDERS, examples=[500])] = 2000
    totes_per_cart: Annotated[int, Meta(ge=1, le=100, examples=[8])] = TOTES_PER_CART
    tote_volume_ml: Annotated[int, Meta(ge=1, le=10_000_000, examples=[45_000])] = TOTE_ML
    units_per_tote: Annotated[int, Meta(ge=1, le=10_000, examples=[40])] = UNITS_PER_TOTE


class WavesOut(msgspec.Struct):
    """Empty when nothing is ready."""

    waves: list[WaveOut]


class ClaimIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    warehouse_id: Id
    kind: Annotated[Kind, Meta(examples=["single"])] | None = None
    cluster_id: Id | None = None


class TotesIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Scans of empty totes, for the next free places; with ``slot`` one tote, also where a full one stands."""

    totes: Annotated[list[ScanText], Meta(min_length=1, max_length=100, examples=[["T-001", "T-002"]])]
    slot: Annotated[int, Meta(ge=1, le=1000, examples=[1])] | None = None


class ScanIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One scan, with ``task_id`` and ``step`` of the screen that it was made for."""

    scan: ScanText
    task_id: Id | None = None
    step: (
        Annotated[Literal["totes", "location", "item", "tote", "park", "done"], Meta(examples=["item"])]
        | None
    ) = None
    quantity: Pieces | None = None
    lot: Said | None = None
    serial: Said | None = None


class PickIn(WholePick, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A whole pick: the three scans and the pieces taken."""

    task_id: Id
    location: ScanText
    item: Annotated[ScanText, Meta(examples=["5901234123457"])]
    quantity: Pieces
    tote: Annotated[ScanText, Meta(examples=["T-001"])]
    lot: Said | None = None
    serial: Said | None = None


class PicksIn(msgspec.Struct, forbid_unknown_fields=True):
    """Each is judged on its own."""

    picks: Annotated[list[PickIn], Meta(min_length=1, max_length=500)]


class PickResult(msgspec.Struct, omit_defaults=True):
    """``picked``, ``known`` (it was done before) or ``refused`` with the problem."""

    task_id: int
    result: Literal["picked", "known", "refused"]
    problem: Problem | None = None


class PicksOut(msgspec.Struct, kw_only=True):
    """One result for each pick, in the order given, and the next step of the cart."""

    picked: int
    known: int
    refused: int
    results: list[PickResult]
    screen: PickScreen


class ShortIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` is what was there (0 or more), with the scan of the tote that it went into."""

    cluster_id: Id
    quantity: Annotated[int, Meta(ge=0, le=1_000_000, examples=[1])]
    tote: Annotated[ScanText, Meta(examples=["T-001"])] | None = None


class ParkIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    location: Annotated[ScanText, Meta(examples=["L-PACK-1"])]


class PutBackIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The shelf's scan, the goods' scan, and how many pieces went there."""

    shop_id: Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]
    location: ScanText
    item: Annotated[ScanText, Meta(examples=["5901234123457"])]
    quantity: Pieces
    lot: Said | None = None
    serial: Said | None = None


@post("/waves", allow=SUPERVISOR, tags=["picking"])
async def post_wave(tx: NamedDependency[Tx], data: JSONBody[WaveIn]) -> WavesOut:
    """Release allocated orders to the floor: one wave for each ship_by and kind, in carts with short walks."""
    waves = await release(
        tx,
        data.warehouse_id,
        kind=data.kind,
        carrier_id=data.carrier_id,
        ship_by_until=data.ship_by_until,
        max_orders=data.max_orders,
        totes_per_cart=data.totes_per_cart,
        tote_volume_ml=data.tote_volume_ml,
        units_per_tote=data.units_per_tote,
    )
    return WavesOut(waves=waves)


@get("/waves", allow=PICKER, tags=["picking"])
async def get_waves(
    tx: NamedDependency[Tx],
    warehouse_id: QueryId,
    wave_state: FromQuery[Literal["released", "done"] | None] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[WaveRow]:
    """Waves of a warehouse and how far each is; all, or those in one state."""
    rows = await list_waves(tx, warehouse_id, state=wave_state, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda w: w.id)


@post("/clusters/claim", allow=PICKER, tags=["picking"], status_code=200)
async def post_claim(tx: NamedDependency[Tx], data: JSONBody[ClaimIn]) -> PickScreen:
    """Take the next cart: an unfinished one of your own first, else the one that is due first."""
    return await claim(tx, data.warehouse_id, kind=data.kind, cluster_id=data.cluster_id)


@get("/clusters/{cluster_id:int}", allow=PICKER, tags=["picking"])
async def get_one_cluster(tx: NamedDependency[Tx], cluster_id: PathId) -> ClusterRow:
    """A cart with all its picks, who holds it and until when."""
    found = await get_cluster(tx, cluster_id)
    if found is None:
        raise NotFound(what="cluster", ref=cluster_id)
    return found


@post("/clusters/{cluster_id:int}/totes", allow=PICKER, tags=["picking"], status_code=200)
async def post_totes(tx: NamedDependency[Tx], cluster_id: PathId, data: JSONBody[TotesIn]) -> PickScreen:
    """Put empty totes onto the cart."""
    return await assign_totes(tx, cluster_id, data.totes, slot=data.slot)


@post("/clusters/{cluster_id:int}/scans", allow=PICKER, tags=["picking"], status_code=200)
async def post_scan(tx: NamedDependency[Tx], cluster_id: PathId, data: JSONBody[ScanIn]) -> PickScreen:
    """One scan; the answer is the next screen. A repeated scan is "already done" and moves nothing twice.

    Also takes the commands WMS:MISSING, WMS:UNDO and WMS:SKIP.
    """
    return await scan(
        tx,
        cluster_id,
        data.scan,
        task_id=data.task_id,
        step=data.step,
        quantity=data.quantity,
        lot=data.lot,
        serial=data.serial,
    )


@post("/clusters/{cluster_id:int}/park", allow=PICKER, tags=["picking"], status_code=200)
async def post_park(tx: NamedDependency[Tx], cluster_id: PathId, data: JSONBody[ParkIn]) -> PickScreen:
    """Say where the totes of a finished cart were put down."""
    return await park_cluster(tx, cluster_id, data.location)


@post("/clusters/{cluster_id:int}/release", allow=PICKER, tags=["picking"], status_code=200)
async def post_release(tx: NamedDependency[Tx], cluster_id: PathId) -> PickScreen:
    """Give a cart back, so that somebody else can claim it. A supervisor may do it for anyone."""
    return await release_cluster(tx, cluster_id)


@post("/clusters/{cluster_id:int}/picks", allow=PICKER, tags=["picking"], status_code=200)
async def post_picks(tx: NamedDependency[Tx], cluster_id: PathId, data: JSONBody[PicksIn]) -> PicksOut:
    """Whole picks of a cart, up to 500 in one call. For devices that collect the scans themselves: voice, glasses, robots,
    a list on paper. The same rules; good ones are kept, whatever is wrong with the others."""
    answers, screen = await confirm_picks(tx, cluster_id, data.picks)
    lang = pick_lang(tx.actor.language)
    results = [
        PickResult(a.task_id, a.result, None if a.refusal is None else of_refusal(a.refusal, lang))
        for a in answers
    ]
    counts = {w: sum(r.result == w for r in results) for w in ("picked", "known", "refused")}
    return PicksOut(results=results, screen=screen, **counts)


@post("/picks/{task_id:int}/short", allow=PICKER, tags=["picking"], status_code=200)
async def post_short(tx: NamedDependency[Tx], task_id: PathId, data: JSONBody[ShortIn]) -> PickScreen:
    """Report goods missing: the rest is looked for elsewhere at once, the bin is locked and queued for a count."""
    return await short_pick(tx, data.cluster_id, task_id, data.quantity, data.tote)


@get("/put-back", allow=PICKER, tags=["picking"])
async def get_put_back(
    tx: NamedDependency[Tx], warehouse_id: QueryId, after: After = "", limit: Limit = 100
) -> Page[PutBackRow]:
    """Goods of cancelled orders that wait to be carried back to the shelf."""
    rows = await list_put_back(tx, warehouse_id, after=after_id(after), limit=limit + 1)
    return page(rows, limit, lambda r: r.id)


@post("/put-back/{task_id:int}", allow=PICKER, tags=["picking"], status_code=200)
async def post_put_back(tx: NamedDependency[Tx], task_id: PathId, data: JSONBody[PutBackIn]) -> PutBack:
    """Confirm goods put back onto a shelf, by the shelf's scan and the goods' scan."""
    return await put_back(
        tx,
        data.shop_id,
        task_id,
        data.location,
        data.item,
        data.quantity,
        lot=data.lot,
        serial=data.serial,
    )


handlers: list[HTTPRouteHandler] = [
    post_wave,
    get_waves,
    post_claim,
    get_one_cluster,
    post_totes,
    post_scan,
    post_park,
    post_release,
    post_picks,
    post_short,
    get_put_back,
    post_put_back,
]
