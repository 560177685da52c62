"""HTTP resources of packing."""

import asyncio
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import JSONBody
from litestar.response import Response
from msgspec import Meta

from wms.db.tx import Tx
from wms.orders.labels import Labels
from wms.packing.close_parcel import Closed, close_parcel
from wms.packing.create_carton import create_carton
from wms.packing.open_parcel import open_parcel
from wms.packing.pack_scan import pack_scan
from wms.packing.pack_whole import Packed, pack_whole
from wms.packing.propose import Proposal, propose_for_session
from wms.packing.queries import (
    CartonRow,
    Piece,
    Station,
    carton_by_code,
    cartons,
    pieces_in_totes,
    session_row,
    station_screen,
)
from wms.packing.reopen_parcel import reopen_parcel
from wms.packing.slip import slip_of_parcel
from wms.packing.start_packing import Started, start_packing
from wms.packing.unpack import unpack
from wms.printing.slip import packing_slip
from wms.web.access import ADMIN, floor
from wms.web.pages import PathId, PathShop

PACKER = floor("packer")
ScanText = Annotated[str, Meta(min_length=1, max_length=600, examples=["5901234123457"])]


class StartIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``scan``: a tote or an order number. ``item``: a piece out of a tote with several orders."""

    station_id: Annotated[int, Meta(ge=1, le=10**15, examples=[12])]
    scan: Annotated[str, Meta(min_length=1, max_length=600, examples=["T-0417"])]
    item: ScanText | None = None


class ScanIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``quantity`` times what the code stands for. ``lot``: lot or serial number, where the code does not say it."""

    scan: ScanText
    quantity: Annotated[int, Meta(ge=1, le=10_000, examples=[1])] = 1
    lot: Annotated[str, Meta(min_length=1, max_length=100, examples=["L26-1104B"])] | None = None


class UnpackIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``tote``: where it goes; without it the tote on the table."""

    scan: ScanText
    quantity: Annotated[int, Meta(ge=1, le=10_000, examples=[1])] = 1
    tote: Annotated[str, Meta(max_length=60, examples=["T-0417"])] | None = None
    lot: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class CloseIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """``weight_g`` from the scale. ``inserts``: their texts, as the screen shows them. ``overrule``: a supervisor's reason.
    ``label``: ask for the label in the same call.
    """

    carton: Annotated[str, Meta(min_length=1, max_length=40, examples=["K2"])]
    weight_g: Annotated[int, Meta(ge=1, le=1_000_000, examples=[1240])]
    inserts: Annotated[
        list[Annotated[str, Meta(max_length=60)]], Meta(max_length=50, examples=[["Kartka z podziękowaniem"]])
    ] = []
    overrule: Annotated[str, Meta(min_length=3, max_length=300, examples=["damp carton"])] | None = None
    label: bool = False


class PieceIn(Packed, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """``quantity`` times what the code stands for. ``lot``: lot or serial number, where the code does not say it."""

    scan: ScanText
    quantity: Annotated[int, Meta(ge=1, le=10_000, examples=[1])] = 1
    lot: Annotated[str, Meta(min_length=1, max_length=100, examples=["L26-1104B"])] | None = None


class WholeIn(CloseIn, forbid_unknown_fields=True, kw_only=True):
    """``scan``: the order's number, or a tote; of several orders in the tote the one that needs the first piece most."""

    scan: Annotated[str, Meta(min_length=1, max_length=600, examples=["T-0417"])]
    pieces: Annotated[list[PieceIn], Meta(min_length=1, max_length=1000)]


class CartonIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Inner size in millimetres; its own weight and the most that may go in, in grams."""

    code: Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^\S+$", examples=["K2"])]
    length_mm: Annotated[int, Meta(ge=1, le=5000, examples=[300])]
    width_mm: Annotated[int, Meta(ge=1, le=5000, examples=[200])]
    height_mm: Annotated[int, Meta(ge=1, le=5000, examples=[150])]
    weight_g: Annotated[int, Meta(ge=0, le=100_000, examples=[140])]
    max_load_g: Annotated[int, Meta(ge=1, le=1_000_000, examples=[20000])]


@post("/pack-sessions", allow=PACKER, tags=["packing"])
async def post_session(tx: NamedDependency[Tx], data: JSONBody[StartIn]) -> Started:
    """Scan a tote or an order number at a station. A tote with several orders asks for a piece out of it."""
    return await start_packing(tx, data.station_id, data.scan, data.item)


@get("/shops/{shop_id:int}/pack-sessions/{session_id:int}", allow=PACKER, tags=["packing"])
async def get_session(tx: NamedDependency[Tx], shop_id: PathShop, session_id: PathId) -> Station:
    """The station's screen as it is now."""
    return await station_screen(tx, shop_id, session_id)


@post("/shops/{shop_id:int}/pack-sessions/{session_id:int}/parcels", allow=PACKER, tags=["packing"])
async def post_parcel(tx: NamedDependency[Tx], shop_id: PathShop, session_id: PathId) -> Station:
    """Open the next parcel, before the first piece is scanned into it; one that is open is used on."""
    return await open_parcel(tx, shop_id, session_id)


