"""Manifests at a desk: what is to be loaded, counting, closing, papers; and the courier's signature on a tablet."""

import asyncio
import base64
import binascii
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, QueryParameter
from litestar.response import Response

from wms.db.both_ways import order_of
from wms.db.tx import Tx
from wms.events.documents import get_document
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.printing.manifest import manifest_pdf
from wms.shipping.car_words import CARS, WHY
from wms.shipping.close_manifest import close_manifest
from wms.shipping.compare_list import last_list
from wms.shipping.delivery_queries import deliveries_of, protocols_of
from wms.shipping.desk_queries import (
    carriers_today,
    desk_manifest,
    handover_parcels,
    past_manifests,
)
from wms.shipping.draft_protocol import draft_protocol
from wms.shipping.hand_over import GONE
from wms.shipping.load_parcel import load_all
from wms.shipping.manifest_api import parcels_page
from wms.shipping.manifest_errors import ManifestNotClosed, SignatureMissing
from wms.shipping.manifest_queries import manifest_documents, manifest_row, unscanned_of
from wms.shipping.page_errors import CarrierMissing, CountUnfit, DriverMissing
from wms.shipping.recount_manifest import recount_manifest
from wms.shipping.send_again import send_again
from wms.shipping.settle_pickup import pickups_of
from wms.shipping.sign_handover import sign_handover
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.html import Html, go, render, words_of
from wms.web.pages import After, PathId, after_id, page
from wms.web.sheet import MOST_ROWS, sheet

LOADER = floor("packer")
LEAD = floor()
LIMIT = 50
STATES = {
    "open": Text(en="Open", pl="Otwarta"),
    "closing": Text(en="Closing", pl="Zamykana"),
    "closed": Text(en="Closed", pl="Zamknięta"),
    "handed_over": Text(en="Handed over", pl="Przekazana"),
    "reconciled": Text(en="Reconciled", pl="Rozliczona"),
}
PAST_STATES = ("closing", "closed", "handed_over", "reconciled")
WAYS = {
    "mail": Text(en="Mail", pl="Poczta"),
    "sftp": Text(en="SFTP", pl="SFTP"),
    "pull": Text(en="Fetched by the courier", pl="Pobrane przez kuriera"),
}
STATUSES = {
    "waiting": Text(en="on its way", pl="w drodze"),
    "sent": Text(en="sent", pl="wysłano"),
    "fetched": Text(en="fetched", pl="pobrano"),
    "failed": Text(en="not sent", pl="nie wysłano"),
}
PAPERS = {
    "manifest": Text(en="Protocol", pl="Protokół"),
    "manifest_csv": Text(en="List (CSV)", pl="Lista (CSV)"),
    "manifest_json": Text(en="List (JSON)", pl="Lista (JSON)"),
    "manifest_edifact": Text(en="EDIFACT IFCSUM", pl="EDIFACT IFCSUM"),
    "manifest_columns": Text(en="The carrier's own file", pl="Plik przewoźnika"),
    "manifest_carrier": Text(en="The carrier's own protocol", pl="Protokół przewoźnika"),
    "manifest_signature": Text(en="Signature", pl="Podpis"),
}
MAILS = {
    "queued": Text(en="being sent", pl="w wysyłce"),
    "sent": Text(en="sent", pl="wysłano"),
    "failed": Text(en="not sent", pl="nie wysłano"),
}
INLINE = {"Content-Security-Policy": "frame-ancestors 'self'", "X-Content-Type-Options": "nosniff"}
Asked = Request[Any, Any, Any]


