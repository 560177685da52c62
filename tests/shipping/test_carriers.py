"""Carriers, their calendar, and number blocks that processes take side by side."""

import asyncio

from tests.builders import a_carrier, unique
from tests.conftest import Server
from tests.shipping.flow import ok, person, refused
from wms.carriers.own_range.numbers import Numbers
from wms.db.tx import Database
from wms.shipping.adapters import Carriers


async def test_a_carrier_with_its_calendar(db: Database, server: Server) -> None:
    code = unique("k").lower()
    body = {"code": code, "name": "Kurier Własny", "adapter": "own_range", "settings": {"range": code}}
    async with person(db, server, "admin") as api, person(db, server, "packer") as packer:
        refused(await packer.post("/carriers", json=body), "not-allowed", 403)
        refused(await api.post("/carriers", json=body | {"adapter": "nobody"}), "adapter-unusable", 422)
        refused(await api.post("/carriers", json=body | {"settings": {}}), "adapter-unusable", 422)
        carrier = ok(await api.post("/carriers", json=body))
        refused(await api.post("/carriers", json=body), "carrier-exists")
        pickups = {"pickups": [{"weekday": d, "at": "16:30:00"} for d in range(5)]}
        found = ok(await api.put(f"/carriers/{carrier['id']}/pickups", json=pickups))
        assert found["pickups"] == [[d, "16:30"] for d in range(5)]
        assert ok(await api.put(f"/carriers/{carrier['id']}/pickups", json={"pickups": []}))["pickups"] == []
        refused(await api.put("/carriers/999999999/pickups", json=pickups), "not-found", 404)
        refused(await api.post("/number-ranges/NOBODY/extend", json={"last": 5}), "not-found", 404)


async def test_processes_side_by_side_never_share_a_number(db: Database) -> None:
    carrier = await a_carrier(db)
    processes = [Numbers(Carriers(db).take, carrier.range_code, size=7) for _ in range(5)]
    numbers = await asyncio.gather(*[p.next() for p in processes for _ in range(40)])
    assert len(set(numbers)) == 200


async def test_the_last_numbers_of_a_range_are_used_too(db: Database) -> None:
    carrier = await a_carrier(db)
    async with db.begin() as tx:
        await tx.run("update number_range set last = next + 2 where code = $1", carrier.range_code)
    numbers = Numbers(Carriers(db).take, carrier.range_code)
    assert len({await numbers.next() for _ in range(3)}) == 3
