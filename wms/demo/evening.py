"""Work that is left for whoever wants to try: something waits at every place of the warehouse when the day is over."""

import contextlib
from typing import Any

from wms.demo.client import Client, Refused
from wms.demo.floor import one_scan, pack_order
from wms.demo.intake import order_body
from wms.demo.world import World

PICKED, WAITING, UNRELEASED = 5, 6, 3
"""Orders that lie in totes at the pack stations, that wait in carts, and that nobody has released."""


async def leave_work(world: World) -> None:
    """Orders in every state before the courier, a delivery, returns, and what needs a person's decision."""
    steps = (_to_pack, _to_load_and_put_back, _to_pick, _to_release, _to_receive, _to_inspect)
    for i, step in enumerate(steps):
        await step(world)
        world.tell(i + 1, len(steps), "")


def _bodies(world: World, first: int, count: int) -> list[tuple[str, dict[str, Any]]]:
    """Small orders of goods that the day has shown to be there: (shop, body)."""
    good = [o for o in world.day.orders if not o.defect and not world.absent.get((o.shop, o.lines[0].sku))]
    found = []
    for i in range(first, first + count):
        order = good[i % len(good)]
        body = order_body(world, order)
        body |= {"number": f"{order.number}-E{i}", "cod_amount": None}
        body["lines"] = [line | {"quantity": min(line["quantity"], 3)} for line in body["lines"][:3]]
        found.append((order.shop, body))
    return found


async def _send(world: World, first: int, count: int) -> list[tuple[str, str]]:
    sent = []
    for shop, body in _bodies(world, first, count):
        await world.shops[shop].post("/orders", body, once=world.once("evening", body["number"]))
        sent.append((shop, body["number"]))
    return sent


async def _release(world: World) -> None:
    supervisor = world.staff["supervisor"][0]
    await supervisor.post("/waves", {"warehouse_id": world.state.warehouse_id, "totes_per_cart": 4})


async def _to_pack(world: World) -> None:
    """Picked orders in totes at the pack stations."""
    await _send(world, 0, PICKED)
    await _release(world)
    picker = world.staff["picker"][0]
    while (screen := await _next_cart(world, picker)) is not None:
        while screen["step"] != "done":
            screen = await one_scan(world, picker, screen)


async def _next_cart(world: World, picker: Client) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = await picker.post(
            "/clusters/claim", {"warehouse_id": world.state.warehouse_id}
        )
    except Refused as refused:
        if refused.code != "nothing-to-pick":
            raise
        return None
    return found


async def _to_load_and_put_back(world: World) -> None:
    """One parcel with its label that nobody has loaded, one order that was cancelled too late for the shelf."""
    supervisor, packer = world.staff["supervisor"][0], world.staff["packer"][0]
    places = await supervisor.get(
        "/locations", warehouse_id=world.state.warehouse_id, kind="station", limit=10
    )
    packed = False
    for shop, shop_id in world.state.shop_ids.items():
        picked = (await supervisor.get("/orders", shop_id=shop_id, state="picked", limit=10))["items"]
        if picked and not packed:
            await pack_order(world, packer, places["items"][0]["id"], shop, picked[0])
            packed = True
        elif picked:
            with contextlib.suppress(Refused):
                await world.shops[shop].post(
                    f"/orders/{picked[0]['id']}/cancel", {"reason": "customer changed their mind"}
                )


async def _to_pick(world: World) -> None:
    await _send(world, PICKED, WAITING)
    await _release(world)


async def _to_release(world: World) -> None:
    """Orders that wait for a wave; one with an address that cannot be, one of more than there is."""
    await _send(world, PICKED + WAITING, UNRELEASED)
    shop, body = _bodies(world, PICKED + WAITING + UNRELEASED, 1)[0]
    bad = body | {
        "recipient": body["recipient"] | {"street": "", "postcode": "0"},
        "number": body["number"] + "H",
    }
    await world.shops[shop].post("/orders", bad, once=world.once("evening", bad["number"]))
    many = body | {"number": body["number"] + "B", "lines": [body["lines"][0] | {"quantity": 5000}]}
    await world.shops[shop].post("/orders", many, once=world.once("evening", many["number"]))


async def _to_receive(world: World) -> None:
    """A delivery that stands before the gate."""
    for shop in world.shops:
        skus = [s for s in world.day.skus if s.shop == shop and not s.components][:3]
        lines = [{"sku": s.code, "quantity": 6} for s in skus]
        number = f"PZ-EVENING-{shop.upper()}"
        await world.shops[shop].post(
            "/asns", {"number": number, "carrier": "DEMO", "lines": lines}, once=world.once("evening", number)
        )


async def _to_inspect(world: World) -> None:
    """A return that was announced, and a box that nobody can place."""
    supervisor, inspector = world.staff["supervisor"][0], world.staff["inspector"][0]
    for shop, shop_id in world.state.shop_ids.items():
        gone = (await supervisor.get("/orders", shop_id=shop_id, state="handed_over", limit=5))["items"]
        if gone:
            order = await supervisor.get(f"/orders/{gone[-1]['id']}", shop_id=shop_id)
            body = {
                "kind": "withdrawal", "order_number": order["number"],
                "lines": [{"sku": order["lines"][0]["sku"], "quantity": 1, "note": "does not fit"}],
            }  # fmt: skip
            with contextlib.suppress(Refused):  # all of it came back during the day
                await world.shops[shop].post(
                    "/returns", body, once=world.once("evening", order["number"], "rma")
                )
    await inspector.post(
        "/stray-parcels", {"warehouse_id": world.state.warehouse_id, "note": "no label, smells of coffee"},
        once=world.once("evening", "stray"),
    )  # fmt: skip
