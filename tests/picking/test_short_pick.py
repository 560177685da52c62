"""Missing goods: taken elsewhere at once, or the order waits; the bin is locked and counted."""

from typing import Any

from tests.builders import ASku, on_hand, stock_up
from tests.picking.scene import Scene
from wms.orders.fill_backorders import fill_backorders


async def line(scene: Scene, order_id: int, sku: ASku) -> tuple[int, int, int]:
    """Quantity, allocated, picked."""
    row = await scene.value(
        "select row(quantity, allocated, picked) from order_line where shop_id = $1 and order_id = $2 and sku_id = $3",
        scene.shop.id, order_id, sku.id,
    )  # fmt: skip
    return tuple(row)


async def two_places(scene: Scene, here: int, there: int) -> tuple[ASku, Any, Any]:
    """A SKU in two bins; what is promised first is in the one that holds more, so that is ``here``."""
    one, other = await scene.bin(), await scene.bin()
    cup = await scene.goods(here, at=one)
    if there:
        await stock_up(scene.db, sku=cup, bin=other, quantity=there)
    return cup, one, other


async def test_what_is_missing_comes_from_another_bin_of_the_same_walk(scene: Scene) -> None:
    cup, one, other = await two_places(scene, 10, 9)
    order = await scene.order((cup, 4))
    screen = await scene.started(order)
    assert screen["location"] == one.code
    body = {"cluster_id": screen["cluster_id"], "quantity": 1, "tote": screen["tote"]}
    r = await scene.post(f"/picks/{screen['task_id']}/short", body)
    assert r.status_code == 200, r.text
    then = r.json()
    assert (then["code"], then["location"], then["quantity"]) == ("short-pick", other.code, 3)
    assert other.code in then["message"]
    assert await line(scene, order.id, cup) == (4, 3, 1)
    assert await scene.value("select locked_at is not null from location where id = $1", one.id)
    assert await scene.value("select reason from count_task where location_id = $1", one.id) == "short_pick"
    assert await on_hand(scene.db, sku=cup, location_id=one.id) == 9, "the count decides, not the picker"
    kind = "select count(*) from event where shop_id = $1 and subject_id = $2 and kind = 'order.short'"
    assert await scene.value(kind, scene.shop.id, order.id) == 1
    assert (await scene.pick(then, cup.barcode))["step"] == "park"
    assert await scene.state(order) == "picked"
    assert await line(scene, order.id, cup) == (4, 0, 4)
    again = await scene.post(f"/picks/{screen['task_id']}/short", body)
    assert again.json()["code"] == "already-done"


async def test_with_nothing_elsewhere_a_whole_order_waits_and_keeps_its_promises(scene: Scene) -> None:
    cup, one, _ = await two_places(scene, 5, 0)
    plate = await scene.goods(5)
    order, neighbour = (
        await scene.order((cup, 2), (plate, 1)),
        await scene.order((plate, 1), (await scene.goods(5), 1)),
    )
    screen = await scene.started(order, neighbour)
    while screen["sku"] != cup.code:
        screen = await scene.scan(screen, "WMS:SKIP")
    then = await scene.scan(screen, "WMS:MISSING")
    assert (then["code"], then["order"]) == ("short-pick", neighbour.number)
    assert order.number in then["message"]
    assert await scene.state(order) == "backordered"
    assert await line(scene, order.id, cup) == (2, 0, 0)
    assert await line(scene, order.id, plate) == (1, 1, 0)
    for _ in range(2):
        ean = await scene.value("select b.code from barcode b join sku s on s.id = b.sku_id where s.code = $1",
                                then["sku"])  # fmt: skip
        then = await scene.pick(then, ean)
    assert then["step"] == "park"
    assert await scene.state(neighbour) == "picked"
    # goods come in: the order is whole again, and goes to the floor a second time
    await stock_up(scene.db, sku=cup, bin=await scene.bin(), quantity=2)
    async with scene.db.begin() as tx:
        await fill_backorders(tx, [(scene.shop.id, cup.id)])
    assert await scene.state(order) == "allocated"
    screen = await scene.started_again()
    assert screen["order"] == order.number
    for _ in range(2):
        screen = await scene.pick(screen, (cup if screen["sku"] == cup.code else plate).barcode)
    assert await scene.state(order) == "picked"
    assert one.code != screen["location"]


