"""The one scan parser of the product: what a scanner typed becomes a ``Scan``, or a refusal.

A scan is hostile input until it has been through here. ``parse_scan`` raises nothing but the refusals of
``scan_errors``, in bounded time, for any text. What it lets pass has 512 characters at most and can be stored: no NUL
and no lone surrogates in ``raw``, and in ``code`` nothing unprintable but the GS that separates GS1 elements.

The order in which a code is resolved; the first that fits wins:

1. A bare GTIN-8, -12, -13 or -14 with the right check digit. Eight digits that also are a UPC-E of another item
   are *ambiguous*, unless the scanner says that it read an EAN-8 (``]E4``).
2. The symbology identifier (``]C1``, ``]E0`` ...), if the scanner sends it, is taken off. It is proof of one
   scan of one kind of symbol: ``]C1 ]d2 ]Q3 ]e0 ]J1`` hold GS1 elements and nothing else, ``]E0 ]E3 ]E4`` a GTIN.
   With one of these, a content that does not check is a misread and refused, save a lone SSCC with a wrong check
   digit, which Polish Post prints: it stays text.
3. A bare SSCC (18 digits, or ``00`` and 18) or a bare ``01``/``02`` element of 16 digits, with a right check digit.
4. The same text twice or more in one scan is refused (``ScanDoubled``) where what repeats is a label or command of
   ours or a GTIN, or has 6 characters or more. Steps 1 to 3 come first, so a legal number whose halves happen to be
   equal is never refused; and none of them is a GTIN twice (a doubled EAN-8 that begins like an element never has that
   element's check digit). With an identifier in front of the first half only, one symbol holds both, and it is
   not refused.
5. Our own labels: command ``WMS:``, location ``L-``, badge ``B-``, tote ``T-``, parcel ``P-``, return ``R-``, order ``O-``.
6. GS1 elements without an identifier, if they begin with a checked GTIN or SSCC or have a GS; GS1 Digital Link.
7. Anything else is text: a tracking number, a shop's own barcode.

``kind`` says which of these it was and is a hint: a parcel number of 14 digits passes for a GTIN one time in
ten, and a shop may sell a SKU whose barcode reads ``T-100``. A screen therefore looks for ``code`` among what it
expects (the parcels at a pack station, the barcodes of the SKU) before it believes ``kind``.

**A missing separator.** GS1 ends an element of variable length with FNC1, which a scanner types as GS; many are set
up not to. If the text has no GS, or an element runs past its length, every legal way to read it is listed in
``candidates`` (8 at most). With more than one, or one that needs a separator which is not there, the scan is
``ambiguous``: a field is then set only if it is the same in all of them, or stands before the first doubtful
element. A caller who needs just those fields (the ``gtin`` of a SKU without lots) goes on; one who needs the rest
compares ``candidates`` with what it knows, or asks the worker. Where a GS is present, the scanner is known to send
them, and each element runs to its separator.
"""

import unicodedata
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec
from biip import ParseError
from biip.upc import Upc

from wms.kernel.gs1 import GS, Reading, read_digital_link, read_elements
from wms.kernel.numbers import gtin14, sscc_valid
from wms.kernel.scan_errors import (
    ScanDoubled,
    ScanEmpty,
    ScanMisread,
    ScanTooLong,
    ScanUnknownCommand,
    ScanUnreadable,
)

MAX_SCAN = 512
"""Characters in one scan, before and after cleaning."""

COMMAND_PREFIX = "WMS:"
LOCATION_PREFIX = "L-"
BADGE_PREFIX = "B-"
TOTE_PREFIX = "T-"
PARCEL_PREFIX = "P-"
RMA_PREFIX = "R-"
ORDER_PREFIX = "O-"

Kind = Literal[
    "gtin", "sscc", "gs1", "command", "location", "badge", "tote", "parcel", "rma", "order", "text"
]

_LABELS: dict[str, Kind] = {
    LOCATION_PREFIX: "location",
    BADGE_PREFIX: "badge",
    TOTE_PREFIX: "tote",
    PARCEL_PREFIX: "parcel",
    RMA_PREFIX: "rma",
    ORDER_PREFIX: "order",
}
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_GS1_SYMBOLS = frozenset({"]C1", "]d2", "]Q3", "]e0", "]e1", "]e2", "]J1"})
_EAN_SYMBOLS = frozenset({"]E0", "]E3", "]E4"})
_REPEAT_MIN = 6
"""A repeated part shorter than this, of no known form, is let pass: ``5050`` and ``BOBO`` are names of things."""


class Command(StrEnum):
    """The command bar codes, without their ``WMS:``. Who may give which is for the screen to decide."""

    OK = "OK"
    UNDO = "UNDO"
    SKIP = "SKIP"
    MISSING = "MISSING"
    QTY = "QTY"
    LOGOFF = "LOGOFF"
    DONE = "DONE"
    DAMAGED = "DAMAGED"
    HOME = "HOME"
    CHOICE_1 = "1"
    CHOICE_2 = "2"
    CHOICE_3 = "3"
    CHOICE_4 = "4"
    CHOICE_5 = "5"
    CHOICE_6 = "6"
    CHOICE_7 = "7"
    CHOICE_8 = "8"
    CHOICE_9 = "9"

    @property
    def choice(self) -> int | None:
        """Which of the numbered choices on a screen it names, if it is one of those."""
        return int(self.value) if self.value.isdigit() else None


_COMMANDS = {COMMAND_PREFIX + command.value: command for command in Command}


class Scan(msgspec.Struct, frozen=True):
    """One scan, read.

    ``raw`` is what arrived; ``code`` is that without symbology identifier and noise at the ends, in NFC, prefixes
    kept, GS kept between elements. ``ref`` is what follows the prefix on one of our labels (``A-01-02`` of
    ``L-A-01-02``). ``gtin`` has 14 digits, ``sscc`` 18. ``expires_on`` is AI 17, else 7003, else best-before 15;
    ``count`` is AI 37, else 30; with an AI 02, ``gtin`` is that of the content. ``reason`` says why ``ambiguous``.
    """

    raw: str
    code: str
    kind: Kind
    ref: str | None = None
    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    count: int | None = None
    sscc: str | None = None
    command: Command | None = None
    ambiguous: bool = False
    reason: Literal["missing-separator", "upc-e-or-ean-8"] | None = None
    candidates: tuple[Reading, ...] = ()


def parse_scan(raw: str) -> Scan:
    """Reads one scan; raises ``ScanTooLong``, ``ScanDoubled`` or ``ScanUnreadable`` (or one of its kinds)."""
    length = len(raw)
    if length > MAX_SCAN:
        raise ScanTooLong(length=length, limit=MAX_SCAN)
    if length in _GTIN_LENGTHS and raw.isdigit() and (gtin := gtin14(raw)):
        return _bare_gtin(raw, raw, gtin)

    full = _clean(raw)
    symbol, code = _split_symbol(full)
    if symbol in _EAN_SYMBOLS:
        return _ean(raw, full, symbol, code)
    digits = code.isascii() and code.isdigit()
    if digits and symbol not in _GS1_SYMBOLS and (gtin := gtin14(code)):
        return _bare_gtin(raw, code, gtin)
    if digits and (scan := _bare_element(raw, code, checked=symbol in _GS1_SYMBOLS)):
        return scan
    if unit := _repeated(full):
        raise ScanDoubled(scanned=unit)
    if symbol in _GS1_SYMBOLS:
        return _gs1(raw, code) or _lone_sscc(raw, code)
    if label := _label(raw, code):
        return label
    if code.startswith(COMMAND_PREFIX):
        raise ScanUnknownCommand(scanned=code)
    if GS in code or _begins_checked(code):
        if scan := _gs1(raw, code):
            return scan
        if GS in code:
            raise ScanMisread(scanned=_shown(code))
    elif code[:8].lower().startswith(("https://", "http://")) and (reading := read_digital_link(code)):
        return _from_reading(raw, code, reading)
    return Scan(raw=raw, code=code, kind="text")


def _clean(raw: str) -> str:
    """``raw`` without noise at its ends, in NFC; refuses what no code has inside."""
    code = raw
    if not (code.isascii() and code.isprintable() and code[:1] != " " and code[-1:] != " "):
        if "\0" in raw or any("\ud800" <= char <= "\udfff" for char in raw):
            raise ScanUnreadable()  # neither can be stored, and raw is
        start, end = 0, len(raw)
        while start < end and _is_noise(raw[start]):
            start += 1
        while start < end and _is_noise(raw[end - 1]):
            end -= 1
        code = unicodedata.normalize("NFC", raw[start:end])
        if not code.replace(GS, "").isprintable():
            raise ScanUnreadable()
        if len(code) > MAX_SCAN:
            raise ScanTooLong(length=len(code), limit=MAX_SCAN)
    if not code.strip(GS):
        raise ScanEmpty()
    return code


def _is_noise(char: str) -> bool:
    return char != GS and (char.isspace() or not char.isprintable())


