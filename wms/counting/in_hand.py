"""What a counter has in hand between two scans. What the system expects is not among it."""

from datetime import date
from typing import Any

import msgspec

from wms.catalog.resolve import Goods, need_goods
from wms.counting.errors import CountLotNeeded, CountWhich
from wms.counting.submit_line import CountedAs, Submitted, submit_line
from wms.db.tx import Tx
from wms.kernel.scan import Scan, parse_scan
from wms.stock.ledger import Status
from wms.web.typed import DayUnreadable, read_day

FLOW = "count"
UNDOABLE = 20
MOST = 9


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A scan with what was said beside it. ``field`` is what it still lacks: lot, expires_on or serial."""

    raw: str
    quantity: int
    shop_id: int | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    status: Status = "sellable"
    field: str = ""
    sku: str = ""

    @property
    def told(self) -> CountedAs:
        return CountedAs(
            shop_id=self.shop_id,
            lot=self.lot,
            expires_on=self.expires_on,
            serial=self.serial,
            status=self.status,
        )


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """One of several goods that a scan can be."""

    label: str
    shop_id: int
    lot: str | None
    expires_on: date | None
    serial: str | None


class Step(msgspec.Struct, frozen=True):
    """A counted scan that can be taken back: ``before`` pieces were counted then."""

    asked: Asked
    before: int


class Counting(msgspec.Struct, frozen=True, kw_only=True):
    """``started``: the label of the place was scanned. ``last`` is what was counted last; ``empty``: it was asked whether
    nothing at all is there. ``damaged``: what is scanned now is not for sale."""

    task_id: int
    place: str
    started: bool = False
    last: Submitted | None = None
    steps: list[Step] = []
    need: Asked | None = None
    choices: list[Choice] = []
    which: Asked | None = None
    damaged: bool = False
    empty: bool = False


def read_counting(data: dict[str, Any]) -> Counting | None:
    """The hand out of its kept JSON; None where nothing, or something of an older release, is in it."""
    try:
        return msgspec.convert(data, Counting) if "task_id" in data else None
    except msgspec.ValidationError:
        return None


async def count_goods(tx: Tx, hand: Counting, read: Scan, quantity: int | None) -> Counting:
    """Counts one scan: a piece, or ``quantity`` of them. The lot that was typed for this code a moment ago counts on."""
    before = hand.steps[0].asked if hand.steps and hand.steps[0].asked.raw == read.raw else None
    asked = Asked(
        raw=read.raw,
        quantity=1 if quantity is None else quantity,
        status="damaged" if hand.damaged else "sellable",
    )
    if before is not None and not before.serial:
        asked = msgspec.structs.replace(
            asked, shop_id=before.shop_id, lot=before.lot, expires_on=before.expires_on
        )
    return await submit(tx, hand, asked)


async def answer(tx: Tx, hand: Counting, need: Asked, read: Scan) -> Counting:
    """What the scan lacked, from a symbol or as plain text, scanned or typed. Other goods put it aside."""
    said: dict[str, Any] = {"lot": read.lot, "expires_on": read.expires_on, "serial": read.serial}
    if read.gtin is not None and any(said.values()):
        return await count_goods(tx, msgspec.structs.replace(hand, need=None), read, None)
    if not any(said.values()):
        said = _plain(need.field, read.code[:40])
    told = {k: v for k, v in said.items() if v}
    return await submit(tx, hand, msgspec.structs.replace(need, **told))


def _plain(field: str, text: str) -> dict[str, Any]:
    """A lot that is printed as a date is one: goods that are kept by date alone have no other."""
    if field == "expires_on":
        return {field: read_day(text)}
    if field == "lot" and not text.isalnum():
        try:
            return {"expires_on": read_day(text)}
        except DayUnreadable:
            pass
    return {field: text}


async def submit(tx: Tx, hand: Counting, asked: Asked) -> Counting:
    """Counts, or asks first for what is missing or for which of several goods it is."""
    idle = msgspec.structs.replace(hand, need=None, choices=[], which=None, empty=False)
    try:
        done = await submit_line(tx, hand.task_id, asked.raw, asked.quantity, asked.told, more=True)
    except CountLotNeeded as e:  # nothing is written yet
        found = [
            g
            for g in await need_goods(tx, parse_scan(asked.raw), asked.shop_id)
            if g.sku_code == e.values["sku"]
        ]
        need = msgspec.structs.replace(asked, field=_lacks(asked, found, e.pointer), sku=e.values["sku"])
        return msgspec.structs.replace(idle, need=need)
    except CountWhich:
        found = await need_goods(tx, parse_scan(asked.raw), asked.shop_id)
        choices = [
            Choice(
                label=" · ".join(p for p in (g.sku_code, g.name, g.lot_code, g.serial) if p), shop_id=g.shop_id,
                lot=g.lot_code, expires_on=g.expires_on, serial=g.serial,
            )
            for g in found[:MOST]
        ]  # fmt: skip
        return msgspec.structs.replace(idle, choices=choices, which=asked)
    step = Step(msgspec.structs.replace(asked, field="", sku=""), max(done.counted - asked.quantity, 0))
    return msgspec.structs.replace(idle, last=done, steps=[step, *hand.steps][:UNDOABLE], damaged=False)


def _lacks(asked: Asked, found: list[Goods], pointer: str | None) -> str:
    if pointer == "/expires_on":
        return "expires_on"
    goods = found[0] if found else None
    if goods is not None and goods.serial_tracked and not (asked.serial or goods.serial):
        return "serial"
    return "lot"


async def take_back(tx: Tx, hand: Counting) -> Counting:
    """The number of the scan before stands again."""
    step = hand.steps[0]
    done = await submit_line(tx, hand.task_id, step.asked.raw, step.before, step.asked.told)
    return msgspec.structs.replace(
        hand, last=done if step.before else None, steps=hand.steps[1:], empty=False
    )
