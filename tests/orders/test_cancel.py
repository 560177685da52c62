"""Cancel at every stage: what was done undoes itself, or takes the put-back road."""

from typing import Any

import pytest

from tests.builders import bearer, signed_in
from tests.conftest import Api
from tests.orders import floor
from tests.orders.world import GOOD, World, a_world, faults
from wms.db.tx import Database

STAGES = (
    "on_hold", "backordered", "allocated", "released", "picking", "picked", "packing", "packed", "label failed",
    "labelled", "manifested", "manifest closed",
)  # fmt: skip
IN_HAND = {"picking": 2} | dict.fromkeys(STAGES[5:], 3)


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


async def an_order_at(world: World, stage: str) -> dict[str, Any]:
    """An order for three units of which the stage is true."""
    sku = await world.stocked(2 if stage == "backordered" else 3)
    recipient = GOOD | ({"phone": ""} if stage == "on_hold" else {})
    made = await world.order([(sku, 3)], recipient=recipient)
    if stage not in STAGES[3:]:
        assert made["state"] == stage
        return made | {"sku": sku}
    step = STAGES.index(stage)
    async with world.db.begin() as tx:
        await floor.release(tx, world, made["id"])
        if step >= STAGES.index("picking"):
            await floor.pick(tx, world, made["id"], 2 if stage == "picking" else None)
        if step >= STAGES.index("packing"):
            await floor.pack(tx, world, made["id"], close=stage != "packing")
        if step >= STAGES.index("label failed"):
            await floor.label(tx, world, made["id"], state="failed" if stage == "label failed" else "ready")
        if step >= STAGES.index("manifested"):
            await floor.load(tx, world, made["id"], closed=stage == "manifest closed")
    return made | {"sku": sku}


@pytest.mark.parametrize("stage", STAGES)
async def test_cancel(world: World, stage: str) -> None:
    made = await an_order_at(world, stage)
    status, answer = await world.cancel(made["id"])
    in_hand = IN_HAND.get(stage, 0)
    promised = {"on_hold": 0, "backordered": 2}.get(stage, 3 - in_hand)
    assert (status, answer) == (
        200,
        {
            "number": made["number"],
            "freed": promised,
            "put_back": in_hand,
            "parcels_voided": int(stage in STAGES[6:]),
        },
    )
    found = await world.look(made["id"])
    assert found["state"] == "cancelled"
    assert all(p["state"] == "void" for p in found["parcels"])
    (line,) = found["lines"]
    assert (line["allocated"], line["missing"], line["cancelled"]) == (0, 0, 3 - in_hand)
    async with world.db.begin() as tx:
        tasks = await tx.rows("select state, quantity from putback_task where order_id = $1", made["id"])
        assert sum(t["quantity"] for t in tasks) == in_hand
        assert not await tx.value(
            "select count(*) from pick_task where order_id = $1 and state = 'open'", made["id"]
        )
        assert not await tx.value(
            """select count(*) from label b join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id)
               where p.order_id = $1 and b.state <> 'void'""",
            made["id"],
        )
        loaded = await tx.rows(
            """select mp.left_behind_at from manifest_parcel mp join parcel p on (p.shop_id, p.id) = (mp.shop_id, mp.parcel_id)
               where p.order_id = $1""",
            made["id"],
        )
        if stage == "manifest closed":
            assert [r["left_behind_at"] is not None for r in loaded] == [True], (
                "the signed list keeps its row"
            )
        else:
            assert loaded == []
    assert await faults(world.db, world.shop) == []
    assert (await world.order([(made["sku"], 1)]))["state"] == (
        "backordered" if in_hand == 3 else "allocated"
    )


async def test_cancel_twice_changes_nothing_more(world: World) -> None:
    made = await an_order_at(world, "picked")
    assert (await world.cancel(made["id"]))[1]["put_back"] == 3
    status, again = await world.cancel(made["id"])
    assert (status, again["put_back"], again["freed"]) == (200, 0, 0)
    async with world.db.begin() as tx:
        assert await tx.value("select count(*) from putback_task where order_id = $1", made["id"]) == 1


async def test_after_handover_it_is_too_late(world: World) -> None:
    made = await an_order_at(world, "labelled")
    async with world.db.begin() as tx:
        manifest = await floor.load(tx, world, made["id"], closed=True)
        await floor.hand_over(tx, world, made["id"], manifest)
    for answer in (
        await world.cancel(made["id"]),
        await world.put(f"/orders/{made['id']}/recipient", {"recipient": GOOD}),
    ):
        assert (answer[0], answer[1]["code"]) == (409, "order-gone")
    found = await world.look(made["id"])
    assert (found["state"], found["parcels"][0]["state"]) == ("handed_over", "handed_over")


async def test_what_a_partial_order_has_sent_stays_sent(world: World) -> None:
    sku = await world.stocked(2)
    made = await world.order([(sku, 3)], ship_partial=True)
    async with world.db.begin() as tx:
        await floor.pick_all(tx, world, made["id"])
        await floor.pack(tx, world, made["id"])
        await floor.label(tx, world, made["id"])
        manifest = await floor.load(tx, world, made["id"], closed=True)
        await floor.hand_over(tx, world, made["id"], manifest)
        await tx.run("update orders set state = 'backordered' where id = $1", made["id"])
    status, answer = await world.cancel(made["id"])
    assert (status, answer["parcels_voided"], answer["put_back"]) == (200, 0, 0)
    found = await world.look(made["id"])
    assert [p["state"] for p in found["parcels"]] == ["handed_over"]
    assert (found["lines"][0]["shipped"], found["lines"][0]["cancelled"]) == (2, 1)


async def test_care_cancels_for_a_shop_a_picker_does_not(world: World) -> None:
    made = await an_order_at(world, "picked")
    for role, wanted in (("picker", 403), ("care", 200)):
        headers = bearer(await signed_in(world.db, roles=[role]))
        r = await world.api.post(
            f"/orders/{made['id']}/cancel",
            params={"shop_id": world.shop.id},
            json={"reason": "called"},
            headers=headers,
        )
        assert r.status_code == wanted, r.text


async def test_a_label_bars_the_address_a_void_one_does_not(world: World) -> None:
    made = await an_order_at(world, "label failed")
    path = f"/orders/{made['id']}/recipient"
    status, problem = await world.put(path, {"recipient": GOOD | {"city": "Gdynia"}})
    assert (status, problem["code"]) == (409, "label-exists"), "it may still be bought on a retry"
    async with world.db.begin() as tx:
        await tx.run(
            "update label set state = 'void', parcel_verified = null where shop_id = $1", world.shop.id
        )
    status, _ = await world.put(path, {"recipient": GOOD | {"city": "Gdynia"}})
    found = await world.look(made["id"])
    assert (status, found["city"], found["state"]) == (200, "Gdynia", "packed")
