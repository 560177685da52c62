"""The returns bench at a desk, the list, the page of a return, unknown parcels."""

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from PIL import Image

from tests.builders import a_shop, a_sku
from tests.conftest import Server, new_key
from tests.desk import Desk, at_desk
from tests.returns.world import World, shipped
from wms.db.tx import Database

BENCH = "/desk/returns"


@asynccontextmanager
async def an_inspector(w: World, server: Server, *roles: str) -> AsyncIterator[Desk]:
    async with at_desk(w.db, server, *(roles or ("inspector",)), wms_warehouse=str(w.warehouse.id)) as desk:
        yield desk


def a_picture(size: tuple[int, int] = (2400, 1800)) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", size, "#884422")
    exif = picture.getexif()
    exif[0x010F] = "SECRETPHONE"
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def upload(desk: Desk, path: str, content: bytes, **fields: str) -> httpx.Response:
    headers = {"X-Fragment": "1", "X-CSRF": desk.csrf, "Idempotency-Key": new_key()}
    files = {"photo": ("photo.jpg", content, "image/jpeg")}
    r = await desk.http.post(path, files=files, data=fields, headers=headers)
    desk.text = desk.page = r.text
    desk.status, desk.went = r.status_code, r.headers.get("x-go", "")
    return r


async def checklist(db: Database, shop_id: int, *texts: str) -> None:
    async with db.begin() as tx:
        await tx.run(
            "update shop set return_checklist = to_jsonb($2::text[]) where id = $1", shop_id, list(texts)
        )


async def test_a_return_from_box_to_advice(w: World, server: Server) -> None:
    mug, lamp = await a_sku(w.db, shop=w.shop), await a_sku(w.db, shop=w.shop, name="Lampka")
    order = await shipped(w, (mug, 2, "20.00"), (lamp, 1, "49.90"))
    rma = await w.announce((mug, 2), (lamp, 1), order_number=order.number)
    await checklist(w.db, w.shop.id, "Są metki", "Nic nie brakuje")
    async with an_inspector(w, server) as desk:
        assert "Scan any code" in await desk.open(BENCH)
        await desk.scan(BENCH, rma["label"])
        assert (desk.tone, desk.step) == ("ok", "goods")
        await desk.scan(BENCH, "2")
        await desk.scan(BENCH, mug.barcode)
        assert desk.step == "check"
        await desk.scan(BENCH, "WMS:OK")
        await desk.scan(BENCH, "1")
        assert desk.step == "disposition"
        await desk.scan(BENCH, "1")
        assert (desk.tone, desk.step) == ("ok", "goods")
        assert "RETURNS" in desk.page
        await desk.scan(BENCH, lamp.barcode)
        await desk.scan(BENCH, "2")
        assert "not right" in desk.page
        await desk.scan(BENCH, "WMS:OK")
        for _ in range(5):
            await upload(desk, f"{BENCH}/photos", a_picture())
        assert (desk.status, desk.code) == (409, "enough-photos")
        await desk.scan(BENCH, "4")
        assert "disabled" in desk.text  # damaged goods do not go back to stock
        await desk.scan(BENCH, "1")
        assert desk.step == "reason"
        await desk.scan(BENCH, "pęknięty klosz")
        assert "pęknięty klosz" in desk.page
        await desk.scan(BENCH, "2")
        assert (desk.status, desk.code) == (409, "grade-not-for-sale")
        await desk.scan(BENCH, "WMS:UNDO")
        await desk.scan(BENCH, "4")
        await desk.scan(BENCH, "2")
        assert desk.step == "goods"
        await desk.scan(BENCH, "WMS:DONE")
        assert desk.step == "advice"
        assert "89.9" in desk.page
        page = await desk.open(f"{BENCH}/{w.shop.id}/{rma['id']}")
        for said in (
            "pęknięty klosz",
            "Damaged on the way",
            "Nic nie brakuje",
            "Refund advised",
            "Waits for the shop",
        ):
            assert said in page, said
        photos = [p for p in page.split('"') if p.startswith(f"{BENCH}/photo/")]
        assert len(set(photos)) == 4
        r = await desk.http.get(photos[0])
        assert r.headers["content-type"] == "image/jpeg"
        assert b"SECRETPHONE" not in r.content
        assert max(Image.open(io.BytesIO(r.content)).size) == 1600
    async with w.db.begin() as tx:
        rows = await tx.rows(
            "select grade, disposition, reason, checklist, photos from inspection where rma_id = $1 order by id",
            rma["id"],
        )
    assert [(r["grade"], r["disposition"], r["reason"], len(r["photos"])) for r in rows] == [
        ("new", "restock", None, 0),
        ("damaged", "quarantine", "damaged_in_transit", 4),
    ]
    assert [c["ok"] for c in rows[1]["checklist"]] == [True, False]
    await w.ledger_is_clean()


