"""One printer's queue, worked off in order by the one worker that has its lease.

The printer is asked before each job. One that cannot print keeps its jobs waiting where they are; what it lacks is shown
with what to do. Bytes leave the house with no transaction open, after the job is on record as on its way. It counts as
printed when the printer has answered behind the last byte that it has nothing more to do. Where that answer does not
come, nobody knows, and a person looks: a label that is printed twice is a parcel that travels under another one's number.
"""

import asyncio
import contextlib
import time

import asyncpg
import httpx
import structlog

from wms.db.tx import Database
from wms.printing.addresses import parse_address
from wms.printing.ipp_printer import IppPrinter, Refused
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
    take_job,
)
from wms.printing.raw_printer import CutOff, NothingSent, PrinterAway, RawPrinter
from wms.printing.states import JobState

log = structlog.get_logger("wms.printing")

RENEW_S = 5.0
LONGEST_S = 600.0
"""So long a printer may take for one job, with its paper changed in between; after that a person is asked."""
SOON_S, LATER_S = 0.03, 1.0


async def work_printer(database: Database, http: httpx.AsyncClient, printer_id: int, by: str) -> None:
    """Asks one printer how it is and sends it what is due. Returns when nothing is, when it cannot print, or when it is
    somebody else's."""
    machine = await claim_printer(database, printer_id, by)
    if machine is None:
        return
    work = asyncio.create_task(_work_off(database, http, machine, by))
    renew = asyncio.create_task(_renew(database, printer_id, by))
    try:
        await asyncio.wait({work, renew}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        renew.cancel()
        if not work.done():
            work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await asyncio.shield(let_go(database, printer_id, by))


async def _renew(database: Database, printer_id: int, by: str) -> None:
    """Ends when the lease is lost, which ends the work."""
    while True:
        await asyncio.sleep(RENEW_S)
        try:
            kept = await keep_printer(database, printer_id, by)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            continue  # the lease lasts for some tries, and what is on its way had better come out
        if not kept:
            log.warning("a printer's lease was lost", printer=printer_id)
            return


async def _work_off(database: Database, http: httpx.AsyncClient, m: Machine, by: str) -> None:
    try:
        if m.kind == "zpl":
            await _labels(database, m, by)
        else:
            await _sheets(database, http, m, by)
    except PrinterAway as e:
        await note_state(database, m, e.state, answered=False)
        await put_off(database, m, e.state, str(e))


async def _labels(database: Database, m: Machine, by: str) -> None:
    async with RawPrinter(parse_address("zpl", m.address)) as printer:
        while True:
            status = await printer.status()
            m = await note_state(database, m, status.trouble, answered=True)
            if status.trouble != "ready":
                await put_off(database, m, status.trouble, "")
                return
            work = await take_job(database, m, by)
            if work is None:
                return
            try:
                await printer.send(m.prologue + work.content * work.copies)
            except NothingSent as e:
                await put_back(database, m, work, "off", str(e))
                return
            except CutOff as e:
                await end_job(database, m, work, JobState.UNKNOWN, "cut-off", str(e))
                return
            except asyncio.CancelledError:
                await asyncio.shield(end_job(database, m, work, JobState.UNKNOWN, "worker-gone"))
                raise
            if not await _came_out(database, m, printer, work):
                return


async def _came_out(database: Database, m: Machine, printer: RawPrinter, work: Work) -> bool:
    """Asks until the printer has nothing more to do: its answer comes behind the label, so it has read it all."""
    until, pause = time.monotonic() + LONGEST_S, SOON_S
    try:
        while True:
            status = await printer.status()
            m = await note_state(database, m, status.trouble, answered=True)
            if status.idle:  # also out of paper: with nothing left inside, the label was the last on the roll
                await end_job(database, m, work, JobState.PRINTED)
                return True
            if time.monotonic() > until:
                await end_job(database, m, work, JobState.UNKNOWN, "no-end")
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LATER_S)
    except PrinterAway as e:
        await end_job(database, m, work, JobState.UNKNOWN, "cut-off", str(e))
        return False
    except asyncio.CancelledError:
        await asyncio.shield(end_job(database, m, work, JobState.UNKNOWN, "worker-gone"))
        raise


async def _sheets(database: Database, http: httpx.AsyncClient, m: Machine, by: str) -> None:
    place = parse_address("paper", m.address)
    assert place.url is not None
    printer = IppPrinter(http, m.address, place.url)
    while True:
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
    sent = False
    try:
        number = await printer.send(work.content, work.ref or work.document, work.copies)
        sent = True
        until, pause = time.monotonic() + LONGEST_S, SOON_S
        while not await printer.is_done(number):
            m = await note_state(database, m, await printer.status(), answered=True)
            if time.monotonic() > until:
                await end_job(database, m, work, JobState.UNKNOWN, "no-end")
                return False
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LATER_S)
    except NothingSent as e:
        await put_back(database, m, work, "off", str(e))
        return False
    except Refused as e:
        await end_job(database, m, work, JobState.FAILED, "refused", str(e))
        return True
    except (CutOff, PrinterAway) as e:
        await end_job(database, m, work, JobState.UNKNOWN, "cut-off", str(e))
        return False
    except asyncio.CancelledError:
        await asyncio.shield(
            end_job(database, m, work, JobState.UNKNOWN, "worker-gone" if sent else "cut-off")
        )
        raise
    await end_job(database, m, work, JobState.PRINTED)
    return True
