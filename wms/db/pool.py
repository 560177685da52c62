"""The driver's connections, kept for the next transaction.

A request takes a connection for one transaction of some milliseconds, so what the pool adds to each of them counts:
SQLAlchemy's pool with its greenlets and results was a fifth of the Python of a scan. This one gives out the connection
that came back last, whose plans are the warmest.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import asyncpg

Driver: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


class Pool:
    """At most ``size`` connections, made when they are needed; whoever waits ``patience`` seconds for one gets a
    ``TimeoutError``. One event loop uses it."""

    def __init__(self, connect: Callable[[], Awaitable[Driver]], size: int, patience: float) -> None:
        self.connect = connect
        self.size = size
        self.patience = patience
        self._idle: list[Driver] = []
        self._open = 0
        self._waiting: deque[asyncio.Future[Driver | None]] = deque()

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Driver]:
        """A connection outside a transaction; what is left of one at the end of the block is rolled back."""
        driver = await self._take()
        try:
            yield driver
        finally:
            try:
                if not driver.is_closed() and driver.is_in_transaction():
                    await driver.execute("rollback")
            except BaseException:
                driver.terminate()
                raise
            finally:
                self._give(driver)

    async def close(self) -> None:
        """Closes what nobody uses; a connection that is still lent is closed when it comes back."""
        self.size = 0
        while self._idle:
            self._open -= 1
            await self._idle.pop().close(timeout=5)

    async def _take(self) -> Driver:
        while self._idle:
            driver = self._idle.pop()
            if not driver.is_closed():
                return driver
            self._open -= 1
        if self._open < self.size:
            self._open += 1
            return await self._new()
        place: asyncio.Future[Driver | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            found = await asyncio.wait_for(place, self.patience)
        except BaseException:
            if place.done() and not place.cancelled():  # it came at the very moment of giving up
                self._give(place.result())
            raise
        return found or await self._new()

    async def _new(self) -> Driver:
        """A connection for a place that is counted already."""
        try:
            return await self.connect()
        except BaseException:
            self._give(None)
            raise

    def _give(self, driver: "Driver | None") -> None:
        """Takes a connection back, or its place alone (None), for whoever waits longest."""
        if driver is not None and (driver.is_closed() or self._open > self.size):
            driver.terminate()
            driver = None
        if not self._wake(driver):
            if driver is None:
                self._open -= 1
            else:
                self._idle.append(driver)

    def _wake(self, driver: "Driver | None") -> bool:
        """Hands a connection over, or with None the right to make one; False when nobody waits."""
        while self._waiting:
            place = self._waiting.popleft()
            if not place.done():
                place.set_result(driver)
                return True
        return False
