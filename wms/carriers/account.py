"""What an adapter is made from, and the settings that every adapter with a network shares."""

import ipaddress
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import httpx
import msgspec

from wms.carriers.errors import AuthFailed


class NumberBlock(msgspec.Struct, frozen=True):
    """``count`` numbers from ``first`` of a range, and how the range prints one."""

    first: int
    count: int
    kind: str
    prefix: str
    suffix: str


Take = Callable[[str, int], Awaitable[NumberBlock]]
"""Takes up to so many numbers of the range with this code; raises ``NumbersUsedUp`` when there are none."""

Credentials = Callable[[], Awaitable[Mapping[str, str]]]
"""The account's secrets, read anew for each call, so that a change counts at once; ``AuthFailed`` when none are stored."""


async def no_numbers(code: str, n: int) -> NumberBlock:
    raise AssertionError("an adapter takes no numbers while it is made")


async def no_credentials() -> Mapping[str, str]:
    raise AuthFailed("no credentials are stored for this carrier; store them with `wms carriers credentials`")


class Account(msgspec.Struct, frozen=True):
    """Our carrier's code, its customer number, its settings, numbers to hand out, secrets, and the network."""

    carrier: str
    account: str
    max_weight_g: int
    settings: Mapping[str, Any]
    take: Take = no_numbers
    credentials: Credentials = no_credentials
    http: httpx.AsyncClient | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where and how patiently an adapter calls.

    ``mode`` chooses between the carrier's production and its test host and has no default: a parcel booked at the wrong
    one is either paid for nothing or never collected. ``base_url`` replaces that host, for a simulator or a gateway of
    one's own. ``connect_s`` and ``answer_s`` are seconds; ``services`` gives our words for services the carrier's.
    """

    mode: Literal["production", "test"]
    base_url: str | None = None
    connect_s: float = 5.0
    answer_s: float = 25.0
    services: dict[str, str] = {}

    def at(self, production: str, test: str) -> str:
        """The address to call, without a slash at its end."""
        return (self.base_url or (production if self.mode == "production" else test)).rstrip("/")

    def __post_init__(self) -> None:
        if self.base_url is not None:
            check_url(self.base_url)
        if not 0 < self.connect_s <= 60 or not 0 < self.answer_s <= 120:
            raise ValueError("connect_s must be in (0, 60] and answer_s in (0, 120] seconds")


def check_url(url: str) -> None:
    """Raises ``ValueError`` unless it is https, or http to this very machine: passwords go over this line."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("base_url has no user, query or fragment in it")
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and loopback)):
        raise ValueError("base_url must be https, or http to 127.0.0.1 for a simulator")


T = TypeVar("T")


async def access(account: Account, kind: type[T]) -> T:
    """The account's secrets as ``kind``. Raises ``AuthFailed`` that names what is missing, never what is there."""
    stored = await account.credentials()
    try:
        return msgspec.convert(dict(stored), kind)
    except msgspec.ValidationError as e:
        raise AuthFailed(f"the stored credentials do not fit: {e}") from None
