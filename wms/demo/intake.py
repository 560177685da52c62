"""The shops send their orders, some one by one, most in bulk; bad addresses are mended, one order comes twice."""

from itertools import groupby
from typing import Any

from wms.demo.client import Refused
from wms.demo.simulated import asked_of_us
from wms.demo.things import CURRENCY, DemoOrder
from wms.demo.world import World

BULK = 40


def order_body(world: World, o: DemoOrder) -> dict[str, Any]:
    """As the shop sends it; with couriers' simulators it names no carrier."""
    return {
        "number": o.number,
        "carrier": o.carrier,
        "service": o.service,
        "point": o.point,
        "language": o.language,
        "currency": CURRENCY,
        "cod_amount": None if o.cod is None else str(o.cod),
        "recipient": recipient_body(o.recipient),
        "lines": [{"sku": n.sku, "quantity": n.quantity, "unit_price": str(n.unit_price)} for n in o.lines],
        "synthetic": True,
    } | (asked_of_us(world, o) if world.state.simulators else {})


def recipient_body(r: Any) -> dict[str, Any]:
    return {
        "name": r.name, "company": r.company, "street": r.street, "postcode": r.postcode, "city": r.city,
        "country": r.country, "phone": r.phone, "email": r.email,
    }  # fmt: skip


async def send_orders(world: World) -> None:
    """Each shop's orders in the order of the day: the first few one by one, the rest in bulk."""
    orders = sorted(world.day.orders, key=lambda o: (o.shop, o.placed_at, o.number))
    total, done = len(orders), 0
    for shop, group in groupby(orders, key=lambda o: o.shop):
        mine = list(group)
        single, bulk = mine[:5], mine[5:]
        for o in single:
            await world.shops[shop].post("/orders", order_body(world, o), once=world.once("order", o.number))
            done += 1
            world.tell(done, total, "")
        for i in range(0, len(bulk), BULK):
            part = bulk[i : i + BULK]
            answer = await world.shops[shop].post(
                "/orders/bulk",
                {"orders": [order_body(world, o) for o in part]},
                once=world.once("bulk", shop, i),
            )
            for r in answer["results"]:
                if r["result"] == "refused":
                    raise Refused(r["problem"], 422)
            done += len(part)
            world.tell(done, total, "")
        await _twins(world, shop, single[0])
    world.counts["orders"] = total


async def _twins(world: World, shop: str, order: DemoOrder) -> None:
    """A shop's system sends an order again, once unchanged and once changed: one order, and one clear no."""
    again = await world.shops[shop].post("/orders", order_body(world, order))
    if again["created"]:
        raise Refused({"code": "demo", "detail": f"{order.number} became two orders"}, 500)
    changed = order_body(world, order) | {"lines": [{"sku": order.lines[0].sku, "quantity": 999_999}]}
    try:
        await world.shops[shop].post("/orders", changed)
    except Refused as refused:
        if refused.code != "order-exists":
            raise
        return
    raise Refused({"code": "demo", "detail": f"{order.number} was changed in silence"}, 500)


async def mend_addresses(world: World) -> None:
    """The shops read why an order is on hold and send what was missing."""
    bad = [o for o in world.day.orders if o.defect]
    for i, o in enumerate(bad):
        shop = world.shops[o.shop]
        found = (await shop.get("/orders", number=o.number))["items"][0]
        body = order_body(world, o)
        if found["state"] == "on_hold" and o.mended is not None:
            await shop.put(
                f"/orders/{found['id']}/recipient",
                {"recipient": recipient_body(o.mended), "point": body["point"]},
            )
        world.count("orders held and mended")
        world.tell(i + 1, len(bad), "")
