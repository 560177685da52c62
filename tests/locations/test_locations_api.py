"""Places over HTTP: warehouses, bins in bulk, locks, handling units, number ranges."""

from typing import Any

import pytest

from tests.builders import (
    a_bin,
    a_key,
    a_shop,
    a_sku,
    a_tote,
    a_warehouse,
    bearer,
    signed_in,
    stock_up,
    unique,
)
from tests.conftest import Api
from wms.db.tx import SYSTEM, Database
from wms.kernel.numbers import sscc_valid

Headers = dict[str, str]


@pytest.fixture
async def boss(db: Database) -> Headers:
    return bearer(await signed_in(db, roles=["supervisor"]))


@pytest.fixture
async def admin(db: Database) -> Headers:
    return bearer(await signed_in(db, roles=["admin"]))


def a_rack(n: int) -> list[dict[str, Any]]:
    stem = unique("R")
    return [
        {"code": f"{stem}-{i}", "zone": stem, "aisle": stem, "x": i * 1200, "walk": i + 1} for i in range(n)
    ]


async def test_a_warehouse_comes_with_its_places(anonymous: Api, admin: Headers) -> None:
    body = {"code": unique("W"), "name": "Magazyn Łódź", "docks": 2, "stations": 3, "cages": ["kurier"]}
    r = await anonymous.post("/warehouses", json=body, headers=admin)
    assert r.status_code == 201, r.text
    expected = {
        "SUPPLIER",
        "CUSTOMER",
        "SCRAP",
        "LOST-FOUND",
        "WORK",
        "PACKED",
        "RETURNS",
        "QUARANTINE",
        "XDOCK-1",
    }
    expected |= {"DOCK-1", "DOCK-2", "PACK-1", "PACK-2", "PACK-3", "CAGE-kurier"}
    assert set(r.json()["locations"]) == expected
    page = await anonymous.get(
        "/locations", params={"warehouse_id": r.json()["id"], "kind": "supplier"}, headers=admin
    )
    assert [p["real"] for p in page.json()["items"]] == [False]
    twice = await anonymous.post("/warehouses", json=body, headers=admin)
    assert (twice.status_code, twice.json()["code"]) == (409, "code-taken")
    assert body["code"] in [w["code"] for w in (await anonymous.get("/warehouses", headers=admin)).json()]


@pytest.mark.parametrize(
    "place",
    [
        {"country": "ZZ"},
        {"timezone": "Mars/Base"},
        {"timezone": "localtime"},
        {"timezone": "posix/Europe/Warsaw"},
    ],
)
async def test_a_warehouse_stands_where_promises_can_be_made(
    anonymous: Api, admin: Headers, place: dict[str, str]
) -> None:
    body = {"code": unique("W"), "name": "Magazyn"} | place
    r = await anonymous.post("/warehouses", json=body, headers=admin)
    (field,) = place
    assert (r.status_code, r.json()["pointer"]) == (422, f"/{field}")


async def test_a_rack_of_bins_at_once(anonymous: Api, boss: Headers, db: Database) -> None:
    warehouse, rack = await a_warehouse(db), a_rack(300)
    r = await anonymous.post(
        "/locations", json={"warehouse_id": warehouse.id, "locations": rack}, headers=boss
    )
    assert r.status_code == 201, r.text
    assert [c["code"] for c in r.json()["created"]] == [b["code"] for b in rack]
    params = {"warehouse_id": warehouse.id, "zone": rack[0]["zone"], "limit": 500}
    items = (await anonymous.get("/locations", params=params, headers=boss)).json()["items"]
    assert [(p["code"], p["x"], p["walk"], p["pickable"]) for p in items[:2]] == [
        (rack[0]["code"], 0, 1, True),
        (rack[1]["code"], 1200, 2, True),
    ]


async def test_one_code_in_use_keeps_all_out(anonymous: Api, boss: Headers, db: Database) -> None:
    warehouse, rack = await a_warehouse(db), a_rack(3)
    body: dict[str, Any] = {"warehouse_id": warehouse.id, "locations": rack[:1]}
    await anonymous.post("/locations", json=body, headers=boss)
    r = await anonymous.post("/locations", json=body | {"locations": rack}, headers=boss)
    assert (r.status_code, r.json()["code"]) == (409, "code-taken")
    assert rack[0]["code"] in r.json()["detail"]
    assert (await anonymous.get(f"/locations/{rack[1]['code']}", headers=boss)).status_code == 404
    r = await anonymous.post("/locations", json=body | {"locations": [rack[1], rack[1]]}, headers=boss)
    assert r.json()["code"] == "code-taken"


