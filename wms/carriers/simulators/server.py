"""The HTTP server under every simulator: plain HTTP/1.1 on one loopback socket, close enough to the wire to break it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import h11
import msgspec

from wms.carriers.simulators.faults import NOT_CARRIED_OUT, Fault, Plan
from wms.kernel.door import Door, reset

MOST_BODY = 4 * 1024 * 1024
PAGE = b"<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Przerwa techniczna</h1></body></html>"


class Request(msgspec.Struct, frozen=True):
    """``headers`` in lower case."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes

    def first(self, name: str) -> str | None:
        return next((v for k, v in self.query if k == name), None)


class Reply(msgspec.Struct, frozen=True):
    status: int
    body: bytes = b""
    media_type: str = "application/json"
    headers: dict[str, str] = {}


def in_json(value: Any, status: int = 200) -> Reply:
    return Reply(status, msgspec.json.encode(value))


class Simulated(Protocol):
    """One carrier behind the server."""

    code: str

    def name_of(self, r: Request) -> str:
        """The name of the call, as faults know it; empty for an address that the carrier has not."""
        ...

    def answer(self, call: str, r: Request) -> Reply: ...

    def refuse(self, kind: str, call: str, r: Request) -> Reply:
        """How this carrier says that a session is ``expired`` or an account ``denied``."""
        ...

    def control(self, what: str, r: Request) -> Reply | None:
        """Its own addresses under ``/__sim/``; None for one that it does not know."""
        ...


class Simulator:
    """``async with Simulator(InPost()) as sim``: serves at ``sim.url`` until the block ends."""

    def __init__(self, carrier: Simulated, port: int = 0) -> None:
        self.carrier, self.plan = carrier, Plan()
        self.calls: list[str] = []
        self.door = Door(self._talk, port)

    @property
    def port(self) -> int:
        return self.door.port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> "Simulator":
        await self.door.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.door.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = h11.Connection(h11.SERVER)
        while (r := await _read(wire, reader)) is not None:
            reply = await self._reply(r, writer)
            if reply is None:
                return
            writer.write(_head(wire, reply) + _rest(wire, reply))
            await writer.drain()
            if wire.our_state is not h11.DONE or wire.their_state is not h11.DONE:
                return
            wire.start_next_cycle()

    async def _reply(self, r: Request, writer: asyncio.StreamWriter) -> Reply | None:
        """None: the connection is over."""
        if r.path.startswith("/__sim/"):
            return self._control(r)
        call = self.carrier.name_of(r)
        self.calls.append(call or r.path)
        if not call:
            return in_json({"status": 404, "error": "no_such_address"}, 404)
        fault = self.plan.take(call)
        if fault is None:
            return self.carrier.answer(call, r)
        return await self._misbehave(fault, call, r, writer)

    async def _misbehave(self, f: Fault, call: str, r: Request, writer: asyncio.StreamWriter) -> Reply | None:
        reply = Reply(200)
        if f.kind not in NOT_CARRIED_OUT:
            for _ in range(2 if f.kind == "twice" else 1):
                reply = self.carrier.answer(call, r)
        match f.kind:
            case "hang_before" | "hang_after":
                await asyncio.sleep(f.seconds)
                return None
            case "reset_before" | "reset_after":
                reset(writer)
                return None
            case "reset_in_body":
                whole = _head(h11.Connection(h11.SERVER), reply, answered=True) + reply.body
                writer.write(whole[: max(len(whole) - max(len(reply.body) // 2, 1), 20)])
                await writer.drain()
                await asyncio.sleep(0.02)  # so that the half arrives before the reset overtakes it
                reset(writer)
                return None
            case "error_before" | "error_after":
                return Reply(f.status, PAGE, "text/html")
            case "junk" | "junk_before":
                return Reply(200, PAGE, "text/html")
            case "slow":
                await asyncio.sleep(f.seconds)
            case "limited":
                return Reply(429, b"{}", headers={"Retry-After": str(int(f.seconds))})
            case "expired" | "denied":
                return self.carrier.refuse(f.kind, call, r)
        return reply

    def _control(self, r: Request) -> Reply:
        what = r.path.removeprefix("/__sim/")
        if what == "faults" and r.method == "POST":
            try:
                self.plan.add(msgspec.json.decode(r.body, type=Fault))
            except msgspec.DecodeError as e:
                return in_json({"error": str(e)}, 400)
            return Reply(204)
        if what == "faults" and r.method == "DELETE":
            self.plan.faults.clear()
            return Reply(204)
        if what == "calls":
            return in_json(self.calls)
        return self.carrier.control(what, r) or in_json({"error": "no such control"}, 404)


async def _read(wire: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    head: h11.Request | None = None
    body = b""
    while True:
        try:
            event = wire.next_event()
        except h11.RemoteProtocolError:
            return None  # it does not speak HTTP
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST_BODY:
                return None
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            parts = urlsplit(head.target.decode("ascii"))
            headers = {k.decode().lower(): v.decode("latin-1") for k, v in head.headers}
            query = parse_qsl(parts.query, keep_blank_values=True)
            return Request(head.method.decode(), unquote(parts.path), query, headers, body)
        else:  # closed, or nonsense
            return None


def _head(wire: h11.Connection, reply: Reply, *, answered: bool = False) -> bytes:
    if answered:  # a connection of its own, so that the real one's state does not stand in the way
        wire.receive_data(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        wire.next_event()
    headers = {"Content-Type": reply.media_type, "Content-Length": str(len(reply.body))} | reply.headers
    if reply.status == 204:
        headers = dict(reply.headers)
    return wire.send(h11.Response(status_code=reply.status, headers=list(headers.items()))) or b""


def _rest(wire: h11.Connection, reply: Reply) -> bytes:
    data = b"" if reply.status == 204 else wire.send(h11.Data(data=reply.body)) or b""
    return data + (wire.send(h11.EndOfMessage()) or b"")
