"""From a scan to the goods that it may mean."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from wms.catalog.errors import UnknownGoods
from wms.db.tx import Tx
from wms.kernel.gs1 import Reading
from wms.kernel.scan import Scan


class Goods(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a scan may mean.

    ``quantity_per_scan``: units that one scan stands for, a case or an AI 30/37 counted. ``lot_code`` and ``expires_on``
    are what the code says, and None for a SKU that keeps no lots; ``serial`` likewise.
    """

    shop_id: int
    sku_id: int
    sku_code: str
    name: str
    quantity_per_scan: int
    lot_code: str | None
    expires_on: date | None
    serial: str | None
    lot_policy: str
    serial_tracked: bool
    kit: bool
    active: bool


# The parameters are read through sub-selects, so that one plan serves all scans: to plan takes seven times as long as
# to find.
FIND = """
with asked as (select $3::int as shop_id offset 0), hit as (
  select g.gtin as said, b.shop_id, b.sku_id, b.quantity, b.gtin from asked a
  cross join unnest((select $2::text[])) as g(gtin) join barcode b on b.gtin = g.gtin
  where a.shop_id is null or b.shop_id = a.shop_id
  union
  select c.code, b.shop_id, b.sku_id, b.quantity, b.gtin from asked a
  cross join unnest((select $1::text[])) as c(code) join barcode b on b.code = c.code
  where a.shop_id is null or b.shop_id = a.shop_id
  union
  select c.code, s.shop_id, s.id, 1, null from asked a
  cross join unnest((select $1::text[])) as c(code) join sku s on s.code = c.code
  where a.shop_id is null or s.shop_id = a.shop_id
)
select hit.said, s.shop_id, s.id as sku_id, s.code as sku_code, s.name, hit.quantity, hit.gtin, s.lot_policy, s.serial_tracked,
       s.kit, s.active
from hit join sku s on (s.shop_id, s.id) = (hit.shop_id, hit.sku_id) order by s.shop_id, s.id, hit.quantity, hit.gtin
"""


async def resolve_goods(tx: Tx, scan: Scan, shop_id: int | None = None) -> list[Goods]:
    """Everything that the scan may mean: by GTIN in any spelling, by bar code as written, by SKU code.

    Empty for an unknown code. Several where shops sell the same EAN, or where a missing separator lets the code be read
    in more than one way *that matters for this SKU*: the caller knows what it expects, and decides or asks.
    """
    (found,) = await resolve_each(tx, [scan], shop_id)
    return found


async def resolve_each(tx: Tx, scans: Sequence[Scan], shop_id: int | None = None) -> list[list[Goods]]:
    """The same for each of several scans, in their order."""
    texts = {t for scan in scans for t in _texts(scan)}
    gtins = {r.gtin for scan in scans for r in _readings(scan) if r.gtin}
    rows = await tx.rows(FIND, list(texts), list(gtins), shop_id)
    return [_goods(scan, rows) for scan in scans]


def _texts(scan: Scan) -> set[str]:
    return {scan.code, scan.raw.strip()}


def _readings(scan: Scan) -> tuple[Reading | Scan, ...]:
    return scan.candidates or (scan,)


def _goods(scan: Scan, rows: Sequence[Any]) -> list[Goods]:
    """Of the rows for several scans, what this one means."""
    readings = _readings(scan)
    gtins = {r.gtin for r in readings if r.gtin}
    said = gtins | _texts(scan)
    found: dict[Goods, None] = {}
    for row in rows:
        if row["said"] not in said:
            continue
        # A hit by GTIN answers for the readings that hold this GTIN; a hit by its plain code for every one.
        meant = [r for r in readings if r.gtin == row["gtin"]] if row["gtin"] in gtins else readings
        for goods in _told(row, meant):
            found.setdefault(goods)
    return list(found)


async def need_goods(tx: Tx, scan: Scan, shop_id: int | None = None) -> list[Goods]:
    """The same, at least one; raises ``UnknownGoods``."""
    found = await resolve_goods(tx, scan, shop_id)
    if not found:
        raise unknown(scan)
    return found


def unknown(scan: Scan) -> UnknownGoods:
    """The refusal of a code that nobody knows."""
    return UnknownGoods(scanned=scan.code[:60])


def _told(row: Any, readings: Sequence[Reading | Scan]) -> list[Goods]:
    """What each reading says of this SKU; those that tell all that the SKU keeps outrank those that do not."""
    lots, serials = row["lot_policy"] != "none", row["serial_tracked"]
    every = [
        Goods(
            shop_id=row["shop_id"],
            sku_id=row["sku_id"],
            sku_code=row["sku_code"],
            name=row["name"],
            quantity_per_scan=row["quantity"] * (r.count or 1),
            lot_code=r.lot if lots else None,
            expires_on=r.expires_on if lots else None,
            serial=r.serial if serials else None,
            lot_policy=row["lot_policy"],
            serial_tracked=serials,
            kit=row["kit"],
            active=row["active"],
        )
        for r in readings
    ]
    return [g for g in every if _complete(g)] or every


def _complete(goods: Goods) -> bool:
    return (
        (goods.lot_policy == "none" or goods.lot_code is not None)
        and (goods.lot_policy != "expiry" or goods.expires_on is not None)
        and (not goods.serial_tracked or goods.serial is not None)
    )
