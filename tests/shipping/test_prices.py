"""Price lists and rules against those who change them at the same time, and against the clock."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.conftest import Api
from tests.shipping.flow import ok
from tests.shipping.services import HEAD, Market, a_line, a_market
from wms.config import Settings
from wms.db.tx import Database
from wms.kernel.clock import FixedClock
from wms.shipping.load_prices import LastPrice, list_prices, load_prices, remove_price
from wms.shipping.set_rules import lock_rules

LOCKS = "select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()"


@pytest.fixture
async def market(db: Database, anonymous: Api) -> Market:
    return await a_market(db, anonymous)


async def test_a_line_is_in_force_by_the_warehouses_day(market: Market, settings: Settings) -> None:
    await market.prices(a_line(market.cheap, "9", valid_from="2031-05-02"))
    # it is the second of May in Warsaw
    late = Database(settings.app_url, pool_size=1, clock=FixedClock(datetime(2031, 5, 1, 22, 30, tzinfo=UTC)))
    try:
        async with late.begin() as tx:
            lines = await list_prices(tx, market.cheap.code, limit=10)
    finally:
        await late.close()
    assert [str(p.price) for p in lines if p.in_force] == ["9.00"]


async def test_orders_come_in_while_the_rules_are_changed(market: Market) -> None:
    async with market.db.begin() as tx:
        await lock_rules(tx, market.shop.id)
        made = await asyncio.wait_for(market.order(), 5)
    assert made["state"] == "allocated"


async def test_two_lists_come_in_one_after_the_other_so_that_one_currency_is_theirs(market: Market) -> None:
    async with market.db.begin() as tx:
        before = await tx.value(LOCKS)
        await load_prices(tx, "\n".join([HEAD, a_line(market.cheap, "9")]), "en")
        assert await tx.value(LOCKS) == before + 1


async def remove_the_last(db: Database, price_id: int) -> None:
    async with db.begin() as tx:
        await tx.run("delete from service_price where id <> $1", price_id)
        await remove_price(tx, price_id)


async def test_the_currency_of_the_amounts_in_rules_does_not_go_with_the_last_line(market: Market) -> None:
    await market.rules(market.among(value_from="100"))
    (line,) = ok(await market.api.get(f"/service-prices?carrier={market.cheap.code}", headers=market.staff))[
        "items"
    ]
    with pytest.raises(LastPrice):
        await remove_the_last(market.db, line["id"])
