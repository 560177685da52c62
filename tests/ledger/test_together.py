"""Many writers at once: nobody's work is lost, nobody waits for ever, nothing is promised twice.

``WMS_OPERATIONS`` (2,000) sets how many operations sixteen connections do on twenty hot balances, ``WMS_ROUNDS`` (3)
how often the claims are repeated.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import asyncpg
import pytest

from tests.builders import AShop, ASku, a_bin, a_carrier, a_shop, a_sku, a_tote, a_warehouse, stock_up
from tests.ledger.faults import TOGETHER, Fault
from tests.stock.world import FAR_BACK, AnOrder, an_order
from wms.config import Settings
from wms.db.tx import Database, Tx
from wms.stock import ledger
from wms.stock.errors import AlreadySettled, NotEnoughStock
from wms.stock.ledger import Move, Want
from wms.stock.verify import verify_stock

T = TypeVar("T")
OPERATIONS = int(os.environ.get("WMS_OPERATIONS", "2000"))
ROUNDS = int(os.environ.get("WMS_ROUNDS", "3"))
WRITERS = 16


@pytest.fixture
async def wide(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.app_url, pool_size=WRITERS)
    yield database
    await database.close()


@dataclass(frozen=True)
class Hot:
    """Four SKUs of one shop in five bins: twenty balances, a few pieces in each."""

    shop: AShop
    skus: list[ASku]
    bins: list[int]
    totes: list[int]
    places: dict[str, int]
    orders: list[AnOrder]


PIECES = 6


async def hot_rows(db: Database) -> Hot:
    shop, warehouse, carrier = await a_shop(db), await a_warehouse(db, shared=False), await a_carrier(db)
    skus = [await a_sku(db, shop=shop) for _ in range(4)]
    bins = [await a_bin(db, warehouse=warehouse) for _ in range(5)]
    for sku in skus:
        for place in bins:
            await stock_up(db, sku=sku, bin=place, quantity=PIECES)
    async with db.begin() as tx:
        orders = [
            await an_order(
                tx, shop_id=shop.id, warehouse_id=warehouse.id, carrier_id=carrier.id, lines=[(s.id, 9)]
            )
            for s in skus
        ]
    totes = [(await a_tote(db, warehouse=warehouse)).id for _ in range(2)]
    return Hot(shop, skus, [b.id for b in bins], totes, warehouse.locations, orders)


class Work:
    """What one writer does: one verb a transaction, chosen by dice; counts what came of it."""

    def __init__(self, db: Database, hot: Hot, seed: int) -> None:
        self.db, self.hot, self.dice = db, hot, random.Random(seed)
        self.told: Counter[str] = Counter()
        self.moves = 0

    async def do(self, operations: int) -> None:
        for _ in range(operations):
            act = self.dice.choices(
                [self.move, self.allocate, self.pick, self.void, self.back], [8, 3, 3, 2, 5]
            )[0]
            try:
                async with self.db.begin() as tx:
                    done = await act(tx)
            except (NotEnoughStock, AlreadySettled) as refusal:
                self.told[type(refusal).__name__] += 1
            else:
                self.told[act.__name__] += 1
                self.moves += done

    def a_move(self, fro: int, to: int, **kwargs: object) -> Move:
        sku = self.dice.choice(self.hot.skus)
        values = {"shop_id": self.hot.shop.id, "sku_id": sku.id, "quantity": self.dice.randint(1, 2), "reason": "storing",
                  "from_location": fro, "to_location": to}  # fmt: skip
        return Move(**(values | kwargs))  # type: ignore[arg-type]

    async def move(self, tx: Tx) -> int:
        """One to three moves between bins, in any direction."""
        moves = [self.a_move(*self.dice.sample(self.hot.bins, 2)) for _ in range(self.dice.randint(1, 3))]
        return len(await ledger.post(tx, moves))

    async def back(self, tx: Tx) -> int:
        """Out of the totes, so that the bins do not run dry."""
        rows = await tx.rows(
            "select sku_id, hu_id, on_hand from balance where shop_id = $1 and location_id = $2",
            self.hot.shop.id,
            self.hot.places["WORK"],
        )
        if not rows:
            return 0
        r = self.dice.choice(rows)
        fro, to = self.hot.places["WORK"], self.dice.choice(self.hot.bins)
        move = self.a_move(fro, to, sku_id=r["sku_id"], from_hu=r["hu_id"], quantity=r["on_hand"])
        return len(await ledger.post(tx, [move]))

    async def allocate(self, tx: Tx) -> int:
        n = self.dice.randrange(4)
        order = self.hot.orders[n]
        await ledger.allocate(tx, [a_want(self.hot.shop, self.hot.skus[n], order, self.dice.randint(1, 4))])
        return 0

    async def promises(self, tx: Tx, count: int) -> list[asyncpg.Record]:
        """Some that were open a moment ago; others choose among them at the same time."""
        return await tx.rows(
            "select * from allocation where shop_id = $1 and open > 0 order by random() limit $2",
            self.hot.shop.id,
            count,
        )

    async def pick(self, tx: Tx) -> int:
        moves = [
            self.a_move(
                a["location_id"], self.hot.places["WORK"], to_hu=self.dice.choice(self.hot.totes), sku_id=a["sku_id"],
                allocation_id=a["id"], quantity=self.dice.randint(1, a["open"]), reason="picking",
            )
            for a in await self.promises(tx, self.dice.randint(1, 2))
        ]  # fmt: skip
        return len(await ledger.post(tx, moves))

    async def void(self, tx: Tx) -> int:
        await ledger.void(tx, [(self.hot.shop.id, a["id"]) for a in await self.promises(tx, 3)])
        return 0


def a_want(shop: AShop, sku: ASku, order: AnOrder, quantity: int, line: int = 0) -> Want:
    return Want(
        shop_id=shop.id, order_id=order.id, order_line_id=order.lines[line], sku_id=sku.id, quantity=quantity,
        expires_after=FAR_BACK,
    )  # fmt: skip


async def random_work(db: Database, operations: int, seed: int = 0) -> Counter[str]:
    """Sixteen writers; raises what any of them met that is no refusal, and an AssertionError for wrong books."""
    hot = await hot_rows(db)
    workers = [Work(db, hot, seed * WRITERS + n) for n in range(WRITERS)]
    async with asyncio.TaskGroup() as group:
        for w in workers:
            group.create_task(w.do(operations // WRITERS))
    async with db.begin() as tx:
        assert await verify_stock(tx, hot.shop.id) == []
        total = await tx.value("select sum(on_hand) from balance where shop_id = $1 and real", hot.shop.id)
        assert total == PIECES * 20
        written = await tx.value("select count(*) from move where shop_id = $1", hot.shop.id)
        assert written == 20 + sum(w.moves for w in workers), "every move that was answered for, and no other"
    return sum((w.told for w in workers), Counter())


@pytest.mark.parametrize("alone", [1, 0], ids=["alone", "as one of many"])
async def test_sixteen_writers_on_twenty_hot_balances(
    wide: Database, alone: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "ALONE", alone)
    told = await random_work(wide, OPERATIONS // 2)
    print(dict(told))
    assert told["move"] > OPERATIONS // 20
    assert told["NotEnoughStock"] > 0, "the rows were scarce enough to matter"


async def at_once(count: int, work: Callable[[int], Awaitable[T]]) -> list[T]:
    """Runs ``work(0..count-1)``, all of them released at the same moment."""
    ready = asyncio.Event()

    async def one(n: int) -> T:
        await ready.wait()
        return await work(n)

    tasks = [asyncio.ensure_future(one(n)) for n in range(count)]
    await asyncio.sleep(0)
    ready.set()
    return await asyncio.gather(*tasks)


async def claims(db: Database, *, claimants: int, units: int) -> int:
    """How many of the claimants, one order each, got the unit they wanted."""
    shop, warehouse, carrier = await a_shop(db), await a_warehouse(db, shared=False), await a_carrier(db)
    sku, place = await a_sku(db, shop=shop), await a_bin(db, warehouse=warehouse)
    await stock_up(db, sku=sku, bin=place, quantity=units)
    async with db.begin() as tx:
        orders = [
            await an_order(
                tx, shop_id=shop.id, warehouse_id=warehouse.id, carrier_id=carrier.id, lines=[(sku.id, 1)]
            )
            for _ in range(claimants)
        ]

    async def claim(n: int) -> int:
        async with db.begin() as tx:
            return sum(a.quantity for a in await ledger.allocate(tx, [a_want(shop, sku, orders[n], 1)]))

    won = await at_once(claimants, claim)
    async with db.begin() as tx:
        assert await verify_stock(tx, shop.id) == []
    return sum(won)


@pytest.mark.parametrize(("claimants", "units"), [(100, 1), (20, 10)])
async def test_exactly_as_many_win_as_there_are_units(wide: Database, claimants: int, units: int) -> None:
    for _ in range(ROUNDS):
        assert await claims(wide, claimants=claimants, units=units) == units


async def test_two_lines_of_one_order_share_what_there_is(wide: Database) -> None:
    """A set and one of its parts ordered on its own are two lines of the same SKU: first line first."""
    shop, warehouse, carrier = await a_shop(wide), await a_warehouse(wide), await a_carrier(wide)
    sku, place = await a_sku(wide, shop=shop), await a_bin(wide)
    await stock_up(wide, sku=sku, bin=place, quantity=5)
    async with wide.begin() as tx:
        order = await an_order(
            tx,
            shop_id=shop.id,
            warehouse_id=warehouse.id,
            carrier_id=carrier.id,
            lines=[(sku.id, 4), (sku.id, 4)],
        )
        made = await ledger.allocate(tx, [a_want(shop, sku, order, 4, line) for line in (0, 1)])
        assert [(a.order_line_id, a.quantity) for a in made] == [(order.lines[0], 4), (order.lines[1], 1)]
        assert await verify_stock(tx, shop.id) == []


async def test_one_allocation_is_settled_by_one_picker(wide: Database) -> None:
    hot = await hot_rows(wide)
    async with wide.begin() as tx:
        (got, *_) = await ledger.allocate(tx, [a_want(hot.shop, hot.skus[0], hot.orders[0], PIECES)])

    async def pick(n: int) -> str:
        move = Move(
            shop_id=hot.shop.id, sku_id=hot.skus[0].id, quantity=got.quantity, from_location=got.location_id,
            to_location=hot.places["WORK"], to_hu=hot.totes[n % 2], allocation_id=got.allocation_id, reason="picking",
        )  # fmt: skip
        try:
            async with wide.begin() as tx:
                if n % 4 == 3:
                    return (
                        "voided" if await ledger.void(tx, [(hot.shop.id, got.allocation_id)]) else "too late"
                    )
                await ledger.post(tx, [move])
                return "settled"
        except AlreadySettled:
            return "too late"

    told = Counter(await at_once(WRITERS, pick))
    assert told["settled"] + told["voided"] == 1
    async with wide.begin() as tx:
        assert await verify_stock(tx, hot.shop.id) == []


@pytest.mark.slow
@pytest.mark.parametrize("fault", TOGETHER, ids=lambda f: f.name)
async def test_a_planted_fault_is_found(
    wide: Database, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wrong books, a broken constraint or a deadlock, within 20,000 operations."""
    fault.plant(monkeypatch)
    found: BaseException | None = None
    for seed in range(10):
        try:
            await random_work(wide, 2000, seed)
        except (AssertionError, BaseExceptionGroup) as e:
            found = e
            break
    assert found is not None, fault.name
    if isinstance(found, BaseExceptionGroup):
        assert found.split(asyncpg.PostgresError)[0] is not None, found
    print(f"{fault.name}: round {seed + 1}, {found!r:.160}")
