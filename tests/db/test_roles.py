"""An owner that may not create roles: told what an administrator has to run, and content once it was run."""

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy.engine import URL

from tests.builders import unique
from tests.conftest import Cluster
from wms.db.migrate import migrate
from wms.db.roles import DatabaseSetupError, app_login
from wms.db.tx import Database


@pytest.fixture
def owned(cluster: Cluster) -> Iterator[tuple[URL, str]]:
    """A database whose owner may create nothing else; its address and its name."""
    name = f"{unique('plain').lower()}_app"  # what ends so may log in to the embedded server
    with cluster.admin() as c:
        c.execute(f"create role {name} login password '{name}'")
        c.execute(f"create database {name} owner {name}")
    url = cluster.url(name)
    yield url.set(username=name, password=name if cluster.external else None), name
    with cluster.admin() as c:
        c.execute(f"drop database {name} with (force)")
        c.execute(f"drop role if exists {app_login(name)}")
        c.execute(f"drop role {name}")


async def test_the_administrator_is_told_what_to_run(cluster: Cluster, owned: tuple[URL, str]) -> None:
    url, name = owned
    with pytest.raises(DatabaseSetupError) as told:
        migrate(url, "x" * 40)
    sentence, *statements = str(told.value).split("\n")
    assert "CREATEROLE" in sentence
    assert statements[0].startswith(f"create role {name}_app login noinherit password")
    with cluster.admin() as c:
        for statement in statements:
            c.execute(statement.replace("(a random one)", name))
    migrate(url, "x" * 40)
    migrate(url, "x" * 40)
    app = url.set(username=app_login(name), password=name if cluster.external else None)
    database = Database(app, pool_size=1)
    async with database.begin() as tx:
        assert await tx.value("select count(*) from shop") == 0
    await database.close()
    with psycopg.connect(app.render_as_string(hide_password=False)) as c, pytest.raises(psycopg.Error):
        c.execute("select count(*) from move")


def test_a_database_that_knows_no_polish_is_refused(cluster: Cluster) -> None:
    name = unique("plain").lower()
    with cluster.admin() as c:
        c.execute(
            f"create database {name} owner wms_owner template template0 locale_provider libc locale 'C'"
        )
    try:
        with pytest.raises(DatabaseSetupError, match=r"locale 'C\.UTF-8'"):
            migrate(cluster.url(name, "wms_owner" if not cluster.external else None), "x" * 40)
    finally:
        with cluster.admin() as c:
            c.execute(f"drop database {name} with (force)")
