"""The transaction that a use case works in.

One transaction per request, opened and committed at the edge; a use case never commits. Who asks (``Actor``) and
what they may see (role and scope, set for this transaction only) travel with it. Statements are SQL text on the
driver's own connection, because a scan has a budget of a millisecond; SQLAlchemy describes the tables and migrates
them, and has no part in a request.
"""

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy.engine import URL

from wms.db.pool import Driver, Pool
from wms.kernel.clock import Clock, SystemClock
from wms.kernel.refusals import NotAllowed

T = TypeVar("T")
Kind = Literal["staff", "shop", "courier", "system"]
ROLE = {"staff": "wms_staff", "system": "wms_staff", "shop": "wms_shop", "courier": "wms_courier"}


FEW = 50
"""Keys up to this number share the plan for any number of them: for more, a plan from the days when the tables were small
would take half a minute."""
_HIDDEN = re.compile(r"\(select (\$\d+::\w+\[\])\)")


def counted(sql: str) -> str:
    """The same statement with arrays that the planner can count."""
    return _HIDDEN.sub(r"\1", sql)


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


class Clash(Exception):
    """Another transaction did the same at this moment. It is rolled back; tried again, it sees what the other has done."""


class Tx:
    """An open transaction with its actor, its clock and the id of the request that it serves."""

    def __init__(
        self,
        driver: Driver,
        actor: Actor,
        clock: Clock,
        request_id: str = "",
        key: str | None = None,
        *,
        database: str = "",
    ) -> None:
        self.driver = driver
        self.database = database
        self.actor = actor
        self.request_id = request_id
        self.key = key
        self.now: datetime = clock.now()

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

    async def planned(self, shape: type[T], sql: str, *args: Any) -> list[T]:
        """The same, planned for these very values and then forgotten.

        For thousands of rows at once, where the plan that serves any number would join them one by one. (Asking for
        such plans by ``plan_cache_mode`` would also plan the check of every foreign key anew, for each row.) From here on the
        transaction's statements are planned as PostgreSQL likes, not once for all values as in a request that writes.
        """
        await self.driver.execute("set local plan_cache_mode = auto")
        statement = await self.driver.prepare(sql)
        return [msgspec.convert(dict(r), shape, strict=False) for r in await statement.fetch(*args)]

    async def sized(self, shape: type[T], sql: str, keys: int, *args: Any) -> list[T]:
        """``all`` for a few keys, ``planned`` for many; in ``sql`` each array stands as ``(select $1::int[])``.

        The sub-select hides from the planner how short an array is: else it finds a plan for each call cheaper than one for
        all, and plans for 4 ms what takes 1 ms to do.
        """
        if keys <= FEW:
            return await self.all(shape, sql, *args)
        return await self.planned(shape, counted(sql), *args)

    async def run(self, sql: str, *args: Any) -> int:
        """Executes and tells how many rows were written."""
        tag = await self.driver.execute(sql, *args)
        last = tag.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    async def run_many(self, sql: str, args: Sequence[Sequence[Any]]) -> None:
        """One statement for many rows of values, in one round trip. For a set, prefer ``unnest``."""
        await self.driver.executemany(sql, args)


SETTINGS = {
    "application_name": "wms",
    "timezone": "UTC",
    # A transaction older than a minute is a fault; the event feed and the seals rely on the bound.
    "idle_in_transaction_session_timeout": "60s",
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    # What is worked with lies in memory or on an SSD. With the default, made for turning disks, statements read
    # whole tables of some thousand balances or places, and a scan costs PostgreSQL twice as much.
    "random_page_cost": "1.1",
}


async def connect(url: URL, *, patience: float | None = 60) -> Driver:
    """A connection of the application. jsonb parameters are JSON text, jsonb results come decoded.

    ``patience``: seconds for one statement, after which a server that does not answer is given up; None where the whole
    transaction is watched, as a timer for each statement is a sixth of what the driver costs.
    It keeps every statement of the product prepared; the driver's defaults would plan those of a busy floor anew
    every five minutes, and a long one at each call.
    """
    driver = await asyncpg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False),
        server_settings=SETTINGS,
        timeout=5,
        command_timeout=patience,
        statement_cache_size=1000,
        max_cached_statement_lifetime=0,
        max_cacheable_statement_size=64 * 1024,
    )
    try:
        await driver.set_type_codec(
            "jsonb", schema="pg_catalog", format="binary",
            encoder=lambda text: b"\x01" + text.encode(), decoder=lambda raw: msgspec.json.decode(raw[1:]),
        )  # fmt: skip
    except BaseException:
        driver.terminate()
        raise
    return driver


def is_near(url: URL) -> bool:
    """Whether the database runs on this machine: at a socket's folder or a loopback address."""
    host = str(url.query.get("host") or url.host or "")
    return host in ("", "localhost", "127.0.0.1", "::1") or host.startswith("/")


class Database:
    """The application's pool. Its login owns nothing and may only put on one of the group roles."""

    def __init__(
        self,
        url: URL,
        *,
        pool_size: int = 16,
        busy: int | None = None,
        longest: float | None = None,
        clock: Clock | None = None,
    ) -> None:
        """``busy`` and ``longest``: see ``Pool``; without ``longest`` each statement has a minute of its own."""
        self.url = url
        self.name = url.database or ""
        patience = 60 if longest is None else None
        self.pool = Pool(
            lambda: connect(url, patience=patience), pool_size, patience=10, busy=busy, longest=longest
        )
        self.clock: Clock = clock or SystemClock()

    @asynccontextmanager
    async def begin(
        self, actor: Actor = SYSTEM, *, request_id: str = "", key: str | None = None
    ) -> AsyncIterator[Tx]:
        """A transaction as ``actor``, for jobs, the CLI and tests; requests come in through ``wms.web.edge``.

        Committed when the block ends, rolled back when it raises.
        """
        async with self.pool.lent() as driver:
            await driver.execute("begin")
            await driver.fetchrow(
                SCOPE, ROLE[actor.kind], str(actor.shop_id), str(actor.carrier_id), actor.principal
            )
            yield Tx(driver, actor, self.clock, request_id, key, database=self.name)
            if driver.is_in_transaction():  # else whoever used it has ended it
                await driver.execute("commit")

    async def close(self) -> None:
        await self.pool.close()


SCOPE = """select set_config('role', $1, true), set_config('app.shop_id', $2, true),
  set_config('app.carrier_id', $3, true), set_config('app.principal', $4, true)"""
