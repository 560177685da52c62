"""Identifiers that we make: time-ordered row ids, and secrets of which only a hash is kept."""

import hashlib
import hmac
import os
import secrets
import threading
import time
from typing import NamedTuple
from uuid import UUID

_lock = threading.Lock()
_last = 0


class Token(NamedTuple):
    """``public_id`` may be shown and stored; ``secret`` is shown once and stored only as ``hash_token``."""

    public_id: str
    secret: str


def new_token(prefix: str) -> Token:
    """A fresh token: ``<prefix>_`` and 20 hexadecimal digits, and a URL-safe secret of 256 random bits."""
    return Token(f"{prefix}_{secrets.token_hex(10)}", secrets.token_urlsafe(32))


def hash_token(secret: str) -> bytes:
    """The 32 bytes to store for ``secret``.

    A plain SHA-256 is enough because the secret is random and long; passwords and PINs go through Argon2. Any
    text can be hashed, also one that is no valid Unicode, since it may come from a hostile header.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def is_token(secret: str, stored: bytes) -> bool:
    """Whether ``stored`` is the hash of ``secret``, in a time that does not tell how much of it is right."""
    return hmac.compare_digest(hash_token(secret), stored)


def uuid7() -> UUID:
    """A UUID version 7 (RFC 9562): ordered by time, and strictly rising within a process.

    PostgreSQL makes them itself only from version 18. The 12 bits behind the milliseconds are a fraction of the
    millisecond (method 3 of the RFC); when the clock stands still or is set back, the count goes on from the last
    value, so that the order of rows does not follow a wrong clock backwards. The other 62 bits are random.
    """
    global _last
    nanoseconds = time.time_ns()
    # 48 bits of milliseconds, then the part of the millisecond in 1/4096.
    stamp = (nanoseconds // 1_000_000 << 12) | (nanoseconds % 1_000_000 * 4096 // 1_000_000)
    with _lock:
        _last = stamp = max(stamp, _last + 1)
    noise = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | noise)
