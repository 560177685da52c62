"""Whole picks of a cart in one call: each judged by the rules of the scans, the good ones kept."""

import asyncio
from datetime import date, timedelta
from typing import Any

from tests.builders import a_lot, a_shop, on_hand, signed_in_person, stock_up
from tests.picking.scene import Scene
from wms.orders.cancel_order import cancel_order


async def the_picks(scene: Scene, screen: dict[str, Any], codes: dict[str, str]) -> list[dict[str, Any]]:
    """What the device sends when everything went right; ``codes`` are bar codes by SKU."""
    r = await scene.api.get(f"/clusters/{screen['cluster_id']}", headers=scene.picker.headers)
    return [
        {
            "task_id": t["id"], "location": f"L-{t['location']}", "item": codes[t["sku"]], "quantity": t["quantity"],
            "tote": t["tote"],
        }
        for t in r.json()["tasks"]
    ]  # fmt: skip


async def send(
    scene: Scene, screen: dict[str, Any], picks: list[dict[str, Any]], **more: Any
) -> dict[str, Any]:
    r = await scene.post(f"/clusters/{screen['cluster_id']}/picks", {"picks": picks}, **more)
    assert r.status_code == 200, r.text
    answer: dict[str, Any] = r.json()
    return answer


def codes_of(answer: dict[str, Any]) -> list[str]:
    return [r["problem"]["code"] if "problem" in r else r["result"] for r in answer["results"]]


async def test_a_cart_of_two_shops_is_picked_in_one_call(scene: Scene) -> None:
    other = await a_shop(scene.db)
    cup, plate = await scene.goods(9), await scene.goods(9)
    lamp = await scene.goods(9, shop=other)
    orders = [
        await scene.order((cup, 2), (plate, 1)),
        await scene.order((cup, 3)),
        await scene.order((lamp, 1), shop=other),
    ]
    codes = {s.code: s.barcode for s in (cup, plate, lamp)}
    screens = []
    assert await scene.wave(totes_per_cart=8)
    for _ in range(3):  # singles and multis go on carts of their own
        claimed = await scene.post("/clusters/claim", {"warehouse_id": scene.warehouse.id})
        if claimed.status_code != 200:
            break
        screen = claimed.json()
        slots = "select max(slot) from cluster_order where cluster_id = $1"
        totes = [await scene.tote() for _ in range(await scene.value(slots, screen["cluster_id"]))]
        screen = await scene.put_totes(screen, totes)
        answer = await send(scene, screen, await the_picks(scene, screen, codes))
        assert answer["refused"] == answer["known"] == 0
        assert answer["screen"]["step"] == "park"
        assert (
            await scene.post(f"/clusters/{screen['cluster_id']}/park", {"location": "L-PACK-1"})
        ).status_code == 200
        screens.append(answer)
    assert sum(a["picked"] for a in screens) == 4
    assert [await scene.state(o) for o in orders] == ["picked"] * 3
    work = scene.warehouse.locations["WORK"]
    assert [await on_hand(scene.db, sku=s, location_id=work) for s in (cup, plate, lamp)] == [5, 1, 1]
    lines = await scene.value(
        "select array_agg(picked order by id) from order_line where order_id = $1 and allocated = 0",
        orders[0].id,
    )
    assert lines == [2, 1]


async def test_each_pick_is_judged_on_its_own_and_the_good_ones_are_kept(scene: Scene) -> None:
    cup, plate, lamp = await scene.goods(9), await scene.goods(9), await scene.goods(9)
    order = await scene.order((cup, 2), (plate, 2), (lamp, 2))
    screen = await scene.started(order)
    codes = {s.code: s.barcode for s in (cup, plate, lamp)}
    picks = await the_picks(scene, screen, codes)
    wrong = [
        ({"location": "L-X"}, "wrong-location"),
        ({"item": picks[1]["item"]}, "wrong-item"),
        ({"item": "5908000000004"}, "wrong-item"),
        ({"quantity": 3}, "more-than-wanted"),
        ({"quantity": 1}, "not-all"),
        ({"tote": "T-X"}, "wrong-tote"),
        ({"task_id": 999_999_999}, "not-found"),
    ]
    answer = await send(scene, screen, [picks[0] | w for w, _ in wrong])
    assert codes_of(answer) == [code for _, code in wrong]
    caught = await scene.value(
        """select array_agg(ref order by id) from event where kind = 'refusal' and person_id = $1
           and data ->> 'path' = '/api/v1/clusters/' || $2::bigint || '/picks'""",
        scene.picker.id,
        screen["cluster_id"],
    )
    assert sorted(caught) == sorted(code for _, code in wrong), "each is a mis-pick caught"
    assert (answer["picked"], answer["refused"]) == (0, len(wrong))
    assert answer["screen"]["task_id"] == picks[0]["task_id"]
    assert await scene.state(order) == "released", "nothing was picked"
    answer = await send(
        scene, screen, [picks[0] | {"quantity": 1}, picks[1], picks[1], picks[2] | {"tote": "T-X"}]
    )
    assert codes_of(answer) == ["not-all", "picked", "known", "wrong-tote"]
    assert await scene.state(order) == "picking"
    answer = await send(scene, screen, picks)
    assert codes_of(answer) == ["picked", "known", "picked"]
    assert answer["screen"]["step"] == "park"
    assert await scene.state(order) == "picked"
    work = scene.warehouse.locations["WORK"]
    assert [await on_hand(scene.db, sku=s, location_id=work) for s in (cup, plate, lamp)] == [2, 2, 2]
    again = await send(scene, screen, picks)
    assert codes_of(again) == ["known"] * 3


