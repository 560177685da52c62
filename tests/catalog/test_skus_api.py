"""SKUs over HTTP: bulk lines, pages, changes, bar codes, kits."""

from typing import Any

import pytest

from tests.builders import (
    AShop,
    a_bin,
    a_key,
    a_shop,
    a_sku,
    an_ean,
    bearer,
    signed_in,
    stock_up,
    unique,
)
from tests.conftest import Api
from wms.db.tx import Database

Headers = dict[str, str]


@pytest.fixture
async def shop(db: Database) -> AShop:
    return await a_shop(db)


@pytest.fixture
async def key(db: Database, shop: AShop) -> Headers:
    return bearer(await a_key(db, shop=shop, scopes=["catalog.write"]))


def line(code: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"code": code or unique("SKU-"), "name": "Kubek z żabą", **fields}


async def put(api: Api, key: Headers, *lines: dict[str, Any]) -> dict[str, Any]:
    r = await api.put("/skus", json={"skus": list(lines)}, headers=key)
    assert r.status_code == 200, r.text
    answer: dict[str, Any] = r.json()
    return answer


def codes_of(failed: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(f["index"], f["problem"]["code"]) for f in failed]


async def test_lines_create_then_change_then_leave_alone(anonymous: Api, key: Headers) -> None:
    one, two = line(price="24.90", weight_g=310, barcodes=[{"code": an_ean()}]), line()
    assert (await put(anonymous, key, one, two))["created"] == [one["code"], two["code"]]
    again = await put(anonymous, key, one, two | {"name": "Inny kubek"})
    assert (again["updated"], again["unchanged"]) == ([two["code"]], [one["code"]])
    r = await anonymous.get(f"/skus/{one['code']}", headers=key)
    assert r.json()["price"] == "24.90"
    assert r.json()["barcodes"] == [{"code": one["barcodes"][0]["code"], "quantity": 1}]
    assert (r.json()["version"], r.headers["etag"]) == (1, '"1"')


async def test_left_out_bar_codes_stay_and_an_empty_list_removes_them(anonymous: Api, key: Headers) -> None:
    ean = an_ean()
    sku = line(barcodes=[{"code": ean, "quantity": 6}])
    await put(anonymous, key, sku)
    await put(anonymous, key, line(sku["code"], weight_g=5))
    assert (await anonymous.get(f"/skus/{sku['code']}", headers=key)).json()["barcodes"] == [
        {"code": ean, "quantity": 6}
    ]
    await put(anonymous, key, line(sku["code"], barcodes=[]))
    assert (await anonymous.get(f"/skus/{sku['code']}", headers=key)).json()["barcodes"] == []


async def test_good_lines_are_kept_and_each_bad_one_is_told_why(anonymous: Api, key: Headers) -> None:
    ean = an_ean()
    bad_digit = ean[:12] + str((int(ean[12]) + 1) % 10)
    first = line(barcodes=[{"code": ean}])
    answer = await put(
        anonymous,
        key,
        line(weight_g="heavy"),
        first,
        line(barcodes=[{"code": "A1"}, {"code": bad_digit}]),
        line(barcodes=[{"code": "0" + ean}]),
        line(first["code"]),
        line(price="1.999"),
        line(barcodes=[{"code": "WMS:OK"}]),
        line(barcodes=[{"code": "ABC123ABC123"}]),
        line(name="x" * 201),
        line(name="a\0b"),
    )
    assert answer["created"] == [first["code"]]
    assert codes_of(answer["failed"]) == [
        (0, "invalid"),
        (2, "bad-check-digit"),
        (3, "barcode-taken"),
        (4, "sku-twice"),
        (5, "invalid"),
        (6, "unscannable-barcode"),
        (7, "unscannable-barcode"),
        (8, "invalid"),
        (9, "invalid"),
    ]
    pointers = {f["index"]: f["problem"]["pointer"] for f in answer["failed"]}
    assert pointers[0] == "/skus/0/weight_g"
    assert pointers[2] == "/skus/2/barcodes/1/code"
    assert ean[12] in answer["failed"][1]["problem"]["detail"], "the sentence says which digit it should be"


async def test_refusals_speak_polish_to_those_who_do(anonymous: Api, key: Headers) -> None:
    headers = key | {"Accept-Language": "pl"}
    answer = await put(anonymous, headers, line(barcodes=[{"code": "5901234123450"}]))
    assert "cyfrę kontrolną" in answer["failed"][0]["problem"]["detail"]


async def test_the_same_ean_in_another_shop_is_fine(anonymous: Api, key: Headers, db: Database) -> None:
    other = await a_sku(db, shop=await a_shop(db))
    assert (await put(anonymous, key, line(barcodes=[{"code": other.barcode}])))["failed"] == []


