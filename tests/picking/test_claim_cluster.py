"""Carts are claimed: never twice, one's own first, earliest pickup first; and totes go onto them empty."""

import asyncio

from tests.builders import signed_in_person, stock_up
from tests.picking.scene import Scene
from wms.db.tx import Actor
from wms.picking.claim_cluster import claim
from wms.picking.errors import NothingToPick


async def test_many_pickers_at_once_never_get_the_same_cart(scene: Scene) -> None:
    cup = await scene.goods(100)
    for _ in range(6):
        await scene.order((cup, 1))
    await scene.wave(totes_per_cart=1, units_per_tote=1)
    pickers = [await signed_in_person(scene.db, roles=["picker"]) for _ in range(8)]
    answers = await asyncio.gather(
        *(scene.post("/clusters/claim", {"warehouse_id": scene.warehouse.id}, by=p) for p in pickers)
    )
    got = [r.json()["cluster_id"] for r in answers if r.status_code == 200]
    none = [r.json()["code"] for r in answers if r.status_code != 200]
    assert len(set(got)) == len(got) == 6
    assert none == ["nothing-to-pick"] * 2


async def test_two_taps_of_one_picker_get_one_cart(scene: Scene) -> None:
    cup = await scene.goods(100)
    for _ in range(4):
        await scene.order((cup, 1))
    await scene.wave(totes_per_cart=1, units_per_tote=1)
    screens = await asyncio.gather(*(scene.claim() for _ in range(4)))
    assert len({s["cluster_id"] for s in screens}) == 1


async def test_two_claims_within_open_transactions(scene: Scene) -> None:
    await scene.order((await scene.goods(5), 1))
    await scene.wave()
    one = Actor(kind="staff", id=scene.picker.id, name="x", roles=frozenset({"picker"}))
    two = Actor(kind="staff", id=scene.boss.id, name="y", roles=frozenset({"picker"}))
    async with scene.db.begin(one) as a, scene.db.begin(two) as b:
        await claim(a, scene.warehouse.id)
        try:  # the first has not committed: the second does not wait for it, and does not get its cart
            await claim(b, scene.warehouse.id)
            raise AssertionError
        except NothingToPick:
            pass


async def test_the_earliest_pickup_first_and_the_own_cart_before_all(scene: Scene) -> None:
    cup = await scene.goods(100)
    late, soon = await scene.order((cup, 1)), await scene.order((cup, 1))
    async with scene.db.begin() as tx:
        await tx.run("update orders set ship_by = ship_by + interval '1 day' where id = $1", late.id)
    waves = await scene.wave()
    assert len(waves) == 2
    screen = await scene.claim()
    assert screen["order"] == soon.number
    await scene.put_totes(screen, [await scene.tote()])
    again = await scene.claim()
    assert again["cluster_id"] == screen["cluster_id"]
    other = await signed_in_person(scene.db, roles=["picker"])
    assert (await scene.claim(by=other))["order"] == late.number


async def test_a_certain_cart_that_somebody_has_says_who(scene: Scene) -> None:
    await scene.order((await scene.goods(5), 1))
    await scene.wave()
    screen = await scene.claim()
    other = await signed_in_person(scene.db, roles=["picker"])
    body = {"warehouse_id": scene.warehouse.id, "cluster_id": screen["cluster_id"]}
    problem = (await scene.post("/clusters/claim", body, by=other)).json()
    assert problem["code"] == "not-your-cluster"
    assert problem["values"]["holder"] == "Łucja Żak"


async def test_a_cart_given_back_is_claimed_by_the_next(scene: Scene) -> None:
    cup = await scene.goods(5)
    screen = await scene.started(await scene.order((cup, 2)))
    other = await signed_in_person(scene.db, roles=["picker"])
    path = f"/clusters/{screen['cluster_id']}/release"
    assert (await scene.post(path, {}, by=other)).json()["code"] == "not-your-cluster"
    assert (await scene.post(path, {})).status_code == 200
    await scene.refused(screen, f"L-{screen['location']}", "lease-lost")
    taken = await scene.claim(by=other)
    assert (taken["cluster_id"], taken["step"], taken["tote"]) == (
        screen["cluster_id"],
        "location",
        screen["tote"],
    )
    assert (await scene.post(path, {}, by=scene.boss)).status_code == 200, "a supervisor may, for anyone"


async def test_a_cart_whose_orders_were_all_cancelled_is_passed_over(scene: Scene) -> None:
    cup = await scene.goods(5)
    gone = await scene.order((cup, 1), priority=5)
    await scene.wave()
    stays = await scene.order((cup, 1))
    await scene.wave()
    r = await scene.post(f"/orders/{gone.id}/cancel?shop_id={scene.shop.id}", {"reason": "x"}, by=scene.boss)
    assert r.status_code == 200
    assert (await scene.claim())["order"] == stays.number


