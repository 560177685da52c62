"""Numbers of a range: whatever happens to it, no number comes out twice, and each carries its check digit."""

import random
from collections.abc import Callable

import pytest
from stdnum import ean
from stdnum.iso7064 import mod_37_36

from tests.builders import a_carrier, unique
from wms.carriers.own_range.numbers import printed
from wms.carriers.registry import NumberBlock
from wms.db.tx import Database
from wms.kernel.numbers import s10_valid
from wms.locations.errors import NumbersInTwoRanges, NumbersUsedUp
from wms.locations.number_ranges import create_number_range, take_block
from wms.shipping.create_carrier import extend_number_range

VALID: dict[str, tuple[str, str, Callable[[str], object]]] = {
    "sscc": ("35900773", "", ean.is_valid),
    "mod37_36": ("0530511", "", mod_37_36.is_valid),
    "s10": ("RR", "PL", s10_valid),
    "plain": ("PX", "X", lambda number: number[2:-1].isdigit()),
}
"""Prefix, suffix, and who else says that a number is right; python-stdnum knows no S10."""


def valid(kind: str, number: str) -> bool:
    if kind == "sscc":  # stdnum knows lengths up to 14, the digit is made alike
        return len(number) == 18 and ean.calc_check_digit(number[:-1]) == number[-1]
    return bool(VALID[kind][2](number))


@pytest.mark.parametrize("kind", VALID)
@pytest.mark.parametrize("seed", range(3))
async def test_no_number_comes_out_twice_whatever_happens(db: Database, kind: str, seed: int) -> None:
    """Blocks of any size, transactions that fail, a range that runs out and gets more."""
    dice, code = random.Random(f"{kind}{seed}"), unique("R")
    prefix, suffix, _ = VALID[kind]
    first = seed * 100_000 + 1
    last = first + 59
    async with db.begin() as tx:
        await create_number_range(tx, code, kind, first, last, prefix=prefix, suffix=suffix, low_water=20)
    taken: list[int] = []
    numbers: list[str] = []
    for _ in range(40):
        n = dice.choice((1, 1, 2, 5, 10, 30))
        try:
            async with db.begin() as tx:
                block = await take_block(tx, code, n)
                if dice.random() < 0.3:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            continue
        except NumbersUsedUp:
            last += dice.choice((15, 100))
            async with db.begin() as tx:
                await tx.run("update number_range set last = $2 where code = $1", code, last)
            continue
        one = NumberBlock(block.first, block.count, block.kind, block.prefix, block.suffix)
        taken += range(block.first, block.first + block.count)
        numbers += [printed(one, number) for number in range(block.first, block.first + block.count)]
    assert taken == list(range(first, first + len(taken))), "in order, with neither a repeat nor a gap"
    assert max(taken) <= last
    assert len(set(numbers)) == len(numbers) > 60
    assert all(valid(kind, number) for number in numbers)


async def test_no_number_is_in_two_ranges(db: Database) -> None:
    one, other = await a_carrier(db), await a_carrier(db)
    prefix = unique("P")[:6]

    async def make(
        first: int, last: int, carrier: int | None, kind: str = "plain", prefix: str = prefix
    ) -> str:
        code = unique("R")
        async with db.begin() as tx:
            await create_number_range(tx, code, kind, first, last, prefix=prefix, carrier_id=carrier)
        return code

    low = await make(100, 199, one.id)
    await make(300, 399, one.id)
    for first, last in ((199, 250), (1, 100), (120, 130), (50, 500)):
        with pytest.raises(NumbersInTwoRanges, match=f"in range {low}"):
            await make(first, last, one.id)
    await make(120, 130, other.id)
    await make(120, 130, one.id, prefix=f"{prefix}X")
    with pytest.raises(NumbersInTwoRanges):
        async with db.begin() as tx:
            await extend_number_range(tx, low, 300)
    async with db.begin() as tx:
        await extend_number_range(tx, low, 299)
        await take_block(tx, low, 150)
    with pytest.raises(NumbersInTwoRanges):  # also what is taken already
        await make(100, 110, one.id)
    company = f"3{random.randrange(10**6):06}"
    await make(1, 50, one.id, "sscc", company)
    with pytest.raises(NumbersInTwoRanges):  # one GS1 prefix, one world
        await make(50, 60, other.id, "sscc", company)
    # 3 123456 + 10 digits, and 3 1234567 + 9 digits: the longer one lies within the shorter one from 7,000,000,000 on
    await make(5, 10, one.id, "sscc", f"{company}7")
    with pytest.raises(NumbersInTwoRanges):
        await make(7_000_000_010, 7_000_000_020, one.id, "sscc", company)
    await make(7_000_000_011, 7_000_000_020, one.id, "sscc", company)
    with pytest.raises(NumbersInTwoRanges):
        await make(11, 11, one.id, "sscc", f"{company}7")
    await make(21, 30, one.id, "sscc", f"{company}7")


async def test_a_low_range_is_said_once_for_each_time_it_runs_low(db: Database) -> None:
    code = unique("R")
    async with db.begin() as tx:
        await create_number_range(tx, code, "plain", 1, 30, low_water=10)

    async def warned() -> list[int]:
        async with db.begin() as tx:
            rows = await tx.rows(
                "select data from event where kind = 'number_range.low' and ref = $1 order by id", code
            )
        return [row["data"]["left"] for row in rows]

    for n, left in ((20, []), (1, [9]), (1, [9]), (5, [9])):
        async with db.begin() as tx:
            await take_block(tx, code, n)
        assert await warned() == left
    async with db.begin() as tx:
        await tx.run("update number_range set last = 60 where code = $1", code)
        await take_block(tx, code, 33 - 8)
    assert await warned() == [9, 8]
