"""HTTP resources for couriers: a key sees the closed manifests of its own carrier and nothing else."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from msgspec import Meta

from wms.db.tx import Tx
from wms.shipping.confirm_pickup import Confirmed, confirm_pickup
from wms.shipping.manifest_api import ManifestOut, parcels_page
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


handlers: list[HTTPRouteHandler] = [
    get_courier_manifests,
    get_courier_manifest,
    get_courier_parcels,
    post_courier_confirm,
    post_courier_tracking,
]
