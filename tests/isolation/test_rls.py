"""Row-level security: the second fence, looked at in the catalogue and tried with SQL."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import psycopg
import pytest

from tests.conftest import Api, Cluster, Server
from tests.isolation.shop_world import ShopWorld, build_world
from wms.config import Settings
from wms.db.tx import Actor, Database
from wms.tables import TENANT_TABLES, metadata

SCHEMA = "n.nspname = 'public' and c.relkind in ('r', 'p')"
DEFINERS = {"enqueue", "manifest_is_open", "manifest_same"}
"""The only doors through which something is done with the owner's rights."""
NO_POLICY = {"alembic_version"}
GROUPS = ("wms_staff", "wms_shop", "wms_courier", "wms_auth")
WITH_SHOP = sorted(t.name for t in metadata.tables.values() if "shop_id" in t.columns)


@pytest.fixture(scope="module")
def admin(cluster: Cluster, settings: Settings) -> "Iterator[psycopg.Connection[tuple[Any, ...]]]":
    with cluster.admin(str(settings.app_url.database)) as connection:
        yield connection


_worlds: list[ShopWorld] = []


@pytest.fixture
async def filled(db: Database, server: Server, anonymous: Api) -> tuple[ShopWorld, ShopWorld]:
    if not _worlds:
        _worlds.extend([await build_world(db, server, anonymous, tag) for tag in ("RLSA", "RLSB")])
    return _worlds[0], _worlds[1]


def as_shop(shop_id: int) -> Actor:
    return Actor(kind="shop", id=10**9 + shop_id, name="probe", shop_id=shop_id, roles=frozenset())


def readable(admin: "psycopg.Connection[tuple[Any, ...]]", role: str) -> list[str]:
    """Tables of which the role may read at least one column."""
    rows = admin.execute(
        f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {SCHEMA} and has_any_column_privilege(%s, c.oid, 'SELECT') order by 1""",
        (role,),
    ).fetchall()
    return [str(r[0]) for r in rows]


def test_every_table_with_a_shop_has_row_security(admin: "psycopg.Connection[tuple[Any, ...]]") -> None:
    rows = admin.execute(
        f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {SCHEMA} and not c.relrowsecurity and (c.relname = 'shop' or exists (
              select from pg_attribute a where a.attrelid = c.oid and a.attname = 'shop_id' and not a.attisdropped))"""
    ).fetchall()
    open_ones = {str(r[0]) for r in rows}
    # Each of these belongs to the operator and merely mentions a shop; a shop's role must not read it at all.
    reads = set(readable(admin, "wms_shop"))
    assert not open_ones & reads
    assert not open_ones & set(TENANT_TABLES)


def test_tables_without_row_security_hold_nothing_of_a_shop(
    admin: "psycopg.Connection[tuple[Any, ...]]",
) -> None:
    """What shops and couriers may read of unfenced tables: places, cartons, clusters, carriers. A new one must be named."""
    rows = admin.execute(
        f"""select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where {SCHEMA} and not c.relrowsecurity"""
    ).fetchall()
    unfenced = {str(r[0]) for r in rows}
    assert unfenced & set(readable(admin, "wms_shop")) <= {
        "carrier", "carrier_pickup", "carton", "cluster", "handling_unit", "location", "service_price", "warehouse",
    }  # fmt: skip
    assert unfenced & set(readable(admin, "wms_courier")) <= {"carrier"}


def test_policies_name_only_the_scope(admin: "psycopg.Connection[tuple[Any, ...]]") -> None:
    """A shop's policy compares with the shop that is set for the transaction, on every table, reading and writing."""
    rows = admin.execute(
        "select tablename, policyname, qual, with_check from pg_policies where 'wms_shop' = any(roles) and permissive = 'PERMISSIVE'"
    ).fetchall()
    assert rows
    for table, policy, using, check in rows:
        if table in ("manifest", "idempotent_request"):
            continue  # by the manifest's parcels, by the principal: tried out below
        assert "app.shop_id" in using, (table, policy, using)
        assert check is None or "app.shop_id" in check, (table, policy, check)
        assert not re.search(r"\btrue\b(?!\))", f"{using} {check or ''}".replace("true)", "")), (table, using)


async def test_without_a_scope_a_shop_sees_nothing(
    db: Database, admin: "psycopg.Connection[tuple[Any, ...]]", filled: tuple[ShopWorld, ShopWorld]
) -> None:
    seen: dict[str, int] = {}
    for table in readable(admin, "wms_shop"):
        if table not in WITH_SHOP and table not in ("shop", "manifest"):
            continue
        for scope in ("", "0"):
            async with db.begin(as_shop(0)) as tx:
                await tx.run(
                    "select set_config('app.shop_id', $1, true), set_config('app.principal', '', true)", scope
                )
                seen[f"{table} {scope!r}"] = await tx.value(f"select count(*) from {table}")
    assert seen
    assert not {t: n for t, n in seen.items() if n}


