"""Two writers at once, and a value that no database column holds."""

import asyncio

from tests.builders import AShop, a_bin, a_shop, a_sku, an_ean, stock_up, unique
from wms.catalog.queries import BarcodeLine, ComponentLine, SkuIn
from wms.catalog.upsert_skus import upsert_skus
from wms.db.tx import Database
from wms.kernel.refusals import ChangedMeanwhile, Refusal


async def put(db: Database, shop: AShop, *lines: SkuIn) -> list[str]:
    """What each writer is told: the codes of the refusals, empty when all went well."""
    try:
        async with db.begin() as tx:
            return [f.refusal.code for f in (await upsert_skus(tx, shop.id, lines)).failed]
    except Refusal as refusal:
        return [refusal.code]


async def test_two_writers_of_the_same_new_skus(db: Database) -> None:
    shop = await a_shop(db)
    lines = [
        SkuIn(code=unique("SKU-"), name="Kubek", barcodes=[BarcodeLine(code=an_ean())]) for _ in range(20)
    ]
    told = await asyncio.gather(*(put(db, shop, *order) for order in (lines, lines[::-1], lines)))
    assert [] in told
    assert all(t in ([], [ChangedMeanwhile.code]) for t in told), told
    assert await put(db, shop, *lines) == []
    async with db.begin() as tx:
        assert await tx.value("select count(*) from sku where shop_id = $1", shop.id) == 20
        assert await tx.value("select count(*) from barcode where shop_id = $1", shop.id) == 20


async def test_two_skus_want_the_same_number_in_two_spellings(db: Database) -> None:
    shop, ean = await a_shop(db), an_ean()
    lines = [
        SkuIn(code=unique("SKU-"), name="Kubek", barcodes=[BarcodeLine(code=c)]) for c in (ean, f"0{ean}")
    ]
    told = await asyncio.gather(*(put(db, shop, line) for line in lines))
    assert sorted(map(bool, told)) == [False, True], told
    async with db.begin() as tx:
        assert await tx.value("select count(*) from barcode where shop_id = $1", shop.id) == 1


async def test_a_number_moves_once_it_is_given_up(db: Database) -> None:
    shop, ean = await a_shop(db), an_ean()
    old, new = unique("SKU-"), unique("SKU-")
    assert await put(db, shop, SkuIn(code=old, name="Stary", barcodes=[BarcodeLine(code=ean)])) == []
    taker = SkuIn(code=new, name="Nowy", barcodes=[BarcodeLine(code=ean)])
    assert await put(db, shop, taker) == ["barcode-taken"]
    assert await put(db, shop, SkuIn(code=old, name="Stary", barcodes=[])) == []
    assert await put(db, shop, taker) == []


async def test_goods_in_stock_do_not_become_a_kit(db: Database) -> None:
    shop = await a_shop(db)
    sku, part = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    await stock_up(db, sku=sku, bin=await a_bin(db), quantity=3)
    kit = SkuIn(code=sku.code, name="Zestaw", components=[ComponentLine(sku=part.code)])
    assert await put(db, shop, kit) == ["policy-fixed"]
