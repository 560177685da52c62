"""One order's whole story, in a fixed number of statements, however much happened to it."""

from datetime import date, datetime
from decimal import Decimal

import msgspec

from wms.carriers.fault_words import Untaken
from wms.db.tx import Tx
from wms.kernel.refusals import NotFound
from wms.kernel.text import Lang
from wms.orders.queries import OrderOut, StoredChoice, choices_of, get_order
from wms.reporting.order_events import Told, told
from wms.stock.explain import explain_order_moves

MOST_EVENTS = 400


class Promised(msgspec.Struct, frozen=True):
    """Where pieces of a line are set aside; ``open`` are still there."""

    line_no: int
    location: str
    unit: str | None
    lot: str | None
    serial: str | None
    expires_on: date | None
    quantity: int
    open: int


class Lack(msgspec.Struct, frozen=True):
    """Why a line waits, in pieces: what is in the house and promised to others, what stands in locked places or is not
    sellable, what is expected with ASNs and when, and how many orders with an earlier promise wait for the same goods."""

    line_no: int
    sku: str
    missing: int
    on_hand: int
    others: int
    locked: int
    unsellable: int
    expected: int
    expected_on: date | None
    before: int


class Track(msgspec.Struct, frozen=True):
    status: str
    place: str | None
    at: datetime


class Box(msgspec.Struct, frozen=True):
    """A parcel with its label, manifest and what the carrier has said.

    ``label_refused``: nothing is booked, so the address may still be changed; ``fields`` are what the carrier did not take.
    """

    id: int
    no: int
    state: str
    carton: str | None
    weight_g: int | None
    expected_weight_g: int | None
    tracking_number: str | None
    carrier: str
    stands_at: str | None
    items: list[tuple[str, int]]
    label_state: str | None
    label_error: str | None
    label_error_code: str | None
    label_attempts: int
    label_refused: bool
    label_number_wanted: bool
    fields: list[Untaken]
    manifest_id: int | None
    manifest: str | None
    manifest_state: str | None
    tracking: list[Track]


class Back(msgspec.Struct, frozen=True):
    """A return of goods of this order."""

    id: int
    number: str
    kind: str
    state: str
    created_at: datetime
    received_at: datetime | None
    lines: list[tuple[str, int, int]]
    refund: Decimal | None
    refund_currency: str | None
    refund_due: date | None


class Paper(msgspec.Struct, frozen=True):
    id: int
    kind: str
    name: str
    media_type: str
    at: datetime


class Message(msgspec.Struct, frozen=True):
    id: int
    state: str
    recipient: str
    subject: str
    queued_at: datetime
    sent_at: datetime | None


class Offer(msgspec.Struct, frozen=True):
    """A carrier that a person may name, with its services."""

    code: str
    name: str
    services: list[str]


class OrderPage(msgspec.Struct, frozen=True, kw_only=True):
    order: OrderOut
    shop: str
    shop_name: str
    carrier: str
    warehouse: str
    cart: str | None
    promised: list[Promised]
    lacks: list[Lack]
    parcels: list[Box]
    choices: list[StoredChoice]
    offers: list[Offer]
    returns: list[Back]
    papers: list[Paper]
    mails: list[Message]
    story: list[Told]


