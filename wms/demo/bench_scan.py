"""The pick scan through HTTP; the limit is pgbench with the statements of that scan."""

from wms.demo.bench_carts import Cart, confirming, counted, make_carts, whole
from wms.demo.bench_load import Seen, Shot, Shots
from wms.demo.bench_meter import Window, load, total
from wms.demo.bench_pgbench import pgbench, scan_script
from wms.demo.bench_report import Row, milliseconds, per_second, refused
from wms.demo.bench_site import Site

ROUNDS = 3
WARM = 5


def fire(site: Site, carts: list[Cart], shots: list[list[Shot]]) -> tuple[Seen, Window]:
    """Each cart's picker sends its shots."""
    with site.meter.window() as w:
        seen = load(Shots(site.port, [site.place.tokens[c.person] for c in carts], shots))
    return seen, w


def work_place(site: Site) -> int:
    with site.owner() as c:
        found = c.execute(
            "select id from location where warehouse_id = %s and kind = 'work'", [site.place.warehouse_id]
        ).fetchone()
    assert found is not None
    return int(found[0])


def warm_up(site: Site, carts: list[Cart]) -> None:
    """Every connection of the server has prepared what a scan needs."""
    fire(site, carts, [confirming(c, c.take(WARM)) for c in carts])


def _against_pgbench(
    site: Site, carts: list[Cart], n: int, what: str, goal: str, least: float,
    python_goal: float | None = None,
) -> Row:  # fmt: skip
    """``n`` confirming scans of every cart's picker and as many by pgbench, in turn."""
    script = scan_script(site, carts, work_place(site))
    seen, ours, theirs, tps, latency = [], Window(), Window(), [], []
    for _ in range(ROUNDS):
        s, w = fire(site, carts, [confirming(c, c.take(n)) for c in carts])
        seen.append(s)
        ours.add(w)
        ran, w = pgbench(site, script, len(carts), n)
        for c in carts:
            c.take(n)
        tps.append(ran.tps)
        latency.append(ran.latency)
        theirs.add(w)
    s, scans = total(seen), ROUNDS * n * len(carts)
    rate, limit = scans / s.seconds, ROUNDS / sum(1 / x for x in tps)
    python, postgres, bare = (1000 * x / scans for x in (ours.python, ours.postgres, theirs.postgres))
    return Row(
        part="scan", what=what, goal=goal, ratio=rate / limit,
        met=rate / limit >= least and (python_goal is None or python <= python_goal),
        figure=f"{per_second(rate)}; CPU {milliseconds(python, postgres)}; p50 {s.p50:.1f}, p99 {s.p99:.1f} ms" + refused(s),
        limit=f"pgbench, same statements: {per_second(limit)}; CPU {milliseconds(bare)}; mean {min(latency):.1f} ms",
        data={
            "scans_per_s": rate, "python_ms": python, "postgres_ms": postgres, "p50_ms": s.p50, "p99_ms": s.p99,
            "limit_per_s": limit, "limit_postgres_ms": bare, "client_cores": s.cpu / s.seconds, "clients": len(carts),
        },
    )  # fmt: skip


def _whole(site: Site, carts: list[Cart], n: int) -> Row:
    """``n`` picks of every cart, each with all its scans."""
    shots = [whole(c, c.take(n)) for c in carts]
    s, w = fire(site, carts, shots)
    picks = n * len(carts)
    python, postgres = 1000 * w.python / s.requests, 1000 * w.postgres / s.requests
    clients = f"{len(carts)} client" + ("s" if len(carts) > 1 else "")
    return Row(
        part="scan", what=f"location, item, tote; {clients}", goal="P2: at most 1 ms Python a scan", met=python <= 1,
        figure=f"{per_second(s.requests / s.seconds)}; CPU {milliseconds(python, postgres)}; "
        f"p50 {s.p50:.1f}, p99 {s.p99:.1f} ms" + refused(s),
        limit=f"{s.requests / picks:.1f} scans a pick; the load generator took {100 * s.cpu / s.seconds:.0f} % of a core",
        data={
            "scans_per_s": s.requests / s.seconds, "python_ms": python, "postgres_ms": postgres, "p50_ms": s.p50,
            "p99_ms": s.p99, "client_cores": s.cpu / s.seconds,
        },
    )  # fmt: skip


def scan(site: Site) -> list[Row]:
    """The confirming scan and the whole cycle of scans with 1, 8 and 32 pickers, and 8 at one hot bin."""
    one, few, many, hot, picks = (site.some(n) for n in (160, 80, 30, 60, 40))
    used = 2 * ROUNDS
    site.clear_floor()
    solo = make_carts(site, 1, _tens(used * one + WARM))
    busy = make_carts(site, 8, _tens(used * (few + many) + WARM))
    carts = busy + make_carts(site, 24, _tens(used * many + WARM))
    counted(site, solo + carts)
    warm_up(site, solo + carts)
    goal = "P2: 0.15 of pgbench or more, 1 ms Python"
    rows = [
        _against_pgbench(site, chosen, n, f"confirming scan, {clients}", goal, least, 1.0)
        for chosen, n, clients, least in (
            (solo, one, "1 client", 0.0),
            (busy, few, "8 clients", 0.15),
            (carts, many, "32 clients", 0.0),
        )
    ]
    fresh = make_carts(site, 32, _tens(3 * picks))
    rows += [_whole(site, chosen, picks) for chosen in (fresh[:1], fresh[:8], fresh)]
    eight = make_carts(site, 8, _tens(used * hot + WARM), hot=True)
    counted(site, eight)
    warm_up(site, eight)
    goal, what = "P3: 0.6 of pgbench or more", "all scans on one bin, 8 clients"
    rows.append(_against_pgbench(site, eight, hot, what, goal, 0.6))
    return rows


def _tens(n: int) -> int:
    """Enough tasks for orders of ten lines."""
    return -(-n // 10) * 10
