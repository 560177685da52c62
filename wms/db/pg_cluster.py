"""The files of an embedded server's home: the programs it can reach, the cluster, the socket's folder, the rules."""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path

from wms.db.pg_binaries import EmbeddedError, PgBinaries
from wms.db.pg_process import Account, account_name

OWNER = "wms_owner"
PORT = 5432  # only names the socket file; nothing listens on the network
LONGEST_SOCKET_DIR = 90  # of the 107 bytes that the kernel allows for the whole path of a socket

Progress = Callable[[str], None]


def prepare_home(home: Path, account: Account) -> None:
    """Make the home; when root starts the server under another account, let that one pass through, not list."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbeddedError(
            f"{home} cannot be made ({error.strerror}). Set WMS_HOME to a folder of yours."
        ) from error
    if not account.dropped:
        return
    mode = stat.S_IMODE(home.stat().st_mode)
    if not mode & stat.S_IXOTH:
        home.chmod(mode | stat.S_IXOTH)
    closed = account.cannot_enter(home)
    if closed:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and its account {account.name!r} may not enter {closed}, so it "
            f"cannot reach {home}. Set WMS_HOME to a folder that it can reach, such as /var/lib/wms, or set "
            f"WMS_PG_USER to an account that may enter {closed}."
        )


def reachable(binaries: PgBinaries, home: Path, account: Account, progress: Progress) -> PgBinaries:
    """The same programs where the server's account can run them: in place, or copied to ``home/pgbin`` once.

    A program finds its libraries relative to its own place, so a copy keeps ``NAME/pginstall`` beside
    ``NAME.libs``.
    """
    if account.can_run(binaries.tool("postgres")):
        return binaries
    tree = binaries.bin.parent
    package = tree.parent
    if not tree.name.startswith("pginstall"):
        raise EmbeddedError(
            f"The account {account.name!r} cannot run {binaries.bin}/postgres. Open that folder to it, or set "
            "WMS_PG_BIN to the bin folder of a PostgreSQL that it can run."
        )
    original = binaries.tool("postgres").stat()
    kept = home / "pgbin" / f"{binaries.major}-{original.st_size}-{original.st_mtime_ns}"
    copy = PgBinaries(kept / package.name / tree.name / "bin", binaries.major, f"a copy of {tree}")
    if not kept.exists():
        progress("Copying PostgreSQL's programs to where its account can run them.")
        fresh = home / "pgbin.new"
        shutil.rmtree(fresh, ignore_errors=True)
        needless = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")
        shutil.copytree(tree, fresh / package.name / tree.name, symlinks=True, ignore=needless)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        _open_for_reading(fresh)
        shutil.rmtree(kept.parent, ignore_errors=True)  # of an earlier version of the wheel
        kept.parent.mkdir()
        kept.parent.chmod(0o755)
        fresh.rename(kept)
    if not account.can_run(copy.tool("postgres")):
        raise EmbeddedError(
            f"The account {account.name!r} cannot run {copy.bin}/postgres. If {home} is mounted noexec, set "
            "WMS_PG_BIN to the bin folder of a PostgreSQL that it can run."
        )
    return copy


def make_cluster(pgdata: Path, binaries: PgBinaries, account: Account) -> None:
    """initdb into a folder of its own, then rename: a killed initdb leaves nothing that looks like a database.

    The folder's name is new each time, for an interrupted initdb may still be tidying up the last one.
    """
    for left in pgdata.parent.glob(f"{pgdata.name}.new*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=f"{pgdata.name}.new-", dir=pgdata.parent))
    account.give(fresh)
    # The builtin provider sorts by code point for ever: no upgrade of the C library can break an index.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if binaries.major < 17:
        locale = ["--locale=C.UTF-8"]
    shape = ["-U", "postgres", "-E", "UTF8", "--data-checksums", "--auth=peer", "--no-instructions", *locale]
    done = account.run([binaries.tool("initdb"), "-D", fresh, *shape], cwd=pgdata.parent)
    if done.returncode != 0:
        raise EmbeddedError(f"initdb could not make a database in {fresh}: {done.stderr.strip()[-800:]}")
    fresh.rename(pgdata)
    fd = os.open(pgdata.parent, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def check_cluster(pgdata: Path, binaries: PgBinaries, account: Account) -> None:
    """Refuse a cluster of another account or of another major version, before PostgreSQL does in its own words."""
    try:
        owner = pgdata.stat().st_uid
        written_by = (pgdata / "PG_VERSION").read_text().strip() if owner == account.uid else ""
    except OSError as error:
        raise EmbeddedError(
            f"{pgdata} is not a PostgreSQL data directory: its PG_VERSION cannot be read ({error.strerror}). Bring "
            "the right folder back, or move this one away to begin with an empty database."
        ) from error
    if owner != account.uid:
        raise EmbeddedError(
            f"{pgdata} belongs to {account_name(owner)!r}, but PostgreSQL would run as {account.name!r}. Start as "
            f"{account_name(owner)!r}, or as root with WMS_PG_USER={account_name(owner)}."
        )
    if written_by != str(binaries.major):
        raise EmbeddedError(
            f"The data in {pgdata} were written by PostgreSQL {written_by}, and the programs in {binaries.bin} are "
            f"version {binaries.major}. Set WMS_PG_BIN to the bin folder of a PostgreSQL {written_by}, make a "
            "backup with it, and restore the backup in a new WMS_HOME."
        )


def socket_dir(home: Path) -> Path:
    """Where the server's socket is: ``home/run``, or the folder that ``home/socket_dir`` names."""
    try:
        return Path((home / "socket_dir").read_text())
    except OSError:
        return home / "run"


def make_socket_dir(home: Path, account: Account) -> Path:
    """A folder for the socket that only the server's account (and root) may enter, with no leftovers in it."""
    folder = home / "run"
    if len(os.fsencode(folder)) <= LONGEST_SOCKET_DIR:
        (home / "socket_dir").unlink(missing_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    else:
        folder = socket_dir(home)
        if folder == home / "run" or not _is_ours(folder, account):
            base = tempfile.gettempdir()
            folder = Path(tempfile.mkdtemp(prefix="wms-pg-", dir=base if len(base) < 60 else "/tmp"))
            (home / "socket_dir").write_text(str(folder))
    folder.chmod(0o700)
    account.give(folder)
    for name in (
        f".s.PGSQL.{PORT}",
        f".s.PGSQL.{PORT}.lock",
    ):  # the lock file names a pid, perhaps reused by now
        (folder / name).unlink(missing_ok=True)
    return folder


def write_access_rules(home: Path) -> None:
    """Who may be whom: this account and root may be the superuser, the owner, and every role named ``..._app``."""
    roles = ("postgres", OWNER, '"/_app$"')
    users = sorted({"root", account_name(os.geteuid())})
    rules = {
        "pg_hba.conf": "local all all peer map=wms\n",
        "pg_ident.conf": "".join(f'wms "{user}" {role}\n' for user in users for role in roles),
    }
    for name, text in rules.items():
        (home / name).write_text(text)
        (home / name).chmod(0o644)  # the server's account reads them; there is nothing secret in them


def _is_ours(folder: Path, account: Account) -> bool:
    """Guards against a folder in /tmp that was cleaned away and made again by somebody else."""
    with contextlib.suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid
    return False


def _open_for_reading(tree: Path) -> None:
    for folder, _, names in os.walk(tree):
        Path(folder).chmod(0o755)
        for name in names:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)
