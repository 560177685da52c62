"""The one door to the network: sends a prepared call, bounds what comes back, and says what a network fault means.

What is sent and what comes back holds passwords, names and addresses, so neither is ever logged: a line has the
carrier, the name of the call, its host, status, bytes and milliseconds.

Whether a fault is ``Unavailable`` or ``Ambiguous`` turns on two questions. Does the call change anything at the carrier?
One that only reads can be repeated at will. And had the connection been made? Before that nothing can have arrived.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec
import structlog

from wms.carriers.account import Link
from wms.carriers.errors import Ambiguous, AuthFailed, CarrierError, RateLimited, Unavailable

log = structlog.get_logger("wms.carriers")
logging.getLogger("httpx").setLevel(logging.WARNING)  # its own lines have addresses with references in them

A = TypeVar("A")
B = TypeVar("B")
P = ParamSpec("P")

MOST_BYTES = 16 * 1024 * 1024
CONNECTIONS = 20
PATIENCE = 3
"""A whole answer may take so many times ``answer_s``, however slowly it drips."""
RETRY_AFTER_S, LONGEST_RETRY_S = 30.0, 3600.0


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A request, ready to go. ``name`` is for people, ``reads``: repeating it does no harm."""

    name: str
    method: str
    url: str
    reads: bool
    headers: Mapping[str, str] = {}
    query: Sequence[tuple[str, str]] = ()
    body: bytes | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """``headers`` in lower case; ``media_type`` without its parameters."""

    status: int
    media_type: str
    headers: Mapping[str, str]
    body: bytes
    reads: bool


@cache
def _trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def open_http() -> httpx.AsyncClient:
    """The client of one process for all carriers; whoever opens it closes it.

    No cookies, because two shops' accounts share a host; no redirects, because a password would follow them; nothing from
    the environment, because a ``.netrc`` would put its own passwords in.
    """
    jar = CookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        verify=_trusted(),
        cookies=jar,
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=15),
    )


class Wire:
    """One carrier's line."""

    def __init__(self, carrier: str, http: httpx.AsyncClient | None, link: Link) -> None:
        self.carrier, self.http = carrier, http
        self.timeout = httpx.Timeout(link.answer_s, connect=link.connect_s, pool=link.connect_s)
        self.whole_s = link.connect_s + link.answer_s * PATIENCE

    async def send(self, call: Call) -> Answer:
        """Any answer at all, whatever its status. Raises ``Unavailable``, ``Ambiguous``."""
        started, outcome, size = time.perf_counter(), "?", 0
        try:
            async with asyncio.timeout(self.whole_s):
                answer = await self._send(call)
            outcome, size = str(answer.status), len(answer.body)
            return answer
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as e:
            outcome = type(e).__name__
            raise what_it_means(call, e) from None
        finally:
            log.info(
                "carrier call", carrier=self.carrier, call=call.name, host=urlsplit(call.url).hostname,
                outcome=outcome, bytes=size, ms=round((time.perf_counter() - started) * 1000),
            )  # fmt: skip

    async def ask(
        self, call: Call, read: Callable[Concatenate[Answer, P], B], *args: P.args, **more: P.kwargs
    ) -> B:
        """Sends, and reads the answer with the carrier's own parser."""
        return understood(await self.send(call), read, *args, **more)

    async def _send(self, call: Call) -> Answer:
        if self.http is None:
            raise AssertionError("an adapter that calls must be given a client")
        headers = {"Accept-Encoding": "identity", "User-Agent": "wms"} | dict(call.headers)
        async with self.http.stream(
            call.method, call.url, params=list(call.query) or None, headers=headers, content=call.body,
            timeout=self.timeout,
        ) as response:  # fmt: skip
            if response.headers.get("content-encoding", "identity") != "identity":
                raise httpx.DecodingError("a packed answer, which nobody asked for")
            parts, size = [], 0
            async for part in response.aiter_raw():
                size += len(part)
                if size > MOST_BYTES:
                    raise httpx.DecodingError(f"the answer has more than {MOST_BYTES} bytes")
                parts.append(part)
            found = {k.lower(): v for k, v in response.headers.items()}
            media = found.get("content-type", "").partition(";")[0].strip().lower()
            return Answer(
                status=response.status_code,
                media_type=media,
                headers=found,
                body=b"".join(parts),
                reads=call.reads,
            )


async def each(work: Callable[[A], Awaitable[B]], items: Sequence[A], at_once: int = 4) -> list[B]:
    """One call for each item, a few at a time; the first that fails ends the others."""
    few = asyncio.Semaphore(at_once)

    async def one(item: A) -> B:
        async with few:
            return await work(item)

    tasks = [asyncio.ensure_future(one(i)) for i in items]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


def what_it_means(call: Call, e: Exception) -> CarrierError:
    """The words have no address in them: the kind of fault, and whether anything can have arrived."""
    kind = type(e).__name__
    if isinstance(e, NOT_SENT):
        return Unavailable(f"{call.name}: no connection ({kind})")
    if call.reads:
        return Unavailable(f"{call.name}: no whole answer ({kind})")
    return Ambiguous(f"{call.name}: sent, but no whole answer came ({kind})")


def junk(a: Answer, why: str) -> CarrierError:
    """An answer that says nothing: a call that changes things may well have been carried out."""
    return (Unavailable if a.reads else Ambiguous)(f"{why} (status {a.status})")


def understood(a: Answer, read: Callable[Concatenate[Answer, P], B], *args: P.args, **more: P.kwargs) -> B:
    """What ``read`` makes of the answer; one of another shape than agreed says nothing, and is junk."""
    try:
        return read(a, *args, **more)
    except (LookupError, TypeError, AttributeError, ValueError, ArithmeticError) as e:
        raise junk(a, f"the carrier's answer has another shape than agreed ({type(e).__name__})") from None


def checked(a: Answer) -> Answer:
    """Lets 2xx and plain refusals through. Raises ``RateLimited``, ``AuthFailed``, and for 3xx and 5xx what they leave open."""
    if a.status == 429:
        raise RateLimited(_retry_after(a.headers.get("retry-after", "")))
    if a.status in (401, 403):
        raise AuthFailed(f"the carrier refuses the account (status {a.status})")
    if a.status in (408, 425) or a.status >= 500 or a.status < 200 or 300 <= a.status < 400:
        raise junk(a, "the carrier's server is in trouble")
    return a


def _retry_after(text: str) -> float:
    """Seconds, from a number of them or a date; at least one, at most an hour."""
    try:
        if text.isdigit():
            seconds = float(text)
        else:
            seconds = (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (ValueError, TypeError):
        seconds = RETRY_AFTER_S
    return min(max(seconds, 1.0), LONGEST_RETRY_S)


def json_of(a: Answer) -> Any:
    """The body as JSON; a page of HTML where JSON is due is junk."""
    try:
        return msgspec.json.decode(a.body)
    except msgspec.DecodeError:
        raise junk(a, "the carrier's answer is no JSON") from None


def object_of(a: Answer) -> dict[str, Any]:
    found = json_of(a)
    if not isinstance(found, dict):
        raise junk(a, "the carrier's answer is no JSON object")
    return found
