"""HTTP resources for couriers: a key sees the closed manifests of its own carrier and nothing else."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Response
from msgspec import Meta

from wms.db.tx import Tx
from wms.printing.manifest_files import PaperFormat
from wms.shipping.compare_list import Compared, compare_list, numbers_of_csv
from wms.shipping.confirm_pickup import Confirmed, confirm_pickup
from wms.shipping.fetch_file import Acknowledged, acknowledge_file, fetch_file
from wms.shipping.manifest_api import CounterIn, ManifestOut, parcels_page
from wms.shipping.manifest_queries import (
    ListedParcel,
    ManifestRow,
    manifest_documents,
    manifest_row,
    manifest_rows,
)
from wms.shipping.record_tracking import Recorded, Status, TrackingIn, record_tracking
from wms.web.access import COURIER
from wms.web.pages import After, Limit, Page, PathId, after_id, page

PathFormat = FromPath[PaperFormat]
QueryDocument = Annotated[int | None, QueryParameter(ge=1, le=10**15)]


class PickupIn(msgspec.Struct, forbid_unknown_fields=True):
    """Null confirms the whole list, save what was left behind."""

    tracking_numbers: (
        Annotated[
            list[Annotated[str, Meta(min_length=1, max_length=60)]],
            Meta(max_length=20_000, examples=[["PX1000042"]]),
        ]
        | None
    ) = None


class CourierEvent(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``raw``: the courier's own word for the status."""

    tracking_number: Annotated[str, Meta(min_length=1, max_length=60, examples=["PX1000042"])]
    status: Status
    at: Annotated[datetime, Meta(tz=True, examples=["2026-11-23T08:15:00Z"])]
    raw: Annotated[str, Meta(max_length=200, examples=["DOR"])] = ""
    place: Annotated[str, Meta(max_length=200, examples=["Kraków"])] | None = None


class AcknowledgeIn(msgspec.Struct, forbid_unknown_fields=True):
    format: PaperFormat
    sha256: Annotated[str, Meta(pattern="^[0-9A-Fa-f]{64}$", examples=["0" * 64])]


class CourierEvents(msgspec.Struct, forbid_unknown_fields=True):
    events: Annotated[list[CourierEvent], Meta(min_length=1, max_length=1000)]


@get("/courier/manifests", allow=COURIER, tags=["courier"])
async def get_courier_manifests(
    tx: NamedDependency[Tx], after: After = "", limit: Limit = 100
) -> Page[ManifestRow]:
    """The carrier's closed manifests, newest first."""
    rows = await manifest_rows(
        tx,
        warehouse_id=None,
        carrier_id=tx.actor.carrier_id,
        state=None,
        after=after_id(after),
        limit=limit + 1,
    )
    return page(rows, limit, lambda m: m.id)


@get("/courier/manifests/{manifest_id:int}", allow=COURIER, tags=["courier"])
async def get_courier_manifest(tx: NamedDependency[Tx], manifest_id: PathId) -> ManifestOut:
    """One manifest with its papers, which ``/documents/{id}`` gives byte by byte."""
    return ManifestOut(await manifest_row(tx, manifest_id), await manifest_documents(tx, manifest_id))


@get("/courier/manifests/{manifest_id:int}/parcels", allow=COURIER, tags=["courier"])
async def get_courier_parcels(
    tx: NamedDependency[Tx], manifest_id: PathId, after: After = "", limit: Limit = 100
) -> Page[ListedParcel]:
    """The parcels to collect."""
    return await parcels_page(tx, manifest_id, after, limit)


@post("/courier/manifests/{manifest_id:int}/confirm", allow=COURIER, tags=["courier"], status_code=200)
async def post_courier_confirm(
    tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[PickupIn]
) -> Confirmed:
    """Confirm what was collected: some parcels, or all."""
    return await confirm_pickup(tx, manifest_id, data.tracking_numbers)


@post("/courier/tracking", allow=COURIER, tags=["courier"])
async def post_courier_tracking(tx: NamedDependency[Tx], data: JSONBody[CourierEvents]) -> Recorded:
    """Tell where parcels are. The same event twice counts once; late and shuffled events are fine."""
    events = [TrackingIn(**{f: getattr(e, f) for f in e.__struct_fields__}) for e in data.events]
    return await record_tracking(tx, tx.actor.carrier_id, events)


@get(
    "/courier/manifests/{manifest_id:int}/files/{format:str}",
    allow=COURIER,
    tags=["courier"],
    media_type="application/octet-stream",
    produces=["*/*"],
)
async def get_courier_file(
    tx: NamedDependency[Tx], manifest_id: PathId, format: PathFormat, document_id: QueryDocument = None
) -> Response[bytes]:
    """A file of the manifest, byte by byte: pdf, csv, json, edifact, columns, carrier. ``ETag`` is its SHA-256.

    Of several in one format it is the newest, or the one that ``document_id`` names.
    """
    found = await fetch_file(tx, manifest_id, format, document_id)
    headers = {"ETag": f'"{found.sha256}"', "Content-Disposition": f'attachment; filename="{found.name}"'}
    return Response(found.content, media_type=found.media_type, headers=headers)


@post("/courier/manifests/{manifest_id:int}/acknowledge", allow=COURIER, tags=["courier"], status_code=200)
async def post_courier_acknowledge(
    tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[AcknowledgeIn]
) -> Acknowledged:
    """Say that a file has arrived whole: its hash must be ours."""
    return await acknowledge_file(tx, manifest_id, data.format, data.sha256)


@post("/courier/manifests/{manifest_id:int}/counter", allow=COURIER, tags=["courier"], status_code=200)
async def post_courier_counter(
    tx: NamedDependency[Tx], manifest_id: PathId, data: JSONBody[CounterIn]
) -> Compared:
    """Send your own list of what came in: what we have and you have not, and the other way round, both by name.

    A parcel on both lists counts as scanned. A later list is compared anew.
    """
    return await compare_list(tx, manifest_id, data.tracking_numbers, "courier")


@post("/courier/manifests/{manifest_id:int}/counter.csv", allow=COURIER, tags=["courier"], status_code=200)
async def post_courier_counter_csv(
    request: Request[Any, Any, Any], tx: NamedDependency[Tx], manifest_id: PathId
) -> Compared:
    """The same as a CSV file in the body: a column ``tracking_number`` (or the first one), any usual separator."""
    await manifest_row(tx, manifest_id)
    return await compare_list(tx, manifest_id, numbers_of_csv(await request.body()), "courier")


handlers: list[HTTPRouteHandler] = [
    get_courier_manifests,
    get_courier_manifest,
    get_courier_parcels,
    post_courier_confirm,
    post_courier_tracking,
    get_courier_file,
    post_courier_acknowledge,
    post_courier_counter,
    post_courier_counter_csv,
]
