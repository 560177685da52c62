"""What the benchmark found: rows of figures, each beside its limit, as a table for people and as JSON."""

import os
import platform
import sys
import sysconfig
import time
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from rich.console import Console

    from wms.demo.bench_load import Seen


class Row(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One figure. ``ratio`` is figure over limit (of costs: cost over limit); ``goal`` is ``quality.md``'s, in words.

    ``met`` is whether the goal was reached, None where it is only stated. ``data`` are the raw numbers.
    """

    part: str
    what: str
    figure: str
    limit: str = ""
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None
    data: dict[str, Any] = {}


def loop_ms() -> int:
    """CPU of adding two million numbers: other work on the machine makes CPU times longer too, and here it shows."""
    used = time.process_time()
    sum(i for i in range(2_000_000))
    return round(1000 * (time.process_time() - used))


def machine(postgres: str, home: str) -> dict[str, Any]:
    """What the figures were taken on. ``load`` are the load averages before the run and after each part, ``loop_ms`` the
    CPU that ``loop_ms()`` took then. ``optimised``: Python was built with profile-guided optimisation."""
    model = ""
    try:
        with open("/proc/cpuinfo") as f:
            model = next((x.partition(":")[2].strip() for x in f if x.startswith("model name")), "")
    except OSError:
        model = platform.processor()
    return {
        "loop_ms": [loop_ms()], "cores": os.cpu_count(), "cpu": model, "python": platform.python_version(),
        "optimised": "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS") or "--enable-optimizations"),
        "postgres": postgres, "platform": f"{platform.system()} {platform.release()}", "home": home, "load": [load_now()],
    }  # fmt: skip


def load_now() -> float | None:
    """The load average of the last minute."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def per_second(n: float) -> str:
    return f"{n:,.0f}/s" if n >= 20 else f"{n:.1f}/s"


def refused(seen: "Seen") -> str:
    """What the server said no to, where it should not have."""
    return "".join(f"; {n} x REFUSED {why}" for why, n in seen.refusals.items())


def milliseconds(*values: float) -> str:
    return " + ".join(f"{v:.2f}" if v < 10 else f"{v:.1f}" for v in values) + " ms"


def show(console: "Console", rows: list[Row], about: dict[str, Any]) -> None:
    """The table; a figure that misses its goal is marked."""
    from rich.table import Table

    console.print(
        f"[bold]{about['cores']} cores[/] ({about['cpu']}), Python {about['python']}"
        f"{'' if about['optimised'] else ' (built without optimisation)'}, PostgreSQL {about['postgres']}, "
        f"{about['platform']}; load {about['load'][0]} before the run, then {' '.join(map(str, about['load'][1:]))}; "
        f"two million additions took {min(about['loop_ms'])} to {max(about['loop_ms'])} ms of CPU meanwhile",
        highlight=False,
    )
    table = Table(title="wms bench", title_style="bold", show_lines=False)
    for name in ("what", "figure", "limit, in the same run", "ratio", "goal"):
        table.add_column(name, justify="right" if name == "ratio" else "left", overflow="fold")
    part = ""
    for r in rows:
        if r.part != part:
            table.add_section()
            part = r.part
        mark = "" if r.met is None else ("[green]✓[/] " if r.met else "[red]✗[/] ")
        ratio = "" if r.ratio is None else f"{r.ratio:.2f}"
        table.add_row(r.what, r.figure, r.limit, ratio, mark + r.goal)
    console.print(table)


def write_json(rows: list[Row], about: dict[str, Any]) -> None:
    sys.stdout.write(
        msgspec.json.format(msgspec.json.encode({"machine": about, "rows": rows})).decode() + "\n"
    )
