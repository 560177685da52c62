"""The rules for a line of SKU data: plain functions over plain values."""

import unicodedata
from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from wms.catalog.errors import (
    BadCheckDigit,
    BarcodeTaken,
    KitOfKit,
    KitTracked,
    PolicyFixed,
    SkuTwice,
    UnknownComponent,
    Unscannable,
    UsedInKit,
)
from wms.catalog.queries import LockedSku, Owner, SkuIn, SkuRow
from wms.kernel.numbers import gs1_check_digit, gtin14
from wms.kernel.refusals import Invalid, Refusal
from wms.kernel.scan import parse_scan
from wms.kernel.text import Text

_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


class Failure(msgspec.Struct, frozen=True):
    """Why line ``index`` (from 0) was not taken; the refusal's pointer leads to the field."""

    index: int
    code: str
    refusal: Refusal

    def at(self, index: int) -> "Failure":
        """The same failure of a line that stood elsewhere in what the caller sent."""
        if self.refusal.pointer:
            inside = self.refusal.pointer.removeprefix(f"/skus/{self.index}")
            self.refusal.pointer = f"/skus/{index}{inside}"
        return Failure(index, self.code, self.refusal)


class Known(msgspec.Struct, frozen=True):
    """What the shop has: its SKUs by code, which of them are in stock, and who has which bar code."""

    rows: Mapping[str, SkuRow]
    locked: Mapping[str, LockedSku]
    stocked: frozenset[int]
    owners: Sequence[Owner]


def normalised(code: str) -> str:
    """A bar code as a scanner will deliver it."""
    return unicodedata.normalize("NFC", code.strip())


def check_barcode(code: str, pointer: str) -> None:
    """Raises ``BadCheckDigit`` or ``Unscannable`` for what no scanner could read as a bar code of goods."""
    if code.isascii() and code.isdigit() and len(code) in _GTIN_LENGTHS and gtin14(code) is None:
        raise BadCheckDigit(barcode=code, digit=gs1_check_digit(code[:-1]), pointer=pointer)
    try:
        scan = parse_scan(code)
    except Refusal as refusal:
        raise Unscannable(barcode=code, why=refusal.code, pointer=pointer) from None
    if scan.kind == "command" or scan.code != code:
        raise Unscannable(barcode=code, why=scan.kind, pointer=pointer)


def settled(line: SkuIn, row: SkuRow | None) -> SkuIn:
    """The line with everything said: bar codes and components that it leaves out are those that the SKU has."""
    barcodes = (row.barcodes if row else []) if line.barcodes is None else line.barcodes
    components = (row.components if row else []) if line.components is None else line.components
    return msgspec.structs.replace(
        line,
        barcodes=[msgspec.structs.replace(b, code=normalised(b.code)) for b in barcodes],
        components=components,
    )


def says_the_same(line: SkuIn, row: SkuRow) -> bool:
    """Whether the settled line would change nothing."""
    listed = msgspec.structs.replace(
        line, barcodes=sorted(line.barcodes or []), components=sorted(line.components or [])
    )
    stored = as_line(row)
    return listed == msgspec.structs.replace(
        stored, barcodes=sorted(stored.barcodes or []), components=sorted(stored.components or [])
    )


def as_line(row: SkuRow) -> SkuIn:
    """A stored SKU as the line that would store it."""
    return SkuIn(**{f: getattr(row, f) for f in SkuIn.__struct_fields__})


def changes_policy(line: SkuIn, row: SkuRow | None) -> bool:
    """Whether the line changes what stock of the SKU must be told apart by."""
    if row is None:
        return False
    wanted = (line.lot_policy, line.serial_tracked, bool(line.components))
    return wanted != (row.lot_policy, row.serial_tracked, row.kit)


def check_lines(lines: Sequence[SkuIn], known: Known) -> tuple[dict[str, SkuIn], list[Failure]]:
    """The good lines by SKU code, and a failure for each of the others. Lines are ``settled``.

    Plain SKUs first, so that a kit may come in the same request as what lies in it.
    """
    good: dict[str, SkuIn] = {}
    failed: list[Failure] = []
    kit_lines = {line.code for line in lines if line.components}
    taken: dict[str, str] = {}
    for owner in known.owners:
        taken[owner.code] = owner.sku
        if owner.gtin:
            taken[owner.gtin] = owner.sku
    for index, line in sorted(enumerate(lines), key=lambda x: (bool(x[1].components), x[0])):
        at = f"/skus/{index}"
        try:
            if line.code in good:
                raise SkuTwice(sku=line.code, pointer=f"{at}/code")
            _check_price(line.price, at)
            _check_policy(line, known, at)
            _check_components(line, known, good, kit_lines, at)
            mine = _check_barcodes(line, taken, at)
        except Refusal as refusal:
            failed.append(Failure(index, line.code, refusal))
            continue
        good[line.code] = line
        taken.update(mine)
    return good, sorted(failed, key=lambda f: f.index)


def _check_price(price: Decimal | None, at: str) -> None:
    if price is None:
        return
    if not price.is_finite() or price < 0 or price >= 10**10 or price != round(price, 2):
        why = Text(
            en="write a price from 0 with two decimals, like 24.90",
            pl="wpisz cenę od 0 z dwoma miejscami po przecinku, np. 24,90",
        )
        raise Invalid(field="price", why=why, pointer=f"{at}/price")


def _check_policy(line: SkuIn, known: Known, at: str) -> None:
    row = known.rows.get(line.code)
    if line.components and (line.serial_tracked or line.lot_policy != "none"):
        raise KitTracked(sku=line.code, pointer=f"{at}/lot_policy")
    if row is not None and changes_policy(line, row) and row.id in known.stocked:
        raise PolicyFixed(sku=line.code, pointer=f"{at}/lot_policy")


def _check_components(
    line: SkuIn, known: Known, good: Mapping[str, SkuIn], kit_lines: set[str], at: str
) -> None:
    locked = known.locked.get(line.code)
    components = line.components or []
    if components and locked is not None and locked.used_in_kit:
        raise UsedInKit(sku=line.code, pointer=f"{at}/components")
    for j, part in enumerate(components):
        here = f"{at}/components/{j}/sku"
        if part.sku not in known.rows and part.sku not in good and part.sku != line.code:
            raise UnknownComponent(sku=line.code, component=part.sku, pointer=here)
        row = known.rows.get(part.sku)
        if part.sku in kit_lines or (row is not None and row.kit and part.sku not in good):
            raise KitOfKit(sku=line.code, component=part.sku, pointer=here)
        if part.sku in {c.sku for c in components[:j]}:
            raise Invalid(
                field="components",
                why=Text(
                    en="{sku} is listed twice; add the quantities",
                    pl="{sku} występuje dwa razy; zsumuj ilości",
                ),
                sku=part.sku,
                pointer=here,
            )


def _check_barcodes(line: SkuIn, taken: Mapping[str, str], at: str) -> dict[str, str]:
    mine: dict[str, str] = {}
    for j, barcode in enumerate(line.barcodes or []):
        here = f"{at}/barcodes/{j}/code"
        check_barcode(barcode.code, here)
        for spelling in {barcode.code, gtin14(barcode.code) or barcode.code}:
            if (owner := taken.get(spelling, line.code)) != line.code or spelling in mine:
                raise BarcodeTaken(barcode=barcode.code, sku=owner, pointer=here)
        mine |= {barcode.code: line.code, (gtin14(barcode.code) or barcode.code): line.code}
    return mine
