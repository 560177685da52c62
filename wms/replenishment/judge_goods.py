"""Are the scanned goods the ones that the task fetches?"""

from collections.abc import Sequence

from wms.catalog.resolve import Goods, need_goods
from wms.db.tx import Tx
from wms.kernel.scan import Scan
from wms.replenishment.errors import (
    ReplenishExpired,
    ReplenishLotNeeded,
    ReplenishSomeoneElses,
    ReplenishWhich,
    ReplenishWrongItem,
    ReplenishWrongLot,
)
from wms.replenishment.screen import Task


async def judge_goods(tx: Tx, task: Task, scan: Scan, lot: str | None, serial: str | None) -> int:
    """How many pieces the scan stands for. ``lot`` and ``serial`` were entered beside a code that does not hold them.

    A source with one lot of the SKU needs no word about it. Raises ``UnknownGoods``, ``ReplenishSomeoneElses``,
    ``ReplenishWrongItem``, ``ReplenishExpired``, ``ReplenishLotNeeded``, ``ReplenishWrongLot``, ``ReplenishWhich``.
    """
    found = await need_goods(tx, scan)
    ours = [g for g in found if (g.shop_id, g.sku_id) == (task.shop_id, task.sku_id)]
    if not ours:
        raise await _other(tx, task, scan, found)
    if task.expires_on is not None and task.expires_on < tx.now.date():
        raise ReplenishExpired(sku=task.sku, expired=task.expires_on.isoformat())
    if task.tracked and task.lot_id:
        ours = _right_lot(task, ours, lot, serial)
    each = sorted({g.quantity_per_scan for g in ours})
    if len(each) > 1:
        raise ReplenishWhich(scanned=scan.code[:60], said=" / ".join(map(str, each)), choices=each)
    return each[0]


def _right_lot(task: Task, ours: list[Goods], lot: str | None, serial: str | None) -> list[Goods]:
    expected = task.serial or task.lot or (task.expires_on.isoformat() if task.expires_on else "?")

    def said(g: Goods) -> str | None:
        if task.serial is not None:
            return g.serial or serial
        if g.lot_code or lot:
            return g.lot_code or lot
        # goods that are kept by date alone have the date for a lot
        return g.expires_on.isoformat() if g.expires_on and task.lot == g.expires_on.isoformat() else None

    named = [g for g in ours if said(g)]
    if not named:
        dates = {g.expires_on for g in ours if g.expires_on}
        if dates and task.expires_on is not None and task.expires_on not in dates:
            raise ReplenishWrongLot(found=min(dates).isoformat(), expected=task.expires_on.isoformat())
        if len(task.lots_here) > 1 and not dates:
            raise ReplenishLotNeeded(sku=task.sku, expected=expected)
        return ours
    right = [g for g in named if said(g) == expected]
    if not right:
        raise ReplenishWrongLot(found=said(named[0]), expected=expected)
    return right


async def _other(
    tx: Tx, task: Task, scan: Scan, found: Sequence[Goods]
) -> ReplenishSomeoneElses | ReplenishWrongItem:
    expected = f"{task.sku} {task.name}"
    own = [g for g in found if g.shop_id == task.shop_id]
    if own:
        return ReplenishWrongItem(found=f"{own[0].sku_code} {own[0].name}", expected=expected)
    codes = await tx.value(
        "select string_agg(code, ', ' order by code) from shop where id = any($1::int[])",
        [g.shop_id for g in found],
    )
    return ReplenishSomeoneElses(scanned=scan.code[:60], others=codes, shop=task.shop, expected=expected)
