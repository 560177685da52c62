"""Whose box is this? Any code on it answers, the likeliest first, across shops; and no answer is no dead end."""

from typing import Any

from tests.builders import a_key, a_lot, a_shop, a_sku, bearer, unique
from tests.returns.world import World, a_world, shipped


async def candidates(w: World, code: str) -> list[dict[str, Any]]:
    found = await w.post("/returns/triage", w.bench, {"code": code})
    assert found["stray"] == (not found["candidates"])
    items: list[dict[str, Any]] = found["candidates"]
    assert [c["score"] for c in items] == sorted((c["score"] for c in items), reverse=True)
    return items


async def test_an_announced_return_is_found_by_its_number_its_label_its_tracking_number_and_its_buyer(
    w: World,
) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 2, None))
    email, tracking = f"{unique()}@example.com", unique("BACK")
    made = await w.announce((mug, 1), order_number=order.number, email=email, tracking_number=tracking)
    for code, why in [
        (made["number"], "return-number"),
        (made["label"], "return-number"),
        (tracking, "return-tracking"),
        (email.upper(), "e-mail"),
        (order.number, "order-number"),
        (order.tracking, "parcel-number"),
        (order.email, "e-mail"),
        (mug.barcode, "announced-goods"),
    ]:
        first = (await candidates(w, code))[0]
        assert (first["rma_id"], first["next"]) == (made["id"], "receive"), code
        assert first["why"] == why, code
        assert first["shop_id"] == w.shop.id
        assert first["order_number"] == order.number
    await w.receive(made["id"])
    assert (await candidates(w, made["label"]))[0]["next"] == "inspect"


async def test_an_order_of_ours_is_found_where_nobody_announced_anything(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 2, None))
    (by_number,) = await candidates(w, f"O-{order.number}")
    assert (by_number["next"], by_number["order_id"], by_number["name"]) == (
        "open",
        order.id,
        "Łucja Świątek",
    )
    (by_parcel,) = await candidates(w, order.tracking)
    assert (by_parcel["next"], by_parcel["parcel_id"]) == ("undelivered", order.parcel)
    (by_goods,) = await candidates(w, mug.barcode)
    assert (by_goods["why"], by_goods["order_id"]) == ("shipped-goods", order.id)


async def test_a_serial_number_finds_the_one_order_it_was_sold_with(w: World) -> None:
    phone = await a_sku(w.db, shop=w.shop, serial=True)
    one, two = await a_lot(w.db, sku=phone, serial="SN1"), await a_lot(w.db, sku=phone, serial="SN2")
    first = await shipped(w, (phone, 1, None), lots=[one])
    await shipped(w, (phone, 1, None), lots=[two])
    found = await candidates(w, f"]C101{phone.barcode.zfill(14)}21SN1")
    assert (found[0]["why"], found[0]["order_id"]) == ("serial", first.id)


async def test_two_shops_with_one_number_are_both_shown(w: World) -> None:
    other = await a_world(w.api, w.db)
    number = unique("R/")
    made = []
    for x in (w, other):
        sku = await a_sku(x.db, shop=x.shop)
        made.append((await x.announce((sku, 1), number=number))["id"])
    assert {c["rma_id"] for c in await candidates(w, f"R-{number}")} == set(made)


async def test_a_return_that_is_over_comes_behind_and_is_only_looked_at(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    made = await w.announce((mug, 1))
    await w.post(f"/returns/{made['id']}/close", w.shop_headers)
    (found,) = await candidates(w, made["number"])
    assert (found["next"], found["rma_state"]) == ("look", "closed")
    assert found["score"] < 100


async def test_what_nobody_knows_is_answered_with_the_way_out(w: World) -> None:
    assert await candidates(w, unique("NOBODY-KNOWS-")) == []
    assert await candidates(w, "]C10012345678901234567890") == [], "a courier's code that begins like GS1"
    assert await candidates(w, "'; drop table rma; --") == []
    assert (await w.refused("/returns/triage", w.bench, {"code": "  "}, status=422))["code"] == "scan-empty"


async def test_triage_is_for_the_bench_and_for_care_only(w: World) -> None:
    shop = bearer(await a_key(w.db, shop=await a_shop(w.db)))
    await w.refused("/returns/triage", shop, {"code": "X"}, status=403)
    await w.post("/returns/triage", w.care, {"code": "X"})
