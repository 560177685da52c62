"""Every SELECT that receiving answers with."""

from datetime import date, datetime

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class AsnLineView(msgspec.Struct, frozen=True):
    """Quantities in pieces; ``received`` is everything that came for the line, also what is over or damaged."""

    line_no: int
    sku: str
    name: str
    quantity: int
    received: int
    lot: str | None
    expires_on: date | None


class AsnHead(msgspec.Struct, frozen=True):
    id: int
    shop_id: int
    number: str
    state: str
    warehouse: str
    expected_on: date | None
    carrier: str | None
    note: str | None
    created_at: datetime


class AsnView(AsnHead, frozen=True):
    lines: list[AsnLineView] = []


ASN = """
select a.id, a.shop_id, a.number, a.state, w.code as warehouse, a.expected_on, a.carrier, a.note, a.created_at
from asn a join warehouse w on w.id = a.warehouse_id
"""
ASN_LINES = """
select n.line_no, s.code as sku, s.name, n.quantity, n.received, n.lot_code as lot, n.expires_on
from asn_line n join sku s on (s.shop_id, s.id) = (n.shop_id, n.sku_id)
where n.shop_id = $1 and n.asn_id = $2 order by n.line_no
"""


async def asn_view(tx: Tx, shop_id: int, asn_id: int) -> AsnView:
    """One ASN of this shop with its lines. Raises ``NotFound``."""
    found = await tx.one(AsnView, f"{ASN} where a.shop_id = $1 and a.id = $2", shop_id, asn_id)
    if found is None:
        raise NotFound(what="ASN", ref=asn_id)
    lines = await tx.all(AsnLineView, ASN_LINES, shop_id, asn_id)
    return msgspec.structs.replace(found, lines=lines)


async def asns(
    tx: Tx, shop_id: int | None, *, state: str | None, number: str | None, after: int, limit: int
) -> list[AsnHead]:
    """ASNs by id from behind ``after``, of one shop or (for staff) of all."""
    return await tx.all(
        AsnHead,
        f"""{ASN} where ($1::int is null or a.shop_id = $1) and ($2::text is null or a.state = $2)
            and ($3::text is null or a.number = $3) and a.id > $4 order by a.id limit $5""",
        shop_id,
        state,
        number,
        after,
        limit,
    )


class Came(msgspec.Struct, frozen=True):
    """Goods of one line that are alike in lot and condition."""

    lot: str | None
    expires_on: date | None
    serial: str | None
    status: str
    quantity: int


class ResultLine(msgspec.Struct, frozen=True):
    """One line of the announcement, or goods that nobody announced (``line_no`` and ``announced`` are null).

    ``over`` and ``short`` are null in a blind receipt, and ``short`` is 0 until the receipt is closed.
    """

    line_no: int | None
    sku: str
    name: str
    announced: int | None
    received: int
    over: int | None
    short: int | None
    damaged: int
    expired: int
    goods: list[Came] = []


class DiscrepancyView(msgspec.Struct, frozen=True):
    """``kind``: over, short, damaged, unknown. ``code`` is the raw bar code that nobody knows.

    ``photos``: each at ``/documents/{id}``.
    """

    id: int
    kind: str
    quantity: int
    line_no: int | None
    sku: str | None
    code: str | None
    note: str | None
    at: datetime
    photos: list[int] = []


class ReceiptHead(msgspec.Struct, frozen=True):
    id: int
    shop_id: int
    number: str
    state: str
    asn_id: int | None
    asn: str | None
    warehouse: str
    dock: str
    opened_at: datetime
    closed_at: datetime | None


class ReceiptView(ReceiptHead, frozen=True):
    lines: list[ResultLine] = []
    discrepancies: list[DiscrepancyView] = []


