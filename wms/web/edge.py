"""The unit of work around every request that is not public."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import asyncpg
import msgspec
import sqlalchemy.exc
from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from wms.db.tx import Actor, Database, Tx
from wms.events.log import Event, record
from wms.kernel.ids import hash_token
from wms.kernel.refusals import NotAllowed, Refusal
from wms.kernel.text import pick_lang
from wms.web.access import allowed, mark
from wms.web.errors import DatabaseGone, KeyNeeded, KeyReused, SignInNeeded
from wms.web.problems import MEDIA_TYPE, of_refusal

# One statement: who is it, what may they see from here on, and was this very request answered before?
# The group role is put on while the statement runs; its own reads are done as the login, which may read these tables.
OPEN_STAFF = """
with who as materialized (
  select 'staff' as kind, p.id, p.name, p.roles, 0 as shop_id, 0::bigint as carrier_id, s.device_id,
         s.id as session_id, p.language, s.seen_at < now() - interval '1 minute' as stale
  from session s join person p on p.id = s.person_id
  where s.token_hash = $1 and s.revoked_at is null and s.expires_at > now() and p.active
    and (not s.floor or s.seen_at > now() - interval '30 minutes')
), stored as materialized (
  select r.request_hash, r.status, r.media_type, r.body
  from idempotent_request r join who on r.principal = 'staff:' || who.id where r.key = $2
)
select who.*, stored.*, set_config('app.shop_id', '0', true), set_config('app.carrier_id', '0', true),
       set_config('app.principal', 'staff:' || who.id, true), set_config('role', 'wms_staff', true)
from who left join stored on true
"""
OPEN_KEY = """
with who as materialized (
  select k.kind, k.id, k.name, k.scopes as roles, coalesce(k.shop_id, 0) as shop_id,
         coalesce(k.carrier_id, 0) as carrier_id, null::bigint as device_id, null::bigint as session_id,
         coalesce(sh.language, 'en') as language, false as stale
  from api_key k left join shop sh on sh.id = k.shop_id
  where k.token_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    and coalesce(sh.active, true)
), stored as materialized (
  select r.request_hash, r.status, r.media_type, r.body
  from idempotent_request r join who on r.principal = who.kind || ':' || who.id where r.key = $2
)
select who.*, stored.*, set_config('app.shop_id', who.shop_id::text, true),
       set_config('app.carrier_id', who.carrier_id::text, true),
       set_config('app.principal', who.kind || ':' || who.id, true), set_config('role', 'wms_' || who.kind, true)
