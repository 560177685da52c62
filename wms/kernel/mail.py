"""E-mail addresses that may be written to, and the server that takes mail."""

import re
from email.utils import parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

# What mail servers everywhere take: no quoted names, no comments, no letters beyond ASCII (few speak SMTPUTF8).
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*"
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
)
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
Tls = Literal["implicit", "required", "offered", "never"]


def is_mail_address(text: str) -> bool:
    """Whether one mailbox, and nothing else, stands there: a line break or a comma would be a second recipient."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None


def one_line(text: str) -> str:
    """The text for a header: line breaks and other control characters become single spaces."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed in, and as whom. ``tls`` *offered*: used where the server offers it."""

    host: str
    port: int
    tls: Tls
    username: str | None
    password: str | None
    sender_name: str
    sender: str


def parse_mail_server(url: str, sender: str) -> MailServer:
    """``smtps://name:password@host:465`` or ``smtp://host:587``; ``sender`` is ``Magazyn <wms@example.com>``.

    A password is never sent unencrypted, except to this very machine. Raises ValueError with a sentence that says
    which setting to correct; the sentence does not repeat the address, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as e:
        raise ValueError("WMS_SMTP_URL is no address; write smtp://host:587 or smtps://host:465.") from e
    if parts.scheme not in ("smtp", "smtps") or not host:
        raise ValueError("WMS_SMTP_URL is no address; write smtp://host:587 or smtps://host:465.")
    name, address = parseaddr(sender)
    if not is_mail_address(address):
        raise ValueError("WMS_MAIL_FROM names no sender; write it like: Magazyn <wms@example.com>.")
    tls: Tls = "required" if parts.username else "offered"
    if parts.scheme == "smtps":
        tls = "implicit"
    elif host in LOCAL:
        tls = "never"
    return MailServer(
        host=host,
        port=port or {"implicit": 465, "required": 587}.get(tls, 25),
        tls=tls,
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        sender_name=one_line(name),
        sender=address,
    )
