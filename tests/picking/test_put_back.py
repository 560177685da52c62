"""Goods of a cancelled order go back to a shelf, by its scan and theirs."""

from typing import Any

import pytest

from tests.builders import ATote, a_shop, on_hand
from tests.picking.scene import Scene
from wms.picking.errors import PutBackToteTaken
from wms.picking.undo_put_back import undo_put_back


async def cancelled(scene: Scene) -> tuple[Any, Any, dict[str, Any]]:
    """A SKU, its bin, and the put-back task for 2 pieces of it that were picked before the order was cancelled."""
    shelf = await scene.bin()
    cup = await scene.goods(5, at=shelf)
    order = await scene.order((cup, 2))
    await scene.pick(await scene.started(order), cup.barcode)
    r = await scene.post(f"/orders/{order.id}/cancel?shop_id={scene.shop.id}", {"reason": "x"}, by=scene.boss)
    assert r.json()["put_back"] == 2, r.text
    r = await scene.api.get(f"/put-back?warehouse_id={scene.warehouse.id}", headers=scene.picker.headers)
    (task,) = r.json()["items"]
    return cup, shelf, task


async def put(scene: Scene, task: dict[str, Any], location: str, item: str, quantity: int) -> dict[str, Any]:
    body = {"shop_id": task["shop_id"], "location": location, "item": item, "quantity": quantity}
    answer: dict[str, Any] = (await scene.post(f"/put-back/{task['id']}", body)).json()
    return answer


async def test_goods_go_back_in_parts_and_serve_who_waits(scene: Scene) -> None:
    cup, shelf, task = await cancelled(scene)
    assert (task["sku"], task["left"], task["source"], task["suggested"]) == (cup.code, 2, "WORK", shelf.code)
    waiting = await scene.order((cup, 4), partial=True)
    done = await put(scene, task, shelf.label, cup.barcode, 1)
    assert (done["left"], done["for_orders"]) == (1, 1)
    assert await on_hand(scene.db, sku=cup, location_id=shelf.id) == 4
    done = await put(scene, task, shelf.label, cup.barcode, 1)
    assert done["left"] == 0
    assert await on_hand(scene.db, sku=cup, location_id=shelf.id) == 5
    assert await scene.state(waiting) == "allocated"
    assert (await put(scene, task, shelf.label, cup.barcode, 1))["code"] == "task-done"
    r = await scene.api.get(f"/put-back?warehouse_id={scene.warehouse.id}", headers=scene.picker.headers)
    assert r.json() == {"items": [], "next": None}


async def test_put_back_refuses_what_is_not_right(scene: Scene) -> None:
    cup, shelf, task = await cancelled(scene)
    plate, theirs = await scene.goods(1), await scene.goods(1, shop=await a_shop(scene.db))
    locked = await scene.bin()
    await scene.post(f"/locations/{locked.id}/lock", {"reason": "x"}, by=scene.boss)
    for location, item, quantity, code in (
        (shelf.label, plate.barcode, 1, "wrong-item"),
        (shelf.label, theirs.barcode, 1, "someone-elses-goods"),
        (shelf.label, cup.barcode, 3, "more-than-wanted"),
        ("L-PACK-1", cup.barcode, 1, "not-a-bin"),
        ("L-NOWHERE", cup.barcode, 1, "unknown-location"),
        (locked.label, cup.barcode, 1, "location-locked"),
    ):
        assert (await put(scene, task, location, item, quantity))["code"] == code
    other = await a_shop(scene.db)
    assert (await put(scene, task | {"shop_id": other.id}, shelf.label, cup.barcode, 1))[
        "code"
    ] == "not-found"
    assert await on_hand(scene.db, sku=cup, location_id=shelf.id) == 3


async def test_what_is_taken_back_goes_into_no_tote_of_others(scene: Scene) -> None:
    cup, shelf, task = await cancelled(scene)
    assert (await put(scene, task, shelf.label, cup.barcode, 2))["left"] == 0
    tote = ATote(
        id=await scene.value("select hu_id from putback_task where id = $1", task["id"]), code=task["unit"]
    )

    async def undo() -> int:
        async with scene.db.begin() as tx:
            done = await undo_put_back(tx, scene.shop.id, task["id"], shelf.id, 1)
        return done.left

    assert await undo() == 1, "nobody has the tote meanwhile"
    assert (await put(scene, task, shelf.label, cup.barcode, 1))["left"] == 0
    plate = await scene.goods(1)
    await scene.order((plate, 1))
    assert await scene.wave()
    cart = await scene.put_totes(await scene.claim(), [tote])
    with pytest.raises(PutBackToteTaken, match=tote.code):
        await undo()
    await scene.pick(
        cart, plate.barcode
    )  # the cart is done, and the tote waits for its packer with another order's goods
    with pytest.raises(PutBackToteTaken):
        await undo()
    assert await on_hand(scene.db, sku=cup, location_id=shelf.id) == 5