from who left join stored on true
"""
STORE = """insert into idempotent_request (principal, key, shop_id, request_hash, status, media_type, body)
values ($1, $2, $3, $4, $5, $6, $7)"""

KEY = re.compile(r"[\x21-\x7e]{1,100}")
TRIES = 4
GONE = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    OSError,
    TimeoutError,
    sqlalchemy.exc.TimeoutError,
    sqlalchemy.exc.InterfaceError,
)
CLASH = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError, asyncpg.LockNotAvailableError)


def is_gone(e: BaseException) -> bool:
    """Whether the database could not be reached, as opposed to having said no."""
    if isinstance(e, sqlalchemy.exc.DBAPIError):
        return bool(e.connection_invalidated) or isinstance(e.orig.__cause__ if e.orig else None, GONE)
    return isinstance(e, GONE)


class Answer(msgspec.Struct):
    """A whole response, held back until it may be sent."""

    start: Message | None = None
    body: bytearray = msgspec.field(default_factory=bytearray)

    async def hold(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    @property
    def status(self) -> int:
        assert self.start is not None
        return int(self.start["status"])  # type: ignore[typeddict-item]

    @property
    def media_type(self) -> str:
        assert self.start is not None
        headers: Any = self.start["headers"]  # type: ignore[typeddict-item]
        return next((v.decode() for k, v in headers if k.lower() == b"content-type"), "application/json")

    async def send(self, send: Send) -> None:
        assert self.start is not None
        await send(self.start)
        await send({"type": "http.response.body", "body": bytes(self.body), "more_body": False})


async def send_plain(send: Send, status: int, media_type: str, body: bytes, **headers: str) -> None:
    """A response that no handler made: a stored answer, or a refusal of the edge."""
    found = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    found += [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": found})
    await send({"type": "http.response.body", "body": body, "more_body": False})


class UnitOfWork(ASGIMiddleware):
    """Opens the transaction, checks the route's mark, runs the handler, stores the answer, commits, sends.

    A deadlock or a lost race for the same idempotency key runs the handler again in a new transaction; nothing was
    sent and nothing was committed, so nobody notices.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, database: Database) -> None:
        self.database = database

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        opt = scope["route_handler"].opt
        scope["state"].setdefault("request_id", uuid4().hex)
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        allow = None if scope["method"] in ("OPTIONS", "HEAD") and "allow" not in opt else mark(opt)  # type: ignore[typeddict-item]
        if allow is None:
            await next_app(scope, receive, send)
            return
        try:
            await self.work(request, opt, allow, send, next_app)
        except Refusal as refusal:  # the edge's own; handlers' refusals are answers by now
            scope["state"]["refusal"] = refusal
            lang = pick_lang(request.headers.get("accept-language"))
            problem = of_refusal(refusal, lang, scope["state"]["request_id"])
            extra = {"retry_after": "2"} if refusal.status == 503 else {}
            if refusal.status == 401:
                extra["www_authenticate"] = "Bearer"
            await send_plain(send, refusal.status, MEDIA_TYPE, msgspec.json.encode(problem), **extra)

    async def work(
        self,
        request: Request[Any, Any, Any],
        opt: Mapping[str, Any],
        allow: frozenset[str],
        send: Send,
        app: ASGIApp,
    ) -> None:
        key = request.headers.get("idempotency-key")
        needs_key = request.method == "POST" and opt.get("idempotent", True)
        if not needs_key:
            key = None
        token = bearer(request)
        body = await request.body()
        request_hash = hashlib.sha256(f"{request.method} {request.scope['path']}\n".encode() + body).digest()
        for attempt in range(TRIES):
            last = attempt == TRIES - 1
            try:
                if await self.attempt(request, token, key, needs_key, request_hash, allow, send, app, last):
                    return
            except (*GONE, sqlalchemy.exc.SQLAlchemyError) as e:
                if not is_gone(e):
                    raise
                if last:
                    raise DatabaseGone from e
            await asyncio.sleep(0.02 * (attempt + 1) ** 2)
        raise DatabaseGone

    async def attempt(
        self,
        request: Request[Any, Any, Any],
        token: str,
        key: str | None,
        needs_key: bool,
        request_hash: bytes,
        allow: frozenset[str],
        send: Send,
        app: ASGIApp,
        last: bool,
    ) -> bool:
        """One try. False when another transaction was in the way and it should be tried again."""
        scope, state = request.scope, request.scope["state"]
        for left in ("refusal", "fault"):
            state.pop(left, None)
        held = Answer()
        opening = OPEN_STAFF if token.startswith("wms_se_") else OPEN_KEY
        async with self.database.engine.connect() as connection:
            transaction = await connection.begin()
            row = (await connection.exec_driver_sql(opening, (hash_token(token), key or ""))).first()
            if row is None:
                raise SignInNeeded
            actor = actor_of(row)
            state["actor"] = actor
            if not allowed(actor, allow):
                raise NotAllowed
            if needs_key and (key is None or not KEY.fullmatch(key)):
                raise KeyNeeded
            if row.status is not None:
                if row.request_hash != request_hash:
                    raise KeyReused
                await transaction.rollback()
                await send_plain(send, row.status, row.media_type, row.body, idempotent_replayed="true")
                return True
            driver = (await connection.get_raw_connection()).driver_connection
            assert driver is not None
            tx = Tx(connection, driver, actor, self.database.clock, state["request_id"], key)
            state["tx"] = tx
            await app(scope, request.receive, held.hold)
            if held.status < 400:
                try:
                    if key is not None:
                        await tx.run(
                            STORE, actor.principal, key, actor.shop_id, request_hash, held.status,
                            held.media_type, bytes(held.body),
                        )  # fmt: skip
                    if row.stale:
                        await self.seen(tx, actor)
                    await tx.close()
                    await transaction.commit()
                except asyncpg.UniqueViolationError:
                    await transaction.rollback()
                    return False  # the same request, at the same moment: the next try finds its answer
                await held.send(send)
                return True
            await transaction.rollback()
        return await self.refused(request, actor, key, request_hash, held, send, last)

    async def refused(
        self,
        request: Request[Any, Any, Any],
        actor: Actor,
        key: str | None,
        request_hash: bytes,
        held: Answer,
        send: Send,
        last: bool,
    ) -> bool:
        """After a rollback: try again, find the answer that a twin stored meanwhile, or send the refusal."""
        state = request.scope["state"]
        fault = state.get("fault")
        if fault is not None and (is_clash(fault) or is_gone(fault)):
            if not last:
                return False
            raise DatabaseGone from fault
        refusal: Refusal | None = state.get("refusal")
        if key is not None and refusal is not None:
            async with self.database.begin(actor, request_id=state["request_id"], key=key) as tx:
                twin = await tx.row(
                    "select request_hash, status, media_type, body from idempotent_request"
                    " where principal = $1 and key = $2",
                    actor.principal,
                    key,
                )
                if twin is not None and twin["request_hash"] == request_hash:
                    await send_plain(
                        send, twin["status"], twin["media_type"], twin["body"], idempotent_replayed="true"
                    )
                    return True
                if actor.kind == "staff":
                    await remember_refusal(tx, request, refusal)
        await held.send(send)
        return True

    async def seen(self, tx: Tx, actor: Actor) -> None:
        """Keeps a session in use alive; once a minute, not with every scan."""
        await tx.run("update session set seen_at = now() where id = $1", actor.session_id)


async def remember_refusal(tx: Tx, request: Request[Any, Any, Any], refusal: Refusal) -> None:
    """A refused scan is a mis-pick caught: it counts in the statistics and helps whoever asks what happened."""
    data = {"path": request.scope["path"], "key": tx.key, "status": refusal.status, "says": refusal.say("en")}
    await record(tx, Event(kind="refusal", subject="request", subject_id=0, ref=refusal.code, data=data))


def is_clash(e: BaseException) -> bool:
    return isinstance(e, CLASH) or isinstance(e.__cause__, CLASH)


def bearer(request: Request[Any, Any, Any]) -> str:
    """The token of the Authorization header, or of the page session's cookie."""
    header = request.headers.get("authorization", "")
    if header[:7].lower() == "bearer ":
        return header[7:].strip()
    cookie = request.cookies.get("wms_session", "")
    if not cookie:
        raise SignInNeeded
    return cookie


def actor_of(row: Any) -> Actor:
    return Actor(
        kind=row.kind,
        id=row.id,
        name=row.name,
        roles=frozenset(row.roles),
        shop_id=row.shop_id,
        carrier_id=row.carrier_id,
        device_id=row.device_id,
        session_id=row.session_id,
        language=row.language,
    )