HEAD = """
select s.code as shop, s.name as shop_name, coalesce(c.name, '–') as carrier, w.code as warehouse,
  (select p.name from cluster_order co join cluster k on k.id = co.cluster_id and k.state = 'claimed'
     join person p on p.id = k.person_id where co.shop_id = o.shop_id and co.order_id = o.id order by k.id desc limit 1) as cart
from orders o join shop s on s.id = o.shop_id left join carrier c on c.id = o.carrier_id join warehouse w on w.id = o.warehouse_id
where o.shop_id = $1 and o.id = $2
"""
PROMISED = """
select l.line_no, x.code as location, h.code as unit, nullif(t.code, '') as lot, t.serial, t.expires_on, a.quantity, a.open
from allocation a join order_line l on l.shop_id = a.shop_id and l.id = a.order_line_id
join location x on x.id = a.location_id left join handling_unit h on h.id = nullif(a.hu_id, 0)
left join lot t on t.shop_id = a.shop_id and t.id = a.lot_id
where a.shop_id = $1 and a.order_id = $2 and a.quantity > a.voided order by l.line_no, a.id limit 500
"""
LACKS = """
select l.line_no, s.code as sku, l.quantity - l.cancelled - l.allocated - l.picked as missing,
       coalesce(b.on_hand, 0)::int as on_hand, coalesce(b.others, 0)::int as others,
       coalesce(b.locked, 0)::int as locked, coalesce(b.unsellable, 0)::int as unsellable, coalesce(n.expected, 0)::int as expected, n.expected_on,
       coalesce(w.before, 0)::int as before
from orders o join order_line l on l.shop_id = o.shop_id and l.order_id = o.id
join sku s on s.shop_id = l.shop_id and s.id = l.sku_id
left join lateral (
  select sum(b.on_hand) filter (where b.status = 'sellable' and x.locked_at is null) as on_hand,
         sum(b.allocated) filter (where b.status = 'sellable' and x.locked_at is null) as others,
         sum(b.on_hand) filter (where b.status = 'sellable' and x.locked_at is not null) as locked,
         sum(b.on_hand) filter (where b.status <> 'sellable') as unsellable
  from balance b join location x on x.id = b.location_id and x.kind not in ('work', 'packed', 'cage')
  where b.shop_id = l.shop_id and b.sku_id = l.sku_id and b.real) b on true
left join lateral (
  select sum(greatest(n.quantity - n.received, 0)) as expected, min(a.expected_on) as expected_on
  from asn a join asn_line n on n.shop_id = a.shop_id and n.asn_id = a.id and n.sku_id = l.sku_id
  where a.state in ('announced', 'receiving') and a.shop_id = l.shop_id) n on true
left join lateral (
  select count(distinct e.order_id) as before
  from order_line e join orders q on q.shop_id = e.shop_id and q.id = e.order_id and q.state = 'backordered'
  where e.shop_id = l.shop_id and e.sku_id = l.sku_id and not e.kit
    and e.quantity - e.cancelled - e.allocated - e.picked > 0 and e.order_id <> o.id and q.ship_by < o.ship_by) w on true
where o.shop_id = $1 and o.id = $2 and not l.kit and l.quantity - l.cancelled - l.allocated - l.picked > 0
order by l.line_no
"""
PARCELS = """
select p.id, p.no, p.state, p.carton_code as carton, p.weight_g, p.expected_weight_g, p.tracking_number, c.name as carrier,
       x.code as stands_at, b.state as label_state, b.error as label_error, b.error_code as label_error_code, coalesce(b.attempts, 0) as label_attempts,
       coalesce(b.error_code = 'number-wanted', false) as label_number_wanted,
       coalesce(b.state = 'failed' and b.error_code = 'rejected' and b.in_doubt_since is null and b.carrier_ref is null, false) as label_refused,
       case when b.state = 'failed' and b.error_code = 'rejected' then coalesce((select e.data -> 'fields' from event e
         where e.shop_id = p.shop_id and e.subject = 'parcel' and e.subject_id = p.id and e.kind = 'label.failed'
           and e.data ? 'fields' order by e.id desc limit 1), '[]') else '[]' end as fields,
       m.id as manifest_id, m.number as manifest, m.state as manifest_state,
  (select coalesce(jsonb_agg(jsonb_build_array(s.code, i.quantity) order by i.id), '[]')
     from parcel_item i join sku s on s.shop_id = i.shop_id and s.id = i.sku_id
     where i.shop_id = p.shop_id and i.parcel_id = p.id) as items,
  (select coalesce(jsonb_agg(jsonb_build_object('status', t.status, 'place', t.place, 'at', t.at) order by t.at, t.id), '[]')
     from tracking_event t where t.shop_id = p.shop_id and t.parcel_id = p.id) as tracking
from parcel p join carrier c on c.id = p.carrier_id join handling_unit h on h.id = p.hu_id
left join location x on x.id = h.location_id
left join label b on b.shop_id = p.shop_id and b.parcel_id = p.id and b.state <> 'void'
left join manifest_parcel mp on mp.shop_id = p.shop_id and mp.parcel_id = p.id and mp.left_behind_at is null
left join manifest m on m.id = mp.manifest_id
where p.shop_id = $1 and p.order_id = $2 order by p.no
"""
OFFERS = "select code, name, services from carrier where active order by name"
RETURNS = """
select r.id, r.number, r.kind, r.state, r.created_at, r.received_at, a.amount as refund, a.currency as refund_currency,
       a.due_on as refund_due,
  (select coalesce(jsonb_agg(jsonb_build_array(s.code, n.quantity, n.inspected) order by n.line_no), '[]')
     from rma_line n join sku s on s.shop_id = n.shop_id and s.id = n.sku_id
     where n.shop_id = r.shop_id and n.rma_id = r.id) as lines
from rma r left join lateral (
  select amount, currency, due_on from refund_advice f where f.shop_id = r.shop_id and f.rma_id = r.id order by f.id desc limit 1
) a on true
where r.shop_id = $1 and r.order_id = $2 order by r.id
"""
PAPERS = """
select d.id, d.kind, d.name, d.media_type, d.at from document d
where d.shop_id = $1 and ((d.subject = 'order' and d.subject_id = $2)
  or (d.subject = 'parcel' and d.subject_id = any($3::bigint[])) or (d.subject in ('return', 'rma') and d.subject_id = any($4::bigint[])))
order by d.id limit 100
"""
# Mails leave a mark in the log under what they are about; that is how those of an order are found.
MAILS = """
select m.id, m.state, m.recipient, m.subject, m.queued_at, m.sent_at
from (select distinct (e.data ->> 'mail_id')::bigint as id from event e
      where e.shop_id = $1 and ((e.subject = 'order' and e.subject_id = $2)
        or (e.subject = 'return' and e.subject_id = any($3::bigint[]))) and e.kind like 'mail.%') x
join mail m on m.shop_id = $1 and m.id = x.id order by m.id
"""


