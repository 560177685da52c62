"""HTTP resources of shipping: labels, parcels, carriers, tracking. Manifests and the courier's side have their own."""

from datetime import datetime, time
from typing import Annotated, Any

import msgspec
from litestar import delete, get, post, put
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, PathParameter, QueryParameter
from litestar.response import Response
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.text import Lang
from wms.orders.labels import Asked
from wms.orders.parcels import ParcelState
from wms.shipping import (
    courier_api,
    credentials_api,
    label_api,
    manifest_api,
    papers_api,
    pickup_api,
    print_api,
    services_api,
    watch_api,
    webhook_api,
)
from wms.shipping.adapters import Carriers
from wms.shipping.confirm_label import confirm_label
from wms.shipping.create_carrier import Extended, create_carrier, extend_number_range, set_pickups
from wms.shipping.label_files import Format, label_file, labels_of_wave
from wms.shipping.queries import (
    CarrierOut,
    LabelOut,
    ParcelOut,
    carriers,
    label_of_parcel,
    parcel_out,
    parcels_out,
    waiting_labels,
)
from wms.shipping.record_tracking import Recorded, Status, TrackingIn, record_tracking
from wms.shipping.request_label import request_label
from wms.shipping.void_label import void_label
from wms.web.access import ADMIN, floor, shop, shop_in_question
from wms.web.pages import After, Id, Limit, Page, PathId, PathShop, after_id, page

PACKER = floor("packer")
DESK = floor("packer", "care")
MEDIA: dict[str, str] = {"pdf": "application/pdf", "zpl": "application/zpl"}
PathText = Annotated[str, PathParameter(min_length=1, max_length=40)]


class ReasonIn(msgspec.Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=3, max_length=300, examples=["wrong carton"])]


class ScanIn(msgspec.Struct, forbid_unknown_fields=True):
    scan: Annotated[str, Meta(min_length=1, max_length=600, examples=["PX1000042"])]


class Confirmed(msgspec.Struct, frozen=True):
    tracking_number: str


class CarrierIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``settings`` are the adapter's: for ``own_range`` ``range``, ``sscc_range``, ``countries``, ``phone_services``.

    ``email`` gets protocol and list of every manifest that is closed.
    """

    code: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9_-]{0,31}$", examples=["kurier"])]
    name: Annotated[str, Meta(min_length=1, max_length=100, examples=["Kurier Własny"])]
    adapter: Annotated[str, Meta(min_length=1, max_length=60, examples=["own_range"])]
    account: Annotated[str, Meta(max_length=60, examples=["1495"])] = ""
    email: Annotated[str, Meta(max_length=200, examples=["manifests@example.com"])] | None = None
    max_weight_g: Annotated[int, Meta(ge=1, le=2_000_000, examples=[30000])] = 30_000
    services: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=40)]],
        Meta(min_length=1, max_length=50, examples=[["standard"]]),
    ] = msgspec.field(default_factory=lambda: ["standard"])
    label_formats: Annotated[
        list[Format],
        Meta(min_length=1, max_length=2, description="In which the carrier's own labels are fetched"),
    ] = msgspec.field(default_factory=lambda: ["pdf"])
    settings: Annotated[dict[str, Any], Meta(examples=[{"range": "kurier-2026"}])] = {}


class PickupIn(msgspec.Struct, forbid_unknown_fields=True):
    """``weekday``: 0 is Monday; ``at``: local time of the warehouse."""

    weekday: Annotated[int, Meta(ge=0, le=6, examples=[0])]
    at: Annotated[time, Meta(examples=["16:30:00"])]


class PickupsIn(msgspec.Struct, forbid_unknown_fields=True):
    pickups: Annotated[list[PickupIn], Meta(max_length=100)]


class ExtendIn(msgspec.Struct, forbid_unknown_fields=True):
    last: Annotated[int, Meta(ge=0, le=10**17, examples=[1999999])]


class TrackedIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    tracking_number: Annotated[str, Meta(min_length=1, max_length=60, examples=["PX1000042"])]
    status: Status
    at: Annotated[datetime, Meta(tz=True, examples=["2026-11-23T08:15:00Z"])]
    raw: Annotated[str, Meta(max_length=200, examples=["DOR"])] = ""
    place: Annotated[str, Meta(max_length=200, examples=["Kraków"])] | None = None


class TrackingBatchIn(msgspec.Struct, forbid_unknown_fields=True):
    carrier_id: Id
    events: Annotated[list[TrackedIn], Meta(min_length=1, max_length=1000)]


def lang_of(tx: Tx) -> Lang:
    return "pl" if tx.actor.language == "pl" else "en"


@get("/parcels", allow=DESK | shop("orders.read"), tags=["parcels"])
async def get_parcels(
    tx: NamedDependency[Tx],
    shop_id: Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)] = None,
    order_id: Annotated[int | None, QueryParameter(ge=1, le=10**15)] = None,
    in_state: Annotated[ParcelState | None, QueryParameter(name="state")] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[ParcelOut]:
    """A shop's parcels with their numbers and tracking, by id."""
    rows = await parcels_out(
        tx,
        shop_in_question(tx, shop_id),
        order_id=order_id,
        state=in_state,
        after=after_id(after),
        limit=limit + 1,
    )
    return page(rows, limit, lambda p: p.id)


