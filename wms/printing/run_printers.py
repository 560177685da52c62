"""Looks after every printer, beside the other jobs of a worker: a printer that hangs must not hold up a carrier.

A notice from the queue wakes it within milliseconds; a look every second finds what is due again, and what a notice that
got lost (a database that went away, a pooler between) did not tell.
"""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import structlog

from wms.db.tx import Database, connect
from wms.printing.ipp_printer import ipp_client
from wms.printing.queue_print import CHANNEL
from wms.printing.work_printer import work_printer

log = structlog.get_logger("wms.printing")

LOOK_S = 1.0
LISTEN_AGAIN_S = 5.0
ASK_EVERY = timedelta(seconds=30)
"""A printer with nothing to do is asked how it is that often, so that its state is known before the first label."""
ASK_AGAIN = timedelta(seconds=3)
"""One that somebody is mending."""
MOST = 64
"""Printers that one process talks to at the same time."""

DUE = """
select p.id from printer p
left join lateral (
  select j.retry_at, j.id from print_job j where j.printer_id = p.id and j.state in ('queued', 'sending')
  order by j.id limit 1
) head on true
where p.active and (p.busy_until is null or p.busy_until < $1)
  and ((head.id is not null and (head.retry_at is null or head.retry_at <= $1))
       or p.asked_at is null or p.asked_at < $2
       or (p.asked_at < $3 and p.state not in ('ready', 'off', 'silent', 'odd')))
order by head.id nulls last limit 200
"""


async def run_printers(database: Database, stop: asyncio.Event, grace_s: float) -> None:
    """Works until ``stop`` is set; what is on its way then has ``grace_s`` seconds to come out."""
    by = f"w-{uuid4().hex[:16]}"
    bell = asyncio.Event()
    running: dict[int, asyncio.Task[None]] = {}
    ears = asyncio.create_task(_listen(database, bell))
    ender = asyncio.create_task(_ring_at(stop, bell))
    http = ipp_client()
    try:
        while not stop.is_set():
            bell.clear()
            for printer_id in await _due(database):
                if printer_id not in running and len(running) < MOST:
                    task = asyncio.create_task(work_printer(database, http, printer_id, by))
                    running[printer_id] = task
                    task.add_done_callback(lambda t, id=printer_id: _over(running, id, t, bell))  # type: ignore[misc]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), LOOK_S)
    finally:
        if running:
            await asyncio.wait(running.values(), timeout=grace_s)
        rest = [ears, ender, *running.values()]
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await http.aclose()


def _over(
    running: dict[int, asyncio.Task[None]], printer_id: int, task: asyncio.Task[None], bell: asyncio.Event
) -> None:
    """A printer's turn has ended. What came into its queue while it was ending is due at once."""
    running.pop(printer_id, None)
    if task.cancelled():
        return
    if (e := task.exception()) is None:
        bell.set()
    else:  # the look a second from now takes it up again
        log.warning(
            "a printer's turn broke off", printer=printer_id, error=type(e).__name__, why=str(e)[:200]
        )


async def _ring_at(stop: asyncio.Event, bell: asyncio.Event) -> None:
    await stop.wait()
    bell.set()


async def _due(database: Database) -> list[int]:
    """Printers with something to do. A database that is away has none."""
    try:
        async with database.begin() as tx:
            rows = await tx.rows(DUE, tx.now, tx.now - ASK_EVERY, tx.now - ASK_AGAIN)
            return [row["id"] for row in rows]
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as e:
        log.warning("the print queue cannot be read", error=type(e).__name__)
        return []


async def _listen(database: Database, bell: asyncio.Event) -> None:
    """Rings for each notice. A connection that is lost is opened again; until then the look each second serves."""
    while True:
        gone = asyncio.Event()
        try:
            driver = await connect(database.url)
        except (asyncpg.PostgresError, OSError):
            await asyncio.sleep(LISTEN_AGAIN_S)
            continue

        def told(*_: Any) -> None:
            bell.set()

        def ended(*_: Any, gone: asyncio.Event = gone) -> None:
            gone.set()

        try:
            driver.add_termination_listener(ended)
            await driver.add_listener(CHANNEL, told)
            bell.set()
            await gone.wait()
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            await asyncio.sleep(LISTEN_AGAIN_S)
        finally:
            driver.terminate()
