"""The embedded PostgreSQL: a real server that belongs to one ``WMS_HOME`` and lives as long as its supervisor.

One process of a home holds ``postgres.lock`` and supervises; every other process of the same home finds the
server through its socket. There is no TCP and no password: the kernel tells PostgreSQL who is on the other end of
the socket (peer authentication), and the account that runs the product, and root, may be any of our roles.

    home/pgdata          the cluster (made as pgdata.new-..., so it is whole or not there)
    home/run             the socket (elsewhere when the path is too long for one; home/socket_dir then names it)
    home/postgres.log    what the server says; no statements and no values, which may be people's names
    home/pgbin           a copy of the programs, only when the server's account cannot reach the installed ones

Settings are given on the command line and never written into the cluster. Linux and macOS only.
"""

import atexit
import contextlib
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

import psycopg
from psycopg import sql

from wms.db.pg_binaries import EmbeddedError, PgBinaries, find_binaries
from wms.db.pg_cluster import (
    OWNER,
    PORT,
    Progress,
    check_cluster,
    make_cluster,
    make_socket_dir,
    prepare_home,
    reachable,
    socket_dir,
    write_access_rules,
)
from wms.db.pg_process import Account, Postmaster, is_server_of, server_account

if sys.platform != "win32":
    import fcntl

__all__ = ["OWNER", "EmbeddedError", "EmbeddedServer", "PgBinaries", "Progress", "find_binaries"]

LARGEST_LOG = 10_000_000  # bytes; a larger one is moved aside at the next start

SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "max_connections": "120",
    "shared_buffers": "256MB",
    "autovacuum_naptime": "10s",  # a fresh installation grows from nothing; its plans need statistics early
    "jit": "off",  # compiling costs more than our short statements
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",  # a failing statement may carry names and addresses,
    "log_error_verbosity": "terse",  # and so may its DETAIL line
}

_held: set[int] = set()


def _forget_locks() -> None:
    """A forked worker must not keep the home locked after its supervisor's death."""
    for fd in _held:
        with contextlib.suppress(OSError):
            os.close(fd)
    _held.clear()


if sys.platform != "win32":
    os.register_at_fork(after_in_child=_forget_locks)


