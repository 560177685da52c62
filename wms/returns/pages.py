"""The returns bench on a desk's screen: scans, digits and a camera; nothing needs a mouse."""

import json
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.events.documents import get_document
from wms.kernel.refusals import NotFound
from wms.returns import words as said_in
from wms.returns.add_photo import add_photo
from wms.returns.bench_hand import DISPOSITIONS, GRADES, MOST_PHOTOS, REASONS_FOUND, Hand, step_of
from wms.returns.bench_scan import Turn, bench_scan
from wms.returns.desk_queries import bench_return, piece
from wms.returns.disposition import FOR_SALE, NEVER_OURS
from wms.returns.errors import BenchNotNow, EnoughPhotos
from wms.returns.queries import get_return
from wms.returns.words import Disposition, Grade
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import keep_hand, load_hand
from wms.web.html import Html, go, render
from wms.web.i18n import language
from wms.web.pages import PathId, PathShop
from wms.web.scanned import scanned

BENCH = floor("inspector")
LOOK = floor("inspector", "care")
FLOW = "returns-bench"
Asked = Request[Any, Any, Any]


def may_become(grade: Grade | None) -> frozenset[Disposition]:
    """What such goods may become; the use case has the last word."""
    if grade == "not_ours":
        return NEVER_OURS
    return frozenset(DISPOSITIONS) if grade in FOR_SALE else frozenset(DISPOSITIONS) - {"restock"}


async def load(tx: Tx) -> Hand:
    return msgspec.convert(await load_hand(tx, FLOW), Hand)


async def keep(tx: Tx, hand: Hand) -> None:
    await keep_hand(tx, FLOW, json.loads(msgspec.json.encode(hand)))


@get("/desk/returns", allow=BENCH)
async def bench(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """What lies on the bench, as the inspector left it."""
    hand = await load(tx)
    if hand.code:  # candidates are shown once, with the scan that found them
        hand = Hand()
    return await bench_page(request, tx, Turn(hand))


@post("/desk/returns", allow=BENCH, status_code=200)
async def bench_post(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """One scan, digit or command. ``step`` is ``SHOP:RMA:STEP``."""
    said = await scanned(request)
    hand = await load(tx)
    if said.step and (said.number(0), said.number(1)) != (hand.shop_id, hand.rma_id):
        return await bench_page(request, tx, Turn(hand, "passed"))
    turn = await bench_scan(tx, await warehouse_of(request, tx), hand, said.raw, said.quantity)
    await keep(tx, turn.hand)
    if turn.look is not None:
        return go(request, f"/desk/returns/{turn.look[0]}/{turn.look[1]}")
    return await bench_page(request, tx, turn)


@post("/desk/returns/open/{shop_id:int}/{rma_id:int}", allow=BENCH, status_code=200)
async def to_bench(
    request: Asked, tx: NamedDependency[Tx], shop_id: PathShop, rma_id: PathId
) -> Response[Any]:
    """Puts a return onto the bench from its page: one more item lay at the bottom of the box."""
    found = await bench_return(tx, shop_id, rma_id)
    await keep(tx, Hand(shop_id=shop_id, rma_id=found.id))
    return go(request, "/desk/returns")


@post("/desk/returns/photos", allow=BENCH, status_code=200, request_max_body_size=12_000_000)
async def photo_post(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """A picture of the piece on the bench; four at most. Answers the screen."""
    hand = await load(tx)
    if not hand.rma_id or hand.done:
        raise BenchNotNow
    if len(hand.photos) >= MOST_PHOTOS:
        raise EnoughPhotos(most=MOST_PHOTOS)
    taken = (await request.form()).get("photo")
    content = await taken.read() if isinstance(taken, UploadFile) else b""
    photo_id = await add_photo(tx, hand.shop_id, hand.rma_id, content)
    hand = msgspec.structs.replace(hand, photos=[*hand.photos, photo_id])
    await keep(tx, hand)
    return await bench_page(request, tx, Turn(hand, "photo"))


@get("/desk/returns/photo/{shop_id:int}/{document_id:int}", allow=LOOK)
async def photo(tx: NamedDependency[Tx], shop_id: PathShop, document_id: PathId) -> Response[bytes]:
    """A kept picture of a return."""
    found = await get_document(tx, shop_id, document_id)
    if (found.kind, found.subject) != ("photo", "return"):
        raise NotFound(what="photo", ref=document_id)
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, max-age=86400"}
    return Response(found.content, media_type="image/jpeg", headers=headers)


async def bench_page(request: Asked, tx: Tx, turn: Turn) -> Html:
    hand = turn.hand
    values: dict[str, Any] = {
        "hand": hand, "turn": turn, "w": said_in, "most": MOST_PHOTOS,
        "refusal": turn.refusal.say(language(request)) if turn.refusal else "",
        "may": [d in may_become(hand.grade) for d in DISPOSITIONS],
        "grades": [said_in.GRADES[g] for g in GRADES], "dispositions": [said_in.DISPOSITIONS[d] for d in DISPOSITIONS],
        "reasons": [said_in.REASONS[r] for r in REASONS_FOUND],
    }  # fmt: skip
    if not hand.rma_id:
        return render(request, "returns/desk_scan.html", step=step_of(hand, ()), **values)
    r = await bench_return(tx, hand.shop_id, hand.rma_id)
    values |= {"r": r, "step": step_of(hand, r.checklist)}
    if hand.done:
        found = await get_return(tx, hand.shop_id, hand.rma_id)
        return render(request, "returns/desk_advice.html", full=found, **values)
    values["item"] = await piece(tx, hand.shop_id, hand.sku_id) if hand.sku_id else None
    return render(request, "returns/desk_bench.html", **values)


handlers: list[HTTPRouteHandler] = [bench, bench_post, to_bench, photo_post, photo]
