"""Inspection: each disposition with its moves, each refusal, and what is taken in with a warning."""

import asyncio
import base64
import io
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from tests.builders import a_lot, a_shop, a_sku, bearer, signed_in
from tests.returns.world import World, shipped
from wms.returns.undo_inspection import undo_inspection

TODAY = date.today()  # noqa: DTZ011


async def a_received_return(w: World, *lines: Any, **fields: Any) -> int:
    made = await w.announce(*lines, **fields)
    await w.receive(made["id"])
    rma_id: int = made["id"]
    return rma_id


@pytest.mark.parametrize(
    ("grade", "disposition", "place", "status"),
    [
        ("new", "restock", "RETURNS", "sellable"),
        ("opened", "restock", "RETURNS", "sellable"),
        ("opened", "repack", "QUARANTINE", "quarantine"),
        ("damaged", "repair", "QUARANTINE", "quarantine"),
        ("used", "quarantine", "QUARANTINE", "quarantine"),
        ("used", "to_shop", "QUARANTINE", "quarantine"),
        ("damaged", "dispose", "SCRAP", "quarantine"),
    ],
)
async def test_goods_go_where_the_disposition_says(
    w: World, grade: str, disposition: str, place: str, status: str
) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 3, None))
    rma = await a_received_return(w, (mug, 2), order_number=order.number)
    seen = await w.inspect(rma, mug, 2, grade, disposition)
    assert (seen["put_into"], seen["open_units"], seen["warnings"]) == (place, 0, [])
    assert await w.status_at(mug, place) == {status: 2}
    assert await w.at(mug, "CUSTOMER") == 1
    await w.ledger_is_clean()
    assert await w.kinds_of_events(rma) == [
        "return.announced",
        "return.received",
        "return.inspecting",
        "return.item_inspected",
    ]


@pytest.mark.parametrize(
    ("grade", "disposition", "code"),
    [
        ("used", "restock", "grade-not-for-sale"),
        ("damaged", "restock", "grade-not-for-sale"),
        ("not_ours", "restock", "grade-not-ours"),
    ],
)
async def test_what_may_not_be_sold_again_does_not_go_back_to_stock(
    w: World, grade: str, disposition: str, code: str
) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    rma = await a_received_return(w, (mug, 1))
    assert (await w.no_inspection(rma, mug, grade, disposition))["code"] == code
    assert await w.at(mug, "CUSTOMER") == 0
    assert (await w.api.get(f"/returns/{rma}", headers=w.shop_headers)).json()["state"] == "received"


async def test_a_brick_in_the_box_is_recorded_and_is_nobodys_stock(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, "10.00"))
    rma = await a_received_return(w, (mug, 1), order_number=order.number)
    seen = await w.inspect(rma, mug, 1, "not_ours", "quarantine", note="cegła")
    assert (seen["put_into"], seen["open_units"]) == (None, 1)
    assert await w.at(mug, "CUSTOMER") == 1, "the mug is still with the buyer"
    done = await w.post(f"/returns/{rma}/finish", w.bench, shop_id=w.shop.id)
    assert done["advice"]["amount"] == "0.00"
    assert done["advice"]["lines"][0]["why"] == "not-ours"
    assert done["lines"][0]["inspected"] == 0
    await w.ledger_is_clean()


async def test_more_than_announced_and_goods_nobody_announced_are_taken_in_with_a_warning(w: World) -> None:
    mug, lamp, found = [await a_sku(w.db, shop=w.shop) for _ in range(3)]
    order = await shipped(w, (mug, 3, "10.00"), (lamp, 1, "50.00"))
    rma = await a_received_return(w, (mug, 1), order_number=order.number)
    assert (await w.inspect(rma, mug, 2))["warnings"] == ["more-than-announced"]
    assert (await w.inspect(rma, mug, 2))["warnings"] == ["more-than-announced", "more-than-shipped"]
    assert (await w.inspect(rma, lamp))["warnings"] == ["not-announced"]
    assert (await w.inspect(rma, found, 2))["warnings"] == ["not-announced", "not-on-order"]
    assert (await w.inspect(rma, found, 1))["warnings"] == ["not-announced", "not-on-order"]
    done = await w.post(f"/returns/{rma}/finish", w.bench, shop_id=w.shop.id)
    assert [
        (n["sku"], n["quantity"], n["inspected"], n["announced"], n["order_line_id"]) for n in done["lines"]
    ] == [
        (mug.code, 1, 4, True, order.lines[0]),
        (lamp.code, 1, 1, False, order.lines[1]),
        (found.code, 3, 3, False, None),
    ]
    assert done["advice"]["amount"] == "90.00"
    assert done["advice"]["complete"] is False, "nobody knows a price for what was not on the order"
    await w.ledger_is_clean()


async def test_lines_of_one_sku_with_different_prices_are_filled_one_after_the_other(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, "10.00"), (mug, 1, "7.00"))
    rma = await a_received_return(w, (mug, 2), order_number=order.number)
    assert len((await w.inspect(rma, mug, 2))["ids"]) == 2
    done = await w.post(f"/returns/{rma}/finish", w.bench, shop_id=w.shop.id)
    assert done["advice"]["amount"] == "17.00"