async def test_totes_must_be_empty_free_and_totes(scene: Scene) -> None:
    cup = await scene.goods(50)
    await scene.order((cup, 1), (await scene.goods(9), 1))
    await scene.order((cup, 1), (await scene.goods(9), 1))
    await scene.wave(totes_per_cart=1)
    screen = await scene.claim()
    assert (screen["step"], screen["slot"]) == ("totes", 1)
    await scene.refused(screen | {"step": "location"}, f"L-{screen['location']}", "totes-first")
    full, empty, spare = await scene.tote(), await scene.tote(), await scene.tote()
    shelf = await scene.bin()
    await stock_up(scene.db, sku=cup, bin=shelf, quantity=3, hu=full.id)
    problem = await scene.refused(screen, full.code, "tote-not-empty")
    assert problem["values"]["units"] == 3
    await scene.refused(screen, "T-NO-SUCH", "not-a-tote")
    screen = await scene.scan(screen, empty.code)
    assert (screen["step"], screen["tote"]) == ("location", empty.code)
    late = await scene.scan(screen | {"step": "totes"}, empty.code)
    assert late["code"] == "already-done"
    other = await signed_in_person(scene.db, roles=["picker"])
    theirs = await scene.claim(by=other)
    await scene.refused(theirs, empty.code, "tote-in-use", by=other)
    r = await scene.post(f"/clusters/{screen['cluster_id']}/totes", {"totes": [spare.code]})
    assert r.json()["code"] == "no-such-slot"


async def test_a_full_tote_makes_way_for_the_next_one(scene: Scene) -> None:
    cup, plate = await scene.goods(5), await scene.goods(5)
    order = await scene.order((cup, 1), (plate, 1))
    screen = await scene.started(order)
    first = screen["tote"]
    screen = await scene.pick(screen, (cup if screen["sku"] == cup.code else plate).barcode)
    second = await scene.tote()
    r = await scene.post(f"/clusters/{screen['cluster_id']}/totes", {"totes": [second.code], "slot": 1})
    assert r.status_code == 200, r.text
    screen = r.json()
    assert screen["tote"] == second.code
    screen = await scene.scan(screen, f"L-{screen['location']}")
    screen = await scene.scan(screen, (cup if screen["sku"] == cup.code else plate).barcode)
    await scene.refused(screen, first, "wrong-tote")
    assert (await scene.scan(screen, second.code))["step"] == "park"


async def test_singles_share_a_tote(scene: Scene) -> None:
    cup = await scene.goods(50)
    orders = [await scene.order((cup, 1)) for _ in range(5)]
    screen = await scene.started(*orders)
    assert (screen["kind"], screen["orders"]) == ("single", 5)
    totes = set()
    for _ in orders:
        totes.add(screen["tote"])
        screen = await scene.pick(screen, cup.barcode)
    assert len(totes) == 1
    assert screen["step"] == "park"
    assert {await scene.state(o) for o in orders} == {"picked"}


async def test_at_the_same_shelf_the_label_is_scanned_once(scene: Scene) -> None:
    shelf = await scene.bin()
    cup, plate = await scene.goods(5, at=shelf), await scene.goods(5, at=shelf)
    screen = await scene.started(await scene.order((cup, 1), (plate, 1)))
    screen = await scene.pick(screen, (cup if screen["sku"] == cup.code else plate).barcode)
    assert (screen["step"], screen["location"]) == ("item", shelf.code)
    late = await scene.scan(screen | {"step": "location"}, shelf.label)
    assert late["code"] == "already-done"


async def test_a_cart_can_be_looked_at_whole(scene: Scene) -> None:
    cup, plate = await scene.goods(5), await scene.goods(5)
    order = await scene.order((cup, 1), (plate, 2))
    screen = await scene.started(order)
    r = await scene.api.get(f"/clusters/{screen['cluster_id']}", headers=scene.picker.headers)
    assert r.status_code == 200, r.text
    body = r.json()
    assert (body["state"], body["holder"]) == ("claimed", "Łucja Żak")
    assert [(t["seq"], t["state"], t["order"]) for t in body["tasks"]] == [
        (1, "open", order.number),
        (2, "open", order.number),
    ]
    assert sum(t["quantity"] for t in body["tasks"]) == 3
    assert (await scene.api.get("/clusters/999999999", headers=scene.picker.headers)).status_code == 404
    r = await scene.api.get("/clusters/1", headers={})
    assert r.status_code == 401
