"""On the floor: waves, picking by scans with the mistakes that people make, packing with scale and carton."""

from typing import Any

from wms.demo.client import Client, Refused
from wms.demo.dice import dice, one_in
from wms.demo.goods import unknown_ean
from wms.demo.inbound import in_parallel
from wms.demo.machines import at_machine, by_voice, pack_by_machine, picks_by_voice
from wms.demo.setup import CARTONS
from wms.demo.things import SHOPS
from wms.demo.world import World

CARTON_G = {code: weight for code, _, _, _, weight, _ in CARTONS}
MISTAKES = 25
"""One scan in so many is a wrong one, as it is where people work."""


async def cancel_some(world: World) -> None:
    """A few buyers change their minds before anything is picked."""
    chosen = [o for o in world.day.orders if one_in(30, o.number, "cancel early")]
    for i, o in enumerate(chosen):
        await _cancel(world, o.shop, o.number, "customer changed their mind")
        world.tell(i + 1, len(chosen), "")


async def _cancel(world: World, shop: str, number: str, reason: str) -> dict[str, Any]:
    client = world.shops[shop]
    found = (await client.get("/orders", number=number))["items"][0]
    done: dict[str, Any] = await client.post(f"/orders/{found['id']}/cancel", {"reason": reason})
    world.count("orders cancelled")
    world.count("units put back after a cancel", done["put_back"])
    return done


async def release_waves(world: World) -> None:
    """The supervisor releases everything that can be picked."""
    supervisor = world.staff["supervisor"][0]
    answer = await supervisor.post(
        "/waves", {"warehouse_id": world.state.warehouse_id, "totes_per_cart": 8, "max_orders": 5000}
    )
    waves = answer if isinstance(answer, list) else answer["waves"]
    world.count("waves", len(waves))
    world.tell(1, 1, "")


async def pick(world: World) -> None:
    """Every picker takes the next cart until there is none; late cancels come in between."""
    total = await _units_to_pick(world)
    done = 0
    late = [o for o in world.day.orders if one_in(40, o.number, "cancel late")]

    async def work(picker: Client, no: int) -> None:
        nonlocal done
        while True:
            try:
                screen = await picker.post("/clusters/claim", {"warehouse_id": world.state.warehouse_id})
            except Refused as refused:
                if refused.code != "nothing-to-pick":
                    raise
                world.figures.refusals[refused.code] -= 1
                return
            task, heard = None, False
            while screen["step"] != "done":
                if screen["step"] == "location" and not heard and by_voice(screen["cluster_id"]):
                    heard = True
                    screen = await picks_by_voice(world, picker, screen)
                    continue
                screen = await one_scan(world, picker, screen)
                if screen["task_id"] != task:
                    task = screen["task_id"]
                    done += 1
                    world.tell(min(done, total), total, screen["location"] or "")
            world.count("carts")
            if late and no == 0:
                order = late.pop()
                try:
                    await _cancel(world, order.shop, order.number, "changed their mind late")
                except Refused as refused:
                    if refused.code not in ("order-gone",):
                        raise

    await in_parallel(work(p, i) for i, p in enumerate(world.staff["picker"]))
    world.figures.refusals = +world.figures.refusals  # without those that only said "nothing left"
    world.tell(total, total, "")


async def _units_to_pick(world: World) -> int:
    return sum(len(o.lines) for o in world.day.orders)


