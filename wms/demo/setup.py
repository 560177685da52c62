"""Stage one: an administrator sets up the warehouse, its people, two shops and the carriers, through the API."""

from wms.demo.client import Refused
from wms.demo.simulated import connect_couriers, set_terms
from wms.demo.things import CARRIERS, CURRENCY, SHOPS, DemoSku
from wms.demo.warehouse import staff
from wms.demo.world import World
from wms.people.secrets import new_pin

PICKUPS = {"kurier": ["12:00:00", "17:00:00"], "automat": ["16:30:00"], "swiat": ["15:00:00"]}
CARTONS = (
    ("S", 250, 180, 100, 90, 5_000),
    ("M", 380, 280, 180, 210, 15_000),
    ("L", 580, 380, 380, 520, 30_000),
    ("XL", 780, 580, 580, 1_100, 30_000),
)
CHUNK = 1000
RATE = 60_000
"""Requests a minute of a shop whose whole day passes in minutes."""


async def set_up(world: World) -> None:
    """Idempotent: what is there already is found again, by name or by the id of the request that made it."""
    steps = 8
    world.tell(0, steps, "warehouse")
    await _warehouse(world)
    world.tell(1, steps, "people")
    await _people(world)
    world.tell(2, steps, "carriers")
    await _carriers(world)
    world.tell(3, steps, "shops")
    await _shops(world)
    world.tell(4, steps, "catalogue")
    await _catalogue(world)
    if world.state.simulators:
        await set_terms(world)
    world.tell(steps, steps, "")


