"""``wms demo``: a whole warehouse day on real orders, with nothing installed beforehand."""

import os
import secrets
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click

if TYPE_CHECKING:
    from wms.config import Settings
    from wms.demo.interrupt import CtrlC
    from wms.demo.run import Told
    from wms.demo.world import State


@click.command()
@click.option(
    "--orders",
    "source",
    type=click.Path(path_type=Path),
    help="Another data file (.csv or .csv.xz) of the same shape.",
)
@click.option("--day", help="The day of the file, YYYY-MM-DD (default: its busiest).")
@click.option("--orders-limit", type=click.IntRange(1), help="Only the day's first N orders.")
@click.option("--until", help="Stop the day after this stage (Waves, Packing, ...), to go on by hand.")
@click.option(
    "--exit",
    "leave",
    is_flag=True,
    help="End after the day; status 0 only if every stage and verify succeeded.",
)
@click.option(
    "--carriers",
    type=click.Choice(["own", "simulated"]),
    default="own",
    show_default=True,
    help="Numbers of our own, or four couriers' simulators beside the demo, chosen by the shops' rules.",
)
@click.option(
    "--port", type=int, default=8780, show_default=True, help="Port of the demo's server (another if taken)."
)
def demo(
    source: Path | None,
    day: str | None,
    orders_limit: int | None,
    until: str | None,
    leave: bool,
    carriers: str,
    port: int,
) -> None:
    """Run a real day of orders through the whole product, from dock to courier and back.

    An embedded PostgreSQL, a server and a worker start; shops, staff and couriers then work through the HTTP API as
    real clients would. Afterwards the books are verified and the server stays up for you to look around. Ctrl-C ends
    it; an interrupted day continues where it was at the next start, a finished one begins afresh.
    """
    from wms.cli.common import sentences
    from wms.demo.data import SLICE
    from wms.demo.run import stages
    from wms.paths import home

    # a demo never touches the data of an installation: it has a home of its own
    base = home()
    if os.geteuid() == 0:  # PostgreSQL runs under another account then, which must be able to pass through
        base.chmod(base.stat().st_mode | 0o011)
    os.environ["WMS_HOME"] = str(base / "demo")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with sentences():
        names = [name.en for name, _ in stages()]
        if until is not None and until not in names:
            raise click.BadParameter(f"choose from {', '.join(names)}", param_hint="--until")
        ok = _run(source or SLICE, day, orders_limit, until, leave, port, carriers)
    sys.exit(0 if ok else 1)


def _run(
    source: Path, day: str | None, limit: int | None, until: str | None, leave: bool, port: int, carriers: str
) -> bool:
    from rich.console import Console

    from wms.cli.common import installation
    from wms.demo.interrupt import CtrlC
    from wms.demo.processes import Child, free_port
    from wms.demo.run import the_day
    from wms.demo.simulated import start_simulators
    from wms.demo.things import NOTICE
    from wms.demo.world import Memory
    from wms.paths import home

    ctrl_c = CtrlC()
    console = Console()
    console.print("[bold]WMS demo[/]: reading the day ...")
    data = the_day(source, day, limit)
    console.print(
        f"{data.day}: {len(data.orders)} orders, {len(data.returns)} returns, {len(data.skus)} SKUs."
    )
    console.print(NOTICE.en, style="dim")
    folder = home()
    folder.mkdir(parents=True, exist_ok=True)
    memory = Memory(folder / "demo.json")
    with installation(port=free_port(port)) as settings:
        state = _prepare(settings, memory, str(source), str(data.day), limit, carriers, console)
        url = f"http://127.0.0.1:{settings.port}"
        env = {
            "WMS_HOME": str(folder),
            "WMS_PORT": str(settings.port),
            "WMS_HOST": "127.0.0.1",
            "WMS_VIRTUAL_SCANNER": "1",
        }
        children: list[Child] = []
        try:
            if carriers == "simulated":
                children, state.simulators = start_simulators(state.simulators, folder, env)
                memory.save(state)
            children = [
                Child("server", ["run"], folder, env),
                Child("worker", ["worker"], folder, env),
                *children,
            ]
            children[0].wait_ready(url)
            files = folder / "files" / str(data.day)
            told = _show_day(console, url, state, memory, data, files, until, not leave, ctrl_c)
            clean = _summary(console, settings, told, files)
            _where(console, url, state, leave)
            while not leave:
                ctrl_c.check()
                time.sleep(1)
            return clean
        except KeyboardInterrupt:
            console.print("\nStopped. `wms demo` continues here.")
            return not leave
        finally:
            for child in children:
                child.stop()


