"""The board over HTTP: pickups, waves by hand and by rule, urgency."""

from datetime import timedelta

import pytest

from tests.conftest import Api, Server
from tests.picking.scene import Scene, a_scene
from tests.reporting.desk import at_desk, texts
from wms.db.tx import Database
from wms.picking.replan_pickup import replan_for
from wms.picking.wave_rule import release_by_rule, save_wave_rule


@pytest.fixture
async def scene(db: Database, anonymous: Api) -> Scene:
    return await a_scene(db, anonymous)


async def released(scene: Scene) -> int:
    return int(
        await scene.value(
            "select count(*) from orders where warehouse_id = $1 and state = 'released'", scene.warehouse.id
        )
    )


async def test_the_board_tells_every_pickup(scene: Scene, server: Server, db: Database) -> None:
    sku = await scene.goods(10)
    orders = [await scene.order((sku, 2)) for _ in range(3)]
    short = await scene.order((sku, 50))
    assert short.state == "backordered"
    await scene.started(orders[0])
    nobody = await scene.order((sku, 1))
    async with db.begin() as tx:
        await tx.run("update orders set carrier_id = null, state = 'on_hold' where id = $1", nobody.id)
    async with at_desk(server, db, "supervisor", warehouse_id=scene.warehouse.id) as desk:
        page = await desk.see("/desk")
        said = texts(page)
        assert f"Kurier {scene.carrier.code}" in said
        assert "Burn-down" in said
        assert "not known" in said, "nobody has packed in this warehouse yet"
        assert "1 is held or lacks stock" in said
        assert page.count('<svg class="chart') == 1
        assert "no carrier yet" in said, "what nobody takes is work, too"
        assert "/desk/orders?hold=no-service" in page
        due = nobody.ship_by.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert "Burn-down: no carrier yet" in texts(await desk.see("/desk", carrier=0, at=due))
        assert "Release a wave" in said
        part = await desk.see("/desk?part=pickups")
        assert "<html" not in part
        assert "Release a wave" not in part
        waves = await desk.see("/desk?part=waves")
        assert "picks" not in waves[:20]
        assert "1 in hand" in texts(waves)
        at = orders[0].ship_by.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert 'aria-current="true"' in await desk.see("/desk", carrier=scene.carrier.id, at=at)
        for nonsense in ("x", "2026-13-45", "9" * 300, "2026-11-23"):
            await desk.see("/desk", carrier=10**15, at=nonsense)


async def test_care_sees_no_waves_to_release_and_packers_their_bench(server: Server, db: Database) -> None:
    async with at_desk(server, db, "care") as desk:
        assert "Release a wave" not in await desk.see("/desk")
        await desk.act("/desk/waves", status=403)
        await desk.act("/desk/waves/rule", status=403)
    async with at_desk(server, db, "packer") as desk:
        r = await desk.http.get("/desk")
        assert (r.status_code, r.headers["location"]) == (303, "/desk/pack")
    async with at_desk(server, db, "picker") as desk:
        r = await desk.http.get("/desk")
        assert (r.status_code, r.headers["location"]) == (303, "/floor")


async def test_a_wave_is_released_by_hand(scene: Scene, server: Server, db: Database) -> None:
    sku, other = await scene.goods(20), await scene.goods(20)
    for _ in range(3):
        await scene.order((sku, 1))
    await scene.order((sku, 1), (other, 1))
    async with at_desk(server, db, "supervisor", warehouse_id=scene.warehouse.id) as desk:
        said = texts(await desk.act("/desk/waves", kind="single", max_orders="2"))
        assert "Released 2 orders on 1 cart in 1 wave." in said
        assert await released(scene) == 2
        assert "Nothing that is ready" in await desk.act("/desk/waves", kind="large")
        soon = (await scene.value("select now()")) + timedelta(minutes=1)
        if not await scene.value(
            "select exists(select from orders where warehouse_id = $1 and ship_by <= $2)",
            scene.warehouse.id,
            soon,
        ):
            assert "Nothing that is ready" in await desk.act("/desk/waves", until=soon.isoformat())
        for bad in ({"max_orders": "many"}, {"max_orders": "0"}, {"max_orders": "10001"}, {"until": "soon"},
                    {"until": "2026-11-23T10:00:00"}, {"carrier_id": "1 or 1=1"}):  # fmt: skip
            await desk.act("/desk/waves", status=422, **bad)
        assert (await desk.form("/desk/waves", carrier_id=str(scene.carrier.id))).headers[
            "location"
        ] == "/desk"
        assert await released(scene) == 4


