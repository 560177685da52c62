"""Change one SKU that somebody has looked at before."""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from wms.catalog.check_skus import as_line, normalised
from wms.catalog.queries import BarcodeLine, SkuIn, SkuRow, lock_skus, sku
from wms.catalog.upsert_skus import upsert_skus
from wms.db.tx import Tx
from wms.kernel.refusals import ChangedMeanwhile, NotFound


async def change_sku(
    tx: Tx, shop_id: int, code: str, changes: Mapping[str, Any], version: int | None
) -> SkuRow:
    """The SKU with ``changes`` (fields of ``SkuIn``) made. ``version`` is the one that was read; None does not ask.

    Raises ``NotFound``, ``ChangedMeanwhile``, and whatever is wrong with the SKU as it would be.
    """
    return await _rewrite(tx, shop_id, code, version, lambda line: msgspec.structs.replace(line, **changes))


async def add_barcode(tx: Tx, shop_id: int, code: str, barcode: BarcodeLine) -> SkuRow:
    """One more bar code; the same code again changes its quantity. Raises ``BarcodeTaken``, ``BadCheckDigit`` ..."""
    barcode = msgspec.structs.replace(barcode, code=normalised(barcode.code))

    def more(line: SkuIn) -> SkuIn:
        kept = [b for b in line.barcodes or [] if b.code != barcode.code]
        return msgspec.structs.replace(line, barcodes=[*kept, barcode])

    return await _rewrite(tx, shop_id, code, None, more)


async def remove_barcode(tx: Tx, shop_id: int, code: str, barcode: str) -> SkuRow:
    """Without this bar code. Raises ``NotFound`` when the SKU does not have it."""

    def fewer(line: SkuIn) -> SkuIn:
        kept = [b for b in line.barcodes or [] if b.code != barcode]
        if len(kept) == len(line.barcodes or []):
            raise NotFound(what="bar code", ref=barcode)
        return msgspec.structs.replace(line, barcodes=kept)

    return await _rewrite(tx, shop_id, code, None, fewer)


async def _rewrite(
    tx: Tx, shop_id: int, code: str, version: int | None, change: Callable[[SkuIn], SkuIn]
) -> SkuRow:
    locked = (await lock_skus(tx, shop_id, [code])).get(code)
    if locked is None:
        raise NotFound(what="SKU", ref=code)
    if version is not None and version != locked.version:
        raise ChangedMeanwhile(what="SKU", ref=code)
    return await put_one_sku(tx, shop_id, change(as_line(await sku(tx, shop_id, code))))


async def put_one_sku(tx: Tx, shop_id: int, line: SkuIn) -> SkuRow:
    """The SKU as the line says, new or not. Raises what is wrong with it."""
    for failure in (await upsert_skus(tx, shop_id, [line])).failed:
        refusal = failure.refusal
        refusal.pointer = (refusal.pointer or "").removeprefix("/skus/0") or None
        raise refusal
    return await sku(tx, shop_id, line.code)
