"""Reading lines of SKU data one by one, so that a line of the wrong shape does not spoil the others."""

from collections.abc import Sequence
from typing import Any

import msgspec

from wms.catalog.check_skus import Failure
from wms.catalog.queries import SkuIn
from wms.kernel.shape_words import wrong_shape


def read_lines(lines: Sequence[dict[str, Any]]) -> tuple[dict[int, SkuIn], list[Failure]]:
    """The readable lines by their index from 0, and a failure (``Invalid``) for each of the others."""
    good: dict[int, SkuIn] = {}
    bad: list[Failure] = []
    for index, line in enumerate(lines):
        try:
            sku = msgspec.convert(line, SkuIn)
            if not _storable(line):
                raise msgspec.ValidationError(
                    "holds a character that cannot be stored (NUL or half of a pair)"
                )
            good[index] = sku
        except msgspec.ValidationError as e:
            refusal = wrong_shape(e, f"/skus/{index}", "line")
            bad.append(Failure(index, str(line.get("code", ""))[:64], refusal))
    return good, bad


def _storable(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= c <= "\udfff" for c in value)
    if isinstance(value, dict):
        return all(_storable(v) for v in value.values())
    return not isinstance(value, list) or all(_storable(v) for v in value)
