"""Places at the desk: a rack from a pattern, the map from coordinates, changes and locks."""

import re

import pytest

from tests.builders import a_bin, a_shop, a_sku, a_warehouse, stock_up, unique
from tests.conftest import Server
from tests.desk import at_desk
from wms.db.tx import Database
from wms.kernel.refusals import Invalid
from wms.locations.desk_queries import Stack
from wms.locations.draw_map import draw_map, heat_levels, level_of
from wms.locations.expand_pattern import Rack, expand_pattern


def test_a_pattern_gives_codes_coordinates_and_a_walk_to_and_fro() -> None:
    places = expand_pattern(
        Rack(pattern="A-{01..02}-{01..03}-{A..B}", aisle="A-{1}", start=(100, 0, 0), walk=7, zone="Z")
    )
    assert [p.code for p in places] == [
        "A-01-01-A", "A-01-01-B", "A-01-02-A", "A-01-02-B", "A-01-03-A", "A-01-03-B",
        "A-02-03-A", "A-02-03-B", "A-02-02-A", "A-02-02-B", "A-02-01-A", "A-02-01-B",
    ]  # fmt: skip
    assert [p.walk for p in places] == list(range(7, 19))
    assert {p.aisle for p in places} == {"A-01", "A-02"}
    last = next(p for p in places if p.code == "A-02-03-B")
    assert (last.x, last.y, last.z) == (2900, 2700, 450)
    assert [p.code for p in expand_pattern(Rack(pattern="ONE"))] == ["ONE"]


@pytest.mark.parametrize(
    "pattern",
    ["A-{1..}", "A-{9..1}", "A-{1..B}", "{1..2}{1..2}{1..2}{1..2}", "A-{0001..9999}", "ż-{1..2}", "A-{1..2", "A B{1..2}"],
)  # fmt: skip
def test_a_pattern_that_cannot_be_is_refused(pattern: str) -> None:
    with pytest.raises(Invalid):
        expand_pattern(Rack(pattern=pattern))


def test_heat_is_spread_over_levels() -> None:
    levels = heat_levels([0, 0, 1, 1, 2, 3, 5, 8, 13, 100])
    assert level_of(levels, 0) == 0
    assert level_of(levels, 1) == 1
    assert level_of(levels, 100) == 5
    assert [least <= most for _, least, most in levels] == [True] * len(levels)
    assert heat_levels([0]) == []


def test_the_map_stays_inside_its_picture_however_the_house_lies() -> None:
    def at(x: int, y: int, aisle: str | None) -> Stack:
        return Stack(
            aisle=aisle, zone="A", kind="bin", x=x, y=y, location_id=1, code="X", places=4, locked=0, filled=0, picks=x % 3
        )  # fmt: skip

    for house in (
        [at(x * 2800, y * 1350, f"A-{x}") for x in range(40) for y in range(20)],
        [at(-5_000_000, 0, "A"), at(5_000_000, 0, "B")],
        [at(0, 0, None)],
        [at(0, y * 1000, "A-1") for y in range(300)],
    ):
        drawn = draw_map(house)
        assert drawn is not None
        for a in drawn.aisles:
            assert (a.x >= 0, a.x + a.width <= drawn.width, a.y >= 0, a.y + a.height <= drawn.height) == (
                True,
            ) * 4
        for s in drawn.spots:
            assert (0 <= s.x <= drawn.width, 0 <= s.y <= drawn.height) == (True, True)
    assert draw_map([]) is None


async def test_a_rack_is_looked_at_and_then_created(server: Server, db: Database) -> None:
    house = await a_warehouse(db, shared=False)
    form = {
        "warehouse_id": str(house.id), "pattern": "q-{01..02}-{01..03}-{1..2}", "kind": "bin", "zone": "Q", "aisle": "Q-{1}",
        "litres": "150", "walk": "1", "serpentine": "yes",
    } | {f"{n}_{a}": "0" for n in ("start", "step1", "step2", "step3") for a in "xyz"}  # fmt: skip
    form |= {"step1_x": "2800", "step2_y": "1350", "step3_z": "450"}
    async with at_desk(db, server, "supervisor", wms_warehouse=str(house.id)) as desk:
        await desk.send("/desk/locations/new", **form)
        assert "gives 12 places. Nothing is created yet" in desk.page
        assert "Q-01-01-1" not in await desk.open("/desk/locations/list", q="Q-01")
        await desk.send("/desk/locations/new", do="create", **form)
        assert desk.went == "/desk/locations?done=created"
        page = await desk.open("/desk/locations")
        assert "Aisle Q-01: 6 places, 0 picks" in page
        shelves = await desk.open("/desk/locations", aisle="Q-01", days=30)
        assert shelves.count("picks, 0 pieces in it") >= 6
        await desk.send("/desk/locations/new", **form)
        assert "Already in use: Q-01-01-1" in desk.page
        listed = await desk.open("/desk/locations/list", q="Q-", zone="Q", state="empty")
        assert "Q-02-03-2" in listed
        csv = (await desk.http.get("/desk/locations/list", params={"q": "Q-01", "format": "csv"})).text
        assert len(csv.strip().splitlines()) == 7
        assert (await desk.http.get("/desk/locations/list", params={"after": "WzEsMl0"})).status_code == 422


async def test_a_lead_changes_and_locks_a_place(server: Server, db: Database) -> None:
    house = await a_warehouse(db)
    shelf = await a_bin(db, warehouse=house)
    here = f"/desk/locations/{shelf.id}"
    async with at_desk(db, server, "supervisor", wms_warehouse=str(house.id)) as desk:
        page = await desk.open(here)
        version = re.search(r'name="version" value="(\d+)"', page)
        assert version is not None
        zone = unique("Z")[:20]
        form = {
            "x": "100", "y": "-5", "z": "450", "walk": "3", "zone": zone, "aisle": "X-1", "capacity_ml": "", "version": version[1],
        }  # fmt: skip
        await desk.send(f"{here}/change", **form)
        assert desk.went == f"{here}?done=changed"
        await desk.send(f"{here}/change", **form)
        assert desk.code == "changed-meanwhile"
        await desk.send(f"{here}/change", **(form | {"x": "left"}))
        assert (desk.status, "whole number" in desk.page) == (422, True)
        await desk.send(f"{here}/lock", reason="")
        assert desk.status == 422
        await desk.send(f"{here}/lock", reason="krzywa belka")
        assert "krzywa belka" in await desk.open(here)
        assert shelf.code in await desk.open("/desk/locations/list", q=shelf.code, state="locked")
        await desk.send(f"{here}/unlock")
        assert "krzywa belka" not in (await desk.open(here)).split("What happened")[0]
        sku = await a_sku(db, shop=await a_shop(db))
        await stock_up(db, sku=sku, bin=shelf, quantity=2)
        version = re.search(r'name="version" value="(\d+)"', await desk.open(here))
        assert version is not None
        await desk.send(f"{here}/use", active="no", version=version[1])
        assert desk.code == "location-not-empty"
    async with at_desk(db, server, "care") as desk:
        assert "Lock it" not in await desk.open(here)
        await desk.send(f"{here}/lock", reason="x")
        assert desk.status == 403
