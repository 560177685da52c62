"""A large ledger: what ``verify`` takes over it, and whether scans and orders get dearer with history."""

import asyncio
import time
from typing import Any

from wms.db.tx import Database
from wms.demo.bench_carts import Cart, confirming, counted, make_carts
from wms.demo.bench_day import verify as run_verify
from wms.demo.bench_load import Seen, Shot, Shots
from wms.demo.bench_meter import Window, load, total
from wms.demo.bench_report import Row, milliseconds
from wms.demo.bench_scan import fire, warm_up
from wms.demo.bench_site import Site, tidy
from wms.stock.chain import seal_all
from wms.stock.statements import DIGEST

SMALL, LARGE = 10_000, 1_000_000
CHUNK = 100_000
CLIENTS = 4
ROUNDS = 3

# Goods that came from the supplier and went to a customer, so each pair of moves leaves its bin as it was.
GROW = f"""
with bins as materialized (
  select b.shop_id, b.sku_id, b.location_id, l.warehouse_id, row_number() over (order by b.id) - 1 as n, count(*) over () as all_of
  from balance b join location l on l.id = b.location_id where l.kind = 'bin' and b.hu_id = 0
), ends as materialized (
  select max(id) filter (where kind = 'supplier') as supplier, max(id) filter (where kind = 'customer') as customer from location
), n as materialized (
  select nextval('move_id_seq') as id, clock_timestamp() as at, b.shop_id, b.sku_id, null::bigint as lot_id,
         1 + (g / 2 %% 5)::int as quantity,
         case when g %% 2 = 0 then e.supplier else b.location_id end as from_location_id, null::bigint as from_hu_id,
         'sellable' as from_status, case when g %% 2 = 0 then b.location_id else e.customer end as to_location_id,
         null::bigint as to_hu_id, 'sellable' as to_status,
         case when g %% 2 = 0 then 'receiving' else 'shipping' end as reason, null::bigint as order_id,
         null::bigint as order_line_id, null::bigint as allocation_id, 'history' as doc, null::bigint as person_id,
         null::bigint as device_id, null::uuid as scan_id
  from generate_series(0, 2 * (%s::bigint / 2) - 1) as g cross join ends e
  join bins b on b.n = (g / 2) * 7919 %% b.all_of order by g
), written as (
  insert into move (shop_id, id, at, sku_id, lot_id, quantity, from_location_id, from_hu_id, from_status, to_location_id,
                    to_hu_id, to_status, reason, order_id, order_line_id, allocation_id, doc, person_id, device_id, scan_id,
                    digest)
  select shop_id, id, at, sku_id, lot_id, quantity, from_location_id, from_hu_id, from_status, to_location_id, to_hu_id,
         to_status, reason, order_id, order_line_id, allocation_id, doc, person_id, device_id, scan_id, {DIGEST.format(m="n").replace("%", "%%")}
  from n order by id
)
insert into balance (shop_id, sku_id, location_id, status, real, serialised, on_hand)
select shop_id, sku_id, place, 'sellable', false, false, sum(q) from (
  select n.shop_id, n.sku_id, e.supplier as place, -quantity as q from n, ends e where n.from_location_id = e.supplier
  union all
  select n.shop_id, n.sku_id, e.customer, quantity from n, ends e where n.to_location_id = e.customer) x
group by 1, 2, 3
on conflict on constraint uq_balance_key do update set on_hand = balance.on_hand + excluded.on_hand
"""
BOTH_ENDS = """select count(*) from (
  select shop_id, sku_id, to_location_id, to_hu_id, lot_id, to_status, sum(quantity) from move group by 1, 2, 3, 4, 5, 6
  union all
  select shop_id, sku_id, from_location_id, from_hu_id, lot_id, from_status, sum(quantity) from move group by 1, 2, 3, 4, 5, 6) x"""
HASHES = f"select count(*) from move m where m.digest <> {DIGEST.format(m='m')}"


def large(site: Site) -> int:
    return LARGE // 10 if site.quick else LARGE


def grow_to(site: Site, wanted: int) -> int:
    """History by the owner's hand, as if it had happened, until there are ``wanted`` moves; returns how many there are."""
    with site.owner() as c:
        found = c.execute("select count(*) from move").fetchone()
        assert found is not None
        have = int(found[0])
        while have < wanted:
            n = max(2, min(CHUNK, wanted - have))
            c.execute(GROW, [n])
            have += n // 2 * 2
        tidy(c)
    return have


