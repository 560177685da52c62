"""Which of the goods at a place a scan means."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

from wms.catalog.resolve import Goods
from wms.locations.queries import Place
from wms.putaway.errors import NothingHere, WhichGoods
from wms.putaway.queries import Waiting
from wms.stock.ledger import Status

W = TypeVar("W", bound=Waiting)


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker chooses where a scan alone could mean several goods at the place."""

    shop_id: int | None = None
    lot: str | None = None
    serial: str | None = None
    status: Status | None = None


def pick_one(
    here: Sequence[W], found: Sequence[Goods], which: Which, target: Place, scanned: str, source: str
) -> tuple[W, int]:
    """The one kind of goods at the place that the scan means, and how many pieces one scan stands for.

    Loose goods come before the same goods in a unit. Raises ``NothingHere``, ``WhichGoods``.
    """
    if not here:
        raise NothingHere(scanned=scanned, place=source)
    fits = [
        (w, g.quantity_per_scan)
        for w in here
        for g in found
        if (w.shop_id, w.sku_id) == (g.shop_id, g.sku_id)
        and ((which.lot or g.lot_code) in (None, w.lot))
        and ((which.serial or g.serial) in (None, w.serial))
        and which.status in (None, w.status)
    ]
    if not fits:
        raise NothingHere(scanned=scanned, place=source)
    if len({w.balance_id for w, _ in fits}) > 1 and which.status is None:
        # the destination tells sound goods from the rest
        suited = [f for f in fits if (f[0].status == "sellable") == (target.kind != "quarantine")]
        fits = suited or fits
    if len({w.hu_id for w, _ in fits}) > 1:
        fits = [f for f in fits if f[0].hu_id == 0] or fits
    if len({(w.balance_id, each) for w, each in fits}) > 1:
        choices = sorted({_shown(w, each) for w, each in fits})
        raise WhichGoods(scanned=scanned, said="; ".join(choices), choices=choices)
    return fits[0]


def _shown(w: Waiting, each: int) -> str:
    parts = [w.shop, w.sku, f"× {each}" if each > 1 else None, w.unit, w.lot, w.serial]
    return " ".join([p for p in parts if p] + ([w.status] if w.status != "sellable" else []))
