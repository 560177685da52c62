"""Intake of orders, and setting stock aside for them; the limit is the bare driver with the same statements."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import asyncpg
import msgspec

from wms.db.tx import FEW, SCOPE, Actor, Database, counted
from wms.demo.bench_http import Wire
from wms.demo.bench_load import Seen, Shot, Shots
from wms.demo.bench_meter import Window, load, total
from wms.demo.bench_report import Row, milliseconds, per_second, refused
from wms.demo.bench_site import Site, connect_args, zipf
from wms.events.log import RECORD
from wms.orders.accept_orders import accept_orders
from wms.orders.order_in import OrderIn
from wms.orders.store_orders import STORE

ROUNDS = 2
WARM = 12
"""Requests of each client before the clock runs: a connection plans a statement anew for its first five executions."""
Args = tuple[Any, ...]
"""What the product gives to its statement for the orders of one request."""


class Recorder:
    """A driver that ends the work with ``Recorded`` when the statement comes by that stores orders."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def __getattr__(self, name: str) -> Any:
        return getattr(self.driver, name)

    async def fetch(self, sql: str, *args: Any) -> Any:
        if sql == STORE:
            raise Recorded(*args)
        return await self.driver.fetch(sql, *args)

    async def prepare(self, sql: str) -> Any:
        return Prepared() if sql == counted(STORE) else await self.driver.prepare(sql)


class Prepared:
    async def fetch(self, *args: Any) -> Any:
        raise Recorded(*args)


class Recorded(Exception):
    """What was asked for has come by; the transaction is rolled back."""


def arguments(site: Site, requests: Sequence[list[dict[str, Any]]]) -> list[Args]:
    """For each request's orders; nothing of it is kept."""

    async def go() -> list[Args]:
        database = Database(site.settings.app_url, pool_size=1)
        actor = Actor(kind="shop", id=1, name="bench", shop_id=site.place.shop_id)
        found = []
        try:
            for orders in requests:
                try:
                    async with database.begin(actor) as tx:
                        tx.driver = Recorder(tx.driver)  # type: ignore[assignment]
                        await accept_orders(tx, site.place.shop_id, msgspec.convert(orders, list[OrderIn]))
                except Recorded as e:
                    found.append(e.args)
        finally:
            await database.close()
        return found

    return asyncio.run(go())


class Bare:
    """The bare driver: connections that stay, so that their statements are prepared once, as the server's are."""

    def __init__(self, site: Site, clients: int) -> None:
        self.site = site
        self.runner = asyncio.Runner()
        self.connections: list[Any] = self.runner.run(self._connect(clients))

    async def _connect(self, n: int) -> list[Any]:
        return [await asyncpg.connect(**connect_args(self.site.settings.app_url)) for _ in range(n)]

    def run(self, requests: Sequence[Args]) -> float:
        """The connections share the requests; returns the seconds that it took."""
        n = len(self.connections)

        async def go() -> None:
            await asyncio.gather(
                *(_bare_client(c, self.site, requests[i::n]) for i, c in enumerate(self.connections))
            )

        begun = time.perf_counter()
        self.runner.run(go())
        return time.perf_counter() - begun

    def close(self) -> None:
        for c in self.connections:
            self.runner.run(c.close())
        self.runner.close()


async def _bare_client(c: Any, site: Site, requests: Sequence[Args]) -> None:
    shop = site.place.shop_id
    for args in requests:
        async with c.transaction():
            await c.execute(SCOPE, "wms_shop", str(shop), "0", "shop:1")
            # as the product asks: for many at once with a plan of their own
            if len(args[-1]) > FEW:
                made = await (await c.prepare(counted(STORE))).fetch(*args)
            else:
                made = await c.fetch(STORE, *args)
            events = [(kind, m["id"]) for kind in ("order.received", "order.allocated") for m in made]
            await c.execute(
                RECORD, [shop] * len(events), [k for k, _ in events], ["order"] * len(events), [i for _, i in events],
                ["B0"] * len(events), ['{"new": "received", "lines": 3}'] * len(events), None, None, "shop:bench", "x",
            )  # fmt: skip


