"""From a scan to the goods that it may mean."""

from datetime import date

from tests.builders import a_shop, a_sku, an_ean, unique
from wms.catalog.change_sku import add_barcode
from wms.catalog.queries import BarcodeLine
from wms.catalog.resolve import Goods, resolve_goods
from wms.db.tx import Database
from wms.kernel.numbers import gs1_check_digit, gtin14
from wms.kernel.scan import parse_scan


async def found(db: Database, raw: str, shop_id: int | None = None) -> list[Goods]:
    async with db.begin() as tx:
        return await resolve_goods(tx, parse_scan(raw), shop_id)


async def test_every_spelling_of_a_gtin_finds_the_sku(db: Database) -> None:
    shop = await a_shop(db)
    body = f"0{an_ean()[2:11]}0"[:11]
    upc = body + gs1_check_digit(body)
    sku = await a_sku(db, shop=shop, barcodes=[upc])
    for raw in (upc, f"0{upc}", f"00{upc}", f"]E0{upc}", f"01{gtin14(upc)}", f"  {upc}\r\n"):
        assert [g.sku_id for g in await found(db, raw, shop.id)] == [sku.id], raw


async def test_a_code_as_the_shop_wrote_it_and_the_sku_code(db: Database) -> None:
    shop = await a_shop(db)
    own = unique("żaba/")
    sku = await a_sku(db, shop=shop, barcodes=[own])
    assert [g.sku_id for g in await found(db, own)] == [sku.id]
    assert [g.sku_code for g in await found(db, sku.code)] == [sku.code]
    assert await found(db, unique("nobody-")) == []


async def test_a_case_counts_its_units(db: Database) -> None:
    shop = await a_shop(db)
    sku = await a_sku(db, shop=shop)
    body = "1" + sku.barcode[:12]
    case = body + gs1_check_digit(body)
    async with db.begin() as tx:
        await add_barcode(tx, shop.id, sku.code, BarcodeLine(code=case, quantity=12))
    assert [g.quantity_per_scan for g in await found(db, case)] == [12]
    assert [g.quantity_per_scan for g in await found(db, sku.barcode)] == [1]
    (counted,) = await found(db, f"]C102{gtin14(case)}3703")
    assert counted.quantity_per_scan == 36


async def test_lot_and_expiry_of_one_symbol(db: Database) -> None:
    shop = await a_shop(db)
    kept = await a_sku(db, shop=shop, lot_policy="expiry")
    (g,) = await found(db, f"]d201{gtin14(kept.barcode)}17270131" + "10LOT-7")
    assert (g.lot_code, g.expires_on) == ("LOT-7", date(2027, 1, 31))
    plain = await a_sku(db, shop=shop)
    (g,) = await found(db, f"]d201{gtin14(plain.barcode)}17270131" + "10LOT-7")
    assert (g.lot_code, g.expires_on) == (None, None), "a SKU without lots is told of none"


async def test_serial_numbers_of_those_that_have_them(db: Database) -> None:
    sku = await a_sku(db, shop=await a_shop(db), serial=True)
    (g,) = await found(db, f"]d201{gtin14(sku.barcode)}21SN-1")
    assert g.serial == "SN-1"


async def test_a_missing_separator_matters_only_to_skus_with_lots(db: Database) -> None:
    shop = await a_shop(db)
    plain, kept = await a_sku(db, shop=shop), await a_sku(db, shop=shop, lot_policy="lot", serial=True)
    doubtful = "10AB21CD21EF"  # lot AB, serial CD21EF; or lot AB21CD, serial EF
    assert parse_scan(f"01{gtin14(kept.barcode)}{doubtful}").ambiguous
    assert len(await found(db, f"01{gtin14(plain.barcode)}{doubtful}")) == 1
    readings = await found(db, f"01{gtin14(kept.barcode)}{doubtful}")
    assert {(g.lot_code, g.serial) for g in readings} == {("AB", "CD21EF"), ("AB21CD", "EF")}


async def test_the_same_ean_in_two_shops_is_two_candidates(db: Database) -> None:
    ean = an_ean()
    one, two = await a_shop(db), await a_shop(db)
    first, second = await a_sku(db, shop=one, barcodes=[ean]), await a_sku(db, shop=two, barcodes=[ean])
    assert {(g.shop_id, g.sku_id) for g in await found(db, ean)} == {(one.id, first.id), (two.id, second.id)}
    assert [g.sku_id for g in await found(db, ean, two.id)] == [second.id]
