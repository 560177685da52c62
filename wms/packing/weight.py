"""What a parcel should weigh, and whether the scale agrees. Weights are whole grams."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from wms.kernel.text import Text

TOLERANCE_G = 30
TOLERANCE_PERCENT = 3

Outcome = Literal["ok", "light", "heavy", "unknown"]


class WeighedItem(msgspec.Struct, frozen=True):
    """``quantity`` pieces of a SKU; ``weight_g`` of one piece, None (or 0) where nobody has weighed it yet."""

    sku: str
    quantity: int
    weight_g: int | None


class ExpectedWeight(msgspec.Struct, frozen=True):
    """``grams`` of all that is known; ``unknown`` are the SKUs without a weight, so the parcel weighs more."""

    grams: int
    unknown: tuple[str, ...] = ()


class WeightVerdict(msgspec.Struct, frozen=True):
    """The scale against the expectation.

    ``difference_g`` is measured less expected. ``suspects`` are SKUs of which one piece too few or too many
    would explain the difference. ``outcome`` is unknown where a SKU has no weight and the parcel is not too light.
    """

    outcome: Outcome
    expected_g: int
    measured_g: int
    difference_g: int
    tolerance_g: int
    suspects: tuple[str, ...] = ()


def expected_weight(items: Sequence[WeighedItem], *, carton_g: int, inserts_g: int = 0) -> ExpectedWeight:
    """Items, the empty carton, and the inserts with the filling."""
    known = sum(item.quantity * (item.weight_g or 0) for item in items)
    unknown = dict.fromkeys(item.sku for item in items if not item.weight_g and item.quantity)
    return ExpectedWeight(known + carton_g + inserts_g, tuple(unknown))


def tolerance(expected_g: int) -> int:
    """How far the scale may be off, in grams: 30 g or 3 %, whichever is more."""
    return max(TOLERANCE_G, expected_g * TOLERANCE_PERCENT // 100)


def judge_weight(
    expected: ExpectedWeight, measured_g: int, items: Sequence[WeighedItem] = ()
) -> WeightVerdict:
    """Compare; with ``items`` it also names what may be missing or too many.

    Raises ValueError when the scale shows nothing: an empty scale is no measurement.
    """
    if measured_g <= 0:
        raise ValueError("a parcel weighs more than nothing")
    allowed = tolerance(expected.grams)
    difference = measured_g - expected.grams
    outcome: Outcome = "ok"
    if difference < -allowed:
        outcome = "light"  # true even when some weights are unknown: those only make it lighter still
    elif expected.unknown:
        outcome = "unknown"
    elif difference > allowed:
        outcome = "heavy"
    suspects: tuple[str, ...] = ()
    if outcome in ("light", "heavy"):
        suspects = _suspects(items, abs(difference), allowed)
    return WeightVerdict(outcome, expected.grams, measured_g, difference, allowed, suspects)


def _suspects(items: Sequence[WeighedItem], off_g: int, allowed: int) -> tuple[str, ...]:
    close = [(abs(item.weight_g - off_g), item.sku) for item in items if item.weight_g and item.quantity]
    return tuple(dict.fromkeys(sku for off, sku in sorted(close) if off <= allowed))


SENTENCES: dict[Outcome, Text] = {
    "ok": Text(en="The weight is right.", pl="Waga się zgadza."),
    "light": Text(
        en="The parcel is {off} g too light: something may be missing. Check what is inside.",
        pl="Paczka jest za lekka o {off} g: może czegoś brakować. Sprawdź zawartość.",
    ),
    "heavy": Text(
        en="The parcel is {off} g too heavy: there may be too much in it. Check what is inside.",
        pl="Paczka jest za ciężka o {off} g: może być w niej coś dodatkowego. Sprawdź zawartość.",
    ),
    "unknown": Text(
        en="The weight cannot be checked: some items have no weight yet. Compare the contents with the screen.",
        pl="Nie można sprawdzić wagi: część towarów nie ma jeszcze wagi. Porównaj zawartość z ekranem.",
    ),
}
"""What the pack station says; ``off`` is ``abs(difference_g)``."""