def _against_bare(
    site: Site, clients: int, requests: int, size: int, skus: str = "uniform"
) -> tuple[Seen, Window, float, Window]:
    """Product and bare driver in turn; orders of 3 lines, ``size`` of them in each request."""

    def orders(n: int) -> list[dict[str, Any]]:
        return [site.order(skus=zipf(site, 3) if skus == "zipf" else None) for _ in range(n * size)]

    def fire(n: int) -> Seen:
        mine = orders(n)
        shots = [
            Shot("POST", "/orders", mine[i]) if size == 1 else Shot("POST", "/orders/bulk", {"orders": mine[i : i + size]})
            for i in range(0, len(mine), size)
        ]  # fmt: skip
        return load(
            Shots(site.port, [site.place.shop_key] * clients, [shots[i::clients] for i in range(clients)])
        )

    def ready(n: int) -> list[Args]:
        mine = orders(n)
        return arguments(site, [mine[i : i + size] for i in range(0, len(mine), size)])

    seen, ours, bare_seconds, theirs = [], Window(), 0.0, Window()
    bare = Bare(site, clients)
    warm = clients * (WARM if size == 1 else 1)
    fire(warm)
    bare.run(ready(warm))
    for _ in range(ROUNDS):
        with site.meter.window() as w:
            seen.append(fire(requests))
        ours.add(w)
        parts = ready(requests)
        used = time.process_time()
        with site.meter.window() as w:
            bare_seconds += bare.run(parts)
        w.python = time.process_time() - used
        theirs.add(w)
    bare.close()
    return total(seen), ours, bare_seconds, theirs


def _row(
    site: Site, part: str, what: str, clients: int, requests: int, size: int, skus: str, goal: str = "",
    reached: float | None = None,
) -> Row:  # fmt: skip
    """``reached``: orders per second to reach in bulk, CPU-ms per order one by one."""
    seen, ours, seconds, theirs = _against_bare(site, clients, requests, size, skus)
    n = ROUNDS * requests * size
    rate, limit = n / seen.seconds, n / seconds
    cpu = [1000 * x / n for x in (ours.python, ours.postgres, theirs.python, theirs.postgres)]
    met = None if reached is None else (rate >= reached if size > 1 else cpu[0] + cpu[1] <= reached)
    return Row(
        part=part, what=what, goal=goal, met=met, ratio=rate / limit,
        figure=f"{per_second(rate)}; CPU {milliseconds(cpu[0], cpu[1])}; p50 {seen.p50:.1f}, p99 {seen.p99:.1f} ms" + refused(seen),
        limit=f"bare driver, same SQL: {per_second(limit)}; CPU {milliseconds(cpu[2], cpu[3])}",
        data={
            "orders_per_s": rate, "python_ms": cpu[0], "postgres_ms": cpu[1], "p50_ms": seen.p50, "p99_ms": seen.p99,
            "limit_per_s": limit, "limit_python_ms": cpu[2], "limit_postgres_ms": cpu[3],
            "client_cores": seen.cpu / seen.seconds,
        },
    )  # fmt: skip


def intake(site: Site) -> list[Row]:
    """Orders one by one with one and with eight clients, and 500 in a request."""
    one = "P4: at most 3 ms CPU an order"
    site.accept([site.order() for _ in range(1000)])  # the shop is not new
    site.clear_floor()
    return [
        _row(site, "intake", "one order, 1 client", 1, site.some(400), 1, "uniform", one, 3.0),
        _row(site, "intake", "one order, 8 clients", 8, site.some(800), 1, "uniform", one, 3.0),
        _row(site, "intake", "500 orders in a request", 1, max(1, site.some(8)), 500, "uniform",
             "P4: 4,000 orders/s or more", 4000.0),
    ]  # fmt: skip


def allocation(site: Site) -> list[Row]:
    """Bulk orders on uniform and on hot SKUs, four clients at once, and the wave of all that was accepted."""
    size = 100 if site.quick else 500
    rows = [
        _row(site, "allocation", f"{size} orders, 4 clients, {name}", 4, 4, size, skus)
        for name, skus in (("uniform SKUs", "uniform"), ("Zipf-hot SKUs", "zipf"))
    ]
    return [*rows, _wave(site)]


def _wave(site: Site) -> Row:
    """10,000 orders released to the floor in one request."""
    wanted = site.some(10_000)

    async def go(wire: Wire) -> Any:
        body = {"warehouse_id": site.place.warehouse_id, "max_orders": wanted}
        return await wire.call("POST", "/waves", site.place.tokens[0], body)

    site.accept([site.order() for _ in range(wanted)])
    with site.meter.window() as w:
        waves = site.talk(go)["waves"]
    orders, carts = sum(x["orders"] for x in waves), sum(x["clusters"] for x in waves)
    walk, s_shape = sum(x["walk_mm"] for x in waves), sum(x["s_shape_mm"] for x in waves)
    return Row(
        part="allocation", what=f"wave of {orders:,} orders of 3 lines", goal="P6: stated",
        figure=f"{w.seconds:.1f} s, {per_second(orders / w.seconds)}; CPU {milliseconds(1000 * w.python / orders, 1000 * w.postgres / orders)}",
        limit=f"walk of {carts:,} carts: S-shape {s_shape / 1e6:.1f} km, ours {walk / 1e6:.1f} km", ratio=walk / s_shape,
        data={"orders": orders, "seconds": w.seconds, "walk_mm": walk, "s_shape_mm": s_shape, "carts": carts},
    )  # fmt: skip
