"""Price lists and rules against those who change them at the same time, and against the clock."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.conftest import Api
from tests.shipping.services import HEAD, Market, a_line, a_market
from wms.config import Settings
from wms.db.tx import Database
from wms.kernel.clock import FixedClock
from wms.shipping.load_prices import list_prices, load_prices
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