RECEIPT = """
select r.id, r.shop_id, r.number, r.state, r.asn_id, a.number as asn, w.code as warehouse, l.code as dock, r.opened_at,
       r.closed_at
from receipt r join location l on l.id = r.location_id join warehouse w on w.id = l.warehouse_id
left join asn a on (a.shop_id, a.id) = (r.shop_id, r.asn_id)
"""
RESULT = """
with alike as (
  select rl.asn_line_id, rl.sku_id, nullif(t.code, '') as lot, t.expires_on, t.serial, rl.status,
         sum(rl.quantity)::int as quantity
  from receipt_line rl left join lot t on (t.shop_id, t.id) = (rl.shop_id, rl.lot_id)
  where rl.shop_id = $1 and rl.receipt_id = $2 group by 1, 2, 3, 4, 5, 6
), came as (
  select asn_line_id, sku_id, sum(quantity)::int as received,
         coalesce(sum(quantity) filter (where status = 'damaged'), 0)::int as damaged,
         coalesce(sum(quantity) filter (where status = 'expired'), 0)::int as expired,
         jsonb_agg(jsonb_build_object('lot', lot, 'expires_on', expires_on, 'serial', serial, 'status', status,
                                      'quantity', quantity) order by lot, serial, status) as goods
  from alike group by 1, 2
), r as (
  select asn_id, state from receipt where shop_id = $1 and id = $2
), line as (
  select n.line_no, n.sku_id, n.quantity as announced, c.received, c.damaged, c.expired, c.goods,
         (select sum(d.quantity)::int from discrepancy d
          where d.shop_id = $1 and d.receipt_id = $2 and d.kind = 'short' and d.asn_line_id = n.id) as short
  from r join asn_line n on n.shop_id = $1 and n.asn_id = r.asn_id left join came c on c.asn_line_id = n.id
  union all
  select null, sku_id, null, received, damaged, expired, goods, null from came where asn_line_id is null
)
select x.line_no, s.code as sku, s.name, x.announced, coalesce(x.received, 0) as received,
       case when r.asn_id is not null then greatest(coalesce(x.received, 0) - coalesce(x.announced, 0), 0) end as over,
       case when r.asn_id is not null then coalesce(x.short, 0) end as short,
       coalesce(x.damaged, 0) as damaged, coalesce(x.expired, 0) as expired, coalesce(x.goods, '[]') as goods
from line x cross join r join sku s on s.shop_id = $1 and s.id = x.sku_id
order by x.line_no nulls last, s.code
"""
DISCREPANCIES = """
select d.id, d.kind, d.quantity, n.line_no, s.code as sku, d.code, d.note, d.at,
       array(select p.id from document p where p.shop_id = d.shop_id and p.subject = 'discrepancy' and p.subject_id = d.id
               and p.kind = 'photo' order by p.id) as photos
from discrepancy d
left join asn_line n on (n.shop_id, n.id) = (d.shop_id, d.asn_line_id)
left join sku s on (s.shop_id, s.id) = (d.shop_id, d.sku_id)
where d.shop_id = $1 and d.receipt_id = $2 order by d.id
"""


async def receipt_view(tx: Tx, shop_id: int, receipt_id: int) -> ReceiptView:
    """One receipt of this shop, line by line, with its discrepancies. Raises ``NotFound``."""
    found = await tx.one(ReceiptView, f"{RECEIPT} where r.shop_id = $1 and r.id = $2", shop_id, receipt_id)
    if found is None:
        raise NotFound(what="receipt", ref=receipt_id)
    lines = await tx.all(ResultLine, RESULT, shop_id, receipt_id)
    differences = await tx.all(DiscrepancyView, DISCREPANCIES, shop_id, receipt_id)
    return msgspec.structs.replace(found, lines=lines, discrepancies=differences)


async def receipts(
    tx: Tx, shop_id: int | None, *, state: str | None, asn_id: int | None, after: int, limit: int
) -> list[ReceiptHead]:
    """Receipts by id from behind ``after``, of one shop or (for staff) of all."""
    return await tx.all(
        ReceiptHead,
        f"""{RECEIPT} where ($1::int is null or r.shop_id = $1) and ($2::text is null or r.state = $2)
            and ($3::bigint is null or r.asn_id = $3) and r.id > $4 order by r.id limit $5""",
        shop_id,
        state,
        asn_id,
        after,
        limit,
    )
