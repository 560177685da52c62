"""A small warehouse in a database of its own, where random work is done and rolled back."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import cast

import asyncpg
import msgspec

from tests.builders import a_bin, a_carrier, a_lot, a_shop, a_sku, a_tote, a_warehouse
from tests.conftest import Cluster
from tests.ledger.model import Key, Model
from tests.stock.world import an_order
from wms.db.tx import SYSTEM, Database, Tx
from wms.kernel.clock import SystemClock
from wms.stock.verify import verify_stock

EDGE = date(2030, 1, 1)


@dataclass(frozen=True)
class World:
    """Ids of everything there is. ``lines``: order id and order line ids of each SKU."""

    shop_of: dict[int, int]
    skus: list[int]
    lots: dict[int, list[int]]
    serials: frozenset[int]
    expires: dict[int, str | None]
    bins: list[int]
    locked: int
    places: dict[str, int]
    totes: list[int]
    lines: dict[int, tuple[int, list[int]]]

    def model(self) -> Model:
        virtual = {self.places[k] for k in ("SUPPLIER", "CUSTOMER", "SCRAP", "LOST-FOUND")}
        real = (set(self.places.values()) | set(self.bins) | {self.locked}) - virtual
        lots_of = {s: frozenset(self.lots[s]) for s in self.skus}
        return Model(frozenset(real), frozenset(self.bins), self.serials, self.expires, lots_of)


async def build(db: Database) -> World:
    """Two shops, each with a plain SKU, one with three lots and one with two serial numbers; four bins, one locked."""
    warehouse = await a_warehouse(db, shared=False)
    carrier = await a_carrier(db, warehouse=warehouse)
    bins = [(await a_bin(db, warehouse=warehouse)).id for _ in range(3)]
    locked = (await a_bin(db, warehouse=warehouse)).id
    totes = [(await a_tote(db, warehouse=warehouse)).id for _ in range(2)]
    shop_of: dict[int, int] = {}
    lots: dict[int, list[int]] = {}
    lines: dict[int, tuple[int, list[int]]] = {}
    expires: dict[int, str | None] = {}
    serials: set[int] = set()
    for _ in range(2):
        shop = await a_shop(db)
        plain = await a_sku(db, shop=shop)
        aged = await a_sku(db, shop=shop, lot_policy="expiry")
        unique = await a_sku(db, shop=shop, serial=True)
        for day in (EDGE, date(2031, 1, 1), None):
            lot = await a_lot(db, sku=aged, code=f"L{day}", expires_on=day)
            lots.setdefault(aged.id, []).append(lot)
            expires[lot] = day.isoformat() if day else None
        lots[unique.id] = [await a_lot(db, sku=unique, serial=f"S{n}") for n in range(2)]
        lots[plain.id] = []
        serials.update(lots[unique.id])
        async with db.begin() as tx:
            await tx.run("update location set locked_at = now() where id = $1", locked)
            for sku in (plain, aged, unique):
                shop_of[sku.id] = shop.id
                order = await an_order(
                    tx,
                    shop_id=shop.id,
                    warehouse_id=warehouse.id,
                    carrier_id=carrier.id,
                    lines=[(sku.id, 9)] * 3,
                )
                lines[sku.id] = (order.id, order.lines)
    return World(
        shop_of,
        list(shop_of),
        lots,
        frozenset(serials),
        expires,
        bins,
        locked,
        warehouse.locations,
        totes,
        lines,
    )


class Lab:
    """One connection on its own event loop: each sequence works in a transaction that is rolled back."""

    def __init__(self, cluster: Cluster, database: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.cluster, self.database = cluster, database
        cluster.clone(database)
        self.settings = cluster.settings(database)
        self.world = self.loop.run_until_complete(self._open())
        self.sequences = self.steps = 0

    async def _open(self) -> World:
        db = Database(self.settings.app_url, pool_size=2)
        world = await build(db)
        await db.close()
        url = self.settings.app_url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(url)
        await self.connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=msgspec.json.encode, decoder=msgspec.json.decode
        )
        await self.connection.execute(
            "set plan_cache_mode = force_generic_plan"
        )  # planning is most of the time here
        return world

    def begin(self) -> Tx:
        if self.sequences % 20 == 0:  # what was rolled back is swept up, or every look-up steps over it
            with self.cluster.admin(self.database) as c:
                c.execute("vacuum analyze move, balance, allocation")
        self.sequences += 1
        self.outer = self.connection.transaction()
        self.loop.run_until_complete(self.outer.start())
        self.loop.run_until_complete(self.connection.execute("set local role wms_staff"))
        return Tx(self.connection, SYSTEM, SystemClock())

    def rollback(self) -> None:
        self.loop.run_until_complete(self.outer.rollback())

    def close(self) -> None:
        self.loop.run_until_complete(self.connection.close())
        self.loop.close()

    def check(self, tx: Tx, model: Model) -> None:
        """The laws: the balances are the model's, and they are the moves' and the allocations'."""
        self.steps += 1
        balances, promised, broken = self.loop.run_until_complete(look(tx))
        assert balances == model.balances()
        assert promised == {a: (p.key, p.open, p.settled) for a, p in model.promised.items()}
        assert broken == []


LOOK = """
select null::bigint as id, shop_id, sku_id, location_id, hu_id, lot_id, status, on_hand as q, allocated as r from balance
union all
select id, shop_id, sku_id, location_id, hu_id, lot_id, status, open, settled from allocation
"""


async def look(tx: Tx) -> tuple[dict[Key, tuple[int, int]], dict[int, tuple[Key, int, int]], list[object]]:
    balances: dict[Key, tuple[int, int]] = {}
    promised: dict[int, tuple[Key, int, int]] = {}
    for r in await tx.rows(LOOK):
        key = cast(Key, tuple(r)[1:7])
        if r["id"] is None:
            balances[key] = (r["q"], r["r"])
        else:
            promised[r["id"]] = (key, r["q"], r["r"])
    return balances, promised, list(await verify_stock(tx))
