"""Waves: what may go, goes, grouped by pickup and kind, in carts whose walks are short; nothing twice."""

from datetime import timedelta

from tests.builders import a_carrier, a_key, a_shop, bearer, stock_up
from tests.picking.scene import Scene


async def test_waves_group_by_pickup_and_kind(scene: Scene) -> None:
    cup, plate = await scene.goods(500), await scene.goods(500)
    singles = [await scene.order((cup, 1)) for _ in range(3)]
    multis = [await scene.order((cup, 1), (plate, 1)) for _ in range(2)]
    large = await scene.order((cup, 100))
    tomorrow = await scene.order((cup, 1))
    async with scene.db.begin() as tx:
        await tx.run("update orders set ship_by = ship_by + interval '1 day' where id = $1", tomorrow.id)
    waves = await scene.wave()
    assert sorted((w["kind"], w["orders"], w["clusters"], w["tasks"]) for w in waves) == [
        ("large", 1, 1, 1),
        ("multi", 2, 1, 4),
        ("single", 1, 1, 1),
        ("single", 3, 1, 3),
    ]
    assert all(w["walk_mm"] <= w["s_shape_mm"] for w in waves)
    for order in (*singles, *multis, large, tomorrow):
        assert await scene.state(order) == "released"
    assert await scene.wave() == [], "nothing goes twice"
    r = await scene.api.get(f"/waves?warehouse_id={scene.warehouse.id}&limit=3", headers=scene.boss.headers)
    body = r.json()
    assert len(body["items"]) == 3
    r = await scene.api.get(
        f"/waves?warehouse_id={scene.warehouse.id}&after={body['next']}", headers=scene.boss.headers
    )
    assert len(r.json()["items"]) == 1


async def test_only_what_was_asked_for_is_released(scene: Scene) -> None:
    cup, plate = await scene.goods(500), await scene.goods(500)
    single, multi = await scene.order((cup, 1)), await scene.order((cup, 1), (plate, 1))
    second = await scene.order((cup, 1))
    assert await scene.wave(kind="large") == []
    assert await scene.wave(carrier_id=(await a_carrier(scene.db, warehouse=scene.warehouse)).id) == []
    before = single.ship_by - timedelta(minutes=1)
    assert await scene.wave(ship_by_until=before.isoformat()) == []
    assert [w["orders"] for w in await scene.wave(kind="single", max_orders=1)] == [1]
    assert await scene.state(single) == "released"
    assert [w["kind"] for w in await scene.wave(carrier_id=scene.carrier.id, kind="multi")] == ["multi"]
    assert await scene.state(multi) == "released"
    assert await scene.state(second) == "allocated"


async def test_held_cancelled_and_incomplete_orders_stay(scene: Scene) -> None:
    cup = await scene.goods(10)
    held, gone = await scene.order((cup, 1)), await scene.order((cup, 1))
    for order, verb in ((held, "hold"), (gone, "cancel")):
        r = await scene.post(
            f"/orders/{order.id}/{verb}?shop_id={scene.shop.id}", {"reason": "x"}, by=scene.boss
        )
        assert r.status_code == 200, r.text
    in_parts = await scene.order((cup, 20), partial=True)
    whole = await scene.order((cup, 20))
    assert (in_parts.state, whole.state) == ("allocated", "backordered")
    released = await scene.wave()
    states = {o.number: await scene.state(o) for o in (held, gone, whole, in_parts)}
    assert states[held.number] == "on_hold"
    assert states[gone.number] == "cancelled"
    assert states[whole.number] == "backordered"
    assert states[in_parts.number] == "released"
    assert [w["orders"] for w in released] == [1]


async def test_carts_mix_shops_and_keep_their_goods_apart(scene: Scene) -> None:
    shelf = await scene.bin()
    neighbour = await a_shop(scene.db)
    cup, theirs = await scene.goods(5, at=shelf), await scene.goods(5, at=shelf, shop=neighbour)
    plate, their_plate = await scene.goods(5), await scene.goods(5, shop=neighbour)
    await scene.order((cup, 1), (plate, 1))
    await scene.order((theirs, 1), (their_plate, 1), shop=neighbour)
    screen = await scene.started_again_with_totes(2)
    assert screen["orders"] == 2
    eans = {s.code: s.barcode for s in (cup, theirs, plate, their_plate)}
    shops = set()
    while screen["step"] != "park":
        shops.add(screen["shop"])
        screen = await scene.pick(screen, eans[screen["sku"]])
    assert shops == {scene.shop.code, neighbour.code}


async def test_the_walk_visits_each_bin_once_in_a_good_order(scene: Scene) -> None:
    """Six bins in three aisles: the screens follow the walk, and its length is what the wave says."""
    shelves = [
        await scene.bin(aisle=str(a), x=a * 3000, y=1000 + n * 4000) for a in range(3) for n in range(2)
    ]
    cup = await scene.goods(1, at=shelves[0])
    for shelf in shelves[1:]:
        await stock_up(scene.db, sku=cup, bin=shelf, quantity=1)
    order = await scene.order((cup, 6))
    (wave,) = await scene.wave()
    assert wave["tasks"] == 6
    assert 0 < wave["walk_mm"] <= wave["s_shape_mm"]
    screen = await scene.put_totes(await scene.claim(), [await scene.tote()])
    visited = []
    while screen["step"] != "park":
        visited.append(screen["location"])
        screen = await scene.pick(screen, cup.barcode)
    assert sorted(visited) == sorted(s.code for s in shelves)
    assert await scene.state(order) == "picked"


async def test_a_shop_or_a_picker_releases_nothing(scene: Scene) -> None:
    body = {"warehouse_id": scene.warehouse.id}
    assert (await scene.post("/waves", body)).status_code == 403
    key = await a_key(scene.db, shop=scene.shop)
    for method, path in (("POST", "/waves"), ("GET", f"/waves?warehouse_id={scene.warehouse.id}"),
                         ("POST", "/clusters/claim"), ("GET", "/put-back?warehouse_id=1")):  # fmt: skip
        r = await scene.api.request(
            method, path, headers=bearer(key), json=body if method == "POST" else None
        )
        assert r.status_code == 403, path
