"""The whole order cycle through HTTP, the books after it, and the floor: plain SQL of the same shape."""

import subprocess
import sys
from typing import Any

from wms.demo.bench_cycle import Cycle
from wms.demo.bench_load import Seen
from wms.demo.bench_meter import Window, load
from wms.demo.bench_pgbench import pgbench
from wms.demo.bench_report import Row, milliseconds, per_second
from wms.demo.bench_site import SKUS, Site, site_env, tidy, zipf
from wms.demo.processes import Child

ORDERS = 96
RUNS = (
    (1, True, "uniform"), (4, True, "uniform"), (16, True, "uniform"), (16, True, "Zipf-hot"),
    (1, False, "uniform"), (4, False, "uniform"), (16, False, "uniform"), (16, False, "Zipf-hot"),
)  # fmt: skip
"""Clients, whether every location, item and tote is scanned, and which SKUs are ordered."""

# An order of three lines from intake to handover, with none of what makes it a product: no checks, no events, no
# people, no idempotency, no tenants. One order in five goes back to its shelf.
TABLES = """
drop schema if exists bench cascade;
create schema bench;
create table bench.orders (id bigint primary key, state text not null, placed timestamptz not null default now());
create table bench.line (order_id bigint not null, no int not null, sku int not null, quantity int not null,
  primary key (order_id, no));
create table bench.stock (place text, sku int, on_hand int not null, reserved int not null default 0,
  primary key (place, sku), check (on_hand >= 0 and reserved >= 0));
create table bench.move (id bigserial primary key, sku int not null, source text not null, target text not null,
  quantity int not null, order_id bigint not null, at timestamptz not null default now());
create index on bench.move (sku);
create index on bench.move (order_id);
create sequence bench.number;
insert into bench.stock select p, s, 1000000 from unnest('{shelf,tote,parcel,out}'::text[]) p, generate_series(1, {skus}) s;
"""


def floor_script(back: bool) -> str:
    """``back``: the order comes back."""
    skus = [f":s{i}" for i in (1, 2, 3)]
    parts = ["\\set s1 random(1, 333)\n\\set s2 random(334, 666)\n\\set s3 random(667, 1000)"]
    parts.append("begin;\nselect nextval('bench.number') as id \\gset")
    parts.append("insert into bench.orders (id, state) values (:id, 'received');")
    parts += [f"insert into bench.line values (:id, {no}, {sku}, 1);" for no, sku in enumerate(skus, 1)]
    parts += [
        f"update bench.stock set reserved = reserved + 1 where place = 'shelf' and sku = {sku};"
        for sku in skus
    ]
    parts.append("commit;")
    steps = [("picked", "shelf", "tote"), ("packed", "tote", "parcel"), ("shipped", "parcel", "out")]
    for state, source, target in steps + ([("returned", "out", "shelf")] if back else []):
        for sku in skus:
            less = ", reserved = reserved - 1" if state == "picked" else ""
            parts.append(
                "begin;\n"
                f"update bench.stock set on_hand = on_hand - 1{less} where place = '{source}' and sku = {sku};\n"
                f"update bench.stock set on_hand = on_hand + 1 where place = '{target}' and sku = {sku};\n"
                "insert into bench.move (sku, source, target, quantity, order_id) "
                f"values ({sku}, '{source}', '{target}', 1, :id);\ncommit;"
            )
        parts.append(f"update bench.orders set state = '{state}' where id = :id;")
    return "\n".join(parts) + "\n"


def cycle(site: Site) -> list[Row]:
    """1, 4 and 16 clients, by single scans and by whole carts and parcels, on uniform and on hot SKUs; then the books."""
    site.clear_floor()
    worker = Child("worker", ["worker"], site.folder, site_env(site.folder, site.port))
    site.meter.servers.append(worker.process.pid)
    with site.owner() as c:
        c.execute(TABLES.replace("{skus}", str(SKUS)))
    try:
        _once(site, 4, True, "uniform", site.some(ORDERS) // 2 + 4)
        with site.owner() as c:
            tidy(c)
        rows = [
            _row(site, clients, by_scan, skus)
            for clients, by_scan, skus in (RUNS[::2] if site.quick else RUNS)
        ]
    finally:
        site.meter.servers.remove(worker.process.pid)
        worker.stop()
    return [*rows, _books(site)]


def _once(site: Site, clients: int, by_scan: bool, skus: str, n: int) -> tuple[Seen, Window]:
    orders = [site.order(skus=zipf(site, 3) if skus != "uniform" else None) for _ in range(n)]
    with site.owner() as c:
        stations: list[Any] = c.execute(
            "select id from location where warehouse_id = %s and kind = 'station' order by id",
            [site.place.warehouse_id],
        ).fetchall()
    place = site.place
    job = Cycle(
        port=site.port, clients=clients, by_scan=by_scan, orders=orders, tokens=place.tokens, shop_key=place.shop_key,
        shop_id=place.shop_id, warehouse_id=place.warehouse_id, carrier_id=place.carrier_id,
        stations=[s[0] for s in stations], eans={code: ean for _, code, ean in place.skus}, totes=site.next_totes(n),
    )  # fmt: skip
    with site.meter.window() as w:
        seen = load(job)
    return seen, w


def _row(site: Site, clients: int, by_scan: bool, skus: str) -> Row:
    n = site.some(ORDERS)
    seen, w = _once(site, clients, by_scan, skus, n)
    floors = [
        pgbench(site, floor_script(back), clients, max(1, n // clients), owner=True) for back in (False, True)
    ]
    costs = [1000 * x.postgres / ran.transactions for ran, x in floors]
    tps = 1 / (0.8 / floors[0][0].tps + 0.2 / floors[1][0].tps)
    cost = 0.8 * costs[0] + 0.2 * costs[1]
    python, postgres = 1000 * w.python / n, 1000 * w.postgres / n
    most, how = (45, "every scan") if by_scan else (25, "whole carts and parcels")
    people = f"{clients} client" + ("s" if clients > 1 else "")
    return Row(
        part="cycle", what=f"{how}, {people}, {skus} SKUs", goal=f"P1: at most {most} CPU-ms an order",
        met=python + postgres <= most, ratio=(python + postgres) / cost if cost else None,
        figure=f"{per_second(n / seen.seconds)}; CPU {milliseconds(python, postgres)}; "
        f"{seen.requests / n:.1f} requests an order, p50 {seen.p50:.1f}, p99 {seen.p99:.1f} ms",
        limit=f"plain SQL of the same shape, pgbench: {per_second(tps)}; CPU {milliseconds(cost)}",
        data={
            "orders_per_s": n / seen.seconds, "python_ms": python, "postgres_ms": postgres, "limit_per_s": tps,
            "limit_postgres_ms": cost, "requests": seen.requests / n, "p50_ms": seen.p50, "p99_ms": seen.p99,
            "client_cores": seen.cpu / seen.seconds, "clients": clients,
        },
    )  # fmt: skip


def verify(site: Site, *args: str) -> tuple[int, str]:
    """``wms verify`` as an operator would run it: its status and what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "wms.cli", "verify", *args], capture_output=True, text=True, check=False,
        env=site.server_env(),
    )  # fmt: skip
    return done.returncode, (done.stdout + done.stderr).strip()


def _books(site: Site) -> Row:
    status, said = verify(site)
    return Row(
        part="cycle", what="books after all of it", figure=said.splitlines()[-1], limit="wms verify",
        goal="P1: books right with 1, 4 and 16 clients", met=status == 0, data={"status": status, "said": said[:2000]},
    )  # fmt: skip
