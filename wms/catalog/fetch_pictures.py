"""Pictures of SKUs are fetched once and served from our own address: handhelds see no host but ours."""

import asyncio
import hashlib
from datetime import timedelta

import msgspec
import structlog

from wms.catalog.fetch_picture import Internet, NoPicture, fetch_picture
from wms.db.tx import Database, Tx

log = structlog.get_logger("wms.catalog")
MOST = 40
"""Pictures of one round; the next one is a minute away."""
AT_ONCE = 4
MOST_TRIES = 8


class _Due(msgspec.Struct, frozen=True):
    shop_id: int
    id: int
    url: str


class _Got(msgspec.Struct, frozen=True):
    """``content`` None: there is no picture, and ``why``."""

    due: _Due
    content: bytes | None
    why: str | None


FORGET = """
with gone as (update sku set picture = null, picture_of = null
              where picture_url is distinct from picture_of and picture_url is null returning shop_id, id)
delete from sku_picture p using gone where (p.shop_id, p.sku_id) = (gone.shop_id, gone.id)
"""
# Of each shop as many as of any other, what has no picture yet before what has an old one, and else at random: whoever
# always has something due, keeps nobody waiting for ever.
DUE = """
select d.shop_id, d.id, d.url from shop cross join lateral (
  select s.shop_id, s.id, s.picture_url as url, row_number() over (order by s.picture_of is not null, random()) as n
  from sku s left join sku_picture p on (p.shop_id, p.sku_id) = (s.shop_id, s.id) and p.url = s.picture_url
  where s.shop_id = shop.id and s.picture_url is distinct from s.picture_of and s.picture_url is not null
    and (p.next_at is null or p.next_at <= $1) order by n limit $2
) d order by d.n, random() limit $2
"""
KEEP = """
with kept as (
  insert into sku_picture (shop_id, sku_id, url, content, why) values ($1, $2, $3, $4, $5)
  on conflict (shop_id, sku_id) do update
  set url = excluded.url, content = excluded.content, why = excluded.why, tries = 0, next_at = null, at = now()
)
update sku set picture_of = $3, picture = $6 where shop_id = $1 and id = $2 and picture_url = $3
"""
LATER = """
insert into sku_picture (shop_id, sku_id, url, why, tries, next_at) values ($1, $2, $3, $4, 1, $5)
on conflict (shop_id, sku_id) do update
set tries = case when sku_picture.url = excluded.url then sku_picture.tries + 1 else 1 end, url = excluded.url,
    why = excluded.why, next_at = $5::timestamptz + (interval '10 minutes' * (2 ^ least(sku_picture.tries, 10)))
returning tries
"""


async def fetch_pictures(database: Database, internet: Internet) -> int:
    """One round over what is new or changed; how many pictures came. Nothing is fetched inside a transaction."""
    async with database.begin() as tx:
        await tx.run(FORGET)
        due = await tx.all(_Due, DUE, tx.now, MOST)
    places = asyncio.Semaphore(AT_ONCE)

    async def one(d: _Due) -> _Got:
        async with places:
            try:
                return _Got(d, await fetch_picture(d.url, internet), None)
            except NoPicture as e:
                return _Got(d, None, e.why)

    came = await asyncio.gather(*(one(d) for d in due), return_exceptions=True)
    got = [_settled(d, g) for d, g in zip(due, came, strict=True)]
    for g in got:
        async with database.begin() as tx:
            await _keep(tx, g)
    return sum(g.content is not None for g in got)


def _settled(due: _Due, came: _Got | BaseException) -> _Got:
    """What came; what nobody foresaw is logged and tried again later, and holds back no other picture."""
    if isinstance(came, _Got):
        return came
    if not isinstance(came, Exception):
        raise came
    log.error("a picture could not be fetched", shop_id=due.shop_id, sku_id=due.id, exc_info=came)
    return _Got(due, None, "no-answer")


async def _keep(tx: Tx, g: _Got) -> None:
    d = g.due
    if g.why == "no-answer":
        tries = await tx.value(LATER, d.shop_id, d.id, d.url, g.why, tx.now + timedelta(minutes=10))
        if tries < MOST_TRIES:
            return
    address = None
    if g.content is not None:
        address = f"/floor/picture/{d.shop_id}/{d.id}?v={hashlib.sha256(g.content).hexdigest()[:16]}"
    await tx.run(KEEP, d.shop_id, d.id, d.url, g.content, g.why, address)
