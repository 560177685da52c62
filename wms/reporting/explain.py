"""The story of anything that has a number, told from the ledger in plain words."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Lang, Text
from wms.orders.story import tell_order
from wms.stock.explain import explain_handling_unit, explain_location, explain_sku


class Told(Protocol):
    @property
    def at(self) -> datetime: ...
    @property
    def who(self) -> str: ...
    @property
    def text(self) -> str: ...


class Line(msgspec.Struct, frozen=True):
    at: datetime
    who: str
    text: str


class Story(msgspec.Struct, frozen=True):
    title: str
    lines: list[Line]


ORDER = Text(en="Order {ref} of {shop}", pl="Zamówienie {ref}, sklep {shop}")
PARCEL = Text(en="Parcel {ref} of order {order}, {shop}", pl="Paczka {ref}, zamówienie {order}, sklep {shop}")
SKU = Text(en="SKU {ref} of {shop}", pl="SKU {ref}, sklep {shop}")
LOCATION = Text(en="Location {ref}", pl="Lokalizacja {ref}")
UNIT = Text(en="Handling unit {ref}", pl="Jednostka logistyczna {ref}")

FIND = """
select 'order' as kind, o.shop_id, o.id, o.number as ref, s.code as shop, o.number as owner, 0::bigint as hu_id
from orders o join shop s on s.id = o.shop_id where o.number = $1 and ($2::text is null or s.code = $2)
union all
select 'parcel', p.shop_id, p.order_id, coalesce(p.tracking_number, p.id::text), s.code, o.number, p.hu_id
from parcel p join orders o on (o.shop_id, o.id) = (p.shop_id, p.order_id) join shop s on s.id = p.shop_id
where (p.tracking_number = $1 or p.sscc = $1 or 'P-' || p.id = $1) and ($2::text is null or s.code = $2)
union all
select 'sku', k.shop_id, k.id, k.code, s.code, '', 0 from sku k join shop s on s.id = k.shop_id
where (k.code = $1 or exists (select from barcode b where (b.shop_id, b.sku_id) = (k.shop_id, k.id) and b.code = $1))
  and ($2::text is null or s.code = $2)
union all
select 'location', 0, l.id, l.code, '', '', 0 from location l where l.code = $1 or 'L-' || l.code = $1
union all
select 'unit', 0, h.id, h.code, '', '', h.id from handling_unit h where h.kind <> 'parcel' and (h.code = $1 or h.sscc = $1)
"""


async def explain(tx: Tx, what: str, shop_code: str | None, lang: Lang) -> list[Story]:
    """Every story that ``what`` names: an order number, tracking number, SSCC, SKU, bar code, location or tote.

    Raises ``NotFound`` when nothing has that number.
    """
    stories = []
    for r in await tx.rows(FIND, what.strip(), shop_code):
        lines: Sequence[Told]
        if r["kind"] == "order":
            title = ORDER.in_(lang, ref=r["ref"], shop=r["shop"])
            lines = await tell_order(tx, r["shop_id"], r["id"], lang)
        elif r["kind"] == "parcel":
            title = PARCEL.in_(lang, ref=r["ref"], order=r["owner"], shop=r["shop"])
            lines = await explain_handling_unit(tx, r["hu_id"], lang)
        elif r["kind"] == "sku":
            title = SKU.in_(lang, ref=r["ref"], shop=r["shop"])
            lines = await explain_sku(tx, r["shop_id"], r["id"], lang)
        elif r["kind"] == "location":
            title = LOCATION.in_(lang, ref=r["ref"])
            lines = await explain_location(tx, r["id"], lang)
        else:
            title = UNIT.in_(lang, ref=r["ref"])
            lines = await explain_handling_unit(tx, r["id"], lang)
        stories.append(Story(title=title, lines=[Line(at=n.at, who=n.who, text=n.text) for n in lines]))
    if not stories:
        raise NotFound(what="number", ref=what)
    return stories