async def test_a_shop_sees_its_own_and_nothing_of_another(
    db: Database, admin: "psycopg.Connection[tuple[Any, ...]]", filled: tuple[ShopWorld, ShopWorld]
) -> None:
    a, b = filled
    own: dict[str, int] = {}
    for table in readable(admin, "wms_shop"):
        column = "id" if table == "shop" else "shop_id"
        if table not in WITH_SHOP and table != "shop":
            continue
        async with db.begin(as_shop(b.shop.id)) as tx:
            foreign = await tx.value(f"select count(*) from {table} where {column} <> $1", b.shop.id)
            assert foreign == 0, table
            own[table] = await tx.value(f"select count(*) from {table}")
        if own[table]:
            rows = admin.execute(f"select count(*) from {table} where {column} = %s", (a.shop.id,)).fetchone()
            assert rows is not None
            assert rows[0], f"{table}: the other shop has nothing here, so the test proves nothing"
    assert {t for t, n in own.items() if n} >= {
        "sku",
        "barcode",
        "orders",
        "order_line",
        "move",
        "balance",
        "event",
    }


async def test_a_shop_cannot_write_into_another(
    db: Database, admin: "psycopg.Connection[tuple[Any, ...]]", filled: tuple[ShopWorld, ShopWorld]
) -> None:
    a, b = filled
    tried = 0
    rows = admin.execute(
        f"""select c.relname, has_table_privilege('wms_shop', c.oid, 'INSERT'),
                   has_any_column_privilege('wms_shop', c.oid, 'UPDATE'), has_table_privilege('wms_shop', c.oid, 'DELETE')
            from pg_class c join pg_namespace n on n.oid = c.relnamespace where {SCHEMA}"""
    ).fetchall()
    for table, may_insert, may_update, may_delete in rows:
        if table not in WITH_SHOP:
            writes = [may_insert, may_update, may_delete]
            assert not any(writes), f"a shop may write {table}, which has no shop"
            continue
        if may_insert and table != "idempotent_request":
            columns = [c.name for c in metadata.tables[table].columns if c.computed is None]
            listed = ", ".join(columns)
            made = admin.execute(
                f"select to_jsonb(t) from {table} t where shop_id = %s limit 1", (a.shop.id,)
            ).fetchone()
            if made is not None:
                async with db.begin(as_shop(b.shop.id)) as tx:
                    with pytest.raises(asyncpg.InsufficientPrivilegeError):
                        await tx.run(
                            f"insert into {table} ({listed}) overriding system value"
                            f" select {listed} from jsonb_populate_record(null::{table}, $1::jsonb)",
                            json.dumps(made[0]),
                        )
                    tried += 1
                    await tx.driver.execute("rollback")
        if may_update:
            column = admin.execute(
                """select column_name from information_schema.column_privileges
                   where grantee = 'wms_shop' and table_name = %s and privilege_type = 'UPDATE' limit 1""",
                (table,),
            ).fetchone()
            assert column is not None
            async with db.begin(as_shop(b.shop.id)) as tx:
                changed = await tx.run(
                    f"update {table} set {column[0]} = default where shop_id = $1", a.shop.id
                )
                assert changed == 0, table
                tried += 1
        if may_delete:
            async with db.begin(as_shop(b.shop.id)) as tx:
                assert await tx.run(f"delete from {table} where shop_id = $1", a.shop.id) == 0, table
                tried += 1
    assert tried > 15


async def test_a_shop_cannot_give_its_rows_away(db: Database, filled: tuple[ShopWorld, ShopWorld]) -> None:
    a, b = filled
    async with db.begin(as_shop(b.shop.id)) as tx:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.run("update sku set shop_id = $1 where shop_id = $2", a.shop.id, b.shop.id)
        await tx.driver.execute("rollback")