async def test_a_lot_must_be_the_promised_one(scene: Scene) -> None:
    shelf = await scene.bin()
    milk = await scene.goods(lot_policy="expiry")
    for code, days in (("L1", 60), ("L2", 90)):
        day = date.today() + timedelta(days=days)  # noqa: DTZ011
        lot = await a_lot(scene.db, sku=milk, code=code, expires_on=day)
        await stock_up(scene.db, sku=milk, bin=shelf, quantity=3, lot=lot)
    screen = await scene.started(await scene.order((milk, 2)))
    (pick,) = await the_picks(scene, screen, {milk.code: milk.barcode})
    answer = await send(scene, screen, [pick, pick | {"lot": "L2"}, pick | {"lot": "L1"}])
    assert codes_of(answer) == ["lot-needed", "wrong-lot", "picked"]


async def test_a_cancelled_order_is_told_and_its_pick_is_nobodys_any_more(scene: Scene) -> None:
    cup = await scene.goods(9)
    orders = [
        await scene.order((cup, 1), (await scene.goods(3), 1)),
        await scene.order((cup, 2), (await scene.goods(3), 1)),
    ]
    screen = await scene.started(*orders)
    r = await scene.api.get(f"/clusters/{screen['cluster_id']}", headers=scene.picker.headers)
    tasks = r.json()["tasks"]
    mine = {t["id"] for t in tasks if t["order"] == orders[0].number}
    eans = await scene.value(
        "select jsonb_object_agg(s.code, b.code) from barcode b join sku s on s.id = b.sku_id"
    )
    picks = await the_picks(scene, screen, eans)
    async with scene.db.begin() as tx:
        await cancel_order(tx, scene.shop.id, orders[0].id)
    answer = await send(scene, screen, picks)
    for result in answer["results"]:
        if result["task_id"] in mine:
            assert result["problem"]["code"] == "order-cancelled"
        else:
            assert result["result"] == "picked"
    assert answer["screen"]["step"] == "park", "nothing of the cancelled one is left to fetch"
    assert [await scene.state(o) for o in orders] == ["cancelled", "picked"]


async def test_only_who_holds_the_cart(scene: Scene) -> None:
    cup = await scene.goods(5)
    screen = await scene.started(await scene.order((cup, 2)))
    picks = await the_picks(scene, screen, {cup.code: cup.barcode})
    other = await signed_in_person(scene.db, roles=["picker"])
    path = f"/clusters/{screen['cluster_id']}/picks"
    r = await scene.post(path, {"picks": picks}, by=other)
    assert (r.status_code, r.json()["code"]) == (409, "not-your-cluster")
    r = await scene.post("/clusters/999999999/picks", {"picks": picks})
    assert (r.status_code, r.json()["code"]) == (404, "not-found")
    r = await scene.post(path, {"picks": []})
    assert r.status_code == 400
    assert codes_of(await send(scene, screen, picks)) == ["picked"]


async def test_no_totes_no_picks(scene: Scene) -> None:
    cup = await scene.goods(5)
    await scene.order((cup, 2))
    assert await scene.wave()
    screen = await scene.claim()
    picks = await the_picks(scene, screen, {cup.code: cup.barcode})
    answer = await send(scene, screen, [p | {"tote": "T-1"} for p in picks])
    assert codes_of(answer) == ["totes-first"]


async def test_what_the_ledger_refuses_together_goes_one_by_one(scene: Scene) -> None:
    """A promise that is gone, though the task still stands: that pick alone is refused."""
    cup, plate = await scene.goods(5), await scene.goods(5)
    screen = await scene.started(await scene.order((cup, 1), (plate, 1)))
    picks = await the_picks(scene, screen, {s.code: s.barcode for s in (cup, plate)})
    async with scene.db.begin() as tx:
        await tx.run(
            """update allocation set voided = quantity - settled where id = (select allocation_id from pick_task where id = $1)""",
            picks[0]["task_id"],
        )
    answer = await send(scene, screen, picks)
    assert codes_of(answer) == ["already-settled", "picked"]


async def test_the_same_cart_sent_many_times_at_once_is_picked_once(scene: Scene) -> None:
    shelf = await scene.bin()
    cup = await scene.goods(9, at=shelf)
    screen = await scene.started(await scene.order((cup, 3), (await scene.goods(5), 1)))
    eans = await scene.value(
        "select jsonb_object_agg(s.code, b.code) from barcode b join sku s on s.id = b.sku_id"
    )
    picks = await the_picks(scene, screen, eans)
    answers = await asyncio.gather(*(send(scene, screen, picks) for _ in range(6)))
    assert sorted(a["picked"] for a in answers) == [0] * 5 + [2]
    assert sum(a["known"] for a in answers) == 10
    assert await on_hand(scene.db, sku=cup, location_id=shelf.id) == 6