@get("/parcels/{parcel_id:int}", allow=DESK | shop("orders.read"), tags=["parcels"])
async def get_parcel(
    tx: NamedDependency[Tx],
    parcel_id: PathId,
    shop_id: Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)] = None,
) -> ParcelOut:
    """One parcel with everything that its courier told."""
    return await parcel_out(tx, shop_in_question(tx, shop_id), parcel_id)


@post("/shops/{shop_id:int}/parcels/{parcel_id:int}/label", allow=PACKER, tags=["labels"], status_code=202)
async def post_label(
    tx: NamedDependency[Tx], adapters: NamedDependency[Carriers], shop_id: PathShop, parcel_id: PathId
) -> Asked:
    """Ask for the label of a closed parcel. One with a number of ours is ready with the answer, any other is bought in the
    background. Asking again tries a failed one again."""
    return await request_label(tx, shop_id, parcel_id, adapters)


@get("/shops/{shop_id:int}/parcels/{parcel_id:int}/label", allow=DESK, tags=["labels"])
async def get_label(tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> LabelOut:
    """How the label stands: requested, accepted, ready, printed (scanned back), void; failed or unknown, and why."""
    return await label_of_parcel(tx, shop_id, parcel_id, lang_of(tx))


@get(
    "/shops/{shop_id:int}/parcels/{parcel_id:int}/label/file",
    allow=PACKER,
    tags=["labels"],
    media_type="application/pdf",
    produces=list(MEDIA.values()),
)
async def get_label_file(
    tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId, format: FromQuery[Format] = "pdf"
) -> Response[bytes]:
    """The label for the printer: PDF, or ZPL for a thermal printer. The same bytes every time."""
    return Response(await label_file(tx, shop_id, parcel_id, format), media_type=MEDIA[format])


@delete("/shops/{shop_id:int}/parcels/{parcel_id:int}/label", allow=PACKER, tags=["labels"])
async def delete_label(
    tx: NamedDependency[Tx],
    shop_id: PathShop,
    parcel_id: PathId,
    reason: Annotated[str, QueryParameter(min_length=3, max_length=300)] = "voided at the station",
) -> None:
    """Void the label, before the parcel is on a manifest. The parcel can be labelled or opened again."""
    await void_label(tx, shop_id, parcel_id, reason=reason)


@post("/shops/{shop_id:int}/parcels/{parcel_id:int}/label/confirm", allow=PACKER, tags=["labels"])
async def post_confirm(
    tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId, data: JSONBody[ScanIn]
) -> Confirmed:
    """Scan the printed label back onto its box: another parcel's label is a red stop."""
    return Confirmed(await confirm_label(tx, shop_id, parcel_id, data.scan))


@get("/labels/waiting", allow=floor("packer"), tags=["labels"])
async def get_waiting(tx: NamedDependency[Tx], after: After = "", limit: Limit = 100) -> Page[LabelOut]:
    """Labels that are not there yet, of all shops, with what is wrong and what to do."""
    rows = await waiting_labels(tx, lang_of(tx), after_id(after), limit + 1)
    return page(rows, limit, lambda x: x.id)


@get(
    "/waves/{wave_id:int}/labels",
    allow=PACKER,
    tags=["labels"],
    media_type="application/pdf",
    produces=list(MEDIA.values()),
)
async def get_wave_labels(
    tx: NamedDependency[Tx], wave_id: PathId, format: FromQuery[Format] = "pdf"
) -> Response[bytes]:
    """All labels of a wave that are ready, in one file, in the order of the carts."""
    return Response(await labels_of_wave(tx, wave_id, format), media_type=MEDIA[format])


@get("/carriers", allow=floor("packer", "care"), tags=["carriers"])
async def get_carriers(tx: NamedDependency[Tx], after: After = "", limit: Limit = 100) -> Page[CarrierOut]:
    """The carriers with their services and pickups."""
    return page(await carriers(tx, after_id(after), limit + 1), limit, lambda c: c.id)


@post("/carriers", allow=ADMIN, tags=["carriers"])
async def post_carrier(tx: NamedDependency[Tx], data: JSONBody[CarrierIn]) -> CarrierOut:
    """A new carrier; its settings are tried on the adapter at once."""
    carrier_id = await create_carrier(tx, **{f: getattr(data, f) for f in data.__struct_fields__})
    return (await carriers(tx, carrier_id - 1, 1))[0]


@put("/carriers/{carrier_id:int}/pickups", allow=ADMIN | {"supervisor"}, tags=["carriers"])
async def put_pickups(tx: NamedDependency[Tx], carrier_id: PathId, data: JSONBody[PickupsIn]) -> CarrierOut:
    """When the carrier's car stands at the dock; replaces the whole calendar."""
    await set_pickups(tx, carrier_id, [(p.weekday, p.at) for p in data.pickups])
    return (await carriers(tx, carrier_id - 1, 1))[0]


@post("/number-ranges/{code:str}/extend", allow=ADMIN, tags=["carriers"])
async def post_extend(tx: NamedDependency[Tx], code: PathText, data: JSONBody[ExtendIn]) -> Extended:
    """More numbers for a range; labels that waited for them go on at once."""
    return await extend_number_range(tx, code, data.last)


@post("/tracking", allow=floor("care"), tags=["parcels"])
async def post_tracking(tx: NamedDependency[Tx], data: JSONBody[TrackingBatchIn]) -> Recorded:
    """What a courier told about its parcels. The same event twice counts once; the order of events does not matter."""
    return await record_tracking(tx, data.carrier_id, tracked(data.events))


def tracked(events: list[TrackedIn]) -> list[TrackingIn]:
    return [TrackingIn(**{f: getattr(e, f) for f in e.__struct_fields__}) for e in events]


handlers: list[HTTPRouteHandler] = [
    get_parcels,
    get_parcel,
    post_label,
    get_label,
    get_label_file,
    delete_label,
    post_confirm,
    get_waiting,
    get_wave_labels,
    get_carriers,
    post_carrier,
    put_pickups,
    post_extend,
    post_tracking,
    *credentials_api.handlers,
    *label_api.handlers,
    *print_api.handlers,
    *manifest_api.handlers,
    *courier_api.handlers,
    *papers_api.handlers,
    *pickup_api.handlers,
    *webhook_api.handlers,
    *services_api.handlers,
    *watch_api.handlers,
]
