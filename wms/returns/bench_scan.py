"""One scan, key or number at the returns bench: which box, which piece, what is it worth, what becomes of it."""

import re
from datetime import date

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.scan import Command, Scan, parse_scan
from wms.returns.bench_hand import (
    DISPOSITIONS,
    GRADES,
    REASONS_FOUND,
    Choice,
    Found,
    Hand,
    Undo,
    back,
    step_of,
    wants_reason,
)
from wms.returns.desk_queries import BenchReturn, bench_return
from wms.returns.errors import (
    BenchNotNow,
    DetailUnreadable,
    GoodsAmbiguous,
    LotNeeded,
    NothingInspected,
    NothingSaid,
)
from wms.returns.finish_inspection import finish_inspection
from wms.returns.inspect_item import Checked, Inspected, Look, identify, inspect_item
from wms.returns.queries import own_lines
from wms.returns.receive_return import open_return, receive_return
from wms.returns.receive_undelivered import receive_undelivered
from wms.returns.states import lock_return
from wms.returns.triage import Candidate, triage
from wms.returns.undo_inspection import undo_inspection

QUANTITY = re.compile(r"[0-9]{1,4}")
SURE = 95
"""A candidate's score from which it needs no choosing: the number of the return itself, or of its way back."""


class Turn(msgspec.Struct, frozen=True):
    """What came of a scan. ``said`` names it. ``candidates`` of the scan, where one is to be chosen.

    ``inspected``: a piece is done. ``look``: a return (shop, id) that is over and only looked at.
    """

    hand: Hand
    said: str = ""
    candidates: list[Candidate] = []
    refusal: Refusal | None = None
    inspected: Inspected | None = None
    look: tuple[int, int] | None = None


async def bench_scan(tx: Tx, warehouse_id: int, hand: Hand, raw: str, quantity: int | None = None) -> Turn:
    """Judges one scan by what is on the bench. Raises the refusals of returns."""
    read = parse_scan(raw) if hand.rma_id and not hand.done else None
    if read is None:
        return await _box(tx, warehouse_id, hand, raw)
    rma = await bench_return(tx, hand.shop_id, hand.rma_id)
    step = step_of(hand, rma.checklist)
    if read.command is Command.UNDO:
        if step == "goods":
            return await _undo(tx, hand)
        return Turn(back(hand, rma.checklist), "back")
    if read.command is Command.SKIP:
        return Turn(Hand(), "put-aside")
    n = choice_of(read)
    match step:
        case "finish":
            if read.command in (Command.OK, Command.DONE):
                return await _finish(tx, hand)
            return await _piece(tx, msgspec.structs.replace(hand, finishing=False), rma, read, quantity)
        case "goods":
            return await _piece(tx, hand, rma, read, quantity)
        case "which":
            if n is None or n > len(hand.choices):
                return await _piece(tx, hand.next_piece(), rma, read, quantity)
            return Turn(_chosen(hand, hand.choices[n - 1]), "goods")
        case "check":
            return _check(hand, rma, read, n)
        case "grade":
            if n is None or n > len(GRADES):
                raise NothingSaid
            return Turn(msgspec.structs.replace(hand, grade=GRADES[n - 1]), "grade")
        case "disposition":
            if n is None or n > len(DISPOSITIONS):
                raise NothingSaid
            hand = msgspec.structs.replace(hand, disposition=DISPOSITIONS[n - 1])
            return await _judged(tx, hand, rma)
        case "detail":
            return await _judged(tx, _detail(hand, read), rma)
        case _:
            return await _reason(tx, hand, rma, read, n)


async def _box(tx: Tx, warehouse_id: int, hand: Hand, raw: str) -> Turn:
    """Whose box is it? A sure candidate is taken at once, else one is chosen by its number."""
    try:
        read: Scan | None = parse_scan(raw)
    except Refusal:
        read = None  # triage has its own way with a courier's odd codes
    n = choice_of(read) if read is not None else None
    if n is not None and n <= len(hand.found):
        return await _take(tx, warehouse_id, hand.code, hand.found[n - 1])
    if read is not None and read.command in (Command.UNDO, Command.SKIP, Command.OK, Command.DONE):
        return Turn(Hand(), "back")
    if n is not None:
        raise BenchNotNow
    found = await triage(tx, raw)
    listed = [Found(c.next, c.shop_id, c.rma_id, c.order_id, c.parcel_id) for c in found.candidates[:9]]
    sure = [c for c in found.candidates if c.score >= SURE]
    if len(sure) == 1 and sure[0].next in ("receive", "inspect"):
        return await _take(tx, warehouse_id, found.code, listed[0])
    return Turn(Hand(code=found.code, found=listed), "candidates", found.candidates[:9])