async def one_scan(world: World, picker: Client, screen: dict[str, Any]) -> dict[str, Any]:
    """Does what the screen says; now and then the wrong thing first, which must be refused."""
    path = f"/clusters/{screen['cluster_id']}/scans"
    made_for = {"task_id": screen["task_id"], "step": screen["step"]}
    scan: dict[str, Any]
    if screen["step"] == "totes":
        scan = {"scan": world.next_tote()}
    elif screen["step"] == "location":
        scan = {"scan": f"L-{screen['location']}"}
    elif screen["step"] == "item":
        scan = _item(world, screen)
    elif screen["step"] == "tote":
        scan = {"scan": screen["tote"]}
    else:
        scan = {"scan": "L-PACK-1"}
    if screen["step"] in ("location", "item", "tote") and _slips(world, screen):
        await _mistake(world, picker, path, made_for, screen["step"])
    try:
        answer: dict[str, Any] = await picker.scan(path, scan | made_for)
    except Refused as refused:
        if screen["step"] == "totes" and refused.code in ("tote-in-use", "tote-not-empty"):
            return screen  # take another one
        if refused.code != "ambiguous-scan":
            raise
        # the symbol can be read in two ways: type the lot that is printed on the goods
        answer = await picker.scan(path, scan | made_for | {"lot": screen["lot"]})
    return answer


def _slips(world: World, screen: dict[str, Any]) -> bool:
    return (
        dice(world.state.day, screen["task_id"], screen["step"], "slip") % MISTAKES == 0
        and (
            screen["task_id"],
            screen["step"],
        )
        not in world.slipped
    )


async def _mistake(world: World, picker: Client, path: str, made_for: dict[str, Any], step: str) -> None:
    """A wrong label is scanned; the system must say no, and nothing moves."""
    world.slipped.add((made_for["task_id"], step))
    wrong = {"location": "L-R-99-99-9", "item": unknown_ean(made_for["task_id"]), "tote": "T-999"}[step]
    try:
        await picker.scan(path, {"scan": wrong} | made_for)
    except Refused:
        return
    raise Refused({"code": "demo", "detail": f"a wrong {step} was taken"}, 500)


def _item(world: World, screen: dict[str, Any]) -> dict[str, Any]:
    """The symbol on the goods, and how many are in hand; fewer where the bin holds less than the ledger says."""
    shop = next(d.code for d in SHOPS if screen["shop"] in (d.code, d.name))
    sku = world.sku(shop, screen["sku"])
    absent = world.absent.get((shop, sku.code), 0)
    there = max(0, screen["quantity"] - absent)
    if absent and screen["counted"] >= there:
        world.absent[shop, sku.code] = 0
        world.state.gone.setdefault(screen["location"], {})[f"{shop}/{sku.code}"] = absent
        world.memory.save(world.state)
        world.count("short picks")
        return {"scan": "WMS:MISSING"}
    scan: dict[str, Any] = {"scan": _symbol(sku.ean, screen)}
    if screen["serial"] is None:
        scan["quantity"] = there
    return scan


def _symbol(ean: str, screen: dict[str, Any]) -> str:
    parts = f"]C101{ean.rjust(14, '0')}"
    if screen["expires_on"]:
        parts += "17" + screen["expires_on"].replace("-", "")[2:]
    if screen["lot"] and not screen["serial"]:
        return f"{parts}10{screen['lot']}"
    if screen["serial"]:
        return f"{parts}21{screen['serial']}"
    return ean


async def pack(world: World) -> None:
    """Every packer takes the next picked order at their station."""
    supervisor = world.staff["supervisor"][0]
    stations = (
        await supervisor.get("/locations", warehouse_id=world.state.warehouse_id, kind="station", limit=100)
    )["items"]
    orders = []
    for shop, shop_id in world.state.shop_ids.items():
        for state in ("picked", "packing"):
            after: str | None = ""
            while after is not None:
                page = await supervisor.get(
                    "/orders", shop_id=shop_id, state=state, after=after or None, limit=500
                )
                orders += [(shop, o) for o in page["items"]]
                after = page["next"]
    orders.sort(key=lambda x: (x[1]["ship_by"], x[1]["id"]))
    total, done = len(orders), 0
    waiting = iter(orders)

    async def work(packer: Client, station_id: int) -> None:
        nonlocal done
        for shop, order in waiting:
            await pack_order(world, packer, station_id, shop, order)
            done += 1
            world.tell(done, total, order["number"])

    await in_parallel(work(p, stations[i % len(stations)]["id"]) for i, p in enumerate(world.staff["packer"]))