@post("/shops/{shop_id:int}/pack-sessions/{session_id:int}/scans", allow=PACKER, tags=["packing"])
async def post_scan(
    tx: NamedDependency[Tx], shop_id: PathShop, session_id: PathId, data: JSONBody[ScanIn]
) -> Station:
    """One scan: a piece goes into the open parcel (the next one, where none is open), or a tote's code changes the tote.

    Answers what is left.
    """
    return await pack_scan(tx, shop_id, session_id, data.scan, data.quantity, data.lot)


@post("/shops/{shop_id:int}/pack-sessions/{session_id:int}/unpack", allow=PACKER, tags=["packing"])
async def post_unpack(
    tx: NamedDependency[Tx], shop_id: PathShop, session_id: PathId, data: JSONBody[UnpackIn]
) -> Station:
    """Take a piece out of the open parcel, back into a tote."""
    return await unpack(tx, shop_id, session_id, data.scan, data.quantity, tote=data.tote, lot=data.lot)


@get("/shops/{shop_id:int}/pack-sessions/{session_id:int}/pieces", allow=PACKER, tags=["packing"])
async def get_pieces(tx: NamedDependency[Tx], shop_id: PathShop, session_id: PathId) -> list[Piece]:
    """What of the order lies in which tote, by lot and serial number."""
    session = await session_row(tx, shop_id, session_id)
    return await pieces_in_totes(tx, shop_id, session.order_id)


@get("/shops/{shop_id:int}/pack-sessions/{session_id:int}/proposal", allow=PACKER, tags=["packing"])
async def get_proposal(tx: NamedDependency[Tx], shop_id: PathShop, session_id: PathId) -> Proposal:
    """Which cartons to take for what is left to pack."""
    return await propose_for_session(tx, shop_id, session_id)


@post("/shops/{shop_id:int}/parcels/{parcel_id:int}/close", allow=PACKER, tags=["packing"])
async def post_close(
    tx: NamedDependency[Tx],
    labels: NamedDependency[Labels],
    shop_id: PathShop,
    parcel_id: PathId,
    data: JSONBody[CloseIn],
) -> Closed:
    """Close with carton and weight. A weight that is off is refused and names what may be missing.

    With ``label`` the parcel's label is asked for at once: with a number of your own block it is ready with the answer.
    """
    closed = await close_parcel(
        tx,
        shop_id,
        parcel_id,
        carton=data.carton,
        weight_g=data.weight_g,
        inserts=data.inserts,
        overrule=data.overrule,
    )
    return await _labelled(tx, labels, closed) if data.label else closed


async def _labelled(tx: Tx, labels: Labels, closed: Closed) -> Closed:
    return msgspec.structs.replace(closed, label=await labels.ask(tx, closed.shop_id, closed.parcel_id))


@post("/pack-stations/{station_id:int}/parcels", allow=PACKER, tags=["packing"])
async def post_whole(
    tx: NamedDependency[Tx], labels: NamedDependency[Labels], station_id: PathId, data: JSONBody[WholeIn]
) -> Closed:
    """A whole parcel in one call, for packing machines and stations with software of their own: all its pieces as scanned,
    its carton and its weight. All or nothing; the same rules as scan by scan."""
    closed = await pack_whole(
        tx,
        station_id,
        data.scan,
        data.pieces,
        carton=data.carton,
        weight_g=data.weight_g,
        inserts=data.inserts,
        overrule=data.overrule,
    )
    return await _labelled(tx, labels, closed) if data.label else closed


@post("/shops/{shop_id:int}/parcels/{parcel_id:int}/reopen", allow=PACKER, tags=["packing"])
async def post_reopen(tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Station:
    """Open a closed parcel again; only while it has no label."""
    return await reopen_parcel(tx, shop_id, parcel_id)


@get(
    "/shops/{shop_id:int}/parcels/{parcel_id:int}/packing-slip",
    allow=PACKER,
    tags=["packing"],
    media_type="application/pdf",
)
async def get_slip(tx: NamedDependency[Tx], shop_id: PathShop, parcel_id: PathId) -> Response[bytes]:
    """The packing slip as PDF, in the buyer's language."""
    data = await slip_of_parcel(tx, shop_id, parcel_id)
    return Response(await asyncio.to_thread(packing_slip, data), media_type="application/pdf")


@get("/cartons", allow=PACKER, tags=["packing"])
async def get_cartons(tx: NamedDependency[Tx]) -> list[CartonRow]:
    """The cartons on the shelf, smallest first."""
    return await cartons(tx)


@post("/cartons", allow=ADMIN | {"supervisor"}, tags=["packing"])
async def post_carton(tx: NamedDependency[Tx], data: JSONBody[CartonIn]) -> CartonRow:
    """A new kind of carton."""
    await create_carton(tx, **msgspec.structs.asdict(data))
    return await carton_by_code(tx, data.code)


handlers: list[HTTPRouteHandler] = [
    post_session,
    get_session,
    get_pieces,
    post_parcel,
    post_scan,
    post_unpack,
    get_proposal,
    post_close,
    post_whole,
    post_reopen,
    get_slip,
    get_cartons,
    post_carton,
]
