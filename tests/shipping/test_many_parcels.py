"""A full truck: every step is a handful of statements, whatever the number."""

import pytest

from tests.builders import a_carrier, a_shop, a_sku, a_warehouse, unique
from wms.db.tx import Database, Tx
from wms.demo.bench_manifest import FILL
from wms.shipping.close_manifest import DRAWN_AT_ONCE, close_manifest, draw_protocol
from wms.shipping.hand_over import hand_over
from wms.shipping.load_parcel import load_all
from wms.shipping.manifest_queries import manifest_documents
from wms.stock.ledger import Move, post


async def prepared(db: Database, parcels: int) -> tuple[int, int]:
    """Warehouse and carrier with that many labelled parcels, all of one shop."""
    warehouse, carrier, shop = await a_warehouse(db, shared=False), await a_carrier(db), await a_shop(db)
    sku = await a_sku(db, shop=shop)
    async with db.begin() as tx:
        packed, supplier = warehouse.locations["PACKED"], warehouse.locations["SUPPLIER"]
        rows = await tx.rows(FILL, shop.id, warehouse.id, carrier.id, sku.id, unique("P-"), packed, parcels)
        moves = [
            Move(
                shop_id=shop.id, sku_id=sku.id, quantity=1, from_location=supplier, to_location=packed, to_hu=r["hu_id"],
                reason="packing", order_id=r["order_id"], order_line_id=r["line_id"],
            )
            for r in rows
        ]  # fmt: skip
        await post(tx, moves)
    return warehouse.id, carrier.id


class Counted:
    """How many statements a transaction sends through the driver."""

    def __init__(self, tx: Tx) -> None:
        self.n = 0
        tx.driver.add_query_logger(self.one)

    def one(self, *_: object) -> None:
        self.n += 1


@pytest.mark.parametrize("parcels", [50, 1000])
async def test_the_number_of_statements_does_not_follow_the_number_of_parcels(
    db: Database, parcels: int
) -> None:
    warehouse, carrier = await prepared(db, parcels)
    async with db.begin() as tx:
        counted = Counted(tx)
        loaded = await load_all(tx, warehouse, carrier)
        assert (loaded.loaded, loaded.parcels) == (parcels, parcels)
        assert counted.n < 40
    assert loaded.manifest_id is not None
    async with db.begin() as tx:
        counted = Counted(tx)
        assert (await close_manifest(tx, loaded.manifest_id)).parcels == parcels
        assert counted.n < 40
    documents = 1 if parcels <= DRAWN_AT_ONCE else 0
    async with db.begin() as tx:
        drawn = await manifest_documents(tx, loaded.manifest_id)
        assert [d.kind for d in drawn if d.kind == "manifest"] == ["manifest"] * documents
    assert await draw_protocol(db, loaded.manifest_id) is not bool(documents)
    assert await draw_protocol(db, loaded.manifest_id) is False
    async with db.begin() as tx:
        counted = Counted(tx)
        gone = await hand_over(tx, loaded.manifest_id, driver="Jan", vehicle="W1")
        assert gone.handed_over == parcels
        assert counted.n < 60
    async with db.begin() as tx:
        left = await tx.value(
            "select count(*) from orders where carrier_id = $1 and state <> 'handed_over'", carrier
        )
        assert left == 0
