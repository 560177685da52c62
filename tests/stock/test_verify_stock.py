"""verify_stock names each law that does not hold, in both directions."""

import pytest

from tests.builders import a_bin, a_carrier, a_lot, a_shop, a_sku, a_warehouse, stock_up
from tests.conftest import Cluster
from tests.stock.world import allocated_for, an_order
from wms.db.tx import Database
from wms.stock.ledger import Move, post
from wms.stock.verify import verify_stock

# What somebody with every right does to the rows of shop {shop}, and the laws that this breaks.
DAMAGE = {
    "balance too high": ("update balance set on_hand = on_hand + 1 where shop_id = {shop} and real and allocated > 0",
                         {"balance", "sum-zero"}),
    "balance gone": ("delete from balance where shop_id = {shop} and real and allocated = 0 and lot_id = 0",
                     {"balance", "sum-zero"}),
    "balance from nowhere": ("insert into balance (shop_id, sku_id, location_id, lot_id, status, real, serialised, on_hand)"
                             " select shop_id, sku_id, location_id, 0, 'damaged', true, false, 2 from balance"
                             " where shop_id = {shop} and real and allocated > 0", {"balance", "sum-zero"}),
    "allocated without a promise": ("update balance set allocated = allocated + 1 where shop_id = {shop} and allocated > 0",
                                    {"allocated"}),
    "promise without allocated": ("update balance set allocated = 0 where shop_id = {shop}", {"allocated"}),
    "promise not settled by moves": ("update allocation set settled = settled + 1 where shop_id = {shop}",
                                     {"allocated", "allocation-settled"}),
    "promise gone": ("delete from allocation where shop_id = {shop}",
                     {"allocated", "allocation-settled"}),
    "settled for another order": ("update move set order_line_id = 1 where shop_id = {shop} and allocation_id is not null",
                                  {"allocation-place"}),
    "a real place below nothing": ("update move set quantity = 50 where shop_id = {shop} and allocation_id is not null",
                                   {"balance", "not-negative", "allocation-settled"}),
    "flags": ("update balance set real = false where shop_id = {shop} and allocated > 0", {"balance-flags"}),
    "lot of another SKU": ("update lot set sku_id = 1 where shop_id = {shop}", {"lot-of-sku"}),
    "serial twice": ("insert into move (shop_id, sku_id, lot_id, quantity, from_location_id, from_status, to_location_id,"
                     " to_status, reason, digest) select shop_id, sku_id, lot_id, 1, from_location_id, 'damaged',"
                     " to_location_id, 'damaged', 'x', '' from move where shop_id = {shop} and lot_id is not null",
                     {"balance", "serial-once"}),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
async def test_damage_is_named(db: Database, cluster: Cluster, damage: str) -> None:
    shop, w, c = await a_shop(db), await a_warehouse(db), await a_carrier(db)
    sku, serial = await a_sku(db, shop=shop), await a_sku(db, shop=shop, serial=True)
    here = await a_bin(db)
    await stock_up(db, sku=sku, bin=here, quantity=10)
    await stock_up(db, sku=serial, bin=here, quantity=1, lot=await a_lot(db, sku=serial, serial="SN-1"))
    async with db.begin() as tx:
        order = await an_order(tx, shop_id=shop.id, warehouse_id=w.id, carrier_id=c.id, lines=[(sku.id, 5)])
        (got,) = await allocated_for(tx, order, sku, 5)
        await post(
            tx,
            [
                Move(shop_id=shop.id, sku_id=sku.id, quantity=2, from_location=here.id, reason="picking",
                     to_location=w.locations["WORK"], allocation_id=got.allocation_id)
            ],
        )  # fmt: skip
        assert await verify_stock(tx, shop.id) == []
    sql, laws = DAMAGE[damage]
    with cluster.admin(db.name) as owner:
        owner.execute("set session_replication_role = replica")
        owner.execute(sql.format(shop=shop.id))
    async with db.begin() as tx:
        found = await verify_stock(tx, shop.id)
        assert {d.law for d in found} == laws
        assert {d.shop_id for d in found} == {shop.id}
