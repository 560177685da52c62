"""What desks show of returns: the one on the bench, the list, the story."""

from datetime import datetime
from typing import Any

import msgspec

from wms.db.both_ways import Order, both_ways
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound


class BenchLine(msgspec.Struct, frozen=True):
    """Goods that are expected, or came unannounced. ``code`` is a bar code of the SKU."""

    sku_id: int
    sku: str
    name: str
    picture: str | None
    code: str | None
    quantity: int
    inspected: int
    announced: bool
    reason: str | None
    note: str | None

    @property
    def left(self) -> int:
        return max(self.quantity - self.inspected, 0)

    @property
    def tail(self) -> str:
        return (self.code or "")[-5:]


class BenchReturn(msgspec.Struct, frozen=True):
    """The return on the bench. ``open_units``: announced and not looked at yet; ``inspections`` how many looks so far."""

    shop_id: int
    id: int
    number: str
    kind: str
    state: str
    announced: bool
    shop: str
    order_number: str | None
    name: str | None
    note: str | None
    received_at: datetime | None
    checklist: list[str]
    inspections: int
    lines: list[BenchLine]

    @property
    def open_units(self) -> int:
        return sum(n.left for n in self.lines if n.announced)


BENCH = """
select r.shop_id, r.id, r.number, r.kind, r.state, r.announced, s.name as shop,
  coalesce(o.number, r.order_number) as order_number, r.name, r.note, r.received_at, s.return_checklist as checklist,
  (select count(*) from inspection i where i.shop_id = r.shop_id and i.rma_id = r.id)::int as inspections,
  (select coalesce(jsonb_agg(jsonb_build_object('sku_id', k.id, 'sku', k.code, 'name', k.name,
      'picture', k.picture, 'quantity', l.quantity, 'inspected', l.inspected, 'announced', l.announced,
      'reason', l.reason, 'note', l.note,
      'code', (select b.code from barcode b where b.shop_id = k.shop_id and b.sku_id = k.id order by b.id limit 1))
      order by l.inspected >= l.quantity, l.line_no), '[]')
   from rma_line l join sku k on (k.shop_id, k.id) = (l.shop_id, l.sku_id)
   where l.shop_id = r.shop_id and l.rma_id = r.id) as lines
from rma r join shop s on s.id = r.shop_id left join orders o on (o.shop_id, o.id) = (r.shop_id, r.order_id)
where r.shop_id = $1 and r.id = $2
"""


async def bench_return(tx: Tx, shop_id: int, rma_id: int) -> BenchReturn:
    """Raises ``NotFound``."""
    found = await tx.one(BenchReturn, BENCH, shop_id, rma_id)
    if found is None:
        raise NotFound(what="return", ref=rma_id)
    return found


class Piece(msgspec.Struct, frozen=True):
    """The SKU of the piece in hand."""

    sku: str
    name: str
    picture: str | None


async def piece(tx: Tx, shop_id: int, sku_id: int) -> Piece | None:
    return await tx.one(
        Piece,
        "select code as sku, name, picture from sku where shop_id = $1 and id = $2",
        shop_id,
        sku_id,
    )


class ListedReturn(msgspec.Struct, frozen=True):
    """One row of the list; ``open_cases`` are goods that wait in quarantine for somebody's decision."""

    shop_id: int
    id: int
    number: str
    shop: str
    kind: str
    state: str
    announced: bool
    order_number: str | None
    units: int
    inspected: int
    created_at: datetime
    received_at: datetime | None
    due_on: str | None


OPEN_STATES = ("announced", "in_transit", "received", "inspecting", "inspected", "awaiting_shop")
LISTED = both_ways("""
select r.shop_id, r.id, r.number, s.name as shop, r.kind, r.state, r.announced,
  coalesce(o.number, r.order_number) as order_number, coalesce(t.units, 0)::int as units,
  coalesce(t.inspected, 0)::int as inspected, r.created_at, r.received_at,
  (select a.due_on::text from refund_advice a where a.shop_id = r.shop_id and a.rma_id = r.id
   order by a.id desc limit 1) as due_on
from rma r join shop s on s.id = r.shop_id
left join orders o on (o.shop_id, o.id) = (r.shop_id, r.order_id)
left join lateral (select sum(l.quantity) as units, sum(l.inspected) as inspected from rma_line l
  where l.shop_id = r.shop_id and l.rma_id = r.id) t on true
where ($1 = 0 or r.shop_id = $1) and r.state = any($2::text[]) and ($3 = '' or r.kind = $3)
  and ($4 = '' or r.number = $4 or r.order_number = $4 or o.number = $4 or r.tracking_number = $4)
  and ($5 = 0 or r.id {beyond} $5)
order by r.id {way} limit $6
""")


async def listed_returns(
    tx: Tx, *, shop_id: int, states: list[str], kind: str, search: str, behind: int, limit: int, first: Order
) -> list[ListedReturn]:
    """Returns of every shop (``shop_id`` 0), from behind the one with the id ``behind`` (0: from the ``first``)."""
    return await tx.all(ListedReturn, LISTED[first], shop_id, states, kind, search, behind, limit)


class ShopName(msgspec.Struct, frozen=True):
    id: int
    name: str


async def shop_names(tx: Tx) -> list[ShopName]:
    return await tx.all(ShopName, "select id, name from shop order by name limit 1000")


class StoryRow(msgspec.Struct, frozen=True):
    """One event of a return; ``person`` is who did it at the operator's."""

    kind: str
    at: datetime
    person: str | None
    data: dict[str, Any]


STORY = """
select e.kind, e.at, p.name as person, e.data from event e left join person p on p.id = e.person_id
where e.shop_id = $1 and e.subject = 'return' and e.subject_id = $2 order by e.id limit 500
"""


async def return_story(tx: Tx, shop_id: int, rma_id: int) -> list[StoryRow]:
    return await tx.all(StoryRow, STORY, shop_id, rma_id)


async def return_photos(tx: Tx, shop_id: int, rma_id: int) -> list[int]:
    """Documents with pictures of a return, also those that no inspection names."""
    rows = await tx.rows(
        """select id from document where shop_id = $1 and subject = 'return' and subject_id = $2 and kind = 'photo'
           order by id limit 200""",
        shop_id,
        rma_id,
    )
    return [r["id"] for r in rows]


async def return_by_number(tx: Tx, codes: list[str]) -> tuple[int, int] | None:
    """``(shop_id, id)`` of the return with one of these numbers, where there is one and no other."""
    rows = await tx.rows("select shop_id, id from rma where number = any($1::text[]) limit 2", codes)
    return (rows[0]["shop_id"], rows[0]["id"]) if len(rows) == 1 else None
