"""Request id, one structured log line and one histogram entry per request. No names, no bodies, no tokens."""

import logging
import re
import secrets
import sys
import time
import traceback
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog
from litestar import get
from litestar.enums import ScopeType
from litestar.response import Response
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest
from structlog.typing import EventDict

log = structlog.get_logger()

GIVEN = re.compile(r"[0-9A-Za-z-]{8,64}")

SECONDS = Histogram(
    "wms_request_seconds",
    "Time from the request to the last byte of the answer",
    ("method", "route", "status"),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)


class RequestLine(msgspec.Struct, frozen=True, kw_only=True):
    """The line of one request, written as it is: the way through the logger's processors would be a twentieth of a scan."""

    request_id: str
    method: str
    route: str
    status: int
    ms: float
    refusal: str | None
    actor: str | None
    event: str = "request"
    level: str = "info"
    timestamp: datetime

    def write(self) -> None:
        sys.stdout.write(msgspec.json.encode(self).decode() + "\n")
        sys.stdout.flush()


def _json(event: Any, **_: Any) -> str:
    return msgspec.json.encode(event, enc_hook=str).decode()


def shape_of(e: BaseException) -> dict[str, Any]:
    """What was raised and where, never its own words: those of a database quote the row, with its names."""
    chain: list[BaseException] = []
    left = [e]
    while left:
        one = left.pop()
        if one in chain:
            continue
        chain.append(one)
        left += one.exceptions if isinstance(one, BaseExceptionGroup) else ()
        left += [x for x in (one.__cause__ or one.__context__,) if x is not None]
    return {
        "errors": [f"{type(x).__module__}.{type(x).__qualname__}" for x in chain],
        "constraint": next((c for x in chain if (c := getattr(x, "constraint_name", None))), None),
        "trace": "".join(
            line for x in reversed(chain) for line in traceback.format_tb(x.__traceback__)[-12:]
        ),
    }


def _without_words(_: Any, __: str, event: EventDict) -> EventDict:
    e = event.pop("exc_info", None)
    return {**event, **shape_of(e)} if isinstance(e, BaseException) else event


class _Lines(logging.Handler):
    """What libraries log in the standard way becomes lines like ours: the job queue reports a failed job so, and its words.

    The first line of a message says what; further ones of asyncio show the task, and in it the words of its error.
    """

    def emit(self, record: logging.LogRecord) -> None:
        raised = record.exc_info[1] if record.exc_info else None
        what = record.getMessage().partition("\n")[0]
        log.log(record.levelno, what, logger=record.name, exc_info=raised)


def setup_logging(level: int = logging.INFO) -> None:
    """JSON lines on standard output, without the words of errors."""
    if not any(isinstance(h, _Lines) for h in logging.root.handlers):
        logging.root.addHandler(_Lines(logging.WARNING))
    structlog.configure(
        processors=[
            _without_words,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def observed(app: ASGIApp) -> ASGIApp:
    """The whole application with its request ids, log lines and histogram; sees also what no route answers."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        started = time.perf_counter()
        method = scope["method"]
        state = scope.setdefault("state", {})
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("ascii", "ignore")
        request_id = given if given and GIVEN.fullmatch(given) else secrets.token_hex(16)
        state["request_id"] = request_id
        status = 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                more = ((b"x-request-id", request_id.encode()), *state.get("headers", ()))
                message["headers"] = [*message["headers"], *more]
            await send(message)

        try:
            await app(scope, receive, tell)
        finally:
            took = time.perf_counter() - started
            # never the path itself: it may hold what only its owner should know, and strangers make up paths
            route = scope.get("path_template") or "-"
            SECONDS.labels(method, route, status).observe(took)
            refusal = state.get("refusal")
            RequestLine(
                request_id=request_id,
                method=method,
                route=route,
                status=status,
                ms=round(took * 1000, 2),
                refusal=refusal.code if refusal else None,
                actor=state["actor"].principal if "actor" in state else None,
                timestamp=datetime.now(UTC),
            ).write()

    return serve


@get("/metrics", public=True, sync_to_thread=False, include_in_schema=False)
def metrics() -> Response[bytes]:
    """Prometheus metrics of this process; the proxy keeps them from the outside world."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
