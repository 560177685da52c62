"""What a carrier's spreadsheet would run is found when the order comes in, so that no manifest fails for it later."""

import pytest

from tests.builders import a_carrier, a_shop, a_sku, bearer, signed_in, unique
from tests.conftest import Api, Server
from tests.orders.world import GOOD, World, a_world
from tests.shipping.flow import Wanted, a_bench, a_picked_order, labelled, ok, packed, person, refused
from wms.db.tx import Database


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


@pytest.mark.parametrize("number", ["=HYPERLINK(1)", "-1042", "@a", "+48", "1042\n7", "10\x0042", "＝1"])
async def test_an_order_number_cannot_be_mended_so_it_is_refused(world: World, number: str) -> None:
    sku = await world.stocked(1)
    status, answer = await world.send(world.body([(sku, 1)], number=number), lang="pl")
    assert status in (400, 422), answer
    if status == 422:
        assert (answer["code"], answer["pointer"]) == ("order-number-formula", "/number")
        assert "Zacznij go od litery lub cyfry" in answer["detail"]
    bulk = {"orders": [world.body([(sku, 1)], number=number), world.body([(sku, 1)])]}
    if status == 422:
        r = await world.api.post("/orders/bulk", json=bulk, headers=world.headers)
        assert r.status_code in (200, 201, 207), r.text
        assert "order-number-formula" in r.text


async def test_the_hold_ends_when_it_is_mended_and_not_before(world: World) -> None:
    sku = await world.stocked(1)
    made = await world.order([(sku, 1)], recipient=GOOD | {"name": "-Łucja", "city": "=Kraków"})
    assert [(h["code"], h["field"]) for h in made["holds"]] == [
        ("formula-cell", "/recipient/name"),
        ("formula-cell", "/recipient/city"),
    ]
    boss = bearer(await signed_in(world.db, roles=["supervisor"]))
    path = f"/orders/{made['id']}"
    r = await world.api.post(f"{path}/release", headers=boss, params={"shop_id": world.shop.id})
    assert ok(r)["open_holds"] == ["formula-cell", "formula-cell"], "a manifest with it could not be closed"
    half = {"recipient": GOOD | {"city": "=Kraków"}}
    r = await world.api.put(f"{path}/recipient", headers=world.headers, json=half)
    assert ok(r)["open_holds"] == ["formula-cell"]
    r = await world.api.put(f"{path}/recipient", headers=world.headers, json={"recipient": GOOD})
    assert (ok(r)["state"], r.json()["open_holds"]) == ("allocated", [])


async def test_who_else_stands_in_the_file(anonymous: Api, db: Database) -> None:
    admin = bearer(await signed_in(db, roles=["admin"]))
    refused(
        await anonymous.post("/shops", json={"code": unique("s").lower(), "name": "=Shop"}, headers=admin),
        "invalid",
        422,
    )
    shop = await a_shop(db)
    read = await anonymous.get(f"/shops/{shop.id}", headers=admin)
    r = await anonymous.patch(
        f"/shops/{shop.id}", json={"name": "@shop"}, headers=admin | {"If-Match": read.headers["etag"]}
    )
    refused(r, "invalid", 422)
    carrier = {
        "code": unique("c").lower(),
        "name": "Kurier",
        "adapter": "own_range",
        "settings": {"range": "none"},
    }
    for wrong in ({"name": "-Kurier"}, {"account": "=1495"}, {"services": ["standard", "+fast"]}):
        refused(await anonymous.post("/carriers", json=carrier | wrong, headers=admin), "invalid", 422)
    numbers = {"code": unique("r"), "kind": "plain", "first": 1, "last": 9, "prefix": "-PX"}
    refused(await anonymous.post("/number-ranges", json=numbers, headers=admin), "invalid", 422)


async def test_what_came_in_goes_out(db: Database, server: Server) -> None:
    """Names at the edge of what is let in stand in a manifest that closes."""
    carrier, shop = await a_carrier(db), await a_shop(db)
    mug = await a_sku(db, shop=shop)
    order = await a_picked_order(db, shop=shop, carrier=carrier, lines=[Wanted(mug)], name='Żuk; "Łąka" = 1')
    async with a_bench(db, server) as bench:
        await labelled(db, bench.api, shop.id, await packed(bench, order, [(mug, 1)]))
    async with person(db, server, "supervisor") as api:
        body = {"warehouse_id": order.warehouse.id, "carrier_id": carrier.id}
        manifest = ok(await api.post("/loading/all", json=body))["manifest_id"]
        ok(await api.post(f"/manifests/{manifest}/close"))
