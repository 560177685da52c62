"""Numbers of a range: whatever happens to it, no number comes out twice, and each carries its check digit."""

import random
from collections.abc import Callable

import pytest
from stdnum import ean
from stdnum.iso7064 import mod_37_36

from tests.builders import unique
from wms.carriers.own_range.numbers import printed
from wms.carriers.registry import NumberBlock
from wms.db.tx import Database
from wms.kernel.numbers import s10_valid
from wms.locations.errors import NumbersUsedUp
from wms.locations.number_ranges import create_number_range, take_block

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
    last = 60
    async with db.begin() as tx:
        await create_number_range(tx, code, kind, 1, last, prefix=prefix, suffix=suffix, low_water=20)
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
    assert taken == list(range(1, len(taken) + 1)), "in order, with neither a repeat nor a gap"
    assert max(taken) <= last
    assert len(set(numbers)) == len(numbers) > 60
    assert all(valid(kind, number) for number in numbers)


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