async def test_places_that_cannot_be(anonymous: Api, boss: Headers, db: Database) -> None:
    warehouse = await a_warehouse(db)

    async def refused(**place: Any) -> tuple[int, str]:
        body = {"warehouse_id": warehouse.id, "locations": [{"code": unique("R"), **place}]}
        r = await anonymous.post("/locations", json=body, headers=boss)
        return r.status_code, r.json().get("pointer", "")

    assert await refused(kind="supplier") == (422, "/locations/0/kind")
    assert await refused(kind="dock", pickable=True) == (422, "/locations/0/pickable")
    assert (await refused(code="with space"))[0] == 400
    body = {"warehouse_id": 10**9, "locations": a_rack(1)}
    assert (await anonymous.post("/locations", json=body, headers=boss)).status_code == 404


async def test_one_location_by_code(anonymous: Api, boss: Headers, db: Database) -> None:
    shelf = await a_bin(db, x=5, y=6, z=7)
    r = await anonymous.get(f"/locations/{shelf.code}", headers=boss)
    assert (r.json()["id"], r.json()["x"], r.json()["y"], r.json()["z"]) == (shelf.id, 5, 6, 7)
    assert (await anonymous.get("/locations/NOWHERE", headers=boss)).status_code == 404
    await a_warehouse(db)
    await a_warehouse(db, shared=False)
    r = await anonymous.get("/locations/WORK", headers=boss)
    assert (r.status_code, r.json()["pointer"]) == (422, "/warehouse_id"), "every warehouse has one"
    r = await anonymous.get("/locations/WORK", params={"warehouse_id": shelf.warehouse_id}, headers=boss)
    assert r.json()["kind"] == "work"


async def test_lock_and_unlock(anonymous: Api, boss: Headers, db: Database) -> None:
    shelf = await a_bin(db)
    r = await anonymous.post(f"/locations/{shelf.id}/lock", json={"reason": "Uszkodzony regał"}, headers=boss)
    assert r.status_code == 200, r.text
    assert (r.json()["lock_reason"], r.json()["locked_at"] is not None) == ("Uszkodzony regał", True)
    r = await anonymous.post(f"/locations/{shelf.id}/unlock", headers=boss)
    assert (r.status_code, r.json()["locked_at"]) == (200, None)
    again = await anonymous.post(f"/locations/{shelf.id}/unlock", headers=boss)
    assert again.status_code == 200
    async with db.begin() as tx:
        kinds = await tx.rows(
            "select kind from event where subject = 'location' and subject_id = $1 order by id", shelf.id
        )
    assert [k["kind"] for k in kinds] == ["location.locked", "location.unlocked"]


async def test_what_cannot_be_locked(anonymous: Api, boss: Headers, db: Database) -> None:
    warehouse = await a_warehouse(db)
    body = {"reason": "x"}
    r = await anonymous.post(f"/locations/{warehouse.locations['WORK']}/lock", json=body, headers=boss)
    assert (r.status_code, r.json()["code"]) == (409, "not-lockable")
    assert (await anonymous.post("/locations/999999999/lock", json=body, headers=boss)).status_code == 404
    assert (await anonymous.post("/locations/999999999/unlock", headers=boss)).status_code == 404
    picker = bearer(await signed_in(db, roles=["picker"]))
    shelf = await a_bin(db)
    assert (await anonymous.post(f"/locations/{shelf.id}/lock", json=body, headers=picker)).status_code == 403


