"""Where a printer listens."""

import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from wms.printing.queue_errors import BadAddress

Kind = Literal["zpl", "paper"]
RAW_PORT, IPP_PORT = 9100, 631
_HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")


class Place(msgspec.Struct, frozen=True):
    """``url`` is None for a raw socket; for IPP it is what HTTP is spoken to."""

    host: str
    port: int
    url: str | None = None


def parse_address(kind: str, address: str) -> Place:
    """``socket://host[:9100]`` for labels, ``ipp://`` or ``ipps://host[:631]/path`` for paper. Raises ``BadAddress``."""
    wrong = BadAddress(address=address[:200], pointer="/address")
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise wrong from None
    host = parts.hostname or ""
    odd = parts.username is not None or parts.query or parts.fragment or not address.isascii()
    if odd or not _HOST.fullmatch(host) or port == 0 or any(c.isspace() for c in address):
        raise wrong
    if kind == "zpl":
        if parts.scheme != "socket" or parts.path not in ("", "/"):
            raise wrong
        return Place(host, port or RAW_PORT)
    if parts.scheme not in ("ipp", "ipps"):
        raise wrong
    port = port or IPP_PORT
    named = f"[{host}]" if ":" in host else host
    scheme = "https" if parts.scheme == "ipps" else "http"
    return Place(host, port, f"{scheme}://{named}:{port}{parts.path or '/'}")