async def test_a_kit_comes_with_its_parts_in_any_order(anonymous: Api, key: Headers) -> None:
    part = line()
    kit = line(components=[{"sku": part["code"], "quantity": 2}])
    assert (await put(anonymous, key, kit, part))["failed"] == []
    read = (await anonymous.get(f"/skus/{kit['code']}", headers=key)).json()
    assert read["kit"] is True
    assert read["components"] == [{"sku": part["code"], "quantity": 2}]
    listed = (await anonymous.get("/skus", params={"kit": True}, headers=key)).json()["items"]
    assert [s["code"] for s in listed] == [kit["code"]]


async def test_what_kits_refuse(anonymous: Api, key: Headers) -> None:
    part, other = line(), line()
    kit = line(components=[{"sku": part["code"]}])
    await put(anonymous, key, part, other, kit)
    answer = await put(
        anonymous,
        key,
        line(components=[{"sku": kit["code"]}]),
        line(components=[{"sku": "NOBODY"}]),
        line(components=[{"sku": part["code"]}], serial_tracked=True),
        line(part["code"], components=[{"sku": other["code"]}]),
        line(other["code"], components=[{"sku": other["code"]}]),
    )
    assert codes_of(answer["failed"]) == [
        (0, "kit-of-kit"),
        (1, "unknown-component"),
        (2, "kit-tracked"),
        (3, "used-in-kit"),
        (4, "kit-of-kit"),
    ]


async def test_a_kit_stays_a_kit_when_the_line_that_undoes_it_fails(anonymous: Api, key: Headers) -> None:
    part = line()
    kit = line(components=[{"sku": part["code"]}])
    await put(anonymous, key, part, kit)
    undo = line(kit["code"], components=[], barcodes=[{"code": "5901234123450"}])
    answer = await put(anonymous, key, undo, line(components=[{"sku": kit["code"]}]))
    assert codes_of(answer["failed"]) == [(0, "bad-check-digit"), (1, "kit-of-kit")]


async def test_policies_are_fixed_while_there_is_stock(
    anonymous: Api, key: Headers, db: Database, shop: AShop
) -> None:
    sku = await a_sku(db, shop=shop)
    r = await anonymous.patch(
        f"/skus/{sku.code}", json={"lot_policy": "lot"}, headers=key | {"If-Match": '"1"'}
    )
    assert r.status_code == 200, r.text
    r = await anonymous.patch(
        f"/skus/{sku.code}", json={"lot_policy": "none"}, headers=key | {"If-Match": '"2"'}
    )
    await stock_up(db, sku=sku, bin=await a_bin(db), quantity=1)
    for change in ({"lot_policy": "lot"}, {"serial_tracked": True}):
        r = await anonymous.patch(f"/skus/{sku.code}", json=change, headers=key | {"If-Match": "*"})
        assert (r.status_code, r.json()["code"]) == (409, "policy-fixed")
    r = await anonymous.patch(
        f"/skus/{sku.code}", json={"name": "Nowa nazwa"}, headers=key | {"If-Match": "*"}
    )
    assert r.status_code == 200, "its name may change"


async def test_two_people_do_not_overwrite_each_other(
    anonymous: Api, key: Headers, db: Database, shop: AShop
) -> None:
    sku = await a_sku(db, shop=shop)
    seen = (await anonymous.get(f"/skus/{sku.code}", headers=key)).headers["etag"]
    first = await anonymous.patch(f"/skus/{sku.code}", json={"weight_g": 1}, headers=key | {"If-Match": seen})
    assert first.status_code == 200
    assert first.headers["etag"] != seen
    second = await anonymous.patch(
        f"/skus/{sku.code}", json={"weight_g": 2}, headers=key | {"If-Match": seen}
    )
    assert (second.status_code, second.json()["code"]) == (412, "changed-meanwhile")
    third = await anonymous.patch(f"/skus/{sku.code}", json={"weight_g": 2}, headers=key)
    assert third.status_code == 428


async def test_bar_codes_come_and_go(anonymous: Api, key: Headers, db: Database, shop: AShop) -> None:
    sku, other = await a_sku(db, shop=shop), await a_sku(db, shop=shop)
    ean = an_ean()
    r = await anonymous.post(f"/skus/{sku.code}/barcodes", json={"code": ean, "quantity": 6}, headers=key)
    assert r.status_code == 201, r.text
    assert {"code": ean, "quantity": 6} in r.json()["barcodes"]
    taken = await anonymous.post(f"/skus/{other.code}/barcodes", json={"code": ean}, headers=key)
    assert (taken.status_code, taken.json()["code"]) == (409, "barcode-taken")
    assert sku.code in taken.json()["detail"]
    assert (await anonymous.delete(f"/skus/{sku.code}/barcodes/{ean}", headers=key)).status_code == 204
    assert (await anonymous.delete(f"/skus/{sku.code}/barcodes/{ean}", headers=key)).status_code == 404
    assert (
        await anonymous.post(f"/skus/{other.code}/barcodes", json={"code": ean}, headers=key)
    ).status_code == 201


