"""What a handheld sends: one scan, with the screen's step that it was made for."""

from typing import Any

import msgspec
from litestar import Request

from wms.kernel.refusals import Invalid
from wms.kernel.scan import MAX_SCAN, Scan, parse_scan
from wms.kernel.whys import BETWEEN

WORD = 200
"""Characters of any other field that are read."""


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """``raw`` as the scanner typed it. ``step`` is what the screen was waiting for, empty for a scan that was made
    while others were still on their way. ``quantity`` are pieces entered on the number pad. ``fields`` holds
    whatever else the screen's buttons send."""

    raw: str
    step: str = ""
    quantity: int | None = None
    fields: dict[str, str] = {}

    @property
    def scan(self) -> Scan:
        """The scan, read. Raises the refusals of ``wms.kernel.scan``."""
        return parse_scan(self.raw)

    def part(self, n: int) -> str | None:
        """Part ``n`` of a step of the form ``task:step``; None where there is none."""
        parts = self.step.split(":")
        return parts[n] if n < len(parts) and parts[n] else None

    def number(self, n: int) -> int | None:
        """Part ``n`` of the step as a number."""
        part = self.part(n)
        return int(part) if part is not None and part.isdigit() and len(part) < 16 else None


async def scanned(request: Request[Any, Any, Any]) -> Scanned:
    """The scan of a request. Raises ``Invalid`` for a number that is none; a longer scan than any is cut, and refused
    by the parser for its length."""
    form = await request.form()
    said = {k: v for k, v in form.items() if isinstance(v, str)}
    quantity = said.get("quantity", "").strip()
    if quantity and not (quantity.isascii() and quantity.isdigit() and len(quantity) < 10):
        raise Invalid(field="quantity", why=BETWEEN, low=0, high=999_999_999, pointer="/quantity")
    own = ("scan", "step", "quantity", "at", "_key", "_csrf")
    return Scanned(
        raw=said.get("scan", "")[: MAX_SCAN * 2],
        step=said.get("step", "")[:WORD],
        quantity=int(quantity) if quantity else None,
        fields={k[:40]: v[:WORD] for k, v in list(said.items())[:40] if k not in own},
    )