async def test_goods_of_another_shop_are_refused_with_a_way_out(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    theirs = await a_sku(w.db, shop=await a_shop(w.db))
    rma = await a_received_return(w, (mug, 1))
    problem = await w.no_inspection(rma, theirs, "new", "restock")
    assert problem["code"] == "goods-of-another-shop"
    assert theirs.code in problem["detail"]
    kept = await w.post(
        "/stray-parcels",
        w.bench,
        {"warehouse_id": w.warehouse.id, "note": "kubek innego sklepu", "code": theirs.barcode},
    )
    assert kept["state"] == "open"
    nobody = {"code": "5900000000008", "grade": "new", "disposition": "restock"}
    problem = await w.refused(f"/returns/{rma}/inspections", w.bench, nobody, shop_id=w.shop.id)
    assert problem["code"] == "return-goods-unknown"
    other_sku = {"sku_id": theirs.id, "grade": "new", "disposition": "restock"}
    await w.refused(f"/returns/{rma}/inspections", w.bench, other_sku, status=404, shop_id=w.shop.id)


async def test_two_shops_may_sell_one_ean_and_the_returns_shop_is_meant(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    await a_sku(w.db, shop=await a_shop(w.db), barcodes=mug.barcodes)
    rma = await a_received_return(w, (mug, 1))
    assert (await w.inspect(rma, mug))["sku"] == mug.code


async def test_a_lot_is_kept_and_an_expired_one_is_not_sold_again(w: World) -> None:
    cream = await a_sku(w.db, shop=w.shop, lot_policy="expiry")
    good = await a_lot(w.db, sku=cream, code="L1", expires_on=TODAY + timedelta(days=90))
    await a_lot(w.db, sku=cream, code="OLD", expires_on=TODAY - timedelta(days=1))
    order = await shipped(w, (cream, 3, None), lots=[good])
    rma = await a_received_return(w, (cream, 3), order_number=order.number)
    assert (await w.no_inspection(rma, cream, "new", "restock"))["code"] == "return-lot-needed"
    assert (await w.no_inspection(rma, cream, "new", "restock", lot="OLD"))["code"] == "lot-expired"
    problem = await w.no_inspection(
        rma, cream, "new", "restock", lot="L1", expires_on=(TODAY + timedelta(days=9)).isoformat()
    )
    assert problem["code"] == "lot-differs"
    assert (await w.inspect(rma, cream, lot="L1"))["warnings"] == []
    assert (await w.inspect(rma, cream, 1, "new", "dispose", lot="OLD"))["warnings"] == ["other-lot"]
    unread = await w.inspect(rma, cream, 1, "damaged", "quarantine")
    assert unread["put_into"] == "QUARANTINE", "the label is gone; it may wait"
    problem = await w.refused(
        f"/returns/{rma}/inspections/{unread['ids'][0]}/decide",
        w.bench,
        {"disposition": "restock", "grade": "new"},
        shop_id=w.shop.id,
    )
    assert problem["code"] == "return-lot-needed", "and does not slip back into stock without one"
    await w.ledger_is_clean()


async def test_a_gs1_code_brings_lot_and_date_by_itself(w: World) -> None:
    cream = await a_sku(w.db, shop=w.shop, lot_policy="expiry")
    rma = await a_received_return(w, (cream, 1))
    until = TODAY + timedelta(days=200)
    code = f"]C101{cream.barcode.zfill(14)}17{until:%y%m%d}10AB7"
    seen = await w.inspect(rma, cream, code=code)
    assert seen["put_into"] == "RETURNS"
    found = (await w.api.get(f"/returns/{rma}", headers=w.shop_headers)).json()
    assert (found["inspections"][0]["lot"], found["inspections"][0]["expires_on"]) == (
        "AB7",
        until.isoformat(),
    )


async def test_another_serial_number_than_was_shipped_is_taken_in_with_a_warning(w: World) -> None:
    phone = await a_sku(w.db, shop=w.shop, serial=True)
    sold = await a_lot(w.db, sku=phone, serial="SN-SOLD")
    order = await shipped(w, (phone, 1, None), lots=[sold])
    rma = await a_received_return(w, (phone, 1), order_number=order.number)
    assert (await w.no_inspection(rma, phone, "new", "restock"))["code"] == "return-lot-needed"
    problem = await w.no_inspection(rma, phone, "new", "restock", serial="SN-X", quantity=2, status=422)
    assert problem["code"] == "one-piece-one-serial"
    seen = await w.inspect(rma, phone, 1, "used", "quarantine", serial="SN-OTHER")
    assert seen["warnings"] == ["other-serial"]
    assert (await w.inspect(rma, phone, serial="SN-SOLD"))["warnings"] == [
        "more-than-announced",
        "more-than-shipped",
    ]
    problem = await w.no_inspection(rma, phone, "new", "restock", serial="SN-SOLD")
    assert problem["code"] == "serial-elsewhere", "one piece cannot come back twice"
    await w.ledger_is_clean()


async def test_a_case_counts_for_its_pieces(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    async with w.db.begin() as tx:
        await tx.run(
            "insert into barcode (shop_id, sku_id, code, quantity) values ($1, $2, $3, 12)",
            w.shop.id,
            mug.id,
            f"CASE-{mug.code}",
        )
    rma = await a_received_return(w, (mug, 30))
    seen = await w.inspect(rma, mug, 2, code=f"CASE-{mug.code}")
    assert (seen["quantity"], seen["open_units"]) == (24, 6)


async def test_a_scan_sent_twice_moves_nothing_twice(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    rma = await a_received_return(w, (mug, 5))
    body = {"code": mug.barcode, "grade": "new", "disposition": "restock"}
    key = {"Idempotency-Key": f"scan-{mug.code}"}
    answers = await asyncio.gather(
        *(
            w.api.post(
                f"/returns/{rma}/inspections", headers=w.bench | key, json=body, params={"shop_id": w.shop.id}
            )
            for _ in range(3)
        )
    )
    assert {r.status_code for r in answers} == {201}
    assert await w.at(mug, "RETURNS") == 1


async def test_two_inspectors_on_one_box_lose_no_piece(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    rma = await a_received_return(w, (mug, 6))
    await asyncio.gather(*(w.inspect(rma, mug) for _ in range(6)))
    found = (await w.api.get(f"/returns/{rma}", headers=w.shop_headers)).json()
    assert found["lines"][0]["inspected"] == 6
    assert await w.at(mug, "RETURNS") == 6
    await w.ledger_is_clean()


async def test_a_photo_is_kept_without_what_the_phone_wrote_into_it(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    rma = await a_received_return(w, (mug, 1))
    picture = Image.new("RGB", (3000, 1000), "white")
    exif = Image.Exif()
    exif[0x010F] = "Zebra"
    exif[0x0112] = 6  # turned by a quarter
    raw = io.BytesIO()
    picture.save(raw, "JPEG", exif=exif)
    await w.inspect(rma, mug, 1, "damaged", "quarantine", photo=base64.b64encode(raw.getvalue()).decode())
    found = (await w.api.get(f"/returns/{rma}", headers=w.shop_headers)).json()
    document = found["inspections"][0]["document_id"]
    kept = await w.api.get(f"/documents/{document}", headers=w.shop_headers)
    with Image.open(io.BytesIO(kept.content)) as clean:
        assert clean.size == (533, 1600)
        assert not clean.getexif()
        assert b"Zebra" not in kept.content
    large = raw.getvalue() + bytes(7_900_000 - len(raw.getvalue()))
    await w.inspect(rma, mug, 1, "damaged", "quarantine", photo=base64.b64encode(large).decode())
    problem = await w.no_inspection(
        rma, mug, "new", "restock", photo=base64.b64encode(b"<svg onload=x>").decode(), status=422
    )
    assert problem["code"] == "bad-photo"


async def test_what_inspection_refuses(w: World) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    made = await w.announce((mug, 1))
    assert (await w.no_inspection(made["id"], mug, "new", "restock"))["code"] == "wrong-state"
    await w.receive(made["id"])
    problem = await w.refused(
        f"/returns/{made['id']}/receive", w.bench, {"warehouse_id": w.warehouse.id}, shop_id=w.shop.id
    )
    assert problem["code"] == "return-already-received"
    path = f"/returns/{made['id']}/inspections"
    neither = {"grade": "new", "disposition": "restock"}
    await w.refused(path, w.bench, neither, status=422, shop_id=w.shop.id)
    body = neither | {"code": mug.barcode}
    await w.refused(path, w.bench, body, status=422)  # staff name the shop
    await w.refused(path, w.bench, body, status=404, shop_id=(await a_shop(w.db)).id)
    await w.refused(path, w.shop_headers, body, status=403)
    picker = bearer(await signed_in(w.db, roles=["picker"]))
    await w.refused(path, picker, body, status=403, shop_id=w.shop.id)
    await w.refused(path, w.bench, body | {"quantity": 0}, status=400, shop_id=w.shop.id)
    await w.refused(path, w.bench, body | {"grade": "nice"}, status=400, shop_id=w.shop.id)
    assert await w.at(mug, "RETURNS") == 0


async def test_a_new_line_after_an_undone_one_has_a_number_of_its_own(w: World) -> None:
    first, second, third = [await a_sku(w.db, shop=w.shop) for _ in range(3)]
    announced = await a_sku(w.db, shop=w.shop)
    rma = await a_received_return(w, (announced, 1))
    seen = [await w.inspect(rma, sku) for sku in (first, second)]
    async with w.db.begin() as tx:
        assert await undo_inspection(tx, w.shop.id, rma, seen[0]["ids"]) == 1
    await w.inspect(rma, third)
    await w.inspect(rma, first)
    async with w.db.begin() as tx:
        rows = await tx.rows(
            "select line_no, sku_id from rma_line where shop_id = $1 and rma_id = $2 order by line_no",
            w.shop.id,
            rma,
        )
    assert [tuple(r.values()) for r in rows] == [
        (1, announced.id), (3, second.id), (4, third.id), (5, first.id)
    ]  # fmt: skip