async def _take(tx: Tx, warehouse_id: int, code: str, c: Found) -> Turn:
    if c.next == "look":
        assert c.rma_id is not None
        return Turn(Hand(), look=(c.shop_id, c.rma_id))
    if c.next == "inspect" and c.rma_id is not None:
        return Turn(Hand(shop_id=c.shop_id, rma_id=c.rma_id), "taken")
    if c.next == "receive" and c.rma_id is not None:
        got = await receive_return(tx, c.shop_id, c.rma_id, warehouse_id)
    elif c.next == "undelivered" and c.parcel_id is not None:
        got = await receive_undelivered(tx, warehouse_id, code, parcel=(c.shop_id, c.parcel_id))
    else:
        got = await open_return(tx, c.shop_id, warehouse_id, order_id=c.order_id)
    return Turn(Hand(shop_id=got.shop_id, rma_id=got.id), "received")


async def _piece(tx: Tx, hand: Hand, rma: BenchReturn, read: Scan, quantity: int | None) -> Turn:
    """The piece that is taken out of the box, a number of them, or the end of the box."""
    if read.command in (Command.DONE, Command.OK):
        if rma.open_units or not rma.inspections:
            return Turn(msgspec.structs.replace(hand, finishing=True), "finishing")
        return await _finish(tx, hand)
    if read.command is not None:
        raise BenchNotNow
    locked = await lock_return(tx, rma.shop_id, rma.id)
    own = await own_lines(tx, rma.shop_id, rma.id)
    look = Look(code=read.raw, grade="new", disposition="quarantine")
    if QUANTITY.fullmatch(read.code):
        known = await tx.value(
            """select 1 from barcode where shop_id = $1 and code = $2
               union all select 1 from sku where shop_id = $1 and code = $2 limit 1""",
            rma.shop_id,
            read.code,
        )
        if known is None:
            return Turn(msgspec.structs.replace(hand, quantity=int(read.code)), "quantity")
    try:
        goods = await identify(tx, locked, look, own)
    except GoodsAmbiguous as e:
        choices = msgspec.convert(e.values["choices"], list[Choice])[:9]
        hand = msgspec.structs.replace(
            hand, goods=read.raw, choices=choices, quantity=quantity or hand.quantity
        )
        return Turn(hand, refusal=e)
    hand = msgspec.structs.replace(
        hand, goods=read.raw, sku_id=goods.sku_id, quantity=quantity or hand.quantity or 1, finishing=False
    )
    return Turn(hand, "goods")


def _chosen(hand: Hand, c: Choice) -> Hand:
    return msgspec.structs.replace(
        hand, choices=[], sku_id=c.sku_id, lot=c.lot, serial=c.serial, expires_on=c.expires_on, goods="",
        quantity=hand.quantity or 1,
    )  # fmt: skip


def _check(hand: Hand, rma: BenchReturn, read: Scan, n: int | None) -> Turn:
    """A number says what is not right, or takes that back; OK: the rest is."""
    if read.command is Command.OK:
        return Turn(msgspec.structs.replace(hand, checked=True), "checked")
    if n is None or n > len(rma.checklist):
        raise NothingSaid
    failed = [x for x in hand.failed if x != n] if n in hand.failed else sorted([*hand.failed, n])
    return Turn(msgspec.structs.replace(hand, failed=failed), "check")


async def _judged(tx: Tx, hand: Hand, rma: BenchReturn) -> Turn:
    """Grade and disposition are said: ask why where the shop will ask, else write it down."""
    if wants_reason(hand) and not hand.reasoned:
        if hand.needs:
            return Turn(hand, "detail")
        return Turn(hand, "disposition")
    return await _record(tx, hand, rma)