class EmbeddedServer:
    """The server of one home. A context manager: started on entry, stopped on exit if it is ours to stop."""

    def __init__(self, home: Path) -> None:
        self.home = Path(os.path.realpath(home))
        self.pgdata = self.home / "pgdata"
        self.log = self.home / "postgres.log"
        self._child: Postmaster | None = None
        self._lock: int | None = None
        self._lock_pid = 0

    def __enter__(self) -> "EmbeddedServer":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def supervising(self) -> bool:
        """Whether the server is a child of this object, which then has to stop it."""
        return self._lock is not None and self._lock_pid == os.getpid()

    @property
    def running(self) -> bool:
        """Whether a server of this home takes connections, whoever started it."""
        lines = self._pid_file()
        return len(lines) >= 8 and lines[7].strip() == "ready" and self._answers()

    def dsn(self, user: str, database: str = "wms") -> str:
        """A libpq URL through the socket, for psycopg and (with another scheme) for SQLAlchemy and asyncpg.

        ``user`` is ``postgres``, ``wms_owner`` or any role whose name ends in ``_app``; the server turns others
        away.
        """
        folder = quote(str(socket_dir(self.home)), safe="/")
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={folder}&port={PORT}"

    def start(self, progress: Progress | None = None, patience: float = 120.0) -> None:
        """Start the server, or find the one that another process of this home has started; returns when ready.

        Recovery after a crash may take long: it waits ``patience`` seconds, and ``progress`` hears a sentence
        about each long step and once a second while waiting. Raises ``EmbeddedError``.
        """
        if sys.platform == "win32":
            raise EmbeddedError(
                "The embedded PostgreSQL needs Linux or macOS. Set WMS_DATABASE_URL to a PostgreSQL server."
            )
        if self.supervising:
            if self.running:
                return
            self.stop()  # our child was killed; begin anew
        say = progress or (lambda sentence: None)
        waiting = _once_a_second(say)
        deadline = time.monotonic() + patience
        account = server_account()
        prepare_home(self.home, account)
        while not self._take_lock():
            if self.running:
                self.ensure_database()  # the one that started it may not have come to this yet
                return
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Another process supervises {self.home}, but its PostgreSQL is not ready after "
                    f"{patience:.0f} seconds. Look into {self.log}, or end that process and try again."
                )
            waiting("Another process is starting PostgreSQL; waiting for it.")
            time.sleep(0.05)
        atexit.register(self.stop)
        try:
            binaries = reachable(find_binaries(), self.home, account, say)
            if not self.pgdata.exists():
                say("Making a new database.")
                make_cluster(self.pgdata, binaries, account)
            check_cluster(self.pgdata, binaries, account)
            self._end_orphan(waiting, deadline)
            folder = make_socket_dir(self.home, account)
            write_access_rules(self.home)
            self._launch(self._command(binaries, folder), account, waiting, deadline)
            self.ensure_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server in the orderly way, if this object started it; ends open connections. Idempotent."""
        if self._lock is None or self._lock_pid != os.getpid():
            return
        if self._child is not None:
            self._child.stop()
            self._child = None
        _held.discard(self._lock)
        os.close(self._lock)
        self._lock = None
        atexit.unregister(self.stop)

    def ensure_database(self, name: str = "wms") -> None:
        """Make the role ``wms_owner`` and a database that it owns, where they are missing.

        The owner may create the trusted extensions of contrib (pg_trgm, btree_gist, ...) in it. The statistics of
        statements are not trusted: the superuser keeps them in the database ``postgres``, for all databases.
        """
        role, database = sql.Identifier(OWNER), sql.Identifier(name)
        with psycopg.connect(self.dsn("postgres", "postgres"), autocommit=True) as superuser:
            superuser.execute(
                "select pg_advisory_lock(hashtext('wms'))"
            )  # several programs may start at once
            if superuser.execute("select current_setting('shared_preload_libraries') <> ''").fetchone() == (
                True,
            ):
                superuser.execute("create extension if not exists pg_stat_statements")
            if not superuser.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
                superuser.execute(sql.SQL("create role {} login createrole nosuperuser").format(role))
            if not superuser.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                superuser.execute(sql.SQL("create database {} owner {}").format(database, role))

    def _take_lock(self) -> bool:
        try:
            fd = os.open(self.home / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedError(
                f"{self.home} cannot be written ({error.strerror}). Start as the account that owns it, or set "
                "WMS_HOME to a folder of yours."
            ) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            return False
        _held.add(fd)
        self._lock, self._lock_pid = fd, os.getpid()
        return True

    def _end_orphan(self, waiting: Progress, deadline: float) -> None:
        """Stop a server that outlived its supervisor, and see through a pid file whose pid is somebody else's now.

        We hold the home's lock, so a server that runs here is nobody's. After a reboot the recorded pid may be
        any process, and PostgreSQL, too, would take that one for a running server and refuse to start.
        """
        lines = self._pid_file()
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
        if pid and is_server_of(pid, self.pgdata):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGINT)
            while is_server_of(pid, self.pgdata):
                if time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"An earlier PostgreSQL (process {pid}) of {self.home} does not stop. Look into "
                        f"{self.log}; if it hangs, end it with: kill -QUIT {pid}"
                    )
                waiting("Waiting for an earlier PostgreSQL of this home to stop.")
                time.sleep(0.02)
        elif pid:
            # PostgreSQL takes a file with its parent's pid for stale, and still checks that nobody uses the
            # shared memory that the file names. Removing the file would lose that second check.
            lines[0] = f"{os.getpid()}\n"
            (self.pgdata / "postmaster.pid").write_text("".join(lines))
        if self._answers():
            raise EmbeddedError(
                f"A PostgreSQL that is not visible from here answers in {socket_dir(self.home)}: perhaps another "
                "container uses the same WMS_HOME. Stop it first."
            )

    def _command(self, binaries: PgBinaries, folder: Path) -> list[str | Path]:
        settings = SETTINGS | {
            "unix_socket_directories": '"' + str(folder).replace('"', '""') + '"',
            "hba_file": str(self.home / "pg_hba.conf"),
            "ident_file": str(self.home / "pg_ident.conf"),
        }
        places = (binaries.bin.parent / "lib", binaries.bin.parent / "lib" / "postgresql")
        if any(next(place.glob("pg_stat_statements.*"), None) for place in places):
            settings["shared_preload_libraries"] = "pg_stat_statements"
        command: list[str | Path] = [binaries.tool("postgres"), "-D", self.pgdata]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _launch(
        self, command: list[str | Path], account: Account, waiting: Progress, deadline: float
    ) -> None:
        if self.log.exists() and self.log.stat().st_size > LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.1"))
        while True:
            said_before = self.log.stat().st_size if self.log.exists() else 0
            self._child = Postmaster(command, account, cwd=self.home, log=self.log)
            if self._becomes_ready(self._child, waiting, deadline):
                return
            said = self.log.read_bytes()[said_before:][-1500:].decode(errors="replace").strip()
            if "shared memory block" not in said or time.monotonic() > deadline:
                raise EmbeddedError(f"PostgreSQL stopped while it was starting. {self.log} says:\n{said}")
            # Its postmaster was killed, and some of its backends have not noticed yet.
            waiting("Waiting for processes of an earlier PostgreSQL to end.")
            time.sleep(0.1)

    def _becomes_ready(self, child: Postmaster, waiting: Progress, deadline: float) -> bool:
        """True when it takes connections, False when it has ended."""
        while not child.ended.wait(0.01):
            lines = self._pid_file()
            # A file that a crash has left also says ready: it counts only with our child's pid.
            if len(lines) >= 8 and int(lines[0]) == child.pid and lines[7].strip() == "ready":
                return True
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL is still not ready; look into {self.log}. After a crash with much unwritten work "
                    "it may need longer: start again, or free disk space if the log asks for it."
                )
            waiting("PostgreSQL is starting; after a crash it repeats the last minutes of work first.")
        return False

    def _pid_file(self) -> list[str]:
        try:
            return (self.pgdata / "postmaster.pid").read_text().splitlines(keepends=True)
        except OSError:
            return []

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(socket_dir(self.home) / f".s.PGSQL.{PORT}"))
            except OSError:
                return False
            return True


def _once_a_second(say: Progress) -> Progress:
    """For loops that wait: says the sentence when a second has gone by since the last one."""
    last = time.monotonic()

    def waiting(sentence: str) -> None:
        nonlocal last
        if time.monotonic() - last >= 1.0:
            last = time.monotonic()
            say(sentence)

    return waiting
