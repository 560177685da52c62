"""The pool of connections, on real ones: who works, who waits, and who is given up."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.engine import make_url

from wms.db.pool import SLOW_S, Pool
from wms.db.tx import Database, connect, is_near


@asynccontextmanager
async def a_pool(
    db: Database, size: int, *, busy: int | None = None, patience: float = 5, longest: float | None = None
) -> AsyncIterator[Pool]:
    pool = Pool(lambda: connect(db.url), size, patience, busy=busy, longest=longest)
    try:
        yield pool
    finally:
        await pool.close()


class Crowd:
    """People who each keep a connection until they are let go."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.inside: list[int] = []
        self.come, self.go = asyncio.Event(), asyncio.Event()

    async def one(self, no: int) -> None:
        async with self.pool.lent() as driver:
            self.inside.append(no)
            self.come.set()
            await driver.fetchval("select 1")
            await self.go.wait()
            self.inside.remove(no)


async def test_quick_ones_work_a_few_at_a_time_in_the_order_of_asking(db: Database) -> None:
    async with a_pool(db, 8, busy=2) as pool:
        begun: list[int] = []
        most = inside = 0

        async def quick(no: int) -> None:
            nonlocal most, inside
            async with pool.lent() as driver:
                begun.append(no)
                inside += 1
                most = max(most, inside)
                await driver.fetchval("select 1")
                inside -= 1

        async with asyncio.timeout(10):  # the first two make their connections, which may take long
            await asyncio.gather(quick(0), quick(1))
            begun.clear()
            most = 0
            await asyncio.gather(*(quick(i) for i in range(30)))
        assert begun == list(range(30))
        assert most == 2


async def test_slow_ones_hold_nobody_up_until_all_connections_are_lent(db: Database) -> None:
    async with a_pool(db, 3, busy=1, patience=SLOW_S * 6) as pool:
        crowd = Crowd(pool)
        slow = [asyncio.create_task(crowd.one(i)) for i in range(3)]
        await asyncio.sleep(SLOW_S * 0.5)
        assert crowd.inside in ([], [0])  # one at a time, while they may be quick
        for _ in range(100):
            if len(crowd.inside) == 3:
                break
            await asyncio.sleep(SLOW_S / 4)
        assert crowd.inside == [0, 1, 2]
        with pytest.raises(TimeoutError):  # no connection is left
            await crowd.one(3)
        crowd.go.set()
        await asyncio.gather(*slow)
        await crowd.one(4)  # and all are back


async def test_who_gives_up_waiting_leaves_the_place_to_the_next(db: Database) -> None:
    async with a_pool(db, 1) as pool:
        crowd = Crowd(pool)
        first = asyncio.create_task(crowd.one(0))
        await crowd.come.wait()
        gone, next_ = asyncio.create_task(crowd.one(1)), asyncio.create_task(crowd.one(2))
        await asyncio.sleep(0)
        gone.cancel()
        crowd.go.set()
        await asyncio.gather(first, next_)
        with pytest.raises(asyncio.CancelledError):
            await gone
        await asyncio.wait_for(crowd.one(3), 5)


async def test_a_transaction_that_takes_too_long_is_given_up(db: Database) -> None:
    async with a_pool(db, 1, longest=0.3) as pool:

        async def sleepy() -> None:
            async with pool.lent() as driver:
                await driver.execute("begin")
                await driver.fetchval("select pg_sleep(30)")

        with pytest.raises(TimeoutError):
            await sleepy()
        async with pool.lent() as driver:  # the next one finds a connection outside a transaction
            assert not driver.is_in_transaction()
            assert await driver.fetchval("select 1") == 1


async def test_a_connection_that_cannot_be_made_leaves_its_place(db: Database) -> None:
    pool = Pool(lambda: connect(make_url("postgresql://nobody@127.0.0.1:1/none")), 1, 5)
    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            async with pool.lent():
                pass


@pytest.mark.parametrize(
    ("url", "near"),
    [
        ("postgresql://u@/wms?host=/run/postgresql", True),
        ("postgresql://u@localhost/wms", True),
        ("postgresql://u@127.0.0.1:5433/wms", True),
        ("postgresql://u@db.example.com/wms", False),
        ("postgresql://u@10.0.0.7/wms", False),
    ],
)
def test_a_database_on_this_machine_is_near(url: str, near: bool) -> None:
    assert is_near(make_url(url)) is near
