"""The feed: in order, settled only, never skipping, each shop its own; the audit and its readers."""

import asyncio
from typing import Any

import pytest

from tests.builders import AShop, a_key, a_shop, bearer, signed_in
from tests.conftest import Api
from wms.db.tx import SYSTEM, Actor, Database, Tx
from wms.events.feed import feed
from wms.events.log import Event, record


def an_event(shop: AShop, n: int = 1, kind: str = "order.received") -> Event:
    return Event(kind=kind, subject="order", subject_id=n, shop_id=shop.id, ref=f"Z-{n}", data={"n": n})


def as_shop(shop: AShop) -> Actor:
    return Actor(kind="shop", id=1, name=shop.code, shop_id=shop.id)


async def seen(db: Database, shop: AShop, after: int = 0) -> tuple[list[int], int]:
    async with db.begin(as_shop(shop)) as tx:
        page = await feed(tx, after, 500, ["order.received"])
        return [e.subject_id for e in page.items], page.next


async def follow(api: Api, headers: dict[str, str], **params: Any) -> list[dict[str, Any]]:
    """Everything from the beginning, page by page."""
    items: list[dict[str, Any]] = []
    after = 0
    while True:
        r = await api.get("/events", headers=headers, params={"after": after, **params})
        assert r.status_code == 200, r.text
        page = r.json()
        assert page["next"] >= after
        items += page["items"]
        after = page["next"]
        if not page["more"]:
            return items


async def test_a_shop_follows_its_events_in_order_and_sees_no_others(anonymous: Api, db: Database) -> None:
    shop, other = await a_shop(db), await a_shop(db)
    async with db.begin() as tx:
        await record(tx, *[an_event(shop, n) for n in range(1, 8)], an_event(other, 99))
    headers = bearer(await a_key(db, shop=shop, scopes=["events.read"]))
    items = await follow(anonymous, headers, limit=3, kind="order.received")
    assert [e["subject_id"] for e in items] == [1, 2, 3, 4, 5, 6, 7]
    assert items[0]["ref"] == "Z-1"
    assert items[0]["data"] == {"n": 1}
    assert items[0]["by"] == "system"
    assert items[0]["name"] is None, "who it was is the operator's business"


async def test_kinds_filter_and_the_cursor_goes_past_what_was_filtered_out(
    anonymous: Api, db: Database
) -> None:
    shop = await a_shop(db)
    headers = bearer(await a_key(db, shop=shop))
    async with db.begin() as tx:
        await record(
            tx, an_event(shop, 1), an_event(shop, 2, "order.allocated"), an_event(shop, 3, "order.picked")
        )
    r = await anonymous.get(
        "/events", headers=headers, params=[("kind", "order.allocated"), ("kind", "order.delivered")]
    )
    assert [e["subject_id"] for e in r.json()["items"]] == [2]
    again = await anonymous.get("/events", headers=headers, params={"after": r.json()["next"]})
    assert again.json()["items"] == []


@pytest.mark.parametrize("numbered_first", ["a", "b"])
async def test_writers_that_commit_in_reverse_order_hide_nothing(db: Database, numbered_first: str) -> None:
    """``a`` takes the lower event id and commits last; whichever of the two has the lower transaction number."""
    shop = await a_shop(db)
    async with db.begin() as tx:
        await record(tx, an_event(shop, 1))
    first = db.begin(SYSTEM)
    a = await first.__aenter__()
    second = db.begin(SYSTEM)
    b = await second.__aenter__()
    for tx in (a, b) if numbered_first == "a" else (b, a):
        await tx.value("select pg_current_xact_id()::text")
    await record(a, an_event(shop, 2))
    await record(b, an_event(shop, 3))

    shown, cursor = await seen(db, shop)
    assert 3 not in shown
    await second.__aexit__(None, None, None)  # the higher id is there, the lower one is not
    more, cursor = await seen(db, shop, cursor)
    assert 3 not in more, "shown before what comes before it"
    shown += more
    await first.__aexit__(None, None, None)
    more, cursor = await seen(db, shop, cursor)
    shown += more
    assert shown == [1, 2, 3]
    assert await seen(db, shop, cursor) == ([], cursor)


