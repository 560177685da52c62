"""Two at once on the same pick: one moves the goods, the others learn that it is done."""

import asyncio

from tests.builders import on_hand
from tests.picking.scene import Scene


async def test_the_same_tote_scan_many_times_at_once_moves_once(scene: Scene) -> None:
    shelf = await scene.bin()
    cup = await scene.goods(9, at=shelf)
    order = await scene.order((cup, 3), (await scene.goods(5), 1))
    screen = await scene.started(order)
    while screen["sku"] != cup.code:
        screen = await scene.scan(screen, "WMS:SKIP")
    screen = await scene.scan(screen, shelf.label)
    screen = await scene.scan(screen, cup.barcode, quantity=3)
    answers = await asyncio.gather(*(scene.send(screen, screen["tote"]) for _ in range(8)))
    assert {r.status_code for r in answers} == {200}
    assert sorted(r.json()["code"] or "" for r in answers) == [""] + ["already-done"] * 7
    assert len({r.json()["task_id"] for r in answers}) == 1, "all see the same next pick"
    assert await on_hand(scene.db, sku=cup, location_id=shelf.id) == 6


async def test_a_cancel_at_the_very_moment_of_the_pick_is_before_it_or_after_it(scene: Scene) -> None:
    """Before: nothing is picked. After: the goods are on the put-back list. Never in between."""
    work = scene.warehouse.locations["WORK"]
    for _ in range(6):
        cup = await scene.goods(9)
        order = await scene.order((cup, 2))
        screen = await scene.started(order)
        screen = await scene.scan(screen, f"L-{screen['location']}")
        screen = await scene.scan(screen, cup.barcode, quantity=2)
        scanned, cancelled = await asyncio.gather(
            scene.send(screen, screen["tote"]),
            scene.post(f"/orders/{order.id}/cancel?shop_id={scene.shop.id}", {"reason": "x"}, by=scene.boss),
        )
        assert (scanned.status_code, cancelled.status_code) == (200, 200), (scanned.text, cancelled.text)
        assert await scene.state(order) == "cancelled"
        back = await scene.value(
            "select coalesce(sum(quantity), 0)::int from putback_task where shop_id = $1 and order_id = $2",
            scene.shop.id, order.id,
        )  # fmt: skip
        assert await on_hand(scene.db, sku=cup, location_id=work) == back == cancelled.json()["put_back"]
        open_ = "select count(*) from allocation where shop_id = $1 and order_id = $2 and open > 0"
        assert await scene.value(open_, scene.shop.id, order.id) == 0
        if scanned.json()["step"] != "park":
            await scene.send(scanned.json(), "WMS:SKIP")
