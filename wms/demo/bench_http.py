"""A small HTTP/1.1 client for the benchmark: one kept-alive socket, no features, some 50 microseconds a request.

httpx needs longer for a request than the server for its answer; a benchmark through it would measure httpx.
"""

import asyncio
import time
from typing import Any
from uuid import uuid4

import msgspec

PREFIX = "/api/v1"


class Said(Exception):
    """The server's problem document where nobody expected one."""

    def __init__(self, status: int, body: bytes, path: str) -> None:
        self.status = status
        try:
            self.problem: dict[str, Any] = msgspec.json.decode(body)
        except msgspec.DecodeError:
            self.problem = {"detail": body[:200].decode(errors="replace")}
        self.code = str(self.problem.get("code", ""))
        super().__init__(f"{path}: {status} {self.code}: {self.problem.get('detail')}")


def raw_request(method: str, path: str, token: str, body: bytes = b"", key: str = "") -> bytes:
    """The bytes of one request; ``key`` is the idempotency key (made where it is left out)."""
    head = (
        f"{method} {PREFIX}{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {key or uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Wire:
    """One connection. ``times`` holds the seconds of every request sent with ``exchange``."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.times: list[float] = []

    async def exchange(self, raw: bytes) -> tuple[int, bytes]:
        """Status and body of the answer."""
        begun = time.perf_counter()
        self.writer.write(raw)
        head = await self.reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        at = lower.find(b"content-length:")
        if at >= 0:
            body = await self.reader.readexactly(int(lower[at + 15 : lower.index(b"\r\n", at)]))
        elif b"transfer-encoding: chunked" in lower:
            body = await self._chunks()
        else:
            body = b""
        self.times.append(time.perf_counter() - begun)
        return status, body

    async def _chunks(self) -> bytes:
        body = b""
        while size := int(await self.reader.readuntil(b"\r\n"), 16):
            body += (await self.reader.readexactly(size + 2))[:-2]
        await self.reader.readuntil(b"\r\n")
        return body

    async def call(self, method: str, path: str, token: str, body: Any = None) -> Any:
        """One request with its answer decoded. Raises ``Said`` for a refusal."""
        content = b"" if body is None else msgspec.json.encode(body)
        status, answer = await self.exchange(raw_request(method, path, token, content))
        if status >= 400:
            raise Said(status, answer, path)
        return msgspec.json.decode(answer) if answer[:1] in (b"{", b"[") else answer

    def close(self) -> None:
        self.writer.close()


async def connect(port: int) -> Wire:
    return Wire(*await asyncio.open_connection("127.0.0.1", port, limit=2**24))


def percentile(times: list[float], p: float) -> float:
    """The ``p``-th percentile (0 to 100) in milliseconds; 0 for no times."""
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * p / 100))] if ordered else 0.0