async def _reason(tx: Tx, hand: Hand, rma: BenchReturn, read: Scan, n: int | None) -> Turn:
    """A number of the list, words of one's own, or OK for none."""
    if n is not None and n <= len(REASONS_FOUND):
        hand = msgspec.structs.replace(hand, reason=REASONS_FOUND[n - 1])
    elif read.command is None:
        if len(read.code) < 3:
            raise NothingSaid
        return Turn(msgspec.structs.replace(hand, note=read.raw.strip()[:1000]), "note")
    elif read.command is not Command.OK:
        raise BenchNotNow
    return await _record(tx, msgspec.structs.replace(hand, reasoned=True), rma)


async def _record(tx: Tx, hand: Hand, rma: BenchReturn) -> Turn:
    assert hand.grade is not None
    assert hand.disposition is not None
    by_code = bool(hand.goods)
    look = Look(
        code=hand.goods if by_code else None,
        sku_id=None if by_code else hand.sku_id,
        quantity=hand.quantity or 1,
        grade=hand.grade,
        disposition=hand.disposition,
        lot=hand.lot,
        serial=hand.serial,
        expires_on=hand.expires_on,
        reason=hand.reason,
        note=hand.note or None,
        checklist=[Checked(text=t, ok=i not in hand.failed) for i, t in enumerate(rma.checklist, 1)],
    )
    try:
        done = await inspect_item(tx, rma.shop_id, rma.id, look, hand.photos)
    except LotNeeded as e:  # nothing has moved; the question goes onto the screen
        return Turn(msgspec.structs.replace(hand, needs=e.values["needs"]), refusal=e)
    undo = Undo(done.ids, done.sku, msgspec.structs.replace(hand, undo=None))
    return Turn(msgspec.structs.replace(hand.next_piece(), undo=undo), "inspected", inspected=done)


async def _undo(tx: Tx, hand: Hand) -> Turn:
    """The piece inspected last is in hand again, one answer short of where it was."""
    if hand.undo is None:
        raise NothingInspected
    await undo_inspection(tx, hand.shop_id, hand.rma_id, hand.undo.ids)
    again = msgspec.structs.replace(hand.undo.said, disposition=None, reasoned=False, reason=None, note="")
    return Turn(again, "undone")


def _detail(hand: Hand, read: Scan) -> Hand:
    """What the label says: from a GS1 code all at once, else as typed, one after the other."""
    if read.command is not None:
        raise BenchNotNow
    given: dict[str, object] = {}
    for need in hand.needs:
        if need == "lot" and read.lot:
            given["lot"] = read.lot
        elif need == "serial number" and read.serial:
            given["serial"] = read.serial
        elif need == "expiry date" and read.expires_on:
            given["expires_on"] = read.expires_on
    if not given:
        first = hand.needs[0]
        if first == "expiry date":
            day = day_of(read.code)
            if day is None:
                raise DetailUnreadable(scanned=read.code[:60])
            given["expires_on"] = day
        else:
            given["lot" if first == "lot" else "serial"] = read.code[:60]
    words = {"lot": "lot", "serial": "serial number", "expires_on": "expiry date"}
    left = [n for n in hand.needs if n not in {words[k] for k in given}]
    return msgspec.structs.replace(hand, needs=left, **given)


def day_of(text: str) -> date | None:
    """``2027-03-31``, ``31.03.2027``, or ``270331`` as GS1 writes it."""
    try:
        if m := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
            return date(int(m[1]), int(m[2]), int(m[3]))
        if m := re.fullmatch(r"(\d{1,2})[./](\d{1,2})[./](\d{4})", text):
            return date(int(m[3]), int(m[2]), int(m[1]))
        if m := re.fullmatch(r"(\d{2})(\d{2})(\d{2})", text):
            return date(2000 + int(m[1]), int(m[2]), int(m[3]))
    except ValueError:
        return None
    return None


async def _finish(tx: Tx, hand: Hand) -> Turn:
    await finish_inspection(tx, hand.shop_id, hand.rma_id)
    return Turn(Hand(shop_id=hand.shop_id, rma_id=hand.rma_id, done=True), "finished")


def choice_of(read: Scan) -> int | None:
    """The number of a choice: its bar code, or its digit typed."""
    if read.command is not None:
        return read.command.choice
    return int(read.code) if len(read.code) == 1 and read.code in "123456789" else None
