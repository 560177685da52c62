"""Orders come in: one or five hundred, known or new, right or wrong."""

from typing import Any

import pytest

from tests.builders import unique
from tests.conftest import Api
from tests.orders.world import GOOD, World, a_world, faults
from wms.db.tx import Database


@pytest.fixture
async def world(db: Database, anonymous: Api) -> World:
    return await a_world(db, anonymous)


async def test_an_order_is_taken_in_and_gets_its_stock_at_once(world: World) -> None:
    sku = await world.stocked(10)
    status, answer = await world.send(world.body([(sku, 3)]))
    assert (status, answer["state"], answer["created"], answer["holds"]) == (201, "allocated", True, [])
    found = await world.look(answer["id"])
    assert [(n["sku"], n["quantity"], n["allocated"], n["missing"]) for n in found["lines"]] == [
        (sku.code, 3, 3, 0)
    ]
    assert found["kind"] == "multi"
    assert found["ship_by"] == answer["ship_by"]
    assert (await world.order([(sku, 1)]))["state"] == "allocated"
    assert await faults(world.db, world.shop) == []


async def test_the_same_number_with_the_same_content_is_the_same_order(world: World) -> None:
    sku = await world.stocked(10)
    body = world.body([(sku, 3)], recipient=GOOD | {"phone": "x"})
    first = await world.send(body)
    again = await world.send(dict(reversed(body.items())))
    assert (first[0], again[0]) == (201, 200)
    assert again[1] == first[1] | {"created": False}
    assert first[1]["holds"], "a hold is told on a retry too"


async def test_the_same_number_with_other_content_is_refused(world: World) -> None:
    sku = await world.stocked(10)
    body = world.body([(sku, 3)])
    await world.send(body)
    for change in ({"priority": 1}, {"lines": [{"sku": sku.code, "quantity": 4}]}, {"note": "x"}):
        status, problem = await world.send(body | change)
        assert (status, problem["code"], problem["pointer"]) == (409, "order-exists", "/number")
    assert (await world.look((await world.send(body))[1]["id"]))["lines"][0]["quantity"] == 3


async def test_the_same_moment_said_in_another_zone_is_the_same_order(world: World) -> None:
    sku = await world.stocked(10)
    body = world.body([(sku, 1)], placed_at="2026-11-20T10:00:00+01:00")
    assert (await world.send(body))[0] == 201
    assert (await world.send(body | {"placed_at": "2026-11-20T09:00:00Z"}))[0] == 200


async def test_five_hundred_at_once_first_order_first(world: World) -> None:
    sku = await world.stocked(300)
    answer = await world.bulk([world.body([(sku, 1)]) for _ in range(500)])
    assert (answer["created"], answer["known"], answer["refused"]) == (500, 0, 0)
    states = [r["order"]["state"] for r in answer["results"]]
    assert states == ["allocated"] * 300 + ["backordered"] * 200
    status, problem = await world.post(
        "/orders/bulk", {"orders": [world.body([(sku, 1)]) for _ in range(501)]}
    )
    assert (status, problem["code"]) == (400, "http-400")
    assert await faults(world.db, world.shop) == []


async def test_a_number_twice_in_one_request(world: World) -> None:
    sku = await world.stocked(10)
    body = world.body([(sku, 1)])
    other = body | {"priority": 3}
    unknown = world.body([(sku, 1)]) | {"lines": [{"sku": "no such", "quantity": 1}]}
    mended = unknown | {"lines": body["lines"]}
    answer = await world.bulk([body, body, other, unknown, unknown, mended])
    assert [r["result"] for r in answer["results"]] == [
        "created",
        "known",
        "refused",
        "refused",
        "refused",
        "created",
    ]
    assert [r["problem"]["code"] for r in answer["results"] if "problem" in r] == [
        "order-exists", "unknown-sku", "unknown-sku",
    ]  # fmt: skip
    async with world.db.begin() as tx:
        assert await tx.value("select count(*) from orders where shop_id = $1", world.shop.id) == 2


async def test_every_unknown_sku_is_named_at_once(world: World) -> None:
    sku, strange = await world.stocked(10), await (await a_world(world.db, world.api)).stocked(5)
    lines = [{"sku": c, "quantity": 1} for c in (sku.code, "NO-1", strange.code, "NO-1")]
    status, problem = await world.send(world.body([], lines=lines), lang="pl")
    assert (status, problem["code"], problem["pointer"]) == (422, "unknown-sku", "/lines/1/sku")
    assert problem["values"]["codes"] == ", ".join(sorted(["NO-1", strange.code])), (
        "another shop's is unknown too"
    )
    assert problem["detail"].startswith("Nieznany SKU: ")


