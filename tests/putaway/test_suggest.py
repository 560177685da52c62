"""Where goods may go, best place first."""

import re
from typing import Any

from tests.builders import ABin, ASku, a_bin, a_lot, a_shop, a_sku, stock_up
from tests.conftest import Api, Cluster
from tests.receiving.dock import Dock, a_dock
from wms.config import Settings
from wms.db.tx import Database
from wms.locations.create_locations import LocationIn, create_locations
from wms.locations.lock_location import lock_location
from wms.locations.queries import system_location
from wms.putaway.suggest import SUGGEST, Ask, Place, suggest
from wms.stock.ledger import Move, post


async def places(dock: Dock, **question: Any) -> list[dict[str, Any]]:
    params = {"warehouse_id": dock.warehouse.id, "shop_id": dock.shop.id} | question
    r = await dock.api.get("/putaway/suggestions", params=params, headers=dock.staff)
    assert r.status_code == 200, r.text
    found: list[dict[str, Any]] = r.json()
    return found


async def said(dock: Dock, **question: Any) -> list[tuple[str, str]]:
    return [(p["why"], p["location"]) for p in await places(dock, **question)]


async def bins(db: Database, dock: Dock, n: int, **kwargs: Any) -> list[ABin]:
    return [await a_bin(db, warehouse=dock.warehouse, walk=10 * (i + 1), **kwargs) for i in range(n)]


