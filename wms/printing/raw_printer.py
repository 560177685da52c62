"""A label printer on port 9100: asked with ``~HS``, sent ZPL, asked again whether it has it.

The port acknowledges nothing, so two things are told apart with care. Before the operating system has taken the first
byte of a label, nothing can have come out, and it may be sent again. After that, only the printer's own answer on the same
connection tells that it has read everything before it; without it, nobody knows.
"""

import asyncio
import contextlib
import socket
from types import TracebackType

from wms.printing.addresses import Place
from wms.printing.host_status import HostStatus, complete, read_status

CONNECT_S, ANSWER_S, SEND_S = 3.0, 4.0, 60.0
ASK = b"~HS\r\n"
MOST_ANSWER = 4096


class PrinterAway(Exception):
    """It could not be asked; nothing was sent. ``state``: *off*, *silent* or *odd*."""

    def __init__(self, state: str, why: str) -> None:
        self.state = state
        super().__init__(why)


class NothingSent(Exception):
    """Nothing of it can come out: the connection was gone before the first byte left (``state`` *off*), or the printer
    has no room for it now (*buffer_full*)."""

    def __init__(self, why: str, state: str = "off") -> None:
        self.state = state
        super().__init__(why)


class CutOff(Exception):
    """The connection broke when something had been sent: what came of it, nobody knows."""


class RawPrinter:
    """``async with RawPrinter(place) as p``: one connection. Raises ``PrinterAway`` when there is none to be had."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.socket: socket.socket | None = None

    async def __aenter__(self) -> "RawPrinter":
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_S):
                self.socket = await _connected(loop, self.place)
        except TimeoutError as e:
            raise PrinterAway("off", f"no answer within {CONNECT_S:g} s") from e
        except OSError as e:
            raise PrinterAway("off", e.strerror or type(e).__name__) from e
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.socket is not None:
            self.socket.close()

    async def status(self) -> HostStatus:
        """Raises ``PrinterAway``."""
        assert self.socket is not None
        loop = asyncio.get_running_loop()
        answer = b""
        try:
            async with asyncio.timeout(ANSWER_S):
                await loop.sock_sendall(self.socket, ASK)
                while not complete(answer) and len(answer) < MOST_ANSWER:
                    got = await loop.sock_recv(self.socket, 1024)
                    if not got:
                        raise PrinterAway("silent", "it hung up without an answer")
                    answer += got
        except TimeoutError as e:
            raise PrinterAway("silent", f"no answer to ~HS within {ANSWER_S:g} s") from e
        except OSError as e:
            raise PrinterAway("off", e.strerror or type(e).__name__) from e
        try:
            return read_status(answer)
        except (ValueError, IndexError) as e:
            raise PrinterAway("odd", str(e)[:200]) from e

    async def send(self, zpl: bytes) -> None:
        """Raises ``NothingSent`` or ``CutOff``. That it returns means only that the system has taken the bytes."""
        assert self.socket is not None
        try:
            taken = self.socket.send(
                zpl
            )  # the socket does not block: it takes what fits, or tells that it is dead
        except BlockingIOError:
            taken = 0
        except OSError as e:
            raise NothingSent(e.strerror or type(e).__name__) from e
        try:
            async with asyncio.timeout(SEND_S):
                await asyncio.get_running_loop().sock_sendall(self.socket, zpl[taken:])
        except (TimeoutError, OSError) as e:
            raise CutOff(str(e) or type(e).__name__) from e


async def _connected(loop: asyncio.AbstractEventLoop, place: Place) -> socket.socket:
    """A connection to the first of its addresses that takes one. Raises ``OSError``."""
    found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    last: OSError = OSError("the name has no address")
    for family, kind, protocol, _, address in found:
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        with contextlib.suppress(OSError):
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            await loop.sock_connect(made, address)
        except BaseException as e:
            made.close()
            if not isinstance(e, OSError) or isinstance(e, TimeoutError):
                raise
            last = e
            continue
        return made
    raise last
