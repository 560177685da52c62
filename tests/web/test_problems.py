"""Every answer that is not a success is a problem document; every answer has its request id."""

import asyncio
import re
import subprocess
import sys
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest

from tests.builders import bearer, signed_in_person, unique
from tests.conftest import Api, Server, new_key
from tests.orders.world import GOOD, World, a_world
from tests.web.reading import problem
from wms.db.tx import Database
from wms.web.telemetry import GIVEN


def written(server: Server, since: int) -> str:
    return server.log.read_bytes()[since:].decode()


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


async def test_addresses_and_methods_that_are_not(world: World, server: Server) -> None:
    said = problem(
        await world.api.get("/nothing", headers=world.headers | {"Accept-Language": "pl"}), 404, "http-404"
    )
    assert said["detail"] == "Pod tym adresem nic nie ma. Sprawdź go w /docs."
    problem(await world.api.patch("/orders", headers=world.headers), 405, "http-405")
    async with httpx.AsyncClient(base_url=server.url) as outside:
        problem(await outside.get("/wp-admin.php"), 404, "http-404")
        for path in ("/health", "/ready", "/metrics", "/docs", "/docs/openapi.json"):
            r = await outside.get(path)
            assert r.status_code == 200, (path, r.text)
            assert GIVEN.fullmatch(r.headers["x-request-id"])


async def test_a_body_that_is_too_large(world: World) -> None:
    body = b'{"number": "' + b"x" * 10_000_000 + b'"}'
    headers = world.headers | {"Content-Type": "application/json"}
    problem(await world.api.post("/orders", content=body, headers=headers), 413, "http-413")

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(120):
            yield b" " * 100_000

    problem(await world.api.post("/orders", content=parts(), headers=headers), 413, "http-413")


async def test_what_does_not_fit_is_named(world: World) -> None:
    body = world.body([(await world.sku(), 1)]) | {"priority": "high"}
    headers = world.headers | {"Accept-Language": "de, pl;q=0.9, en;q=0.8"}
    said = problem(await world.api.post("/orders", json=body, headers=headers), 400, "http-400")
    assert str(said["detail"]).startswith("Żądanie jest niezgodne z dokumentacją: priority: ")
    assert said["errors"]


@pytest.mark.parametrize(
    "path", ["/orders/99999999999999999999999", "/orders?after=%00", "/orders?number=%00"]
)
async def test_values_that_no_column_holds(world: World, path: str) -> None:
    r = await world.api.get(path, headers=world.headers)
    assert r.status_code in (400, 404, 422), r.text
    problem(r, r.status_code, r.json()["code"])


async def test_the_request_id_is_the_callers_or_ours(world: World) -> None:
    r = await world.api.get("/orders", headers=world.headers | {"X-Request-Id": "shop-4711-abc"})
    assert r.headers["x-request-id"] == "shop-4711-abc"
    for bad in ("short", "x" * 65, "a b c d e f", "<script>1</script>"):
        r = await world.api.get("/orders", headers=world.headers | {"X-Request-Id": bad})
        assert re.fullmatch("[0-9a-f]{32}", r.headers["x-request-id"])


async def test_the_log_has_every_request_and_nobodys_name(world: World, server: Server) -> None:
    canary = unique("kanarek")
    before = server.log.stat().st_size
    person = await signed_in_person(world.db, roles=["care"])
    secret = f"wms_se_{canary}"
    recipient = GOOD | {"name": canary, "phone": f"+48 600 {canary}", "email": f"{canary}@example.com"}
    sku = await world.stocked(1)
    ids = []
    for body in (
        world.body([(sku, 1)], recipient=recipient),
        world.body([(sku, 1)], recipient=recipient | {"street": f"{canary}\0"}),
        world.body([(sku, 1)], recipient=recipient, number=canary, priority=canary),
        world.body([(sku, 1)], recipient=recipient, carrier=canary),
    ):
        r = await world.api.post("/orders", json=body, headers=world.headers)
        ids.append(r.headers["x-request-id"])
    r = await world.api.get("/orders", params={"number": canary}, headers=bearer(secret))
    ids.append(r.headers["x-request-id"])
    r = await world.api.get(f"/{canary}", headers=person.headers)
    ids.append(r.headers["x-request-id"])
    r = await world.api.post(
        "/sessions", json={"badge": canary, "pin": canary}, headers={"Cookie": f"x={canary}"}
    )
    ids.append(r.headers["x-request-id"])
    for _ in range(100):  # the line is written when the answer is on its way
        text = written(server, before)
        if ids[-1] in text:
            break
        await asyncio.sleep(0.02)
    assert canary.lower() not in text.lower()
    assert world.headers["Authorization"].split()[1] not in text
    assert person.token not in text
    lines = [msgspec.json.decode(n) for n in text.splitlines() if n.startswith("{")]
    logged = {n["request_id"]: n for n in lines if n["event"] == "request"}
    assert set(ids) <= logged.keys()
    first = logged[ids[0]]
    assert (first["route"], first["status"], first["method"]) == ("/api/v1/orders", 201, "POST")
    assert first["actor"].startswith("shop:")
    assert logged[ids[3]]["refusal"] == "unknown-carrier"
    assert [n["event"] for n in lines if n.get("request_id") == ids[1]] == ["unusable value", "request"]


RAISED = """
import asyncio
import logging
import structlog
from asyncpg import UniqueViolationError
from wms.web.telemetry import setup_logging

setup_logging()
setup_logging()
e = UniqueViolationError("twice")
e.detail = "Key (name)=(Jan Kanarek) already exists."
e.constraint_name = "uq_person"
try:
    raise ExceptionGroup("sweeps failed", [e])
except ExceptionGroup as group:
    assert "Kanarek" in str(e)
    structlog.get_logger().error("a sweep failed", exc_info=group)
    logging.getLogger("procrastinate.worker").error("Job 7 failed", exc_info=True)
    logging.getLogger("anything").info("nobody asked for this")


async def fails():
    raise e


async def forgets():
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)


asyncio.run(forgets())
"""


def test_no_log_has_the_words_of_an_error() -> None:
    """Also what a library logs, such as the queue of a job that failed, and of a task that nobody waited for."""
    done = subprocess.run([sys.executable, "-c", RAISED], capture_output=True, text=True, check=True)
    assert "Kanarek" not in done.stdout + done.stderr
    ours, theirs, forgotten = (msgspec.json.decode(line) for line in done.stdout.splitlines())
    assert (ours["event"], theirs["event"], theirs["logger"]) == (
        "a sweep failed", "Job 7 failed", "procrastinate.worker",
    )  # fmt: skip
    for line in (ours, theirs):
        assert line["errors"] == ["builtins.ExceptionGroup", "asyncpg.exceptions.UniqueViolationError"]
        assert (line["level"], line["constraint"]) == ("error", "uq_person")
        assert "line 14" in line["trace"]
    assert forgotten["event"] == "Task exception was never retrieved"
    assert forgotten["constraint"] == "uq_person"


async def test_a_twin_key_is_no_secret_in_a_problem(world: World) -> None:
    key = new_key()
    status, said = await world.send(world.body([], lines=[]), key=key)
    assert status == 400
    assert key not in str(said)
