"""An order follows its parcels: it has got as far as the one that has got least far."""

from collections.abc import Iterable

from wms.db.tx import Tx
from wms.events.log import author
from wms.orders.advance import STEP, advance, reason_data
from wms.orders.parcels import Key
from wms.orders.states import OrderState

# An order has got as far as the parcel that has got least far, once nothing of it waits to be packed. Counted for each order,
# so that no plan, whenever it was made, goes through the parcels of all. An open box with nothing in it holds nobody up.
LET_ON = f"""
with held as materialized (
  select o.shop_id, o.id, o.number, o.state as old
  from orders o join unnest((select $1::int[]), (select $2::bigint[])) as u(shop_id, id)
    on (o.shop_id, o.id) = (u.shop_id, u.id)
  cross join lateral (
    select count(*) as parcels, count(*) filter (where p.state <> all((select $10::text[])::text[])) as behind
    from parcel p where p.shop_id = o.shop_id and p.order_id = o.id and p.state <> 'void'
      and (p.state <> 'open' or p.units > 0)) b
  cross join lateral (
    select count(*) filter (where l.picked > l.packed) as waiting
    from order_line l where l.shop_id = o.shop_id and l.order_id = o.id) w
  where b.parcels > 0 and b.behind = 0 and w.waiting = 0 and o.state = any((select $4::text[])::text[])
  order by 1, 2
), {STEP}
select shop_id, id from held
"""


AT_LEAST = {
    OrderState.PACKED: ("closed", "labelled", "manifested", "handed_over"),
    OrderState.LABELLED: ("labelled", "manifested", "handed_over"),
    OrderState.MANIFESTED: ("manifested", "handed_over"),
    OrderState.HANDED_OVER: ("handed_over",),
}
BEFORE = {
    OrderState.PACKED: ("packing",),
    OrderState.LABELLED: ("packed",),
    OrderState.MANIFESTED: ("labelled",),
    OrderState.HANDED_OVER: ("manifested",),
}


async def let_orders_on(tx: Tx, orders: Iterable[tuple[int, int]], new: OrderState) -> list[tuple[int, int]]:
    """Of these locked orders, those whose every parcel has got to ``new`` go there too; returns them."""
    keys = sorted(set(orders))
    if not keys:
        return []
    rows = await tx.sized(
        Key,
        LET_ON,
        len(keys),
        [s for s, _ in keys],
        [i for _, i in keys],
        new.value,
        list(BEFORE[new]),
        reason_data(None),
        *author(tx),
        list(AT_LEAST[new]),
    )
    return [(r.shop_id, r.id) for r in rows]


async def advance_of_shops(
    tx: Tx, orders: Iterable[tuple[int, int]], new: OrderState, *, reason: str | None = None
) -> None:
    """``advance`` for orders of several shops; one round for each shop, in their order."""
    by_shop: dict[int, list[int]] = {}
    for shop_id, order_id in sorted(set(orders)):
        by_shop.setdefault(shop_id, []).append(order_id)
    for shop_id, ids in by_shop.items():
        await advance(tx, shop_id, ids, new, reason=reason)
