"""Number ranges, scans of places and handling units, and where a warehouse's own places are."""

import asyncio
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import a_bin, a_tote, a_warehouse, unique
from wms.db.tx import Database
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.scan import parse_scan
from wms.locations.errors import (
    CodeTaken,
    LocationLocked,
    NumbersUsedUp,
    UnknownHandlingUnit,
    UnknownLocation,
)
from wms.locations.handling_units import create_handling_unit, create_totes
from wms.locations.lock_location import lock_location
from wms.locations.number_ranges import create_number_range, take_block, take_numbers
from wms.locations.queries import place, system_location
from wms.locations.resolve import (
    find_handling_unit,
    find_location,
    need_handling_unit,
    need_location,
    refuse_locked,
)
from wms.web.pages import decode_cursor, encode_cursor


async def test_two_at_once_never_get_the_same_number(db: Database) -> None:
    code = unique("N")
    async with db.begin() as tx:
        await create_number_range(tx, code, "plain", 1, 100, low_water=10)

    async def take() -> range:
        async with db.begin() as tx:
            first = await take_numbers(tx, code, 5)
            return range(first, first + 5)

    taken = [n for block in await asyncio.gather(*(take() for _ in range(20))) for n in block]
    assert sorted(taken) == list(range(1, 101))
    with pytest.raises(NumbersUsedUp):
        await take()
    async with db.begin() as tx:
        warned = await tx.value(
            "select count(*) from event where kind = 'number_range.low' and ref = $1", code
        )
    assert warned == 1, "the supervisor is told once, when the range runs low"


async def test_a_rollback_gives_the_numbers_back(db: Database) -> None:
    code = unique("N")
    async with db.begin() as tx:
        await create_number_range(tx, code, "mod37_36", 7, 99, prefix="A", suffix="PL")

    async def take_and_fail() -> None:
        async with db.begin() as tx:
            await take_numbers(tx, code, 9)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await take_and_fail()
    async with db.begin() as tx:
        block = await take_block(tx, code, 2)
    assert (block.first, block.count, block.kind, block.prefix, block.suffix) == (7, 2, "mod37_36", "A", "PL")


async def test_places_by_label_by_code_and_in_small_letters(db: Database) -> None:
    shelf = await a_bin(db)
    async with db.begin() as tx:
        for raw in (shelf.label, shelf.code, shelf.code.lower(), shelf.label.lower()):
            found = await find_location(tx, shelf.warehouse_id, parse_scan(raw))
            assert found is not None, raw
            assert found.id == shelf.id
        assert await find_location(tx, shelf.warehouse_id, "L-") is None
        with pytest.raises(UnknownLocation):
            await need_location(tx, (await a_warehouse(db, shared=False)).id, shelf.label)


async def test_a_locked_place_says_so(db: Database) -> None:
    shelf = await a_bin(db)
    async with db.begin() as tx:
        refuse_locked(await place(tx, shelf.id))
        locked = await lock_location(tx, shelf.id, "Zalana podłoga")
        with pytest.raises(LocationLocked, match="Zalana podłoga"):
            refuse_locked(locked)


async def test_handling_units_by_code_and_by_sscc(db: Database) -> None:
    warehouse, tote = await a_warehouse(db), await a_tote(db)
    sscc = "340123450000000000"
    async with db.begin() as tx:
        pallet = (await create_handling_unit(tx, warehouse.id, "pallet", sscc=sscc)).id
        for raw, wanted in ((tote.code, tote.id), (tote.code.lower(), tote.id), (sscc, pallet), (f"00{sscc}", pallet),
                            (f"]C100{sscc}", pallet)):  # fmt: skip
            found = await find_handling_unit(tx, parse_scan(raw))
            assert found is not None, raw
            assert found.id == wanted
        with pytest.raises(UnknownHandlingUnit):
            await need_handling_unit(tx, "T-NOBODY")


async def test_a_misprinted_sscc_is_refused(db: Database) -> None:
    warehouse = await a_warehouse(db)
    async with db.begin() as tx:
        with pytest.raises(Invalid, match="check digit"):
            await create_handling_unit(tx, warehouse.id, "pallet", sscc="340123450000000001")


async def test_totes_come_all_or_none(db: Database) -> None:
    warehouse, old, new = await a_warehouse(db), await a_tote(db), unique("T-")
    with pytest.raises(CodeTaken, match=old.code):
        async with db.begin() as tx:
            await create_totes(tx, warehouse.id, [new, old.code])
    async with db.begin() as tx:
        assert await find_handling_unit(tx, new) is None


async def test_the_places_that_every_warehouse_has(db: Database) -> None:
    warehouse = await a_warehouse(db, shared=False)
    async with db.begin() as tx:
        for _ in range(2):
            assert await system_location(tx, warehouse.id, "work") == warehouse.locations["WORK"]
        assert await system_location(tx, warehouse.id, "dock") == warehouse.locations["DOCK-1"]
        with pytest.raises(NotFound):
            await system_location(tx, warehouse.id, "cage")


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_a_cursor_says_what_it_was_given(key: int) -> None:
    assert decode_cursor(encode_cursor(key), int) == key


@given(st.text(max_size=40))
def test_any_other_text_is_refused_or_a_number(after: str) -> None:
    with contextlib.suppress(Invalid):
        assert isinstance(decode_cursor(after, int), int)
