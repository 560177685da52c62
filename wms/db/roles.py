"""Database roles: who owns, who works, who sees what.

``wms_staff``    warehouse staff and the worker: every shop's rows
``wms_shop``     a shop: the rows of the shop that is set for the transaction
``wms_courier``  a courier: the manifests of its own carrier
``wms_auth``     what must be read before it is known who asks: keys, sessions, stored answers

The application's login inherits ``wms_auth`` only and puts on one of the others for one transaction. It owns
nothing, so it can neither change a move nor step around a policy; ``refuse_to_serve_as_owner`` checks that at start.
The grants are the migrations' business: this module makes the roles, which belong to the cluster, not to the
database.
"""

from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL


class DatabaseSetupError(Exception):
    """The database cannot be used like this; the sentence says what to change."""


POLISH = "select current_setting('server_encoding') = 'UTF8' and lower(U&'\\017B') = U&'\\017C'"
GROUPS = ("wms_staff", "wms_shop", "wms_courier", "wms_auth")


def app_login(database: str) -> str:
    """The application's login role in a database: one per database, so that two installations never share it."""
    return f"{database}_app"


def ensure_roles(owner_url: URL, app_password: str) -> None:
    """Creates the group roles and the application's login where they are missing; sets the login's password.

    An owner that may not create roles finds them made by an administrator, with a password of the administrator's own
    (``WMS_APP_DATABASE_URL``). Raises ``DatabaseSetupError`` with the statements for the administrator otherwise.
    """
    login = app_login(str(owner_url.database))
    with psycopg.connect(owner_url.render_as_string(hide_password=False), autocommit=True) as c:
        version = c.info.server_version
        if version < 160000:
            raise DatabaseSetupError(f"PostgreSQL {version // 10000} is too old; use 16 or newer.")
        if c.execute(POLISH).fetchone() != (True,):
            raise DatabaseSetupError(
                f"In database {owner_url.database} the letters Ż and ż have nothing to do with each other (its locale is C, or "
                "its encoding not UTF-8): a search would not find them. Let an administrator create it anew:\n"
                f"create database {owner_url.database} owner {owner_url.username} template template0 encoding 'UTF8' "
                "locale 'C.UTF-8';"
            )
        have = {r[0] for r in c.execute("select rolname from pg_roles").fetchall()}
        mine = c.execute(
            "select rolcreaterole or rolsuper from pg_roles where rolname = current_user"
        ).fetchone()
        if mine is None or not mine[0]:
            if missing := _for_the_administrator(c, login, have):
                raise DatabaseSetupError(
                    f"{owner_url.username} may not create roles. Give it CREATEROLE, or let an administrator run "
                    "this and set WMS_APP_DATABASE_URL:\n" + "\n".join(missing)
                )
            return
        try:
            for name in GROUPS:
                if name not in have:
                    c.execute(sql.SQL("create role {} nologin").format(sql.Identifier(name)))
            if login not in have:
                c.execute(sql.SQL("create role {} login noinherit").format(sql.Identifier(login)))
            # hashed here, so that neither a log nor pg_stat_statements ever holds the password itself
            hashed = c.pgconn.encrypt_password(
                app_password.encode(), login.encode(), b"scram-sha-256"
            ).decode()
            c.execute(sql.SQL("alter role {} password {}").format(sql.Identifier(login), sql.Literal(hashed)))
            for name in GROUPS:
                inherit = "true" if name == "wms_auth" else "false"
                c.execute(
                    sql.SQL("grant {} to {} with inherit {}, set true").format(
                        sql.Identifier(name), sql.Identifier(login), sql.SQL(inherit)
                    )
                )
        except psycopg.errors.InsufficientPrivilege as e:
            raise DatabaseSetupError(
                f"{owner_url.username} may not change roles that somebody else made ({e.diag.message_primary}). "
                f"Let an administrator grant it {', '.join((*GROUPS, login))} WITH ADMIN OPTION."
            ) from e


def _for_the_administrator(c: "psycopg.Connection[Any]", login: str, have: set[str]) -> list[str]:
    """What is missing for an owner that may not make it, as statements."""
    said = [f"create role {name} nologin;" for name in GROUPS if name not in have]
    if login not in have:
        said.append(f"create role {login} login noinherit password '(a random one)';")
    sql_text = """select g.rolname, m.inherit_option, m.set_option from pg_auth_members m
      join pg_roles g on g.oid = m.roleid join pg_roles r on r.oid = m.member where r.rolname = %s"""
    granted = set(c.execute(sql_text, (login,)).fetchall())
    for name in GROUPS:
        inherit = name == "wms_auth"
        if (name, inherit, True) not in granted:
            said.append(f"grant {name} to {login} with inherit {str(inherit).lower()}, set true;")
    return said


async def refuse_to_serve_as_owner(driver: Any) -> None:
    """Raises ``DatabaseSetupError`` when the login could step around row-level security."""
    row = await driver.fetchrow(
        """select session_user as login, r.rolsuper, r.rolbypassrls,
             exists(select from pg_class c join pg_namespace n on n.oid = c.relnamespace
                     where n.nspname = 'public' and c.relkind in ('r','p') and c.relowner = r.oid) as owner
           from pg_roles r where r.rolname = session_user"""
    )
    if row["rolsuper"] or row["rolbypassrls"] or row["owner"]:
        raise DatabaseSetupError(
            f"The server must not log in as {row['login']}: it is a superuser, passes row-level security, or owns "
            "tables. Let WMS_APP_DATABASE_URL name the application's own login (`wms migrate` makes it)."
        )
