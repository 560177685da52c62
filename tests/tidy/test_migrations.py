"""The migrations build what the models say, go down to nothing, and come up again."""

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, pool

from tests.conftest import Cluster
from wms.config import load_secrets
from wms.db.migrate import alembic_config, migrate
from wms.tables import metadata


@pytest.fixture
def empty(cluster: Cluster, worker_id: str) -> str:
    name = f"wms_migrations_{worker_id}"
    with cluster.admin() as c:
        c.execute(f'drop database if exists "{name}" with (force)')
        c.execute(f'create database "{name}" owner wms_owner')
    return name


def tables(c: "psycopg.Connection[tuple[object, ...]]") -> set[object]:
    rows = c.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return {r[0] for r in rows}


def test_up_down_up_leaves_nothing_behind(cluster: Cluster, empty: str) -> None:
    url = cluster.settings(empty).owner_url
    password = load_secrets(cluster.folder).app_password
    migrate(url, password)
    with cluster.admin(empty) as c:
        first = tables(c)
    assert {"move", "balance", "orders", "procrastinate_jobs"} <= first
    command.downgrade(alembic_config(url), "base")
    with cluster.admin(empty) as c:
        assert tables(c) == {"alembic_version"}
        left = c.execute(
            """select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public'
               and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""
        ).fetchall()
        assert left == []
    migrate(url, password)
    with cluster.admin(empty) as c:
        assert tables(c) == first


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_models_and_migrations_agree(cluster: Cluster) -> None:
    url = cluster.settings("wms_template").owner_url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda obj, name, kind, *_: (
                    not (kind == "table" and name.startswith("procrastinate_"))
                ),
                "compare_type": True,
            },
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_every_table_with_a_shop_has_row_level_security(cluster: Cluster) -> None:
    """And nobody without a scope sees a row: the application's own login may read none of them."""
    with cluster.admin("wms_template") as c:
        bare = c.execute(
            """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
               where n.nspname = 'public' and c.relkind = 'r' and not c.relrowsecurity
                 and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'shop_id'
                             and not a.attisdropped)"""
        ).fetchall()
        assert bare == []
        forced = c.execute("select relname from pg_class where relforcerowsecurity").fetchall()
        assert forced == [], "with FORCE the owner's data migrations would change nothing, in silence"
        tenant = [
            r[0]
            for r in c.execute(
                """select c.relname from pg_class c where c.relrowsecurity and exists (
                     select from pg_attribute a where a.attrelid = c.oid and a.attname = 'shop_id')"""
            ).fetchall()
        ]
        assert len(tenant) > 30
        for role in ("wms_shop", "wms_courier"):
            for table in tenant:
                if c.execute(
                    "select has_table_privilege(%s, %s, 'select')", (role, str(table))
                ).fetchone() != (True,):
                    continue
                with c.transaction():
                    c.execute(f"set local role {role}")
                    assert c.execute(f"select count(*) from {table}").fetchone() == (0,), (role, table)


def test_the_login_itself_may_read_only_what_sign_in_needs(cluster: Cluster) -> None:
    with cluster.admin("wms_template") as c:
        readable = {
            r[0]
            for r in c.execute(
                """select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
                   where n.nspname = 'public' and c.relkind = 'r'
                     and has_table_privilege('wms_template_app', c.oid, 'select')"""
            ).fetchall()
        }
    assert readable == {"api_key", "session", "person", "device", "idempotent_request", "rate_window"}
