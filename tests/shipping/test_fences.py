"""A mis-ship is impossible by construction: what the application's own role cannot do even with SQL of its own."""

import asyncpg
import pytest

from tests.builders import a_carrier, a_shop, a_sku
from tests.conftest import Server
from tests.shipping.flow import Wanted, a_bench, a_picked_order, labelled, ok, packed, person
from wms.db.tx import Database, Tx


async def run(db: Database, sql: str, *args: object) -> int:
    async with db.begin() as tx:
        return await tx.run(sql, *args)


async def open_parcel_with_one_of_two(db: Database, server: Server) -> tuple[int, int, int, int]:
    """Shop, parcel, order, carrier: a parcel that is still open."""
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        station = await bench.open(ok(await bench.start(order.tote.code))["station"])
        ok(await bench.scan(station, mug.barcode))
    return shop.id, station["parcel_id"], order.id, carrier.id


async def test_no_label_no_manifest_no_handover_for_what_is_not_verified(
    db: Database, server: Server
) -> None:
    shop, parcel, _, carrier = await open_parcel_with_one_of_two(db, server)
    async with db.begin() as tx:
        manifest = await tx.value(
            "insert into manifest (warehouse_id, carrier_id, pickup_at) select warehouse_id, $2, now() from parcel"
            " where id = $1 returning id",
            parcel,
            carrier,
        )
    label = "insert into label (shop_id, parcel_id, carrier_id) values ($1, $2, $3)"
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await run(db, label, shop, parcel, carrier)
    with pytest.raises(asyncpg.CheckViolationError, match="content_verified"):
        await run(
            db,
            "insert into label (shop_id, parcel_id, carrier_id, parcel_verified) values ($1, $2, $3, null)",
            shop,
            parcel,
            carrier,
        )
    loaded = (
        "insert into manifest_parcel (shop_id, manifest_id, parcel_id, carrier_id) values ($1, $2, $3, $4)"
    )
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await run(db, loaded, shop, manifest, parcel, carrier)
    with pytest.raises(asyncpg.CheckViolationError, match="content_verified"):
        await run(
            db,
            "insert into manifest_parcel (shop_id, manifest_id, parcel_id, carrier_id, parcel_verified)"
            " values ($1, $2, $3, $4, null)",
            shop,
            manifest,
            parcel,
            carrier,
        )
    for state in ("labelled", "manifested", "handed_over"):
        with pytest.raises(asyncpg.CheckViolationError):
            await run(
                db,
                "update parcel set state = $3, tracking_number = 'X' || id where shop_id = $1 and id = $2",
                shop,
                parcel,
                state,
            )
    with pytest.raises(asyncpg.PostgresError, match="generated"):
        await run(db, "update parcel set verified = true where shop_id = $1 and id = $2", shop, parcel)


async def test_a_parcel_holds_nothing_but_its_orders_goods(db: Database, server: Server) -> None:
    shop, parcel, order, _ = await open_parcel_with_one_of_two(db, server)
    other_shop, _, other_order, _ = await open_parcel_with_one_of_two(db, server)
    item = "insert into parcel_item (shop_id, parcel_id, order_id, order_line_id, sku_id, quantity)"
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await run(
            db,
            f"{item} select $1, $2, $3, l.id, l.sku_id, 1 from order_line l where l.shop_id = $4 and l.order_id = $5",
            shop,
            parcel,
            order,
            other_shop,
            other_order,
        )
    with pytest.raises(asyncpg.CheckViolationError, match="in_order"):
        await run(db, "update order_line set packed = 3 where shop_id = $1 and order_id = $2", shop, order)


async def test_content_that_the_ledger_does_not_know_is_never_verified(db: Database, server: Server) -> None:
    shop, parcel, order, _ = await open_parcel_with_one_of_two(db, server)
    async with db.begin() as tx:  # somebody writes a second piece into the parcel that was never moved
        await tx.run(
            "update parcel_item set quantity = 2 where shop_id = $1 and parcel_id = $2", shop, parcel
        )
        await tx.run(
            "update parcel set units = 2, ledger_units = 2 where shop_id = $1 and id = $2", shop, parcel
        )
        await tx.run("update order_line set packed = 2 where shop_id = $1 and order_id = $2", shop, order)
    async with a_bench(db, server) as bench:
        r = await bench.close(shop, parcel, 640)
        assert r.json()["code"] == "parcel-differs"


async def a_closed_manifest(db: Database, server: Server) -> tuple[int, int, int]:
    """Manifest, shop, parcel."""
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug, 2)])
    async with a_bench(db, server) as bench:
        parcel = await packed(bench, order, [(mug, 2)])
        await labelled(db, bench.api, shop.id, parcel)
    async with person(db, server, "supervisor") as api:
        body = {"warehouse_id": order.warehouse.id, "carrier_id": carrier.id}
        manifest = ok(await api.post("/loading/all", json=body))["manifest_id"]
        ok(await api.post(f"/manifests/{manifest}/close"))
    return manifest, shop.id, parcel


async def test_a_closed_manifest_stays_what_it_is(db: Database, server: Server) -> None:
    manifest, shop, parcel = await a_closed_manifest(db, server)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await run(db, "update manifest_parcel set loaded_at = now() where manifest_id = $1", manifest)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
        await run(db, "update manifest_parcel set parcel_id = parcel_id + 1 where manifest_id = $1", manifest)
    assert await run(db, "delete from manifest_parcel where manifest_id = $1", manifest) == 0
    assert await run(db, "delete from manifest where id = $1", manifest) == 0
    for change in (
        "number = 'X/2026/1'", "sha256 = 'x'", "parcels = 2", "weight_g = 1", "closed_at = now()", "pickup_at = now()",
        "number = null, sha256 = null, state = 'open'", "state = 'closing'", "closed_by = null",
    ):  # fmt: skip
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await run(db, f"update manifest set {change} where id = $1", manifest)
    for change in ("state = 'open'", "number = null", "sha256 = null", "state = 'handed_over'"):
        with pytest.raises((asyncpg.CheckViolationError, asyncpg.InsufficientPrivilegeError)):
            await run(db, f"update manifest set {change} where id = $1", manifest)
    gone = "update manifest set state = 'handed_over', handed_over_at = now() where id = $1"
    assert await run(db, gone, manifest) == 1
    with pytest.raises(asyncpg.PostgresError):
        await run(db, "update manifest set state = 'closed', handed_over_at = null where id = $1", manifest)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await run(
            db,
            "insert into manifest_parcel (shop_id, manifest_id, parcel_id, carrier_id)"
            " select $1, $2, id, carrier_id from parcel where shop_id = $1 and id = $3",
            shop,
            manifest,
            parcel,
        )
    assert (
        await run(db, "update manifest_parcel set confirmed_at = now() where manifest_id = $1", manifest) == 1
    )


async def test_one_parcel_is_on_one_manifest(db: Database, server: Server) -> None:
    manifest, shop, parcel = await a_closed_manifest(db, server)

    async def twice(tx: Tx) -> None:
        row = await tx.row("select carrier_id, warehouse_id from manifest where id = $1", manifest)
        assert row is not None
        carrier, warehouse = row
        second = await tx.value(
            "insert into manifest (warehouse_id, carrier_id, pickup_at) values ($1, $2, now()) returning id",
            warehouse,
            carrier,
        )
        await tx.run(
            "insert into manifest_parcel (shop_id, manifest_id, parcel_id, carrier_id) values ($1, $2, $3, $4)",
            shop,
            second,
            parcel,
            carrier,
        )

    with pytest.raises(asyncpg.UniqueViolationError):
        async with db.begin() as tx:
            await twice(tx)
