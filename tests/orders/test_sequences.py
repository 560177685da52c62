"""Any sequence of what shops and the floor do to orders keeps orders, allocations, balances and moves in agreement."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.builders import ABin, ASku, a_bin, a_sku, stock_up
from tests.conftest import Api
from tests.orders import floor
from tests.orders.world import FAULTS, GOOD, World, a_world, accept
from wms.db.tx import Database, Tx
from wms.kernel.refusals import Refusal
from wms.orders.cancel_order import cancel_order
from wms.orders.fill_backorders import fill_backorders, sweep_backorders
from wms.orders.mend_order import hold_order, mend_recipient, release_hold
from wms.orders.order_in import RecipientIn

WHICH = st.integers(0, 5)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("intake"), st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4)), min_size=1, max_size=3),
                  st.booleans(), st.booleans()),
        st.tuples(st.just("goods"), st.integers(0, 1), st.integers(1, 5)),
        st.tuples(st.sampled_from(["cancel", "hold", "release", "mend", "spoil", "pick part", "send", "sweep"]), WHICH),
    ),
    min_size=3,
    max_size=14,
)  # fmt: skip


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


class Day:
    def __init__(self, tx: Tx, world: World, skus: list[ASku], bin: ABin) -> None:
        self.tx, self.world, self.skus, self.bin = tx, world, skus, bin
        self.orders: list[int] = []

    async def do(self, step: tuple[Any, ...]) -> None:
        tx, shop = self.tx, self.world.shop.id
        match step:
            case ("intake", lines, partial, bad):
                recipient = GOOD | ({"phone": ""} if bad else {})
                body = self.world.body(
                    [(self.skus[k], n) for k, n in lines], ship_partial=partial, recipient=recipient
                )
                self.orders += [a.id for a in await accept(tx, self.world, body)]
            case ("goods", k, n):
                await stock_up(tx, sku=self.skus[k], bin=self.bin, quantity=n)
                await fill_backorders(tx, [(shop, self.skus[k].id)])
            case ("sweep", _):
                await sweep_backorders(tx)
            case (verb, which) if self.orders:
                order_id = self.orders[which % len(self.orders)]
                await self.to_order(verb, order_id, shop)

    async def to_order(self, verb: str, order_id: int, shop: int) -> None:
        tx, world = self.tx, self.world
        state = await tx.value("select state from orders where id = $1", order_id)
        if verb == "cancel":
            await cancel_order(tx, shop, order_id)
        elif verb == "hold":
            await hold_order(tx, shop, order_id, "x")
        elif verb == "release":
            await release_hold(tx, shop, order_id, all_holds=True)
        elif verb == "mend":
            await mend_recipient(tx, shop, order_id, RecipientIn(**GOOD), point=None)
        elif verb == "spoil":
            await mend_recipient(tx, shop, order_id, RecipientIn(**GOOD | {"city": ""}), point=None)
        elif state == "allocated":
            await floor.release(tx, world, order_id)
            if verb == "pick part":
                await floor.pick(tx, world, order_id, 1)
            else:
                await floor.pick(tx, world, order_id)
                await floor.pack(tx, world, order_id)
                await floor.label(tx, world, order_id)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
async def test_any_sequence_keeps_the_figures_in_agreement(
    world: World, steps: list[tuple[Any, ...]]
) -> None:
    async with world.db.begin() as tx:
        plain = [await a_sku(tx, shop=world.shop) for _ in range(2)]
        kit = await a_sku(tx, shop=world.shop, components=[(plain[0], 1), (plain[1], 2)])
        day = Day(tx, world, [*plain, kit], await a_bin(tx, warehouse=world.warehouse))
        for step in steps:
            await tx.run("savepoint step")
            try:
                await day.do(step)
            except Refusal:
                await tx.run("rollback to step")
            await tx.run("release step")
            found = [r["fault"] for r in await tx.rows(FAULTS, world.shop.id)]
            assert found == [], step
