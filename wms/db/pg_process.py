"""The account that PostgreSQL runs under, and its main process as our child."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from wms.db.pg_binaries import EmbeddedError

if sys.platform != "win32":
    import pwd

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


@dataclass(frozen=True, slots=True)
class Account:
    """Who PostgreSQL runs as. ``dropped``: we are root, and it is somebody else."""

    name: str
    uid: int
    gid: int
    dropped: bool

    def run(self, command: Sequence[str | Path], cwd: Path | str = "/") -> subprocess.CompletedProcess[str]:
        """Run a program under this account until it ends; it is interrupted when we die."""
        return subprocess.run(
            command,
            cwd=cwd,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            user=self.uid if self.dropped else None,
            group=self.gid if self.dropped else None,
            extra_groups=[] if self.dropped else None,
            preexec_fn=_end_with_parent(),
        )

    def can_run(self, program: Path) -> bool:
        """Whether this account can execute the program and load its libraries."""
        if not self.dropped:
            return True
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def cannot_enter(self, folder: Path) -> Path | None:
        """The first folder on the way from / to ``folder`` that this account may not pass; None when it can.

        Tried out and not computed from the mode, for access lists and network file systems have their own rules.
        """
        test = ["/bin/sh", "-c", 'cd -- "$0"']
        if self.run([*test, str(folder)]).returncode == 0:
            return None
        way = [*reversed(folder.parents), folder]
        return next((place for place in way if self.run([*test, str(place)]).returncode != 0), folder)

    def give(self, path: Path) -> None:
        """Make this account the owner of a file or folder of ours."""
        if self.dropped:
            os.chown(path, self.uid, self.gid)


def server_account() -> Account:
    """The account for the server: our own, or as root the one that WMS_PG_USER names (``nobody``)."""
    if os.geteuid() != 0:
        return Account(account_name(os.geteuid()), os.geteuid(), os.getegid(), dropped=False)
    name = os.environ.get("WMS_PG_USER", "nobody")
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and there is no account {name!r} to run it. Set WMS_PG_USER to an "
            "account of this machine, or start as a normal user."
        ) from None
    if entry.pw_uid == 0:
        raise EmbeddedError("PostgreSQL refuses to run as root. Set WMS_PG_USER to another account.")
    return Account(name, entry.pw_uid, entry.pw_gid, dropped=True)


def account_name(uid: int) -> str:
    """The name of a user id. PostgreSQL needs one, to know who is on the other end of its socket."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise EmbeddedError(
            f"The user id {uid} has no name on this machine, and PostgreSQL needs one. Add it to /etc/passwd, or "
            "start as another user."
        ) from None


def clean_environment() -> dict[str, str]:
    """Our environment without PGHOST, PGDATA, PGOPTIONS and the like, and with messages in English."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def is_server_of(pid: int, pgdata: Path) -> bool:
    """Whether this process is a running postmaster of that data directory.

    By its command line, which everybody may read; its working directory is hidden from root in a container. A
    zombie has no command line: a container without an init process leaves dead servers as zombies.
    """
    if Path("/proc/self").exists():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(pgdata) in words and b"-D" in words
    done = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
    return b" -D " + os.fsencode(pgdata) in done.stdout


class Postmaster:
    """PostgreSQL's main process, started by a thread that stays with it until it ends.

    The kernel interrupts the server when its parent dies, so that even a ``kill -9`` of ours ends in an orderly
    shutdown. But by *parent* it means the thread that made the process: a server that is started from a thread of
    a pool would stop when the pool does. Hence a thread of its own.
    """

    def __init__(self, command: Sequence[str | Path], account: Account, cwd: Path, log: Path) -> None:
        self.ended = threading.Event()
        outcome: SimpleQueue[subprocess.Popen[bytes] | OSError] = SimpleQueue()

        def keep() -> None:
            try:
                process = _spawn(command, account, cwd, log)
            except OSError as error:
                outcome.put(error)
                return
            outcome.put(process)
            process.wait()
            self.ended.set()

        threading.Thread(target=keep, name="postgres", daemon=True).start()
        started = outcome.get()
        if isinstance(started, OSError):
            raise EmbeddedError(f"{command[0]} could not be started: {started}") from started
        self._process = started
        self.pid = started.pid

    def stop(self) -> None:
        """Fast shutdown: connections end, everything is written. Harder after a minute; then recovery follows."""
        for how, seconds in ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            if self.ended.is_set():
                return
            self._process.send_signal(how)
            self.ended.wait(seconds)


def _spawn(command: Sequence[str | Path], account: Account, cwd: Path, log: Path) -> subprocess.Popen[bytes]:
    fd = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        return subprocess.Popen(
            command,
            cwd=cwd,
            env=clean_environment(),
            stdin=subprocess.DEVNULL,
            stdout=fd,
            stderr=fd,
            start_new_session=True,  # Ctrl-C is for us; the server stops when we have finished with it
            user=account.uid if account.dropped else None,
            group=account.gid if account.dropped else None,
            extra_groups=[] if account.dropped else None,
            preexec_fn=_end_with_parent(),
        )
    finally:
        os.close(fd)


def _end_with_parent() -> Callable[[], None] | None:
    """What the child does before it becomes PostgreSQL: ask for SIGINT at its parent's death (Linux only).

    Elsewhere the next start finds the server that was left and stops it.
    """
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(
        None
    ).prctl  # looked up here: a child of a threaded process should do as little as it can
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask
