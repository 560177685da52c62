"""Is what was scanned the piece that is wanted? A rule over plain values."""

from collections.abc import Sequence
from datetime import date

import msgspec

from wms.kernel.gs1 import Reading
from wms.kernel.scan import Scan
from wms.picking.errors import AmbiguousScan, ExpiredLot, LotNeeded, SerialNeeded, WrongLot, WrongSerial


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """The piece that a task asks for. ``barcodes``: code, GTIN-14 and pieces of each bar code of the SKU.

    ``known`` are the lots (or serial numbers) of the SKU in the bin; ``lot`` and ``serial`` those that are promised.
    """

    sku: str
    barcodes: Sequence[tuple[str, str | None, int]]
    tracked: bool = False
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    known: Sequence[str] = ()


class Said(msgspec.Struct, frozen=True):
    """One way to understand a scan: so many pieces, of this lot, date and serial number where it names them."""

    pieces: int
    lot: str | None
    expires_on: date | None
    serial: str | None


def is_sku(wanted: Wanted, scan: Scan) -> bool:
    """Whether some reading of the scan names the SKU."""
    return bool(_readings(wanted, scan, None, None))


def pieces_of(
    wanted: Wanted, scan: Scan, *, today: date, lot: str | None = None, serial: str | None = None
) -> int | None:
    """How many pieces the scan stands for; None when it is another SKU's code or nobody's.

    ``lot`` and ``serial`` were entered beside a code that does not hold them. A bin with one lot of the SKU needs no
    word about it; with several the scan must name it. Raises ``AmbiguousScan``, ``LotNeeded``, ``SerialNeeded``,
    ``ExpiredLot``, ``WrongLot``, ``WrongSerial``.
    """
    said = _readings(wanted, scan, lot, serial)
    if not said:
        return None
    _refuse_expired(said, wanted, today)
    if wanted.serial is not None:
        said = _of_serial(wanted, said, wanted.serial)
    elif wanted.tracked and wanted.lot is not None:
        said = _of_lot(wanted, said, wanted.lot)
    if len({s.pieces for s in said}) > 1:
        raise _ambiguous(said)
    return said[0].pieces


def _readings(wanted: Wanted, scan: Scan, lot: str | None, serial: str | None) -> list[Said]:
    by_gtin = {gtin: pieces for _, gtin, pieces in wanted.barcodes if gtin}
    by_code = {code: pieces for code, _, pieces in wanted.barcodes} | {wanted.sku: 1}
    plain = by_code.get(scan.code) or by_code.get(scan.raw.strip())
    readings: tuple[Reading | Scan, ...] = scan.candidates or (scan,)
    found: dict[Said, None] = {}
    for r in readings:
        pieces = by_gtin.get(r.gtin) if r.gtin else None
        if pieces is None:
            pieces = plain
        if pieces is not None:
            found.setdefault(Said(pieces * (r.count or 1), r.lot or lot, r.expires_on, r.serial or serial))
    return list(found)


def _of_serial(wanted: Wanted, said: list[Said], expected: str) -> list[Said]:
    named = [s for s in said if s.serial]
    if not named:
        raise SerialNeeded(sku=wanted.sku, expected=expected)
    known = [s for s in named if s.serial in wanted.known] or named
    if len({s.serial for s in known}) > 1:
        raise _ambiguous(known)
    if known[0].serial != expected:
        raise WrongSerial(found=known[0].serial, expected=expected)
    return known


def _of_lot(wanted: Wanted, said: list[Said], expected: str) -> list[Said]:
    named = [s for s in said if s.lot]
    if not named:
        dated = [s for s in said if s.expires_on]
        if dated and wanted.expires_on is not None:
            return _of_date(dated, wanted.expires_on, expected)
        if len(wanted.known) > 1:
            raise LotNeeded(sku=wanted.sku, expected=expected)
        return said
    # A reading whose lot lies in the bin is worth more than one that nobody has heard of.
    known = [s for s in named if s.lot in wanted.known] or named
    if len({s.lot for s in known}) > 1:
        raise _ambiguous(known)
    if known[0].lot != expected:
        raise WrongLot(found=known[0].lot, expected=expected)
    dated = [s for s in known if s.expires_on]
    if dated and wanted.expires_on is not None:
        return _of_date(dated, wanted.expires_on, expected)
    return known


def _of_date(said: list[Said], expires_on: date, expected: str) -> list[Said]:
    right = [s for s in said if s.expires_on == expires_on]
    if not right:
        found = said[0].expires_on
        assert found is not None
        raise WrongLot(found=f"{said[0].lot or ''} {found.isoformat()}".strip(), expected=expected)
    return right


def _refuse_expired(said: list[Said], wanted: Wanted, today: date) -> None:
    """Expired goods go nowhere, whatever lot they are; so does a promised lot that expired while it waited."""
    days = [s.expires_on for s in said if s.expires_on is not None]
    if wanted.expires_on is not None and (not days or wanted.expires_on < today):
        days = [wanted.expires_on]
    if days and max(days) < today:
        raise ExpiredLot(expired=max(days).isoformat(), sku=wanted.sku)


def _ambiguous(said: Sequence[Said]) -> AmbiguousScan:
    choices = [
        " ".join(str(v) for v in (s.lot, s.serial, s.expires_on, f"× {s.pieces}") if v is not None)
        for s in said
    ]
    return AmbiguousScan(said="; ".join(choices), choices=choices)