async def test_a_rule_releases_by_itself(scene: Scene, server: Server, db: Database) -> None:
    sku = await scene.goods(50)
    async with at_desk(server, db, "supervisor", warehouse_id=scene.warehouse.id) as desk:
        for bad in (
            {"minutes_before": "0"},
            {"minutes_before": "-5"},
            {"orders_waiting": "99999"},
            {"orders_waiting": "x"},
        ):
            await desk.act("/desk/waves/rule", status=422, **bad)
        assert "The rule is kept" in await desk.act("/desk/waves/rule", minutes_before="", orders_waiting="3")
        for _ in range(2):
            await scene.order((sku, 1))
        async with db.begin() as tx:
            await release_by_rule(tx)
        assert await released(scene) == 0, "two do not make three"
        await scene.order((sku, 1))
        async with db.begin() as tx:
            await release_by_rule(tx)
        assert await released(scene) == 3
        late, early = [await scene.order((sku, 1)) for _ in range(2)]
        async with db.begin() as tx:
            await tx.run(
                "update orders set ship_by = $2 where id = $1", late.id, tx.now + timedelta(minutes=20)
            )
            await tx.run(
                "update orders set ship_by = $2 where id = $1", early.id, tx.now + timedelta(hours=5)
            )
            await save_wave_rule(tx, scene.warehouse.id, 30, None)
            await release_by_rule(tx)
            await release_by_rule(tx)
        assert (await scene.state(late), await scene.state(early)) == ("released", "allocated")
        assert "The rule is off" in await desk.act("/desk/waves/rule", minutes_before="", orders_waiting="")
        assert (
            await scene.value("select count(*) from wave_rule where warehouse_id = $1", scene.warehouse.id)
            == 0
        )


async def test_an_urgent_order_comes_first_of_the_untouched_carts(
    scene: Scene, server: Server, db: Database
) -> None:
    goods = [await scene.goods(5) for _ in range(8)]
    orders = [await scene.order((goods[i], 1), (goods[(i + 1) % 8], 1)) for i in range(8)]
    assert await scene.wave(totes_per_cart=2)
    taken = await scene.claim()
    in_hand = await scene.value(
        "select array_agg(order_id) from cluster_order where cluster_id = $1", taken["cluster_id"]
    )
    waiting = [o for o in orders if o.id not in in_hand]
    last = await scene.value(
        """select order_id from cluster_order co join cluster c on c.id = co.cluster_id
           where c.warehouse_id = $1 and c.state = 'waiting' order by c.id desc limit 1""",
        scene.warehouse.id,
    )
    urgent = next(o for o in waiting if o.id == last)
    async with at_desk(server, db, "care", warehouse_id=scene.warehouse.id) as desk:
        where = f"/desk/orders/{scene.shop.id}/{urgent.id}"
        assert await desk.act(f"{where}/priority", priority="9") == f"{where}?done=priority-planned"
        first = await scene.value(
            """select array_agg(co.order_id) from cluster_order co where co.cluster_id = (
                 select id from cluster where warehouse_id = $1 and state = 'waiting' order by ship_by, id limit 1)""",
            scene.warehouse.id,
        )
        assert urgent.id in first
        assert await released(scene) == 8, "nobody fell off the carts"
        still = await scene.value(
            "select array_agg(order_id) from cluster_order where cluster_id = $1", taken["cluster_id"]
        )
        assert sorted(still) == sorted(in_hand), "a cart in somebody's hands stays as it is"
        assert await scene.value(
            """select count(*) from pick_task t join cluster c on c.id = t.cluster_id
               where c.warehouse_id = $1 and t.state = 'open'""", scene.warehouse.id) == 16  # fmt: skip
        held = f"/desk/orders/{scene.shop.id}/{in_hand[0]}"
        assert await desk.act(f"{held}/priority", priority="5") == f"{held}?done=priority-in_hand"
        for bad in ("", "10", "-10", "high", "1.5"):
            await desk.act(f"{where}/priority", status=422, priority=bad)
        await desk.act(f"/desk/orders/{scene.shop.id}/{10**12}/priority", status=404, priority="1")
        assert "untouched carts of its pickup" in await desk.see(f"{where}?done=priority-planned")


async def test_a_cart_planned_anew_can_be_picked_to_the_end(scene: Scene, db: Database) -> None:
    shelf = await scene.bin()
    sku = await scene.goods(10, at=shelf)
    orders = [await scene.order((sku, 1)) for _ in range(2)]
    await scene.wave()
    async with db.begin() as tx:
        await tx.run("update orders set priority = 9 where id = $1", orders[1].id)
        moved = await replan_for(tx, scene.shop.id, orders[1].id)
    assert (moved.where, len(moved.waves)) == ("planned", 1)
    screen = await scene.put_totes(await scene.claim(), [await scene.tote()])
    while screen["step"] not in ("park", "done"):
        screen = await scene.pick(screen, sku.barcode)
    assert [await scene.state(o) for o in orders] == ["picked", "picked"]
    assert (
        await scene.value(
            "select count(*) from wave where warehouse_id = $1 and state = 'done'", scene.warehouse.id
        )
        >= 1
    )
