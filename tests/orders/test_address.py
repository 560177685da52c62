"""A bad recipient holds the order, in words that the shop can act on; mended, the order goes on."""

import pytest

from tests.builders import signed_in
from tests.conftest import Api
from tests.orders.world import GOOD, World, a_world, faults
from wms.db.tx import Database


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"name": " "}, "name-missing", "name"),
        ({"street": "-"}, "street-missing", "street"),
        ({"postcode": "30624"}, "postcode-wrong", "postcode"),
        ({"postcode": "30-624\n"}, None, None),
        ({"country": "DE"}, "postcode-wrong", "postcode"),
        ({"country": "AW", "postcode": "A 1"}, None, None),
        ({"country": "XQ", "postcode": "A 1"}, "country-unknown", "country"),
        ({"country": "pl"}, "country-unknown", "country"),
        ({"city": ""}, "city-missing", "city"),
        ({"phone": None}, "phone-wrong", "phone"),
        ({"phone": "call me"}, "phone-wrong", "phone"),
        ({"name": "=1+1 Sp. z o.o."}, "formula-cell", "name"),
        ({"name": "Jan\nKowalski"}, "formula-cell", "name"),
        ({"name": " Jan Kowalski\r\n"}, None, None),
        ({"city": "+Kraków"}, "formula-cell", "city"),
        ({"country": "IE", "postcode": "@SUM(A1)"}, "formula-cell", "postcode"),
        ({"email": "nobody"}, "email-wrong", "email"),
        ({"email": "a@b.pl", "company": "Żuk sp. z o.o."}, None, None),
    ],
)
async def test_a_fault_of_the_recipient(
    world: World, change: dict[str, object], code: str | None, field: str | None
) -> None:
    sku = await world.stocked(1)
    made = await world.order([(sku, 1)], recipient=GOOD | change)
    if code is None:
        assert (made["state"], made["holds"]) == ("allocated", [])
        return
    assert made["state"] == "on_hold"
    assert [(h["code"], h["field"]) for h in made["holds"]] == [(code, f"/recipient/{field}")]


async def test_all_faults_at_once_in_the_language_asked_for(world: World) -> None:
    sku = await world.stocked(1)
    body = world.body([(sku, 1)], recipient={})
    status, made = await world.send(body, lang="pl-PL,pl;q=0.9,en;q=0.5")
    assert status == 201
    assert [h["detail"] for h in made["holds"]] == [
        "Podaj nazwę odbiorcy.",
        "Podaj ulicę i numer domu.",
        "Podaj miejscowość.",
        "Kod pocztowy nie pasuje do kraju.",
        "Podaj numer telefonu, pod który zadzwoni kurier.",
    ]
    status, made = await world.send(world.body([(sku, 1)], recipient={}), lang="en")
    assert made["holds"][0]["detail"] == "Give the recipient's name."


async def test_a_locker_needs_its_name_and_no_street(world: World) -> None:
    sku = await world.stocked(2)
    locker = {"service": "locker", "recipient": GOOD | {"street": ""}}
    made = await world.order([(sku, 1)], **locker)
    assert [h["field"] for h in made["holds"]] == ["/point"]
    assert (await world.order([(sku, 1)], **locker, point="KRA01M"))["state"] == "allocated"
    path = f"/orders/{made['id']}/recipient"
    status, mended = await world.put(path, {"recipient": GOOD, "point": "KRA02M"})
    assert (status, mended["state"]) == (200, "allocated")
    assert (await world.put(path, {"recipient": GOOD}))[1]["state"] == "allocated", "the point stays"
    status, gone = await world.put(path, {"recipient": GOOD, "point": None})
    assert (status, gone["open_holds"]) == (200, ["point-missing"]), "a wrong point is taken away"
    assert (await world.look(made["id"]))["point"] is None


async def test_a_held_order_takes_no_stock_until_it_is_mended(world: World) -> None:
    sku = await world.stocked(5)
    held = await world.order([(sku, 5)], recipient=GOOD | {"phone": "", "postcode": "?"})
    assert (await world.look(held["id"]))["lines"][0]["allocated"] == 0
    status, mended = await world.put(f"/orders/{held['id']}/recipient", {"recipient": GOOD | {"phone": "no"}})
    assert (status, mended["state"], mended["open_holds"]) == (200, "on_hold", ["phone-wrong"])
    holds = [(h["code"], h["released_at"] is None) for h in (await world.look(held["id"]))["holds"]]
    assert holds == [("postcode-wrong", False), ("phone-wrong", True)], (
        "what is as wrong as before is not held anew"
    )
    status, mended = await world.put(f"/orders/{held['id']}/recipient", {"recipient": GOOD})
    assert (status, mended["state"], mended["open_holds"]) == (200, "allocated", [])
    assert (await world.order([(sku, 1)]))["state"] == "backordered"
    assert await faults(world.db, world.shop) == []


