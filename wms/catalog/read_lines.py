"""Reading lines of SKU data one by one, so that a line of the wrong shape does not spoil the others."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from wms.catalog.check_skus import Failure
from wms.catalog.queries import SkuIn
from wms.kernel.refusals import Invalid

_AT = re.compile(r" - at `\$(.*)`$")


def read_lines(lines: Sequence[dict[str, Any]]) -> tuple[dict[int, SkuIn], list[Failure]]:
    """The readable lines by their index from 0, and a failure (``Invalid``) for each of the others."""
    good: dict[int, SkuIn] = {}
    bad: list[Failure] = []
    for index, line in enumerate(lines):
        try:
            good[index] = msgspec.convert(line, SkuIn)
        except msgspec.ValidationError as e:
            path = _AT.search(str(e))
            inside = re.sub(r"\.|\[|\]\.?", "/", path[1]).rstrip("/") if path else ""
            refusal = Invalid(
                field=inside.strip("/") or "line", why=_AT.sub("", str(e)), pointer=f"/skus/{index}{inside}"
            )
            bad.append(Failure(index, str(line.get("code", ""))[:64], refusal))
    return good, bad