async def test_missing_after_some_were_counted_confirms_those_by_the_tote(scene: Scene) -> None:
    cup, one, other = await two_places(scene, 10, 9)
    order = await scene.order((cup, 3))
    screen = await scene.scan(await scene.started(order), one.label)
    screen = await scene.scan(screen, cup.barcode)
    screen = await scene.scan(screen, "WMS:MISSING")
    assert (screen["step"], screen["missing"], screen["counted"]) == ("tote", True, 1)
    screen = await scene.scan(screen, screen["tote"])
    assert (screen["code"], screen["location"], screen["quantity"]) == ("short-pick", other.code, 2)
    assert await line(scene, order.id, cup) == (3, 2, 1)


async def test_a_shop_that_ships_in_parts_gets_what_there_is(scene: Scene) -> None:
    cup, _, _ = await two_places(scene, 5, 0)
    plate = await scene.goods(5)
    order = await scene.order((cup, 2), (plate, 1), partial=True)
    screen = await scene.started(order)
    while screen["sku"] != cup.code:
        screen = await scene.scan(screen, "WMS:SKIP")
    screen = await scene.scan(screen, "WMS:MISSING")
    assert screen["code"] == "short-pick"
    assert (await scene.pick(screen, plate.barcode))["step"] == "park"
    assert await scene.state(order) == "picked"
    assert await line(scene, order.id, cup) == (2, 0, 0)
    assert await line(scene, order.id, plate) == (1, 0, 1)


async def test_in_parts_but_with_nothing_at_all_the_order_waits(scene: Scene) -> None:
    cup, _, _ = await two_places(scene, 5, 0)
    order = await scene.order((cup, 2), partial=True)
    screen = await scene.scan(await scene.started(order), "WMS:MISSING")
    assert screen["step"] == "park"
    assert await scene.state(order) == "backordered"


async def test_short_means_less_than_wanted_and_names_the_right_tote(scene: Scene) -> None:
    cup, _, _ = await two_places(scene, 5, 0)
    screen = await scene.started(await scene.order((cup, 2)))
    path = f"/picks/{screen['task_id']}/short"
    r = await scene.post(path, {"cluster_id": screen["cluster_id"], "quantity": 2, "tote": screen["tote"]})
    assert (r.status_code, r.json()["code"]) == (422, "invalid")
    r = await scene.post(
        path, {"cluster_id": screen["cluster_id"], "quantity": 1, "tote": (await scene.tote()).code}
    )
    assert r.json()["code"] == "wrong-tote"
    r = await scene.post("/picks/99999999/short", {"cluster_id": screen["cluster_id"], "quantity": 0})
    assert r.status_code == 404


async def test_a_cart_of_four_orders_with_one_short_pick(scene: Scene) -> None:
    """The morning of one picker: four orders, three aisles, one shelf that holds less than it should."""
    shelves = [
        await scene.bin(aisle=str(a), x=a * 3000, y=2000 + n * 1000) for a in (1, 2, 3) for n in (0, 1)
    ]
    skus = [await scene.goods(20 + n, at=shelf) for n, shelf in enumerate(shelves)]
    spare = await scene.bin(aisle="3", x=9000, y=5000)
    await stock_up(scene.db, sku=skus[0], bin=spare, quantity=4)
    eans = {s.code: s.barcode for s in skus}
    orders = [
        await scene.order((skus[0], 2), (skus[3], 1)),
        await scene.order((skus[0], 1), (skus[5], 2)),
        await scene.order((skus[1], 1), (skus[2], 1), (skus[4], 1)),
        await scene.order((skus[5], 1), (skus[0], 1)),
    ]
    screen = await scene.started(*orders)
    assert screen["tasks"] == 9
    seen: list[str] = []
    missing = False
    while screen["step"] != "park":
        if screen["step"] == "location":
            seen.append(screen["location"])
        if screen["location"] == shelves[0].code and not missing:
            missing = True  # the picker stands in front of an empty shelf
            screen = await scene.scan(screen, f"L-{screen['location']}")
            screen = await scene.scan(screen, "WMS:MISSING")
            assert spare.code in screen["message"]
            continue
        screen = await scene.pick(screen, eans[screen["sku"]])
    assert missing
    assert spare.code in seen
    assert {await scene.state(o) for o in orders} == {"picked"}
    work = scene.warehouse.locations["WORK"]
    for sku, quantity in zip(skus, (4, 1, 1, 1, 1, 3), strict=True):
        assert await on_hand(scene.db, sku=sku, location_id=work) == quantity
    wave = (
        await scene.api.get(f"/waves?warehouse_id={scene.warehouse.id}", headers=scene.boss.headers)
    ).json()
    assert [(w["state"], w["tasks_done"] == w["tasks"]) for w in wave["items"]] == [("done", True)]
