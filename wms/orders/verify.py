"""The laws of orders and parcels, checked against the ledger. Each query finds what breaks one law."""

import msgspec

from wms.db.tx import Tx


class Broken(msgspec.Struct, frozen=True):
    law: str
    shop_id: int
    what: str
    detail: str


LAWS = {
    # a promise counts once: the line's counter is the sum of its open allocations
    "line-allocated": """
        select l.shop_id, 'order line ' || l.id as what,
               'allocated ' || l.allocated || ', allocations ' || coalesce(a.open, 0) as detail
        from order_line l left join (select shop_id, order_line_id, sum(open) as open from allocation where open > 0
                                     group by 1, 2) a on (a.shop_id, a.order_line_id) = (l.shop_id, l.id)
        where l.allocated <> coalesce(a.open, 0)""",
    # what a line has been picked is what the ledger brought into totes for it and did not take back
    "line-picked": """
        select l.shop_id, 'order line ' || l.id, 'picked ' || l.picked || ', ledger ' || coalesce(m.q, 0)
        from order_line l join orders o on (o.shop_id, o.id) = (l.shop_id, l.order_id)
        left join (
          select m.shop_id, m.order_line_id, sum(case when t.kind = 'work' and f.kind not in ('work', 'packed') then m.quantity
                   when f.kind = 'work' and t.kind not in ('work', 'packed') then -m.quantity else 0 end) as q
          from move m join location f on f.id = m.from_location_id join location t on t.id = m.to_location_id
          where m.order_line_id is not null group by 1, 2) m on (m.shop_id, m.order_line_id) = (l.shop_id, l.id)
        where o.state <> 'cancelled' and not l.kit and l.picked <> coalesce(m.q, 0)""",
    "line-packed": """
        select l.shop_id, 'order line ' || l.id, 'packed ' || l.packed || ', in parcels ' || coalesce(i.q, 0)
        from order_line l join orders o on (o.shop_id, o.id) = (l.shop_id, l.order_id)
        left join (select i.shop_id, i.order_line_id, sum(i.quantity) as q from parcel_item i
                   join parcel p on (p.shop_id, p.id) = (i.shop_id, i.parcel_id) where p.state <> 'void' group by 1, 2) i
          on (i.shop_id, i.order_line_id) = (l.shop_id, l.id)
        where o.state <> 'cancelled' and not l.kit and l.packed <> coalesce(i.q, 0)""",
    "line-shipped": """
        select l.shop_id, 'order line ' || l.id, 'shipped ' || l.shipped || ', handed over ' || coalesce(i.q, 0)
        from order_line l
        left join (select i.shop_id, i.order_line_id, sum(i.quantity) as q from parcel_item i
                   join parcel p on (p.shop_id, p.id) = (i.shop_id, i.parcel_id) where p.state = 'handed_over'
                   group by 1, 2) i on (i.shop_id, i.order_line_id) = (l.shop_id, l.id)
        where not l.kit and l.shipped <> coalesce(i.q, 0)""",
    # the content of every parcel in the house is what the ledger has in it
    "parcel-content": """
        select p.shop_id, 'parcel ' || p.id, 'items ' || coalesce(i.q, 0) || ', ledger ' || coalesce(b.q, 0)
        from parcel p
        left join (select shop_id, parcel_id, sum(quantity) as q from parcel_item group by 1, 2) i
          on (i.shop_id, i.parcel_id) = (p.shop_id, p.id)
        left join (select shop_id, hu_id, sum(on_hand) as q from balance where hu_id <> 0 group by 1, 2) b
          on (b.shop_id, b.hu_id) = (p.shop_id, p.hu_id)
        where p.state in ('open', 'closed', 'labelled', 'manifested') and coalesce(i.q, 0) <> coalesce(b.q, 0)""",
    "order-cancelled": """
        select o.shop_id, 'order ' || o.number, 'cancelled with open allocations or a live label'
        from orders o where o.state = 'cancelled' and (
          exists (select from allocation a where (a.shop_id, a.order_id) = (o.shop_id, o.id) and a.open > 0)
          or exists (select from label b join parcel p on (p.shop_id, p.id) = (b.shop_id, b.parcel_id)
                     where (p.shop_id, p.order_id) = (o.shop_id, o.id) and b.state <> 'void'))""",
    "order-allocated": """
        select o.shop_id, 'order ' || o.number, o.state || ' but lines still miss stock'
        from orders o where o.state = 'allocated' and o.partial_policy = 'complete'
          and exists (select from order_line l where (l.shop_id, l.order_id) = (o.shop_id, o.id) and not l.kit
                      and l.quantity - l.cancelled - l.allocated - l.picked > 0)""",
    "handed-over-on-manifest": """
        select p.shop_id, 'parcel ' || p.id, 'handed over on no handed-over manifest'
        from parcel p where p.state = 'handed_over' and not exists (
          select from manifest_parcel mp join manifest m on m.id = mp.manifest_id
          where (mp.shop_id, mp.parcel_id) = (p.shop_id, p.id) and mp.left_behind_at is null
            and m.state in ('handed_over', 'reconciled'))""",
}


async def verify_orders(tx: Tx) -> list[Broken]:
    """Every breach of every law, at most 1,000 of each."""
    found = []
    for law, sql in LAWS.items():
        for r in await tx.rows(f"{sql} limit 1000"):
            found.append(Broken(law=law, shop_id=r[0], what=r[1], detail=r[2]))
    return found
