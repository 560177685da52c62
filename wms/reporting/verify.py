"""The online audit: every balance and every law, recomputed from the ledger."""

import msgspec

from wms.db.tx import Tx
from wms.orders.verify import Broken, verify_orders
from wms.stock.chain import verify_chain
from wms.stock.verify import verify_stock


class Report(msgspec.Struct, frozen=True):
    """``deviations`` is empty when all is well."""

    moves: int
    orders: int
    deviations: list[Broken]


async def verify_all(tx: Tx, *, chain: bool = False) -> Report:
    """Stock, orders, parcels; with ``chain`` also the hashes. One snapshot, so that work may go on meanwhile."""
    await tx.run("set local statement_timeout = '600s'")
    stock = [*await verify_stock(tx), *(await verify_chain(tx) if chain else [])]
    deviations = [Broken(law=d.law, shop_id=d.shop_id, what=d.what, detail=d.detail) for d in stock]
    deviations += await verify_orders(tx)
    return Report(
        moves=await tx.value("select count(*) from move"),
        orders=await tx.value("select count(*) from orders"),
        deviations=deviations,
    )
