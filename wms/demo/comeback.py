"""What comes back: announced by the shop, or just standing there; inspected, graded, decided, refunded, put away."""

from typing import Any

from wms.demo.client import Client, Refused
from wms.demo.inbound import in_parallel, put_away_at
from wms.demo.stock_plan import FoundItem, inspections
from wms.demo.things import DemoReturn
from wms.demo.world import World


async def announce(world: World) -> None:
    """The shops announce the returns that they know of."""
    known = [r for r in world.day.returns if r.announced]
    for i, r in enumerate(known):
        await world.shops[r.shop].post(
            "/returns",
            {
                "number": r.number,
                "kind": r.kind,
                "order_number": r.order,
                "name": r.sender.name,
                "email": r.sender.email,
                "lines": [
                    {"sku": n.sku, "quantity": n.quantity, "reason": n.reason} for n in _whole(world, r)
                ],
            },
            once=world.once("return", r.number),
        )
        world.count("returns announced")
        world.tell(i + 1, len(known), "")


def _whole(world: World, r: DemoReturn) -> list[Any]:
    """Lines of goods that lie on shelves; kits come back as their pieces and are matched at the bench."""
    return [n for n in r.lines if not world.sku(r.shop, n.sku).components] or list(r.lines)


async def inspect(world: World) -> None:
    """The inspectors take one box after the other."""
    plan = {i.number: i for i in inspections(world.day)}
    waiting = iter(world.day.returns)
    total, done = len(world.day.returns), 0

    async def work(inspector: Client) -> None:
        nonlocal done
        for r in waiting:
            await _one_box(world, inspector, r, plan[r.number].items if r.number in plan else ())
            done += 1
            world.tell(done, total, r.number)

    await in_parallel(work(i) for i in world.staff["inspector"])
    await _stray(world)
    await put_away_at(world, "RETURNS")


async def _one_box(world: World, inspector: Client, r: DemoReturn, items: tuple[FoundItem, ...]) -> None:
    """Any scan finds whose box it is; what nobody announced gets a return of its own."""
    shop_id = world.state.shop_ids[r.shop]
    arrived = {"warehouse_id": world.state.warehouse_id}
    if r.announced:
        triage = await inspector.post("/returns/triage", {"code": f"R-{r.number}"})
        found = next(c for c in triage["candidates"] if c["shop_id"] == shop_id and c["rma_id"])
        rma_id = found["rma_id"]
        if found["next"] == "receive":
            await inspector.post(f"/returns/{rma_id}/receive", arrived, shop_id=shop_id)
        elif found["next"] == "look":
            return
    else:
        opened = await inspector.post(
            "/returns/unannounced",
            {
                "shop_id": shop_id,
                **arrived,
                "name": r.sender.name,
                "email": r.sender.email,
                "note": "synthetic",
            },
            once=world.once("unannounced", r.number),
        )
        rma_id = opened["id"] if "id" in opened else opened["rma_id"]
        world.count("returns unannounced")
    state = (await inspector.get(f"/returns/{rma_id}", shop_id=shop_id))["state"]
    if state not in ("received", "inspecting"):
        return
    for i, item in enumerate(items):
        await _look(world, inspector, r, rma_id, shop_id, item, i)
    if not items:
        return
    await inspector.post(f"/returns/{rma_id}/finish", shop_id=shop_id, once=world.once("finish", r.number))
    world.count("returns inspected")


async def _look(
    world: World, inspector: Client, r: DemoReturn, rma_id: int, shop_id: int, item: FoundItem, no: int
) -> None:
    sku = world.sku(r.shop, item.sku)
    looks: list[dict[str, Any]] = [{"quantity": item.quantity}]
    if sku.serial_tracked:
        looks = [{"quantity": 1, "serial": s} for s in item.serials]
    for j, look in enumerate(looks):
        body = {
            "code": sku.ean, "grade": item.grade, "disposition": item.disposition, "lot": item.lot,
            "expires_on": item.expires_on.isoformat() if item.expires_on else None, **look,
        }  # fmt: skip
        path = f"/returns/{rma_id}/inspections"
        once = world.once("look", r.number, no, j)
        try:
            await inspector.scan(path, body, once=once, shop_id=shop_id)
        except Refused as refused:
            # what the rules forbid (damaged or expired goods back to the shelf) waits for the shop instead
            if item.disposition != "restock" or refused.status != 409:
                raise
            body["disposition"] = "quarantine"
            await inspector.scan(path, body, once=once + "/quarantine", shop_id=shop_id)
        world.count("units back", int(look["quantity"]))
        world.count(f"disposition {body['disposition']}", int(look["quantity"]))


async def _stray(world: World) -> None:
    """A parcel that nobody knows gets a case, never a dead end."""
    inspector = world.staff["inspector"][0]
    triage = await inspector.post("/returns/triage", {"code": "ZX-0000-UNKNOWN"})
    if triage["stray"]:
        await inspector.post(
            "/stray-parcels",
            {
                "warehouse_id": world.state.warehouse_id,
                "code": "ZX-0000-UNKNOWN",
                "note": "no sender, one mug",
            },
            once=world.once("stray"),
        )
        world.count("stray parcels kept")
