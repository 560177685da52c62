"""What is this? One scan of anything on the floor, answered from two statements, whatever it is and holds."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.gs1 import Reading
from wms.kernel.scan import LOCATION_PREFIX, Scan, parse_scan
from wms.kernel.scan_errors import ScanMisread
from wms.reporting.errors import BadgeTellsNothing, CommandTellsNothing, NothingKnown
from wms.reporting.lookup_sql import DETAIL, FIND, MOST_THINGS
from wms.reporting.lookup_texts import GOING_ON, LABELS, NO, REFS, STATES_OF, TITLES, YES

Kind = Literal["location", "unit", "parcel", "order", "sku", "rma", "asn", "receipt", "lot"]
Say = Callable[..., str]
"""How a ``Text`` is said: ``say(text, **values)``."""


class Fact(msgspec.Struct, frozen=True):
    """``code`` is stable; ``label`` is for people. Times are RFC 3339, states the words of the API."""

    code: str
    label: str
    value: str


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """One line of what is inside, or on the order, the return or the ASN.

    ``quantity`` pieces, ``allocated`` of them promised; ``done`` are picked (order), inspected (return) or received
    (ASN), and null where that is no question.
    """

    shop: str
    sku: str
    name: str
    quantity: int
    allocated: int = 0
    done: int | None = None
    location: str | None = None
    unit: str | None = None
    lot: str | None = None
    serial: str | None = None
    expires_on: date | None = None
    status: str | None = None


class GoingOn(msgspec.Struct, frozen=True, kw_only=True):
    """An open task or a hold. ``text`` says it; ``person`` has it in hand; ``at``: since when, or due when."""

    kind: str
    text: str
    ref: str | None
    state: str | None
    person: str | None
    quantity: int | None
    at: datetime | None


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """``contents`` holds the first 50 of ``lines`` lines, ``going_on`` at most 20; ``units`` are pieces in all lines."""

    kind: Kind
    id: int
    shop_id: int | None
    shop: str | None
    ref: str
    title: str
    facts: list[Fact]
    contents: list[Content]
    lines: int
    units: int
    going_on: list[GoingOn]


class Lookup(msgspec.Struct, frozen=True):
    """Everything that has this code, likeliest first: mostly one thing, several where shops sell the same EAN.

    ``more``: there are others than the six told.
    """

    code: str
    things: list[Thing]
    more: bool


async def look_up(tx: Tx, raw: str, say: Say, warehouse_id: int | None = None) -> Lookup:
    """What the scan is: place, unit, parcel, order, goods, return, ASN, receipt, lot or serial number.

    ``warehouse_id`` tells places of one code in several warehouses apart. Raises what the parser says of noise,
    ``CommandTellsNothing``, ``BadgeTellsNothing``, ``NothingKnown``.
    """
    try:
        scan = parse_scan(raw)
    except ScanMisread:
        # a courier's own code may begin like a GS1 element and be none: its plain text can still be a number of ours
        scan = Scan(raw=raw, code=raw.strip(), kind="text")
    if scan.command is not None:
        raise CommandTellsNothing(scanned=scan.code)
    found = await tx.rows(FIND, _spellings(scan), _gtins(scan), scan.sscc, warehouse_id)
    if not found:
        raise (BadgeTellsNothing() if scan.kind == "badge" else NothingKnown(scanned=scan.code[:60]))
    shown = found[:MOST_THINGS]
    details = await tx.rows(
        DETAIL, [r["kind"] for r in shown], [r["shop_id"] for r in shown], [r["id"] for r in shown]
    )
    things = [_thing(r, d, say) for r, d in zip(shown, details, strict=True)]
    return Lookup(code=scan.code[:60], things=things, more=len(found) > MOST_THINGS)


def _spellings(scan: Scan) -> list[str]:
    """The code as it came, without our label's prefix, and in capitals, as people type it."""
    found = {scan.code, scan.raw.strip(), scan.code.upper()} | {c for c in (scan.ref, scan.sscc) if c}
    if scan.code[:2].upper() == LOCATION_PREFIX:
        found |= {scan.code[2:], scan.code[2:].upper()}
    return sorted(c for c in found if c)


def _gtins(scan: Scan) -> list[str]:
    readings: tuple[Reading | Scan, ...] = scan.candidates or (scan,)
    return sorted({r.gtin for r in readings if r.gtin})


def _thing(row: Any, detail: Any, say: Say) -> Thing:
    facts = [
        Fact(code=code, label=say(LABELS[code]), value=_value(value, say))
        for code, value in row["facts"].items()
        if value is not None and value != ""
    ]
    return Thing(
        kind=row["kind"], id=row["id"], shop_id=row["shop_id"] or None, shop=row["shop"], ref=row["ref"],
        title=say(TITLES[row["kind"]], ref=row["ref"], shop=row["shop"] or ""),
        facts=sorted(facts, key=lambda f: _ORDER[f.code]), contents=msgspec.convert(detail["contents"], list[Content]),
        lines=detail["total"], units=detail["units"],
        going_on=[
            GoingOn(
                kind=g["kind"], text=_going_on(g, say), ref=g["ref"], state=g["state"],
                person=g["person"], quantity=g["quantity"], at=g["at"] and datetime.fromisoformat(g["at"]),
            )
            for g in detail["going_on"]
        ],
    )  # fmt: skip


def _going_on(g: dict[str, Any], say: Say) -> str:
    """States and reasons that are words of ours are said in words; a reason that somebody wrote stays as it is."""
    state = STATES_OF.get(g["kind"], {}).get(g["state"])
    ref = REFS.get(g["kind"], {}).get(g["ref"])
    values = g | {"state": say(state) if state else g["state"], "ref": say(ref) if ref else g["ref"]}
    return say(GOING_ON[g["kind"]], **{k: v for k, v in values.items() if k != "kind"})


_ORDER = {code: n for n, code in enumerate(LABELS)}


def _value(value: object, say: Say) -> str:
    if isinstance(value, bool):
        return say(YES if value else NO)
    return str(value)[:300]
