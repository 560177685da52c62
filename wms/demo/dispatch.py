"""Out of the door: labels, loading, manifests, handover, the courier's own list, and the files of the day."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from wms.demo.client import Client, Refused
from wms.demo.dice import one_in
from wms.demo.inbound import in_parallel
from wms.demo.world import World

PATIENCE = 45
"""Seconds in which at least one more label must come from the worker."""


async def parcels(world: World, *states: str) -> list[dict[str, Any]]:
    """All parcels of both shops in these states."""
    return [p async for p in _parcels(world, states)]


async def _parcels(world: World, states: tuple[str, ...]) -> AsyncIterator[dict[str, Any]]:
    supervisor = world.staff["supervisor"][0]
    for shop_id in world.state.shop_ids.values():
        for state in states:
            after: str | None = ""
            while after is not None:
                page = await supervisor.get(
                    "/parcels", shop_id=shop_id, state=state, after=after or None, limit=200
                )
                for p in page["items"]:
                    yield p | {"shop_id": shop_id}
                after = page["next"]


async def labels(world: World) -> None:
    """Every closed parcel gets its label from the worker; meanwhile the bench goes on."""
    packers = world.staff["packer"]
    closed = await parcels(world, "closed")
    for i, p in enumerate(closed):
        await packers[i % len(packers)].post(
            f"/shops/{p['shop_id']}/parcels/{p['id']}/label", once=world.once("label", p["id"])
        )
        world.tell(0, len(closed), "")
    still, since = len(closed), time.monotonic()
    while left := len(await parcels(world, "closed")):
        world.tell(len(closed) - left, len(closed), "")
        if left < still:
            still, since = left, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            waiting = await world.staff["supervisor"][0].get("/labels/waiting")
            raise Refused({"code": "demo", "detail": f"{left} labels do not come: {waiting}"[:500]}, 500)
        await asyncio.sleep(0.2)
    world.tell(len(closed), len(closed), "")
    world.counts["labels"] = len(await parcels(world, "labelled", "manifested", "handed_over"))


async def load(world: World) -> None:
    """Parcels are scanned onto their carrier's cage; one in fifty first onto the wrong one, which says no."""
    packers = world.staff["packer"]
    ready = await parcels(world, "labelled")
    carriers = world.state.carrier_ids
    done = 0
    waiting = iter(ready)

    async def work(packer: Client) -> None:
        nonlocal done
        for p in waiting:
            carrier_id = carriers[p["carrier"]]
            body = {"warehouse_id": world.state.warehouse_id, "scan": p["tracking_number"]}
            if one_in(50, p["tracking_number"], "wrong cage"):
                other = next(i for i in carriers.values() if i != carrier_id)
                try:
                    await packer.scan("/loading", body | {"carrier_id": other})
                except Refused as refused:
                    if refused.code != "wrong-carrier":
                        raise
            await packer.scan("/loading", body | {"carrier_id": carrier_id})
            done += 1
            world.tell(done, len(ready), p["tracking_number"])

    await in_parallel(work(p) for p in packers)


async def manifests(world: World, state: str) -> list[dict[str, Any]]:
    supervisor = world.staff["supervisor"][0]
    page = await supervisor.get("/manifests", warehouse_id=world.state.warehouse_id, state=state, limit=200)
    found: list[dict[str, Any]] = page["items"]
    return found


async def close_manifests(world: World) -> None:
    """The lists are frozen, numbered, hashed and printed; closing twice gives the same list."""
    supervisor = world.staff["supervisor"][0]
    open_ones = await manifests(world, "open")
    for i, m in enumerate(open_ones):
        path = f"/manifests/{m['id']}/close"
        first = (await supervisor.post(path, once=world.once("close", m["id"])))["manifest"]
        again = (await supervisor.post(path))["manifest"]
        if first["number"] != again["number"] or first["sha256"] != again["sha256"]:
            raise Refused({"code": "demo", "detail": "a manifest changed when it was closed twice"}, 500)
        world.count("manifests")
        world.count("parcels on manifests", first["parcels"])
        world.tell(i + 1, len(open_ones), first["number"])


async def hand_over(world: World) -> None:
    """The driver signs; the goods are the customer's. The courier ticks the list off with a key of its own."""
    supervisor = world.staff["supervisor"][0]
    carriers = {i: code for code, i in world.state.carrier_ids.items()}
    until = time.monotonic() + PATIENCE
    while waiting := await manifests(world, "closing"):  # the carrier is asked for its own protocol
        if time.monotonic() > until:
            raise Refused({"code": "demo", "detail": f"{len(waiting)} manifests do not close"}, 500)
        await asyncio.sleep(0.2)
    closed = await manifests(world, "closed")
    for i, m in enumerate(closed):
        await supervisor.post(
            f"/manifests/{m['id']}/handover",
            {"driver": "Jan Kowalski (demo)", "vehicle": "WZ 0000X"},
            once=world.once("handover", m["id"]),
        )
        courier = world.couriers[carriers[m["carrier_id"]]]
        await courier.post(f"/courier/manifests/{m['id']}/confirm", {}, once=world.once("confirm", m["id"]))
        world.tell(i + 1, len(closed), m["number"])
    world.counts["parcels handed over"] = len(await parcels(world, "handed_over"))


async def fetch_files(world: World) -> None:
    """Labels as PDF and ZPL, packing slips, manifests as PDF and CSV: fetched through the API, as people would."""
    world.files.mkdir(parents=True, exist_ok=True)
    packer = world.staff["packer"][0]
    supervisor = world.staff["supervisor"][0]
    sent = await parcels(world, "handed_over", "manifested", "labelled")
    lists = [*await manifests(world, "handed_over"), *await manifests(world, "closed")]
    total = len(sent) + len(lists)
    for i, p in enumerate(sent):
        base = f"/shops/{p['shop_id']}/parcels/{p['id']}"
        name = p["tracking_number"]
        _write(world.files / "labels" / f"{name}.pdf", await packer.file(f"{base}/label/file", format="pdf"))
        _write(world.files / "labels" / f"{name}.zpl", await packer.file(f"{base}/label/file", format="zpl"))
        _write(world.files / "slips" / f"{name}.pdf", await packer.file(f"{base}/packing-slip"))
        world.tell(i + 1, total, name)
    for m in lists:
        detail = await supervisor.get(f"/manifests/{m['id']}")
        for document in detail["documents"]:
            content = await supervisor.file(f"/documents/{document['id']}")
            _write(world.files / "manifests" / document["name"], content)
    world.tell(total, total, "")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
