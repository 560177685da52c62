"""Lists of inbound goods for the desk: what was announced, what came."""

from datetime import date, datetime

import msgspec

from wms.db.both_ways import Order, both_ways
from wms.db.tx import Tx


class AsnRow(msgspec.Struct, frozen=True):
    """Quantities in pieces. ``differences``: over, short, damaged and unknown of its receipts together."""

    id: int
    shop_id: int
    shop: str
    number: str
    state: str
    warehouse: str
    expected_on: date | None
    carrier: str | None
    lines: int
    announced: int
    received: int
    differences: int
    created_at: datetime


ASNS = both_ways("""
select a.id, a.shop_id, h.name as shop, a.number, a.state, w.code as warehouse, a.expected_on, a.carrier, n.lines,
       n.announced, n.received, d.differences, a.created_at
from (
  select * from asn a where a.warehouse_id = $1 and ($2 = 0 or a.shop_id = $2)
    and ($3 = 'all' or a.state = $3 or ($3 = 'open' and a.state in ('announced', 'receiving')))
    and ($4 = '' or a.number ilike $4 or a.carrier ilike $4)
    and ($5::bigint = 0 or a.id {beyond} $5) order by a.id {way} limit $6
) a
join shop h on h.id = a.shop_id join warehouse w on w.id = a.warehouse_id
cross join lateral (
  select count(*)::int as lines, coalesce(sum(n.quantity), 0)::int as announced, coalesce(sum(n.received), 0)::int as received
  from asn_line n where n.shop_id = a.shop_id and n.asn_id = a.id) n
cross join lateral (
  select count(*)::int as differences from receipt r join discrepancy d on d.shop_id = r.shop_id and d.receipt_id = r.id
  where r.shop_id = a.shop_id and r.asn_id = a.id) d
order by a.id {way}
""")


async def list_asns(
    tx: Tx,
    warehouse_id: int,
    *,
    shop_id: int,
    state: str,
    pattern: str,
    after: int,
    limit: int,
    first: Order = "new",
) -> list[AsnRow]:
    """``state`` may be ``open`` or ``all``; ``pattern`` for ``ilike``, empty for none."""
    return await tx.all(AsnRow, ASNS[first], warehouse_id, shop_id, state, pattern, after, limit)


class ReceiptRow(msgspec.Struct, frozen=True):
    """``announced`` is 0 for goods that nobody announced."""

    id: int
    shop_id: int
    shop: str
    number: str
    state: str
    asn_id: int | None
    asn: str | None
    dock: str
    person: str | None
    announced: int
    received: int
    differences: int
    photos: int
    opened_at: datetime
    closed_at: datetime | None


RECEIPTS = both_ways("""
select r.id, r.shop_id, h.name as shop, r.number, r.state, r.asn_id, a.number as asn, l.code as dock, p.name as person,
       coalesce((select sum(n.quantity) from asn_line n where n.shop_id = r.shop_id and n.asn_id = r.asn_id), 0)::int as announced,
       coalesce((select sum(x.quantity) from receipt_line x where x.shop_id = r.shop_id and x.receipt_id = r.id), 0)::int as received,
       d.differences, d.photos, r.opened_at, r.closed_at
from (
  select r.* from receipt r join location l on l.id = r.location_id
  left join asn a on (a.shop_id, a.id) = (r.shop_id, r.asn_id)
  where l.warehouse_id = $1 and ($2 = 0 or r.shop_id = $2)
    and ($3 = 'all' or r.state = $3
         or ($3 = 'different' and exists (select from discrepancy d where d.shop_id = r.shop_id and d.receipt_id = r.id)))
    and ($4 = '' or r.number ilike $4 or a.number ilike $4)
    and ($5::bigint = 0 or r.id {beyond} $5) and ($7::bigint = 0 or r.asn_id = $7) order by r.id {way} limit $6
) r
join shop h on h.id = r.shop_id join location l on l.id = r.location_id
left join asn a on (a.shop_id, a.id) = (r.shop_id, r.asn_id) left join person p on p.id = r.person_id
cross join lateral (
  select count(*)::int as differences,
         coalesce(sum((select count(*) from document f where f.shop_id = d.shop_id and f.subject = 'discrepancy'
                       and f.subject_id = d.id and f.kind = 'photo')), 0)::int as photos
  from discrepancy d where d.shop_id = r.shop_id and d.receipt_id = r.id) d
order by r.id {way}
""")


async def list_receipts(
    tx: Tx,
    warehouse_id: int,
    *,
    shop_id: int,
    state: str,
    pattern: str,
    after: int,
    limit: int,
    asn_id: int = 0,
    first: Order = "new",
) -> list[ReceiptRow]:
    """``state`` may be ``different`` (those with a discrepancy) or ``all``; ``asn_id`` 0: of any ASN."""
    return await tx.all(
        ReceiptRow, RECEIPTS[first], warehouse_id, shop_id, state, pattern, after, limit, asn_id
    )


class ShopChoice(msgspec.Struct, frozen=True):
    id: int
    name: str


async def shop_choices(tx: Tx) -> list[ShopChoice]:
    """Shops that something may come for, by name."""
    return await tx.all(ShopChoice, "select id, name from shop where active order by name limit 2000")
