"""The unit of work around every request that is not public."""

import asyncio
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from weakref import WeakSet

import asyncpg
import msgspec
from litestar import Request
from litestar.enums import ScopeType
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from wms.db.pool import Driver
from wms.db.tx import Actor, Database, Tx
from wms.events.log import record, refused
from wms.kernel.ids import hash_token
from wms.kernel.refusals import NotAllowed, Refusal
from wms.web.access import allowed, mark
from wms.web.errors import (
    AnswerForgotten,
    Busy,
    DatabaseGone,
    ForeignForm,
    KeyNeeded,
    KeyReused,
    SignInNeeded,
)
from wms.web.held import Held, send_plain
from wms.web.html import csrf_right, is_page
from wms.web.problems import MEDIA_TYPE, describe, on_page
from wms.web.rates import Rates
from wms.web.troubles import is_clash, is_gone, is_slow, is_unreachable

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
       set_config('app.principal', 'staff:' || who.id, true), set_config('role', 'wms_staff', true),
       set_config('plan_cache_mode', $3, true)
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
       set_config('app.principal', who.kind || ':' || who.id, true), set_config('role', 'wms_' || who.kind, true),
       set_config('plan_cache_mode', $3, true)
from who left join stored on true
"""
STORE = """insert into idempotent_request (principal, key, shop_id, request_hash, status, media_type, body)
values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing"""
# The same, and the commit, in one message to the server, which takes no parameters then: they are spelt as hexadecimal digits.
# A twin that was faster is an error here, and nothing is committed.
KEEP = """prepare keep_answer (bytea, bytea, int, bytea, int, bytea, bytea) as
insert into idempotent_request (principal, key, shop_id, request_hash, status, media_type, body)
values (convert_from($1, 'UTF8'), convert_from($2, 'UTF8'), $3, $4, $5, convert_from($6, 'UTF8'), $7)"""
STORED = (
    "select request_hash, status, media_type, body from idempotent_request where principal = $1 and key = $2"
)

KEY = re.compile(r"[\x21-\x7e]{1,100}")
TRIES = 4
SAFE = ("GET", "HEAD", "OPTIONS")
REPLAYED = {"Idempotent-Replayed": "true"}
MANY = 20_000
"""Bytes of a request that may hold thousands of things."""
DRAINED = 50_000_000
"""Bytes of a request that is too large that are read all the same."""


Headers = Mapping[bytes, bytes]


class Asked(msgspec.Struct, frozen=True):
    """What the edge reads off a request before it opens the transaction. ``hash``: the same request, the same hash.
    ``foreign``: the cookie came, the mark of a page of that sign-in did not. ``plans``: PostgreSQL's way to plan its statements."""

    token: str
    key: str | None
    needs_key: bool
    hash: bytes
    allow: frozenset[str]
    foreign: bool = False
    plans: str = "auto"