async def test_put_of_one_sku(anonymous: Api, key: Headers) -> None:
    sku = line(barcodes=[{"code": "5901234123450"}])
    r = await anonymous.put(f"/skus/{sku['code']}", json=sku, headers=key)
    assert (r.status_code, r.json()["pointer"]) == (422, "/barcodes/0/code")
    r = await anonymous.put(f"/skus/{sku['code']}", json=line(sku["code"]), headers=key)
    assert (r.status_code, r.json()["version"]) == (200, 1)
    r = await anonymous.put("/skus/OTHER", json=line(sku["code"]), headers=key)
    assert (r.status_code, r.json()["pointer"]) == (422, "/code")


async def test_pages_go_through_all_of_them(anonymous: Api, key: Headers) -> None:
    lines = [line() for _ in range(5)]
    await put(anonymous, key, *lines)
    seen: list[str] = []
    after = ""
    while True:
        answer = (await anonymous.get("/skus", params={"limit": 2, "after": after}, headers=key)).json()
        assert len(answer["items"]) <= 2
        seen += [s["code"] for s in answer["items"]]
        if answer["next"] is None:
            break
        after = answer["next"]
    assert sorted(seen) == sorted(x["code"] for x in lines)
    assert (await anonymous.get("/skus", params={"after": "%%%"}, headers=key)).status_code == 422
    assert (await anonymous.get("/skus", params={"limit": 0}, headers=key)).status_code == 400


async def test_a_code_with_a_slash(anonymous: Api, key: Headers) -> None:
    sku = line(unique("A/"), weight_g=1)
    await put(anonymous, key, sku)
    assert (await put(anonymous, key, sku | {"weight_g": 2}))["updated"] == [sku["code"]]
    (read,) = (await anonymous.get("/skus", params={"search": sku["code"]}, headers=key)).json()["items"]
    assert (read["code"], read["weight_g"]) == (sku["code"], 2)


async def test_search(anonymous: Api, key: Headers) -> None:
    ean = an_ean()
    one, two = line(name="Świeca 100% sojowa", barcodes=[{"code": ean}]), line(name="Świeca 1000")
    await put(anonymous, key, one, two)

    async def found(**params: str) -> list[str]:
        return [s["code"] for s in (await anonymous.get("/skus", params=params, headers=key)).json()["items"]]

    assert await found(search="100%") == [one["code"]], "a percent sign is a percent sign"
    assert sorted(await found(search="świeca")) == sorted([one["code"], two["code"]])
    assert await found(search=ean) == [one["code"]]
    assert await found(active="false") == []


async def test_another_shops_sku_is_not_there(anonymous: Api, key: Headers, db: Database) -> None:
    foreign = await a_sku(db, shop=await a_shop(db))
    assert (await anonymous.get(f"/skus/{foreign.code}", headers=key)).status_code == 404
    r = await anonymous.patch(f"/skus/{foreign.code}", json={"name": "Moje"}, headers=key | {"If-Match": "*"})
    assert r.status_code == 404
    r = await anonymous.get(f"/skus/{foreign.code}", params={"shop_id": foreign.shop_id}, headers=key)
    assert r.status_code == 404, "naming the other shop does not help"
    r = await anonymous.put(
        "/skus", params={"shop_id": foreign.shop_id}, json={"skus": [line()]}, headers=key
    )
    assert r.status_code == 404


async def test_staff_name_the_shop_and_only_supervisors_write(
    anonymous: Api, db: Database, shop: AShop
) -> None:
    sku = await a_sku(db, shop=shop)
    picker, boss = (
        bearer(await signed_in(db, roles=["picker"])),
        bearer(await signed_in(db, roles=["supervisor"])),
    )
    params = {"shop_id": shop.id}
    assert (await anonymous.get(f"/skus/{sku.code}", params=params, headers=picker)).status_code == 200
    assert (await anonymous.get(f"/skus/{sku.code}", headers=picker)).status_code == 422
    assert (
        await anonymous.get("/skus", params={"shop_id": 2_000_000_000}, headers=picker)
    ).status_code == 404
    body = {"skus": [line()]}
    assert (await anonymous.put("/skus", params=params, json=body, headers=picker)).status_code == 403
    assert (await anonymous.put("/skus", params=params, json=body, headers=boss)).status_code == 200


async def test_a_reading_key_does_not_write(anonymous: Api, db: Database, shop: AShop) -> None:
    reader = bearer(await a_key(db, shop=shop, scopes=["catalog.read"]))
    assert (await anonymous.get("/skus", headers=reader)).status_code == 200
    assert (await anonymous.put("/skus", json={"skus": [line()]}, headers=reader)).status_code == 403


async def test_changes_are_events(anonymous: Api, key: Headers, db: Database, shop: AShop) -> None:
    sku = line()
    await put(anonymous, key, sku)
    await put(anonymous, key, sku)
    await put(anonymous, key, sku | {"weight_g": 7})
    async with db.begin() as tx:
        kinds = await tx.rows(
            "select kind from event where shop_id = $1 and ref = $2 order by id", shop.id, sku["code"]
        )
    assert [r["kind"] for r in kinds] == ["sku.created", "sku.updated"], (
        "a line that changes nothing is no event"
    )
