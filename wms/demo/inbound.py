"""Goods arrive: the shops announce, the receivers scan what comes, put it away, and the waiting orders are served."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from wms.demo.client import Client, Refused
from wms.demo.stock_plan import Asn, AsnLine
from wms.demo.things import DemoSku
from wms.demo.world import World

GS = "\x1d"


def symbol(sku: DemoSku, line: AsnLine, serial: str | None = None) -> str:
    """What the scanner types for one of these: a GS1 symbol where there is more to say than the EAN."""
    if line.lot is None and line.expires_on is None and serial is None:
        return sku.ean
    parts = f"01{sku.ean.rjust(14, '0')}"
    if line.expires_on:
        parts += f"17{line.expires_on:%y%m%d}"
    if line.lot:
        parts += f"10{line.lot}" + (GS if serial else "")
    if serial:
        parts += f"21{serial}"
    return f"]C1{parts}"


def scans(sku: DemoSku, line: AsnLine) -> Iterator[dict[str, Any]]:
    """The scans that a receiver makes for one line: full cases by their code, the rest by the piece's."""
    if line.serials:
        for serial in line.serials:
            yield {"code": symbol(sku, line, serial), "quantity": 1}
        return
    good = line.arriving - line.damaged
    if sku.case and line.lot is None and good >= sku.case[1]:
        yield {"code": sku.case[0], "quantity": good // sku.case[1]}
        good %= sku.case[1]
    if good:
        yield {"code": symbol(sku, line), "quantity": good}
    if line.damaged:
        yield {"code": symbol(sku, line), "quantity": line.damaged, "damaged": True, "note": "crushed corner"}


def printed(sku: DemoSku, line: AsnLine, scan: dict[str, Any]) -> dict[str, Any]:
    """A symbol can be read in two ways: then the plain code is scanned, and typed what is printed beside it."""
    typed: dict[str, Any] = {"code": sku.ean}
    if line.lot:
        typed["lot"] = line.lot
    if line.expires_on:
        typed["expires_on"] = line.expires_on.isoformat()
    if line.serials:
        typed["serial"] = next(s for s in line.serials if scan["code"].endswith(s))
    return typed


async def announce(world: World, arrival: str) -> None:
    """The shops send their ASNs."""
    asns = [a for a in world.plan.asns if a.arrival == arrival]
    for i, asn in enumerate(asns):
        await world.shops[asn.shop].post("/asns", asn_body(asn), once=world.once("asn", asn.number))
        world.count("ASNs")
        world.tell(i + 1, len(asns), "")


def asn_body(asn: Asn) -> dict[str, Any]:
    return {
        "number": asn.number,
        "carrier": asn.supplier,
        "lines": [
            {
                "sku": n.sku,
                "quantity": n.announced,
                "lot": n.lot,
                "expires_on": n.expires_on.isoformat() if n.expires_on else None,
            }
            for n in asn.lines
            if n.announced
        ],
    }


async def receive(world: World, arrival: str) -> None:
    """Each ASN at one of the docks, by whichever receiver is free."""
    asns = [a for a in world.plan.asns if a.arrival == arrival]
    total = sum(len(a.lines) for a in asns)
    done = 0
    waiting = iter(asns)

    async def work(receiver: Client, dock: str) -> None:
        nonlocal done
        for asn in waiting:
            await _receive_one(world, receiver, dock, asn)
            done += len(asn.lines)
            world.tell(done, total, "")

    await in_parallel(work(r, f"L-DOCK-{1 + i % 2}") for i, r in enumerate(world.staff["receiver"]))


async def _receive_one(world: World, receiver: Client, dock: str, asn: Asn) -> None:
    shop_id = world.state.shop_ids[asn.shop]
    found = (await receiver.get("/asns", shop_id=shop_id, number=asn.number))["items"][0]
    if found["state"] == "received":
        return
    receipt = await receiver.post(
        "/receipts",
        {
            "shop_id": shop_id, "warehouse_id": world.state.warehouse_id, "dock": dock, "asn_id": found["id"],
        },
        once=world.once("receipt", asn.number),
    )  # fmt: skip
    path = f"/receipts/{receipt['id']}/scans"
    for i, line in enumerate(asn.lines):
        sku = world.sku(asn.shop, line.sku)
        for j, scan in enumerate(scans(sku, line)):
            once = world.once("receive", asn.number, i, j)
            try:
                await receiver.scan(path, {"shop_id": shop_id, **scan}, once=once)
            except Refused as refused:
                if refused.code != "scan-several":
                    raise
                typed = scan | printed(sku, line, scan) | {"shop_id": shop_id}
                await receiver.scan(path, typed, once=once + "/typed")
            world.count("receipt scans")
    for j, stray in enumerate(asn.unknown):
        answer = await receiver.scan(
            path,
            {"shop_id": shop_id, "code": stray.ean, "quantity": stray.quantity},
            once=world.once("unknown", asn.number, j),
        )
        world.count("unknown goods noted", int(answer["outcome"] == "unknown"))
    closed = await receiver.post(
        f"/receipts/{receipt['id']}/close", {"shop_id": shop_id}, once=world.once("close", asn.number)
    )
    world.count("discrepancies", len(closed["discrepancies"]))
    world.count("receipts")


async def put_away(world: World) -> None:
    """The receivers share what waits at the docks; each takes the next goods to where the system suggests."""
    rows = await _waiting(world)
    waiting, done = iter(rows), 0

    async def work(receiver: Client) -> None:
        nonlocal done
        for row in waiting:
            await _put_away_one(world, receiver, row)
            done += 1
            world.tell(done, len(rows), row["sku"])

    await in_parallel(work(r) for r in world.staff["receiver"])


async def _waiting(world: World) -> list[dict[str, Any]]:
    receiver = world.staff["receiver"][0]
    rows: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = await receiver.get(
            "/putaway/waiting", warehouse_id=world.state.warehouse_id, limit=500, after=after or None
        )
        rows += page["items"]
        after = page["next"]
    return rows


async def _put_away_one(world: World, receiver: Client, row: dict[str, Any]) -> None:
    """In as many places as it takes; the first one that is refused (somebody was quicker) is tried elsewhere."""
    left = row["quantity"]
    code = world.ean_of(row["shop_id"], row["sku"])
    while left > 0:
        places = await receiver.get(
            "/putaway/suggestions", warehouse_id=world.state.warehouse_id, shop_id=row["shop_id"],
            sku_id=row["sku_id"], quantity=left, lot_id=row["lot_id"], status=row["status"],
        )  # fmt: skip
        place = places[0]
        part = min(left, place["quantity"]) if place.get("quantity") else left
        body = {
            "from_location_id": row["location_id"], "from_handling_unit_id": row["hu_id"], "code": code,
            "quantity": part, "to": f"L-{place['location']}", "shop_id": row["shop_id"], "lot": row["lot"],
            "serial": row["serial"], "status": row["status"],
        }  # fmt: skip
        await receiver.scan("/putaway", body)
        world.count("put-aways")
        left -= part


async def put_away_at(world: World, location: str) -> None:
    """What waits at one place (the returns bench) goes to the shelf."""
    receiver = world.staff["receiver"][0]
    place = await receiver.get(f"/locations/{location}", warehouse_id=world.state.warehouse_id)
    while True:
        page = await receiver.get(
            "/putaway/waiting", warehouse_id=world.state.warehouse_id, location_id=place["id"], limit=100
        )
        if not page["items"]:
            return
        for row in page["items"]:
            await _put_away_one(world, receiver, row)


async def late_delivery(world: World) -> None:
    """The late truck: what it brings serves the orders that wait, oldest promise first."""
    await announce(world, "late")
    await receive(world, "late")
    await put_away(world)


async def in_parallel(works: Iterable[Any]) -> None:
    """All of them at once; the first trouble ends them all and is raised as itself."""
    try:
        async with asyncio.TaskGroup() as group:
            for w in works:
                group.create_task(w)
    except* Refused as troubles:
        raise troubles.exceptions[0] from None
