"""The stream behind desk pages: who may listen, what it says, and that it ends when it should."""

import time

import anyio
import httpx
import pytest

from tests.builders import a_key, a_shop, bearer, signed_in_person
from tests.conftest import Server
from wms.config import Settings
from wms.db.tx import Database
from wms.events.log import Event, record


async def test_a_stranger_hears_nothing(server: Server, db: Database) -> None:
    shop = await a_shop(db)
    async with httpx.AsyncClient(base_url=server.url) as http:
        for headers in ({}, {"Cookie": "wms_session=wms_se_nonsense"}, bearer(await a_key(db, shop=shop))):
            r = await http.get("/desk/live", headers=headers)
            assert (r.status_code, r.text) == (401, "")
        person = await signed_in_person(db, roles=["care"])
        async with db.begin() as tx:
            await tx.run("update session set revoked_at = now() where person_id = $1", person.id)
        r = await http.get("/desk/live", headers={"Cookie": f"wms_session={person.token}"})
        assert r.status_code == 401


async def test_it_tells_of_a_change(server: Server, db: Database) -> None:
    person = await signed_in_person(db, roles=["care"])
    async with (
        httpx.AsyncClient(base_url=server.url, timeout=20, cookies={"wms_session": person.token}) as http,
        http.stream("GET", "/desk/live") as r,
    ):
        assert r.status_code == 200
        assert r.headers["content-type"].startswith("text/event-stream")
        lines = r.aiter_lines()
        assert await anext(lines) == ": listening"
        heard: list[str] = []
        for _ in range(2):  # the first look learns where the log ends, a later one that it has grown
            await anyio.sleep(2.5)
            async with db.begin() as tx:
                await record(tx, Event(kind="test.happened", subject="test", subject_id=1))
        async for line in lines:
            heard.append(line)
            if line == "event: changed":
                break
        assert "event: changed" in heard


@pytest.mark.parametrize("streams", [3])
async def test_open_streams_do_not_keep_the_server_from_ending(
    settings: Settings, db: Database, streams: int
) -> None:
    own = Server(settings)
    own.start()
    assert own.process is not None
    person = await signed_in_person(db, roles=["care"])
    async with httpx.AsyncClient(base_url=own.url, timeout=20, cookies={"wms_session": person.token}) as http:
        opened = [http.stream("GET", "/desk/live") for _ in range(streams)]
        answers = [await s.__aenter__() for s in opened]
        readers = [r.aiter_lines() for r in answers]
        assert [await anext(lines) for lines in readers] == [": listening"] * streams
        began = time.monotonic()
        own.process.terminate()
        for lines in readers:  # they end as streams should, not by a broken connection
            assert [line async for line in lines if line.startswith("event:")] == []
        assert own.process.wait(10) == 0
        assert time.monotonic() - began < 2.5
        for s in opened:
            await s.__aexit__(None, None, None)
