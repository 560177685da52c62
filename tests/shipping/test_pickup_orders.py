"""Cars from the pickup calendar: ordered once, and never a second one blindly."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Server
from tests.desk import at_desk
from tests.shipping.bought import Scene, at_carrier
from tests.shipping.flow import ok, refused
from wms.config import Settings
from wms.db.tx import Database
from wms.shipping.order_pickup import order_pickup, sweep_pickups

HERE = ZoneInfo("Europe/Warsaw")


@pytest.fixture(params=["inpost", "dpd_pl", "dhl24", "gls_pl"])
async def each(
    db: Database, server: Server, settings: Settings, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    async with at_carrier(db, server, request.param, home=settings.home) as found:
        yield found


@pytest.fixture
async def dpd(db: Database, server: Server, settings: Settings) -> AsyncIterator[Scene]:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as found:
        yield found


async def waiting(scene: Scene, *, hours: float = 1) -> int:
    """A labelled parcel, and a pickup that is so near; returns the warehouse."""
    p = await scene.parcel()
    for _ in range(6):
        if (await p.buy()) is None:
            break
    at = datetime.now(HERE) + timedelta(hours=hours)
    body = {"pickups": [{"weekday": at.weekday(), "at": at.strftime("%H:%M:00")}]}
    ok(await scene.api.put(f"/carriers/{scene.carrier.id}/pickups", json=body))
    ok(await scene.api.put(f"/carriers/{scene.carrier.id}/pickup-orders", json={"orders": True}))
    return p.order.warehouse.id


async def swept(scene: Scene) -> list[dict[str, Any]]:
    async with scene.db.begin() as tx:
        await sweep_pickups(tx)
        rows = await tx.rows("select * from pickup_order where carrier_id = $1 order by id", scene.carrier.id)
    return [dict(r) for r in rows]


async def test_a_car_is_ordered_once(each: Scene) -> None:
    warehouse = await waiting(each)
    (order,) = await swept(each)
    assert await order_pickup(each.db, each.carriers, order["id"]) == "ordered"
    assert await order_pickup(each.db, each.carriers, order["id"]) is None
    (order,) = await swept(each)
    assert (order["state"], bool(order["carrier_ref"])) == ("ordered", True)
    shown = ok(await each.api.get("/pickup-orders", params={"warehouse_id": warehouse}))["items"]
    assert order["carrier_ref"] in [o["carrier_ref"] for o in shown]
    body = {"warehouse_id": warehouse, "carrier_id": each.carrier.id}
    manifest = ok(await each.api.post("/loading/all", json=body))["manifest_id"]
    async with at_desk(each.db, each.server, "supervisor", wms_warehouse=str(warehouse)) as boss:
        assert order["carrier_ref"] in await boss.open(f"/desk/manifests/{manifest}")
    refused(
        await each.api.post(f"/pickup-orders/{order['id']}/settle", json={"ordered": False}), "pickup-decided"
    )


async def test_not_too_early_not_for_nothing_and_only_where_it_is_wanted(dpd: Scene) -> None:
    await waiting(dpd, hours=6)
    assert await swept(dpd) == []
    await waiting(dpd)
    ok(await dpd.api.put(f"/carriers/{dpd.carrier.id}/pickup-orders", json={"orders": False}))
    assert await swept(dpd) == []
    ok(await dpd.api.put(f"/carriers/{dpd.carrier.id}/pickup-orders", json={"orders": True}))
    async with dpd.db.begin() as tx:
        await tx.run("update parcel set state = 'handed_over' where carrier_id = $1", dpd.carrier.id)
    assert await swept(dpd) == []
    async with dpd.db.begin() as tx:
        await tx.run("update carrier set adapter = 'own_range' where id = $1", dpd.carrier.id)
    path = f"/carriers/{dpd.carrier.id}/pickup-orders"
    refused(await dpd.api.put(path, json={"orders": True}), "adapter-unusable", 422)


@pytest.mark.parametrize(
    ("fault", "state"),
    [("reset_after", "unknown"), ("junk", "unknown"), ("limited", "wanted"), ("denied", "failed")],
)
async def test_what_is_asked_again_and_what_is_not(dpd: Scene, fault: str, state: str) -> None:
    await waiting(dpd)
    (order,) = await swept(dpd)
    await dpd.control("faults", {"kind": fault, "call": "pickup", "seconds": 1})
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == state
    held: Any = dpd.sim.carrier
    before = len(held.pickups)
    (order,) = await swept(dpd)
    assert order["state"] == state
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) is None, (
        "not before its time, and not blindly"
    )
    assert len(held.pickups) == before
    if state == "wanted":
        async with dpd.db.begin() as tx:
            await tx.run("update pickup_order set retry_at = now() where id = $1", order["id"])
        assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == "ordered"
        return
    path = f"/pickup-orders/{order['id']}/settle"
    refused(await dpd.api.post(path, json={"ordered": True}), "invalid", 422)
    if fault == "junk":
        assert (
            ok(await dpd.api.post(path, json={"ordered": True, "reference": "2026-77"}))["state"] == "ordered"
        )
    else:
        assert ok(await dpd.api.post(path, json={"ordered": False}))["state"] == "wanted"
        assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == "ordered"


async def test_a_worker_that_dies_leaves_a_doubt(dpd: Scene) -> None:
    """The mark is set before the carrier is asked."""
    await waiting(dpd)
    (order,) = await swept(dpd)
    async with dpd.db.begin() as tx:
        await tx.run("update pickup_order set state = 'unknown', retry_at = null where id = $1", order["id"])
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) is None
    async with dpd.db.begin() as tx:
        await tx.run("update pickup_order set made_at = now() - interval '1 hour' where id = $1", order["id"])
    asked: dict[str, str | int] = {"warehouse_id": order["warehouse_id"], "kind": "car"}
    assert order["id"] in [e["id"] for e in ok(await dpd.api.get("/exceptions", params=asked))["items"]]


async def test_a_car_whose_time_is_over_is_not_asked_for(dpd: Scene) -> None:
    await waiting(dpd)
    (order,) = await swept(dpd)
    async with dpd.db.begin() as tx:
        await tx.run(
            "update pickup_order set pickup_at = now() - interval '3 hours', made_at = now() - interval '7 hours' where id = $1",
            order["id"],
        )
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == "failed"
    held: Any = dpd.sim.carrier
    assert len(held.pickups) == 0
    (event,) = await dpd.events("pickup.not_ordered.failed", order["id"])
    assert event["why"] == "pickup-over"
    path = f"/pickup-orders/{order['id']}"
    refused(await dpd.api.post(f"{path}/settle", json={"ordered": False}), "pickup-over")
    row = ok(await dpd.api.get(path))
    assert (row["state"], row["error_code"], row["to_decide"], row["tries"]) == (
        "failed",
        "pickup-over",
        True,
        0,
    )
    async with at_desk(dpd.db, dpd.server, "supervisor", lang="pl") as boss:
        page = await boss.open(f"/desk/pickups/{order['id']}")
        assert "Czas odbioru minął, zanim udało się zapytać przewoźnika" in page
        assert f"/desk/pickups/{order['id']}/again" not in page
        assert "Na ponowne zamówienie jest za późno" in page


async def test_a_car_that_is_not_wanted_any_more_is_not_asked_for(dpd: Scene) -> None:
    warehouse = await waiting(dpd)
    (order,) = await swept(dpd)
    switch = f"/carriers/{dpd.carrier.id}/pickup-orders"
    ok(await dpd.api.put(switch, json={"orders": False}))
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == "dropped"
    held: Any = dpd.sim.carrier
    assert len(held.pickups) == 0
    async with dpd.db.begin() as tx:
        await tx.run("update pickup_order set made_at = now() - interval '1 hour' where id = $1", order["id"])
    told: dict[str, str | int] = {"warehouse_id": warehouse, "kind": "car"}
    assert order["id"] not in [e["id"] for e in ok(await dpd.api.get("/exceptions", params=told))["items"]]
    async with at_desk(dpd.db, dpd.server, "supervisor") as boss:
        assert "Cars are not ordered from this carrier any more" in await boss.open(
            f"/desk/pickups/{order['id']}"
        )
        await boss.send(f"/desk/pickups/{order['id']}/again", looked="yes")
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == "ordered", (
        "a person wants it all the same"
    )
    assert len(held.pickups) == 1


async def test_switched_on_again_in_time_it_is_wanted_again(dpd: Scene) -> None:
    await waiting(dpd)
    (order,) = await swept(dpd)
    switch = f"/carriers/{dpd.carrier.id}/pickup-orders"
    ok(await dpd.api.put(switch, json={"orders": False}))
    await order_pickup(dpd.db, dpd.carriers, order["id"])
    assert [o["state"] for o in await swept(dpd)] == ["dropped"]
    ok(await dpd.api.put(switch, json={"orders": True}))
    assert [o["state"] for o in await swept(dpd)] == ["wanted"]
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == "ordered"


async def test_a_car_has_a_page_also_without_a_manifest(dpd: Scene) -> None:
    warehouse = await waiting(dpd)
    (order,) = await swept(dpd)
    await dpd.control("faults", {"kind": "denied", "call": "pickup"})
    assert await order_pickup(dpd.db, dpd.carriers, order["id"]) == "failed"
    async with dpd.db.begin() as tx:
        await tx.run("update pickup_order set made_at = now() - interval '1 hour' where id = $1", order["id"])
    at = f"/desk/pickups/{order['id']}"
    here = {"wms_warehouse": str(warehouse)}
    async with (
        at_desk(dpd.db, dpd.server, "supervisor", **here) as boss,
        at_desk(dpd.db, dpd.server, "care", lang="pl", **here) as care,
    ):
        assert f'href="{at}"' in await care.open("/desk/exceptions", kind="car")
        page = await care.open(at)
        assert "Przewoźnik nie przyjął zlecenia" in page
        assert f'action="{at}' not in page, "a supervisor decides"
        assert order["bookings"][0] in page
        await care.send(f"{at}/again", looked="yes")
        assert care.status == 403
        page = await boss.open(at)
        assert "The carrier has not taken the order" in page
        await boss.send(f"{at}/again")
        assert boss.code == "not-looked-yet"
        await boss.send(f"{at}/ordered", reference=" ")
        assert boss.code == "reference-missing"
        await boss.send(f"{at}/ordered", reference="2026-77")
        assert boss.went == at
        page = await boss.open(at)
        assert "2026-77" in page
        assert "There is nothing to do" in page
        await boss.send(f"{at}/again", looked="yes")
        assert boss.code == "pickup-decided"
        assert (await boss.http.get("/desk/pickups/999999999")).status_code == 404


async def asked(dpd: Scene) -> tuple[int, asyncio.Task[str | None]]:
    """A car that the carrier is being asked for; the order, and the job that waits for the answer."""
    await waiting(dpd)
    (order,) = await swept(dpd)
    await dpd.control("faults", {"kind": "slow", "call": "pickup", "seconds": 3})
    job = asyncio.create_task(order_pickup(dpd.db, dpd.carriers, order["id"]))
    for _ in range(100):
        if (await swept(dpd))[0]["state"] == "unknown":
            return order["id"], job
        await asyncio.sleep(0.02)
    raise AssertionError("the carrier is never asked")


async def as_if_it_took_too_long(dpd: Scene) -> None:
    async with dpd.db.begin() as tx:
        await tx.run(
            "update pickup_order set retry_at = now() where carrier_id = $1 and state = 'unknown'",
            dpd.carrier.id,
        )


async def test_nobody_decides_while_the_carrier_is_being_asked(dpd: Scene) -> None:
    order_id, job = await asked(dpd)
    path = f"/pickup-orders/{order_id}/settle"
    (row,) = await swept(dpd)
    body = {"warehouse_id": row["warehouse_id"], "carrier_id": dpd.carrier.id}
    manifest = ok(await dpd.api.post("/loading/all", json=body))["manifest_id"]
    async with at_desk(dpd.db, dpd.server, "supervisor", wms_warehouse=str(row["warehouse_id"])) as boss:
        assert "Was the car ordered?" not in await boss.open(f"/desk/manifests/{manifest}")
        page = await boss.open(f"/desk/pickups/{order_id}")
        assert "The carrier is being asked" in page
        assert f'action="/desk/pickups/{order_id}' not in page
    refused(await dpd.api.post(path, json={"ordered": False}), "pickup-decided")
    refused(await dpd.api.post(path, json={"ordered": True, "reference": "X-1"}), "pickup-decided")
    assert await job == "ordered"
    held: Any = dpd.sim.carrier
    assert len(held.pickups) == 1
    assert await order_pickup(dpd.db, dpd.carriers, order_id) is None


@pytest.mark.parametrize("reference", ["", "X-1"])
async def test_a_late_answer_is_never_lost(dpd: Scene, reference: str) -> None:
    order_id, job = await asked(dpd)
    await as_if_it_took_too_long(dpd)
    said = {"ordered": bool(reference), "reference": reference}
    ok(await dpd.api.post(f"/pickup-orders/{order_id}/settle", json=said))
    assert await job == "ordered"
    (order,) = await swept(dpd)
    held: Any = dpd.sim.carrier
    numbers = order["carrier_ref"].split(", ")
    assert (order["state"], len(numbers)) == ("ordered", 2 if reference else 1)
    assert reference in order["carrier_ref"]
    assert len(await dpd.events("pickup.ordered", order_id)) == 1
    assert await order_pickup(dpd.db, dpd.carriers, order_id) is None
    assert len(held.pickups) == 1