def _split_symbol(code: str) -> tuple[str, str]:
    """An ISO 15424 identifier (``]``, a letter, a modifier) and the rest; the first part is empty if none came."""
    if len(code) > 3 and code[0] == "]" and code.isascii() and code[1].isalpha() and code[2].isalnum():
        return code[:3], code[3:]
    return "", code


def _shown(code: str) -> str:
    return code.replace(GS, " ")[:64]


def _bare_gtin(raw: str, code: str, gtin: str) -> Scan:
    if len(code) == 8 and code[0] in "01" and (other := _upc_e(code)) and other != gtin:
        return Scan(
            raw=raw,
            code=code,
            kind="gtin",
            ambiguous=True,
            reason="upc-e-or-ean-8",
            candidates=(
                Reading(shown=f"EAN-8 {code}", gtin=gtin),
                Reading(shown=f"UPC-E {code}", gtin=other),
            ),
        )
    return Scan(raw=raw, code=code, kind="gtin", gtin=gtin)


def _upc_e(code: str) -> str | None:
    """The 14 digits that a UPC-E of 8 digits stands for."""
    try:
        return gtin14(Upc.parse(code).as_upc_a())
    except (ParseError, ValueError):
        return None


def _ean(raw: str, full: str, symbol: str, code: str) -> Scan:
    # ]E3 is an EAN-13 with its add-on of two or five digits.
    body = code[:13] if symbol == "]E3" and len(code) in (15, 18) else code
    if gtin := gtin14(body):
        return Scan(raw=raw, code=code, kind="gtin", gtin=gtin)
    if unit := _repeated(full) or _repeated(code):
        raise ScanDoubled(scanned=unit)
    raise ScanMisread(scanned=_shown(code))


def _bare_element(raw: str, code: str, *, checked: bool) -> Scan | None:
    """An SSCC with or without ``00``, or a single ``01``/``02``. ``checked``: the symbol proves that it is GS1."""
    if len(code) == 18 and not checked and sscc_valid(code):
        return Scan(raw=raw, code=code, kind="sscc", sscc=code)
    if len(code) == 20 and code[:2] == "00" and sscc_valid(code[2:]):
        return Scan(raw=raw, code=code, kind="sscc", sscc=code[2:])
    if len(code) == 16 and code[:2] in ("01", "02") and (gtin := gtin14(code[2:])):
        return Scan(raw=raw, code=code, kind="gtin", gtin=gtin)
    return None


def _repeated(code: str) -> str | None:
    """What ``code`` consists of two or more times, if that is a code by itself; else None."""
    period = (code + code).find(code, 1)
    if period >= len(code):
        return None
    unit = code[:period]
    if len(unit) >= _REPEAT_MIN or _known(unit):
        return unit
    half = code[: len(code) // 2]
    return half if len(code) % 2 == 0 and half * 2 == code and _known(half) else None


def _known(unit: str) -> bool:
    return (unit[:2] in _LABELS and len(unit) > 2) or unit in _COMMANDS or gtin14(unit) is not None


def _label(raw: str, code: str) -> Scan | None:
    if (command := _COMMANDS.get(code)) is not None:
        return Scan(raw=raw, code=code, kind="command", command=command)
    kind = _LABELS.get(code[:2])
    if kind is None or len(code) == 2 or GS in code:
        return None
    return Scan(raw=raw, code=code, kind=kind, ref=code[2:])


def _begins_checked(code: str) -> bool:
    start = code[:2]
    return (start in ("01", "02") and gtin14(code[2:16]) is not None) or (
        start == "00" and sscc_valid(code[2:20])
    )


def _gs1(raw: str, code: str) -> Scan | None:
    elements = read_elements(code)
    if elements is None:
        return None
    return _from_reading(raw, code.strip(GS), elements.sure, elements.candidates, missing=elements.missing)


def _lone_sscc(raw: str, code: str) -> Scan:
    code = code.strip(GS)
    if len(code) == 20 and code[:2] == "00" and code.isdigit() and code.isascii():
        return Scan(raw=raw, code=code, kind="text")
    raise ScanMisread(scanned=_shown(code))


def _from_reading(
    raw: str, code: str, sure: Reading, candidates: tuple[Reading, ...] = (), *, missing: bool = False
) -> Scan:
    return Scan(
        raw=raw,
        code=code,
        kind="sscc" if sure.sscc else "gtin" if sure.gtin else "gs1",
        gtin=sure.gtin,
        lot=sure.lot,
        expires_on=sure.expires_on,
        serial=sure.serial,
        count=sure.count,
        sscc=sure.sscc,
        ambiguous=missing,
        reason="missing-separator" if missing else None,
        candidates=candidates,
    )
