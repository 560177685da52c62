"""Lots and serial numbers: the rows that tell one SKU's goods apart."""

from datetime import date

import msgspec

from wms.db.tx import Tx
from wms.stock.errors import LotDiffers


class TakenLot(msgspec.Struct, frozen=True):
    """``id`` goes into moves as ``lot_id``."""

    id: int
    code: str
    serial: str | None
    expires_on: date | None


FIND = """
select id, code, serial, expires_on from lot
where shop_id = $1 and sku_id = $2 and serial is not distinct from $4 and (serial is not null or code = $3)
order by (code = $3) desc, id limit 1
"""
INSERT = """
insert into lot (shop_id, sku_id, code, serial, expires_on) values ($1, $2, $3, $4, $5)
on conflict (shop_id, sku_id, code, serial) do nothing returning id, code, serial, expires_on
"""


async def find_lot(
    tx: Tx, shop_id: int, sku_id: int, code: str, serial: str | None = None
) -> TakenLot | None:
    """A lot by its code, or a piece by its serial number, whatever lot it came with."""
    return await tx.one(TakenLot, FIND, shop_id, sku_id, code, serial)


async def take_lot(
    tx: Tx,
    shop_id: int,
    sku_id: int,
    *,
    code: str | None,
    serial: str | None = None,
    expires_on: date | None = None,
) -> TakenLot:
    """The lot with this code, or the piece with this serial number; made when it comes for the first time.

    A date that was not known before is kept. Raises ``LotDiffers`` when the lot is known with another date: two dates
    under one code would make FEFO a guess.
    """
    code = code or ""
    found = await find_lot(tx, shop_id, sku_id, code, serial)
    if found is None:
        found = await tx.one(TakenLot, INSERT, shop_id, sku_id, code, serial, expires_on)
        if found is None:  # somebody made it meanwhile
            found = await find_lot(tx, shop_id, sku_id, code, serial)
            assert found is not None
    if expires_on is None or found.expires_on == expires_on:
        return found
    if found.expires_on is not None:
        raise LotDiffers(lot=serial or code, known=found.expires_on.isoformat(), read=expires_on.isoformat())
    await tx.run(
        "update lot set expires_on = $3 where shop_id = $1 and id = $2 and expires_on is null",
        shop_id,
        found.id,
        expires_on,
    )
    return msgspec.structs.replace(found, expires_on=expires_on)
