"""How long to wait before something that failed is tried once more."""

from datetime import timedelta


def backoff(tries: int, first_s: float, longest_s: float) -> timedelta:
    """After ``tries`` tries (1: the first has failed): ``first_s`` seconds, twice as long with each try, at most ``longest_s``."""
    return timedelta(seconds=min(first_s * 2 ** min(max(tries - 1, 0), 30), longest_s))
