"""From the closed parcel to the last byte of its label at the printer: twenty stations that close at the same moment.

Server and worker are processes of their own; the carrier is a simulator that answers each call after half a second, the
printers are virtual ones with real sockets, each at a station of its own. A call books the parcel and a second one
fetches the label, so a second of the time is the carrier's.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from wms.carriers.credentials import store_credentials
from wms.carriers.simulators.catalogue import OFFERS, settings_for
from wms.carriers.simulators.faults import Fault
from wms.carriers.simulators.server import Simulator
from wms.carriers.vault import load_vault
from wms.db.tx import Database
from wms.demo.bench_cycle import CARTON_G, PIECE_G, Cycle, Floor, accept, pick
from wms.demo.bench_http import Wire, connect, percentile
from wms.demo.bench_report import Row
from wms.demo.bench_site import Site, site_env
from wms.demo.processes import Child
from wms.printing.bind_printer import bind_printer
from wms.printing.create_printer import PrinterIn, create_printer
from wms.printing.simulator.raw_server import RawServer
from wms.printing.simulator.virtual_printer import VirtualPrinter

STATIONS, ANSWER_S, GOAL_S = 20, 0.5, 2.0
ADAPTER = "dpd_pl"
PATIENCE_S = 30.0


def printing(site: Site) -> list[Row]:
    """p50 and p95 of closing the parcel to the label at the printer; and of that what is not the carrier's."""
    site.clear_floor()
    rounds = 2 if site.quick else 5
    worker = Child("worker", ["worker"], site.folder, site_env(site.folder, site.port))
    site.meter.servers.append(worker.process.pid)
    try:
        times = asyncio.run(_all(site, rounds))
    finally:
        site.meter.servers.remove(worker.process.pid)
        worker.stop()
    p50, p95, most = (percentile(times, p) / 1000 for p in (50, 95, 100))
    return [
        Row(
            part="printing",
            what=f"label on the printer, {STATIONS} stations at once, {len(times)} parcels",
            figure=f"p50 {p50:.2f} s, p95 {p95:.2f} s, longest {most:.2f} s",
            limit=f"the carrier alone: {2 * ANSWER_S:.1f} s (booking and label, {1000 * ANSWER_S:.0f} ms each)",
            ratio=p95 / (2 * ANSWER_S),
            goal=f"p95 {GOAL_S:.0f} s",
            met=p95 <= GOAL_S,
            data={"p50_s": p50, "p95_s": p95, "longest_s": most, "parcels": len(times)},
        )
    ]


async def _all(site: Site, rounds: int) -> list[float]:
    async with Simulator(OFFERS[ADAPTER].make()) as sim, _stations(site, sim) as stations:
        # one round that nobody counts: connections, prepared statements, the templates
        floor, orders = await _picked(site, STATIONS * (rounds + 1), list(stations))
        times: list[float] = []
        for i in range(rounds + 1):
            mine = orders[i * STATIONS : (i + 1) * STATIONS]
            found = await _round(floor, mine, list(stations.values()))
            times += found if i else []
        for wire in floor.wires:
            wire.close()
        return times


