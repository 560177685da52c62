"""What arrives on the day and what the bench finds in what comes back; synthetic, repeatable, dated from ``today``.

The day is covered with a tenth to spare, but for a few goods in a hundred:

- 1.5 %  never come in full: three fifths of the demand, so orders stay backordered,
- 3 %    come in full only with the late ASN, which fills the backorders,
- 1.5 %  are fewer than announced, 1.5 % more, 1.5 % partly damaged: discrepancies at receiving,
- 1.5 %  arrive whole, but the bin is found with less than the ledger says: short picks.

Goods with serial numbers know only the first two. One ASN per shop also brings goods that nobody announced.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal

import msgspec

from wms.demo.derive import with_components
from wms.demo.dice import between, choose, dice, one_in
from wms.demo.goods import unknown_ean
from wms.demo.things import DemoReturn, DemoSku, DerivedDay

ASN_LINES = 100
"""Most lines that one ASN has."""

Arrival = Literal["morning", "late"]
SUPPLIERS = ("Hurtownia Pod Dębem (demo)", "Import Żuraw (demo)", "Wytwórnia Świec Jaśmin (demo)")


class AsnLine(msgspec.Struct, frozen=True):
    """``arriving`` units come where ``announced`` were promised; ``damaged`` of those that come are broken.

    An ``expires_on`` before the day is a lot that arrives expired. ``serials`` has one for each unit that comes.
    """

    sku: str
    announced: int
    arriving: int
    damaged: int = 0
    lot: str | None = None
    expires_on: date | None = None
    serials: tuple[str, ...] = ()


class UnknownArrival(msgspec.Struct, frozen=True):
    """Goods on the pallet with a bar code that no SKU has."""

    ean: str
    quantity: int


class Asn(msgspec.Struct, frozen=True):
    shop: str
    number: str
    supplier: str
    arrival: Arrival
    lines: tuple[AsnLine, ...]
    unknown: tuple[UnknownArrival, ...] = ()


class Missing(msgspec.Struct, frozen=True):
    """So many units of a SKU are not in the bin where the ledger has them."""

    shop: str
    sku: str
    quantity: int


class StockPlan(msgspec.Struct, frozen=True):
    """ASNs in the order of their arrival; ``volume_ml`` of all that comes, for sizing the warehouse."""

    asns: tuple[Asn, ...]
    missing: tuple[Missing, ...]
    volume_ml: int
    synthetic: bool = True


class FoundItem(msgspec.Struct, frozen=True):
    """``grade``: new, opened or damaged, in the words of the returns bench.

    ``disposition``: restock, repack, repair, quarantine, to_shop, dispose.
    """

    sku: str
    quantity: int
    grade: str
    disposition: str
    lot: str | None = None
    expires_on: date | None = None
    serials: tuple[str, ...] = ()


class Inspection(msgspec.Struct, frozen=True):
    """What the bench finds in one return: kits as their pieces. ``absent`` counts units that were not in the box."""

    shop: str
    number: str
    items: tuple[FoundItem, ...]
    absent: int
    synthetic: bool = True


def demand(day: DerivedDay) -> Counter[tuple[str, str]]:
    """Units by (shop, SKU) that the day takes from the shelves: orders, kits as pieces, and what gets lost.

    Only what lies on a shelf has a key; a SKU without one is not taken at all.
    """
    skus = {(sku.shop, sku.code): sku for sku in day.skus}
    units: Counter[tuple[str, str]] = Counter()
    taken = [(o.shop, line.sku, line.quantity) for o in day.orders for line in o.lines]
    taken += [(a.shop, a.sku, -a.quantity) for a in day.adjustments if a.quantity < 0]
    for shop, code, quantity in taken:
        for part in with_components(skus[shop, code]):
            units[shop, part.sku] += quantity * part.quantity
    return units


def stock_plan(day: DerivedDay, today: date | None = None) -> StockPlan:
    """ASNs that cover ``day``; expiry dates count from ``today``, by default the day of the data."""
    today = today or day.day
    wanted = demand(day)
    lines: dict[tuple[str, Arrival], list[AsnLine]] = {}
    missing: list[Missing] = []
    for sku in day.skus:
        units = wanted[sku.shop, sku.code]
        if units == 0:
            continue
        for arrival, line in _arrivals(sku, units, today):
            lines.setdefault((sku.shop, arrival), []).append(line)
        if not sku.serial_tracked and 90 <= _fate(sku) < 105:
            missing.append(
                Missing(sku.shop, sku.code, between(1, max(1, units // 4), sku.shop, sku.code, "gone"))
            )
    sizes = {(sku.shop, sku.code): sku.size for sku in day.skus}
    volume = sum(
        line.arriving * sizes[shop, line.sku].volume_ml for (shop, _), each in lines.items() for line in each
    )
    order: tuple[Arrival, ...] = ("morning", "late")
    asns = [
        asn
        for arrival in order
        for shop in day.shops
        for asn in _asns(shop.code, arrival, lines.get((shop.code, arrival), []), today)
    ]
    return StockPlan(tuple(asns), tuple(missing), volume)


def inspections(day: DerivedDay, today: date | None = None) -> tuple[Inspection, ...]:
    """What the bench finds in each of the day's returns, in their order."""
    skus = {(sku.shop, sku.code): sku for sku in day.skus}
    return tuple(_inspected(r, skus, today or day.day) for r in day.returns)