class UnitOfWork(ASGIMiddleware):
    """Opens the transaction, checks the route's mark, runs the handler, stores the answer, commits, sends.

    A deadlock or a lost race for the same idempotency key runs the handler again in a new transaction; nothing was
    sent and nothing was committed, so nobody notices.
    """

    scopes = (ScopeType.HTTP,)

    def __init__(self, database: Database) -> None:
        self.database = database
        self.rates = Rates()
        self.ready: WeakSet[Driver] = WeakSet()  # connections that know KEEP

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        opt = scope["route_handler"].opt
        request: Request[Any, Any, Any] = Request(scope, receive, send)
        ours = scope["route_handler"].fn.__module__.startswith(
            "wms."
        )  # the documentation's routes have no mark
        allow = mark(opt) if ours and scope["method"] != "OPTIONS" else None  # type: ignore[typeddict-item]
        if allow is None:
            await next_app(scope, receive, send)
            return
        try:
            needs_key = request.method == "POST" and opt.get("idempotent", True)
            await self.work(request, await read(request, allow, needs_key), send, next_app)
        except Exception as e:  # the edge's own; what a handler raised is an answer by now
            if is_page(scope["path"]):
                await on_page(request, e).to_asgi_response(None, request)(scope, receive, send)
                return
            problem, headers = describe(request, e)
            await send_plain(send, problem.status, MEDIA_TYPE, msgspec.json.encode(problem), headers)

    async def work(self, request: Request[Any, Any, Any], asked: Asked, send: Send, app: ASGIApp) -> None:
        """Tries until there is an answer. Raises ``DatabaseGone`` or ``Busy`` when there is none to be had."""
        failure: Exception | None = None
        for attempt in range(TRIES):
            try:
                if await self.attempt(request, asked, send, app):
                    return
            except Refusal:
                raise
            except Exception as e:
                if is_slow(e):
                    raise Busy from e
                if not (is_clash(e) or is_unreachable(e)):
                    raise
                failure = e
            await asyncio.sleep(0.02 * (attempt + 1) ** 2)
        if failure is not None and is_unreachable(failure):
            raise DatabaseGone from failure
        raise Busy from failure

    async def attempt(self, request: Request[Any, Any, Any], asked: Asked, send: Send, app: ASGIApp) -> bool:
        """One try. False when a twin of the request was in the way; raises what the database raised."""
        state = request.scope["state"]
        for left in ("refusal", "fault"):
            state.pop(left, None)
        held = Held()
        opening = OPEN_STAFF if asked.token.startswith("wms_se_") else OPEN_KEY
        async with self.database.pool.lent() as driver:
            hashed = hash_token(asked.token)
            if opening is OPEN_KEY:
                await self.rates.spend(driver, hashed, state)
            await driver.execute("begin")
            row = await driver.fetchrow(opening, hashed, asked.key or "", asked.plans)
            if row is None:
                raise SignInNeeded
            actor = state["actor"] = actor_of(row)
            if asked.foreign:
                raise ForeignForm
            if not allowed(actor, asked.allow):
                raise NotAllowed
            if asked.needs_key and (asked.key is None or not KEY.fullmatch(asked.key)):
                raise KeyNeeded
            if row["status"] is not None:
                await driver.execute("rollback")
                await replay(send, row, asked)
                return True
            db = self.database
            tx = Tx(driver, actor, db.clock, state["request_id"], asked.key, database=db.name)
            state["tx"] = tx
            await app(request.scope, request.receive, held.hold)
            if held.status < 400:
                if row["stale"]:
                    await tx.run("update session set seen_at = now() where id = $1", actor.session_id)
                if asked.key is not None and driver not in self.ready:
                    await driver.execute(KEEP)
                    self.ready.add(driver)
                last = "commit" if asked.key is None else keep_and_commit(actor, asked, held)
                try:
                    done = await driver.execute(last)
                except asyncpg.UniqueViolationError as e:
                    if e.table_name != "idempotent_request":
                        raise
                    await driver.execute("rollback")
                    return False  # the same request, at the same moment: the next try finds its answer
                if done != "COMMIT":  # a failed transaction is rolled back without a word
                    raise RuntimeError(
                        "a statement failed and its error was swallowed; nothing was committed"
                    )
            else:
                await driver.execute("rollback")
        if held.status < 400:
            await held.send(send)
            return True
        fault = state.get("fault")
        if fault is not None and (is_clash(fault) or is_gone(fault) or is_slow(fault)):
            raise fault
        await self.refuse(request, actor, asked, held, send)
        return True

    async def refuse(
        self, request: Request[Any, Any, Any], actor: Actor, asked: Asked, held: Held, send: Send
    ) -> None:
        """Sends a refusal after its rollback, or the answer that a twin of the request got meanwhile.

        A scan keeps its refusal as it keeps its success: a retry is told the same and is not counted again. A shop
        that mends what was wrong may use its key again, because nothing happened under it.
        """
        state = request.scope["state"]
        refusal: Refusal | None = state.get("refusal")
        if asked.key is not None and refusal is not None and refusal.status < 500:
            async with self.database.begin(actor, request_id=state["request_id"], key=asked.key) as tx:
                scanned = actor.kind == "staff"
                if not scanned or not await store(tx, asked, held):
                    twin = await tx.row(STORED, actor.principal, asked.key)
                    if twin is not None and twin["request_hash"] == asked.hash:
                        await send_plain(send, twin["status"], twin["media_type"], twin["body"], REPLAYED)
                        return
                elif scanned:
                    await record(tx, refused(refusal, request.scope["path"], asked.key))
        await held.send(send)


