"""The carrier's own protocol: fetched with the list frozen, and never what keeps a list from closing."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Server
from tests.shipping.bought import Scene, at_carrier
from tests.shipping.flow import ok, refused
from wms.carriers.credentials import store_credentials
from wms.carriers.shaping import WARSAW
from wms.carriers.simulators.catalogue import OFFERS
from wms.carriers.vault import load_vault
from wms.config import Settings
from wms.db.tx import Database
from wms.kernel.clock import FixedClock
from wms.shipping.close_manifest import close_manifest
from wms.shipping.fetch_protocol import fetch_protocol, sweep_protocols

TRUCK = {"driver": "Jan Kowalczyk", "vehicle": "WGM 4F210"}


@pytest.fixture(params=["inpost", "dpd_pl", "dhl24", "gls_pl"])
async def scene(
    db: Database, server: Server, settings: Settings, request: pytest.FixtureRequest
) -> AsyncIterator[Scene]:
    async with at_carrier(db, server, request.param, home=settings.home) as found:
        yield found


@pytest.fixture
async def dpd(db: Database, server: Server, settings: Settings) -> AsyncIterator[Scene]:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as found:
        yield found


async def loaded(scene: Scene, parcels: int = 2) -> int:
    """An open manifest with labelled parcels on it; returns its id."""
    for _ in range(parcels):
        p = await scene.parcel()
        for _ in range(6):
            if (await p.buy()) is None:
                break
        assert (await p.row())["state"] == "ready"
    body = {"warehouse_id": p.order.warehouse.id, "carrier_id": scene.carrier.id}
    manifest_id: int = ok(await scene.api.post("/loading/all", json=body))["manifest_id"]
    return manifest_id


async def frozen(scene: Scene, parcels: int = 2) -> int:
    """A manifest that was asked to close; returns its id."""
    manifest_id = await loaded(scene, parcels)
    closed = ok(await scene.api.post(f"/manifests/{manifest_id}/close"))
    assert closed["manifest"]["state"] == "closing"
    assert closed["manifest"]["parcels"] == parcels
    return manifest_id


async def again(scene: Scene, manifest_id: int) -> int:
    """The job, whatever its wait."""
    async with scene.db.begin() as tx:
        await tx.run("update manifest_protocol set retry_at = now() where state = 'waiting'")
        assert await sweep_protocols(tx) >= 0
    return await fetch_protocol(scene.db, scene.carriers, manifest_id)


async def state_of(scene: Scene, manifest_id: int) -> tuple[str, list[str]]:
    found = ok(await scene.api.get(f"/manifests/{manifest_id}"))
    return found["manifest"]["state"], sorted(d["kind"] for d in found["documents"])


async def test_it_is_fetched_once_and_kept(scene: Scene) -> None:
    manifest_id = await frozen(scene)
    assert await state_of(scene, manifest_id) == ("closing", ["manifest", "manifest_csv", "manifest_json"])
    assert await fetch_protocol(scene.db, scene.carriers, manifest_id) == 1
    state, kinds = await state_of(scene, manifest_id)
    assert (state, kinds) == ("closed", ["manifest", "manifest_carrier", "manifest_csv", "manifest_json"])
    papers = ok(await scene.api.get(f"/manifests/{manifest_id}"))["documents"]
    own = next(d for d in papers if d["kind"] == "manifest_carrier")
    assert (await scene.api.get(f"/documents/{own['id']}")).content.startswith(b"%PDF")
    assert await again(scene, manifest_id) == 0
    refused(await scene.api.post(f"/manifests/{manifest_id}/protocol"), "no-own-protocol")
    assert len(await scene.events("manifest.protocol_fetched", manifest_id)) == 1


@pytest.mark.parametrize("kind", ["error_before", "reset_after", "junk", "denied", "limited"])
async def test_a_carrier_in_trouble_never_stops_the_list(dpd: Scene, kind: str) -> None:
    manifest_id = await frozen(dpd, 1)
    await dpd.control("faults", {"kind": kind, "call": "protocol", "seconds": 1, "status": 503})
    assert await fetch_protocol(dpd.db, dpd.carriers, manifest_id) == 0
    assert await state_of(dpd, manifest_id) == ("closed", ["manifest", "manifest_csv", "manifest_json"])
    assert len(await dpd.events("manifest.protocol_failed", manifest_id)) == 1
    assert await fetch_protocol(dpd.db, dpd.carriers, manifest_id) == 0, "not before its time"
    assert await again(dpd, manifest_id) == 1
    assert (await state_of(dpd, manifest_id))[1] == [
        "manifest",
        "manifest_carrier",
        "manifest_csv",
        "manifest_json",
    ]


async def test_a_truck_does_not_wait_for_it(dpd: Scene) -> None:
    manifest_id = await frozen(dpd, 1)
    gone = ok(await dpd.api.post(f"/manifests/{manifest_id}/handover", json=TRUCK))
    assert gone["manifest"]["state"] == "handed_over"
    assert await fetch_protocol(dpd.db, dpd.carriers, manifest_id) == 1
    assert (await state_of(dpd, manifest_id))[0] == "handed_over"


async def test_what_the_carrier_refuses_waits_for_a_person(dpd: Scene) -> None:
    manifest_id = await frozen(dpd, 1)
    async with dpd.db.begin() as tx:
        await tx.run("update manifest_protocol set bookings = '{}' where manifest_id = $1", manifest_id)
        await tx.run("update carrier set adapter = 'own_range' where id = $1", dpd.carrier.id)
    assert await fetch_protocol(dpd.db, dpd.carriers, manifest_id) == 0
    async with dpd.db.begin() as tx:
        row = await tx.row(
            "select state, error_code, retry_at from manifest_protocol where manifest_id = $1", manifest_id
        )
        assert row is not None
        assert tuple(row) == ("failed", row["error_code"], None)
        await tx.run("update carrier set adapter = 'dpd_pl' where id = $1", dpd.carrier.id)
    assert (await state_of(dpd, manifest_id))[0] == "closed"
    assert ok(await dpd.api.post(f"/manifests/{manifest_id}/protocol"))["asked"] == 1


async def test_a_shop_with_its_own_account_is_asked_for_apart(dpd: Scene, settings: Settings) -> None:
    async with dpd.db.begin() as tx:
        own = OFFERS["dpd_pl"].credentials
        await store_credentials(tx, load_vault(settings.home), dpd.carrier.id, own, shop_id=dpd.shop.id)
    manifest_id = await frozen(dpd, 1)
    async with dpd.db.begin() as tx:
        rows = await tx.rows(
            "select for_shop_id, part from manifest_protocol where manifest_id = $1", manifest_id
        )
    assert [tuple(r) for r in rows] == [(dpd.shop.id, 1)]
    assert await fetch_protocol(dpd.db, dpd.carriers, manifest_id) == 1


async def test_on_another_day_it_is_still_the_days_protocol(
    db: Database, server: Server, settings: Settings
) -> None:
    """DHL24 makes its protocol of a day: one that is fetched tomorrow must be today's."""
    async with at_carrier(db, server, "dhl24", home=settings.home) as dhl:
        manifest_id = await loaded(dhl)
        yesterday = datetime.now(UTC) - timedelta(days=1)
        held: Any = dhl.sim.carrier
        for booking in held.bookings.values():
            booking["date"] = yesterday.astimezone(WARSAW).date().isoformat()
        then = Database(settings.app_url, clock=FixedClock(yesterday))
        async with then.begin() as tx:
            assert (await close_manifest(tx, manifest_id)).state == "closing"
        await then.close()
        assert await fetch_protocol(db, dhl.carriers, manifest_id) == 1
        assert "manifest_carrier" in (await state_of(dhl, manifest_id))[1]
