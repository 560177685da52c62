"""One printer's queue, worked off in order by the one worker that has its lease.

The printer is asked before each job. One that cannot print keeps its jobs waiting where they are; what it lacks is shown
with what to do. Bytes leave the house with no transaction open, after the job is on record as on its way. It counts as
printed when the printer has answered behind the last byte that it has nothing more to do. Where that answer does not
come, nobody knows, and a person looks: a label that is printed twice is a parcel that travels under another one's number.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import asyncpg
import httpx
import structlog

from wms.db.tx import Database
from wms.kernel.text import Text
from wms.printing.addresses import parse_address
from wms.printing.ipp_printer import IppPrinter, NoWord, Refused
from wms.printing.print_records import (
    Machine,
    Work,
    claim_printer,
    end_job,
    keep_printer,
    let_go,
    note_state,
    put_back,
    put_off,
    said,
    take_job,
)
from wms.printing.raw_printer import CutOff, NothingSent, PrinterAway, RawPrinter
from wms.printing.states import JobState

log = structlog.get_logger("wms.printing")

RENEW_S = 5.0
LONGEST_S = 600.0
"""So long a printer may take for one job, with its paper changed in between; after that a person is asked."""
SOON_S, LATER_S = 0.03, 1.0
NO_WORD_S, FORGOTTEN = 30.0, 3
"""So long a paper printer may say nothing of a job that it has taken, and so often that it knows no such job."""
AWAY = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)
"""The database's errors while it is restarted."""
AGAIN_S = (0.1, 0.5, 1.0, 2.0, 4.0, 8.0)
"""What is known of a job is written down for so long, which is within the lease."""
FREE_S = (0.1, 0.5)


async def work_printer(
    database: Database, http: httpx.AsyncClient, printer_id: int, by: str, stop: asyncio.Event
) -> None:
    """Asks one printer how it is and sends it what is due. Returns when nothing is, when it cannot print, when it is
    somebody else's, or, once ``stop`` is set, behind the job that is under way."""
    machine = await claim_printer(database, printer_id, by)
    if machine is None:
        return
    work = asyncio.create_task(_work_off(database, http, machine, by, stop))
    renew = asyncio.create_task(_renew(database, printer_id, by))
    try:
        await asyncio.wait({work, renew}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        renew.cancel()
        if not work.done():
            work.cancel()
        try:
            with contextlib.suppress(asyncio.CancelledError):
                await work
        finally:
            await asyncio.shield(_until_noted(lambda: let_go(database, printer_id, by), FREE_S))


async def _until_noted(write: Callable[[], Awaitable[None]], pauses: tuple[float, ...]) -> None:
    """Tries again while the database is away, with these pauses; the last error is raised."""
    for pause in pauses:
        try:
            await write()
            return
        except AWAY:
            await asyncio.sleep(pause)
    await write()


async def _renew(database: Database, printer_id: int, by: str) -> None:
    """Ends when the lease is lost, which ends the work."""
    while True:
        await asyncio.sleep(RENEW_S)
        try:
            kept = await keep_printer(database, printer_id, by)
        except AWAY:
            continue  # the lease lasts for some tries, and what is on its way had better come out
        if not kept:
            log.warning("a printer's lease was lost", printer=printer_id)
            return


async def _work_off(
    database: Database, http: httpx.AsyncClient, m: Machine, by: str, stop: asyncio.Event
) -> None:
    try:
        if m.kind == "zpl":
            await _labels(database, m, by, stop)
        else:
            await _sheets(database, http, m, by, stop)
    except PrinterAway as e:
        await note_state(database, m, e.state, answered=False)
        await put_off(database, m, e.state, str(e))


async def _labels(database: Database, m: Machine, by: str, stop: asyncio.Event) -> None:
    async with RawPrinter(parse_address("zpl", m.address)) as printer:
        while not stop.is_set():
            status = await printer.status()
            if status.trouble != "ready":
                m = await note_state(database, m, status.trouble, answered=True)
                await put_off(database, m, status.trouble, "")
                return
            work = await take_job(database, m, by)
            if (
                work is None
            ):  # else the answer behind the label tells it, and the label need not wait for a note
                await note_state(database, m, status.trouble, answered=True)
                return
            try:
                await printer.send(m.prologue + work.content * work.copies)
            except NothingSent as e:
                await _put_back(database, work, e)
                return
            except CutOff as e:
                await _end(database, work, JobState.UNKNOWN, "cut-off", said(str(e)))
                return
            except asyncio.CancelledError:
                await asyncio.shield(end_job(database, work, JobState.UNKNOWN, "worker-gone"))
                raise
            known = await _came_out(database, m, printer, work)
            if known is None:
                return
            m = known


async def _came_out(database: Database, m: Machine, printer: RawPrinter, work: Work) -> Machine | None:
    """Asks until the printer has nothing more to do: its answer comes behind the label, so it has read it all.

    The printer as it is now; None where nobody knows what came out.
    """
    until, pause = time.monotonic() + LONGEST_S, SOON_S
    try:
        while True:
            status = await printer.status()
            if status.idle:  # also out of paper: with nothing left inside, the label was the last on the roll
                await _end(database, work, JobState.PRINTED)
                return await _noted(database, m, status.trouble, answered=True)
            m = await _noted(database, m, status.trouble, answered=True)
            if time.monotonic() > until:
                await _end(database, work, JobState.UNKNOWN, "no-end")
                return None
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LATER_S)
    except PrinterAway as e:
        await _end(database, work, JobState.UNKNOWN, "cut-off", said(str(e)))
        return None
    except asyncio.CancelledError:
        await asyncio.shield(end_job(database, work, JobState.UNKNOWN, "worker-gone"))
        raise


