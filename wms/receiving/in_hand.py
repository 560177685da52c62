"""What a receiver has in hand between two scans, and how a scan of goods goes on with it."""

from datetime import date
from typing import Any

import msgspec

from wms.catalog.resolve import resolve_goods
from wms.db.tx import Tx
from wms.kernel.scan import Scan
from wms.receiving.deliveries import latest_note
from wms.receiving.errors import ExpiryNeeded, LotNeeded, SerialNeeded
from wms.receiving.identify_goods import Told
from wms.receiving.receive_scan import Received, receive_scan
from wms.receiving.undo_scan import moment
from wms.web.typed import read_day

FLOW = "receive"
UNDOABLE = 20
"""Scans that can be taken back, the latest first."""


class HeldUnit(msgspec.Struct, frozen=True):
    """The pallet, carton or tote that goods are put on."""

    id: int
    code: str
    kind: str


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """A scan that waits for what its code does not say. ``field`` is asked for; ``lot`` ... are known so far."""

    raw: str
    field: str
    sku: str
    quantity: int | None = None
    damaged: bool = False
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None


class InHand(msgspec.Struct, frozen=True, kw_only=True):
    """Kept by the server for this sign-in. ``last_raw`` was scanned last, with the lot that was typed for it, which
    counts on while the same code is scanned again. ``moments`` are the scans that can be taken back. ``note``: a
    discrepancy that may get a photo."""

    shop_id: int
    receipt_id: int
    unit: HeldUnit | None = None
    last: Received | None = None
    last_raw: str = ""
    typed_lot: str | None = None
    typed_day: date | None = None
    moments: list[str] = []
    damaged: bool = False
    need: Needed | None = None
    note: int | None = None
    closing: bool = False


def read_hand(data: dict[str, Any]) -> InHand | None:
    """The hand out of its kept JSON; None where nothing, or something of an older release, is in it."""
    try:
        return msgspec.convert(data, InHand) if "receipt_id" in data else None
    except msgspec.ValidationError:
        return None


async def take_goods(tx: Tx, hand: InHand, read: Scan, quantity: int | None) -> InHand:
    """Counts the goods of one scan, as damaged where that was said before it."""
    again = read.raw == hand.last_raw
    asked = Needed(
        raw=read.raw, field="", sku="", quantity=quantity, damaged=hand.damaged,
        lot=hand.typed_lot if again else None, expires_on=hand.typed_day if again else None,
    )  # fmt: skip
    return await _count(tx, hand, asked)


async def answer_need(tx: Tx, hand: InHand, need: Needed, read: Scan) -> InHand:
    """What was asked for: a symbol that says it, or the plain text of a lot, a date or a serial number, as scanned or
    typed. Other goods put what was asked for aside."""
    if await resolve_goods(tx, read, hand.shop_id):
        quantity = need.quantity if read.raw == need.raw else None
        return await take_goods(tx, msgspec.structs.replace(hand, need=None), read, quantity)
    said = {"lot": read.lot, "expires_on": read.expires_on, "serial": read.serial}
    if not any(said.values()):
        plain = read.code[:40]
        said = {need.field: read_day(plain) if need.field == "expires_on" else plain}
    return await _count(
        tx,
        hand,
        msgspec.convert({**msgspec.structs.asdict(need), **{k: v for k, v in said.items() if v}}, Needed),
    )


async def _count(tx: Tx, hand: InHand, asked: Needed) -> InHand:
    told = Told(
        quantity=asked.quantity, damaged=asked.damaged, lot=asked.lot, expires_on=asked.expires_on, serial=asked.serial,
        hu_id=hand.unit.id if hand.unit else None,
    )  # fmt: skip
    try:
        done = await receive_scan(tx, hand.shop_id, hand.receipt_id, asked.raw, told)
    except (LotNeeded, ExpiryNeeded, SerialNeeded) as e:  # nothing is written yet: ask, and count then
        field = (e.pointer or "").lstrip("/")
        need = msgspec.structs.replace(asked, field=field, sku=e.values["sku"])
        return msgspec.structs.replace(hand, need=need, note=None, closing=False)
    at = (await moment(tx)).isoformat()
    noted = await latest_note(tx, hand.shop_id, hand.receipt_id) if done.discrepancies else None
    return msgspec.structs.replace(
        hand, last=done, last_raw=asked.raw, typed_lot=asked.lot, typed_day=asked.expires_on,
        moments=[at, *hand.moments][:UNDOABLE], damaged=False, need=None, note=noted, closing=False,
    )  # fmt: skip
