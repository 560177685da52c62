"""Announcing and cancelling a delivery."""

from tests.builders import a_key, a_shop, a_sku, bearer, unique
from tests.conftest import Api
from tests.receiving.dock import a_dock
from wms.db.tx import Database


async def test_an_asn_is_announced_and_read(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, jam = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop, lot_policy="expiry")
    r = await dock.announce(
        [
            {"sku": mug.code, "quantity": 120},
            {"sku": jam.code, "quantity": 48, "lot": "L1", "expires_on": "2028-05-31"},
        ],
        expected_on="2026-11-23",
        carrier="Spedycja Północ",
    )
    assert r.status_code == 201, r.text
    asn = r.json()
    assert asn["state"] == "announced"
    assert [(n["line_no"], n["sku"], n["quantity"], n["received"]) for n in asn["lines"]] == [
        (1, mug.code, 120, 0),
        (2, jam.code, 48, 0),
    ]
    assert (asn["lines"][1]["lot"], asn["lines"][1]["expires_on"]) == ("L1", "2028-05-31")
    again = await anonymous.get(f"/asns/{asn['id']}", headers=dock.shop_key)
    assert again.json() == asn
    page = await anonymous.get("/asns", params={"number": asn["number"]}, headers=dock.shop_key)
    assert [a["id"] for a in page.json()["items"]] == [asn["id"]]
    staff = await anonymous.get(f"/asns/{asn['id']}", params={"shop_id": dock.shop.id}, headers=dock.staff)
    assert staff.json() == asn


async def test_the_same_announcement_again_gives_the_same_asn(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    number = unique("ASN-")
    first = await dock.announce([{"sku": mug.code, "quantity": 5}], number=number)
    again = await dock.announce([{"sku": mug.code, "quantity": 5}], number=number)
    assert again.status_code == 201
    assert again.json() == first.json()
    other = await dock.announce([{"sku": mug.code, "quantity": 6}], number=number)
    assert (other.status_code, other.json()["code"]) == (409, "asn-exists")


async def test_all_bad_lines_are_told_at_once_with_their_pointers(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    foreign = await a_sku(db, shop=await a_shop(db))
    kit = await a_sku(db, shop=dock.shop)
    async with db.begin() as tx:
        await tx.run("update sku set kit = true where shop_id = $1 and id = $2", kit.shop_id, kit.id)
    r = await dock.announce(
        [
            {"sku": "NOBODY-KNOWS", "quantity": 1},
            {"sku": mug.code, "quantity": 1},
            {"sku": foreign.code, "quantity": 1},
            {"sku": kit.code, "quantity": 1},
            {"sku": mug.code, "quantity": 1, "lot": "L1"},
        ]
    )
    assert (r.status_code, r.json()["code"]) == (422, "asn-lines")
    assert [(e["pointer"], e["code"]) for e in r.json()["values"]["errors"]] == [
        ("/lines/0/sku", "unknown-sku"),
        ("/lines/2/sku", "unknown-sku"),
        ("/lines/3/sku", "kit"),
        ("/lines/4/lot", "lot-not-kept"),
    ]
    assert "NOBODY-KNOWS" in r.json()["detail"]
    polish = await anonymous.post(
        "/asns",
        json={"number": unique(), "warehouse": dock.warehouse.code, "lines": [{"sku": "X", "quantity": 1}]},
        headers=dock.shop_key | {"Accept-Language": "pl"},
    )
    assert "katalogu" in polish.json()["detail"]


async def test_an_unknown_warehouse_and_a_missing_one_are_refused(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)  # so there are at least two
    await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    for warehouse in ("NOWHERE", None):
        r = await dock.announce([{"sku": mug.code, "quantity": 1}], warehouse=warehouse)
        assert (r.status_code, r.json()["pointer"]) == (422, "/warehouse"), r.text


async def test_an_asn_is_cancelled_until_it_is_being_received(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    asn_id = await dock.announced([{"sku": mug.code, "quantity": 5}])
    for _ in range(2):
        r = await anonymous.post(f"/asns/{asn_id}/cancel", headers=dock.shop_key)
        assert (r.status_code, r.json()["state"]) == (200, "cancelled"), r.text
    late = await dock.open(asn_id)
    assert (late.status_code, late.json()["code"]) == (409, "wrong-state")
    other = await dock.announced([{"sku": mug.code, "quantity": 5}])
    await dock.opened(other)
    r = await anonymous.post(f"/asns/{other}/cancel", headers=dock.shop_key)
    assert (r.status_code, r.json()["code"]) == (409, "wrong-state")


async def test_another_shop_sees_nothing(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    asn_id = await dock.announced([{"sku": mug.code, "quantity": 5}])
    receipt_id = await dock.opened(asn_id)
    stranger = bearer(await a_key(db, shop=await a_shop(db)))
    params = {"shop_id": dock.shop.id}
    for path in (f"/asns/{asn_id}", f"/receipts/{receipt_id}"):
        r = await anonymous.get(path, params=params, headers=stranger)
        assert r.status_code == 404, r.text
    r = await anonymous.post(f"/asns/{asn_id}/cancel", headers=stranger)
    assert r.status_code == 404
    for path in ("/asns", "/receipts"):
        assert (await anonymous.get(path, params=params, headers=stranger)).status_code == 404
        assert (await anonymous.get(path, headers=stranger)).json() == {"items": [], "next": None}


async def test_lists_are_read_page_by_page(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    made = [await dock.announced([{"sku": mug.code, "quantity": 1}]) for _ in range(3)]
    found, after = [], ""
    for _ in range(2):
        r = await anonymous.get("/asns", params={"limit": 2, "after": after}, headers=dock.shop_key)
        found += [a["id"] for a in r.json()["items"]]
        after = r.json()["next"] or ""
    assert found == made
    assert after == ""


async def test_a_key_that_may_only_read_does_not_announce(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    reader = bearer(await a_key(db, shop=dock.shop, scopes=["inbound.read"]))
    assert (await anonymous.get("/asns", headers=reader)).status_code == 200
    body = {"number": unique(), "warehouse": dock.warehouse.code, "lines": [{"sku": "X", "quantity": 1}]}
    assert (await anonymous.post("/asns", json=body, headers=reader)).status_code == 403