async def _warehouse(world: World) -> None:
    made = await world.admin.post(
        "/warehouses",
        {
            "code": world.layout.code, "name": world.layout.name, "docks": 2, "stations": 4,
            "cages": [c.code for c in CARRIERS] + list(world.state.simulators),
            "address": {"name": world.layout.name, "street": "ul. Magazynowa 7", "postcode": "05-870", "city": "Błonie",
                        "country": "PL"},
        },
        once=world.once("warehouse"),
    )  # fmt: skip
    world.state.warehouse_id = made["id"]
    bins = [
        {
            "code": p.code, "kind": p.kind, "zone": p.zone, "aisle": p.aisle, "x": p.x, "y": p.y, "z": p.z,
            "walk": p.walk, "capacity_ml": p.capacity_ml, "pickable": p.pickable,
        }
        for p in world.layout.locations
        if p.kind in ("bin", "reserve")
    ]  # fmt: skip
    for i in range(0, len(bins), CHUNK):
        await world.admin.post(
            "/locations",
            {"warehouse_id": made["id"], "locations": bins[i : i + CHUNK]},
            once=world.once("locations", i),
        )
    await world.admin.post(
        "/handling-units",
        {"warehouse_id": made["id"], "kind": "tote", "codes": list(world.layout.totes)},
        once=world.once("totes"),
    )
    await world.admin.post(
        "/number-ranges",
        {"code": "sscc", "kind": "sscc", "prefix": "0590000000"[:8], "first": 1, "last": 999_999_999 // 10},
        once=world.once("sscc"),
    )
    for code, length, width, height, weight, load in CARTONS:
        await world.admin.post(
            "/cartons",
            {
                "code": code, "length_mm": length, "width_mm": width, "height_mm": height, "weight_g": weight,
                "max_load_g": load,
            },
            once=world.once("carton", code),
        )  # fmt: skip


async def _people(world: World) -> None:
    for person in staff():
        pin = world.state.pins.setdefault(person.badge, new_pin())
        world.memory.save(world.state)
        await world.admin.post(
            "/people",
            {"badge": person.badge, "name": person.name, "roles": list(person.roles), "pin": pin},
            once=world.once("person", person.badge),
        )
        signed = await world.client("").post(
            "/sessions", {"badge": person.badge, "pin": pin, "device": f"HANDHELD-{person.badge[-2:]}"}
        )
        for role in person.roles:
            world.staff.setdefault(role, []).append(world.client(signed["token"]))
            world.badges.setdefault(role, person.badge)


async def _carriers(world: World) -> None:
    """Carriers that have given us numbers in blocks: S10 for abroad, numbers with a mod 37,36 check at home."""
    for no, carrier in enumerate(CARRIERS, start=1):
        numbers, abroad = f"numbers-{carrier.code}", carrier.code == "swiat"
        settings: dict[str, object] = {"range": numbers, "sscc_range": "sscc", "phone_services": ["locker"]}
        settings |= {"countries": []} if abroad else {}
        made = await world.admin.post(
            "/carriers",
            {
                "code": carrier.code, "name": carrier.name, "adapter": "own_range", "services": list(carrier.services),
                "settings": settings,
            },
            once=world.once("carrier", carrier.code),
        )  # fmt: skip
        await world.admin.post(
            "/number-ranges",
            {
                "code": numbers, "carrier_id": made["id"], "kind": "s10" if abroad else "mod37_36",
                "prefix": "RR" if abroad else f"05{no:02}", "suffix": "PL" if abroad else "",
                "first": no * 10_000_000, "last": no * 10_000_000 + 9_999_999,
            },
            once=world.once("numbers", carrier.code),
        )  # fmt: skip
        pickups = [{"weekday": d, "at": at} for d in range(7) for at in PICKUPS[carrier.code]]
        await world.admin.put(f"/carriers/{made['id']}/pickups", {"pickups": pickups})
        world.state.carrier_ids[carrier.code] = made["id"]
    if world.state.simulators:
        await connect_couriers(world)
    for code, carrier_id in world.state.carrier_ids.items():
        if code not in world.state.courier_keys:
            key = await world.admin.post("/keys", {"name": f"driver {code}", "carrier_id": carrier_id})
            world.state.courier_keys[code] = key["key"]
            world.memory.save(world.state)
        world.couriers[code] = world.client(world.state.courier_keys[code])


async def _shops(world: World) -> None:
    scopes = [
        "catalog.write", "inbound.write", "orders.write", "stock.read", "returns.write", "events.read",
    ]  # fmt: skip
    for shop in SHOPS:
        made = await world.admin.post(
            "/shops",
            {
                "code": shop.code, "name": shop.name, "partial_policy": shop.partial_policy, "cut_off": "15:00:00",
                "sender": {"name": shop.name, "street": "ul. Magazynowa 7", "postcode": "05-870", "city": "Błonie",
                           "country": "PL"},
            },
            once=world.once("shop", shop.code),
        )  # fmt: skip
        world.state.shop_ids[shop.code] = made["id"]
        if shop.code not in world.state.shop_keys:
            key = await world.admin.post(
                "/keys", {"name": "ERP", "shop_id": made["id"], "scopes": scopes, "rate_per_min": RATE}
            )
            world.state.shop_keys[shop.code] = key["key"]
            world.memory.save(world.state)
        world.shops[shop.code] = world.client(world.state.shop_keys[shop.code])


def _sku(s: DemoSku) -> dict[str, object]:
    codes: list[dict[str, object]] = [{"code": s.ean, "quantity": 1}]
    if s.case:
        codes.append({"code": s.case[0], "quantity": s.case[1]})
    return {
        "code": s.code, "name": s.name, "weight_g": s.size.weight_g, "length_mm": s.size.length_mm,
        "width_mm": s.size.width_mm, "height_mm": s.size.height_mm, "lot_policy": s.lot_policy,
        "serial_tracked": s.serial_tracked, "price": str(s.price), "currency": CURRENCY, "barcodes": codes,
        "components": [{"sku": c.sku, "quantity": c.quantity} for c in s.components],
    }  # fmt: skip


async def _catalogue(world: World) -> None:
    """Pieces before the kits that are made of them."""
    for shop, client in world.shops.items():
        mine = sorted((s for s in world.day.skus if s.shop == shop), key=lambda s: bool(s.components))
        for kits in (False, True):
            lines = [_sku(s) for s in mine if bool(s.components) is kits]
            for i in range(0, len(lines), CHUNK):
                answer = await client.put("/skus", {"skus": lines[i : i + CHUNK]})
                if answer["failed"]:
                    raise Refused(answer["failed"][0]["problem"], 422)
