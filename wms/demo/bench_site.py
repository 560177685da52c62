"""Where the benchmark works: a fresh schema, a server of its own on it, and a warehouse with 1,000 full bins."""

import asyncio
import contextlib
import os
import random
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from sqlalchemy.engine import URL

from wms.catalog.queries import BarcodeLine, SkuIn
from wms.catalog.upsert_skus import upsert_skus
from wms.config import Settings
from wms.db.migrate import migrate
from wms.db.tx import Database, Tx
from wms.demo.bench_http import Wire, connect
from wms.demo.bench_meter import Meter, find_postmaster
from wms.demo.processes import Child, free_port
from wms.demo.warehouse import layout
from wms.kernel.ids import hash_token, new_token
from wms.kernel.numbers import gs1_check_digit
from wms.kernel.refusals import Refusal
from wms.kernel.text import Text
from wms.locations.create_locations import LocationIn, create_locations
from wms.locations.create_warehouse import create_warehouse
from wms.locations.handling_units import create_totes
from wms.locations.number_ranges import create_number_range
from wms.locations.queries import system_location
from wms.people.manage import create_key, create_person
from wms.shops.create_shop import create_shop
from wms.stock.ledger import Move, post

T = TypeVar("T")
SKUS = 1000
PEOPLE = 32
TOTES = 8000
ON_HAND = 100_000
ROLES = ("receiver", "picker", "packer", "inspector", "supervisor", "admin")
SCOPES = ("catalog.write", "orders.write", "stock.read", "returns.write")
ADDRESS = {"street": "ul. Magazynowa 7", "postcode": "05-870", "city": "Błonie", "country": "PL"}


REAL = """select (select count(*) from shop where code <> 'bench') + (select count(*) from warehouse where code <> 'BENCH')"""


class RealShops(Refusal):
    code = "bench-real-shops"
    text = Text(
        en="This database holds real shops; the benchmark needs an empty one of its own.",
        pl="Ta baza zawiera prawdziwe sklepy; pomiar potrzebuje własnej, pustej bazy.",
    )


@dataclass
class Place:
    """The benchmark's world: one shop, one warehouse, people who may do everything."""

    warehouse_id: int
    shop_id: int
    carrier_id: int
    shop_key: str
    person_ids: list[int]
    tokens: list[str]
    skus: list[tuple[int, str, str]]
    """Id, code and bar code."""


