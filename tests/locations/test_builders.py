"""The builders build what they say."""

from tests.builders import (
    a_bin,
    a_carrier,
    a_lot,
    a_person,
    a_shop,
    a_sku,
    a_tote,
    a_warehouse,
    on_hand,
    signed_in,
    stock_up,
)
from wms.db.tx import Database


async def test_goods_of_a_lot_stand_in_a_bin(db: Database) -> None:
    shop = await a_shop(db)
    sku = await a_sku(db, shop=shop, lot_policy="lot")
    shelf = await a_bin(db)
    lot = await a_lot(db, sku=sku, code="L1")
    await stock_up(db, sku=sku, bin=shelf, quantity=7, lot=lot)
    assert await on_hand(db, sku=sku, location_id=shelf.id) == 7


async def test_warehouse_is_shared_and_has_its_places(db: Database) -> None:
    one, two = await a_warehouse(db), await a_warehouse(db)
    assert one.id == two.id
    assert {"SUPPLIER", "CUSTOMER", "SCRAP", "LOST-FOUND", "WORK", "PACKED", "RETURNS", "QUARANTINE", "DOCK-1",
            "PACK-1", "PACK-2"} <= set(one.locations)  # fmt: skip
    assert (await a_warehouse(db, shared=False)).id != one.id


async def test_people_carriers_and_totes(db: Database) -> None:
    assert (await a_person(db)).badge != (await a_person(db)).badge
    assert (await signed_in(db, roles=["admin"])).startswith("wms_se_")
    assert (await a_carrier(db)).range_code
    assert (await a_tote(db)).code.startswith("T-")
