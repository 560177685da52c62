"""Looks after every printer, beside the other jobs of a worker: a printer that hangs must not hold up a carrier.

A notice names the printer that has something to do, whose turn begins at once; a look every second finds what is due again,
and what a notice that got lost (a database that went away, a pooler between) did not tell.
"""

import asyncio
import contextlib
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import structlog

from wms.db.tx import Database, connect
from wms.printing.ipp_printer import ipp_client
from wms.printing.queue_print import CHANNEL
from wms.printing.work_printer import AWAY, work_printer

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
where (p.busy_until is null or p.busy_until < $1 or p.busy_by = $4) and p.id <> all($5::bigint[])
  and case when p.active then
        (head.id is not null and (head.retry_at is null or head.retry_at <= $1))
        or p.asked_at is null or p.asked_at < $2
        or (p.asked_at < $3 and p.state not in ('ready', 'off', 'silent', 'odd'))
      else exists (select from print_job j where j.printer_id = p.id and j.state = 'sending') end
order by head.id nulls last limit 200
"""
"""A printer out of use is due as long as something is on its way to it, for whose outcome a person must be asked."""


async def run_printers(database: Database, stop: asyncio.Event, grace_s: float) -> None:
    """Works until ``stop`` is set; what is on its way then has ``grace_s`` seconds to come out."""
    by = f"w-{uuid4().hex[:16]}"
    bell, wanted = asyncio.Event(), set[int]()
    running: dict[int, asyncio.Task[None]] = {}
    ears = asyncio.create_task(_listen(database, wanted, bell))
    ender = asyncio.create_task(_ring_at(stop, bell))
    http = ipp_client()
    look_at = 0.0
    try:
        while not stop.is_set():
            bell.clear()
            if time.monotonic() >= look_at:
                wanted.update(await _due(database, by, list(running)))
                look_at = time.monotonic() + LOOK_S
            for printer_id in list(wanted - running.keys())[: MOST - len(running)]:
                wanted.discard(printer_id)
                task = asyncio.create_task(work_printer(database, http, printer_id, by, stop))
                running[printer_id] = task
                task.add_done_callback(lambda t, id=printer_id: _over(running, id, t, bell))  # type: ignore[misc]
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), max(look_at - time.monotonic(), 0.0))
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
    """A printer's turn has ended. What a notice told of in the meantime, its own or another's, is due at once."""
    running.pop(printer_id, None)
    if task.cancelled():
        return
    bell.set()
    if (e := task.exception()) is not None:  # the look within a second takes it up again
        log.warning("a printer's turn broke off", printer=printer_id, exc_info=e)


async def _ring_at(stop: asyncio.Event, bell: asyncio.Event) -> None:
    await stop.wait()
    bell.set()


async def _due(database: Database, by: str, running: list[int]) -> list[int]:
    """Printers with something to do. A database that is away has none."""
    try:
        async with database.begin() as tx:
            rows = await tx.rows(DUE, tx.now, tx.now - ASK_EVERY, tx.now - ASK_AGAIN, by, running)
            return [row["id"] for row in rows]
    except AWAY as e:
        log.warning("the print queue cannot be read", error=type(e).__name__)
        return []


async def _listen(database: Database, wanted: set[int], bell: asyncio.Event) -> None:
    """Takes down the printer of each notice, and rings. A connection that is lost is opened again; until then, and for
    what was said meanwhile, the look each second serves."""
    while True:
        gone = asyncio.Event()
        try:
            driver = await connect(database.url)
        except AWAY:
            await asyncio.sleep(LISTEN_AGAIN_S)
            continue

        def told(_driver: object, _pid: int, _channel: str, printer: object) -> None:
            wanted.add(int(str(printer)))
            bell.set()

        def ended(*_: Any, gone: asyncio.Event = gone) -> None:
            gone.set()

        try:
            driver.add_termination_listener(ended)
            await driver.add_listener(CHANNEL, told)
            await gone.wait()
        except AWAY:
            await asyncio.sleep(LISTEN_AGAIN_S)
        finally:
            driver.terminate()
