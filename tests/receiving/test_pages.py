"""Inbound at the desk: announcing from a spreadsheet, and what came with its differences."""

import base64
import io

import pytest
from PIL import Image

from tests.builders import a_shop, a_sku, a_warehouse, unique
from tests.conftest import Api, Server
from tests.desk import at_desk
from tests.receiving.dock import a_dock
from wms.db.tx import Database
from wms.receiving.read_lines import MOST_LINES, read_lines


def test_lines_of_any_spreadsheet_are_read() -> None:
    for text in (
        "MUG;12\nHONEY;48;L1;2028-05-31",
        "sku\tquantity\tlot\tuse by\nMUG\t12\nHONEY\t48\tL1\t31.05.2028",
        "\ufeffIlość,Kod,Partia,Ważne do\n12.00,MUG\n48,HONEY,L1,2028-05-31\n\n",
    ):
        good, bad = read_lines(text, "en")
        assert not bad, text
        assert [(g.line.sku, g.line.quantity, g.line.lot) for g in good] == [
            ("MUG", 12, None),
            ("HONEY", 48, "L1"),
        ]
        assert str(good[1].line.expires_on) == "2028-05-31"


@pytest.mark.parametrize(
    "row", [";5", "MUG;", "MUG;0", "MUG;-3", "MUG;1.5", "MUG;1.000", "MUG;99999999", "MUG;٣", "MUG;2;L;31.02.2028", "X" * 81 + ";1"]
)  # fmt: skip
def test_a_bad_line_is_named_and_the_others_are_read(row: str) -> None:
    good, bad = read_lines(f"A;1\n{row}\nB;2", "pl")
    assert [g.line.sku for g in good] == ["A", "B"]
    assert [b.row for b in bad] == [2]


def test_a_long_file_and_an_open_quote_end() -> None:
    good, bad = read_lines("A;1\n" * (MOST_LINES + 2), "en")
    assert (len(good), len(bad)) == (MOST_LINES, 2)
    good, bad = read_lines('A;1\n"B;2\nC;3', "en")
    assert len(good) + len(bad) >= 1


async def test_good_lines_are_kept_and_bad_ones_reported(server: Server, db: Database) -> None:
    shop, warehouse = await a_shop(db), await a_warehouse(db)
    mug, lamp = [await a_sku(db, shop=shop) for _ in range(2)]
    number = unique("ASN-")
    form = {
        "shop_id": str(shop.id), "number": number, "warehouse": warehouse.code, "expected_on": "2026-12-01", "carrier": "",
        "note": "", "lines": f"{mug.code};12\nNOTHING;4\n{lamp.code};x\n{lamp.code};7",
    }  # fmt: skip
    async with at_desk(db, server, "supervisor", wms_warehouse=str(warehouse.id)) as desk:
        await desk.send("/desk/inbound/new", **form)
        assert desk.status == 200
        assert "NOTHING is not in your catalogue" in desk.page
        assert "Announce the 2 good lines without them" in desk.page
        assert number not in await desk.open("/desk/inbound", state="all")

        await desk.send("/desk/inbound/new", partly="yes", **form)
        assert "2 lines, 19 pieces" in desk.page
        assert number in await desk.open("/desk/inbound", state="all")
        async with db.begin() as tx:
            asn_id = await tx.value("select id from asn where number = $1", number)
        page = await desk.open(f"/desk/inbound/asns/{shop.id}/{asn_id}")
        assert (mug.code in page, "NOTHING" in page) == (True, False)
        await desk.send(f"/desk/inbound/asns/{shop.id}/{asn_id}/cancel")
        assert "cancelled" in desk.went
        await desk.send("/desk/inbound/new", **(form | {"lines": " \n", "number": unique("ASN-")}))
        assert "there is no line in it" in desk.page
        csv = await desk.http.get("/desk/inbound", params={"state": "all", "format": "csv"})
        assert number in csv.text


async def test_what_came_is_shown_with_its_photos(server: Server, db: Database, anonymous: Api) -> None:
    dock = await a_dock(anonymous, db)
    sku = await a_sku(db, shop=dock.shop)
    asn = await dock.announced([{"sku": sku.code, "quantity": 10}])
    receipt = await dock.opened(asn)
    scan = {"shop_id": dock.shop.id, "code": sku.barcode, "quantity": 3, "damaged": True, "note": "narożnik"}
    r = await anonymous.post(f"/receipts/{receipt}/scans", json=scan, headers=dock.staff)
    assert r.status_code == 201, r.text
    seen = (
        await anonymous.get(f"/receipts/{receipt}", params={"shop_id": dock.shop.id}, headers=dock.staff)
    ).json()
    note = next(d["id"] for d in seen["discrepancies"] if d["kind"] == "damaged")
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(picture, "JPEG")
    photos = {"shop_id": dock.shop.id, "photos": [base64.b64encode(picture.getvalue()).decode()]}
    r = await anonymous.post(
        f"/receipts/{receipt}/discrepancies/{note}/photos", json=photos, headers=dock.staff
    )
    assert r.status_code == 201, r.text
    photo = r.json()["photos"][0]
    here = f"/desk/inbound/receipts/{dock.shop.id}/{receipt}"
    async with at_desk(db, server, "supervisor", wms_warehouse=str(dock.warehouse.id)) as desk:
        page = await desk.open(here)
        assert ("damaged" in page, "narożnik" in page) == (True, True)
        shown = await desk.http.get(f"/api/v1/documents/{photo}", params={"shop_id": dock.shop.id})
        assert f"/api/v1/documents/{photo}?shop_id={dock.shop.id}" in page
        assert shown.headers["content-type"] == "image/jpeg"
        await desk.send(f"{here}/close")
        assert desk.went == f"{here}?done=closed"
        assert "−7" in await desk.open(here)
        assert "+" not in (await desk.http.get(here, params={"format": "csv"})).text
        number = seen["number"]
        assert number in await desk.open("/desk/inbound", show="receipts", state="different")
    async with at_desk(db, server, "receiver", wms_warehouse=str(dock.warehouse.id)) as desk:
        await desk.open(here)
        await desk.send(f"{here}/close")
        assert desk.status == 403