@dataclass
class Site:
    """A running server on a fresh schema. ``meter`` sees the server, the worker and PostgreSQL."""

    settings: Settings
    folder: Path
    quick: bool
    port: int
    server: Child
    meter: Meter
    place: Place
    statements: tuple[str, str]
    """Picking's own for a confirming scan: how it loads a task and how it finishes it."""
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    totes: Iterator[int] = field(default_factory=lambda: count(1))
    dice: random.Random = field(default_factory=lambda: random.Random(4711))

    def some(self, n: int) -> int:
        """``n`` of something, a tenth of it in a quick run."""
        return max(1, n // 10) if self.quick else n

    def owner(self) -> "psycopg.Connection[tuple[Any, ...]]":
        return psycopg.connect(self.settings.owner_url.render_as_string(hide_password=False), autocommit=True)

    def server_env(self) -> dict[str, str]:
        """The environment of our own processes on this site."""
        return dict(os.environ) | site_env(self.folder, self.port)

    def next_totes(self, n: int) -> list[str]:
        return [f"T-{next(self.totes):05}" for _ in range(n)]

    def clear_floor(self) -> None:
        """What another part has left to be released or picked is nobody's work any more."""
        with self.owner() as c:
            c.execute("update orders set state = 'released' where state = 'allocated'")
            c.execute("update cluster set state = 'void' where state in ('waiting', 'claimed')")
            tidy(c)

    def talk(self, work: Callable[[Wire], Awaitable[T]]) -> T:
        """Runs a conversation with the server on one connection."""

        async def go() -> T:
            wire = await connect(self.port)
            try:
                return await work(wire)
            finally:
                wire.close()

        return asyncio.run(go())

    def order(self, lines: int = 3, skus: list[int] | None = None) -> dict[str, Any]:
        """The body of a new order of ``lines`` lines, one piece each; ``skus`` are indexes, uniform where left out."""
        chosen = skus or self.dice.sample(range(SKUS), lines)
        return {
            "number": f"B{next(self.numbers):07}",
            "carrier": "bench",
            "recipient": {
                "name": "Łucja Świątek", "street": "ul. Źródlana 7/3", "postcode": "30-624", "city": "Kraków",
                "country": "PL", "phone": "+48600000000", "email": "lucja@example.com",
            },
            "lines": [{"sku": self.place.skus[i][1], "quantity": 1, "unit_price": "19.90"} for i in chosen],
            "synthetic": True,
        }  # fmt: skip

    def accept(self, orders: list[dict[str, Any]]) -> None:
        """Sends orders in bulk, without measuring anything."""

        async def go(wire: Wire) -> None:
            for i in range(0, len(orders), 500):
                answer = await wire.call(
                    "POST", "/orders/bulk", self.place.shop_key, {"orders": orders[i : i + 500]}
                )
                assert not answer["refused"], answer["results"][0]

        self.talk(go)


def tidy(c: "psycopg.Connection[tuple[Any, ...]]") -> None:
    """What autovacuum does in time, for every table that holds anything.

    An empty one is left out, as autovacuum leaves it: where the planner has been told that a table is empty, each check of
    a foreign key reads the whole of it, until it is analysed again.
    """
    tables = "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    names = [str(name) for (name,) in c.execute(tables).fetchall()]
    filled = [n for n in names if c.execute(f'select exists (select from "{n}")').fetchone() == (True,)]
    c.execute(f"vacuum analyze {', '.join(filled)}")


def site_env(folder: Path, port: int) -> dict[str, str]:
    """What a process of ours must be told."""
    return {"WMS_HOME": str(folder), "WMS_PORT": str(port), "WMS_HOST": "127.0.0.1", "WMS_WORKERS": "1"}


def zipf(site: Site, n: int) -> list[int]:
    """``n`` different SKUs by a Zipf law (exponent 1): the hottest is in every third order of three lines."""
    found: dict[int, None] = {}
    while len(found) < n:
        found[int(SKUS ** site.dice.random()) - 1] = None
    return list(found)


@contextlib.contextmanager
def open_site(settings: Settings, folder: Path, quick: bool, statements: tuple[str, str]) -> Iterator[Site]:
    """Empties the benchmark's database, starts a server on it and fills the warehouse. Raises ``RealShops``."""
    with psycopg.connect(settings.owner_url.render_as_string(hide_password=False), autocommit=True) as c:
        found = c.execute(
            "select to_regclass('shop'), count(*) from pg_tables where schemaname = 'public'"
        ).fetchone()
        assert found is not None
        if found[1] and (found[0] is None or c.execute(REAL).fetchone() != (0,)):
            raise RealShops
        postmaster = find_postmaster(c.info.backend_pid)
        # not downgraded: what an earlier benchmark left may be of a version that this one no longer knows
        c.execute("drop schema public cascade")
        c.execute("create schema public")
        c.execute("grant usage on schema public to public")
    migrate(settings.owner_url, settings.secrets.app_password)
    place = asyncio.run(_furnish(settings))
    port = free_port(0)
    server = Child("server", ["run"], folder, site_env(folder, port))
    try:
        server.wait_ready(f"http://127.0.0.1:{port}")
        site = Site(
            settings, folder, quick, port, server, Meter(postmaster, [server.process.pid]), place, statements
        )
        with site.owner() as c:
            tidy(c)
        yield site
    finally:
        server.stop()


async def _furnish(settings: Settings) -> Place:
    database = Database(settings.app_url, pool_size=1)
    try:
        async with database.begin() as tx:
            return await _make(tx)
    finally:
        await database.close()


async def _make(tx: Tx) -> Place:
    address = {"name": "Magazyn pomiarowy", **ADDRESS}
    warehouse = await create_warehouse(
        tx, "BENCH", "Magazyn pomiarowy", address=address, stations=PEOPLE, cages=["BENCH"]
    )
    bins = [p for p in layout(SKUS).locations if p.kind == "bin"][:SKUS]
    places = [
        LocationIn(code=b.code, zone=b.zone, aisle=b.aisle, x=b.x, y=b.y, z=b.z, walk=b.walk, capacity_ml=b.capacity_ml)
        for b in bins
    ]  # fmt: skip
    ids = await create_locations(tx, warehouse.id, places)
    await create_totes(tx, warehouse.id, [f"T-{i:05}" for i in range(1, TOTES + 1)])
    shop_id = await create_shop(tx, "bench", "Sklep pomiarowy")
    eans = [(body := f"590{i:09}") + gs1_check_digit(body) for i in range(1, SKUS + 1)]
    lines = [
        SkuIn(
            code=f"S-{i:04}", name=f"Towar pomiarowy {i}", weight_g=200, length_mm=90, width_mm=80, height_mm=70,
            barcodes=[BarcodeLine(code=ean)],
        )
        for i, ean in enumerate(eans, 1)
    ]  # fmt: skip
    failed = (await upsert_skus(tx, shop_id, lines)).failed
    assert not failed, failed[0].refusal.say("en")
    sku_ids = {
        r["code"]: r["id"] for r in await tx.rows("select code, id from sku where shop_id = $1", shop_id)
    }
    skus = [(sku_ids[n.code], n.code, ean) for n, ean in zip(lines, eans, strict=True)]
    supplier = await system_location(tx, warehouse.id, "supplier")
    await post(
        tx,
        [
            Move(shop_id=shop_id, sku_id=sku[0], quantity=ON_HAND, from_location=supplier, to_location=ids[b.code],
                 reason="receiving")
            for sku, b in zip(skus, bins, strict=True)
        ],
    )  # fmt: skip
    carrier_id = await _carrier(tx)
    key = (await create_key(tx, name="bench", scopes=SCOPES, shop_id=shop_id, rate_per_min=1_000_000)).key
    people = [
        await create_person(tx, badge=f"B-{i:03}", name=f"Osoba {i}", roles=ROLES) for i in range(PEOPLE)
    ]
    tokens = [f"wms_se_{new_token('se').secret}" for _ in people]
    await tx.run(
        """insert into session (token_hash, person_id, floor, expires_at)
           select token, person, true, $3 from unnest($1::bytea[], $2::bigint[]) as u(token, person)""",
        [hash_token(t) for t in tokens],
        people,
        tx.now + timedelta(hours=12),
    )
    return Place(warehouse.id, shop_id, carrier_id, key, people, tokens, skus)


async def _carrier(tx: Tx) -> int:
    """A carrier with a million numbers of its own that collects at 16:00 every day, and cartons on the shelf."""
    carrier_id: int = await tx.value(
        """insert into carrier (code, name, adapter, services, settings)
           values ('bench', 'Kurier pomiarowy', 'own_range', '["standard"]', '{"range": "bench"}') returning id"""
    )
    await tx.run(
        "insert into carrier_pickup (carrier_id, weekday, at) select $1, d, '16:00' from generate_series(0, 6) as d",
        carrier_id,
    )
    await create_number_range(tx, "bench", "plain", 1, 1_000_000, prefix="BX", carrier_id=carrier_id)
    await tx.run(
        """insert into carton (code, length_mm, width_mm, height_mm, weight_g, max_load_g)
           values ('M', 380, 280, 180, 210, 15000)"""
    )
    return carrier_id


def connect_args(url: URL) -> dict[str, Any]:
    """The driver's own arguments for a URL of ours, with the product's setting for the planner (``wms.db.tx``)."""
    return {
        "server_settings": {"random_page_cost": "1.1"},
        "host": url.query.get("host") or url.host,
        "port": int(str(url.query.get("port") or url.port or 5432)),
        "user": url.username,
        "password": url.password,
        "database": url.database,
    }