async def test_a_courier_sees_its_own_carrier_only(
    db: Database, admin: "psycopg.Connection[tuple[Any, ...]]", filled: tuple[ShopWorld, ShopWorld]
) -> None:
    """Closed manifests with their parcels, papers and tracking: of one's own carrier, and not while they are open."""
    a, b = filled
    foreign = {
        "manifest": "select count(*) from manifest where carrier_id = $1",
        "manifest_parcel": "select count(*) from manifest_parcel where carrier_id = $1",
        "parcel": "select count(*) from parcel where carrier_id = $1",
        "tracking_event": "select count(*) from tracking_event where $1::bigint is not null",
        "document": "select count(*) from document where $1::bigint is not null",
    }
    for carrier, expected in ((0, False), (b.carrier.id, False), (a.carrier.id, True)):
        actor = Actor(kind="courier", id=10**9, name="probe", carrier_id=carrier)
        for table, sql in foreign.items():
            async with db.begin(actor) as tx:
                found = await tx.value(sql, a.carrier.id)
            if carrier == b.carrier.id and table in ("tracking_event", "document"):
                continue  # it has some of its own; whose they are the next test tells
            assert bool(found) is expected, (table, carrier, found)
    courier = Actor(kind="courier", id=10**9, name="probe", carrier_id=b.carrier.id)
    async with db.begin(courier) as tx:
        seen = await tx.value("select count(*) from document where id = $1", a.ids["manifest_document_id"])
        assert seen == 0
        assert await tx.value("select count(*) from tracking_event where shop_id = $1", a.shop.id) == 0
        assert await tx.value("select count(*) from manifest where id = $1", b.ids["open_manifest_id"]) == 0
        changed = await tx.run(
            "update manifest_parcel set confirmed_at = now() where carrier_id = $1", a.carrier.id
        )
        assert changed == 0
    reads = set(readable(admin, "wms_courier"))
    assert reads == {
        "carrier",
        "counter_manifest",
        "document",
        "idempotent_request",
        "manifest",
        "manifest_delivery",
        "manifest_parcel",
        "parcel",
        "tracking_event",
    }


async def test_the_stored_answers_of_others_are_out_of_reach(db: Database) -> None:
    """Answers kept for retries are read by the principal that they were given to."""
    actor = Actor(kind="shop", id=10**9, name="probe", shop_id=1)
    async with db.begin(actor) as tx:
        assert await tx.value("select count(*) from idempotent_request") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await tx.run(
                """insert into idempotent_request (principal, key, shop_id, request_hash, status, media_type, body)
                   values ('shop:1', 'x', 1, '\\x00', 200, 'text/plain', '\\x00')"""
            )
        await tx.driver.execute("rollback")


@pytest.mark.parametrize("role", ["wms_shop", "wms_courier"])
def test_secrets_are_not_readable(admin: "psycopg.Connection[tuple[Any, ...]]", role: str) -> None:
    """A shop's or courier's transaction reads neither people nor keys nor sessions."""
    hidden = {"person", "session", "api_key", "sign_in_failure", "device", "stray_parcel"}
    assert not hidden & set(readable(admin, role))


@pytest.mark.parametrize("role", GROUPS)
def test_nobody_rewrites_the_ledger(admin: "psycopg.Connection[tuple[Any, ...]]", role: str) -> None:
    for table in ("move", "move_seal", "event", "document"):
        row = admin.execute(
            "select has_any_column_privilege(%s, %s, 'UPDATE'), has_table_privilege(%s, %s, 'DELETE, TRUNCATE')",
            (role, table, role, table),
        ).fetchone()
        assert row == (False, False), (role, table)


def test_definers_are_the_known_ones(admin: "psycopg.Connection[tuple[Any, ...]]") -> None:
    rows = admin.execute(
        """select p.proname, p.proconfig from pg_proc p join pg_namespace n on n.oid = p.pronamespace
           where n.nspname = 'public' and p.prosecdef"""
    ).fetchall()
    assert {str(r[0]) for r in rows} == DEFINERS
    for name, config in rows:
        assert config, name
        assert any(str(c).startswith("search_path=") for c in config), (
            f"{name} trusts the caller's search_path"
        )


def test_the_login_owns_nothing(admin: "psycopg.Connection[tuple[Any, ...]]", settings: Settings) -> None:
    login = settings.app_url.username
    row = admin.execute(
        "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolinherit from pg_roles where rolname = %s",
        (login,),
    ).fetchone()
    assert row == (False, False, False, False, False)
    owned = admin.execute(
        "select count(*) from pg_class where relowner in (select oid from pg_roles where rolname = any(%s))",
        ([login, *GROUPS],),
    ).fetchone()
    assert owned == (0,)
    for role in GROUPS:
        flags = admin.execute(
            "select rolsuper, rolbypassrls, rolcanlogin from pg_roles where rolname = %s", (role,)
        ).fetchone()
        assert flags == (False, False, False), role
    may = admin.execute("select has_schema_privilege(%s, 'public', 'CREATE')", (login,)).fetchone()
    assert may == (False,)
    member_of = admin.execute(
        """select g.rolname from pg_auth_members m join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member
           where r.rolname = %s""",
        (login,),
    ).fetchall()
    assert {str(r[0]) for r in member_of} == set(GROUPS)


def test_the_server_refuses_to_serve_as_owner(settings: Settings) -> None:
    owner = settings.owner_url.render_as_string(hide_password=False)
    env = os.environ | {
        "WMS_HOME": str(settings.home),
        "WMS_DATABASE_URL": owner,
        "WMS_APP_DATABASE_URL": owner,
        "WMS_PORT": "0",
        "WMS_HOST": "127.0.0.1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "wms.cli", "run"],
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "The server must not log in as" in said, said[-2000:]
    assert "WMS_APP_DATABASE_URL" in said
