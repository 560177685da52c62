"""Request id, one structured log line and one histogram entry per request. No names, no bodies, no tokens."""

import logging
import time
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import structlog
from litestar import get
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.response import Response
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, Histogram, generate_latest

log = structlog.get_logger()

SECONDS = Histogram(
    "wms_request_seconds",
    "Time from the request to the last byte of the answer",
    ("method", "route", "status"),
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10),
)


def setup_logging(level: int = logging.INFO) -> None:
    """JSON lines on standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


class Telemetry(ASGIMiddleware):
    """Outermost: sees every answer, whatever made it."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        started = time.perf_counter()
        given = dict(scope["headers"]).get(b"x-request-id", b"").decode("ascii", "ignore")
        request_id = given if 8 <= len(given) <= 64 and given.isalnum() else uuid4().hex
        scope["state"]["request_id"] = request_id
        status = 500

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await next_app(scope, receive, tell)
        finally:
            took = time.perf_counter() - started
            route: Mapping[str, Any] = scope.get("path_template", "") or scope["path"]  # type: ignore[assignment]
            SECONDS.labels(scope["method"], route, status).observe(took)  # type: ignore[typeddict-item]
            refusal = scope["state"].get("refusal")
            log.info(
                "request",
                request_id=request_id,
                method=scope["method"],  # type: ignore[typeddict-item]
                route=route,
                status=status,
                ms=round(took * 1000, 2),
                refusal=refusal.code if refusal else None,
                actor=scope["state"]["actor"].principal if "actor" in scope["state"] else None,
            )


@get("/metrics", public=True, sync_to_thread=False, include_in_schema=False)
def metrics() -> Response[bytes]:
    """Prometheus metrics of this process; the proxy keeps them from the outside world."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
