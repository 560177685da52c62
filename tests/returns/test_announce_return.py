"""Announcing a return: what is taken in, what is refused, and that saying it twice changes nothing."""

import asyncio
from datetime import date, timedelta

from tests.builders import a_key, a_shop, a_sku, bearer, unique
from tests.returns.world import World, shipped


async def test_a_return_of_known_goods_is_matched_with_the_orders_lines(w: World) -> None:
    mug, lamp = await a_sku(w.db, shop=w.shop), await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 3, "19.99"), (lamp, 1, "120.00"))
    number = unique("R/")
    body = {
        "number": number,
        "kind": "withdrawal",
        "order_number": order.number,
        "lines": [{"sku": mug.code, "quantity": 2, "reason": "changed_mind", "note": "za duży"}],
    }
    r = await w.api.post("/returns", headers=w.shop_headers, json=body)
    assert r.status_code == 201, r.text
    made = r.json()
    assert made["label"] == f"R-{number}"
    found = (await w.api.get(f"/returns/{made['id']}", headers=w.shop_headers)).json()
    assert found["state"] == "announced"
    assert found["order_id"] == order.id
    assert [(n["sku"], n["quantity"], n["order_line_id"], n["reason"]) for n in found["lines"]] == [
        (mug.code, 2, order.lines[0], "changed_mind")
    ]
    assert found["may_withhold"] is True, "the goods are not here yet"
    assert date.fromisoformat(found["refund_due_on"]) - date.fromisoformat(found["declared_on"]) == timedelta(
        days=14
    )
    assert await w.kinds_of_events(made["id"]) == ["return.announced"]

    again = await w.api.post("/returns", headers=w.shop_headers, json=body)
    assert again.status_code == 200
    assert again.json()["id"] == made["id"]
    assert await w.kinds_of_events(made["id"]) == ["return.announced"]
    other = body | {"lines": [{"sku": mug.code, "quantity": 1}]}
    assert (await w.refused("/returns", w.shop_headers, other))["code"] == "return-exists"


async def test_more_than_was_shipped_is_refused_with_every_such_line(w: World) -> None:
    mug, lamp = await a_sku(w.db, shop=w.shop), await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 3, None), (lamp, 1, None))
    await w.announce((mug, 2), order_number=order.number)
    body = {
        "kind": "withdrawal",
        "order_number": order.number,
        "lines": [{"sku": mug.code, "quantity": 2}, {"sku": lamp.code, "quantity": 5}],
    }
    problem = await w.refused("/returns", w.shop_headers, body, status=422)
    assert problem["code"] == "more-than-shipped"
    assert problem["pointer"] == "/lines/0/quantity"
    assert [(n["sku"], n["asked"], n["left"]) for n in problem["values"]["lines"]] == [
        (mug.code, 2, 1),
        (lamp.code, 5, 1),
    ]


async def test_what_was_on_a_rejected_return_may_be_announced_again(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, None))
    first = await w.announce((mug, 1), order_number=order.number)
    await w.post(f"/returns/{first['id']}/reject", w.shop_headers, {"reason": "po terminie"})
    await w.announce((mug, 1), order_number=order.number)


async def test_two_announcements_at_once_cannot_both_have_the_last_piece(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, None))
    body = {"kind": "withdrawal", "order_number": order.number, "lines": [{"sku": mug.code, "quantity": 1}]}
    answers = await asyncio.gather(
        *(w.api.post("/returns", headers=w.shop_headers, json=body) for _ in range(4))
    )
    assert sorted(r.status_code for r in answers) == [201, 422, 422, 422]


