"""What somebody who carries goods has in hand between two scans, and which goods a scan means."""

from collections.abc import Sequence
from typing import Any

import msgspec

from wms.catalog.resolve import Goods, need_goods
from wms.db.tx import Tx
from wms.kernel.scan import Scan
from wms.putaway.carry import Becomes
from wms.putaway.errors import ChooseOne, HandsFull, NothingHere
from wms.putaway.queries import Waiting

MOST = 9
"""Choices that have a number."""


class HeldGoods(msgspec.Struct, frozen=True):
    """``pieces`` taken from one balance; ``raw`` is the scan that they were taken by."""

    shop_id: int
    balance_id: int
    pieces: int
    raw: str


class HeldUnit(msgspec.Struct, frozen=True):
    id: int
    code: str


class Choice(msgspec.Struct, frozen=True):
    """One of several goods that a scan can mean; ``each`` pieces per scan."""

    shop_id: int
    balance_id: int
    each: int
    label: str


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """Kept by the server for this sign-in. ``place_id`` is where goods are taken from (free moves), ``unit`` the unit
    that they are in, or that is carried whole. ``choices`` are asked about for ``asked`` times ``raw``. ``undo`` is the
    last move that was finished."""

    place_id: int | None = None
    place: str | None = None
    unit: HeldUnit | None = None
    goods: HeldGoods | None = None
    choices: list[Choice] = []
    raw: str = ""
    asked: int = 1
    becomes: Becomes | None = None
    undo: int | None = None


def read_held(data: dict[str, Any]) -> Held:
    """The hand out of its kept JSON; empty where something of an older release is in it."""
    try:
        return msgspec.convert(data, Held)
    except msgspec.ValidationError:
        return Held()


async def find_goods(tx: Tx, read: Scan) -> tuple[list[Goods], list[tuple[int, int]]]:
    """What the scan may mean, and each ``(shop_id, sku_id)`` of it. Raises ``UnknownGoods``."""
    found = await need_goods(tx, read)
    return found, sorted({(g.shop_id, g.sku_id) for g in found})


def take(
    held: Held, read: Scan, found: Sequence[Goods], here: Sequence[Waiting], quantity: int | None
) -> Held:
    """The goods of the scan in hand, ``quantity`` scanned things more of them; or the choices where it can mean several.

    Loose goods come before the same goods in a unit. Raises ``NothingHere``, ``HandsFull`` for other goods than those in
    hand.
    """
    fits = [
        (w, g.quantity_per_scan)
        for w in here
        for g in found
        if (w.shop_id, w.sku_id) == (g.shop_id, g.sku_id)
        and g.lot_code in (None, w.lot)
        and g.serial in (None, w.serial)
    ]
    if not fits:
        raise NothingHere(scanned=read.code[:60], place=held.unit.code if held.unit else held.place or "–")
    if held.goods is not None:
        same = [
            f for f in fits if (f[0].shop_id, f[0].balance_id) == (held.goods.shop_id, held.goods.balance_id)
        ]
        if not same:
            raise HandsFull(scanned=read.code[:60])
        each = next((e for _, e in same), 1)
        more = held.goods.pieces + _pieces(read, each, quantity)
        return msgspec.structs.replace(held, goods=msgspec.structs.replace(held.goods, pieces=more))
    if any(w.hu_id == 0 for w, _ in fits):
        fits = [f for f in fits if f[0].hu_id == 0]
    alike = {(w.shop_id, w.sku_id, w.lot_id, w.status, w.hu_id, each) for w, each in fits}
    if len(alike) > 1:
        choices = [Choice(w.shop_id, w.balance_id, each, describe(w, each)) for w, each in fits[:MOST]]
        return msgspec.structs.replace(held, choices=choices, raw=read.raw, asked=quantity or 1)
    w, each = fits[0]
    goods = HeldGoods(w.shop_id, w.balance_id, _pieces(read, each, quantity), read.raw)
    return msgspec.structs.replace(held, goods=goods)


def choose(held: Held, n: int | None, scanned: str) -> Held:
    """Choice ``n`` from 1 is in hand. Raises ``ChooseOne``."""
    if n is None or not 0 < n <= len(held.choices):
        raise ChooseOne(scanned=scanned)
    c = held.choices[n - 1]
    goods = HeldGoods(c.shop_id, c.balance_id, c.each * held.asked, held.raw)
    return msgspec.structs.replace(held, goods=goods, choices=[], raw="", asked=1)


def _pieces(read: Scan, each: int, quantity: int | None) -> int:
    return each if quantity is None else quantity * each // (read.count or 1)


def describe(w: Waiting, each: int) -> str:
    """One kind of goods in a line: what tells it from the others at the place."""
    parts = [w.sku, f"× {each}" if each > 1 else None, w.lot or w.serial, w.unit, w.shop]
    return " · ".join(p for p in parts if p) + (f" · {w.status}" if w.status != "sellable" else "")
