"""A mail server on loopback: takes mail, or says what a test tells it to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from wms.kernel.mail import MailServer, parse_mail_server


@dataclass
class Post:
    """``says``: the answer to a command instead of yes, by its first word; ``drop``: the line goes dead at this one."""

    port: int
    says: dict[str, str] = field(default_factory=dict)
    drop: str = ""
    raw: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)

    @property
    def server(self) -> MailServer:
        return parse_mail_server(self.url, "Magazyn Błonie <wms@magazyn.example>")

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, read as a mail program reads it."""
        found = [message_from_bytes(r, policy=default) for r in self.raw]
        assert all(isinstance(m, EmailMessage) for m in found)
        return found


@asynccontextmanager
async def a_post() -> AsyncIterator[Post]:
    post = Post(0)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")

        say("220 post.example")
        while line := (await reader.readline()).decode("ascii").strip():
            post.commands.append(line)
            word = line.split(" ")[0].split(":")[0].upper()
            if word == post.drop:
                break
            if word in post.says:
                say(post.says[word])
            elif word == "DATA":
                say("354 go on")
                content = (await reader.readuntil(b"\r\n.\r\n"))[:-3]
                if "TAKEN" in post.says:
                    say(post.says["TAKEN"])
                else:
                    post.raw.append(content.replace(b"\r\n..", b"\r\n."))
                    say("250 taken")
                if post.drop == "TAKEN":
                    break
            else:
                say("221 bye" if word == "QUIT" else "250 yes")
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=50_000_000)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await server.wait_closed()
