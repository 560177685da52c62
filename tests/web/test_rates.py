"""Rate limits of keys: told in headers, kept across processes, and nobody else's business."""

import asyncio
import re
from collections import Counter
from typing import Any

from tests.builders import a_carrier, a_courier_key, a_key, a_shop, bearer, signed_in, unique
from tests.conftest import Api
from tests.web.reading import problem
from wms.db.tx import Database
from wms.kernel.ids import hash_token
from wms.web.errors import TooManyRequests
from wms.web.rates import LARGEST, SHARE, Rates


async def early_in_the_minute(db: Database) -> None:
    """The rest of the test lies in one minute of the database's clock."""
    async with db.begin() as tx:
        left = float(await tx.value("select 60 - extract(second from clock_timestamp())"))
    if left < 15:
        await asyncio.sleep(left + 0.1)


def left_of(headers: object) -> tuple[int, int]:
    found = re.fullmatch(r'"key";r=(\d+);t=(\d+)', str(headers))
    assert found, headers
    return int(found[1]), int(found[2])


async def test_a_key_is_told_how_it_stands_and_when_to_go_on(anonymous: Api, db: Database) -> None:
    await early_in_the_minute(db)
    shop = await a_shop(db)
    headers = bearer(await a_key(db, shop=shop, rate_per_min=3))
    for left in (2, 1, 0):
        r = await anonymous.get("/orders", headers=headers)
        assert r.status_code == 200
        assert r.headers["ratelimit-policy"] == '"key";q=3;w=60'
        assert left_of(r.headers["ratelimit"])[0] == left
        assert 1 <= left_of(r.headers["ratelimit"])[1] <= 61
    order = {"number": unique("Z"), "lines": []}
    for lang, word in (("en", "3 requests a minute"), ("pl", "3 żądań na minutę")):
        r = await anonymous.post("/orders", json=order, headers=headers | {"Accept-Language": lang})
        found: dict[str, Any] = problem(r, 429, "too-many-requests")
        assert word in found["detail"]
        assert int(r.headers["retry-after"]) == found["values"]["retry_after"] <= 61
        assert left_of(r.headers["ratelimit"])[0] == 0
    other = bearer(await a_key(db, shop=shop))
    assert (await anonymous.get("/orders", headers=other)).status_code == 200, "limits are per key"


async def test_what_is_refused_counts_too(anonymous: Api, db: Database) -> None:
    await early_in_the_minute(db)
    headers = bearer(await a_key(db, shop=await a_shop(db), rate_per_min=2))
    assert (await anonymous.get("/orders/999999999", headers=headers)).status_code == 404
    assert (await anonymous.get("/warehouses/?x", headers=headers)).status_code in (403, 404)
    problem(await anonymous.get("/orders/999999999", headers=headers), 429, "too-many-requests")


async def test_couriers_are_counted_and_staff_are_not(anonymous: Api, db: Database) -> None:
    await early_in_the_minute(db)
    carrier = await a_carrier(db)
    courier = bearer(await a_courier_key(db, carrier_id=carrier.id, rate_per_min=1))
    assert (await anonymous.get("/courier/manifests", headers=courier)).status_code == 200
    problem(await anonymous.get("/courier/manifests", headers=courier), 429, "too-many-requests")
    r = await anonymous.get("/sessions/current", headers=bearer(await signed_in(db, roles=["picker"])))
    assert r.status_code == 200
    assert "ratelimit" not in r.headers
    r = await anonymous.get("/orders", headers=bearer("wms_sk_nobody"))
    assert r.status_code == 401
    assert "ratelimit" not in r.headers


async def test_the_limit_comes_with_the_key(anonymous: Api, db: Database) -> None:
    shop = await a_shop(db)
    admin = bearer(await signed_in(db, roles=["admin"]))
    body = {"name": "ERP", "shop_id": shop.id, "scopes": ["orders.read"]}
    for asked, policy in (({}, 600), ({"rate_per_min": 6000}, 6000)):
        key = (await anonymous.post("/keys", json=body | asked, headers=admin)).json()["key"]
        r = await anonymous.get("/orders", headers=bearer(key))
        assert r.headers["ratelimit-policy"] == f'"key";q={policy};w=60'
    r = await anonymous.post("/keys", json=body | {"rate_per_min": 0}, headers=admin)
    assert r.status_code == 400


async def test_at_the_same_moment_no_more_than_the_limit(anonymous: Api, db: Database) -> None:
    await early_in_the_minute(db)
    headers = bearer(await a_key(db, shop=await a_shop(db), rate_per_min=20))
    answers = await asyncio.gather(*(anonymous.get("/orders", headers=headers) for _ in range(40)))
    assert Counter(r.status_code for r in answers) == {200: 20, 429: 20}


async def spend(db: Database, rates: Rates, token: bytes, times: int) -> int:
    """How many of these requests are let through."""
    through = 0
    for _ in range(times):
        async with db.pool.lent() as driver:
            try:
                await rates.spend(driver, token, {})
                through += 1
            except TooManyRequests:
                pass
    return through


async def test_processes_share_the_limit(db: Database) -> None:
    """Never more than the limit together; at most what one process took and did not spend is lost."""
    await early_in_the_minute(db)
    limit = 100
    share = min(limit // SHARE, LARGEST)
    key = await a_key(db, shop=await a_shop(db), rate_per_min=limit)
    token, one, other = hash_token(key), Rates(), Rates()
    first = await spend(db, one, token, share + 1)  # a share, and one of the next
    rest = await spend(db, other, token, 2 * limit)
    assert first == share + 1
    assert limit - share <= first + rest <= limit
    assert await spend(db, one, token, share) == share - 1, "what was taken may be spent"
    assert await spend(db, one, token, 5) == await spend(db, other, token, 5) == 0
    async with db.begin() as tx:  # the minute is over
        await tx.run("set local role none")
        changed = await tx.run(
            "update rate_window set minute = minute - interval '1 minute' where key_id = (select id from api_key where token_hash = $1)",
            token,
        )
        assert changed == 1
    one.purses[token].until = 0
    assert await spend(db, one, token, 2 * limit) == limit


async def test_an_unknown_key_leaves_nothing_behind(db: Database) -> None:
    rates = Rates()
    assert await spend(db, rates, hash_token("wms_sk_nobody"), 3) == 3
    assert not rates.purses