async def pack_order(world: World, packer: Client, station_id: int, shop: str, order: dict[str, Any]) -> None:
    packer, station = await _start(world, packer, station_id, order["number"])
    base = f"/shops/{station['shop_id']}/pack-sessions/{station['session_id']}"
    if station["contents"]:  # a box that was begun before an interruption
        begun = (await packer.get(f"{base}/proposal"))["open_parcel"] or "XL"
        station = await _pack_parcel(world, packer, base, shop, station, begun, {})
    while station["units_left"]:
        proposal = await packer.get(f"{base}/proposal")
        boxes = [(b["carton"], dict(b["contents"])) for b in proposal["parcels"]]
        boxes += [("XL", {sku: n}) for sku, n in (proposal["too_large"] | proposal["unknown"]).items()]
        if len(boxes) == 1 and at_machine(order["number"]):
            carton = boxes[0][0]
            await pack_by_machine(
                world, packer, station_id, shop, order["number"], station, carton, CARTON_G[carton]
            )
            return
        for carton, contents in boxes:
            station = await _pack_parcel(world, packer, base, shop, station, carton, contents)


async def _start(world: World, packer: Client, station_id: int, number: str) -> tuple[Client, dict[str, Any]]:
    """Whoever began an order before an interruption goes on with it; the system says that somebody has it."""
    for who in [packer, *(p for p in world.staff["packer"] if p is not packer)]:
        try:
            started = await who.post("/pack-sessions", {"station_id": station_id, "scan": f"O-{number}"})
        except Refused as refused:
            if refused.code != "being-packed":
                raise
            continue
        return who, started["station"]
    raise Refused({"code": "demo", "detail": f"nobody of the packers has order {number}"}, 500)


async def _pack_parcel(
    world: World,
    packer: Client,
    base: str,
    shop: str,
    station: dict[str, Any],
    carton: str,
    contents: dict[str, int],
) -> dict[str, Any]:
    """Scans what goes into one carton, weighs it, closes it."""
    for code, wanted in contents.items():
        sku = world.sku(shop, code)
        for piece in await _pieces(packer, base, code, wanted):
            station = await packer.scan(
                f"{base}/scans",
                {"scan": sku.ean, "quantity": piece["quantity"], "lot": piece["serial"] or piece["lot"]},
            )
    # what the scale shows: everything that lies in the box
    grams = CARTON_G[carton] + sum(
        held["quantity"] * world.sku(shop, held["sku"]).size.weight_g for held in station["contents"]
    )
    body = {"carton": carton, "weight_g": grams, "inserts": [i["text"] for i in station["inserts"]]}
    parcel_id = station["parcel_id"]
    path = f"/shops/{station['shop_id']}/parcels/{parcel_id}/close"
    if one_in(20, parcel_id, "forgot one"):
        try:  # the scale says that something is missing; the packer looks again
            await packer.post(path, body | {"weight_g": max(1, grams // 2)})
        except Refused as refused:
            if refused.code != "weight-off":
                raise
        else:
            world.count("light parcels let through")
            return await _again(packer, base)
    await packer.post(path, body)
    world.count("parcels packed")
    return await _again(packer, base)


async def _again(packer: Client, base: str) -> dict[str, Any]:
    station: dict[str, Any] = await packer.get(base)
    return station


async def _pieces(packer: Client, base: str, sku: str, wanted: int) -> list[dict[str, Any]]:
    """Which of the goods in the tote to take: by lot or serial where there are several."""
    found = []
    for piece in await packer.get(f"{base}/pieces"):
        take = min(wanted, piece["quantity"])
        if piece["sku"] == sku and take > 0:
            found.append(piece | {"quantity": take})
            wanted -= take
    return found