async def test_an_address_made_worse_holds_the_order_and_keeps_its_stock(world: World) -> None:
    sku = await world.stocked(1)
    made = await world.order([(sku, 1)])
    status, changed = await world.put(f"/orders/{made['id']}/recipient", {"recipient": GOOD | {"city": ""}})
    assert (status, changed["state"]) == (200, "on_hold")
    assert (await world.look(made["id"]))["lines"][0]["allocated"] == 1
    status, mended = await world.put(f"/orders/{made['id']}/recipient", {"recipient": GOOD})
    assert (status, mended["state"]) == (200, "allocated")
    assert await faults(world.db, world.shop) == []


async def test_on_the_floor_only_a_good_address_is_taken(world: World) -> None:
    sku = await world.stocked(1)
    made = await world.order([(sku, 1)])
    async with world.db.begin() as tx:
        await tx.run("update orders set state = 'released' where id = $1", made["id"])
    status, problem = await world.put(f"/orders/{made['id']}/recipient", {"recipient": GOOD | {"city": ""}})
    assert (status, problem["code"], problem["pointer"]) == (422, "invalid", "/recipient/city")
    status, _ = await world.put(f"/orders/{made['id']}/recipient", {"recipient": GOOD | {"city": "Gdańsk"}})
    found = await world.look(made["id"])
    assert (status, found["city"], found["state"]) == (200, "Gdańsk", "released")


async def test_hold_and_release_by_hand(world: World) -> None:
    sku = await world.stocked(3)
    made = await world.order([(sku, 3)])
    path = f"/orders/{made['id']}"
    status, held = await world.post(f"{path}/hold", {"reason": "paid?"})
    assert (status, held["state"], held["open_holds"]) == (200, "on_hold", ["manual"])
    assert (await world.look(made["id"]))["lines"][0]["allocated"] == 3, "stock stays set aside"
    assert (await world.order([(sku, 1)]))["state"] == "backordered"
    await world.post(f"{path}/hold", {"reason": "really paid?"})
    status, released = await world.post(f"{path}/release")
    assert (status, released["state"], released["open_holds"]) == (200, "allocated", [])
    status, again = await world.post(f"{path}/release")
    assert (status, again["state"]) == (200, "allocated")


async def test_a_shop_does_not_overrule_a_check_a_supervisor_does(world: World) -> None:
    sku = await world.stocked(1)
    made = await world.order([(sku, 1)], recipient=GOOD | {"phone": ""})
    path = f"/orders/{made['id']}"
    await world.post(f"{path}/hold", {"reason": "x"})
    status, answer = await world.post(f"{path}/release")
    assert (status, answer["state"], answer["open_holds"]) == (200, "on_hold", ["phone-wrong"])
    headers = {"Authorization": f"Bearer {await signed_in(world.db, roles=['supervisor'])}"}
    r = await world.api.post(f"{path}/release", params={"shop_id": world.shop.id}, headers=headers)
    assert (r.status_code, r.json()["state"]) == (200, "allocated")


async def test_an_order_on_the_floor_is_not_held(world: World) -> None:
    made = await world.order([(await world.stocked(1), 1)])
    async with world.db.begin() as tx:
        await tx.run("update orders set state = 'picking' where id = $1", made["id"])
    status, problem = await world.post(f"/orders/{made['id']}/hold", {"reason": "x"})
    assert (status, problem["code"]) == (409, "wrong-state")
    assert (await world.look(made["id"]))["holds"] == []


async def test_a_stock_gone_meanwhile_lets_a_mended_order_wait(world: World) -> None:
    sku = await world.stocked(1)
    held = await world.order([(sku, 1)], recipient=GOOD | {"phone": ""})
    await world.order([(sku, 1)])
    status, mended = await world.put(f"/orders/{held['id']}/recipient", {"recipient": GOOD})
    assert (status, mended["state"]) == (200, "backordered")