async def test_a_writer_that_gives_up_leaves_a_gap_and_nothing_else(db: Database) -> None:
    shop = await a_shop(db)

    async def fail(tx: Tx) -> None:
        await record(tx, an_event(shop, 1))
        raise LookupError

    with pytest.raises(LookupError):
        async with db.begin() as tx:
            await fail(tx)
    async with db.begin() as tx:
        await record(tx, an_event(shop, 2))
    assert (await seen(db, shop))[0] == [2]


async def test_a_follower_among_many_writers_reads_every_event_once_and_in_order(db: Database) -> None:
    shop = await a_shop(db)
    writers, each = 6, 15

    async def write(who: int) -> None:
        for i in range(each):
            async with db.begin() as tx:
                await record(tx, an_event(shop, who * 1000 + i))
                await asyncio.sleep(0.001 * ((who * 7 + i) % 4))

    async def read(done: asyncio.Event) -> list[int]:
        got: list[int] = []
        cursor = 0
        while True:
            last_round = done.is_set()
            found, cursor = await seen(db, shop, cursor)
            got += found
            if last_round and not found:
                return got

    done = asyncio.Event()
    reader = asyncio.create_task(read(done))
    await asyncio.gather(*(write(w) for w in range(writers)))
    done.set()
    got = await reader
    async with db.begin() as tx:
        rows = await tx.rows(
            "select subject_id from event where shop_id = $1 and kind = 'order.received' order by id", shop.id
        )
    assert got == [r["subject_id"] for r in rows]
    assert len(got) == writers * each


async def test_a_writer_that_hangs_holds_the_feed_up_for_minutes_not_for_ever(db: Database) -> None:
    shop = await a_shop(db)
    async with db.begin() as tx:
        await record(tx, an_event(shop, 1))
    hanging = db.begin(SYSTEM)
    held = await hanging.__aenter__()
    await record(held, an_event(shop, 2))
    try:
        async with db.begin() as tx:
            await record(tx, an_event(shop, 3))
        assert (await seen(db, shop))[0] == []
    finally:
        await hanging.__aexit__(None, None, None)
    assert (await seen(db, shop))[0] == [1, 2, 3]


async def test_staff_see_who_did_what_to_one_thing(anonymous: Api, db: Database) -> None:
    shop = await a_shop(db)
    async with db.begin(Actor(kind="staff", id=7, name="Łucja Żak")) as tx:
        await record(tx, an_event(shop, 5), an_event(shop, 6))
    care = bearer(await signed_in(db, roles=["care"]))
    where: dict[str, str | int] = {"subject": "order", "subject_id": 5}
    r = await anonymous.get("/events", headers=care, params={**where, "shop_id": shop.id})
    assert [(e["name"], e["by"], e["ref"]) for e in r.json()["items"]] == [("Łucja Żak", "staff", "Z-5")]
    own = bearer(await a_key(db, shop=shop, scopes=["events.read"]))
    r = await anonymous.get("/events", headers=own, params=where)
    assert [(e["name"], e["by"]) for e in r.json()["items"]] == [(None, "staff")]


async def test_what_the_feed_refuses(anonymous: Api, db: Database) -> None:
    shop, other = await a_shop(db), await a_shop(db)
    assert (await anonymous.get("/events")).status_code == 401
    wrong_scope = bearer(await a_key(db, shop=shop, scopes=["orders.read"]))
    assert (await anonymous.get("/events", headers=wrong_scope)).status_code == 403
    care = bearer(await signed_in(db, roles=["care"]))
    assert (await anonymous.get("/events", headers=care)).status_code == 422
    own = bearer(await a_key(db, shop=shop, scopes=["events.read"]))
    assert (await anonymous.get("/events", headers=own, params={"limit": 501})).status_code == 400
    r = await anonymous.get("/events", headers=own, params={"shop_id": other.id})
    assert r.status_code == 404
    r = await anonymous.get("/events", headers=own, params={"subject": "x" * 41, "subject_id": 1})
    assert r.status_code == 400
    r = await anonymous.get("/events", headers=own, params={"subject": "order"})
    assert r.status_code == 422
    assert r.json()["code"] == "invalid"
