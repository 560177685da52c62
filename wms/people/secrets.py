"""Hashing of PINs and passwords (Argon2id), off the event loop."""

import asyncio
import re
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from wms.people.errors import WeakSecret

# OWASP's second choice of parameters (19 MiB, 2 passes): a sign-in costs tens of milliseconds, not hundreds
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# checked when the name is unknown, so that the answer takes as long as for a wrong secret
_NOBODY = _hasher.hash("nobody")
_RUNS = "0123456789" + "9876543210"


def check_pin(pin: str) -> None:
    """Raises ``WeakSecret`` for a PIN that the first guess would open."""
    if not re.fullmatch(r"[0-9]{4,12}", pin) or len(set(pin)) == 1 or pin in _RUNS:
        raise WeakSecret(pointer="/pin")


def check_password(password: str) -> None:
    if not 12 <= len(password) <= 200:
        raise WeakSecret(pointer="/password")


async def hash_secret(secret: str) -> str:
    return await asyncio.to_thread(_hasher.hash, secret)


def _matches(stored: str | None, secret: str) -> bool:
    try:
        return _hasher.verify(stored or _NOBODY, secret) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


async def matches(stored: str | None, secret: str) -> bool:
    """Whether ``secret`` belongs to ``stored``; takes the same time when there is nothing stored."""
    return await asyncio.to_thread(_matches, stored, secret)


def new_pin() -> str:
    """A random PIN of six digits that passes ``check_pin``."""
    while True:
        pin = f"{secrets.randbelow(1_000_000):06}"
        try:
            check_pin(pin)
        except WeakSecret:
            continue
        return pin
