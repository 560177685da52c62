"""Photos of a discrepancy: kept for the shop, small, and free of what the phone wrote into them."""

import asyncio
import base64
import io

import pytest
from PIL import Image

from tests.builders import a_key, a_shop, a_sku, bearer
from tests.conftest import Api
from tests.receiving.dock import Dock, a_dock
from tests.shipping.flow import ok, refused
from wms.db.tx import Database


@pytest.fixture
async def dock(anonymous: Api, db: Database) -> Dock:
    return await a_dock(anonymous, db)


def a_photo(size: tuple[int, int] = (3000, 1000), kind: str = "JPEG") -> str:
    exif = Image.Exif()
    exif[0x010F] = "Zebra"
    raw = io.BytesIO()
    Image.new("RGB", size, "white").save(raw, kind, exif=exif)
    return base64.b64encode(raw.getvalue()).decode()


async def a_damaged_delivery(dock: Dock) -> tuple[int, int]:
    """The receipt and its discrepancy."""
    mug = await a_sku(dock.db, shop=dock.shop)
    receipt = await dock.opened()
    await dock.scanned(receipt, mug.barcode, quantity=3, damaged=True)
    seen = ok(await dock.api.get(f"/receipts/{receipt}", headers=dock.shop_key))
    (found,) = seen["discrepancies"]
    assert found["photos"] == []
    return receipt, found["id"]


async def test_the_shop_sees_what_was_damaged(dock: Dock) -> None:
    receipt, discrepancy = await a_damaged_delivery(dock)
    path = f"/receipts/{receipt}/discrepancies/{discrepancy}/photos"
    body = {"shop_id": dock.shop.id, "photos": [a_photo(), a_photo(kind="PNG")]}
    made = ok(await dock.api.post(path, json=body, headers=dock.staff))
    assert len(made["photos"]) == 2
    await dock.close(receipt)
    more = body | {"photos": [a_photo((640, 480))]}
    made = ok(await dock.api.post(path, json=more, headers=dock.staff))
    seen = ok(await dock.api.get(f"/receipts/{receipt}", headers=dock.shop_key))
    assert seen["discrepancies"][0]["photos"] == made["photos"]
    for document, size in zip(made["photos"], [(1600, 533), (1600, 533), (640, 480)], strict=True):
        kept = await dock.api.get(f"/documents/{document}", headers=dock.shop_key)
        assert kept.headers["content-type"] == "image/jpeg"
        with Image.open(io.BytesIO(kept.content)) as picture:
            assert picture.size == size
            assert not picture.getexif()
        assert b"Zebra" not in kept.content
    other = bearer(await a_key(dock.db, shop=await a_shop(dock.db)))
    refused(await dock.api.get(f"/documents/{made['photos'][0]}", headers=other), "not-found", 404)
    told = ok(
        await dock.api.get(
            "/events", params={"subject": "receipt", "subject_id": receipt}, headers=dock.shop_key
        )
    )
    assert [e["kind"] for e in told["items"]].count("receipt.photographed") == 2


async def test_four_and_no_more_however_they_are_sent(dock: Dock) -> None:
    receipt, discrepancy = await a_damaged_delivery(dock)
    path = f"/receipts/{receipt}/discrepancies/{discrepancy}/photos"
    two = {"shop_id": dock.shop.id, "photos": [a_photo((64, 48))] * 2}
    answers = await asyncio.gather(*(dock.api.post(path, json=two, headers=dock.staff) for _ in range(4)))
    assert sorted(r.status_code for r in answers) == [201, 201, 409, 409]
    refused(await dock.api.post(path, json=two, headers=dock.staff), "too-many-photos")
    five = two | {"photos": [a_photo((64, 48))] * 5}
    assert (await dock.api.post(path, json=five, headers=dock.staff)).status_code == 400
    assert (await dock.api.post(path, json=two | {"photos": []}, headers=dock.staff)).status_code == 400


async def test_what_is_no_photo_is_refused_and_nothing_of_it_kept(dock: Dock) -> None:
    receipt, discrepancy = await a_damaged_delivery(dock)
    path = f"/receipts/{receipt}/discrepancies/{discrepancy}/photos"
    svg = base64.b64encode(b"<svg onload=alert(1)>").decode()
    mixed = {"shop_id": dock.shop.id, "photos": [a_photo((64, 48)), svg]}
    refused(await dock.api.post(path, json=mixed, headers=dock.staff), "bad-photo", 422)
    seen = ok(await dock.api.get(f"/receipts/{receipt}", headers=dock.shop_key))
    assert seen["discrepancies"][0]["photos"] == []
    one = {"shop_id": dock.shop.id, "photos": [a_photo((64, 48))]}
    elsewhere = f"/receipts/{await dock.opened()}/discrepancies/{discrepancy}/photos"
    refused(await dock.api.post(elsewhere, json=one, headers=dock.staff), "not-found", 404)
    big = {"shop_id": dock.shop.id, "photos": ["A" * 21_000_000]}
    assert (await dock.api.post(path, json=big, headers=dock.staff)).status_code == 413


async def test_a_large_photo_of_eight_megabytes_is_taken(dock: Dock) -> None:
    """As large as is promised: its base64 is a third larger."""
    receipt, discrepancy = await a_damaged_delivery(dock)
    raw = io.BytesIO()
    Image.new("RGB", (64, 48), "white").save(raw, "PNG")
    padded = raw.getvalue() + bytes(7_900_000 - len(raw.getvalue()))
    body = {"shop_id": dock.shop.id, "photos": [base64.b64encode(padded).decode()]}
    path = f"/receipts/{receipt}/discrepancies/{discrepancy}/photos"
    assert len(ok(await dock.api.post(path, json=body, headers=dock.staff))["photos"]) == 1
