"""Chance without luck: numbers that look drawn and are the same on every machine and every day.

Python's own ``hash`` differs from process to process and ``random`` may differ between versions, so both are out.
"""

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


def dice(*keys: object) -> int:
    """A number from 0 to 2**64 - 1 that depends on the keys' texts alone.

    >>> dice("85123A", "ean") == dice("85123A", "ean")
    True
    """
    text = "\x1f".join(str(key) for key in keys)
    return int.from_bytes(sha256(text.encode()).digest()[:8], "big")


def between(low: int, high: int, *keys: object) -> int:
    """A number from ``low`` to ``high``, both included."""
    return low + dice(*keys) % (high - low + 1)


def choose(options: Sequence[T], *keys: object) -> T:
    """One of ``options``."""
    return options[dice(*keys) % len(options)]


def one_in(sides: int, *keys: object) -> bool:
    """True for one set of keys in ``sides``, on the mean."""
    return dice(*keys) % sides == 0
