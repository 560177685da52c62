"""A TCP port of our own for rehearsals: what is connected when it closes breaks, as when somebody pulls the plug."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Door:
    """Listens at ``port`` (0: at any, kept from then on) while it is open. ``talk`` has one connection until it returns;
    what a caller does to its connection ends it without a word."""

    def __init__(self, talk: Talk, port: int = 0, host: str = "127.0.0.1") -> None:
        self.talk, self.port, self.host = talk, port, host
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(
                self._serve, self.host, self.port, limit=2**20, reuse_address=True
            )
            self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for task in list(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self.talk(reader, writer)
        except (OSError, EOFError):
            pass  # whoever called went away
        except asyncio.CancelledError:
            reset(writer)  # the door closes; nobody waits for this task but the one that ended it
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


def reset(writer: asyncio.StreamWriter) -> None:
    """A connection that ends with RST instead of a polite end."""
    found = writer.get_extra_info("socket")
    if found is not None:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
