"""An order left, and half of it comes back; and a parcel that nobody took in comes back whole."""

import asyncio
from datetime import date, timedelta

from tests.builders import a_key, a_shop, a_sku, bearer
from tests.returns.world import World, shipped

TODAY = date.today()  # noqa: DTZ011


async def test_half_of_an_order_comes_back(w: World) -> None:
    mug, lamp = await a_sku(w.db, shop=w.shop), await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 4, "19.99"), (lamp, 1, "120.00"))
    declared = TODAY - timedelta(days=3)
    made = await w.announce((mug, 2), (lamp, 1), order_number=order.number, declared_on=declared.isoformat())
    await w.post(f"/returns/{made['id']}/sent", w.shop_headers, {"tracking_number": "BACK-1"})
    assert await w.at(mug, "CUSTOMER") == 4

    first = (await w.post("/returns/triage", w.bench, {"code": "BACK-1"}))["candidates"][0]
    arrived = await w.receive(first["rma_id"])
    assert (arrived["state"], arrived["bench"]) == ("received", "RETURNS")
    await w.inspect(made["id"], mug, 1)
    await w.inspect(made["id"], mug, 1, "damaged", "dispose", note="pęknięty")
    held = await w.inspect(made["id"], lamp, 1, "used", "quarantine", note="ślady użycia")
    done = await w.post(f"/returns/{made['id']}/finish", w.bench, shop_id=w.shop.id)

    assert done["state"] == "awaiting_shop", "something waits for the shop's decision"
    assert done["advice"]["amount"] == "159.98"
    assert done["advice"]["currency"] == "PLN"
    assert done["advice"]["due_on"] == (declared + timedelta(days=14)).isoformat()
    assert [(n["sku"], n["grade"], n["amount"], n["diminished"]) for n in done["advice"]["lines"]] == [
        (mug.code, "new", "19.99", False),
        (mug.code, "damaged", "19.99", True),
        (lamp.code, "used", "120.00", True),
    ]
    advice = await w.api.get(f"/returns/{made['id']}/refund-advice", headers=w.shop_headers)
    assert advice.json() == done["advice"]
    assert await w.at(mug, "CUSTOMER") == 2
    assert await w.status_at(mug, "RETURNS") == {"sellable": 1}
    assert await w.at(mug, "SCRAP") == 1
    assert await w.status_at(lamp, "QUARANTINE") == {"quarantine": 1}

    resolved = await w.post(
        f"/returns/{made['id']}/resolve", w.shop_headers, {"note": "lampa do sprzedaży", "refunded": "149.98"}
    )
    assert resolved["state"] == "resolved"
    decide = f"/returns/{made['id']}/inspections/{held['ids'][0]}/decide"
    problem = await w.refused(decide, w.bench, {"disposition": "restock"}, shop_id=w.shop.id)
    assert problem["code"] == "grade-not-for-sale"
    moved = await w.post(decide, w.bench, {"disposition": "restock", "grade": "opened"}, shop_id=w.shop.id)
    assert moved["put_into"] == "RETURNS"
    assert await w.status_at(lamp, "RETURNS") == {"sellable": 1}
    assert (await w.refused(decide, w.bench, {"disposition": "dispose"}, shop_id=w.shop.id))[
        "code"
    ] == "wrong-state"
    await w.post(f"/returns/{made['id']}/close", w.shop_headers)
    assert (await w.refused(f"/returns/{made['id']}/close", w.shop_headers))["code"] == "wrong-state"
    await w.ledger_is_clean()

    assert await w.kinds_of_events(made["id"]) == [
        "return.announced",
        "return.in_transit",
        "return.received",
        "return.inspecting",
        "return.item_inspected",
        "return.item_inspected",
        "return.item_inspected",
        "return.inspected",
        "return.refund_advised",
        "return.awaiting_shop",
        "return.resolved",
        "return.goods_decided",
        "return.closed",
    ]
    left = {"kind": "withdrawal", "order_number": order.number, "lines": [{"sku": mug.code, "quantity": 3}]}
    problem = await w.refused("/returns", w.shop_headers, left, status=422)
    assert problem["values"]["lines"][0]["left"] == 2


async def test_goods_that_come_late_are_refunded_on_the_day_they_arrive(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, "10.00"))
    declared = TODAY - timedelta(days=20)
    made = await w.announce((mug, 1), order_number=order.number, declared_on=declared.isoformat())
    await w.receive(made["id"])
    await w.inspect(made["id"], mug)
    done = await w.post(f"/returns/{made['id']}/finish", w.bench, shop_id=w.shop.id)
    assert done["may_withhold"] is False
    # the day is the shop's own: around midnight it is not that of UTC
    assert TODAY <= date.fromisoformat(done["advice"]["due_on"]) <= TODAY + timedelta(days=1)
    assert done["state"] == "inspected"


async def test_one_more_item_at_the_bottom_of_the_box_makes_a_new_advice(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 2, "10.00"))
    made = await w.announce((mug, 2), order_number=order.number)
    await w.receive(made["id"])
    await w.inspect(made["id"], mug)
    assert (await w.post(f"/returns/{made['id']}/finish", w.bench, shop_id=w.shop.id))["advice"][
        "amount"
    ] == "10.00"
    await w.inspect(made["id"], mug)
    assert (await w.post(f"/returns/{made['id']}/finish", w.bench, shop_id=w.shop.id))["advice"][
        "amount"
    ] == "20.00"


