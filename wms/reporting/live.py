"""Tells open desk pages that something happened: one look at the event log for a whole process, however many listen.

A page keeps a stream of server-sent events; when the log has grown it is told ``changed`` and asks for its own parts
anew. Nothing of what happened is in the stream, so it needs no rights beyond being signed in.
"""

import asyncio
import contextlib
import signal
import threading
from collections.abc import AsyncIterator

import structlog
from litestar.response import ServerSentEventMessage

from wms.db.tx import Database
from wms.kernel.ids import hash_token

log = structlog.get_logger()

EVERY_S = 2.0
HEARTBEAT_S = 20.0
"""A proxy closes what says nothing for a minute."""
LONGEST_S = 600.0
"""A stream ends after that; the browser comes back and is asked again who it is."""
RETRY_MS = 2000

SIGNED_IN = """
select exists (select from session s join person p on p.id = s.person_id
  where s.token_hash = $1 and s.revoked_at is null and s.expires_at > now() and p.active
    and (not s.floor or s.seen_at > now() - interval '30 minutes'))
"""
# By shop, because that is how the log is indexed: one step to the end of each shop's part, the operator's with it.
NEWEST = """
select coalesce(max(n.id), 0) from (select 0 as shop_id union all select id from shop) s
cross join lateral (select e.id from event e where e.shop_id = s.shop_id order by e.id desc limit 1) n
"""


async def is_signed_in(database: Database, token: str) -> bool:
    """Whether ``token`` is of a session of staff that is still good; a transaction of its own, over at once."""
    if not token:
        return False
    async with database.begin() as tx:
        return bool(await tx.value(SIGNED_IN, hash_token(token)))


class Pulse:
    """Rings every listener's bell when the event log has grown. It looks only while somebody listens."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.bells: set[asyncio.Event] = set()
        self.newest: int | None = None
        self.looks: asyncio.Task[None] | None = None
        self.over = False

    def join(self) -> asyncio.Event:
        bell = asyncio.Event()
        self.bells.add(bell)
        if self.looks is None or self.looks.done():
            self.newest = None
            self.looks = asyncio.create_task(self.look())
            self.hear_the_end()
        return bell

    def leave(self, bell: asyncio.Event) -> None:
        self.bells.discard(bell)

    def ring(self) -> None:
        for bell in self.bells:
            bell.set()

    async def look(self) -> None:
        """Looks every ``EVERY_S`` until nobody listens any more. A database that is away is asked again."""
        while self.bells and not self.over:
            try:
                async with self.database.begin() as tx:
                    newest: int = await tx.value(NEWEST)
            except Exception as e:
                log.warning("live pages could not look at the event log", error=type(e).__name__)
            else:
                if self.newest is not None and newest != self.newest:
                    self.ring()
                self.newest = newest
            await asyncio.sleep(EVERY_S)

    def end(self) -> None:
        """The process stops: every stream ends now, so that nobody has to wait for it."""
        self.over = True
        self.ring()

    def hear_the_end(self) -> None:
        """Hears SIGTERM and SIGINT beside the server, which would wait for open streams and be killed at last.

        The server's own handlers hang on the loop's wake-up pipe and still run: they do not need Python's.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            with contextlib.suppress(ValueError, OSError):
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(self.end))


async def listen(pulse: Pulse) -> AsyncIterator[ServerSentEventMessage]:
    """What one page is told, until it goes away, the process stops, or ``LONGEST_S`` are over."""
    clock = asyncio.get_running_loop()
    until = clock.time() + LONGEST_S
    bell = pulse.join()
    try:
        yield ServerSentEventMessage(comment="listening", data=None, retry=RETRY_MS)
        while not pulse.over and clock.time() < until:
            try:
                await asyncio.wait_for(bell.wait(), HEARTBEAT_S)
            except TimeoutError:
                yield ServerSentEventMessage(comment="still here", data=None)
                continue
            bell.clear()
            if not pulse.over:
                yield ServerSentEventMessage(event="changed", data="")
    finally:
        pulse.leave(bell)  # nothing may be awaited here: the stream is being cancelled
