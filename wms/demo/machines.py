"""Devices that collect the scans themselves: a voice headset hands in whole carts, a packing machine whole parcels."""

from typing import Any

from wms.demo.client import Client, Refused
from wms.demo.dice import one_in
from wms.demo.things import SHOPS
from wms.demo.world import World


def by_voice(cluster_id: int) -> bool:
    """Whether a cart is picked with a headset."""
    return one_in(4, cluster_id, "headset")


async def picks_by_voice(world: World, picker: Client, screen: dict[str, Any]) -> dict[str, Any]:
    """The cart's picks in one call; one of them is said into the wrong tote first, which must be refused alone.

    Returns the next screen. Bins that hold less than the ledger says are left to the scanner.
    """
    path = f"/clusters/{screen['cluster_id']}"
    tasks = (await picker.get(path))["tasks"]
    picks = [pick for t in tasks if t["state"] == "open" and (pick := _pick(world, t)) is not None]
    if not picks:
        return screen
    said = [picks[0] | {"tote": "T-999"}, *picks[1:]]
    first = await picker.scan(f"{path}/picks", {"picks": said})
    if first["results"][0]["result"] == "picked":
        raise Refused({"code": "demo", "detail": "a pick into the wrong tote was taken"}, 500)
    answer = await picker.scan(f"{path}/picks", {"picks": picks})
    world.count("picks by voice", first["picked"] + answer["picked"])
    world.count("wrong totes said", 1)
    after: dict[str, Any] = answer["screen"]
    return after


def _pick(world: World, task: dict[str, Any]) -> dict[str, Any] | None:
    shop = next(d.code for d in SHOPS if task["shop"] in (d.code, d.name))
    sku = world.sku(shop, task["sku"])
    if world.absent.get((shop, sku.code), 0) or task["counted"]:
        return None
    return {
        "task_id": task["id"], "location": f"L-{task['location']}", "item": sku.ean, "quantity": task["quantity"],
        "tote": task["tote"], "lot": task["lot"], "serial": task["serial"],
    }  # fmt: skip


def at_machine(order: str) -> bool:
    """Whether an order is packed by the machine, if it fits into one parcel."""
    return one_in(4, order, "machine")


async def pack_by_machine(
    world: World,
    packer: Client,
    station_id: int,
    shop: str,
    order: str,
    station: dict[str, Any],
    carton: str,
    grams: int,
) -> None:
    """All that is left of the order in one parcel, with its label."""
    base = f"/shops/{station['shop_id']}/pack-sessions/{station['session_id']}"
    held = await packer.get(f"{base}/pieces")
    pieces = [
        {"scan": world.sku(shop, p["sku"]).ean, "quantity": p["quantity"], "lot": p["serial"] or p["lot"]}
        for p in held
    ]
    grams += sum(p["quantity"] * world.sku(shop, p["sku"]).size.weight_g for p in held)
    body = {
        "scan": f"O-{order}", "pieces": pieces, "carton": carton, "weight_g": grams, "label": True,
        "inserts": [i["text"] for i in station["inserts"]],
    }  # fmt: skip
    await packer.scan(f"/pack-stations/{station_id}/parcels", body)
    world.count("parcels packed")
    world.count("parcels packed by machine")
