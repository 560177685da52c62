"""IPP and the control addresses of a virtual printer, over HTTP on loopback."""

import asyncio
from typing import Any

import h11
import msgspec

from wms.kernel.door import Door, reset
from wms.printing import ipp
from wms.printing.simulator.raw_server import RawServer
from wms.printing.simulator.virtual_printer import Change, Fault, VirtualPrinter

MOST = 64 * 1024 * 1024
IDLE, STOPPED = 3, 5
PENDING, STOPPED_JOB, ABORTED, DONE = 3, 6, 8, 9
OK, NOT_FOUND, NO_OPERATION, IS_BUSY = 0x0000, 0x0406, 0x0501, 0x0507


class HttpServer:
    """``async with HttpServer(printer, raw)``: serves at ``port`` until the block ends."""

    def __init__(
        self, printer: VirtualPrinter, raw: RawServer | None, port: int = 0, host: str = "127.0.0.1"
    ) -> None:
        self.printer, self.raw, self.door = printer, raw, Door(self._talk, port, host)

    @property
    def port(self) -> int:
        return self.door.port

    @property
    def uri(self) -> str:
        return f"ipp://{self.door.host}:{self.port}/ipp/print"

    async def __aenter__(self) -> "HttpServer":
        await self.door.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.door.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        wire = h11.Connection(h11.SERVER)
        while (asked := await _read(wire, reader)) is not None:
            method, path, body = asked
            if path.startswith("/__sim/"):
                status, media, out = await self._control(method, path, body)
            elif not self.printer.power:
                reset(writer)
                return
            else:
                answered = self._ipp(body)
                if answered is None:
                    reset(writer)
                    return
                status, media, out = 200 if answered else 503, b"application/ipp", answered
            head = [(b"content-type", media), (b"content-length", str(len(out)).encode())]
            writer.write(
                (wire.send(h11.Response(status_code=status, headers=head)) or b"")
                + (wire.send(h11.Data(data=out)) or b"")
                + (wire.send(h11.EndOfMessage()) or b"")
            )
            await writer.drain()
            if wire.our_state is not h11.DONE or wire.their_state is not h11.DONE:
                return
            wire.start_next_cycle()

    async def _control(self, method: str, path: str, body: bytes) -> tuple[int, bytes, bytes]:
        p = self.printer
        try:
            match (method, path.removeprefix("/__sim/")):
                case ("POST", "change"):
                    p.change(msgspec.json.decode(body, type=Change))
                    if self.raw is not None:
                        await (self.raw.switch_on() if p.power else self.raw.switch_off())
                case ("POST", "faults"):
                    p.faults.append(msgspec.json.decode(body, type=Fault))
                case ("DELETE", "faults"):
                    p.faults.clear()
                case ("GET", "state"):
                    pass
                case _:
                    return _json({"error": "no such address"}, 404)
        except msgspec.MsgspecError as e:
            return _json({"error": str(e)}, 422)
        state = {
            "power": p.power, "paper": p.paper, "head_open": p.head_open, "paused": p.paused, "asked": p.asked,
            "labels": len(p.labels), "sheets": len(p.sheets), "waiting": len(p.waiting),
        }  # fmt: skip
        return _json(state, 200)

    def _ipp(self, body: bytes) -> bytes | None:
        """None: the connection breaks; nothing: HTTP 503."""
        p = self.printer
        try:
            asked = ipp.parse(body)
        except ValueError:
            return ipp.answer(0x0400, 1, [])
        p.asked += 1
        if p.take("reset_before") or p.take("reset_at_once"):
            return None
        if asked.code == ipp.GET_PRINTER:
            return ipp.answer(OK, asked.request_id, [(ipp.PRINTER, self._about())])
        if asked.code == ipp.PRINT_JOB:
            if p.take("reset_in_label"):
                return None
            if p.take("busy"):
                return ipp.answer(IS_BUSY, asked.request_id, [])
            copies, name = asked.first("copies"), asked.first("job-name")
            number = p.accept(
                "pdf", asked.document, copies if isinstance(copies, int) else 1, str(name or "")
            )
            if p.take("reset_after"):
                return None
            return ipp.answer(OK, asked.request_id, [(ipp.JOB, self._job(number))])
        if asked.code == ipp.GET_JOB:
            wanted = asked.first("job-id")
            if p.take("job_error"):
                return b""
            if p.take("job_forgotten") or not isinstance(wanted, int) or not 0 < wanted <= p.numbers:
                return ipp.answer(NOT_FOUND, asked.request_id, [])
            about = self._stated(wanted, ABORTED) if p.take("job_aborted") else self._job(wanted)
            return ipp.answer(OK, asked.request_id, [(ipp.JOB, about)])
        return ipp.answer(NO_OPERATION, asked.request_id, [])

    def _about(self) -> bytes:
        p = self.printer
        reasons = [
            word
            for word, true in (
                ("media-empty-error", p.paper == 0),
                ("cover-open-error", p.head_open),
                ("paused", p.paused),
            )
            if true
        ]
        return (
            ipp.attribute(ipp.ENUM, "printer-state", STOPPED if reasons else IDLE)
            + ipp.attribute(ipp.KEYWORD, "printer-state-reasons", *(reasons or ["none"]))
            + ipp.attribute(ipp.BOOLEAN, "printer-is-accepting-jobs", not p.buffer_full)
            + ipp.attribute(
                ipp.MIME, "document-format-supported", "application/pdf", "application/octet-stream"
            )
        )

    def _job(self, number: int) -> bytes:
        state = DONE if number in self.printer.done else STOPPED_JOB if self.printer.blocked else PENDING
        return self._stated(number, state)

    def _stated(self, number: int, state: int) -> bytes:
        return ipp.attribute(ipp.INTEGER, "job-id", number) + ipp.attribute(ipp.ENUM, "job-state", state)


def _json(value: Any, status: int) -> tuple[int, bytes, bytes]:
    return status, b"application/json", msgspec.json.encode(value)


async def _read(wire: h11.Connection, reader: asyncio.StreamReader) -> tuple[str, str, bytes] | None:
    """The next request with its body; None when there is none."""
    method = path = ""
    body = b""
    while True:
        try:
            event = wire.next_event()
        except h11.RemoteProtocolError:
            return None
        if event is h11.NEED_DATA:
            wire.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            method, path = event.method.decode(), event.target.decode().partition("?")[0]
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > MOST:
                return None
        elif isinstance(event, h11.EndOfMessage):
            return method, path, body
        else:
            return None
