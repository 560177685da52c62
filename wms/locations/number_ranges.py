"""Numbers handed out in blocks: SSCCs of handling units, tracking numbers of carriers with a range of their own."""

import msgspec

from wms.db.tx import Tx
from wms.events.log import Event, record
from wms.kernel.numbers import sscc_make
from wms.kernel.refusals import Invalid, NotFound
from wms.kernel.text import Text
from wms.kernel.whys import CHOOSE_FROM, LETTER_OR_DIGIT
from wms.locations.errors import CodeTaken, NumbersInTwoRanges, NumbersMissing, NumbersUsedUp
from wms.printing.cells import risky

KINDS = ("sscc", "s10", "mod37_36", "plain")


class Block(msgspec.Struct, frozen=True):
    """``count`` numbers from ``first``, and how this range prints a number."""

    code: str
    kind: str
    prefix: str
    suffix: str
    first: int
    count: int


TAKE = """
update number_range set next = next + $2 where code = $1 and next + $2 - 1 <= last
returning id, code, kind, prefix, suffix, next - $2 as first, $2::int as count, last - next + 1 as left, low_water
"""


async def take_block(tx: Tx, code: str, n: int = 1) -> Block:
    """``n`` numbers that nobody else ever gets. The range's row stays locked until the transaction ends.

    A rollback gives them back; a number that was taken and not used is a gap, never a repeat. Raises
    ``NumbersMissing`` for an unknown range, ``NumbersUsedUp``.
    """
    if not 1 <= n <= 100_000:
        raise ValueError(f"a block has 1 to 100,000 numbers, not {n}")
    row = await tx.row(TAKE, code, n)
    if row is None:
        left = await tx.value("select last - next + 1 from number_range where code = $1", code)
        if left is None:
            raise NumbersMissing(range=code)
        raise NumbersUsedUp(range=code, left=left, wanted=n)
    if row["left"] < row["low_water"] <= row["left"] + n:
        data = {"left": row["left"]}
        event = Event(
            kind="number_range.low", subject="number_range", subject_id=row["id"], ref=code, data=data
        )
        await record(tx, event)
    return Block(*(row[f] for f in Block.__struct_fields__))


async def take_numbers(tx: Tx, code: str, n: int = 1) -> int:
    """The first of ``n`` numbers in a row; raises like ``take_block``."""
    return (await take_block(tx, code, n)).first


async def take_ssccs(tx: Tx, n: int = 1, code: str = "sscc") -> list[str]:
    """``n`` SSCCs of 18 digits. The range's prefix is the extension digit and the GS1 company prefix."""
    block = await take_block(tx, code, n)
    extension, prefix = int(block.prefix[0]), block.prefix[1:]
    return [sscc_make(extension, prefix, block.first + i) for i in range(n)]


BODY = 17
"""Digits of an SSCC before its check digit: the prefix, and the serial in what is left."""
OTHERS = f"""
select code, first, last from number_range
where code <> $1 and kind = $2 and case
  when kind = 'sscc' then rpad(prefix, {BODY}, '0')::bigint + first <= $8::bigint + $7
    and rpad(prefix, {BODY}, '0')::bigint + last >= $8::bigint + $6
  else prefix = $3 and suffix = $4 and carrier_id = $5 and first <= $7 and last >= $6 end
order by first limit 1
"""


async def check_apart(
    tx: Tx, code: str, kind: str, prefix: str, suffix: str, carrier_id: int | None, first: int, last: int
) -> None:
    """No other range prints one of these numbers: of a carrier its own ranges count, of SSCCs all, whose prefixes may be of
    different lengths. Raises ``NumbersInTwoRanges``; whoever changes ranges waits for whoever is changing them."""
    await tx.run("select pg_advisory_xact_lock(hashtextextended('number_range', 0))")
    base = int(prefix.ljust(BODY, "0")) if kind == "sscc" else 0
    other = await tx.row(OTHERS, code, kind, prefix, suffix, carrier_id, first, last, base)
    if other is not None:
        raise NumbersInTwoRanges(
            first=first, last=last, range=other["code"], others=f"{other['first']}-{other['last']}",
            pointer="/first",
        )  # fmt: skip


async def create_number_range(
    tx: Tx,
    code: str,
    kind: str,
    first: int,
    last: int,
    *,
    prefix: str = "",
    suffix: str = "",
    carrier_id: int | None = None,
    low_water: int = 1000,
) -> int:
    """A new range ``first`` to ``last``. Raises ``CodeTaken``, ``NotFound``, ``NumbersInTwoRanges``, ``Invalid`` for a range
    that cannot be."""
    if kind not in KINDS:
        raise Invalid(field="kind", why=CHOOSE_FROM, choices=", ".join(KINDS), pointer="/kind")
    if not 0 <= first <= last:
        raise Invalid(
            field="last",
            why=Text(
                en="the last number is smaller than the first", pl="ostatni numer jest mniejszy niż pierwszy"
            ),
            pointer="/last",
        )
    if risky(f"{prefix}0{suffix}"):
        raise Invalid(field="prefix", why=LETTER_OR_DIGIT, pointer="/prefix")
    if kind == "sscc":
        try:
            sscc_make(int(prefix[:1] or "x"), prefix[1:], last)
        except ValueError:
            why = Text(
                en="write the extension digit and the GS1 company prefix; the serial must fit the rest of 17 digits",
                pl="wpisz cyfrę rozszerzenia i prefiks firmy GS1; numer seryjny musi zmieścić się w pozostałych z 17 cyfr",
            )
            raise Invalid(field="prefix", why=why, pointer="/prefix") from None
    found = await tx.value(
        "select $1::bigint is null or exists (select from carrier where id = $1)", carrier_id
    )
    if not found:
        raise NotFound(what="carrier", ref=carrier_id)
    await check_apart(tx, code, kind, prefix, suffix, carrier_id, first, last)
    range_id: int | None = await tx.value(
        """insert into number_range (code, kind, first, next, last, prefix, suffix, carrier_id, low_water)
           values ($1, $2, $3, $3, $4, $5, $6, $7, $8) on conflict (code) do nothing returning id""",
        code,
        kind,
        first,
        last,
        prefix,
        suffix,
        carrier_id,
        low_water,
    )
    if range_id is None:
        raise CodeTaken(codes=code, pointer="/code")
    data = {"kind": kind, "first": first, "last": last}
    event = Event(
        kind="number_range.created", subject="number_range", subject_id=range_id, ref=code, data=data
    )
    await record(tx, event)
    return range_id
