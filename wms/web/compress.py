"""Pages travel compressed. Outermost, so that what the edge stores for a retry is plain."""

import zlib
from typing import Any

from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

LEAST = 600
"""Bytes below which a packet is sent anyway."""


def gzipped(body: bytes) -> bytes:
    engine = zlib.compressobj(5, zlib.DEFLATED, 31)
    return engine.compress(body) + engine.flush()


def compressed(app: ASGIApp) -> ASGIApp:
    """``app`` with its whole HTML answers compressed for whoever takes that; streams and the API are left alone."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or b"gzip" not in dict(scope["headers"]).get(
            b"accept-encoding", b""
        ):
            await app(scope, receive, send)
            return
        start: list[Any] = []

        async def smaller(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = {k.lower(): v for k, v in message["headers"]}
                html = headers.get(b"content-type", b"").startswith(b"text/html")
                if html and b"content-encoding" not in headers:
                    start.append(message)
                    return
            elif start:
                first = start.pop()
                body: Any = message.get("body", b"")
                if not message.get("more_body") and len(body) >= LEAST:
                    body = gzipped(body)
                    kept = [(k, v) for k, v in first["headers"] if k.lower() != b"content-length"]
                    first["headers"] = [
                        *kept, (b"content-encoding", b"gzip"), (b"content-length", str(len(body)).encode()),
                    ]  # fmt: skip
                    message["body"] = body  # type: ignore[typeddict-unknown-key]
                await send(first)
            await send(message)

        await app(scope, receive, smaller)

    return serve
