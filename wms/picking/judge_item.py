"""A scan beside the piece that a task asks for, with what the catalog knows of other goods."""

from wms.catalog.resolve import Goods, resolve_goods
from wms.db.tx import Tx
from wms.kernel.refusals import Refusal
from wms.kernel.scan import Scan
from wms.picking.errors import AmbiguousScan, SomeoneElsesGoods, WrongItem
from wms.picking.match_item import Wanted, pieces_of
from wms.picking.screen import Cart


def wanted(cart: Cart) -> Wanted:
    """The piece that the cart's task asks for."""
    return Wanted(
        sku=cart.sku,
        barcodes=cart.barcodes,
        tracked=cart.serial_tracked or cart.lot_policy != "none",
        lot=cart.lot,
        serial=cart.serial,
        expires_on=cart.expires_on,
        known=cart.lots_here,
    )


def is_location(cart: Cart, read: Scan) -> bool:
    """Whether the scan is the label of the bin that the task leads to."""
    return cart.location in (read.code, read.ref) or cart.location == (read.ref or read.code).upper()


def is_tote(cart: Cart, read: Scan) -> bool:
    """Whether the scan is the tote that the order goes into."""
    return cart.tote is not None and cart.tote in (read.code, read.code.upper(), read.sscc)


def shown(read: Scan) -> str:
    """The scan as people say it: a place without its prefix, and not the whole of a long code."""
    return (read.ref if read.kind == "location" and read.ref else read.code)[:60]


async def judge_item(
    tx: Tx, want: Wanted, shop_id: int, read: Scan, lot: str | None, serial: str | None
) -> int | None:
    """Pieces that the scan stands for, None when it is something else; raises like ``pieces_of``.

    The day is UTC's, as it is for the allocation that promised the lot.
    """
    pieces = pieces_of(want, read, today=tx.now.date(), lot=lot, serial=serial)
    if pieces is not None and read.reason == "upc-e-or-ean-8":
        # Eight digits that are two numbers: when the other one is goods of this shop too, somebody must look.
        goods = await resolve_goods(tx, read, shop_id)
        if len({g.sku_id for g in goods}) > 1:
            said = [f"{g.sku_code} {g.name}" for g in goods]
            raise AmbiguousScan(said="; ".join(said), choices=said)
    return pieces


async def other_goods(
    tx: Tx, read: Scan, *, shop_id: int, shop: str, expected: str, location_id: int
) -> Refusal:
    """The refusal for a scan that is not the SKU: what it is instead, as far as anybody knows.

    ``location_id`` is where the worker stands: goods that lie there for another shop alone are that shop's.
    """
    goods = await resolve_goods(tx, read)
    own = [g for g in goods if g.shop_id == shop_id]
    others = [g for g in goods if g.shop_id != shop_id]
    if others and (not own or await _only_theirs_here(tx, location_id, shop_id, goods)):
        codes = await tx.value(
            "select string_agg(code, ', ' order by code) from shop where id = any($1::int[])",
            [g.shop_id for g in others],
        )
        return SomeoneElsesGoods(scanned=shown(read), others=codes, shop=shop, expected=expected)
    found = f"{own[0].sku_code} {own[0].name}" if own else shown(read)
    return WrongItem(found=found, expected=expected, scanned=shown(read))


async def _only_theirs_here(tx: Tx, location_id: int, shop_id: int, goods: list[Goods]) -> bool:
    """Whether the bin holds what was scanned for another shop, and not for this one."""
    shops: list[int] = await tx.value(
        """select coalesce(array_agg(distinct b.shop_id), '{}') from balance b
           join unnest($2::int[], $3::bigint[]) as g(shop_id, sku_id) on b.shop_id = g.shop_id and b.sku_id = g.sku_id
           where b.location_id = $1 and b.on_hand > 0""",
        location_id,
        [g.shop_id for g in goods],
        [g.sku_id for g in goods],
    )
    return bool(shops) and shop_id not in shops
