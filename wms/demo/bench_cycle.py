"""The whole life of orders, as the load generator drives it: from intake to handover, and a fifth of them back.

The clients work in phases, as a shift does: all orders come in, a wave is released, everybody picks, packs, labels and
loads, the manifest is closed and handed over, and then the inspectors take what comes back.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec

from wms.demo.bench_http import Said, Wire, connect

CARTON_G, PIECE_G = 210, 200
BACK = 5
"""One order in so many comes back."""
PATIENCE_S = 120


class Cycle(msgspec.Struct, tag="cycle", kw_only=True):
    """``orders`` are bodies for intake. ``by_scan``: every location, item and tote of a pick and every piece of a parcel is a
    request of its own, orders come one by one and parcels are scanned onto the manifest. Else orders come in bulk, all picks
    of a cart are one request, as is a parcel with its pieces, and all parcels are loaded at once: devices and machines that
    collect the scans themselves."""

    port: int
    clients: int
    by_scan: bool
    orders: list[dict[str, Any]]
    tokens: list[str]
    shop_key: str
    shop_id: int
    warehouse_id: int
    carrier_id: int
    stations: list[int]
    eans: dict[str, str]
    totes: list[str]


class Floor:
    """The clients with their connections, and what the phases hand on to each other."""

    def __init__(self, job: Cycle, wires: list[Wire]) -> None:
        self.job = job
        self.wires = wires
        self.totes = iter(job.totes)
        self.parcels: list[int] = []
        self.counts: dict[str, float] = {}

    async def each(
        self, items: Sequence[Any], work: Callable[[Wire, str, Any, int], Awaitable[None]]
    ) -> None:
        """The clients share the items, one after the other."""
        waiting = iter(items)

        async def client(no: int) -> None:
            for item in waiting:
                await work(self.wires[no], self.job.tokens[no], item, no)

        await asyncio.gather(*(client(i) for i in range(self.job.clients)))

    async def lead(self, method: str, path: str, body: Any = None) -> Any:
        return await self.wires[0].call(method, path, self.job.tokens[0], body)


async def run_cycle(job: Cycle) -> tuple[list[float], dict[str, float]]:
    """Seconds of every request, and counts: parcels, returns, scans."""
    floor = Floor(job, [await connect(job.port) for _ in range(job.clients)])
    for phase in (accept, pick, pack, label, load, hand_over, come_back):
        await phase(floor)
    times = [t for w in floor.wires for t in w.times]
    for w in floor.wires:
        w.close()
    return times, floor.counts


async def accept(floor: Floor) -> None:
    job = floor.job

    async def one(wire: Wire, _: str, order: dict[str, Any], __: int) -> None:
        await wire.call("POST", "/orders", job.shop_key, order)

    if job.by_scan:
        await floor.each(job.orders, one)
        return
    for i in range(0, len(job.orders), 500):
        await floor.wires[0].call("POST", "/orders/bulk", job.shop_key, {"orders": job.orders[i : i + 500]})


async def pick(floor: Floor) -> None:
    """One wave, and every client takes carts until there are none."""
    job = floor.job
    await floor.lead("POST", "/waves", {"warehouse_id": job.warehouse_id, "max_orders": len(job.orders)})

    async def client(wire: Wire, token: str, _: int, __: int) -> None:
        while True:
            try:
                screen = await wire.call("POST", "/clusters/claim", token, {"warehouse_id": job.warehouse_id})
            except Said as said:
                if said.code != "nothing-to-pick":
                    raise
                return
            path = f"/clusters/{screen['cluster_id']}"
            if screen["step"] == "totes":
                totes = {"totes": [next(floor.totes) for _ in range(screen["orders"])]}
                screen = await wire.call("POST", f"{path}/totes", token, totes)
            if job.by_scan:
                await _scan_by_scan(wire, token, path, screen, job.eans)
            else:
                await _all_at_once(wire, token, path, job.eans)
            await wire.call("POST", f"{path}/park", token, {"location": "L-PACK-1"})

    await floor.each(range(job.clients), client)


async def _scan_by_scan(
    wire: Wire, token: str, path: str, screen: dict[str, Any], eans: dict[str, str]
) -> None:
    while screen["step"] in ("location", "item", "tote"):
        step, body = screen["step"], {"task_id": screen["task_id"], "step": screen["step"]}
        if step == "item":
            body |= {"scan": eans[screen["sku"]], "quantity": screen["quantity"]}
        else:
            body["scan"] = f"L-{screen['location']}" if step == "location" else screen["tote"]
        screen = await wire.call("POST", f"{path}/scans", token, body)


async def _all_at_once(wire: Wire, token: str, path: str, eans: dict[str, str]) -> None:
    cart = await wire.call("GET", path, token)
    picks = [
        {"task_id": t["id"], "location": f"L-{t['location']}", "item": eans[t["sku"]], "quantity": t["quantity"],
         "tote": t["tote"]}
        for t in cart["tasks"]
    ]  # fmt: skip
    answer = await wire.call("POST", f"{path}/picks", token, {"picks": picks})
    assert answer["picked"] == len(picks), answer["results"]


async def pack(floor: Floor) -> None:
    """Each order at a station: its pieces, carton and weight, which asks for its label too."""
    job = floor.job

    async def whole(wire: Wire, token: str, order: dict[str, Any], no: int) -> None:
        pieces = [{"scan": job.eans[n["sku"]], "quantity": n["quantity"]} for n in order["lines"]]
        body = {"scan": f"O-{order['number']}", "pieces": pieces} | _scale(order)
        closed = await wire.call("POST", f"/pack-stations/{job.stations[no]}/parcels", token, body)
        floor.parcels.append(closed["parcel_id"])

    async def one(wire: Wire, token: str, order: dict[str, Any], no: int) -> None:
        body = {"station_id": job.stations[no], "scan": f"O-{order['number']}"}
        station = (await wire.call("POST", "/pack-sessions", token, body))["station"]
        base = f"/shops/{job.shop_id}/pack-sessions/{station['session_id']}"
        for n in order["lines"]:
            piece = {"scan": job.eans[n["sku"]], "quantity": n["quantity"]}
            station = await wire.call("POST", f"{base}/scans", token, piece)
        parcel = f"/shops/{job.shop_id}/parcels/{station['parcel_id']}"
        await wire.call("POST", f"{parcel}/close", token, _scale(order))
        floor.parcels.append(station["parcel_id"])

    await floor.each(job.orders, one if job.by_scan else whole)
    floor.counts["parcels"] = len(floor.parcels)


def _scale(order: dict[str, Any]) -> dict[str, Any]:
    """What closes the order's only parcel, and asks for its label."""
    grams = CARTON_G + PIECE_G * sum(n["quantity"] for n in order["lines"])
    return {"carton": "M", "weight_g": grams, "label": True}


