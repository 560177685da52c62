"""How many requests a key may make in a minute; one that makes more is told when to go on (429).

All processes and machines count in one row per key, but none of them asks for each request: a process takes a twentieth
of the limit at once and spends it from memory. So nineteen of twenty requests cost nothing, and the row is locked for the
time of one short statement of its own, never for that of a request; a refused or failed request counts like any other.
What a process has taken and not spent when the minute ends is lost: with several processes a key may be stopped some
twentieths early, never late. Staff are not limited: a warehouse must not stop because it works fast.
"""

import time
from typing import Any

import msgspec

from wms.db.pool import Driver
from wms.web.errors import TooManyRequests

WINDOW_S = 60
SHARE = 20
LARGEST = 50

# The clock is the database's, so that all machines agree on the minute.
TAKE = """
with k as (
  select id, rate_per_min as most, least(greatest(rate_per_min / $2::int, 1), $3::int) as share,
         date_trunc('minute', now()) as minute
  from api_key where token_hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())
), w as (
  insert into rate_window as r (key_id, minute, taken) select id, minute, share from k
  on conflict (key_id) do update set minute = excluded.minute,
    taken = case when r.minute = excluded.minute
                 then least(r.taken + excluded.taken, (select most from k) + excluded.taken) else excluded.taken end
  returning taken
)
select k.most, least(k.share, greatest(k.most - (w.taken - k.share), 0)) as got, greatest(k.most - w.taken, 0) as beyond,
       extract(epoch from k.minute + interval '1 minute' - now())::float8 as seconds
from k, w
"""


class Purse(msgspec.Struct):
    """What this process may still spend for one key; ``beyond``: what others may still take. Times are monotonic."""

    most: int
    mine: int
    beyond: int
    until: float


class Rates:
    """The purses of one process."""

    def __init__(self) -> None:
        self.purses: dict[bytes, Purse] = {}

    async def spend(self, driver: Driver, token_hash: bytes, state: dict[str, Any]) -> None:
        """Counts one request of a key and puts the headers that say how it stands into ``state``; none if unknown.

        ``driver`` is not in a transaction. Raises ``TooManyRequests``.
        """
        now = time.monotonic()
        purse = self.purses.get(token_hash)
        if purse is None or purse.until <= now or (purse.mine == 0 and purse.beyond > 0):
            row = await driver.fetchrow(TAKE, token_hash, SHARE, LARGEST)
            if row is None:
                return
            now = time.monotonic()
            found = self.purses.get(token_hash)  # a request at the same moment may have taken a share too
            mine = found.mine if found is not None and found.until > now else 0
            purse = Purse(row["most"], mine + row["got"], row["beyond"], now + row["seconds"])
            self.purses[token_hash] = purse
        seconds = max(1, round(purse.until - now + 0.5))
        spent = purse.mine == 0
        purse.mine -= not spent
        state["headers"] = headers(purse.most, purse.mine + purse.beyond, seconds)
        if spent:
            raise TooManyRequests(limit=purse.most, retry_after=seconds)


def headers(most: int, left: int, seconds: int) -> list[tuple[bytes, bytes]]:
    """The fields of draft-ietf-httpapi-ratelimit-headers: the policy, what is left of it, seconds until it begins anew."""
    return [
        (b"ratelimit-policy", f'"key";q={most};w={WINDOW_S}'.encode()),
        (b"ratelimit", f'"key";r={left};t={seconds}'.encode()),
    ]