async def test_candidates_have_numbers_and_no_box_is_a_dead_end(w: World, server: Server) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 1, "20.00"))
    async with an_inspector(w, server) as desk:
        await desk.scan(BENCH, "NOBODYKNOWS77")
        assert (desk.step, desk.tone) == ("unknown", "warn")
        assert "code=NOBODYKNOWS77" in desk.page
        await desk.scan(BENCH, order.number)
        assert desk.step == "choose"
        await desk.scan(BENCH, "9")
        assert desk.code == "bench-not-now"
        await desk.scan(BENCH, "1")
        assert (desk.step, "is received" in desk.page) == ("goods", True)
        assert "Nobody announced it" in desk.page
        await desk.scan(BENCH, "WMS:DONE")
        assert desk.step == "finish"  # nothing has been looked at
        await desk.scan(BENCH, "WMS:UNDO")
        await desk.scan(BENCH, mug.barcode)
        assert desk.step == "grade"
        await desk.scan(BENCH, "8")
        assert desk.code == "bench-choose"
        await desk.scan(BENCH, "1", step="77:1:grade")
        assert "done already" in desk.page
        await desk.scan(BENCH, "WMS:SKIP")
        assert desk.step == "scan"


async def test_an_undelivered_parcel_and_goods_of_another_shop(w: World, server: Server) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    foreign = await a_sku(w.db, shop=await a_shop(w.db))
    order = await shipped(w, (mug, 1, "20.00"), state="in_transit")
    async with an_inspector(w, server) as desk:
        await desk.scan(BENCH, order.tracking)
        await desk.scan(BENCH, "1")
        assert "Undelivered" in desk.page
        await desk.scan(BENCH, foreign.barcode)
        assert (desk.status, desk.code, desk.tone) == (409, "goods-of-another-shop", "stop")
        await desk.scan(BENCH, "5900000000008")
        assert desk.code == "return-goods-unknown"


async def test_what_a_label_must_tell_is_asked_for(w: World, server: Server) -> None:
    jam = await a_sku(w.db, shop=w.shop, lot_policy="expiry")
    rma = await w.announce((jam, 1))
    async with an_inspector(w, server) as desk:
        await desk.scan(BENCH, rma["label"])
        for code in (jam.barcode, "1", "1"):
            await desk.scan(BENCH, code)
        assert (desk.step, desk.code) == ("detail", "return-lot-needed")
        await desk.scan(BENCH, "L26-77")
        await desk.scan(BENCH, "yesterday")
        assert desk.code == "bench-date"
        await desk.scan(BENCH, "31.03.2031")
        assert desk.step == "goods", desk.page
    async with w.db.begin() as tx:
        lot = await tx.row(
            "select code, expires_on from lot where shop_id = $1 and sku_id = $2", jam.shop_id, jam.id
        )
    assert lot is not None
    assert (lot["code"], lot["expires_on"].isoformat()) == ("L26-77", "2031-03-31")


async def test_the_list_its_file_and_settling(w: World, server: Server) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    order = await shipped(w, (mug, 2, "20.00"))
    rma = await w.announce((mug, 2), order_number=order.number)
    async with an_inspector(w, server, "care") as desk:
        for query in (
            {},
            {"q": order.number},
            {"q": rma["number"]},
            {"shop": w.shop.id, "state": "announced"},
        ):
            assert rma["number"] in await desk.open(f"{BENCH}/list", **query), query
        assert rma["number"] not in await desk.open(f"{BENCH}/list", state="closed", shop=w.shop.id)
        r = await desk.http.get(f"{BENCH}/list", params={"format": "csv", "shop": w.shop.id})
        assert r.headers["content-type"].startswith("text/csv")
        assert rma["number"] in r.text
        one = f"{BENCH}/{w.shop.id}/{rma['id']}"
        await desk.open(one)
        await desk.send(f"{one}/settle", how="reject")
        assert desk.status == 422
        await desk.send(f"{one}/settle", how="reject", note="po terminie")
        assert "po terminie" in await desk.open(one)
        r = await desk.http.get(f"{BENCH}/{w.shop.id}/999999")
        assert r.status_code == 404
        r = await desk.http.get(BENCH)
        assert r.status_code == 403  # care looks, the bench is the inspector's


async def test_unknown_parcels(w: World, server: Server) -> None:
    mug = await a_sku(w.db, shop=w.shop)
    rma = await w.announce((mug, 1))
    async with an_inspector(w, server) as desk, an_inspector(w, server, "supervisor") as boss:
        await upload(desk, f"{BENCH}/strays/new", a_picture(), note="")
        assert desk.status == 422
        for note in ("białe pudełko <b>", "szara koperta"):
            await upload(desk, f"{BENCH}/strays/new", a_picture(), note=note, code="XX1")
            assert desk.went == f"{BENCH}/strays"
        assert "białe pudełko <b>" in await desk.open(f"{BENCH}/strays")
        assert "pudełko <b>" not in desk.text
        async with w.db.begin() as tx:
            ids = [r["id"] for r in await tx.rows("select id from stray_parcel order by id desc limit 2")]
        r = await desk.http.get(f"{BENCH}/strays/{ids[0]}/photo")
        assert r.headers["content-type"] == "image/jpeg"
        await desk.send(f"{BENCH}/strays/{ids[0]}/match", number="R-NONE")
        assert desk.code == "return-unknown"
        await desk.send(f"{BENCH}/strays/{ids[0]}/match", number=rma["label"])
        assert desk.went == f"{BENCH}/{w.shop.id}/{rma['id']}"
        await desk.send(f"{BENCH}/strays/{ids[1]}/dispose", reason="nikt nie pytał")
        assert desk.status == 403
        await boss.send(f"{BENCH}/strays/{ids[1]}/dispose", reason="nikt nie pytał")
        assert boss.went == f"{BENCH}/strays"