async def test_to_its_own_kind_first_then_to_an_empty_bin(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    mug, jug = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    a, b, c = await bins(db, dock, 3)
    await stock_up(db, sku=mug, bin=c, quantity=5)
    await stock_up(db, sku=jug, bin=b, quantity=5)
    assert await said(dock, sku_id=mug.id, quantity=3) == [("same_lot", c.code), ("empty", a.code)]


async def test_another_lot_is_not_mixed_in_while_there_is_an_empty_bin(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    tea = await a_sku(db, shop=dock.shop, lot_policy="lot")
    one, two = await a_lot(db, sku=tea, code="L1"), await a_lot(db, sku=tea, code="L2")
    a, b, c = await bins(db, dock, 3)
    await stock_up(db, sku=tea, bin=a, quantity=5, lot=one)
    await stock_up(db, sku=tea, bin=b, quantity=5, lot=two)
    assert await said(dock, sku_id=tea.id, lot_id=two, quantity=1) == [
        ("same_lot", b.code),
        ("empty", c.code),
        ("same_sku", a.code),
    ]


async def test_never_a_locked_place(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    mug = await a_sku(db, shop=dock.shop)
    a, b = await bins(db, dock, 2)
    await stock_up(db, sku=mug, bin=a, quantity=5)
    async with db.begin() as tx:
        await lock_location(tx, a.id, "count")
    assert await said(dock, sku_id=mug.id) == [("empty", b.code)]


async def test_what_fits_whole_comes_before_what_takes_a_part(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    cube = await a_sku(db, shop=dock.shop, size_mm=(100, 100, 100))  # one litre
    (small,) = await bins(db, dock, 1, capacity_ml=8_000)
    large = await a_bin(db, warehouse=dock.warehouse, walk=900, capacity_ml=50_000)
    await stock_up(db, sku=cube, bin=small, quantity=6)
    found = await places(dock, sku_id=cube.id, quantity=20)
    assert [(p["location"], p["fits"], p["quantity"]) for p in found] == [
        (large.code, 50, 20),
        (small.code, 2, 2),
    ]
    await stock_up(db, sku=cube, bin=small, quantity=2)
    assert [p["location"] for p in await places(dock, sku_id=cube.id, quantity=20)] == [large.code]


async def test_unknown_sizes_do_not_stand_in_the_way(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    thing = await a_sku(db, shop=dock.shop, size_mm=None)
    (a,) = await bins(db, dock, 1)
    (place,) = await places(dock, sku_id=thing.id, quantity=1000)
    assert (place["location"], place["fits"], place["quantity"]) == (a.code, None, 1000)


async def test_near_the_skus_own_bins_then_by_how_fast_it_sells(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    fast, slow = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    shelves = await bins(db, dock, 11)
    far = await a_bin(db, warehouse=dock.warehouse, walk=130, zone="B")
    async with db.begin() as tx:
        supplier, customer = [
            await system_location(tx, dock.warehouse.id, k) for k in ("supplier", "customer")
        ]
        await post(
            tx,
            [
                Move(
                    shop_id=fast.shop_id, sku_id=fast.id, quantity=1, from_location=supplier,
                    to_location=customer, reason="picking",
                )
                for _ in range(20)
            ],
        )  # fmt: skip
    assert (await said(dock, sku_id=fast.id))[0] == ("empty", shelves[0].code)
    assert (await said(dock, sku_id=slow.id))[0] == ("empty", shelves[8].code)
    other = await a_bin(db, warehouse=dock.warehouse, walk=131, zone="B", capacity_ml=1)
    await stock_up(db, sku=fast, bin=other, quantity=1)
    assert (await said(dock, sku_id=fast.id))[0] == ("empty", far.code), "beside its own kind"


async def test_a_full_warehouse_shares_bins_of_the_same_shop_or_uses_the_reserve(
    anonymous: Api, db: Database
) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    mug, jug = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    foreign = await a_sku(db, shop=await a_shop(db))
    a, b = await bins(db, dock, 2)
    reserve = await a_bin(db, warehouse=dock.warehouse, kind="reserve")
    await stock_up(db, sku=jug, bin=a, quantity=1)
    await stock_up(db, sku=foreign, bin=b, quantity=1)
    assert await said(dock, sku_id=mug.id) == [("shared", a.code), ("reserve", reserve.code)]


async def test_what_cannot_be_sold_has_the_quarantine(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    mug = await a_sku(db, shop=dock.shop)
    await bins(db, dock, 1)
    for status in ("damaged", "expired", "quarantine"):
        assert await said(dock, sku_id=mug.id, status=status) == [("quarantine", "QUARANTINE")]


async def test_a_mixed_pallet_is_answered_at_once(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    mug, jug = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    a, b = await bins(db, dock, 2)
    await stock_up(db, sku=mug, bin=a, quantity=1)
    await stock_up(db, sku=jug, bin=b, quantity=1)
    async with db.begin() as tx:
        found = await suggest(
            tx,
            dock.warehouse.id,
            [
                Ask(shop_id=dock.shop.id, sku_id=jug.id, quantity=2),
                Ask(shop_id=dock.shop.id, sku_id=mug.id, quantity=2),
                Ask(shop_id=dock.shop.id, sku_id=mug.id, quantity=1, status="damaged"),
            ],
            limit=1,
        )
    assert [(p.ask, p.location) for p in found] == [(0, b.code), (1, a.code), (2, "QUARANTINE")]


async def test_the_only_empty_bin_of_many_is_found_wherever_it_is(anonymous: Api, db: Database) -> None:
    """Also where the walk is not numbered, so that no bin is nearer than another."""
    dock = await a_dock(anonymous, db, shared=False)
    mug, jug = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    async with db.begin() as tx:
        supplier = await system_location(tx, dock.warehouse.id, "supplier")
        ids = await create_locations(
            tx, dock.warehouse.id, [LocationIn(code=f"N-{i:04}") for i in range(400)]
        )
        ids.pop("N-0222")
        await post(tx, [_in(dock, jug, supplier, place) for place in ids.values()])
    assert await said(dock, sku_id=mug.id) == [("empty", "N-0222")]


async def test_twenty_thousand_bins_are_ranked_by_index_alone(
    anonymous: Api, db: Database, cluster: Cluster, settings: Settings
) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    mug = await a_sku(db, shop=dock.shop)
    grid = [LocationIn(code=f"G-{i:05}", walk=i + 1, capacity_ml=100_000) for i in range(20_000)]
    async with db.begin() as tx:
        ids: dict[str, int] = {}
        for i in range(0, len(grid), 5_000):
            ids |= await create_locations(tx, dock.warehouse.id, grid[i : i + 5_000])
        supplier = await system_location(tx, dock.warehouse.id, "supplier")
        goods = [await a_sku(tx, shop=dock.shop) for _ in range(3)]
        await post(
            tx, [_in(dock, goods[i % 3], supplier, ids[f"G-{i:05}"]) for i in range(13_000, 15_000, 2)]
        )
    with cluster.admin(settings.app_url.database or "") as owner:
        owner.execute("analyze location, balance")
    ask = Ask(shop_id=dock.shop.id, sku_id=mug.id, quantity=1)
    async with db.begin() as tx:
        found: list[Place] = await suggest(tx, dock.warehouse.id, [ask])
        await tx.run("set local plan_cache_mode = force_generic_plan")
        await tx.run(
            f"prepare s(int[], bigint[], int[], bigint[], text[], int, timestamptz, int) as {SUGGEST}"
        )
        plan = await tx.rows(
            f"explain execute s(array[{mug.shop_id}], array[{mug.id}], '{{1}}', '{{0}}', '{{sellable}}',"
            f" {dock.warehouse.id}, now() - interval '28 days', 5)"
        )
        await tx.run("deallocate s")
    assert [p.location for p in found] == ["G-13999", "G-13997", "G-14001", "G-13995", "G-14003"]
    read = [r[0] for r in plan if re.search(r"Seq Scan on (location|balance|move)\b", r[0])]
    assert read == []


def _in(dock: Dock, sku: ASku, supplier: int, place: int) -> Move:
    return Move(
        shop_id=dock.shop.id, sku_id=sku.id, quantity=1, from_location=supplier, to_location=place, reason="receiving"
    )  # fmt: skip
