"""The rules for lines of SKU data, without a database: whatever comes, no kit lies in a kit and no code has two owners."""

from hypothesis import given
from hypothesis import strategies as st

from wms.catalog.check_skus import Known, check_lines, settled
from wms.catalog.queries import BarcodeLine, ComponentLine, LockedSku, Owner, SkuIn, SkuRow
from wms.kernel.numbers import gtin14

CODES = ("A", "B", "C", "D")
EANS = ("5901234123457", "05901234123457", "96385074", "X-1")

components = st.lists(st.builds(ComponentLine, sku=st.sampled_from(CODES)), max_size=2)
barcodes = st.lists(st.builds(BarcodeLine, code=st.sampled_from(EANS)), max_size=2)
lines = st.lists(
    st.builds(
        SkuIn,
        code=st.sampled_from(CODES),
        name=st.just("n"),
        components=st.none() | components,
        barcodes=st.none() | barcodes,
        serial_tracked=st.sampled_from((False, False, True)),
    ),
    max_size=6,
)


def a_row(number: int, line: SkuIn) -> SkuRow:
    return SkuRow(
        id=number, code=line.code, name="n", weight_g=None, length_mm=None, width_mm=None, height_mm=None, lot_policy="none",
        serial_tracked=line.serial_tracked, kit=bool(line.components), price=None, currency="PLN", picture_url=None,
        active=True, version=1, barcodes=line.barcodes or [], components=line.components or [],
    )  # fmt: skip


def known_of(stored: dict[str, SkuIn]) -> Known:
    rows = {code: a_row(i, line) for i, (code, line) in enumerate(stored.items(), start=1)}
    inside = {c.sku for line in stored.values() for c in line.components or []}
    return Known(
        rows=rows,
        locked={code: LockedSku(row.id, 1, code in inside) for code, row in rows.items()},
        stocked=frozenset(),
        owners=[Owner(b.code, gtin14(b.code), code) for code, row in rows.items() for b in row.barcodes],
    )


def after(stored: dict[str, SkuIn], sent: list[SkuIn]) -> dict[str, SkuIn]:
    known = known_of(stored)
    wanted = [settled(line, known.rows.get(line.code)) for line in sent]
    good, failed = check_lines(wanted, known)
    assert len(good) + len(failed) == len(sent), "every line is either good or told why not"
    return stored | good


@given(lines, lines)
def test_what_is_stored_stays_sound(first: list[SkuIn], second: list[SkuIn]) -> None:
    stored = after(after({}, first), second)
    kits = {code for code, line in stored.items() if line.components}
    owners: dict[str, str] = {}
    for code, line in stored.items():
        parts = [c.sku for c in line.components or []]
        assert not kits & set(parts), "a kit in a kit"
        assert set(parts) <= stored.keys(), "a kit of what is not there"
        assert not (parts and line.serial_tracked)
        for b in line.barcodes or []:
            assert owners.setdefault(gtin14(b.code) or b.code, code) == code, "one code, two SKUs"


@given(lines)
def test_the_same_lines_again_are_as_good(sent: list[SkuIn]) -> None:
    stored = after({}, sent)
    assert after(stored, list(stored.values())) == stored