async def read(request: Request[Any, Any, Any], allow: frozenset[str], needs_key: bool) -> Asked:
    """Raises ``SignInNeeded`` before the body is read, so that a stranger cannot make us hold it."""
    headers = dict(request.scope["headers"])  # the names are small letters (ASGI)
    token, by_cookie = bearer(request, headers)
    try:
        body = await request.body()
    except RequestEntityTooLarge:
        await drain(request)
        raise
    query: bytes = request.scope["query_string"]
    what = f"{request.method} {request.scope['path']}".encode() + (b"?" + query if query else b"") + b"\n"
    form = form_fields(headers, body)
    given = _text(headers, b"x-csrf") or form.get("_csrf", "")
    foreign = by_cookie and request.method not in SAFE and not csrf_right(token, given)
    key = (_text(headers, b"idempotency-key") or form.get("_key")) if needs_key else None
    # What writes finds its rows by key. Left to itself, each connection plans each of its statements, and each check of a
    # foreign key, six times before it settles on that plan. What comes by the thousand is planned for its number.
    plans = "auto" if request.method in SAFE or len(body) > MANY else "force_generic_plan"
    return Asked(token, key, needs_key, hashlib.sha256(what + body).digest(), allow, foreign, plans)


def _text(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1")


async def drain(request: Request[Any, Any, Any]) -> None:
    """Reads what is still to come and drops it: a connection closed before that loses the answer on its way."""
    left = DRAINED
    while left > 0 and (event := await request.receive())["type"] == "http.request":
        left -= len(event["body"])
        if not event.get("more_body", False):
            return


async def replay(send: Send, stored: Any, asked: Asked) -> None:
    """The answer of then. Raises ``KeyReused`` when it was to another request, ``AnswerForgotten`` when it is too old."""
    if stored["request_hash"] != asked.hash:
        raise KeyReused
    status, media_type, body = stored["status"], stored["media_type"], stored["body"]
    if body is None:
        raise AnswerForgotten
    if 300 <= status < 400:
        headers = REPLAYED | {"Location": body.decode()}
        await send_plain(send, status, media_type, b"", headers)
        return
    await send_plain(send, status, media_type, body, REPLAYED)


def keep_and_commit(actor: Actor, asked: Asked, held: Held) -> str:
    """The statements that keep the answer under the request's key and end the transaction."""
    assert asked.key is not None
    texts = (actor.principal.encode(), asked.key.encode(), held.media_type.encode())
    principal, key, media_type = (f"'\\x{t.hex()}'" for t in texts)
    body = bytes(held.body) or held.location
    return (
        f"execute keep_answer({principal}, {key}, {int(actor.shop_id)}, '\\x{asked.hash.hex()}', {int(held.status)}, "
        f"{media_type}, '\\x{body.hex()}'); commit"
    )


async def store(tx: Tx, asked: Asked, held: Held) -> bool:
    """Keeps a refusal under the request's key. False when a twin has kept its own; waits for one under way."""
    actor = tx.actor
    return (
        await tx.run(
            STORE,
            actor.principal,
            asked.key,
            actor.shop_id,
            asked.hash,
            held.status,
            held.media_type,
            bytes(held.body) or held.location,
        )
        == 1
    )


def form_fields(headers: Headers, body: bytes) -> dict[str, str]:
    """The hidden fields of a plain form; a browser cannot set headers without a script."""
    if not headers.get(b"content-type", b"").startswith(b"application/x-www-form-urlencoded"):
        return {}
    if b"_key=" not in body and b"_csrf=" not in body:
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=2000))


def bearer(request: Request[Any, Any, Any], headers: Headers) -> tuple[str, bool]:
    """The token of the Authorization header, or of the page session's cookie, and whether it was the cookie's."""
    header = _text(headers, b"authorization")
    if header[:7].lower() == "bearer ":
        return header[7:].strip(), False
    cookie = request.cookies.get("wms_session", "")
    if not cookie:
        raise SignInNeeded
    return cookie, True


def actor_of(row: Any) -> Actor:
    return Actor(
        kind=row["kind"],
        id=row["id"],
        name=row["name"],
        roles=frozenset(row["roles"]),
        shop_id=row["shop_id"],
        carrier_id=row["carrier_id"],
        device_id=row["device_id"],
        session_id=row["session_id"],
        language=row["language"],
    )
