"""HTTP resources of manifests: loading, closing, handing over."""

from typing import Annotated, Literal

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.events.documents import DocumentRow
from wms.kernel.refusals import Invalid
from wms.kernel.whys import NOT_A_CURSOR
from wms.shipping.close_manifest import close_manifest
from wms.shipping.compare_list import Compared, compare_list
from wms.shipping.fetch_protocol import ask_again
from wms.shipping.hand_over import HandedOver, hand_over
from wms.shipping.load_parcel import Loaded, LoadedAll, load_all, load_parcel, unload_parcel
from wms.shipping.manifest_queries import (
    ListedParcel,
    ManifestRow,
    listed_parcels,
    manifest_documents,
    manifest_row,
    manifest_rows,
)
from wms.shipping.reconcile import Settled, settle_parcels
from wms.shipping.recount_manifest import Recounted, recount_manifest
from wms.web.access import floor
from wms.web.pages import After, Id, Limit, Page, PathId, after_id, decode_cursor, page

LOADER = floor("packer")
ManifestState = Literal["open", "closing", "closed", "handed_over", "reconciled"]
QueryNumber = Annotated[int | None, QueryParameter(ge=1, le=10**15)]


class LoadIn(msgspec.Struct, forbid_unknown_fields=True):
    """``scan``: tracking number, SSCC or the code on the box."""

    warehouse_id: Id
    carrier_id: Id
    scan: Annotated[str, Meta(min_length=1, max_length=600, examples=["PX1000042"])]


class LoadAllIn(msgspec.Struct, forbid_unknown_fields=True):
    warehouse_id: Id
    carrier_id: Id


class UnloadIn(msgspec.Struct, forbid_unknown_fields=True):
    scan: Annotated[str, Meta(min_length=1, max_length=600, examples=["PX1000042"])]


class Unloaded(msgspec.Struct, frozen=True):
    """``parcels`` that are still on the manifest."""

    manifest_id: int
    parcels: int


class HandoverIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``left_behind``: scans of the parcels that the driver did not take."""

    driver: Annotated[str, Meta(min_length=1, max_length=100, examples=["Jan Kowalczyk"])]
    vehicle: Annotated[str, Meta(min_length=1, max_length=60, examples=["WGM 4F210"])]
    left_behind: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=600)]], Meta(max_length=20_000, examples=[[]])
    ] = []


class RecountIn(msgspec.Struct, forbid_unknown_fields=True):
    counted: Annotated[int, Meta(ge=0, le=99_999, examples=[42])]


class CounterIn(msgspec.Struct, forbid_unknown_fields=True):
    """Tracking numbers or SSCCs of everything that the courier received."""

    tracking_numbers: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=60)]],
        Meta(min_length=1, max_length=20_000, examples=[["PX1000042"]]),
    ]


class SettleKey(msgspec.Struct, forbid_unknown_fields=True):
    shop_id: Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]
    parcel_id: Id


class SettleIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``parcels`` null: all that the carrier has not scanned."""

    reason: Annotated[str, Meta(min_length=3, max_length=300, examples=["found in the cage, goes tomorrow"])]
    parcels: Annotated[list[SettleKey], Meta(min_length=1, max_length=20_000)] | None = None


class AskedAgain(msgspec.Struct, frozen=True):
    """``asked``: how many papers of the carrier's own are being fetched."""

    manifest_id: int
    asked: int


class ManifestOut(msgspec.Struct, frozen=True):
    """``documents`` of a closed manifest: the protocol (``manifest``, PDF), the files for machines (``manifest_csv``,
    ``manifest_json``, ``manifest_edifact``, ``manifest_columns``) and the carrier's own protocol (``manifest_carrier``); see
    ``/documents/{id}``."""

    manifest: ManifestRow
    documents: list[DocumentRow]


@post("/loading", allow=LOADER, tags=["manifests"])
async def post_load(tx: NamedDependency[Tx], data: JSONBody[LoadIn]) -> Loaded:
    """Scan one parcel onto the carrier's open manifest. Loading it twice says so and changes nothing."""
    return await load_parcel(tx, data.warehouse_id, data.carrier_id, data.scan)


@post("/loading/all", allow=LOADER, tags=["manifests"])
async def post_load_all(tx: NamedDependency[Tx], data: JSONBody[LoadAllIn]) -> LoadedAll:
    """Put every labelled parcel of the carrier on its open manifest."""
    return await load_all(tx, data.warehouse_id, data.carrier_id)


