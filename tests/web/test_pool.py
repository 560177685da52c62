"""What a request may see ends with the request: nothing of it is left on the pool's connections."""

import asyncio

import pytest

from tests.builders import a_key, a_shop, bearer
from tests.conftest import Api, Server
from tests.orders.world import a_world
from wms.config import Settings
from wms.db.tx import Actor, Database

LEFT = """select current_user::text as who, session_user::text as login, current_setting('role') as role,
  coalesce(current_setting('app.shop_id', true), '') as shop, coalesce(current_setting('app.carrier_id', true), '') as carrier,
  coalesce(current_setting('app.principal', true), '') as principal"""


@pytest.fixture
async def one(settings: Settings) -> Database:
    return Database(settings.app_url, pool_size=1)


async def left(one: Database) -> dict[str, str]:
    async with one.pool.lent() as c:
        row = await c.fetchrow(LEFT)
        assert row is not None
        return dict(row)


async def test_a_fresh_connection_has_no_scope_and_a_used_one_neither(one: Database, db: Database) -> None:
    shop = await a_shop(db)
    actor = Actor(kind="shop", id=1, name="x", shop_id=shop.id)
    fresh = await left(one)
    assert (fresh["who"], fresh["role"], fresh["shop"], fresh["carrier"]) == (fresh["login"], "none", "", "")
    async with one.begin(actor) as tx:
        seen = await tx.row(LEFT)
        assert seen is not None
        assert (seen["who"], seen["shop"]) == ("wms_shop", str(shop.id))
    assert await left(one) == fresh
    with pytest.raises(ZeroDivisionError):
        async with one.begin(actor):
            raise ZeroDivisionError
    assert await left(one) == fresh
    with pytest.raises(Exception, match="division by zero"):
        async with one.begin(actor) as tx:
            await tx.value("select 1 / 0")
    assert await left(one) == fresh
    started = asyncio.Event()

    async def gives_up() -> None:
        async with one.begin(actor) as tx:
            started.set()
            await tx.value("select pg_sleep(30)")

    task = asyncio.create_task(gives_up())
    await started.wait()
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await left(one) == fresh
    await one.close()


async def test_two_shops_take_turns_on_one_connection(settings: Settings, db: Database) -> None:
    server = Server(settings, WMS_POOL_SIZE="1")
    server.start()
    try:
        async with Api(base_url=f"{server.url}/api/v1", timeout=30) as api:
            a, b = await a_world(db, api), await a_world(db, api)
            skus = {w.shop.id: await w.stocked(50) for w in (a, b)}
            revoked = bearer(await a_key(db, shop=a.shop))
            async with db.begin() as tx:
                await tx.run("update api_key set revoked_at = now() where id = (select max(id) from api_key)")

            async def turn(n: int) -> None:
                w, other = (a, b) if n % 2 else (b, a)
                made = await w.order([(skus[w.shop.id], 1)])
                listed = (await api.get("/orders?limit=500", headers=w.headers)).json()["items"]
                assert {o["shop_id"] for o in listed} == {w.shop.id}
                assert (await api.get(f"/orders/{made['id']}", headers=other.headers)).status_code == 404
                assert (await w.send(w.body([(skus[other.shop.id], 1)])))[0] == 422
                assert (await w.send(w.body([(skus[w.shop.id], 1)], note="\0")))[0] == 422
                assert (await api.get("/orders", headers=revoked)).status_code == 401
                assert (await api.get("/orders")).status_code == 401

            await asyncio.gather(*(turn(n) for n in range(12)))
    finally:
        server.stop()