async def test_totes_with_labels_that_are_there_and_new_ones(
    anonymous: Api, boss: Headers, db: Database
) -> None:
    warehouse, codes = await a_warehouse(db), [unique("T-"), unique("T-")]
    body: dict[str, Any] = {"warehouse_id": warehouse.id, "kind": "tote"}
    r = await anonymous.post("/handling-units", json=body | {"codes": codes}, headers=boss)
    assert r.status_code == 201, r.text
    assert [u["code"] for u in r.json()["created"]] == codes
    taken = await anonymous.post(
        "/handling-units", json=body | {"codes": [unique("T-"), codes[0]]}, headers=boss
    )
    assert (taken.status_code, taken.json()["code"]) == (409, "code-taken")
    r = await anonymous.post("/handling-units", json=body | {"count": 2}, headers=boss)
    assert all(u["code"].startswith("T-") for u in r.json()["created"])
    r = await anonymous.post("/handling-units", json=body, headers=boss)
    assert (r.status_code, r.json()["pointer"]) == (422, "/count")
    tote = await a_tote(db)
    assert (await anonymous.get(f"/handling-units/{tote.code}", headers=boss)).json()["id"] == tote.id
    r = await anonymous.get("/handling-units/T-NOBODY", headers=boss)
    assert (r.status_code, r.json()["code"]) == (404, "unknown-handling-unit")
    page = await anonymous.get(
        "/handling-units", params={"warehouse_id": warehouse.id, "kind": "tote", "limit": 1}, headers=boss
    )
    assert len(page.json()["items"]) == 1
    assert page.json()["next"] is not None


async def test_pallets_get_ssccs_until_the_range_ends(anonymous: Api, admin: Headers, db: Database) -> None:
    warehouse = await a_warehouse(db)
    async with db.begin(
        SYSTEM
    ) as tx:  # another test's range of that name steps aside: its numbers stay taken
        await tx.run("update number_range set code = 'sscc-aside' where code = 'sscc'")
    body = {"warehouse_id": warehouse.id, "kind": "pallet", "count": 2}
    missing = await anonymous.post("/handling-units", json=body, headers=admin)
    assert (missing.status_code, missing.json()["code"]) == (409, "numbers-missing")
    numbers = {"code": "sscc", "kind": "sscc", "first": 1, "last": 3, "prefix": "0590123456"}
    assert (await anonymous.post("/number-ranges", json=numbers, headers=admin)).status_code == 201
    assert (await anonymous.post("/number-ranges", json=numbers, headers=admin)).status_code == 409
    r = await anonymous.post("/handling-units", json=body, headers=admin)
    assert r.status_code == 201, r.text
    units = r.json()["created"]
    assert [sscc_valid(u["sscc"]) for u in units] == [True, True]
    assert [u["sscc"][:17] for u in units] == ["05901234560000001", "05901234560000002"]
    assert (await anonymous.get(f"/handling-units/{units[0]['sscc']}", headers=admin)).json() == units[0]
    used_up = await anonymous.post("/handling-units", json=body, headers=admin)
    assert (used_up.status_code, used_up.json()["code"]) == (409, "numbers-used-up")
    (left,) = [
        r for r in (await anonymous.get("/number-ranges", headers=admin)).json() if r["code"] == "sscc"
    ]
    assert (left["left"], left["low"]) == (1, True)
    async with db.begin(SYSTEM) as tx:
        await tx.run("update number_range set code = 'sscc-few' where code = 'sscc'")
        await tx.run("update number_range set code = 'sscc' where code = 'sscc-aside'")


async def test_a_range_that_cannot_be(anonymous: Api, admin: Headers) -> None:
    body = {"code": unique("N"), "kind": "sscc", "first": 1, "last": 10**9, "prefix": "0590123456789"}
    r = await anonymous.post("/number-ranges", json=body, headers=admin)
    assert (r.status_code, r.json()["pointer"]) == (422, "/prefix"), "nine digits and one do not fit"
    r = await anonymous.post(
        "/number-ranges", json=body | {"kind": "plain", "first": 2, "last": 1}, headers=admin
    )
    assert (r.status_code, r.json()["pointer"]) == (422, "/last")


async def test_shops_do_not_see_the_building(anonymous: Api, db: Database) -> None:
    key = bearer(await a_key(db, shop=await a_shop(db)))
    for path in (
        "/warehouses",
        "/locations?warehouse_id=1",
        "/handling-units?warehouse_id=1",
        "/number-ranges",
    ):
        assert (await anonymous.get(path, headers=key)).status_code == 403


