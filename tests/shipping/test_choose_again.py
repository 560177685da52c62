"""A service that is chosen once more: what stays, what a person may say, and what one order has to do with the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.builders import ASku, a_bin, a_sku, stock_up
from tests.conftest import Api, Cluster, Server
from tests.desk import at_desk
from tests.orders.world import GOOD
from tests.shipping.flow import ok, refused
from tests.shipping.services import Market, a_line, a_market
from wms.config import Settings
from wms.db.tx import Database, Tx
from wms.orders.gates import lock_orders

NOWHERE = GOOD | {"country": "IS", "postcode": "101"}
BLOCKED = "select count(*) from pg_locks where not granted"


@pytest.fixture
async def market(db: Database, anonymous: Api) -> Market:
    return await a_market(db, anonymous)


async def waiting(market: Market, *skus: ASku) -> list[dict[str, Any]]:
    """Orders that nobody takes, and then a price that takes them."""
    made = [await market.order(recipient=NOWHERE, sku=sku) for sku in skus]
    await market.prices(a_line(market.dear, "45", country="IS"))
    return made


async def state(market: Market, order: dict[str, Any]) -> str:
    return str((await market.look(order["id"]))["state"])


async def test_an_order_that_somebody_has_in_hand_stops_no_other(market: Market) -> None:
    first, second = await waiting(market, *[market.mug] * 2)
    async with market.db.begin() as tx:
        await lock_orders(tx, market.shop.id, [first["id"]])
        assert await market.choose_waiting() == 1
    assert [await state(market, o) for o in (first, second)] == ["on_hold", "allocated"]
    assert await market.choose_waiting() == 1


@asynccontextmanager
async def poisoned(cluster: Cluster, settings: Settings, order_id: int) -> AsyncIterator[None]:
    """An order that no service can be stored for."""
    name = f"ck_poison_{order_id}"
    with cluster.admin(str(settings.app_url.database)) as c:
        c.execute(
            f"alter table service_choice add constraint {name} check (order_id <> {order_id} or reason = 'nothing')"
        )
        try:
            yield
        finally:
            c.execute(f"alter table service_choice drop constraint {name}")


async def test_an_order_that_fails_stops_no_other_and_is_told(
    market: Market, cluster: Cluster, settings: Settings
) -> None:
    first, bad, last = await waiting(market, *[market.mug] * 3)
    async with poisoned(cluster, settings, bad["id"]):
        with pytest.raises(Exception, match="ck_poison"):
            await market.choose_waiting()
    assert [await state(market, o) for o in (first, bad, last)] == ["allocated", "on_hold", "allocated"]


async def blocked(tx: Tx) -> None:
    """Somebody waits for a lock by now."""
    for _ in range(500):
        if await tx.value(BLOCKED):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")


async def test_stock_is_set_aside_for_all_in_one_order_so_that_nobody_waits_in_a_ring(market: Market) -> None:
    low, high = [await a_sku(market.db, shop=market.shop) for _ in range(2)]
    for sku in (low, high):
        await stock_up(market.db, sku=sku, bin=await a_bin(market.db), quantity=10)
    await waiting(market, high, low)
    lock = "select 1 from balance where shop_id = $1 and sku_id = $2 and real for update"
    async with market.db.begin() as tx:
        await tx.run(lock, market.shop.id, low.id)
        job = asyncio.create_task(market.choose_waiting())
        await blocked(tx)
        await tx.run(lock, market.shop.id, high.id)
    assert await job == 2


async def test_a_promise_does_not_slide_because_the_reason_is_another_one(market: Market) -> None:
    made = await market.order()
    path = f"/shops/{market.shop.id}/orders/{made['id']}/service"
    promised = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    async with market.db.begin() as tx:
        await tx.run("update orders set ship_by = $2 where id = $1", made["id"], promised)
    await market.rules(
        market.among(action="fixed") | {"services": [{"carrier": market.cheap.code, "service": "standard"}]}
    )
    ok(await market.api.post(f"{path}/choose", headers=market.staff))
    seen = await market.look(made["id"])
    assert seen["choices"][0]["reason"] == "fixed"
    assert datetime.fromisoformat(seen["ship_by"]) == promised
    by_hand = {"carrier": market.cheap.code, "service": "express"}
    ok(await market.api.put(path, json=by_hand, headers=market.staff))
    assert datetime.fromisoformat((await market.look(made["id"]))["ship_by"]) == promised
    by_hand["carrier"] = market.dear.code
    ok(await market.api.put(path, json=by_hand, headers=market.staff))
    assert datetime.fromisoformat((await market.look(made["id"]))["ship_by"]) > promised, "another car"


async def test_a_line_without_a_price_is_worth_what_its_sku_costs_then_and_later(market: Market) -> None:
    ring, plain = [await a_sku(market.db, shop=market.shop) for _ in range(2)]
    async with market.db.begin() as tx:
        await tx.run("update sku set price = 200 where shop_id = $1 and id = $2", market.shop.id, ring.id)
    await market.rules(
        market.among(market.dear, value_from="100"),
        market.among(market.locker, value_to="50"),
        market.among(),
    )
    costly, unknown = await market.order(sku=ring), await market.order(sku=plain)
    for _ in range(2):
        assert (await market.look(costly["id"]))["carrier"] == market.dear.code
        assert (await market.look(unknown["id"]))["carrier"] == market.cheap.code, (
            "no rule about a value counts"
        )
        for made in (costly, unknown):
            path = f"/shops/{market.shop.id}/orders/{made['id']}/service/choose"
            ok(await market.api.post(path, headers=market.staff))


async def test_amounts_of_a_rule_are_in_its_currency(market: Market) -> None:
    await market.rules(
        market.among(market.dear, value_from="100", currency="EUR"),
        market.among(market.locker, value_from="100"),
        market.among(market.cheap),
    )
    lines = [{"sku": market.mug.code, "quantity": 1, "unit_price": "150"}]
    euros, crowns = [await market.order(currency=c, lines=lines) for c in ("EUR", "CZK")]
    for _ in range(2):
        assert (await market.look(euros["id"]))["carrier"] == market.dear.code
        assert (await market.look(crowns["id"]))["carrier"] == market.cheap.code, (
            "150 crowns are no 100 zlotys"
        )
        for made in (euros, crowns):
            path = f"/shops/{market.shop.id}/orders/{made['id']}/service/choose"
            ok(await market.api.post(path, headers=market.staff))


async def test_who_says_a_service_says_it_for_a_recipient_that_it_can_serve(market: Market) -> None:
    no_street = GOOD | {"street": ""}
    to_point = await market.order(recipient=no_street, point="KRA010")
    assert to_point["state"] == "allocated"
    path = f"/shops/{market.shop.id}/orders/{to_point['id']}/service"
    door = {"carrier": market.dear.code, "service": "standard"}
    r = await market.api.put(path, json=door, headers=market.staff)
    assert refused(r, "invalid", 422)["values"]["field"] == "/recipient/street"
    assert (await market.look(to_point["id"]))["carrier"] == market.locker.code
    held = await market.order(carrier=market.locker.code, service="locker")
    assert [h["code"] for h in held["holds"]] == ["point-missing"]
    path = f"/shops/{market.shop.id}/orders/{held['id']}/service"
    mended = ok(await market.api.put(path, json=door, headers=market.staff))
    assert (mended["state"], mended["open_holds"]) == ("allocated", []), "the door needs no point"


async def test_a_locker_is_taken_away_at_the_desk(market: Market, server: Server) -> None:
    wrong = await market.order(point="KRA010")
    nobody = await market.order(service="locker", recipient=NOWHERE)
    assert [h["code"] for h in nobody["holds"]] == ["no-service"]
    form = {**GOOD, "company": "", "email": "", "point": ""}
    async with at_desk(market.db, server, "care") as desk:
        for made, carrier in ((wrong, market.cheap.code), (nobody, None)):
            at = f"/desk/orders/{market.shop.id}/{made['id']}"
            version = (await desk.open(at)).partition('name="version" value="')[2].partition('"')[0]
            await desk.send(f"{at}/recipient", **form, version=version)
            assert desk.status == 303, desk.page
            seen = await market.look(made["id"])
            assert (seen["point"], seen["carrier"]) == (None, carrier)


async def test_what_would_be_a_million_parcels_is_held_and_stops_no_other(market: Market) -> None:
    await market.prices(a_line(market.cheap, "999999"), a_line(market.dear, "999999"))
    anvil = await a_sku(market.db, shop=market.shop, weight_g=30_000)
    body = {"recipient": GOOD, "lines": [{"sku": anvil.code, "quantity": 1_000_000}]}
    many = {
        "orders": [
            body | {"number": "A1"},
            body | {"number": "A2", "lines": [{"sku": anvil.code, "quantity": 900}]},
        ]
    }
    answer = ok(await market.api.post("/orders/bulk", json=many, headers=market.own))
    assert [r["order"]["state"] for r in answer["results"]] == ["on_hold", "backordered"]
