"""The ledger's verbs: the only code that writes moves, balances and allocations."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import asyncpg
import msgspec

from wms.db.tx import Tx
from wms.stock.errors import (
    SHOWN,
    AllocatedElsewhere,
    AlreadySettled,
    AlreadyThere,
    NotEnoughStock,
    SerialElsewhere,
)
from wms.stock.statements import ALLOCATE, POST, POST_ONE, VOID

Status = Literal["sellable", "quarantine", "damaged", "expired"]

MAX_QUANTITY = 1_000_000
ALONE = 1
"""So many moves have a statement of their own; with 0 every move is posted as one of many."""


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """Take ``quantity`` from one place to another. 0 means no handling unit, no lot.

    ``reason`` is the business step in the words of GS1 CBV (receiving, storing, picking, packing, shipping,
    inspecting, returning, destroying, cycle_counting ...). With an ``allocation_id`` the move settles that
    allocation: the goods leave the balance that it was made on.
    """

    shop_id: int
    sku_id: int
    quantity: int
    from_location: int
    to_location: int
    reason: str
    from_hu: int = 0
    to_hu: int = 0
    lot_id: int = 0
    status: Status = "sellable"
    to_status: Status | None = None
    order_id: int | None = None
    order_line_id: int | None = None
    allocation_id: int | None = None
    doc: str | None = None


async def post(tx: Tx, moves: Sequence[Move]) -> list[int]:
    """Writes the moves and both balances of each; returns the moves' ids in the order given.

    All or nothing; only the net effect on each balance counts, so goods may pass through a place. A move that settles
    an allocation gets its order and line. Raises ``NotEnoughStock`` with every shortage, ``AlreadySettled`` when an
    allocation has less open than the moves want, ``AllocatedElsewhere`` when it was made on other goods,
    ``SerialElsewhere`` when a serial number would be in two places, ``AlreadyThere`` for a move to where the goods
    are. What a scan cannot cause is a fault of the caller: ValueError for a quantity out of range, LookupError for a
    place, lot, handling unit or SKU that the shop does not have.
    """
    if not moves:
        return []
    for m in moves:
        if not 0 < m.quantity <= MAX_QUANTITY:
            raise ValueError(f"a move has a quantity of 1 to {MAX_QUANTITY}, not {m.quantity}")
        to_status = m.to_status or m.status
        if (m.from_location, m.from_hu, m.status) == (m.to_location, m.to_hu, to_status):
            raise AlreadyThere
    try:
        one = len(moves) == ALONE
        columns = _columns(moves[0]) if one else map(list, zip(*map(_columns, moves), strict=True))
        by = (tx.actor.person_id, tx.actor.device_id, tx.scan_id)
        row = await tx.row(POST_ONE if one else POST, *columns, *by)
    except (asyncpg.UniqueViolationError, asyncpg.CheckViolationError) as e:
        if e.constraint_name in ("uq_balance_serial", "ck_balance_serial"):
            raise SerialElsewhere from e
        raise
    except asyncpg.ForeignKeyViolationError as e:
        raise LookupError(e.detail) from e
    assert row is not None
    if row["ok"]:
        ids: list[int] = row["ids"]
        return ids
    if row["late"]:
        raise AlreadySettled
    if row["elsewhere"]:
        raise AllocatedElsewhere
    if row["short"]:
        raise await _shortage(tx, row["short"])
    raise LookupError("a move names a location or a lot of its SKU that does not exist")


def _columns(m: Move) -> tuple[Any, ...]:
    """A move as both statements take it."""
    return (
        m.shop_id, m.sku_id, m.lot_id, m.quantity, m.from_location, m.from_hu, m.status, m.to_location, m.to_hu,
        m.to_status or m.status, m.reason, m.order_id, m.order_line_id, m.allocation_id, m.doc,
    )  # fmt: skip


async def _shortage(tx: Tx, shortages: list[dict[str, int | str]]) -> NotEnoughStock:
    short = shortages[:SHOWN]
    named = await tx.rows(
        """select coalesce(s.code, '?') || ' @ ' || l.code || coalesce(' ' || h.code, '') as name
           from unnest($1::int[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality as w(shop, sku, place, hu, o)
           left join sku s on (s.shop_id, s.id) = (w.shop, w.sku) join location l on l.id = w.place
           left join handling_unit h on h.id = w.hu order by o""",
        [s["shop_id"] for s in short],
        [s["sku_id"] for s in short],
        [s["location_id"] for s in short],
        [s["hu_id"] for s in short],
    )
    shown = [f"{r['name']}: {s['available']}/{s['wanted']}" for r, s in zip(named, short, strict=True)]
    return NotEnoughStock(summary="; ".join(shown), shortages=short, more=len(shortages) - len(short))


class Want(msgspec.Struct, frozen=True, kw_only=True):
    """Set ``quantity`` aside for an order line. ``expires_after``: lots that expire on or before it do not serve."""

    shop_id: int
    order_id: int
    order_line_id: int
    sku_id: int
    quantity: int
    expires_after: date


class Allocated(msgspec.Struct, frozen=True):
    """What became of a want; several rows per line when several balances serve it."""

    shop_id: int
    order_line_id: int
    allocation_id: int
    location_id: int
    hu_id: int
    lot_id: int
    sku_id: int
    order_id: int
    quantity: int


async def allocate(tx: Tx, wants: Sequence[Want]) -> list[Allocated]:
    """Sets aside what there is, first want first; what is missing is simply not among the rows.

    FEFO where lots expire, else the oldest stock; among equals the nearest location that holds all that is wanted,
    so that one shelf is emptied before the next is begun, or the fullest (so the fewest): ``orders.choose_stock``.
    Never goods of another shop or warehouse, quarantined, expired, in a locked or a non-pickable location. Wants of
    one SKU share the latest ``expires_after`` among them: it is the shop's rule, not the order's.
    """
    if not wants:
        return []
    return await tx.sized(
        Allocated,
        ALLOCATE,
        len(wants),
        [w.shop_id for w in wants],
        [w.order_id for w in wants],
        [w.order_line_id for w in wants],
        [w.sku_id for w in wants],
        [w.quantity for w in wants],
        [w.expires_after for w in wants],
    )


class Voided(msgspec.Struct, frozen=True):
    shop_id: int
    allocation_id: int
    order_line_id: int
    quantity: int


async def void(tx: Tx, allocations: Sequence[tuple[int, int]]) -> list[Voided]:
    """Gives up what is still open of these allocations, each ``(shop_id, allocation_id)``; a second call does nothing."""
    if not allocations:
        return []
    return await tx.all(Voided, VOID, [s for s, _ in allocations], [a for _, a in allocations])
