"""Parcels on their way are watched: one alarm of a kind, gone by itself; and what their last event means for order and return."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.builders import a_key, a_shop, a_warehouse, bearer
from tests.conftest import Api, Server
from tests.shipping.bought import AParcel, Scene, at_carrier
from tests.shipping.flow import ok, order_state, with_key
from tests.shipping.test_tracking_job import handed_over
from wms.config import Settings
from wms.db.tx import SYSTEM, Database
from wms.kernel.clock import FixedClock
from wms.shipping.watch_parcels import Watched, watch_parcels
from wms.shipping.watch_rules import THRESHOLDS, hours_of, working_hours_ago

HERE = ZoneInfo("Europe/Warsaw")
WARSAW = {"timezone": "Europe/Warsaw", "country": "PL"}


def test_hours_run_on_working_days_only() -> None:
    monday_noon = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert working_hours_ago(monday_noon, 12, **WARSAW) == monday_noon - timedelta(hours=12)
    assert working_hours_ago(monday_noon, 24, **WARSAW) == datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
    sunday = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
    assert working_hours_ago(sunday, 24, **WARSAW) == datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    after_independence_day = datetime(2026, 11, 12, 11, 0, tzinfo=UTC)
    assert working_hours_ago(after_independence_day, 24, **WARSAW) == datetime(
        2026, 11, 10, 11, 0, tzinfo=UTC
    )


def test_every_threshold_has_a_default_and_a_reason() -> None:
    assert hours_of({}) == {c: t.hours for c, t in THRESHOLDS.items()}
    assert hours_of({"point_h": 5})["point_h"] == 5
    assert all(t.why.en and t.why.pl for t in THRESHOLDS.values())


@pytest.fixture
async def scene(db: Database, server: Server, settings: Settings) -> AsyncIterator[Scene]:
    async with at_carrier(db, server, "inpost", home=settings.home) as s:
        yield s


async def watch(s: Scene) -> Watched:
    async with s.db.begin(SYSTEM) as tx:
        return await watch_parcels(tx)


async def open_alarms(s: Scene) -> list[tuple[str, dict[str, Any]]]:
    items = ok(await s.api.get(f"/parcel-alarms?shop_id={s.shop.id}"))["items"]
    return sorted((a["kind"], a["facts"]) for a in items)


async def happened(s: Scene, number: str, status: str, days_ago: float) -> None:
    """The courier tells something that was so long ago."""
    at = datetime.now(UTC) - timedelta(days=days_ago)
    event = {
        "tracking_number": number,
        "status": status,
        "at": at.isoformat(),
        "raw": status,
        "place": "Kraków",
    }
    ok(await s.api.post("/tracking", json={"carrier_id": s.carrier.id, "events": [event]}))


async def left_days_ago(p: AParcel, days: int) -> None:
    async with p.scene.db.begin() as tx:
        await tx.run(
            "update orders set ship_by = ship_by - make_interval(days => $3) where shop_id = $1 and id = $2",
            p.scene.shop.id, p.order.id, days,
        )  # fmt: skip


async def promise(p: AParcel, day: datetime) -> None:
    async with p.scene.db.begin() as tx:
        await tx.run(
            "update orders set deliver_by = $3 where shop_id = $1 and id = $2",
            p.scene.shop.id,
            p.order.id,
            day.date(),
        )


async def test_no_news_is_one_alarm_that_goes_with_the_next_scan(scene: Scene) -> None:
    p = await scene.parcel()
    number = await handed_over(p)
    await promise(p, datetime.now(UTC) + timedelta(days=30))
    await watch(scene)
    assert await open_alarms(scene) == []
    await happened(scene, number, "in_transit", 9)
    assert (await watch(scene)).opened >= 1
    await watch(scene)
    ((kind, facts),) = await open_alarms(scene)
    assert (kind, facts["status"], facts["place"]) == ("silent", "in_transit", "Kraków")
    key = await a_key(scene.db, shop=scene.shop)
    async with with_key(scene.server, key) as own:
        assert len(ok(await own.get("/parcel-alarms"))["items"]) == 1
        events = ok(await own.get("/events"))
        assert '"parcel.alarm"' in str(events).replace("'", '"')
    await happened(scene, number, "out_for_delivery", 0)
    assert (await watch(scene)).closed >= 1
    assert await open_alarms(scene) == []
    assert (
        len(await scene.events("parcel.alarm", p.id))
        == len(await scene.events("parcel.alarm_over", p.id))
        == 1
    )


async def test_each_kind_by_its_own_facts(scene: Scene) -> None:
    p = await scene.parcel()
    number = await handed_over(p)
    await promise(p, datetime.now(UTC) + timedelta(days=30))
    await happened(scene, number, "at_point", 1)
    await watch(scene)
    assert await open_alarms(scene) == []
    path = f"/carriers/{scene.carrier.id}/watch"
    assert ok(await scene.api.put(path, json={"point_h": 20}))["own"] == ["point_h"]
    await watch(scene)
    assert [k for k, _ in await open_alarms(scene)] == ["stuck"]
    assert ok(await scene.api.put(path, json={}))["hours"]["point_h"] == 36
    await watch(scene)
    assert await open_alarms(scene) == []
    await happened(scene, number, "problem", 0.5)
    await promise(p, datetime.now(UTC) - timedelta(days=2))
    await watch(scene)
    assert [k for k, _ in await open_alarms(scene)] == ["late", "problem"]
    await happened(scene, number, "delivered", 0)
    await watch(scene)
    assert await open_alarms(scene) == []
    assert await order_state(scene.db, p.order) == "delivered"


async def test_where_nobody_named_a_day_three_working_days_are_too_many(scene: Scene) -> None:
    p = await scene.parcel()
    number = await handed_over(p)
    await happened(scene, number, "in_transit", 0)
    await watch(scene)
    assert await open_alarms(scene) == []
    await left_days_ago(p, 8)
    await watch(scene)
    assert [k for k, _ in await open_alarms(scene)] == ["late"]


async def test_a_day_is_over_by_the_clock_of_the_warehouse(scene: Scene, settings: Settings) -> None:
    """At noon in Warsaw tomorrow has begun on Kiritimati."""
    p = await scene.parcel()
    number = await handed_over(p)
    noon = datetime.now(HERE).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=1)
    await happened(scene, number, "in_transit", 0)
    await promise(p, noon)
    then = Database(settings.app_url, clock=FixedClock(noon.astimezone(UTC)))
    far = await a_warehouse(scene.db, shared=False)
    async with then.begin(SYSTEM) as tx:
        await watch_parcels(tx)
    assert await open_alarms(scene) == []
    async with scene.db.begin() as tx:
        await tx.run("update warehouse set timezone = 'Pacific/Kiritimati' where id = $1", far.id)
        await tx.run("update parcel set warehouse_id = $2 where carrier_id = $1", scene.carrier.id, far.id)
    async with then.begin(SYSTEM) as tx:
        await watch_parcels(tx)
    await then.close()
    assert [k for k, _ in await open_alarms(scene)] == ["late"]


async def test_refusals_of_thresholds(scene: Scene) -> None:
    path = f"/carriers/{scene.carrier.id}/watch"
    assert (await scene.api.put(path, json={"point_h": 0})).status_code == 400
    assert (await scene.api.put(path, json={"nights": 4})).status_code == 400
    assert (await scene.api.put("/carriers/999999999/watch", json={})).status_code == 404
    assert (await scene.api.get("/carriers/999999999/watch")).status_code == 404


async def test_what_comes_back_is_returned_to_sender_and_taken_in_at_the_bench(scene: Scene) -> None:
    p = await scene.parcel()
    number = await handed_over(p)
    await happened(scene, number, "problem", 2)
    await watch(scene)
    assert [k for k, _ in await open_alarms(scene)][-1] == "problem"
    await happened(scene, number, "returned", 0)
    await watch(scene)
    assert await open_alarms(scene) == []
    assert await order_state(scene.db, p.order) == "returned_to_sender"
    body = {"warehouse_id": p.order.warehouse.id, "code": number, "shop_id": scene.shop.id, "parcel_id": p.id}
    taken = ok(await scene.api.post("/returns/undelivered", json=body))
    assert taken
    assert await order_state(scene.db, p.order) == "returned_to_sender"
    page = ok(await scene.api.get(f"/returns?shop_id={scene.shop.id}"))["items"]
    assert [(r["kind"], r["state"]) for r in page] == [("undelivered", "received")]


async def test_another_shop_and_its_alarms(scene: Scene, anonymous: Api) -> None:
    p = await scene.parcel()
    number = await handed_over(p)
    await happened(scene, number, "problem", 0)
    await watch(scene)

    other = bearer(await a_key(scene.db, shop=await a_shop(scene.db)))
    assert ok(await anonymous.get("/parcel-alarms", headers=other))["items"] == []
