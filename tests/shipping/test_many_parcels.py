"""A full truck: every step is a handful of statements, whatever the number."""

import pytest

from tests.builders import a_carrier, a_shop, a_sku, a_warehouse, unique
from wms.db.tx import Database, Tx
from wms.shipping.close_manifest import DRAWN_AT_ONCE, close_manifest, draw_protocol
from wms.shipping.hand_over import hand_over
from wms.shipping.load_parcel import load_all
from wms.shipping.manifest_queries import manifest_documents
from wms.stock.ledger import Move, post

PREPARE = """
with hu as (
  insert into handling_unit (warehouse_id, kind, code, location_id)
  select $2, 'parcel', 'P-' || $5 || n, $6 from generate_series(1, $7::int) n returning id, code
), o as (
  insert into orders (shop_id, number, state, warehouse_id, placed_at, ship_by, carrier_id, name, street, postcode, city,
    country, request_hash)
  select $1, code, 'labelled', $2, now(), now(), $3, 'Jan', 'Polna 1', '00-001', 'Warszawa', 'PL', '' from hu
  returning id, number
), l as (
  insert into order_line (shop_id, order_id, line_no, sku_id, quantity, picked, packed)
  select $1, id, 1, $4, 1, 1, 1 from o returning id, order_id
), p as (
  insert into parcel (shop_id, order_id, no, hu_id, warehouse_id, carrier_id, service, state, units, ledger_units, weight_g,
    closed_at, tracking_number)
  select $1, o.id, 1, hu.id, $2, $3, 'standard', 'labelled', 1, 1, 400, now(), hu.code
  from o join hu on hu.code = o.number returning id, order_id, hu_id
), i as (
  insert into parcel_item (shop_id, parcel_id, order_id, order_line_id, sku_id, quantity)
  select $1, p.id, p.order_id, l.id, $4, 1 from p join l using (order_id)
)
select p.hu_id, p.order_id, l.id as line_id from p join l using (order_id)
"""


async def prepared(db: Database, parcels: int) -> tuple[int, int]:
    """Warehouse and carrier with that many labelled parcels, all of one shop."""
    warehouse, carrier, shop = await a_warehouse(db, shared=False), await a_carrier(db), await a_shop(db)
    sku = await a_sku(db, shop=shop)
    async with db.begin() as tx:
        packed, supplier = warehouse.locations["PACKED"], warehouse.locations["SUPPLIER"]
        rows = await tx.rows(PREPARE, shop.id, warehouse.id, carrier.id, sku.id, unique(), packed, parcels)
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
