"""Fetches a picture from a shop's host, which may be anybody's: once, over TLS, from the open internet alone.

The name is resolved here and once, every answer is looked at, and the connection goes to the address that was looked at,
so that a second answer cannot lead into the warehouse's own network. Nobody is followed elsewhere. What comes is bounded
while it comes, and drawn anew, so that only pixels are kept.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Literal
from urllib.parse import urlsplit

import httpx
import msgspec

from wms.events.errors import BadPhoto
from wms.events.photos import MAX_BYTES, clean_photo

Address = IPv4Address | IPv6Address
Why = Literal["not-https", "not-public", "elsewhere", "not-there", "too-large", "no-picture", "no-answer"]
"""Why there is no picture; ``no-answer`` may pass, the others do not."""
SIDE = 480
"""Pixels of the longer side: as large as a desk shows it, on a screen of twice the pixels."""
SECONDS = 20
UNICAST = IPv6Network("2000::/3")
"""All that has been given out of IPv6 so far. What stands for an IPv4 address lies elsewhere, but for 6to4 and Teredo."""


class NoPicture(Exception):
    """``why``; nothing is kept."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def is_public(address: Address) -> bool:
    """An address of the open internet; none that stands for another one."""
    if isinstance(address, IPv6Address) and (address not in UNICAST or address.sixtofour or address.teredo):
        return False
    return address.is_global and not address.is_multicast


class Internet(msgspec.Struct, frozen=True):
    """Where pictures may come from: ``may`` says of which addresses; ``tls`` None trusts what the system trusts."""

    may: Callable[[Address], bool] = is_public
    port: int = 443
    tls: ssl.SSLContext | None = None


async def fetch_picture(url: str, internet: Internet) -> bytes:
    """A JPEG of at most ``SIDE`` pixels. Raises ``NoPicture``."""
    try:
        async with asyncio.timeout(SECONDS):
            content = await _fetch(url, internet)
    except httpx.InvalidURL as e:  # no HTTPError: signs that no address may have, or too many of them
        raise NoPicture("not-https") from e
    except (TimeoutError, httpx.HTTPError, OSError) as e:
        raise NoPicture("no-answer") from e
    try:
        return await clean_photo(content, SIDE)
    except BadPhoto as e:
        raise NoPicture("no-picture") from e


async def _fetch(url: str, internet: Internet) -> bytes:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        name = host.encode("idna").decode()
    except (ValueError, UnicodeError) as e:
        raise NoPicture("not-https") from e
    if parts.scheme != "https" or not host or parts.username or parts.password or port != internet.port:
        raise NoPicture("not-https")
    address = await _resolve(name, port, internet)
    at = f"[{address}]" if address.version == 6 else str(address)
    path = parts.path or "/"
    async with (
        httpx.AsyncClient(
            verify=internet.tls or ssl.create_default_context(), trust_env=False, follow_redirects=False, timeout=10
        ) as client,
        client.stream(
            "GET",
            f"https://{at}:{port}{path}{'?' + parts.query if parts.query else ''}",
            headers={
                "Host": name if port == 443 else f"{name}:{port}", "Accept": "image/*", "Accept-Encoding": "identity"
            },
            extensions={"sni_hostname": name},
        ) as answer,
    ):  # fmt: skip
        if answer.is_redirect:
            raise NoPicture("elsewhere")
        if answer.status_code == 429 or answer.status_code >= 500:
            raise NoPicture("no-answer")
        if answer.status_code != 200:
            raise NoPicture("not-there")
        content = bytearray()
        async for part in answer.aiter_raw():
            content += part
            if len(content) > MAX_BYTES:
                raise NoPicture("too-large")
    return bytes(content)


async def _resolve(name: str, port: int, internet: Internet) -> Address:
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = [ip_address(str(f[4][0]).partition("%")[0]) for f in found]
    if not addresses or not all(internet.may(a) for a in addresses):
        raise NoPicture("not-public")
    return addresses[0]