async def test_the_same_number_sent_twice_at_once_is_one_return(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    body = {"number": unique("R/"), "kind": "complaint", "lines": [{"sku": mug.code, "quantity": 1}]}
    answers = await asyncio.gather(
        *(w.api.post("/returns", headers=w.shop_headers, json=body) for _ in range(4))
    )
    assert sorted(r.status_code for r in answers) == [200, 200, 200, 201]
    assert len({r.json()["id"] for r in answers}) == 1


async def test_an_order_is_welcome_and_not_required(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    bought_elsewhere = await w.announce((mug, 7))
    assert bought_elsewhere["order_id"] is None
    unknown = await w.announce((mug, 1), order_number="nobody-knows-this")
    found = (await w.api.get(f"/returns/{unknown['id']}", headers=w.shop_headers)).json()
    assert (found["order_id"], found["order_number"]) == (None, "nobody-knows-this")


async def test_another_shops_order_number_matches_nothing(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, None))
    other = await a_shop(w.db)
    cup = await a_sku(w.db, shop=other)
    headers = bearer(await a_key(w.db, shop=other))
    body = {"kind": "withdrawal", "order_number": order.number, "lines": [{"sku": cup.code, "quantity": 1}]}
    made = await w.post("/returns", headers, body)
    assert made["order_id"] is None
    mine = await w.announce((mug, 1))
    assert (await w.api.get(f"/returns/{mine['id']}", headers=headers)).status_code == 404
    await w.refused(f"/returns/{mine['id']}/close", headers, status=404)
    listed = (await w.api.get("/returns", headers=headers)).json()["items"]
    assert [n["id"] for n in listed] == [made["id"]]


async def test_a_kit_comes_back_as_its_components(w: World) -> None:
    kit, cup, tea = [await a_sku(w.db, shop=w.shop) for _ in range(3)]
    async with w.db.begin() as tx:
        await tx.run("update sku set kit = true where shop_id = $1 and id = $2", w.shop.id, kit.id)
        await tx.run(
            """insert into kit_component (shop_id, kit_sku_id, sku_id, quantity)
               select $1, $2, * from unnest($3::bigint[], $4::int[])""",
            w.shop.id, kit.id, [cup.id, tea.id], [2, 1],
        )  # fmt: skip
    order = await shipped(w, (cup, 2, None), (tea, 1, None), kit=(kit, "60.00"))
    made = await w.announce((kit, 1), order_number=order.number)
    found = (await w.api.get(f"/returns/{made['id']}", headers=w.shop_headers)).json()
    assert [(n["sku"], n["quantity"], n["order_line_id"]) for n in found["lines"]] == [
        (cup.code, 2, order.lines[0]),
        (tea.code, 1, order.lines[1]),
    ]
    await w.refused(
        "/returns",
        w.shop_headers,
        {"kind": "withdrawal", "order_number": order.number, "lines": [{"sku": kit.code, "quantity": 1}]},
        status=422,
    )
    await w.receive(made["id"])
    problem = await w.refused(
        f"/returns/{made['id']}/inspections",
        w.bench,
        {"sku_id": kit.id, "grade": "new", "disposition": "restock"},
        shop_id=w.shop.id,
    )
    assert problem["code"] == "return-kit"
    await w.inspect(made["id"], cup, 2)
    await w.inspect(made["id"], tea, 1, grade="opened")
    advice = (await w.post(f"/returns/{made['id']}/finish", w.bench, shop_id=w.shop.id))["advice"]
    assert advice["amount"] == "60.00"
    assert [(n["sku"], n["quantity"], n["amount"]) for n in advice["lines"]] == [(kit.code, 1, "60.00")]


async def test_what_announcing_refuses(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    lines = [{"sku": "X-1", "quantity": 1}, {"sku": mug.code, "quantity": 1}, {"sku": "X-2", "quantity": 1}]
    problem = await w.refused("/returns", w.shop_headers, {"kind": "complaint", "lines": lines}, status=422)
    assert problem["code"] == "return-skus-unknown"
    assert problem["values"]["codes"] == "X-1, X-2"
    line = [{"sku": mug.code, "quantity": 1}]
    future = (date.today() + timedelta(days=3)).isoformat()  # noqa: DTZ011
    body = {"kind": "withdrawal", "lines": line, "declared_on": future}
    assert (await w.refused("/returns", w.shop_headers, body, status=422))["pointer"] == "/declared_on"
    bad_reason = [{"sku": mug.code, "quantity": 1, "reason": "bored"}]
    await w.refused("/returns", w.shop_headers, {"kind": "withdrawal", "lines": bad_reason}, status=400)
    await w.refused("/returns", w.shop_headers, {"kind": "undelivered", "lines": line}, status=400)
    await w.refused("/returns", w.shop_headers, {"kind": "withdrawal", "lines": []}, status=400)
    reader = bearer(await a_key(w.db, shop=w.shop, scopes=["returns.read"]))
    await w.refused("/returns", reader, {"kind": "withdrawal", "lines": line}, status=403)
    await w.refused("/returns", w.bench, {"kind": "withdrawal", "lines": line}, status=403, shop_id=w.shop.id)
    made = await w.post("/returns", w.care, {"kind": "withdrawal", "lines": line}, shop_id=w.shop.id)
    assert made["state"] == "announced"


async def test_reasons_are_a_list_in_the_readers_language(w: World) -> None:
    r = await w.api.get("/return-words", headers=w.shop_headers | {"Accept-Language": "pl"})
    assert {"code": "wrong_size", "text": "Niewłaściwy rozmiar"} in r.json()["reasons"]
    assert {"code": "other-serial", "text": "Z tym zamówieniem wysłano inny numer seryjny."} in r.json()[
        "warnings"
    ]