async def test_unknown_carrier_or_service(world: World) -> None:
    sku = await world.stocked(10)
    for change in ({"carrier": "nobody"}, {"service": "rocket"}):
        status, problem = await world.send(world.body([(sku, 1)], **change))
        assert (status, problem["code"], problem["pointer"]) == (422, "unknown-carrier", "/carrier")
        assert f"{world.carrier.code}: standard, locker" in problem["detail"]


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001, 2**31, 2**70, 1.5, "six", None, True, [], 1e300])
async def test_a_quantity_that_cannot_be(world: World, quantity: object) -> None:
    sku = await world.sku()
    lines = [{"sku": sku.code, "quantity": quantity}]
    status, problem = await world.send(world.body([], lines=lines))
    assert (status, problem["code"]) == (400, "http-400"), problem
    assert "quantity" in problem["detail"] or "lines" in problem["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"number": "\xff"}', b'{"number": 1e999}', b"[" * 5000, b'"\\ud800"'],
)
async def test_malformed_json(world: World, body: bytes) -> None:
    r = await world.api.post(
        "/orders", content=body, headers=world.headers | {"Content-Type": "application/json"}
    )
    assert r.status_code == 400, r.text
    assert r.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "change",
    [
        {"colour": "red"},
        {"number": ""},
        {"number": " x"},
        {"number": "x" * 61},
        {"lines": []},
        {"currency": "zloty"},
        {"priority": 10},
        {"language": "de"},
        {"placed_at": "2026-11-20T10:00:00"},
        {"placed_at": "0001-01-01T00:00:00Z"},
        {"placed_at": "yesterday"},
        {"cod_amount": "NaN"},
        {"cod_amount": "-1.00"},
        {"cod_amount": "1e400"},
        {"cod_amount": "123456789012.00"},
        {"cod_amount": "1.005"},
        {"cod_amount": "١٢"},
        {"recipient": GOOD | {"nickname": "Lu"}},
        {"recipient": GOOD | {"country": "POL"}},
    ],
)
async def test_what_is_not_as_documented_is_refused_whole(world: World, change: dict[str, Any]) -> None:
    sku = await world.sku()
    status, problem = await world.send(world.body([(sku, 1)], **change), lang="pl")
    assert (status, problem["code"]) == (400, "http-400"), problem
    assert problem["detail"].startswith("Żądanie jest niezgodne z dokumentacją: ")


@pytest.mark.parametrize("field", ["note", "point"])
async def test_a_text_with_nul_is_refused(world: World, field: str) -> None:
    sku = await world.sku()
    status, problem = await world.send(world.body([(sku, 1)], **{field: "a\0b"}))
    assert (status, problem["code"]) == (422, "unusable-value"), problem


async def test_texts_that_look_like_code_are_only_texts(world: World) -> None:
    sku = await world.stocked(1)
    name = "'; drop table orders; -- {0} %s \\ \" <b>Ł</b> 🧦"
    made = await world.order([(sku, 1)], recipient=GOOD | {"name": name}, note="$1 {reason}")
    assert (await world.look(made["id"]))["name"] == name


async def test_kits_are_taken_apart_and_linked(world: World) -> None:
    cup, spoon = await world.stocked(10), await world.stocked(10)
    kit = await world.sku(components=[(cup, 1), (spoon, 2)])
    made = await world.order([(kit, 3), (cup, 1)])
    assert made["state"] == "allocated"
    lines = (await world.look(made["id"]))["lines"]
    assert [(n["sku"], n["kit"], n["quantity"], n["allocated"], n.get("kit_line_no")) for n in lines] == [
        (kit.code, True, 3, 0, None),
        (cup.code, False, 1, 1, None),
        (cup.code, False, 3, 3, 1),
        (spoon.code, False, 6, 6, 1),
    ]
    assert await faults(world.db, world.shop) == []


async def test_a_kit_that_is_too_many_pieces_is_refused(world: World) -> None:
    part = await world.sku()
    kit = await world.sku(components=[(part, 5)])
    status, problem = await world.send(world.body([(kit, 1_000_000)]))
    assert (status, problem["code"], problem["pointer"]) == (422, "invalid", "/lines/0/quantity")


async def test_lists_by_state_and_number_in_pages(world: World) -> None:
    sku = await world.stocked(2)
    made = [await world.order([(sku, 1)]) for _ in range(3)]

    async def ask(**params: str | int | None) -> dict[str, Any]:
        r = await world.api.get("/orders", params=params, headers=world.headers)
        assert r.status_code == 200, r.text
        found: dict[str, Any] = r.json()
        return found

    first = await ask(limit=2)
    second = await ask(limit=2, after=first["next"])
    assert [o["id"] for o in first["items"] + second["items"]] == [m["id"] for m in made]
    assert second["next"] is None
    assert [o["id"] for o in (await ask(state="backordered"))["items"]] == [made[2]["id"]]
    assert [o["id"] for o in (await ask(number=made[1]["number"]))["items"]] == [made[1]["id"]]
    r = await world.api.get("/orders", params={"state": "lost"}, headers=world.headers)
    assert r.status_code == 400


async def test_ids_of_another_shop_and_impossible_ones(world: World) -> None:
    other = await a_world(world.db, world.api)
    theirs = (await other.order([(await other.stocked(5), 1)]))["id"]
    reason = {"reason": "x"}
    for order_id in (theirs, 2**40):
        for path in ("", "/story"):
            r = await world.api.get(f"/orders/{order_id}{path}", headers=world.headers)
            assert (r.status_code, r.json()["code"]) == (404, "not-found")
        assert (await world.post(f"/orders/{order_id}/cancel", reason))[0] == 404
        assert (await world.post(f"/orders/{order_id}/hold", reason))[0] == 404
        assert (await world.post(f"/orders/{order_id}/release"))[0] == 404
        assert (await world.put(f"/orders/{order_id}/recipient", {"recipient": GOOD}))[0] == 404
    for order_id in (0, 2**63, 10**30):
        r = await world.api.get(f"/orders/{order_id}", headers=world.headers)
        assert r.status_code in (400, 404), r.text
    r = await world.api.get("/orders", params={"shop_id": other.shop.id}, headers=world.headers)
    assert r.status_code == 404
    assert await other.state(theirs) == "allocated"


async def test_a_promise_is_kept_in_the_order(world: World) -> None:
    sku = await world.stocked(2)
    made = await world.order([(sku, 1)], placed_at="2026-11-20T10:00:00+01:00", priority=4, note=unique())
    found = await world.look(made["id"])
    assert found["placed_at"] == "2026-11-20T09:00:00Z"
    assert found["ship_by"] > found["received_at"], "an order of long ago is not promised for the past"
