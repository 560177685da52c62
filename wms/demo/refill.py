"""After the rush: shelves are cleared into the reserve, and pick faces are filled from it again."""

from typing import Any

from wms.demo.client import Client, Refused
from wms.demo.world import World

FACES = 4
LOOKED_AT = 200
"""Bins that are looked into for goods that nobody waits for."""


async def refill(world: World) -> None:
    """A few moves, one of them taken back, and a replenishment for each."""
    supervisor, worker = world.staff["supervisor"][0], world.staff["receiver"][0]
    here = {"warehouse_id": world.state.warehouse_id}
    racks = iter((await supervisor.get("/locations", kind="reserve", limit=FACES, **here))["items"])
    found = await _free_goods(world, supervisor)
    for i, (shelf, row) in enumerate(found):
        rack = next(racks, None)
        if rack is None:
            break
        code = world.ean_of(row["shop_id"], row["sku"])
        move = here | {
            "source": f"L-{shelf}", "code": code, "quantity": row["on_hand"] - 1, "to": f"L-{rack['code']}",
            "shop_id": row["shop_id"], "lot": row["lot"], "status": row["status"],
        }  # fmt: skip
        moved = await worker.scan("/goods-moves", move)
        if i == 0:  # the wrong rack: back, and once more
            await worker.post(f"/goods-moves/{moved['id']}/undo", {})
            world.count("moves undone")
            await worker.scan("/goods-moves", move)
        world.count("moves")
        level = here | {"shop_id": row["shop_id"], "sku": row["sku"], "location": f"L-{shelf}"}
        await supervisor.put("/pick-faces", level | {"min": row["on_hand"], "max": row["on_hand"]})
        world.tell(i + 1, 2 * len(found), shelf)
    await supervisor.post("/replenishments/plan", here)
    done = 0
    while (screen := await _claim(world, worker)) is not None:
        await _fill(world, worker, screen)
        done += 1
        world.tell(min(len(found) + done, 2 * len(found)), 2 * len(found), screen["target"])


async def _free_goods(world: World, supervisor: Client) -> list[tuple[str, dict[str, Any]]]:
    """Bins and goods in them that no order wants, at least two pieces that need no word about which."""
    found: list[tuple[str, dict[str, Any]]] = []
    bins = await supervisor.get(
        "/locations", warehouse_id=world.state.warehouse_id, kind="bin", limit=LOOKED_AT
    )
    for place in bins["items"]:
        if place["locked_at"] or place["zone"] == "XDOCK":
            continue
        rows = (await supervisor.get(f"/locations/{place['id']}/stock"))["stock"]
        if len(rows) == 1 and not rows[0]["serial"] and not rows[0]["handling_unit_id"]:
            row = rows[0]
            if row["status"] == "sellable" and row["allocated"] == 0 and row["on_hand"] > 1:
                found.append((place["code"], row))
        if len(found) == FACES:
            break
    return found


async def _claim(world: World, worker: Client) -> dict[str, Any] | None:
    try:
        screen: dict[str, Any] = await worker.post(
            "/replenishments/claim", {"warehouse_id": world.state.warehouse_id}
        )
    except Refused as refused:
        if refused.code != "nothing-to-replenish":
            raise
        world.figures.refusals[refused.code] -= 1
        world.figures.refusals = +world.figures.refusals
        return None
    return screen


async def _fill(world: World, worker: Client, screen: dict[str, Any]) -> None:
    path = f"/replenishments/{screen['task_id']}/scans"
    code = world.ean_of(screen["shop_id"], screen["sku"])
    steps: list[tuple[str, dict[str, Any]]] = [
        ("location", {"scan": screen["unit"] or f"L-{screen['source']}"}),
        ("item", {"scan": code, "quantity": screen["quantity"], "lot": screen["lot"]}),
        ("target", {"scan": f"L-{screen['target']}"}),
    ]
    for step, scan in steps:
        if screen["step"] == step:  # a task that was begun before an interruption goes on where it was
            if step == "item":
                scan["quantity"] -= screen["counted"]
            screen = await worker.scan(path, {"shop_id": screen["shop_id"], "step": step} | scan)
    world.count("replenishments")
