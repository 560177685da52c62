"""Every SELECT over returns that somebody looks at or decides by."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec

from wms.db.both_ways import Order, both_ways
from wms.db.tx import Tx
from wms.kernel.calendar import local_date
from wms.returns.refund import refund_due
from wms.returns.spread import Returnable

# What is on other returns: a closed one counts what came, an open one what is announced, a rejected one nothing.
RETURNABLE = """
select l.id as line_id, l.sku_id, l.quantity, l.kit, l.kit_line_id,
       case when l.kit then 0 else greatest(l.shipped - coalesce(t.taken, 0), 0) end::int as left
from order_line l
left join lateral (
  select sum(case when m.state in ('resolved', 'closed') then n.inspected else greatest(n.quantity, n.inspected) end) as taken
  from rma_line n join rma m on (m.shop_id, m.id) = (n.shop_id, n.rma_id)
  where n.shop_id = l.shop_id and n.order_line_id = l.id and m.state <> 'rejected' and m.id <> $3) t on true
where l.shop_id = $1 and l.order_id = $2
order by l.line_no
"""


async def returnable_lines(tx: Tx, shop_id: int, order_id: int, *, but: int = 0) -> list[Returnable]:
    """The order's lines with what may still come back of each; return ``but`` itself does not count."""
    return await tx.all(Returnable, RETURNABLE, shop_id, order_id, but)


class ReturnLine(msgspec.Struct, frozen=True):
    """``inspected`` may be more than ``quantity``; a line that nobody announced has ``announced`` false."""

    id: int
    line_no: int
    sku_id: int
    sku: str
    name: str
    order_line_id: int | None
    quantity: int
    inspected: int
    announced: bool
    reason: str | None
    note: str | None


class InspectionRow(msgspec.Struct, frozen=True):
    """``photos``: at ``/documents/{id}``; the first is ``document_id``. ``checklist``: the shop's questions, answered."""

    id: int
    rma_line_id: int | None
    sku_id: int
    sku: str
    lot: str | None
    serial: str | None
    expires_on: date | None
    quantity: int
    grade: str
    disposition: str
    warnings: list[str]
    reason: str | None
    note: str | None
    checklist: list[dict[str, Any]]
    document_id: int | None
    photos: list[int]
    at: datetime


class AdviceOut(msgspec.Struct, frozen=True):
    """What to refund. ``amount`` is the sum of the lines that have one; ``complete`` says whether all of them do.

    ``due_on`` is the last day by law for a withdrawal, null for other kinds, where the shop decides.
    """

    amount: Decimal
    currency: str
    due_on: date | None
    complete: bool
    lines: list[dict[str, Any]]
    at: datetime


class ReturnOut(msgspec.Struct, frozen=True):
    """A return with all that belongs to it.

    ``refund_due_on`` and ``may_withhold``: the clock of a withdrawal, before there is an advice too.
    """

    id: int
    shop_id: int
    number: str
    kind: str
    state: str
    announced: bool
    order_id: int | None
    order_number: str | None
    parcel_id: int | None
    tracking_number: str | None
    name: str | None
    email: str | None
    declared_on: date | None
    note: str | None
    warehouse_id: int
    created_at: datetime
    received_at: datetime | None
    closed_at: datetime | None
    lines: list[ReturnLine]
    inspections: list[InspectionRow]
    advice: AdviceOut | None
    timezone: str
    refund_due_on: date | None = None
    may_withhold: bool | None = None


RETURN = """
select r.id, r.shop_id, r.number, r.kind, r.state, r.announced, r.order_id, coalesce(o.number, r.order_number) as order_number,
       r.parcel_id, r.tracking_number, r.name, r.email, r.declared_on, r.note, r.warehouse_id, r.created_at, r.received_at,
       r.closed_at, s.timezone,
  (select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'line_no', l.line_no, 'sku_id', l.sku_id, 'sku', k.code,
      'name', k.name, 'order_line_id', l.order_line_id, 'quantity', l.quantity, 'inspected', l.inspected,
      'announced', l.announced, 'reason', l.reason, 'note', l.note) order by l.line_no), '[]')
    from rma_line l join sku k on (k.shop_id, k.id) = (l.shop_id, l.sku_id)
    where l.shop_id = r.shop_id and l.rma_id = r.id) as lines,
  (select coalesce(jsonb_agg(jsonb_build_object('id', i.id, 'rma_line_id', i.rma_line_id, 'sku_id', i.sku_id, 'sku', k.code,
      'lot', nullif(t.code, ''), 'serial', t.serial, 'expires_on', t.expires_on, 'quantity', i.quantity, 'grade', i.grade,
      'disposition', i.disposition, 'warnings', i.warnings, 'reason', i.reason, 'note', i.note, 'checklist', i.checklist,
      'document_id', i.document_id, 'photos', i.photos, 'at', i.at)
      order by i.id), '[]')
    from inspection i join sku k on (k.shop_id, k.id) = (i.shop_id, i.sku_id)
    left join lot t on (t.shop_id, t.id) = (i.shop_id, i.lot_id)
    where i.shop_id = r.shop_id and i.rma_id = r.id) as inspections,
  (select jsonb_build_object('amount', a.amount::text, 'currency', a.currency, 'due_on', a.due_on, 'lines', a.lines, 'at', a.at,
      'complete', not jsonb_path_exists(a.lines, '$[*] ? (@.amount == null)'))
    from refund_advice a where a.shop_id = r.shop_id and a.rma_id = r.id order by a.id desc limit 1) as advice
from rma r join shop s on s.id = r.shop_id left join orders o on (o.shop_id, o.id) = (r.shop_id, r.order_id)
where r.shop_id = $1 and r.id = $2
"""