@get("/desk/manifests", allow=LOADER)
async def manifests(
    request: Asked,
    tx: NamedDependency[Tx],
    wanted: Annotated[str, QueryParameter(name="state")] = "",
    carrier: FromQuery[int] = 0,
    sort: FromQuery[str] = "",
    after: After = "",
    part: FromQuery[str] = "",
    format: FromQuery[str] = "",
) -> Response[Any]:
    """What is to be loaded, by pickup, and the closed ones. ``part=today``: only the first, for the live part."""
    warehouse_id = await warehouse_of(request, tx)
    today = await carriers_today(tx, warehouse_id)
    if part == "today":
        return render(request, "shipping/desk_today.html", today=today)
    asked: dict[str, Any] = {
        "state": wanted if wanted in PAST_STATES else "", "carrier_id": carrier if 0 < carrier < 10**15 else 0,
        "first": order_of(sort),
    }  # fmt: skip
    if format == "csv":
        words = words_of(request)
        _ = words.gettext
        heads = [_("Manifest"), _("Carrier"), _("Pickup"), _("State"), _("Parcels"), _("Weight in g"), _("Left behind"), _("Handed over")]  # fmt: skip
        every = await past_manifests(tx, warehouse_id, **asked, behind=0, limit=MOST_ROWS)
        return sheet(
            "manifests", heads,
            [(m.number, m.carrier, m.pickup_at.isoformat(), words.text(STATES[m.state]), m.parcels, m.weight_g, m.left_behind,
              m.handed_over_at.isoformat() if m.handed_over_at else None) for m in every],
        )  # fmt: skip
    rows = await past_manifests(tx, warehouse_id, **asked, behind=after_id(after), limit=LIMIT + 1)
    carriers = await tx.rows("select id, name from carrier order by name limit 200")
    return render(
        request, "shipping/desk_manifests.html", today=today, found=page(rows, LIMIT, lambda m: m.id), asked=asked,
        carriers=carriers, after=after, states=STATES, past=PAST_STATES, mails=MAILS,
    )  # fmt: skip


