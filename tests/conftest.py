"""Fixtures: a real PostgreSQL, a database built by the migrations, a real server over real HTTP.

Each xdist worker has a database of its own, cloned from one that was migrated once. Tests do not clean up: each
makes its own shop, SKUs and bins, as real life does.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
import psycopg
import pytest
from filelock import FileLock
from sqlalchemy.engine import URL, make_url

from wms.config import Settings, load_secrets
from wms.db.embedded import EmbeddedServer
from wms.db.migrate import migrate
from wms.db.tx import Database


class Cluster:
    """The server that tests run on: embedded, or the one that ``WMS_TEST_DATABASE_URL`` names."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.server: EmbeddedServer | None = None
        self.external = os.environ.get("WMS_TEST_DATABASE_URL")

    def start(self) -> None:
        if not self.external:
            self.server = EmbeddedServer(self.folder)
            self.server.start()

    def url(self, database: str, user: str | None = None) -> URL:
        """``user`` None: an administrator."""
        if self.external:
            url = make_url(self.external).set(database=database, drivername="postgresql")
            return (
                url
                if user is None
                else url.set(username=user, password=load_secrets(self.folder).app_password)
            )
        assert self.server is not None
        return make_url(self.server.dsn(user or "postgres", database))

    def admin(self, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
        text = self.url(database).render_as_string(hide_password=False)
        return psycopg.connect(text, autocommit=True)

    def clone(self, name: str, template: str = "wms_template") -> None:
        with self.admin() as c:
            c.execute(f'drop database if exists "{name}" with (force)')
            c.execute(f'create database "{name}" template "{template}" owner wms_owner')

    def settings(self, database: str, **kwargs: object) -> Settings:
        return Settings(
            home=self.folder,
            owner_url=self.url(database, "wms_owner" if not self.external else None),
            app_url=self.url(database, "wms_template_app"),
            embedded=not self.external,
            host="127.0.0.1",
            port=int(str(kwargs.get("port", 0))),
            workers=1,
            pool_size=int(str(kwargs.get("pool_size", 16))),
            secrets=load_secrets(self.folder),
        )


LONG = (
    "browser/test_wedge.py", "browser/test_every_page.py", "printing/test_random_labels.py", "browser/test_queue.py", "demo/test_day.py",
    "openapi/test_schemathesis.py", "web/test_troubles.py", "ledger/test_machine.py", "demo/test_bench.py",
    "ledger/test_together.py", "cli/test_commands.py", "ledger/test_faults_alone.py", "carriers/test_command.py",
    "browser/test_benches.py", "browser/test_desk_outbound.py", "browser/test_floor_inbound.py",
    "isolation/test_probe.py",
)  # fmt: skip
"""Workers take whole modules; those that take long go first, so that none is left for one worker at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rank = {name: i for i, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get("/".join(item.path.parts[-2:]), len(LONG)))


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Cluster]:
    root = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    for folder in (root, *root.parents):  # the server does not run as root, so it must be able to get in
        if folder == Path("/tmp") or folder == folder.parent or os.geteuid() != 0:
            break
        folder.chmod(folder.stat().st_mode | 0o011)
    # One server for each worker, because a worker that ends first would take a shared one with it; an external
    # server is one for all.
    home = root / ("pg" if os.environ.get("WMS_TEST_DATABASE_URL") else f"pg-{worker_id}")
    home.mkdir(exist_ok=True)
    found = Cluster(home)
    with FileLock(str(home / "setup.lock")):
        found.start()
        with found.admin() as c:
            if not c.execute("select 1 from pg_roles where rolname = 'wms_owner'").fetchone():
                c.execute("create role wms_owner login createrole")
            ready = home / "ready"
            if found.external and not ready.exists():  # what an earlier run left has that run's passwords
                c.execute("drop database if exists wms_template with (force)")
                c.execute(f"alter role wms_owner password '{load_secrets(home).app_password}'")
                ready.touch()
            if not c.execute("select 1 from pg_database where datname = 'wms_template'").fetchone():
                c.execute("create database wms_template owner wms_owner")
                migrate(found.url("wms_template", "wms_owner"), load_secrets(home).app_password)
    yield found
    if found.server is not None:
        found.server.stop()


@pytest.fixture(scope="session")
def settings(cluster: Cluster, worker_id: str) -> Settings:
    name = f"wms_test_{worker_id}"
    cluster.clone(name)
    return cluster.settings(name)


@pytest.fixture
async def db(settings: Settings) -> AsyncIterator[Database]:
    """The application's pool, for tests that look at the data or call a use case directly."""
    database = Database(settings.app_url, pool_size=8)
    yield database
    await database.close()


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Server:
    """A server process of the product; ``kill`` is a kill -9. ``env``: further settings, ``WMS_POOL_SIZE="1"``."""

    def __init__(self, settings: Settings, port: int | None = None, **env: str) -> None:
        self.port = port or free_port()
        self.env = env
        self.log = settings.home / f"server-{self.port}.log"
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        env = os.environ | {
            "WMS_HOME": str(self.settings.home),
            "WMS_DATABASE_URL": self.settings.owner_url.render_as_string(hide_password=False),
            "WMS_APP_DATABASE_URL": self.settings.app_url.render_as_string(hide_password=False),
            "WMS_PORT": str(self.port),
            "WMS_HOST": "127.0.0.1",
            "WMS_VIRTUAL_SCANNER": "1",
        }
        env |= self.env
        log = open(self.log, "ab")  # noqa: SIM115
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wms.cli", "run"], env=env, stdout=log, stderr=log
        )
        log.close()
        until = time.monotonic() + 60
        with httpx.Client(timeout=5, verify=False) as client:
            while time.monotonic() < until and self.process.poll() is None:
                try:
                    if client.get(f"{self.url}/ready").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                time.sleep(0.05)
        raise RuntimeError(self.log.read_text()[-4000:])

    def kill(self) -> None:
        """kill -9 of the server and its workers."""
        assert self.process is not None
        family = [
            *psutil.Process(self.process.pid).children(recursive=True),
            psutil.Process(self.process.pid),
        ]
        for p in family:
            p.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture(scope="session")
def server(settings: Settings) -> Iterator[Server]:
    found = Server(settings)
    try:
        found.start()
        yield found
    finally:
        found.stop()


def new_key() -> str:
    return str(uuid4())


class Api(httpx.AsyncClient):
    """A client that makes an id for every POST, as every real client of ours does."""

    async def request(self, method: str, url: object, **kwargs: object) -> httpx.Response:
        if method.upper() == "POST":
            headers = dict(kwargs.pop("headers", None) or {})  # type: ignore[call-overload]
            headers.setdefault("Idempotency-Key", new_key())
            kwargs["headers"] = headers
        return await super().request(method, url, **kwargs)  # type: ignore[arg-type]


@pytest.fixture
async def anonymous(server: Server) -> AsyncIterator[Api]:
    async with Api(base_url=f"{server.url}/api/v1", timeout=30) as client:
        yield client