async def get_return(tx: Tx, shop_id: int, rma_id: int) -> ReturnOut | None:
    found = await tx.one(ReturnOut, RETURN, shop_id, rma_id)
    if found is None or found.kind != "withdrawal" or found.declared_on is None:
        return found
    arrived = None if found.received_at is None else local_date(found.received_at, found.timezone)
    due = refund_due(found.declared_on, arrived)
    return msgspec.structs.replace(found, refund_due_on=due.due_on, may_withhold=due.may_withhold)


class ReturnRow(msgspec.Struct, frozen=True):
    """One line of a list of returns."""

    id: int
    shop_id: int
    number: str
    kind: str
    state: str
    announced: bool
    order_number: str | None
    name: str | None
    units: int
    inspected: int
    created_at: datetime
    received_at: datetime | None


LIST = """
select r.id, r.shop_id, r.number, r.kind, r.state, r.announced, coalesce(o.number, r.order_number) as order_number, r.name,
       coalesce(t.units, 0)::int as units, coalesce(t.inspected, 0)::int as inspected, r.created_at, r.received_at
from rma r left join orders o on (o.shop_id, o.id) = (r.shop_id, r.order_id)
left join lateral (select sum(l.quantity) as units, sum(l.inspected) as inspected from rma_line l
  where l.shop_id = r.shop_id and l.rma_id = r.id) t on true
where r.shop_id = $1 and r.id > $2 and ($3::text is null or r.state = $3) and ($4::text is null or r.number = $4)
  and ($5::text is null or coalesce(o.number, r.order_number) = $5)
order by r.id limit $6
"""


async def list_returns(
    tx: Tx,
    shop_id: int,
    *,
    after: int,
    limit: int,
    state: str | None = None,
    number: str | None = None,
    order_number: str | None = None,
) -> list[ReturnRow]:
    """Returns of one shop by id, from behind ``after``."""
    return await tx.all(ReturnRow, LIST, shop_id, after, state, number, order_number, limit)


class OwnLine(msgspec.Struct, frozen=True):
    """A line of a return as the inspection fills it."""

    id: int
    line_no: int
    sku_id: int
    order_line_id: int | None
    quantity: int
    inspected: int
    announced: bool


LINES = """
select id, line_no, sku_id, order_line_id, quantity, inspected, announced from rma_line
where shop_id = $1 and rma_id = $2 order by announced desc, line_no
"""


async def own_lines(tx: Tx, shop_id: int, rma_id: int) -> list[OwnLine]:
    """The lines of one return, announced ones first."""
    return await tx.all(OwnLine, LINES, shop_id, rma_id)


SHIPPED_LOTS = """
select distinct t.code, t.serial from move m
join location l on l.id = m.to_location_id and l.kind = 'customer'
join lot t on (t.shop_id, t.id) = (m.shop_id, m.lot_id)
where m.shop_id = $1 and m.order_id = $2 and m.sku_id = $3
"""


async def shipped_lots(tx: Tx, shop_id: int, order_id: int, sku_id: int) -> tuple[set[str], set[str]]:
    """Lot codes and serial numbers that left with the order, by the ledger."""
    rows = await tx.rows(SHIPPED_LOTS, shop_id, order_id, sku_id)
    return {r["code"] for r in rows if r["code"]}, {r["serial"] for r in rows if r["serial"]}


class StrayOut(msgspec.Struct, frozen=True):
    """An unknown parcel; ``has_photo``: at ``/stray-parcels/{id}/photo``."""

    id: int
    warehouse_id: int
    code: str | None
    note: str
    state: str
    has_photo: bool
    at: datetime
    matched_shop_id: int | None
    matched_rma_id: int | None
    closed_at: datetime | None


STRAY = """
select id, warehouse_id, code, note, state, photo is not null as has_photo, at, matched_shop_id, matched_rma_id, closed_at
from stray_parcel"""
STRAYS = both_ways(
    f"{STRAY} where warehouse_id = $1 and ($2::text is null or state = $2) and ($3::bigint = 0 or id {{beyond}} $3)"
    " order by id {way} limit $4"
)


async def list_strays(
    tx: Tx, warehouse_id: int, *, state: str | None, after: int, limit: int, first: Order = "old"
) -> list[StrayOut]:
    """Unknown parcels of a warehouse, from behind the one with the id ``after`` (0: from the ``first``)."""
    return await tx.all(StrayOut, STRAYS[first], warehouse_id, state, after, limit)


async def get_stray(tx: Tx, stray_id: int) -> StrayOut | None:
    return await tx.one(StrayOut, f"{STRAY} where id = $1", stray_id)


async def stray_photo(tx: Tx, stray_id: int) -> bytes | None:
    found: bytes | None = await tx.value("select photo from stray_parcel where id = $1", stray_id)
    return found