@contextlib.asynccontextmanager
async def _stations(site: Site, sim: Simulator) -> AsyncIterator[dict[int, VirtualPrinter]]:
    """Station -> its printer, and a carrier that answers in its own time."""
    sim.plan.add(Fault(kind="slow", seconds=ANSWER_S, times=1_000_000))
    database = Database(site.settings.app_url, pool_size=2)
    found: dict[int, VirtualPrinter] = {}
    async with contextlib.AsyncExitStack() as stack:
        try:
            async with database.begin() as tx:
                await tx.run(
                    """insert into carrier (code, name, adapter, services, settings, label_formats)
                       values ('slow', 'Kurier z daleka', $1, '["standard"]', $2::jsonb, '["zpl"]')
                       on conflict (code) do update set settings = excluded.settings""",
                    ADAPTER,
                    msgspec.json.encode(settings_for(sim.url)).decode(),
                )
                carrier_id = await tx.value("select id from carrier where code = 'slow'")
                await tx.run(
                    """insert into carrier_pickup (carrier_id, weekday, at)
                       select $1, d, '16:00' from generate_series(0, 6) as d on conflict do nothing""",
                    carrier_id,
                )
                await store_credentials(
                    tx, load_vault(site.settings.home), carrier_id, OFFERS[ADAPTER].credentials
                )
                rows = await tx.rows(
                    "select id, code from location where kind = 'station' and warehouse_id = $1 order by id limit $2",
                    site.place.warehouse_id,
                    STATIONS,
                )
                for row in rows:
                    it = VirtualPrinter()
                    raw = await stack.enter_async_context(RawServer(it))
                    made = PrinterIn(
                        code=f"Z-{row['code']}"[:20], name=row["code"], kind="zpl", address=f"socket://127.0.0.1:{raw.port}"
                    )  # fmt: skip
                    await tx.run(
                        "update printer set active = false, code = code || '-' || id where code = $1",
                        made.code,
                    )
                    printer_id = await create_printer(tx, site.place.warehouse_id, made)
                    await bind_printer(tx, row["id"], printer_id)
                    found[row["id"]] = it
            yield found
        finally:
            async with database.begin() as tx:
                await tx.run("update printer set active = false")
                await tx.run("delete from printer_place")
            await database.close()


async def _picked(site: Site, n: int, stations: list[int]) -> tuple[Floor, list[dict[str, Any]]]:
    """Orders whose goods wait in totes."""
    orders = [site.order(2) | {"carrier": "slow"} for _ in range(n)]
    place = site.place
    job = Cycle(
        port=site.port, clients=STATIONS, by_scan=False, orders=orders, tokens=place.tokens[:STATIONS],
        shop_key=place.shop_key, shop_id=place.shop_id, warehouse_id=place.warehouse_id, carrier_id=place.carrier_id,
        stations=stations, eans={code: ean for _, code, ean in place.skus}, totes=site.next_totes(n),
    )  # fmt: skip
    floor = Floor(job, [await connect(site.port) for _ in range(STATIONS)])
    await accept(floor)
    await pick(floor)
    return floor, orders


async def _round(floor: Floor, orders: list[dict[str, Any]], printers: list[VirtualPrinter]) -> list[float]:
    """Everybody packs one order; when the last one is ready to weigh, all close at once. Seconds to each label."""
    job = floor.job
    ready = asyncio.Barrier(STATIONS)

    async def station(no: int) -> float:
        wire, token, order, printer = floor.wires[no], job.tokens[no], orders[no], printers[no]
        parcel = await _until_the_scale(wire, token, job, order, no)
        before = len(printer.labels)
        await ready.wait()
        begun = time.monotonic()
        weight = {"carton": "M", "weight_g": CARTON_G + PIECE_G * len(order["lines"]), "label": True}
        await wire.call("POST", f"{parcel}/close", token, weight)
        while len(printer.labels) == before:
            if time.monotonic() - begun > PATIENCE_S:
                raise TimeoutError(f"no label came out at station {no}")
            await asyncio.sleep(
                0.05
            )  # the printer's own clock tells when, and twenty who look often are a load
        assert len(printer.labels) == before + 1
        return printer.labels[-1].at - begun

    return list(await asyncio.gather(*(station(i) for i in range(STATIONS))))


async def _until_the_scale(wire: Wire, token: str, job: Cycle, order: dict[str, Any], no: int) -> str:
    body = {"station_id": job.stations[no], "scan": f"O-{order['number']}"}
    station = (await wire.call("POST", "/pack-sessions", token, body))["station"]
    base = f"/shops/{job.shop_id}/pack-sessions/{station['session_id']}"
    for line in order["lines"]:
        piece = {"scan": job.eans[line["sku"]], "quantity": 1}
        station = await wire.call("POST", f"{base}/scans", token, piece)
    return f"/shops/{job.shop_id}/parcels/{station['parcel_id']}"
