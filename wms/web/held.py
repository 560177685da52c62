"""Answers that are held back until the transaction behind them is committed."""

from typing import Any

import msgspec
from litestar.types import Message, Send


class Held(msgspec.Struct):
    """A whole response, as the handler made it."""

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

    @property
    def location(self) -> bytes:
        """Where a redirection leads; empty for every other answer."""
        assert self.start is not None
        headers: Any = self.start["headers"]  # type: ignore[typeddict-item]
        return next((bytes(v) for k, v in headers if k.lower() == b"location"), b"")

    async def send(self, send: Send) -> None:
        assert self.start is not None
        await send(self.start)
        await send({"type": "http.response.body", "body": bytes(self.body), "more_body": False})


async def send_plain(
    send: Send, status: int, media_type: str, body: bytes, headers: dict[str, str] | None = None
) -> None:
    """A response that no handler made: a stored answer, or a refusal of the edge."""
    found = [(b"content-type", media_type.encode()), (b"content-length", str(len(body)).encode())]
    found += [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()]
    await send({"type": "http.response.start", "status": status, "headers": found})
    await send({"type": "http.response.body", "body": body, "more_body": False})