async def _sheets(
    database: Database, http: httpx.AsyncClient, m: Machine, by: str, stop: asyncio.Event
) -> None:
    place = parse_address("paper", m.address)
    assert place.url is not None
    printer = IppPrinter(http, m.address, place.url)
    while not stop.is_set():
        state = await printer.status()
        m = await note_state(database, m, state, answered=True)
        if state != "ready":
            await put_off(database, m, state, "")
            return
        work = await take_job(database, m, by)
        if work is None or not await _sheet(database, m, printer, work):
            return


async def _sheet(database: Database, m: Machine, printer: IppPrinter, work: Work) -> bool:
    """One PDF; whether the next one may follow."""
    gone = "cut-off"
    try:
        try:
            number = await printer.send(work.content, work.ref or work.document, work.copies)
        except NothingSent as e:
            await _put_back(database, work, e)
            return False
        except CutOff as e:
            await _end(database, work, JobState.UNKNOWN, "cut-off", said(str(e)))
            return False
        gone = "worker-gone"
        return await _sheet_came_out(database, m, printer, work, number)
    except Refused as e:
        await _end(database, work, JobState.FAILED, "refused", e.why)
        return True
    except asyncio.CancelledError:
        await asyncio.shield(end_job(database, work, JobState.UNKNOWN, gone))
        raise


async def _sheet_came_out(
    database: Database, m: Machine, printer: IppPrinter, work: Work, number: int
) -> bool:
    """Asks until the printer says that the sheet is out. An error of its answers says nothing of the sheet, so it is asked
    again for a while. Raises ``Refused``."""
    until, pause = time.monotonic() + LONGEST_S, SOON_S
    silent_since, forgotten = 0.0, 0
    while True:
        try:
            if await printer.is_done(number):
                await _end(database, work, JobState.PRINTED)
                return True
            silent_since, forgotten = 0.0, 0
            m = await _noted(database, m, await printer.status(), answered=True)
        except (NoWord, PrinterAway) as e:
            silent_since = silent_since or time.monotonic()
            if isinstance(e, PrinterAway):
                m = await _noted(database, m, e.state, answered=False)
            else:
                forgotten += e.forgotten
            if forgotten >= FORGOTTEN or time.monotonic() - silent_since > NO_WORD_S:
                await _end(database, work, JobState.UNKNOWN, "cut-off", said(str(e)))
                return False
        if time.monotonic() > until:
            await _end(database, work, JobState.UNKNOWN, "no-end")
            return False
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, LATER_S)


async def _end(
    database: Database, work: Work, state: JobState, code: str | None = None, why: Text | None = None
) -> None:
    """What came of a job is known here and nowhere else, so it outlasts a restart of the database."""
    await _until_noted(lambda: end_job(database, work, state, code, why), AGAIN_S)


async def _put_back(database: Database, work: Work, e: NothingSent) -> None:
    await _until_noted(lambda: put_back(database, work, e.state, str(e)), AGAIN_S)


async def _noted(database: Database, m: Machine, state: str, *, answered: bool) -> Machine:
    """The same while a job is under way, which does not end because the database is away."""
    try:
        return await note_state(database, m, state, answered=answered)
    except AWAY:
        return m
