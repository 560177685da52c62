"""A carrier that is down gives its parcel up, over real HTTP with the carriers' simulators; one in doubt never does."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.builders import a_carrier
from tests.conftest import Server
from tests.shipping.bought import AParcel, Scene, at_carrier
from tests.shipping.flow import ok
from wms.carriers.credentials import store_credentials
from wms.carriers.simulators.catalogue import OFFERS, settings_for
from wms.carriers.simulators.server import Simulator
from wms.carriers.vault import load_vault
from wms.config import Settings
from wms.db.tx import Database
from wms.orders.recheck_parcel import Moved
from wms.shipping.buy_label import buy_label
from wms.shipping.fall_back import fall_back, sweep_fallbacks

DOWN = {"base_url": "http://127.0.0.1:9"}
"""Nobody listens there, so nothing can have been booked."""
IN_DOUBT = {"kind": "reset_after", "call": "create", "times": 1}


async def a_second(s: Scene, sim: Simulator, home: Path, name: str = "gls_pl") -> str:
    """A carrier behind its own simulator, priced, and named by a rule of the shop; returns its code."""
    second = await a_carrier(s.db)
    async with s.db.begin() as tx:
        await tx.run(
            "update carrier set adapter = $2, settings = $3::jsonb where id = $1",
            second.id, name, msgspec.json.encode(settings_for(sim.url)).decode(),
        )  # fmt: skip
        await store_credentials(tx, load_vault(home), second.id, OFFERS[name].credentials)
    line = f"{second.code};standard;PL;30000;19;PLN;1;2026-01-01"
    assert ok(await s.api.post("/service-prices", json={"csv": line}))["stored"] == 1
    rule: dict[str, Any] = {
        "name": "other one", "action": "fallback", "services": [{"carrier": second.code}], "after_minutes": 30,
    }  # fmt: skip
    ok(await s.api.put(f"/shops/{s.shop.id}/service-rules", json={"rules": [rule]}))
    return second.code


async def later(p: AParcel, minutes: int) -> None:
    """As if the carrier had been down for so long."""
    async with p.scene.db.begin() as tx:
        await tx.run(
            "update label set down_since = down_since - $3::interval where shop_id = $1 and id = $2",
            p.scene.shop.id, p.label_id, timedelta(minutes=minutes),
        )  # fmt: skip


async def back(p: AParcel) -> Moved | None:
    async with p.scene.db.begin() as tx:
        return await fall_back(tx, p.scene.shop.id, p.label_id)


async def due(s: Scene) -> int:
    async with s.db.begin() as tx:
        await sweep_fallbacks(tx)
        found: int = await tx.value(
            "select count(*) from procrastinate_jobs where task_name = 'shipping.fall_back' and args ->> 'shop_id' = $1",
            str(s.shop.id),
        )
        return found


@pytest.mark.parametrize("name", ["dpd_pl", "inpost", "dhl24"])
async def test_after_the_rules_time_the_parcel_goes_with_the_other_one(
    db: Database, server: Server, settings: Settings, name: str
) -> None:
    async with (
        at_carrier(db, server, name, home=settings.home) as s,
        Simulator(OFFERS["gls_pl"].make()) as other,
    ):
        second = await a_second(s, other, settings.home)
        p = await s.parcel()
        await s.settings(**DOWN)
        assert await p.buy() == timedelta(seconds=5)
        row = await p.row()
        assert (row["state"], row["in_doubt_since"]) == ("failed", None)
        assert row["down_since"] is not None
        assert (await back(p), await due(s)) == (None, 0), "not yet"
        since = row["down_since"]
        assert await p.buy() == timedelta(seconds=10), "tried again meanwhile"
        assert (await p.row())["down_since"] == since
        await later(p, 31)
        assert await due(s) == 1
        moved = await back(p)
        assert moved is not None
        assert (moved.carrier, moved.was_carrier, moved.why) == (second, s.carrier.code, "down")
        assert (await p.row())["state"] == "void"
        assert await back(p) is None, "once"
        async with db.begin() as tx:
            new = await tx.row(
                "select id, carrier_id from label where parcel_id = $1 and state <> 'void'", p.id
            )
        assert new is not None
        for _ in range(4):  # GLS numbers its parcels in its own time
            if await buy_label(db, s.carriers, s.shop.id, new["id"]) is None:
                break
        shown = await p.shown()
        assert (shown["state"], shown["carrier"]) == ("ready", second), shown
        parcel = ok(await s.api.get(f"/parcels/{p.id}?shop_id={s.shop.id}"))
        assert parcel["carrier"] == second
        assert s.bookings() == 0, "nothing was booked at the first"
        (event,) = await s.events("label.fell_back", p.id)
        assert event["to"] == second
        choices = ok(await s.api.get(f"/shops/{s.shop.id}/orders/{p.order.id}/service-choices"))["choices"]
        assert (choices[0]["reason"], choices[0]["parcel_id"]) == ("fallback", p.id)


async def test_a_label_in_doubt_never_falls_back_by_itself(
    db: Database, server: Server, settings: Settings
) -> None:
    async with (
        at_carrier(db, server, "inpost", home=settings.home) as s,
        Simulator(OFFERS["gls_pl"].make()) as other,
    ):
        await a_second(s, other, settings.home)
        p = await s.parcel()
        await s.control("faults", IN_DOUBT)
        await s.control("faults", {"kind": "error_before", "call": "find", "status": 503, "times": 99})
        await p.buy()
        await p.buy()
        row = await p.row()
        assert row["in_doubt_since"] is not None
        await later(p, 10_000)
        assert (await back(p), await due(s)) == (None, 0)
        assert (await p.row())["state"] == "failed"
        assert s.bookings() == 1


async def test_without_a_rule_or_with_no_one_who_may_go_it_waits(
    db: Database, server: Server, settings: Settings
) -> None:
    async with (
        at_carrier(db, server, "dpd_pl", home=settings.home) as s,
        Simulator(OFFERS["gls_pl"].make()) as other,
    ):
        await a_second(s, other, settings.home)
        p = await s.parcel()
        await s.settings(**DOWN)
        await p.buy()
        await later(p, 60)
        async with db.begin() as tx:
            await tx.run(
                "update service_price p set max_weight_g = 10 from carrier c where c.id = p.carrier_id and c.adapter = 'gls_pl'"
            )
        assert await back(p) is None
        ok(await s.api.put(f"/shops/{s.shop.id}/service-rules", json={"rules": []}))
        assert (await back(p), await due(s)) == (None, 0)
        waiting = ok(await s.api.get("/labels/waiting"))["items"]
        assert any(w["parcel_id"] == p.id for w in waiting)


async def test_those_that_stay_keep_no_other_from_its_turn(
    db: Database, server: Server, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wms.shipping.fall_back.MOST", 1)
    async with (
        at_carrier(db, server, "dpd_pl", home=settings.home) as s,
        Simulator(OFFERS["gls_pl"].make()) as other,
    ):
        await a_second(s, other, settings.home)
        parcels = [await s.parcel() for _ in range(2)]
        await s.settings(**DOWN)
        for p in parcels:
            await p.buy()
            await later(p, 100_000)
        assert [await due(s), await due(s)] == [1, 2]


async def test_a_carrier_that_refuses_is_not_down(db: Database, server: Server, settings: Settings) -> None:
    async with (
        at_carrier(db, server, "dpd_pl", home=settings.home) as s,
        Simulator(OFFERS["gls_pl"].make()) as other,
    ):
        await a_second(s, other, settings.home)
        p = await s.parcel()
        await s.control("faults", {"kind": "denied", "call": "create", "times": 1})
        await p.buy()
        row = await p.row()
        assert (row["state"], row["down_since"]) == ("failed", None)
        assert await back(p) is None


async def test_an_error_page_proves_nothing_where_the_carrier_cannot_be_asked(
    db: Database, server: Server, settings: Settings
) -> None:
    """DPD has no look-up: after a 503 a person decides, and no rule does it for them."""
    async with (
        at_carrier(db, server, "dpd_pl", home=settings.home) as s,
        Simulator(OFFERS["gls_pl"].make()) as other,
    ):
        await a_second(s, other, settings.home)
        p = await s.parcel()
        await s.control("faults", {"kind": "error_after", "call": "create", "status": 503, "times": 1})
        await p.buy()
        row = await p.row()
        assert (row["state"], row["in_doubt_since"] is None) == ("unknown", False)
        await later(p, 10_000)
        assert (await back(p), await due(s)) == (None, 0)
        assert s.bookings() == 1
