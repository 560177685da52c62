"""Synthetic properties of goods: bar codes, sizes, policies and pieces, all by code and description alone.

So the same goods are the same everywhere: in both shops, on every day, in every file.
"""

import re
from typing import Final

import msgspec

from wms.demo.dice import between, choose, dice, one_in

_REGULAR: Final = re.compile(r"([0-9]{5})([A-Z]{0,2})")

_SCENTED: Final = re.compile(
    r"^(?!.*(HOLDER|CANDLESTICK|DISH|RACK|PLATE|STAND|SPIKE|FOR CANDLE))"
    r".*(\bCANDLES?\b|\bINCENSE\b|\bSOAP\b|FRAGRANCE|BATH SALTS|LIP GLOSS|\bBALM\b)"
)
_PERISHABLE: Final = re.compile(r"PLASTERS IN TIN|GROW YOUR OWN|SEED ENVELOPES|\bBUBBLES\b|FACE PAINT")
_SERIAL: Final = re.compile(
    r"SEWING BOX|BATHROOM SCALES|CHEST \d|MINI CHEST|\bCABIN BAG\b|ROTATOR|NEWSPAPER STAND"
)
_SET: Final = re.compile(r"\b(?:SET ?/|SET OF |S/)([2-4])\b")

# Words, weight in grams, and the longest, middle and shortest side in millimetres, each from least to most.
_SIZES: Final[tuple[tuple[re.Pattern[str], tuple[int, int], tuple[tuple[int, int], ...]], ...]] = tuple(
    (re.compile(words), weight, sides)
    for words, weight, sides in (
        (r"CABINET|CHEST|TABLE\b|CHAIR|SHELF|STOOL|POUFFE|WHEELBARROW|RACK|DRAWER|SEWING BOX",
         (900, 3800), ((260, 420), (200, 320), (90, 220))),
        (r"CARD\b|WRAP|NAPKIN|STICKER|PAPER|TISSUE|ENVELOPE|DOIL|TAGS?\b|NOTEBOOK|CASES|TATTOO|RIBBON",
         (15, 180), ((120, 240), (80, 160), (3, 20))),
        (r"NECKLACE|BRACELET|EARRING|RING\b|CHARM|HAIR|BROOCH|BADGE|MAGNET|KEY|PEN\b|PENCIL|BEAD",
         (8, 70), ((60, 120), (40, 80), (8, 25))),
        (r"MUG|CUP|GLASS|CERAMIC|BOWL|PLATE|TEAPOT|JAR|JUG|VASE|BOTTLE|CHINA|PORCELAIN",
         (180, 750), ((90, 180), (80, 130), (70, 120))),
        (r"BAG\b|CUSHION|TOWEL|APRON|THROW|COVER|BUNTING|FLANNEL|SCARF|QUILT|SLIPPER|DOORMAT",
         (60, 520), ((180, 340), (120, 240), (10, 60))),
        (r"METAL|ZINC|ENAMEL|TIN\b|TINS\b|LANTERN|IRON|CLOCK|CAKESTAND|CAKE STAND",
         (150, 1400), ((110, 300), (90, 220), (40, 160))),
        (r"WOOD|BOX|FRAME|BASKET|TRAY|CRATE|SIGN|HEATER|PUZZLE|JIGSAW|GAME",
         (120, 900), ((120, 300), (90, 220), (15, 110))),
        (r"", (40, 420), ((80, 220), (60, 150), (15, 90))),
    )
)  # fmt: skip


class Size(msgspec.Struct, frozen=True):
    """Grams and millimetres, with the wrapping."""

    weight_g: int
    length_mm: int
    width_mm: int
    height_mm: int

    @property
    def volume_ml(self) -> int:
        return -(-self.length_mm * self.width_mm * self.height_mm // 1000)


def check_digit(digits: str) -> str:
    """The GS1 check digit (weights 3 and 1 from the right) of any length of ``digits``.

    >>> check_digit("590123412345")
    '7'
    """
    total = sum(int(d) * (3 if i % 2 == 0 else 1) for i, d in enumerate(reversed(digits)))
    return str(-total % 10)


def ean13(code: str, piece: int = 0) -> str:
    """An in-store EAN-13 for goods, or for piece 1..99 of a kit.

    A code of five digits and up to two letters is spelled out in it (range 20), so two of them never meet; any
    other code is hashed (range 21). In range 22 lie goods that nobody announced (``unknown_ean``).
    """
    regular = _REGULAR.fullmatch(code)
    if regular:
        letters = 0
        for letter in regular[2]:
            letters = letters * 27 + ord(letter) - ord("A") + 1
        body = f"20{regular[1]}{letters:03}{piece:02}"
    else:
        body = f"21{dice('ean', code, piece) % 10**10:010}"
    return body + check_digit(body)


def unknown_ean(*keys: object) -> str:
    """An in-store EAN-13 that no SKU has."""
    body = f"22{dice('unknown', *keys) % 10**10:010}"
    return body + check_digit(body)


def case_of(code: str) -> tuple[str, int] | None:
    """GTIN-14 of a full case and how many units lie in it, for one in four goods."""
    if not one_in(4, code, "case"):
        return None
    body = "1" + ean13(code)[:12]
    return body + check_digit(body), choose((6, 12, 24), code, "case size")


def lot_policy(code: str, description: str) -> str:
    """``expiry``, ``lot`` or ``none``."""
    text = description.upper()
    if _SCENTED.search(text) or _PERISHABLE.search(text):
        return "expiry"
    return "lot" if one_in(40, code, "lot") and not pieces_of(code, description) else "none"


def serial_tracked(code: str, description: str) -> bool:
    """A very few: some chests, cabinets, scales and the like."""
    text = description.upper()
    return bool(_SERIAL.search(text)) and lot_policy(code, text) == "none" and not pieces_of(code, text)


def pieces_of(code: str, description: str) -> int:
    """How many pieces a kit has (2 to 4); 0 for what is no kit. One set in four is stored as its pieces."""
    found = _SET.search(description.upper())
    if not found or _SCENTED.search(description.upper()) or not one_in(4, code, "in pieces"):
        return 0
    return int(found[1])


def size_of(code: str, description: str, piece: int = 0) -> Size:
    """Weight and sides of goods, or of one piece of a kit. Small things weigh what small things weigh."""
    text = description.upper()
    weight, sides = next((w, s) for words, w, s in _SIZES if words.search(text))
    # One roll for all, so that what is large is also heavy.
    share = between(0, 1000, code, "size", piece)
    low_high = [low + (high - low) * share // 1000 for low, high in (weight, *sides)]
    return Size(*low_high)
