"""What the commands share: the database while a command runs, and errors as sentences."""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import asyncpg
import click
import psycopg

from wms.config import ConfigError, Settings, load_settings
from wms.db.embedded import EmbeddedError, EmbeddedServer
from wms.db.roles import DatabaseSetupError
from wms.db.tx import SYSTEM, Database, Tx
from wms.kernel.refusals import Refusal
from wms.kernel.text import Lang
from wms.paths import home

T = TypeVar("T")
UNREACHABLE = (
    ConnectionError,
    socket.gaierror,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)


def language() -> Lang:
    """The language of the terminal: Polish where the locale says so."""
    found = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "pl" if found.lower().startswith("pl") else "en"


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Expected troubles end the command with their sentence and status 1, not with a trace."""
    try:
        yield
    except Refusal as e:
        raise click.ClickException(e.say(language())) from e
    except (ConfigError, DatabaseSetupError, EmbeddedError) as e:
        raise click.ClickException(str(e)) from e
    except (*UNREACHABLE, asyncpg.InvalidAuthorizationSpecificationError, psycopg.OperationalError) as e:
        why = str(e).strip() or type(e).__name__
        raise click.ClickException(
            f"The database cannot be reached: {why}. Check WMS_DATABASE_URL, and WMS_APP_DATABASE_URL where it is set."
        ) from e


@contextlib.contextmanager
def installation(port: int | None = None) -> Iterator[Settings]:
    """The settings, with the embedded server running unless an external database is named."""
    with sentences():
        if os.environ.get("WMS_DATABASE_URL"):
            yield load_settings(port=port)
        else:
            with EmbeddedServer(home()):
                yield load_settings(port=port)


def in_transaction(work: Callable[[Tx], Awaitable[T]], settings: Settings) -> T:
    """Runs ``work`` as the system in one transaction."""

    async def go() -> T:
        database = Database(settings.app_url, pool_size=2)
        try:
            async with database.begin(SYSTEM) as tx:
                return await work(tx)
        finally:
            await database.close()

    return asyncio.run(go())
