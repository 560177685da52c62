"""HTTP resources of receiving: ASNs, receipts and the units that goods are received onto."""

import asyncio
from datetime import date
from typing import Annotated, Literal

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromQuery, JSONBody, QueryParameter
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.scan import parse_scan
from wms.locations.resolve import need_location
from wms.receiving.attach_photos import Photographed, attach_photos
from wms.receiving.cancel_asn import cancel_asn
from wms.receiving.close_receipt import close_receipt
from wms.receiving.create_asn import Announcement, LineIn, create_asn
from wms.receiving.identify_goods import Told
from wms.receiving.label_values import UnitLabel, draw_label, label_values
from wms.receiving.open_handling_unit import OpenedUnit, OpenKind, open_handling_unit
from wms.receiving.open_receipt import open_receipt
from wms.receiving.queries import (
    AsnHead,
    AsnView,
    ReceiptHead,
    ReceiptView,
    asn_view,
    asns,
    receipt_view,
    receipts,
)
from wms.receiving.receive_scan import Received, receive_scan
from wms.web.access import floor, shop, shop_in_question
from wms.web.pages import After, Id, Limit, Page, PathId, QueryIdOrNone, ShopId, after_id, page

READ = floor("receiver", "care") | shop("inbound.read")
RECEIVER = floor("receiver")

Lot = Annotated[str, Meta(min_length=1, max_length=40, examples=["L26-1104B"])]
OfShop = Annotated[int, Meta(ge=1, le=2**31 - 1, examples=[1])]
RawScan = Annotated[str, Meta(min_length=1, max_length=512, examples=["(01)05901234123457"])]


class AsnLineIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` in pieces. Lot and date only where the SKU keeps them, and only if they are known already."""

    sku: Annotated[str, Meta(min_length=1, max_length=80, examples=["MUG-GREEN"])]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000, examples=[120])]
    lot: Lot | None = None
    expires_on: date | None = None


class AsnIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``number`` is yours and makes the request safe to repeat; ``warehouse`` may be left out where there is one."""

    number: Annotated[str, Meta(min_length=1, max_length=60, examples=["ASN-2026-0931"])]
    lines: Annotated[
        list[AsnLineIn],
        Meta(min_length=1, max_length=2000, examples=[[{"sku": "MUG-GREEN", "quantity": 120}]]),
    ]
    warehouse: Annotated[str, Meta(max_length=20, examples=["OZA1"])] | None = None
    expected_on: Annotated[date, Meta(examples=["2026-11-23"])] | None = None
    carrier: Annotated[str, Meta(max_length=80, examples=["Spedycja Północ"])] | None = None
    note: Annotated[str, Meta(max_length=500, examples=["2 palety, winda"])] | None = None


class ReceiptIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``dock`` is the scanned label of the dock. With no ``asn_id`` the goods are received blind."""

    shop_id: OfShop
    warehouse_id: Id
    dock: Annotated[str, Meta(min_length=1, max_length=80, examples=["L-DOCK-1"])]
    asn_id: Annotated[int, Meta(ge=1, le=10**15, examples=[17])] | None = None


class ScanIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``code`` as the scanner typed it. ``quantity`` counts what was scanned: cases, where the code is a case's.

    Lot, date and serial number come from a GS1 symbol; given here they win over it. ``expires_on`` is the last good
    day. ``handling_unit_id``: the pallet or tote that the goods are put on.
    """

    shop_id: OfShop
    code: Annotated[RawScan, Meta(examples=["5901234123457"])]
    quantity: Annotated[int, Meta(ge=1, le=1_000_000, examples=[24])] | None = None
    damaged: bool = False
    lot: Lot | None = None
    expires_on: Annotated[date, Meta(examples=["2028-05-31"])] | None = None
    serial: Annotated[str, Meta(min_length=1, max_length=40, examples=["SN-004711"])] | None = None
    handling_unit_id: Id | None = None
    note: Annotated[str, Meta(max_length=500, examples=["narożnik zgnieciony"])] | None = None


class PhotosIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """JPEG, PNG or WebP, base64, up to 8 MB each and 14 MB together; what the camera wrote into them is removed."""

    shop_id: OfShop
    photos: Annotated[
        list[Annotated[bytes, Meta(min_length=1, max_length=8_000_000)]], Meta(min_length=1, max_length=4)
    ]


class CloseIn(msgspec.Struct, forbid_unknown_fields=True):
    shop_id: OfShop


class UnitIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """With no ``label`` a new unit with an SSCC of ours; else the unit that has this label, or the supplier's SSCC."""

    shop_id: OfShop
    kind: OpenKind = "pallet"
    label: Annotated[RawScan, Meta(examples=["00359007730000000015"])] | None = None


class Label(msgspec.Struct):
    """``values`` fill the label template ``template``."""

    template: str
    values: UnitLabel


def listed(tx: Tx, shop_id: int) -> int | None:
    """A shop's list is its own; staff name a shop, or mean all of them."""
    return shop_in_question(tx, shop_id or None) if shop_id or tx.actor.kind == "shop" else None


@post("/asns", allow=shop("inbound.write"), tags=["receiving"])
async def post_asn(tx: NamedDependency[Tx], data: JSONBody[AsnIn]) -> AsnView:
    """Announce a delivery. The same number and contents again give the same ASN; other contents are refused.

    All faults of the lines are answered at once, each with the pointer of its field.
    """
    wanted = Announcement(
        number=data.number,
        lines=[
            LineIn(sku=n.sku, quantity=n.quantity, lot=n.lot, expires_on=n.expires_on) for n in data.lines
        ],
        warehouse=data.warehouse,
        expected_on=data.expected_on,
        carrier=data.carrier,
        note=data.note,
    )
    return await create_asn(tx, tx.shop_id, wanted)


@get("/asns", allow=READ, tags=["receiving"])
async def get_asns(
    tx: NamedDependency[Tx],
    shop_id: ShopId = 0,
    in_state: Annotated[
        Literal["announced", "receiving", "received", "cancelled"] | None, QueryParameter(name="state")
    ] = None,
    number: Annotated[str | None, QueryParameter(max_length=60)] = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[AsnHead]:
    """ASNs, oldest first. Staff see those of all shops, or of ``shop_id``."""
    rows = await asns(
        tx, listed(tx, shop_id), state=in_state, number=number, after=after_id(after), limit=limit + 1
    )
    return page(rows, limit, lambda row: row.id)


@get("/asns/{asn_id:int}", allow=READ, tags=["receiving"])
async def get_asn(tx: NamedDependency[Tx], asn_id: PathId, shop_id: ShopId = 0) -> AsnView:
    """One ASN with its lines. Staff name the shop."""
    return await asn_view(tx, shop_in_question(tx, shop_id or None), asn_id)


@post("/asns/{asn_id:int}/cancel", allow=shop("inbound.write"), tags=["receiving"], status_code=200)
async def post_asn_cancel(tx: NamedDependency[Tx], asn_id: PathId) -> AsnView:
    """The delivery will not come. Refused once it is being received."""
    return await cancel_asn(tx, tx.shop_id, asn_id)


@post("/receipts", allow=RECEIVER, tags=["receiving"])
async def post_receipt(tx: NamedDependency[Tx], data: JSONBody[ReceiptIn]) -> ReceiptView:
    """A truck is at the dock. A second receiver who opens the same ASN there joins the receipt that is open."""
    dock = await need_location(tx, data.warehouse_id, parse_scan(data.dock))
    return await open_receipt(tx, data.shop_id, dock.id, data.asn_id)


@get("/receipts", allow=READ, tags=["receiving"])
async def get_receipts(
    tx: NamedDependency[Tx],
    shop_id: ShopId = 0,
    in_state: Annotated[Literal["open", "closed"] | None, QueryParameter(name="state")] = None,
    asn_id: QueryIdOrNone = None,
    after: After = "",
    limit: Limit = 100,
) -> Page[ReceiptHead]:
    """Receipts, oldest first. Staff see those of all shops, or of ``shop_id``."""
    rows = await receipts(
        tx, listed(tx, shop_id), state=in_state, asn_id=asn_id, after=after_id(after), limit=limit + 1
    )
    return page(rows, limit, lambda row: row.id)


@get("/receipts/{receipt_id:int}", allow=READ, tags=["receiving"])
async def get_receipt(tx: NamedDependency[Tx], receipt_id: PathId, shop_id: ShopId = 0) -> ReceiptView:
    """What was announced and what came, line by line, with every discrepancy. Staff name the shop."""
    return await receipt_view(tx, shop_in_question(tx, shop_id or None), receipt_id)


@post("/receipts/{receipt_id:int}/scans", allow=RECEIVER, tags=["receiving"])
async def post_receipt_scan(tx: NamedDependency[Tx], receipt_id: PathId, data: JSONBody[ScanIn]) -> Received:
    """One scan. The ``outcome`` is ``unknown`` for a code that nobody knows: it is noted, and the work goes on.

    Refused are a closed receipt, another shop's goods, a code that can mean several things, and goods that lack the
    lot, date or serial number that their SKU asks for; send the scan again with what was missing.
    """
    told = Told(
        quantity=data.quantity,
        damaged=data.damaged,
        lot=data.lot,
        expires_on=data.expires_on,
        serial=data.serial,
        hu_id=data.handling_unit_id,
        note=data.note,
    )
    return await receive_scan(tx, data.shop_id, receipt_id, data.code, told)


@post("/receipts/{receipt_id:int}/handling-units", allow=RECEIVER, tags=["receiving"])
async def post_receipt_unit(
    tx: NamedDependency[Tx], receipt_id: PathId, data: JSONBody[UnitIn]
) -> OpenedUnit:
    """A pallet, carton or tote at the receipt's dock, to receive goods onto."""
    return await open_handling_unit(tx, data.shop_id, receipt_id, data.kind, data.label)


@post("/receipts/{receipt_id:int}/close", allow=RECEIVER, tags=["receiving"], status_code=200)
async def post_receipt_close(
    tx: NamedDependency[Tx], receipt_id: PathId, data: JSONBody[CloseIn]
) -> ReceiptView:
    """The dock is empty: what is short is noted and the shop is told line by line."""
    return await close_receipt(tx, data.shop_id, receipt_id)


@post(
    "/receipts/{receipt_id:int}/discrepancies/{discrepancy_id:int}/photos",
    allow=RECEIVER,
    tags=["receiving"],
    request_max_body_size=20_000_000,
)
async def post_photos(
    tx: NamedDependency[Tx], receipt_id: PathId, discrepancy_id: PathId, data: JSONBody[PhotosIn]
) -> Photographed:
    """Photos of what was damaged, too many or unknown; the shop sees them with the receipt. At most four for each."""
    return await attach_photos(tx, data.shop_id, receipt_id, discrepancy_id, data.photos)


@get("/handling-units/{unit_id:int}/label", allow=RECEIVER, tags=["receiving"])
async def get_unit_label(tx: NamedDependency[Tx], unit_id: PathId) -> Label:
    """What stands on the unit's SSCC label, as it is now."""
    lang: Literal["pl", "en"] = "pl" if tx.actor.language == "pl" else "en"
    return Label(template="handling_unit", values=await label_values(tx, unit_id, lang))


@get(
    "/handling-units/{unit_id:int}/label/file",
    allow=RECEIVER,
    tags=["receiving"],
    media_type="application/pdf",
    produces=["application/pdf", "application/zpl"],
)
async def get_unit_label_file(
    tx: NamedDependency[Tx], unit_id: PathId, format: FromQuery[Literal["pdf", "zpl"]] = "pdf"
) -> Response[bytes]:
    """The unit's SSCC label for the printer: PDF, or ZPL for a thermal printer."""
    lang: Literal["pl", "en"] = "pl" if tx.actor.language == "pl" else "en"
    content = await asyncio.to_thread(draw_label, await label_values(tx, unit_id, lang), format)
    return Response(content, media_type=f"application/{format}")


handlers: list[HTTPRouteHandler] = [
    post_asn,
    get_asns,
    get_asn,
    post_asn_cancel,
    post_receipt,
    get_receipts,
    get_receipt,
    post_receipt_scan,
    post_receipt_unit,
    post_receipt_close,
    post_photos,
    get_unit_label,
    get_unit_label_file,
]
