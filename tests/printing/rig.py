"""A printer with a real socket, a place that it serves, and the print worker, for the length of a test."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.builders import AWarehouse, a_warehouse, unique
from wms.db.tx import Database
from wms.locations.create_locations import LocationIn, create_locations
from wms.printing.addresses import Kind
from wms.printing.bind_printer import bind_printer
from wms.printing.create_printer import PrinterIn, create_printer
from wms.printing.queries import JobRow, list_jobs, one_printer
from wms.printing.queue_print import Paper, printer_needed, queue_print
from wms.printing.run_printers import run_printers
from wms.printing.simulator.http_server import HttpServer
from wms.printing.simulator.raw_server import RawServer
from wms.printing.simulator.virtual_printer import VirtualPrinter


@dataclass
class APrinter:
    """``it`` is the machine, ``raw`` its port 9100, ``http`` its IPP."""

    id: int
    code: str
    it: VirtualPrinter
    raw: RawServer
    http: HttpServer


@asynccontextmanager
async def a_printer(
    db: Database, warehouse: AWarehouse, *, kind: Kind = "zpl", on: bool = True, profile: str = "^MMT"
) -> AsyncIterator[APrinter]:
    """A printer of the warehouse; ``on`` False: its power is off."""
    it = VirtualPrinter()
    async with RawServer(it) as raw, HttpServer(it, raw) as http:
        if not on:
            await raw.switch_off()
            it.power = False
        motor = asyncio.create_task(it.run())
        code = unique("PR")
        address = f"socket://127.0.0.1:{raw.port}" if kind == "zpl" else http.uri
        async with db.begin() as tx:
            given = PrinterIn(
                code=code,
                name="Drukarka",
                kind=kind,
                address=address,
                profile=profile if kind == "zpl" else "",
            )
            printer_id = await create_printer(tx, warehouse.id, given)
        try:
            yield APrinter(printer_id, code, it, raw, http)
        finally:
            motor.cancel()
            async with db.begin() as tx:
                await tx.run("update printer set active = false where id = $1", printer_id)


async def a_station(db: Database, warehouse: AWarehouse | None = None) -> int:
    warehouse = warehouse or await a_warehouse(db)
    async with db.begin() as tx:
        place = LocationIn(
            code=unique("TABLE-"), kind="station"
        )  # behind PACK-1 and PACK-2 on a screen that shows nine
        return (await create_locations(tx, warehouse.id, [place]))[place.code]


async def bound(db: Database, station: int, printer: APrinter) -> int:
    async with db.begin() as tx:
        return await bind_printer(tx, station, printer.id)


@asynccontextmanager
async def a_bound_printer(db: Database) -> AsyncIterator[tuple[int, APrinter]]:
    """A pack station with a label printer of its own; the station's id, and the printer."""
    house = await a_warehouse(db)
    station = await a_station(db, house)
    async with a_printer(db, house) as printer:
        await bound(db, station, printer)
        yield station, printer


@asynccontextmanager
async def printing(db: Database) -> AsyncIterator[None]:
    """The print worker runs."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_printers(db, stop, 1.0))
    try:
        yield
    finally:
        stop.set()
        await task


def a_label(text: str) -> bytes:
    return f"^XA^CI28^FO20,20^A0N,40,40^FH_^FD{text}^FS^XZ\n".encode()


async def printed(db: Database, station: int, text: str, *, reason: str | None = None) -> int:
    """A label goes into the queue of the station's printer; the job's id."""
    async with db.begin() as tx:
        to = await printer_needed(tx, station, "zpl")
        paper = Paper(
            document="label",
            subject="parcel",
            subject_id=station,
            ref=text,
            content=a_label(text),
            reason=reason,
        )
        return await queue_print(tx, to, paper)


async def job(db: Database, job_id: int) -> JobRow:
    async with db.begin() as tx:
        (found,) = await list_jobs(tx, printer_id=0, state="", shop_id=0, before=job_id + 1, limit=1)
        assert found.id == job_id
        return found


async def state_of(db: Database, printer: APrinter) -> str:
    async with db.begin() as tx:
        return (await one_printer(tx, printer.id)).state


async def until(check: Callable[[], Awaitable[object]], seconds: float = 20) -> None:
    """Waits for a condition; fails after ``seconds``."""
    end = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < end, check
        await asyncio.sleep(0.02)


async def job_is(db: Database, job_id: int, state: str) -> None:
    end = time.monotonic() + 20
    while (found := await job(db, job_id)).state != state:
        assert time.monotonic() < end, (state, found)
        await asyncio.sleep(0.02)


async def printer_is(db: Database, printer: APrinter, state: str) -> None:
    end = time.monotonic() + 20
    while (found := await state_of(db, printer)) != state:
        assert time.monotonic() < end, (state, found)
        await asyncio.sleep(0.02)


def texts(printer: APrinter) -> list[str]:
    """What came out, in order."""
    return [came.content.partition(b"^FD")[2].partition(b"^FS")[0].decode() for came in printer.it.labels]
