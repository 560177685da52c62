"""The story of an order, for the shop and for the floor."""

from datetime import UTC, datetime

import pytest

from tests.builders import signed_in_person
from tests.conftest import Api
from tests.orders.floor import pick_all
from tests.orders.world import GOOD, World, a_world
from wms.db.tx import Actor, Database


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


async def test_the_story_in_both_languages(world: World) -> None:
    sku = await world.stocked(1)
    made = await world.order([(sku, 2)], recipient=GOOD | {"phone": "?"})
    path = f"/orders/{made['id']}"
    await world.put(f"{path}/recipient", {"recipient": GOOD})
    await world.cancel(made["id"])

    async def told(lang: str) -> list[str]:
        r = await world.api.get(f"{path}/story", headers=world.headers | {"Accept-Language": lang})
        assert r.status_code == 200, r.text
        lines = r.json()
        assert [n["at"] for n in lines] == sorted(n["at"] for n in lines)
        assert datetime.fromisoformat(lines[0]["at"]) <= datetime.now(UTC)
        return [n["text"] for n in lines]

    assert await told("en") == [
        "Put on hold: Give a telephone number that the courier can call.",
        "The recipient's address was changed.",
        "Waits for stock: 1 units are missing.",
        "Cancelled: changed their mind.",
    ]
    assert await told("pl") == [
        "Wstrzymane: Podaj numer telefonu, pod który zadzwoni kurier.",
        "Zmieniono adres odbiorcy.",
        "Czeka na towar: brakuje 1 szt.",
        "Anulowane: changed their mind.",
    ]


async def test_the_floor_reads_who_did_it_and_the_shop_does_not(world: World) -> None:
    sku = await world.stocked(2)
    made = await world.order([(sku, 2)])
    picker = await signed_in_person(world.db, roles=["picker"])
    actor = Actor(kind="staff", id=picker.id, name="Łucja Żak", roles=frozenset({"picker"}))
    async with world.db.begin(actor) as tx:
        tote = await pick_all(tx, world, made["id"])
    path = f"/orders/{made['id']}/story"
    ours = (await world.api.get(path, headers=world.headers)).json()
    (at,) = [i for i, n in enumerate(ours) if f"2 x {sku.code} went from " in n["text"]]
    assert tote in ours[at]["text"]
    assert ours[at]["who"] == "warehouse"
    care = await signed_in_person(world.db, roles=["care"])
    r = await world.api.get(path, params={"shop_id": world.shop.id}, headers=care.headers)
    assert r.status_code == 200, r.text
    assert r.json()[at]["who"] == "Łucja Żak"
    assert [n["text"] for n in r.json()] == [n["text"] for n in ours]
