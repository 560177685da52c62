"""Handheld pages of returns: whose box is it, and what becomes of what is in it, by scans and numbered choices.

The rules of the bench are those of the desk (``bench_scan``); here they have a small screen. What belongs to nobody is
kept with a choice of notes and a picture, so that there is no dead end.
"""

from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Response

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.scan import Command, parse_scan
from wms.kernel.text import Text
from wms.returns import words as said_in
from wms.returns.add_photo import add_photo
from wms.returns.bench_hand import DISPOSITIONS, GRADES, MOST_PHOTOS, REASONS_FOUND, Hand, step_of
from wms.returns.bench_scan import Turn, bench_scan, choice_of
from wms.returns.desk_queries import bench_return, piece
from wms.returns.disposition import FOR_SALE, NEVER_OURS
from wms.returns.errors import BenchNotNow, EnoughPhotos, NothingSaid, ReturnOver
from wms.returns.handheld_queries import next_expected, on_bench, one_by_one
from wms.returns.handheld_words import AGAIN, ALREADY_DONE, INTO, KEPT, NO_PLACE, NOTES, SAID
from wms.returns.queries import get_return
from wms.returns.strays import keep_stray
from wms.returns.triage import triage
from wms.returns.words import WARNINGS, Disposition, Grade
from wms.web.access import floor
from wms.web.entrance import warehouse_of
from wms.web.hand import keep_hand, load_hand
from wms.web.html import Html, render
from wms.web.i18n import language
from wms.web.leave import leave
from wms.web.scanned import Scanned, scanned

BENCH = floor("inspector")
FLOW = "returns"
Asked = Request[Any, Any, Any]
MOST_BOXES = 4


