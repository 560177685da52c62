"""At the dock: open, scan, close; each success and each refusal."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pypdfium2
import zxingcpp

from tests.builders import (
    a_bin,
    a_shop,
    a_sku,
    a_tote,
    a_warehouse,
    on_hand,
    opened,
    stock_up,
    unique,
)
from tests.conftest import Api
from tests.receiving.dock import Dock, a_dock
from wms.db.tx import Database
from wms.kernel.numbers import sscc_make
from wms.locations.create_locations import LocationIn, create_locations
from wms.locations.errors import CodeTaken
from wms.locations.number_ranges import create_number_range
from wms.stock.verify import verify_stock

FAR = (date.today() + timedelta(days=400)).isoformat()  # noqa: DTZ011  any day far away will do
PAST = "2020-01-31"


async def have_ssccs(db: Database) -> None:
    """The operator's range of SSCCs, which all tests share."""
    try:
        async with db.begin() as tx:
            await create_number_range(tx, "sscc", "sscc", 0, 9_999_999, prefix="3590077", low_water=10)
    except CodeTaken:
        pass


def gs1(ean: str, day: str | None = None, lot: str | None = None, serial: str | None = None) -> str:
    text = f"01{ean.rjust(14, '0')}"
    if day:
        text += "17" + day.replace("-", "")[2:]
    if lot:
        text += f"10{lot}" + ("\x1d" if serial else "")
    return "]C1" + text + (f"21{serial}" if serial else "")


async def refused(dock: Dock, receipt_id: int, code: str, **more: Any) -> tuple[int, str]:
    r = await dock.scan(receipt_id, code, **more)
    return r.status_code, r.json().get("code", "")


