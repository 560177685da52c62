"""Port 9100 of a virtual printer."""

import asyncio
import re

from wms.kernel.door import Door, reset
from wms.printing.host_status import write_status
from wms.printing.simulator.virtual_printer import VirtualPrinter

MOST = 8 * 1024 * 1024
_NEXT = re.compile(rb"~HS|\^XA.*?\^XZ", re.DOTALL)


class RawServer:
    """``async with RawServer(printer) as raw``: listens at ``raw.port`` while the printer's power is on."""

    def __init__(self, printer: VirtualPrinter, port: int = 0, host: str = "127.0.0.1") -> None:
        self.printer, self.door = printer, Door(self._talk, port, host)

    @property
    def port(self) -> int:
        return self.door.port

    async def __aenter__(self) -> "RawServer":
        await self.switch_on()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.switch_off()

    async def switch_on(self) -> None:
        await self.door.open()

    async def switch_off(self) -> None:
        """Nobody listens any more, and connections that were open break."""
        await self.door.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        p, held = self.printer, b""
        if p.take("reset_at_once"):
            reset(writer)
            return
        while got := await reader.read(65536):
            held += got
            while (found := _NEXT.search(held)) is not None:
                held = held[: found.start()] + held[found.end() :]
                if found[0] != b"~HS":
                    drawn = p.accept("zpl", found[0])
                    if drawn and b"^FD" in found[0] and p.take("reset_after"):
                        reset(writer)
                        return
                    continue
                p.asked += 1
                if p.take("reset_before"):
                    reset(writer)
                    return
                if slow := p.take("slow"):
                    await asyncio.sleep(slow.seconds)
                if p.take("silent"):
                    continue
                writer.write(write_status(p.status(partial=b"^XA" in held)))
                await writer.drain()
            if b"^XA" in held and b"^FD" in held and p.take("reset_in_label"):
                reset(writer)
                return
            if len(held) > MOST:
                return
