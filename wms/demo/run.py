"""The demo day from beginning to end, as stages; each can be interrupted and continued."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
import msgspec

from wms.demo.client import Client, Figures
from wms.demo.data import read_day
from wms.demo.derive import derive_day
from wms.demo.stock_plan import stock_plan
from wms.demo.things import DerivedDay
from wms.demo.warehouse import layout
from wms.demo.world import Memory, State, World
from wms.kernel.text import Text

Stage = Callable[[World], Awaitable[None]]


class Told(msgspec.Struct, frozen=True):
    """The day in figures."""

    counts: dict[str, int]
    refusals: dict[str, int]
    requests: int
    retries: int
    seconds: float
    stages: dict[str, float]
    scans: int
    p50: float
    p95: float
    p99: float


def stages() -> list[tuple[Text, Stage]]:
    """Names and work of every stage, in order."""
    from wms.demo import comeback, dispatch, floor, inbound, intake, refill, setup, tidy

    return [
        (Text(en="Set up", pl="Zakładanie"), setup.set_up),
        (Text(en="ASNs", pl="Awizacje"), lambda w: inbound.announce(w, "morning")),
        (Text(en="Receiving", pl="Przyjęcie"), lambda w: inbound.receive(w, "morning")),
        (Text(en="Put-away", pl="Odkładanie"), inbound.put_away),
        (Text(en="Orders", pl="Zamówienia"), intake.send_orders),
        (Text(en="Addresses mended", pl="Poprawa adresów"), intake.mend_addresses),
        (Text(en="Late deliveries", pl="Późne dostawy"), inbound.late_delivery),
        (Text(en="Cancellations", pl="Anulowanie"), floor.cancel_some),
        (Text(en="Waves", pl="Fale"), floor.release_waves),
        (Text(en="Picking", pl="Kompletacja"), floor.pick),
        (Text(en="Packing", pl="Pakowanie"), floor.pack),
        (Text(en="Labels", pl="Etykiety"), dispatch.labels),
        (Text(en="Loading", pl="Załadunek"), dispatch.load),
        (Text(en="Manifests", pl="Listy przewozowe"), dispatch.close_manifests),
        (Text(en="Handover", pl="Przekazanie"), dispatch.hand_over),
        (Text(en="Put-back and counts", pl="Zwroty na półkę i liczenie"), tidy.tidy_up),
        (Text(en="Moves and replenishment", pl="Przesunięcia i uzupełnianie"), refill.refill),
        (Text(en="Returns", pl="Zwroty"), comeback.announce),
        (Text(en="Inspection", pl="Kontrola zwrotów"), comeback.inspect),
        (Text(en="Files", pl="Pliki"), dispatch.fetch_files),
    ]


def evening() -> tuple[Text, Stage]:
    """The stage that leaves work for visitors."""
    from wms.demo.evening import leave_work

    return Text(en="Work left for you", pl="Praca dla Ciebie"), leave_work


def the_day(source: Path, day: str | None, limit: int | None) -> DerivedDay:
    """The day of data, derived; with ``limit`` only its first orders and as many returns as fit them."""
    from datetime import date

    found = derive_day(read_day(source, date.fromisoformat(day) if day else None))
    if limit is None:
        return found
    orders = found.orders[:limit]
    returns = found.returns[: max(3, limit // 4)]
    wanted = {(o.shop, n.sku) for o in orders for n in o.lines} | {
        (r.shop, n.sku) for r in returns for n in r.lines
    }
    kits = {(s.shop, s.code): s for s in found.skus if s.components}
    for key in list(wanted):
        if key in kits:
            wanted |= {(key[0], c.sku) for c in kits[key].components}
    skus = tuple(s for s in found.skus if (s.shop, s.code) in wanted)
    adjustments = tuple(a for a in found.adjustments if (a.shop, a.sku) in wanted)
    return msgspec.structs.replace(found, orders=orders, returns=returns, skus=skus, adjustments=adjustments)


async def run_day(
    url: str,
    state: State,
    memory: Memory,
    day: DerivedDay,
    files: Path,
    stage_begins: Callable[[Text], None],
    tell: Callable[[int, int, str], None],
    until: str | None = None,
    stay: bool = False,
) -> Told:
    """Drives the day through the server at ``url``; raises ``Refused`` where it answers what nobody planned for."""
    figures = Figures()
    plan = stock_plan(day, datetime.now(UTC).date())
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    took: dict[str, float] = {}
    started = time.perf_counter()
    async with httpx.AsyncClient(base_url=f"{url}/api/v1", timeout=60, limits=limits) as http:
        world = World(
            http=http,
            figures=figures,
            state=state,
            memory=memory,
            day=day,
            plan=plan,
            layout=layout(len(day.skus), plan.volume_ml, totes=len(day.orders) + 40),
            files=files,
            tell=tell,
            admin=Client(http, figures),
            absent={(m.shop, m.sku): m.quantity for m in plan.missing},
        )
        signed = await world.admin.post(
            "/sessions", {"email": "admin@example.com", "password": state.admin_password}
        )
        world.admin.token = signed["token"]
        for name, stage in [*stages(), *([evening()] if stay else [])]:
            stage_begins(name)
            begun = time.perf_counter()
            await stage(world)
            took[name.en] = time.perf_counter() - begun
            memory.save(state)
            if name.en == until:
                break
        state.finished = True
        memory.save(state)
    return Told(
        counts=world.counts,
        refusals=dict(figures.refusals),
        requests=figures.requests,
        retries=figures.retries,
        seconds=time.perf_counter() - started,
        stages=took,
        scans=len(figures.scans),
        p50=figures.percentile(50),
        p95=figures.percentile(95),
        p99=figures.percentile(99),
    )


def run_sync(*args: object) -> Told:
    """``run_day`` on a loop of its own, which Ctrl-C cancels."""
    with contextlib.suppress(ImportError):
        import uvloop

        return uvloop.run(run_day(*args))  # type: ignore[arg-type]
    return asyncio.run(run_day(*args))  # type: ignore[arg-type]
