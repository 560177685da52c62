"""What was scanned at the dock: whose goods, which SKU, lot and piece, how many."""

from datetime import date

import msgspec

from wms.catalog.resolve import Goods, resolve_goods
from wms.db.tx import Tx
from wms.kernel.scan import Scan
from wms.receiving.errors import ReceiveComponents, ScanSeveral, ScanTheGoods, SomeoneElsesGoods, TooMany
from wms.stock.ledger import MAX_QUANTITY

NOT_GOODS = frozenset({"command", "location", "badge", "tote", "parcel", "rma", "order", "sscc"})


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the worker adds to the scan; a value here wins over the same value in the symbol.

    ``quantity`` counts scanned things (cases, where the code is a case's); ``None`` means what the symbol says, else
    one. ``hu_id`` is the pallet or tote that the goods are put on.
    """

    quantity: int | None = None
    damaged: bool = False
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    hu_id: int | None = None
    note: str | None = None


async def identify_goods(tx: Tx, shop_id: int, shop: str, scan: Scan, told: Told) -> Goods | None:
    """The one thing of this shop that was scanned, told values set in, or ``None`` when no shop knows the code.

    ``shop`` is the shop's name, for the words of a refusal. Raises ``SomeoneElsesGoods``, ``ScanTheGoods``,
    ``ScanSeveral``, ``ReceiveComponents``.
    """
    found = await resolve_goods(tx, scan)
    ours = list(dict.fromkeys(_told(g, told) for g in found if g.shop_id == shop_id))
    if not ours:
        if found:
            names = await tx.rows(
                "select name from shop where id = any($1::int[]) order by name limit 5",
                [g.shop_id for g in found],
            )
            others = ", ".join(r["name"] for r in names)
            raise SomeoneElsesGoods(scanned=scan.code, shop=shop, others=others)
        if scan.kind in NOT_GOODS and scan.gtin is None:
            raise ScanTheGoods(scanned=scan.code)
        return None
    if len(ours) > 1:
        choices = [_shown(g) for g in ours]
        raise ScanSeveral(scanned=scan.code, said="; ".join(choices), choices=choices)
    if ours[0].kit:
        raise ReceiveComponents(sku=ours[0].sku_code)
    return ours[0]


def _told(goods: Goods, told: Told) -> Goods:
    """What the worker typed wins over what the symbol says, where the SKU keeps it at all."""
    lots, serials = goods.lot_policy != "none", goods.serial_tracked
    return msgspec.structs.replace(
        goods,
        lot_code=(told.lot or goods.lot_code) if lots else None,
        expires_on=(told.expires_on or goods.expires_on) if lots else None,
        serial=(told.serial or goods.serial) if serials else None,
    )


def _shown(goods: Goods) -> str:
    parts = [goods.lot_code, goods.expires_on and goods.expires_on.isoformat(), goods.serial]
    return " ".join([f"{goods.sku_code} × {goods.quantity_per_scan}", *(p for p in parts if p)])


def pieces_of(goods: Goods, scan: Scan, told: Told) -> int:
    """Pieces. A typed quantity counts scanned things and replaces a count that the symbol carries."""
    if told.quantity is None:
        quantity = goods.quantity_per_scan
    else:
        quantity = told.quantity * goods.quantity_per_scan // (scan.count or 1)
    if quantity > MAX_QUANTITY:
        raise TooMany(quantity=quantity, limit=MAX_QUANTITY)
    return quantity
