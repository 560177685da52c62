"""When the shift is over: what was cancelled late goes back to its shelf, and what fell short is counted."""

from typing import Any

from wms.demo.client import Client
from wms.demo.world import World


async def tidy_up(world: World) -> None:
    """What was cancelled late goes back to the shelf; bins that fell short are counted, blind."""
    picker = world.staff["picker"][0]
    supervisor = world.staff["supervisor"][0]
    place = {"warehouse_id": world.state.warehouse_id, "limit": 500}
    tasks = (await picker.get("/put-back", **place))["items"]
    counts = (await supervisor.get("/counts", state="open", **place))["items"]
    total = len(tasks) + len(counts)
    for i, task in enumerate(tasks):
        await _put_back(world, picker, task)
        world.tell(i + 1, total, task["sku"])
    for i, count in enumerate(counts):
        await _count(world, picker, supervisor, count)
        world.tell(len(tasks) + i + 1, total, count["location"])


async def _put_back(world: World, picker: Client, task: dict[str, Any]) -> None:
    if task["suggested"] is None:
        return
    body = {
        "shop_id": task["shop_id"], "location": f"L-{task['suggested']}", "quantity": task["left"],
        "item": world.ean_of(task["shop_id"], task["sku"]), "lot": task["lot"], "serial": task["serial"],
    }  # fmt: skip
    await picker.scan(f"/put-back/{task['id']}", body)
    world.count("units put back", task["left"])


async def _count(world: World, counter: Client, supervisor: Client, count: dict[str, Any]) -> None:
    """The counter sees the bin, not the books; only the demo knows what people would find in it."""
    books = (await supervisor.get(f"/locations/{count['location_id']}/stock"))["stock"]
    gone = world.state.gone.get(count["location"], {})
    path = f"/counts/{count['id']}"
    await counter.post(f"{path}/start")
    for row in books:
        shop = next(c for c, i in world.state.shop_ids.items() if i == row["shop_id"])
        missing = min(row["on_hand"], gone.get(f"{shop}/{row['sku']}", 0))
        body = {
            "code": world.sku(shop, row["sku"]).ean, "quantity": row["on_hand"] - missing, "shop_id": row["shop_id"],
            "lot": row["lot"], "expires_on": row["expires_on"], "serial": row["serial"], "status": row["status"],
        }  # fmt: skip
        await counter.scan(f"{path}/lines", body)
    await counter.post(f"{path}/close")
    world.count("bins counted")
