"""Orders by anything that people know of them, and lists of them that never read a whole table.

Where to look is chosen by what is asked: open orders lie in an index of their own, those of one closed state are read
shop by shop from their end, a search collects its hits first, each by an index of its own.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import Invalid
from wms.kernel.whys import NOT_A_CURSOR
from wms.orders.states import BEFORE_HANDOVER, OrderState

MOST_HITS = 1000
"""A search that finds more is not one; it shows the newest of them."""
Sort = Literal["due", "-due", "new", "priority"]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """``state``: one of the order's states, ``open`` (before handover) or ``all``; 0 is any shop or carrier. ``hold`` is
    the code of a hold that is not released."""

    q: str = ""
    state: str = "open"
    shop_id: int = 0
    carrier_id: int = 0
    hold: str = ""
    sort: Sort = "due"

    @property
    def closed(self) -> bool:
        return self.state not in ("open", "all") and OrderState(self.state) not in BEFORE_HANDOVER


class Row(msgspec.Struct, frozen=True):
    """One line of the list; ``missing`` pieces wait for stock."""

    shop_id: int
    id: int
    shop: str
    number: str
    state: str
    carrier: str
    service: str
    ship_by: datetime
    received_at: datetime
    priority: int
    name: str
    postcode: str
    city: str
    country: str
    units: int
    missing: int
    tracking: str | None


def sorts(f: Filters) -> tuple[Sort, ...]:
    """The orders in which such a list can be read from an index; the first is what it has unasked."""
    if f.q:
        return ("new", "due", "-due", "priority")
    if f.state == "all":
        return ("new",)
    return ("-due", "due") if f.closed else ("due", "-due", "new", "priority")


OPEN = (
    "o.state in ('received','on_hold','backordered','allocated','released','picking','picked','packing','packed',"
    "'labelled','manifested')"
)
ORDER_BY: dict[str, str] = {
    "due": "o.ship_by, o.id",
    "-due": "o.ship_by desc, o.id desc",
    "new": "o.id desc",
    "priority": "-o.priority, o.ship_by, o.id",
}
# The last row's key: $5 ship_by, $6 id, $7 priority; all null on the first page.
BEHIND: dict[str, str] = {
    "due": "($6::bigint is null or (o.ship_by, o.id) > ($5::timestamptz, $6))",
    "-due": "($6::bigint is null or (o.ship_by, o.id) < ($5::timestamptz, $6))",
    "new": "($6::bigint is null or o.id < $6)",
    "priority": "($6::bigint is null or (-o.priority, o.ship_by, o.id) > (-$7::int, $5::timestamptz, $6))",
}
WANTED = """($1::int = 0 or o.shop_id = $1) and ($2::bigint = 0 or o.carrier_id = $2)
  and ($3::text in ('open', 'all') or o.state = $3)
  and ($4::text = '' or exists (select from order_hold h where h.shop_id = o.shop_id and h.order_id = o.id
         and h.released_at is null and h.code = $4))"""
KEYS = "o.shop_id, o.id, o.ship_by, o.priority"

FROM_OPEN = (
    f"select {KEYS} from orders o where {OPEN} and {WANTED} and {{behind}} order by {{order}} limit $8"
)
BY_SHOP = f"""select {KEYS} from shop s cross join lateral (
    select {KEYS} from orders o where o.shop_id = s.id and {WANTED} and {{behind}} {{state}} order by {{order}} limit $8) o
  where ($1::int = 0 or s.id = $1) order by {{order}} limit $8"""
# $9 the words as typed, $10 lower-cased ones, $11 the whole in lower case, $12 the postcode or null
HITS = f"""
with goods as materialized (
  select k.shop_id, k.id from sku k where k.code = any($9::text[])
  union select b.shop_id, b.sku_id from barcode b where b.code = any($9) or b.gtin = any($9)
), hit as materialized (
  select shop_id, id from orders where number = any($9)
  union select shop_id, order_id from parcel where tracking_number = any($9)
  union select shop_id, order_id from parcel where sscc = any($9)
  union select shop_id, order_id from rma where order_id is not null and (number = any($9) or tracking_number = any($9))
  union select shop_id, id from orders where lower(email) = $11
  union (select n.shop_id, n.id from unnest($10::text[]) w cross join lateral (
      select shop_id, id, name from orders x
      where lower(split_part(x.name, ' ', -1)) ~>=~ w and lower(split_part(x.name, ' ', -1)) ~<~ (w || U&'\\+10FFFF')) n
    where not exists (select from unnest($10) v where strpos(lower(n.name), v) = 0) limit {MOST_HITS})
  union (select shop_id, id from orders where postcode ~>=~ $12::text and postcode ~<~ ($12 || U&'\\+10FFFF') limit {MOST_HITS})
  union select a.shop_id, a.order_id from goods g join allocation a on a.shop_id = g.shop_id and a.sku_id = g.id and a.open > 0
  union select l.shop_id, l.order_id from goods g join order_line l on l.shop_id = g.shop_id and l.sku_id = g.id
    and not l.kit and l.quantity - l.cancelled - l.allocated - l.picked > 0
  union select m.shop_id, m.order_id from goods g cross join lateral (
      select shop_id, order_id from move where shop_id = g.shop_id and sku_id = g.id and order_id is not null
      order by id desc limit {MOST_HITS}) m
)
select {KEYS} from hit t join orders o on o.shop_id = t.shop_id and o.id = t.id
where {WANTED} and ($3 <> 'open' or {OPEN}) and {{behind}} order by {{order}} limit $8
"""
# What a sort has no use for is named all the same: every parameter needs a type.
WHOLE = """
with unused as (select $5::timestamptz, $6::bigint, $7::int), mine as materialized ({keys})
select o.shop_id, o.id, s.code as shop, o.number, o.state, coalesce(c.name, '–') as carrier, o.service, o.ship_by, o.received_at,
       o.priority, o.name, o.postcode, o.city, o.country, coalesce(t.units, 0)::int as units,
       coalesce(t.missing, 0)::int as missing, p.tracking
