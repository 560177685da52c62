"""The transaction that a use case works in.

One transaction per request, opened and committed at the edge; a use case never commits. Who asks (``Actor``) and
what they may see (role and scope, set for this transaction only) travel with it. SQL text runs on the driver's
connection inside the same transaction, because a scan has a budget of a millisecond; ``session()`` gives the same
transaction to SQLAlchemy for everything that is not hot.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from wms.kernel.clock import Clock, SystemClock
from wms.kernel.refusals import NotAllowed

T = TypeVar("T")
Kind = Literal["staff", "shop", "courier", "system"]
ROLE = {"staff": "wms_staff", "system": "wms_staff", "shop": "wms_shop", "courier": "wms_courier"}


class Actor(msgspec.Struct, frozen=True):
    """Who asks. ``roles`` are a person's roles or a key's scopes; ``id`` is the person's or the key's."""

    kind: Kind
    id: int
    name: str
    roles: frozenset[str] = frozenset()
    shop_id: int = 0
    carrier_id: int = 0
    device_id: int | None = None
    session_id: int | None = None
    language: str = "en"

    @property
    def principal(self) -> str:
        """Stable name for idempotency keys and rate limits."""
        return f"{self.kind}:{self.id}"

    @property
    def person_id(self) -> int | None:
        return self.id if self.kind == "staff" else None


SYSTEM = Actor(kind="system", id=0, name="system")


class Tx:
    """An open transaction with its actor, its clock and the id of the request that it serves."""

    def __init__(
        self,
        connection: AsyncConnection,
        driver: "asyncpg.Connection[asyncpg.Record]",
        actor: Actor,
        clock: Clock,
        request_id: str = "",
        key: str | None = None,
    ) -> None:
        self.connection = connection
        self.driver = driver
        self.actor = actor
        self.request_id = request_id
        self.key = key
        self.now: datetime = clock.now()
        self._session: AsyncSession | None = None

    @property
    def scan_id(self) -> str | None:
        """The request's idempotency key where it is a UUID: the id that the scanning device made."""
        try:
            return str(UUID(self.key)) if self.key else None
        except ValueError:
            return None

    @property
    def shop_id(self) -> int:
        """The shop that asks. Staff have none: their use cases name the shop."""
        if not self.actor.shop_id:
            raise NotAllowed
        return self.actor.shop_id

    def session(self) -> AsyncSession:
        """The same transaction for SQLAlchemy's ORM and Core; flushed by whoever adds to it."""
        if self._session is None:
            self._session = AsyncSession(
                bind=self.connection, expire_on_commit=False, join_transaction_mode="rollback_only"
            )
        return self._session

    async def close(self) -> None:
        """Flushes what the session still holds; the transaction stays open for whoever began it."""
        if self._session is not None:
            await self._session.commit()
            await self._session.close()

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        return await self.driver.fetch(sql, *args)

    async def row(self, sql: str, *args: Any) -> asyncpg.Record | None:
        return await self.driver.fetchrow(sql, *args)

    async def value(self, sql: str, *args: Any) -> Any:
        return await self.driver.fetchval(sql, *args)

    async def all(self, shape: type[T], sql: str, *args: Any) -> list[T]:
        """Rows as structs; the columns are named like the fields."""
        return [msgspec.convert(dict(r), shape, strict=False) for r in await self.driver.fetch(sql, *args)]

    async def one(self, shape: type[T], sql: str, *args: Any) -> T | None:
        r = await self.driver.fetchrow(sql, *args)
        return None if r is None else msgspec.convert(dict(r), shape, strict=False)

    async def run(self, sql: str, *args: Any) -> int:
        """Executes and tells how many rows were written."""
        tag = await self.driver.execute(sql, *args)
        last = tag.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def run_many(self, sql: str, args: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows of values, in one round trip. For a set, prefer ``unnest``."""
        await self.driver.executemany(sql, args)


def connect_args(url: URL) -> dict[str, Any]:
    return {
        "server_settings": {"application_name": "wms", "timezone": "UTC"},
        "timeout": 5,
        "command_timeout": 60,
    }


class Database:
    """The application's pool. Its login owns nothing and may only put on one of the group roles."""

    def __init__(self, url: URL, *, pool_size: int = 16, clock: Clock | None = None) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_pre_ping=False,
            pool_use_lifo=True,
            connect_args=connect_args(url),
            json_serializer=lambda v: msgspec.json.encode(v).decode(),
            json_deserializer=msgspec.json.decode,
        )
        self.clock: Clock = clock or SystemClock()

        @event.listens_for(self.engine.sync_engine, "connect")
        def _limits(connection: Any, _: Any) -> None:
            # A transaction older than a minute is a fault; the event feed and the seals rely on the bound.
            cursor = connection.cursor()
            cursor.execute("set idle_in_transaction_session_timeout = '60s'")
            cursor.execute("set statement_timeout = '60s'")
            cursor.execute("set lock_timeout = '10s'")
            # What is worked with lies in memory or on an SSD. With the default, made for turning disks, statements read
            # whole tables of some thousand balances or places, and a scan costs PostgreSQL twice as much.
            cursor.execute("set random_page_cost = 1.1")
            cursor.close()

    @asynccontextmanager
    async def connection(
        self, opening: str, *args: Any
    ) -> AsyncIterator["tuple[AsyncConnection, asyncpg.Connection[asyncpg.Record], Any]"]:
        """A connection in a transaction: committed when the block ends, rolled back when it raises.

        ``opening`` is its first statement and goes through SQLAlchemy, which begins the transaction with it; from
        then on the driver's own connection works inside the same transaction. Its first row is the third value.
        """
        async with self.engine.connect() as c, c.begin():
            opened = (await c.exec_driver_sql(opening, args)).first()
            driver = (await c.get_raw_connection()).driver_connection
            assert driver is not None
            yield c, driver, opened

    @asynccontextmanager
    async def begin(
        self, actor: Actor = SYSTEM, *, request_id: str = "", key: str | None = None
    ) -> AsyncIterator[Tx]:
        """A transaction as ``actor``, for jobs, the CLI and tests; requests come in through ``wms.web.edge``."""
        scope = (ROLE[actor.kind], str(actor.shop_id), str(actor.carrier_id), actor.principal)
        async with self.connection(SCOPE, *scope) as (c, driver, _):
            tx = Tx(c, driver, actor, self.clock, request_id, key)
            yield tx
            await tx.close()

    async def close(self) -> None:
        await self.engine.dispose()


SCOPE = """select set_config('role', $1, true), set_config('app.shop_id', $2, true),
  set_config('app.carrier_id', $3, true), set_config('app.principal', $4, true)"""