def lot_of(sku: DemoSku, today: date, which: int = 0) -> tuple[str | None, date | None]:
    """The code and the expiry of a SKU's lot, as its policy asks; lot 1 lives longer than lot 0."""
    if sku.lot_policy == "none":
        return None, None
    code = f"L{today:%y%m}{'ABCX'[which]}{dice(sku.shop, sku.code, 'lot') % 10_000:04}"
    days = between(90, 400, sku.source, "life") + 240 * which
    return code, today + timedelta(days=days) if sku.lot_policy == "expiry" else None


def _lettered(digits: str) -> str:
    """A serial number of letters: digits could be taken for the next field of a GS1 symbol."""
    return digits.translate(str.maketrans("0123456789", "ABCDEFGHJK"))


def _fate(sku: DemoSku) -> int:
    """0..999: which of the troubles of the docstring this SKU meets, if any."""
    return dice(sku.shop, sku.source, sku.code, "fate") % 1000


def _arrivals(sku: DemoSku, units: int, today: date) -> Iterator[tuple[Arrival, AsnLine]]:
    key = (sku.shop, sku.code)
    spare = between(0, 3, *key, "spare") + units // 10
    fate, some = _fate(sku), units * 3 // 5
    lot, expires = lot_of(sku, today)
    if sku.serial_tracked:
        first = some if fate < 45 else units + spare
        late = units - some + spare if 15 <= fate < 45 else 0
        serials = tuple(_lettered(f"{dice(*key, 'serial') % 10**6:06}{i:05}") for i in range(first + late))
        if first:
            yield "morning", AsnLine(sku.code, first, first, serials=serials[:first])
        if late:
            yield "late", AsnLine(sku.code, late, late, serials=serials[first:])
        return
    if fate < 45:
        if some:
            yield "morning", AsnLine(sku.code, some, some, 0, lot, expires)
        if fate >= 15:
            yield "late", AsnLine(sku.code, units - some + spare, units - some + spare, 0, lot, expires)
        return
    announced = units + spare
    if fate < 60:
        yield "morning", AsnLine(sku.code, announced, units - 1 - units // 10, 0, lot, expires)
    elif fate < 75:
        more = between(1, 3, *key, "more")
        yield "morning", AsnLine(sku.code, announced, announced + more, 0, lot, expires)
    elif fate < 90:
        broken = between(1, 3, *key, "broken")
        yield "morning", AsnLine(sku.code, announced + broken, announced + broken, broken, lot, expires)
    else:
        yield from (("morning", line) for line in _in_full(sku, announced, today))


def _in_full(sku: DemoSku, announced: int, today: date) -> Iterator[AsnLine]:
    """Whole cases where they are large enough; followed goods in two lots, now and then with an expired third."""
    if sku.case and announced * 2 >= sku.case[1]:
        announced = -(-announced // sku.case[1]) * sku.case[1]
    older = announced * 2 // 5 if sku.lot_policy != "none" else 0
    for which, units in enumerate((older, announced - older) if older else (announced,)):
        lot, expires = lot_of(sku, today, which)
        yield AsnLine(sku.code, units, units, 0, lot, expires)
    if sku.lot_policy == "expiry" and one_in(12, sku.shop, sku.code, "expired"):
        lot, _ = lot_of(sku, today, 3)
        yield AsnLine(
            sku.code, 2, 2, 0, lot, today - timedelta(days=between(1, 30, sku.code, "expired days"))
        )


def _asns(shop: str, arrival: Arrival, lines: list[AsnLine], today: date) -> Iterator[Asn]:
    letter = "P" if arrival == "late" else "R"
    for start in range(0, len(lines), ASN_LINES):
        number = f"ASN-{shop.upper()}-{today:%y%m%d}-{letter}{start // ASN_LINES + 1}"
        surprise = arrival == "morning" and start == 0
        unknown = (UnknownArrival(unknown_ean(shop), between(1, 6, shop, "unknown")),) if surprise else ()
        supplier = choose(SUPPLIERS, shop, start)
        yield Asn(shop, number, supplier, arrival, tuple(lines[start : start + ASN_LINES]), unknown)


def _inspected(r: DemoReturn, skus: dict[tuple[str, str], DemoSku], today: date) -> Inspection:
    items: list[FoundItem] = []
    absent = 0
    for line in r.lines:
        for part in with_components(skus[r.shop, line.sku]):
            units = line.quantity * part.quantity
            gone = 1 if units > 1 and one_in(15, r.number, part.sku, "absent") else 0
            absent += gone
            items += _graded(r.number, skus[r.shop, part.sku], units - gone, today)
    return Inspection(r.shop, r.number, tuple(items), absent)


def _graded(number: str, sku: DemoSku, units: int, today: date) -> Iterator[FoundItem]:
    """One item, or two where one in ten pieces of many is worse than the rest."""
    worse = units // 10
    lot, expires = lot_of(sku, today)
    done = 0
    for label, part in (("most", units - worse), ("worse", worse)):
        if part == 0:
            continue
        roll = dice(number, sku.code, label, "grade") % 100
        if label == "worse":
            roll = 75 + roll // 4
        serials = tuple(
            _lettered(f"99{dice(number, sku.code) % 10**6:06}{i:05}") for i in range(done, done + part)
        )
        done += part
        grade, disposition = next((g, d) for limit, g, d in _DECISIONS if roll < limit)
        yield FoundItem(
            sku.code, part, grade, disposition, lot, expires, serials if sku.serial_tracked else ()
        )


_DECISIONS = (
    (60, "new", "restock"),
    (75, "opened", "repack"),
    (82, "damaged", "repair"),
    (88, "damaged", "quarantine"),
    (94, "damaged", "to_shop"),
    (100, "damaged", "dispose"),
)
