"""Things go wrong below and beside the server: nothing is lost, nothing is done twice, it recovers by itself."""

import asyncio
import os
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.conftest import Api, Cluster, Server, new_key
from tests.orders.world import World, a_world, faults
from tests.web.reading import problem
from wms.config import Settings, load_secrets
from wms.db.migrate import migrate
from wms.db.tx import Database

LONG = bool(os.environ.get("WMS_LONG"))


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


async def until(there: Callable[[], Awaitable[Any]]) -> Any:
    for _ in range(300):
        if found := await there():
            return found
        await asyncio.sleep(0.02)
    raise AssertionError("it did not come to that")


async def waiting_for_a_lock(beside: "psycopg.Connection[Any]", sql: str) -> int:
    """The backend that waits for a lock in a statement like this."""

    async def look() -> Any:
        beside.execute("select pg_stat_clear_snapshot()")
        row = beside.execute(
            """select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
               and query ilike %s""",
            [f"%{sql}%"],
        ).fetchone()
        return row and row[0]

    return int(await until(look))


def admin(cluster: Cluster, settings: Settings) -> "psycopg.Connection[tuple[object, ...]]":
    found = cluster.admin(settings.app_url.database or "")
    found.autocommit = False
    return found


async def test_a_deadlock_is_tried_again_and_nobody_notices(
    world: World, cluster: Cluster, settings: Settings, server: Server
) -> None:
    made = await world.order([(await world.stocked(1), 1)])
    before = server.log.stat().st_size
    with admin(cluster, settings) as beside:
        beside.execute("select from order_line where order_id = %s for update", [made["id"]])
        cancel = asyncio.create_task(world.cancel(made["id"]))
        await waiting_for_a_lock(beside, "order_line")
        await asyncio.to_thread(beside.execute, "update orders set note = 'x' where id = %s", [made["id"]])
        beside.commit()
    status, answer = await cancel
    assert (status, answer["freed"]) == (200, 1)
    assert b'"fault"' not in server.log.read_bytes()[before:]
    assert await faults(world.db, world.shop) == []


async def test_a_statement_that_takes_too_long_is_answered_busy(
    world: World, cluster: Cluster, settings: Settings
) -> None:
    made = await world.order([(await world.stocked(1), 1)])
    key = {"Idempotency-Key": new_key()}
    with admin(cluster, settings) as beside:
        beside.execute("select from orders where id = %s for update", [made["id"]])
        asked = asyncio.create_task(
            world.api.post(f"/orders/{made['id']}/cancel", json={"reason": "x"}, headers=world.headers | key)
        )
        pid = await waiting_for_a_lock(beside, "from orders")
        beside.execute("select pg_cancel_backend(%s)", [pid])  # what the statement timeout does
        problem(await asked, 503, "busy")
        beside.rollback()
    r = await world.api.post(
        f"/orders/{made['id']}/cancel", json={"reason": "x"}, headers=world.headers | key
    )
    assert (r.status_code, r.json()["freed"]) == (200, 1)


async def test_a_connection_that_dies_is_replaced(world: World, cluster: Cluster, settings: Settings) -> None:
    made = await world.order([(await world.stocked(1), 1)])
    with admin(cluster, settings) as beside:
        beside.execute("select from orders where id = %s for update", [made["id"]])
        asked = asyncio.create_task(world.cancel(made["id"]))
        pid = await waiting_for_a_lock(beside, "from orders")
        beside.execute("select pg_terminate_backend(%s)", [pid])
        beside.rollback()
    status, answer = await asked
    assert (status, answer["freed"]) == (200, 1)


async def test_all_idle_connections_die_at_once(world: World, cluster: Cluster, settings: Settings) -> None:
    sku = await world.stocked(100)
    await asyncio.gather(*(world.order([(sku, 1)]) for _ in range(16)))
    with admin(cluster, settings) as beside:
        beside.execute("""select pg_terminate_backend(pid) from pg_stat_activity
                          where datname = current_database() and pid <> pg_backend_pid() and state = 'idle'""")
    answers = await asyncio.gather(*(world.send(world.body([(sku, 1)])) for _ in range(32)))
    assert {s for s, _ in answers} == {201}, [a for s, a in answers if s != 201][:2]


