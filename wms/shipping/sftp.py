"""Laying files down on a carrier's SFTP server: first as ``name.tmp``, then under their name, so that none is read half.

The server must show the key that was pinned. Nothing of the account that runs us is used: no agent, no key files, no
configuration of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Protocol

import asyncssh

BLOCK = 32_768
"""Bytes: what every server takes at once."""
CONNECT_S, LOGIN_S, START_S, SEND_S, TIDY_S = 10.0, 20.0, 20.0, 120.0, 5.0
"""To connect, to log in, to begin the file service; for one file from opening it to its name; to tidy up and part."""
TMP = ".tmp"


class Server(Protocol):
    """Where to."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def user(self) -> str: ...
    @property
    def host_key(self) -> str: ...
    @property
    def folder(self) -> str: ...


class DropFailed(Exception):
    """``code``: sftp-auth, sftp-host-key, sftp-folder (a person must act), sftp-refused, sftp-unreachable (wait)."""

    def __init__(self, code: str, why: str) -> None:
        self.code = code
        super().__init__(why)


NEEDS_PERSON = frozenset({"sftp-auth", "sftp-host-key", "sftp-folder", "sftp-settings"})


class Drop:
    """An open connection; ``put`` may be called for one file after another."""

    def __init__(self, client: asyncssh.SFTPClient, folder: str) -> None:
        self.client, self.folder = client, folder.rstrip("/")

    async def put(self, name: str, content: bytes) -> None:
        """The file under its name, whole; over one of the same name. Raises ``DropFailed``."""
        path = f"{self.folder}/{name}" if self.folder else name
        with _said():
            try:
                async with asyncio.timeout(SEND_S):
                    await self._put(name, path, content)
            except asyncssh.SFTPError:
                with suppress(asyncssh.Error, OSError, TimeoutError):
                    async with asyncio.timeout(TIDY_S):
                        await self.client.remove(path + TMP)
                raise

    async def _put(self, name: str, path: str, content: bytes) -> None:
        # no context, whose end would wait for a server that says nothing; one block after the other, because those that
        # the library writes beside each other are not waited for when the time is up
        f = await self.client.open(path + TMP, "wb", block_size=0)
        for at in range(0, len(content), BLOCK):
            await f.write(content[at : at + BLOCK])
        await f.close()
        size = (await self.client.stat(path + TMP)).size
        if size is not None and size != len(content):
            raise DropFailed("sftp-refused", f"{name}: {size} of {len(content)} bytes arrived")
        await self._rename(path)

    async def _rename(self, path: str) -> None:
        try:
            await self.client.posix_rename(path + TMP, path)
        except asyncssh.SFTPOpUnsupported:  # then there must be none of that name
            with suppress(asyncssh.SFTPNoSuchFile):
                await self.client.remove(path)
            await self.client.rename(path + TMP, path)


class _said:
    """Turns what the library raises into ``DropFailed``."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, e: BaseException | None, trace: object) -> None:
        if e is None or isinstance(e, DropFailed) or not isinstance(e, Exception):
            return
        if isinstance(e, asyncssh.HostKeyNotVerifiable):
            raise DropFailed("sftp-host-key", f"the server shows another key than the pinned one: {e}") from e
        if isinstance(e, asyncssh.PermissionDenied):
            raise DropFailed("sftp-auth", f"the server refused the login: {e}") from e
        if isinstance(e, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath | asyncssh.SFTPPermissionDenied):
            raise DropFailed("sftp-folder", f"the folder does not take the file: {e}") from e
        if isinstance(e, asyncssh.SFTPConnectionLost | asyncssh.SFTPNoConnection):
            raise DropFailed("sftp-unreachable", f"the connection was lost: {e}") from e
        if isinstance(e, asyncssh.SFTPError):
            raise DropFailed("sftp-refused", f"the server did not take the file: {e}") from e
        if isinstance(e, asyncssh.Error | OSError | TimeoutError):
            raise DropFailed(
                "sftp-unreachable", f"{type(e).__name__}: {e}" if str(e) else "no answer in time"
            ) from e


@asynccontextmanager
async def open_drop(server: Server, secret: Mapping[str, str]) -> AsyncIterator[Drop]:
    """``secret``: ``password``, or ``private_key``. Raises ``DropFailed``."""
    try:
        private = secret.get("private_key")
        keys = [asyncssh.import_private_key(private)] if private else []
        pinned = asyncssh.import_public_key(server.host_key)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError, ValueError) as e:
        raise DropFailed("sftp-settings", f"the stored key cannot be used: {e}") from None
    with _said():
        connection = await asyncssh.connect(
            server.host,
            server.port,
            username=server.user,
            password=secret.get("password"),
            client_keys=keys,
            known_hosts=([pinned], [], []),
            agent_path=None,
            config=None,
            connect_timeout=CONNECT_S,
            login_timeout=LOGIN_S,
            keepalive_interval=15,
        )
    try:
        with _said():
            async with asyncio.timeout(START_S):
                client = await connection.start_sftp_client()
        yield Drop(client, server.folder)
    finally:
        connection.close()
        with suppress(asyncssh.Error, OSError, TimeoutError):
            await asyncio.wait_for(connection.wait_closed(), TIDY_S)
        connection.abort()