async def test_a_place_is_moved_on_the_map(anonymous: Api, boss: Headers, db: Database) -> None:
    bin = await a_bin(db, x=1000, walk=5, zone="A")
    path = f"/locations/{bin.code}"
    read = await anonymous.get(path, headers=boss)
    match = boss | {"If-Match": read.headers["etag"]}
    zone = unique("Z")
    change = {"x": 3200, "y": -50, "walk": 17, "zone": zone, "aisle": "A-02", "capacity_ml": None}
    r = await anonymous.patch(path, json=change, headers=match)
    assert r.status_code == 200, r.text
    assert {k: r.json()[k] for k in change} == change
    assert r.json()["z"] == read.json()["z"]
    assert r.headers["etag"] != read.headers["etag"]
    late = await anonymous.patch(path, json={"x": 1}, headers=match)
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    bare = await anonymous.patch(path, json={"x": 1}, headers=boss)
    assert (bare.status_code, bare.json()["code"]) == (428, "if-match-needed")
    same = await anonymous.patch(path, json=change, headers=boss | {"If-Match": r.headers["etag"]})
    assert same.headers["etag"] == r.headers["etag"], "nothing changed"
    out = await anonymous.patch(path, json={"zone": None}, headers=boss | {"If-Match": "*"})
    assert out.json()["zone"] is None
    found = await anonymous.get(
        "/locations", params={"warehouse_id": bin.warehouse_id, "zone": zone}, headers=boss
    )
    assert found.json()["items"] == []
    told = await anonymous.get(f"/events?subject=location&subject_id={bin.id}&shop_id=0", headers=boss)
    (first, second) = [e for e in told.json()["items"] if e["kind"] == "location.changed"]
    assert first["data"]["x"] == {"old": 1000, "new": 3200}
    assert set(second["data"]) == {"zone"}


async def test_only_an_empty_place_goes_out_of_use(anonymous: Api, boss: Headers, db: Database) -> None:
    bin, sku = await a_bin(db), await a_sku(db, shop=await a_shop(db))
    await stock_up(db, sku=sku, bin=bin, quantity=3)
    path, any_version = f"/locations/{bin.code}", boss | {"If-Match": "*"}
    full = await anonymous.patch(path, json={"active": False}, headers=any_version)
    assert (full.status_code, full.json()["code"]) == (409, "location-not-empty")
    other = await a_bin(db)
    path = f"/locations/{other.code}"
    gone = await anonymous.patch(path, json={"active": False}, headers=any_version)
    assert gone.status_code == 200, gone.text
    assert (gone.json()["active"], gone.json()["lock_reason"]) == (False, "out of use")
    for verb in ("unlock", "lock"):
        r = await anonymous.post(f"/locations/{other.id}/{verb}", json={"reason": "count"}, headers=boss)
        assert (r.status_code, r.json()["code"]) == (409, "location-out-of-use"), r.text
    back = await anonymous.patch(path, json={"active": True}, headers=any_version)
    assert (back.json()["active"], back.json()["locked_at"]) == (True, None)
    packed = await anonymous.patch(
        "/locations/PACKED",
        params={"warehouse_id": bin.warehouse_id},
        json={"active": False},
        headers=any_version,
    )
    assert (packed.status_code, packed.json()["code"]) == (409, "not-lockable")
    nowhere = await anonymous.patch(
        "/locations/SUPPLIER", params={"warehouse_id": bin.warehouse_id}, json={"x": 1}, headers=any_version
    )
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "invalid")


async def test_who_may_change_a_place(anonymous: Api, admin: Headers, db: Database) -> None:
    bin = await a_bin(db)
    picker = bearer(await signed_in(db, roles=["picker"]))
    for who, status in ((picker, 403), (bearer(await a_key(db, shop=await a_shop(db))), 403), (admin, 200)):
        r = await anonymous.patch(f"/locations/{bin.code}", json={"walk": 3}, headers=who | {"If-Match": "*"})
        assert r.status_code == status, r.text
    r = await anonymous.patch("/locations/NOWHERE-1", json={"walk": 3}, headers=admin | {"If-Match": "*"})
    assert r.status_code == 404
    wrong = await anonymous.patch(
        f"/locations/{bin.code}", json={"walk": -1}, headers=admin | {"If-Match": "*"}
    )
    assert wrong.status_code == 400