@get("/manifests", allow=LOADER, tags=["manifests"])
async def get_manifests(
    tx: NamedDependency[Tx],
    warehouse_id: QueryNumber = None,
    carrier_id: QueryNumber = None,
    in_state: Annotated[ManifestState | None, QueryParameter(name="state")] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[ManifestRow]:
    """Manifests, newest first."""
    rows = await manifest_rows(
        tx,
        warehouse_id=warehouse_id,
        carrier_id=carrier_id,
        state=in_state,
        after=after_id(after),
        limit=limit + 1,
    )
    return page(rows, limit, lambda m: m.id)


@get("/manifests/{manifest_id:int}", allow=LOADER, tags=["manifests"])
async def get_manifest(tx: NamedDependency[Tx], manifest_id: PathId) -> ManifestOut:
    """One manifest with its papers."""
    return ManifestOut(await manifest_row(tx, manifest_id), await manifest_documents(tx, manifest_id))


@get("/manifests/{manifest_id:int}/parcels", allow=LOADER, tags=["manifests"])
async def get_manifest_parcels(
    tx: NamedDependency[Tx], manifest_id: PathId, after: After = "", limit: Limit = 100
) -> Page[ListedParcel]:
    """What is on it, what the courier confirmed, what stayed behind."""
    return await parcels_page(tx, manifest_id, after, limit)


async def parcels_page(tx: Tx, manifest_id: int, after: str, limit: int) -> Page[ListedParcel]:
    """Raises ``NotFound``, ``Invalid`` for a strange cursor."""
    await manifest_row(tx, manifest_id)
    start = decode_cursor(after, list[int]) if after else [0, 0]
    if len(start) != 2 or not all(0 <= n < 2**31 for n in start[:1]) or not 0 <= start[1] < 2**63:
        raise Invalid(field="after", why=NOT_A_CURSOR, pointer="/after")
    rows = await listed_parcels(tx, manifest_id, (start[0], start[1]), limit + 1)
    return page(rows, limit, lambda p: [p.shop_id, p.parcel_id])


@post("/manifests/{manifest_id:int}/unload", allow=LOADER, tags=["manifests"])
async def post_unload(tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[UnloadIn]) -> Unloaded:
    """Take a parcel off an open manifest."""
    return Unloaded(manifest_id, await unload_parcel(tx, manifest_id, data.scan))


@post("/manifests/{manifest_id:int}/close", allow=floor("supervisor"), tags=["manifests"], status_code=200)
async def post_close(tx: NamedDependency[Tx], manifest_id: PathId) -> ManifestOut:
    """Freeze the list: number, hash, protocol and files. Closing it twice gives the same answer.

    It is *closing* until a carrier with a protocol of its own was asked for it once, and *closed* then, whatever it said.
    """
    row = await close_manifest(tx, manifest_id)
    return ManifestOut(row, await manifest_documents(tx, manifest_id))


@post("/manifests/{manifest_id:int}/handover", allow=LOADER, tags=["manifests"], status_code=200)
async def post_handover(
    tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[HandoverIn]
) -> HandedOver:
    """The truck leaves with everything on the list but what is named as left behind."""
    return await hand_over(
        tx, manifest_id, driver=data.driver, vehicle=data.vehicle, left_behind=data.left_behind
    )


@post("/manifests/{manifest_id:int}/recount", allow=LOADER, tags=["manifests"], status_code=200)
async def post_recount(tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[RecountIn]) -> Recounted:
    """Compare how many parcels stand in the cage, or at the truck, with the list."""
    return await recount_manifest(tx, manifest_id, data.counted)


@post(
    "/manifests/{manifest_id:int}/counter", allow=floor("care", "packer"), tags=["manifests"], status_code=200
)
async def post_counter(tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[CounterIn]) -> Compared:
    """Compare the courier's own list of what it received with ours, where it came by another way than the API."""
    return await compare_list(tx, manifest_id, data.tracking_numbers, "desk")


@post("/manifests/{manifest_id:int}/protocol", allow=floor("supervisor"), tags=["manifests"], status_code=202)
async def post_protocol(tx: NamedDependency[Tx], manifest_id: PathId) -> AskedAgain:
    """Ask the carrier for its own protocol now, where it has not come yet."""
    return AskedAgain(manifest_id, await ask_again(tx, manifest_id))


@post("/manifests/{manifest_id:int}/settle", allow=floor("care"), tags=["manifests"], status_code=200)
async def post_settle(tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[SettleIn]) -> Settled:
    """Say what became of parcels that the carrier never scanned. With the last one the manifest is *reconciled*."""
    keys = None if data.parcels is None else [(p.shop_id, p.parcel_id) for p in data.parcels]
    return await settle_parcels(tx, manifest_id, keys, data.reason)


handlers: list[HTTPRouteHandler] = [
    post_load,
    post_load_all,
    get_manifests,
    get_manifest,
    get_manifest_parcels,
    post_unload,
    post_close,
    post_handover,
    post_recount,
    post_counter,
    post_protocol,
    post_settle,
]
