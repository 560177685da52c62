"""A real SFTP server on loopback, in this process: a folder, a user, and trouble on demand."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "wms", "geheim-7"


@dataclass
class Served:
    """``trouble``: full (the disk), cut (the connection goes in the middle of a file), hangs (the file is there and is never
    looked at), stuck (nothing is written and no file closed). ``logins`` that were tried."""

    port: int
    host_key: str
    root: Path
    trouble: str = ""
    user_key: str = ""
    logins: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def files(self) -> dict[str, bytes]:
        return {p.name: p.read_bytes() for p in sorted((self.root / "in").iterdir())}


class Deaf(asyncssh.SSHServerSession[bytes]):
    """Takes the request for the file service and never says a word."""

    def subsystem_requested(self, subsystem: str) -> bool:
        return True


class Door(asyncssh.SSHServer):
    def __init__(self, served: Served) -> None:
        self.served = served

    def session_requested(self) -> Deaf:
        return Deaf()

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return not self.served.user_key

    def validate_password(self, username: str, password: str) -> bool:
        self.served.logins.append(username)
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return bool(self.served.user_key)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self.served.logins.append(username)
        return (
            username == USER
            and key.export_public_key()
            == asyncssh.import_public_key(self.served.user_key).export_public_key()
        )


@asynccontextmanager
async def sftp_server(root: Path, *, deaf: bool = False) -> AsyncIterator[Served]:
    """``root``/in is the folder that takes files. ``deaf``: it lets in and never says a word."""
    (root / "in").mkdir(parents=True)
    key = asyncssh.generate_private_key("ssh-ed25519")
    served = Served(0, key.export_public_key().decode().strip(), root)

    stuck: list[Any] = []

    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
            super().__init__(chan, chroot=str(root).encode())

        async def write(self, file_obj: object, offset: int, data: bytes) -> int:
            if served.trouble == "full":
                raise asyncssh.SFTPFailure("No space left on device")
            if served.trouble == "cut":
                self.connection.abort()
            if served.trouble == "stuck":
                stuck.append(file_obj)
                await asyncio.sleep(60)
            return super().write(file_obj, offset, data)  # type: ignore[return-value]

        async def close(self, file_obj: object) -> None:
            super().close(file_obj)
            if served.trouble == "stuck":
                await asyncio.sleep(60)

        async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
            if served.trouble == "hangs":
                await asyncio.sleep(60)
            found = super().stat(path)
            return await found if asyncio.iscoroutine(found) else found  # type: ignore[return-value]

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
            served.seen.append(f"{Path(oldpath.decode()).name} > {Path(newpath.decode()).name}")
            if served.trouble == "old":
                raise asyncssh.SFTPOpUnsupported("no")
            super().posix_rename(oldpath, newpath)

    listener = await asyncssh.create_server(
        lambda: Door(served), "127.0.0.1", 0, server_host_keys=[key],
        sftp_factory=None if deaf else Files,
    )  # fmt: skip
    served.port = listener.get_port()
    try:
        yield served
    finally:
        listener.close()
        for file in stuck:
            file.close()
        with contextlib.suppress(TimeoutError):
            await listener.wait_closed()
