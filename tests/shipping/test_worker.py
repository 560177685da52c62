"""The worker as a process of its own: real jobs, killed in the middle, stopped politely."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.builders import a_carrier, a_courier_key, a_shop, a_sku
from tests.conftest import Server
from tests.shipping.flow import (
    PickedOrder,
    Wanted,
    a_bench,
    a_picked_order,
    labelled,
    ok,
    order_state,
    packed,
    person,
    with_key,
)
from tests.shipping.test_many_parcels import prepared
from wms.config import Settings
from wms.db.tx import Database
from wms.events.log import enqueue
from wms.jobs import rescue
from wms.shipping.close_manifest import close_manifest
from wms.shipping.hand_over import hand_over
from wms.shipping.load_parcel import load_all
from wms.worker import create_jobs

SLOW_COURIER = textwrap.dedent(
    '''
    """A courier that books at once and answers late; what it booked is in a file, as it would be at its own place."""
    import asyncio, pathlib
    from wms.carriers.port import Cap, Created

    class Slow:
        code = "slow"
        capabilities = frozenset({Cap.CREATE})

        def __init__(self, folder):
            self.folder = pathlib.Path(folder)

        async def create(self, s):
            with open(self.folder / "booked", "a") as f:
                f.write(s.reference + "\\n")
            if (self.folder / "slow").exists():
                await asyncio.sleep(60)
            return self.made(s.reference)

        async def find_by_reference(self, ref):
            booked = (self.folder / "booked").read_text().split() if (self.folder / "booked").exists() else []
            return [self.made(ref)] if ref in booked else []

        def made(self, ref):
            return Created(id=ref, reference=ref, numbers=(f"SLOW-{self.folder.name}-{ref}",))

    def make(account):
        return Slow(account.settings["folder"])
    '''
)


@contextmanager
def a_worker(
    settings: Settings, plugins: Path | None = None, **more: str
) -> Iterator[subprocess.Popen[bytes]]:
    env = os.environ | {
        "WMS_HOME": str(settings.home),
        "WMS_DATABASE_URL": settings.owner_url.render_as_string(hide_password=False),
        "WMS_APP_DATABASE_URL": settings.app_url.render_as_string(hide_password=False),
    }
    env |= more
    if plugins is not None:
        env["PYTHONPATH"] = str(plugins)
    with open(settings.home / "worker.log", "ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "wms.worker"], env=env, stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)


async def until(found: Callable[[], Awaitable[bool]], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not await found():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.2)


def plugin(folder: Path) -> Path:
    (folder / "slow_courier.py").write_text(SLOW_COURIER)
    info = folder / "slow_courier-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: slow-courier\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[wms.carriers]\nslow = slow_courier:make\n")
    return folder


async def a_parcel(db: Database, server: Server, *, slow: Path | None = None) -> tuple[PickedOrder, int]:
    shop, carrier = await a_shop(db), await a_carrier(db)
    if slow is not None:
        async with db.begin() as tx:
            await tx.run(
                "update carrier set adapter = 'slow', settings = jsonb_build_object('folder', $2::text) where id = $1",
                carrier.id,
                str(slow),
            )
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with a_bench(db, server) as bench:
        return order, await packed(bench, order, [(mug, 1)])


async def state_of_label(db: Database, shop: int, parcel: int) -> str:
    async with db.begin() as tx:
        return str(
            await tx.value(
                "select state from label where shop_id = $1 and parcel_id = $2 order by id desc limit 1",
                shop,
                parcel,
            )
        )


async def test_a_worker_buys_labels_and_stops_within_five_seconds(
    db: Database, server: Server, settings: Settings, tmp_path: Path
) -> None:
    plugins, folder = plugin(tmp_path), tmp_path / "place"
    folder.mkdir()
    made = [await a_parcel(db, server, slow=folder) for _ in range(3)]
    async with person(db, server, "packer") as api:
        for order, parcel in made:
            ok(await api.post(f"/shops/{order.shop.id}/parcels/{parcel}/label"))

    async def all_ready() -> bool:
        return {await state_of_label(db, o.shop.id, p) for o, p in made} == {"ready"}

    with a_worker(settings, plugins) as worker:
        await until(all_ready)
        assert {await order_state(db, o) for o, _ in made} == {"labelled"}
        began = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(worker.wait, 15) == 0
        assert time.monotonic() - began < 5


async def test_a_worker_killed_after_the_carrier_booked_costs_no_second_label(
    db: Database, server: Server, settings: Settings, tmp_path: Path
) -> None:
    plugins, folder = plugin(tmp_path), tmp_path / "place"
    folder.mkdir()
    (folder / "slow").touch()
    order, parcel = await a_parcel(db, server, slow=folder)
    async with person(db, server, "packer") as api:
        label = ok(await api.post(f"/shops/{order.shop.id}/parcels/{parcel}/label"))["label_id"]

    async def booked() -> bool:
        return (folder / "booked").exists()

    with a_worker(settings, plugins) as worker:
        await until(booked)
        worker.kill()
        worker.wait(10)
    assert await state_of_label(db, order.shop.id, parcel) == "requested"
    (folder / "slow").unlink()
    async with db.begin() as tx:  # its heartbeat is missing for long enough
        await tx.run("update procrastinate_workers set last_heartbeat = now() - interval '5 min'")

    async def ready() -> bool:
        return await state_of_label(db, order.shop.id, parcel) == "ready"

    with a_worker(settings, plugins):
        await until(ready)
    assert (folder / "booked").read_text().split() == [f"L{order.shop.id}-{label}"]


async def test_a_couriers_event_moves_the_order_through_a_job(
    db: Database, server: Server, settings: Settings
) -> None:
    shop, carrier = await a_shop(db), await a_carrier(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)])
    async with a_bench(db, server) as bench:
        number = await labelled(db, bench.api, shop.id, await packed(bench, order, [(mug, 1)]))
    async with (
        person(db, server, "supervisor") as api,
        with_key(server, await a_courier_key(db, carrier_id=carrier.id)) as courier,
    ):
        body = {"warehouse_id": order.warehouse.id, "carrier_id": carrier.id}
        manifest = ok(await api.post("/loading/all", json=body))["manifest_id"]
        ok(await api.post(f"/manifests/{manifest}/close"))
        ok(await api.post(f"/manifests/{manifest}/handover", json={"driver": "Jan", "vehicle": "W1"}))
        event = {"tracking_number": number, "status": "delivered", "at": "2026-11-24T10:00:00Z", "raw": "DOR"}
        assert ok(await courier.post("/courier/tracking", json={"events": [event]}))["new"] == 1

    async def delivered() -> bool:
        return await order_state(db, order) == "delivered"

    with a_worker(settings):
        await until(delivered)


async def test_a_sweep_that_fails_keeps_no_other_from_its_turn(
    db: Database, server: Server, settings: Settings
) -> None:
    """A warehouse with a clock that nobody knows stops its cars, and nothing else."""
    warehouse_id, carrier_id = await prepared(db, 1)
    async with db.begin() as tx:
        loaded = await load_all(tx, warehouse_id, carrier_id)
        assert loaded.manifest_id is not None
        await close_manifest(tx, loaded.manifest_id)
        await hand_over(tx, loaded.manifest_id, driver="Jan", vehicle="W1")
        await tx.run(
            "update manifest_parcel set scanned_at = now() where manifest_id = $1", loaded.manifest_id
        )
    broken, caller = await prepared(db, 1)
    async with db.begin() as tx:
        await tx.run("update warehouse set timezone = 'Nowhere/Land' where id = $1", broken)
        await tx.run("update carrier set orders_pickup = true where id = $1", caller)
    try:
        with pytest.raises(Exception, match=r"Nowhere/Land|sweeps failed"):
            await create_jobs(db, settings.app_url).tasks["shipping.sweep_manifests"].func(0)
        async with db.begin() as tx:
            state = await tx.value("select state from manifest where id = $1", loaded.manifest_id)
        assert state == "reconciled"
    finally:
        async with db.begin() as tx:
            await tx.run("update warehouse set timezone = 'Europe/Warsaw' where id = $1", broken)
            await tx.run("update carrier set orders_pickup = false where id = $1", caller)


async def test_the_rescue_takes_only_what_a_dead_worker_left(db: Database, settings: Settings) -> None:
    app = create_jobs(db, settings.app_url)
    async with app.open_async():
        assert await rescue(app) >= 0
        assert await rescue(app) == 0


async def test_a_dead_workers_job_whose_twin_waits_holds_up_no_other(
    db: Database, settings: Settings
) -> None:
    """The same job was left again while the worker died in the first: the twin does its work, and the others go on."""
    app = create_jobs(db, settings.app_url)
    async with app.open_async():
        await rescue(app)
        async with db.begin() as tx:
            for once in ("twin", "twin", "single"):
                await enqueue(
                    tx,
                    "nobody-works-here",
                    "shipping.cancel_booking",
                    lock=once,
                    once=once,
                    shop_id=1,
                    label_id=1,
                )
                await tx.run(
                    """update procrastinate_jobs set status = 'doing', worker_id = null
                       where queueing_lock = $1 and status = 'todo' and not exists (
                         select from procrastinate_jobs j where j.queueing_lock = $1 and j.status = 'doing')""",
                    once,
                )
        waiting = "select count(*) from procrastinate_jobs where queueing_lock = $1 and status = $2"
        try:
            assert await rescue(app) == 2
            async with db.begin() as tx:
                for once in ("twin", "single"):
                    assert await tx.value(waiting, once, "todo") == 1, once
                    assert await tx.value(waiting, once, "doing") == 0, once
            assert await rescue(app) == 0
        finally:
            async with db.begin() as tx:
                await tx.run("delete from procrastinate_jobs where queueing_lock in ('twin', 'single')")
