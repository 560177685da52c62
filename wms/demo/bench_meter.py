"""CPU time of the server, of PostgreSQL and of the load generator, from ``/proc``; nothing where there is none."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from wms.demo.bench_cycle import Cycle
from wms.demo.bench_load import Seen, Shots

TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def _stat(pid: int | str) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def parent_of(pid: int) -> int | None:
    found = _stat(pid)
    return int(found[1]) if found else None


def family(root: int) -> dict[int, list[str]]:
    """The process and all below it, with the fields of its ``stat`` behind the name."""
    stats = {int(p.name): s for p in Path("/proc").glob("[0-9]*") if (s := _stat(p.name))}
    children: dict[int, list[int]] = {}
    for pid, s in stats.items():
        children.setdefault(int(s[1]), []).append(pid)
    found, todo = {}, [root]
    while todo:
        pid = todo.pop()
        if pid in stats:
            found[pid] = stats[pid]
            todo += children.get(pid, [])
    return found


def _seconds(stats: dict[int, list[str]]) -> float:
    """User and system time, also of children that ended."""
    return sum(sum(map(int, s[11:15])) for s in stats.values()) / TICK


def _is_backend(pid: int) -> bool:
    """A process that serves a connection, not one of PostgreSQL's own (checkpointer, autovacuum ...)."""
    try:
        title = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return False
    return title.startswith("postgres: ") and ("[local]" in title or "127.0.0.1(" in title or "::1(" in title)


@dataclass
class Window:
    """Seconds of CPU between two moments. ``backends``: of PostgreSQL's processes for connections alone."""

    python: float = 0.0
    postgres: float = 0.0
    backends: float = 0.0
    seconds: float = 0.0

    def add(self, other: "Window") -> None:
        self.python += other.python
        self.postgres += other.postgres
        self.backends += other.backends
        self.seconds += other.seconds


@dataclass
class Meter:
    """``servers`` are process ids of ours, ``postmaster`` PostgreSQL's; 0 when it runs elsewhere."""

    postmaster: int = 0
    servers: list[int] = field(default_factory=list)

    @contextmanager
    def window(self) -> Iterator[Window]:
        """Measures what is done inside it."""
        w = Window()
        python, postgres, backends, begun = *self._now(), time.perf_counter()
        yield w
        later = self._now()
        w.python, w.postgres, w.backends = later[0] - python, later[1] - postgres, later[2] - backends
        w.seconds = time.perf_counter() - begun

    def _now(self) -> tuple[float, float, float]:
        python = sum(_seconds(family(pid)) for pid in self.servers)
        if not self.postmaster:
            return python, 0.0, 0.0
        postgres = family(self.postmaster)
        return python, _seconds(postgres), _seconds({p: s for p, s in postgres.items() if _is_backend(p)})


def find_postmaster(backend: int) -> int:
    """The parent of the process that serves a connection, 0 when PostgreSQL is not on this machine."""
    try:
        name = Path(f"/proc/{backend}/comm").read_text()
    except OSError:
        return 0
    return (parent_of(backend) or 0) if name.startswith("postgres") else 0


def load(job: Shots | Cycle) -> Seen:
    """Runs a job in the load generator."""
    done = subprocess.run(
        [sys.executable, "-m", "wms.demo.bench_load"], input=msgspec.json.encode(job), stdout=subprocess.PIPE,
        check=True,
    )  # fmt: skip
    return msgspec.json.decode(done.stdout, type=Seen)


def total(seen: Sequence[Seen]) -> Seen:
    """Several runs as one; the percentiles are the best run's, as the machine's other work only ever adds to them."""
    refusals: dict[str, int] = {}
    for s in seen:
        for code, n in s.refusals.items():
            refusals[code] = refusals.get(code, 0) + n
    return Seen(
        requests=sum(s.requests for s in seen), seconds=sum(s.seconds for s in seen), cpu=sum(s.cpu for s in seen),
        p50=min(s.p50 for s in seen), p99=min(s.p99 for s in seen), refusals=refusals,
    )  # fmt: skip
