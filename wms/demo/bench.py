"""``wms bench``: the hot paths on this machine, each beside its limit measured in the same minutes.

Every part measures ours and the limit in turn, so that whatever else the machine does falls on both. The database is
the benchmark's own (``WMS_HOME/bench``, or the empty one that ``WMS_DATABASE_URL`` names); the load comes from a process
of its own, and what CPU it took is told.
"""

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wms.config import Settings, load_settings
from wms.db.embedded import EmbeddedServer
from wms.demo import (
    bench_day,
    bench_intake,
    bench_labels,
    bench_ledger,
    bench_manifest,
    bench_printing,
    bench_scan,
)
from wms.demo.bench_pgbench import LEAN
from wms.demo.bench_report import Row, load_now, loop_ms, machine, show, write_json
from wms.demo.bench_site import Site, open_site
from wms.paths import home

if TYPE_CHECKING:
    from rich.console import Console

Part = Callable[[Site], list[Row]]
# Parts of one group share a schema; growth and verify begin with an empty ledger and fill it.
GROUPS: tuple[dict[str, Part], ...] = (
    {
        "intake": bench_intake.intake,
        "allocation": bench_intake.allocation,
        "scan": bench_scan.scan,
        "cycle": bench_day.cycle,
        "labels": bench_labels.labels,
        "printing": bench_printing.printing,
        "manifest": bench_manifest.manifest,
    },
    {"growth": bench_ledger.growth, "verify": bench_ledger.verify},
)


def run_bench(
    *, quick: bool, as_json: bool, only: tuple[str, ...], statements: tuple[str, str] = LEAN
) -> None:
    """Runs the parts named in ``only`` (all where it is empty) and prints the table, or JSON.

    ``statements`` are picking's own for a confirming scan, for pgbench: how it loads a task and how it finishes it.

    Raises ``click.UsageError`` for an unknown part, ``RealShops`` for a database that is somebody's.
    """
    from rich.console import Console

    names = [name for group in GROUPS for name in group]
    if unknown := sorted(set(only) - set(names)):
        raise click.UsageError(f"{', '.join(unknown)}: choose from {', '.join(names)}.")
    console = Console(stderr=as_json)
    rows: list[Row] = []
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that server and database end with us
    with _installation() as settings:
        about = machine(_version(settings), str(settings.home))
        try:
            for group in GROUPS:
                chosen = {name: part for name, part in group.items() if not only or name in only}
                if chosen:
                    with open_site(settings, settings.home, quick, statements) as site:
                        _run(site, chosen, rows, about, console)
        finally:  # a run that was ended early tells what it has found
            if as_json:
                write_json(rows, about)
            else:
                show(console, rows, about)


def _run(
    site: Site, parts: dict[str, Part], rows: list[Row], about: dict[str, Any], console: "Console"
) -> None:
    for name, part in parts.items():
        begun = time.monotonic()
        with console.status(f"{name} ..."):
            rows += part(site)
        about["loop_ms"].append(loop_ms())
        about["load"].append(load_now())
        console.print(f"{name}: {time.monotonic() - begun:.0f} s", style="dim")


@contextlib.contextmanager
def _installation() -> Iterator[Settings]:
    base = home()
    if os.geteuid() == 0:  # PostgreSQL runs under another account then, which must be able to pass through
        base.chmod(base.stat().st_mode | 0o011)
    folder = Path(base / "bench")
    folder.mkdir(exist_ok=True)
    if os.environ.get("WMS_DATABASE_URL"):
        yield load_settings(home=folder)
    else:
        with EmbeddedServer(folder):
            yield load_settings(home=folder)


def _version(settings: Settings) -> str:
    import psycopg

    with psycopg.connect(settings.owner_url.render_as_string(hide_password=False)) as c:
        return str(c.info.server_version // 10000) + f".{c.info.server_version % 10000}"