async def insist(api: Api, world: World, body: dict[str, Any], refused: list[int]) -> dict[str, Any]:
    """A client that sends the same request with the same key until it is answered."""
    headers = world.headers | {"Idempotency-Key": new_key()}
    while True:
        try:
            r = await api.post("/orders", json=body, headers=headers)
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        if r.status_code == 201:
            found: dict[str, Any] = r.json()
            return found
        problem(r, 503, r.json()["code"])
        refused.append(r.status_code)
        await asyncio.sleep(0.2)


async def all_there(world: World, sent: list[dict[str, Any]], answers: list[dict[str, Any]]) -> None:
    """Each order sent is there once, with its stock, as it was answered."""
    async with world.db.begin() as tx:
        rows = await tx.rows("select id, number, state from orders where shop_id = $1", world.shop.id)
        events = await tx.value(
            "select count(*) from event where shop_id = $1 and kind = 'order.received'", world.shop.id
        )
        units = await tx.value("select sum(allocated) from balance where shop_id = $1", world.shop.id)
    assert sorted(r["number"] for r in rows) == sorted(b["number"] for b in sent)
    assert {r["id"]: r["number"] for r in rows} == {a["id"]: a["number"] for a in answers}
    assert events == units == len(sent)
    assert await faults(world.db, world.shop) == []


async def test_kill_the_server_in_the_middle_again_and_again(settings: Settings, db: Database) -> None:
    server = Server(settings)
    server.start()
    try:
        async with Api(base_url=f"{server.url}/api/v1", timeout=10) as api:
            world = await a_world(db, api)
            sku = await world.stocked(100_000)
            sent: list[dict[str, Any]] = []
            answers: list[dict[str, Any]] = []
            over = asyncio.Event()

            async def client() -> None:
                while not over.is_set():
                    body = world.body([(sku, 1)])
                    sent.append(body)
                    answers.append(await insist(api, world, body, []))

            clients = [asyncio.create_task(client()) for _ in range(6)]
            for _ in range(20 if LONG else 2):
                await asyncio.sleep(random.uniform(0.1, 0.6))
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
            await asyncio.sleep(0.2)
            over.set()
            await asyncio.gather(*clients)
            assert len(answers) >= 6
            await all_there(world, sent, answers)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A cluster of its own, because it is going to be killed."""
    folder = tmp_path_factory.mktemp("apart")
    for f in (folder, *folder.parents):
        if f == Path("/tmp") or f == f.parent or os.geteuid() != 0:
            break
        f.chmod(f.stat().st_mode | 0o011)
    found = Cluster(folder)
    if found.external:
        pytest.skip("the server that tests run on is not ours to kill")
    found.start()
    with found.admin() as c:
        if not c.execute("select 1 from pg_roles where rolname = 'wms_owner'").fetchone():
            c.execute("create role wms_owner login createrole")
        c.execute("create database wms_template owner wms_owner")
    migrate(found.url("wms_template", "wms_owner"), load_secrets(folder).app_password)
    yield found
    assert found.server is not None
    found.server.stop()


async def test_the_database_is_gone_for_a_while(apart: Cluster) -> None:
    settings = apart.settings("wms_template")
    server = Server(settings)
    server.start()
    db = Database(settings.app_url, pool_size=4)
    try:
        async with Api(base_url=f"{server.url}/api/v1", timeout=20) as api:
            world = await a_world(db, api)
            sku = await world.stocked(10_000)
            sent = [world.body([(sku, 1)]) for _ in range(200)]
            refused: list[int] = []
            gate = asyncio.Semaphore(6)

            async def client(body: dict[str, Any]) -> dict[str, Any]:
                async with gate:
                    return await insist(api, world, body, refused)

            clients = [asyncio.create_task(client(b)) for b in sent]
            await asyncio.sleep(0.2)
            assert apart.server is not None
            await asyncio.to_thread(apart.server.stop)
            gone = time.monotonic()
            said = problem(await api.get("/orders", headers=world.headers), 503, "try-again")
            assert time.monotonic() - gone < 5, "an answer at once, not after a timeout"
            assert str(said["detail"]).startswith("The database does not answer")
            assert (await api.get(f"{server.url}/health")).status_code == 200
            assert (await api.get(f"{server.url}/ready")).status_code == 503
            await asyncio.sleep(10 if LONG else 2)
            await asyncio.to_thread(apart.server.start)
            await all_there(world, sent, await asyncio.gather(*clients))
            assert refused
    finally:
        await db.close()
        server.stop()