def _timed(site: Site, sql: str) -> float:
    with site.owner() as c:
        begun = time.perf_counter()
        c.execute(sql).fetchone()
        return time.perf_counter() - begun


def _seal(site: Site) -> float:
    async def go() -> None:
        database = Database(site.settings.app_url, pool_size=1)
        try:
            async with database.begin() as tx:
                await seal_all(tx)
        finally:
            await database.close()

    begun = time.perf_counter()
    asyncio.run(go())
    return time.perf_counter() - begun


def verify(site: Site) -> list[Row]:
    """``wms verify`` as a command, from its start to its end, without and with the chain."""
    moves = grow_to(site, large(site))
    sealed = _seal(site)
    rows = []
    for name, args, sql, what in (
        ("verify", (), BOTH_ENDS, "both ends of every move summed once"),
        ("verify --chain", ("--chain",), HASHES, "every move hashed once"),
    ):
        limit = _timed(site, sql)
        begun = time.perf_counter()
        status, said = run_verify(site, *args)
        seconds = time.perf_counter() - begun
        limit = min(limit, _timed(site, sql))
        rows.append(
            Row(
                part="verify", what=f"{name}, {moves:,} moves", figure=f"{seconds:.1f} s; {said.splitlines()[-1]}",
                limit=f"{what}: {limit:.1f} s", ratio=seconds / limit, goal="P5: seconds, 0 deviations",
                met=status == 0 and seconds < 30,
                data={"seconds": seconds, "limit_s": limit, "moves": moves, "seal_s": sealed, "status": status},
            )
        )  # fmt: skip
    return rows


def _scans(site: Site, carts: list[Cart], n: int) -> tuple[Seen, Window]:
    seen, sum_of = [], Window()
    warm_up(site, carts)
    for _ in range(ROUNDS):
        s, w = fire(site, carts, [confirming(c, c.take(n)) for c in carts])
        seen.append(s)
        sum_of.add(w)
    return total(seen), sum_of


def _orders(site: Site, n: int) -> tuple[Seen, Window]:
    seen, sum_of = [], Window()

    def shots(each: int) -> Shots:
        clients = [[Shot("POST", "/orders", site.order()) for _ in range(each)] for _ in range(CLIENTS)]
        return Shots(site.port, [site.place.shop_key] * CLIENTS, clients)

    load(shots(12))
    for _ in range(ROUNDS):
        job = shots(n)
        with site.meter.window() as w:
            seen.append(load(job))
        sum_of.add(w)
    return total(seen), sum_of


def growth(site: Site) -> list[Row]:
    """The same scans and single orders at 10 thousand moves and at a million."""
    n = site.some(100)
    tasks = ROUNDS * n + 10
    carts = make_carts(site, 2 * CLIENTS, -(-tasks // 10) * 10)
    counted(site, carts)
    small = grow_to(site, SMALL)
    before = [_scans(site, carts[:CLIENTS], n), _orders(site, n)]
    moves = grow_to(site, large(site))
    after = [_scans(site, carts[CLIENTS:], n), _orders(site, n)]
    return [
        _grown(what, one, two, small, moves)
        for what, one, two in zip(("a confirming scan", "an order of 3 lines"), before, after, strict=True)
    ]


def _grown(what: str, one: tuple[Seen, Window], two: tuple[Seen, Window], small: int, moves: int) -> Row:
    costs = [1000 * w.backends / s.requests for s, w in (one, two)]
    ratio = costs[1] / costs[0] if costs[0] else None
    data: dict[str, Any] = {"moves": [small, moves], "backend_ms": costs, "p50_ms": [one[0].p50, two[0].p50]}
    return Row(
        part="growth", what=f"{what}, {CLIENTS} clients", goal="P5: PostgreSQL's CPU at most 1.1 times", ratio=ratio,
        figure=f"at {moves:,} moves: CPU {milliseconds(costs[1])}; p50 {two[0].p50:.1f} ms",
        limit=f"at {small:,} moves: CPU {milliseconds(costs[0])}; p50 {one[0].p50:.1f} ms",
        met=ratio is not None and ratio <= 1.1, data=data,
    )  # fmt: skip