async def test_an_empty_box_is_finished_and_says_what_is_missing(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    made = await w.announce((mug, 2))
    r = await w.api.get(f"/returns/{made['id']}/refund-advice", headers=w.shop_headers)
    assert r.status_code == 404
    await w.receive(made["id"])
    done = await w.post(f"/returns/{made['id']}/finish", w.bench, shop_id=w.shop.id)
    assert (done["state"], done["advice"]["amount"]) == ("inspected", "0.00")
    r = await w.api.get(
        "/events", headers=w.shop_headers, params={"subject": "return", "subject_id": made["id"]}
    )
    (said,) = [e for e in r.json()["items"] if e["kind"] == "return.inspected"]
    assert said["data"]["missing"] == [{"sku": mug.code, "quantity": 2}]


async def test_an_undelivered_parcel_comes_back_whole_with_one_scan(w: World) -> None:
    mug, lamp = await a_sku(w.db, shop=w.shop), await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 2, "10.00"), (lamp, 1, "50.00"), state="in_transit")
    body = {"warehouse_id": w.warehouse.id, "code": order.tracking}
    back = await w.post("/returns/undelivered", w.bench, body)
    assert (back["kind"], back["state"], back["order_number"]) == ("undelivered", "received", order.number)
    found = (await w.api.get(f"/returns/{back['id']}", headers=w.shop_headers)).json()
    assert [(n["sku"], n["quantity"], n["order_line_id"]) for n in found["lines"]] == [
        (mug.code, 2, order.lines[0]),
        (lamp.code, 1, order.lines[1]),
    ]
    async with w.db.begin() as tx:
        state = await tx.value("select state from orders where shop_id = $1 and id = $2", w.shop.id, order.id)
    assert state == "returned_to_sender"
    again = await w.refused("/returns/undelivered", w.bench, body)
    assert again["code"] == "return-already-received"
    assert back["number"] in again["detail"]

    seen = await w.inspect(back["id"], mug, 2)
    assert (seen["warnings"], seen["open_units"]) == ([], 1)
    await w.inspect(back["id"], lamp)
    done = await w.post(f"/returns/{back['id']}/finish", w.bench, shop_id=w.shop.id)
    assert done["advice"]["amount"] == "70.00"
    assert done["advice"]["due_on"] is None, "nobody declared a withdrawal"
    assert await w.at(mug, "CUSTOMER") == 0
    await w.ledger_is_clean()


async def test_a_parcel_scanned_at_two_benches_comes_back_once(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, None), state="handed_over")
    body = {"warehouse_id": w.warehouse.id, "code": order.tracking}
    answers = await asyncio.gather(
        *(w.api.post("/returns/undelivered", headers=w.bench, json=body) for _ in range(3))
    )
    assert sorted(r.status_code for r in answers) == [201, 409, 409]


async def test_undelivered_refuses_what_is_no_sent_parcel_of_ours(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, None), state="labelled")
    async with w.db.begin() as tx:
        await tx.run(
            "update parcel set state = 'labelled' where shop_id = $1 and id = $2", w.shop.id, order.parcel
        )
    here = {"warehouse_id": w.warehouse.id}
    assert (await w.refused("/returns/undelivered", w.bench, here | {"code": order.tracking}))[
        "code"
    ] == "parcel-not-sent"
    assert (await w.refused("/returns/undelivered", w.bench, here | {"code": "NO-SUCH"}))[
        "code"
    ] == "parcel-unknown"


async def test_a_shop_may_turn_a_return_down_and_sees_only_its_own(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    made = await w.announce((mug, 1))
    foreign = bearer(await a_key(w.db, shop=await a_shop(w.db)))
    for path, body in [
        ("reject", {"reason": "x"}),
        ("sent", {"tracking_number": "x"}),
        ("resolve", {}),
        ("close", None),
    ]:
        await w.refused(f"/returns/{made['id']}/{path}", foreign, body, status=404)
    assert (await w.api.get(f"/returns/{made['id']}/refund-advice", headers=foreign)).status_code == 404
    turned_down = await w.post(f"/returns/{made['id']}/reject", w.shop_headers, {"reason": "po roku"})
    assert turned_down["state"] == "rejected"
    problem = await w.refused(
        f"/returns/{made['id']}/receive", w.bench, {"warehouse_id": w.warehouse.id}, shop_id=w.shop.id
    )
    assert problem["code"] == "wrong-state"
    listed = await w.api.get("/returns", headers=w.shop_headers, params={"state": "rejected"})
    assert [n["number"] for n in listed.json()["items"]] == [made["number"]]
    assert (await w.api.get("/returns", headers=w.care)).status_code == 422


async def test_an_unannounced_box_of_a_known_order_is_measured_by_what_was_shipped(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, "10.00"))
    body = {"shop_id": w.shop.id, "warehouse_id": w.warehouse.id, "order_id": order.id}
    opened = await w.post("/returns/unannounced", w.bench, body)
    assert opened["order_number"] == order.number
    assert (await w.inspect(opened["id"], mug))["warnings"] == []
    assert (await w.inspect(opened["id"], mug))["warnings"] == ["more-than-shipped"]
    await w.refused("/returns/unannounced", w.bench, body | {"shop_id": 2**30}, status=404)
    await w.refused("/returns/unannounced", w.bench, body | {"order_id": 10**9}, status=404)