async def test_goods_come_as_announced(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    asn_id = await dock.announced([{"sku": mug.code, "quantity": 25}])
    receipt_id = await dock.opened(asn_id)
    got = await dock.scanned(receipt_id, mug.barcode)
    assert (got["outcome"], got["sku"], got["quantity"]) == ("received", mug.code, 1)
    assert (got["announced"], got["received"], got["discrepancies"]) == (25, 1, [])
    got = await dock.scanned(receipt_id, mug.barcode, quantity=24)
    assert (got["quantity"], got["received"]) == (24, 25)
    assert await on_hand(db, sku=mug, location_id=dock.warehouse.locations["DOCK-1"]) == 25
    view = await dock.close(receipt_id)
    assert (view["state"], view["discrepancies"]) == ("closed", [])
    (line,) = view["lines"]
    assert (line["announced"], line["received"], line["over"], line["short"]) == (25, 25, 0, 0)
    asn = (await anonymous.get(f"/asns/{asn_id}", headers=dock.shop_key)).json()
    assert (asn["state"], asn["lines"][0]["received"]) == ("received", 25)
    assert (await dock.close(receipt_id))["closed_at"] == view["closed_at"], "closing twice changes nothing"


async def test_a_case_code_stands_for_its_pieces(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    case = unique("CASE")
    async with db.begin() as tx:
        await tx.run(
            "insert into barcode (shop_id, sku_id, code, quantity) values ($1, $2, $3, 12)",
            mug.shop_id, mug.id, case,
        )  # fmt: skip
    receipt_id = await dock.opened()
    assert (await dock.scanned(receipt_id, case, quantity=3))["quantity"] == 36


async def test_a_second_receiver_joins_and_another_dock_is_refused(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db, shared=False)
    async with db.begin() as tx:
        await create_locations(tx, dock.warehouse.id, [LocationIn(code="DOCK-9", kind="dock")])
    mug = await a_sku(db, shop=dock.shop)
    asn_id = await dock.announced([{"sku": mug.code, "quantity": 5}])
    receipt_id = await dock.opened(asn_id)
    assert await dock.opened(asn_id) == receipt_id
    r = await dock.open(asn_id, dock="L-DOCK-9")
    assert (r.status_code, r.json()["code"]) == (409, "receipt-elsewhere")


async def test_opening_is_refused_where_it_makes_no_sense(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    shelf = await a_bin(db, warehouse=dock.warehouse)
    r = await dock.open(dock=shelf.label)
    assert (r.status_code, r.json()["code"]) == (409, "not-a-dock")
    r = await dock.open(dock="L-NOWHERE")
    assert (r.status_code, r.json()["code"]) == (404, "unknown-location")
    r = await dock.open(asn_id=10**9)
    assert r.status_code == 404
    mug = await a_sku(db, shop=dock.shop)
    asn_id = await dock.announced([{"sku": mug.code, "quantity": 5}])
    dock.warehouse = await a_warehouse(db, shared=False)
    r = await dock.open(asn_id)
    assert r.status_code == 404, "an ASN of another warehouse"


async def test_a_receipt_opened_by_mistake_gives_the_asn_back(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    asn_id = await dock.announced([{"sku": mug.code, "quantity": 5}])
    first = await dock.opened(asn_id)
    view = await dock.close(first)
    assert (view["discrepancies"], view["lines"][0]["short"]) == ([], 0)
    asn = (await anonymous.get(f"/asns/{asn_id}", headers=dock.shop_key)).json()
    assert asn["state"] == "announced"
    assert await dock.opened(asn_id) != first


async def test_a_closed_receipt_takes_nothing_more(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    receipt_id = await dock.opened()
    await dock.scanned(receipt_id, mug.barcode)
    await dock.close(receipt_id)
    assert await refused(dock, receipt_id, mug.barcode) == (409, "receipt-closed")
    body = {"shop_id": dock.shop.id}
    r = await anonymous.post(f"/receipts/{receipt_id}/handling-units", json=body, headers=dock.staff)
    assert r.json()["code"] == "receipt-closed"


async def test_more_than_announced_and_goods_that_nobody_announced(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, jug = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop)
    receipt_id = await dock.opened(await dock.announced([{"sku": mug.code, "quantity": 5}]))
    assert (await dock.scanned(receipt_id, mug.barcode, quantity=6))["discrepancies"] == ["over"]
    assert (await dock.scanned(receipt_id, mug.barcode, quantity=2))["discrepancies"] == ["over"]
    assert (await dock.scanned(receipt_id, jug.barcode, quantity=3))["discrepancies"] == ["over"]
    view = await dock.close(receipt_id)
    found = [(d["kind"], d["sku"], d["quantity"]) for d in view["discrepancies"]]
    assert found == [("over", mug.code, 3), ("over", jug.code, 3)]
    assert [(n["sku"], n["announced"], n["received"], n["over"]) for n in view["lines"]] == [
        (mug.code, 5, 8, 3),
        (jug.code, None, 3, 3),
    ]
    assert await on_hand(db, sku=jug, location_id=dock.warehouse.locations["DOCK-1"]) == 3


async def test_a_blind_receipt_knows_no_more_and_no_less(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    receipt_id = await dock.opened()
    got = await dock.scanned(receipt_id, mug.barcode, quantity=7)
    assert (got["announced"], got["received"], got["discrepancies"]) == (None, None, [])
    (line,) = (await dock.close(receipt_id))["lines"]
    assert (line["received"], line["over"], line["short"]) == (7, None, None)


async def test_an_unknown_code_is_noted_and_not_an_error(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    receipt_id = await dock.opened()
    code = unique("?")
    got = await dock.scanned(receipt_id, code, quantity=4, note="red boxes")
    assert (got["outcome"], got["quantity"], got["discrepancies"]) == ("unknown", 4, ["unknown"])
    (d,) = (await dock.close(receipt_id))["discrepancies"]
    assert (d["kind"], d["code"], d["quantity"], d["note"]) == ("unknown", code, 4, "red boxes")


async def test_damaged_goods_are_received_as_damaged(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    receipt_id = await dock.opened(await dock.announced([{"sku": mug.code, "quantity": 5}]))
    got = await dock.scanned(receipt_id, mug.barcode, quantity=2, damaged=True, note="crushed")
    assert (got["status"], got["discrepancies"]) == ("damaged", ["damaged"])
    await dock.scanned(receipt_id, mug.barcode, quantity=3)
    view = await dock.close(receipt_id)
    (line,) = view["lines"]
    assert (line["received"], line["damaged"], line["short"]) == (5, 2, 0)
    assert [(d["kind"], d["quantity"], d["note"]) for d in view["discrepancies"]] == [
        ("damaged", 2, "crushed")
    ]
    async with opened(db) as tx:
        rows = await tx.rows(
            "select status, on_hand from balance where shop_id = $1 and sku_id = $2 and real order by status",
            mug.shop_id, mug.id,
        )  # fmt: skip
    assert [tuple(r) for r in rows] == [("damaged", 2), ("sellable", 3)]


async def test_lot_and_date_come_from_one_symbol(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    jam = await a_sku(db, shop=dock.shop, lot_policy="expiry")
    receipt_id = await dock.opened()
    got = await dock.scanned(receipt_id, gs1(jam.barcode, FAR, "L1"), quantity=10)
    assert (got["lot"], got["expires_on"], got["status"]) == ("L1", FAR, "sellable")
    again = await dock.scanned(receipt_id, jam.barcode, lot="L1", quantity=2)
    assert again["expires_on"] == FAR, "the date of a lot is known from its first scan"
    other = await refused(dock, receipt_id, jam.barcode, lot="L1", expires_on="2099-01-01")
    assert other == (409, "lot-differs")
    (line,) = (await dock.close(receipt_id))["lines"]
    assert line["goods"] == [
        {"lot": "L1", "expires_on": FAR, "serial": None, "status": "sellable", "quantity": 12}
    ]


async def test_what_the_sku_asks_for_is_asked_for(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    tea = await a_sku(db, shop=dock.shop, lot_policy="lot")
    jam = await a_sku(db, shop=dock.shop, lot_policy="expiry")
    phone = await a_sku(db, shop=dock.shop, serial=True)
    receipt_id = await dock.opened()
    assert await refused(dock, receipt_id, tea.barcode) == (422, "lot-needed")
    assert await refused(dock, receipt_id, jam.barcode, lot="L1") == (422, "expiry-needed")
    assert await refused(dock, receipt_id, phone.barcode) == (422, "serial-needed")
    assert await refused(dock, receipt_id, phone.barcode, serial="S1", quantity=2) == (
        422,
        "one-serial-one-piece",
    )
    assert (await dock.scanned(receipt_id, tea.barcode, lot="T1"))["lot"] == "T1"
    two = [await dock.scanned(receipt_id, jam.barcode, expires_on=d) for d in (FAR, PAST)]
    assert [g["lot"] for g in two] == [FAR, PAST], "goods with a date and no lot: each date is a lot"
    assert (await dock.scanned(receipt_id, gs1(phone.barcode, serial="S1")))["serial"] == "S1"


async def test_goods_that_are_past_their_date_are_received_as_expired(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    jam = await a_sku(db, shop=dock.shop, lot_policy="expiry")
    receipt_id = await dock.opened()
    got = await dock.scanned(receipt_id, gs1(jam.barcode, PAST, "OLD"))
    assert (got["outcome"], got["status"]) == ("received", "expired")
    assert (await dock.close(receipt_id))["lines"][0]["expired"] == 1


async def test_a_serial_number_that_is_in_stock_is_refused(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    phone = await a_sku(db, shop=dock.shop, serial=True)
    receipt_id = await dock.opened()
    await dock.scanned(receipt_id, phone.barcode, serial="S1")
    assert await refused(dock, receipt_id, phone.barcode, serial="S1") == (409, "serial-elsewhere")
    tote = await a_tote(db, warehouse=dock.warehouse)
    async with db.begin() as tx:
        dock_1 = dock.warehouse.locations["DOCK-1"]
        await tx.run("update handling_unit set location_id = $2 where id = $1", tote.id, dock_1)
    again = await refused(dock, receipt_id, phone.barcode, serial="S1", handling_unit_id=tote.id)
    assert again == (409, "serial-elsewhere")
    (line,) = (await dock.close(receipt_id))["lines"]
    assert line["received"] == 1


async def test_goods_of_another_shop_are_refused_with_words(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    other = await a_shop(db)
    theirs = await a_sku(db, shop=other)
    receipt_id = await dock.opened()
    r = await dock.scan(receipt_id, theirs.barcode)
    assert (r.status_code, r.json()["code"]) == (409, "someone-elses-goods")
    assert f"Sklep {other.code}" in r.json()["detail"]
    both = await a_sku(db, shop=dock.shop, barcodes=theirs.barcodes)
    assert (await dock.scanned(receipt_id, theirs.barcode))["sku"] == both.code, (
        "the same EAN, and it is ours too"
    )


async def test_a_code_that_can_mean_two_things_asks(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    code = unique("X")
    mug = await a_sku(db, shop=dock.shop, barcodes=[code])
    await a_sku(db, shop=dock.shop, code=code)
    receipt_id = await dock.opened()
    r = await dock.scan(receipt_id, code)
    assert (r.status_code, r.json()["code"]) == (409, "scan-several")
    assert any(mug.code in c for c in r.json()["values"]["choices"])


async def test_a_missing_separator_asks_for_the_lot_and_a_typed_lot_decides(
    anonymous: Api, db: Database
) -> None:
    dock = await a_dock(anonymous, db)
    tea = await a_sku(db, shop=dock.shop, lot_policy="lot")
    receipt_id = await dock.opened()
    # lot AB then serial 7, or lot AB217: nothing in the code tells which
    code = f"01{tea.barcode.rjust(14, '0')}10AB217"
    r = await dock.scan(receipt_id, code)
    assert (r.status_code, r.json()["code"]) == (409, "scan-several")
    assert len(r.json()["values"]["choices"]) == 2
    assert (await dock.scanned(receipt_id, code, lot="AB217"))["lot"] == "AB217"


async def test_labels_of_the_warehouse_are_not_goods(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    receipt_id = await dock.opened()
    for code in ("L-A-01-02-3", "WMS:OK", "T-0417", sscc_make(3, "590077", 4711)):
        assert await refused(dock, receipt_id, code) == (422, "scan-the-goods"), code
    assert (await dock.scan(receipt_id, "L-A-01L-A-01")).json()["code"] == "scan-doubled"


async def test_a_kit_is_received_by_its_components(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    kit = await a_sku(db, shop=dock.shop)
    async with db.begin() as tx:
        await tx.run("update sku set kit = true where shop_id = $1 and id = $2", kit.shop_id, kit.id)
    receipt_id = await dock.opened()
    assert await refused(dock, receipt_id, kit.barcode) == (409, "receive-components")


async def test_a_quantity_beyond_all_sense_is_refused(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    case = unique("CASE")
    async with db.begin() as tx:
        await tx.run(
            "insert into barcode (shop_id, sku_id, code, quantity) values ($1, $2, $3, 12)",
            mug.shop_id, mug.id, case,
        )  # fmt: skip
    receipt_id = await dock.opened()
    assert await refused(dock, receipt_id, case, quantity=999_999) == (422, "too-many")
    assert (await dock.scan(receipt_id, mug.barcode, quantity=0)).status_code == 400


async def test_goods_are_received_onto_a_pallet_with_its_label(anonymous: Api, db: Database) -> None:
    await have_ssccs(db)
    dock = await a_dock(anonymous, db)
    jam = await a_sku(db, shop=dock.shop, lot_policy="expiry")
    asn = (await dock.announce([{"sku": jam.code, "quantity": 48}])).json()
    receipt_id = await dock.opened(asn["id"])
    body = {"shop_id": dock.shop.id, "kind": "pallet"}
    r = await anonymous.post(f"/receipts/{receipt_id}/handling-units", json=body, headers=dock.staff)
    assert r.status_code == 201, r.text
    pallet = r.json()
    assert len(pallet["sscc"]) == 18
    await dock.scanned(receipt_id, gs1(jam.barcode, FAR, "L1"), quantity=48, handling_unit_id=pallet["id"])
    dock_1 = dock.warehouse.locations["DOCK-1"]
    assert await on_hand(db, sku=jam, location_id=dock_1, hu=pallet["id"]) == 48
    label = (await anonymous.get(f"/handling-units/{pallet['id']}/label", headers=dock.staff)).json()
    assert label["template"] == "handling_unit"
    path = f"/handling-units/{pallet['id']}/label/file"
    drawn = await anonymous.get(path, headers=dock.staff)
    assert drawn.headers["content-type"] == "application/pdf"
    page = pypdfium2.PdfDocument(drawn.content)[0].render(scale=203.2 / 72).to_pil()
    read = {(r.symbology_identifier, r.text) for r in zxingcpp.read_barcodes(page)}
    assert ("]C1", f"(00){pallet['sscc']}") in read
    assert (await anonymous.get(path, params={"format": "zpl"}, headers=dock.staff)).content.startswith(
        b"^XA"
    )
    values = label["values"]
    assert (values["sscc"], values["unit"]["kind"], values["shop"]["name"]) == (
        pallet["sscc"], "Paleta", f"Sklep {dock.shop.code}",
    )  # fmt: skip
    assert (values["sku"]["code"], values["lot"], values["expiry"], values["quantity"], values["asn"]) == (
        jam.code, "L1", FAR, 48, asn["number"],
    )  # fmt: skip
    body = {"shop_id": dock.shop.id, "label": f"00{pallet['sscc']}"}
    r = await anonymous.post(f"/receipts/{receipt_id}/handling-units", json=body, headers=dock.staff)
    assert r.json()["id"] == pallet["id"], "scanning a pallet that stands here goes on with it"


async def test_a_suppliers_sscc_is_taken_over_and_an_empty_tote_is_brought(
    anonymous: Api, db: Database
) -> None:
    dock = await a_dock(anonymous, db)
    receipt_id = await dock.opened()
    sscc = sscc_make(0, "8712345", int(unique(), 16) % 10**9)
    path = f"/receipts/{receipt_id}/handling-units"
    r = await anonymous.post(path, json={"shop_id": dock.shop.id, "label": f"00{sscc}"}, headers=dock.staff)
    assert (r.status_code, r.json()["sscc"]) == (201, sscc), r.text
    tote = await a_tote(db, warehouse=dock.warehouse)
    r = await anonymous.post(path, json={"shop_id": dock.shop.id, "label": tote.code}, headers=dock.staff)
    assert (r.json()["id"], r.json()["kind"]) == (tote.id, "tote")
    r = await anonymous.post(path, json={"shop_id": dock.shop.id, "label": "T-NOBODY"}, headers=dock.staff)
    assert (r.status_code, r.json()["code"]) == (404, "unknown-handling-unit")


async def test_a_unit_of_another_place_is_refused(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    tote = await a_tote(db, warehouse=dock.warehouse)
    shelf = await a_bin(db, warehouse=dock.warehouse)
    await stock_up(db, sku=mug, bin=shelf, quantity=1, hu=tote.id)
    receipt_id = await dock.opened()
    assert await refused(dock, receipt_id, mug.barcode, handling_unit_id=tote.id) == (409, "unit-not-here")
    assert (await dock.scan(receipt_id, mug.barcode, handling_unit_id=10**9)).status_code == 404
    body = {"shop_id": dock.shop.id, "label": tote.code}
    r = await anonymous.post(f"/receipts/{receipt_id}/handling-units", json=body, headers=dock.staff)
    assert (r.status_code, r.json()["code"]) == (409, "unit-in-use")


async def test_a_scan_that_is_sent_twice_counts_once(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    receipt_id = await dock.opened()
    body = {"shop_id": dock.shop.id, "code": mug.barcode}
    headers = dock.staff | {"Idempotency-Key": unique("scan-")}
    first = await anonymous.post(f"/receipts/{receipt_id}/scans", json=body, headers=headers)
    again = await anonymous.post(f"/receipts/{receipt_id}/scans", json=body, headers=headers)
    assert (first.status_code, again.json()) == (201, first.json())
    assert await on_hand(db, sku=mug, location_id=dock.warehouse.locations["DOCK-1"]) == 1


async def test_two_receivers_at_one_truck_lose_nothing(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug, tea = await a_sku(db, shop=dock.shop), await a_sku(db, shop=dock.shop, lot_policy="lot")
    receipt_id = await dock.opened(await dock.announced([{"sku": mug.code, "quantity": 8}]))
    scans = [dock.scanned(receipt_id, mug.barcode) for _ in range(10)]
    scans += [dock.scanned(receipt_id, tea.barcode, lot="NEW") for _ in range(5)]
    await asyncio.gather(*scans)
    view = await dock.close(receipt_id)
    assert [(n["sku"], n["received"], n["over"]) for n in view["lines"]] == [
        (mug.code, 10, 2),
        (tea.code, 5, 5),
    ]
    async with opened(db) as tx:
        assert await verify_stock(tx, dock.shop.id) == []


async def test_the_shop_gets_the_result_as_an_event(anonymous: Api, db: Database) -> None:
    dock = await a_dock(anonymous, db)
    mug = await a_sku(db, shop=dock.shop)
    receipt_id = await dock.opened(await dock.announced([{"sku": mug.code, "quantity": 5}]))
    await dock.scanned(receipt_id, mug.barcode, quantity=3)
    await dock.close(receipt_id)
    async with opened(db) as tx:
        data = await tx.value(
            "select data from event where shop_id = $1 and kind = 'receipt.closed' and subject_id = $2",
            dock.shop.id, receipt_id,
        )  # fmt: skip
    assert (data["units"], data["short"], data["lines"][0]["short"]) == (3, 2, 2)
