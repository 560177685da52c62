"""Parcels followed by the clock and by webhooks, at the carriers' simulators."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from tests.conftest import Server
from tests.shipping.bought import AParcel, Scene, at_carrier
from tests.shipping.flow import ok, order_state
from tests.shipping.test_worker import a_worker, until
from wms.carriers.credentials import store_credentials
from wms.carriers.simulators.catalogue import OFFERS
from wms.carriers.simulators.faults import Fault
from wms.carriers.simulators.inpost import InPost, signed, webhook
from wms.carriers.vault import load_vault
from wms.config import Settings
from wms.db.tx import Database
from wms.shipping.hear_webhook import forget_webhooks
from wms.shipping.read_tracking import GIVEN_UP, LONGEST, next_read, sweep_tracking

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECRET = "what InPost signs with"
STORY = {
    "inpost": ("taken_by_courier", "delivered"),
    "dpd_pl": ("040101", "190101"),
    "dhl24": ("DWP", "DOR"),
    "gls_pl": ("0.0", "3.0"),
}


async def handed_over(parcel: AParcel) -> str:
    """Bought, loaded, gone; its number."""
    scene = parcel.scene
    assert await parcel.buy() is None
    body = {"warehouse_id": parcel.order.warehouse.id, "carrier_id": scene.carrier.id}
    manifest = ok(await scene.api.post("/loading/all", json=body))["manifest_id"]
    ok(await scene.api.post(f"/manifests/{manifest}/close"))
    ok(await scene.api.post(f"/manifests/{manifest}/handover", json={"driver": "Jan", "vehicle": "W1"}))
    number: str = (await parcel.row())["tracking_number"]
    return number


async def statuses(db: Database, parcel: AParcel) -> list[str]:
    async with db.begin() as tx:
        rows = await tx.rows(
            "select status from tracking_event where shop_id = $1 and parcel_id = $2 order by at, id",
            parcel.scene.shop.id,
            parcel.id,
        )
    return [r["status"] for r in rows]


def test_the_quieter_the_longer() -> None:
    assert next_read("out_for_delivery", NOW, NOW) == timedelta(minutes=20)
    assert next_read("in_transit", NOW - timedelta(hours=2), NOW) == timedelta(hours=1)
    assert next_read("in_transit", NOW - timedelta(days=2), NOW) == timedelta(hours=4)
    assert next_read("at_point", NOW - timedelta(days=20), NOW) == LONGEST
    assert next_read("problem", NOW - GIVEN_UP - timedelta(days=1), NOW) is None
    assert [next_read(s, NOW, NOW) for s in ("delivered", "returned", "cancelled")] == [None] * 3


@pytest.mark.parametrize("name", sorted(STORY))
async def test_news_of_one_second_end_with_the_delivery(
    name: str, db: Database, server: Server, settings: Settings
) -> None:
    """Carriers tell times to the second or minute: what is delivered in it is not asked for again."""
    async with at_carrier(db, server, name, home=settings.home) as scene:
        parcel = await scene.parcel()
        number = await handed_over(parcel)
        for status in STORY[name]:
            assert (await scene.control("advance", {"number": number, "status": status})).status_code < 300
        async with db.begin() as tx:
            await tx.run("update label set track_at = now() where id = $1", parcel.label_id)
        await scene.read()
        assert await order_state(db, parcel.order) == "delivered"
        assert (await parcel.row())["track_at"] is None


@pytest.mark.parametrize("name", OFFERS)
async def test_a_parcel_is_followed_to_its_end(
    name: str, db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, name, home=settings.home) as scene:
        parcel = await scene.parcel()
        number = await handed_over(parcel)
        async with db.begin() as tx:
            await tx.run("update label set track_at = now() where id = $1", parcel.label_id)
            assert await sweep_tracking(tx) >= 1
            assert await tx.value(
                "select count(*) from procrastinate_jobs where queueing_lock = $1 and status = 'todo'",
                f"track-{scene.carrier.id}-{scene.shop.id}",
            ) == 1  # fmt: skip
        await scene.read()
        for status, state in zip(STORY[name], ("in_transit", "delivered"), strict=True):
            assert (await scene.control("advance", {"number": number, "status": status})).status_code < 300
            await scene.read()
            await scene.read()  # doubled: nothing more
            assert await order_state(db, parcel.order) == state, (status, await statuses(db, parcel))
        assert (await statuses(db, parcel))[-1] == "delivered"
        assert (await parcel.row())["track_at"] is None
        assert len(await scene.events("parcel.delivered", parcel.id)) == 1
        shown = ok(await scene.api.get(f"/parcels/{parcel.id}?shop_id={scene.shop.id}"))
        assert all(
            abs(datetime.fromisoformat(t["at"]) - datetime.now(UTC)) < timedelta(minutes=5)
            for t in shown["tracking"]
        )


async def test_returned_to_sender_and_an_unknown_word(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "inpost", home=settings.home) as scene:
        parcels = [await scene.parcel() for _ in range(2)]
        numbers = [await handed_over(p) for p in parcels]
        for number in numbers:
            body = {"number": number, "status": "lost_in_space", "unknown": True}
            assert (await scene.control("advance", body)).status_code == 200
        await scene.read()
        await scene.read()
        (alarm,) = await scene.events("carrier.unknown_status", scene.carrier.id)
        assert alarm["raw"] == "lost_in_space"
        async with db.begin() as tx:
            raw = await tx.rows("select status, raw from tracking_event where shop_id = $1 and raw = $2", scene.shop.id, "lost_in_space")  # fmt: skip
        assert [r["status"] for r in raw] == ["in_transit"] * 2
        assert [await order_state(db, p.order) for p in parcels] == ["in_transit"] * 2
        await scene.control("advance", {"number": numbers[0], "status": "returned_to_sender"})
        await scene.read()
        assert [await order_state(db, p.order) for p in parcels] == ["returned_to_sender", "in_transit"]


async def test_a_carrier_that_is_down_is_asked_again(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "inpost", home=settings.home) as scene:
        parcels = [await scene.parcel() for _ in range(2)]
        for p in parcels:
            await handed_over(p)
        scene.sim.plan.add(Fault(kind="junk", call="track", times=2))  # at once, then one of them alone
        assert await scene.read() is None
        rows = [await p.row() for p in parcels]
        assert sorted(r["tracked_at"] is not None for r in rows) in ([False, True], [True, True])
        assert all(r["track_at"] is not None for r in rows)
        scene.sim.plan.add(Fault(kind="limited", call="track", times=9, seconds=1800))
        before = [r["tracked_at"] for r in rows]
        await scene.read()
        rows = [await p.row() for p in parcels]
        assert [r["tracked_at"] for r in rows] == before
        assert all(r["track_at"] > datetime.now(UTC) + timedelta(minutes=14) for r in rows)


async def with_secret(scene: Scene, settings: Settings) -> None:
    async with scene.db.begin() as tx:
        secrets = dict(OFFERS["inpost"].credentials) | {"webhook_secret": SECRET}
        await store_credentials(tx, load_vault(settings.home), scene.carrier.id, secrets)


async def send(scene: Scene, body: bytes, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient() as carrier:  # nobody of ours: no token, no idempotency key
        url = f"{scene.server.url}/api/v1/carriers/{scene.carrier.code}/webhooks"
        return await carrier.post(url, content=body, headers={"content-type": "application/json"} | headers)


def said(scene: Scene, number: str) -> bytes:
    carrier: Any = scene.sim.carrier
    s = next(s for s in carrier.shipments.values() if s["tracking_number"] == number)
    return msgspec.json.encode(webhook(s))


async def asked_for(scene: Scene, parcel: AParcel) -> bool:
    return bool((await parcel.row())["track_at"] <= datetime.now(UTC))


async def test_webhooks_forged_doubled_shuffled_and_late(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "inpost", home=settings.home) as scene:
        await with_secret(scene, settings)
        parcel = await scene.parcel()
        number = await handed_over(parcel)
        await scene.read()
        first = said(scene, number)
        forged: list[tuple[bytes, dict[str, str]]] = [
            (first, {}),
            (first, {"x-inpost-signature": "AAAA"}),
            (first, signed(first, "guessed")),
            (first.replace(b"confirmed", b"delivered"), signed(first, SECRET)),
            (first, signed(first, SECRET, "1700000000") | {"x-inpost-timestamp": "1800000000"}),
            (b"x" * 70_000, signed(b"x" * 70_000, SECRET)),
            (b"{}", signed(b"{}", SECRET)),
            (b"\xff\xfe", signed(b"\xff\xfe", SECRET)),
        ]
        for body, headers in forged:
            r = await send(scene, body, headers)
            assert (r.status_code, r.json()["code"]) == (401, "webhook-forged"), body[:60]
        assert not await asked_for(scene, parcel)

        await scene.control("advance", {"number": number, "status": "taken_by_courier"})
        second = said(scene, number)
        await scene.control("advance", {"number": number, "status": "delivered"})
        third = said(scene, number)
        for n, body in enumerate(
            (third, third, second, first, second)
        ):  # the last first, twice, then late ones
            heard = ok(await send(scene, body, signed(body, SECRET, "1700000000")))
            assert heard == {"new": n in (0, 2, 3), "parcels": int(n in (0, 2, 3))}
        assert await asked_for(scene, parcel)
        async with db.begin() as tx:
            kept = await tx.rows(
                "select body from carrier_webhook where carrier_id = $1 order by id", scene.carrier.id
            )
            jobs = await tx.value(
                "select count(*) from procrastinate_jobs where queueing_lock = $1 and status = 'todo'",
                f"track-{scene.carrier.id}-{scene.shop.id}",
            )
        assert ([r["body"] for r in kept], jobs) == ([third, second, first], 1)
        await scene.read()
        assert await order_state(db, parcel.order) == "delivered"
        ok(
            await send(scene, first + b" ", signed(first + b" ", SECRET))
        )  # very late: read again, still delivered
        await scene.read()
        assert await order_state(db, parcel.order) == "delivered"
        async with db.begin() as tx:
            await tx.run("update carrier_webhook set received_at = now() - interval '31 days' where carrier_id = $1", scene.carrier.id)  # fmt: skip
            assert await forget_webhooks(tx) >= 3


async def test_a_lie_in_an_unsigned_webhook_changes_nothing(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "inpost", home=settings.home) as scene:
        await scene.settings(webhooks="unsigned")
        parcel = await scene.parcel()
        number = await handed_over(parcel)
        lie = said(scene, number).replace(b"confirmed", b"delivered")
        assert ok(await send(scene, lie, {}))["parcels"] == 1
        await scene.read()
        assert await order_state(db, parcel.order) == "handed_over"
        odd = lie.replace(number.encode(), b"\\u0000").replace(b"1000000", b'"\\u0000"')
        assert ok(await send(scene, odd, {})) == {"new": False, "parcels": 0}
        strange = lie.replace(number.encode(), b"1").replace(b"1000000", b"77")
        assert ok(await send(scene, strange, {})) == {"new": False, "parcels": 0}
        async with db.begin() as tx:
            assert (
                await tx.value("select count(*) from carrier_webhook where carrier_id = $1", scene.carrier.id)
                == 1
            )


async def test_a_webhook_brings_a_number_that_was_awaited(
    db: Database, server: Server, settings: Settings
) -> None:
    async with at_carrier(db, server, "inpost", InPost(confirm_s=3600), home=settings.home) as scene:
        await with_secret(scene, settings)
        parcel = await scene.parcel()
        assert await parcel.buy() is not None
        carrier: Any = scene.sim.carrier
        body = msgspec.json.encode(webhook(carrier.shipments[1_000_000]))
        assert ok(await send(scene, body, signed(body, SECRET)))["parcels"] == 1
        async with db.begin() as tx:
            assert await tx.value(
                "select count(*) from procrastinate_jobs where queueing_lock = $1 and status = 'todo'",
                f"label-{scene.shop.id}-{parcel.label_id}",
            ) == 1  # fmt: skip


async def test_carriers_that_send_none(db: Database, server: Server, settings: Settings) -> None:
    async with at_carrier(db, server, "dpd_pl", home=settings.home) as scene:
        r = await send(scene, b"{}", {})
        assert (r.status_code, r.json()["code"]) == (404, "webhooks-not-taken")
        async with httpx.AsyncClient() as http:
            r = await http.post(f"{server.url}/api/v1/carriers/nobody/webhooks", content=b"{}")
            odd = await http.post(f"{server.url}/api/v1/carriers/%00/webhooks", content=b"{}")
        assert (r.status_code, r.json()["code"]) == (404, "not-found")
        assert 400 <= odd.status_code < 500, odd.text


async def test_the_worker_hears_and_reads(db: Database, server: Server, settings: Settings) -> None:
    """From a webhook to the order's state, through real jobs."""
    async with at_carrier(db, server, "inpost", home=settings.home) as scene:
        await with_secret(scene, settings)
        parcel = await scene.parcel()

        async def delivered() -> bool:
            return await order_state(db, parcel.order) == "delivered"

        async def labelled() -> bool:
            return bool((await parcel.row())["state"] == "ready")

        with a_worker(settings):
            await until(labelled)
            number = await handed_over(parcel)
            await scene.control("advance", {"number": number, "status": "delivered"})
            body = said(scene, number)
            ok(await send(scene, body, signed(body, SECRET)))
            await until(delivered)
        assert scene.bookings() == 1
