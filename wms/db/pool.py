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

SLOW_S = 0.1
"""Whoever has a connection for longer is no scan, and no longer counts among those that work at a time."""


class Pool:
    """At most ``size`` connections, made when they are needed; whoever waits ``patience`` seconds for one gets a
    ``TimeoutError``, as does whoever has one for ``longest`` seconds. One event loop uses it.

    At most ``busy`` of them work at a time, while they are quick: one loop can keep no more of them at work, and more only
    push each other out of the processor's caches and queue for the same rows. A report or a bulk load holds nobody up, as
    it does not count when it has taken ``SLOW_S``.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Driver]],
        size: int,
        patience: float,
        *,
        busy: int | None = None,
        longest: float | None = None,
    ) -> None:
        self.connect = connect
        self.size = size
        self.busy = min(busy or size, size)
        self.patience = patience
        self.longest = longest
        self._idle: list[Driver] = []
        self._closed = False
        self._number = 0
        self._places: dict[int, float] = {}  # of those that have a connection or make one: since when
        self._waiting: deque[asyncio.Future[int]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @asynccontextmanager
    async def lent(self) -> AsyncIterator[Driver]:
        """A connection outside a transaction; what is left of one at the end of the block is rolled back."""
        place = await self._place()
        driver: Driver | None = None
        try:
            async with asyncio.timeout(self.longest):
                driver = await self._connection()
                yield driver
        finally:
            try:
                if driver is not None and not driver.is_closed() and driver.is_in_transaction():
                    await driver.execute("rollback", timeout=self.patience)
            except BaseException:
                if driver is not None:
                    driver.terminate()
                raise
            finally:
                self._keep(driver)
                self._leave(place)

    async def close(self) -> None:
        """Closes what nobody uses; a connection that is still lent is closed when it comes back."""
        self._closed = True
        while self._idle:
            await self._idle.pop().close(timeout=5)

    async def _connection(self) -> Driver:
        while self._idle:
            driver = self._idle.pop()
            if not driver.is_closed():
                return driver
        return await self.connect()

    def _keep(self, driver: "Driver | None") -> None:
        if driver is None:
            return
        if driver.is_closed() or self._closed:
            driver.terminate()
        else:
            self._idle.append(driver)

    async def _place(self) -> int:
        """The right to a connection, in the order of asking; a number that is given back to ``_leave``."""
        if not self._waiting and self._room():
            return self._enter()
        turn: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        self._watch()
        try:
            return await asyncio.wait_for(turn, self.patience)
        except BaseException:
            if turn.done() and not turn.cancelled():  # it came at the very moment of giving up
                self._leave(turn.result())
            raise

    def _room(self) -> bool:
        n = len(self._places)
        if n < self.busy or n >= self.size:
            return n < self.size
        slow = asyncio.get_running_loop().time() - SLOW_S
        return sum(since > slow for since in self._places.values()) < self.busy

    def _enter(self) -> int:
        self._number += 1
        self._places[self._number] = asyncio.get_running_loop().time()
        return self._number

    def _leave(self, place: int) -> None:
        del self._places[place]
        self._serve()

    def _serve(self) -> None:
        while self._waiting and self._room():
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(self._enter())

    def _watch(self) -> None:
        """While somebody waits: looks again when one of those at work may have got slow."""
        if self._timer is None and len(self._places) < self.size:
            self._timer = asyncio.get_running_loop().call_later(SLOW_S, self._look_again)

    def _look_again(self) -> None:
        self._timer = None
        self._serve()
        if self._waiting:
            self._watch()
