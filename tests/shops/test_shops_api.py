"""Shops over HTTP: created and changed by an administrator, seen by themselves."""

from typing import Any

from tests.builders import a_key, a_shop, bearer, signed_in, unique
from tests.conftest import Api
from wms.db.tx import Database


async def admin(db: Database) -> dict[str, str]:
    return bearer(await signed_in(db, roles=["admin"]))


def a_body(**fields: Any) -> dict[str, Any]:
    return {"code": unique("s").lower(), "name": "Chatka z Prezentami", **fields}


async def test_a_new_shop_has_the_usual_policies(anonymous: Api, db: Database) -> None:
    headers = await admin(db)
    r = await anonymous.post(
        "/shops", json=a_body(cut_off="12:30:00", sender={"city": "Łódź"}), headers=headers
    )
    assert r.status_code == 201, r.text
    shop = r.json()
    assert (shop["cut_off"], shop["timezone"], shop["partial_policy"]) == (
        "12:30:00",
        "Europe/Warsaw",
        "complete",
    )
    assert shop["sender"] == {"city": "Łódź"}
    again = await anonymous.get(f"/shops/{shop['id']}", headers=headers)
    assert again.json() == shop


async def test_a_code_is_taken_once(anonymous: Api, db: Database) -> None:
    headers, shop = await admin(db), await a_shop(db)
    r = await anonymous.post("/shops", json=a_body(code=shop.code), headers=headers)
    assert (r.status_code, r.json()["code"], r.json()["pointer"]) == (409, "shop-code-taken", "/code")


async def test_what_cannot_be_is_refused(anonymous: Api, db: Database) -> None:
    headers = await admin(db)
    r = await anonymous.post("/shops", json=a_body(timezone="Europe/Warszawa"), headers=headers)
    assert (r.status_code, r.json()["pointer"]) == (422, "/timezone")
    assert (await anonymous.post("/shops", json=a_body(country="Polska"), headers=headers)).status_code == 400
    r = await anonymous.post("/shops", json=a_body(country="ZZ"), headers=headers)
    assert (r.status_code, r.json()["pointer"]) == (422, "/country")
    shop, version = await a_shop(db), {"If-Match": '"1"'}
    r = await anonymous.patch(f"/shops/{shop.id}", json={"country": "ZZ"}, headers=headers | version)
    assert (r.status_code, r.json()["pointer"]) == (422, "/country")
    assert (await anonymous.post("/shops", json=a_body(colour="red"), headers=headers)).status_code == 400


async def test_a_shop_sees_itself_and_no_other(anonymous: Api, db: Database) -> None:
    shop, other = await a_shop(db), await a_shop(db)
    headers = bearer(await a_key(db, shop=shop, scopes=["orders.read"]))
    r = await anonymous.get("/shops/current", headers=headers)
    assert (r.status_code, r.json()["code"]) == (200, shop.code)
    assert r.headers["etag"] == '"1"'
    for path in ("/shops", f"/shops/{other.id}", f"/shops/{shop.id}"):
        assert (await anonymous.get(path, headers=headers)).status_code == 403


async def test_a_change_needs_the_version_that_was_read(anonymous: Api, db: Database) -> None:
    headers, shop = await admin(db), await a_shop(db)
    seen = (await anonymous.get(f"/shops/{shop.id}", headers=headers)).headers["etag"]
    change = {"cut_off": "15:00:00", "partial_policy": "partial", "inserts": [{"text": "Kartka"}]}
    assert (await anonymous.patch(f"/shops/{shop.id}", json=change, headers=headers)).status_code == 428
    r = await anonymous.patch(f"/shops/{shop.id}", json=change, headers=headers | {"If-Match": seen})
    assert r.status_code == 200, r.text
    assert (r.json()["cut_off"], r.json()["partial_policy"], r.json()["version"]) == (
        "15:00:00",
        "partial",
        2,
    )
    late = await anonymous.patch(
        f"/shops/{shop.id}", json={"name": "Inna"}, headers=headers | {"If-Match": seen}
    )
    assert (late.status_code, late.json()["code"]) == (412, "changed-meanwhile")
    same = await anonymous.patch(f"/shops/{shop.id}", json=change, headers=headers | {"If-Match": "*"})
    assert same.json()["version"] == 2, "nothing changed"
    bad = await anonymous.patch(f"/shops/{shop.id}", json=change, headers=headers | {"If-Match": '"x"'})
    assert bad.status_code == 422


async def test_only_an_administrator_changes_shops(anonymous: Api, db: Database) -> None:
    shop, boss = await a_shop(db), bearer(await signed_in(db, roles=["supervisor"]))
    assert (await anonymous.get(f"/shops/{shop.id}", headers=boss)).status_code == 200
    r = await anonymous.patch(f"/shops/{shop.id}", json={"name": "X"}, headers=boss | {"If-Match": "*"})
    assert r.status_code == 403
    assert (await anonymous.post("/shops", json=a_body(), headers=boss)).status_code == 403


async def test_an_unknown_shop(anonymous: Api, db: Database) -> None:
    headers = await admin(db)
    assert (await anonymous.get("/shops/2000000000", headers=headers)).status_code == 404
    assert (await anonymous.get("/shops/20000000000", headers=headers)).status_code == 400, "no shop's number"
    r = await anonymous.patch("/shops/2000000000", json={"name": "X"}, headers=headers | {"If-Match": "*"})
    assert r.status_code == 404
    r = await anonymous.patch("/shops/20000000000", json={"name": "X"}, headers=headers | {"If-Match": "*"})
    assert r.status_code == 400


async def test_shops_in_pages(anonymous: Api, db: Database) -> None:
    headers = await admin(db)
    made = [(await a_shop(db)).id for _ in range(3)]
    seen: list[int] = []
    after: str | None = ""
    while after is not None:
        page = (await anonymous.get("/shops", params={"limit": 2, "after": after}, headers=headers)).json()
        seen += [s["id"] for s in page["items"]]
        after = page["next"]
    assert seen == sorted(set(seen))
    assert set(made) <= set(seen)