class Held(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept between two scans. ``aside``: a thing out of the box, or the box, is being kept as unknown;
    ``note`` says why, once it is chosen."""

    hand: Hand = Hand()
    aside: bool = False
    note: int = 0

    @property
    def step(self) -> str:
        if self.note:
            return "stray_photo"
        return "stray" if self.aside else ""


Told = tuple[str, str, str] | None


@get("/floor/returns", allow=BENCH)
async def returns(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """What lies on the bench, as the inspector left it."""
    held = await load(tx)
    return await draw(request, tx, held, Turn(held.hand))


@post("/floor/returns", allow=BENCH, status_code=200)
async def returns_scan(request: Asked, tx: NamedDependency[Tx]) -> Response[Any]:
    """One scan. ``step`` is ``SHOP:RMA:STEP:LOOKS``, where ``LOOKS`` counts the inspections so far, and on the first
    screen ``0:0:scan:BOXES``, which are the returns that its numbers stand for."""
    said = await scanned(request)
    held = await load(tx)
    if (gone := await going(request, tx, said)) is not None:
        return gone
    if said.step and not await is_now(tx, held, said):
        return await draw(request, tx, held, Turn(held.hand), info(request, ALREADY_DONE))
    warehouse_id = await warehouse_of(request, tx)
    if held.aside or (step_of(held.hand, ()) == "unknown" and not held.hand.rma_id):
        if (kept := await stray(request, tx, warehouse_id, held, said)) is not None:
            return kept
        held = msgspec.structs.replace(held, aside=False, note=0)
    if (other := await own_ways(request, tx, warehouse_id, held, said)) is not None:
        return other
    hand = held.hand
    if said.quantity and hand.sku_id:
        hand = msgspec.structs.replace(hand, quantity=said.quantity)
    turn = await bench_scan(tx, warehouse_id, hand, said.raw, said.quantity)
    if turn.look is not None:
        return await look(request, tx, *turn.look)
    return await draw(request, tx, await keep(tx, Held(turn.hand)), turn)


@post("/floor/returns/photo", allow=BENCH, status_code=200)
async def returns_photo(request: Asked, tx: NamedDependency[Tx]) -> Html:
    """A picture (JPEG, PNG or WebP) of the piece in hand, or of what is kept as unknown, which it completes."""
    held = await load(tx)
    content = await request.body()
    if held.note:
        return await keep_unknown(request, tx, await warehouse_of(request, tx), held, content)
    hand = held.hand
    if not hand.rma_id or hand.done:
        raise BenchNotNow
    if len(hand.photos) >= MOST_PHOTOS:
        raise EnoughPhotos(most=MOST_PHOTOS)
    photo_id = await add_photo(tx, hand.shop_id, hand.rma_id, content)
    held = Held(msgspec.structs.replace(hand, photos=[*hand.photos, photo_id]))
    return await draw(request, tx, await keep(tx, held), Turn(held.hand, "photo"))


async def going(request: Asked, tx: Tx, said: Scanned) -> Response[Any] | None:
    """The way home, off, or to another person; a courier's odd code is none of these."""
    try:
        read = said.scan
    except Refusal:
        return None
    return await leave(request, tx, read)


async def is_now(tx: Tx, held: Held, said: Scanned) -> bool:
    """Whether the scan was made for the screen that is shown now."""
    hand = held.hand
    if (said.number(0), said.number(1)) != (hand.shop_id, hand.rma_id):
        return False
    if not hand.rma_id:
        return said.part(2) == (held.step or step_of(hand, ()))
    r = await bench_return(tx, hand.shop_id, hand.rma_id)
    step = held.step or step_of(hand, r.checklist)
    return said.part(2) == step and said.number(3) == r.inspections


async def own_ways(request: Asked, tx: Tx, warehouse_id: int, held: Held, said: Scanned) -> Html | None:
    """What only the handheld knows: a box of the list by its number, the same piece again, a thing put aside."""
    hand = held.hand
    try:
        read = parse_scan(said.raw)
    except Refusal:
        return None
    n = choice_of(read) if read.command is not None else None
    if not hand.rma_id and not hand.found and not hand.code and n is not None:
        boxes = [b.split(".") for b in (said.part(3) or "").split(",") if b]
        if n > len(boxes) or not all(x.isdigit() and len(x) < 16 for x in boxes[n - 1]):
            raise BenchNotNow
        shop_id, rma_id = (int(x) for x in boxes[n - 1][:2])
        await bench_return(tx, shop_id, rma_id)
        taken = Held(Hand(shop_id=shop_id, rma_id=rma_id))
        return await draw(request, tx, await keep(tx, taken), Turn(taken.hand, "taken"))
    if hand.found and not hand.rma_id and read.command is Command.SKIP:
        none = Held(msgspec.structs.replace(hand, found=[]))
        return await draw(request, tx, await keep(tx, none), Turn(none.hand, "aside"))
    if not hand.rma_id or hand.done:
        return None
    step = step_of(hand, (await bench_return(tx, hand.shop_id, hand.rma_id)).checklist)
    if step == "goods" and read.command is Command.DAMAGED:
        aside = msgspec.structs.replace(held, aside=True)
        return await draw(request, tx, await keep(tx, aside), Turn(hand, "aside"))
    if step in ("check", "grade") and read.command is None and said.raw == hand.goods:
        if await one_by_one(tx, hand.shop_id, hand.sku_id):
            raise NothingSaid
        more = Held(msgspec.structs.replace(hand, quantity=hand.quantity + (said.quantity or 1)))
        return await draw(request, tx, await keep(tx, more), Turn(more.hand, "goods"))
    return None


async def stray(request: Asked, tx: Tx, warehouse_id: int, held: Held, said: Scanned) -> Html | None:
    """The choice of a note, then a picture or OK without one. None: the scan is none of these, but another code."""
    try:
        read = parse_scan(said.raw)
    except Refusal:
        return None
    if read.command is None:
        return None
    if read.command is Command.UNDO:
        back = (
            Held(held.hand, aside=held.aside)
            if held.note
            else Held(held.hand if held.hand.rma_id else Hand())
        )
        return await draw(request, tx, await keep(tx, back), Turn(back.hand, "back"))
    if held.note and read.command in (Command.OK, Command.DONE):
        return await keep_unknown(request, tx, warehouse_id, held, None)
    n = read.command.choice
    if held.note or n is None or n > len(NOTES):
        raise NothingSaid
    chosen = msgspec.structs.replace(held, note=n)
    return await draw(request, tx, await keep(tx, chosen), Turn(chosen.hand, "note"))


async def keep_unknown(request: Asked, tx: Tx, warehouse_id: int, held: Held, photo: bytes | None) -> Html:
    lang, hand = language(request), held.hand
    code = hand.code or None
    if hand.rma_id:
        code = f"R-{(await bench_return(tx, hand.shop_id, hand.rma_id)).number}"
    kept = await keep_stray(tx, warehouse_id, NOTES[held.note - 1].in_(lang), code=code, photo=photo)
    after = Held(hand if hand.rma_id else Hand())
    told = ("ok", KEPT.in_(lang, no=kept.id), "stray-kept")
    return await draw(request, tx, await keep(tx, after), Turn(after.hand), told)


async def look(request: Asked, tx: Tx, shop_id: int, rma_id: int) -> Html:
    """A return that was inspected: one more item may lie at the bottom of its box. Raises ``ReturnOver``."""
    r = await bench_return(tx, shop_id, rma_id)
    if r.state not in ("inspected", "awaiting_shop"):
        raise ReturnOver(number=r.number)
    held = Held(Hand(shop_id=shop_id, rma_id=rma_id))
    told = ("warn", AGAIN.in_(language(request), number=r.number), "return-again")
    return await draw(request, tx, await keep(tx, held), Turn(held.hand), told)


async def load(tx: Tx) -> Held:
    return msgspec.convert(await load_hand(tx, FLOW), Held)


async def keep(tx: Tx, held: Held) -> Held:
    await keep_hand(tx, FLOW, msgspec.to_builtins(held))
    return held


def info(request: Asked, text: Text) -> Told:
    return "info", text.in_(language(request)), "already-done"


def told_of(request: Asked, turn: Turn) -> Told:
    """What the bar above the screen says about the scan."""
    lang = language(request)
    if turn.refusal is not None:
        return turn.refusal.tone, turn.refusal.say(lang), turn.refusal.code
    if (done := turn.inspected) is not None:
        text = INTO if done.put_into else NO_PLACE
        sentence = text.in_(lang, quantity=done.quantity, sku=done.sku, place=done.put_into)
        if done.warnings:
            return "warn", " ".join([sentence + ".", *(WARNINGS[w].in_(lang) for w in done.warnings)]), ""
        return "ok", sentence, ""
    name = "unknown" if turn.said == "candidates" and not turn.hand.found else turn.said
    tone = "warn" if name in ("unknown", "finishing", "aside", "undone") else "ok"
    return (tone, SAID[name].in_(lang), name) if name in SAID else None


async def draw(request: Asked, tx: Tx, held: Held, turn: Turn, told: Told = None) -> Html:
    """The screen for what is kept."""
    hand, warehouse_id = held.hand, await warehouse_of(request, tx)
    values: dict[str, Any] = {
        "held": held, "hand": hand, "w": said_in, "notes": NOTES, "most": MOST_PHOTOS,
        "told": told or told_of(request, turn),
    }  # fmt: skip
    if not hand.rma_id:
        step = held.step or step_of(hand, ())
        values |= {"step": step, "shop_id": 0, "rma_id": 0, "looks": ""}
        if step in ("unknown", "stray", "stray_photo"):
            return render(request, "returns/floor_stray.html", r=None, **values)
        if step == "choose":
            found = turn.candidates or (await triage(tx, hand.code)).candidates
            keyed = {(c.next, c.shop_id, c.rma_id, c.order_id, c.parcel_id): c for c in found}
            rows = [keyed.get((f.next, f.shop_id, f.rma_id, f.order_id, f.parcel_id)) for f in hand.found]
            return render(request, "returns/floor_choose.html", rows=rows, **values)
        boxes, want = await on_bench(tx, warehouse_id, MOST_BOXES), await next_expected(tx, warehouse_id)
        values["looks"] = ",".join(f"{b.shop_id}.{b.id}" for b in boxes)
        return render(request, "returns/floor_scan.html", boxes=boxes, want=want, **values)
    r = await bench_return(tx, hand.shop_id, hand.rma_id)
    step = held.step or step_of(hand, r.checklist)
    values |= {"r": r, "step": step, "shop_id": r.shop_id, "rma_id": r.id, "looks": r.inspections}
    if step in ("stray", "stray_photo"):
        return render(request, "returns/floor_stray.html", **values)
    if step == "advice":
        full, want = await get_return(tx, r.shop_id, r.id), await next_expected(tx, warehouse_id)
        return render(request, "returns/floor_summary.html", full=full, want=want, **values)
    if step in ("goods", "finish"):
        return render(request, "returns/floor_box.html", **values)
    item = await piece(tx, hand.shop_id, hand.sku_id) if hand.sku_id else None
    may = may_become(hand.grade)
    return render(
        request, "returns/floor_piece.html", item=item, grades=[said_in.GRADES[g] for g in GRADES],
        dispositions=[(said_in.DISPOSITIONS[d], d in may) for d in DISPOSITIONS],
        reasons=[said_in.REASONS[x] for x in REASONS_FOUND], **values,
    )  # fmt: skip


def may_become(grade: Grade | None) -> frozenset[Disposition]:
    """What such goods may become; the use case has the last word."""
    if grade == "not_ours":
        return NEVER_OURS
    return frozenset(DISPOSITIONS) if grade in FOR_SALE else frozenset(DISPOSITIONS) - {"restock"}


handlers: list[HTTPRouteHandler] = [returns, returns_scan, returns_photo]