from mine m join orders o on o.shop_id = m.shop_id and o.id = m.id join shop s on s.id = o.shop_id
left join carrier c on c.id = o.carrier_id
left join lateral (
  select sum(l.quantity) as units, sum(l.quantity - l.cancelled - l.allocated - l.picked) as missing
  from order_line l where l.shop_id = o.shop_id and l.order_id = o.id and not l.kit) t on true
left join lateral (
  select string_agg(p.tracking_number, ' ' order by p.no) as tracking
  from parcel p where p.shop_id = o.shop_id and p.order_id = o.id and p.voided_at is null) p on true
order by {order}
"""


async def find_orders(tx: Tx, f: Filters, *, after: list[int | str] | None, limit: int) -> list[Row]:
    """Up to ``limit`` orders behind ``after`` (see ``key_of``). Raises ``Invalid`` for a cursor of another list."""
    order, behind = ORDER_BY[f.sort], BEHIND[f.sort]
    last = _last(after)
    args: list[Any] = [f.shop_id, f.carrier_id, f.state, f.hold, *last, limit]
    if f.q:
        args += _words(f.q)
        keys = HITS.format(behind=behind, order=order)
    elif f.closed or f.state == "all":
        state = "" if f.state == "all" else f"and o.state = '{OrderState(f.state)}'"
        keys = BY_SHOP.format(behind=behind, order=order, state=state)
    else:
        keys = FROM_OPEN.format(behind=behind, order=order)
    return await tx.all(Row, WHOLE.format(keys=keys, order=order), *args)


def key_of(row: Row) -> list[int | str]:
    """What the next page begins behind."""
    return [row.ship_by.isoformat(), row.id, row.priority]


def _last(after: list[int | str] | None) -> tuple[datetime | None, int | None, int | None]:
    if after is None:
        return None, None, None
    try:
        at, last, priority = after
        return datetime.fromisoformat(str(at)), int(last), int(priority)
    except ValueError:
        raise Invalid(field="after", why=NOT_A_CURSOR, pointer="/after") from None


def _words(q: str) -> list[Any]:
    """What a search looks for: the text itself as a number or code, its words as a name, all of it as a postcode."""
    whole = " ".join(q.split())
    typed = sorted(
        {whole, whole.upper(), whole.removeprefix("L-")}
        | ({whole.zfill(14)} if whole.isdigit() and len(whole) < 14 else set())
    )
    words = [w for w in whole.lower().split(" ") if len(w) > 1 and any(c.isalpha() for c in w)]
    postcode = whole.upper() if sum(c.isdigit() for c in whole) > 1 and len(whole) <= 10 else None
    return [typed, words, whole.lower(), postcode]