@post("/desk/manifests/load", allow=LOADER, status_code=200)
async def load(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """Every labelled parcel of the carrier onto its open manifest."""
    wanted = str((await request.form()).get("carrier_id", ""))
    if not (wanted.isdigit() and len(wanted) < 16):
        raise CarrierMissing
    await load_all(tx, await warehouse_of(request, tx), int(wanted))
    return go(request, "/desk/manifests")


@get("/desk/manifests/{manifest_id:int}", allow=LOADER)
async def manifest(
    request: Asked,
    tx: NamedDependency[Tx],
    manifest_id: PathId,
    after: After = "",
    confirm: FromQuery[str] = "",
) -> Html:
    """One manifest: its list, its papers and where they went, what the carrier has of it. ``confirm=close`` asks once more
    before closing."""
    m = await manifest_row(tx, manifest_id)
    named = await desk_manifest(tx, manifest_id)
    gone = m.state in GONE
    return render(
        request, "shipping/desk_manifest.html", m=m, named=named, gone=gone,
        papers=await manifest_documents(tx, manifest_id), sent=await deliveries_of(tx, manifest_id),
        own=await protocols_of(tx, manifest_id), cars=await pickups_of(tx, m.carrier_id, m.warehouse_id, m.pickup_at),
        last=await last_list(tx, manifest_id, named.carrier_id),
        unscanned=await unscanned_of(tx, manifest_id, LIMIT) if gone else [],
        found=await parcels_page(tx, manifest_id, after, LIMIT), after=after, states=STATES, ways=WAYS, statuses=STATUSES,
        kinds=PAPERS, car_states=CARS, car_why=WHY, confirm=confirm == "close" and m.state == "open",
        boss=bool(tx.actor.roles & {"supervisor", "admin"}),
    )  # fmt: skip


@post("/desk/manifests/{manifest_id:int}/recount", allow=LOADER, status_code=200)
async def recount(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    """How many parcels stand in the cage."""
    counted = str((await request.form()).get("counted", "")).strip()
    if not (counted.isascii() and counted.isdigit() and len(counted) < 6):
        raise CountUnfit
    await recount_manifest(tx, manifest_id, int(counted))
    return go(request, f"/desk/manifests/{manifest_id}")


@post("/desk/manifests/{manifest_id:int}/close", allow=LEAD, status_code=200)
async def close(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    await close_manifest(tx, manifest_id)
    return go(request, f"/desk/manifests/{manifest_id}")


@post("/desk/manifests/{manifest_id:int}/send", allow=LEAD, status_code=200)
async def send(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    """The papers to the carrier, once more."""
    await send_again(tx, manifest_id)
    return go(request, f"/desk/manifests/{manifest_id}")


@get("/desk/manifests/{manifest_id:int}/preview", allow=LOADER)
async def preview(tx: NamedDependency[Tx], manifest_id: PathId) -> Response[bytes]:
    """The protocol as it would be now; it has no number before the manifest is closed."""
    drawn = await asyncio.to_thread(manifest_pdf, await draft_protocol(tx, manifest_id))
    return Response(drawn, media_type="application/pdf", headers=INLINE)


@get("/desk/manifests/{manifest_id:int}/papers/{document_id:int}", allow=LOADER)
async def paper(tx: NamedDependency[Tx], manifest_id: PathId, document_id: PathId) -> Response[bytes]:
    """Protocol, machine file or signature, byte by byte."""
    found = await get_document(tx, 0, document_id)
    if (found.subject, found.subject_id) != ("manifest", manifest_id):
        raise NotFound(what="document", ref=document_id)
    headers = INLINE | {
        "ETag": f'"{found.sha256}"',
        "Content-Disposition": f'inline; filename="{found.name}"',
    }
    return Response(found.content, media_type=found.media_type, headers=headers)


@get("/desk/manifests/{manifest_id:int}/handover", allow=LOADER)
async def handover(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    """For the courier, on a tablet: scan or tick what is collected, sign. Raises ``ManifestNotClosed``."""
    m = await manifest_row(tx, manifest_id)
    if m.state == "open":
        raise ManifestNotClosed
    if m.state in GONE:
        return go(request, f"/desk/manifests/{manifest_id}")
    return render(
        request, "shipping/desk_handover.html", m=m, named=await desk_manifest(tx, manifest_id),
        parcels=await handover_parcels(tx, manifest_id),
    )  # fmt: skip


@post(
    "/desk/manifests/{manifest_id:int}/handover",
    allow=LOADER,
    status_code=200,
    request_max_body_size=4_000_000,
)
async def handover_post(request: Asked, tx: NamedDependency[Tx], manifest_id: PathId) -> Response[Any]:
    """``collected``: keys ``SHOP-PARCEL`` with blanks between; ``signature``: a PNG as a data address."""
    form = await request.form()
    driver, vehicle = (" ".join(str(form.get(f, "")).split())[:100] for f in ("driver", "vehicle"))
    if not driver or not vehicle:
        raise DriverMissing
    await sign_handover(
        tx, manifest_id, driver=driver, vehicle=vehicle[:60], collected=keys_of(str(form.get("collected", ""))),
        signature=signature_of(str(form.get("signature", ""))),
    )  # fmt: skip
    return go(request, f"/desk/manifests/{manifest_id}")


def keys_of(text: str) -> set[tuple[int, int]]:
    """Raises ``Invalid`` for what is no key."""
    keys = set()
    for word in text.split():
        shop, _, parcel = word.partition("-")
        if not (
            shop.isascii() and shop.isdigit() and parcel.isascii() and parcel.isdigit() and len(word) < 30
        ):
            raise Invalid(
                field="collected",
                why=Text(
                    en="write SHOP-PARCEL, with blanks between", pl="wpisz SKLEP-PACZKA, oddzielone spacjami"
                ),
                pointer="/collected",
            )
        keys.add((int(shop), int(parcel)))
    return keys


def signature_of(text: str) -> bytes:
    """The picture in a ``data:`` address. Raises ``SignatureMissing``."""
    head, _, body = text.partition(",")
    if head != "data:image/png;base64":
        raise SignatureMissing
    try:
        return base64.b64decode(body, validate=True)
    except binascii.Error:
        raise SignatureMissing from None


handlers: list[HTTPRouteHandler] = [
    manifests, load, manifest, recount, close, send, preview, paper, handover, handover_post,
]  # fmt: skip