async def load_order_page(tx: Tx, shop_id: int, order_id: int, lang: Lang) -> OrderPage:
    """Everything about one order. Raises ``NotFound``."""
    order = await get_order(tx, shop_id, order_id, lang)
    head = await tx.row(HEAD, shop_id, order_id)
    if order is None or head is None:
        raise NotFound(what="order", ref=order_id)
    boxes = await tx.all(Box, PARCELS, shop_id, order_id)
    backs = await tx.all(Back, RETURNS, shop_id, order_id)
    parcel_ids, rma_ids = [b.id for b in boxes], [b.id for b in backs]
    events = await told(tx, shop_id, order_id, parcel_ids, rma_ids, lang, MOST_EVENTS)
    moves = [
        Told(at=m.at, who=m.who, text=m.text, kind="move")
        for m in await explain_order_moves(tx, shop_id, order_id, lang)
    ]
    return OrderPage(
        order=order,
        **dict(head),
        promised=await tx.all(Promised, PROMISED, shop_id, order_id),
        lacks=await tx.all(Lack, LACKS, shop_id, order_id) if any(n.missing for n in order.lines) else [],
        parcels=boxes,
        choices=await choices_of(tx, shop_id, order_id),
        offers=await tx.all(Offer, OFFERS),
        returns=backs,
        papers=await tx.all(Paper, PAPERS, shop_id, order_id, parcel_ids, rma_ids),
        mails=await tx.all(Message, MAILS, shop_id, order_id, rma_ids),
        story=sorted([*events, *moves], key=lambda t: t.at),
    )
