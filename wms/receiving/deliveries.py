"""What a receiver's handheld shows: deliveries that wait, and how far the one in hand has come."""

from collections.abc import Sequence
from datetime import date

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class Delivery(msgspec.Struct, frozen=True):
    """An ASN that waits or is being received (``receipt_id``: on which receipt), or an open blind receipt (no ``asn_id``).

    ``units`` are pieces announced; ``dock`` and ``person`` are told where somebody has begun.
    """

    shop_id: int
    shop: str
    asn_id: int | None
    receipt_id: int | None
    number: str
    expected_on: date | None
    lines: int
    units: int
    dock: str | None
    person: str | None

    @property
    def key(self) -> str:
        """What a numbered choice goes by."""
        return f"{self.shop_id}.a{self.asn_id}" if self.asn_id else f"{self.shop_id}.r{self.receipt_id}"


DELIVERIES = """
select * from (
  select a.shop_id, sh.name as shop, a.id as asn_id, r.id as receipt_id, a.number, a.expected_on,
         n.lines, n.units, l.code as dock, p.name as person
  from asn a join shop sh on sh.id = a.shop_id
  left join receipt r on r.shop_id = a.shop_id and r.asn_id = a.id and r.state = 'open'
  left join location l on l.id = r.location_id left join person p on p.id = r.person_id
  cross join lateral (
    select count(*)::int as lines, coalesce(sum(n.quantity), 0)::int as units from asn_line n
    where n.shop_id = a.shop_id and n.asn_id = a.id) n
  where a.warehouse_id = $1 and a.state in ('announced', 'receiving')
  union all
  select r.shop_id, sh.name, null, r.id, r.number, null, 0, 0, l.code, p.name
  from receipt r join shop sh on sh.id = r.shop_id join location l on l.id = r.location_id
  left join person p on p.id = r.person_id
  where r.state = 'open' and r.asn_id is null and l.warehouse_id = $1
) d
"""
ORDER = "order by d.receipt_id is null, d.expected_on nulls last, d.asn_id nulls first, d.receipt_id"


async def deliveries(tx: Tx, warehouse_id: int, *, offset: int, limit: int) -> list[Delivery]:
    """Deliveries that wait, those begun first, then by the day they are expected."""
    return await tx.all(Delivery, f"{DELIVERIES} {ORDER} offset $2 limit $3", warehouse_id, offset, limit)


async def deliveries_called(tx: Tx, warehouse_id: int, code: str) -> list[Delivery]:
    """Those with this number of an ASN or of a receipt, in small letters or capitals."""
    return await tx.all(
        Delivery,
        f"""{DELIVERIES} where upper(d.number) = upper($2)
            or exists (select from receipt r where r.shop_id = d.shop_id and r.id = d.receipt_id and r.number = upper($2))
            {ORDER} limit 9""",
        warehouse_id,
        code,
    )


async def deliveries_with(tx: Tx, warehouse_id: int, goods: Sequence[tuple[int, int]]) -> list[Delivery]:
    """Those that announce one of these goods, each ``(shop_id, sku_id)``."""
    return await tx.all(
        Delivery,
        f"""{DELIVERIES} where (d.shop_id, d.asn_id) in (
              select n.shop_id, n.asn_id from asn_line n
              join unnest($2::int[], $3::bigint[]) as g(shop_id, sku_id) on (n.shop_id, n.sku_id) = (g.shop_id, g.sku_id))
            {ORDER} limit 9""",
        warehouse_id,
        [s for s, _ in goods],
        [k for _, k in goods],
    )


class Dock(msgspec.Struct, frozen=True):
    id: int
    code: str
    receipts: int


async def docks(tx: Tx, warehouse_id: int) -> list[Dock]:
    """The docks of a warehouse with how many receipts are open at each."""
    return await tx.all(
        Dock,
        """select l.id, l.code, (select count(*)::int from receipt r where r.location_id = l.id and r.state = 'open')
             as receipts from location l where l.warehouse_id = $1 and l.kind = 'dock' and l.locked_at is null
           order by l.code limit 9""",
        warehouse_id,
    )


class ShopName(msgspec.Struct, frozen=True):
    id: int
    name: str


async def shops_of(tx: Tx, only: Sequence[int] = ()) -> list[ShopName]:
    """The shops that goods may come for, or of them only these."""
    return await tx.all(
        ShopName,
        """select id, name from shop where active and (cardinality($1::int[]) = 0 or id = any($1::int[]))
           order by name limit 9""",
        list(only),
    )


class InProgress(msgspec.Struct, frozen=True):
    """A receipt as its screen needs it. ``expected``: bar codes of announced goods that are still to come."""

    id: int
    shop_id: int
    shop: str
    number: str
    state: str
    asn: str | None
    dock: str
    announced: int
    received: int
    expected: list[str]


IN_PROGRESS = """
select r.id, r.shop_id, sh.name as shop, r.number, r.state, a.number as asn, l.code as dock,
       coalesce((select sum(n.quantity) from asn_line n where n.shop_id = $1 and n.asn_id = r.asn_id), 0)::int as announced,
       coalesce((select sum(n.quantity) from receipt_line n where n.shop_id = $1 and n.receipt_id = r.id), 0)::int
         as received,
       array(select coalesce(b.code, s.code) from asn_line n join sku s on s.shop_id = $1 and s.id = n.sku_id
             left join lateral (select b.code from barcode b where b.shop_id = $1 and b.sku_id = s.id
                                order by b.quantity, b.id limit 1) b on true
             where n.shop_id = $1 and n.asn_id = r.asn_id and n.received < n.quantity order by n.line_no limit 4) as expected
from receipt r join shop sh on sh.id = r.shop_id join location l on l.id = r.location_id
left join asn a on (a.shop_id, a.id) = (r.shop_id, r.asn_id)
where r.shop_id = $1 and r.id = $2
"""


async def in_progress(tx: Tx, shop_id: int, receipt_id: int) -> InProgress:
    """One receipt. Raises ``NotFound``."""
    found = await tx.one(InProgress, IN_PROGRESS, shop_id, receipt_id)
    if found is None:
        raise NotFound(what="receipt", ref=receipt_id)
    return found


async def latest_note(tx: Tx, shop_id: int, receipt_id: int) -> int | None:
    """The discrepancy (damaged or unknown) that this transaction has noted, for a photo of it."""
    found: int | None = await tx.value(
        """select max(id) from discrepancy
           where shop_id = $1 and receipt_id = $2 and kind in ('damaged', 'unknown') and at = now()""",
        shop_id,
        receipt_id,
    )
    return found
