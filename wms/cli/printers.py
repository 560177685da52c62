"""Printers: which there are, where they stand, a test label, and one that is not there to rehearse with."""

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from wms.db.tx import Tx
    from wms.printing.queue_print import Target


@click.group()
def printers() -> None:
    """Label printers and paper printers, and the places that they serve."""


@printers.command("list")
def list_printers() -> None:
    """Every printer with its state, the papers that wait for it, and its places."""
    from wms.cli.common import in_transaction, installation
    from wms.printing.queries import printer_rows

    with installation() as settings:
        rows = in_transaction(lambda tx: printer_rows(tx), settings)
    for p in rows:
        off = "" if p.active else "  OFF"
        places = ", ".join(p.places) or "-"
        click.echo(
            f"{p.warehouse}  {p.code:<12} {p.kind:<6} {p.state:<12} {p.waiting:>4}  {p.address}  {places}{off}"
        )


@printers.command("add")
@click.argument("warehouse")
@click.argument("code")
@click.argument("address")
@click.option("--name", help="What people call it; its code where left out.")
@click.option("--dots-per-mm", type=click.Choice(["6", "8", "12", "24"]), default="8", show_default=True)
@click.option("--width-mm", type=click.IntRange(10, 1000), default=100, show_default=True)
@click.option("--height-mm", type=click.IntRange(10, 2000), default=150, show_default=True)
@click.option("--profile", default="", help='ZPL that sets it up before each job, as "^MMT^MD5^PR4".')
def add(
    warehouse: str, code: str, address: str, name: str | None, dots_per_mm: str, width_mm: int, height_mm: int, profile: str
) -> None:  # fmt: skip
    """Add the printer CODE to a WAREHOUSE. ADDRESS: socket://host:9100 for labels, ipp://host/path for paper."""
    import msgspec

    from wms.cli.common import in_transaction, installation
    from wms.printing.create_printer import Dots, PrinterIn, create_printer

    given = PrinterIn(
        code=code,
        name=name or code,
        kind="zpl" if address.startswith("socket:") else "paper",
        address=address,
        dots_per_mm=msgspec.convert(int(dots_per_mm), Dots),
        width_mm=width_mm,
        height_mm=height_mm,
        profile=profile,
    )

    async def work(tx: "Tx") -> int:
        return await create_printer(tx, await _warehouse(tx, warehouse), given)

    with installation() as settings:
        printer_id = in_transaction(work, settings)
    click.echo(f"Printer {code} has the number {printer_id}.")


@printers.command("bind")
@click.argument("warehouse")
@click.argument("code")
@click.argument("places", nargs=-1, required=True)
def bind(warehouse: str, code: str, places: tuple[str, ...]) -> None:
    """Let printer CODE serve PLACES: pack stations or docks. What waits there for another printer goes along."""
    from wms.cli.common import in_transaction, installation
    from wms.kernel.refusals import NotFound
    from wms.printing.bind_printer import bind_printer

    async def work(tx: "Tx") -> int:
        house = await _warehouse(tx, warehouse)
        to = await _printer(tx, house, code)
        moved = 0
        for place in places:
            location_id = await tx.value(
                "select id from location where warehouse_id = $1 and code = $2", house, place
            )
            if location_id is None:
                raise NotFound(what="location", ref=place)
            moved += await bind_printer(tx, location_id, to.id)
        return moved

    with installation() as settings:
        moved = in_transaction(work, settings)
    click.echo(f"{code} serves {', '.join(places)}; {moved} papers that waited have moved to it.")


@printers.command("test")
@click.argument("warehouse")
@click.argument("code")
def test(warehouse: str, code: str) -> None:
    """Put a test label (a test sheet) into the queue of printer CODE. A `wms worker` must be running."""
    from wms.cli.common import in_transaction, installation
    from wms.printing.print_test import print_test

    async def work(tx: "Tx") -> int:
        return await print_test(tx, (await _printer(tx, await _warehouse(tx, warehouse), code)).id)

    with installation() as settings:
        job_id = in_transaction(work, settings)
    click.echo(f"Job {job_id} waits for {code}.")


async def _warehouse(tx: "Tx", code: str) -> int:
    from wms.kernel.refusals import NotFound

    found: int | None = await tx.value("select id from warehouse where code = $1", code)
    if found is None:
        raise NotFound(what="warehouse", ref=code)
    return found


async def _printer(tx: "Tx", warehouse_id: int, code: str) -> "Target":
    from wms.kernel.refusals import NotFound
    from wms.printing.queue_print import Target

    found = await tx.one(
        Target,
        "select id, code, kind, dots_per_mm from printer where warehouse_id = $1 and code = $2",
        warehouse_id,
        code,
    )
    if found is None:
        raise NotFound(what="printer", ref=code)
    return found


@printers.command("simulate")
@click.option("--port", default=9100, show_default=True, help="For labels, raw; 0 for any free one.")
@click.option(
    "--ipp-port", default=8631, show_default=True, help="For paper and for control; 0 for any free one."
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where labels (.zpl) and sheets (.pdf) are put.",
)
def simulate(port: int, ipp_port: int, folder: Path | None) -> None:
    """Serve a printer that is not there on 127.0.0.1 until it is stopped: labels on port 9100, paper over IPP.

    \b
    What happens to it is said over HTTP, on the port for paper:
      POST   /__sim/change  {"power": false} {"paper": 0} {"head_open": true} {"paused": true} {"print_s": 0.8}
      POST   /__sim/faults  {"kind": "reset_in_label", "times": 1}
      DELETE /__sim/faults
      GET    /__sim/state
    Paper is the number of labels left on the roll, -1 for no end of it. Faults: reset_at_once reset_before reset_in_label
    reset_after silent slow; over IPP busy job_error job_forgotten job_aborted.
    """
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    try:
        asyncio.run(_serve(port, ipp_port, folder))
    except OSError as e:
        raise click.ClickException(f"Cannot listen on 127.0.0.1:{port} and {ipp_port}: {e.strerror}") from e


async def _serve(port: int, ipp_port: int, folder: Path | None) -> None:
    from wms.printing.simulator.http_server import HttpServer
    from wms.printing.simulator.raw_server import RawServer
    from wms.printing.simulator.virtual_printer import VirtualPrinter

    stop = asyncio.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    printer = VirtualPrinter(folder)
    async with RawServer(printer, port) as raw, HttpServer(printer, raw, ipp_port) as http:
        motor = asyncio.create_task(printer.run())
        click.echo(f"labels:  socket://127.0.0.1:{raw.port}")
        click.echo(f"paper:   {http.uri}")
        click.echo(f"control: http://127.0.0.1:{http.port}/__sim/state")
        await stop.wait()
        motor.cancel()
    click.echo(f"{len(printer.labels)} labels and {len(printer.sheets)} sheets came out.")