def _prepare(
    settings: "Settings",
    memory: object,
    source: str,
    day: str,
    limit: int | None,
    carriers: str,
    console: object,
) -> "State":
    """The schema, and the administrator; a finished or another day is cleared away first."""
    from alembic import command
    from rich.console import Console

    from wms.cli.common import in_transaction
    from wms.db.migrate import alembic_config, migrate
    from wms.db.tx import Tx
    from wms.demo.world import Memory, State
    from wms.people.manage import create_person

    assert isinstance(memory, Memory)
    assert isinstance(console, Console)
    state = memory.load()
    wanted = (source, day, limit, carriers)
    fresh = (
        state is None or state.finished or (state.source, state.day, state.limit, state.carriers) != wanted
    )
    migrate(settings.owner_url, settings.secrets.app_password)

    async def foreign(tx: Tx) -> int:
        """Shops that no demo made: then this is nobody's playground."""
        found: int = await tx.value("select count(*) from shop where code not in ('chatka', 'ogrod')")
        return found

    if not fresh:
        assert state is not None
        console.print("Continuing the day that was interrupted.")
        return state
    if in_transaction(foreign, settings):
        raise click.ClickException("This database holds real shops; the demo needs an empty one of its own.")
    command.downgrade(alembic_config(settings.owner_url), "base")
    migrate(settings.owner_url, settings.secrets.app_password)
    state = State(
        run=uuid4().hex, source=source, day=day, limit=limit, carriers=carriers,
        admin_password=secrets.token_urlsafe(12),
    )  # fmt: skip
    made = state

    async def first_admin(tx: Tx) -> None:
        await create_person(
            tx, badge="B-ADMIN", name="Administrator", roles=["admin"], email="admin@example.com",
            password=made.admin_password, language="en",
        )  # fmt: skip

    in_transaction(first_admin, settings)
    memory.save(state)
    return state


def _show_day(
    console: object,
    url: str,
    state: "State",
    memory: object,
    data: object,
    files: Path,
    until: str | None,
    stay: bool,
    ctrl_c: "CtrlC",
) -> "Told":
    """Runs the day with a progress bar for each stage."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    from wms.cli.common import language
    from wms.demo.run import run_sync
    from wms.kernel.text import Text

    assert isinstance(console, Console)
    columns = (
        TextColumn("{task.description:<28}"), BarColumn(32), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.fields[word]}"),
    )  # fmt: skip
    with Progress(*columns, console=console) as progress:
        tasks: list[TaskID] = []

        def stage_begins(name: Text) -> None:
            for task in tasks:  # a stage that had nothing to do is done as well
                progress.update(task, completed=progress.tasks[task].total, word="")
            tasks.append(progress.add_task(name.in_(language()), total=1, word=""))

        def tell(done: int, total: int, word: str) -> None:
            progress.update(tasks[-1], completed=done, total=total, word=word)

        with ctrl_c.left_to_the_loop():
            return run_sync(url, state, memory, data, files, stage_begins, tell, until, stay)


def _summary(console: object, settings: "Settings", told: "Told", files: Path) -> bool:
    """Prints the day in figures and what verify says; true when the books are right."""
    from rich.console import Console
    from rich.table import Table

    from wms.cli.common import in_transaction
    from wms.reporting.verify import verify_all

    assert isinstance(console, Console)
    table = Table(title="The day", show_header=False, title_style="bold")
    for what, n in told.counts.items():
        table.add_row(what, f"{n:,}")
    minutes = told.seconds / 60
    table.add_row(
        "orders per minute (whole day, one machine)", f"{told.counts.get('orders', 0) / minutes:,.0f}"
    )
    table.add_row("requests (retried)", f"{told.requests:,} ({told.retries})")
    table.add_row("scans", f"{told.scans:,}")
    table.add_row("scan p50 / p95 / p99", f"{told.p50:.1f} / {told.p95:.1f} / {told.p99:.1f} ms")
    console.print(table)
    table = Table(title="Refusals met and handled", show_header=False, title_style="bold")
    for code, n in sorted(told.refusals.items()):
        table.add_row(code, str(n))
    console.print(table)
    report = in_transaction(lambda tx: verify_all(tx, chain=True), settings)
    for d in report.deviations:
        console.print(f"[red]{d.law}[/]: shop {d.shop_id}: {d.what}: {d.detail}")
    verdict = (
        "[green]0 deviations[/]" if not report.deviations else f"[red]{len(report.deviations)} deviations[/]"
    )
    console.print(
        f"verify: {report.moves:,} moves, {report.orders:,} orders, chain, balances and laws: {verdict}"
    )
    console.print(f"Labels (PDF, ZPL), packing slips, manifests (PDF, CSV): [bold]{files}[/]")
    return not report.deviations


def _where(console: object, url: str, state: "State", leave: bool) -> None:
    from rich.console import Console

    assert isinstance(console, Console)
    if leave:
        return
    shop = next(iter(state.shop_keys.items()))
    badge = next(iter(state.pins.items()))
    console.print("\nThe server is up.")
    console.print(
        f"Board and desks:  [bold]{url}/desk[/]  admin@example.com, password {state.admin_password}"
    )
    console.print(
        f"A handheld with a virtual scanner:  [bold]{url}/desk/try[/]  badge {badge[0]}, PIN {badge[1]} "
        f"(all of them: demo.json beside the files; with the desk's sign-in you may do everything)"
    )
    console.print(f"API:  [bold]{url}/docs[/], {url}/health, {url}/metrics")
    console.print(f"Shop {shop[0]}: Authorization: Bearer {shop[1]}")
    console.print(f"Try:   curl -H 'Authorization: Bearer {shop[1]}' '{url}/api/v1/orders?limit=3'")
    console.print("Ctrl-C ends it.")
