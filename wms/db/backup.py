"""Backup and restore of one database, with PostgreSQL's own pg_dump and pg_restore.

A backup is one file in pg_dump's custom format, for its owner's eyes only: it holds names and addresses. It holds
the tables, rows, policies and grants of the database, but no roles, for these belong to the whole server. Before a
restore the caller makes the database (owned by ``wms_owner``) and the roles that grants and policies name:
``wms_staff``, ``wms_shop``, ``wms_courier``, ``wms_auth``. Everything restored belongs to the database's owner.
Grants on the database itself and ``alter database ... set`` are not part of it.

Both functions block for as long as the work takes: call them in a thread, a job or the command line.
"""

import os
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from wms.db.pg_binaries import PgBinaries, installations

LOCK_PATIENCE = "60s"  # how long a backup waits for a table that a migration holds

_USER_OBJECTS = """
    with own as (
        select oid from pg_namespace
        where nspname not like 'pg\\_%' and nspname <> 'information_schema'
    ), thing (kind, name, catalog, id) as (
        select 'relation', oid::regclass::text, 'pg_class'::regclass, oid from pg_class
        where relnamespace in (select oid from own)
        union all
        select 'function', oid::regprocedure::text, 'pg_proc'::regclass, oid from pg_proc
        where pronamespace in (select oid from own)
        union all
        select 'type', oid::regtype::text, 'pg_type'::regclass, oid from pg_type
        where typnamespace in (select oid from own) and typtype in ('d', 'e', 'r')
        union all
        select 'schema', nspname, 'pg_namespace'::regclass, oid from pg_namespace
        where oid in (select oid from own) and nspname <> 'public'
    )
    select kind || ' ' || name from thing
    where not exists (
        select from pg_depend d where d.classid = thing.catalog and d.objid = thing.id and d.deptype = 'e'
    )
    order by kind = 'relation' desc, name limit 1
"""


class BackupError(Exception):
    """A backup or restore that did not happen; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A finished backup: its file, size in bytes, and the major version of the server that it came from."""

    path: Path
    size: int
    major: int


def backup(dsn: str, target: Path) -> Backup:
    """Write the database into ``target``, as it is at one moment, while others go on working.

    ``dsn`` is a libpq URL of a role that sees every row: the owner, or a superuser. The file appears under its
    name only when it is complete and has been read back; an older file of that name is replaced then. Raises
    ``BackupError``.
    """
    with _connect(dsn) as conn:
        major = conn.info.server_version // 10000
        socket = conn.info.host.startswith("/")
    tools = _tools(socket, [major, None])
    if tools is None or tools.major < major:
        raise BackupError(
            f"The server is PostgreSQL {major}, and this machine has no pg_dump of that version or newer. Install "
            f"the client tools of PostgreSQL {major}, or set WMS_PG_BIN to their bin folder."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        fd, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise BackupError(
            f"{target.parent} cannot be written: {error.strerror}. Choose another folder."
        ) from error
    os.close(fd)  # made with mode 0600, which pg_dump keeps
    part = Path(name)
    try:
        options = [
            "--format=custom",
            f"--lock-wait-timeout={LOCK_PATIENCE}",
            "--no-password",
            f"--file={part}",
        ]
        _run(tools, "pg_dump", options, dsn)
        _contents(tools, part)
        size = part.stat().st_size
        part.replace(target)
        _sync_folder(target.parent)
    finally:
        part.unlink(missing_ok=True)
    return Backup(path=target, size=size, major=major)


def restore(dsn_admin: str, source: Path) -> None:
    """Bring a backup back into an empty database, whole or not at all.

    ``dsn_admin`` is a libpq URL of a role that may act as the database's owner. The database may have extensions,
    but no table, function, type or schema of its own: nothing is ever overwritten. Raises ``BackupError``, and
    then the database is as empty as before.
    """
    if not source.is_file():
        raise BackupError(f"There is no backup file {source}. Check the name.")
    with _connect(dsn_admin) as conn:
        major = conn.info.server_version // 10000
        socket = conn.info.host.startswith("/")
        row = conn.execute(
            "select current_database(), pg_get_userbyid(datdba) from pg_database where datname = current_database()"
        ).fetchone()
        assert row is not None
        database, owner = row
        found = conn.execute(_USER_OBJECTS).fetchone()
    if found:
        raise BackupError(
            f"The database {database} is not empty (it has the {found[0]}), and a restore never overwrites. Make "
            "an empty database and restore into that one."
        )
    # A newer pg_restore sets parameters that an older server does not know.
    tools = _tools(socket, [major])
    if tools is None:
        raise BackupError(
            f"The server is PostgreSQL {major}, and this machine has no pg_restore of that version. Install the "
            f"client tools of PostgreSQL {major}, or set WMS_PG_BIN to their bin folder."
        )
    written_by = _contents(tools, source)
    if written_by > major:
        raise BackupError(
            f"The backup {source.name} comes from PostgreSQL {written_by}, and the server is version {major}. "
            f"Restore it into a PostgreSQL {written_by} or newer."
        )
    options = ["--exit-on-error", "--single-transaction", "--no-owner", f"--role={owner}", "--no-password"]
    _run(tools, "pg_restore", options, dsn_admin, source)
    with _connect(dsn_admin) as conn:
        conn.execute("analyze")  # a backup holds no statistics, and plans without them are bad ones


def _connect(dsn: str) -> psycopg.Connection:
    try:
        return psycopg.connect(dsn, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as error:
        raise BackupError(f"The database cannot be reached: {error}") from error


def _tools(socket: bool, majors: list[int | None]) -> PgBinaries | None:
    """The installation with the first of these major versions; None stands for the newest there is.

    Over the network the system's tools come first, for those of the wheels speak no TLS.
    """
    found = list(installations("pg_dump", also="pg_restore", system_first=not socket))
    for major in majors:
        fitting = [tools for tools in found if major in (None, tools.major)]
        if fitting:
            return fitting[0] if major else max(fitting, key=lambda tools: tools.major)
    return None


def _contents(tools: PgBinaries, file: Path) -> int:
    """Read the archive's table of contents; the major version of the server that it was taken from."""
    done = subprocess.run(
        [tools.tool("pg_restore"), "--list", file],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    match = re.search(r"Dumped from database version: (\d+)", done.stdout)
    if done.returncode != 0 or match is None:
        raise BackupError(
            f"{file} is not a backup that PostgreSQL {tools.major} can read: {done.stderr.strip()} "
            "Check that the file is complete, and that it was made by no newer version."
        )
    return int(match.group(1))


def _run(tools: PgBinaries, program: str, options: list[str], dsn: str, *files: Path) -> None:
    """Run pg_dump or pg_restore. The password goes through the environment: command lines are public."""
    parts = conninfo_to_dict(dsn)
    password = parts.pop("password", None)
    env = dict(os.environ)
    if password:
        env["PGPASSWORD"] = str(password)
    conninfo = make_conninfo("", **parts)
    done = subprocess.run(
        [tools.tool(program), *options, f"--dbname={conninfo}", *files],
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode == 0:
        return
    said = done.stderr.strip()[-1500:]
    missing = re.search(r'role "([^"]+)" does not exist', said)
    hint = ""
    if missing:
        hint = f" Make the role first: create role {missing.group(1)} nologin"
    elif "SSL support is not compiled in" in said:
        hint = " Set WMS_PG_BIN to a PostgreSQL that was built with TLS, such as the system's."
    raise BackupError(f"{program} failed: {said}{hint}")


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