async def label(floor: Floor) -> None:
    """Waits until the worker has bought every label."""
    waiting = f"/parcels?shop_id={floor.job.shop_id}&state=closed&limit=1"
    for _ in range(PATIENCE_S * 10):
        if not (await floor.lead("GET", waiting))["items"]:
            return
        await asyncio.sleep(0.1)
    raise TimeoutError("the worker did not make all labels")


async def load(floor: Floor) -> None:
    job = floor.job
    place = {"warehouse_id": job.warehouse_id, "carrier_id": job.carrier_id}
    if not job.by_scan:
        await floor.lead("POST", "/loading/all", place)
        return
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        query = f"/parcels?shop_id={job.shop_id}&state=labelled&limit=500&after={after}"
        page = await floor.lead("GET", query)
        found += page["items"]
        after = page["next"]

    async def one(wire: Wire, token: str, parcel: dict[str, Any], _: int) -> None:
        await wire.call("POST", "/loading", token, place | {"scan": parcel["tracking_number"]})

    await floor.each(found, one)


async def hand_over(floor: Floor) -> None:
    for m in (await floor.lead("GET", f"/manifests?warehouse_id={floor.job.warehouse_id}&state=open"))[
        "items"
    ]:
        await floor.lead("POST", f"/manifests/{m['id']}/close")
        driver = {"driver": "Jan Kowalski", "vehicle": "WZ 0000X"}
        await floor.lead("POST", f"/manifests/{m['id']}/handover", driver)


async def come_back(floor: Floor) -> None:
    """Announced by the shop, received, every piece looked at and restocked."""
    job = floor.job

    async def one(wire: Wire, token: str, order: dict[str, Any], _: int) -> None:
        lines = [
            {"sku": n["sku"], "quantity": n["quantity"], "reason": "changed_mind"} for n in order["lines"]
        ]
        announced = {"kind": "withdrawal", "order_number": order["number"], "lines": lines}
        rma = (await wire.call("POST", "/returns", job.shop_key, announced))["id"]
        base, shop = f"/returns/{rma}", f"?shop_id={job.shop_id}"
        await wire.call("POST", f"{base}/receive{shop}", token, {"warehouse_id": job.warehouse_id})
        for n in order["lines"]:
            look = {
                "code": job.eans[n["sku"]], "quantity": n["quantity"], "grade": "new", "disposition": "restock",
            }  # fmt: skip
            await wire.call("POST", f"{base}/inspections{shop}", token, look)
        await wire.call("POST", f"{base}/finish{shop}", token)

    back = job.orders[::BACK]
    await floor.each(back, one)
    floor.counts["returns"] = len(back)
