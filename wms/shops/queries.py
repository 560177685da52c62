"""Reading shops."""

from datetime import datetime, time
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.whys import WHICH_SHOP


class ShopRow(msgspec.Struct, frozen=True, kw_only=True):
    """A shop and its policies. ``cut_off`` is local time; ``min_days_left`` of goods with an expiry date at dispatch."""

    id: int
    code: str
    name: str
    language: str
    country: str
    timezone: str
    cut_off: Annotated[time, Meta(examples=["14:00:00"])]
    handling_days: int
    partial_policy: str
    min_days_left: int
    sender: dict[str, Any]
    contact_email: str | None
    inserts: list[dict[str, Any]]
    return_checklist: list[str]
    synthetic: bool
    active: bool
    version: int
    created_at: datetime


SHOP = """select id, code, name, language, country, timezone, cut_off, handling_days, partial_policy, min_days_left,
  sender, contact_email, inserts, return_checklist, synthetic, active, version, created_at from shop"""


async def shop(tx: Tx, shop_id: int) -> ShopRow:
    """One shop. Raises ``NotFound``."""
    found = await tx.one(ShopRow, f"{SHOP} where id = $1::bigint", shop_id)
    if found is None:
        raise NotFound(what="shop", ref=shop_id)
    return found


async def shops(tx: Tx, *, after: int, limit: int) -> list[ShopRow]:
    return await tx.all(ShopRow, f"{SHOP} where id > $1 order by id limit $2", after, limit)


async def the_shop(tx: Tx, shop_id: int) -> int:
    """The shop that a request is about: a key's own, or the one that staff name (0: none was named).

    Raises ``NotFound`` for a shop that is not there or not the key's, ``Invalid`` when staff name none.
    """
    if tx.actor.kind == "shop":
        if shop_id not in (0, tx.shop_id):
            raise NotFound(what="shop", ref=shop_id)
        return tx.shop_id
    if shop_id == 0:
        raise Invalid(field="shop_id", why=WHICH_SHOP, pointer="/shop_id")
    if await tx.value("select 1 from shop where id = $1::bigint", shop_id) is None:
        raise NotFound(what="shop", ref=shop_id)
    return shop_id
