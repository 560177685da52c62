"""A day of real data is read whole, whatever it holds, and what it lacks is derived the same way every time."""

import hashlib
import lzma
import os
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import ean as stdnum_ean

from wms.demo.buyers import COUNTRIES, UNKNOWN, recipient
from wms.demo.data import DayOfData, Line, days, read_day
from wms.demo.data_texts import BAD_ROW, SKIPPED, BrokenFile, NoFile, NoOrders, NoSuchDay, WrongShape
from wms.demo.derive import derive_day, shop_of, with_components
from wms.demo.goods import ean13, unknown_ean
from wms.demo.stock_plan import demand, inspections, stock_plan
from wms.demo.things import DerivedDay
from wms.demo.warehouse import BAY_WIDTH, layout, staff

BUSIEST = date(2010, 12, 9)
HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"


@pytest.fixture(scope="module")
def data() -> DayOfData:
    return read_day()


@pytest.fixture(scope="module")
def day(data: DayOfData) -> DerivedDay:
    return derive_day(data)


def a_file(folder: Path, *rows: str, header: str = HEADER, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text(header + "".join(row + "\n" for row in rows), encoding="utf-8")
    return path


def a_row(
    *,
    number: str = "600001",
    code: str = "85123A",
    description: str = "WHITE HEART",
    quantity: str = "6",
    at: str = "2011-01-04 10:00:00",
    price: str = "2.55",
    customer: str = "17850",
    country: str = "United Kingdom",
) -> str:
    return ",".join((number, code, description, quantity, at, price, customer, country))


# -- the shipped days ------------------------------------------------------------------------------------------


def test_the_slice_holds_four_days_and_the_busiest_is_the_default(data: DayOfData) -> None:
    assert days() == {
        date(2010, 12, 6): 115,
        date(2010, 12, 7): 93,
        date(2010, 12, 8): 125,
        BUSIEST: 149,
    }
    assert data.day == BUSIEST


def test_the_busiest_day_is_read_to_the_last_row(data: DayOfData) -> None:
    # 149 invoices: 106 orders, 42 invoices that only move stock, one that has no goods on it.
    assert (len(data.orders), len(data.returns), len(data.adjustments), len(data.skus)) == (106, 34, 42, 1284)
    assert sum(len(o.lines) for o in data.orders) == 2735
    assert sum(line.quantity for o in data.orders for line in o.lines) == 19_897
    assert {s.kind: s.count for s in data.skipped} == {"charge": 18, "order_without_goods": 1}
    assert data.bad_rows == ()


def test_real_trouble_of_the_day_is_what_it_is(data: DayOfData) -> None:
    assert {"84968A", "84968E"} <= {g.code for g in data.skus}, "lower-case twins are their upper-case goods"
    lost = next(a for a in data.adjustments if a.number == "538090")
    assert (lost.code, lost.quantity, lost.note) == ("20956", -723, "?")
    found = next(a for a in data.adjustments if a.number == "538160")
    assert (found.code, found.quantity) == ("20956", 288)
    # One line that cost nothing and one at 2.51 of the same goods: two pieces to pick, at their mean.
    free = next(o for o in data.orders if o.number == "538071")
    assert Line("22585", 2, Decimal("1.26")) in free.lines
    back = next(r for r in data.returns if r.number == "C538124")
    assert [(n.code, n.quantity) for n in back.lines] == [("22699", 1), ("22423", 1)], (
        "the manual line is skipped"
    )
    assert sum(n.sale is None for r in data.returns for n in r.lines) == 69


@pytest.mark.parametrize(
    ("which", "orders", "returns", "adjustments"),
    [("2010-12-06", 102, 18, 13), ("2010-12-07", 83, 7, 9), ("2010-12-08", 116, 22, 9)],
)
def test_the_other_days(which: str, orders: int, returns: int, adjustments: int) -> None:
    read = read_day(day=date.fromisoformat(which))
    assert (len(read.orders), len(read.returns), len(read.adjustments)) == (orders, returns, adjustments)
    assert not read.bad_rows


# -- files as they come ----------------------------------------------------------------------------------------


def test_what_is_no_goods_is_counted_and_not_ordered(tmp_path: Path) -> None:
    charges = ("POST", "DOT", "D", "M", "m", "S", "C2", "BANK CHARGES", "AMAZONFEE", "CRUK", "B")
    path = a_file(
        tmp_path,
        *(a_row(code=code) for code in charges),
        a_row(code="gift_0001_20"),
        a_row(code="PADS"),
        a_row(code="DCGSSGIRL1"),
        a_row(number="600002", code="POST"),
        a_row(number="C600003", code="D", quantity="-1"),
        a_row(number="A563186", code="B", price="-11062.06"),
    )
    read = read_day(path)
    assert [[n.code for n in o.lines] for o in read.orders] == [["PADS", "DCGSSGIRL1"]]
    assert {s.kind: s.count for s in read.skipped} == {
        "charge": 14,
        "voucher": 1,
        "order_without_goods": 2,
        "return_without_goods": 1,
    }
    assert read.bad_rows == ()
    assert "POST" in read.skipped[0].say("pl")


def test_the_same_goods_twice_on_an_invoice_are_one_line(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        a_row(code="85123a", quantity="1", price="3.00"),
        a_row(code="71053"),
        a_row(code="85123A", quantity="2", price="0"),
    )
    (order,) = read_day(path).orders
    assert order.lines == (Line("85123A", 3, Decimal("1.00")), Line("71053", 6, Decimal("2.55")))
    assert order.placed_at == datetime(2011, 1, 4, 10, tzinfo=UTC)


def test_stock_adjustments_are_told_from_orders(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        a_row(number="1", quantity="-40", price="0", customer="", description="damaged"),
        a_row(number="2", quantity="30", price="0", customer="", description=""),
        a_row(number="3", quantity="80", price="0"),
        a_row(number="4", quantity="5", price="0", customer=""),
        a_row(number="4", code="71053", price="1", customer=""),
    )
    read = read_day(path)
    assert [(a.number, a.quantity, a.note) for a in read.adjustments] == [
        ("1", -40, "damaged"),
        ("2", 30, ""),
    ]
    assert [o.number for o in read.orders] == ["3", "4"]
    assert read.skus[1].description == "", "a note on a free row is no description"


def test_a_return_knows_the_latest_sale_before_it(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        a_row(number="1", at="2011-01-03 09:00:00"),
        a_row(number="2", at="2011-01-04 09:00:00"),
        a_row(number="C3", quantity="-2"),
        a_row(number="C4", quantity="-9360", customer="99"),
        a_row(number="5", at="2011-01-05 09:00:00"),
    )
    read = read_day(path, date(2011, 1, 4))
    assert [(r.number, r.lines[0].quantity, r.lines[0].sale) for r in read.returns] == [
        ("C3", 2, "2"),
        ("C4", 9360, None),
    ]


def test_bad_rows_are_named_and_stop_nothing(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        a_row(),
        "600001,only,three",
        a_row(at="yesterday"),
        a_row(number=""),
        a_row(code="Ünknown?"),
        a_row(quantity="0"),
        a_row(quantity="1.5"),
        a_row(quantity="99999999999"),
        a_row(number="C7", quantity="3"),
        a_row(price="NaN"),
        a_row(price="-1"),
        '600001,71053,"a quote left open,6,2011-01-04 10:00:00,1,1,France',
        "",
        a_row(quantity="zero", at="2011-01-09 10:00:00"),
        a_row(code="71053", quantity="2.0", customer="17850.0"),
    )
    read = read_day(path)
    assert [(b.line, b.reason) for b in read.bad_rows] == [
        (3, "columns"), (4, "date"), (5, "number"), (6, "code"), (7, "quantity"), (8, "quantity"), (9, "quantity"),
        (10, "return_quantity"), (11, "price"), (12, "price"), (13, "columns"),
    ]  # fmt: skip
    assert [(n.code, n.quantity) for n in read.orders[0].lines] == [("85123A", 6), ("71053", 2)]
    assert read.orders[0].customer == "17850"
    assert read.bad_rows[1].say("en") == "line 4: InvoiceDate 'yesterday' is no date like 2010-12-09 08:34:00"


@given(st.lists(st.text(max_size=40) | st.just(a_row()), max_size=8))
def test_no_row_is_fatal(rows: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.csv"
        path.write_bytes((HEADER + a_row() + "\n" + "\n".join(rows)).encode("utf-8", "surrogatepass"))
        read = read_day(path, date(2011, 1, 4))
        for bad in read.bad_rows:
            assert bad.reason in BAD_ROW
            assert bad.say("pl")
        assert all(s.kind in SKIPPED and s.say("en") for s in read.skipped)
        assert derive_day(read).orders


def test_columns_may_stand_in_any_order_and_the_packing_is_seen_from_the_bytes(tmp_path: Path) -> None:
    text = "\ufeffCountry,Note,CustomerID,UnitPrice,InvoiceDate,Quantity,Description,StockCode,InvoiceNo\r\n"
    text += "France,x,1,2.5,2011-01-04T10:00:00,3,CARD,21506,7\r\n"
    path = tmp_path / "packed.csv"
    path.write_bytes(lzma.compress(text.encode()))
    (order,) = read_day(path).orders
    assert (order.number, order.country, order.lines) == ("7", "France", (Line("21506", 3, Decimal("2.5")),))


def test_a_wrong_file_or_day_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(NoFile, match=r"nowhere\.csv"):
        read_day(tmp_path / "nowhere.csv")
    with pytest.raises(WrongShape, match=r"lacks StockCode, UnitPrice"):
        read_day(a_file(tmp_path, header="InvoiceNo,Description,Quantity,InvoiceDate,CustomerID,Country\n"))
    with pytest.raises(WrongShape):
        read_day(a_file(tmp_path, header=""))
    with pytest.raises(NoOrders):
        read_day(a_file(tmp_path))
    with pytest.raises(NoOrders):
        read_day(a_file(tmp_path, a_row(at="?")))
    with pytest.raises(BrokenFile):
        read_day(tmp_path)
    broken = tmp_path / "broken.csv.xz"
    whole = lzma.compress((HEADER + (a_row() + "\n") * 5000).encode())
    broken.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BrokenFile, match=r"broken\.csv\.xz cannot be read to its end"):
        read_day(broken)
    with pytest.raises(NoSuchDay) as missing:
        read_day(day=date(2010, 12, 24))
    assert "2010-12-06, 2010-12-07, 2010-12-08, 2010-12-09" in missing.value.say("en")
    assert "--day" in missing.value.say("pl")
    many = a_file(tmp_path, *(a_row(at=f"2011-03-{d:02} 09:00:00") for d in range(1, 31)))
    with pytest.raises(NoSuchDay, match=r"2011-03-01 \.\. 2011-03-30 \(30; "):
        read_day(many, date(2012, 1, 1))


# -- what is derived -------------------------------------------------------------------------------------------


def test_another_process_with_another_hash_seed_derives_the_same(data: DayOfData, day: DerivedDay) -> None:
    program = (
        "import hashlib, msgspec\n"
        "from wms.demo.data import read_day\n"
        "from wms.demo.derive import derive_day\n"
        "from wms.demo.stock_plan import inspections, stock_plan\n"
        "from wms.demo.warehouse import layout, staff\n"
        "d = derive_day(read_day())\n"
        "print(hashlib.sha256(msgspec.json.encode((d, stock_plan(d), inspections(d), layout(99), staff()))).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = msgspec.json.encode((day, stock_plan(day), inspections(day), layout(99), staff()))
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_both_shops_sell_and_share_bar_codes(day: DerivedDay) -> None:
    assert Counter(o.shop for o in day.orders) == {"chatka": 62, "ogrod": 44}
    assert Counter(r.shop for r in day.returns) == {"chatka": 19, "ogrod": 15}
    eans = {shop.code: {s.ean for s in day.skus if s.shop == shop.code} for shop in day.shops}
    assert len(eans["chatka"] & eans["ogrod"]) == 433
    codes = {shop.code: {s.code for s in day.skus if s.shop == shop.code} for shop in day.shops}
    assert not codes["chatka"] & codes["ogrod"]
    assert shop_of("17850", "1") == shop_of("17850", "2"), "a buyer stays with a shop"


def test_bar_codes_are_in_store_numbers_and_unique_in_a_shop(day: DerivedDay) -> None:
    for shop in day.shops:
        codes = [
            c for s in day.skus if s.shop == shop.code for c in (s.ean, *([s.case[0]] if s.case else []))
        ]
        assert len(codes) == len(set(codes))
    for sku in day.skus:
        assert stdnum_ean.is_valid(sku.ean)
        assert len(sku.ean) == 13
        assert sku.ean[:2] in {"20", "21"}
        if sku.case:
            assert stdnum_ean.is_valid(sku.case[0])
            assert len(sku.case[0]) == 14
            assert sku.case[0][1:13] == sku.ean[:12]
            assert sku.case[1] in {6, 12, 24}
    assert 0.2 < sum(s.case is not None for s in day.skus) / len(day.skus) < 0.3


@given(st.from_regex(r"[0-9]{5}[A-Z]{0,2}|[A-Z]{4}[0-9]{1,4}", fullmatch=True), st.integers(0, 4))
def test_every_code_has_a_valid_ean(code: str, piece: int) -> None:
    assert stdnum_ean.is_valid(ean13(code, piece))
    assert ean13(code, piece) != ean13(code, piece + 1)
    assert ean13(code, piece) != unknown_ean(code)


def test_skus_are_what_the_catalogue_takes(day: DerivedDay) -> None:
    known = {(s.shop, s.code): s for s in day.skus}
    assert len(known) == len(day.skus)
    for sku in day.skus:
        assert sku.synthetic
        assert sku.name
        assert sku.price >= Decimal("0.01")
        assert sku.price.as_tuple().exponent == -2
        assert min(msgspec.structs.astuple(sku.size)) > 0
        assert sku.lot_policy in {"none", "lot", "expiry"}
        for part in sku.components:
            piece = known[sku.shop, part.sku]
            assert not piece.components
            assert (piece.lot_policy, piece.serial_tracked) == ("none", False)
        if sku.components:
            assert (sku.lot_policy, sku.serial_tracked, sku.case) == ("none", False, None)
            assert sku.size.weight_g == sum(known[sku.shop, p.sku].size.weight_g for p in sku.components)
    counts = Counter(s.lot_policy for s in day.skus)
    assert (counts["expiry"], counts["lot"]) == (69, 39)
    assert sum(s.serial_tracked for s in day.skus) == 11
    assert sum(bool(s.components) for s in day.skus) == 12
    by_name = {s.name: s for s in day.skus}
    assert by_name["LAVENDER INCENSE IN TIN"].lot_policy == "expiry"
    assert by_name["MIRROR LOVE BIRD T-LIGHT HOLDER"].lot_policy != "expiry"


def test_orders_keep_the_data_and_gain_buyers(data: DayOfData, day: DerivedDay) -> None:
    known = {(s.shop, s.code) for s in day.skus}
    assert [o.number for o in day.orders] == [o.number for o in data.orders]
    for real, order in zip(data.orders, day.orders, strict=True):
        assert [n.quantity for n in order.lines] == [n.quantity for n in real.lines], "never capped"
        assert {(order.shop, n.sku) for n in order.lines} <= known
        assert order.recipient.synthetic
        assert order.recipient.email.endswith(("@example.com", "@example.org"))
        right = order.mended or order.recipient
        assert right.name
        assert right.street
        assert right.city
        assert right.phone.startswith("+48990" if right.country == "PL" else "+")
        assert (order.defect is None) == (order.mended is None)
        assert order.mended is None or order.mended != order.recipient
        assert (order.carrier == "automat") == (order.point is not None)
        assert (order.carrier == "swiat") == (right.country != "PL")
        assert order.cod is None or order.carrier == "kurier"
    assert sum(o.defect is not None for o in day.orders) == 6
    assert sum(o.cod is not None for o in day.orders) == 8
    assert Counter(o.carrier for o in day.orders) == {"kurier": 79, "automat": 14, "swiat": 13}


def test_a_country_that_nobody_knows_is_a_bad_address(tmp_path: Path) -> None:
    path = a_file(tmp_path, a_row(country="Unspecified"), a_row(number="2", country="European Community"))
    for order in derive_day(read_day(path)).orders:
        assert (order.recipient.country, order.defect) == (UNKNOWN, "unknown_country")
        assert order.mended
        assert order.mended.country == "PL"


@given(st.text("0123456789", min_size=1, max_size=6), st.sampled_from(sorted(COUNTRIES)))
def test_everybody_lives_somewhere(who: str, country: str) -> None:
    buyer = recipient(who, country)
    assert buyer == recipient(who, country)
    assert len(buyer.country) == 2
    assert buyer.phone[1:].isdigit()
    assert 9 <= len(buyer.phone) <= 15
    assert not set("9A") & set(COUNTRIES[country].postcode) or buyer.postcode


def test_a_return_names_its_order_only_while_the_order_has_goods_left(tmp_path: Path) -> None:
    path = a_file(
        tmp_path,
        a_row(number="1", quantity="5"),
        a_row(number="C2", quantity="-3"),
        a_row(number="C3", quantity="-3"),
        a_row(number="C4", quantity="-2"),
        a_row(number="C5", quantity="-1", customer="1"),
    )
    returns = derive_day(read_day(path)).returns
    assert [r.order for r in returns] == ["1", None, "1", None]
    assert returns[0].announced
    assert returns[2].announced


# -- stock, returns, building ----------------------------------------------------------------------------------


def test_the_plan_covers_the_day_but_for_the_deliberate_shorts(day: DerivedDay) -> None:
    plan = stock_plan(day)
    wanted = demand(day)
    good: Counter[tuple[str, str]] = Counter()
    for asn in plan.asns:
        assert 0 < len(asn.lines) <= 100
        for line in asn.lines:
            good[asn.shop, line.sku] += line.arriving - line.damaged
            assert 0 <= line.damaged <= line.arriving
            assert line.announced > 0
    assert len({a.number for a in plan.asns}) == len(plan.asns)
    assert [a.arrival for a in plan.asns] == ["morning"] * 18 + ["late"] * 2
    assert set(good) <= set(wanted)
    short = [key for key, units in wanted.items() if good[key] < units]
    assert (len(wanted), len(short), len(plan.missing)) == (1681, 50, 24)
    lines = [line for a in plan.asns for line in a.lines]
    assert any(x.arriving > x.announced for x in lines)
    assert any(x.arriving < x.announced for x in lines)
    assert any(x.damaged for x in lines)
    assert {a.shop for a in plan.asns if a.unknown} == {"chatka", "ogrod"}


def test_what_is_followed_arrives_with_what_follows_it(day: DerivedDay) -> None:
    known = {(s.shop, s.code): s for s in day.skus}
    serials: list[tuple[str, str, str]] = []
    today = date(2026, 1, 5)
    expired = 0
    for asn in stock_plan(day, today).asns:
        for line in asn.lines:
            sku = known[asn.shop, line.sku]
            assert not sku.components, "a kit has no stock of its own"
            assert (line.lot is not None) == (sku.lot_policy != "none")
            assert (line.expires_on is not None) == (sku.lot_policy == "expiry")
            assert len(line.serials) == (line.arriving if sku.serial_tracked else 0)
            serials += [(asn.shop, line.sku, s) for s in line.serials]
            expired += line.expires_on is not None and line.expires_on < today
    assert len(serials) == len(set(serials)) > 0
    assert expired == 4


def test_every_returned_unit_is_judged_or_absent(day: DerivedDay) -> None:
    known = {(s.shop, s.code): s for s in day.skus}
    found = inspections(day)
    assert [i.number for i in found] == [r.number for r in day.returns]
    for back, inspection in zip(day.returns, found, strict=True):
        sent = sum(n.quantity * len(with_components(known[back.shop, n.sku])) for n in back.lines)
        assert sum(i.quantity for i in inspection.items) + inspection.absent == sent
        for item in inspection.items:
            assert item.quantity > 0
            assert len(item.serials) == (item.quantity if known[back.shop, item.sku].serial_tracked else 0)
    kinds = {(i.grade, i.disposition) for inspection in found for i in inspection.items}
    assert {d for _, d in kinds} == {"restock", "repack", "repair", "quarantine", "to_shop", "dispose"}
    assert {g for g, d in kinds if d == "restock"} == {"new"}


@given(st.integers(1, 4000), st.integers(0, 10**9))
def test_a_warehouse_has_room_and_one_walk(skus: int, volume: int) -> None:
    plan = layout(skus, volume)
    assert len({p.code for p in plan.locations}) == len(plan.locations)
    bins = [p for p in plan.locations if p.kind == "bin"]
    assert len(bins) >= skus
    assert sum(p.capacity_ml or 0 for p in plan.locations if p.kind == "reserve") * 65 // 100 >= volume
    walked = [p for p in plan.locations if p.walk]
    assert [p.walk for p in walked] == list(range(1, len(walked) + 1))
    assert all(p.pickable == (p.walk > 0) for p in plan.locations)
    assert {p.zone for p in plan.locations} == {z.code for z in plan.zones}
    for before, after in pairwise(bins):
        same_aisle = before.aisle == after.aisle
        assert abs(after.y - before.y) <= (BAY_WIDTH if same_aisle else 0), (
            "no jump along an aisle or at its end"
        )


def test_the_building_has_every_kind_of_place_and_the_shift_every_role() -> None:
    plan = layout(200)
    assert {p.kind for p in plan.locations} == {
        "bin", "reserve", "dock", "work", "packed", "station", "cage", "returns", "quarantine",
    }  # fmt: skip
    assert "A-01-02-3" in {p.code for p in plan.locations}
    people = staff(pickers=30)
    assert len({p.badge for p in people}) == len(people)
    roles = {r for p in people for r in p.roles}
    assert roles == {"receiver", "picker", "packer", "inspector", "supervisor", "care", "admin"}
